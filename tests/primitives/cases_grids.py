"""Operands for interpolation between values on a grid. By its coordinates there is no derivative: ints carry none."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from primitives.case import Case, array

GRID: Any = (np.array([-3, -1, 1, 3]), np.array([2, 0, -2]), np.array([-2, 2]), np.array([-3, 3]))
SIZES = (4, 3, 2, 2)


def points(count: int, *shape: int) -> Any:
    """Points between the coordinates of the grid."""
    return 0.9 * array(*shape, count, low=-1.9, high=1.9)


def _placed(count: int) -> list[tuple[Any, Any]]:
    values = array(*SIZES[:count])
    if count > 2:
        return [(points(count, 1), values)]
    return [(points(count, 2), values), (points(count, 1, 1), array(*SIZES[:count], 1))]


def _samples(count: int) -> list[Case]:
    orders = ((0,) * count, (1,) + (0,) * (count - 1), (1,) * count)
    return [
        Case(f"grid_sample_{count}", (p, v, *GRID[:count]), {"orders": o, "is_filled": f})
        for p, v in _placed(count)
        for o in dict.fromkeys(orders)
        for f in (False, True)
    ]


def _spreads(count: int) -> list[Case]:
    return [
        Case(
            f"grid_spread_{count}",
            (array(*p.shape[:-1], *v.shape[count:]), p, v.shape, *GRID[:count]),
            {"orders": o, "is_filled": False},
        )
        for p, v in _placed(count)
        for o in ((0,) * count, (0,) * (count - 1) + (1,))
    ]


def _values(count: int) -> list[Case]:
    beyond = [2.0 * p for p, _ in _placed(count)]
    inside = [
        Case(f"grid_value_{count}", (p, v, 0.7, *GRID[:count]), {"bounds_error": False}) for p, v in _placed(count)
    ]
    return inside + [
        Case(f"grid_value_{count}", (p, v, 0.7, *GRID[:count]), {"bounds_error": False})
        for p, (_, v) in zip(beyond, _placed(count), strict=True)
    ]


def _extrapolated(count: int) -> list[Case]:
    return [
        Case(f"grid_extrapolated_{count}", (s * p, v, *GRID[:count])) for p, v in _placed(count) for s in (1.0, 2.0)
    ]


MAKERS: Mapping[str, Callable[[int], list[Case]]] = {
    "grid_sample": _samples,
    "grid_spread": _spreads,
    "grid_value": _values,
    "grid_extrapolated": _extrapolated,
}
if importlib.util.find_spec("scipy"):
    from scipy.interpolate import RegularGridInterpolator

    SURFACE = RegularGridInterpolator(tuple(axis.astype(float) for axis in GRID[:2]), array(4, 3))
    STACK = RegularGridInterpolator(GRID[:2], array(4, 3, 2), bounds_error=False, fill_value=None)
    LEVEL = RegularGridInterpolator(GRID[:1], array(4), bounds_error=False, fill_value=0.5)


def _objects() -> list[tuple[Any, Any]]:
    return [(points(2, 2), SURFACE), (points(2, 1, 2), STACK), (2.0 * points(2, 2), STACK), (3.0 * points(1, 4), LEVEL)]


GRID_CASES: Mapping[str, Callable[[], list[Case]]] = {
    **{f"{name}_{count}": partial(maker, count) for name, maker in MAKERS.items() for count in (1, 2, 3, 4)},
    "grid_object_value": lambda: [Case("grid_object_value", pair) for pair in _objects()],
    "grid_object_slope": lambda: [
        Case("grid_object_slope", pair, {"orders": o})
        for pair in _objects()
        for o in (((0, 0), (1, 0), (1, 1)) if pair[1] is not LEVEL else ((0,), (1,)))
    ],
}
