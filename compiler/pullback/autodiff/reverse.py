"""Reverse sweep: a primal block in, the block that computes its cotangents out.

Operations are visited last to first. At every moment `cotangent[v]` holds the sum of the contributions from the uses of
`v` already visited, so it is complete when `v`'s own operation is reached (Griewank and Walther, Evaluating
Derivatives, 2nd ed., section 3.2). An absent cotangent is zero; no array of zeros stands for it. A cotangent has the
type of its value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pullback.analysis.activity import Activity, is_active
from pullback.analysis.record import is_cheap
from pullback.errors import NonDifferentiableError
from pullback.ir.builder import Builder
from pullback.ir.core import UNDEFINED, Atom, Block, Const, Function, Module, Op, Value, free_values
from pullback.ir.regions import CALL, DEFINED, FOR, IF, LOOPS, WHILE, Loop
from pullback.ir.rewrite import rename
from pullback.ir.types import INT, Array, Dims, List, Scalar, Seq, Sym, Tape, dims_of, rank
from pullback.primitives.expr import Expr
from pullback.primitives.kinds import fit, zeros_like
from pullback.primitives.registry import PRIMITIVES

Pair = tuple[str, str]


@dataclass
class Reverse:
    """Differentiates the functions of one module.

    `pairs` maps a callee and the positions of its active operands and results to the names of its forward and
    backward; the caller of this class builds those functions (`pullback.autodiff.calls`). `undefined` are the values
    that may be undefined on some paths; so is their cotangent there.
    """

    module: Module
    activity: Activity
    request_pair: Callable[[str, tuple[int, ...], tuple[int, ...]], Pair]
    undefined: set[Atom]

    def joint(self, fn: Function, wrt: Sequence[int], outputs: Sequence[int], name: str, seeded: bool) -> Function:
        """The function that computes both the results of `fn` and the cotangents of its parameters `wrt`.

        With `seeded`, the one output is a scalar and its cotangent is 1; else the cotangents of the `outputs` are
        further parameters. Results: those of `fn`, then one cotangent per entry of `wrt`.
        """
        active = self.activity.active(fn, wrt, outputs)
        builder = Builder()
        sweep = Sweep(self, builder, active)
        with builder.region() as ops:
            sweep.forward(fn.block)
            seeds: list[Value] = []
            for k in outputs:
                result = fn.results[k]
                if seeded:
                    seed: Atom = Const(1.0)
                else:
                    seed = Value(result.type, f"{getattr(result, 'name', '') or 'out'}_bar", fn.loc)
                    seeds.append(seed)
                if isinstance(result, Value) and result in active:
                    sweep.accumulate(result, Expr(builder, seed))
            with builder.at(fn.loc, "adjoint"):
                sweep.backward(fn.block, {})
                cotangents = tuple(sweep.cotangent_of(fn.params[k]) for k in wrt)
        block = Block((*fn.params, *seeds), tuple(ops), (*fn.results, *cotangents))
        return rename(replace(fn, name=name, block=block, seeds=len(seeds)), sweep.names)


@dataclass
class Sweep:
    """The forward and the backward sweep over one function, and the cotangents in between."""

    context: Reverse
    builder: Builder
    active: set[Value]
    cotangent: dict[Value, Expr] = field(default_factory=dict)
    names: dict[Value, str] = field(default_factory=dict)
    kept: dict[Value, Value] = field(default_factory=dict)  # value of an arm -> result that carries it out
    forwarded: dict[Op, Op] = field(default_factory=dict)

    # The forward sweep: what it computes, and everything an arm defines, is handed out; what the backward does
    # not read is removed as dead code afterwards.

    def forward(self, block: Block) -> None:
        for op in block.ops:
            new = self.forward_op(op) if is_active(op, self.active) else op
            self.forwarded[op] = new
            self.builder.emit(new)

    def forward_op(self, op: Op) -> Op:
        if op.prim is IF:
            return self.forward_if(op)
        if op.prim in LOOPS:
            return self.forward_loop(Loop(op))
        if op.prim is CALL:
            wanted = tuple(k for k, o in enumerate(op.operands) if o in self.active)
            given = tuple(k for k, r in enumerate(op.results) if r in self.active)
            forward, _ = self.context.request_pair(op.attrs["callee"], wanted, given)
            tape = Value(Tape(), f"{op.attrs['callee']}_saved", op.loc)
            return replace(op, attrs={**op.attrs, "callee": forward}, results=(*op.results, tape))
        return op

    def forward_if(self, op: Op) -> Op:
        arms: list[tuple[Block, tuple[Op, ...], list[Value]]] = []
        for arm in op.blocks:
            with self.builder.region() as ops:
                self.forward(arm)
            arms.append((arm, tuple(ops), [r for o in ops for r in o.results]))
        results = list(op.results)
        blocks = []
        for index, (arm, ops_, defined) in enumerate(arms):
            for value in defined:
                self.kept[value] = replace(value)
                results.append(self.kept[value])
            yielded: list[Atom] = list(arm.results)
            for other, (_, _, values) in enumerate(arms):
                yielded += values if other == index else [UNDEFINED] * len(values)
            blocks.append(Block((), ops_, tuple(yielded)))
        return replace(op, results=tuple(results), blocks=tuple(blocks))

    def forward_loop(self, loop: Loop) -> Op:
        """The loop, writing what it carries into each trip and everything that its body defines."""
        with self.builder.region() as ops:
            self.forward(loop.body)
        kept = [*loop.carried, *(r for op in ops for r in op.results)]
        for value in kept:
            self.kept[value] = replace(value, type=Seq(value.type))
        body = Block(loop.body.params, tuple(ops), (*loop.body.results, *kept))
        blocks = (*loop.op.blocks[:-1], body)
        return replace(loop.op, results=(*loop.op.results, *(self.kept[v] for v in kept)), blocks=blocks)

    # The backward sweep. `env` maps the values of the arms that are being reversed to what carried them out.

    def backward(self, block: Block, env: dict[Value, Value]) -> None:
        for op in reversed(block.ops):
            if not is_active(op, self.active) or not any(r in self.cotangent for r in op.results):
                continue
            with self.builder.at(op.loc, "adjoint"):
                if op.prim is IF:
                    self.backward_if(op, env)
                elif op.prim in LOOPS:
                    self.backward_loop(Loop(op), env)
                elif op.prim is CALL:
                    self.backward_call(op, env)
                else:
                    self.backward_op(op, env)

    def backward_op(self, op: Op, env: dict[Value, Value]) -> None:
        if op.prim.vjp is None:
            raise NonDifferentiableError(f"{op.prim.name} has no derivative rule", loc=op.loc)
        given = tuple(self.take(r) for r in op.results)
        results = tuple(self.pen(r, env) for r in op.results)
        g, out = (given, results) if len(given) > 1 else (given[0], results[0])
        operands = tuple(self.pen(o, env) for o in op.operands)
        wanted = tuple(o in self.active for o in op.operands)
        cotangents = op.prim.vjp(g, out, operands, op.attrs, wanted)
        for operand, cotangent in zip(op.operands, cotangents, strict=True):
            if cotangent is not None and isinstance(operand, Value):
                self.accumulate(operand, self.lift(cotangent))

    def backward_call(self, op: Op, env: dict[Value, Value]) -> None:
        wanted = tuple(k for k, o in enumerate(op.operands) if o in self.active)
        given = tuple(k for k, r in enumerate(op.results) if r in self.active)
        _, backward = self.context.request_pair(op.attrs["callee"], wanted, given)
        tape = self.read(self.forwarded[op].results[-1], env)
        seeds = [self.take_or_zero(op.results[k], env) for k in given]
        targets = [op.operands[k] for k in wanted]
        outs = self.builder.append(
            CALL, (tape, *(s.atom for s in seeds)), {"callee": backward}, tuple(t.type for t in targets)
        )
        params = self.context.module.functions[op.attrs["callee"]].params
        for k, target, out in zip(wanted, targets, outs, strict=True):
            assert isinstance(target, Value)
            self.names[out] = f"{target.name or params[k].name}_bar"
            self.hand_back(target, Expr(self.builder, out), env)

    def backward_if(self, op: Op, env: dict[Value, Value]) -> None:
        """The conditional of the reversed arms. What both sides add to is threaded through: an arm yields the
        cotangent so far plus its own contribution, or the cotangent so far.
        """
        seeds = [self.take(r) if r in self.active else None for r in op.results]
        arms: list[tuple[list[Op], dict[Value, Expr]]] = []
        outer = self.cotangent
        for arm in op.blocks:
            inner_env = env | {v: self.read_kept(v, env) for v in _defined(self.forwarded[op], op.blocks.index(arm))}
            self.cotangent = dict(outer)
            with self.builder.region() as ops:
                for seed, yielded in zip(seeds, arm.results, strict=True):
                    if seed is not None and isinstance(yielded, Value) and yielded in self.active:
                        self.hand_back(yielded, seed, inner_env)
                self.backward(arm, inner_env)
            arms.append((ops, self.cotangent))
        self.cotangent = outer
        targets = list(dict.fromkeys(v for _, found in arms for v, g in found.items() if g is not outer.get(v)))
        blocks = []
        for ops, found in arms:
            with self.builder.region(ops):
                yielded_atoms = [
                    (found[target] if target in found else self.zero(target, env)).atom for target in targets
                ]
            blocks.append(Block((), tuple(ops), tuple(yielded_atoms)))
        if not targets:
            return
        outs = self.builder.append(
            IF, (self.read(op.operands[0], env),), {}, tuple(t.type for t in targets), tuple(blocks)
        )
        for target, out in zip(targets, outs, strict=True):
            self.cotangent[target] = Expr(self.builder, out)
            self.call_bar(target, out)

    def backward_loop(self, loop: Loop, env: dict[Value, Value]) -> None:
        """The loop over the same trips in reverse. It carries the cotangents of what the primal loop carries, and those
        of the values around it that its body reads, to which each trip adds.
        """
        forwarded = Loop(self.forwarded[loop.op])
        active = [k for k, param in enumerate(loop.carried) if param in self.active]
        captured = [v for v in free_values(loop.body) if v in self.active]
        outer = self.cotangent
        seeds = [self.narrow(self.take_or_zero(loop.final[k], env), loop.final[k], env) for k in active]
        sums = [self.narrow(outer[v], v, env) if v in outer else self.zero(v, env) for v in captured]
        kept = [*forwarded.carried, *(r for op in forwarded.body.ops for r in op.results)]
        sequences = [self.read_kept(value, env) for value in kept]

        index = Value(INT, loop.index[0].name if loop.index else "", loop.op.loc)
        carried = [replace(loop.carried[k], name=f"{loop.carried[k].name}_bar") for k in active]
        sums_in = [replace(v, name=f"{v.name}_bar" if v.name else "") for v in captured]
        elements = [replace(value) for value in kept]
        inner_env = env | dict(zip(kept, elements, strict=True)) | dict.fromkeys(loop.index, index)

        self.cotangent = {v: Expr(self.builder, s) for v, s in zip(captured, sums_in, strict=True)}
        with self.builder.region() as ops:
            numbers = {p for p in forwarded.carried if rank(p.type) == 0}
            arrays = [v for v in (*carried, *sums_in) if rank(v.type)]
            self.recompute(forwarded.body, inner_env, {*kept, *forwarded.elements} - numbers, arrays)
            for k, g in zip(active, carried, strict=True):
                after = loop.next[k]
                if isinstance(after, Value) and after in self.active:
                    self.accumulate(after, Expr(self.builder, g))
            self.backward(loop.body, inner_env)
            after_trip = [self.carried_cotangent(loop, k, g, inner_env) for k, g in zip(active, carried, strict=True)]
            totals = [self.cotangent[v].atom for v in captured]
        results = (Const(False), *after_trip, *totals)
        body = Block((index, *carried, *sums_in, *elements), tuple(ops), results)
        self.cotangent = outer

        operands = (*self.range_of(loop, env), *(s.atom for s in (*seeds, *sums)), *sequences)
        types = (INT, *(g.type for g in carried), *(s.type for s in sums_in))
        attrs = {"carried": len(carried) + len(sums_in), "reverse": True}
        _, *outs = self.builder.append(FOR, operands, attrs, types, (body,))
        for v, out in zip(captured, outs[len(active) :], strict=True):
            self.cotangent[v] = Expr(self.builder, out)
            self.call_bar(v, out)
        for k, out in zip(active, outs, strict=False):
            start = loop.initial[k]
            self.call_bar(loop.carried[k], out)
            if isinstance(start, Value) and start in self.active:
                self.hand_back(start, Expr(self.builder, out), env)

    def recompute(self, body: Block, env: dict[Value, Value], from_tape: set[Value], at_hand: list[Value]) -> None:
        """Compute again, at the start of a reversed trip, what costs less than reading it back: element reads, shapes,
        and arithmetic on the index, on numbers that are carried, and on what is outside. Unread, it is dead code.
        A shape is asked of a cotangent `at_hand`, where that is known to have it.
        """
        for op in body.ops:
            if op.prim.name in ("shape", "dim", "size") and op.operands[0] in from_tape:
                dims = dims_of(op.operands[0].type)
                if twin := next((v for v in at_hand if is_fixed(dims) and dims_of(v.type) == dims), None):
                    op = replace(op, operands=(twin,))
            if is_cheap(op) and from_tape.isdisjoint(op.operands):
                copy = replace(
                    op,
                    operands=tuple(self.read(o, env) for o in op.operands),
                    results=tuple(replace(r) for r in op.results),
                    sweep="adjoint",
                )
                self.builder.emit(copy)
                env.update(zip(op.results, copy.results, strict=True))
                from_tape.difference_update(op.results)

    def carried_cotangent(self, loop: Loop, k: int, before: Value, env: dict[Value, Value]) -> Atom:
        """The cotangent of what a trip was given; a zero has the shape of the cotangent that came in, if all trips have
        the same, else that of the value.
        """
        param = loop.carried[k]
        g = self.take(param)
        if g is not None:
            return self.narrow(g, param, env).atom
        if is_fixed(dims_of(param.type)) and loop.next[k] not in self.context.undefined:
            return self.zero(before, {}).atom
        return self.zero(param, env).atom

    def range_of(self, loop: Loop, env: dict[Value, Value]) -> tuple[Atom, ...]:
        """The range whose reverse visits the trips that were made, last to first."""
        trips = self.read(self.forwarded[loop.op].results[0], env)
        if loop.op.prim is WHILE:
            return (Const(0), trips, Const(1))
        start, stop, step = (self.read(b, env) for b in loop.bounds)
        if loop.leave == Const(False):
            return (start, stop, step)
        end = Expr(self.builder, start) + Expr(self.builder, trips) * Expr(self.builder, step)
        return (start, end.atom, step)

    # Cotangents.

    def accumulate(self, value: Value, contribution: Expr) -> None:
        before = self.cotangent.get(value)
        self.cotangent[value] = contribution if before is None else self.plus(before, contribution)

    def plus(self, a: Expr, b: Expr) -> Expr:
        return self.lift(PRIMITIVES["list_plus"](a, b) if isinstance(a.type, List) else a + b)

    def hand_back(self, value: Value, g: Expr, env: dict[Value, Value]) -> None:
        """Add the cotangent of what an arm, a loop or a call was handed, which need not be defined on this path."""
        before = self.cotangent.get(value)

        def added() -> Expr:
            contribution = self.lift(fit(g, self.pen(value, env)))
            return contribution if before is None else self.plus(before, contribution)

        self.cotangent[value] = self.where_defined(value, env, added)

    def where_defined(self, value: Value, env: dict[Value, Value], make: Callable[[], Expr]) -> Expr:
        """A cotangent that is made only where its value is defined, and undefined elsewhere."""
        if value not in self.context.undefined:
            return make()
        with self.builder.region() as ops:
            made = make()
        if not ops:
            return made
        is_defined = self.builder.apply(DEFINED, (self.read(value, env),), {})
        arms = (Block((), tuple(ops), (made.atom,)), Block((), (), (UNDEFINED,)))
        (result,) = self.builder.append(IF, is_defined, {}, (made.type,), arms)
        return Expr(self.builder, result)

    def take(self, value: Value) -> Expr | None:
        """The complete cotangent of a value, which gets its name."""
        g = self.cotangent.pop(value, None)
        if g is not None:
            self.call_bar(value, g.atom)
        return g

    def take_or_zero(self, value: Value, env: dict[Value, Value]) -> Expr:
        g = self.take(value)
        return self.zero(value, env) if g is None else g

    def call_bar(self, value: Value, cotangent: Atom) -> None:
        if isinstance(cotangent, Value) and value.name and not cotangent.name:
            self.names.setdefault(cotangent, f"{value.name}_bar")

    def cotangent_of(self, param: Value) -> Atom:
        return self.take_or_zero(param, {}).atom

    def zero(self, value: Value, env: dict[Value, Value]) -> Expr:
        zero = self.where_defined(value, env, lambda: self.lift(zeros_like(self.pen(value, env))))
        return self.narrow(zero, value, env)

    def narrow(self, g: Expr, value: Value, env: dict[Value, Value]) -> Expr:
        """A cotangent that is a Python float in the precision of its value: times a mask, it would widen."""
        dtype = value.type.dtype if isinstance(value.type, Array) else None
        if isinstance(g.type, Scalar) and dtype is not None and dtype != np.float64:
            number = PRIMITIVES[dtype.name]
            return self.where_defined(value, env, lambda: self.lift(number(g)))
        return g

    def lift(self, x: object) -> Expr:
        return x if isinstance(x, Expr) else Expr(self.builder, Const(x))

    # Reading primal values.

    def read(self, atom: Atom, env: dict[Value, Value]) -> Atom:
        return env.get(atom, atom) if isinstance(atom, Value) else atom

    def read_kept(self, value: Value, env: dict[Value, Value]) -> Value:
        kept = self.kept[value]
        return env.get(kept, kept)

    def pen(self, atom: Atom, env: dict[Value, Value]) -> Expr:
        return Expr(self.builder, self.read(atom, env))


def is_fixed(dims: Dims | None) -> bool:
    """Whether equal dimensions mean equal sizes in all trips of a loop: none is named for want of knowing it."""
    return dims is not None and not any(isinstance(d, Sym) and "?" in d.name for d in dims)


def _defined(op: Op, arm: int) -> list[Value]:
    """The values that an arm of a forwarded conditional defines."""
    return [r for inner in op.blocks[arm].ops for r in inner.results]
