"""Copies a function through a builder that simplifies what it is asked to build.

Every operation, be it copied or built by a rule, meets the rules of its primitive first and is then looked up among the
equal operations already in scope (common subexpressions). So one pass in topological order reaches what rule after
rule would: a rule sees operands that are simple already, and what it builds is simplified in turn.

Rules of `pullback.passes.identities` are exact: they hold bit for bit, also for NaN, infinities and signed zeros.
Those of `pullback.passes.adjoint_identities` hold for finite real numbers; they are applied to the adjoint sweep
only, because the primal's value never changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import field, replace
from typing import Any

from pullback.analysis.definedness import from_elsewhere, partly_undefined
from pullback.ir.builder import Builder
from pullback.ir.core import Atom, Attrs, Block, Const, Function, Op, Primitive, Undefined, Value
from pullback.ir.effects import EFFECT, has_effect
from pullback.ir.regions import CALL, IF, LOOPS, Loop
from pullback.ir.rewrite import Substitution, rename, substitute
from pullback.ir.types import Array, List, Scalar, Type, dims_of, same_dims, same_dtype
from pullback.passes.arms import atom_key, do_the_same, goes_on, joined, operation_key
from pullback.passes.loops import without_invariants
from pullback.primitives.expr import Expr
from pullback.records import dataclass

Rule = Callable[["Simplifier", Op], Any]  # an Atom or Expr that stands for the one result, or None
Rules = dict[str, list[Rule]]


def rule(table: Rules, *names: str) -> Callable[[Rule], Rule]:
    """Decorator: the rule applies to these primitives, after those already in the table."""

    def add(function: Rule) -> Rule:
        for name in names:
            table.setdefault(name, []).append(function)
        return function

    return add


@dataclass(frozen=True)
class Written:
    """Where an element of a loop comes from: what a trip of another loop wrote; `read` names the loop that reads."""

    read: Value
    writer: Op
    atom: Atom


@dataclass
class Simplifier(Builder):
    """A builder that simplifies; see the module's docstring."""

    function_params: tuple[Value, ...] = ()
    seeds: int = 0
    exact: Rules = field(default_factory=dict)
    relaxed: Rules = field(default_factory=dict)
    definitions: dict[Value, Op] = field(default_factory=dict)
    known: list[dict[Any, tuple[Value, ...]]] = field(default_factory=lambda: [{}])
    names: dict[Value, str] = field(default_factory=dict)
    uses: dict[Value, int] = field(default_factory=dict)
    conditionals: dict[Atom, list[Op]] = field(default_factory=dict)
    assumed: dict[Atom, bool] = field(default_factory=dict)
    undefined: set[Atom] = field(default_factory=set)
    sources: dict[Value, Written] = field(default_factory=dict)
    starts: dict[Value, Atom] = field(default_factory=dict)  # what is carried in one shape, by what it is at first

    def apply(self, prim: Primitive, operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Atom, ...]:
        types = prim.infer(operands, attrs)
        results = tuple(Value(t, "", self.loc) for t in types)
        return self.construct(Op(prim, operands, attrs, results, (), self.loc, self.sweep))

    def construct(self, op: Op) -> tuple[Atom, ...]:
        """What stands for the results of an operation: simpler atoms, equal values, or the operation itself."""
        simpler = None if has_effect(op) else self.simplified(op)
        if simpler is not None:
            return (simpler,)
        owned = any(isinstance(result.type, List) for result in op.results)  # each list has one owner
        if op.blocks or op.prim in (CALL, EFFECT) or owned:
            self.emit(op)
            return op.results
        equal = self.lookup(op.prim, op.operands, op.attrs)
        if equal is None:
            self.known[-1][operation_key(op.prim, op.operands, op.attrs)] = op.results
            self.emit(op)
            return op.results
        for old, new in zip(equal, op.results, strict=True):
            self.hand_name_on(old, new)
        return equal

    def hand_name_on(self, atom: Atom, replaced: Value) -> None:
        """What stands for a named value takes its name, unless a primal value would be called a cotangent."""
        if not isinstance(atom, Value) or atom.name or not replaced.name:
            return
        if atom in self.definitions and self.definitions[atom].sweep == self.sweep:
            self.names.setdefault(atom, replaced.name)

    def emit(self, op: Op) -> None:
        super().emit(op)
        self.definitions.update(dict.fromkeys(op.results, op))
        if op.prim is IF:
            self.conditionals.setdefault(op.operands[0], []).append(op)

    def simplified(self, op: Op) -> Atom | None:
        if len(op.results) != 1:
            return None
        tables = (self.exact, self.relaxed) if self.sweep == "adjoint" else (self.exact,)
        for table in tables:
            for function in (*table.get(op.prim.name, ()), *table.get(f"*{op.prim.kind}", ())):
                out = function(self, op)
                if out is not None:
                    atom = out.atom if isinstance(out, Expr) else out
                    if may_stand_for(atom.type, op.result.type, relaxed=self.sweep == "adjoint"):
                        self.hand_name_on(atom, op.result)
                        return atom
        return None

    @contextmanager
    def assuming(self, condition: Atom, index: int) -> Iterator[None]:
        """What earlier conditionals on this condition handed out is what their arm `index` computed."""
        learned: dict[Value, Op] = {}
        table: dict[Any, tuple[Value, ...]] = {}
        for earlier in self.conditionals.get(condition, ()):
            inside = {r for op in earlier.blocks[index].ops for r in op.results}
            for result, yielded in zip(earlier.results, earlier.blocks[index].results, strict=True):
                op = self.definitions.get(yielded) if isinstance(yielded, Value) and yielded in inside else None
                if op is not None and len(op.results) == 1 and not op.blocks and inside.isdisjoint(op.operands):
                    learned[result] = op
                    table[operation_key(op.prim, op.operands, op.attrs)] = (result,)
        hidden = {value: self.definitions.get(value) for value in learned}
        self.definitions.update(learned)
        self.known.append(table)
        assumed = self.assumed
        self.assumed = {**assumed, condition: index == 0}
        try:
            yield
        finally:
            self.known.pop()
            self.assumed = assumed
            self.definitions.update({value: op for value, op in hidden.items() if op is not None})

    @contextmanager
    def scope(self) -> Iterator[list[Op]]:
        """A region whose values are not seen outside."""
        conditionals = {condition: list(ops) for condition, ops in self.conditionals.items()}
        self.known.append({})
        try:
            with self.region() as ops:
                yield ops
        finally:
            self.known.pop()
            self.conditionals = conditionals

    def verdict(self, condition: Atom) -> bool | None:
        """Whether a condition holds here; None where that is known at run time only."""
        if isinstance(condition, Const):
            return bool(condition.value)
        if (negation := self.definition(condition, "not")) is not None:
            inner = self.verdict(negation.operands[0])
            return None if inner is None else not inner
        return self.assumed.get(condition)

    # What rules are written with.

    @property
    def params(self) -> tuple[Value, ...]:
        """The function's parameters that the current sweep may read; cotangents first, being at hand anyway."""
        primals = self.function_params[: len(self.function_params) - self.seeds]
        return (*self.function_params[len(primals) :], *primals) if self.sweep == "adjoint" else primals

    def is_shared(self, atom: Atom) -> bool:
        """Whether a value is read more than once, as far as is known."""
        return isinstance(atom, Value) and self.uses.get(atom, 0) > 1

    def pen(self, atom: Atom) -> Expr:
        return Expr(self, atom)

    def definition(self, atom: Atom, *names: str) -> Op | None:
        """The operation that defines an atom, if it is one of these primitives."""
        op = self.definitions.get(atom) if isinstance(atom, Value) else None
        return op if op is not None and op.prim.name in names else None

    def made_by(self, atom: Atom, *names: str) -> Op | None:
        """As `definition`, but also of what a loop reads that another one wrote. To look at only: the operands may
        belong to the other loop.
        """
        source = self.sources.get(atom) if isinstance(atom, Value) else None
        return self.definition(source.atom if source else atom, *names)

    def is_same(self, inside: Atom, atom: Atom, of: Atom) -> bool:
        """Whether `inside`, an operand of what made `of`, is `atom`."""
        mine, its = (self.sources.get(a) if isinstance(a, Value) else None for a in (atom, of))
        if its is None or mine is None:
            return inside is atom and its is None
        return inside is mine.atom and (mine.read, mine.writer) == (its.read, its.writer)

    def lookup(self, prim: Primitive, operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Value, ...] | None:
        """The results of an equal operation in scope, if there is one."""
        key = operation_key(prim, operands, attrs)
        return next((table[key] for table in reversed(self.known) if key in table), None)


