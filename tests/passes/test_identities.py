"""Each rule as a before and an after; what holds for finite numbers only must leave the primal alone."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from support.written import check_pass, written

import pullback.primitives.tables  # noqa: F401  # fills the registry
from pullback.ir.core import Module
from pullback.ir.evaluate import evaluate
from pullback.ir.types import FLOAT, Array, Scalar, Sym
from pullback.passes.dead_code import dead_code
from pullback.passes.simplify import simplify
from pullback.pipeline import EXACT, tidy
from pullback.primitives.families.indexing import Hole, Index, getitem, setitem
from pullback.primitives.registry import PRIMITIVES as P

N, K = Sym("n"), Sym("k")
VECTOR = Array(np.dtype(np.float64), (N,))
MATRIX = Array(np.dtype(np.float64), (N, K))
ELEMENT = Index((Hole(),))
HALF = Array(np.dtype(np.float32), (N,))


def exact(fn: Any) -> Any:
    return dead_code(simplify(fn, EXACT, {}))


EXACT_CASES: list[tuple[str, Callable[..., Any], Callable[..., Any], dict[str, Any]]] = [
    ("times one", lambda x: x * 1.0, lambda x: x, {"x": VECTOR}),
    ("one times", lambda x: 1 * x, lambda x: x, {"x": VECTOR}),
    ("by one", lambda x: x / 1.0, lambda x: x, {"x": VECTOR}),
    ("minus zero", lambda x: x - 0, lambda x: x, {"x": VECTOR}),
    (
        "an element put back",
        lambda x: setitem(x, getitem(x, 0, index=ELEMENT), 0, index=ELEMENT) * 2.0,
        lambda x: x * 2.0,
        {"x": VECTOR},
    ),
    ("minus minus", lambda x: P["negative"](P["negative"](x)), lambda x: x, {"x": VECTOR}),
    ("square", lambda x: x**2, lambda x: x * x, {"x": VECTOR}),
    ("first power", lambda x: x**1, lambda x: x, {"x": VECTOR}),
    ("transpose twice", lambda x: P["transpose"](P["transpose"](x, axes=None), axes=None), lambda x: x, {"x": MATRIX}),
    (
        "equal expressions",
        lambda x, y: x * y + x * y,
        lambda x, y: (lambda p: p + p)(x * y),
        {"x": VECTOR, "y": VECTOR},
    ),
    ("same shape", lambda x: P["reshape"](x, P["shape"](x)), lambda x: x, {"x": MATRIX}),
    ("dropped broadcast", lambda x: P["broadcast_to"](2.0, P["shape"](x)) * x, lambda x: 2.0 * x, {"x": MATRIX}),
    ("squeeze of expand", lambda x: P["squeeze"](P["expand_dims"](x, axis=1), axis=(1,)), lambda x: x, {"x": VECTOR}),
    ("own dtype", lambda x: P["astype"](x, dtype=np.dtype(np.float32)), lambda x: x, {"x": HALF}),
    ("number of a number", lambda x: P["float"](x), lambda x: x, {"x": FLOAT}),
]


@pytest.mark.parametrize(
    ("name", "before", "after", "types"), EXACT_CASES, ids=lambda c: c if isinstance(c, str) else ""
)
def test_exact_identities_hold_in_the_primal(name, before, after, types):
    check_pass(before, after, exact, types)


RELAXED_CASES: list[tuple[str, Callable[..., Any], Callable[..., Any], dict[str, Any]]] = [
    ("plus zero", lambda x: x + 0.0, lambda x: x, {"x": VECTOR}),
    ("times zero", lambda x: x * 0.0, lambda x: 0.0, {"x": FLOAT}),
    ("self minus self", lambda x: x - x, lambda x: 0.0, {"x": FLOAT}),
    ("twice", lambda x: x + x, lambda x: 2.0 * x, {"x": VECTOR}),
    ("plus minus", lambda x, y: x + -y, lambda x, y: x - y, {"x": VECTOR, "y": VECTOR}),
    ("minus a difference", lambda x, y: -(x - y), lambda x, y: y - x, {"x": VECTOR, "y": VECTOR}),
    ("sign outwards", lambda x, y: -x * y + x, lambda x, y: x - x * y, {"x": VECTOR, "y": VECTOR}),
    (
        "numbers meet first",
        lambda s, t, x: s * (t * x),
        lambda s, t, x: (s * t) * x,
        {"s": FLOAT, "t": FLOAT, "x": VECTOR},
    ),
    ("reciprocal", lambda x, y: x * (1 / y), lambda x, y: x / y, {"x": VECTOR, "y": VECTOR}),
    ("cancelled quotient", lambda x, y: y * (x / y), lambda x, y: x, {"x": VECTOR, "y": VECTOR}),
    (
        "a zero cotangent stays zero",
        lambda c, x, y: P["where"](c, x, 0.0) / y,
        lambda c, x, y: P["where"](c, x / y, 0.0),
        {"c": Array(np.dtype(bool), (N,)), "x": VECTOR, "y": VECTOR},
    ),
    ("zeros add nothing", lambda x: x + P["broadcast_to"](0.0, P["shape"](x)), lambda x: x, {"x": MATRIX}),
]


@pytest.mark.parametrize(
    ("name", "before", "after", "types"), RELAXED_CASES, ids=lambda c: c if isinstance(c, str) else ""
)
def test_identities_of_real_numbers_hold_in_the_adjoint(name, before, after, types):
    check_pass(before, after, tidy, types, sweep="adjoint")


HOSTILE = np.array([0.0, -0.0, 1.0, -2.5, np.inf, -np.inf, np.nan, 5e-324, 1e308])


def hostile(t: Any, shift: int) -> Any:
    if isinstance(t, Scalar):
        return float(HOSTILE[shift % len(HOSTILE)])
    with np.errstate(over="ignore"):
        values = np.roll(HOSTILE, shift).astype(t.dtype)
    return np.stack([values, values[::-1]], axis=1) if len(t.shape) == 2 else values


@pytest.mark.parametrize("case", EXACT_CASES + RELAXED_CASES, ids=lambda c: c[0])
@pytest.mark.parametrize("shift", range(3))
def test_the_primal_keeps_its_bits_at_hostile_points(case, shift):
    _, before, _, types = case
    fn = written(before, types)
    args = [hostile(t, shift + 4 * k) for k, t in enumerate(types.values())]
    with np.errstate(all="ignore"):
        (wanted,) = evaluate(Module({"f": fn}, "f"), args)
        (got,) = evaluate(Module({"f": tidy(fn)}, "f"), args)
    assert np.asarray(got).tobytes() == np.asarray(wanted).tobytes()
