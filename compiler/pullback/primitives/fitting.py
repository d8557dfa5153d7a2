"""Fits cotangents to operands and tangents to results: shapes by summing or broadcasting, dtypes by casts.

A real operand of a complex operation takes part with its real part only, so its cotangent is the real part of what the
rule gives: the transpose of making a real number complex, under the pairing Re(g * t) of docs/design.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pullback.ir.types import Array, Dims, List, Scalar, dims_of, is_broadcast_of, may_be_one, rank, same_dims
from pullback.primitives.expr import type_of_operand
from pullback.primitives.inference import dtype_of, is_complex, is_real
from pullback.primitives.registry import PRIMITIVES
from pullback.records import dataclass


def total(terms: Sequence[Any]) -> Any:
    """The sum of what is not None; None when nothing is."""
    present = [t for t in terms if t is not None]
    if not present:
        return None
    out = present[0]
    for term in present[1:]:
        out = out + term
    return out


@dataclass(frozen=True, slots=True)
class Shaped:
    """A contribution that has the operand's shape by construction, whatever its type may know."""

    value: Any


def fit(g: Any, like: Any) -> Any:
    """`g`, summed down to the shape of `like` and cast to its dtype."""
    if g is None:
        return None
    if isinstance(g, Shaped):
        return cast_to(g.value, like)
    if isinstance(type_of_operand(like), List):
        return g
    return cast_to(unbroadcast_to(g, like), like)


def shaped(g: Any, like: Any) -> Any:
    """`g`, which has the shape of `like`, cast to its dtype."""
    return None if g is None else cast_to(g, like)


def spread(t: Any, out: Any) -> Any:
    """A tangent `t`, broadcast up to the shape of `out` and cast to its dtype."""
    if t is None or isinstance(type_of_operand(out), List):
        return t
    if not _surely_same(type_of_operand(t), type_of_operand(out)):
        t = PRIMITIVES["broadcast_to"](t, PRIMITIVES["shape"](out))
    return cast_to(t, out)


def _surely_same(a: Any, b: Any) -> bool:
    return rank(a) == rank(b) == 0 or same_dims(dims_of(a), dims_of(b))


def _as_large(given: Dims | None, wanted: Dims | None) -> bool:
    """Whether what was broadcast to `given` had that shape: its dimensions come of broadcasting those with others."""
    if given is None or wanted is None or len(given) != len(wanted):
        return False
    return all(g == w or is_broadcast_of(w, g) for g, w in zip(given, wanted, strict=True))


def unbroadcast_to(g: Any, like: Any) -> Any:
    """Sum `g` over the axes along which `like` was broadcast to its shape."""
    given, wanted = dims_of(type_of_operand(g)), dims_of(type_of_operand(like))
    if wanted == ():
        return g if given == () else PRIMITIVES["sum"](g, axis=None, keepdims=False)
    if same_dims(given, wanted) or _as_large(given, wanted):
        return g
    if given is not None and wanted is not None and len(given) < len(wanted):
        # an assignment to elements drops leading dimensions of one
        return unbroadcast_to(PRIMITIVES["expand_dims"](g, axis=tuple(range(len(wanted) - len(given)))), like)
    if given is None or wanted is None or not _decided(given, wanted):
        return PRIMITIVES["unbroadcast"](g, PRIMITIVES["shape"](like))
    lead = tuple(range(len(given) - len(wanted)))
    unit = tuple(k + len(lead) for k, dim in enumerate(wanted) if dim == 1 and given[k + len(lead)] != 1)
    if not unit:
        return PRIMITIVES["sum"](g, axis=_one_or_many(lead), keepdims=False)
    g = PRIMITIVES["sum"](g, axis=_one_or_many(lead + unit), keepdims=True)
    return PRIMITIVES["squeeze"](g, axis=lead) if lead else g


def _decided(given: Dims, wanted: Dims) -> bool:
    """Whether the types alone say along which axes there was a broadcast."""
    aligned = given[len(given) - len(wanted) :]
    return all(w == 1 or g == w or not (may_be_one(w) or may_be_one(g)) for g, w in zip(aligned, wanted, strict=True))


def _one_or_many(axes: tuple[int, ...]) -> int | tuple[int, ...]:
    return axes[0] if len(axes) == 1 else axes


def cast_to(g: Any, like: Any) -> Any:
    """Cast `g` to the dtype of `like`; a Python float for a Python float."""
    given, wanted = type_of_operand(g), type_of_operand(like)
    if is_complex(given) and is_real(wanted):
        g = PRIMITIVES["real"](g)
        given = type_of_operand(g)
    match given, wanted:
        case _, List():
            return g
        case Array(), Scalar(kind):
            return PRIMITIVES[kind](g)
        case Scalar("float"), Scalar("complex"):
            return PRIMITIVES["complex"](g)
        case Scalar(kind), Array(dtype, ()) if dtype is not None and dtype != np.dtype(kind):
            return PRIMITIVES[dtype.name](g)
        case Scalar(), _:
            return g
    old, new = dtype_of(given), dtype_of(wanted)
    if old is None and new in (None, np.float64):
        return g
    if old is None or new is None:
        return PRIMITIVES["cast_like"](g, like)
    return g if old == new else PRIMITIVES["astype"](g, dtype=new)


def as_real_as(t: Any, out: Any) -> Any:
    """A tangent of `out`: its real part, where `out` is a real function of complex operands."""
    if t is None or not (is_complex(type_of_operand(t)) and is_real(type_of_operand(out))):
        return t
    return PRIMITIVES["real"](t)


def zeros_like(x: Any) -> Any:
    """A zero for `x`: a Python float for a number, else an array, or a list of zeros."""
    if isinstance(type_of_operand(x), List):
        return PRIMITIVES["list_zeros"](x)
    if type_of_operand(x) == Scalar("complex"):
        return 0j
    if rank(type_of_operand(x)) == 0:
        return 0.0
    return PRIMITIVES["zeros_like"](x)
