"""To be recorded, or to be computed again: what the backward needs of the forward.

A value is kept only if some adjoint reads it; differentiation keeps everything, and dead-code elimination takes back
the rest. Of what is read, the operations here are repeated instead of kept.
"""

from __future__ import annotations

from pullback.ir.core import Const, Op
from pullback.ir.regions import CALL
from pullback.ir.types import List, is_numeric, rank
from pullback.primitives.families.indexing import is_view

READ_IN_PASSING = frozenset(["getitem", "unpack", "dim", "size"])  # of an array: elements, or what is known of it

ARITHMETIC = frozenset(["add", "subtract", "multiply", "negative"])  # no dearer than the memory of its result


def is_cheap(op: Op) -> bool:
    """Whether computing it again costs next to nothing: shapes, views, elements, counters, arithmetic on numbers.
    What reads a whole array for one number does not: the number is kept.
    """
    if op.blocks or op.prim is CALL or op.prim.kind in ("functional", "plumbing", "effect"):
        return False
    if op.prim.name == "list_get":
        return True
    if op.prim.name == "list_length":  # a list that changes is dearer to keep than its length
        return False
    if any(isinstance(r.type, List) for r in op.results):
        return False
    if op.prim.name == "arange" or op.prim.view == "always" or (op.prim.name == "getitem" and is_view(op)):
        return True
    if any(rank(r.type) != 0 and is_numeric(r.type) for r in op.results):
        return False
    return op.prim.name in READ_IN_PASSING or not (_is_number(op) and _reads_arrays(op))


def is_cheap_in_place(op: Op) -> bool:
    """Whether computing it again from arrays that are at hand in their old state is no dearer than the memory that
    would keep its result: what is cheap, and sums, differences, products and squares.
    """
    return op.prim.name in ARITHMETIC or _is_square(op) or is_cheap(op)


def _is_square(op: Op) -> bool:
    return op.prim.name == "square" or (op.prim.name == "power" and op.operands[1] == Const(2))


def _reads_arrays(op: Op) -> bool:
    return any(rank(o.type) != 0 and is_numeric(o.type) for o in op.operands)


def _is_number(op: Op) -> bool:
    return all(rank(r.type) == 0 and is_numeric(r.type) for r in op.results)
