"""`try`, `with` and `raise`.

What Python raises for every call with such arguments (a missing key, a `raise` that is reached in any case, a wrong
type) is a `DifferentiationError` that carries the exception. If a `try` around it catches that, and if it is reached as
surely as the `try` itself, the handler is interpreted next, on the state that the body has left.

An exception that the program raises under a condition of the run is a branch to its handler: the statement then has a
region, whose flags say at its end which way it was left (`control/leaving.py`). So is every other way out of it that
a condition decides. Which statements need a region shows while they are interpreted; the compile then starts again.

An operation that may raise by itself, for some values of the run, has no handler in the generated code: where one would
catch it, it is refused; elsewhere it comes out as itself.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Callable
from dataclasses import replace

from pullback.errors import DifferentiationError, UnsupportedSyntaxError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.classes import has_plain_init
from pullback.frontend.abstract.state import Outcome, Region, Try
from pullback.frontend.abstract.values import AbstractValue, Caught, Container
from pullback.frontend.calls.effects import named
from pullback.frontend.control.leaving import WAYS
from pullback.frontend.control.matching import Matching
from pullback.frontend.control.raising import exceptions_of
from pullback.ir.core import Atom, Op
from pullback.ir.effects import EFFECT, Apply, Hole, Layout, Named, Plain, Text, raises
from pullback.ir.regions import CALL
from pullback.ir.types import rank

Raised = tuple[AbstractValue, AbstractValue | None]  # an exception, and its cause
Clauses = tuple[tuple[type[BaseException], ...], ...]
ANY_WAY = "raised "


class Exceptions(Matching):
    """`try`, `raise`, and what is caught."""

    def try_statement(self, node: ast.Try) -> Outcome:
        """`try`, with all its parts."""
        if not node.finalbody:
            return self.handled(node)
        return self.finally_after(lambda: self.handled(node), lambda: self.block(node.finalbody), node)

    def handled(self, node: ast.Try) -> Outcome:
        """`try` without its `finally`."""
        if not node.handlers:
            return self.block(node.body)
        hidden = {name: value for name, value in self.frame.names.items() if name.startswith(" ")}

        def handle(k: int, exception: Raised) -> Outcome:
            names = {name: value for name, value in self.frame.names.items() if not name.startswith(" ")}
            self.frame.names = {**names, **hidden}
            return self.handle(node.handlers[k], exception)

        clauses = tuple(self.classes_of(handler) for handler in node.handlers)
        return self.caught(node, clauses, lambda: self.block(node.body), handle, lambda: self.block(node.orelse))

    def caught(
        self,
        node: ast.stmt,
        clauses: Clauses,
        body: Callable[[], Outcome],
        handle: Callable[[int, Raised], Outcome],
        orelse: Callable[[], Outcome],
        is_manager: bool = False,
    ) -> Outcome:
        """A body, then the handler of what it raises, or else `orelse`."""
        around = replace(self.opened(node, clauses, has_last=False), is_manager=is_manager)
        ops: list[Op] = []
        raised: Caught | None = None
        self.builder.watchers.append(ops)
        self.tries.append(around)
        try:
            outcome = body() if around.region is None else self.enclosed(around.region, body)
        except Caught as exception:
            if not isinstance(exception.exception, around.classes):
                raise
            raised = exception
        finally:
            self.tries.pop()
            self.builder.watchers.pop()
        self.expect_no_raise(ops, around)
        if raised is not None:
            k = next(k for k, classes in enumerate(clauses) if isinstance(raised.exception, classes))
            return handle(k, (self.known_exception(raised.exception, raised.is_exact), None))
        if outcome.exit != "next":
            return outcome
        if around.region is None:
            return orelse()
        outcome = self.on_all_ways(around.region)
        return self.first_handler(around.region, 0, handle, orelse) if outcome.exit == "next" else outcome

    def opened(self, node: ast.stmt, clauses: Clauses, has_last: bool) -> Try:
        """A `try` or `with` that begins."""
        region = None
        if node in self.session.handled:
            region = self.region(*WAYS, *([ANY_WAY] if has_last else (f"raised {k}" for k in range(len(clauses)))))
        depth = sum(frame is not self.frame for frame in self.callers)
        return Try(node, clauses, has_last, region, self.arms, self.frame, depth)

    def first_handler(
        self,
        region: Region,
        k: int,
        handle: Callable[[int, Raised], Outcome],
        orelse: Callable[[], Outcome],
    ) -> Outcome:
        """The handler whose flag is set, of the k-th and those after it; `orelse` where none is."""
        if f"raised {k}" not in region.ways:
            return orelse()
        verdict = self.taken(region, f"raised {k}")
        if verdict is False:
            return self.first_handler(region, k + 1, handle, orelse)
        if verdict is True:
            return handle(k, self.payload(region, f"raised {k}"))
        then = self.arm(lambda: handle(k, self.payload(region, f"raised {k}")), {verdict: True})
        other = self.arm(lambda: self.first_handler(region, k + 1, handle, orelse), {verdict: False})
        return self.merge(verdict, then, other)

    def payload(self, region: Region, way: str) -> Raised:
        """The exception that has taken a way, and its cause."""
        _, exception, cause = map(self.settled, self.heap.container(region.ways[way]).values)
        found = [
            value.value if isinstance(value, av.Maybe) and value.unbound else value for value in (exception, cause)
        ]
        return found[0], None if isinstance(found[1], av.Unbound) else found[1]

    def handle(self, handler: ast.ExceptHandler, raised: Raised) -> Outcome:
        """Interpret the handler of an exception."""
        exception, _ = raised
        if handler.name:
            self.assign_name(handler.name, exception)
            if self.is_inexact(exception):
                assert isinstance(exception, av.Known)
                self.assign_name(handler.name, inexact(exception.value))
        self.handling.append(raised)
        try:
            outcome = self.block(handler.body)
        finally:
            self.handling.pop()
        if handler.name and outcome.exit == "next":
            self.assign_name(handler.name, None)
        return outcome

    def is_inexact(self, exception: AbstractValue) -> bool:
        """Whether the arguments of an exception may not be Python's."""
        return exception in self.session.inexact

    def classes_of(self, handler: ast.ExceptHandler) -> tuple[type[BaseException], ...]:
        """The classes that a handler catches."""
        if handler.type is None:
            return (BaseException,)
        with self.at(handler.type):
            value = self.static_classes(self.evaluate(handler.type))
            if not all(isinstance(cls, type) and issubclass(cls, BaseException) for cls in value):
                raise self.users_error(TypeError("catching classes that do not inherit from BaseException"))
            return value

    def static_classes(self, value: AbstractValue) -> tuple[type[BaseException], ...]:
        """Exception classes, from one or from a tuple of them."""
        if isinstance(value, av.Known):
            return value.value if isinstance(value.value, tuple) else (value.value,)
        return tuple(cls for item in self.items_of(value, "`except`") for cls in self.static_classes(item))

    def finally_after(self, body: Callable[[], Outcome], last: Callable[[], Outcome], node: ast.stmt) -> Outcome:
        """Run a body, and what comes after it in any case: also after a `return`, or an exception that goes on."""
        around, base = self.opened(node, (), has_last=True), len(self.pending)
        ops: list[Op] = []
        self.builder.watchers.append(ops)
        self.tries.append(around)
        try:
            outcome = body() if around.region is None else self.enclosed(around.region, body)
        except (Caught, av.Left):
            self.tries.pop()
            last()
            self.tries.append(around)
            raise
        finally:
            self.tries.pop()
            self.builder.watchers.pop()
        if len(self.pending) > base:
            raise av.NeedsHandling(node)
        if outcome.exit in ("diverges", "raises"):
            return outcome
        said: list[Op] = []
        self.builder.watchers.append(said)
        try:
            ended = last()
        finally:
            self.builder.watchers.pop()
        speaks = any(op.prim in (EFFECT, CALL) for op in said)
        if speaks and node not in self.session.speaking and any(map(exceptions_of, ops)):
            raise av.NeedsForesight(node)
        if speaks and any(map(raises, ops)):
            raise self.refusal(
                "a block that raises under a condition ends with an effect of its own",
                "it would have to come before the exception, in every way out of the block",
                "print or log before the `raise`, and after the block",
                node,
            )
        if ended.exit != "next":
            return ended
        if around.region is None:
            return outcome
        region = around.region
        outcome = self.on_way(region, ANY_WAY, lambda: self.throw(*self.payload(region, ANY_WAY)))
        return self.on_all_ways(region) if outcome.exit == "next" else outcome

    def expect_no_raise(self, ops: list[Op], around: Try) -> None:
        """Refuse operations that may raise, when the program runs, what a handler would catch."""
        for op in ops:
            for exception in exceptions_of(op):
                if (op, exception) not in self.session.foreseen and any(
                    issubclass(exception, t.classes) for t in (*self.tries, around) if not t.is_manager
                ):
                    self.session.report(
                        UnsupportedSyntaxError(
                            f"an `except` catches {exception.__name__}, which this may raise",
                            "whether it does is known at run time only, and the generated code has no handlers",
                            "test the condition with `if`, and do there what the handler does",
                            op.loc,
                        )
                    )

    # Exceptions that are certain.

    def diverted(self, error: DifferentiationError) -> Outcome | None:
        """Let the exception that an error stands for go to its handler. None where there is none."""
        exception, where = error.exception, error.place
        match = next((t for t in reversed(self.tries) if exception and isinstance(exception, t.classes)), None)
        if exception is None or match is None or not isinstance(where, tuple):
            return None
        around = self.catcher(type(exception))
        assert around is not None
        if around.region is not None:
            return self.throw(self.known_exception(exception, error.is_exact), None)
        arms, activations = where
        inner = [is_open for frame, is_open in activations if frame is not match.frame]
        if match.region is None and arms == match.arms and not any(inner[match.depth :]):
            raise Caught(exception, error.is_exact) from error
        raise av.NeedsHandling(around.node)

    # What a handler sees of an exception.

    def exception_attribute(self, value: av.Late, name: str) -> AbstractValue | None:
        """An attribute of an exception that the function has made: its arguments, or what its class makes of them."""
        layout = value.layout
        plain = isinstance(layout, Apply) and isinstance(layout.function, Named) and layout.function.value is value.cls
        if plain and isinstance(layout, Apply) and not name.startswith("__"):
            args = [self.argument_held(arg, value.atoms) for arg in layout.args]
            kwargs = {key: self.argument_held(arg, value.atoms) for key, arg in layout.keywords}
            if name == "args" and has_plain_init(value.cls):
                return av.Tuple(tuple(args))
            init = getattr(value.cls, "__init__", None)
            if isinstance(init, types.FunctionType) and name != "args":
                made = self.heap.new("object", Container(value.cls, (), ()))
                self.call(av.Bound(av.Known(init), made), args, kwargs)
                return self.find_attribute(made, name)
        raise self.refusal(
            f"the attribute `{name}` of an exception is read",
            "the generated code has no handlers, and so makes no exception that is caught",
            "keep what it holds in a variable before the `raise`",
        )

    def argument_held(self, layout: Layout, atoms: tuple[Atom, ...]) -> AbstractValue:
        """What an exception was given, where nobody can have changed it since."""
        match layout:
            case Plain(value=known):
                return self.from_python(known)
            case Hole(index=index) if rank(atoms[index].type) == 0:
                return self.value_of(atoms[index])
            case Text():
                return av.Late(layout, atoms, str)
        raise self.refusal(
            "an exception that holds arrays or containers is looked at",
            "they may have changed since it was made",
            "keep what it holds in a variable before the `raise`",
        )

    # Raising.

    def raised(self, node: ast.Raise) -> Outcome:
        """`raise`: to its handler, or at run time; what every call would come to is refused now."""
        if node.exc is None:
            if not self.handling:
                raise self.users_error(RuntimeError("No active exception to reraise"))
            return self.raise_value(*self.handling[-1], "an exception")
        exception = self.exception_value(node.exc)
        cause = next((cause for held, cause in self.handling if held is exception), None)
        if node.cause is not None:
            cause = self.cause_value(node.cause)
        return self.raise_value(exception, cause, f"`{self.exception_text(node.exc)}`")

    def raise_value(self, exception: AbstractValue, cause: AbstractValue | None, text: str) -> Outcome:
        """Raise an exception that has been made."""
        exception = self.checked(exception)
        cls = self.class_of(exception)
        assert cls is not None
        assert issubclass(cls, BaseException)
        around = self.catcher(cls)
        if around is not None and around.region is not None:
            return self.throw(exception, cause)
        if any(issubclass(cls, t.classes) for t in self.tries) or not self.is_conditional():
            error = self.refusal(
                f"the function raises {text}",
                "it does so for every call with such arguments",
                "pass other arguments",
                kind=DifferentiationError,
            )
            is_exact = isinstance(exception, av.Known) and not self.is_inexact(exception)
            instance = exception.value if isinstance(exception, av.Known) else cls.__new__(cls)
            self.diverted(self.standing_for(error, instance, is_exact))
            raise error
        if around is not None:
            raise av.NeedsHandling(around.node)
        return self.raise_now(exception, cause)

    def exception_value(self, node: ast.expr) -> AbstractValue:
        """The exception that is raised: itself where it is known with its arguments, else how it is made."""
        value = self.checked(self.evaluate(node))
        if isinstance(value, av.Known):
            known = value.value
            if isinstance(known, BaseException) and any(held is value for held, _ in self.handling):
                return value
            if isinstance(known, type) and issubclass(known, BaseException):
                return self.known_exception(known()) if has_plain_init(known) else self.exception(known, [], {})
        if isinstance(value, av.Late) and issubclass(value.cls, BaseException):
            return self.made_exception(value)
        raise self.refusal(
            f"{self.describe(value)} is raised",
            "only exceptions that the function makes are followed",
            "make the exception where it is raised (`raise ValueError(...)`)",
        )

    def made_exception(self, value: av.Late) -> AbstractValue:
        """An exception whose arguments are all known, as itself."""
        match value.layout:
            case Apply(function=Named(value=cls), args=args, keywords=()) if (
                cls is value.cls and has_plain_init(cls) and all(isinstance(arg, Plain) for arg in args)
            ):
                return self.known_exception(cls(*(arg.value for arg in args if isinstance(arg, Plain))))
        return value

    def cause_value(self, node: ast.expr) -> AbstractValue:
        """What an exception is raised from."""
        with self.at(node):
            value = self.checked(self.evaluate(node))
            return value if isinstance(value, av.Known) and value.value is None else self.exception_value(node)

    def written_exception(self, exception: AbstractValue, atoms: list[Atom]) -> Layout:
        if not isinstance(exception, av.Known):
            return self.layout(exception, atoms)
        if self.is_inexact(exception):
            self.checked(inexact(exception.value))
        return Apply(named(type(exception.value)), tuple(map(Plain, exception.value.args)))

    def exception_text(self, node: ast.expr) -> str:
        if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
            return f"{ast.unparse(node.func)}: {self.message(node.args[0])}"
        return ast.unparse(node)

    def message(self, node: ast.expr) -> str:
        """The text of an expression in a message."""
        raise NotImplementedError

    def is_conditional(self) -> bool:
        """Whether it is known at run time only whether this is reached: not so in what every call comes to."""
        return bool(self.dynamic or self.pending or not self.is_entry)


def inexact(exception: BaseException) -> av.Conflict:
    """What an exception is to a handler that looks at it, where its arguments may not be Python's."""
    return av.Conflict(
        f"the exception that {type(exception).__name__} stands for is looked at",
        "its text is Python's own, and not part of what is computed",
        "tell exceptions apart by their class",
    )
