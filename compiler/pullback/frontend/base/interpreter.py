"""What every layer of the interpreter has: its state, and what it needs of later layers, which is declared here."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from pullback.errors import DifferentiationError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.facts import Facts
from pullback.frontend.abstract.heap import Chosen, Grown, Heap
from pullback.frontend.abstract.state import (
    OpenLoop,
    Outcome,
    Pending,
    Region,
    Session,
    Try,
    Unit,
    Watched,
)
from pullback.frontend.abstract.values import AbstractValue, Container, Frame, Ref
from pullback.ir.core import Atom, Value


class Interpreter:
    """The state of the interpretation of one function, and declarations."""

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
        self.choices_around = 0
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

    def exception_attribute(self, value: av.Late, name: str) -> AbstractValue | None:
        """An attribute of an exception that the function has made."""
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

    def grown(self, value: AbstractValue | None) -> Grown | None:
        """What a list or an iterator of unknown length holds; None for anything else."""
        raise NotImplementedError

    def indexable(self, items: list[AbstractValue]) -> Grown | None:
        """Known items as a list that can be read by an index known at run time only; None where they are not alike."""
        raise NotImplementedError

    def mapped(self, grown: Grown, name: str, *operands: Any, **attrs: Any) -> Grown:
        """A list each of whose columns a primitive makes of the one of another list."""
        raise NotImplementedError

    def new_list(self, grown: Grown) -> Ref:
        """A fresh list of unknown length."""
        raise NotImplementedError

    def place(self, key: AbstractValue) -> Atom:
        """An index, or how often something is repeated."""
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

    def long_list(self, value: AbstractValue) -> Ref | None:
        """The items of what is as long as only the run tells, as a list; None for anything else."""
        raise NotImplementedError

    def long_zip(self, values: tuple[AbstractValue, ...], strict: AbstractValue) -> Ref | None:
        """What `zip` gives, as such a list."""
        raise NotImplementedError

    def long_enumeration(self, value: AbstractValue, start: AbstractValue) -> Ref | None:
        """What `enumerate` gives, as such a list."""
        raise NotImplementedError

    def long_product(self, values: tuple[AbstractValue, ...]) -> Ref | None:
        """What `itertools.product` gives, as such a list."""
        raise NotImplementedError

    def long_pairwise(self, value: AbstractValue) -> Ref | None:
        """What `itertools.pairwise` gives, as such a list."""
        raise NotImplementedError

    def long_choice(self, value: AbstractValue, function: Callable[..., Any], size: int | None) -> Ref | None:
        """What `itertools.combinations` and its like give, as such a list."""
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
