"""A variable name for each value: the user's where there is one, and shared only by values that never need it at once.

Values are first gathered into groups that must, or had better, be one variable: a result that takes over the memory of
its operand, and what the arms of a conditional yield with the conditional's result.
"""

from __future__ import annotations

import builtins
import keyword
from bisect import insort
from collections.abc import Callable, Iterable, Mapping

from pullback.analysis.naming import describe, identifier
from pullback.emit.ranges import Range, Ranges, joined, overlap
from pullback.emit.sequences import is_sequence
from pullback.emit.statements import (
    Append,
    Bind,
    Branch,
    Compute,
    Copy,
    Move,
    Pop,
    Repeat,
    Statement,
    Statements,
)
from pullback.ir.core import Atom, Op, Value
from pullback.ir.regions import UNPACK, Loop

LONGEST_PLURAL = 8
RESERVED = frozenset([*keyword.kwlist, *keyword.softkwlist, *dir(builtins)])


class Variables:
    """Names for the values of one function.

    Args:
        fixed: parameters whose names are given, and are never changed.
        taken: names that no variable may have (imports, functions).
        in_place: whether an operation prints as an update of its `into` operand.
        hints: names for values that have none of their own.
    """

    def __init__(
        self,
        statements: Statements,
        body: list[Statement],
        ranges: Ranges,
        params: Iterable[Value],
        fixed: Mapping[Value, str],
        taken: Iterable[str],
        in_place: Callable[[Op], bool],
        hints: Mapping[Value, str],
    ) -> None:
        self._ranges = ranges
        self._statements = statements
        self._fixed = fixed
        self._taken = RESERVED.union(taken)
        self._in_place = in_place
        self._parent: dict[Value, Value] = {}
        self._range: dict[Value, Range] = dict(ranges.of)
        self._definition: dict[Value, Op] = {}
        self._members: dict[Value, list[Value]] = {value: [value] for value in ranges.of}
        self._occupied: dict[str, Range] = {}
        self._name: dict[Value, str] = {}
        self._hints = {statements.plan.variable(value): hint for value, hint in hints.items()}
        self._sequences: dict[Value, Value] = {}
        self._read_from: dict[Value, Value] = {}
        self._define(body)
        self._gather(body)
        self._assign(params)

    def of(self, value: Value) -> str:
        """The variable of a value."""
        return self._name[self._root(value)]

    def names(self) -> dict[Value, str]:
        """The variables of all values that have one."""
        return {value: self.of(value) for value in self._ranges.of}

    def definition(self, value: Value) -> Op | None:
        """The operation that computes a value; None for a parameter."""
        nested = self._statements.plan.nested.get(value)
        return self._definition.get(value) if nested is None else nested

    def is_read(self, value: Value) -> bool:
        """Whether a value is ever read by name."""
        return self._statements.plan.variable(value) in self._statements.plan.reads

    def same(self, a: Value, b: Value) -> bool:
        """Whether two values are one variable by design."""
        return self._root(a) is self._root(b)

    # Groups.

    def _define(self, body: list[Statement]) -> None:
        for statement in body:
            match statement:
                case Bind(result, _, _, hint):
                    self._hints[result] = hint
                case Compute(op):
                    self._definition.update(dict.fromkeys(op.results, op))
                case Branch(op, then, orelse):
                    self._definition.update(dict.fromkeys(op.results, op))
                    self._define(then)
                    self._define(orelse)
                case Repeat(loop, test, inside):
                    self._define_loop(loop)
                    self._define(test)
                    self._define(inside)
                case Pop(element, sequence):
                    self._read_from[element] = sequence
                    self._hints[element] = self._element_hint(sequence)
                case Append(record, source, _) if isinstance(source, Value):
                    self._sequences.setdefault(record, source)

    def _define_loop(self, loop: Loop) -> None:
        self._definition.update(dict.fromkeys((*loop.op.results, *loop.carried, *loop.index, *loop.elements), loop.op))
        self._hints.setdefault(loop.trips, "trips")
        for index in loop.index:
            self._hints.setdefault(index, "i")
        for param, *others in zip(loop.carried, loop.final, loop.next, loop.initial, strict=True):
            named = (other.name for other in others if isinstance(other, Value) and identifier(other.name))
            if (hint := next(named, "")) and not param.name:
                self._hints.setdefault(param, hint)
        for element, sequence in zip(loop.elements, loop.sequences, strict=True):
            if isinstance(sequence, Value):
                self._read_from[element] = sequence
                self._hints.setdefault(element, self._element_hint(sequence))

    def _element_hint(self, sequence: Value) -> str:
        """What was written into a sequence is read from it under the same name."""
        source = self._sequences.get(sequence)
        return self._name_of_source(source) if source is not None else "element"

    def _name_of_source(self, source: Value) -> str:
        """What is written into a sequence, by name; empty where that is a sequence without a name."""
        return identifier(source.name) or source.hint or ("" if is_sequence(source) else self._describe(source))

    def _gather(self, body: list[Statement]) -> None:
        """Updates, then what arms yield, so that a chain of updates is one variable or not as a whole."""
        self._gather_updates(body)
        self._gather_yields(body)

    def _gather_updates(self, body: list[Statement]) -> None:
        """Last to first: what a value becomes is known when it is decided whether it keeps a variable of its own."""
        for statement in reversed(body):
            match statement:
                case Compute(op) if self._in_place(op):
                    self._gather_update(op, self._ranges.position[statement])
                case Branch(_, then, orelse):
                    self._gather_updates(orelse)
                    self._gather_updates(then)
                case Repeat(_, _, inside):
                    self._gather_updates(inside)

    def _gather_yields(self, body: list[Statement]) -> None:
        for statement in reversed(body):
            match statement:
                case Copy(result, source):
                    self._gather_yield(result, source)
                case Move(pairs):
                    for result, source in pairs:
                        self._gather_yield(result, source)
                case Branch(_, then, orelse):
                    self._gather_yields(orelse)
                    self._gather_yields(then)
                case Repeat(_, test, inside):
                    self._gather_yields(inside)
                    self._gather_yields(test)

    def _gather_update(self, op: Op, position: int) -> None:
        operand, result = op.operands[op.into or 0], op.results[0]
        assert isinstance(operand, Value)
        operand = self._statements.plan.variable(operand)
        if self._ranges.is_read_after(operand, position):
            raise AssertionError(f"{op.prim.name} overwrites {operand.name or 'a value'}, which is read later")
        if self._statements.plan.reads[operand] != 1 and not self._reads_as_one(operand, result):
            return
        before = [(start, end - (end == position)) for start, end in self._range[self._root(operand)]]
        if not overlap(before, self._range[self._root(result)]):
            self._join(operand, result)

    def _reads_as_one(self, operand: Value, result: Value) -> bool:
        """Whether a value that is read before it is overwritten may keep its name: a new name deserves an own line."""
        names = {v.name for v in self._group(result) if v.name}
        if operand.name:
            return not names or operand.name in names
        return not names or self._sweep(operand) == self._sweep(result)

    def _gather_yield(self, result: Value, source: Atom) -> None:
        if not isinstance(source, Value) or source in self._statements.plan.nested:
            return
        if overlap(self._range[self._root(result)], self._range[self._root(source)]):
            return
        names = {v.name for v in (*self._group(result), *self._group(source)) if v.name}
        if len(names) <= 1 and not (source in self._fixed and result.name != source.name):
            self._join(source, result)

    def _group(self, value: Value) -> list[Value]:
        return self._members[self._root(value)]

    def _join(self, a: Value, b: Value) -> None:
        a, b = self._root(a), self._root(b)
        if a is b:
            return
        if b in self._fixed:
            a, b = b, a
        self._parent[b] = a
        self._members[a] += self._members.pop(b)
        self._range[a] = joined(self._range[a] + self._range.pop(b))

    def _root(self, value: Value) -> Value:
        root = value = self._statements.plan.variable(value)
        while root in self._parent:
            root = self._parent[root]
        while value is not root:
            self._parent[value], value = root, self._parent[value]
        return root

    # Names.

    def _assign(self, params: Iterable[Value]) -> None:
        for value, name in self._fixed.items():
            self._take(self._root(value), name)
        order = {value: k for k, value in enumerate([*params, *self._definition])}
        groups = [root for root in self._members if root not in self._name]
        for root in sorted(groups, key=lambda r: (self._range[r][0], order.get(r, -1))):
            self._take(root, self._free_name(root, self._hint(root)))

    def _take(self, root: Value, name: str) -> None:
        self._name[root] = name
        occupied = self._occupied.setdefault(name, [])
        for interval in self._range[root]:
            insort(occupied, interval)

    def _free_name(self, root: Value, hint: str) -> str:
        name, count = hint, 1
        if not self._is_free(root, hint) and (second := self._second_hint(root)):
            name = hint = second
        while not self._is_free(root, name):
            count += 1
            name = f"{hint}_" if count == 2 and hint in RESERVED else f"{hint}_{count}"
        return name

    def _is_free(self, root: Value, name: str) -> bool:
        return name not in self._taken and not overlap(self._range[root], self._occupied.get(name, []))

    def _hint(self, root: Value) -> str:
        members = sorted(self._members[root], key=lambda v: self._ranges.of[v][0])
        if any(v in self._sequences for v in members):
            return self._plural(members)
        unpacked = [self._hints.get(v, "") for v in members if self._is_unpacked(v)]
        if any(unpacked):
            return next(filter(None, unpacked))
        named = [v for v in members if identifier(v.name)]
        primal = [v for v in named if self._sweep(v) == "primal"]
        if named:
            return identifier((primal or named)[0 if primal else -1].name)
        hinted = [identifier(self._hints[v]) for v in members if v in self._hints]
        first_sweep = [v for v in members if self._sweep(v) == "primal"] or members
        hinted += [v.hint for v in reversed(first_sweep)]
        return next(filter(None, hinted), "") or self._describe(first_sweep[-1])

    def _plural(self, members: list[Value]) -> str:
        """A name for a sequence: its own, or after its elements: `hs`, or `h_saved` if a trip found them."""
        record = next(v for v in members if v in self._sequences)
        source = self._sequences[record]
        name = identifier(source.name) or identifier(record.name) or self._name_of_source(source)
        if not name:
            return "saved"
        if identifier(record.name) not in ("", name):
            return identifier(record.name)
        if name.endswith("_saved"):
            return f"{name.removesuffix('_saved')}_tapes"
        if name == source.hint:
            return name
        inner = any(v in members for v in self._sequences.values())
        short = (
            (len(name) <= LONGEST_PLURAL or not source.name)
            and not name.endswith("s")
            and not is_sequence(source)
            and (inner or not self._is_found(source))
        )
        return f"{name}s" if short else f"{name}_saved"

    def _is_found(self, source: Value) -> bool:
        """Whether a trip finds a value when it begins."""
        return source in self._definition and source not in self._definition[source].results

    def _second_hint(self, root: Value) -> str:
        """Another name for what a trip found and is read again, where its own is still needed for what came after."""
        for value in self._members[root]:
            sequence = self._read_from.get(value)
            source = self._sequences.get(sequence) if sequence is not None else None
            if source is not None and self._is_found(source) and (name := identifier(source.name)):
                return f"{name}_before"
        return ""

    def _is_unpacked(self, value: Value) -> bool:
        """Whether it comes out of a tape: it is then called as it was when it went in."""
        return value in self._definition and self._definition[value].prim is UNPACK

    def _sweep(self, value: Value) -> str:
        return self._definition[value].sweep if value in self._definition else "primal"

    def _describe(self, value: Value) -> str:
        """A name for what nobody named, after what it is."""
        if is_sequence(value):
            return "saved"
        return describe(self.definition(value), value, self._short_name)

    def _short_name(self, operand: Value) -> str:
        return self.of(operand) if self._root(operand) in self._name else ""
