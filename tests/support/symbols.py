"""Every primitive on SymPy's symbols, where it has a meaning there: what rules are checked against."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np
import sympy

from pullback.ir.core import Attrs, Primitive
from pullback.primitives.formulas import meaning
from pullback.primitives.inference import normalize_axes
from pullback.primitives.registry import PRIMITIVES
from support import exact_matrices


class NoSymbolicMeaning(Exception):
    """A primitive cannot be evaluated on symbols: its result depends on their order, rounding, or bits."""


def sympy_meaning(prim: Primitive, operands: Sequence[Any], attrs: Attrs) -> Any:
    """Apply a primitive to object arrays of SymPy expressions (and to numbers, shapes and number arrays).

    Elementwise primitives by their formulas, linear and multilinear ones by the NumPy function on object arrays,
    the rest by definition. Casts are the identity. Symbols stand for finite real numbers.

    Raises:
        NoSymbolicMeaning: for argmax of symbols, bit operations and the like.
    """
    if not any(map(_is_symbolic, operands)):
        return prim.evaluate(*operands, **attrs)
    name = prim.name.removeprefix("ufunc_")
    if name in DEFINITIONS:
        return DEFINITIONS[name](*map(_objects, operands), **attrs)
    if prim.formula is not None:
        read = _truth if name in ("logical_and", "logical_or", "logical_xor", "logical_not", "not") else _numeric
        return np.frompyfunc(lambda *values: meaning(prim, *map(read, values)), len(operands), 1)(*operands)
    if prim.kind in ("linear", "multilinear") or name in STRUCTURAL:
        return prim.evaluate(*map(_objects, operands), **attrs)
    raise NoSymbolicMeaning(f"{prim.name} of symbols")


STRUCTURAL = frozenset(
    [
        "shape",
        "dim",
        "size",
        "ndim",
        "shape_item",
        "make_shape",
        "unpack_shape",
        "unpack",
        "zeros_like",
        "prod",
        "cumprod",
        "recurrence",
        "pad_with",
    ]
)


def _is_symbolic(value: Any) -> bool:
    return isinstance(value, sympy.Basic) or (isinstance(value, np.ndarray) and value.dtype == object)


def _objects(value: Any) -> Any:
    """Arrays and expressions as object arrays whose truths are numbers; the rest as it is."""
    if _is_symbolic(value):
        return np.asarray(np.frompyfunc(_numeric, 1, 1)(value), dtype=object)
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(object)
    return value


def _numeric(value: Any) -> sympy.Expr:
    """A truth value as 1 or 0; anything else as SymPy has it."""
    value = sympy.sympify(value.item() if isinstance(value, np.generic) else value)
    if value in (sympy.true, sympy.false):
        return sympy.Integer(value == sympy.true)
    if _is_truth(value):
        return sympy.Piecewise((1, value), (0, True))
    return value


def _truth(value: Any) -> Any:
    value = sympy.sympify(value.item() if isinstance(value, np.generic) else value)
    return value if _is_truth(value) else sympy.Ne(value, 0)


def _is_truth(value: Any) -> bool:
    """Whether it is a condition; to SymPy a plain symbol is one, too."""
    return isinstance(value, sympy.logic.boolalg.Boolean) and not isinstance(value, sympy.Expr)


def _where(condition: Any, x: Any, y: Any) -> Any:
    def chosen(c: Any, first: Any, second: Any) -> Any:
        return sympy.Piecewise((_numeric(first), _truth_of_number(c)), (_numeric(second), True))

    return np.frompyfunc(chosen, 3, 1)(condition, x, y)


def _truth_of_number(value: Any) -> Any:
    """A condition; those made 1 or 0 before are undone."""
    if isinstance(value, sympy.Piecewise) and [e for e, _ in value.args] == [1, 0]:
        return value.args[0].cond
    return _truth(value)


def _folded(combine: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """A reduction by a function of two expressions."""

    def reduction(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        axes = normalize_axes(axis, np.ndim(x))
        kept = [k for k in range(np.ndim(x)) if k not in axes]
        moved = np.transpose(x, (*axes, *kept))
        rows = moved.reshape(-1, *(np.shape(x)[k] for k in kept))
        out = np.asarray(reduce(np.frompyfunc(combine, 2, 1), rows), dtype=object)
        return out.reshape([1 if k in axes else n for k, n in enumerate(np.shape(x))]) if keepdims else out

    return reduction


def _sum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.sum(x, axis=axis, keepdims=keepdims)


def _mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return _sum(x, axis, keepdims) / sympy.Integer(_count(x, axis))


def _count(x: Any, axis: Any) -> int:
    return int(np.prod([np.shape(x)[k] for k in normalize_axes(axis, np.ndim(x))], dtype=int))


def _var(x: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    centred = x - _mean(x, axis, True)
    return _sum(centred * centred, axis, keepdims) / sympy.Integer(_count(x, axis) - ddof)


def _roots(x: Any) -> Any:
    return np.frompyfunc(sympy.sqrt, 1, 1)(x)


def _prod_others(x: Any, axis: Any = None) -> Any:
    # the derivative of the product by each element: marked by a symbol of its own, so that zeros are exact
    x = np.asarray(x, dtype=object)
    marks = np.array([sympy.Dummy() for _ in range(x.size)], dtype=object).reshape(x.shape)
    product = np.prod(marks, axis=axis, keepdims=True) * np.ones(x.shape, dtype=int)
    values = dict(zip(marks.flat, x.flat, strict=True))
    return np.frompyfunc(lambda p, m: sympy.diff(p, m).subs(values), 2, 1)(product, marks)


def _slogdet(a: Any) -> Any:
    det = exact_matrices.determinant(a)
    signs, sizes = np.frompyfunc(sympy.sign, 1, 1)(det), np.frompyfunc(lambda v: sympy.log(sympy.Abs(v)), 1, 1)(det)
    return signs, sizes


def _spread_diagonal(g: Any, shape: tuple[int, ...], **places: int) -> Any:
    order = PRIMITIVES["spread_diagonal"].evaluate(np.arange(1, np.size(g) + 1).reshape(np.shape(g)), shape, **places)
    return np.array([0, *np.ravel(g)], dtype=object)[order]


def _index_add(base: Any, value: Any, *holes: Any, index: Any) -> Any:
    return PRIMITIVES["index_add"].evaluate(np.asarray(base, dtype=object), value, *holes, index=index)


def _array(*leaves: Any, nest: tuple[int, ...]) -> Any:
    leaf_shape = np.shape(leaves[0])
    return np.stack([np.asarray(leaf, dtype=object) for leaf in leaves]).reshape(*nest, *leaf_shape)


def _bincount(weights: Any, labels: Any, minlength: int) -> Any:
    out = np.full(max(int(np.max(labels)) + 1, minlength), sympy.Integer(0), dtype=object)
    np.add.at(out, labels, weights)
    return out


def _linspace(start: Any, stop: Any, num: int, endpoint: bool) -> Any:
    steps = [sympy.Rational(k, max(num - bool(endpoint), 1)) for k in range(num)]
    return np.array([start * (1 - s) + stop * s for s in steps], dtype=object)


def _same(x: Any, *rest: Any, **attrs: Any) -> Any:
    return x


def _item(x: Any) -> Any:
    return np.asarray(x, dtype=object).item()


def _to_dtype(x: Any, dtype: Any) -> Any:
    return x if np.dtype(dtype).kind in "fc" else _refused(x)


def _refused(x: Any, **attrs: Any) -> Any:
    raise NoSymbolicMeaning("a cast of symbols to an integer or a truth value")


def _exponentials(x: Any) -> Any:
    return np.frompyfunc(sympy.exp, 1, 1)(x)


def _logarithms(x: Any) -> Any:
    return np.frompyfunc(sympy.log, 1, 1)(x)


def _logsumexp(a: Any, b: Any = 1, *, axis: Any = None, keepdims: bool = False) -> Any:
    return _logarithms(_sum(b * _exponentials(a), axis, keepdims))


def _softmax(x: Any, axis: Any = None) -> Any:
    return _exponentials(x) / _sum(_exponentials(x), axis, True)


def _constant(value: bool) -> Callable[..., Any]:
    return lambda x: np.full(np.shape(x), value)


def _logic(combine: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *operands: np.frompyfunc(lambda *v: combine(*map(_truth_of_number, v)), len(operands), 1)(*operands)


DEFINITIONS: Mapping[str, Callable[..., Any]] = {
    "math_fsum": np.sum,  # rounding apart
    "where": _where,
    "mean": _mean,
    "max": _folded(lambda a, b: sympy.Max(a, b)),
    "min": _folded(lambda a, b: sympy.Min(a, b)),
    "var": _var,
    "std": lambda x, **attrs: _roots(_var(x, **attrs)),
    "norm": lambda x, **attrs: _roots(_sum(x * x, **attrs)),
    "logsumexp": _logsumexp,
    "softmax": _softmax,
    "log_softmax": lambda x, axis=None: x - _logsumexp(x, axis=axis, keepdims=True),
    "prod_others": _prod_others,
    "det": exact_matrices.determinant,
    "cofactors": exact_matrices.cofactors,
    "inv": exact_matrices.inverse,
    "solve": exact_matrices.solution,
    "sparse_product": lambda x, matrix: matrix.toarray().astype(object) @ x,
    "spsolve": lambda b, matrix: exact_matrices.solution(matrix.toarray().astype(object), b),
    "slogdet": _slogdet,
    "cholesky": lambda a: exact_matrices.cholesky(a, sympy.sqrt),
    "multi_dot": lambda *arrays: reduce(np.dot, arrays),
    "spread_diagonal": _spread_diagonal,
    "all": _folded(lambda a, b: sympy.And(_truth_of_number(a), _truth_of_number(b))),
    "any": _folded(lambda a, b: sympy.Or(_truth_of_number(a), _truth_of_number(b))),
    "bitwise_and": _logic(sympy.And),
    "bitwise_or": _logic(sympy.Or),
    "bitwise_xor": _logic(sympy.Xor),
    "invert": _logic(sympy.Not),
    "vdot": lambda a, b: np.sum(np.ravel(a) * np.ravel(b)),
    "full": lambda shape, value, dtype=None: np.broadcast_to(np.asarray(value, dtype=object), shape).copy(),
    "full_like": lambda x, value, dtype=None: np.broadcast_to(np.asarray(value, dtype=object), np.shape(x)).copy(),
    "ones_like": lambda x, dtype=None: np.ones(np.shape(x)),
    "index_add": _index_add,
    "linspace": _linspace,
    "bincount": _bincount,
    "array": _array,
    "astype": _to_dtype,
    "float": _item,
    "asarray": _same,
    "cast_like": _same,
    "float16": _same,
    "float32": _same,
    "float64": _same,
    "isnan": _constant(False),
    "isinf": _constant(False),
    "isfinite": _constant(True),
    "math_isnan": lambda x: False,
    "math_isinf": lambda x: False,
    "math_isfinite": lambda x: True,
}
