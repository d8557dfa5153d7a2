"""What a `for` runs over, as data: ranges, zip, products, ... of sources, and the trips that they make."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, TypeAlias

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.values import AbstractValue, Ref
from pullback.ir.core import Atom, Const
from pullback.records import dataclass


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
class Pairwise:
    """`itertools.pairwise` of a source."""

    part: Source


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Two items of a source at a time: what `itertools.combinations` and its like give for `r=2`."""

    part: Source
    function: Any


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """`itertools.product` of sources, `np.ndindex`; with an array, `np.ndenumerate` of it."""

    parts: tuple[Source, ...]
    array: Ref | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    """Anything else that is iterated over."""

    value: AbstractValue


Source: TypeAlias = Range | Zip | Enumerate | Reversed | Pairwise | Pairs | Product | Plain
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


CHOOSING = (itertools.combinations, itertools.combinations_with_replacement, itertools.permutations)


def is_zero(value: AbstractValue) -> bool:
    return isinstance(value, av.Known) and type(value.value) is int and value.value == 0


def is_one(value: AbstractValue) -> bool:
    return isinstance(value, av.Known) and type(value.value) is int and value.value == 1


def arrays_in(source: Source) -> list[Ref]:
    """The arrays and lists that a loop reads an item of in every trip."""
    match source:
        case Plain(value=Ref(kind="array" | "list") as ref):
            return [ref]
        case Enumerate(part=part) | Reversed(part=part) | Pairwise(part=part) | Pairs(part=part):
            return arrays_in(part)
        case Product(array=Ref() as array):
            return [array]
        case Zip(parts=parts) | Product(parts=parts):
            return [ref for part in parts for ref in arrays_in(part)]
    return []


def read_ahead(source: Source) -> list[Ref]:
    """Those of them whose items a loop holds before their turn, or after it."""
    match source:
        case Pairwise() | Pairs() | Product(array=None):
            return arrays_in(source)
        case Enumerate(part=part) | Reversed(part=part):
            return read_ahead(part)
        case Zip(parts=parts):
            return [ref for part in parts for ref in read_ahead(part)]
    return []
