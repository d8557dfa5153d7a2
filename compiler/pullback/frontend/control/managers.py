"""`with`: context managers.

Those of NumPy and of `warnings` that silence warnings silence the generated code; a manager written by the user is
interpreted: its entry, the block, its exit. What the program raises in the block is given to the exit, which swallows
it or lets it go; what an operation raises by itself goes past it.
"""

from __future__ import annotations

import ast
import contextlib
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.state import NEXT, Arm, Outcome
from pullback.frontend.abstract.values import AbstractValue, Container, Ref
from pullback.frontend.control.exceptions import Exceptions, Raised
from pullback.frontend.operations.operators import defines

CATEGORIES = ("divide", "over", "under", "invalid")


class Managers(Exceptions):
    """Context managers."""

    def with_statement(self, node: ast.With, items: list[ast.withitem]) -> Outcome:
        """`with a as x, b as y: ...`: one manager inside the other."""
        if not items:
            return self.block(node.body)
        item = items[0]
        with self.at(item.context_expr):
            manager = self.checked(self.evaluate(item.context_expr))
            if isinstance(manager, av.Partial) and isinstance(manager.function, av.Known):
                function = manager.function.value
                if any(function is known for known in LIBRARY_MANAGERS):
                    return self.library_manager(node, items, manager, function)
            cls = self.user_class(manager)
            if cls is None or not (defines(cls, "__enter__") and defines(cls, "__exit__")):
                raise self.refusal(
                    f"{self.describe(manager)} is entered by `with`",
                    "what it does to the block is not known",
                    "enter it around the call of this function",
                )
            entered = self.call(self.special(manager, "__enter__"), [], {})
            self.bind_as(item, entered)

        def leave(*given: AbstractValue) -> AbstractValue:
            with self.at(item.context_expr):
                return self.call(self.special(manager, "__exit__"), list(given), {})

        def settle(exception: Raised) -> Outcome:
            swallowed = self.truth(leave(av.Known(self.class_of(exception[0])), exception[0], av.NONE))
            if isinstance(swallowed, bool):
                return NEXT if swallowed else self.raise_value(*exception, "an exception")
            goes_on = self.arm(lambda: self.raise_value(*exception, "an exception"), {swallowed: False})
            return self.merge(swallowed, Arm([], NEXT, *self.state()), goes_on)

        def close() -> Outcome:
            leave(av.NONE, av.NONE, av.NONE)
            return NEXT

        return self.managed(node, lambda: self.with_statement(node, items[1:]), settle, close)

    def managed(
        self,
        node: ast.With,
        body: Callable[[], Outcome],
        settle: Callable[[Raised], Outcome],
        close: Callable[[], Outcome],
    ) -> Outcome:
        """A block under a manager: what it raises is settled by the manager's exit; in any other way out, it closes."""
        exited = self.heap.new("cell", Container(object, ("exited",), (av.Known(False),)))

        def handle(k: int, exception: Raised) -> Outcome:
            if isinstance(several := self.settled(exception[0]), av.OneOf):
                flag = several.flags[0]
                arms = (self.arm(lambda: handle(k, exception), {flag: truth}) for truth in (True, False))
                return self.merge(flag, *arms)
            exception = several, exception[1]
            self.heap.write(exited, Container(object, ("exited",), (av.Known(True),)))
            self.handling.append(exception)
            try:
                return settle(exception)
            finally:
                self.handling.pop()

        def last() -> Outcome:
            verdict = self.truth(self.heap.container(exited).values[0])
            if isinstance(verdict, bool):
                return NEXT if verdict else close()
            closing = self.arm(close, {verdict: False})
            return self.merge(verdict, Arm([], NEXT, *self.state()), closing)

        def guarded() -> Outcome:
            return self.caught(node, ((BaseException,),), body, handle, lambda: NEXT, is_manager=True)

        return self.finally_after(guarded, last, node)

    def bind_as(self, item: ast.withitem, value: AbstractValue) -> None:
        if item.optional_vars is not None:
            self.bind_target(item.optional_vars, value)

    def library_manager(self, node: ast.With, items: list[ast.withitem], manager: av.Partial, function: Any) -> Outcome:
        """The managers of NumPy, warnings and contextlib."""
        item, args = items[0], manager.args
        if function is GENERATOR_MANAGER:
            return self.generator_manager(node, items, args[0])
        if function is contextlib.suppress:
            return self.suppressing(node, items, tuple(c for arg in args for c in self.static_classes(arg)))
        if function is contextlib.nullcontext:
            self.bind_as(item, [*args, *manager.kwargs.values(), av.NONE][0])
        elif function is np.errstate:
            self.silence(manager)
            self.bind_as(item, av.NONE)
        elif args or manager.kwargs:
            raise self.refusal(
                "`warnings.catch_warnings` with arguments",
                "recorded warnings are not values that can be computed with",
                "leave the arguments out",
            )
        if function is not warnings.catch_warnings:
            return self.with_statement(node, items[1:])
        self.catching_warnings += 1
        try:
            return self.with_statement(node, items[1:])
        finally:
            self.catching_warnings -= 1

    def silence(self, manager: av.Partial) -> None:
        """`np.errstate`: categories that are ignored stay so in all of the generated code."""
        for name, value in manager.kwargs.items():
            word = self.static_key(value, f"`{name}` of `np.errstate`")
            if word not in ("ignore", "warn", None):
                raise self.refusal(
                    f"`np.errstate({name}={word!r})` is entered",
                    "an operation would raise or call back, which the backward pass could not do alike",
                    "check the values with np.isfinite",
                )
            if word == "ignore":
                self.session.silenced |= set(CATEGORIES if name == "all" else (name,))

    def suppressing(
        self, node: ast.With, items: list[ast.withitem], classes: tuple[type[BaseException], ...]
    ) -> Outcome:
        """`contextlib.suppress`: a `try` whose handler does nothing."""
        return self.caught(
            node, (classes,), lambda: self.with_statement(node, items[1:]), lambda k, exception: NEXT, lambda: NEXT
        )

    def generator_manager(self, node: ast.With, items: list[ast.withitem], generator: AbstractValue) -> Outcome:
        """A generator under `contextlib.contextmanager`: what it does before its `yield`, the block, and the rest."""
        activation = self.suspended(generator)
        assert activation is not None
        assert isinstance(generator, Ref)
        assert isinstance(activation.code.node, ast.FunctionDef)
        halves = halves_of(activation.code.node)
        if halves is None:
            raise self.refusal(
                f"the context manager `{activation.code.name}` yields under a condition, in a loop, or more than once",
                "the block would run at another place",
                "let it yield once, as a statement of its own body, or of a `try` in it",
                items[0].context_expr,
            )
        before, value, after, thrown = halves
        frame = activation.frame(activation.callee)
        frame.names.update(activation.arguments)
        self.make_cells(frame)

        def half(body: list[ast.stmt]) -> Outcome:
            """Run a part of the generator; how it is left, where that is by an exception."""
            saved = self.frame, self.statement, self.builder.loc, self.pending, self.dynamic, self.loops
            self.callers.append(self.frame)
            self.left_open.append(bool(self.pending))
            self.dynamic += self.left_open[-1]
            self.frame, self.pending, self.loops = frame, [], []
            try:
                if self.close(0, self.block(body)).exit not in ("next", "return"):
                    raise av.Diverges
                if body is before:
                    entered.append(av.NONE if value is None else self.evaluate(value))
            finally:
                self.abandon(0)
                self.callers.pop()
                self.left_open.pop()
                self.frame, self.statement, self.builder.loc, self.pending, self.dynamic, self.loops = saved
            return NEXT

        entered: list[AbstractValue] = []
        half(before)
        self.bind_as(items[0], entered[0])
        return self.managed(
            node, lambda: self.with_statement(node, items[1:]), lambda exception: half(thrown), lambda: half(after)
        )