def simplify(fn: Function, exact: Rules, relaxed: Rules) -> Function:
    """Apply rules and share common subexpressions, everywhere in a function.

    before:  a = x * 1;  b = x * y;  c = x * y;  return a + b + c
    after:   b = x * y;  return x + b + b
    """
    builder = Simplifier(function_params=fn.params, seeds=fn.seeds, exact=exact, relaxed=relaxed)
    builder.undefined = partly_undefined(fn.block, from_elsewhere(fn))
    block = _block(fn.block, builder, {}, _count_uses(fn.block))
    return rename(replace(fn, block=block), builder.names)


def _count_uses(block: Block) -> Counter[Atom]:
    """How often each value is read, in a block and in those inside."""
    uses: Counter[Atom] = Counter(block.results)
    for op in block.ops:
        uses.update(op.operands)
        for inner in op.blocks:
            uses.update(_count_uses(inner))
    return uses


def _block(block: Block, builder: Simplifier, env: Substitution, uses: Counter[Atom]) -> Block:
    with builder.scope() as ops:
        _copy(block.ops, builder, env, uses)
        return Block(block.params, tuple(ops), tuple(substitute(r, env) for r in block.results))


def _copy(ops: tuple[Op, ...], builder: Simplifier, env: Substitution, uses: Counter[Atom]) -> None:
    """Copy operations through the builder; `env` says what stands for their results."""
    for op in ops:
        with builder.at(op.loc, op.sweep):
            operands = tuple(substitute(o, env) for o in op.operands)
            if op.prim in LOOPS:
                op = without_invariants(op, builder, env)
                builder.sources.update(_sources(Loop(op), builder, env))
                builder.starts.update(_starts(Loop(op), env))
                operands = tuple(substitute(o, env) for o in op.operands)
            if op.prim is IF and (verdict := builder.verdict(operands[0])) is not None:
                arm = op.blocks[0 if verdict else 1]
                _copy(arm.ops, builder, env, uses)
                env.update(zip(op.results, (substitute(r, env) for r in arm.results), strict=True))
                continue
            if op.prim is IF:
                blocks = tuple(_arm(op, k, builder, env, uses) for k in range(2))
                if blocks[0].ops and do_the_same(*blocks):
                    _copy(blocks[0].ops, builder, env, uses)
                    env.update(zip(op.results, (substitute(r, env) for r in blocks[0].results), strict=True))
                    continue
                op, blocks = _without_repeats(op, blocks, operands[0], env)
            else:
                blocks = tuple(_block(b, builder, env, uses) for b in op.blocks)
            op = replace(op, operands=operands, blocks=blocks)
            if builder.ops and goes_on(builder.ops[-1], op):
                op = joined(builder.ops.pop(), op)
            atoms = builder.construct(op)
            env.update(zip(op.results, atoms, strict=True))
            for old, new in zip(op.results, atoms, strict=True):
                if isinstance(new, Value):
                    builder.uses[new] = builder.uses.get(new, 0) + uses[old]


