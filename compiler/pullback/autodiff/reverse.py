"""Reverse sweep: a primal block in, the block that computes its cotangents out.

Operations are visited last to first. At every moment `cotangent[v]` holds the sum of the contributions from the uses of
`v` already visited, so it is complete when `v`'s own operation is reached (Griewank and Walther, Evaluating
Derivatives, 2nd ed., section 3.2). An absent cotangent is zero; no array of zeros stands for it. A cotangent has the
type of its value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field, replace

import numpy as np

from pullback.analysis.activity import Activity, is_active
from pullback.analysis.definedness import Told, told_by_flags
from pullback.analysis.naming import describe, identifier
from pullback.analysis.record import is_cheap, is_cheap_in_place
from pullback.autodiff.functionals import Called, Request, RequestPullback
from pullback.autodiff.undo import Undo
from pullback.errors import NonDifferentiableError
from pullback.ir.builder import Builder
from pullback.ir.core import UNDEFINED, Atom, Block, Const, Function, Module, Op, Value, free_values
from pullback.ir.functionals import Functional, is_functional
from pullback.ir.regions import CALL, DEFINED, FOR, IF, LOOPS, WHILE, Loop
from pullback.ir.rewrite import rename
from pullback.ir.types import INT, Array, Dims, List, Scalar, Seq, Sym, Tape, dims_of, rank
from pullback.primitives.expr import Expr
from pullback.primitives.families.indexing import getitem, is_basic, setitem
from pullback.primitives.kinds import fit, zeros_like
from pullback.primitives.registry import PRIMITIVES, NoDerivative, NotCovered
from pullback.records import dataclass

Pair = tuple[str, str]


@dataclass
class Reverse:
    """Differentiates the functions of one module.

    `pairs` maps a callee and the positions of its active operands and results to the names of its forward and
    backward; the caller of this class builds those functions (`pullback.autodiff.calls`), and the derivatives that
    libraries are given (`pullback.autodiff.functionals`). `undefined` are the values
    that may be undefined on some paths; so is their cotangent there.
    """

    module: Module
    activity: Activity
    request_pair: Callable[[str, tuple[int, ...], tuple[int, ...]], Pair]
    request_derivative: Request
    request_pullback: RequestPullback
    undefined: set[Atom]

    def joint(
        self, fn: Function, wrt: Sequence[int], outputs: Sequence[int], name: str, seeded: bool, undo: Undo
    ) -> Function:
        """The function that computes both the results of `fn` and the cotangents of its parameters `wrt`.

        With `seeded`, the one output is a scalar and its cotangent is 1; else the cotangents of the `outputs` are
        further parameters. Results: those of `fn`, then one cotangent per entry of `wrt`. What is in `undo` is taken
        back on the way.
        """
        active = self.activity.active(fn, wrt, outputs)
        builder = Builder()
        sweep = Sweep(self, builder, active, undo, told_by_flags(fn.block, self.undefined))
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
                sweep.backward(fn.block, Scope())
                cotangents = tuple(sweep.cotangent_of(fn.params[k]) for k in wrt)
        block = Block((*fn.params, *seeds), tuple(ops), (*fn.results, *cotangents))
        return rename(replace(fn, name=name, block=block, seeds=len(seeds)), sweep.names, sweep.hints)


@dataclass
class Scope:
    """Where the primal values are that a block reads while it is reversed.

    values     for those that are not where they were: what carried them here, or computed them again
    from_tape  those of this trip that are read from what was saved
    """

    values: dict[Value, Value] = field(default_factory=dict)
    from_tape: set[Value] = field(default_factory=set)

    def restore(self, value: Value, known: Value) -> None:
        """Read a value from now on where it is known without a tape."""
        self.values[value] = known
        self.from_tape.discard(value)


@dataclass
class Sweep:
    """The forward and the backward sweep over one function, and the cotangents in between."""

    context: Reverse
    builder: Builder
    active: set[Value]
    undo: Undo
    told: Told
    known: dict[Atom, bool] = field(default_factory=dict)  # conditions of the arms around
    cotangent: dict[Value, Expr] = field(default_factory=dict)
    names: dict[Value, str] = field(default_factory=dict)
    hints: dict[Value, str] = field(default_factory=dict)
    kept: dict[Value, Value] = field(default_factory=dict)  # value of an arm -> result that carries it out
    forwarded: dict[Op, Op] = field(default_factory=dict)
    overwritten: dict[Op, Value] = field(default_factory=dict)  # update that is undone -> what it overwrites

    # The forward sweep: what it computes, and everything an arm defines, is handed out; what the backward does
    # not read is removed as dead code afterwards.

    def forward(self, block: Block) -> None:
        for op in block.ops:
            new = self.forward_op(op) if is_active(op, self.active) or op in self.undo else op
            if op in self.undo.updates:
                with self.builder.at(op.loc):
                    base, _, *holes = (self.pen(o, Scope()) for o in op.operands)
                    self.overwritten[op] = getitem(base, *holes, **op.attrs).atom
                    self.hints[self.overwritten[op]] = "overwritten"
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

    # The backward sweep.

    def backward(self, block: Block, scope: Scope) -> None:
        for op in reversed(block.ops):
            reached = is_active(op, self.active) and any(r in self.cotangent for r in op.results)
            if not reached and op not in self.undo:
                continue
            with self.builder.at(op.loc, "adjoint"):
                if op.prim is IF:
                    self.backward_if(op, scope)
                elif op.prim in LOOPS:
                    self.backward_loop(Loop(op), scope, reached)
                elif op.prim is CALL:
                    self.backward_call(op, scope)
                else:
                    if op in self.undo.updates:
                        self.take_back(op, scope)
                        self.recompute(block, scope, [])
                    if reached:
                        self.backward_op(op, scope)

    def take_back(self, op: Op, scope: Scope) -> None:
        """Put back what an update overwrote. What it wrote is there until then, and need not be saved."""
        base, value = op.operands[:2]
        assert isinstance(base, Value)
        after, holes = self.pen(op.result, scope), [self.pen(o, scope) for o in op.operands[2:]]
        if op.prim.name == "setitem" and is_basic(op) and isinstance(value, Value) and value in scope.from_tape:
            written = getitem(after, *holes, **op.attrs)
            if written.type == value.type:
                scope.restore(value, written.atom)
        before = setitem(after, self.pen(self.overwritten[op], scope), *holes, **op.attrs)
        self.names[before.atom] = base.name
        scope.restore(base, before.atom)

    def backward_op(self, op: Op, scope: Scope) -> None:
        if op.prim.vjp is None:
            raise NonDifferentiableError(f"{op.prim.name} has no derivative rule", loc=op.loc)
        given = tuple(self.take(r) for r in op.results)
        for result, taken in zip(op.results, given, strict=True):
            if taken is not None and isinstance(taken.atom, Value) and not result.name:
                self.hints.setdefault(taken.atom, bar_of(op, result))
        results = tuple(self.pen(r, scope) for r in op.results)
        g, out = (given, results) if len(given) > 1 else (given[0], results[0])
        operands = tuple(self.pen(o, scope) for o in op.operands)
        wanted = tuple(o in self.active for o in op.operands)
        try:
            if is_functional(op):
                parts = Functional(op)
                n, atoms = len(parts.own), tuple(self.read(o, scope) for o in parts.captured)
                requests = self.context.request_derivative, self.context.request_pullback
                function = Called(self.builder, self.context.module, op, *requests, atoms)
                cotangents = op.prim.vjp(given, results, function, operands[:n], operands[n:], wanted)
            else:
                cotangents = op.prim.vjp(g, out, operands, op.attrs, wanted)
        except NoDerivative as error:
            raise NonDifferentiableError(
                f"{error.use} has no derivative", error.reason, error.instead, op.loc
            ) from None
        except NotCovered as error:
            raise NonDifferentiableError(
                f"the derivative of {error.use} is asked for", "no rule covers it", error.instead, op.loc
            ) from None
        added: dict[Value, Expr] = {}  # by value: x * x adds 2 * x * g to x_bar at once
        for operand, cotangent in zip(op.operands, cotangents, strict=True):
            if cotangent is not None and isinstance(operand, Value):
                more = self.lift(cotangent)
                added[operand] = self.plus(added[operand], more) if operand in added else more
        for operand, contribution in added.items():
            self.accumulate(operand, contribution)

    def backward_call(self, op: Op, scope: Scope) -> None:
        wanted = tuple(k for k, o in enumerate(op.operands) if o in self.active)
        given = tuple(k for k, r in enumerate(op.results) if r in self.active)
        _, backward = self.context.request_pair(op.attrs["callee"], wanted, given)
        tape = self.read(self.forwarded[op].results[-1], scope)
        seeds = [self.take_or_zero(op.results[k], scope) for k in given]
        targets = [op.operands[k] for k in wanted]
        outs = self.builder.append(
            CALL, (tape, *(s.atom for s in seeds)), {"callee": backward}, tuple(t.type for t in targets)
        )
        params = self.context.module.functions[op.attrs["callee"]].params
        for k, target, out in zip(wanted, targets, outs, strict=True):
            assert isinstance(target, Value)
            self.names[out] = f"{target.name or params[k].name}_bar"
            self.hand_back(target, Expr(self.builder, out), scope)

    def backward_if(self, op: Op, scope: Scope) -> None:
        """The conditional of the reversed arms. What both sides add to is threaded through: an arm yields the
        cotangent so far plus its own contribution, or the cotangent so far. So are arrays that are taken back.
        """
        seeds = [self.take(r) if r in self.active else None for r in op.results]
        arms: list[tuple[list[Op], dict[Value, Expr], list[Atom]]] = []
        outer = self.cotangent
        undone = self.undo.arms.get(op, ())
        known = self.known
        for holds, arm, forwarded in zip((True, False), op.blocks, self.forwarded[op].blocks, strict=True):
            inside = self.scope_of_arm(forwarded, scope)
            self.cotangent, self.known = dict(outer), {**known, op.operands[0]: holds}
            with self.builder.region() as ops:
                if self.undo.starts:
                    self.begin_arm(op, arm, scope, inside)
                for seed, yielded in zip(seeds, arm.results, strict=True):
                    if seed is not None and isinstance(yielded, Value) and yielded in self.active:
                        self.hand_back(yielded, seed, inside)
                self.backward(arm, inside)
            arms.append((ops, self.cotangent, [self.read(v, inside) for v in undone]))
        self.cotangent = outer
        targets = list(dict.fromkeys(v for _, found, _ in arms for v, g in found.items() if g is not outer.get(v)))
        blocks = []
        for holds, (ops, found, restored) in zip((True, False), arms, strict=True):
            self.known = {**known, op.operands[0]: holds}
            with self.builder.region(ops):
                yielded_atoms = [
                    (found[target] if target in found else self.zero(target, scope)).atom for target in targets
                ]
            blocks.append(Block((), tuple(ops), (*yielded_atoms, *restored)))
        self.known = known
        if not targets and not undone:
            return
        types = tuple(v.type for v in (*targets, *undone))
        outs = self.builder.append(IF, (self.read(op.operands[0], scope),), {}, types, tuple(blocks))
        for target, out in zip(targets, outs, strict=False):
            self.cotangent[target] = Expr(self.builder, out)
            self.call_bar(target, out)
        for value, out in zip(undone, outs[len(targets) :], strict=True):
            self.names[out] = value.name
            scope.restore(value, out)

    def scope_of_arm(self, forwarded: Block, scope: Scope) -> Scope:
        """Where the values are that an arm reads: what it defines was handed out."""
        defined = [r for inner in forwarded.ops for r in inner.results]
        handed_out = {v: self.read_kept(v, scope) for v in defined}
        return Scope(scope.values | handed_out, scope.from_tape.union(defined))

    def begin_arm(self, op: Op, arm: Block, scope: Scope, inside: Scope) -> None:
        """What is taken back is known to an arm from its end on, and what can be read from it."""
        for result, yielded in zip(op.results, arm.results, strict=True):
            if isinstance(yielded, Value) and yielded in inside.from_tape and result not in scope.from_tape:
                after = self.read(result, scope)
                assert isinstance(after, Value)
                inside.restore(yielded, after)
        self.recompute(arm, inside, [])

    def backward_loop(self, loop: Loop, scope: Scope, reached: bool) -> None:
        """The loop over the same trips in reverse. It carries the cotangents of what the primal loop carries, those of
        the active values around it that its body reads, to which each trip adds, and arrays that are taken back. Where
        no cotangent has reached the loop, there are only these.
        """
        forwarded = Loop(self.forwarded[loop.op])
        active = [k for k, param in enumerate(loop.carried) if param in self.active and reached]
        captured = [v for v in free_values(loop.body) if v in self.active and reached]
        undone = self.undo.loops.get(loop.op, ())
        outer = self.cotangent
        seeds = [self.narrow(self.take_or_zero(loop.final[k], scope), loop.final[k], scope) for k in active]
        sums = [self.narrow(outer[v], v, scope) if v in outer else self.zero(v, scope) for v in captured]
        last = [self.pen(loop.final[k], scope) for k in undone]
        kept = [*forwarded.carried, *(r for op in forwarded.body.ops for r in op.results)]
        sequences = [self.read_kept(value, scope) for value in kept]

        index = Value(INT, loop.index[0].name if loop.index else "", loop.op.loc)
        carried = [replace(loop.carried[k], name=f"{loop.carried[k].name}_bar") for k in active]
        sums_in = [replace(v, name=f"{v.name}_bar" if v.name else "") for v in captured]
        versions = [replace(loop.carried[k]) for k in undone]
        elements = [replace(value) for value in kept]
        inside = Scope(scope.values | dict(zip(kept, elements, strict=True)) | dict.fromkeys(loop.index, index))
        numbers = {p for p in forwarded.carried if rank(p.type) == 0}
        inside.from_tape = {*kept, *forwarded.elements} - numbers
        for k, version in zip(undone, versions, strict=True):
            after = loop.next[k]
            assert isinstance(after, Value)
            inside.restore(after, version)

        self.cotangent = {v: Expr(self.builder, s) for v, s in zip(captured, sums_in, strict=True)}
        with self.builder.region() as ops:
            self.recompute(forwarded.body, inside, [v for v in (*carried, *sums_in) if rank(v.type)])
            for k, g in zip(active, carried, strict=True):
                after = loop.next[k]
                if isinstance(after, Value) and after in self.active:
                    self.accumulate(after, Expr(self.builder, g))
            self.backward(loop.body, inside)
            after_trip = [self.carried_cotangent(loop, k, g, inside) for k, g in zip(active, carried, strict=True)]
            totals = [self.cotangent[v].atom for v in captured]
            before = [self.read(loop.carried[k], inside) for k in undone]
        results = (Const(False), *after_trip, *totals, *before)
        body = Block((index, *carried, *sums_in, *versions, *elements), tuple(ops), results)
        self.cotangent = outer

        operands = (*self.range_of(loop, scope), *(s.atom for s in (*seeds, *sums, *last)), *sequences)
        types = (INT, *(v.type for v in (*carried, *sums_in, *versions)))
        attrs = {"carried": len(types) - 1, "reverse": True}
        _, *outs = self.builder.append(FOR, operands, attrs, types, (body,))
        for v, out in zip(captured, outs[len(active) :], strict=False):
            self.cotangent[v] = Expr(self.builder, out)
            self.call_bar(v, out)
        for k, out in zip(active, outs, strict=False):
            start = loop.initial[k]
            self.call_bar(loop.carried[k], out)
            if isinstance(start, Value) and start in self.active:
                self.hand_back(start, Expr(self.builder, out), scope)
        for k, out in zip(undone, outs[len(outs) - len(undone) :], strict=True):
            start = loop.initial[k]
            self.names[out] = loop.carried[k].name
            if isinstance(start, Value):
                scope.restore(start, out)

    def recompute(self, body: Block, scope: Scope, at_hand: list[Value]) -> None:
        """Compute again, at the start of a reversed trip, what costs less than reading it back: element reads, shapes,
        and arithmetic on the index, on numbers that are carried, and on what is outside. Unread, it is dead code.
        A shape is asked of a cotangent `at_hand`, where that is known to have it. When an array is taken back, so are
        its parts, and sums and products of them.
        """
        from_tape = scope.from_tape
        costs_little = is_cheap_in_place if self.undo.starts else is_cheap
        for op in body.ops:
            if not from_tape.isdisjoint(op.results) and costs_little(op):
                if op.prim.name in ("shape", "dim", "size") and op.operands[0] in from_tape:
                    dims = dims_of(op.operands[0].type)
                    if twin := next((v for v in at_hand if is_fixed(dims) and dims_of(v.type) == dims), None):
                        op = replace(op, operands=(twin,))
                if from_tape.isdisjoint(op.operands):
                    copy = replace(
                        op,
                        operands=tuple(self.read(o, scope) for o in op.operands),
                        results=tuple(replace(r) for r in op.results),
                        sweep="adjoint",
                    )
                    self.builder.emit(copy)
                    for result, again in zip(op.results, copy.results, strict=True):
                        scope.restore(result, again)

    def carried_cotangent(self, loop: Loop, k: int, before: Value, scope: Scope) -> Atom:
        """The cotangent of what a trip was given; a zero has the shape of the cotangent that came in, if all trips have
        the same, else that of the value.
        """
        param = loop.carried[k]
        g = self.take(param)
        if g is not None:
            return self.narrow(g, param, scope).atom
        if is_fixed(dims_of(param.type)) and loop.next[k] not in self.context.undefined:
            return self.zero(before, Scope()).atom
        return self.zero(param, scope).atom

    def range_of(self, loop: Loop, scope: Scope) -> tuple[Atom, ...]:
        """The range whose reverse visits the trips that were made, last to first."""
        trips = self.read(self.forwarded[loop.op].results[0], scope)
        if loop.op.prim is WHILE:
            return (Const(0), trips, Const(1))
        start, stop, step = (self.read(b, scope) for b in loop.bounds)
        if loop.leave == Const(False):
            return (start, stop, step)
        end = Expr(self.builder, start) + Expr(self.builder, trips) * Expr(self.builder, step)
        return (start, end.atom, step)

    # Cotangents.

    def accumulate(self, value: Value, contribution: Expr) -> None:
        before = self.cotangent.get(value)
        self.cotangent[value] = contribution if before is None else self.plus(before, contribution)
        if before is not None and value.name and isinstance(total := self.cotangent[value].atom, Value):
            self.hints.setdefault(total, f"{value.name}_bar")

    def plus(self, a: Expr, b: Expr) -> Expr:
        return self.lift(PRIMITIVES["list_plus"](a, b) if isinstance(a.type, List) else a + b)

    def hand_back(self, value: Value, g: Expr, scope: Scope) -> None:
        """Add the cotangent of what an arm, a loop or a call was handed, which need not be defined on this path."""
        before = self.cotangent.get(value)

        def added() -> Expr:
            contribution = self.lift(fit(g, self.pen(value, scope)))
            return contribution if before is None else self.plus(before, contribution)

        self.cotangent[value] = self.where_defined(value, scope, added)

    def where_defined(self, value: Value, scope: Scope, make: Callable[[], Expr]) -> Expr:
        """A cotangent that is made only where its value is defined, and undefined elsewhere."""
        told = next((self.known[flag] is sense for flag, sense in self.told.get(value, ()) if flag in self.known), None)
        if value not in self.context.undefined or told is True:
            return make()
        if told is False:
            return Expr(self.builder, UNDEFINED)
        with self.builder.region() as ops:
            made = make()
        if not ops:
            return made
        is_defined = self.builder.apply(DEFINED, (self.read(value, scope),), {})
        arms = (Block((), tuple(ops), (made.atom,)), Block((), (), (UNDEFINED,)))
        (result,) = self.builder.append(IF, is_defined, {}, (made.type,), arms)
        return Expr(self.builder, result)

    def take(self, value: Value) -> Expr | None:
        """The complete cotangent of a value, which gets its name."""
        g = self.cotangent.pop(value, None)
        if g is not None:
            self.call_bar(value, g.atom)
        return g

    def take_or_zero(self, value: Value, scope: Scope) -> Expr:
        g = self.take(value)
        return self.zero(value, scope) if g is None else g

    def call_bar(self, value: Value, cotangent: Atom) -> None:
        if isinstance(cotangent, Value) and value.name and not cotangent.name:
            self.names.setdefault(cotangent, f"{value.name}_bar")

    def cotangent_of(self, param: Value) -> Atom:
        return self.take_or_zero(param, Scope()).atom

    def zero(self, value: Value, scope: Scope) -> Expr:
        zero = self.where_defined(value, scope, lambda: self.lift(zeros_like(self.pen(value, scope))))
        return self.narrow(zero, value, scope)

    def narrow(self, g: Expr, value: Value, scope: Scope) -> Expr:
        """A cotangent that is a Python float in the precision of its value: times a mask, it would widen."""
        dtype = value.type.dtype if isinstance(value.type, Array) else None
        if isinstance(g.type, Scalar) and dtype is not None and dtype != np.float64:
            number = PRIMITIVES[dtype.name]
            return self.where_defined(value, scope, lambda: self.lift(number(g)))
        return g

    def lift(self, x: object) -> Expr:
        return x if isinstance(x, Expr) else Expr(self.builder, Const(x))

    # Reading primal values.

    def read(self, atom: Atom, scope: Scope) -> Atom:
        return scope.values.get(atom, atom) if isinstance(atom, Value) else atom

    def read_kept(self, value: Value, scope: Scope) -> Value:
        kept = self.kept[value]
        return scope.values.get(kept, kept)

    def pen(self, atom: Atom, scope: Scope) -> Expr:
        return Expr(self.builder, self.read(atom, scope))


def bar_of(op: Op, result: Value) -> str:
    """What the cotangent of a value without a name is called: `total_bar`, `exp_z_bar`."""
    return f"{describe(op, result, lambda operand: identifier(operand.name)).removesuffix('_value')}_bar"


def is_fixed(dims: Dims | None) -> bool:
    """Whether equal dimensions mean equal sizes in all trips of a loop: none is named for want of knowing it."""
    return dims is not None and not any(isinstance(d, Sym) and "?" in d.name for d in dims)
