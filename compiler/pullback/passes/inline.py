"""Puts small leaf functions in the place of their calls: a pair for `relu` would cost more than it says."""

from __future__ import annotations

from dataclasses import replace

from pullback.ir.builder import Builder
from pullback.ir.core import Atom, Block, Function, Module, Op, walk
from pullback.ir.effects import EFFECT
from pullback.ir.functionals import is_functional
from pullback.ir.regions import CALL
from pullback.ir.rewrite import Substitution, reachable, rebuild, substitute
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
        return _in_place(functions[op.attrs["callee"]].block, op.operands, builder)

    for name in functions:  # callees come first
        functions[name] = rebuild(functions[name], expand)
    return reachable(Module(functions, module.entry))


def _in_place(block: Block, arguments: tuple[Atom, ...], builder: Builder) -> tuple[Atom, ...]:
    """Copy the operations of a leaf. Types are inferred anew: names of dimensions are those of one function."""
    env: Substitution = dict(zip(block.params, arguments, strict=True))
    for op in block.ops:
        operands = tuple(substitute(o, env) for o in op.operands)
        types = op.prim.infer(operands, op.attrs)
        results = tuple(replace(r, type=t) for r, t in zip(op.results, types, strict=True))
        env.update(zip(op.results, results, strict=True))
        builder.emit(replace(op, operands=operands, results=results))
    return tuple(substitute(r, env) for r in block.results)


def is_small_leaf(fn: Function) -> bool:
    """Whether a function is straight-line, calls nothing, has no effects, and does elementwise work only."""
    ops = list(walk(fn.block))
    plain = all(not op.blocks and op.prim not in (CALL, EFFECT) and not is_functional(op) for op in ops)
    return plain and len(ops) <= MOST_OPERATIONS and all(map(_is_cheap, ops))


def _is_cheap(op: Op) -> bool:
    return op.prim.kind in ("elementwise", "discrete") or op.prim.view != "never" or rank(op.results[0].type) == 0
