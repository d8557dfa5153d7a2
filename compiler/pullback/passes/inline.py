"""Puts small leaf functions in the place of their calls: a pair for `relu` would cost more than it says."""

from __future__ import annotations

from pullback.ir.builder import Builder
from pullback.ir.core import Atom, Function, Module, Op, walk
from pullback.ir.regions import CALL
from pullback.ir.rewrite import inline_block, reachable, rebuild
from pullback.ir.types import rank

MOST_OPERATIONS = 8


def inline_leaves(module: Module) -> Module:
    """Inline calls of functions that call nothing and hold a few cheap operations, innermost first.

    before:  def relu(z): return maximum(z, 0.0)
             def f(x): return relu(x @ w)
    after:   def f(x): return maximum(x @ w, 0.0)
    """
    functions = dict(reachable(module).functions)

    def expand(builder: Builder, op: Op) -> tuple[Atom, ...] | None:
        if op.prim is not CALL or not is_small_leaf(functions[op.attrs["callee"]]):
            return None
        return inline_block(functions[op.attrs["callee"]].block, op.operands, builder)

    for name in functions:  # callees come first
        functions[name] = rebuild(functions[name], expand)
    return reachable(Module(functions, module.entry))


def is_small_leaf(fn: Function) -> bool:
    """Whether a function is straight-line, calls nothing, and does elementwise work only."""
    ops = list(walk(fn.block))
    return len(ops) <= MOST_OPERATIONS and all(not op.blocks and op.prim is not CALL and _is_cheap(op) for op in ops)


def _is_cheap(op: Op) -> bool:
    return op.prim.kind in ("elementwise", "discrete") or op.prim.view != "never" or rank(op.results[0].type) == 0
