"""Products of stacks of vectors: np.vecdot, np.matvec, np.vecmat. Each is the transpose of another one."""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Dims, Type, broadcast, dims_of
from pullback.primitives import meanings
from pullback.primitives.families.contractions import multiplied_dtype
from pullback.primitives.families.shaping import expand_dims
from pullback.primitives.inference import Infer, real
from pullback.primitives.kinds import multilinear
from pullback.primitives.registry import MEANINGS, PRIMITIVES, means


def _stacked(left: int, right: int) -> Infer:
    """Vectors and matrices, by their rank, with one axis in common that is summed; what is in front broadcasts."""

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        dtype = multiplied_dtype(operands)
        a, b = (dims_of(o.type) for o in operands)
        if a is None or b is None:
            return (Array(dtype, None),)
        if len(a) < left or len(b) < right:
            raise ValueError("an operand does not have enough dimensions")
        rows: Dims = a[-2:-1] if left == 2 else b[-1:] if right == 2 else ()
        return (Array(dtype, (*(broadcast(a[:-left], b[:-right]) or ()), *rows)),)

    return real(infer, "a product of stacks of vectors")


def _column(v: Any) -> Any:
    return expand_dims(v, axis=-1)


def _row(v: Any) -> Any:
    return expand_dims(v, axis=-2)


if hasattr(np, "vecdot"):  # NumPy 2.1; matvec and vecmat 2.2
    vecdot: Primitive = multilinear(
        np.vecdot, lambda g, a, b: _column(g) * b, lambda g, a, b: _column(g) * a, infer=_stacked(1, 1)
    )

    def _vecdot(x1: Any, x2: Any, /, *, axis: Any = -1) -> Any:
        x1, x2 = (meanings.arrayed(v, (x1, x2)) for v in (x1, x2))
        axis = meanings.static(axis, "axis")
        if axis != -1:
            x1, x2 = (MEANINGS[np.moveaxis](v, axis, -1) for v in (x1, x2))
        return PRIMITIVES["vecdot"](x1, x2)

    means(np.vecdot, np.linalg.vecdot)(_vecdot)

if hasattr(np, "matvec"):
    matvec: Primitive = multilinear(
        np.matvec,
        lambda g, a, v: _column(g) * _row(v),
        lambda g, a, v: PRIMITIVES["vecmat"](g, a),
        infer=_stacked(2, 1),
    )
    vecmat: Primitive = multilinear(
        np.vecmat,
        lambda g, v, a: PRIMITIVES["matvec"](a, g),
        lambda g, v, a: _column(v) * _row(g),
        infer=_stacked(1, 2),
    )

    def _by(prim: Primitive) -> None:
        def meaning(x1: Any, x2: Any, /) -> Any:
            return prim(*(meanings.arrayed(v, (x1, x2)) for v in (x1, x2)))

        means(prim.evaluate)(meaning)

    _by(matvec)
    _by(vecmat)
