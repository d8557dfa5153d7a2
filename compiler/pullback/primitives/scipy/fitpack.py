"""`scipy.interpolate.splev`: splines as FITPACK keeps them, knots, coefficients and degree, at points that move.

SciPy's own `der=` differentiates, up to the degree; the derivative of that order is constant between knots. Beyond the
ends the derivative is that of what `ext=` says: of the extrapolation, or of zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import interpolate

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.fitting import shaped, zeros_like
from pullback.primitives.inference import real
from pullback.primitives.registry import NotCovered, means, register

EXTENSIONS = (0, 1, 2)


def _values_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(np.dtype(float), dims_of(operands[0].type)),)


def _value(x: Any, t: Any, c: Any, k: int, der: int, ext: int) -> Any:
    return interpolate.splev(x, (t, c, k), der=der, ext=ext)


def _slope(ops: Sequence[Any], attrs: Attrs, moved: Sequence[bool]) -> Any:
    if any(moved[1:]):
        raise NotCovered("scipy.interpolate.splev by knots or coefficients", "keep them constant, or use CubicSpline")
    if attrs["der"] == attrs["k"]:
        return zeros_like(ops[0])
    return splev(*ops, **{**attrs, "der": attrs["der"] + 1})


def _vjp(g: Any, out: Any, ops: Sequence[Any], attrs: Attrs, wanted: Sequence[bool]) -> tuple[Any, ...]:
    slope = _slope(ops, attrs, wanted)
    return (shaped(g * slope, ops[0]) if wanted[0] else None), None, None


def _jvp(tangents: Sequence[Any], out: Any, ops: Sequence[Any], attrs: Attrs) -> Any:
    slope = _slope(ops, attrs, [t is not None for t in tangents])
    return None if tangents[0] is None else tangents[0] * slope


splev: Primitive = register(
    Primitive(
        "splev",
        "general",
        _value,
        real(_values_type, "scipy.interpolate.splev"),
        _vjp,
        _jvp,
        None,
        "scipy.interpolate.splev({0}, ({1}, {2}, {k}), der={der}, ext={ext})",
        doc={"keywords": {}},
    )
)


@means(interpolate.splev)
def splev_meaning(x: Any, tck: Any, der: Any = 0, ext: Any = 0) -> Any:
    near = (x, tck)
    if not (isinstance(tck, tuple | list) and len(tck) == 3):
        raise NotCovered("scipy.interpolate.splev of what is not known to be (knots, coefficients, degree)")
    t, c, k = tck
    t, c, k = meanings.arrayed(t, near), meanings.arrayed(c, near), meanings.static(k, "k")
    der, ext = meanings.static(der, "der"), meanings.static(ext, "ext")
    if any(rank(type_of_operand(v)) != 1 for v in (t, c)):
        raise NotCovered("scipy.interpolate.splev of curves in several dimensions", "evaluate each of them")
    if ext not in EXTENSIONS:
        raise NotCovered(f"`ext={ext!r}` of scipy.interpolate.splev", "clip the points to the ends of the knots")
    x = meanings.arrayed(x, near)
    return splev(x, t, c, k=k, der=der, ext=ext)
