"""What functions of the standard library do, in Python: interpreted in their place where their items are an array's."""

# The interpreter reads the source of these; nobody runs them.

from __future__ import annotations

import math
from typing import Any

import numpy as np


def reduce(function: Any, items: Any) -> Any:
    """`functools.reduce` of an array."""
    if len(items) == 0:
        raise TypeError("reduce() of empty iterable with no initial value")
    total = items[0]
    for k in range(1, len(items)):
        total = function(total, items[k])
    return total


def reduce_from(function: Any, items: Any, total: Any) -> Any:
    """`functools.reduce` of an array, from a start."""
    for item in items:
        total = function(total, item)
    return total


def prod(items: Any, total: Any) -> Any:
    """`math.prod` of an array."""
    for item in items:
        total = total * item
    return total


def dist(p: Any, q: Any) -> Any:
    """`math.dist`."""
    if len(p) != len(q):
        raise ValueError("both points must have the same number of dimensions")
    return math.hypot(*[as_float(a) - as_float(b) for a, b in zip(p, q, strict=True)])


def as_float(x: Any) -> Any:
    """What the functions of `math` make of a number: float32 has fewer digits."""
    return float(x) if isinstance(x, np.floating) and not isinstance(x, float) else x


def index(items: Any, item: Any) -> Any:
    """`items.index(item)`."""
    for k in range(len(items)):
        if items[k] == item:
            return k
    raise ValueError("the item is not in the list")


def accumulate(items: Any, function: Any) -> Any:
    """`itertools.accumulate` of a list."""
    totals: list[Any] = []
    for item in items:
        totals.append(item if len(totals) == 0 else function(totals[-1], item))
    return totals


def accumulate_from(items: Any, function: Any, total: Any) -> Any:
    """`itertools.accumulate` of a list, from a start."""
    totals = [total]
    for item in items:
        totals.append(function(totals[-1], item))
    return totals


def takewhile(predicate: Any, items: Any) -> Any:
    """`itertools.takewhile`."""
    taken: list[Any] = []
    for item in items:
        if not predicate(item):
            break
        taken.append(item)
    return taken


def dropwhile(predicate: Any, items: Any) -> Any:
    """`itertools.dropwhile`."""
    kept: list[Any] = []
    dropping = True
    for item in items:
        if dropping and predicate(item):
            continue
        dropping = False
        kept.append(item)
    return kept
