"""The frame of the interpreter: its state, locations and refusals, and the way between abstract values and pens.

The interpreter is one class, built up file by file, each a layer over the one before:

    Core          this file                          Containers    lists, dicts, tuples, iteration
    Absence       values that may be absent          Objects       attributes, classes
    Outside       globals, closure cells             Library       functions that are not entered
    Joins         conditionals known at run time     Builtins      Python's builtins
    Choices       arrays chosen at run time          Iterables     itertools, folds
    Operators     unary and binary                   Calls         binding of arguments
    Comparisons   and truth, short circuits          Callees       functions traced and called
    Mutation      writes to arrays                   Expressions
    Growing       lists of unknown length            Sources, Loops, Comprehensions, Matching,
                                                     Exceptions, Managers, Statements

What a layer needs of a later one is declared here.
"""

from __future__ import annotations

import ast
import enum
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

import pullback.primitives.tables  # noqa: F401  # fills the tables
from pullback.errors import AliasingError, DifferentiationError, MissingRuleError, UnsupportedSyntaxError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.facts import Facts
from pullback.frontend.abstract.heap import Aspect, Chosen, Grown, Heap, HiddenInput, Shared
from pullback.frontend.abstract.numbers import gives_number
from pullback.frontend.abstract.state import (
    OpenLoop,
    Outcome,
    Pending,
    RecordingBuilder,
    Region,
    Session,
    Try,
    Unit,
    Watched,
)
from pullback.frontend.abstract.values import AbstractValue, Container, Frame, Ref, Silenced
from pullback.frontend.abstract.views import contents_of, pens_in
from pullback.frontend.syntax.source import Code
from pullback.ir.core import Atom, Const, Loc, Value
from pullback.ir.regions import CALL
from pullback.ir.types import Array, Handle, Scalar, ShapesDisagree, Type, dims_of, is_numeric, rank
from pullback.primitives.expr import Expr
from pullback.primitives.registry import NeedsStatic, NotCovered

NUMBERS = (bool, int, float, complex, np.number, np.bool_)
PLAIN = (*NUMBERS, str, bytes, type(None), type(...), range, np.dtype, slice)


