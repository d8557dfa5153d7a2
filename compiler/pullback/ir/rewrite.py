"""Copying blocks with substitution: the frame that every pass is written in.

`rebuild` copies a function operation by operation; a pass says, for each operation whose operands are already
substituted, what stands in its place. Results that are not replaced keep their identity where nothing changed.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import replace

from pullback.ir.builder import Builder
from pullback.ir.core import Atom, Block, Function, Module, Op, Value, walk
from pullback.ir.functionals import callee_of, callees_of

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
        params = tuple(replace(p) for p in block.params)
        env.update(zip(block.params, params, strict=True))
        ops = tuple(freshen(inner, env) for inner in block.ops)
        blocks.append(Block(params, ops, tuple(substitute(r, env) for r in block.results)))
    results = tuple(replace(r) for r in op.results)
    env.update(zip(op.results, results, strict=True))
    return replace(op, operands=operands, blocks=tuple(blocks), results=results)


def map_functions(module: Module, change: Callable[[Function], Function]) -> Module:
    """Apply a pass to every function of a module."""
    return replace(module, functions={name: change(fn) for name, fn in module.functions.items()})


def reachable(module: Module) -> Module:
    """The functions that the entry needs, callees before callers (but for recursion)."""
    order: dict[str, None] = {}
    entered: set[str] = set()

    def visit(name: str) -> None:
        if name not in entered:
            entered.add(name)
            for op in walk(module.functions[name].block):
                for callee in callees_of(op):
                    visit(callee)
            order[name] = None

    visit(module.entry)
    return Module({name: module.functions[name] for name in order}, module.entry)


def map_calls(block: Block, change: Callable[[Op], Op], callees: Container[str]) -> Block:
    """Copy a block with each operation changed that calls one of `callees`, or has it called."""
    ops = []
    for op in block.ops:
        if op.blocks:
            op = replace(op, blocks=tuple(map_calls(inner, change, callees) for inner in op.blocks))
        if callee_of(op) in callees:
            op = change(op)
        ops.append(op)
    return replace(block, ops=tuple(ops))


def rename(fn: Function, names: Mapping[Value, str], hints: Mapping[Value, str] | None = None) -> Function:
    """A copy of a function in which some values have other names, or hints."""
    env: Substitution = {value: replace(value, hint=hint) for value, hint in (hints or {}).items()}
    env.update((value, replace(value, name=name)) for value, name in names.items())
    return replace(fn, block=_renamed(fn.block, env))


def _renamed(block: Block, env: Substitution) -> Block:
    def new(values: tuple[Value, ...]) -> tuple[Value, ...]:
        return tuple(substitute(v, env) for v in values)  # type: ignore[misc]  # values stand for values

    ops = tuple(
        replace(
            op,
            operands=tuple(substitute(o, env) for o in op.operands),
            results=new(op.results),
            blocks=tuple(_renamed(b, env) for b in op.blocks),
        )
        for op in block.ops
    )
    return Block(new(block.params), ops, tuple(substitute(r, env) for r in block.results))
