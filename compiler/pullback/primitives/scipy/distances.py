"""`scipy.spatial.distance.cdist`: distances between the rows of two matrices.

The derivative goes through the differences of the points, so that close points lose no digits; where two points are the
same, the Euclidean distance has a kink, and the derivative is taken as 0, and so is that of the absolute value at 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import distance

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.elementwise import where
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.shaping import expand_dims
from pullback.primitives.inference import real
from pullback.primitives.kinds import general, total
from pullback.primitives.registry import PRIMITIVES, NotCovered, means

METRICS = ("euclidean", "sqeuclidean", "cityblock")


def _distances_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    a, b = (dims_of(o.type) for o in operands)
    return (Array(np.dtype(float), None if a is None or b is None else (a[0], b[0])),)


def _slopes(out: Any, a: Any, b: Any, metric: str) -> Any:
    """The derivative of each distance by the first point, coordinate by coordinate."""
    differences = expand_dims(a, axis=1) - b
    if metric == "cityblock":
        return PRIMITIVES["sign"](differences)
    if metric == "sqeuclidean":
        return 2.0 * differences
    return differences / expand_dims(where(out == 0, 1.0, out), axis=2)


def _cdist_vjp(g: Any, out: Any, a: Any, b: Any, metric: str) -> Any:
    moved = expand_dims(g, axis=2) * _slopes(out, a, b, metric)
    return sum_(moved, axis=1, keepdims=False), -sum_(moved, axis=0, keepdims=False)


def _cdist_jvp(tangents: Any, out: Any, a: Any, b: Any, metric: str) -> Any:
    ta, tb = tangents
    moved = total([None if ta is None else expand_dims(ta, axis=1), None if tb is None else -tb])
    return sum_(moved * _slopes(out, a, b, metric), axis=2, keepdims=False)


cdist: Primitive = general(
    distance.cdist,
    _cdist_vjp,
    _cdist_jvp,
    real(_distances_type, "`scipy.spatial.distance.cdist`"),
    name="cdist",
    spelling="scipy.spatial.distance.cdist",
)


@means(distance.cdist)
def cdist_meaning(XA: Any, XB: Any, metric: Any = "euclidean") -> Any:
    if meanings.static(metric, "metric") not in METRICS:
        raise NotCovered(f"`metric={metric!r}` of scipy.spatial.distance.cdist", f"one of {', '.join(METRICS)} is")
    a, b = meanings.arrayed(XA, (XA, XB)), meanings.arrayed(XB, (XA, XB))
    if any(rank(type_of_operand(x)) != 2 for x in (a, b)):
        raise NotCovered("scipy.spatial.distance.cdist of what are not known to be matrices")
    return cdist(a, b, metric=metric)
