"""Guards of derivatives that may be infinite, taken away where they cannot matter.

Where a value is finite and its derivative is not (sqrt at 0), a rule writes `g / where(g == 0, 1.0, out)`: a cotangent
of 0 stays 0. That costs a comparison and a choice, and most programs need neither.
"""

from __future__ import annotations

from typing import Any

from pullback.ir.core import Atom, Const, Op
from pullback.passes.identities import before_broadcast, is_const
from pullback.passes.simplify import Rules, Simplifier, rule
from pullback.primitives.registry import PRIMITIVES

MOVED = ("sum", "mean", "builtin_sum", "reshape", "expand_dims", "squeeze", "transpose", "broadcast_to", "float")
ROOTS = ("sqrt", "math_sqrt")
GUARDS: Rules = {}


@rule(GUARDS, "equal")
def sign_of_zero(b: Simplifier, op: Op) -> Any:
    """-x == 0 -> x == 0"""
    minus = b.definition(op.operands[0], "negative")
    if minus is None or not is_const(op.operands[1], 0):
        return None
    return b.apply(op.prim, (minus.operands[0], op.operands[1]), op.attrs)[0]


@rule(GUARDS, "where")
def unguarded(b: Simplifier, op: Op) -> Any:
    """where(g == 0, 1.0, y) -> y, where g or y is surely not 0.

    Of a norm, where(y == 0, 1.0, y): there y is 0 only where all that it is made of is, and has the derivative 0.
    """
    condition, one, y = op.operands
    test = b.definition(condition, "equal")
    if test is None or not is_const(one, 1) or not is_const(test.operands[1], 0):
        return None
    if is_positive(b, y):
        return y
    if is_norm(b, y):
        pen = b.pen(y)
        return None if test.operands[0] is y else PRIMITIVES["where"](pen == 0, 1.0, pen)
    g = before_broadcast(b, test.operands[0])
    return y if isinstance(g, Const) and g.value != 0 else None


def is_positive(b: Simplifier, atom: Atom) -> bool:
    """Whether a value is surely above 0. An exponential is not: it underflows."""
    if isinstance(atom, Const):
        return isinstance(atom.value, int | float) and atom.value > 0
    if op := b.made_by(atom, "add"):
        x, y = op.operands
        return (is_positive(b, x) and is_not_negative(b, y)) or (is_positive(b, y) and is_not_negative(b, x))
    if op := b.made_by(atom, "maximum", "builtin_max"):
        return any(is_positive(b, o) for o in op.operands)
    op = b.made_by(atom, *ROOTS, "float")
    return op is not None and is_positive(b, op.operands[0])


def is_not_negative(b: Simplifier, atom: Atom) -> bool:
    """Whether a value is surely 0 or more."""
    if isinstance(atom, Const):
        return isinstance(atom.value, int | float) and atom.value >= 0
    if b.made_by(atom, "exp", "absolute", "var", "std", "norm", "hypot", *ROOTS) or is_sum_of_squares(b, atom):
        return True
    op = b.made_by(atom, "add", "multiply", "maximum", *MOVED)
    return op is not None and all(is_not_negative(b, o) for o in op.operands[: 1 if op.prim.name in MOVED else 2])


def is_norm(b: Simplifier, atom: Atom) -> bool:
    """Whether a value is a sum of squares, or the root of one."""
    root = b.made_by(atom, *ROOTS)
    return is_sum_of_squares(b, root.operands[0] if root else atom)


def is_sum_of_squares(b: Simplifier, atom: Atom) -> bool:
    """Whether a value is 0 only where every square in it is."""
    if b.made_by(atom, "square", "var"):
        return True
    if op := b.made_by(atom, "multiply", "divide"):
        x, y = op.operands
        if op.prim.name == "multiply" and x is y:
            return True
        scale, rest = (y, x) if op.prim.name == "divide" or isinstance(y, Const) else (x, y)
        return is_positive(b, scale) and is_sum_of_squares(b, rest)
    if op := b.made_by(atom, "add"):
        return all(is_sum_of_squares(b, o) for o in op.operands)
    op = b.made_by(atom, *MOVED)
    return op is not None and is_sum_of_squares(b, op.operands[0])
