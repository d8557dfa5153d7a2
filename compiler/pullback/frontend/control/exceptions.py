"""`try`: an exception that is certain when compiling goes to its handler, as in Python; all else is taken not to raise.

What Python raises for every call with such arguments (a missing key, a `raise` that is reached in any case, a wrong
type) is a `DifferentiationError` that carries the exception. If a `try` around it catches that, and if it is reached as
surely as the `try` itself, the handler is interpreted next, on the state that the body has left.

An exception that only the run decides has no handler in the generated code. Where the program raises it under a
condition it is refused; where an operation may raise it by itself it comes out as itself.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Callable

from pullback.errors import DifferentiationError, UnsupportedSyntaxError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.state import NEXT, Outcome, Try
from pullback.frontend.abstract.values import AbstractValue, Caught
from pullback.frontend.control.matching import Matching
from pullback.frontend.control.raising import exceptions_of
from pullback.ir.core import Op
from pullback.ir.effects import EFFECT
from pullback.ir.regions import CALL


class Exceptions(Matching):
    """`try`, `raise`, and what is caught."""

    def try_statement(self, node: ast.Try) -> Outcome:
        """`try`, with all its parts."""
        return self.finally_after(lambda: self.handled(node), lambda: self.block(node.finalbody), node)

    def handled(self, node: ast.Try) -> Outcome:
        """`try` without its `finally`."""
        if not node.handlers:
            return self.block(node.body)
        clauses = [self.classes_of(handler) for handler in node.handlers]
        hidden = {name: value for name, value in self.frame.names.items() if name.startswith(" ")}
        outcome, raised = self.tried(lambda: self.block(node.body), tuple(c for classes in clauses for c in classes))
        if raised is None:
            return self.block(node.orelse) if outcome.exit == "next" else outcome
        for handler, classes in zip(node.handlers, clauses, strict=True):
            if isinstance(raised.exception, classes):
                names = {name: value for name, value in self.frame.names.items() if not name.startswith(" ")}
                self.frame.names = {**names, **hidden}
                return self.handle(handler, raised.exception, raised.is_exact)
        raise raised

    def tried(
        self, body: Callable[[], Outcome], classes: tuple[type[BaseException], ...]
    ) -> tuple[Outcome, Caught | None]:
        """How a body ends, and what it raises for certain of what is caught there."""
        ops: list[Op] = []
        self.builder.watchers.append(ops)
        depth = sum(frame is not self.frame for frame in self.callers)
        self.tries.append(Try(classes, self.arms, self.frame, depth))
        try:
            outcome = body()
            self.expect_no_raise(ops)
        except Caught as caught:
            if not isinstance(caught.exception, classes):
                raise
            self.expect_no_raise(ops)
            return NEXT, caught
        finally:
            self.tries.pop()
            self.builder.watchers.pop()
        return outcome, None

    def handle(self, handler: ast.ExceptHandler, exception: BaseException, is_exact: bool) -> Outcome:
        """Interpret the handler of an exception."""
        value: AbstractValue = av.Known(exception)
        if not is_exact:
            value = av.Conflict(
                f"the exception that {type(exception).__name__} stands for is looked at",
                "its text is Python's own, and not part of what is computed",
                "tell exceptions apart by their class",
            )
        if handler.name:
            self.assign_name(handler.name, value)
        self.handling.append((exception, is_exact))
        try:
            outcome = self.block(handler.body)
        finally:
            self.handling.pop()
        if handler.name and outcome.exit == "next":
            self.assign_name(handler.name, None)
        return outcome

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
        base = len(self.pending)
        ops: list[Op] = []
        self.builder.watchers.append(ops)
        try:
            outcome = body()
        except (Caught, av.Left) as left:
            if isinstance(left, Caught) and isinstance(node, ast.With):
                raise self.refusal(
                    f"a context manager is left by {type(left.exception).__name__}",
                    "what it does with an exception is not followed",
                    "test the condition with `if`",
                    node,
                ) from left
            last()
            raise
        finally:
            self.builder.watchers.pop()
        if len(self.pending) > base and isinstance(node, ast.With | ast.Try) and has_last_words(node):
            raise self.refusal(
                "a block that ends with `finally`, or with a context manager's own exit, is left by a condition",
                "which is known at run time only; what ends the block would have to be in every way out of it",
                "assign to a variable instead, and return after the block",
                node,
            )
        raises = any(op.prim is EFFECT and op.attrs["action"].raises for op in ops)
        before = len(ops)
        self.builder.watchers.append(ops)
        try:  # what surely raises is the end of its block: only what comes after it is looked at
            ended = self.arm(last).outcome if outcome.exit == "raises" else last()
        finally:
            self.builder.watchers.pop()
        if raises and any(op.prim in (EFFECT, CALL) for op in ops[before:]):
            raise self.refusal(
                "a block that raises under a condition ends with an effect of its own",
                "it would have to come before the exception, in every way out of the block",
                "print or log before the `raise`, and after the block",
                node,
            )
        if outcome.exit == "raises":
            return outcome
        return outcome if ended.exit == "next" else ended

    def expect_no_raise(self, ops: list[Op]) -> None:
        """Refuse operations that may raise, when the program runs, what a handler would catch."""
        for op in ops:
            for exception in exceptions_of(op):
                if any(issubclass(exception, t.classes) for t in self.tries):
                    self.session.report(
                        UnsupportedSyntaxError(
                            f"an `except` catches {exception.__name__}, which this may raise",
                            "whether it does is known at run time only, and the generated code has no handlers",
                            "test the condition with `if`, and do there what the handler does",
                            op.loc,
                        )
                    )

    # Exceptions that are certain.

    def divert(self, error: DifferentiationError) -> None:
        """Let the exception that an error stands for go to its handler, if there is one that surely gets it."""
        exception, where = error.exception, error.place
        around = next((t for t in reversed(self.tries) if exception and isinstance(exception, t.classes)), None)
        if exception is None or around is None or not isinstance(where, tuple):
            return
        arms, activations = where
        inner = [is_open for frame, is_open in activations if frame is not around.frame]
        if arms == around.arms and not any(inner[around.depth :]):
            raise Caught(exception, error.is_exact) from error
        error.exception = None
        error.found = f"an `except` catches {type(exception).__name__}, raised under a condition"
        error.reason = "the condition is known at run time only, and the generated code has no handlers"
        error.way_out = "test the condition with `if`, and do there what the handler does"

    def error_of(self, node: ast.Raise) -> DifferentiationError:
        """What a `raise` comes to, if it is reached in any case."""
        if node.exc is None:
            if not self.handling:
                raise self.users_error(RuntimeError("No active exception to reraise"))
            exception, is_exact = self.handling[-1]
        else:
            exception, is_exact = self.exception_of(node.exc)
        what = "an exception" if node.exc is None else f"`{self.exception_text(node.exc)}`"
        error = self.refusal(
            f"the function raises {what}",
            "it does so for every call with such arguments",
            "pass other arguments",
            kind=DifferentiationError,
        )
        return self.standing_for(error, exception, is_exact)

    def exception_of(self, node: ast.expr) -> tuple[BaseException | None, bool]:
        """The exception that is raised, and whether its arguments are known."""
        function = self.evaluate(node.func) if isinstance(node, ast.Call) else self.evaluate(node)
        known = function.value if isinstance(function, av.Known) else None
        if isinstance(known, BaseException):
            return known, True
        if not (isinstance(known, type) and issubclass(known, BaseException)):
            return None, False
        args = node.args if isinstance(node, ast.Call) else []
        if isinstance(node, ast.Call) and (
            node.keywords or not isinstance(known.__init__, types.WrapperDescriptorType)
        ):
            return known.__new__(known), False
        values = [self.evaluate(arg) for arg in args if not isinstance(arg, ast.JoinedStr)]
        if len(values) < len(args) or not all(map(self.is_static, values)):
            return known.__new__(known), False
        return known(*map(self.lower, values)), True

    def exception_text(self, node: ast.expr) -> str:
        if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
            return f"{ast.unparse(node.func)}: {self.message(node.args[0])}"
        return ast.unparse(node)

    def message(self, node: ast.expr) -> str:
        """The text of an expression in a message."""
        raise NotImplementedError


def has_last_words(node: ast.With | ast.Try) -> bool:
    """Whether anything happens when the block ends."""
    return isinstance(node, ast.With) or bool(node.finalbody)
