"""Products that sum: matmul and dot for every combination of ranks, and their kin.

Where the ranks are known the transposes are written with matmul itself; where they are not, `left` and `right` of the
runtime stand for them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Dims, ShapesDisagree, Type, broadcast, dims_of, product_dim, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.complex_parts import conj
from pullback.primitives.families.shapes import shape_operand_of
from pullback.primitives.families.shaping import expand_dims, mT, permuted, reshape, squeeze
from pullback.primitives.inference import dtype_of, sample_result, shape_dims
from pullback.primitives.kinds import Shaped, multilinear
from pullback.primitives.registry import MEANINGS, NotCovered, means


def _rank(x: Any) -> int | None:
    return rank(type_of_operand(x))


def multiplied_dtype(operands: tuple[Atom, ...]) -> Any:
    result = sample_result(np.multiply, operands)
    return None if result is None else dtype_of(result)


def _with_adjoints(name: str, left: Any, right: Any, forward: Callable[..., Any]) -> tuple[Primitive, Primitive]:
    """The transposes of a bilinear operation as primitives, for operands of unknown rank.

    left(g, b, shape) is the cotangent of a, right(g, a, shape) that of b. They are bilinear themselves:
    <h, left(g, b)> = <g, forward(h, b)>.
    """

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        return (Array(multiplied_dtype(operands[:2]), shape_dims(operands[2])),)

    left_ = multilinear(
        left,
        lambda h, g, b, shape: Shaped(forward(h, b)),
        lambda h, g, b, shape: Shaped(right_(g, h, shape_operand_of(b))),
        infer=infer,
        name=f"{name}_left",
        spelling=f"{name}_left",
    )
    right_ = multilinear(
        right,
        lambda h, g, a, shape: Shaped(forward(a, h)),
        lambda h, g, a, shape: Shaped(left_(g, h, shape_operand_of(a))),
        infer=infer,
        name=f"{name}_right",
        spelling=f"{name}_right",
    )
    return left_, right_


# matmul


def _matmul_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    a, b = (dims_of(o.type) for o in operands)
    return (Array(multiplied_dtype(operands), None if a is None or b is None else _matmul_dims(a, b)),)


def _matmul_dims(a: Dims, b: Dims) -> Dims:
    if not a or not b:
        raise ShapesDisagree("matmul of a number")
    inner = b[-2] if len(b) > 1 else b[0]
    if isinstance(a[-1], int) and isinstance(inner, int) and a[-1] != inner:
        raise ShapesDisagree(f"matmul of dimensions {a[-1]} and {inner}")
    batch = broadcast(a[:-2], b[:-2]) or ()
    return batch + (a[-2:-1] if len(a) > 1 else ()) + (b[-1:] if len(b) > 1 else ())


def _matmul_a(g: Any, a: Any, b: Any) -> Any:
    """The cotangent of a in a @ b, before it is summed over broadcast batches."""
    match _rank(a), _rank(b):
        case (None, _) | (_, None):
            return Shaped(matmul_left(g, b, shape_operand_of(a)))
        case 1, 1:
            return g * b
        case 1, 2:
            return b @ g
        case 1, _:  # g: (..., n), b: (..., k, n)
            return squeeze(b @ expand_dims(g, axis=-1), axis=(-1,))
        case _, 1:  # g: (..., m)
            return expand_dims(g, axis=-1) * b
    return g @ mT(b)


def _matmul_b(g: Any, a: Any, b: Any) -> Any:
    match _rank(a), _rank(b):
        case (None, _) | (_, None):
            return Shaped(matmul_right(g, a, shape_operand_of(b)))
        case 1, 1:
            return a * g
        case 1, 2:
            return expand_dims(a, axis=-1) * g
        case 1, _:
            return expand_dims(a, axis=-1) * expand_dims(g, axis=-2)
        case 2, 1:
            return g @ a  # aᵀ g
        case _, 1:
            return squeeze(mT(a) @ expand_dims(g, axis=-1), axis=(-1,))
    return mT(a) @ g


matmul = multilinear(operator.matmul, _matmul_a, _matmul_b, infer=_matmul_type, name="matmul", spelling="@")
MEANINGS[operator.matmul] = meanings.operator_of(matmul)
MEANINGS[np.matmul] = meanings.ufunc(matmul)
matmul_left, matmul_right = _with_adjoints(
    "matmul", pullback_runtime.matmul_left, pullback_runtime.matmul_right, lambda a, b: matmul(a, b)
)


# tensordot, and what it serves

Axes = tuple[tuple[int, ...], tuple[int, ...]]


def _tensordot_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    a, b = (dims_of(o.type) for o in operands)
    assert a is not None
    assert b is not None
    first, second = attrs["axes"]
    kept = tuple(d for k, d in enumerate(a) if k not in first) + tuple(d for k, d in enumerate(b) if k not in second)
    return (Array(multiplied_dtype(operands), kept),)


def _rest(count: int, axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(k for k in range(count) if k not in axes)


def _tensordot_a(g: Any, a: Any, b: Any, axes: Axes) -> Any:
    # contract g with b over what b kept; the axes left are those a kept, then the contracted ones in b's order
    kept_a, kept_b = _rest(_rank(a) or 0, axes[0]), _rest(_rank(b) or 0, axes[1])
    over = tuple(range(len(kept_a), len(kept_a) + len(kept_b)))
    product = tensordot(g, b, axes=(over, kept_b))
    in_order_of_b = [axes[0][axes[1].index(k)] for k in sorted(axes[1])]
    return permuted(product, np.argsort([*kept_a, *in_order_of_b]).tolist())


def _tensordot_b(g: Any, a: Any, b: Any, axes: Axes) -> Any:
    kept_a, kept_b = _rest(_rank(a) or 0, axes[0]), _rest(_rank(b) or 0, axes[1])
    product = tensordot(a, g, axes=(kept_a, tuple(range(len(kept_a)))))
    in_order_of_a = [axes[1][axes[0].index(k)] for k in sorted(axes[0])]
    return permuted(product, np.argsort([*in_order_of_a, *kept_b]).tolist())


tensordot = multilinear(np.tensordot, _tensordot_a, _tensordot_b, infer=_tensordot_type, name="tensordot")


@means(np.tensordot)
def tensordot_meaning(a: Any, b: Any, axes: Any = 2) -> Any:
    a, b, axes = meanings.arrayed(a, (a, b)), meanings.arrayed(b, (a, b)), meanings.static(axes, "axes")
    m, n = _rank(a), _rank(b)
    if m is None or n is None:
        raise NotCovered("np.tensordot of arrays of unknown rank")
    if isinstance(axes, int):
        axes = (tuple(range(m - axes, m)), tuple(range(axes)))
    first, second = ((k,) if isinstance(k, int) else tuple(k) for k in axes)
    return tensordot(a, b, axes=(tuple(k % m for k in first), tuple(k % n for k in second)))


# dot


def _dot_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    a, b = (dims_of(o.type) for o in operands)
    if a is None or b is None:
        return (Array(multiplied_dtype(operands), None),)
    if not a or not b:
        return (Array(multiplied_dtype(operands), a + b),)
    _matmul_dims(a[-1:], b[-2:])
    return (Array(multiplied_dtype(operands), a[:-1] + b[:-2] + (b[-1:] if len(b) > 1 else ())),)


def _dot_a(g: Any, a: Any, b: Any) -> Any:
    match _rank(a), _rank(b):
        case (None, _) | (_, None):
            return Shaped(dot_left(g, b, shape_operand_of(a)))
        case (0, _) | (_, 0):
            return g * b
        case m, (1 | 2):
            return _matmul_a(g, a, b)
        case m, n:
            return tensordot(g, b, axes=(tuple(range(m - 1, m + n - 2)), _rest(n, (n - 2,))))


def _dot_b(g: Any, a: Any, b: Any) -> Any:
    match _rank(a), _rank(b):
        case (None, _) | (_, None):
            return Shaped(dot_right(g, a, shape_operand_of(b)))
        case (0, _) | (_, 0):
            return a * g
        case ((1 | 2), (1 | 2)):
            return _matmul_b(g, a, b)
        case m, n:
            outer = tuple(range(m - 1))
            product = tensordot(a, g, axes=(outer, outer))  # (k, rest of b)
            order = tuple(range(1, n - 1)) + (0,) + ((n - 1,) if n > 1 else ())
            return permuted(product, order)


dot = multilinear(np.dot, _dot_a, _dot_b, infer=_dot_type, aliases=(np.dot,), accepts="a, b", name="dot")
dot_left, dot_right = _with_adjoints(
    "dot", pullback_runtime.dot_left, pullback_runtime.dot_right, lambda a, b: dot(a, b)
)


# inner, outer, vdot


def _inner_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    a, b = (dims_of(o.type) for o in operands)
    if a is None or b is None:
        return (Array(multiplied_dtype(operands), None),)
    return (Array(multiplied_dtype(operands), a + b if not a or not b else a[:-1] + b[:-1]),)


def _inner_a(g: Any, a: Any, b: Any) -> Any:
    m, n = _known_ranks("np.inner", a, b)
    if m == 0 or n == 0 or m == n == 1:
        return g * b
    return tensordot(g, b, axes=(tuple(range(m - 1, m + n - 2)), tuple(range(n - 1))))


def _inner_b(g: Any, a: Any, b: Any) -> Any:
    m, n = _known_ranks("np.inner", a, b)
    if m == 0 or n == 0 or m == n == 1:
        return a * g
    return tensordot(g, a, axes=(tuple(range(m - 1)), tuple(range(m - 1))))


def _known_ranks(what: str, *operands: Any) -> tuple[int, ...]:
    ranks = tuple(_rank(o) for o in operands)
    if None in ranks:
        raise NotCovered(f"{what} of arrays of unknown rank")
    return ranks  # type: ignore[return-value]  # None is excluded


inner = multilinear(np.inner, _inner_a, _inner_b, infer=_inner_type, aliases=(np.inner,), accepts="a, b")


def _flat(x: Any) -> Any:
    return x if _rank(x) == 1 else reshape(x, (-1,))


def _outer_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    a, b = (dims_of(o.type) for o in operands)
    if a is None or b is None:
        return (Array(multiplied_dtype(operands), None),)
    return (Array(multiplied_dtype(operands), (product_dim(a), product_dim(b))),)


def _shaped(x: Any, like: Any) -> Any:
    return x if _rank(like) == 1 else reshape(x, shape_operand_of(like))


outer = multilinear(
    np.outer,
    lambda g, a, b: _shaped(g @ _flat(b), a),
    lambda g, a, b: _shaped(_flat(a) @ g, b),
    infer=_outer_type,
    aliases=(np.outer,),
    accepts="a, b",
)


def _vdot_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(multiplied_dtype(operands), ()),)


vdot = multilinear(
    np.vdot,
    lambda g, a, b: conj(g * _shaped(_flat(b), a)),  # the first operand is conjugated
    lambda g, a, b: g * conj(_shaped(_flat(a), b)),
    infer=_vdot_type,
    aliases=(np.vdot,),
    accepts="a, b",
)
