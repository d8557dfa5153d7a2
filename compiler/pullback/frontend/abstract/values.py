"""What the interpreter computes with: abstract values, frames, and the signals that end an evaluation early.

A value is known (a Python value), dynamic (an atom of the IR), a container of values, or something to call.
Mutable things (arrays too) are references: what a reference currently holds is in the heap, so that aliases agree.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pullback.frontend.syntax.source import Code
from pullback.ir.core import Atom
from pullback.ir.effects import Layout
from pullback.records import dataclass

if TYPE_CHECKING:
    from pullback.frontend.abstract.state import Outcome


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A Python value known at compile time, never a mutable container that the function may write to."""

    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Dynamic:
    """A number or a shape that is known at run time only: immutable, so no reference is needed."""

    atom: Atom


@dataclass(frozen=True, slots=True, eq=False)
class Tuple:
    """A tuple, or an instance of a tuple class (`cls`) with named fields."""

    items: tuple[AbstractValue, ...]
    cls: type = tuple


RefKind: TypeAlias = Literal["array", "list", "dict", "set", "object", "iterator", "cell"]


@dataclass(frozen=True, slots=True, eq=False)
class Ref:
    """A mutable thing, compared by identity; the heap says what it holds."""

    kind: RefKind


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """The `a:b:c` of a subscript."""

    start: AbstractValue
    stop: AbstractValue
    step: AbstractValue


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """`d.keys()`, `d.values()` or `d.items()`: reads the dict when it is iterated."""

    ref: Ref
    what: Literal["keys", "values", "items"]


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """A function or lambda that was defined while interpreting; it sees its frame as it is when called.

    `title` is the name that functools.wraps has given it.
    """

    code: Code
    frame: Frame
    defaults: Mapping[str, AbstractValue]
    title: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A method with its receiver."""

    function: AbstractValue
    receiver: AbstractValue


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A method of a built-in type (array, number, list, dict, ...) with its receiver."""

    name: str
    receiver: AbstractValue


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """`functools.partial` built while interpreting."""

    function: AbstractValue
    args: tuple[AbstractValue, ...]
    kwargs: Mapping[str, AbstractValue]


@dataclass(frozen=True, slots=True, eq=False)
class Super:
    """`super()`: looks attributes up after `cls` in the order of the receiver's class."""

    cls: type
    receiver: AbstractValue


@dataclass(frozen=True, slots=True, eq=False)
class Late:
    """A text, an exception or a stream that exists at run time only, and that nothing but effects reads. `layout` says
    how it is made, `atoms` are what its holes hold.
    """

    layout: Layout
    atoms: tuple[Atom, ...]
    cls: type


@dataclass(frozen=True, slots=True, eq=False)
class Suspended:
    """What an iterator holds that is a generator which has not begun: the call (an `Activation`) that made it."""

    activation: Any


@dataclass(frozen=True, slots=True, eq=False)
class Conflict:
    """What the arms of a conditional leave in a name when they do not agree; an error only when it is read."""

    found: str
    reason: str
    way_out: str


@dataclass(frozen=True, slots=True, eq=False)
class Unbound:
    """What a variable is that has no value on this path."""


@dataclass(frozen=True, slots=True, eq=False)
class Maybe:
    """`value` where `flag` holds at run time, else None, or (`unbound`) a variable that has no value. `name` is what
    messages call it.
    """

    value: AbstractValue
    flag: Atom
    unbound: bool
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class OneOf:
    """One of several things known when compiling (texts, functions, classes, members of an enum, ...): `values[k]`
    where `flags[k]` holds at run time; exactly one of them does. `name` is what messages call it.
    """

    values: tuple[AbstractValue, ...]
    flags: tuple[Atom, ...]
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Poison:
    """Stands for what an expression that was refused would have given; using it says nothing more."""


AbstractValue: TypeAlias = (
    Known
    | Dynamic
    | Tuple
    | Ref
    | Slice
    | View
    | Closure
    | Bound
    | Method
    | Partial
    | Super
    | Late
    | Suspended
    | Conflict
    | Unbound
    | Maybe
    | OneOf
    | Poison
)
UNBOUND = Unbound()
POISON = Poison()
NONE = Known(None)


def is_none(value: AbstractValue) -> bool:
    """Whether a value is known to be None."""
    return isinstance(value, Known) and value.value is None


