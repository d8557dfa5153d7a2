"""What one compile keeps: functions traced so far, refusals, guards, hidden inputs; and the function being built."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import field
from typing import Any, Literal, TypeAlias

import numpy as np

from pullback import errors
from pullback.errors import DifferentiationError
from pullback.frontend.abstract.heap import Contents
from pullback.frontend.abstract.patterns import Pattern
from pullback.frontend.abstract.values import AbstractValue, Frame, Ref
from pullback.ir.builder import Builder
from pullback.ir.core import Atom, Function, Loc, Op, Value
from pullback.ir.interface import Guard, Path, Tree
from pullback.ir.types import Type
from pullback.records import dataclass

LIBRARY_FOLDERS = tuple(os.path.dirname(file) + os.sep for file in (np.__file__, errors.__file__))
Exit: TypeAlias = Literal["next", "return", "break", "continue", "skip", "diverges", "raises", "mixed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a block was left.

    `skip`: by leaving out the rest of a trip of a loop. `mixed`: it may have returned, or skipped (`skips`); `flag`
    says so at run time. `value` is what is returned. `diverges`: a recursion gives nothing in this round.
    `raises`: at run time, by an effect that ends the block.
    """

    exit: Exit
    value: AbstractValue | None = None
    flag: Atom | None = None
    skips: bool = False


NEXT = Outcome("next")
SKIP = Outcome("skip")
DIVERGES = Outcome("diverges")
RAISES = Outcome("raises")


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """What conditions of the run lead out of. For each way out a cell: whether it was taken, with what is returned or
    raised, and the cause of that.
    """

    ways: dict[str, Ref]


@dataclass(frozen=True, slots=True)
class OpenLoop:
    """A loop whose body is being interpreted, at a depth of arms. `stays`: it is a loop in the IR, else unrolled.

    Of a loop over a generator: the cell that says whether it has been `left`, and the depth at which it stands. Its
    `region`, and that of a `try` or `with`, tells by which way.
    """

    depth: int
    stays: bool
    left: Ref | None = None
    level: int = 0
    region: Region | None = None


@dataclass(slots=True)
class Arm:
    """One interpreted arm of a conditional: its operations, how it was left, the state at its end, and what is known
    there of values that may be absent.
    """

    ops: list[Op]
    outcome: Outcome
    names: list[dict[str, AbstractValue]]
    heap: dict[Ref, Contents]
    known: dict[AbstractValue, AbstractValue] = field(default_factory=dict)


@dataclass(slots=True)
class Pending:
    """A conditional one arm of which has returned; the other arm is still open and takes the rest of the program.

    `facts` is how much was known before it.
    """

    condition: Atom
    returned: Arm
    open_is_then: bool
    ops: list[Op]
    region: ExitStack
    loc: Loc | None
    facts: int


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """What a generator may read, as it was when the generator ran: it must stay so until the statement ends."""

    name: str
    callee: AbstractValue
    names: dict[str, AbstractValue]
    contents: dict[Ref, Contents]


@dataclass(frozen=True, slots=True, eq=False)
class Try:
    """A `try` or `with` whose body is being interpreted: what each of its handlers catches, whether it ends with
    something of its own in any case, and where it stands: inside how many arms, in which frame, below how many others.
    It has a region where conditions lead out of it. `is_manager`: it is the exit of a context manager, which sees what
    the program raises; what an operation raises by itself goes past it.
    """

    node: ast.stmt
    clauses: tuple[tuple[type[BaseException], ...], ...]
    has_last: bool
    region: Region | None
    arms: int
    frame: Frame
    depth: int
    is_manager: bool = False

    @property
    def classes(self) -> tuple[type[BaseException], ...]:
        """All that is caught."""
        return tuple(cls for classes in self.clauses for cls in classes)


class RecordingBuilder(Builder):
    """A builder that remembers which operation computes a value."""

    def __init__(self, producers: dict[Value, Op]) -> None:
        super().__init__()
        self.producers = producers
        self.watchers: list[list[Op]] = []

    def emit(self, op: Op) -> None:
        """Append an operation as it is."""
        for seen in self.watchers:
            seen.append(op)
        self.producers.update(dict.fromkeys(op.results, op))
        super().emit(op)


