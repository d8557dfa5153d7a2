"""itertools, functools.reduce, and what makes functions of names and places (operator), on structures that are known.

An iterator is run to its end at once, as `zip` and `map` are; one without end is a partial call of the class that makes
it, and gives its items to whatever it is zipped with.
"""

from __future__ import annotations

import ast
import functools
import itertools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.values import AbstractValue, Ref, is_none
from pullback.frontend.calls import prelude
from pullback.frontend.calls.builtin_functions import Builtins
from pullback.frontend.calls.special import SPECIAL, by_method, called_later
from pullback.primitives.on_demand import when_imported

ENDLESS = (itertools.count, itertools.repeat, itertools.cycle)
DEFAULTS_OF_COUNT: list[AbstractValue] = [av.Known(0), av.Known(1)]


class Iterables(Builtins):
    """One method per function; `builtin_zip` and `builtin_map` know iterators without end."""

    # Without end.

    def endless(self, value: AbstractValue) -> Callable[[int], AbstractValue] | None:
        """The items of an iterator without end, by place; None for anything else."""
        if not (isinstance(value, av.Partial) and isinstance(value.function, av.Known)):
            return None
        known, args = value.function.value, [*value.args, *value.kwargs.values()]
        if known is itertools.count:
            start, step = (args + DEFAULTS_OF_COUNT[len(args) :])[:2]
            return lambda k: self.binary(ast.Add, start, self.binary(ast.Mult, av.Known(k), step)) if k else start
        if known is itertools.repeat and len(args) == 1:
            return lambda k: args[0]
        if known is itertools.cycle:
            items = self.items_of(args[0], "`cycle`")
            return (lambda k: items[k % len(items)]) if items else None
        return None

    def items_of(self, value: AbstractValue, what: str) -> list[AbstractValue]:
        """The elements that iterating gives."""
        if isinstance(value, av.Partial) and isinstance(value.function, av.Known) and value.function.value in ENDLESS:
            if value.function.value is itertools.repeat and len(value.args) + len(value.kwargs) == 2:
                item, times = [*value.args, *value.kwargs.values()]
                return [item] * self.static_key(times, "the number of repetitions")
            raise self.refusal(
                f"{what} goes through an iterator without end",
                "its items are taken one by one when compiling",
                "zip it with something that has an end, or write a `while` loop with a counter",
            )
        return super().items_of(value, what)

    def columns_beside(self, sources: tuple[AbstractValue, ...], what: str) -> list[list[AbstractValue]]:
        """The items of each source, those without end as far as the others go."""
        sources = tuple(map(self.checked, sources))
        endless = [self.endless(source) for source in sources]
        finite = [None if without else self.items_of(s, what) for s, without in zip(sources, endless, strict=True)]
        lengths = [len(items) for items in finite if items is not None]
        if not lengths:
            return [self.items_of(source, what) for source in sources]  # says that there is no end
        return [
            [item(k) for k in range(min(lengths))] if item is not None else items or []
            for items, item in zip(finite, endless, strict=True)
        ]

    def builtin_zip(self, *sources: AbstractValue, strict: AbstractValue = av.Known(False)) -> AbstractValue:  # noqa: B008
        if not any(map(self.endless, sources)) and (made := self.long_zip(sources, strict)) is not None:
            return self.as_iterator(made)
        columns = self.columns_beside(sources, "`zip`")
        if isinstance(strict, av.Known) and strict.value and len({len(c) for c in columns}) > 1:
            raise self.users_error(ValueError("zip() arguments have different lengths"))
        return self.iterator([av.Tuple(row) for row in zip(*columns, strict=False)])

    def builtin_map(self, function: AbstractValue, *sources: AbstractValue) -> AbstractValue:
        if not any(map(self.endless, sources)):
            return self.as_iterator(self.mapped_over(function, sources))
        rows = zip(*self.columns_beside(sources, "`map`"), strict=False)
        return self.iterator([self.call(function, list(row), {}) for row in rows])

    # itertools.

    def itertools_product(
        self,
        *sources: AbstractValue,
        repeat: AbstractValue = av.Known(1),  # noqa: B008
    ) -> AbstractValue:
        times = self.static_key(repeat, "`repeat` of a product")
        if (made := self.long_product(sources * times)) is not None:
            return self.as_iterator(made)
        pools = [self.items_of(source, "`product`") for source in sources]
        return self.rows(itertools.product(*pools, repeat=times))

    def rows(self, rows: object) -> AbstractValue:
        """An iterator over tuples."""
        return self.iterator([av.Tuple(tuple(row)) for row in rows])  # type: ignore[attr-defined]  # of items

    def choice(self, function: Callable[..., Any], iterable: AbstractValue, size: AbstractValue) -> AbstractValue:
        """So many items at a time."""
        count = self.static_key(size, f"the size of a {function.__name__.rstrip('s').partition('_')[0]}")
        if (made := self.long_choice(iterable, function, count)) is not None:
            return self.as_iterator(made)
        return self.rows(function(self.items_of(iterable, f"`{function.__name__}`"), count))

    def itertools_combinations(self, iterable: AbstractValue, r: AbstractValue) -> AbstractValue:
        return self.choice(itertools.combinations, iterable, r)

    def itertools_combinations_with_replacement(self, iterable: AbstractValue, r: AbstractValue) -> AbstractValue:
        return self.choice(itertools.combinations_with_replacement, iterable, r)

    def itertools_permutations(self, iterable: AbstractValue, r: AbstractValue = av.NONE) -> AbstractValue:
        return self.choice(itertools.permutations, iterable, r)

    def itertools_pairwise(self, iterable: AbstractValue) -> AbstractValue:
        if (made := self.long_pairwise(iterable)) is not None:
            return self.as_iterator(made)
        return self.rows(itertools.pairwise(self.items_of(iterable, "`pairwise`")))

    def itertools_zip_longest(self, *sources: AbstractValue, fillvalue: AbstractValue = av.NONE) -> AbstractValue:
        columns = [self.items_of(source, "`zip_longest`") for source in sources]
        return self.rows(itertools.zip_longest(*columns, fillvalue=fillvalue))

    def listed_by_the_run(self, value: AbstractValue) -> Ref | None:
        """What only the run tells the length of, as a list; None for anything else."""
        return self.long_list(self.checked(value)) if self.endless(value) is None else None

    def as_written_list(self, function: Callable[..., object], items: Ref, *args: AbstractValue) -> Ref:
        """The list that a function of the prelude makes of one."""
        if is_none(args[0]):
            args = (av.Known(operator.add), *args[1:])
        made = self.as_written(function, items, *args)
        assert isinstance(made, Ref)
        return made

    def itertools_chain(self, *sources: AbstractValue) -> AbstractValue:
        listed = [self.listed_by_the_run(source) for source in sources]
        if any(each is not None for each in listed):
            whole = self.heap.list_of(())
            for source, each in zip(sources, listed, strict=True):
                self.list_extend(whole, source if each is None else each)
            return self.as_iterator(whole)
        return self.iterator([item for source in sources for item in self.items_of(source, "`chain`")])

    def itertools_chain_from_iterable(self, sources: AbstractValue) -> AbstractValue:
        return self.itertools_chain(*self.items_of(sources, "`chain`"))

    def itertools_islice(self, iterable: AbstractValue, *bounds: AbstractValue) -> AbstractValue:
        known = [self.static_key(bound, "a bound of `islice`") for bound in bounds]
        stop = known[0] if len(known) == 1 else known[1]
        endless = self.endless(self.checked(iterable))
        if endless is not None and stop is not None:
            return self.iterator([endless(k) for k in range(*known)])
        if isinstance(iterable, av.Ref) and iterable.kind == "iterator":
            raise self.refusal(
                "`islice` of an iterator", "what is left in the iterator is not followed", "make a list of it first"
            )
        if (listed := self.listed_by_the_run(iterable)) is not None:
            if any(bound is not None and bound < 0 for bound in known):
                raise self.users_error(ValueError("Indices for islice() must be None or an integer: 0 <= x"))
            parts = [av.NONE, *bounds, av.NONE] if len(bounds) == 1 else [*bounds, av.NONE][:3]
            sliced = self.getitem(listed, av.Slice(parts[0], parts[1], parts[2]))
            assert isinstance(sliced, Ref)
            return self.as_iterator(sliced)
        items = self.items_of(iterable, "`islice`")
        return self.iterator(list(itertools.islice(items, *known)))

    def itertools_starmap(self, function: AbstractValue, iterable: AbstractValue) -> AbstractValue:
        rows = [self.items_of(row, "`starmap`") for row in self.items_of(iterable, "`starmap`")]
        return self.iterator([self.call(function, row, {}) for row in rows])

    def itertools_takewhile(self, predicate: AbstractValue, iterable: AbstractValue) -> AbstractValue:
        if (listed := self.listed_by_the_run(iterable)) is None:
            listed = self.heap.list_of(tuple(self.items_of(iterable, "`takewhile`")))
        made = self.as_written(prelude.takewhile, predicate, listed)
        assert isinstance(made, Ref)
        return self.as_iterator(made)

    def itertools_dropwhile(self, predicate: AbstractValue, iterable: AbstractValue) -> AbstractValue:
        if (listed := self.listed_by_the_run(iterable)) is None:
            listed = self.heap.list_of(tuple(self.items_of(iterable, "`dropwhile`")))
        made = self.as_written(prelude.dropwhile, predicate, listed)
        assert isinstance(made, Ref)
        return self.as_iterator(made)

    def itertools_groupby(self, iterable: AbstractValue, key: AbstractValue = av.NONE) -> AbstractValue:
        """Groups of neighbours with equal keys, which must be known."""
        groups: list[tuple[Any, list[AbstractValue]]] = []
        for item in self.items_of(iterable, "`groupby`"):
            found = item if is_none(key) else self.call(key, [item], {})
            name = self.static_key(found, "a key of `groupby`")
            if groups and groups[-1][0] == name:
                groups[-1][1].append(item)
            else:
                groups.append((name, [item]))
        return self.iterator([av.Tuple((self.from_python(name), self.iterator(items))) for name, items in groups])

    def itertools_accumulate(
        self,
        iterable: AbstractValue,
        func: AbstractValue = av.NONE,
        initial: AbstractValue = av.NONE,
    ) -> AbstractValue:
        if (listed := self.listed_by_the_run(iterable)) is not None:
            if not is_none(initial):
                return self.as_iterator(self.as_written_list(prelude.accumulate_from, listed, func, initial))
            return self.as_iterator(self.as_written_list(prelude.accumulate, listed, func))
        items = self.items_of(iterable, "`accumulate`")
        if not is_none(initial):
            items.insert(0, initial)
        function = av.Known(operator.add) if is_none(func) else func
        totals = items[:1]
        for item in items[1:]:
            totals.append(self.call(function, [totals[-1], item], {}))
        return self.iterator(totals)

    # Where something is in a list.

    def list_index(self, ref: AbstractValue, item: AbstractValue, *bounds: AbstractValue) -> AbstractValue:
        grown = None if bounds else self.grown(ref)
        if grown is None:
            return super().list_index(ref, item, *bounds)
        self.only_column(grown, "`index`")
        return self.as_written(prelude.index, ref, item)

    def list_remove(self, ref: Ref, item: AbstractValue) -> AbstractValue:
        if self.grown(ref) is None:
            return super().list_remove(ref, item)
        self.list_pop(ref, self.list_index(ref, item))
        return av.NONE

    # Folds.

    def functools_reduce(
        self, function: AbstractValue, iterable: AbstractValue, initial: AbstractValue | None = None, /
    ) -> AbstractValue:
        if (listed := self.of_unknown_length(iterable)) is not None or self.is_big(iterable):
            items = iterable if listed is None else listed
            if initial is None:
                return self.as_written(prelude.reduce, function, items)
            return self.as_written(prelude.reduce_from, function, items, initial)
        known = self.items_of(iterable, "`reduce`")
        if initial is not None:
            known.insert(0, initial)
        if not known:
            raise self.users_error(TypeError("reduce() of empty iterable with no initial value"))
        total = known[0]
        for item in known[1:]:
            total = self.call(function, [total, item], {})
        return total

    def math_prod(self, iterable: AbstractValue, /, *, start: AbstractValue = av.Known(1)) -> AbstractValue:  # noqa: B008
        if self.is_big(iterable):
            return self.as_written(prelude.prod, iterable, start)
        total = start
        for item in self.items_of(iterable, "`math.prod`"):
            total = self.binary(ast.Mult, total, item)
        return total

    def math_dist(self, p: AbstractValue, q: AbstractValue, /) -> AbstractValue:
        if self.is_big(p) or self.is_big(q):
            return self.by_meaning(math.dist, p, q)
        return self.as_written(prelude.dist, p, q)

    def math_fsum(self, iterable: AbstractValue, /) -> AbstractValue:
        if self.is_big(iterable):
            return self.by_meaning(math.fsum, iterable)
        items = self.items_of(iterable, "`math.fsum`")
        if all(map(self.is_static, items)):
            return self.natively(math.fsum, [self.lower(item) for item in items])
        return self.by_meaning(math.fsum, self.call(av.Known(np.array), [self.heap.list_of(tuple(items))], {}))

    def statistics_fmean(self, data: AbstractValue) -> AbstractValue:
        return self.binary(ast.Div, self.math_fsum(data), self.builtin_len(data))

    def statistics_mean(self, data: AbstractValue) -> AbstractValue:
        raise self.refusal(
            f"`{self.called}` is called",
            "it computes with fractions, and rounds once, at the end",
            "use `np.mean`, or `statistics.fmean`",
        )

    # Functions made of names and places.

    def operator_itemgetter(self, *keys: AbstractValue) -> AbstractValue:
        return av.Partial(av.Known(operator.itemgetter), keys, {})

    def operator_attrgetter(self, *names: AbstractValue) -> AbstractValue:
        return av.Partial(av.Known(operator.attrgetter), names, {})

    def operator_methodcaller(
        self, name: AbstractValue, *args: AbstractValue, **kwargs: AbstractValue
    ) -> AbstractValue:
        return av.Partial(av.Known(operator.methodcaller), (name, *args), kwargs)

    def got(self, getter: av.Partial, made_by: object, value: AbstractValue) -> AbstractValue:
        """Call what `operator` has made."""
        if made_by is operator.methodcaller:
            name = self.static_key(getter.args[0], "the name of a method")
            return self.call(self.attribute(value, name), list(getter.args[1:]), dict(getter.kwargs))
        if made_by is operator.itemgetter:
            found = [self.getitem(value, key) for key in getter.args]
        else:
            found = [
                functools.reduce(self.attribute, self.static_key(name, "an attribute name").split("."), value)
                for name in getter.args
            ]
        return found[0] if len(found) == 1 else av.Tuple(tuple(found))


SPECIAL |= {getattr(itertools, name): by_method(f"itertools_{name}") for name in (
    "product", "combinations", "combinations_with_replacement", "permutations", "pairwise", "zip_longest", "chain",
    "islice", "starmap", "accumulate", "takewhile", "dropwhile", "groupby",
)}  # fmt: skip
SPECIAL |= {endless: called_later(endless) for endless in ENDLESS}
SPECIAL |= {
    itertools.chain.from_iterable: by_method("itertools_chain_from_iterable"),
    functools.reduce: by_method("functools_reduce"),
    math.prod: by_method("math_prod"),
    math.dist: by_method("math_dist"),
    math.fsum: by_method("math_fsum"),
    operator.itemgetter: by_method("operator_itemgetter"),
    operator.attrgetter: by_method("operator_attrgetter"),
    operator.methodcaller: by_method("operator_methodcaller"),
}


@when_imported("statistics")
def _statistics() -> None:
    import statistics

    SPECIAL[statistics.fmean] = by_method("statistics_fmean")
    SPECIAL[statistics.mean] = by_method("statistics_mean")
