"""Containers of the standard library that are told apart by more than their class: by the length that a deque keeps, by
what a defaultdict makes of a missing key. Each such variant has a class of its own here, which stands for it in trees.
"""

from __future__ import annotations

from collections import defaultdict, deque
from functools import cache
from typing import Any

STANDS_FOR = "__stands_for__"


@cache
def bounded_deque(maxlen: int | None) -> type:
    """Deques of at most so many items.

    >>> bounded_deque(3).limit, bounded_deque(3) is bounded_deque(3), python_class(bounded_deque(3))
    (3, True, <class 'collections.deque'>)
    """
    return type("deque", (deque,), {STANDS_FOR: deque, "limit": maxlen})


def defaulting(factory: Any) -> type:
    """Defaultdicts with a factory.

    >>> defaulting(list) is defaulting(list), python_class(defaulting(float))
    (True, <class 'collections.defaultdict'>)
    """
    found = _DEFAULTING.get(factory)
    if found is None:
        names = {STANDS_FOR: defaultdict, "made_by": [factory]}
        found = _DEFAULTING[factory] = type("defaultdict", (defaultdict,), names)
    return found


_DEFAULTING: dict[Any, type] = {}


def limit_of(cls: type) -> int | None:
    """How many items such a deque keeps."""
    return cls.limit if is_deque(cls) else None  # type: ignore[attr-defined]  # of `bounded_deque`


def is_deque(cls: type) -> bool:
    """Whether it is the class of a deque."""
    return issubclass(cls, deque)


def is_defaulting(cls: type) -> bool:
    """Whether it is the class of a defaultdict."""
    return issubclass(cls, defaultdict)


def factory_of(cls: type) -> Any:
    """What such a defaultdict makes missing items by."""
    return cls.made_by[0]  # type: ignore[attr-defined]  # of `defaulting`


def class_in_trees(value: Any) -> type:
    """The class that stands for a value in trees."""
    if type(value) is deque:
        return bounded_deque(value.maxlen)
    if type(value) is defaultdict:
        return defaulting(value.default_factory)
    return type(value)


def python_class(cls: type) -> type:
    """The class of the values that a class stands for."""
    found: type = vars(cls).get(STANDS_FOR, cls)
    return found


def is_sequence(cls: type) -> bool:
    """Whether it is the class of lists, or of deques."""
    return cls is list or issubclass(cls, deque)
