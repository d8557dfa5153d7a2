"""What a `for` runs over: ranges, arrays, and zip, enumerate and reversed of them, as a count and an item per index."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from pullback.frontend import abstract as av
from pullback.frontend.abstract import AbstractValue, Ref
from pullback.frontend.containers import LONGEST_UNROLLED
from pullback.frontend.expressions import Expressions
from pullback.frontend.state import NEXT, Arm, Outcome
from pullback.ir.core import Atom, Const
from pullback.ir.types import Array, Scalar, dims_of


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """`range(start, stop, step)`."""

    start: AbstractValue
    stop: AbstractValue
    step: AbstractValue


@dataclass(frozen=True, slots=True, eq=False)
class Zip:
    """`zip` of sources."""

    parts: tuple[Source, ...]
    strict: AbstractValue


@dataclass(frozen=True, slots=True, eq=False)
class Enumerate:
    """`enumerate` of a source."""

    part: Source
    start: AbstractValue


@dataclass(frozen=True, slots=True, eq=False)
class Reversed:
    """`reversed` of a source."""

    part: Source


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    """Anything else that is iterated over."""

    value: AbstractValue


Source: TypeAlias = Range | Zip | Enumerate | Reversed | Plain
Lengths: TypeAlias = tuple[AbstractValue, AbstractValue]
Item: TypeAlias = Callable[[AbstractValue], AbstractValue]


@dataclass(frozen=True, slots=True, eq=False)
class Trips:
    """The trips of a loop: the range of its index, and what the target is bound to for an index."""

    bounds: tuple[Atom, Atom, Atom]
    item: Item

    @property
    def known(self) -> range | None:
        """The range of the index, where it is known."""
        if all(isinstance(bound, Const) for bound in self.bounds):
            return range(*(bound.value for bound in self.bounds if isinstance(bound, Const)))
        return None


class Sources(Expressions):
    """Iteration by index."""

    def source_of(self, node: ast.expr) -> Source:
        """What an expression in the head of a `for` iterates over."""
        plain_call = isinstance(node, ast.Call) and not any(isinstance(a, ast.Starred) for a in node.args)
        if not (plain_call and isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            return Plain(self.evaluate(node))
        function = self.evaluate(node.func)
        known = function.value if isinstance(function, av.Known) else None
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
        return Plain(self.evaluate(node))

    def range_of(self, bounds: list[AbstractValue]) -> Source:
        """A range, known or not."""
        if all(isinstance(bound, av.Known) for bound in bounds):
            return Plain(self.builtin_range(*bounds))
        for bound in bounds:
            t = self.type_of(bound)
            is_int = isinstance(t, Scalar) and t.kind in ("int", "bool")
            is_numpy_int = isinstance(t, Array) and t.shape == () and t.dtype is not None and t.dtype.kind in "iu"
            if not (is_int or is_numpy_int):
                raise self.refusal(f"`range` of {self.describe(bound)}", "Python raises TypeError here", "pass ints")
        if isinstance(bounds[-1], av.Known) and len(bounds) == 3 and bounds[2].value == 0:  # type: ignore[union-attr]
            raise self.users_error(ValueError("range() arg 3 must not be zero"))
        start, stop, step = [av.Known(0), *bounds, av.Known(1)] if len(bounds) == 1 else [*bounds, av.Known(1)][:3]
        return Range(start, stop, step)

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
                columns = [self.indexed(part) for part in parts]
                if None in columns:
                    return None
                known_columns = [column for column in columns if column is not None]
                shortest = self.shortest([length for length, _ in known_columns], strict)
                return shortest, lambda index: av.Tuple(tuple(item(index) for _, item in known_columns))
        return None

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
                unequal = self.truth(self.compare(kind, second, first))
                message = f"zip() argument 2 is {word} than argument 1"
                raising = self.arm(partial(self.raise_error, ValueError, message))
                if not isinstance(unequal, bool):
                    self.merge(unequal, raising, Arm([], NEXT, *self.state()))
                elif unequal:
                    raise self.users_error(ValueError(message))
        return NEXT

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
                columns = [self.heap.list_of(tuple(self.static_items(part))) for part in parts]
                return self.items_of(self.builtin_zip(*columns, strict=strict), "a `for` loop")

    def may_unroll(self, trips: Trips) -> bool:
        """Whether a loop could be unrolled instead."""
        known = trips.known
        return known is not None and len(known) <= LONGEST_UNROLLED


def is_zero(value: AbstractValue) -> bool:
    return isinstance(value, av.Known) and type(value.value) is int and value.value == 0


def arrays_in(source: Source) -> list[Ref]:
    """The arrays and lists that a loop reads an item of in every trip."""
    match source:
        case Plain(value=Ref(kind="array" | "list") as ref):
            return [ref]
        case Enumerate(part=part) | Reversed(part=part):
            return arrays_in(part)
        case Zip(parts=parts):
            return [ref for part in parts for ref in arrays_in(part)]
    return []
