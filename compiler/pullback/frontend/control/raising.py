"""Which exceptions an operation may raise by itself, when the program runs."""

from __future__ import annotations

import math

import numpy as np

from pullback.ir.core import Const, Op
from pullback.ir.effects import EFFECT, Apply, Layout, Named
from pullback.ir.types import Scalar, is_array, rank

DIVISIONS = frozenset({"divide", "remainder", "floor_divide", "math_fmod"})
ROUNDINGS = frozenset({"int", "math_floor", "math_ceil", "math_trunc", "builtin_round"})
HARMLESS = frozenset(
    f"math_{name}"
    for name in [
        "isnan",
        "isinf",
        "isfinite",
        "fabs",
        "copysign",
        "degrees",
        "radians",
        "atan",
        "atan2",
        "tanh",
        "asinh",
        "erf",
        "erfc",
        "cbrt",
        "hypot",
    ]
)
ELEMENTS = frozenset({"getitem", "setitem", "index_add", "list_get", "list_set", "list_drop", "list_rest", "list_pop"})
JOININGS = frozenset(
    {"reshape", "concatenate", "stack", "broadcast_to", "setitem", "list_array", "list_stack", "list_concatenate"}
    | {"list_argmax", "list_argmin"}  # of an empty list
)


def raised_class(raised: Layout | None) -> list[type[Exception]]:
    """The class of what an effect raises."""
    cls = raised.function.value if isinstance(raised, Apply) and isinstance(raised.function, Named) else None
    return [cls] if isinstance(cls, type) and issubclass(cls, Exception) else []


def exceptions_of(op: Op) -> tuple[type[Exception], ...]:
    """The exceptions that an operation may raise for some values of its operands.

    Those that NumPy raises where sizes disagree are told only of operations that are there to join or to reshape: all
    other sizes are held against each other when a function is called.
    """
    name = op.prim.name
    found: list[type[Exception]] = []
    if op.prim is EFFECT and op.attrs["action"].raises:
        found += raised_class(op.attrs["action"].value)
    if name in DIVISIONS and is_plain(op) and not is_nonzero(op):
        found.append(ZeroDivisionError)
    if name in ("power", "math_pow") and is_plain(op):
        found += [ZeroDivisionError, OverflowError]
    if name.startswith("math_") and name not in HARMLESS:
        found += [ValueError, OverflowError]
    if name in ROUNDINGS:
        found += [ValueError, OverflowError]
    if name in ELEMENTS:
        found.append(IndexError)
    if name == "effect" and op.results:  # a draw whose parameters or size make no sense
        found.append(ValueError)
    if name in JOININGS and not (name == "setitem" and rank(op.operands[1].type) == 0):
        found.append(ValueError)
    if hasattr(np.linalg, name) and not hasattr(np, name) and name != "norm":
        found.append(np.linalg.LinAlgError)
    return tuple(found)


def is_plain(op: Op) -> bool:
    """Whether an operation is one of Python's numbers, which raise where NumPy's warn."""
    return all(isinstance(operand.type, Scalar) or not is_array(operand.type) for operand in op.operands)


def is_nonzero(op: Op) -> bool:
    """Whether the second operand is a number other than zero."""
    divisor = op.operands[-1]
    return isinstance(divisor, Const) and divisor.value != 0 and not math.isnan(divisor.value)