def _starts(loop: Loop, env: Substitution) -> Iterator[tuple[Value, Atom]]:
    """What a loop carries that has the shape of what it is before the loop: dimensions of one name are one size."""
    for param, start in zip(loop.carried, loop.initial, strict=True):
        if dims_of(param.type) and dims_of(param.type) == dims_of(start.type):
            yield param, substitute(start, env)


def _sources(loop: Loop, builder: Simplifier, env: Substitution) -> Iterator[tuple[Value, Written]]:
    """What the elements of a loop are, where another loop wrote them."""
    for element, sequence in zip(loop.elements, loop.sequences, strict=True):
        source = substitute(sequence, env)
        if isinstance(source, Value) and source in builder.sources:  # a row of what nested loops wrote
            source = builder.sources[source].atom
        writer = builder.definitions.get(source) if isinstance(source, Value) else None
        if writer is not None and writer.prim in LOOPS and source in Loop(writer).records:
            atom = Loop(writer).written[Loop(writer).records.index(source)]
            yield element, Written(loop.op.results[0], writer, atom)


def _without_repeats(
    op: Op, blocks: tuple[Block, ...], condition: Atom, env: Substitution
) -> tuple[Op, tuple[Block, ...]]:
    """A conditional without results that are known by another name, which goes into `env`: what both arms hand out, the
    condition itself, what an arm hands out from around it where the other one leaves it undefined, and what is handed
    out twice.
    """
    inside = {r for block in blocks for inner in block.ops for r in inner.results}
    first: dict[Any, Value] = {}
    kept: list[int] = []
    for k, result in enumerate(op.results):
        yielded = tuple(block.results[k] for block in blocks)
        then, orelse = map(atom_key, yielded)
        defined = [atom for atom in yielded if not isinstance(atom, Undefined)]
        if then == orelse:
            env[result] = yielded[0]
        elif yielded == (Const(True), Const(False)) and condition.type == result.type:
            env[result] = condition
        elif len(defined) == 1 and isinstance(defined[0], Value) and defined[0] not in inside:
            env[result] = defined[0]
        elif (known := first.setdefault((then, orelse, result.type), result)) is not result:
            env[result] = known
        else:
            kept.append(k)
    if len(kept) == len(op.results):
        return op, blocks
    arms = tuple(replace(block, results=tuple(block.results[k] for k in kept)) for block in blocks)
    return replace(op, results=tuple(op.results[k] for k in kept)), arms


def _arm(op: Op, index: int, builder: Simplifier, env: Substitution, uses: Counter[Atom]) -> Block:
    """Simplify an arm of a conditional, in which the same arm of earlier ones on the same condition has run."""
    condition = substitute(op.operands[0], env)
    with builder.assuming(condition, index):
        return _block(op.blocks[index], builder, env, uses)


def may_stand_for(new: Type, old: Type, relaxed: bool) -> bool:
    """Whether an atom of type `new` may replace one of type `old`: no dtype and no shape may change.

    In the adjoint sweep a Python float may stand for a rank-0 float64, and unknown dtypes are floats.
    """
    match new, old:
        case Array(new_dtype, new_shape), Array(old_dtype, old_shape):
            both_unknown = new_dtype is None and old_dtype is None
            if not (same_dtype(new, old) or (both_unknown and relaxed)):
                return False
            return new_shape == old_shape or same_dims(new_shape, old_shape)
        case Scalar(kind), Array(dtype, ()):
            return relaxed and (
                (kind == "float" and (dtype is None or dtype.kind == "f")) or dtype == kind == "complex"
            )
        case Scalar(new_kind), Scalar(old_kind):
            return new_kind == old_kind
    return type(new) is type(old) and dims_of(new) == dims_of(old)
