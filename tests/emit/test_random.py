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
from emit.support import Writer, array, check, prim, program
from hypothesis import given, settings
from hypothesis import strategies as st

from pullback.ir.core import Atom, Block, Function, Op, Value, free_values
from pullback.ir.types import FLOAT, Type, is_array
from pullback.primitives.expr import Expr
from pullback.primitives.indexing import Index, Slice

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


@dataclass
class Generator:
    """Draws one function; `scopes` has, innermost last, the values that may be read."""

    random: Random
    writer: Writer
    scopes: list[list[Expr]] = field(default_factory=list)

    def of(self, wanted: Any) -> list[Expr]:
        return [e for scope in self.scopes for e in scope if e.type == wanted]

    def pick(self, wanted: Any) -> Expr:
        candidates = self.of(wanted)
        return self.random.choice(candidates[-8:])

    def add(self, pen: Any) -> None:
        name = self.random.choice(NAMES)
        if isinstance(pen, Expr) and isinstance(pen.atom, Value):
            named = self.writer.named(name, pen) if name else pen
            self.scopes[-1].append(named)

    def step(self, depth: int) -> None:
        kind = self.random.choice(["matrix", "pair", "mixed", "reduce", "read", "number", "scatter", "branch"])
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
                case "branch" if depth < 2:
                    self.branch(depth)

    def branch(self, depth: int) -> None:
        types: list[Type] = self.random.choices([MATRIX, VECTOR, FLOAT], k=self.random.randint(1, 3))

        def arm() -> list[Any]:
            self.scopes.append([])
            for _ in range(self.random.randint(0, 4)):
                self.step(depth + 1)
            yields = [self.pick(t) for t in types]
            self.scopes.pop()
            return yields

        condition = self.pick(FLOAT) > self.pick(FLOAT)
        names = self.random.choices(NAMES, k=len(types))
        out = self.writer.branch(condition, arm, arm, types, names)
        self.scopes[-1] += out if isinstance(out, list) else [out]


def random_function(seed: int, size: int) -> Function:
    random = Random(seed)
    writer = Writer("f", x=MATRIX, h=MATRIX, b=VECTOR, s=FLOAT, t=FLOAT)
    generator = Generator(random, writer, [[writer[n] for n in writer.params]])
    for _ in range(size):
        generator.step(0)
    results = [generator.pick(random.choice([MATRIX, MATRIX, VECTOR, FLOAT])) for _ in range(random.randint(1, 4))]
    return updating(writer.function(*results), random)


def updating(fn: Function, random: Random) -> Function:
    """Let operations take over memory wherever that is legal: the operand was computed in the same block, and neither
    it nor anything that may share its memory is read later."""
    aliases: dict[Value, set[Value]] = {}

    def join(a: Atom, b: Value) -> None:
        if isinstance(a, Value):
            joint = aliases.setdefault(a, {a}) | aliases.setdefault(b, {b})
            for value in joint:
                aliases[value] = joint

    def connect(block: Block) -> None:
        for op in block.ops:
            for inner in op.blocks:
                connect(inner)
                for yielded, result in zip(inner.results, op.results, strict=True):
                    join(yielded, result)
            if op.prim.view != "never":
                join(op.operands[0], op.results[0])

    def visit(block: Block, outer_live: set[Value]) -> Block:
        ops: list[Op] = []
        live = outer_live | {r for r in block.results if isinstance(r, Value)}
        here = {r for op in block.ops for r in op.results if not op.blocks}
        for op in reversed(block.ops):
            reads = {o for o in op.operands if isinstance(o, Value)}
            new = replace(op, blocks=tuple(visit(inner, set(live)) for inner in op.blocks))
            for k, operand in enumerate(op.operands):
                if not isinstance(operand, Value) or operand not in here or len(op.results) != 1:
                    continue
                shared = aliases.get(operand, {operand})
                foreign = shared - here
                if foreign or shared & live or not is_array(operand.type) or op.result.type != operand.type:
                    continue
                if op.prim.name == "index_add" and (k != 0 or op.operands[1] in shared):
                    continue
                if op.prim.kind != "region" and op.prim.view == "never" and random.random() < 0.8:
                    new = replace(new, into=k)
                    join(operand, op.result)
                    break
            ops.append(new)
            live -= set(op.results)
            live |= reads
            for inner in op.blocks:
                live |= set(free_values(inner))
        return Block(block.params, tuple(reversed(ops)), block.results)

    connect(fn.block)
    return replace(fn, block=visit(fn.block, set()))


ARGUMENTS = (
    np.arange(9.0).reshape(3, 3) / 7 - 0.5,
    np.cos(np.arange(9.0)).reshape(3, 3),
    np.array([0.25, -1.5, 2.0]),
    0.75,
    -1.25,
)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_running_what_is_emitted_equals_interpreting(seed: int, size: int) -> None:
    fn = random_function(seed, size)
    with np.errstate(all="ignore"):
        check(program(fn), *ARGUMENTS, tidy=False)
        check(program(fn), *ARGUMENTS[:3], -2.0, 0.5, tidy=False)
