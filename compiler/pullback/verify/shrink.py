"""Arguments made small, so that SymPy can follow every entry: equal sizes stay equal, different sizes different.

before:  W (64, 32), b (32,), x (1797, 64), y (1797,) of integers
after:   W (3, 2),   b (2,),  x (4, 3),     y (4,) of integers below 2
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from pullback.verify.subject import Point

SMALLEST = 2


def shrunk(point: Point) -> Iterator[Point]:
    """Smaller and smaller arguments: sizes 2, 3, 4, ..., then 2 and 3 by turns, then 2 only.

    Each comes first with ints as they are, then with the ints that are equal to a size made small as well.
    """
    arrays = [leaf for leaf in point.leaves().values() if isinstance(leaf, np.ndarray)]
    sizes = sorted({size for array in arrays for size in array.shape if size >= SMALLEST})
    seen: list[Mapping[int, int]] = []
    for period in (len(sizes), 2, 1):
        small = {size: min(size, SMALLEST + rank % max(period, 1)) for rank, size in enumerate(sizes)}
        if small not in seen:
            seen.append(small)
            yield _resized(point, small, ints=False)
            if any(type(leaf) is int and small.get(leaf, leaf) != leaf for leaf in point.leaves().values()):
                yield _resized(point, small, ints=True)


def _resized(point: Point, small: Mapping[int, int], ints: bool) -> Point:
    least = min(small.values(), default=1)

    def resized(leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray):
            cut = leaf[tuple(slice(small.get(size, size)) for size in leaf.shape)].copy()
            changed = cut.dtype.kind in "iu" and cut.shape != leaf.shape
            return cut % least if changed else cut
        return small.get(leaf, leaf) if ints and type(leaf) is int else leaf

    return point.replaced({path: resized(leaf) for path, leaf in point.leaves().items()})


def describe(point: Point, wrt: tuple[str, ...]) -> str:
    """The shapes that were used, for the report."""
    return ", ".join(f"{point.name(path)} {np.shape(leaf)}" for path, leaf in point.leaves(wrt).items())