Halves = tuple[list[ast.stmt], ast.expr | None, list[ast.stmt], list[ast.stmt]]


@cache
def halves_of(node: ast.FunctionDef) -> Halves | None:
    """Of a generator that yields once: the statements before that, what it yields, the statements after it, and those
    that run where the block raises: the same, with the exception raised in the place of the `yield`. None where it is
    not so simple.
    """
    return split_at_yield(node.body)


def split_at_yield(body: list[ast.stmt]) -> Halves | None:
    places = [k for k, statement in enumerate(body) if any(isinstance(n, ast.Yield) for n in ast.walk(statement))]
    if len(places) != 1:
        return None
    k = places[0]
    rest = body[k + 1 :]
    match body[k]:
        case ast.Expr(value=ast.Yield(value=value)) as statement:
            return body[:k], value, rest or [placed(ast.Pass(), statement)], [placed(ast.Raise(), statement)]
        case ast.Try(body=inner, handlers=handlers, orelse=orelse, finalbody=last) as statement:
            if (halves := split_at_yield(inner)) is not None:
                before, value, *after = halves
                tries = [placed(ast.Try(part, handlers, orelse, last), statement) for part in after]
                return [*body[:k], *before], value, [tries[0], *rest], [tries[1], *rest]
    return None


def placed(made: ast.stmt, like: ast.stmt) -> ast.stmt:
    """A statement in the place of another."""
    return ast.copy_location(made, like)


GENERATOR_MANAGER = contextlib.contextmanager
LIBRARY_MANAGERS = (
    np.errstate,
    warnings.catch_warnings,
    contextlib.suppress,
    contextlib.nullcontext,
    GENERATOR_MANAGER,
)