class Core:
    """State and services; see the module's docstring."""

    def __init__(self, session: Session, unit: Unit, heap: Heap, frame: Frame) -> None:
        self.session = session
        self.unit = unit
        self.heap = heap
        self.heap.unsized = self.needs_length
        self.frame = frame
        self.facts = Facts(session.producers)
        self.pending: list[Pending] = []
        self.depth = 0
        self.called = ""
        self.dynamic = 0
        self.loops: list[OpenLoop] = []
        self.callers: list[Frame] = []
        self.left_open: list[bool] = []
        self.still_held: list[AbstractValue] = []
        self.lent: dict[Value, list[Ref]] = {}
        self.statement: tuple[int, int] | None = None
        self.is_entry = False
        self.strict_lengths: list[tuple[AbstractValue, AbstractValue]] = []
        self.tries: list[Try] = []
        self.catching_warnings = 0
        self.handling: list[tuple[AbstractValue, AbstractValue | None]] = []
        self.watched: list[Watched] = []
        self.started: dict[Ref, Watched] = {}

    # What later files add.

    def readable(self, value: AbstractValue) -> AbstractValue:
        """The value, if it may be read; it may be None."""
        raise NotImplementedError

    def evaluate(self, node: ast.expr) -> AbstractValue:
        """Interpret an expression."""
        raise NotImplementedError

    def block(self, body: list[ast.stmt]) -> Outcome:
        """Interpret statements."""
        raise NotImplementedError

    def return_value(self, value: AbstractValue | None) -> Outcome:
        """`return`."""
        raise NotImplementedError

    def returned_from(self, value: AbstractValue | None) -> AbstractValue:
        """What a function that was interpreted in place has given, where no exception is under way."""
        raise NotImplementedError

    def diverted(self, error: DifferentiationError) -> Outcome | None:
        """How the block is left where the exception that an error stands for goes to a handler; None if to none."""
        raise NotImplementedError

    def region(self, *ways: str) -> Region:
        """Fresh flags for ways out."""
        raise NotImplementedError

    def on_all_ways(self, region: Region) -> Outcome:
        """Go on where the ways out of a region lead."""
        raise NotImplementedError

    def call(
        self, function: AbstractValue, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue:
        """Call anything."""
        raise NotImplementedError

    def attribute(self, value: AbstractValue, name: str) -> AbstractValue:
        """Read an attribute."""
        raise NotImplementedError

    def find_attribute(self, value: AbstractValue, name: str) -> AbstractValue | None:
        """Read an attribute; None if there is none."""
        raise NotImplementedError

    def class_of(self, value: AbstractValue) -> type | None:
        """The Python class of a value; None where it is known at run time only."""
        raise NotImplementedError

    def items_of(self, value: AbstractValue, what: str) -> list[AbstractValue]:
        """The elements that iterating over a value gives, where they are known."""
        raise NotImplementedError

    def iterator_items(self, ref: Ref, what: str) -> list[AbstractValue]:
        """What is left in an iterator, which `what` consumes."""
        raise NotImplementedError

    def next_of(self, ref: Ref) -> list[AbstractValue]:
        """What is left in an iterator, for `next`."""
        raise NotImplementedError

    def truth(self, value: AbstractValue) -> bool | Atom:
        """The truth of a value: known, or an atom."""
        raise NotImplementedError

    def static_value(self, value: AbstractValue) -> Any:
        """A Python value, where one must be known."""
        raise NotImplementedError

    def is_static(self, value: AbstractValue) -> bool:
        """Whether a value is known in all its parts."""
        raise NotImplementedError

    def needs_length(self, grown: Grown) -> Exception:
        """The error where the items of a list must be known one by one."""
        raise NotImplementedError

    def parts_of(self, value: AbstractValue | Container) -> set[Ref]:
        """The arrays and containers that a value is made of."""
        raise NotImplementedError

    def grown_truth(self, grown: Grown) -> Atom:
        """Whether a list whose length is known at run time only has elements."""
        raise NotImplementedError

    def chained(self, grown: Grown, items: AbstractValue) -> Grown:
        """The elements of such a list, and then others."""
        raise NotImplementedError

    def as_grown(self, like: Grown, items: list[AbstractValue]) -> Grown:
        """Known items as such a list."""
        raise NotImplementedError

    def set_from_outside(self, value: set[Any]) -> Container:
        """What a set from outside holds."""
        raise NotImplementedError

    def lowered_list(self, grown: Grown) -> Any:
        """What a meaning is given for a list whose length is known at run time only."""
        raise NotImplementedError

    def count_if_possible(self) -> None:
        """Start again with comprehensions whose items are counted when compiling, where that can be done."""
        raise NotImplementedError

    def as_iterator(self, made: Ref) -> Ref:
        """What goes through a list once."""
        raise NotImplementedError

    def mapped_over(self, function: AbstractValue, sources: tuple[AbstractValue, ...]) -> Ref:
        """The list of what `map` gives."""
        raise NotImplementedError

    def filtered(self, function: AbstractValue, source: AbstractValue) -> Ref:
        """The list of what `filter` gives."""
        raise NotImplementedError

    def reduced(self, function: AbstractValue, source: AbstractValue, start: AbstractValue | None) -> AbstractValue:
        """`functools.reduce`."""
        raise NotImplementedError

    def long_list(self, value: AbstractValue) -> Ref | None:
        """The items of what is as long as only the run tells, as a list; None for anything else."""
        raise NotImplementedError

    def long_zip(self, values: tuple[AbstractValue, ...], strict: AbstractValue) -> Ref | None:
        """What `zip` gives, as such a list."""
        raise NotImplementedError

    def long_enumeration(self, value: AbstractValue, start: AbstractValue) -> Ref | None:
        """What `enumerate` gives, as such a list."""
        raise NotImplementedError

    def name_list(self, column: Atom, name: str) -> None:
        """Give a list that is nobody's yet the name of the variable that it is first bound to."""
        raise NotImplementedError

    def negated(self, truth: bool | Atom) -> AbstractValue:
        """`not`."""
        raise NotImplementedError

    def outside(self, value: Any, read: Callable[[], Any], name: str, description: str) -> AbstractValue:
        """A value from outside the function."""
        raise NotImplementedError

    def chosen(self, ref: Ref, contents: Chosen) -> Atom:
        """What an array holds that is one of two."""
        raise NotImplementedError

    def getitem(self, value: AbstractValue, key: AbstractValue) -> AbstractValue:
        """Subscript."""
        raise NotImplementedError

    def builtin_bool(self, value: AbstractValue) -> AbstractValue:
        """`bool`."""
        raise NotImplementedError

    def builtin_len(self, value: AbstractValue) -> AbstractValue:
        """`len`."""
        raise NotImplementedError

    def text_operator(self, kind: type[ast.operator], a: AbstractValue, b: AbstractValue) -> AbstractValue | None:
        """An operator on texts that are known at run time only; None on anything else."""
        raise NotImplementedError

    def must_be_known(self, value: av.Late) -> Exception:
        """The error where a text is used as a known string."""
        raise NotImplementedError

    def stream(self, name: str) -> AbstractValue:
        """`sys.stdout` or `sys.stderr`."""
        raise NotImplementedError

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
        """What is built inside stems from `node`."""
        before = self.builder.loc
        if hasattr(node, "lineno"):  # not so in the loop that a comprehension stands for
            self.builder.loc = self.code.loc(node, self.statement)
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

    # Atoms, pens and values.

    def atom(self, ref: Ref) -> Atom:
        """What an array reference holds now."""
        contents = self.heap.read(ref)
        match contents:
            case HiddenInput(key=key):
                return self.hidden_value(key)
            case Aspect():
                base = self.atom(contents.base)
                if base is contents.seen and contents.value is not None:
                    return contents.value
                value = contents.of(base, self.builder)
                self.heap.cells[ref] = Aspect(contents.base, contents.ops, base, value)
                return value
            case Shared(bases=bases, value=value, loc=loc):
                for shared, state in bases:
                    if self.heap.held(shared) is not state:
                        raise self.aliasing("this array is read", loc, "since then the other array has been written to")
                return value
            case Chosen():
                return self.chosen(ref, contents)
            case av.Conflict():
                self.checked(ref)
        assert not isinstance(contents, Container | av.Conflict | Grown), contents
        return contents

    def aliasing(self, what: str, loc: Loc | None, more: str) -> DifferentiationError:
        """The refusal of an array that may share memory with another."""
        where = "" if loc is None else f" (line {loc.line})"
        return self.refusal(
            f"{what} that may share memory with another{where}",
            f"NumPy decides at run time whether it does; {more}",
            "take a copy where the array is made (`.copy()`)",
            kind=AliasingError,
        )

    def hidden_value(self, key: int) -> Value:
        """The parameter through which the current function reads a hidden input."""
        if key not in self.unit.hidden:
            array = self.session.hidden[key]
            self.unit.hidden[key] = Value(array.type, array.name, self.loc)
        return self.unit.hidden[key]

    def leaf(self, value: AbstractValue) -> Atom | None:
        """The atom of a dynamic value or a known number."""
        match value:
            case av.OneOf():
                raise av.Undecided(value)
            case av.Dynamic(atom=atom):
                return atom
            case Ref(kind="array"):
                return self.atom(value)
            case av.Known(value=known) if isinstance(known, NUMBERS):
                return Const(known)
        return None

    def type_of(self, value: AbstractValue) -> Type | None:
        """The IR type of a dynamic value or a known number."""
        atom = self.leaf(value)
        return None if atom is None else atom.type

    def array(self, atom: Atom) -> Ref:
        """A fresh reference to an array."""
        return self.heap.new("array", atom)

    def value_of(self, atom: Atom) -> AbstractValue:
        """The abstract value of an atom."""
        if isinstance(atom, Const) and not isinstance(atom.value, np.ndarray):
            return av.Known(atom.value)
        return self.array(atom) if isinstance(atom.type, Array) else av.Dynamic(atom)

    def lower(self, value: AbstractValue) -> Any:
        """What a meaning is given for a value: a pen, a Python value, or a container of those."""
        match self.checked(value):
            case av.Known(value=known):
                return known.value if isinstance(known, enum.Enum) and isinstance(known, int | float | str) else known
            case av.Dynamic(atom=atom) if not isinstance(atom.type, Handle):
                return Expr(self.builder, atom)
            case av.Tuple(items=items):
                return tuple(map(self.lower, items))
            case av.Slice(start=start, stop=stop, step=step):
                return slice(self.lower(start), self.lower(stop), self.lower(step))
            case Ref(kind="array") as ref:
                return Expr(self.builder, self.lend(ref))
            case Ref(kind="list") as ref if isinstance(grown := self.heap.read(ref), Grown):
                return self.lowered_list(grown)
            case Ref(kind="list") as ref:
                return [self.lower(item) for item in self.heap.container(ref).values]
            case Ref(kind="dict") as ref:
                held = self.heap.container(ref)
                return {k: self.lower(v) for k, v in zip(held.keys, held.values, strict=True)}
            case av.View() | Ref(kind="iterator") as source:
                return [self.lower(item) for item in self.items_of(source, "this")]
        if isinstance(value, av.Late):
            raise self.must_be_known(value)
        raise self.refusal(
            f"{self.describe(value)} is used where a number or an array is expected",
            "NumPy would see an object, which has no derivative",
            "pass its numbers or arrays instead",
        )

    def lift(self, result: Any, inputs: set[Value], what: str) -> AbstractValue:
        """The abstract value of what a meaning returned; arrays may be views of its inputs."""
        match result:
            case Expr(atom=Value(type=Array()) as atom):
                return self.returned(atom, inputs, what)
            case Expr(atom=atom):
                return self.value_of(atom)
            case tuple():
                cls = type(result) if hasattr(result, "_fields") else tuple  # what np.linalg.eigh returns has names
                return av.Tuple(tuple(self.lift(item, inputs, what) for item in result), cls)
            case list():
                return self.heap.list_of(tuple(self.lift(item, inputs, what) for item in result))
        return av.Known(result)

    def returned(self, atom: Value, inputs: set[Value], what: str) -> Ref:
        """A reference to an array or a NumPy number that a meaning has returned."""
        contents, order = contents_of(atom, inputs, self.lent, self.session.producers, self.heap, what, self.loc)
        number: bool | None = None
        if rank(atom.type) == 0:
            given = [self.was_number(value) for value in inputs]
            number = gives_number(what, self.session.producers.get(atom), given)
        ref = self.heap.new("array", atom if number else contents)
        if rank(atom.type) == 0:
            self.heap.numbers[ref] = number
        elif order is not None:
            self.heap.contiguous[ref] = order
        return ref

    def was_number(self, value: Value) -> bool | None:
        """Whether what a meaning was given is a NumPy number."""
        found = {rank(value.type) == 0 and self.is_numpy_number(ref) for ref in self.lent.get(value, ())}
        return found.pop() if len(found) == 1 else None

    def is_numpy_number(self, ref: Ref) -> bool | None:
        """Whether what has no axes is a NumPy number, and no array; None where only the run tells."""
        if ref in self.heap.numbers:
            return self.heap.numbers[ref]
        contents = self.heap.read(ref)
        if isinstance(contents, HiddenInput):
            return not isinstance(self.session.hidden[contents.key].sample, np.ndarray)
        if isinstance(contents, Const):
            return not isinstance(contents.value, np.ndarray)
        if not isinstance(contents, Value):
            return None
        if contents in self.session.leaves:
            return not isinstance(self.session.leaves[contents][2], np.ndarray)
        op = self.session.producers.get(contents)
        return None if op is None or op.blocks or op.prim is CALL else True

    def apply(self, meaning: Callable[..., Any], what: str, *args: Any, **kwargs: Any) -> AbstractValue:
        """Call a meaning on pens, turning what it raises into refusals."""
        try:
            return self.lift(meaning(*args, **kwargs), {*pens_in(args), *pens_in(kwargs)}, what)
        except NeedsStatic as need:
            raise self.needs_static(need.pen.atom, f"`{need.parameter}` of {what}") from need
        except NotCovered as error:
            raise self.refusal(
                f"{what} is used in a way that has no derivative rule",
                str(error),
                "write it with the parameters that are supported",
                kind=MissingRuleError,
            ) from error
        except ShapesDisagree as error:
            raise self.users_error(error) from error
        except (TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError) as error:
            raise self.not_surely(self.users_error(error)) from error

    def lend(self, ref: Ref) -> Atom:
        """What an array holds, given to a meaning that may return a view of it."""
        atom = self.atom(ref)
        if isinstance(atom, Value):
            refs = self.lent.setdefault(atom, [])
            if ref not in refs:
                refs.append(ref)
        return atom

    # Values that must be known at compile time.

    def needs_static(self, atom: Atom, use: str) -> Exception:
        """The error that makes the compile restart with a parameter's value, or a refusal where that cannot help."""
        names: dict[str, None] = {}
        leaves = list(self.sources(atom, names))
        refusal = self.refusal(
            f"{use} is known at run time only",
            "the generated code is specialised to it" + (f"; it is computed from {', '.join(names)}" if names else ""),
            "make it a constant, or an int parameter",
        )
        for leaf in leaves:
            if isinstance(leaf.type, Scalar) and leaf.type.kind in ("int", "bool") and leaf in self.session.leaves:
                name, path, sample = self.session.leaves[leaf]
                if sample is not None:
                    return av.NeedsStaticParameter(name, path)
        loop = self.loop_behind(atom)
        return refusal if loop is None else av.NeedsUnrolling(loop)

    def loop_behind(self, atom: Atom) -> ast.stmt | None:
        """A loop that a value is computed by, and that could be unrolled."""
        pending, seen = [atom], set[Atom]()
        while pending:
            atom = pending.pop()
            if not isinstance(atom, Value) or atom in seen or (op := self.session.producers.get(atom)) is None:
                continue
            seen.add(atom)
            if op in self.session.loops:
                return self.session.loops[op]
            pending += op.operands
        return None

    def sources(self, atom: Atom, names: dict[str, None]) -> Iterator[Value]:
        """The int parameters that a value is computed from, if it is computed from nothing else; else nothing."""
        found: list[Value] = []
        pending, seen = [atom], set[Value]()
        exact = True
        while pending:
            atom = pending.pop()
            atom = self.session.origins.get(atom, atom) if isinstance(atom, Value) else atom
            if not isinstance(atom, Value) or atom in seen:
                continue
            seen.add(atom)
            if atom in self.session.origins:
                pending.append(atom)
                seen.discard(atom)
            elif (op := self.session.producers.get(atom)) is not None:
                pending += op.operands
                exact = exact and not op.blocks
            else:
                found.append(atom)
                names[f"`{atom.name}`"] = None
                exact = exact and isinstance(atom.type, Scalar)
        if exact:
            yield from found

    # Words for messages, and names for values.

    def describe(self, value: AbstractValue) -> str:
        """What a value is, in a few words."""
        match value:
            case av.Known(value=known) if isinstance(known, PLAIN):
                return f"`{known!r}`"
            case av.Known(value=known):
                return f"`{getattr(known, '__qualname__', type(known).__name__)}`"
            case av.Dynamic(atom=Value(type=Handle() as t)):
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

    def is_numeric(self, value: AbstractValue) -> bool:
        """Whether a value is a number or an array."""
        t = self.type_of(value)
        return t is not None and is_numeric(t)

    def is_big(self, value: AbstractValue) -> bool:
        """Whether a value is an array that may have axes."""
        t = self.type_of(value)
        return isinstance(t, Array) and dims_of(t) != ()
