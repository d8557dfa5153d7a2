"""What a `for` runs over, as a count and an item per index."""

from __future__ import annotations

import ast
import builtins
import itertools
import types
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.state import NEXT, Arm, Outcome
from pullback.frontend.abstract.values import AbstractValue, Ref
from pullback.frontend.calls.iterables import DEFAULTS_OF_COUNT
from pullback.frontend.control.expressions import Expressions
from pullback.frontend.control.trips import (
    CHOOSING,
    Enumerate,
    Item,
    Lengths,
    Pairs,
    Pairwise,
    Plain,
    Product,
    Range,
    Reversed,
    Source,
    Trips,
    Zip,
    arrays_in,
    is_one,
    is_zero,
)
from pullback.frontend.structures.containers import LONGEST_UNROLLED
from pullback.ir.core import Atom, Const
from pullback.ir.types import Array, Scalar, dims_of


class Sources(Expressions):
    """Iteration by index."""

    def source_of(self, node: ast.expr) -> Source:
        """What an expression in the head of a `for` iterates over."""
        known = self.callee_of(node)
        if known is np.ndindex and isinstance(node, ast.Call) and not node.keywords:
            return Product(tuple(self.range_of([n]) for n in self.dimensions_of(self.elements_of(node.args))))
        if not isinstance(node, ast.Call) or any(isinstance(a, ast.Starred) for a in node.args):
            return self.source_of_value(self.evaluate(node))
        names = [keyword.arg for keyword in node.keywords]
        if known is builtins.range and not names and 1 <= len(node.args) <= 3:
            return self.range_of([self.checked(self.evaluate(a)) for a in node.args])
        if known is builtins.zip and names in ([], ["strict"]) and node.args:
            parts = tuple(map(self.source_of, node.args))
            return Zip(parts, self.evaluate(node.keywords[0].value) if names else av.Known(False))
        if known is builtins.enumerate and names in ([], ["start"]) and len(node.args) + len(names) in (1, 2):
            part = self.source_of(node.args[0])
            more = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
            return Enumerate(part, self.evaluate(more[0]) if more else av.Known(0))
        if known is builtins.reversed and not names and len(node.args) == 1:
            return Reversed(self.source_of(node.args[0]))
        if known is itertools.pairwise and not names and len(node.args) == 1:
            return Pairwise(self.source_of(node.args[0]))
        if known in CHOOSING and not names and len(node.args) == 2:
            part, size = self.source_of(node.args[0]), self.evaluate(node.args[1])
            return self.choosing(part, known, self.static_key(size, "the size of a combination"))
        if known is itertools.product and node.args and (times := self.times_repeated(node.keywords)) is not None:
            return Product(tuple(map(self.source_of, node.args)) * times)
        if known is np.ndenumerate and not names and len(node.args) == 1:
            return self.numbered(self.checked(self.evaluate(node.args[0])))
        return self.source_of_value(self.evaluate(node))

    def source_of_value(self, value: AbstractValue) -> Source:
        """What a value iterates over."""
        bounds = self.bounds_of_range(value)
        return Plain(value) if bounds is None else self.range_of(bounds)

    def callee_of(self, node: ast.expr) -> Any:
        """What a call in the head of a `for` calls, where that is a name, or one of a module; else None."""
        if not isinstance(node, ast.Call):
            return None
        called = node.func
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            owner = self.evaluate(called.value)
            if not (isinstance(owner, av.Known) and isinstance(owner.value, types.ModuleType)):
                return None
        elif not isinstance(called, ast.Name):
            return None
        function = self.evaluate(called)
        return function.value if isinstance(function, av.Known) else None

    def choosing(self, part: Source, function: Any, size: int) -> Source:
        """`itertools.combinations` and its like of a source."""
        if size == 2:
            return Pairs(part, function)
        if size == 1 and self.is_long(part):
            return Zip((part,), av.Known(False))
        if self.is_long(part):
            raise self.refusal(
                f"`{function.__name__}` of {size} items out of what is as long as only the run tells",
                "only pairs of them are counted by one index",
                "nest loops over the indices (`for j in range(i + 1, n)`)",
            )
        items = self.heap.list_of(tuple(self.static_items(part)))
        return Plain(self.call(av.Known(function), [items, av.Known(size)], {}))

    def times_repeated(self, keywords: list[ast.keyword]) -> int | None:
        """The `repeat=` of a product, if that is all that it is given by name."""
        if not keywords:
            return 1
        if [keyword.arg for keyword in keywords] != ["repeat"]:
            return None
        times: int = self.static_key(self.evaluate(keywords[0].value), "`repeat` of a product")
        return times

    def dimensions_of(self, given: list[AbstractValue]) -> list[AbstractValue]:
        """The dimensions that `np.ndindex` is given, as a tuple or one by one."""
        if len(given) == 1 and not self.is_number(given[0]):
            return self.items_of(given[0], "`np.ndindex`")
        return given

    def is_number(self, value: AbstractValue) -> bool:
        t = self.type_of(self.checked(value))
        return isinstance(t, Scalar) or (isinstance(t, Array) and t.shape == ())

    def numbered(self, array: AbstractValue) -> Source:
        """`np.ndenumerate` of an array."""
        t = self.type_of(array)
        if not (isinstance(array, Ref) and isinstance(t, Array) and t.shape is not None):
            raise self.refusal(
                f"`np.ndenumerate` of {self.describe(array)}",
                "the number of its indices is known at run time only" if isinstance(t, Array) else "it is no array",
                "loop over `range` for each axis",
            )
        sizes = self.items_of(self.attribute(array, "shape"), "`np.ndenumerate`")
        return Product(tuple(self.range_of([size]) for size in sizes), array)

    def range_of(self, bounds: list[AbstractValue]) -> Source:
        """A range, known or not."""
        found = self.builtin_range(*bounds)
        if isinstance(found, av.Known):
            return Plain(found)
        start, stop, step = self.three_bounds(bounds)
        if isinstance(step, av.Known) and step.value == 0:
            raise self.users_error(ValueError("range() arg 3 must not be zero"))
        return Range(start, stop, step)

    def lasting(self, source: Source) -> Source:
        """A source that may be looked at more than once: iterators whose length only the run tells become lists."""
        match source:
            case Plain(value=Ref(kind="iterator") as ref) if (grown := self.grown(ref)) is not None:
                return Plain(self.new_list(grown))
            case Enumerate(part=part, start=start):
                return Enumerate(self.lasting(part), start)
            case Reversed(part=part):
                return Reversed(self.lasting(part))
            case Pairwise(part=part):
                return Pairwise(self.lasting(part))
            case Pairs(part=part, function=function):
                return Pairs(self.lasting(part), function)
            case Product(parts=parts, array=array):
                return Product(tuple(map(self.lasting, parts)), array)
            case Zip(parts=parts, strict=strict):
                return Zip(tuple(map(self.lasting, parts)), strict)
        return source

    def is_long(self, source: Source) -> bool:
        """Whether only the run tells how long a source is."""
        trips = self.trips_of(source)
        self.strict_lengths = []
        return trips is not None and trips.known is None

    def trips_of(self, source: Source) -> Trips | None:
        """The trips of a loop over a source; None where it is a structure to be unrolled."""
        match source:
            case Range(start=start, stop=stop, step=step):
                return Trips((self.edge(start), self.edge(stop), self.edge(step)), lambda index: index)
            case Plain(value=av.Known(value=range() as known)):
                return Trips((Const(known.start), Const(known.stop), Const(known.step)), lambda index: index)
            case Reversed(part=Plain(value=av.Known(value=range() as known))):
                return self.trips_of(Plain(av.Known(known[::-1])))
            case Reversed(part=Range(start=start, stop=stop, step=av.Known(value=step))) if step in (1, -1):
                down = [self.binary(ast.Sub, end, av.Known(step)) for end in (stop, start)]
                return self.trips_of(Range(down[0], down[1], av.Known(-step)))
        found = self.indexed(source)
        if found is None:
            return None
        length, item = found
        return Trips((Const(0), self.edge(length), Const(1)), item)

    def edge(self, value: AbstractValue) -> Atom:
        """A bound of a loop."""
        atom = self.leaf(value)
        assert atom is not None, value
        return Const(int(atom.value)) if isinstance(atom, Const) else atom

    def indexed(self, source: Source) -> tuple[AbstractValue, Item] | None:
        """How many items a source has, and the one at an index; None where its items differ in structure."""
        match source:
            case Plain(value=av.Known(value=range() as known)):
                return av.Known(len(known)), self.progression(av.Known(known.start), av.Known(known.step))
            case Plain(value=Ref(kind="array") as array):
                dims = dims_of(self.array_type(array))
                if not dims:
                    return None
                return self.builtin_len(array), lambda index: self.getitem(array, index)
            case Plain(value=Ref(kind="list") as ref) if (grown := self.grown(self.checked(ref))) is not None:
                return self.grown_length(grown), lambda index: self.grown_item(grown, index)
            case Range(start=start, stop=stop, step=av.Known(value=1)):
                count = self.by_meaning(max, av.Known(0), self.binary(ast.Sub, stop, start))
                return (stop if is_zero(start) else count), self.progression(start, av.Known(1))
            case Enumerate(part=part, start=start):
                found = self.indexed(part)
                if found is None:
                    return None
                length, item = found
                number = self.progression(start, av.Known(1))
                return length, lambda index: av.Tuple((number(index), item(index)))
            case Reversed(part=part) if not isinstance(part, Enumerate | Zip):
                found = self.indexed(part)
                if found is None:
                    return None
                count, item = found
                last = self.binary(ast.Sub, count, av.Known(1))
                return count, lambda index: item(self.binary(ast.Sub, last, index))
            case Zip(parts=parts, strict=strict):
                columns = self.columns(parts)
                if columns is None:
                    return None
                shortest = self.shortest([length for length, _ in columns], strict)
                return shortest, lambda index: av.Tuple(tuple(item(index) for _, item in columns))
            case Pairwise(part=part):
                found = self.indexed(part)
                if found is None:
                    return None
                count, item = found
                pairs = self.by_meaning(max, av.Known(0), self.binary(ast.Sub, count, av.Known(1)))
                return pairs, lambda k: av.Tuple((item(k), item(self.binary(ast.Add, k, av.Known(1)))))
            case Pairs(part=part, function=function):
                found = self.indexed(part)
                return None if found is None or isinstance(found[0], av.Known) else self.pairs_of(*found, function)
            case Product(parts=parts, array=array):
                columns = self.columns(parts)
                return None if columns is None else self.product(columns, array)
        return None

    def columns(self, parts: tuple[Source, ...]) -> list[tuple[AbstractValue, Item]] | None:
        """The lengths and items of sources side by side; None where all that are no structures have known lengths.

        What has no end is as long as it must be.
        """
        without_end = [self.item_without_end(part) for part in parts]
        found = [None if item else self.indexed(part) for part, item in zip(parts, without_end, strict=True)]
        lengths = [column[0] for column in found if column is not None]
        if not lengths or (None in found and all(isinstance(length, av.Known) for length in lengths)):
            return None
        beside = [array for part in parts for array in arrays_in(part) if array.kind == "array"]
        return [
            (lengths[0], item) if item is not None else column or self.listed(part, beside)
            for part, column, item in zip(parts, found, without_end, strict=True)
        ]

    def item_without_end(self, part: Source) -> Item | None:
        """The items of `itertools.count` and its like; None for anything else."""
        if not isinstance(part, Plain) or self.endless(part.value) is None:
            return None
        assert isinstance(part.value, av.Partial)
        assert isinstance(part.value.function, av.Known)
        known, args = part.value.function.value, [*part.value.args, *part.value.kwargs.values()]
        if known is itertools.count:
            start, step = (args + DEFAULTS_OF_COUNT[len(args) :])[:2]
            return self.progression(start, step)
        if known is itertools.repeat:
            return lambda index: args[0]
        length, item = self.listed(Plain(args[0]))
        return lambda index: item(self.binary(ast.Mod, index, length))

    def listed(self, part: Source, beside: Sequence[AbstractValue] = ()) -> tuple[AbstractValue, Item]:
        """A structure beside something whose length is known at run time only: a list that is read by index, or the
        lengths of the arrays beside it must be known.
        """
        items = self.static_items(part)
        listed = self.indexable(items) if items else None
        if listed is None:
            for need in map(self.sampled_length, beside):
                if need is not None:
                    raise need
            raise self.refusal(
                "a structure is iterated over beside an array",
                "the length of the array is known at run time only, so that the loop cannot be unrolled, and the items"
                " of the structure are not alike: it is no list of numbers, or of arrays",
                "loop over `range(...)` of a known length, and index both",
            )
        return av.Known(len(items)), lambda index: self.grown_item(listed, index)

    def product(self, columns: list[tuple[AbstractValue, Item]], array: Ref | None) -> tuple[AbstractValue, Item]:
        """All combinations, the last one first: one index for all of them."""
        count: AbstractValue = av.Known(1)
        strides = []
        for length, _ in reversed(columns):
            strides.append(count)
            count = self.binary(ast.Mult, count, length)
        strides.reverse()

        def item(index: AbstractValue) -> AbstractValue:
            found = []
            for k, ((length, part), stride) in enumerate(zip(columns, strides, strict=True)):
                place = index if is_one(stride) else self.binary(ast.FloorDiv, index, stride)
                found.append(part(place if k == 0 else self.binary(ast.Mod, place, length)))
            indices = av.Tuple(tuple(found))
            return indices if array is None else av.Tuple((indices, self.getitem(array, indices)))

        return count, item

    def pairs_of(self, length: AbstractValue, item: Item, function: Any) -> tuple[AbstractValue, Item]:
        """All pairs of items in order: the first ones and the second ones by the indices of a triangle of a matrix, or
        of a matrix without its diagonal.
        """
        one = av.Known(1)
        if function is itertools.permutations:
            others = self.binary(ast.Sub, length, one)

            def ordered(index: AbstractValue) -> AbstractValue:
                first, second = (self.binary(kind, index, others) for kind in (ast.FloorDiv, ast.Mod))
                second = self.binary(ast.Add, second, self.builtin_int(self.compare(ast.GtE, second, first)))
                return av.Tuple((item(first), item(second)))

            return self.binary(ast.Mult, length, others), ordered
        above = av.Known(0 if function is itertools.combinations_with_replacement else 1)
        triangle = self.call(av.Known(np.triu_indices), [length, above], {})
        places = self.items_of(triangle, "`combinations`")
        return self.builtin_len(places[0]), lambda index: av.Tuple(
            tuple(item(self.getitem(place, index)) for place in places)
        )

    def array_type(self, array: Ref) -> Array:
        t = self.type_of(self.checked(array))
        assert isinstance(t, Array)
        return t

    def progression(self, start: AbstractValue, step: AbstractValue) -> Item:
        """Start + index * step."""

        def item(index: AbstractValue) -> AbstractValue:
            by = index if isinstance(step, av.Known) and step.value == 1 else self.binary(ast.Mult, index, step)
            return by if is_zero(start) else self.binary(ast.Add, start, by)

        return item

    def shortest(self, lengths: list[AbstractValue], strict: AbstractValue) -> AbstractValue:
        """The length of a zip."""
        types = [self.type_of(length) for length in lengths]
        extents = {t.extent if isinstance(t, Scalar) else None for t in types}
        values = {length.value if isinstance(length, av.Known) else None for length in lengths}
        same = len(values) == 1 and (None not in values or (len(extents) == 1 and None not in extents))
        if same or len(lengths) == 1:
            return lengths[0]
        if not (isinstance(strict, av.Known) and not strict.value):
            if len(lengths) > 2:
                raise self.refusal(
                    "`zip(..., strict=True)` of more than two arrays of different lengths",
                    "which of them raises ValueError is known at run time only",
                    "leave `strict` out, or loop over the index",
                )
            self.strict_lengths.append((lengths[0], lengths[1]))
        known = [length.value for length in lengths if isinstance(length, av.Known)]
        return av.Known(min(known)) if len(known) == len(lengths) else self.by_meaning(min, *lengths)

    def strict_zips(self, node: ast.For, source: Source) -> tuple[Trips | None, list[Lengths]]:
        """The trips of a loop, and the lengths in it that must be equal, which shows when it is over."""
        self.strict_lengths = []
        trips = self.trips_of(source)
        lengths, self.strict_lengths = self.strict_lengths, []
        if lengths and (node.orelse or any(isinstance(n, ast.Break | ast.Return) for n in ast.walk(node))):
            raise self.refusal(
                "`zip(..., strict=True)` of arrays of different lengths, in a loop that may be left",
                "it raises ValueError only where the loop comes to the end of the shorter one",
                "leave `strict` out, or check the lengths before the loop",
            )
        return trips, lengths

    def check_lengths(self, lengths: list[Lengths]) -> Outcome:
        """What `zip(..., strict=True)` raises at the end of the shorter one."""
        for first, second in lengths:
            for kind, word in ((ast.Lt, "shorter"), (ast.Gt, "longer")):
                self.raise_if(self.compare(kind, second, first), f"zip() argument 2 is {word} than argument 1")
        return NEXT

    def expect_length(self, value: AbstractValue, count: int, at_least: bool = False) -> None:
        """Raise what Python does where an array or list that is unpacked has another length."""
        length = self.builtin_len(value)
        few = (ast.Lt, f"not enough values to unpack (expected {'at least ' if at_least else ''}{count})")
        many = (ast.Gt, f"too many values to unpack (expected {count})")
        for kind, message in (few,) if at_least else (few, many):
            self.raise_if(self.compare(kind, length, av.Known(count)), message)

    def raise_if(self, condition: AbstractValue, message: str) -> None:
        """Raise ValueError at run time, where a condition holds."""
        verdict = self.truth(condition)
        if verdict is True:
            raise self.users_error(ValueError(message))
        if not isinstance(verdict, bool):
            if any(issubclass(ValueError, around.classes) for around in self.tries if not around.is_manager):
                raise self.refusal(
                    "an `except` catches ValueError, which this may raise",
                    "whether it does is known at run time only, and the generated code has no handlers",
                    "test the length before",
                )
            raising = self.arm(partial(self.raise_error, ValueError, message))
            self.merge(verdict, raising, Arm([], NEXT, *self.state()))

    def static_items(self, source: Source) -> list[AbstractValue]:
        """The items of a source, one by one, for a loop that is unrolled."""
        match source:
            case Plain(value=value):
                return self.items_of(value, "a `for` loop")
            case Range(start=start, stop=stop, step=step):
                return self.items_of(self.builtin_range(start, stop, step), "a `for` loop")
            case Enumerate(part=part, start=start):
                items: AbstractValue = self.heap.list_of(tuple(self.static_items(part)))
                return self.items_of(self.builtin_enumerate(items, start), "a `for` loop")
            case Reversed(part=part):
                return self.static_items(part)[::-1]
            case Zip(parts=parts, strict=strict):
                sources = [
                    part.value if isinstance(part, Plain) else self.heap.list_of(tuple(self.static_items(part)))
                    for part in parts
                ]
                return self.items_of(self.builtin_zip(*sources, strict=strict), "a `for` loop")
            case Pairwise(part=part):
                return [av.Tuple(pair) for pair in itertools.pairwise(self.static_items(part))]
            case Pairs(part=part, function=function):
                return [av.Tuple(pair) for pair in function(self.static_items(part), 2)]
            case Product(parts=parts, array=array):
                rows = itertools.product(*map(self.static_items, parts))
                combined = [av.Tuple(row) for row in rows]
                if array is None:
                    return [*combined]
                return [av.Tuple((row, self.getitem(array, row))) for row in combined]

    def may_unroll(self, trips: Trips) -> bool:
        """Whether a loop could be unrolled instead."""
        known = trips.known
        return known is not None and len(known) <= LONGEST_UNROLLED
