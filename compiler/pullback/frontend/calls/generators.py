"""Generators: the body runs where it is consumed.

A loop over a generator is the generator's body, in place, with the body of the loop at each `yield`: what Python does,
step by step, in loops and under conditions too. The variables that the loop assigns are cells meanwhile, so that they
travel through the generator's conditionals and loops as part of the heap. Other consumers take a list: the body runs to
its end at once, which is exact as long as it neither changes nor reads what changes while the list is consumed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Aspect, Contents, Shared
from pullback.frontend.abstract.patterns import Flattener, captured_names
from pullback.frontend.abstract.state import NEXT, Arm, OpenLoop, Outcome, Region, Watched
from pullback.frontend.abstract.values import AbstractValue, Container, Frame, Ref
from pullback.frontend.base.outside import MADE_UP, unbound_cell
from pullback.frontend.calls.arguments import Activation
from pullback.frontend.calls.functionals import Functionals
from pullback.frontend.syntax.source import scope_nodes
from pullback.ir.core import Atom

AT_ONCE = (
    "`list`",
    "`tuple`",
    "`sum`",
    "`sorted`",
    "`min`",
    "`max`",
    "`dict`",
    "`extend`",
    "`*`",
    "unpacking",
    "`join`",
)


class Generators(Functionals):
    """Generators, consumed at once or by a loop."""

    def call_function(self, activation: Activation) -> AbstractValue:
        """A call of a generator function makes a generator, which runs when it is consumed."""
        if is_generator(activation.code.node):
            return self.heap.new("iterator", Container(object, (), (av.Suspended(activation),)))
        if any(self.suspended(ref) is not None for ref in self.heap.cells):
            flattener = Flattener(self.heap, self.atom, keep_hidden=True)
            flattener(av.Tuple((activation.callee, *activation.arguments.values())))
            if any(self.suspended(thing) is not None for thing in flattener.shared if isinstance(thing, Ref)):
                return self.in_place(activation)  # what it consumes runs here
        return super().call_function(activation)

    def suspended(self, value: object) -> Activation | None:
        """The generator that a value is, if it has not begun."""
        if isinstance(value, Ref) and value.kind == "iterator":
            contents = self.heap.read(value)
            held = contents.values if isinstance(contents, Container) else ()
            if len(held) == 1 and isinstance(held[0], av.Suspended):
                found = held[0].activation
                assert isinstance(found, Activation)
                return found
        return None

    def begin(self, ref: Ref, activation: Activation, consumer: Callable[[AbstractValue], Outcome]) -> None:
        """Run a generator's body in place; `consumer` takes what it yields, and says whether it goes on."""
        self.write(ref, Container(object, (), ()))

        def run(value: AbstractValue) -> Frame:
            frame = activation.frame(value)
            frame.consumer = consumer
            return frame

        self.in_place(Activation(activation.code, activation.callee, activation.arguments, activation.defaulted, run))

    def iterator_items(self, ref: Ref, what: str) -> list[AbstractValue]:
        """What is left in an iterator, which is consumed."""
        activation = self.suspended(ref)
        if activation is None:
            items = self.heap.container(ref).values
            self.write(ref, Container(object, (), ()))
            return list(items)
        return self.items_of(self.run_to_its_end(ref, activation, what), what)

    def call_builtin(
        self, name: str, function: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue:
        """What takes all that a generator yields is given a list of it, of whatever length."""
        what = f"`{name}`"
        if what in AT_ONCE and args and (activation := self.suspended(args[0])) is not None:
            assert isinstance(args[0], Ref)
            args = [self.run_to_its_end(args[0], activation, what), *args[1:]]
        return super().call_builtin(name, function, args, kwargs)

    def run_to_its_end(self, ref: Ref, activation: Activation, what: str) -> Ref:
        """A list of what a generator yields, which is consumed."""
        collected = self.heap.list_of(())
        before = self.heap.snapshot()

        def collect(value: AbstractValue) -> Outcome:
            self.checked(collected)
            self.list_append(collected, value)
            return NEXT

        self.begin(ref, activation, collect)
        if what not in AT_ONCE:
            mine = (ref, collected)
            if any(self.heap.cells[r] is not held for r, held in before.items() if r not in mine and is_own(held)):
                raise self.consumed_step_by_step(activation.code.name, what, "changes what is outside it")
            self.watched.append(self.inputs_of(activation))
        return collected

    def consumed_step_by_step(self, name: str, what: str, how: str) -> Exception:
        return self.refusal(
            f"the generator `{name}` {how}, and is consumed step by step by {what}",
            "it is run to its end at once here, where Python would run it in turns with its consumer",
            "loop over it alone (`for item in ...`), or make a list of it first",
        )

    def inputs_of(self, activation: Activation) -> Watched:
        """All that a generator may read."""
        callee = activation.callee
        names = captured_names(callee) if isinstance(callee, av.Closure) else {}
        flattener = Flattener(self.heap, self.atom, keep_hidden=True)
        flattener(av.Tuple((*activation.arguments.values(), *names.values())))
        held = {thing: self.heap.read(thing) for thing in flattener.shared if isinstance(thing, Ref)}
        return Watched(activation.code.name, callee, names, {r: c for r, c in held.items() if is_own(c)})

    def check_watched(self, base: int) -> None:
        """Refuse a statement that has changed what a generator reads that it has consumed."""
        watched = self.watched[base:]
        del self.watched[base:]
        for each in watched:
            names = captured_names(each.callee) if isinstance(each.callee, av.Closure) else {}
            same_names = all(names.get(name) is value for name, value in each.names.items())
            if not same_names or any(self.heap.read(ref) is not held for ref, held in each.contents.items()):
                raise self.consumed_step_by_step(each.name, "this statement", "reads what changes meanwhile")

    def next_of(self, ref: Ref) -> list[AbstractValue]:
        """What is left in an iterator, for `next`."""
        if self.suspended(ref) is not None:
            items = self.iterator_items(ref, "`next`")
            self.started[ref] = self.watched.pop()
            self.write(ref, Container(object, (), tuple(items)))
        if ref in self.started:
            self.watched.append(self.started[ref])
            self.check_watched(len(self.watched) - 1)
        return list(self.heap.container(ref).values)

    # Yielding.

    def yielded(self, node: ast.Yield) -> Outcome:
        """`yield value` as a statement: the consumer's turn."""
        value = av.NONE if node.value is None else self.checked(self.evaluate(node.value))
        assert self.frame.consumer is not None
        return self.frame.consumer(value)

    def leave_if(self, verdict: bool | Atom) -> Outcome:
        """End the generator where its consumer has left the loop."""
        if verdict is False:
            return NEXT
        names = dict(self.frame.names)
        outcome = self.return_value(av.NONE)
        if verdict is True:
            return outcome
        left = Arm([], outcome, *self.state())
        self.frame.names = names
        return self.merge(verdict, left, Arm([], NEXT, *self.state()))

    def loop_over(
        self, ref: Ref, names: set[str], trip: Callable[[AbstractValue], Outcome], region: Region
    ) -> AbstractValue:
        """A loop over a generator: its body, with a trip of the loop at each `yield`. Whether the loop has been left.

        `names` are the variables that a trip assigns; the `region` tells whether it returns.
        """
        activation = self.suspended(ref)
        assert activation is not None
        consumer, pending, loops = self.frame, self.pending, self.loops
        leave = self.heap.new("cell", Container(object, ("left",), (av.Known(False),)))
        level = self.dynamic + bool(pending)
        assigned = sorted(names & consumer.code.locals.union(MADE_UP))
        own = [name for name in assigned if not self.is_cell_variable(consumer, name)]
        for name in own:
            held = consumer.names.get(name)
            contents = unbound_cell(name) if held is None else Container(object, (name,), (held,))
            consumer.names[name] = self.heap.new("cell", contents)

        def turn(value: AbstractValue) -> Outcome:
            saved = self.frame, self.statement, self.builder.loc, self.pending, self.dynamic, self.loops
            self.callers.append(self.frame)
            self.left_open.append(bool(self.pending))
            self.dynamic += self.left_open[-1]
            self.frame, self.pending = consumer, []
            self.loops = [*loops, OpenLoop(self.dynamic, stays=True, left=leave, level=level, region=region)]
            try:
                outcome = self.close(0, trip(value))
            finally:
                self.abandon(0)
                self.callers.pop()
                self.left_open.pop()
                self.frame, self.statement, self.builder.loc, self.pending, self.dynamic, self.loops = saved
            if outcome.exit == "diverges":
                return outcome
            return self.leave_if(self.truth(self.heap.container(leave).values[0]))

        base = len(pending)
        try:
            self.begin(ref, activation, turn)
            self.close(base, NEXT)
        except av.Thrown as thrown:  # where it leads is looked at when the variables are no cells any more
            self.close(base, thrown.outcome)
        finally:
            for name in own:
                held = consumer.names[name]
                assert isinstance(held, Ref)
                consumer.names[name] = self.heap.container(held).values[0]
        return self.heap.container(leave).values[0]

    @staticmethod
    def is_cell_variable(frame: Frame, name: str) -> bool:
        held = frame.names.get(name)
        return isinstance(held, Ref) and held.kind == "cell"


def is_own(contents: Contents) -> bool:
    """Whether contents are not those of a view, which changes with what it views."""
    return not isinstance(contents, Aspect | Shared)


def is_generator(node: ast.AST) -> bool:
    """Whether a function is a generator function."""
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(n, ast.Yield | ast.YieldFrom) for n in scope_nodes(node)
    )
