"""Operations that hold blocks or call functions, and those that pack what a call saves.

    if      (cond) {then} {else}          -> the results of the arm that ran
    call    (operands; callee)            -> the results of the module's function `callee`
    pack    (values...; pair)             -> one tape
    unpack  (tape; pair)                  -> the values that the pack of the same pair saved

They have no derivative rule of their own: `pullback.autodiff.regions` transforms them.
"""

from __future__ import annotations

from typing import Any

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Tape, Type


def _types_are_given(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    raise AssertionError("the results of a region have the types of its blocks: use Builder.append")


def _interpreted(*operands: Any, **attrs: Any) -> Any:
    raise AssertionError("regions are run by pullback.ir.evaluate")


IF = Primitive("if", "region", _interpreted, _types_are_given)
CALL = Primitive("call", "region", _interpreted, _types_are_given)
PACK = Primitive("pack", "plumbing", lambda *values, pair: values, lambda operands, attrs: (Tape(),))
UNPACK = Primitive("unpack", "plumbing", lambda tape, pair: tape, _types_are_given)
