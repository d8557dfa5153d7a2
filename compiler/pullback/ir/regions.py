"""Operations that hold blocks or call functions, those that pack what a call saves, and the question whether a value
has been computed on this path.

    if      (cond) {then} {else}                                -> the results of the arm that ran
    for     (start, stop, step, initial..., sequences...) {body} -> trips, final..., written...
    while   (initial...) {test} {body}                           -> trips, final..., written...
    call    (operands; callee)                                   -> the results of the module's function `callee`
            with the attribute `effects` where that has any (see `pullback.ir.effects`)
    pack    (values...; pair)                                    -> one tape
    unpack  (tape; pair)                                         -> the values that the pack of the same pair saved
    defined (value)                                              -> whether this path has computed it

Loops are in scan form. The attribute `carried` says how many values are carried from trip to trip.

    body of `for`    (index, carried..., elements...) -> leave, next..., written...
    body of `while`  (carried...)                     -> leave, next..., written...
    test of `while`  (carried...)                     -> whether there is another trip

One element of each sequence is read a trip, one of each written sequence is written; a trip that yields `leave` is
the last one. With the attribute `reverse` a `for` visits its range from the end, and reads its sequences from their
end. `trips` is how many trips there were. So the adjoint of a loop is a `for` over the trips in reverse, whose
sequences are what the loop wrote.

They have no derivative rule of their own: `pullback.autodiff` transforms them.
"""

from __future__ import annotations

from typing import Any

from pullback.ir.core import Atom, Attrs, Block, Op, Primitive, Value
from pullback.ir.types import BOOL, Tape, Type
from pullback.records import dataclass


def _types_are_given(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    raise AssertionError("the results of a region have the types of its blocks: use Builder.append")


def _interpreted(*operands: Any, **attrs: Any) -> Any:
    raise AssertionError("regions are run by pullback.ir.evaluate")


IF = Primitive("if", "region", _interpreted, _types_are_given)
FOR = Primitive("for", "region", _interpreted, _types_are_given)
WHILE = Primitive("while", "region", _interpreted, _types_are_given)
CALL = Primitive("call", "region", _interpreted, _types_are_given)
PACK = Primitive("pack", "plumbing", lambda *values, pair: values, lambda operands, attrs: (Tape(),))
DEFINED = Primitive(
    "defined", "plumbing", lambda value: value is not None, lambda operands, attrs: (BOOL,), spelling="{0} is not None"
)
UNPACK = Primitive("unpack", "plumbing", lambda tape, pair: tape, _types_are_given)

LOOPS = (FOR, WHILE)


@dataclass(frozen=True, slots=True)
class Loop:
    """The parts of a `for` or `while` by name."""

    op: Op

    @property
    def count(self) -> int:
        """How many values are carried."""
        return int(self.op.attrs["carried"])

    @property
    def bounds(self) -> tuple[Atom, ...]:
        """start, stop, step of a `for`; nothing of a `while`."""
        return self.op.operands[:3] if self.op.prim is FOR else ()

    @property
    def initial(self) -> tuple[Atom, ...]:
        first = len(self.bounds)
        return self.op.operands[first : first + self.count]

    @property
    def sequences(self) -> tuple[Atom, ...]:
        return self.op.operands[len(self.bounds) + self.count :]

    @property
    def body(self) -> Block:
        return self.op.blocks[-1]

    @property
    def index(self) -> tuple[Value, ...]:
        """The index of a `for`, as a tuple of one; nothing of a `while`."""
        return self.body.params[:1] if self.op.prim is FOR else ()

    @property
    def carried(self) -> tuple[Value, ...]:
        first = len(self.index)
        return self.body.params[first : first + self.count]

    @property
    def elements(self) -> tuple[Value, ...]:
        return self.body.params[len(self.index) + self.count :]

    @property
    def leave(self) -> Atom:
        return self.body.results[0]

    @property
    def next(self) -> tuple[Atom, ...]:
        return self.body.results[1 : 1 + self.count]

    @property
    def written(self) -> tuple[Atom, ...]:
        return self.body.results[1 + self.count :]

    @property
    def trips(self) -> Value:
        return self.op.results[0]

    @property
    def final(self) -> tuple[Value, ...]:
        return self.op.results[1 : 1 + self.count]

    @property
    def records(self) -> tuple[Value, ...]:
        """The sequences that it writes."""
        return self.op.results[1 + self.count :]
