"""What is given a function, in reverse: the rule of its row, with a pen for the function.

A rule is (g, out, function, own, captured, wanted) -> a cotangent per operand. `function` is the pen: called, it calls
the function; `again` gives the library its derivative by a parameter, `pullback` gives another function its pullback,
and `partials` calls that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pullback.analysis.jumps import BOTH, PARAMETER, VARIABLE, jump_that_moves
from pullback.errors import NonDifferentiableError
from pullback.ir.builder import Builder, atom
from pullback.ir.core import Atom, Attrs, Function, Module, Op, Primitive, Value, free_values
from pullback.ir.functionals import Functional
from pullback.ir.regions import CALL
from pullback.ir.types import Type
from pullback.primitives.expr import Expr
from pullback.records import dataclass

Derivative = tuple[str, tuple[int, ...]]  # a function, and which of the captured operands it reads
Request = Callable[[str, int, int], Derivative]
RequestPullback = Callable[[str, int, tuple[int, ...]], str]


@dataclass(frozen=True, slots=True)
class Called:
    """The function that a library is given, as a pen."""

    builder: Builder
    module: Module
    op: Op
    request: Request
    request_pullback: RequestPullback
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

    def expect_no_jump(self, *places: int, state: int | None = None) -> None:
        """Refuse a function that may jump at a place that moves with some parameters, or with the `state`.

        Raises:
            NonDifferentiableError: it may.
        """
        told = dict.fromkeys(range(self.parts.variables), VARIABLE) | dict.fromkeys(places, PARAMETER)
        told |= {} if state is None else {state: BOTH}
        found = jump_that_moves(self.module, self.parts.callee, told)
        if found is None:
            return
        names = [self.module.functions[self.parts.callee].params[place].name for place in places]
        of = " or ".join(f"`{name}`" for name in names if name) or "what is differentiated by"
        raise NonDifferentiableError(
            f"`{self.op.prim.spelling}` is given a function with a decision that depends on "
            + (of if state is None else "its solution"),
            "where the function jumps, the place moves too, which the derivative of the function does not show",
            "cut the interval in two at that place, or write what has no jump by np.maximum, np.minimum or np.abs",
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

    def pullback(
        self,
        prim: Primitive,
        variable: int,
        places: Sequence[int],
        own: Sequence[Any],
        attrs: Attrs,
        names: tuple[str, ...] = (),
    ) -> list[Expr]:
        """What `prim` gives for the function and its pullback by a variable and by some of what it is handed on."""
        parts = self.parts
        wrt = (variable, *(k + parts.variables for k in places))
        name = self.request_pullback(parts.callee, parts.variables, wrt)
        given = {**self.op.attrs, **attrs, "pullback": name, "own": len(own), "named": ()}
        operands = (*map(atom_of, own), *self.captured)
        params = self.module.functions[parts.callee].params
        before = (*names, *[""] * (len(given["types"]) - len(places) - len(names)))
        named = (*before, *(f"{params[k].name}_bar" for k in wrt[1:]))
        made = self.builder.append(prim, operands, given, given["types"], names=named)
        return [Expr(self.builder, r) for r in made]

    def partials(self, x: Any, places: Sequence[int]) -> list[Expr]:
        """The derivatives of a number by its one variable, at `x`, and by some of what it is handed on."""
        fn = self.module.functions[self.parts.callee]
        wrt = (0, *(k + 1 for k in places))
        name = self.request_pullback(fn.name, 1, wrt)
        operands = tuple(map(atom_of, (x, 1.0, *(Expr(self.builder, atom) for atom in self.captured))))
        types = tuple(fn.params[k].type for k in wrt)
        names = ("slope", *[""] * len(places))
        made = self.builder.append(CALL, operands, {"callee": name}, types, names=names)
        return [Expr(self.builder, r) for r in made]


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


def pullback_only(joint: Function, results: int, variables: int, simplify: Callable[[Function], Function]) -> Function:
    """A joint function without its primal results. The cotangent that it is given follows what the library provides; it
    is the library's, so that nothing writes to it.
    """
    made = simplify(replace(joint, block=replace(joint.block, results=joint.results[results:])))
    primal, seeds = made.params[: len(made.params) - made.seeds], made.params[len(made.params) - made.seeds :]
    params = (*primal[:variables], *seeds, *primal[variables:])
    return replace(made, block=replace(made.block, params=params), seeds=0)
