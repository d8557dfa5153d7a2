"""What a program keeps from its forward sweep for its backward sweep, and which statement of the backward wants it.

Kept are what a loop writes down trip by trip, what a callee's forward puts on its tape, and what the adjoint sweep of
the same function reads. Arguments are not counted: they are there anyway.
"""

from __future__ import annotations

import linecache
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Literal

from pullback.ir.core import Block, Function, Loc, Module, Op, Value, walk
from pullback.ir.regions import IF, LOOPS, PACK, UNPACK, Loop
from pullback.ir.types import Array, Scalar, Seq, Shape, Tape, Type
from pullback.records import dataclass

Often = Literal["once", "per trip", "per call"]
_SCALARS = {"bool": 1, "int": 8, "float": 8, "complex": 16}


@dataclass(frozen=True, slots=True)
class Saved:
    """One value that is kept for the backward.

    name        what the generated code calls it: a variable, or the list that it is appended to
    function    the generated function that computes it
    line        of the user's source, where it is computed
    size        bytes each time: a number, or an expression of the sizes of the arguments; "?" for what they do not say
    often       once, per trip of the loop that appends it, or per call of the function whose tape holds it
    reader      the statement whose derivative reads it
    reader_line the line of that statement
    """

    name: str
    function: str
    line: int | None
    size: str
    often: Often
    reader: str
    reader_line: int | None


class SavedReport(tuple[Saved, ...]):
    """What is kept for the backward, in the order in which it is computed; prints as a table."""

    __slots__ = ()

    def __str__(self) -> str:
        if not self:
            return "Nothing is saved for the backward."
        head = ("saved", "in", "line", "bytes", "", "because its derivative reads it")
        rows = [
            (s.name, s.function, _text(s.line), s.size, s.often, f"{_text(s.reader_line)}: {s.reader}") for s in self
        ]
        widths = [max(len(row[k]) for row in (head, *rows)) for k in range(len(head) - 1)]
        lines = [
            "  ".join((*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[-1])) for row in (head, *rows)
        ]
        return "\n".join(line.rstrip() for line in lines)


def _text(line: int | None) -> str:
    return "" if line is None else str(line)


def saved_values(module: Module, names: Mapping[Value, str]) -> SavedReport:
    """What the functions of a differentiated module keep.

    Args:
        module: differentiated; it computes value and gradient.
        names: the variables of the generated code.
    """
    readers = _Readers(module)
    found: list[Saved] = []
    for fn in module.functions.values():
        for value, often in _kept(fn):
            reader = next(iter(readers.of(value)), None)
            name = names.get(value, "") or value.name
            if reader is None or not name:
                continue  # nobody reads it, or it is computed where it is read
            kept = value.type.element if isinstance(value.type, Seq) else value.type
            line = value.loc.line if value.loc is not None else None
            text = _statement(reader)
            found.append(Saved(name, fn.name, line, size_of(kept), often, text, reader.line))
    return SavedReport(found)


def size_of(t: Type) -> str:
    """The bytes of a value, in terms of the sizes of the arguments.

    >>> import numpy as np
    >>> from pullback.ir.types import Sym
    >>> size_of(Array(np.dtype(float), (Sym("n"), 3)))
    '24*n'
    """
    match t:
        case Array(dtype, dims) if dtype is not None and dims is not None:
            count, symbols = dtype.itemsize, []
            for dim in dims:
                if isinstance(dim, int):
                    count *= dim
                else:
                    symbols.append("?" if "?" in dim.name else dim.name if dim.name.isidentifier() else f"({dim.name})")
            return "*".join([str(count), *symbols])
        case Scalar(kind):
            return str(_SCALARS[kind])
        case Shape(dims):
            return "?" if dims is None else str(8 * len(dims))
        case Tape():
            return "its own"
    return "?"


def _statement(loc: Loc) -> str:
    return linecache.getline(loc.file, loc.statement[0]).strip()


def _kept(fn: Function) -> Iterator[tuple[Value, Often]]:
    """What a function keeps: written by its loops, packed, or left for its own adjoint sweep."""
    adjoint = {v for op in fn.block.ops if op.sweep == "adjoint" for v in _reads(op)}
    for op in fn.block.ops:
        if op.prim is PACK:
            operands = [o for o in op.operands if isinstance(o, Value)]
            yield from ((v, "per call") for v in operands if not isinstance(v.type, Seq))
        elif op.sweep == "primal":
            yield from ((r, "per trip") for inner in _around(op) if inner.prim in LOOPS for r in _written(inner))
            yield from ((r, "once") for r in op.results if r in adjoint and not isinstance(r.type, Seq))


def _written(op: Op) -> list[Value]:
    """The sequences of a loop that do not hold the sequences of a loop inside."""
    return [r for r in Loop(op).records if isinstance(r.type, Seq) and not isinstance(r.type.element, Seq)]


def _around(op: Op) -> Iterator[Op]:
    yield op
    for block in op.blocks:
        yield from walk(block)


def _reads(op: Op) -> Iterator[Value]:
    for inner in _around(op):
        yield from (o for o in inner.operands if isinstance(o, Value))
        for block in inner.blocks:
            yield from (r for r in block.results if isinstance(r, Value))


class _Readers:
    """Which adjoint operations read a value, through sequences, tapes, and what regions hand on."""

    def __init__(self, module: Module) -> None:
        self._direct: defaultdict[Value, list[Loc]] = defaultdict(list)
        self._handed: defaultdict[Value, list[Value]] = defaultdict(list)
        self._unpacked = {
            op.attrs["pair"]: op.results for fn in module.functions.values() for op in fn.block.ops if op.prim is UNPACK
        }
        for fn in module.functions.values():
            self._visit(fn.block)

    def of(self, value: Value) -> list[Loc]:
        """Where in the user's source the readers of a value stem from, the first of the forward first."""
        found: list[Loc] = []
        seen, waiting = {value}, [value]
        while waiting:
            current = waiting.pop()
            found += self._direct[current]
            fresh = [v for v in self._handed[current] if v not in seen]
            seen.update(fresh)
            waiting += fresh
        return sorted(found, key=lambda loc: (loc.line, loc.column))

    def _visit(self, block: Block) -> None:
        for op in block.ops:
            for k, operand in enumerate(op.operands):
                if isinstance(operand, Value):
                    self._read(op, k, operand)
            for inner in op.blocks:
                self._visit(inner)
            if op.prim is IF:
                for arm in op.blocks:
                    self._hand(arm.results, op.results)
            if op.prim in LOOPS:
                loop = Loop(op)
                self._hand(loop.next, loop.final)
                self._hand(loop.written, loop.records)

    def _read(self, op: Op, k: int, operand: Value) -> None:
        if op.prim in LOOPS:
            loop = Loop(op)
            if k >= len(loop.bounds):
                self._handed[operand].append((*loop.carried, *loop.elements)[k - len(loop.bounds)])
                return
        if op.prim is PACK:
            results = self._unpacked.get(op.attrs["pair"], ())
            if k < len(results):
                self._handed[operand].append(results[k])
        elif op.sweep == "adjoint" and op.loc is not None:
            self._direct[operand].append(op.loc)

    def _hand(self, given: tuple[object, ...], results: tuple[Value, ...]) -> None:
        for atom, result in zip(given, results, strict=True):
            if isinstance(atom, Value):
                self._handed[atom].append(result)
