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
    """Whether one of two different values can be left open: things known when compiling, numbers, and arrays of
    different ranks. Two numbers have a join of their own.
    """
    if any(isinstance(x, av.Known) and isinstance(x.value, np.ndarray) for x in (a, b)):
        return False
    if all(isinstance(x, av.Known) and isinstance(x.value, NUMBERS) for x in (a, b)):
        return False
    return all(is_numeric(x) or isinstance(x, (av.Known, av.OneOf, *CALLABLE)) for x in (a, b))


def is_numeric(value: AbstractValue) -> bool:
    """Whether a value is a number or an array, of which something else may be another alternative."""
    if isinstance(value, av.Known):
        return isinstance(value.value, NUMBERS)
    return isinstance(value, av.Dynamic) or (isinstance(value, av.Ref) and value.kind == "array")


def joined_alternatives(
    a: AbstractValue,
    b: AbstractValue,
    name: str,
    join: Callable[[AbstractValue | None, AbstractValue | None], AbstractValue | None],
    flag: Flag,
) -> av.OneOf:
    """What is `a` after one arm, and `b` after the other. `join` gives the join of two alternatives, None where they
    stay apart, and with None for one of them what only one arm leaves; `flag` joins what the arms say of each.
    """
    firsts, seconds = alternatives(a), alternatives(b)
    values: list[AbstractValue] = []
    flags: list[Atom] = []
    name = name or next((x.name for x in (a, b) if isinstance(x, av.OneOf)), "")
    partners: set[int] = set()
    for first, told in firsts:
        joined: AbstractValue | None = None
        partner: Atom = Const(False)
        for k, (second, also) in enumerate(seconds):
            if k not in partners and (joined := join(first, second)) is not None:
                partners.add(k)
                partner = also
                break
        value = join(first, None) if joined is None else joined
        assert value is not None
        values.append(value)
        flags.append(flag(told, partner, flag_name(name, value)))
    for k, (second, told) in enumerate(seconds):
        if k not in partners:
            value = join(None, second)
            assert value is not None
            values.append(value)
            flags.append(flag(Const(False), told, flag_name(name, value)))
    return av.OneOf(tuple(values), tuple(flags), name)


def alternatives(value: AbstractValue) -> Sequence[tuple[AbstractValue, Atom]]:
    """What a value may be, each with its flag."""
    if isinstance(value, av.OneOf):
        return list(zip(value.values, value.flags, strict=True))
    return [(value, Const(True))]


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
    elif is_numeric(value):
        word = "array" if isinstance(value, av.Ref) else "number"
    elif known is not None:
        word = str(getattr(known, "__name__", ""))
    word = "".join(c if c.isalnum() else "_" for c in word).strip("_")
    return "_".join(part for part in (name, "is", word or "one") if part)
