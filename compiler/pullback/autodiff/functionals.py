"""What is given a function, in reverse: the rule of its row, with a pen for the function.

A rule is (g, out, function, own, captured, wanted) -> a cotangent per operand. `function` is the pen: called, it calls
the function; `again` gives the library its derivative by a parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pullback.analysis.jumps import jump_that_moves
from pullback.errors import NonDifferentiableError
from pullback.ir.builder import Builder, atom
from pullback.ir.core import Atom, Function, Module, Op, Primitive, Value, free_values
from pullback.ir.functionals import Functional
from pullback.ir.regions import CALL
from pullback.ir.types import Type
from pullback.primitives.expr import Expr
from pullback.records import dataclass

Derivative = tuple[str, tuple[int, ...]]  # a function, and which of the captured operands it reads
Request = Callable[[str, int, int], Derivative]


@dataclass(frozen=True, slots=True)
class Called:
    """The function that a library is given, as a pen."""

    builder: Builder
    module: Module
    op: Op
    request: Request
    captured: tuple[Atom, ...]

    @property
    def parts(self) -> Functional:
        return Functional(self.op)

    @property
    def options(self) -> Mapping[str, Any]:
        """What the library is given by keyword."""
        return dict(self.op.attrs["options"])

    def __call__(self, *operands: Any) -> Expr:
        """What the function gives."""
        fn = self.module.functions[self.parts.callee]
        results = self.builder.append(
            CALL, tuple(map(atom_of, operands)), {"callee": fn.name}, tuple(r.type for r in fn.results)
        )
        return Expr(self.builder, results[0])

    def derivative(self, k: int) -> Derivative:
        """The derivative of its number by a parameter, as a function of the same parameters.

        Raises:
            NonDifferentiableError: the function may jump at a place that moves with the parameter.
        """
        parts = self.parts
        place = k + parts.variables
        self.expect_no_jump(place)
        return self.request(parts.callee, parts.variables, place)

    def expect_no_jump(self, place: int) -> None:
        found = jump_that_moves(self.module, self.parts.callee, range(self.parts.variables), [place])
        if found is not None:
            name = self.module.functions[self.parts.callee].params[place].name
            raise NonDifferentiableError(
                f"`{self.op.prim.spelling}` integrates over a decision that depends on `{name}`"
                if name
                else f"`{self.op.prim.spelling}` integrates over a decision that depends on what is differentiated by",
                "where the integrand jumps, its place moves too, which the derivative of the integrand does not show",
                "cut the integral in two at that place, or write what has no jump by np.maximum, np.minimum or np.abs",
                found.loc or self.op.loc,
            )

    def again(
        self, k: int, own: Sequence[Any], prim: Primitive, result: Type, options: Any, seeds: Sequence[Any] = ()
    ) -> Expr:
        """What a library gives for the derivative by a parameter; of an array, for that of its product with a seed."""
        name, places = self.derivative(k)
        attrs = {**self.op.attrs, "callee": name, "types": (result,), "options": options, "own": len(own)}
        operands = (*map(atom_of, (*own, *seeds)), *(self.captured[k] for k in places))
        return Expr(self.builder, self.builder.append(prim, operands, attrs, (result,))[0])


def atom_of(operand: Any) -> Atom:
    return operand.atom if isinstance(operand, Expr) else atom(operand)


def derivative_only(
    joint: Function, results: int, variables: int, simplify: Callable[[Function], Function]
) -> tuple[Function, tuple[int, ...]]:
    """A joint function without its primal results, and without the parameters that its derivative does not read; those
    of the library's stay. The cotangent that an array is given follows them: it is the same in all calls, and nothing
    writes to it.

    Returns:
        The function, and which of the parameters after the variables are left.
    """
    made = simplify(replace(joint, block=replace(joint.block, results=joint.results[results:])))
    reads: set[Atom] = {*free_values(replace(made.block, params=())), *made.results}
    primal = made.params[: len(made.params) - made.seeds]
    own, others, seeds = primal[:variables], primal[variables:], made.params[len(primal) :]
    kept = tuple(k for k, p in enumerate(others) if p in reads)
    params: tuple[Value, ...] = (*own, *seeds, *(others[k] for k in kept))
    return replace(made, block=replace(made.block, params=params), seeds=0), kept
