"""Which values may be undefined on some paths: what not every arm of a conditional computes, what a loop carries or
keeps of that, and what is handed to a function or comes back from it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from itertools import product

from pullback.ir.core import Atom, Block, Const, Function, Module, Op, Undefined, Value, walk
from pullback.ir.regions import CALL, IF, LOOPS, PACK, UNPACK, Loop
from pullback.ir.types import BOOL

Told = Mapping[Atom, Collection[tuple[Atom, bool]]]


def partly_undefined(block: Block, given: Iterable[Atom] = ()) -> set[Atom]:
    """Of the values of a block, those that may be undefined, if those `given` may be."""
    given = set(given)
    found = _spread(block, given, {})
    # once more, with what the flags tell of what has been found
    return found if found == given else _spread(block, given, told_by_flags(block, found))


def _spread(block: Block, given: Set[Atom], told: Told) -> set[Atom]:
    """What may be undefined, if those `given` may be, and what `told` says holds."""
    found = set(given)
    size = -1
    while size != len(found):  # what a trip hands on is given to the next
        size = len(found)
        for op in walk(block):
            for result, origins in _origins(op, told):
                if any(isinstance(origin, Undefined) or origin in found for origin in origins):
                    found.add(result)
    return found


def told_by_flags(block: Block, undefined: Set[Atom]) -> Told:
    """For values that may be undefined: flags, and what they are exactly where the value is defined.

    before the loop:  xs undefined, has_xs = False;  after a trip:  xs = ..., has_xs = True
    gives:            xs is defined exactly where has_xs is True
    """
    return _Flags(undefined).of(block)


class _Flags:
    def __init__(self, undefined: Set[Atom]) -> None:
        self.undefined = undefined
        self.told: dict[Atom, dict[tuple[Atom, bool], None]] = {}
        self.definitions: dict[Atom, tuple[Op, int]] = {}

    def of(self, block: Block) -> Told:
        for op in walk(block):
            self.definitions.update((result, (op, k)) for k, result in enumerate(op.results))
        for op in walk(block):
            if op.prim is IF:
                self.conditional(op)
            elif op.prim in LOOPS:
                self.loop(Loop(op))
        return self.told

    def tell(self, value: Atom, flag: Atom, sense: bool) -> None:
        self.told.setdefault(value, {})[flag, sense] = None

    def conditional(self, op: Op) -> None:
        flags = [op.operands[0], *(r for r in op.results if r.type == BOOL)]
        for k, result in enumerate(op.results):
            if result in self.undefined:
                known = (flag for arm in op.blocks for flag, _ in self.told.get(arm.results[k], ()))
                for flag, sense in product([*flags, *known], (True, False)):
                    if self.holds(result, flag, sense):
                        self.tell(result, flag, sense)

    def loop(self, loop: Loop) -> None:
        """What is carried, by flags that are carried; and so what was kept of it, by what was kept of them."""
        flags = [j for j, param in enumerate(loop.carried) if param.type == BOOL]
        for k, param in enumerate(loop.carried):
            for j, sense in product(flags if param in self.undefined else (), (True, False)):
                flag = loop.carried[j]
                self.tell(param, flag, sense)  # so it is, if it stays so
                if self.holds(loop.initial[k], loop.initial[j], sense) and self.holds(
                    loop.next[k], loop.next[j], sense
                ):
                    self.tell(loop.final[k], loop.final[j], sense)
                    for test in loop.op.blocks[:-1]:
                        self.tell(test.params[k], test.params[j], sense)
                else:
                    self.told[param].pop((flag, sense), None)
        for (element, given), (flag, told) in product(zip(loop.elements, loop.sequences, strict=True), repeat=2):
            if element in self.undefined and flag.type == BOOL:
                for sense in (True, False):
                    if self.holds_of_each(given, told, sense):
                        self.tell(element, flag, sense)

    def holds_of_each(self, sequence: Atom, flags: Atom, sense: bool) -> bool:
        """Whether what the trips of one loop have written is told by the flags that they have written."""
        (writer, k), (other, j) = (self.definitions.get(s, (None, 0)) for s in (sequence, flags))
        if writer is None or writer is not other or writer.prim not in LOOPS:
            return False
        wrote, before = Loop(writer), 1 + Loop(writer).count
        return min(k, j) >= before and self.holds(wrote.written[k - before], wrote.written[j - before], sense)

    def holds(self, value: Atom, flag: Atom, sense: bool) -> bool:
        """Whether a value is defined exactly where a flag is `sense`."""
        if isinstance(value, Undefined):
            return flag == Const(not sense)
        if value not in self.undefined:
            return flag == Const(sense)
        if (flag, sense) in self.told.get(value, ()):
            return True
        op, k = self.definitions.get(value, (None, 0))
        if op is None or op.prim is not IF:
            return False
        here = [Const(True), Const(False)] if flag is op.operands[0] else [flag, flag]
        if flag in op.results:
            here = [arm.results[op.results.index(flag)] for arm in op.blocks]
        return all(self.holds(arm.results[k], f, sense) for arm, f in zip(op.blocks, here, strict=True))


def from_elsewhere(fn: Function) -> set[Atom]:
    """What other functions hand to one: it may be undefined where they leave it so."""
    given: set[Atom] = set(fn.params)
    given.update(result for op in walk(fn.block) if op.prim in (CALL, UNPACK) for result in op.results)
    return given


def undefined_in_module(module: Module) -> set[Atom]:
    """The values of all functions of a module that may be undefined, through its calls and its tapes."""
    ops = [op for fn in module.functions.values() for op in walk(fn.block)]
    packs = {op.attrs["pair"]: op for op in ops if op.prim is PACK}
    pairs: list[tuple[Atom, Atom]] = []
    for op in ops:
        if op.prim is CALL and (callee := module.functions.get(op.attrs["callee"])) is not None:
            pairs += [*zip(callee.params, op.operands, strict=True), *zip(op.results, callee.results, strict=True)]
        if op.prim is UNPACK:
            pairs += zip(op.results, packs[op.attrs["pair"]].operands, strict=True)
    found: set[Atom] = set()
    size = -1
    while size != len(found):
        size = len(found)
        for fn in module.functions.values():
            found |= partly_undefined(fn.block, found)
        found.update(to for to, source in pairs if isinstance(source, Undefined) or source in found)
    return found


def _origins(op: Op, told: Told) -> Iterator[tuple[Value, tuple[Atom, ...]]]:
    """For each value that a region hands over: what it may be, without what `told` says is defined there."""
    if op.prim is IF:
        for k, result in enumerate(op.results):
            arms = zip((True, False), (inner.results[k] for inner in op.blocks), strict=True)
            yield result, tuple(atom for sense, atom in arms if (op.operands[0], sense) not in told.get(atom, ()))
    elif op.prim in LOOPS:
        loop = Loop(op)
        for k, after in enumerate(loop.next):
            origins = (loop.initial[k], after)
            for carried in (loop.final[k], *(block.params[k] for block in op.blocks[:-1]), loop.carried[k]):
                yield carried, origins
        yield from ((r, (w,)) for r, w in zip(loop.records, loop.written, strict=True))
        yield from ((e, (s,)) for e, s in zip(loop.elements, loop.sequences, strict=True))
