"""Calls in reverse mode: each callee becomes a pair, a forward that saves and a backward that reads what was saved.

One pair serves every call with the same active operands and results. The pair is cut out of the callee's joint function
after that was simplified: what the backward side still reads of the forward side is saved, or computed again where
that needs nothing more than what is saved anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count

from pullback.analysis.activity import Activity
from pullback.analysis.definedness import undefined_in_module
from pullback.analysis.naming import describe, identifier
from pullback.analysis.record import is_cheap
from pullback.autodiff.draws import expect_constant_draws
from pullback.autodiff.functionals import Derivative, derivative_only, pullback_only
from pullback.autodiff.reverse import Pair, Reverse
from pullback.autodiff.undo import Undo, with_least_kept
from pullback.ir.builder import Builder
from pullback.ir.core import Block, Function, Module, Op, Undefined, Value, free_values, walk
from pullback.ir.effects import has_effects
from pullback.ir.regions import CALL, IF, PACK, UNPACK
from pullback.ir.rewrite import inline_block, reachable, rename
from pullback.ir.types import Tape, rank

Simplify = Callable[[Function], Function]


def value_and_grad(module: Module, wrt: Sequence[int], name: str, simplify: Simplify) -> Module:
    """The module whose entry `name` returns the results of the entry of `module`, then d results[0] / d params[wrt].

    Args:
        module: primal functions; the first result of its entry is a real scalar.
        wrt: positions of parameters of the entry.
        name: the name of the new entry.
        simplify: applied to each joint function before it is cut into a pair.

    Raises:
        NonDifferentiableError: something is drawn at random that depends on `wrt`.
    """
    return _Differentiator(module, simplify).run(wrt, name)


class _Differentiator:
    def __init__(self, module: Module, simplify: Simplify) -> None:
        self.module = module
        self.simplify = simplify
        self.pairs: dict[tuple[str, tuple[int, ...], tuple[int, ...]], Pair] = {}
        self.functions: dict[str, Function] = {}
        self.derivatives: dict[tuple[str, int], Derivative] = {}
        self.pullbacks: dict[tuple[str, tuple[int, ...]], str] = {}
        self.reverse = Reverse(
            module,
            Activity(module.functions),
            self.request_pair,
            self.request_derivative,
            self.request_pullback,
            undefined_in_module(module),
        )

    def run(self, wrt: Sequence[int], name: str) -> Module:
        main = self.module.main
        expect_constant_draws(self.module, self.reverse.activity, wrt)
        if any(
            op.prim is CALL and op.attrs["callee"] == main.name
            for fn in self.module.functions.values()
            for op in walk(fn.block)
        ):
            main = calling(main)  # the pair of a recursive function serves the outermost call too
        entry = self.joint(main, wrt, (0,), name, seeded=True)
        return reachable(Module({**self.module.functions, **self.functions, name: entry}, name))

    def joint(self, fn: Function, wrt: Sequence[int], outputs: Sequence[int], name: str, seeded: bool) -> Function:
        """The simplified joint function, with the undo logs that make it keep less."""

        def build(undo: Undo) -> Function:
            return self.simplify(self.reverse.joint(fn, wrt, outputs, name, seeded, undo))

        return with_least_kept(fn, self.reverse.undefined, build)

    def request_pair(self, callee: str, wanted: tuple[int, ...], given: tuple[int, ...]) -> Pair:
        """The names of a callee's forward and backward; built at the first request."""
        key = (callee, wanted, given)
        if key not in self.pairs:
            variant = sum(k[0] == callee for k in self.pairs) + 1
            suffix = "" if variant == 1 else f"_{variant}"
            forward, backward = self.pairs[key] = (f"{callee}_forward{suffix}", f"{callee}_backward{suffix}")
            fn = self.module.functions[callee]
            joint = self.joint(fn, wanted, given, callee, seeded=False)
            pair = split(joint, len(fn.params), len(fn.results), forward, backward)
            self.functions |= {forward: pair[0], backward: pair[1]}
        return self.pairs[key]

    def request_derivative(self, callee: str, variables: int, place: int) -> Derivative:
        """The function that gives the derivative by one parameter of what a function gives: of a number, or of the
        product of an array with a cotangent. Built at the first request.
        """
        key = (callee, place)
        if key not in self.derivatives:
            fn = self.module.functions[callee]
            by = identifier(fn.params[place].name) or str(place)
            name = self.free_name(f"{callee}_by_{by}")
            joint = self.joint(fn, (place,), (0,), name, seeded=rank(fn.results[0].type) == 0)
            made, kept = derivative_only(joint, len(fn.results), variables, self.simplify)
            self.functions[name] = replace(made, title=f"The derivative of `{callee}` by `{by}`.")
            self.derivatives[key] = name, kept
        return self.derivatives[key]

    def request_pullback(self, callee: str, variables: int, places: tuple[int, ...]) -> str:
        """The function that gives cotangents of parameters for that of an array; built at the first request."""
        key = (callee, places)
        if key not in self.pullbacks:
            fn = self.module.functions[callee]
            name = self.pullbacks[key] = self.free_name(f"{callee}_pullback")
            joint = self.joint(fn, places, (0,), name, seeded=False)
            made = pullback_only(joint, len(fn.results), variables, self.simplify)
            by = ", ".join(f"`{identifier(fn.params[k].name) or k}`" for k in places)
            self.functions[name] = replace(made, title=f"The pullback of `{callee}` by {by}.")
        return self.pullbacks[key]

    def free_name(self, stem: str) -> str:
        """A name that no function of the module has."""
        taken = {*self.module.functions, *self.functions}
        return next(n for k in count(1) if (n := stem if k == 1 else f"{stem}_{k}") not in taken)


