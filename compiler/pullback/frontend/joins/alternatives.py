"""The join of things that are known when compiling, and differ: one of several, by flags of the run.

Each alternative has a flag, and exactly one flag holds: an arm that leaves one thing alone says so by constants. In a
loop the flags are carried, which is what a state machine is: `state_is_idle`, `state_is_open`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence

import numpy as np

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.values import AbstractValue
from pullback.ir.core import Atom, Const

NUMBERS = (bool, int, float, complex, np.number, np.bool_)
CALLABLE = (av.Closure, av.Bound, av.Method, av.Partial, av.Late)
Flag = Callable[[Atom | None, Atom | None, str], Atom]


def can_be_chosen(a: AbstractValue, b: AbstractValue) -> bool:
    """Whether one of two different values can be left open: both are known when compiling, and not both numbers."""
    if any(isinstance(x, av.Known) and isinstance(x.value, np.ndarray) for x in (a, b)):
        return False
    if all(isinstance(x, av.Known) and isinstance(x.value, NUMBERS) for x in (a, b)):
        return False
    return all(isinstance(x, (av.Known, av.OneOf, *CALLABLE)) for x in (a, b))


def joined_alternatives(
    a: AbstractValue, b: AbstractValue, name: str, same: Callable[[AbstractValue, AbstractValue], bool], flag: Flag
) -> av.OneOf:
    """What is `a` after one arm, and `b` after the other; `flag` joins what the arms say of one alternative."""
    sides = [list(alternatives(x)) for x in (a, b)]
    values: list[AbstractValue] = []
    for value, _ in [*sides[0], *sides[1]]:
        if not any(same(value, other) for other in values):
            values.append(value)
    name = name or next((x.name for x in (a, b) if isinstance(x, av.OneOf)), "")
    flags = [flag(told(sides[0], x, same), told(sides[1], x, same), flag_name(name, x)) for x in values]
    return av.OneOf(tuple(values), tuple(flags), name)


def alternatives(value: AbstractValue) -> Sequence[tuple[AbstractValue, Atom]]:
    """What a value may be, each with its flag."""
    if isinstance(value, av.OneOf):
        return list(zip(value.values, value.flags, strict=True))
    return [(value, Const(True))]


def told(
    side: Sequence[tuple[AbstractValue, Atom]],
    value: AbstractValue,
    same: Callable[[AbstractValue, AbstractValue], bool],
) -> Atom:
    """The flag that an arm has for an alternative."""
    return next((flag for other, flag in side if same(other, value)), Const(False))


def flag_name(name: str, value: AbstractValue) -> str:
    """A readable name for the flag of an alternative."""
    known = value.value if isinstance(value, av.Known) else None
    word = ""
    if isinstance(known, str):
        word = known
    elif isinstance(known, enum.Enum):
        word = known.name.lower()
    elif isinstance(value, av.Closure):
        word = value.title or value.code.name
    elif known is not None:
        word = str(getattr(known, "__name__", ""))
    word = "".join(c if c.isalnum() else "_" for c in word).strip("_")
    return "_".join(part for part in (name, "is", word or "one") if part)
