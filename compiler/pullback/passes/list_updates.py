"""Lets lists grow, shrink and change in place: a list is updated by nobody but its one owner.

before:  ys = list_append(xs, h)                  xs is an argument, or read again later
after:   ys = list_copy(xs);  list_append(ys, h)  # into ys

A block owns the lists that it makes, and a loop those that it carries and changes: a trip hands its list on to the
next, and to nobody else. What is read again after an update, or kept by a tape, a sequence or another list, is copied
first. The last element that is read and then dropped is popped.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from pullback.analysis.liveness import last_uses
from pullback.ir.core import Atom, Block, Const, Function, Op, Value, free_values, walk
from pullback.ir.regions import CALL, IF, LOOPS, PACK, Loop
from pullback.ir.types import List
from pullback.primitives.families.lists import list_copy, list_pop

UPDATES = frozenset({"list_append", "list_prepend", "list_drop", "list_rest", "list_set", "list_add_at", "list_extend"})
# the operands that become elements
KEEPERS = dict.fromkeys(("list_append", "list_prepend", "list_set", "list_add_at"), (1,))


def update_lists(fn: Function) -> Function:
    """Set `Op.into` of every operation that changes a list, with copies where somebody else still reads it."""
    if not any(op.prim.name in UPDATES for op in walk(fn.block)):
        return fn
    return replace(fn, block=_Owner(fn.block, frozenset()).block)


class _Owner:
    """Rewrites one block; `inherited` are lists from around it that it may consume.

    Attributes:
        block: the block with its updates in place.
        owned: for each result of the block, whether whoever receives it is its only owner.
    """

    def __init__(self, block: Block, inherited: Set[Value]) -> None:
        self._mine = set(inherited)
        self._last = last_uses(block)
        self._ops: list[Op] = []
        for index, op in enumerate(block.ops):
            self._visit(op, index)
        results = block.results
        self.owned = [self._is_mine(r) and results.count(r) == 1 for r in results]
        self.block = Block(block.params, tuple(_popped(self._ops)), results)

    def _is_mine(self, atom: Atom) -> bool:
        return isinstance(atom, Value) and atom in self._mine

    def _visit(self, op: Op, index: int) -> None:
        if op.prim is IF:
            op = self._conditional(op, index)
        elif op.prim in LOOPS:
            op = self._loop(Loop(op), index)
        elif op.prim.name in UPDATES:
            op = replace(op, operands=(self._taken(op.operands[0], op, index), *op.operands[1:]), into=0)
            self._mine.add(op.result)
        elif op.prim is not CALL and op.prim.name != "list_get":
            self._mine.update(r for r in op.results if isinstance(r.type, List))
        self._mine.difference_update(_kept(op))
        self._ops.append(op)

    def _taken(self, atom: Atom, op: Op, index: int) -> Atom:
        """The list itself, if `op` is the only one that reads it from here on; else a copy."""
        inside = [v for block in op.blocks for v in free_values(block)]
        if not isinstance(atom, Value):
            return atom
        if atom in self._mine and self._last[atom] == index and op.operands.count(atom) == 1 and atom not in inside:
            return atom
        copy = _copy_of(atom, op)
        self._ops.append(copy)
        return copy.result

    def _conditional(self, op: Op, index: int) -> Op:
        """The arms may consume what nobody reads afterwards."""
        ending = {v for v in self._mine if self._last.get(v) == index}
        arms = [_Owner(block, ending) for block in op.blocks]
        for k, result in enumerate(op.results):
            if isinstance(result.type, List) and all(arm.owned[k] for arm in arms):
                self._mine.add(result)
        return replace(op, blocks=tuple(arm.block for arm in arms))

    def _loop(self, loop: Loop, index: int) -> Op:
        op = loop.op
        operands = list(op.operands)
        changing = [
            k for k, param in enumerate(loop.carried) if isinstance(param.type, List) and loop.next[k] is not param
        ]
        for k in changing:
            operands[len(loop.bounds) + k] = self._taken(loop.initial[k], op, index)
        inner = _Owner(loop.body, {loop.carried[k] for k in changing})
        ops, results = list(inner.block.ops), list(inner.block.results)
        for k in changing:
            result = results[1 + k]
            if isinstance(result, Value) and not inner.owned[1 + k]:
                copy = _copy_of(result, op)
                ops.append(copy)
                results[1 + k] = copy.result
        self._mine.update(loop.final[k] for k in changing)
        body = Block(loop.body.params, tuple(ops), tuple(results))
        tests = (_Owner(test, frozenset()).block for test in op.blocks[:-1])
        return replace(op, operands=tuple(operands), blocks=(*tests, body))


def _copy_of(value: Value, op: Op) -> Op:
    return Op(list_copy, (value,), {}, (replace(value),), (), op.loc, op.sweep)


def _kept(op: Op) -> list[Value]:
    """The lists that others hold once an operation has run."""
    if op.prim in (CALL, PACK) or op.prim.name == "list_of":
        kept = list(op.operands)
    else:
        kept = [op.operands[k] for k in KEEPERS.get(op.prim.name, ())]
    return [v for v in kept if isinstance(v, Value)]


def _popped(ops: list[Op]) -> list[Op]:
    """Operations in which the last element is read and dropped at once, where nothing reads the list in between."""
    found: list[Op] = []
    for op in ops:
        k = _read_of_last(found, op) if op.prim.name == "list_drop" else None
        if k is None:
            found.append(op)
        else:
            read = found[k]
            found[k] = replace(op, prim=list_pop, operands=op.operands[:1], results=(op.result, read.result))
    return found


def _read_of_last(ops: list[Op], drop: Op) -> int | None:
    """Where the element that `drop` drops is read, if nothing reads the list after that."""
    xs = drop.operands[0]
    for k in range(len(ops) - 1, -1, -1):
        op = ops[k]
        if op.prim.name == "list_get" and op.operands == (xs, Const(-1)):
            return k if op.result is drop.operands[1] else None
        if xs in op.operands or xs in op.results or any(xs in free_values(block) for block in op.blocks):
            return None
    return None
