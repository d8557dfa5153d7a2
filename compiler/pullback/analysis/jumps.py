"""Where a function may jump at a place that moves with its parameters: a derivative under an integral misses that.

    int_0^1 (1 if t < c else 0) dt = c,   though the derivative of the integrand by c is 0 wherever it exists

So a decision, a count or a branch of a many-valued function that is taken from both the variables and the parameters
is a jump that moves. One that is taken from the variables alone stays in its place, and one from the parameters alone
is the same all over the integral; what comes of such a decision is a constant between places that do not move. Whether
both sides meet at a decision is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from pullback.ir.core import Atom, Block, Module, Op, Value
from pullback.ir.functionals import Functional, callee_of, is_functional
from pullback.ir.regions import CALL, IF, LOOPS, Loop
from pullback.primitives.inference import is_complex
from pullback.records import dataclass

VARIABLE, PARAMETER = 1, 2
BOTH = VARIABLE | PARAMETER
# discrete, and the same whatever the numbers are
SHAPES = frozenset(
    [
        "shape",
        "dim",
        "size",
        "ndim",
        "shape_item",
        "make_shape",
        "unpack_shape",
        "zeros",
        "ones",
        "empty",
        "eye",
        "zeros_like",
        "ones_like",
        "empty_like",
        "create",
        "list_length",
        "list_zeros",
    ]
)
# counted as discrete, as their rules are elsewhere: they hand on what they are given
CARRIERS = frozenset(["list_zip", "list_of_structures", "list_pop"])
# with a derivative, and jumps
JUMPING = frozenset(
    [
        "remainder",
        "ufunc_remainder",
        "fmod",
        "math_fmod",
        "math_remainder",
        "modf",
        "math_modf",
        "frexp",
        "math_frexp",
        "copysign",
        "math_copysign",
        "arctan2",
        "math_atan2",
        "angle",
        "phase",
        "cmath_phase",
        "unwrap",
        "heaviside",
        "choose",
        "histogram_sums",
        "histogram_between",
        "masked_sum",
        "masked_mean",
        "masked_prod",
        "masked_var",
        "masked_std",
    ]
)
# where a point leaves the samples, which is the operand given here
LEAVING = {"samples_value": (0,), "spline_samples": (1,), "map_coordinates": (1,)}
# along a line of the complex plane
CUT = frozenset(
    [
        "log",
        "log2",
        "log10",
        "log1p",
        "sqrt",
        "power",
        "float_power",
        "arcsin",
        "arccos",
        "arctan",
        "arcsinh",
        "arccosh",
        "arctanh",
        "lambertw",
        "loggamma",
        "logsumexp",
    ]
)


def jump_that_moves(module: Module, name: str, told: Mapping[int, int]) -> Op | None:
    """An operation of a function, or of one that it calls, that may jump where its variables meet its parameters.

    Args:
        module: what it is a function of.
        name: what it is called there.
        told: which parameters, by position, are a `VARIABLE`, a `PARAMETER`, or `BOTH`, as the state of a differential
            equation, which moves along with time and depends on everything.
    """
    search = _Search(module)
    search.function(name, tuple(told.get(k, 0) for k in range(len(module.functions[name].params))))
    return search.found


@dataclass
class _Search:
    """What each value depends on, as bits."""

    module: Module
    found: Op | None = None
    results: dict[tuple[str, tuple[int, ...]], tuple[int, ...]] = field(default_factory=dict)

    def function(self, name: str, given: tuple[int, ...]) -> tuple[int, ...]:
        """What the results of a function depend on; a recursion goes to a fixpoint."""
        fn = self.module.functions[name]
        key = (name, given)
        if key in self.results:
            return self.results[key]
        self.results[key] = (0,) * len(fn.results)
        while True:
            told = dict(zip(fn.params, given, strict=True))
            self.block(fn.block, told)
            results = tuple(of(r, told) for r in fn.results)
            if results == self.results[key]:
                return results
            self.results[key] = results

    def block(self, block: Block, told: dict[Value, int]) -> None:
        for op in block.ops:
            for result, bits in zip(op.results, self.operation(op, told), strict=True):
                told[result] = told.get(result, 0) | bits

    def operation(self, op: Op, told: dict[Value, int]) -> list[int]:
        given = tuple(of(o, told) for o in op.operands)
        if op.prim is CALL:
            return list(self.function(op.attrs["callee"], given))
        if op.prim is IF:
            self.decides(op, given[0])
            for arm in op.blocks:
                self.block(arm, told)
            return [given[0] | any_of((arm.results[k] for arm in op.blocks), told) for k in range(len(op.results))]
        if op.prim in LOOPS:
            return self.loop(Loop(op), told)
        bits = any_of(op.operands, told)
        if is_functional(op):
            row = Functional(op)
            inside = (*(VARIABLE,) * row.variables, *given[op.attrs["own"] :])
            bits |= any_of_bits(self.function(str(callee_of(op)), inside))
        self.decides(op, any_of((op.operands[k] for k in deciding(op)), told))
        is_step = op.prim.kind == "discrete" and op.prim.name not in CARRIERS
        return [0 if is_step else bits] * len(op.results)

    def loop(self, loop: Loop, told: dict[Value, int]) -> list[int]:
        bounds = any_of(loop.bounds, told)
        told.update(dict.fromkeys(loop.index, bounds))
        for element, sequence in zip(loop.elements, loop.sequences, strict=True):
            told[element] = of(sequence, told)
        while True:
            before = [told.get(param, 0) for param in loop.carried]
            for param, start, after in zip(loop.carried, loop.initial, loop.next, strict=True):
                told[param] = told.get(param, 0) | of(start, told) | of(after, told)
            for test in loop.op.blocks[:-1]:
                told.update(zip(test.params, (told[param] for param in loop.carried), strict=True))
                self.block(test, told)
            self.block(loop.body, told)
            if before == [told[param] for param in loop.carried]:
                break
        trips = bounds | of(loop.leave, told) | any_of((test.results[0] for test in loop.op.blocks[:-1]), told)
        self.decides(loop.op, trips)
        carried = [trips | told[param] | of(after, told) for param, after in zip(loop.carried, loop.next, strict=True)]
        return [trips, *carried, *(trips | of(written, told) for written in loop.written)]

    def decides(self, op: Op, bits: int) -> None:
        if bits == BOTH and self.found is None:
            self.found = op


def deciding(op: Op) -> Sequence[int]:
    """The operands that say where what an operation computes jumps; none where it does not."""
    name, everything = op.prim.name, range(len(op.operands))
    if op.prim.kind == "discrete":
        return () if name in SHAPES | CARRIERS else everything
    if (stated := op.prim.doc.get("jumps", LEAVING.get(name))) is not None:
        return [k for k in stated if k in everything]
    is_cut = name.removeprefix("cmath_") in CUT and any(is_complex(o.type) for o in op.operands)
    return everything if name in JUMPING or is_cut else ()


def of(atom: Atom, told: dict[Value, int]) -> int:
    return told.get(atom, 0) if isinstance(atom, Value) else 0


def any_of(atoms: Iterable[Atom], told: dict[Value, int]) -> int:
    return any_of_bits(of(atom, told) for atom in atoms)


def any_of_bits(bits: Iterable[int]) -> int:
    found = 0
    for each in bits:
        found |= each
    return found
