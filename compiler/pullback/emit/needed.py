"""Which values of a function its results and effects depend on. A loop carries what is needed, writes what is read."""

from __future__ import annotations

from collections.abc import Iterator

from pullback.ir.core import Atom, Block, Const, Op, Value
from pullback.ir.effects import has_effect
from pullback.ir.regions import IF, LOOPS, Loop
from pullback.ir.types import Scalar

Definition = tuple[Op, int]


def needed_values(block: Block) -> set[Value]:
    """The values that a block's results and effects depend on, inside its regions too."""
    definitions = dict(_definitions_of(block))
    found: set[Value] = set()
    waiting: list[Atom] = [*block.results, *_read_by_effects(block)]
    while waiting:
        atom = waiting.pop()
        if not isinstance(atom, Value) or atom in found:
            continue
        found.add(atom)
        if atom in definitions:
            waiting += _dependences(*definitions[atom])
    return found


def _read_by_effects(block: Block) -> Iterator[Atom]:
    """What effects read, and what decides whether and how often they happen."""
    for op in block.ops:
        if not has_effect(op):
            continue
        if op.prim in LOOPS:
            yield from _decides(Loop(op))
        elif op.prim is IF:
            yield op.operands[0]
        else:
            yield from op.operands
        for inner in op.blocks:
            yield from _read_by_effects(inner)


def _decides(loop: Loop) -> list[Atom]:
    """What the number of trips of a loop depends on."""
    return [*loop.bounds, loop.leave, *(atom for test in loop.op.blocks[:-1] for atom in test.results)]


def carried_variables(block: Block) -> dict[Value, Value]:
    """Values of loops that are one variable with another value: with a parameter of the body the final ones, and those
    that a test reads; with the length of a range the number of trips over it.
    """
    found: dict[Value, Value] = {}
    counts: set[Value] = set()
    for loop in _loops(block):
        found.update(zip(loop.final, loop.carried, strict=True))
        for test in loop.op.blocks[:-1]:
            found.update(zip(test.params, loop.carried, strict=True))
        counts.add(loop.trips)
        if loop.bounds and never_leaves(loop) and loop.bounds[0] == Const(0) and loop.bounds[2] == Const(1):
            stop = loop.bounds[1]
            if isinstance(stop, Value) and (stop in counts or is_length(stop)):
                found[loop.trips] = found.get(stop, stop)
    return found


def never_leaves(loop: Loop) -> bool:
    """Whether a loop has all the trips that its range or its test asks for."""
    return isinstance(loop.leave, Const) and not loop.leave.value


def is_length(value: Value) -> bool:
    """Whether an int measures a dimension, and so is not negative."""
    return isinstance(value.type, Scalar) and value.type.extent is not None


def _loops(block: Block) -> Iterator[Loop]:
    for op in block.ops:
        if op.prim in LOOPS:
            yield Loop(op)
        for inner in op.blocks:
            yield from _loops(inner)


def _definitions_of(block: Block) -> Iterator[tuple[Value, Definition]]:
    """Each value with its operation; those of a loop by the result, carried value or element that they stand for."""
    for op in block.ops:
        for k, result in enumerate(op.results):
            yield result, (op, k)
        if op.prim in LOOPS:
            loop = Loop(op)
            for test in op.blocks[:-1]:
                yield from ((param, (op, 1 + k)) for k, param in enumerate(test.params))
            yield from ((param, (op, 1 + k)) for k, param in enumerate(loop.carried))
            yield from ((param, (op, 0)) for param in loop.index)
            yield from ((element, (op, -1 - k)) for k, element in enumerate(loop.elements))
        for inner in op.blocks:
            yield from _definitions_of(inner)


def _dependences(op: Op, k: int) -> list[Atom]:
    """What the k-th result of an operation depends on; for a loop, a negative k stands for an element that it reads."""
    if op.prim is IF:
        return [op.operands[0], *(arm.results[k] for arm in op.blocks)]
    if op.prim not in LOOPS:
        return list(op.operands)
    loop = Loop(op)
    always = _decides(loop)
    if k < 0:
        return [*always, loop.sequences[-1 - k]]
    if k == 0:
        return always
    if k <= loop.count:
        return [*always, loop.carried[k - 1], loop.initial[k - 1], loop.next[k - 1]]
    return [*always, loop.written[k - 1 - loop.count]]
