"""Random programs: running what is emitted equals interpreting the IR, bit for bit.

Programs are straight lines with nested conditionals, views, and updates in place wherever the operand's memory is dead
afterwards. Values are shared, named alike, and named after builtins, so that names and nesting are under stress.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Literal

import numpy as np
from emit.support import UNDEFINED, Writer, array, check, prim, program
from hypothesis import given, settings
from hypothesis import strategies as st

from pullback.ir.core import Atom, Block, Function, Op, Value, free_values
from pullback.ir.regions import IF, LOOPS, Loop
from pullback.ir.types import FLOAT, INT, Seq, Type, is_array
from pullback.primitives.expr import Expr
from pullback.primitives.families.indexing import Hole, Index, Slice

MATRIX, VECTOR = array(3, 3), array(3)
NAMES = ["", "", "", "x", "h", "h", "z_bar", "sum", "lambda", "np"]


def unary(names: list[str]) -> list[Callable[[Any], Any]]:
    return [prim(n) for n in names]


MATRIX_OPS: list[Callable[[Any], Any]] = [
    *unary(["exp", "tanh", "negative", "absolute"]),
    lambda x: prim("transpose")(x, axes=None),
    lambda x: prim("maximum")(x, 0.5),
    lambda x: 2.0 * x,
    lambda x: x - 1,
]
PAIR_OPS: list[Callable[[Any, Any], Any]] = [
    lambda a, b: a + b,
    lambda a, b: a * b,
    lambda a, b: a - b,
    lambda a, b: a @ b,
    prim("minimum"),
]


KINDS = ["matrix", "pair", "mixed", "reduce", "read", "number", "scatter", "write", "copy", "branch", "loop", "loop"]


@dataclass
class Written:
    """What a loop of `trips` trips wrote. `count` is the sequence of trip counts where the elements are sequences."""

    trips: Expr
    record: Expr
    bounds: tuple[Any, Any, Any] | None = None
    count: Expr | None = None


@dataclass
class Generator:
    """Draws one function; `scopes` has, innermost last, the values that may be read."""

    random: Random
    writer: Writer
    scopes: list[list[Expr]] = field(default_factory=list)
    written: list[list[Written]] = field(default_factory=lambda: [[]])

    def of(self, wanted: Any) -> list[Expr]:
        return [e for scope in self.scopes for e in scope if e.type == wanted]

    def pick(self, wanted: Any) -> Expr:
        candidates = self.of(wanted)
        return self.random.choice(candidates[-5:])

    def add(self, pen: Any) -> None:
        name = self.random.choice(NAMES)
        if isinstance(pen, Expr) and isinstance(pen.atom, Value):
            named = self.writer.named(name, pen) if name else pen
            self.scopes[-1].append(named)

    def step(self, depth: int) -> None:
        kind = self.random.choice(KINDS)
        sweep: Literal["primal", "adjoint"] = "primal" if self.random.random() < 0.5 else "adjoint"
        with self.writer.at(self.random.randint(1, 4), sweep):
            match kind:
                case "matrix":
                    apply: Callable[[Any], Any] = self.random.choice(MATRIX_OPS)
                    self.add(apply(self.pick(MATRIX)))
                case "pair":
                    self.add(self.random.choice(PAIR_OPS)(self.pick(MATRIX), self.pick(MATRIX)))
                case "mixed":
                    self.add(self.pick(MATRIX) * self.pick(self.random.choice([VECTOR, FLOAT])))
                case "reduce":
                    self.add(prim("sum")(self.pick(MATRIX), axis=self.random.choice([0, 1]), keepdims=False))
                case "read":
                    self.add(prim("getitem")(self.pick(MATRIX), index=Index((self.random.randint(0, 2),))))
                case "number":
                    a, b = self.pick(FLOAT), self.pick(FLOAT)
                    self.add(self.random.choice([a + b, a * b, -a, a - 2.0]))
                case "scatter":
                    index = Index((Slice(0, 1, None),))
                    self.add(prim("index_add")(self.pick(MATRIX), self.pick(VECTOR), index=index))
                case "write":
                    row = self.random.choice([0, 2, self.pick(INT)])
                    index = Index((Hole() if isinstance(row, Expr) else row,))
                    value = self.pick(self.random.choice([VECTOR, FLOAT]))
                    holes = [row] if isinstance(row, Expr) else []
                    self.add(prim("setitem")(self.pick(MATRIX), value, *holes, index=index))
                case "copy":
                    self.add(prim("copy")(self.pick(MATRIX)))
                case "branch" if depth < 2:
                    self.branch(depth)
                case "loop" if depth < 3:
                    self.loop(depth)

    def branch(self, depth: int) -> None:
        types: list[Type] = self.random.choices([MATRIX, VECTOR, FLOAT], k=self.random.randint(1, 3))

        def arm() -> list[Any]:
            self.scopes.append([])
            self.written.append([])
            for _ in range(self.random.randint(0, 4)):
                self.step(depth + 1)
            yields = [self.pick(t) for t in types]
            self.scopes.pop()
            self.written.pop()
            return yields

        condition = self.pick(FLOAT) > self.pick(FLOAT)
        names = self.random.choices(NAMES, k=len(types))
        out = self.writer.branch(condition, arm, arm, types, names)
        self.scopes[-1] += out if isinstance(out, list) else [out]

    def loop(self, depth: int) -> None:
        random = self.random
        types: list[Type] = random.choices([MATRIX, MATRIX, VECTOR, FLOAT], k=random.randint(0, 3))
        names = random.choices(NAMES, k=len(types))
        initial = [
            (n, UNDEFINED if random.random() < 0.05 else self.pick(t), t) for n, t in zip(names, types, strict=True)
        ]
        known = [w for scope in self.written for w in scope]
        source = random.choice(known[-3:]) if known and random.random() < 0.7 else None
        sequences = [] if source is None else [w for w in known if w.trips is source.trips and random.random() < 0.8]
        reverse = random.random() < 0.5
        lists = [("", w.record) for w in sequences] + [("", w.count) for w in sequences if w.count is not None]
        is_while = source is None and random.random() < 0.4
        out_types: list[Type] = random.choices([MATRIX, VECTOR, FLOAT], k=random.randint(0, 2))
        nested: list[Written] = []
        is_left = not sequences and random.random() < 0.4

        def trip(index: Any, carried: list[Expr], elements: list[Expr]) -> Any:
            self.scopes.append([c for c, (_, s, _) in zip(carried, initial, strict=True) if s is not UNDEFINED])
            self.scopes[-1].append(index)
            self.written.append([])
            rest = elements[len(sequences) :]
            for w, element in zip(sequences, elements[: len(sequences)], strict=True):
                if w.count is not None:
                    self.written[-1].append(Written(rest.pop(0), element))
                else:
                    self.scopes[-1].append(element)
            for _ in range(random.randint(1, 5)):
                self.step(depth + 1)
            for element in (e for e in elements if e.type in (MATRIX, VECTOR, FLOAT)):
                self.add(self.pick(MATRIX) * element)
                self.add(0.5 * element)
            following: list[Any] = [self.pick(t) for t in types]
            following = [c if random.random() < 0.1 else f for c, f in zip(carried, following, strict=True)]
            out: list[Any] = [self.pick(t) for t in out_types]
            inner = [w for w in self.written[-1] if w.count is None and not is_seq_of_seq(w) and random.random() < 0.7]
            nested.extend(inner)
            leave: Any = False
            if is_left:
                leave = self.pick(FLOAT) > self.pick(FLOAT)
                if types and random.random() < 0.6:
                    early = tuple(following)
                    results = self.writer.branch(leave, lambda: early, lambda: self.late(types, depth), types, names)
                    following = results if isinstance(results, list) else [results]
            self.scopes.pop()
            self.written.pop()
            return leave, following, [*out, *(w.record for w in inner), *(w.trips for w in inner)]

        written = LazyTypes(out_types, nested)
        if is_while:
            limit = random.randint(0, 3)
            outs = self.writer.while_(
                lambda k, *rest: self.goes_on(k, limit),
                lambda k, *rest: counted(k, trip(k, list(rest[: len(types)]), list(rest[len(types) :]))),
                [("k", 0, INT), *initial],
                lists,
                written,
            )
            trips, (_, *finals), records = outs
            bounds = None
        else:
            bounds = random.choice([(0, 3, 1), (1, 3, 1), (2, -1, -1), (0, 3, 2), (0, 0, 1), (0, self.pick(INT), 1)])
            if source is not None:
                bounds = source.bounds if source.bounds is not None and random.random() < 0.5 else (0, source.trips, 1)
            trips, finals, records = self.writer.for_(
                bounds,
                lambda i, *rest: trip(i, list(rest[: len(types)]), list(rest[len(types) :])),
                initial,
                lists,
                written,
                reverse=reverse,
            )
        if random.random() < 0.3:
            self.scopes[-1].append(0.5 * trips)
        self.scopes[-1] += [r for r, (_, s, _) in zip(finals, initial, strict=True) if s is not UNDEFINED]
        bounds = None if is_left else bounds
        plain = records[: len(out_types)]
        self.written[-1] += [Written(trips, record, bounds) for record in plain]
        lists_, counts = records[len(out_types) :][: len(nested)], records[len(out_types) + len(nested) :]
        self.written[-1] += [Written(trips, r, bounds, c) for r, c in zip(lists_, counts, strict=True)]

    def goes_on(self, k: Expr, limit: int) -> Expr:
        """A test that is one expression, or takes a line of its own before."""
        if self.random.random() < 0.6:
            return k < limit
        return self.writer.named(self.random.choice(NAMES), 2 * k) < 2 * limit

    def late(self, types: list[Type], depth: int) -> tuple[Any, ...]:
        """An arm that goes on after a `break`."""
        self.scopes.append([])
        self.written.append([])
        for _ in range(self.random.randint(0, 2)):
            self.step(depth + 1)
        yields = tuple(self.pick(t) for t in types)
        self.scopes.pop()
        self.written.pop()
        return yields


def counted(k: Expr, trip: Any) -> Any:
    leave, following, out = trip
    return leave, [k + 1, *following], out


def is_seq_of_seq(w: Written) -> bool:
    t = w.record.type
    return isinstance(t, Seq) and isinstance(t.element, Seq)


class LazyTypes:
    """The types of what is written are known when the body has been."""

    def __init__(self, plain: list[Type], nested: list[Written]) -> None:
        self.plain = plain
        self.nested = nested

    def __iter__(self) -> Any:
        types = [*self.plain, *(w.record.type for w in self.nested), *(INT for _ in self.nested)]
        return iter([("", t) for t in types])


def random_function(seed: int, size: int) -> Function:
    random = Random(seed)
    writer = Writer("f", x=MATRIX, h=MATRIX, b=VECTOR, s=FLOAT, t=FLOAT, n=INT)
    generator = Generator(random, writer, [[writer[n] for n in writer.params]])
    for _ in range(size):
        generator.step(0)
    results = [generator.pick(random.choice([MATRIX, MATRIX, VECTOR, FLOAT])) for _ in range(random.randint(2, 6))]
    return updating(writer.function(*results), random)


def updating(fn: Function, random: Random) -> Function:
    """Let operations take over memory wherever that is legal: the operand was computed in the same block or is carried
    by the loop around it, and neither it nor anything that may share its memory is read later, or in a later trip."""
    aliases: dict[Value, set[Value]] = {}

    def join(a: Atom, b: Atom) -> None:
        if isinstance(a, Value) and isinstance(b, Value):
            joint = aliases.setdefault(a, {a}) | aliases.setdefault(b, {b})
            for value in joint:
                aliases[value] = joint

    def connect(block: Block) -> None:
        for op in block.ops:
            for inner in op.blocks:
                connect(inner)
                if op.prim not in LOOPS:
                    for yielded, result in zip(inner.results, op.results, strict=True):
                        join(yielded, result)
            if op.prim in LOOPS:
                loop = Loop(op)
                for atoms in (loop.initial, loop.next, loop.final, *(t.params for t in op.blocks[:-1])):
                    for atom, param in zip(atoms, loop.carried, strict=True):
                        join(atom, param)
                atoms, values = (*loop.sequences, *loop.written), (*loop.elements, *loop.records)
                for atom, value in zip(atoms, values, strict=True):
                    join(atom, value)
            if op.prim.view != "never":
                join(op.operands[0], op.results[0])

    def visit(block: Block, outer_live: set[Value], allowed: set[Value]) -> Block:
        ops: list[Op] = []
        live = outer_live | {r for r in block.results if isinstance(r, Value)}
        here = {r for op in block.ops for r in op.results if op.prim is not IF} | allowed
        for op in reversed(block.ops):
            reads = {o for o in op.operands if isinstance(o, Value)}
            free = {v for inner in op.blocks for v in free_values(inner)}
            if op.prim in LOOPS:
                loop = Loop(op)
                after = live - set(op.results)
                owned = {v for v in here - after - free if op.operands.count(v) < 2}
                body = visit(op.blocks[-1], after | free, owned | {*loop.carried, *loop.final})
                new = replace(op, blocks=(*op.blocks[:-1], body))
            else:
                new = replace(op, blocks=tuple(visit(inner, set(live), set()) for inner in op.blocks))
            for k, operand in enumerate(op.operands):
                if not isinstance(operand, Value) or operand not in here or len(op.results) != 1 or op.blocks:
                    continue
                shared = aliases.get(operand, {operand})
                if shared - here or shared & (live - {op.result}) or any(isinstance(v.type, Seq) for v in shared):
                    continue
                if not is_array(operand.type) or op.result.type != operand.type:
                    continue
                others = [o for j, o in enumerate(op.operands) if j != k]
                if op.prim.name in ("index_add", "setitem") and (k != 0 or any(o in shared for o in others)):
                    continue
                if op.prim.kind != "region" and op.prim.view == "never" and random.random() < 0.8:
                    new = replace(new, into=k)
                    join(operand, op.result)
                    break
            ops.append(new)
            live -= set(op.results)
            live |= reads | free
        return Block(block.params, tuple(reversed(ops)), block.results)

    connect(fn.block)
    return replace(fn, block=visit(fn.block, set(), set()))


ARGUMENTS = (
    np.arange(9.0).reshape(3, 3) / 7 - 0.5,
    np.cos(np.arange(9.0)).reshape(3, 3),
    np.array([0.25, -1.5, 2.0]),
    0.75,
    -1.25,
    2,
)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_running_what_is_emitted_equals_interpreting(seed: int, size: int) -> None:
    fn = random_function(seed, size)
    with np.errstate(all="ignore"):
        check(program(fn), *ARGUMENTS, tidy=False)
        check(program(fn), *ARGUMENTS[:3], -2.0, 0.5, 1, tidy=False)
