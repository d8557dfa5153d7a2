"""Products in which something overflows and the rest vanishes faster: 0 * inf and inf / inf, where the limit is 0.

The adjoint of 1 / (1 + cosh(x)) multiplies by sinh(x) and divides by (1 + cosh(x))**2, that of exp(-exp(x)) is
exp(-e) * e: at 1000 both are 0, and NaN as written. Each factor grows like a power of one exponential e, or vanishes
faster than any: its *degree*. Where the degrees of a product add up to less than 0, what overflows becomes the largest
float, and stands above something that grows as well, where there is such a divisor:

    value / d * sinh(x)  ->  value * (np.clip(sinh(x), -largest, largest) / d)        for d = 1 + cosh(x)

What does not overflow stays as it is. Large literal powers are treated alike: those of x**200 in 1 / (1 + x**200).
"""

from __future__ import annotations

from dataclasses import field
from functools import reduce
from math import inf, log
from typing import Any

import numpy as np

from pullback.ir.core import Atom, Const, Op, Value
from pullback.ir.types import dims_of, same_dims
from pullback.passes.guards import is_not_negative
from pullback.passes.shape_sources import ASKING
from pullback.passes.simplify import Rules, Simplifier, rule
from pullback.passes.stable_ratios import Factors, denominators, factors, is_at_most_one, is_shifted
from pullback.primitives.inference import dtype_of, is_complex
from pullback.primitives.registry import PRIMITIVES
from pullback.records import dataclass

OUTGROWN: Rules = {}
EXPONENTIALS = ("exp", "exp2", "sinh", "cosh", "expm1")
LARGE_POWER = 8  # a smaller one does not overflow below 1e34, or 1e4 in float32
DEEPEST = 12
CAPS = {kind: float(np.finfo(kind).max) for kind in (np.float16, np.float32, np.float64)}

Degree = tuple[float, float]  # the least and the largest that it may be
UNKNOWN: Degree = (-inf, inf)
NONE: Degree = (0.0, 0.0)
VANISHING: Degree = (-inf, -inf)


@rule(OUTGROWN, "multiply", "divide")
def outgrown(b: Simplifier, op: Op) -> Any:
    """G * e -> g * min(e, 1e308), and g / d * e -> g * (min(e, 1e308) / d), where g outgrows e."""
    found = factors(b, op)
    for atom in found.over:
        base = _base(b, atom)
        if base is None:
            continue
        growth = Growth(b, *base)
        over, under = ([growth.of(a) for a in part] for part in (found.over, found.under))
        if sum(most for _, most in over) - sum(least for least, _ in under) < 0:
            shorter = _cancelled(b, found, atom)
            return _capped(b, found, over, under) if shorter is None else shorter
    return None


def _cancelled(b: Simplifier, found: Factors, atom: Atom) -> Any:
    """The product without a factor that is divided by: g / (e * e) * e -> g / e."""
    for place, divisor in denominators(b, found):
        if divisor is atom:
            rest: Factors = place()
            rest.over.remove(atom)
            rest.under.remove(atom)
            return rest.product(b) if rest.over else rest.product(b, b.pen(Const(1.0)))
    return None


def _base(b: Simplifier, atom: Atom) -> tuple[str, Atom] | None:
    """What the degrees count: exponentials of u, or powers of x; None where the factor cannot overflow soon."""
    if is_complex(atom.type) or (dtype := dtype_of(atom.type)) is None or dtype.type not in CAPS:
        return None
    if (op := b.definition(atom, *EXPONENTIALS)) and not is_at_most_one(b, op.operands[0]):
        return None if is_shifted(b, op.operands[0]) else ("exp", op.operands[0])
    if (op := b.definition(atom, "add")) and (made := b.definition(op.operands[0], "expm1")):
        return "exp", made.operands[0]
    op = b.definition(atom, "power")
    if op and isinstance(op.operands[1], Const) and op.operands[1].value >= LARGE_POWER:
        return "power", op.operands[0]
    return None


def _capped(b: Simplifier, found: Factors, over: list[Degree], under: list[Degree]) -> Any:
    """The product in which each factor that grows is capped, above a divisor that grows."""
    divisors = [(d, degree) for d, degree in zip(found.under, under, strict=True)]
    rest, capped = Factors([], [], found.negative), []
    for atom, (least, _) in zip(found.over, over, strict=True):
        if least <= 0:
            rest.over.append(atom)
            continue
        factor = _at_most(b, atom)
        pair = next(
            (p for p in divisors if p[1][0] >= least and same_dims(dims_of(p[0].type), dims_of(atom.type))), None
        )
        if pair is not None:
            divisors.remove(pair)
            factor = factor / b.pen(pair[0])
        capped.append(factor)
    rest.under = [d for d, _ in divisors]
    if not rest.over and not rest.under:
        whole = reduce(lambda p, q: p * q, capped)
        return -whole if rest.negative else whole
    return rest.product(b, *capped)


