"""The join of types: what is the same stays, what differs is unknown; None where there is no such type."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from pullback.ir.core import Atom, Undefined, Value
from pullback.ir.types import (
    UNKNOWN,
    Array,
    Dim,
    Dims,
    List,
    Scalar,
    Shape,
    Type,
    same_dtype,
)

if TYPE_CHECKING:
    pass


def joined_type(a: Atom, b: Atom, fresh: Callable[[Dim, Dim], Dim]) -> Type | None:
    """The type of a value that is `a` or `b`; None where there is none."""
    if isinstance(a, Undefined) or isinstance(b, Undefined):
        return a.type if isinstance(b, Undefined) else b.type
    p, q = a.type, b.type
    if p == q:
        return p
    match p, q:
        case Scalar(kind=kind), Scalar(kind=other):
            return Scalar(kind) if kind == other else None
        case List(element=element, length=length), List(element=other_element, length=other_length):
            inner = joined_type(Value(element), Value(other_element), fresh)
            return None if inner is None else List(inner, length if length == other_length else None)
        case Shape(dims=dims), Shape(dims=others):
            shape = joined_dims(dims, others, fresh)
            return None if shape is None else Shape(shape)
        case Array(), Array():
            if p.shape is None or q.shape is None:
                return Array(p.dtype if same_dtype(p, q) else None, None)
            shape = joined_dims(p.shape, q.shape, fresh)
            return None if shape is None else Array(p.dtype if same_dtype(p, q) else None, shape)
        case (Array() as array, Scalar(kind=kind)) | (Scalar(kind=kind), Array() as array):
            if array.shape is None:
                return UNKNOWN
            known = same_dtype(array, Array(np.dtype(kind), ()))
            return Array(array.dtype if known else None, ()) if array.shape == () else None
    return None


def joined_dims(a: Dims | None, b: Dims | None, fresh: Callable[[Dim, Dim], Dim]) -> Dims | None:
    """Dimensions that are one or the other."""
    if a is None or b is None or len(a) != len(b):
        return None
    return tuple(p if p == q else fresh(p, q) for p, q in zip(a, b, strict=True))
