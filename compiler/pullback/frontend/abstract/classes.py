"""Classes that are defined while interpreting: real classes, in which functions and attributes are what the interpreter
knows of them.

They hold values of the function that is being built, and are understood there only: what they are given to is
interpreted in place. And what there is to know of classes of exceptions.
"""

from __future__ import annotations

import types
from typing import Any

from pullback.frontend.abstract.patterns import Pattern
from pullback.frontend.abstract.values import AbstractValue
from pullback.ir.core import Op

HELD = "__interpreted__"  # what a class of this kind holds, under a name that no enum takes for a member


class Held:
    """A function, or (`cell`) an attribute, of a class that is defined while interpreting. It may be used as long as
    `region` is open: the block of the IR in which the class was defined.
    """

    def __init__(self, value: AbstractValue, region: list[Op], cell: bool = False) -> None:
        self.value = value
        self.region = region
        self.cell = cell

    def __get__(self, instance: object, owner: type | None = None) -> Held:
        """Itself: the interpreter binds it. That there is such a method tells functions from members of an enum."""
        return self


def is_local(cls: type) -> bool:
    """Whether a class, or one that it inherits from, was defined while interpreting."""
    return any(HELD in vars(base) for base in cls.__mro__)


def held_by(cls: type) -> list[AbstractValue]:
    """What a class holds that was defined while interpreting; nothing for any other class."""
    return [value for base in cls.__mro__ for value in vars(base).get(HELD, ())]


def held_in(known: Any) -> list[AbstractValue]:
    """What a known value holds: one of these classes, a member of an enum, a function of theirs."""
    if isinstance(known, Held):
        return [known.value]
    return held_by(known if isinstance(known, type) else type(known))


def mentions_local(pattern: Pattern) -> bool:
    """Whether a value has parts that are understood only where a class was defined."""
    tags: tuple[Any, ...] = pattern.tag if isinstance(pattern.tag, tuple) else (pattern.tag,)
    for tag in tags:
        known = getattr(tag, "value", tag) if pattern.kind == "known" else tag
        if isinstance(known, Held) or (isinstance(tag, type) and held_by(tag)):
            return True
        if pattern.kind == "known" and held_in(known):
            return True
        if isinstance(tag, Pattern) and mentions_local(tag):
            return True
    return any(map(mentions_local, pattern.children))


def has_plain_init(cls: type[BaseException]) -> bool:
    """Whether instances of an exception class keep their arguments, and nothing else."""
    return isinstance(cls.__init__, types.WrapperDescriptorType)
