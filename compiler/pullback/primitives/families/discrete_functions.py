"""Functions whose result does not move when their operands do: tests, counts, bins, places of elements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Scalar, Type, broadcast, dims_of, is_numeric, rank
from pullback.primitives import inference, meanings
from pullback.primitives.expr import Expr, type_of_operand
from pullback.primitives.families.comparisons import predicate
from pullback.primitives.families.elementwise import step
from pullback.primitives.families.reductions import discrete_reduction
from pullback.primitives.inference import Infer, as_first, unknown_dim
from pullback.primitives.kinds import discrete
from pullback.primitives.registry import MEANINGS, NotCovered, means

INDEX, TRUTH = np.dtype(np.intp), np.dtype(np.bool_)

# By element.

spacing = step(np.spacing, "Piecewise((x, False), (0, True))")
gcd = predicate(np.gcd)
lcm = predicate(np.lcm)
if hasattr(np, "bitwise_count"):
    bitwise_count = predicate(np.bitwise_count)
nanargmax = discrete_reduction(np.nanargmax)
nanargmin = discrete_reduction(np.nanargmin)


def _joint(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(TRUTH, broadcast(*(dims_of(o.type) for o in operands if is_numeric(o.type)))),)


def tested(function: Callable[..., Any], accepts: str, infer: Infer) -> Primitive:
    """A test of each element; its parameters are static, but for the arrays."""
    return discrete(function, infer, function, accepts=accepts)


isclose = tested(np.isclose, "a, b, rtol=1e-05, atol=1e-08, equal_nan=False", _joint)
isin = tested(np.isin, "element, test_elements, assume_unique=False, invert=False", as_first(TRUTH))
isposinf = tested(np.isposinf, "x", as_first(TRUTH))
isneginf = tested(np.isneginf, "x", as_first(TRUTH))
isreal = tested(np.isreal, "x", as_first(TRUTH))
iscomplex = tested(np.iscomplex, "x", as_first(TRUTH))
digitize = tested(np.digitize, "x, bins, right=False", as_first(INDEX))

# One answer for all elements.

YES_OR_NO = inference.fixed(Scalar("bool"))
allclose = tested(np.allclose, "a, b, rtol=1e-05, atol=1e-08, equal_nan=False", YES_OR_NO)
array_equal = tested(np.array_equal, "a1, a2, equal_nan=False", YES_OR_NO)
array_equiv = tested(np.array_equiv, "a1, a2", YES_OR_NO)

# Places of elements: as many as only the run tells.


def _places(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    count = unknown_dim()
    return (Array(INDEX, (count,)),) * (rank(operands[0].type) or 1)


def _rows_of_places(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    known = rank(operands[0].type)
    return (Array(INDEX, None if known is None else (unknown_dim(), known)),)


flatnonzero = discrete(
    np.flatnonzero, lambda operands, attrs: (Array(INDEX, (unknown_dim(),)),), np.flatnonzero, accepts="a"
)
argwhere = discrete(np.argwhere, _rows_of_places, np.argwhere, accepts="a")


@means(np.nonzero)
def nonzero(a: Any) -> Any:
    """One array of places per axis."""
    a = meanings.arrayed(a, a)
    known = rank(type_of_operand(a))
    if not known:
        raise NotCovered("np.nonzero of a number, or of an array of unknown rank", "use np.flatnonzero")
    if known == 1:
        return (flatnonzero(a),)
    found = argwhere(a)
    return tuple(MEANINGS[np.take](found, k, axis=1) for k in range(known))


lexsort = discrete(lambda *keys: np.lexsort(keys), as_first(INDEX), name="lexsort", spelling="np.lexsort")


@means(np.lexsort)
def lexsort_meaning(keys: Any, axis: Any = -1) -> Any:
    if isinstance(keys, Expr) or meanings.static(axis, "axis") != -1:
        raise NotCovered("np.lexsort of one array of keys, or along another axis than the last", "pass a tuple")
    return lexsort(*(meanings.arrayed(k, keys) for k in keys))


# Bits.


def _packed(function: Callable[..., Any]) -> Primitive:
    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        return (Array(np.dtype(np.uint8), None if rank(operands[0].type) is None else (unknown_dim(),)),)

    def meaning(a: Any, /, axis: Any = None, bitorder: Any = "big") -> Any:
        if axis is not None and rank(type_of_operand(a)) != 1:
            raise NotCovered(f"`axis=` of np.{function.__name__}")
        return prim(meanings.arrayed(a, a), bitorder=meanings.static(bitorder, "bitorder"))

    prim = discrete(function, infer)
    means(function)(meaning)
    return prim


packbits = _packed(np.packbits)
unpackbits = _packed(np.unpackbits)
