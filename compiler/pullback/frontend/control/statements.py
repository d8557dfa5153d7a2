"""Statements: a refused one is reported and poisons what it would have bound, and interpretation goes on."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

from pullback.errors import DifferentiationError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Aspect
from pullback.frontend.abstract.state import DIVERGES, NEXT, RAISES, SKIP, Arm, OpenLoop, Outcome
from pullback.frontend.abstract.values import POISON, AbstractValue, Container, Diverges, Raised, Ref, Silenced
from pullback.frontend.base.outside import YIELDED_ITEM
from pullback.frontend.calls.effects import named
from pullback.frontend.control.loops import has_exit
from pullback.frontend.control.managers import Managers
from pullback.frontend.control.sources import Enumerate, Plain, Source
from pullback.frontend.operations.operators import BINARY, defines
from pullback.frontend.structures.containers import LONGEST_UNROLLED
from pullback.frontend.syntax.source import bound_names
from pullback.ir.core import Atom
from pullback.ir.effects import Action, Apply

REFUSED: dict[type[ast.stmt], tuple[str, str, str]] = {
    ast.TryStar: ("an `except*`", "exception groups are not supported", "catch exceptions by `except`"),
    ast.AsyncWith: ("an `async with` statement", "coroutines are not supported", "make it a plain function"),
    ast.AsyncFor: ("an `async for` loop", "coroutines are not supported", "make it a plain loop"),
    ast.AsyncFunctionDef: ("an `async def`", "coroutines are not supported", "make it a plain function"),
}


class Statements(Managers):
    """One method per kind of statement."""

    def block(self, body: list[ast.stmt]) -> Outcome:
        """Interpret statements until one leaves the block."""
        around = self.frame.statement
        try:
            for node in body:
                self.frame.statement = node
                outcome = self.run_statement(node)
                if outcome.exit != "next":
                    return outcome
            return NEXT
        finally:
            self.frame.statement = around

    def run_statement(self, node: ast.stmt) -> Outcome:
        """Interpret one statement; report what is refused."""
        before = self.statement, self.builder.loc
        if hasattr(node, "lineno"):  # not so in the loop that a comprehension stands for
            self.statement = header(node)
        base, watched = len(self.pending), len(self.watched)
        mark = self.mark() if self.session.chooses else None
        try:
            with self.at(node):
                outcome = self.execute(node)
                self.check_watched(watched)
                return outcome
        except av.Undecided as need:
            assert mark is not None
            flag = need.value.flags[0]
            self.go_back(mark, [flag])
            then, other = (self.arm(lambda: self.run_statement(node), {flag: truth}) for truth in (True, False))
            return self.merge(flag, then, other)
        except DifferentiationError as error:
            diverted = self.diverted(error)
            if diverted is not None:
                return diverted
            self.session.report(error)
        except Silenced:
            pass
        except av.Thrown as thrown:
            return thrown.outcome
        except Diverges:
            return DIVERGES
        except Raised:
            return RAISES
        finally:
            self.statement, self.builder.loc = before
        self.abandon(base)
        return self.poison(node)

    def poison(self, node: ast.stmt) -> Outcome:
        """What a refused statement leaves: poison in the names that it binds."""
        defined = {node.name} if isinstance(node, ast.ClassDef | ast.AsyncFunctionDef) else set()
        for name in (bound_names(node) | defined) - self.code.global_names:
            with suppress(DifferentiationError):
                self.assign_name(name, POISON)
        if isinstance(node, ast.Return):
            return Outcome("return", POISON)
        if isinstance(node, ast.Raise):
            return DIVERGES if self.dynamic or self.pending else Outcome("return", POISON)
        return NEXT

    def execute(self, node: ast.stmt) -> Outcome:
        match node:
            case ast.Assign(targets=targets, value=value):
                at_once = all(isinstance(target, ast.Tuple | ast.List) for target in targets)
                result = self.checked(self.evaluate(value)) if at_once else self.assigned(value)
                for target in targets:
                    self.bind_target(target, result)
            case ast.AnnAssign(target=target, value=value):
                if value is not None:
                    self.bind_target(target, self.assigned(value))
            case ast.AugAssign():
                self.augmented(node)
            case ast.Expr(value=ast.Yield() as value):
                return self.yielded(value)
            case ast.Expr(value=ast.YieldFrom() as value):
                return self.for_statement(yielding(value))
            case ast.Expr(value=value):
                self.evaluate(value)
            case ast.Return(value=value):
                return self.return_value(av.NONE if value is None else self.assigned(value))
            case ast.If():
                return self.if_statement(node)
            case ast.Match():
                return self.match_statement(node)
            case ast.For():
                return self.for_statement(node)
            case ast.While():
                return self.while_statement(node)
            case ast.Pass() | ast.Global() | ast.Nonlocal():
                pass
            case ast.Break() | ast.Continue():
                return self.break_or_continue("break" if isinstance(node, ast.Break) else "continue")
            case ast.FunctionDef():
                self.define(node)
            case ast.ClassDef():
                self.class_statement(node)
            case ast.With(items=items):
                return self.with_statement(node, items)
            case ast.Try():
                return self.try_statement(node)
            case ast.Assert(test=test, msg=message):
                return self.assertion(test, message)
            case ast.Raise():
                return self.raised(node)
            case ast.Delete(targets=targets):
                for target in targets:
                    self.delete(target)
            case ast.Import(names=names):
                for alias in names:
                    module = self.imported(alias.name)
                    top = alias.name.partition(".")[0]
                    self.assign_name(alias.asname or top, av.Known(module if alias.asname else sys.modules[top]))
            case ast.ImportFrom():
                self.import_from(node)
            case _:
                self.refuse_statement(node)
        return NEXT

    def assigned(self, node: ast.expr) -> AbstractValue:
        """The value of a right-hand side; a generator, which runs later, must not get a name."""
        if isinstance(node, ast.GeneratorExp) or is_call_of(node, ("map", "filter")):
            raise self.refusal(
                "a lazy iterator gets a name",
                "it would run later, when the variables that it reads may have changed",
                "make a list of it",
            )
        return self.readable(self.evaluate(node))

    def refuse_statement(self, node: ast.stmt) -> None:
        found, reason, way_out = REFUSED.get(
            type(node), (f"this statement ({type(node).__name__})", "it is not supported", "write it another way")
        )
        error = self.refusal(found, reason, way_out, kind_node(node))
        self.session.report(error)
        if isinstance(node, ast.While | ast.With | ast.For):
            self.rehearse(node)
        raise Silenced

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

    # Assignments.

    def augmented(self, node: ast.AugAssign) -> None:
        """`target op= value`: the target is evaluated once."""
        match node.target:
            case ast.Name(id=name):
                old = self.read_name(name)
                new = self.updated(node, old)
                self.bind_target(node.target, new)
            case ast.Attribute(value=owner, attr=name):
                receiver = self.evaluate(owner)
                old = self.attribute(receiver, name)
                new = self.updated(node, old)
                self.name(new, name)
                if new is not old or not self.is_part(new, receiver):
                    self.setattr(receiver, name, new)
            case ast.Subscript(value=owner, slice=key):
                container = self.evaluate(owner)
                index = self.evaluate(key)
                old = self.getitem(container, index)
                new = self.updated(node, old)
                if new is not old or not self.is_part(new, container):
                    self.setitem(container, index, new)

    def updated(self, node: ast.AugAssign, old: AbstractValue) -> AbstractValue:
        kind = type(node.op)
        value = self.evaluate(node.value)
        if isinstance(old, Ref) and old.kind == "array":
            number = False if self.is_big(old) else self.is_numpy_number(old)
            if number is False:
                self.update_array(kind, old, value, BINARY[kind][2])
                return old
            if number is None:
                self.expect_one_name(old)
        if isinstance(old, Ref) and old.kind == "list" and kind is ast.Add:
            self.list_extend(old, value)
            return old
        if isinstance(old, Ref) and old.kind == "dict" and kind is ast.BitOr:
            self.dict_update(old, value)
            return old
        if isinstance(old, Ref) and old.kind == "set" and self.updated_set(kind, old, value):
            return old
        if (cls := self.user_class(old)) is not None:
            own = f"__i{BINARY[kind][1]}__"
            if defines(cls, own):
                return self.call(self.special(old, own), [value], {})
        return self.binary(kind, old, value)

    def is_part(self, value: AbstractValue, container: AbstractValue) -> bool:
        """Whether a value is a view of an array, so that what is written to it is written to the array."""
        contents = self.heap.read(value) if isinstance(value, Ref) else None
        return isinstance(contents, Aspect) and contents.base is container

    def delete(self, target: ast.expr) -> None:
        match target:
            case ast.Name(id=name):
                self.read_name(name)
                self.assign_name(name, None)
            case ast.Subscript(value=owner, slice=key):
                container = self.evaluate(owner)
                self.delitem(container, self.evaluate(key))
            case ast.Attribute(value=owner, attr=name):
                receiver = self.checked(self.evaluate(owner))
                if not (isinstance(receiver, Ref) and receiver.kind == "object"):
                    raise self.refusal("an attribute is deleted", "it is not that of an object", "leave it")
                self.attribute(receiver, name)
                self.write(receiver, self.heap.container(receiver).drop(name))
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                for each in targets:
                    self.delete(each)

    # Conditionals and loops.

    def if_statement(self, node: ast.If) -> Outcome:
        with self.at(node.test):
            try:
                verdict = self.truth(self.evaluate(node.test))
            except (DifferentiationError, Silenced) as error:
                if isinstance(error, DifferentiationError):
                    diverted = self.diverted(error)
                    if diverted is not None:
                        return diverted
                    self.session.report(error)
                for body in (node.body, node.orelse):  # only for what is refused inside
                    self.arm(lambda body=body: Outcome("next") if self.block(body) else NEXT)  # type: ignore[misc]
                raise Silenced from None
            if isinstance(verdict, bool):
                return self.block(node.body if verdict else node.orelse)
            then = self.arm(lambda: self.block(node.body), {verdict: True})
            other = self.arm(lambda: self.block(node.orelse), {verdict: False})
            return self.merge(verdict, then, other)

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

    # Definitions, imports, checks.

    def define(self, node: ast.FunctionDef) -> None:
        frame = self.frame.around or self.frame
        closure: AbstractValue = av.Closure(self.code.nested(node), frame, self.defaults(node.args))
        for decorator in reversed(node.decorator_list):
            closure = self.call(self.evaluate(decorator), [closure], {})
        self.assign_name(node.name, closure)

    def imported(self, name: str) -> object:
        try:
            return importlib.import_module(name)
        except ImportError as error:
            raise self.users_error(error) from error

    def import_from(self, node: ast.ImportFrom) -> None:
        if node.level:
            package = self.code.globals.get("__package__") or ""
            name = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
        else:
            name = node.module or ""
        module = self.imported(name)
        for alias in node.names:
            if not hasattr(module, alias.name):
                self.imported(f"{name}.{alias.name}")
            self.assign_name(alias.asname or alias.name, self.attribute(av.Known(module), alias.name))

    def assertion(self, test: ast.expr, message: ast.expr | None) -> Outcome:
        with self.at(test):
            verdict = self.truth(self.evaluate(test))
        if verdict is True:
            return NEXT
        if verdict is False:
            return self.assertion_fails(message)
        fails = self.arm(lambda: self.assertion_fails(message))
        return self.merge(verdict, Arm([], NEXT, *self.state()), fails)

    def assertion_fails(self, message: ast.expr | None) -> Outcome:
        text = f": {self.message(message)}" if message is not None else ""
        refusal = self.refusal(
            f"this assertion fails{text}",
            "it does so for every call with such arguments",
            "pass other arguments",
            kind=DifferentiationError,
        )
        if not self.is_conditional() and self.catcher(AssertionError) is None:
            raise self.standing_for(refusal, AssertionError())
        atoms: list[Atom] = []
        layout = None if message is None else self.layout(self.evaluate(message), atoms)
        if self.catcher(AssertionError) is not None:
            made = Apply(named(AssertionError), () if layout is None else (layout,))
            exception = av.Late(made, tuple(atoms), AssertionError)
            return self.raise_value(self.made_exception(exception), None, "an exception")
        self.effect(Action("assert", layout), atoms)
        return RAISES

    def message(self, node: ast.expr) -> str:
        try:
            value = self.evaluate(node)
            return str(self.lower(value)) if self.is_static(value) else ast.unparse(node)
        except (DifferentiationError, Silenced, av.NeedsStaticParameter, av.NeedsUnrolling):
            return ast.unparse(node)


@cache
def yielding(node: ast.YieldFrom) -> ast.For:
    """`yield from items` as the loop that it stands for: one node for all rounds of a compile, which may unroll it."""
    name = YIELDED_ITEM
    statement = ast.Expr(ast.Yield(ast.Name(name, ast.Load())))
    loop = ast.For(ast.Name(name, ast.Store()), node.value, [statement], [])
    for part in ast.walk(loop):
        if not hasattr(part, "lineno"):
            ast.copy_location(part, node)
    return loop


def header(node: ast.stmt) -> tuple[int, int]:
    """The lines of a statement; of a compound one, those before its body."""
    end = node.end_lineno or node.lineno
    match node:
        case ast.If(test=last) | ast.While(test=last) | ast.For(iter=last) | ast.Match(subject=last):
            end = last.end_lineno or end
        case ast.FunctionDef(body=body) | ast.ClassDef(body=body) | ast.With(body=body):
            end = max(node.lineno, body[0].lineno - 1)
    return node.lineno, end


def kind_node(node: ast.stmt) -> ast.AST:
    """Where the caret of a refused statement goes: its test or first line."""
    match node:
        case ast.While(test=test):
            return test
        case ast.With(items=items):
            return items[0].context_expr
    return node


def bound_names_of(target: ast.expr) -> Iterator[str]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            yield node.id


def is_call_of(node: ast.expr, names: tuple[str, ...]) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
