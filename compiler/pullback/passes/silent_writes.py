"""Drops writes that change nothing, once it is decided what is written in place.

before:  p = getitem(x_bar, i);  y_bar = setitem(x_bar, p, i)  # into x_bar
after:   nothing: y_bar is x_bar

Only then: while ownership is decided, each arm of a conditional that updates an array must be seen to update it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from pullback.ir.builder import Builder
from pullback.ir.core import Atom, Block, Function, Op, Value
from pullback.ir.regions import LOOPS, Loop
from pullback.ir.rewrite import Substitution, rebuild, rebuild_block
from pullback.passes.dead_code import dead_code
from pullback.primitives.families.indexing import is_basic, reads_the_place

A = TypeVar("A", bound=Atom)


def drop_silent_writes(fn: Function) -> Function:
    """Let an array that is given back what was read there be the array, and a loop that changes nothing be no loop."""
    definitions: dict[Value, Op] = {}
    dropped = 0

    def rule(builder: Builder, op: Op) -> tuple[Atom, ...] | None:
        nonlocal dropped
        definitions.update(dict.fromkeys(op.results, op))
        if op.prim.name == "setitem" and op.into == 0 and _writes_what_is_there(op, definitions):
            dropped += 1
            return op.operands[:1]
        return _without_what_stays(Loop(op), builder) if op.prim in LOOPS else None

    changed = rebuild(fn, rule)
    return dead_code(changed) if dropped else fn


def _writes_what_is_there(op: Op, definitions: dict[Value, Op]) -> bool:
    value = op.operands[1]
    return isinstance(value, Value) and reads_the_place(definitions.get(value), op) and is_basic(op)


def _without_what_stays(loop: Loop, builder: Builder) -> tuple[Atom, ...] | None:
    """The results of a loop that carries only what it changes; None where it changes all that it carries."""
    stays = [after is param for after, param in zip(loop.next, loop.carried, strict=True)]
    if not any(stays):
        return None
    env: Substitution = {}
    for k, start in enumerate(loop.initial):
        if stays[k]:
            env |= dict.fromkeys((loop.carried[k], *(test.params[k] for test in loop.op.blocks[:-1])), start)

    def kept(atoms: tuple[A, ...]) -> tuple[A, ...]:
        return tuple(atom for atom, stay in zip(atoms, stays, strict=True) if not stay)

    def without(block: Block, params: tuple[Value, ...]) -> Block:
        return rebuild_block(replace(block, params=params), lambda builder, op: None, Builder(), env)

    *tests, body = loop.op.blocks
    body = replace(body, results=(loop.leave, *kept(loop.next), *loop.written))
    blocks = [without(test, kept(test.params)) for test in tests]
    blocks.append(without(body, (*loop.index, *kept(loop.carried), *loop.elements)))
    final = tuple(
        start if stay else result for stay, start, result in zip(stays, loop.initial, loop.final, strict=True)
    )
    builder.emit(
        replace(
            loop.op,
            operands=(*loop.bounds, *kept(loop.initial), *loop.sequences),
            attrs={**loop.op.attrs, "carried": stays.count(False)},
            results=(loop.trips, *kept(loop.final), *loop.records),
            blocks=tuple(blocks),
        )
    )
    return (loop.trips, *final, *loop.records)
