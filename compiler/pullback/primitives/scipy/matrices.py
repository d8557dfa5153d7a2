"""What the functions of `scipy.linalg` take: single matrices, right sides, and promises about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.linear_algebra import known_rank, matrix_dtype, square_dims
from pullback.primitives.families.shaping import expand_dims, mT
from pullback.primitives.inference import Infer, real
from pullback.primitives.registry import NotCovered


def spelled(function: Callable[..., Any]) -> str:
    return f"scipy.linalg.{function.__name__}"


def matrix(x: Any, function: Callable[..., Any]) -> Any:
    """An operand that must be one matrix."""
    x = meanings.arrayed(x, x)
    if rank(type_of_operand(x)) != 2:
        twin = f"np.linalg.{function.__name__}"
        is_there = hasattr(np.linalg, function.__name__)
        raise NotCovered(
            f"{spelled(function)} of what is not known to be one matrix",
            f"use {twin}, if it is one" if is_there else "call it for one matrix after the other",
        )
    return x


def right_side(b: Any, function: Callable[..., Any]) -> Any:
    """A vector or a matrix of columns."""
    b = meanings.arrayed(b, b)
    if rank(type_of_operand(b)) not in (1, 2):
        raise NotCovered(f"{spelled(function)} of what is not known to be a vector or a matrix")
    return b


def like_first(function: Callable[..., Any], *, results: int = 1) -> Infer:
    """Square matrices of the shape of the first operand."""
    dtype = matrix_dtype(function)

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        return (Array(dtype(operands), square_dims(operands[0])),) * results

    return real(infer, spelled(function))


def like_right_side(function: Callable[..., Any], sample: Callable[..., Any]) -> Infer:
    """The shape of the second operand, after a square matrix."""
    dtype = matrix_dtype(sample)

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        square_dims(operands[0])
        return (Array(dtype(operands[:2]), dims_of(operands[1].type)),)

    return real(infer, spelled(function))


def dyad(x: Any, y: Any) -> Any:
    """The product x yᵀ of vectors, or of matrices of columns."""
    if known_rank(x, "scipy.linalg") == 2:
        return x @ mT(y)
    return expand_dims(x, axis=1) * y


def unasked(function: Callable[..., Any], **parameters: Any) -> None:
    """Refuse parameters that are given and that no rule covers."""
    for name, value in parameters.items():
        if value is not None and value is not False:
            raise NotCovered(f"`{name}=` of {spelled(function)}")


def told(value: Any, parameter: str) -> bool:
    return bool(meanings.static(value, parameter))
