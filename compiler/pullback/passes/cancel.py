"""Sums of a cotangent that cancel: log-sum-exp does not depend on the shift that keeps it from overflowing.

    shifted = x - max(x);  log(sum(exp(shifted))) - shifted[rows, y]

The adjoint of the maximum is minus the sum over each row of `shifted_bar = exp(shifted) * (c / s) - c at y`. That
sum is `s * (c / s) - c`, where `s` is already known: zero, so that the ties of the maximum need no mask. The row sum
is expanded symbolically into a sum of known values; when they cancel in pairs, the whole is zero. Otherwise nothing
changes.
"""

from __future__ import annotations

from typing import Any

from pullback.ir.core import Atom, Const, Op, Value
from pullback.ir.types import dims_of
from pullback.passes.adjoint_identities import is_zero, zero_like
from pullback.passes.identities import is_const, is_number
from pullback.passes.simplify import Rules, Simplifier, rule
from pullback.primitives.families.indexing import Hole, hits_once
from pullback.primitives.inference import normalize_axes
from pullback.primitives.registry import PRIMITIVES

CANCEL: Rules = {}
Term = tuple[int, Any]  # sign, and the key of what is added


@rule(CANCEL, "sum")
def cancelling_sum(b: Simplifier, op: Op) -> Any:
    dims = dims_of(op.operands[0].type)
    if dims is None or op.attrs["axis"] is None:
        return None
    axes = normalize_axes(op.attrs["axis"], len(dims))
    if len(axes) != 1:
        return None
    terms = _RowSum(b, axes[0], len(dims)).terms(op.operands[0])
    if not terms or not _cancel(terms):
        return None
    return zero_like(b, op) or _zeros(b, op)


def _cancel(terms: list[Term]) -> bool:
    balance: dict[Any, int] = {}
    for sign, key in terms:
        balance[key] = balance.get(key, 0) + sign
    return not any(balance.values())


def _zeros(b: Simplifier, op: Op) -> Any:
    reduced = PRIMITIVES["sum"].infer(op.operands, op.attrs)[0]
    dims = dims_of(reduced)
    if dims is None:
        return None
    x = b.pen(op.operands[0])
    rank = len(dims_of(op.operands[0].type) or ())
    (axis,) = normalize_axes(op.attrs["axis"], rank)
    sizes = [1 if k == axis else PRIMITIVES["dim"](x, axis=k) for k in range(rank) if k != axis or op.attrs["keepdims"]]
    shape = PRIMITIVES["make_shape"](*sizes)
    return PRIMITIVES["broadcast_to"](b.pen(Const(0.0)), shape)


class _RowSum:
    """Expands sum(x, axis) into signed terms, each keyed so that equal values have equal keys."""

    def __init__(self, b: Simplifier, axis: int, rank: int) -> None:
        self.b = b
        self.axis = axis
        self.rank = rank

    def terms(self, x: Atom) -> list[Term] | None:
        """The terms, or None where the sum is not expressed by known values."""
        b = self.b
        if is_zero(b, x):
            return []
        if minus := b.definition(x, "negative"):
            return _signed(-1, self.terms(minus.operands[0]))
        if op := b.definition(x, "add", "subtract"):
            if not all(self.spans(o) for o in op.operands):
                return None
            first, second = self.terms(op.operands[0]), self.terms(op.operands[1])
            second = _signed(1 if op.prim.name == "add" else -1, second)
            return None if first is None or second is None else first + second
        if op := b.definition(x, "index_add"):
            rest = self.terms(op.operands[0])
            hit = self.scattered(op)
            return None if rest is None or hit is None else rest + hit
        if op := b.definition(x, "multiply"):
            return self.product(*op.operands)
        return None

    def spans(self, x: Atom) -> bool:
        """Whether an operand has the full rank, so that its row sum is one of the terms."""
        dims = dims_of(x.type)
        return dims is not None and len(dims) == self.rank and dims[self.axis] != 1

    def product(self, x: Atom, y: Atom) -> list[Term] | None:
        """sum(e * u[:, None], axis=1) is sum(e, axis=1) * u, if that sum is known."""
        for e, u in ((x, y), (y, x)):
            factor = self.constant_along(u)
            known = self.known_sum(e)
            if factor is None or known is None:
                continue
            ratio = self.b.definition(factor, "divide")
            if ratio and self.same(ratio.operands[1], known):
                return [self.term(ratio.operands[0])]
        return None

    def constant_along(self, u: Atom) -> Atom | None:
        """The factor without the summed axis, if it does not vary along it."""
        dims = dims_of(u.type)
        if dims is None or len(dims) != self.rank or dims[self.axis] != 1:
            return None
        return self.squeezed(u)

    def squeezed(self, u: Atom) -> Atom:
        op = self.b.definition(u, "expand_dims")
        return op.operands[0] if op else u

    def known_sum(self, e: Atom) -> Value | None:
        if not self.spans(e):
            return None
        for axis in (self.axis, self.axis - self.rank, (self.axis,)):
            for keepdims in (False, True):
                found = self.b.lookup(PRIMITIVES["sum"], (e,), {"axis": axis, "keepdims": keepdims})
                if found is not None:
                    return found[0]
        return None

    def same(self, a: Atom, b: Atom) -> bool:
        return self.squeezed(a) is self.squeezed(b)

    def scattered(self, op: Op) -> list[Term] | None:
        """Adding v at one place of each row adds v to each row sum."""
        if not self.hits_each_row_once(op):
            return None
        return [self.term(op.operands[1])]

    def hits_each_row_once(self, op: Op) -> bool:
        """Whether the index is `arange(n), columns` (or the other way round for axis 0) on a matrix of n rows."""
        dims, items = dims_of(op.result.type), op.attrs["index"].items
        if dims is None or self.rank != 2 or len(items) != 2 or not all(isinstance(item, Hole) for item in items):
            return False
        rows = self.b.definition(op.operands[2 + 1 - self.axis], "arange")
        return (
            rows is not None
            and is_const(rows.operands[0], 0)
            and is_const(rows.operands[2], 1)
            and dims_of(rows.result.type) == (dims[1 - self.axis],)
            and hits_once(op, lambda atom: atom is rows.result)
        )

    def term(self, atom: Atom) -> Term:
        """A sign and a key; equal values have equal keys. Numbers stand for the arrays that they are broadcast to."""
        spread = self.b.definition(atom, "broadcast_to")
        if spread and is_number(spread.operands[0].type):
            return self.term(spread.operands[0])
        if minus := self.b.definition(atom, "negative"):
            sign, key = self.term(minus.operands[0])
            return -sign, key
        if isinstance(atom, Const):
            return (-1 if atom.value < 0 else 1), ("const", abs(float(atom.value)))
        ratio = self.b.definition(atom, "divide", "multiply")
        if ratio and isinstance(ratio.operands[0], Const):
            sign, key = self.term(ratio.operands[0])
            return sign, (ratio.prim, key, ratio.operands[1])
        return 1, atom


def _signed(sign: int, terms: list[Term] | None) -> list[Term] | None:
    return None if terms is None else [(sign * s, key) for s, key in terms]
