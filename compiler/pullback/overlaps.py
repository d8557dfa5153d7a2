"""Arguments that are one thing under two names, where the function writes to it.

A compiled program takes every array and container among its arguments for one of its own. As long as they are only
read that makes no difference; a write through one name would have to show under the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from pullback.errors import AliasingError
from pullback.ir.interface import Path
from pullback.signature import attributes, is_object

Place: TypeAlias = tuple[str, Path]


def part_at(value: Any, path: Path) -> Any:
    """What a value holds under a path of keys, indices and attribute names.

    >>> part_at({"a": [1.0, 2.0]}, ("a", 1))
    2.0
    """
    for key in path:
        value = value[key] if isinstance(value, dict) or isinstance(key, int) else getattr(value, key)
    return value


def expect_apart(
    arguments: Mapping[str, Any], changed: Iterable[Place], outside: Iterable[tuple[str, Any]], function: str
) -> None:
    """Let arguments pass in which nothing that the function writes to is there twice.

    Args:
        arguments: the bound arguments.
        changed: what of them the function writes to.
        outside: what else it reads, with a description: arrays and containers that are globals.
        function: its name, for the message.

    Raises:
        AliasingError: names the two that share memory.
    """
    places = [(place, part) for name, value in arguments.items() for place, part in parts_of(value, (name, ()))]
    for place in changed:
        if place[0] not in arguments:
            continue  # it was left out, and defaults are not written to
        written = part_at(arguments[place[0]], place[1])
        found = next(
            (spelled(arguments, other) for other, part in places if other != place and one_thing(written, part)), None
        )
        if found is None:
            found = next((name for name, part in outside if one_thing(written, part)), None)
        if found is not None:
            raise AliasingError(
                f"{spelled(arguments, place)} and {found} are the same memory, and `{function}` writes to it",
                "the generated code takes them for two, and the write would not show in the other",
                "pass a copy of one of them; or differentiate a function of one argument that hands it on as both:"
                " `lambda a: f(a, a)`",
            )


def is_mutable(value: Any) -> bool:
    """Whether a value is a container that may be written to."""
    return isinstance(value, list | dict) or is_object(value)


def parts_of(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    """The mutable things in a value, each with its place."""
    name, path = place
    if isinstance(value, np.ndarray):
        yield place, value
        return
    children: Mapping[Any, Any]
    if isinstance(value, dict):
        children = value
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        children = dict(zip(value._fields, value, strict=True))
    elif isinstance(value, list | tuple):
        children = dict(enumerate(value))
    elif is_object(value):
        children = attributes(value)
    else:
        return
    if not isinstance(value, tuple):
        yield place, value
    for key, child in children.items():
        yield from parts_of(child, (name, (*path, key)))


def one_thing(a: Any, b: Any) -> bool:
    """Whether a write to the one may be seen in the other."""
    if not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray)):
        return a is b
    return a is b or (np.may_share_memory(a, b) and np.shares_memory(a, b))


def spelled(arguments: Mapping[str, Any], place: Place) -> str:
    """A place as it is written in Python.

    >>> spelled({"net": {"layers": [1.0]}}, ("net", ("layers", 0)))
    "`net['layers'][0]`"
    """
    name, path = place
    text, value = name, arguments[name]
    for key in path:
        text += f"[{key!r}]" if isinstance(value, dict) or isinstance(key, int) else f".{key}"
        value = part_at(value, (key,))
    return f"`{text}`"
