"""Quotients of exponentials that overflow: the derivatives of sigmoids and softplus, however they are spelled.

With e = exp(u) and d = 1 + e, adjoints of log(d), 1 / d and the like multiply by e and divide by d. Where e has
overflowed that is inf / inf, and where e is merely large, 1 / d / d * e underflows on its way. So e meets one d first,

    capped = np.minimum(e, 1e37);  capped / (1 + capped)

which is e / d rounded, for every e: above 1e37 both are 1, in float32 as in float64. So does sinh(u), of 1 / cosh(u).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import field
from functools import reduce
from itertools import chain, repeat
from typing import Any

import numpy as np

from pullback.ir.core import Atom, Const, Op
from pullback.ir.types import dims_of, may_be_empty, rank, same_dims
from pullback.passes.guards import is_not_negative
from pullback.passes.simplify import Rules, Simplifier, rule
from pullback.primitives.inference import dtype_of, is_complex
from pullback.primitives.registry import MEANINGS, PRIMITIVES
from pullback.records import dataclass

RATIOS: Rules = {}
EXPONENTIALS = ("exp", "exp2")
LARGE, LARGE_IN_HALF = 1e37, 1e4  # the reciprocal is below the rounding error of 1


@dataclass
class Factors:
    """A product, taken apart: sign * over[0] * over[1] ... / under[0] / under[1] ..."""

    over: list[Atom] = field(default_factory=list)
    under: list[Atom] = field(default_factory=list)
    negative: bool = False

    def without(self, divisor: Atom) -> Factors:
        """The same factors, but for one that is divided by."""
        under = list(self.under)
        under.remove(divisor)
        return Factors(list(self.over), under, self.negative)

    def product(self, b: Simplifier, *more: Any) -> Any:
        """What they multiply to, and `more` of them."""
        over = [b.pen(a) for a in self.over]
        quotient = reduce(lambda p, q: p / b.pen(q), self.under, reduce(lambda p, q: p * q, over)) if over else None
        if quotient is None and not self.under:
            whole = reduce(lambda p, q: p * q, more)
        elif quotient is None:
            whole = reduce(lambda p, q: p / b.pen(q), self.under, reduce(lambda p, q: p * q, more))
        else:
            whole = reduce(lambda p, q: p * q, more, quotient)
        return -whole if self.negative else whole


def factors(b: Simplifier, op: Op) -> Factors:
    """The factors of a product or quotient of the adjoint sweep; what the primal computed stays whole."""
    found = Factors()
    _collect(b, op, found, upside_down=False)
    for atom in list(found.over):
        if atom in found.under and not isinstance(atom, Const):
            found.over.remove(atom)
            found.under.remove(atom)
    return found


def _collect(b: Simplifier, op: Op, found: Factors, upside_down: bool) -> None:
    def add(atom: Atom, flip: bool) -> None:
        inner = b.definition(atom, "multiply", "divide", "negative", "power")
        if inner is not None and inner.sweep == "adjoint" and _is_product(inner):
            _collect(b, inner, found, flip)
        else:
            (found.under if flip else found.over).append(atom)

    match op.prim.name:
        case "negative":
            found.negative = not found.negative
            add(op.operands[0], upside_down)
        case "power":
            exponent = op.operands[1]
            assert isinstance(exponent, Const)
            for _ in range(int(-exponent.value)):
                add(op.operands[0], not upside_down)
        case name:
            x, y = op.operands
            add(x, upside_down)
            add(y, upside_down != (name == "divide"))


def _is_product(op: Op) -> bool:
    if op.prim.name != "power":
        return True
    return isinstance(op.operands[1], Const) and op.operands[1].value in (-1, -2, -3)


@rule(RATIOS, "multiply", "divide")
def exponential_over_sum(b: Simplifier, op: Op) -> Any:
    """Of products: g / d * e -> g * (capped / (1 + capped)), for e = exp(u) and d = 1 + e."""
    found = factors(b, op)
    for e in found.over:
        made = None if is_complex(e.type) else b.made_by(e, *EXPONENTIALS)
        if made is None or is_at_most_one(b, made.operands[0]):
            continue
        for place, d in denominators(b, found):
            sum_of = _sum_of(b, d, e)
            if sum_of is None or not same_dims(dims_of(e.type), dims_of(op.result.type)):
                continue
            rest = place()
            rest.over.remove(e)
            rest.under.remove(d)
            _cancel(rest)
            return rest.product(b, _capped_ratio(b, e, *sum_of))
    return None


@rule(RATIOS, "multiply", "divide")
def hyperbolic_quotient(b: Simplifier, op: Op) -> Any:
    """Of products: g / cosh(u) * sinh(u) -> g * tanh(u), and g / sinh(u) * cosh(u) -> g / tanh(u)."""
    found = factors(b, op)
    for s in found.over:
        made = None if is_complex(s.type) else b.definition(s, "sinh", "cosh")
        if made is None:
            continue
        u, is_sinh = made.operands[0], made.prim.name == "sinh"
        for place, d in denominators(b, found):
            below = b.made_by(d, "cosh" if is_sinh else "sinh")
            if below is None or not b.is_same(below.operands[0], u, of=d):
                continue
            rest = place()
            rest.over.remove(s)
            rest.under.remove(d)
            _cancel(rest)
            tanh = PRIMITIVES["tanh"](b.pen(u))
            return rest.product(b, tanh if is_sinh else 1.0 / tanh)
    return None


@rule(RATIOS, "multiply")
def exponential_times_terms(b: Simplifier, op: Op) -> Any:
    """(s + t / d) * e -> s * e + t * (e / d): where an exponential was read more than once."""
    for terms, e in (op.operands, op.operands[::-1]):
        added = b.definition(terms, "add", "subtract")
        if added and added.sweep == "adjoint" and b.made_by(e, *EXPONENTIALS) and _meets(b, terms, e):
            products = [b.pen(t) * b.pen(e) for t in added.operands]
            return added.prim(*products)
    return None


def _meets(b: Simplifier, terms: Atom, e: Atom) -> bool:
    """Whether some term is divided by a sum that e is part of."""
    op = b.definition(terms, "add", "subtract", "multiply", "divide", "negative", "power")
    if op is None or op.sweep != "adjoint":
        return False
    if op.prim.name in ("add", "subtract"):
        return any(_meets(b, t, e) for t in op.operands)
    return _is_product(op) and any(_sum_of(b, d, e) for _, d in denominators(b, factors(b, op)))


def _cancel(found: Factors) -> None:
    for atom in list(found.over):
        if atom in found.under:
            found.over.remove(atom)
            found.under.remove(atom)


def denominators(b: Simplifier, found: Factors) -> Iterator[tuple[Any, Atom]]:
    """What is divided by, and the factors written so that it is seen: 1 / d of the primal, or d * d, is taken apart."""
    for d in found.under:
        yield lambda: Factors(list(found.over), list(found.under), found.negative), d
    for k, atom in chain(zip(repeat("under"), found.under), zip(repeat("over"), found.over)):
        parts = _parts(b, atom, k)
        for d in parts.under:

            def opened(k: str = k, atom: Atom = atom, parts: Factors = parts) -> Factors:
                over, under = list(found.over), list(found.under)
                (under if k == "under" else over).remove(atom)
                return Factors([*over, *parts.over], [*under, *parts.under], found.negative)

            yield opened, d


def _parts(b: Simplifier, atom: Atom, where: str) -> Factors:
    op = b.definition(atom, "divide", "reciprocal", "multiply", "square", "power")
    match op.prim.name if op else None, where:
        case "divide", "over":
            assert op is not None
            return Factors([op.operands[0]], [op.operands[1]])
        case "reciprocal", "over":
            assert op is not None
            return Factors([], [op.operands[0]])
        case "multiply", "under":
            assert op is not None
            return Factors([], list(op.operands))
        case "square", "under":
            assert op is not None
            return Factors([], [op.operands[0]] * 2)
        case "power", _:
            assert op is not None
            exponent = op.operands[1]
            if isinstance(exponent, Const) and exponent.value in ((-1, -2, -3) if where == "over" else (2, 3)):
                return Factors([], [op.operands[0]] * abs(int(exponent.value)))
    return Factors()


def _sum_of(b: Simplifier, d: Atom, e: Atom) -> tuple[Atom, float] | None:
    """(c, k) where d is c + k * e with a positive number c, or exp(-u) + k * exp(u)."""
    op = b.made_by(d, "add")
    if op is None:
        return None
    for c, scaled in (op.operands, op.operands[::-1]):
        k = 1.0
        if (product := b.made_by(scaled, "multiply")) and isinstance(product.operands[0], Const):
            k, scaled = product.operands[0].value, product.operands[1]
        least, most, largest = (1.0, 1.0, 1.0) if dtype_of(e.type) == np.float16 else (1e-6, 10.0, 1e6)
        if not b.is_same(scaled, e, of=d) or not least <= k <= most:
            continue  # else a multiple of what is capped might overflow, or c not be small beside it
        if isinstance(c, Const) and isinstance(c.value, int | float) and 0 < c.value <= largest:
            return c, k
        if _are_opposite(b, c, e):
            return c, k
    return None


def _are_opposite(b: Simplifier, c: Atom, e: Atom) -> bool:
    """Whether one is exp(-u) and the other exp(u): no two of them are large at once."""
    one, other = (b.definition(a, "exp") for a in (c, e))
    if one is None or other is None:
        return False
    pairs = ((one.operands[0], other.operands[0]), (other.operands[0], one.operands[0]))
    return any((minus := b.definition(u, "negative")) is not None and minus.operands[0] is v for u, v in pairs)


def _capped_ratio(b: Simplifier, e: Atom, c: Atom, k: float) -> Any:
    capped = PRIMITIVES["minimum"](b.pen(e), LARGE_IN_HALF if dtype_of(e.type) == np.float16 else LARGE)
    return capped / (b.pen(c) + (capped if k == 1 else k * capped))


def is_at_most_one(b: Simplifier, u: Atom) -> bool:
    """Whether exp(u) does not exceed 1: u = -abs(x), -x**2 ..."""
    if minus := b.made_by(u, "negative"):
        return is_not_negative(b, minus.operands[0])
    product = b.made_by(u, "multiply")
    if product is None or not isinstance(product.operands[0], Const):
        return False
    return product.operands[0].value < 0 and is_not_negative(b, product.operands[1])


@rule(RATIOS, "subtract")
def complement_of_ratio(b: Simplifier, op: Op) -> Any:
    """Of differences: a - a * (e / d) -> a * (1 / d), for d = 1 + e: the difference cancels where e is large."""
    made = b.definition(op.operands[1], "multiply", "divide", "negative")
    if made is None:
        return None
    x, y = (
        factors(b, made_) if (made_ := b.definition(a, "multiply", "divide")) and made_.sweep == "adjoint" else
        Factors([a]) for a in op.operands
    )  # fmt: skip
    if x.negative != y.negative:
        return None
    more = list(y.over)
    for atom in x.over:
        if atom in more:
            more.remove(atom)
        elif not (isinstance(atom, Const) and atom.value == 1):
            return None
    if len(more) != 1 or sorted(map(id, x.under)) != sorted(map(id, y.under)):
        return None
    ratio = b.definition(more[0], "divide")
    sum_of = ratio and _sum_of_any(b, ratio.operands[1], ratio.operands[0])
    if not ratio or not sum_of:
        return None
    return x.product(b, b.pen(sum_of[0]) / b.pen(ratio.operands[1]))


def _sum_of_any(b: Simplifier, d: Atom, e: Atom) -> tuple[Atom, float] | None:
    """`_sum_of`, also for an exponential that is capped."""
    capped = b.definition(e, "minimum")
    if not b.made_by(capped.operands[0] if capped else e, *EXPONENTIALS):
        return None
    found = _sum_of(b, d, e)
    return found if found and isinstance(found[0], Const) and found[1] == 1 else None


@rule(RATIOS, "multiply", "divide")
def exponential_over_total(b: Simplifier, op: Op) -> Any:
    """Of the log of total = sum(exp(u)): g / total * e -> g * softmax(u), shifted, so that nothing overflows."""
    found = factors(b, op)
    for e in found.over:
        made = None if is_complex(e.type) else b.definition(e, *EXPONENTIALS)
        if made is None or is_shifted(b, made.operands[0]) or not same_dims(dims_of(e.type), dims_of(op.result.type)):
            continue
        for total, without in _totals(b, found):
            summed = b.definition(_before_new_axes(b, total), "sum")
            if summed is None or summed.operands[0] is not e or not b.lookup(PRIMITIVES["log"], summed.results, {}):
                continue
            rest = without()
            if rest is None:
                continue
            rest.over.remove(e)
            u, along = b.pen(made.operands[0]), {"axis": summed.attrs["axis"], "keepdims": True}
            if along["axis"] is None or rank(u.type) == 1:
                along = {"axis": None, "keepdims": False}
            least = {"initial": -math.inf} if any(map(may_be_empty, dims_of(e.type) or ())) else {}
            weights = made.prim(u - MEANINGS[np.max](u, **along, **least))
            return rest.product(b, weights / PRIMITIVES["sum"](weights, **along))
    return None


def _totals(b: Simplifier, found: Factors) -> Iterator[tuple[Atom, Callable[[], Factors | None]]]:
    """What is divided by, or what rows were divided by before they met a matrix, and how to get the rest."""
    for total in found.under:
        yield total, lambda total=total: found.without(total)  # type: ignore[misc]
    for spread in found.over:
        moved = b.definition(spread, "expand_dims")
        rows = b.definition(moved.operands[0], "multiply", "divide") if moved else None
        if moved is None or rows is None or rows.sweep != "adjoint":
            continue
        inner = factors(b, rows)

        def gathered(total: Atom, spread: Atom = spread, moved: Op = moved, inner: Factors = inner) -> Factors | None:
            row = inner.without(total).product(b, b.pen(Const(1.0))).atom
            over = [a for a in found.over if a is not spread]
            if rank(row.type) == 0:
                return Factors([*over, row], list(found.under), found.negative)
            if rank(row.type) != rank(moved.operands[0].type):
                return None
            return Factors([*over, *b.apply(moved.prim, (row,), moved.attrs)], list(found.under), found.negative)

        for total in inner.under:
            yield total, lambda total=total, gathered=gathered: gathered(total)  # type: ignore[misc]


def is_shifted(b: Simplifier, u: Atom) -> bool:
    """Whether a maximum was subtracted already."""
    shifted = b.made_by(u, "subtract")
    return shifted is not None and b.made_by(_before_new_axes(b, shifted.operands[1]), "max") is not None


def _before_new_axes(b: Simplifier, atom: Atom) -> Atom:
    moved = b.made_by(atom, "expand_dims", "reshape", "getitem")
    return moved.operands[0] if moved else atom
