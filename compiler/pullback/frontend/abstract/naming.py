"""Readable names for the parts of parameters."""

from __future__ import annotations

from pullback.ir.interface import Path


def leaf_name(name: str, path: Path) -> str:
    """A readable name for a part of a parameter.

    >>> leaf_name("params", ("W1",)), leaf_name("params", (0, "W")), leaf_name("x", ())
    ('W1', 'W0', 'x')
    """
    texts = [key for key in path if isinstance(key, str) and key.isidentifier()]
    numbers = [str(key) for key in path if type(key) is int and key >= 0]
    stem = texts[-1] if texts else name
    return stem + "_".join(numbers)
