"""Linear systems, inverses, determinants, Cholesky factors; of stacks of matrices, too.

The rules are those of Giles (2008), An extended collection of matrix derivative results for forward and reverse mode
automatic differentiation, unless a row says otherwise.

A rule that only multiplies holds for complex matrices as it stands: cotangents pair by Re(sum(g * t)). One that
conjugates (Cholesky factors, pseudo-inverses) is the published one, with Hermitian transposes for transposes, of the
conjugate of g, which pairs by Re(tr(ḡᴴ t)); what it gives is conjugated back. For real matrices `conj` is nothing and
`mH` is `mT`.

NumPy's `cholesky` (and `eigh`) read one triangle of their
operand and nothing else, and the derivative is that of what they compute: zero in the other triangle.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Dim, Dims, Type, broadcast, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import Expr, type_of_operand
from pullback.primitives.families.complex_parts import conj, imag
from pullback.primitives.families.contractions import matmul, outer
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.shapes import shape_of, shape_operand, size_of
from pullback.primitives.families.shaping import expand_dims, mH, mT, reshape, squeeze, transpose, tril
from pullback.primitives.inference import Infer, dtype_of, is_complex, sample_result
from pullback.primitives.kinds import general, multilinear, total
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, means


def matrix_dtype(function: Callable[..., Any]) -> Callable[[tuple[Atom, ...]], Any]:
    """The dtype of a function of matrices, asked of NumPy on matrices of one element."""

    def sampled(*samples: Any) -> Any:
        return np.ravel(function(*(np.reshape(s, (1, 1)) for s in samples)))[0]

    def dtype(operands: tuple[Atom, ...]) -> Any:
        result = sample_result(sampled, operands)
        return None if result is None else dtype_of(result)

    return dtype


def square_dims(operand: Atom) -> Dims | None:
    """The shape of an operand that must hold square matrices."""
    dims = dims_of(operand.type)
    if dims is not None and len(dims) < 2:
        raise np.linalg.LinAlgError(f"{len(dims)}-dimensional array given. Array must be at least two-dimensional")
    if dims is not None and isinstance(dims[-1], int) and isinstance(dims[-2], int) and dims[-1] != dims[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    return dims


def known_rank(x: Any, what: str) -> int:
    known = rank(type_of_operand(x))
    if known is None:
        raise NotCovered(f"{what} of an array of unknown rank")
    return known


def as_scalars(x: Any) -> Any:
    """One number per matrix, with two axes of length 1 to multiply the matrices."""
    return x if rank(type_of_operand(x)) == 0 else expand_dims(x, axis=(-2, -1))


def over_matrix(x: Any) -> Any:
    """The sum over the last two axes."""
    return sum_(x, axis=(-2, -1), keepdims=False)


def _square(function: Callable[..., Any]) -> Infer:
    dtype = matrix_dtype(function)

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        return (Array(dtype(operands[:1]), square_dims(operands[0])),)

    return infer


# inverse


def _inv_vjp(g: Any, out: Any, a: Any) -> Any:
    # a @ out = 1  =>  dout = -out @ da @ out
    return -(mT(out) @ g @ mT(out))


inv: Primitive = general(
    np.linalg.inv,
    _inv_vjp,
    lambda tangents, out, a: -(out @ tangents[0] @ out),
    _square(np.linalg.inv),
    np.linalg.inv,
    accepts="a",
    spelling="np.linalg.inv",
)


# solve


def _solved(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    a, b = square_dims(operands[0]), dims_of(operands[1].type)
    dtype = _solved_dtype(operands)
    if a is None or b is None:
        return (Array(dtype, None),)
    if len(b) == 1:
        return (Array(dtype, (*a[:-2], a[-1])),)
    return (Array(dtype, (*(broadcast(a[:-2], b[:-2]) or ()), a[-1], b[-1])),)


_solved_dtype = matrix_dtype(np.linalg.solve)


def _solve_columns(a: Any, b: Any) -> Any:
    """The solution for right sides of the shape of a result of `solve`: one vector per matrix, or columns."""
    if known_rank(b, "np.linalg.solve") == known_rank(a, "np.linalg.solve") - 1 and rank(type_of_operand(a)) != 2:
        return squeeze(solve(a, expand_dims(b, axis=-1)), axis=(-1,))
    return solve(a, b)


def _solve_vjp(g: Any, out: Any, a: Any, b: Any) -> Any:
    # a @ out = b  =>  da @ out + a @ dout = db
    # <g, dout> = <w, db - da @ out> = <w, db> - <w outᵀ, da>   with  aᵀ w = g
    if known_rank(b, "np.linalg.solve") == 1:
        w = _solve_columns(mT(a), g)
        return -(expand_dims(w, axis=-1) * expand_dims(out, axis=-2)), w
    w = solve(mT(a), g)
    return -(w @ mT(out)), w


def _solve_jvp(tangents: Any, out: Any, a: Any, b: Any) -> Any:
    ta, tb = tangents
    vector = known_rank(b, "np.linalg.solve") == 1
    moved = None if ta is None else -_applied(ta, out, vector)
    if vector:
        right = total([moved, tb])
        return solve(a, right) if rank(type_of_operand(right)) == 1 else _solve_columns(a, right)
    return solve(a, total([moved, tb]))


def _applied(a: Any, x: Any, vector: bool) -> Any:
    if not vector or rank(type_of_operand(a)) == 2:
        return a @ x
    return squeeze(a @ expand_dims(x, axis=-1), axis=(-1,))


solve: Primitive = general(
    np.linalg.solve,
    _solve_vjp,
    _solve_jvp,
    _solved,
    np.linalg.solve,
    accepts="a, b",
    spelling="np.linalg.solve",
    broadcasts=True,
)


# determinants


def _det_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = square_dims(operands[0])
    return (Array(_det_dtype(operands), None if dims is None else dims[:-2]),)


_det_dtype = matrix_dtype(np.linalg.det)


def _cofactors_vjp(g: Any, out: Any, a: Any) -> Any:
    # c = det(a) a⁻ᵀ  =>  dc = <c, da> a⁻ᵀ - a⁻ᵀ daᵀ c
    w = mT(inv(a))
    return as_scalars(over_matrix(g * w)) * out - out @ mT(g) @ w


def _cofactors_jvp(tangents: Any, out: Any, a: Any) -> Any:
    w, t = mT(inv(a)), tangents[0]
    return as_scalars(over_matrix(out * t)) * w - w @ mT(t) @ out


cofactors: Primitive = general(
    pullback_runtime.cofactors,
    _cofactors_vjp,
    _cofactors_jvp,
    _square(np.linalg.inv),
    name="cofactors",
    spelling="cofactors",
)
det: Primitive = general(
    np.linalg.det,
    lambda g, out, a: as_scalars(g) * cofactors(a),  # det(a) inv(a)ᵀ, which exists where inv(a) does not
    lambda tangents, out, a: over_matrix(cofactors(a) * tangents[0]),
    _det_type,
    np.linalg.det,
    accepts="a",
    spelling="np.linalg.det",
)


def _slogdet_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    (t,) = _det_type(operands, attrs)
    assert isinstance(t, Array)
    return (t, Array(None if t.dtype is None else np.zeros((), t.dtype).real.dtype, t.shape))


def _slogdet_vjp(g: Any, out: Any, a: Any) -> Any:
    # d log|det a| = Re t with t = tr(a⁻¹ da). A real sign is piecewise constant, a complex one turns: i sign Im t
    turned = None if g[0] is None or not is_complex(type_of_operand(a)) else 1j * imag(g[0] * out[0])
    weight = total([g[1], turned])
    return None if weight is None else as_scalars(weight) * mT(inv(a))


def _slogdet_jvp(tangents: Any, out: Any, a: Any) -> Any:
    t = over_matrix(mT(inv(a)) * tangents[0])
    return (1j * out[0] * imag(t) if is_complex(type_of_operand(a)) else None), t


slogdet: Primitive = general(
    np.linalg.slogdet,
    _slogdet_vjp,
    _slogdet_jvp,
    _slogdet_type,
    name="slogdet",
    spelling="np.linalg.slogdet",
)


@means(np.linalg.slogdet)
def slogdet_meaning(a: Any) -> Any:
    return SlogdetResult(*slogdet(meanings.arrayed(a, a)))


SlogdetResult = type(np.linalg.slogdet(np.eye(1)))


# Cholesky


def from_triangle(x: Any) -> Any:
    """The Hermitian matrices whose lower triangle is that of `x`: what NumPy makes of an operand of `cholesky`."""
    if is_complex(type_of_operand(x)):
        twice = tril(x, k=0) + tril(x, k=-1)
        return 0.5 * (twice + mH(twice))  # of the diagonal the real part
    return tril(x, k=0) + mT(tril(x, k=-1))


def to_triangle(bar: Any) -> Any:
    """The transpose of `from_triangle`, for a gradient that is Hermitian."""
    return tril(bar, k=0) + tril(bar, k=-1)


def _cholesky_vjp(g: Any, out: Any, a: Any) -> Any:
    # S = L⁻ᵀ Φ(Lᵀ g) L⁻¹, Φ taking the lower triangle and half the diagonal (Murray 2016, Differentiation of the
    # Cholesky decomposition; Seeger et al. 2017, Auto-differentiating linear algebra); here 2 S made symmetric
    p = from_triangle(mH(out) @ conj(g))
    s = solve(mH(out), mH(solve(mH(out), p)))
    return conj(0.5 * to_triangle(s))


def _cholesky_jvp(tangents: Any, out: Any, a: Any) -> Any:
    # dL = L Φ(L⁻¹ da L⁻ᴴ)
    p = solve(out, mH(solve(out, from_triangle(tangents[0]))))
    return 0.5 * (out @ (tril(p, k=0) + tril(p, k=-1)))


cholesky: Primitive = general(
    np.linalg.cholesky,
    _cholesky_vjp,
    _cholesky_jvp,
    _square(np.linalg.cholesky),
    name="cholesky",
    spelling="np.linalg.cholesky",
)


@means(np.linalg.cholesky)
def cholesky_meaning(a: Any, /, *, upper: Any = False) -> Any:
    if meanings.static(upper, "upper"):
        raise NotCovered("`upper=True` of np.linalg.cholesky", "transpose the lower factor")
    return cholesky(meanings.arrayed(a, a))


# pseudo-inverse and least squares


def _pinv_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    return (Array(_pinv_dtype(operands), None if dims is None else (*dims[:-2], dims[-1], dims[-2])),)


_pinv_dtype = matrix_dtype(np.linalg.pinv)


def _pinv_vjp(g: Any, out: Any, a: Any) -> Any:
    # dp = -p da p + p pᴴ daᴴ (1 - a p) + (1 - p a) daᴴ pᴴ p, where the rank does not change (Golub and Pereyra 1973)
    p, gt, g = mH(out), mT(g), conj(g)
    left = gt @ out @ p
    right = p @ out @ gt
    return conj(left - a @ (out @ left) + right - (right @ out) @ a - p @ g @ p)


def _pinv_jvp(tangents: Any, out: Any, a: Any) -> Any:
    t, p = tangents[0], mH(out)
    left, right = out @ (p @ mH(t)), mH(t) @ p @ out
    return left - (left @ a) @ out + right - out @ (a @ right) - out @ t @ out


pinv: Primitive = general(
    np.linalg.pinv,
    _pinv_vjp,
    _pinv_jvp,
    _pinv_type,
    name="pinv",
    spelling="np.linalg.pinv",
)


@means(np.linalg.pinv)
def pinv_meaning(a: Any, rcond: Any = None, hermitian: Any = False, *, rtol: Any = None) -> Any:
    if rcond is not None or rtol is not None or meanings.static(hermitian, "hermitian"):
        raise NotCovered("`rcond=`, `rtol=` and `hermitian=` of np.linalg.pinv")
    return pinv(meanings.arrayed(a, a))


# products of several matrices


def _multi_dot(*arrays: Any) -> Any:
    return np.linalg.multi_dot(arrays)


def _chain_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    shapes = [dims_of(o.type) for o in operands]
    result = sample_result(_product_sample, operands)
    dtype = None if result is None else dtype_of(result)
    first, last = shapes[0], shapes[-1]
    if first is None or last is None:
        return (Array(dtype, None),)
    kept: tuple[Dim, ...] = (first[:-1] if len(first) == 2 else ()) + (last[1:] if len(last) == 2 else ())
    return (Array(dtype, kept),)


def _product_sample(*samples: Any) -> Any:
    out = samples[0]
    for sample in samples[1:]:
        out = np.multiply(out, sample)
    return out


def _chain_transpose(k: int) -> Callable[..., Any]:
    def transposed(g: Any, *arrays: Any) -> Any:
        """(a b ..)ᵀ g (.. y z)ᵀ for what stands before and after the k-th."""
        last = len(arrays) - 1
        first_is_row, last_is_column = known_rank(arrays[0], _CHAIN) == 1, known_rank(arrays[last], _CHAIN) == 1
        shape = shape_operand([1 if first_is_row else size_of(arrays[0], 0), 1 if last_is_column else -1])
        columns = reshape(g, shape) if first_is_row or last_is_column else g
        before, after = list(arrays[:k]), list(arrays[k + 1 :])
        if before and first_is_row:
            before[0] = expand_dims(before[0], axis=0)
        if after and last_is_column:
            after[-1] = expand_dims(after[-1], axis=1)
        factors = [mT(x) for x in reversed(before)] + [columns] + [mT(x) for x in reversed(after)]
        product = factors[0] if len(factors) == 1 else matmul(*factors) if len(factors) == 2 else multi_dot(*factors)
        if known_rank(arrays[k], _CHAIN) == 1:
            return squeeze(product, axis=(0 if k == 0 else 1,))
        return product

    return transposed


_CHAIN = "np.linalg.multi_dot"
multi_dot: Primitive = multilinear(
    _multi_dot,
    *map(_chain_transpose, range(12)),
    infer=_chain_type,
    name="multi_dot",
    spelling=_CHAIN,
)


@means(np.linalg.multi_dot)
def multi_dot_meaning(arrays: Any) -> Any:
    if isinstance(arrays, Expr) or not 2 <= len(arrays) <= 12:
        raise NotCovered("np.linalg.multi_dot of this many arrays")
    values = [meanings.arrayed(a, arrays) for a in arrays]
    return PRIMITIVES["dot"](*values) if len(values) == 2 else multi_dot(*values)


@means(np.linalg.matrix_power)
def matrix_power(a: Any, n: Any) -> Any:
    """Products in the order in which NumPy makes them: by the binary digits of n."""
    a, n = meanings.arrayed(a, a), int(meanings.static(n, "n"))
    if n == 0:
        raise NotCovered("the power 0 of a matrix", "write np.eye")
    if n < 0:
        a, n = inv(a), -n
    if n == 3:
        return (a @ a) @ a
    z = out = None
    while n > 0:
        z = a if z is None else z @ z
        n, bit = divmod(n, 2)
        if bit:
            out = z if out is None else out @ z
    return out


# tensors as matrices


@means(np.linalg.tensorinv)
def tensorinv(a: Any, ind: Any = 2) -> Any:
    a, ind = meanings.arrayed(a, a), meanings.static(ind, "ind")
    shape = shape_of(a)
    if not isinstance(shape, tuple) or ind <= 0:
        raise NotCovered("np.linalg.tensorinv of this array")
    rows = _product(shape[:ind])
    return reshape(inv(reshape(a, shape_operand([rows, -1]))), shape_operand([*shape[ind:], *shape[:ind]]))


@means(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    near = (a, b)
    a, b, axes = meanings.arrayed(a, near), meanings.arrayed(b, near), meanings.static(axes, "axes")
    known = known_rank(a, "np.linalg.tensorsolve")
    if axes is not None:
        a = transpose(a, axes=(*(k for k in range(known) if k not in axes), *axes))
    kept = shape_of(a)[known_rank(b, "np.linalg.tensorsolve") :]
    size = _product(kept)
    flat = reshape(a, shape_operand([size, size]))
    return reshape(solve(flat, reshape(b, (-1,))), shape_operand(list(kept)))


def _product(lengths: Any) -> Any:
    out: Any = 1
    for length in lengths:
        out = length if isinstance(out, int) and out == 1 else out * length
    return out


for _twin, _function in (
    (np.linalg.matmul, np.matmul),
    (np.linalg.tensordot, np.tensordot),
):
    MEANINGS[_twin] = MEANINGS[_function]


@means(np.linalg.outer)
def vector_outer(x1: Any, x2: Any, /) -> Any:
    x1, x2 = meanings.arrayed(x1, (x1, x2)), meanings.arrayed(x2, (x1, x2))
    if rank(type_of_operand(x1)) != 1 or rank(type_of_operand(x2)) != 1:
        raise NotCovered("np.linalg.outer of what is not known to be a vector")
    return outer(x1, x2)
