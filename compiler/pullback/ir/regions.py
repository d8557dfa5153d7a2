"""Operations that hold blocks or call functions, and those that pack what a call saves.

    if      (cond) {then} {else}          -> the results of the arm that ran
    call    (operands; callee)            -> the results of the module's function `callee`
    pack    (values...)                   -> one tape
    unpack  (tape)                        -> the values

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
PACK = Primitive("pack", "plumbing", lambda *values: values, lambda operands, attrs: (Tape(),))
UNPACK = Primitive("unpack", "plumbing", lambda tape: tape, _types_are_given)
