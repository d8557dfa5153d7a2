"""`sorted`, and `max` and `min`, of what is known and of what only the run can compare."""

from __future__ import annotations

import ast
from typing import Any

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Grown
from pullback.frontend.abstract.values import AbstractValue, is_none
from pullback.frontend.calls.library import Library, spelled
from pullback.ir.core import Atom, Const
from pullback.primitives.registry import MEANINGS


class Ordering(Library):
    """Python's order: by `<` alone, and stable."""

    def by_meaning(self, function: Any, *args: AbstractValue) -> AbstractValue:
        """A builtin on dynamic numbers or arrays."""
        if all(self.is_static(a) for a in args):
            return self.compute(function, list(args), {})
        if function not in MEANINGS:
            raise self.missing(function)
        return self.apply(MEANINGS[function], f"`{spelled(function)}`", *map(self.lower, args))

    def builtin_sorted(
        self,
        source: AbstractValue,
        key: AbstractValue = av.NONE,
        reverse: AbstractValue = av.Known(False),  # noqa: B008
    ) -> AbstractValue:
        falls = bool(self.static_key(reverse, "`reverse`"))
        if (grown := self.long(source)) is not None:
            return self.new_list(self.in_order(grown, self.keys_of(grown, key), falls))
        items = self.items_of(source, "`sorted`")
        keys = items if is_none(key) else [self.call(key, [item], {}) for item in items]
        if not all(map(self.is_static, keys)):
            return self.heap.list_of(tuple(self.items_in_order(items, keys, falls)))
        plain = [self.lower(k) for k in keys]
        try:
            order = sorted(range(len(items)), key=plain.__getitem__, reverse=falls)
        except TypeError as error:
            raise self.users_error(error) from error
        return self.heap.list_of(tuple(items[k] for k in order))

    def long(self, source: AbstractValue) -> Grown | None:
        """What holds items whose number only the run tells; None for anything else."""
        source = self.checked(source)
        grown = self.grown(source)
        if grown is None and (made := self.long_list(source)) is not None:
            grown = self.grown(made)
        return grown

    def keys_of(self, grown: Grown, key: AbstractValue) -> Grown:
        """What the items of a list are compared by."""
        if is_none(key):
            return grown
        made = self.mapped_over(key, (self.new_list(grown),))
        keys = self.grown(made) or self.indexable(list(self.heap.container(made).values))
        if keys is None:
            raise self.unlike_items("a list is ordered by keys")
        return keys

    def in_order(self, grown: Grown, keys: Grown, falls: bool) -> Grown:
        """A list sorted by keys, as Python does it: equal keys leave the items in their order."""
        name = "list_order_reversed" if falls else "list_order"
        order = self.column(name, self.compared(keys, "`sorted`"))
        return Grown(grown.element, tuple(self.column("list_permuted", column, order) for column in grown.columns))

    def items_in_order(self, items: list[AbstractValue], keys: list[AbstractValue], falls: bool) -> list[AbstractValue]:
        """Items of which only the run tells the order, each by its place in it."""
        held = self.indexable(items)
        by = held if keys is items else self.indexable(keys)
        if held is None or by is None:
            raise self.unlike_items("`sorted` orders items")
        ordered = self.in_order(held, by, falls)
        return [self.grown_item(ordered, av.Known(k)) for k in range(len(items))]

    def unlike_items(self, what: str) -> Exception:
        return self.refusal(
            f"{what} that are not alike",
            "which one comes where is known at run time only",
            "let all items, and all keys, have the same structure, and differ in numbers and arrays only",
        )

    def compared(self, keys: Grown, what: str) -> Atom:
        """The one list of what Python compares: numbers, or tuples of them."""
        is_row = keys.element.kind == "tuple" and keys.element.tag is tuple
        flat = is_row and all(child.kind in ("leaf", "known") for child in keys.element.children)
        if not (flat or keys.element.kind == "leaf") or any(self.rank_in(c) != 0 for c in keys.columns):
            raise self.refusal(
                f"{what} compares what are no numbers",
                "arrays have no order, and that of other things is not followed",
                "compare numbers, or plain tuples of numbers (`key=...`)",
            )
        return self.column("list_zip", *keys.columns) if len(keys.columns) > 1 else keys.columns[0]

    def builtin_min(self, *args: AbstractValue, **kwargs: AbstractValue) -> AbstractValue:
        return self.extreme(min, args, kwargs)

    def builtin_max(self, *args: AbstractValue, **kwargs: AbstractValue) -> AbstractValue:
        return self.extreme(max, args, kwargs)

    def extreme(
        self, function: Any, args: tuple[AbstractValue, ...], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue:
        if len(args) == 1 and self.is_big(args[0]) and not kwargs:
            return self.by_meaning(function, args[0])
        if len(args) == 1 and (grown := self.long(args[0])) is not None:
            return self.long_extreme(function.__name__, grown, **kwargs)
        items = self.items_of(args[0], f"`{function.__name__}`") if len(args) == 1 else list(args)
        if not items and "default" in kwargs:
            return kwargs["default"]
        key = kwargs.get("key", av.NONE)
        if not (isinstance(key, av.Known) and key.value is None):
            keys = [self.call(key, [item], {}) for item in items]
            if not all(map(self.is_static, keys)):
                return self.best(ast.Gt if function is max else ast.Lt, items, keys)
            plain = [self.lower(k) for k in keys]
            chosen: int = function(range(len(items)), key=plain.__getitem__)
            return items[chosen]
        if all(map(self.is_static, items)):
            return self.natively(function, [self.lower(i) for i in items])
        if len(items) == 1:
            return items[0]
        return self.by_meaning(function, *items)

    def long_extreme(
        self, name: str, grown: Grown, key: AbstractValue = av.NONE, default: AbstractValue | None = None
    ) -> AbstractValue:
        """The first item whose key no other surpasses, of a list of unknown length."""

        def extreme() -> AbstractValue:
            if is_none(key):
                return self.grown_extreme(grown, name)
            place = self.column(f"list_arg{name}", self.compared(self.keys_of(grown, key), f"`{name}`"))
            return self.element_of(grown, [self.column("list_get", column, place) for column in grown.columns])

        if default is None:
            return extreme()
        holds_items = self.grown_truth(grown)
        if isinstance(holds_items, Const):
            return extreme() if holds_items.value else default
        return self.choose(holds_items, extreme, lambda: default)

    def best(self, kind: type[ast.cmpop], items: list[AbstractValue], keys: list[AbstractValue]) -> AbstractValue:
        """The first item whose key no later one surpasses: a chain of comparisons."""
        best = av.Tuple((items[0], keys[0]))
        for item, key in zip(items[1:], keys[1:], strict=True):
            better = self.truth(self.compare(kind, key, best.items[1]))
            pair = av.Tuple((item, key))
            if isinstance(better, bool):
                best = pair if better else best
                continue
            chosen = self.choose(better, lambda pair=pair: pair, lambda best=best: best)  # type: ignore[misc]
            assert isinstance(chosen, av.Tuple)
            best = chosen
        return self.checked(best.items[0])