def _at_most(b: Simplifier, atom: Atom) -> Any:
    """A factor, but finite."""
    dtype = dtype_of(atom.type)
    assert dtype is not None
    cap = CAPS[dtype.type]
    if (op := b.definition(atom, "minimum", "clip")) and is_cap(op.operands[-1]):
        return b.pen(atom)
    op = b.definition(atom, "sinh", "power")
    if op is not None and not (op.prim.name == "power" and is_not_negative(b, op.operands[0])):
        return PRIMITIVES["clip"](b.pen(atom), -cap, cap)
    return PRIMITIVES["minimum"](b.pen(atom), cap)


@dataclass
class Growth:
    """How values grow with exp(u), or with x: `kind` says which."""

    b: Simplifier
    kind: str
    base: Atom
    known: dict[Atom, Degree] = field(default_factory=dict)

    def of(self, atom: Atom, depth: int = 0) -> Degree:
        """The degree of a value; unknown where it is far from what it depends on."""
        if isinstance(atom, Const):
            return NONE
        if atom not in self.known:
            self.known[atom] = self.derived(atom, depth)
        return self.known[atom]

    def derived(self, atom: Atom, depth: int) -> Degree:
        """The degree of a value by those of what it is made of."""
        if atom is self.base and self.kind == "power":
            return 1.0, 1.0
        op = self.b.definitions.get(atom) if isinstance(atom, Value) else None
        if op is None or not op.operands or op.prim.name in ASKING:
            return NONE
        if depth > DEEPEST:
            return UNKNOWN
        degrees = [self.of(o, depth + 1) for o in op.operands]
        if op.prim.name in EXPONENTIALS and (times := self.multiple(op.operands[0])):
            return self.of_multiple(op.prim.name, times)
        if all(degree == NONE for degree in degrees):
            return NONE
        match op.prim.name, degrees:
            case "exp" | "exp2", _ if self.falls(op.operands[0], depth):
                return VANISHING
            case "negative" | "float", [x]:
                return x
            case "add", [x, y]:
                return of_sum(x, y, all(is_not_negative(self.b, o) for o in op.operands))
            case "subtract", [x, y]:
                return VANISHING if self.is_slope_of_tanh(op, depth) else of_sum(x, y, False)
            case "multiply", [x, y]:
                return x[0] + y[0], x[1] + y[1]
            case "divide", [x, y]:
                return x[0] - y[1], x[1] - y[0]
            case "reciprocal", [x]:
                return -x[1], -x[0]
            case "square", [x]:
                return 2 * x[0], 2 * x[1]
            case "sqrt", [x]:
                return x[0] / 2, x[1] / 2
            case "power", [x, _] if isinstance(exponent := op.operands[1], Const):
                least, most = sorted(exponent.value * bound for bound in x)
                return least, most
            case "tanh" | "arctan", _:
                return -inf, 0.0
            case "minimum" | "clip", [x, *_] if is_cap(op.operands[-1]):
                return x
        return UNKNOWN

    def multiple(self, atom: Atom) -> float | None:
        """K where an exponent is k * u; None where it is nothing of the kind."""
        if self.kind != "exp":
            return None
        if atom is self.base:
            return 1.0
        if op := self.b.definition(atom, "negative"):
            return -times if (times := self.multiple(op.operands[0])) else None
        if (op := self.b.definition(atom, "multiply")) and isinstance(c := op.operands[0], Const):
            return c.value * times if (times := self.multiple(op.operands[1])) else None
        return None

    def of_multiple(self, name: str, times: float) -> Degree:
        """The degree of exp(k * u) and its kin."""
        match name:
            case "exp2":
                return times * log(2), times * log(2)
            case "sinh" | "cosh":
                return abs(times), abs(times)
            case "expm1" if times < 0:
                return NONE
        return times, times

    def falls(self, w: Atom, depth: int) -> bool:
        """Whether an exponent goes to minus infinity as fast as what the degrees count grows."""
        if op := self.b.definition(w, "negative"):
            return self.of(op.operands[0], depth)[0] > 0
        if (op := self.b.definition(w, "multiply")) and isinstance(c := op.operands[0], Const):
            return bool(c.value < 0) and self.of(op.operands[1], depth)[0] > 0
        if op := self.b.definition(w, "subtract"):
            x, y = (self.of(o, depth) for o in op.operands)
            return y[0] > max(x[1], 0.0)
        if op := self.b.definition(w, "add"):
            pairs = (op.operands, op.operands[::-1])
            return any(self.falls(p, depth) and self.of(q, depth)[1] <= 0 for p, q in pairs)
        return False

    def is_slope_of_tanh(self, op: Op, depth: int) -> bool:
        """Whether it is 1 - tanh(w)**2, where w grows."""
        square = self.b.definition(op.operands[1], "multiply", "square")
        made = self.b.definition(square.operands[0], "tanh") if square else None
        return made is not None and self.of(made.operands[0], depth)[0] > 0


def is_cap(atom: Atom) -> bool:
    """Whether it is the number that a factor has been capped at."""
    return isinstance(atom, Const) and atom.value in CAPS.values()


def of_sum(x: Degree, y: Degree, keeps: bool) -> Degree:
    """The degree of a sum or a difference, which may cancel where both grow alike, unless it `keeps` what is added."""
    most = max(x[1], y[1])
    if x[0] > y[1] or y[0] > x[1] or keeps:
        return max(x[0], y[0]), most
    return -inf, most
