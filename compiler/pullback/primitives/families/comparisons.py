"""Comparisons, logic and tests: derivative zero wherever there is one."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from pullback.ir.core import Primitive
from pullback.ir.types import BOOL
from pullback.primitives import inference, meanings
from pullback.primitives.kinds import discrete
from pullback.primitives.registry import MEANINGS


def comparison(python: Any, ufunc: Any, spelling: str, formula: str | None = None) -> Primitive:
    """An operator and its ufunc twin."""
    name = ufunc.__name__
    prim = discrete(python, inference.elementwise(python), name=name, spelling=spelling, formula=formula)
    twin = discrete(ufunc, inference.elementwise(ufunc), name=f"ufunc_{name}", spelling=f"np.{name}", formula=formula)
    MEANINGS[python] = meanings.operator_of(prim)
    MEANINGS[ufunc] = meanings.ufunc_or_operator(prim, twin)
    return prim


def predicate(ufunc: Any, formula: str | None = None) -> Primitive:
    """A ufunc with a discrete result."""
    prim = discrete(ufunc, inference.elementwise(ufunc), formula=formula)
    MEANINGS[ufunc] = meanings.ufunc(prim)
    return prim


greater = comparison(operator.gt, np.greater, ">", "x > y")
greater_equal = comparison(operator.ge, np.greater_equal, ">=", "x >= y")
less = comparison(operator.lt, np.less, "<", "x < y")
less_equal = comparison(operator.le, np.less_equal, "<=", "x <= y")
equal = comparison(operator.eq, np.equal, "==", "Eq(x, y)")
not_equal = comparison(operator.ne, np.not_equal, "!=", "Ne(x, y)")
bitwise_and = comparison(operator.and_, np.bitwise_and, "&")
bitwise_or = comparison(operator.or_, np.bitwise_or, "|")
bitwise_xor = comparison(operator.xor, np.bitwise_xor, "^")
left_shift = comparison(operator.lshift, np.left_shift, "<<")
right_shift = comparison(operator.rshift, np.right_shift, ">>")
invert = comparison(operator.invert, np.invert, "~")

logical_and = predicate(np.logical_and, "And(x, y)")
logical_or = predicate(np.logical_or, "Or(x, y)")
logical_xor = predicate(np.logical_xor, "Xor(x, y)")
logical_not = predicate(np.logical_not, "Not(x)")
isnan = predicate(np.isnan)
isinf = predicate(np.isinf)
isfinite = predicate(np.isfinite)
signbit = predicate(np.signbit, "x < 0")

not_ = discrete(operator.not_, inference.fixed(BOOL), name="not", spelling="not ", formula="Not(x)")
MEANINGS[operator.not_] = not_
