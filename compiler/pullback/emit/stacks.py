"""Stacks of what loops save: what an inner loop pushes, the inner loop of the backward pops, all on one stack.

A sequence of sequences, one for each trip of an outer loop, is emptied from its end as it was filled, so that its parts
need no lists of their own: the trips of the inner loops follow each other on one stack.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pullback.emit.plan import Plan
from pullback.emit.statements import Append, Begin, Branch, Compute, Pop, Repeat, Statement, Statements
from pullback.ir.core import Value


def flatten(body: list[Statement], statements: Statements) -> dict[Value, Value]:
    """Merge sequences of sequences into stacks, in place, from the outermost loops inwards.

    Returns:
        the stack that holds what an inner sequence would have held.
    """
    stacks: dict[Value, Value] = {}
    while merged := _flatten_one(body, statements):
        stacks.update([merged])
    return stacks


def _flatten_one(body: list[Statement], statements: Statements) -> tuple[Value, Value] | None:
    everything = list(_walk(body))
    reads = Counter(value for statement in everything for value in statements.reads(statement))
    pops = {s.sequence: (repeat, s) for repeat in everything if isinstance(repeat, Repeat) for s in _pops(repeat.body)}
    for writer in everything:
        if isinstance(writer, Repeat):
            for append in [s for s in writer.body if isinstance(s, Append)]:
                inner, popped = append.source, pops.get(append.record)
                if isinstance(inner, Value) and popped is not None and reads[append.record] == 2:
                    reader, pop = popped
                    if _merge(writer, append, inner, reader, pop, reads, statements.plan):
                        return inner, append.record
    return None


def _merge(
    writer: Repeat, append: Append, inner: Value, reader: Repeat, pop: Pop, reads: Counter[Value], plan: Plan
) -> bool:
    """Push and pop in the inner loops themselves, if these are the only ones that know the inner sequence."""
    begin = next((s for s in writer.body if isinstance(s, Begin) and s.result is inner), None)
    pushes = [
        s for loop in _loops(writer.body) for s in _walk(loop.body) if isinstance(s, Append) and s.record is inner
    ]
    takes = [s for loop in _loops(reader.body) for s in _pops(loop.body) if s.sequence is pop.element]
    if begin is None or len(takes) != 1 or takes[0].loop.op in plan.drained:
        return False
    if reads[inner] != 1 + len(pushes) or reads[pop.element] != 1:
        return False
    for push in pushes:
        push.record = append.record
    takes[0].sequence = append.record
    writer.body.remove(begin)
    writer.body.remove(append)
    reader.body.remove(pop)
    return True


def put_back(body: list[Statement], statements: Statements) -> None:
    """Let what is taken off a stack to be written over an element go there at once: `x[i] = overwritten.pop()`."""
    everything = list(_walk(body))
    reads = Counter(value for statement in everything for value in statements.reads(statement))
    for repeat in everything:
        if isinstance(repeat, Repeat):
            written = {s.op.operands[1] for s in repeat.body if isinstance(s, Compute) and s.op.prim.name == "setitem"}
            for pop in _pops(repeat.body):
                if pop.element in written and reads[pop.element] == 1:
                    statements.plan.popped[pop.element] = pop.sequence
                    repeat.body.remove(pop)


def _pops(body: list[Statement]) -> list[Pop]:
    return [s for s in body if isinstance(s, Pop) and s.at is None]


def _loops(body: list[Statement]) -> list[Repeat]:
    return [s for s in body if isinstance(s, Repeat)]


def _walk(body: list[Statement]) -> Iterator[Statement]:
    for statement in body:
        yield statement
        if isinstance(statement, Branch):
            yield from _walk(statement.then)
            yield from _walk(statement.orelse)
        if isinstance(statement, Repeat):
            yield from _walk(statement.test)
            yield from _walk(statement.body)