@dataclass(frozen=True, slots=True, eq=False)
class Container:
    """What a list, dict, object or iterator holds. A list and an iterator have no keys."""

    cls: type
    keys: tuple[Any, ...]
    values: tuple[AbstractValue, ...]

    def get(self, key: Any) -> AbstractValue | None:
        """The value under a key of the same type (1 and True are one key to Python)."""
        for k, value in zip(self.keys, self.values, strict=True):
            if k is key or k == key:
                return value
        return None

    def put(self, key: Any, value: AbstractValue) -> Container:
        if self.get(key) is None:
            return Container(self.cls, (*self.keys, key), (*self.values, value))
        return Container(
            self.cls,
            self.keys,
            tuple(value if k == key else v for k, v in zip(self.keys, self.values, strict=True)),
        )

    def drop(self, key: Any) -> Container:
        kept = [(k, v) for k, v in zip(self.keys, self.values, strict=True) if k != key]
        return Container(self.cls, tuple(k for k, _ in kept), tuple(v for _, v in kept))


@dataclass(slots=True, eq=False)
class Frame:
    """The names of one activation. `parent` is the lexically enclosing frame, while that is interpreted too;
    `cells` are the closure of a real function; `owner` and `receiver` serve `super()`.

    A variable that functions inside assign (`nonlocal`) is a reference to a cell: a container of one value.
    `consumer` takes what a generator yields; `statement` is being run. Of the body of a class, `around` is the frame
    that functions in it see.
    """

    code: Code
    names: dict[str, AbstractValue] = field(default_factory=dict)
    parent: Frame | None = None
    cells: Mapping[str, types.CellType] = field(default_factory=dict)
    owner: type | None = None
    receiver: AbstractValue | None = None
    consumer: Callable[[AbstractValue], Outcome] | None = None
    statement: ast.stmt | None = None
    around: Frame | None = None


class Left(Exception):
    """A loop over a generator is left by a `return` of the function around it.

    Attributes:
        value: what is returned.
    """

    def __init__(self, value: AbstractValue) -> None:
        self.value = value
        super().__init__()


class Caught(Exception):
    """An exception of the program on its way to its handler; `is_exact`: its arguments are those of the run."""

    def __init__(self, exception: BaseException, is_exact: bool) -> None:
        self.exception = exception
        self.is_exact = is_exact
        super().__init__(exception)


class Thrown(Exception):
    """An exception of the program that is surely raised here, to a handler that conditions lead to.

    Attributes:
        outcome: how the block around is left.
    """

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__()


class NeedsHandling(Exception):
    """A condition of the run leads out of a `try` or `with`; the compile restarts with flags for its ways out.

    Attributes:
        node: the statement.
    """

    def __init__(self, node: ast.stmt) -> None:
        self.node = node
        super().__init__(node)


class Silenced(Exception):
    """A poisoned value was used: its error has been reported."""


class Diverges(Exception):
    """A recursive call whose result is not known yet: this path gives nothing in this round."""


class Raised(Exception):
    """What has been interpreted raises in any case, at run time: nothing comes after it on this path."""


class Undecided(Exception):
    """Which of several things a value is must be known here: what needs it is interpreted once for each.

    Attributes:
        value: the several things.
    """

    def __init__(self, value: OneOf) -> None:
        self.value = value
        super().__init__(value)


class NeedsForesight(Exception):
    """A `try` or `with` ends with an effect, which what its body raises would go past; the compile restarts, and tests
    what it can before.

    Attributes:
        node: the statement.
    """

    def __init__(self, node: ast.stmt) -> None:
        self.node = node
        super().__init__(node)


class NeedsChoices(Exception):
    """A value is one of several known things; the compile restarts, ready to go back to where one is looked at."""


class NeedsStaticParameter(Exception):
    """A leaf of a parameter, or the length of an array, must be known at compile time; the compile restarts with its
    sample.

    Attributes:
        parameter: the name of the parameter.
        path: the keys that lead to the leaf; those to a length end with `"shape"` and the axis.
    """

    def __init__(self, parameter: str, path: tuple[Any, ...]) -> None:
        self.parameter = parameter
        self.path = path
        super().__init__(parameter, path)


class NeedsUnrolling(Exception):
    """What a loop computes must be known at compile time; the compile restarts with the loop unrolled.

    Attributes:
        loop: the statement.
    """

    def __init__(self, loop: ast.stmt) -> None:
        self.loop = loop
        super().__init__(loop)


class NeedsOwnReceiver(Exception):
    """A method writes to what its receiver holds; the compile restarts with a copy of it."""
