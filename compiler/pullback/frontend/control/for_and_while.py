"""`for` and `while`: which loops stay loops, and which are unrolled, trip by trip."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pullback.errors import DifferentiationError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.state import NEXT, SKIP, Arm, OpenLoop, Outcome
from pullback.frontend.abstract.values import POISON, AbstractValue, Container, Ref, Silenced
from pullback.frontend.control.loops import has_exit
from pullback.frontend.control.managers import Managers
from pullback.frontend.control.trips import Enumerate, Plain, Source
from pullback.frontend.structures.containers import LONGEST_UNROLLED
from pullback.frontend.syntax.source import bound_names


class ForAndWhile(Managers):
    """A loop over a structure is unrolled; one over numbers or an array stays."""

    def rehearse(self, node: ast.While | ast.With | ast.For) -> None:
        """Interpret the body of what is refused once, only for what is refused inside it."""
        if isinstance(node, ast.For):
            for name in bound_names_of(node.target):
                self.assign_name(name, POISON)
        for name in bound_names(node):
            self.assign_name(name, POISON)
        body = list(node.body)
        self.loops.append(OpenLoop(self.dynamic + 1, stays=True))
        try:
            self.arm(lambda: self.ended(body))
        finally:
            self.loops.pop()

    def ended(self, body: list[ast.stmt]) -> Outcome:
        """Interpret statements; however they end, the program goes on."""
        self.block(body)
        return NEXT

    def for_statement(self, node: ast.For) -> Outcome:
        """A loop over a structure is unrolled; one over numbers or an array stays, unless its index must be known."""
        with self.at(node.iter):
            try:
                source = self.source_of(node.iter)
            except DifferentiationError as error:
                raise self.refused_loop(node, error) from None
        return self.for_over(node, source)

    def refused_loop(self, node: ast.For, error: DifferentiationError) -> Exception:
        """Report that a loop is refused, and what is refused inside it."""
        diverted = self.diverted(error)
        if diverted is not None:
            return av.Thrown(diverted)
        self.session.report(error)
        self.rehearse(node)
        return Silenced()

    def for_over(self, node: ast.For, source: Source) -> Outcome:
        """A `for` whose source has been evaluated."""
        with self.at(node.iter):
            try:
                source = self.lasting(source)
                if (generator := self.generator_in(source)) is not None:
                    return self.generator_loop(node, *generator)
                trips, lengths = self.strict_zips(node, source)
            except DifferentiationError as error:
                raise self.refused_loop(node, error) from None
        stays = trips is not None and trips.known != range(0) and node not in self.session.unrolled
        if stays and trips is not None and not self.is_written_out(node, trips):
            before = dict(self.session.errors)
            outcome = self.for_loop(node, source, trips)
            if outcome is not None:
                with self.at(node.iter):
                    return self.check_lengths(lengths) if outcome.exit == "next" else outcome
            if not self.may_unroll(trips):
                raise Silenced
            self.session.errors = before
        with self.at(node.iter):
            try:
                items = self.static_items(source)
            except DifferentiationError as error:
                raise self.refused_loop(node, error) from None
        held = len(self.still_held)
        self.still_held += items
        try:
            return self.unrolled(node, items)
        finally:
            del self.still_held[held:]

    def unrolled(self, node: ast.For, items: list[AbstractValue]) -> Outcome:
        """A loop over a structure, trip by trip."""
        if has_exit(node.body):
            return self.unrolled_with_exits(node, items)
        for item in items:
            self.bind_target(node.target, item)
            outcome = self.iteration(node.body)
            if outcome.exit == "break":
                return NEXT
            if outcome.exit not in ("next", "continue"):
                return outcome
        return self.block(node.orelse)

    def generator_in(self, source: Source) -> tuple[Ref, AbstractValue | None] | None:
        """The generator that a loop runs over alone, and from where its items are counted."""
        match source:
            case Plain(value=Ref() as ref) if self.suspended(ref) is not None:
                return ref, None
            case Enumerate(part=Plain(value=Ref() as ref), start=start) if self.suspended(ref) is not None:
                return ref, start
        return None

    def generator_loop(self, node: ast.For, generator: Ref, start: AbstractValue | None) -> Outcome:
        """A loop over a generator; `enumerate` counts its items from a start."""
        counter = self.heap.new("cell", Container(object, ("k",), (start or av.NONE,)))

        def trip(value: AbstractValue) -> Outcome:
            if start is not None:
                k = self.heap.container(counter).values[0]
                value = av.Tuple((k, value))
                self.heap.write(counter, Container(object, ("k",), (self.binary(ast.Add, k, av.Known(1)),)))
            self.bind_target(node.target, value)
            outcome = self.block(node.body)
            return SKIP if outcome.exit == "continue" else outcome

        region = self.region("returned")
        try:
            left = self.truth(self.loop_over(generator, bound_names(node), trip, region))
        except av.Left as error:
            return self.return_value(error.value)
        outcome = self.on_all_ways(region)
        if outcome.exit != "next":
            return outcome
        if isinstance(left, bool):
            return NEXT if left else self.block(node.orelse)
        if not node.orelse:
            return NEXT
        then = Arm([], NEXT, *self.state())
        return self.merge(left, then, self.arm(lambda: self.block(node.orelse)))

    def while_statement(self, node: ast.While) -> Outcome:
        """A loop that stays; unrolled where it must be, and its condition is known each time."""
        before = refused = dict(self.session.errors)
        if node not in self.session.unrolled:
            try:
                outcome = self.while_loop(node)
            except DifferentiationError as error:  # of its test
                if (diverted := self.diverted(error)) is not None:
                    return diverted
                self.session.report(error)
                outcome = None
            if outcome is not None:
                return outcome
            refused, self.session.errors = self.session.errors, dict(before)
        for _ in range(LONGEST_UNROLLED):
            with self.at(node.test):
                verdict = self.truth(self.evaluate(node.test))
            if not isinstance(verdict, bool):
                if node in self.session.unrolled:
                    raise self.needs_static(verdict, "the number of trips of a `while` loop")
                break
            if not verdict:
                return self.block(node.orelse)
            outcome = self.iteration(node.body)
            if outcome.exit == "break":
                return NEXT
            if outcome.exit not in ("next", "continue"):
                return outcome
            if self.session.errors != before:
                break
        self.session.errors = refused
        raise Silenced

    def iteration(self, body: list[ast.stmt]) -> Outcome:
        """Interpret the body of an unrolled loop once."""
        self.loops.append(OpenLoop(self.dynamic, stays=False))
        try:
            return self.block(body)
        finally:
            self.loops.pop()


def bound_names_of(target: ast.expr) -> Iterator[str]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            yield node.id