def calling(fn: Function) -> Function:
    """A function that only calls `fn`."""
    params = tuple(replace(p) for p in fn.params)
    builder = Builder(fn.loc)
    types = tuple(r.type for r in fn.results)
    names = tuple(r.name if isinstance(r, Value) else "" for r in fn.results)
    with builder.region() as ops:
        attrs = {"callee": fn.name} | ({"effects": True} if has_effects(fn.block) else {})
        results = builder.append(CALL, params, attrs, types, names=names)
    return replace(fn, block=Block(params, tuple(ops), results))


def split(joint: Function, n_params: int, n_results: int, forward: str, backward: str) -> tuple[Function, Function]:
    """Cut a joint function in two.

    before:  f(primals..., seeds...) -> results..., cotangents...
    after:   forward(primals...) -> results..., tape;   backward(tape, seeds...) -> cotangents...
    """
    primals, seeds = joint.params[:n_params], joint.params[n_params:]
    results, cotangents = joint.results[:n_results], joint.results[n_results:]
    early = [op for op in joint.block.ops if op.sweep == "primal"]
    again = _computed_again(joint.block.ops)
    back_ops = tuple(op for op in joint.block.ops if op.sweep == "adjoint" or op in again)
    back_block = Block((), back_ops, cotangents)
    saved = tuple(v for v in free_values(back_block) if v not in seeds)
    names = _names_of(saved, joint)

    builder = Builder(joint.loc)
    with builder.region(early) as ops:
        (tape,) = builder.append(PACK, saved, {"pair": forward}, (Tape(),), names=("saved",))
    fwd = rename(Function(forward, Block(primals, tuple(ops), (*results, tape)), joint.loc), names)

    builder = Builder(joint.loc, "adjoint")
    tape_in = Value(Tape(), "saved", joint.loc)
    with builder.region() as ops:
        types, titles = tuple(v.type for v in saved), tuple(names[v] for v in saved)
        read = builder.append(UNPACK, (tape_in,), {"pair": forward}, types, names=titles) if saved else ()
        moved = inline_block(replace(back_block, params=saved), read, builder)
    return fwd, Function(backward, Block((tape_in, *seeds), tuple(ops), moved), joint.loc)


def _names_of(saved: Sequence[Value], joint: Function) -> dict[Value, str]:
    """A name for each saved value, the same in the forward and in the backward."""
    definition = {r: op for op in walk(joint.block) for r in op.results}
    origin = _origins(joint.block)
    names: dict[Value, str] = {}
    for value in saved:
        source = origin.get(value, value)
        names[value] = value.name or describe(definition.get(source), source, lambda operand: operand.name)
    return names


def _origins(block: Block) -> dict[Value, Value]:
    """Where the results of conditionals come from, so that they can be called after it."""
    found: dict[Value, Value] = {}
    for op in block.ops:
        for inner in op.blocks:
            found |= _origins(inner)
        if op.prim is not IF:
            continue
        for k, result in enumerate(op.results):
            yielded = [inner.results[k] for inner in op.blocks]
            defined = [y for y in yielded if not isinstance(y, Undefined)]
            if len(defined) == 1 and isinstance(defined[0], Value):
                found[result] = found.get(defined[0], defined[0])
    return found


def _computed_again(ops: Sequence[Op]) -> set[Op]:
    """Primal operations that the backward repeats: cheap ones, whose operands it has anyway."""
    adjoint = [op for op in ops if op.sweep == "adjoint"]
    again: set[Op] = set()
    while True:
        inside = {r for op in (*adjoint, *again) for r in op.results}
        saved = {v for op in (*adjoint, *again) for v in _reads(op)} - inside
        more = {
            op
            for op in ops
            if op.sweep == "primal"
            and any(r in saved for r in op.results)
            and is_cheap(op)
            and all(v in saved or v in inside for v in _reads(op))
        }
        if not more:
            return again
        again |= more


def _reads(op: Op) -> list[Value]:
    values = [o for o in op.operands if isinstance(o, Value)]
    for block in op.blocks:
        values += free_values(block)
    return values
