"""Operations of libraries that are given a function: a quadrature, a solver.

    name (own..., captured...; callee, own, named, variables, types, options) -> the results of the library's function

`own` counts the operands that the library is given beside the function, the last of them under the keywords `named`.
The others are handed on to the function, after the `variables` that the library itself provides:

    quad (a, b, k; callee=integrand, own=2, named=(), variables=1)         where   integrand(t, k)

How often the function is called, and where, is the library's choice: it has no effects, and writes to nothing. `types`
are those of the results, `options` what the library is given by keyword.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pullback.ir.core import Atom, Attrs, Op, Primitive
from pullback.ir.regions import CALL
from pullback.ir.types import Type
from pullback.records import dataclass

Types = tuple[Type, ...]


def functional(
    name: str, evaluate: Callable[..., Any], spelling: str, vjp: Callable[..., Any], result: str = "", **doc: Any
) -> Primitive:
    """A primitive of this kind.

    Args:
        name: its name in the IR.
        evaluate: (function, *own, args, **options) -> a tuple of its results; where it is given a pullback, that
            follows the function.
        spelling: the function of the library, by its dotted name.
        vjp: see `pullback.autodiff.functionals`.
        result: what follows the call where one result is wanted: `[0]`.
        doc: how it prints: `pair`, whether the first two operands are one argument; `solver`, what is handed in first.
    """

    def run(
        *operands: Any,
        callee: Callable[..., Any],
        pullback: Callable[..., Any] | None = None,
        own: int,
        named: tuple[str, ...],
        types: Types,
        options: Any,
        variables: int,
    ) -> Any:
        n = own - len(named)
        keywords = dict(zip(named, operands[n:own], strict=True)) | dict(options)
        functions = (callee,) if pullback is None else (callee, pullback)
        found = evaluate(*functions, *operands[:n], args=operands[own:], **keywords)
        return found if len(types) > 1 else found[0]

    return Primitive(name, "functional", run, _given, vjp, spelling=spelling, doc={"result": result, **doc})


def _given(operands: tuple[Atom, ...], attrs: Attrs) -> Types:
    return tuple(attrs["types"])


def is_functional(op: Op) -> bool:
    """Whether an operation is given a function."""
    return op.prim.kind == "functional"


def callee_of(op: Op) -> str | None:
    """The function of the module that an operation calls, or has called."""
    return op.attrs["callee"] if op.prim is CALL or is_functional(op) else None


def callees_of(op: Op) -> tuple[str, ...]:
    """The functions of the module that an operation calls, or has called: the pullback of the one, too."""
    return tuple(op.attrs[key] for key in ("callee", "pullback") if key in op.attrs)


@dataclass(frozen=True, slots=True)
class Functional:
    """The parts of such an operation by name."""

    op: Op

    @property
    def callee(self) -> str:
        return str(self.op.attrs["callee"])

    @property
    def variables(self) -> int:
        """How many parameters of the function the library provides."""
        return int(self.op.attrs["variables"])

    @property
    def own(self) -> tuple[Atom, ...]:
        return self.op.operands[: self.op.attrs["own"]]

    @property
    def captured(self) -> tuple[Atom, ...]:
        """The function's other parameters."""
        return self.op.operands[self.op.attrs["own"] :]
