"""Arrays as sets: np.unique picks the first of equal elements, and what it finds about them are integers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.conversions import as_array
from pullback.primitives.families.indexing import Hole, Index, getitem, index_add
from pullback.primitives.families.joining import concatenate
from pullback.primitives.families.shaping import ravel
from pullback.primitives.inference import dtype_of, real, unknown_dim
from pullback.primitives.kinds import discrete, general
from pullback.primitives.registry import PRIMITIVES, NotCovered, means

INDEX = np.dtype(np.intp)


def _as_many(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(dtype_of(operands[0].type), (unknown_dim(),)),)


def _places(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(INDEX, dims_of(operands[0].type)),)


first_places = discrete(pullback_runtime.first_places, _places, name="first_places", spelling="first_places")


def _unique(x: Any, equal_nan: bool) -> Any:
    return np.unique(x, equal_nan=equal_nan)


def _unique_vjp(g: Any, out: Any, x: Any, **attrs: Any) -> Any:
    zeros = PRIMITIVES["zeros_like"](x)
    return index_add(zeros, g, first_places(out, x), index=Index((Hole(),)))


def _unique_jvp(tangents: Any, out: Any, x: Any, **attrs: Any) -> Any:
    return getitem(tangents[0], first_places(out, x), index=Index((Hole(),)))


unique: Primitive = general(
    _unique, _unique_vjp, _unique_jvp, real(_as_many, "np.unique"), name="unique", spelling="np.unique"
)


def _part(name: str) -> Any:
    what: dict[str, Any] = {f"return_{name}": True}
    return lambda x: np.unique(x, **what)[1]


def _inverse_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(INDEX, dims_of(operands[0].type)),)


def _count_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(INDEX, (unknown_dim(),)),)


PARTS: Mapping[str, Primitive] = {
    name: discrete(
        _part(name),
        infer,
        name=f"unique_{name}",
        spelling=f"np.unique({{0}}, return_{name}=True)[1]",
    )
    for name, infer in (("index", _count_type), ("inverse", _inverse_type), ("counts", _count_type))
}


def _flat(x: Any) -> Any:
    x = as_array(meanings.arrayed(x, x))
    return x if rank(type_of_operand(x)) == 1 else ravel(x)


@means(np.unique)
def unique_meaning(
    ar: Any,
    return_index: Any = False,
    return_inverse: Any = False,
    return_counts: Any = False,
    axis: Any = None,
    *,
    equal_nan: Any = True,
) -> Any:
    if axis is not None:
        raise NotCovered("`axis=` of np.unique")
    x = meanings.arrayed(ar, ar)
    wanted = [
        n for n, w in zip(PARTS, (return_index, return_inverse, return_counts), strict=True) if meanings.static(w, n)
    ]
    equal_nan = bool(meanings.static(equal_nan, "equal_nan"))
    if wanted and not equal_nan:
        raise NotCovered("`equal_nan=False` of np.unique together with indices or counts")
    values = unique(_flat(x), equal_nan=equal_nan)
    return (values, *(PARTS[name](as_array(x)) for name in wanted)) if wanted else values


@means(np.union1d)
def union1d(ar1: Any, ar2: Any) -> Any:
    ar1, ar2 = (meanings.arrayed(v, (ar1, ar2)) for v in (ar1, ar2))
    return unique(concatenate(_flat(ar1), _flat(ar2), axis=0), equal_nan=True)


def _all_about(function: Any) -> None:
    """np.unique_all and its kin: named tuples of what np.unique returns."""
    result = type(function(np.zeros(1)))
    flags = {"indices": "return_index", "inverse_indices": "return_inverse", "counts": "return_counts"}
    wanted = {flags[name]: True for name in result._fields[1:]}

    def meaning(x: Any, /) -> Any:
        return result(*unique_meaning(x, **wanted))

    means(function)(meaning)


for _function in (np.unique_all, np.unique_counts, np.unique_inverse):
    _all_about(_function)


@means(np.unique_values)
def unique_values(x: Any, /) -> Any:
    """As np.unique, in an order of NumPy's own: each value is looked up."""
    return unique_unsorted(_flat(x))


unique_unsorted: Primitive = general(
    np.unique_values,
    _unique_vjp,
    _unique_jvp,
    real(_as_many, "np.unique_values"),
    name="unique_values",
    spelling="np.unique_values",
)
