"""Statements: a refused one is reported and poisons what it would have bound, and interpretation goes on."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from contextlib import suppress
from functools import cache

from pullback.errors import DifferentiationError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Aspect
from pullback.frontend.abstract.state import DIVERGES, NEXT, RAISES, Arm, Outcome
from pullback.frontend.abstract.values import POISON, AbstractValue, Diverges, Raised, Ref, Silenced
from pullback.frontend.base.outside import YIELDED_ITEM
from pullback.frontend.calls.effects import named
from pullback.frontend.control.for_and_while import ForAndWhile
from pullback.frontend.operations.operators import BINARY, defines
from pullback.frontend.syntax.source import bound_names
from pullback.ir.core import Atom
from pullback.ir.effects import Action, Apply

REFUSED: dict[type[ast.stmt], tuple[str, str, str]] = {
    ast.TryStar: ("an `except*`", "exception groups are not supported", "catch exceptions by `except`"),
    ast.AsyncWith: ("an `async with` statement", "coroutines are not supported", "make it a plain function"),
    ast.AsyncFor: ("an `async for` loop", "coroutines are not supported", "make it a plain loop"),
    ast.AsyncFunctionDef: ("an `async def`", "coroutines are not supported", "make it a plain function"),
}


class Statements(ForAndWhile):
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

    # Conditionals.

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


def is_call_of(node: ast.expr, names: tuple[str, ...]) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
