"""Identities of lists that grow at run time, for the adjoint sweep: what is added to zeros, read where it was put."""

from __future__ import annotations

from typing import Any

from pullback.ir.core import Const, Op, Value
from pullback.ir.types import rank
from pullback.passes.adjoint_identities import is_zero
from pullback.passes.simplify import Rules, Simplifier, rule
from pullback.primitives.fitting import zeros_like
from pullback.primitives.registry import PRIMITIVES

LISTS: Rules = {}
FIRST, LAST = Const(0), Const(-1)


@rule(LISTS, "list_plus")
def plus(b: Simplifier, op: Op) -> Any:
    """What is added to one element of zeros is added to that element."""
    for x, y in (op.operands, op.operands[::-1]):
        if b.definition(y, "list_zeros"):
            return x
        put = b.definition(y, "list_add_at", "list_add_slice")
        if put and b.definition(put.operands[0], "list_zeros"):
            return put.prim(b.pen(x), *map(b.pen, put.operands[1:]))
    return None


@rule(LISTS, "list_add_at")
def add_at(b: Simplifier, op: Op) -> Any:
    """What is added to the element that was appended last, and what is put back where it was taken from."""
    xs, item, k = op.operands
    cleared, taken = b.definition(xs, "list_set"), b.definition(item, "list_get")
    if cleared and taken and is_zero(b, cleared.operands[1]) and taken.operands == (cleared.operands[0], k):
        return cleared.operands[0] if cleared.operands[2] == k else None
    appended = b.definition(xs, "list_append")
    if appended and k == LAST:
        before, last = appended.operands
        total = b.pen(item) if is_zero(b, last) else b.pen(last) + b.pen(item)
        return appended.prim(b.pen(before), total, **appended.attrs)
    return None


@rule(LISTS, "list_get")
def get(b: Simplifier, op: Op) -> Any:
    """What was appended last, or is the same everywhere."""
    xs, k = op.operands
    put = b.definition(xs, "list_append" if k == LAST else "list_prepend")
    if put and k in (FIRST, LAST):
        return put.operands[1]
    if b.definition(xs, "list_zeros") and rank(op.result.type) == 0:
        return Const(0.0)
    folded = b.definition(xs, "list_fold")
    if folded and (only := b.definition(folded.operands[1], "list_of")) and len(only.operands) == 1 and k == FIRST:
        return PRIMITIVES["list_sum"](b.pen(folded.operands[0]), zeros_like(b.pen(only.operands[0])))
    made = b.definition(xs, "list_of")
    if made and isinstance(k, Const) and -len(made.operands) <= k.value < len(made.operands):
        return made.operands[k.value]
    return None


@rule(LISTS, "list_drop")
def drop(b: Simplifier, op: Op) -> Any:
    """The list before something was appended."""
    appended = b.definition(op.operands[0], "list_append")
    return appended.operands[0] if appended else None


@rule(LISTS, "list_rest")
def rest(b: Simplifier, op: Op) -> Any:
    """The list before something was put before it."""
    put = b.definition(op.operands[0], "list_prepend")
    return put.operands[0] if put else None


@rule(LISTS, "list_length")
def length(b: Simplifier, op: Op) -> Any:
    """The length of zeros is that of what they belong to."""
    zeros = b.definition(op.operands[0], "list_zeros", "list_copy", "list_add_at", "list_set", "list_permuted")
    if zeros and isinstance(zeros.operands[0], Value):
        return PRIMITIVES["list_length"](b.pen(zeros.operands[0]))
    return None