@dataclass(slots=True, eq=False)
class Unit:
    """The IR function under construction. `hidden` are the parameters through which it reads hidden inputs."""

    builder: RecordingBuilder
    params: list[Value] = field(default_factory=list)
    hidden: dict[int, Value] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Callee:
    """A user function traced for one pattern of arguments.

    `result` is what it is known, or in a recursion assumed, to return; None: nothing yet. `stem` and `suffix` are
    what its name is made of; until then calls know it by its `label`. `tree` is the result of the entry, and `changed`
    are those of its arguments that it writes to; it `wraps` what recursive calls give when its leaves are not theirs.
    `errors` are why it failed: every call of it reports them.
    """

    number: int
    stem: str
    suffix: str = ""
    is_entry: bool = False
    result: Pattern | None = None
    hidden: tuple[int, ...] = ()
    mode: Literal["call", "inline", "failed"] = "call"
    active: bool = True
    recursive: bool = False
    function: Function | None = None
    tree: Tree | None = None
    changed: tuple[tuple[str, Path], ...] = ()
    contiguous: tuple[tuple[str, Path], ...] = ()
    wraps: bool = False
    errors: dict[tuple[str, str], DifferentiationError] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What calls name it by before names are given."""
        return f"{self.stem}#{self.number}"


@dataclass(frozen=True, slots=True)
class HiddenArray:
    """A global or closure array, a random generator, or an object of a library: how it is read, and its type."""

    name: str
    read: Callable[[], Any]
    type: Type
    sample: Any
    description: str


@dataclass(slots=True)
class Session:
    """One compile.

    `receivers` are the containers outside that the receiver of a method consists of; where the method writes to one of
    them, it works on a copy.
    `handled` are the `try` and `with` statements that conditions lead out of; `exceptions` all that are known,
    `inexact` those of them whose arguments may not be Python's.
    `speaking` are the `try` and `with` statements that end with an effect of their own; `foreseen` the exceptions of
    operations that are raised before them, where their operands tell.
    `chooses`: some value is one of several known things (`OneOf`).
    `counts` are the loops of comprehensions, with their bounds: where a list of known length is needed after all, they
    are unrolled.
    `called_at` is where the user calls the function whose source is a library's, while that is interpreted.
    `promotions` counts the ints that became floats because another path has a float there.
    """

    home: str
    promotions: int = 0
    functions_traced: list[Callee] = field(default_factory=list)
    callees: dict[Pattern, Callee] = field(default_factory=dict)
    active: list[tuple[Any, Pattern]] = field(default_factory=list)
    called_at: Loc | None = None
    errors: dict[tuple[str, str], DifferentiationError] = field(default_factory=dict)
    guards: dict[tuple[str, str | int], Guard] = field(default_factory=dict)
    hidden: list[HiddenArray] = field(default_factory=list)
    external: dict[int, tuple[Any, AbstractValue]] = field(default_factory=dict)
    outside: dict[Ref, Contents] = field(default_factory=dict)
    receivers: set[AbstractValue] = field(default_factory=set)
    copies_receivers: bool = False
    producers: dict[Value, Op] = field(default_factory=dict)
    origins: dict[Value, Atom] = field(default_factory=dict)
    leaves: dict[Value, tuple[str, Path, Any]] = field(default_factory=dict)
    varied: dict[Any, set[Path]] = field(default_factory=dict)
    unrolled: frozenset[ast.stmt] = frozenset()
    handled: frozenset[ast.stmt] = frozenset()
    exceptions: dict[tuple[type, str, bool], AbstractValue] = field(default_factory=dict)
    inexact: list[AbstractValue] = field(default_factory=list)
    speaking: frozenset[ast.stmt] = frozenset()
    foreseen: set[tuple[Op, type[Exception]]] = field(default_factory=set)
    chooses: bool = False
    loops: dict[Op, ast.stmt] = field(default_factory=dict)
    counts: list[tuple[ast.stmt, tuple[Atom, ...]]] = field(default_factory=list)
    silenced: set[str] = field(default_factory=set)
    dimensions: int = 0
    parameters: frozenset[str] = frozenset()

    def hidden_name(self, name: str) -> str:
        """A parameter name for a hidden input, unlike those of the function and of other hidden inputs."""
        taken = self.parameters | {array.name for array in self.hidden}
        k = 2
        unique = name if name not in taken else f"{name}_global"
        while unique in taken:
            unique = f"{name}_global{k}"
            k += 1
        return unique

    def fresh_dimension(self) -> str:
        """A name for a dimension that nothing is known of."""
        self.dimensions += 1
        return f"?f{self.dimensions}"

    def report(self, error: DifferentiationError) -> None:
        """Keep a refusal; the same one is said once, in the source of the user."""
        if self.called_at is not None and error.loc is not None and is_library(error.loc.file):
            error.loc = self.called_at
        self.errors.setdefault((str(error.loc), error.found), error)

    def report_again(self, errors: dict[tuple[str, str], DifferentiationError]) -> None:
        """Keep refusals that have been found before."""
        self.errors = {**errors, **self.errors}


def is_library(file: str) -> bool:
    """Whether a file is one of NumPy's or of the compiler's."""
    return file.startswith(LIBRARY_FOLDERS)


def top_module(name: str | None) -> str:
    """The package that a module belongs to."""
    return (name or "").partition(".")[0]
