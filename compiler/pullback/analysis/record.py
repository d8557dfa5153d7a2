"""To be recorded, or to be computed again: what the backward needs of the forward.

A value is kept only if some adjoint reads it; differentiation keeps everything, and dead-code elimination takes back
the rest. Of what is read, the operations here are repeated instead of kept.
"""

from __future__ import annotations

from pullback.ir.core import Op
from pullback.ir.regions import CALL
from pullback.ir.types import List, is_numeric, rank
from pullback.primitives.indexing import is_view


def is_cheap(op: Op) -> bool:
    """Whether computing it again costs next to nothing: shapes, views, elements, counters, arithmetic on numbers."""
    if op.blocks or op.prim is CALL or op.prim.kind in ("plumbing", "effect"):
        return False
    if op.prim.name == "list_get":
        return True
    if any(isinstance(r.type, List) for r in op.results):
        return False
    if op.prim.name == "arange" or op.prim.view == "always" or (op.prim.name == "getitem" and is_view(op)):
        return True
    return all(rank(r.type) == 0 or not is_numeric(r.type) for r in op.results)
