"""Copying blocks with substitution: the frame that every pass is written in.

`rebuild` copies a function operation by operation; a pass says, for each operation whose operands are already
substituted, what stands in its place. Results that are not replaced keep their identity where nothing changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from pullback.ir.builder import Builder
from pullback.ir.core import Atom, Block, Function, Module, Op, Value

Substitution = dict[Value, Atom]
Rule = Callable[[Builder, Op], tuple[Atom, ...] | None]


def substitute(atom: Atom, env: Mapping[Value, Atom]) -> Atom:
    """The atom that stands for `atom` in the copy."""
    return env.get(atom, atom) if isinstance(atom, Value) else atom


def rebuild_block(block: Block, rule: Rule, builder: Builder, env: Substitution) -> Block:
    """Copy a block. Where `rule` returns atoms, they stand for the operation's results; None keeps the operation."""
    with builder.region() as ops:
        for op in block.ops:
            copy_op(op, rule, builder, env)
        return Block(block.params, tuple(ops), tuple(substitute(r, env) for r in block.results))


def copy_op(op: Op, rule: Rule, builder: Builder, env: Substitution) -> None:
    """Copy one operation into the builder's open block, by `rule`."""
    operands = tuple(substitute(o, env) for o in op.operands)
    blocks = tuple(rebuild_block(b, rule, builder, env) for b in op.blocks)
    changed = any(a is not b for a, b in zip(operands, op.operands, strict=True)) or bool(blocks)
    op = replace(op, operands=operands, blocks=blocks) if changed else op
    with builder.at(op.loc, op.sweep):
        atoms = rule(builder, op)
    if atoms is None:
        builder.emit(op)
    else:
        env.update(zip(op.results, atoms, strict=True))


def rebuild(fn: Function, rule: Rule) -> Function:
    """Copy a function by `rule`; see `rebuild_block`."""
    return replace(fn, block=rebuild_block(fn.block, rule, Builder(), {}))


def inline_block(block: Block, arguments: Iterable[Atom], builder: Builder) -> tuple[Atom, ...]:
    """Copy a block's operations into the builder's open block with fresh values; return its results."""
    env: Substitution = dict(zip(block.params, arguments, strict=True))
    for op in block.ops:
        builder.emit(freshen(op, env))
    return tuple(substitute(r, env) for r in block.results)


def freshen(op: Op, env: Substitution) -> Op:
    """A copy of an operation whose results, inside and out, are new values."""
    operands = tuple(substitute(o, env) for o in op.operands)
    blocks = []
    for block in op.blocks:
        for param in block.params:
            env[param] = replace(param)
        ops = tuple(freshen(inner, env) for inner in block.ops)
        params = tuple(env[p] for p in block.params)
        results = tuple(substitute(r, env) for r in block.results)
        blocks.append(Block(params, ops, results))  # type: ignore[arg-type]  # fresh params are values
    results = tuple(replace(r) for r in op.results)
    env.update(zip(op.results, results, strict=True))
    return replace(op, operands=operands, blocks=tuple(blocks), results=results)


def map_functions(module: Module, change: Callable[[Function], Function]) -> Module:
    """Apply a pass to every function of a module."""
    return replace(module, functions={name: change(fn) for name, fn in module.functions.items()})
