"""Loops whose trips are not unrolled: a `for` or `while` of the IR.

The body is interpreted on the state at the head of the loop, which is the join of the state before the loop and the
one that a trip leaves; so it is interpreted again until a trip leaves nothing new. What that join has made is carried.
A `break`, `continue` or `return` under a condition leaves out the rest of the trip; flags, held by hidden variables,
say at run time which it was.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Contents, bases_of
from pullback.frontend.abstract.state import NEXT, RAISES, SKIP, Arm, OpenLoop, Outcome
from pullback.frontend.abstract.values import AbstractValue, Container, Raised, Ref
from pullback.frontend.base.outside import MADE_UP
from pullback.frontend.control.foresight import Foresight
from pullback.frontend.control.leaving import BROKE, LEAVE, RESULT, RETURNED
from pullback.frontend.control.trips import Source, Trips, arrays_in, read_ahead
from pullback.frontend.joins.loop_heads import Head, LoopJoin
from pullback.frontend.syntax.liveness import live_in_loops
from pullback.ir.core import Atom, Block, Const, Op, Value
from pullback.ir.regions import FOR, WHILE
from pullback.ir.rewrite import freshen, substitute
from pullback.ir.types import BOOL, INT
from pullback.records import dataclass

ROUNDS = 12


@dataclass
class Round:
    """The body, interpreted once on a state at the head of the loop."""

    names: dict[str, AbstractValue]
    heap: dict[Ref, Contents]
    params: dict[Value, None]
    index: tuple[Value, ...]
    test: Block | None = None
    going: Atom | None = None
    test_params: dict[Value, Value] = field(default_factory=dict)
    trip: Arm | None = None
    leave: Atom | None = None


@dataclass
class Carried:
    """What is carried: before the loop, in a trip, at its end, and after the loop."""

    initial: list[Atom] = field(default_factory=list)
    params: list[Value] = field(default_factory=list)
    next: list[Atom] = field(default_factory=list)
    final: list[Value] = field(default_factory=list)

    def add(self, initial: Atom, after: Atom, param: Value, final: Value) -> None:
        """One more value that is carried."""
        self.initial.append(initial)
        self.next.append(after)
        self.params.append(param)
        self.final.append(final)


class Loops(Foresight):
    """Loops known at run time only."""

    def for_loop(self, node: ast.For, source: Source, trips: Trips) -> Outcome | None:
        """A `for`; None where its body is refused as a loop (what is refused has been reported)."""

        def begin(index: tuple[Value, ...]) -> Outcome:
            self.bind_target(node.target, trips.item(self.value_of(index[0])))
            return NEXT

        known = trips.known
        held = len(self.still_held)
        sources = arrays_in(source)
        self.still_held += sources
        kept = [*(ref for ref in sources if ref.kind == "list"), *read_ahead(source)]
        lists = list(dict.fromkeys(ref for ref in kept if ref not in self.heap.frozen))
        self.heap.frozen |= dict.fromkeys(lists, "what a loop runs over")
        try:
            return self.loop(node, trips.bounds, begin, runs=known is not None and len(known) > 0)
        finally:
            del self.still_held[held:]
            for ref in lists:
                del self.heap.frozen[ref]

    def while_loop(self, node: ast.While) -> Outcome | None:
        """A `while`; None where it is refused (what is refused has been reported)."""
        always = isinstance(node.test, ast.Constant) and bool(node.test.value)
        return self.loop(node, (), lambda index: NEXT, runs=always)

    def loop(
        self,
        node: ast.For | ast.While,
        bounds: tuple[Atom, ...],
        begin: Callable[[tuple[Value, ...]], Outcome],
        runs: bool,
    ) -> Outcome | None:
        names, heap, frozen = dict(self.frame.names), self.heap.snapshot(), dict(self.heap.frozen)
        try:
            outcome = self.loop_from(node, bounds, begin, runs, names)
        except BaseException:
            self.restore_here(names, heap)
            raise
        if outcome is None:
            self.restore_here(names, heap)
            self.heap.frozen = frozen
        return outcome

    def loop_from(
        self,
        node: ast.For | ast.While,
        bounds: tuple[Atom, ...],
        begin: Callable[[tuple[Value, ...]], Outcome],
        runs: bool,
        outside: dict[str, AbstractValue],
    ) -> Outcome | None:
        """Find what the loop carries, and build it. `outside` are the names before it, also hidden ones."""
        self.settle_choices()
        live = live_in_loops(self.code.node).get(node, self.code.locals.union(MADE_UP))
        live |= {name for name, held in outside.items() if isinstance(held, Ref) and held.kind == "cell"}
        errors = dict(self.session.errors)
        before, heap = {k: v for k, v in outside.items() if k in live}, self.heap.snapshot()
        if node.orelse:
            before[BROKE] = av.Known(False)
        if any(isinstance(n, ast.Return) for n in ast.walk(node)):
            before[RETURNED] = av.Known(False)
        found = Round(before, heap, {}, ())
        first = self.has_a_trip(bounds)
        for _ in range(ROUNDS):
            found = Round(found.names, found.heap, found.params, self.index_of_loop(bounds))
            changed = self.heap.changed_memory() & heap.keys()
            self.interpret(node, found, begin, live, first)
            if self.session.errors != errors:
                return None
            assert found.trip is not None
            if found.trip.outcome.exit in ("diverges", "raises"):
                self.restore_here(outside, heap)
                return NEXT if found.trip.outcome.exit == "diverges" else self.raising_loop(bounds, found, runs)
            start = Arm([], NEXT, [before, *self.state()[0][1:]], dict(heap))
            self.heap.restore({**found.trip.heap, **heap})  # for messages
            join = LoopJoin(self, start, found.trip, {*found.index, *found.params})
            state = join.state()
            carried = self.carried(found, join, *state, list(heap))
            if carried is not None and changed == self.heap.changed_memory() & heap.keys():
                break
            found = Round(*state, {result: None for _, _, result in join.yielded}, ())
        else:
            raise self.refusal(
                "what this loop carries has another type in every round of its analysis",
                "a loop needs one type for each variable",
                "give the variables of the loop their final types before it",
            )
        self.builder.ops.extend(start.ops)
        always = runs or (not bounds and found.test is None)
        names, after = self.emit_loop(node, bounds, found, join, carried, state, Const(True) if always else first)
        flags = {name: names.pop(name, None) for name in (BROKE, RETURNED, RESULT)}
        hidden = {name: value for name, value in outside.items() if name.startswith(" ")}
        self.restore_here({**names, **hidden}, after)
        return self.after_loop(node, flags)

    def restore_here(self, names: dict[str, AbstractValue], heap: dict[Ref, Contents]) -> None:
        """Go back to a state; those around a comprehension keep their names: walruses write to cells."""
        self.restore([names, *(frame.names for frame in self.scopes()[1:])], heap)

    def raising_loop(self, bounds: tuple[Atom, ...], found: Round, runs: bool) -> Outcome:
        """A loop whose first trip raises: it carries nothing."""
        assert found.trip is not None
        if found.params:
            raise self.refusal(
                "every trip of this loop raises",
                "which exception it is depends on how many there have been",
                "use `if`",
            )
        body = Block(found.index, tuple(found.trip.ops), (Const(False),))
        tests = () if bounds else (found.test or Block((), (), (Const(True),)),)
        results = (Value(INT, "trips", self.loc),)
        self.builder.emit(Op(FOR if bounds else WHILE, bounds, {"carried": 0}, results, (*tests, body), self.loc))
        return RAISES if runs else NEXT

    def index_of_loop(self, bounds: tuple[Atom, ...]) -> tuple[Value, ...]:
        """The index of a `for`; where it must be known at compile time, its bounds must be."""
        if not bounds:
            return ()
        index = Value(INT, "", self.loc)
        self.session.producers[index] = Op(FOR, bounds, {}, (index,))
        return (index,)

    def interpret(
        self,
        node: ast.For | ast.While,
        found: Round,
        begin: Callable[[tuple[Value, ...]], Outcome],
        live: frozenset[str],
        first: Atom | None,
    ) -> None:
        """Interpret test and body on a state at the head."""
        self.restore_here(found.names, found.heap)
        if isinstance(node, ast.While):
            found.test = self.pure_test(node.test, found)
        guarded = isinstance(node, ast.While) and found.test is None

        def trip() -> Outcome:
            self.frame.names[LEAVE] = av.Known(False)
            begin(found.index)
            if guarded and isinstance(node, ast.While):
                outcome = self.test_in_body(node.test)
                if outcome is not NEXT:
                    return outcome
            outcome = self.block(node.body)
            return SKIP if outcome.exit == "continue" else outcome

        self.loops.append(OpenLoop(self.dynamic + 1, stays=True))
        try:
            found.trip = self.arm(trip, {atom: True for atom in (first, found.going) if atom is not None})
        finally:
            self.loops.pop()
        if found.trip.outcome.exit not in ("diverges", "raises"):
            found.trip.names[0] = {
                k: v for k, v in found.trip.names[0].items() if k in live or k in (LEAVE, BROKE, RETURNED, RESULT)
            }
            found.leave = self.leaf_of_flag(found.trip)

    def leaf_of_flag(self, trip: Arm) -> Atom:
        """Whether a trip is the last one."""
        atom = self.leaf(trip.names[0].pop(LEAVE))
        assert atom is not None
        return atom

    def pure_test(self, test: ast.expr, found: Round) -> Block | None:
        """The test of a `while` as a block of its own; None where it changes anything."""
        with self.at(test), self.builder.region() as ops:
            base = len(self.pending)
            try:
                verdict: bool | Atom | None = self.truth(self.evaluate(test))
            except (Raised, av.Thrown):
                verdict = None
            if len(self.pending) > base:  # an exception may be under way
                self.abandon(base)
                verdict = None
        names, heap = self.state()
        self.restore_here(found.names, found.heap)
        unchanged = all(found.names.get(k) is v for k, v in names[0].items()) and all(
            heap[ref] is held or bases_of(held) for ref, held in found.heap.items()
        )
        if not unchanged or verdict is None:
            return None
        env: dict[Value, Atom] = {}
        result: Atom = Const(verdict) if isinstance(verdict, bool) else verdict
        found.going = result
        if result.type != BOOL:
            with self.builder.region(ops):
                boolean = self.leaf(self.builtin_bool(self.value_of(result)))
            assert boolean is not None
            result = boolean
        fresh = {param: Value(param.type, param.name, param.loc) for param in found.params}
        env.update(fresh)
        copies = tuple(freshen(op, env) for op in ops)
        found.test_params = fresh
        return Block((), copies, (substitute(result, env),))

    def test_in_body(self, test: ast.expr) -> Outcome:
        """A test that has effects is part of the trip, which it may end."""
        with self.at(test):
            verdict = self.truth(self.evaluate(test))
            if verdict is True:
                return NEXT
            last = self.arm(self.leave_loop)
            if verdict is False:
                self.restore(last.names, last.heap)
                return SKIP
            return self.merge(verdict, Arm([], NEXT, *self.state()), last)

    def leave_loop(self) -> Outcome:
        self.frame.names[LEAVE] = av.Known(True)
        return SKIP

    def carried(
        self,
        found: Round,
        join: LoopJoin,
        names: dict[str, AbstractValue],
        heap: dict[Ref, Contents],
        refs: list[Ref],
    ) -> Carried | None:
        """What is carried, if the state at the head is the one that was assumed."""
        assumed, joined = (Head(self.heap, self.atom, frames=self.scopes()) for _ in range(2))
        if assumed.whole(found.names, found.heap, refs) != joined.whole(names, heap, refs):
            return None
        pairs = {result: (initial, after) for initial, after, result in join.yielded}
        given: dict[Value, Atom] = {}
        carried = Carried()
        for param, result in zip(assumed.atoms, joined.atoms, strict=True):
            if isinstance(result, Value) and result in pairs and param not in found.params:
                return None
            is_param = isinstance(param, Value) and param in found.params
            if is_param and given.setdefault(param, result) is not result:  # type: ignore[arg-type]  # a value
                return None
        used: set[Value] = set()
        for param, result in given.items():
            initial, after = pairs.get(result, (result, result))  # type: ignore[arg-type]  # a constant is no key
            final = result if isinstance(result, Value) and result in pairs and result not in used else None
            used |= {final} if final else set()
            carried.add(initial, after, param, final or replace(param))
        return carried

    def emit_loop(
        self,
        node: ast.For | ast.While,
        bounds: tuple[Atom, ...],
        found: Round,
        join: LoopJoin,
        carried: Carried,
        state: tuple[dict[str, AbstractValue], dict[Ref, Contents]],
        first: Atom | None,
    ) -> tuple[dict[str, AbstractValue], dict[Ref, Contents]]:
        """Append the loop; return the state after it. `first` says whether there is a first trip."""
        assert found.trip is not None
        assert found.leave is not None
        ready = len(join.yielded)
        names = {name: value for name, value in state[0].items() if name not in join.late}
        for name in join.late:
            names[name] = join.late_value(name)
        join.settle()
        for initial, after, result in join.yielded[ready:]:
            carried.add(initial, after, replace(result), result)
        body = Block((*found.index, *carried.params), tuple(found.trip.ops), (found.leave, *carried.next))
        blocks: tuple[Block, ...] = (body,)
        if not bounds:
            params = tuple(found.test_params.get(p) or replace(p) for p in carried.params)
            test = found.test or Block((), (), (Const(True),))
            blocks = (replace(test, params=params), body)
        results = (Value(INT, "trips", self.loc), *carried.final)
        attrs = {"carried": len(carried.params)}
        prim = FOR if bounds else WHILE
        op = Op(prim, (*bounds, *carried.initial), attrs, results, blocks, self.loc)
        self.builder.emit(op)
        if node not in self.session.unrolled and (not bounds or all(isinstance(bound, Const) for bound in bounds)):
            self.session.loops[op] = node
        heap = {**state[1], **join.heap}
        in_any_trip = {r for initial, after, r in join.yielded if (initial, after) == (Const(False), Const(True))}
        if not in_any_trip:
            return names, heap
        if first is None:
            first = self.leaf(self.compare(ast.Gt, self.value_of(op.results[0]), av.Known(0)))
        assert first is not None
        given: dict[Atom, Atom] = dict.fromkeys(in_any_trip, first)
        return {k: given_by(v, given) for k, v in names.items()}, {k: given_in(v, given) for k, v in heap.items()}

    def has_a_trip(self, bounds: tuple[Atom, ...]) -> Atom | None:
        """Whether a `for` has any trip at all; None where that is not known before it."""
        if not bounds or not (isinstance(bounds[2], Const) and bounds[2].value):
            return None
        start, stop = (self.value_of(bound) for bound in bounds[:2])
        return self.leaf(self.compare(ast.Gt if bounds[2].value > 0 else ast.Lt, stop, start))

    def after_loop(self, node: ast.For | ast.While, flags: dict[str, AbstractValue | None]) -> Outcome:
        """Return where the loop has returned, and run its `else` where it has not been left."""
        outcome = self.passed_on()
        if outcome.exit != "next":
            return outcome
        if (returned := flags[RETURNED]) is not None:
            if ends_by_return_only(node) and self.truth(returned) is not False:
                returned = av.Known(True)
            outcome = self.returned_in_loop(returned, flags[RESULT])
            if outcome.exit != "next":
                return outcome
        if not node.orelse:
            return NEXT
        broke = flags[BROKE]
        assert broke is not None
        verdict = self.truth(broke)
        if isinstance(verdict, bool):
            return NEXT if verdict else self.block(node.orelse)
        then = Arm([], NEXT, *self.state())
        return self.merge(verdict, then, self.arm(lambda: self.block(node.orelse)))

    def returned_in_loop(self, returned: AbstractValue, result: AbstractValue | None) -> Outcome:
        """Guard what follows a loop that may have returned."""
        verdict = self.truth(returned)
        if verdict is False:
            return NEXT
        names = dict(self.frame.names)
        outcome = self.return_value(result)
        left = Arm([], outcome, *self.state())
        self.frame.names = names
        if verdict is True:
            self.restore(left.names, left.heap)
            return outcome
        return self.merge(verdict, left, Arm([], NEXT, *self.state()))

    def unrolled_with_exits(self, node: ast.For, items: list[AbstractValue]) -> Outcome:
        """A loop with `break` or `continue`, unrolled: what follows an exit is guarded by its flag."""
        hidden = {name: value for name, value in self.frame.names.items() if name.startswith(" ")}
        names = {name: value for name, value in self.frame.names.items() if name not in hidden}
        self.frame.names = {**names, BROKE: av.Known(False), RETURNED: av.Known(False)}
        base = len(self.pending)
        for item in items:
            self.frame.names[LEAVE] = av.Known(False)
            outcome = self.unrolled_trip(node, item)
            verdict = self.truth(self.frame.names.pop(LEAVE))
            if outcome.exit in ("diverges", "raises"):
                return self.close(base, outcome)
            if verdict is True:
                break
            if not isinstance(verdict, bool):
                self.open(verdict, Arm([], SKIP, *self.state()), Arm([], NEXT, *self.state()), rest_is_then=False)
        self.close(base, NEXT)
        flags = {name: self.frame.names.pop(name, None) for name in (BROKE, RETURNED, RESULT)}
        self.frame.names |= hidden
        return self.after_loop(node, flags)

    def unrolled_trip(self, node: ast.For, item: AbstractValue) -> Outcome:
        base = len(self.pending)
        self.loops.append(OpenLoop(self.dynamic, stays=True))
        try:
            self.bind_target(node.target, item)
            return self.close(base, self.block(node.body))
        finally:
            self.loops.pop()


def given_by(value: AbstractValue, flags: Mapping[Atom, Atom]) -> AbstractValue:
    """A value that may be absent, by what its flag is known to be."""
    match value:
        case av.Maybe(value=inner, flag=flag, unbound=unbound, name=name):
            flag = flags.get(flag, flag)
            inner = given_by(inner, flags)
            return inner if flag == Const(True) else av.Maybe(inner, flag, unbound, name)
        case av.Tuple(items=items, cls=cls):
            return av.Tuple(tuple(given_by(item, flags) for item in items), cls)
    return value


def given_in(contents: Contents, flags: Mapping[Atom, Atom]) -> Contents:
    """The same for what a container holds."""
    if not isinstance(contents, Container):
        return contents
    return Container(contents.cls, contents.keys, tuple(given_by(value, flags) for value in contents.values))


def ends_by_return_only(node: ast.For | ast.While) -> bool:
    """Whether what follows a loop is never reached: `while True` without a `break`."""
    endless = isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)
    return endless and not has_break(node.body)


def has_break(body: Iterable[ast.AST]) -> bool:
    """Whether a `break` in a body belongs to the loop around it."""
    for node in body:
        match node:
            case ast.Break():
                return True
            case ast.For(orelse=orelse) | ast.While(orelse=orelse):
                inner: Iterable[ast.AST] = orelse
            case ast.expr() | ast.FunctionDef() | ast.ClassDef():
                continue
            case _:
                inner = ast.iter_child_nodes(node)
        if has_break(inner):
            return True
    return False


def has_exit(body: list[ast.stmt]) -> bool:
    """Whether a `break` or `continue` in a body belongs to the loop around it."""
    for node in body:
        match node:
            case ast.Break() | ast.Continue():
                return True
            case ast.If(body=inner, orelse=orelse):
                if has_exit([*inner, *orelse]):
                    return True
            case ast.For(orelse=orelse) | ast.While(orelse=orelse):
                if has_exit(orelse):
                    return True
            case ast.Match(cases=cases):
                if any(has_exit(case.body) for case in cases):
                    return True
            case ast.With(body=inner):
                if has_exit(inner):
                    return True
            case ast.Try(body=inner, handlers=handlers, orelse=orelse, finalbody=last):
                if has_exit([*inner, *orelse, *last, *(s for handler in handlers for s in handler.body)]):
                    return True
    return False
