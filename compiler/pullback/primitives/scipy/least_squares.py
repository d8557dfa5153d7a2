"""`scipy.linalg.lstsq`: the solution of least norm, by the rules of `np.linalg.lstsq`."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.least_squares import lstsq_solution, lstsq_values
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.shaping import expand_dims, mT
from pullback.primitives.inference import dtype_of, real, unknown_dim
from pullback.primitives.kinds import discrete, general, total
from pullback.primitives.registry import NotCovered, means
from pullback.primitives.scipy.matrices import unasked
from pullback.primitives.scipy.twins import twin

solution = twin(
    lambda a, b: linalg.lstsq(a, b)[0],
    lstsq_solution.name,
    lstsq_solution.infer,
    called="lstsq_of_scipy",
    spelling="scipy.linalg.lstsq({0}, {1})[0]",
    rcond=None,
)


def _residues_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    b = dims_of(operands[1].type)
    return (Array(np.dtype(float), None if b is None else () if len(b) == 1 else (unknown_dim(),)),)


# The sum of squares is stationary in the solution. SciPy gives none at all where the rank is not full.


def _refuse_none(a: Any) -> None:
    dims = dims_of(type_of_operand(a))
    rows, columns = dims if dims is not None else (None, None)
    if isinstance(rows, int) and isinstance(columns, int) and not rows > columns > 0:
        raise NotCovered("the residues of scipy.linalg.lstsq where there are no more rows than columns")


def _residues_vjp(g: Any, out: Any, a: Any, b: Any) -> tuple[Any, Any]:
    _refuse_none(a)
    x = solution(a, b)
    rest = 2.0 * g * (b - a @ x)
    return -(expand_dims(rest, axis=1) * x if rank(type_of_operand(b)) == 1 else rest @ mT(x)), rest


def _residues_jvp(tangents: Any, out: Any, a: Any, b: Any) -> Any:
    _refuse_none(a)
    ta, tb = tangents
    x = solution(a, b)
    moved = total([tb, None if ta is None else -(ta @ x)])
    return sum_(2.0 * (b - a @ x) * moved, axis=0, keepdims=False)


residues: Primitive = general(
    lambda a, b: linalg.lstsq(a, b)[1],
    _residues_vjp,
    _residues_jvp,
    real(_residues_type, "scipy.linalg.lstsq"),
    name="lstsq_residues_of_scipy",
    spelling="scipy.linalg.lstsq({0}, {1})[1]",
)
matrix_rank: Primitive = discrete(
    lambda a, b: linalg.lstsq(a, b)[2],
    lambda operands, attrs: (Array(np.dtype(np.int32), ()),),
    name="lstsq_rank_of_scipy",
    spelling="scipy.linalg.lstsq({0}, {1})[2]",
)
values = twin(
    lambda a, b: linalg.lstsq(a, b)[3],
    lstsq_values.name,
    lstsq_values.infer,
    called="lstsq_values_of_scipy",
    spelling="scipy.linalg.lstsq({0}, {1})[3]",
    rcond=None,
)


@means(linalg.lstsq)
def lstsq_meaning(
    a: Any,
    b: Any,
    cond: Any = None,
    overwrite_a: Any = False,
    overwrite_b: Any = False,
    check_finite: Any = True,
    lapack_driver: Any = None,
) -> Any:
    unasked(linalg.lstsq, cond=cond, lapack_driver=lapack_driver)
    near = (a, b)
    a, b = (meanings.arrayed(v, near) for v in near)
    if rank(type_of_operand(a)) != 2 or rank(type_of_operand(b)) not in (1, 2):
        raise NotCovered("scipy.linalg.lstsq of what is not known to be a matrix and a vector or matrix")
    if any(dtype_of(type_of_operand(v)) == np.float32 for v in (a, b)):
        raise NotCovered("scipy.linalg.lstsq of float32", "convert by .astype(float)")
    return solution(a, b), residues(a, b), matrix_rank(a, b), values(a, b)
