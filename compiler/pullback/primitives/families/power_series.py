"""numpy.polynomial: coefficients that begin with the constant. Loads when that module has been imported.

Its functions drop zeros at the end of what they are given. Such a coefficient has no part in what is computed, though
it would have one if it moved: its derivative is not known, and is NaN rather than zero.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type
from pullback.primitives.families.indexing import Index, getitem, sliced
from pullback.primitives.families.joining import concatenate
from pullback.primitives.families.polynomials import point_of, points_and_coefficients
from pullback.primitives.families.shapes import size_of
from pullback.primitives.inference import dtype_of, unknown_dim
from pullback.primitives.kinds import general
from pullback.primitives.registry import PRIMITIVES, NotCovered, means


@means(np.polynomial.polynomial.polyval)
def ascending_polyval(x: Any, c: Any, tensor: Any = True) -> Any:
    """Horner's scheme for coefficients that begin with the constant."""
    x = point_of(x, (x, c), "polyval")
    if isinstance(c, list | tuple) and any(isinstance(row, list | tuple) for row in c):
        raise NotCovered("polyval of coefficients of several polynomials")
    x, coefficients = points_and_coefficients(x, c, "polyval")
    value = coefficients[-1] + x * 0
    for coefficient in reversed(coefficients[:-1]):
        value = coefficient + value * x
    return value


def _trimmed(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(dtype_of(operands[0].type), (unknown_dim(),)),)


def _trimmed_vjp(g: Any, out: Any, x: Any) -> Any:
    rest, places = sliced(size_of(g, 0), None, None)
    return concatenate(g, getitem(x, *places, index=Index((rest,))) * math.nan, axis=0)


def _trimmed_jvp(tangents: Any, out: Any, x: Any) -> Any:
    (t,) = tangents
    item, holes = sliced(None, size_of(out, 0), None)
    rest, places = sliced(size_of(out, 0), None, None)
    moves = PRIMITIVES["any"](getitem(t, *places, index=Index((rest,))) != 0, axis=None, keepdims=False)
    return getitem(t, *holes, index=Index((item,))) + PRIMITIVES["where"](moves, math.nan, 0.0)


trim_trailing: Primitive = general(
    np.polynomial.polyutils.trimseq,
    _trimmed_vjp,
    _trimmed_jvp,
    _trimmed,
    name="trim_trailing",
    accepts="seq",
    view="maybe",
    spelling="np.polynomial.polyutils.trimseq",
)
