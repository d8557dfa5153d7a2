"""Objects of libraries that primitives read and that nothing moves: sparse matrices, splines, factors of matrices.

They are handed on by reference and read at each call, so that what they hold may change between calls; which class they
are of, and of which kind and shape, is part of a program's signature.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from pullback.records import dataclass

if TYPE_CHECKING:
    from pullback.ir.types import Dims


@dataclass(frozen=True, slots=True)
class Opaque:
    """The type of such an object. `kind` names what it is used for; `dtype` and `shape` are those of a matrix, or of
    the values that an interpolator gives at one point; `facts` are further facts that programs are specialised to.
    """

    cls: type
    kind: str
    dtype: np.dtype[Any]
    shape: Dims
    facts: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return self.cls.__name__


def opaque_type(value: object) -> Opaque | None:
    """The type of an object that is opaque in this sense, with every dimension an int; None of anything else.

    >>> opaque_type(np.ones(3)) is None
    True
    """
    module = type(value).__module__
    if not isinstance(module, str):
        return None
    return next((read(value) for name, read in _READERS.items() if module.startswith(name)), None)


def opaque_key(value: object) -> Any:
    """What of an opaque object is part of a signature: sizes as of an array; None of anything else."""
    t = opaque_type(value)
    return None if t is None else (t.cls, (t.dtype, t.shape), t.facts)


def _sparse(value: Any) -> Opaque | None:
    sparse = sys.modules["scipy.sparse"]
    if not sparse.issparse(value) or value.ndim != 2 or value.dtype.kind not in "biufc":
        return None
    return Opaque(type(value), "sparse matrix", value.dtype, tuple(map(int, value.shape)))


def _polynomials(value: Any) -> Opaque | None:
    """Piecewise polynomials, in the power basis."""
    made = sys.modules["scipy.interpolate"]
    if not isinstance(value, made.PPoly):
        return None
    return _spline(value, value.c.shape[2:], "integrate")


def _b_spline(value: Any) -> Opaque | None:
    made = sys.modules["scipy.interpolate"]
    return _spline(value, value.c.shape[1:], "integrate") if isinstance(value, made.BSpline) else None


def _fitted(value: Any) -> Opaque | None:
    """Splines of FITPACK; those that are constant beyond the ends (`ext=3`) say that their slope is not 0 there."""
    made = sys.modules["scipy.interpolate"]
    if not isinstance(value, made.UnivariateSpline) or value.ext == 3:
        return None
    return Opaque(type(value), "spline", np.dtype(float), (), (value.ext,))


def _spline(value: Any, shape: tuple[int, ...], *facts: Any) -> Opaque | None:
    if value.c.dtype != np.float64 or value.axis != 0:
        return None
    return Opaque(type(value), "spline", value.c.dtype, tuple(map(int, shape)), facts)


def _interp1d(value: Any) -> Opaque | None:
    made = sys.modules["scipy.interpolate"]
    kind = getattr(value, "_kind", None)
    if not isinstance(value, made.interp1d) or kind not in ("linear", *STEPS) or value.y.ndim != 1:
        return None
    return Opaque(type(value), "linear interpolator", value.y.dtype, (), (kind,)) if value.y.dtype == float else None


def _grid(value: Any) -> Opaque | None:
    """Multilinear interpolators, with the number of coordinates that they take."""
    made = sys.modules["scipy.interpolate"]
    if not isinstance(value, made.RegularGridInterpolator) or value.method != "linear" or value.values.dtype != float:
        return None
    count = len(value.grid)
    facts = (count, not value.bounds_error and value.fill_value is None)
    return Opaque(
        type(value), "grid interpolator", value.values.dtype, tuple(map(int, value.values.shape[count:])), facts
    )


STEPS = ("nearest", "nearest-up", "previous", "next")
_READERS: Mapping[str, Callable[[Any], Opaque | None]] = {
    "scipy.sparse.": _sparse,
    "scipy.interpolate._bsplines": _b_spline,
    "scipy.interpolate._cubic": _polynomials,
    "scipy.interpolate._fitpack2": _fitted,
    "scipy.interpolate._rgi": _grid,
    "scipy.interpolate._interpolate": lambda value: _polynomials(value) or _interp1d(value),
}
