"""Live ranges: where in the text each value is still needed.

A range is a sorted list of half-open intervals of positions; it has holes where the value is not needed, as in the
other arm of a conditional. Two values may share a variable when their ranges do not overlap.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from pullback.emit.statements import Branch, Compute, Copy, Repeat, Statement, Statements
from pullback.ir.core import Value

Interval = tuple[int, int]
Range = list[Interval]


class Ranges:
    """The live range of each value of a function, and the position of each statement."""

    def __init__(self, statements: Statements, body: list[Statement], params: Iterable[Value]) -> None:
        self.of: dict[Value, Range] = {}
        self.position: dict[Statement, int] = {}
        self._ends: dict[Branch | Repeat, tuple[int, int]] = {}
        self._statements = statements
        self._count = 0
        self._number(body)
        live = _Live(None, self._count)
        self._walk(body, live)
        for param in params:
            self._open(param, 0, live.last_reads.pop(param, 1))
        for value, intervals in self.of.items():
            self.of[value] = joined(intervals)

    def is_read_after(self, value: Value, position: int) -> bool:
        """Whether a value that is read at a position is needed after it."""
        return any(start < position < end for start, end in self.of[value])

    def _number(self, body: list[Statement]) -> None:
        for statement in body:
            self._count += 2
            self.position[statement] = self._count
            if isinstance(statement, Branch):
                self._number(statement.then)
                self._count += 2
                then_end = self._count
                self._number(statement.orelse)
                self._count += 2
                self._ends[statement] = then_end, self._count
            if isinstance(statement, Repeat):
                self._number(statement.test)
                self._count += 2
                start = self._count
                self._number(statement.body)
                self._count += 2
                self._ends[statement] = start, self._count

    def _walk(self, body: list[Statement], live: _Live) -> None:
        """Visit statements last to first; `live` has, for each value that is read later, where its last read is."""
        for statement in reversed(body):
            position = self.position[statement]
            if isinstance(statement, Branch):
                self._branch(statement, position, live)
            elif isinstance(statement, Repeat):
                self._repeat(statement, position, live)
            elif isinstance(statement, Copy):
                self._open(statement.result, position, live.end)
            else:
                early = isinstance(statement, Compute) and self._statements.plan.defines_early(statement.op)
                for value in self._statements.definitions(statement):
                    self._open(value, position - early, live.last_reads.pop(value, position + 1))
            for value in self._statements.reads(statement):
                live.read(value, position)

    def _branch(self, branch: Branch, position: int, live: _Live) -> None:
        then_end, else_end = self._ends[branch]
        moves = [value for value in branch.moves if value in live.last_reads]
        for result in (*branch.op.results, *moves):
            if result in live.last_reads:
                self._open(result, else_end, live.last_reads.pop(result))
        needed: dict[Value, None] = {}  # into `live` only after both arms: what one of them needs, the other may not
        for body, start, end in ((branch.orelse, then_end, else_end), (branch.then, position, then_end)):
            inner = _Live(live, end)
            inner.last_reads.update(dict.fromkeys(moves, end))
            self._walk(body, inner)
            for value, last in inner.last_reads.items():
                self._open(value, start, last)
                needed[value] = None
        for value in needed:
            live.read(value, position)

    def _repeat(self, repeat: Repeat, position: int, live: _Live) -> None:
        """What is read inside and was computed before is needed until the last trip is over; what is carried, from the
        end of a trip to its last read in the next.
        """
        start, end = self._ends[repeat]
        for param in repeat.carried:
            if param in live.last_reads:
                self._open(param, end, live.last_reads.pop(param))
        inner = _Live(live, end)
        inner.last_reads.update(dict.fromkeys(repeat.carried, end))
        self._walk(repeat.body, inner)
        for value in repeat.bound:
            if value in inner.last_reads:
                self._open(value, start, inner.last_reads.pop(value))
        test = _Live(live, start)
        self._walk(repeat.test, test)
        for param in repeat.carried:
            self._open(param, position, max(start, inner.last_reads.pop(param, start)))
            test.last_reads.pop(param, None)
        for param in repeat.first:
            live.read(param, position)
        for value in (*inner.last_reads, *test.last_reads):
            live.read(value, end)

    def _open(self, value: Value, start: int, end: int) -> None:
        self.of.setdefault(value, []).append((start, max(end, start + 1)))


class _Live:
    """The values that are live somewhere in a list of statements: read later in it, or after the lists around it."""

    def __init__(self, outer: _Live | None, end: int) -> None:
        self.outer = outer
        self.end = end
        self.last_reads: dict[Value, int] = {}

    def read(self, value: Value, position: int) -> None:
        scope: _Live | None = self
        while scope is not None:
            if value in scope.last_reads:
                return
            scope = scope.outer
        self.last_reads[value] = position


def joined(intervals: Range) -> Range:
    """The same positions in sorted, disjoint, maximal intervals."""
    out: Range = []
    for start, end in sorted(intervals):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def overlap(a: Range, b: Range) -> bool:
    """Whether two ranges have a position in common.

    >>> overlap([(0, 4), (8, 9)], [(4, 8)]), overlap([(0, 4)], [(2, 3)])
    (False, True)
    """
    few, many = (a, b) if len(a) <= len(b) else (b, a)
    for start, end in few:
        k = bisect_left(many, (start, start))
        if k < len(many) and many[k][0] < end:
            return True
        if k and many[k - 1][1] > start:
            return True
    return False
