"""Leaves of arguments, addressed by path, and copies of the arguments with some of them replaced.

A path starts with a parameter's name: `("params", "W", 0)` is `params["W"][0]` or `params.W[0]`. Containers are rebuilt
and arrays copied, so that a function which changes its arguments changes nobody else's.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from pullback.ir.interface import Path
from pullback.signature import attributes, is_object

Leaves: TypeAlias = dict[Path, Any]
Change: TypeAlias = Callable[[Path, Any], Any]


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The numbers and arrays in a value with their paths, in order.

    >>> list(leaves({"W": [1.0, "text"], "n": 3}))
    [(('W', 0), 1.0), (('n',), 3)]
    """
    found: list[tuple[Path, Any]] = []

    def collect(path: Path, leaf: Any) -> Any:
        found.append((path, leaf))
        return leaf

    rebuild(value, collect, path)
    yield from found


def rebuild(value: Any, change: Change, path: Path = ()) -> Any:
    """A copy of a value with every number and array replaced; what is neither is handed through."""
    match value:
        case bool() | int() | float() | complex() | np.generic() | np.ndarray():
            return change(path, value)
        case dict():
            filled = copy.copy(value)
            filled.update({k: rebuild(v, change, (*path, k)) for k, v in value.items()})
            return filled
        case tuple() | list():
            cls: Any = type(value)
            keys = getattr(value, "_fields", range(len(value)))
            items = [rebuild(v, change, (*path, k)) for k, v in zip(keys, value, strict=True)]
            return cls(*items) if hasattr(value, "_fields") else cls(items)
    if not is_object(value):
        return value
    twin = copy.copy(value)
    for name, item in attributes(value).items():
        object.__setattr__(twin, name, rebuild(item, change, (*path, name)))
    return twin


def with_leaves(value: Any, new: Mapping[Path, Any]) -> Any:
    """A copy of a value with the leaves at these paths replaced, and every other array copied."""

    def choose(path: Path, leaf: Any) -> Any:
        chosen = new.get(path, leaf)
        return chosen.copy() if isinstance(chosen, np.ndarray) else chosen

    return rebuild(value, choose)


def at(value: Any, path: Path) -> Any:
    """What is at a path of a value, or of a gradient that has its structure."""
    for key in path:
        value = value[key] if _is_item(value, key) else getattr(value, key)
    return value


def is_inexact(leaf: Any) -> bool:
    """Whether a leaf may carry a derivative."""
    return np.asarray(leaf).dtype.kind in "fc"


def spell(arguments: Mapping[str, Any], path: Path) -> str:
    """A path as one would write it, for reports.

    >>> spell({"params": {"W": [1.0]}}, ("params", "W", 0))
    "params['W'][0]"
    """
    name, value = str(path[0]), arguments[path[0]]
    for k, key in enumerate(path[1:], 1):
        name += f"[{key!r}]" if _is_item(value, key) else f".{key}"
        value = at(arguments, path[: k + 1])
    return name


def _is_item(value: Any, key: Any) -> bool:
    return isinstance(value, Mapping | list) or (isinstance(value, tuple) and isinstance(key, int))
