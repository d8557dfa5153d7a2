"""Which arrays surely lie in memory in C order, so that `ravel` and `reshape` give views of them.

An order is known as the set of those arguments that must be in C order for it; None where nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from pullback.frontend.abstract.heap import Heap
from pullback.frontend.abstract.values import Ref
from pullback.ir.core import Atom, Const, Op, Value
from pullback.ir.types import dims_of, rank
from pullback.primitives.families.indexing import takes_a_run

Order: TypeAlias = frozenset[Ref] | None

MADE = frozenset({"zeros", "ones", "empty", "full", "arange", "linspace", "eye", "create"})
# NumPy lays out what these give as it finds their operands
LIKE_OPERANDS = frozenset(
    {"sum", "mean", "prod", "max", "min", "std", "var", "cumsum", "cumprod", "sort", "concatenate", "stack", "matmul",
     "zeros_like", "ones_like", "full_like", "empty_like", "copy"}
)  # fmt: skip


def order_of_result(
    value: Atom, lent: Mapping[Value, Sequence[Ref]], producers: Mapping[Value, Op], heap: Heap, what: str
) -> Order:
    """The order of what an operation has made."""
    op = producers.get(value) if isinstance(value, Value) else None
    if op is None or op.blocks or what == "`.copy(order)`":
        return None
    if what == "`.copy()`" or (op.prim.name in MADE and is_made_in_order(op)):
        return frozenset()
    if op.prim.kind != "elementwise" and op.prim.name not in LIKE_OPERANDS:
        return None
    return together(order_of_operand(operand, lent, producers, heap) for operand in op.operands)


def is_made_in_order(op: Op) -> bool:
    """Whether an array that is made, not computed, lies in C order."""
    match op.prim.name:
        case "linspace":  # the samples may run along any axis
            return rank(op.result.type) == 1
        case "create":
            return bool(op.prim.evaluate(**op.attrs).flags.c_contiguous)
    return True


def order_of_operand(
    atom: Atom, lent: Mapping[Value, Sequence[Ref]], producers: Mapping[Value, Op], heap: Heap
) -> Order:
    """The order of an operand: of an array that was lent, or of what has been computed on the way."""
    if rank(atom.type) == 0:
        return frozenset()
    if isinstance(atom, Const):
        return None
    if isinstance(atom, Value) and (refs := lent.get(atom)):
        return together(heap.contiguous.get(ref) for ref in refs)
    op = producers.get(atom) if isinstance(atom, Value) else None
    if op is None or op.blocks or op.prim.kind != "elementwise":
        return None
    return together(order_of_operand(operand, lent, producers, heap) for operand in op.operands)


def together(orders: Iterable[Order]) -> Order:
    """The order of what is in C order if all of these are."""
    found: frozenset[Ref] = frozenset()
    for order in orders:
        if order is None:
            return None
        found |= order
    return found


def order_of_view(op: Op, order: Order) -> Order:
    """The order of a view of an array."""
    dims = dims_of(op.result.type)
    if dims is not None and sum(dim != 1 for dim in dims) == 0:
        return frozenset()
    match op.prim.name:
        case "reshape" | "expand_dims" | "squeeze":
            return order
        case "getitem":
            return order if takes_a_run(op) else None
    return None
