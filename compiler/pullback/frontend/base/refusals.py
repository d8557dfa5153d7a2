"""Where the interpreter is, what it says when it refuses, and in which words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from pullback.errors import DifferentiationError, UnsupportedSyntaxError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Aspect, Chosen, Grown, Shared
from pullback.frontend.abstract.state import RecordingBuilder, is_library
from pullback.frontend.abstract.values import AbstractValue, Container, Ref, Silenced
from pullback.frontend.base.interpreter import Interpreter
from pullback.frontend.syntax.source import Code
from pullback.ir.core import Atom, Const, Loc, Value
from pullback.ir.opaque import Opaque, opaque_type
from pullback.ir.types import Handle, Scalar, ShapesDisagree, rank

NUMBERS = (bool, int, float, complex, np.number, np.bool_)
PLAIN = (*NUMBERS, str, bytes, type(None), type(...), range, np.dtype, slice)


class Refusals(Interpreter):
    """Locations, errors and descriptions."""

    # Locations and refusals.

    @property
    def code(self) -> Code:
        """The function being interpreted."""
        return self.frame.code

    @property
    def builder(self) -> RecordingBuilder:
        """Where operations go."""
        return self.unit.builder

    @property
    def loc(self) -> Loc | None:
        """Where the interpreter is."""
        return self.builder.loc

    @contextmanager
    def at(self, node: ast.AST) -> Iterator[None]:
        """What is built inside stems from `node`; in the source of a library, from where the user calls that."""
        before = self.builder.loc
        if hasattr(node, "lineno"):  # not so in the loop that a comprehension stands for
            called_at = self.session.called_at if is_library(self.code.file) else None
            self.builder.loc = called_at or self.code.loc(node, self.statement)
        yield
        self.builder.loc = before

    def refusal(
        self,
        found: str,
        reason: str = "",
        way_out: str = "",
        node: ast.AST | None = None,
        kind: type[DifferentiationError] = UnsupportedSyntaxError,
    ) -> DifferentiationError:
        """An error at a node, or where the interpreter is."""
        loc = self.loc if node is None or not hasattr(node, "lineno") else self.code.loc(node, self.statement)
        return kind(found, reason, way_out, loc)

    def users_error(self, error: BaseException) -> DifferentiationError:
        """What Python itself would raise at this place."""
        exception = ValueError(*error.args) if isinstance(error, ShapesDisagree) else error
        refusal = self.refusal(
            f"this raises {type(exception).__name__}: {error}",
            "the function itself fails here for such arguments",
            "mend the function or its arguments",
            kind=DifferentiationError,
        )
        return self.standing_for(refusal, exception)

    @staticmethod
    def not_surely(refusal: DifferentiationError) -> DifferentiationError:
        """The refusal of what may be a limit of the compiler's, too: no `except` catches it."""
        refusal.exception = None
        return refusal

    @property
    def arms(self) -> int:
        """How many conditionals and loops known at run time only are around, besides those left open by a `return`."""
        return self.dynamic - sum(self.left_open)

    def standing_for(
        self, refusal: DifferentiationError, exception: BaseException | None, is_exact: bool = False
    ) -> DifferentiationError:
        """The refusal of what raises an exception in any case; a `try` around it may catch that."""
        refusal.exception, refusal.is_exact = exception, is_exact
        refusal.place = self.arms, (*zip(self.callers, self.left_open, strict=True), (self.frame, bool(self.pending)))
        return refusal

    def checked(self, value: AbstractValue) -> AbstractValue:
        """The value, if it may be read."""
        contents = self.heap.read(value) if isinstance(value, Ref) else value
        if isinstance(contents, av.Conflict):
            raise self.refusal(contents.found, contents.reason, contents.way_out)
        if isinstance(contents, av.Poison):
            raise Silenced
        if isinstance(value, av.Unbound | av.Maybe):
            raise self.refusal(
                f"{self.describe(value)} is used",
                "which it is depends on a condition known at run time only",
                "test it first (`if ... is not None`)",
            )
        return value

    # Words for messages, and names for values.

    def describe(self, value: AbstractValue) -> str:
        """What a value is, in a few words."""
        match value:
            case av.Known(value=known) if isinstance(known, PLAIN):
                return f"`{known!r}`"
            case av.Known(value=known) if (opaque := opaque_type(known)) is not None:
                return f"a {opaque}"
            case av.Known(value=known):
                return f"`{getattr(known, '__qualname__', type(known).__name__)}`"
            case av.Dynamic(atom=Value(type=Handle() | Opaque() as t)):
                return f"a {t}"
            case av.Dynamic(atom=atom):
                return f"a {atom.type.kind}" if isinstance(atom.type, Scalar) else "a shape"
            case Ref(kind="array") as ref:
                contents = self.heap.read(ref)
                held = contents.value if isinstance(contents, Aspect | Shared) else contents
                number = isinstance(held, Value | Const | Chosen) and rank(held.type) == 0
                return "a NumPy number" if number else "an array"
            case av.Tuple(cls=cls):
                return "a tuple" if cls is tuple else f"a {cls.__name__}"
            case Ref(kind="object") as ref:
                return f"a {self.heap.container(ref).cls.__name__}"
            case Ref(kind="iterator") as ref if isinstance(inside := self.heap.read(ref), Container) and any(
                isinstance(item, av.Suspended) for item in inside.values
            ):
                return "a generator"
            case Ref(kind=kind):
                return f"{'an' if kind == 'iterator' else 'a'} {kind}"
            case av.Closure(code=code):
                return f"the function `{code.name}`"
            case av.Partial(function=av.Known(value=known)) if known is range:
                return "a range"
            case av.Late(cls=cls):
                return "a text" if cls is str else f"a {cls.__name__}"
            case av.OneOf(values=values, name=name):
                called = f"`{name}`, " if name else ""
                return f"{called}one of {', '.join(map(self.describe, values))}"
            case av.Maybe(value=inner, unbound=unbound, name=name):
                called = f"`{name}`, " if name else ""
                return f"{called}{self.describe(inner)} or {'nothing' if unbound else 'None'}"
        return f"a {type(value).__name__.lower()}"

    def name(self, value: AbstractValue, name: str) -> None:
        """Give a fresh unnamed value the name of the variable that it is first bound to."""
        atom: Atom | None = None
        match value:
            case av.Dynamic(atom=held):
                atom = held
            case Ref(kind="array") as ref if isinstance(contents := self.heap.read(ref), Value):
                atom = contents
            case Ref(kind="array") as ref if isinstance(contents := self.heap.read(ref), Aspect | Shared | Chosen):
                atom = contents.value
            case Ref(kind="list") as ref if isinstance(grown := self.heap.read(ref), Grown):
                if len(grown.columns) == 1 and " " not in name:
                    self.name_list(grown.columns[0], name)
                return
        if isinstance(atom, Value) and not atom.name and " " not in name:
            # Values are immutable for everyone else; here one gets its name while its operation is being built.
            object.__setattr__(atom, "name", name)
