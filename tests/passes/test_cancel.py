"""The row sums that cancel, and those that only look as if they did."""

import numpy as np
import pytest
from support.written import written

import pullback.primitives.tables  # noqa: F401  # fills the registry
from pullback.ir.core import Module
from pullback.ir.evaluate import evaluate
from pullback.ir.types import FLOAT, Array, Sym
from pullback.passes.dead_code import dead_code
from pullback.passes.simplify import simplify
from pullback.pipeline import EXACT, RELAXED
from pullback.primitives.families.indexing import Hole, Index
from pullback.primitives.registry import PRIMITIVES as P

N, K = Sym("n"), Sym("k")
MATRIX = Array(np.dtype(np.float64), (N, K))
LABELS = Array(np.dtype(np.int64), (N,))
PAIRS = Index((Hole(), Hole()))


def row_sum(x, y, c, scale=1.0, columns=False):
    """sum over rows of exp(x) * (c / s) - c at y, times `scale` in the first part."""
    e = P["exp"](x)
    s = P["sum"](e, axis=1, keepdims=False)
    spread = P["expand_dims"](scale * (c / s), axis=1)
    rows = y if columns else P["arange"](0, P["dim"](x, axis=0), 1, dtype=None)
    hit = P["index_add"](e * spread, -c, rows, y, index=PAIRS)
    return P["sum"](hit, axis=1, keepdims=False)


@pytest.mark.parametrize(
    ("options", "cancels"),
    [({}, True), ({"scale": 2.0}, False), ({"columns": True}, False)],
    ids=["softmax", "scaled", "rows that repeat"],
)
def test_only_what_is_zero_cancels(options, cancels):
    types = {"x": MATRIX, "y": LABELS, "c": FLOAT}
    before = written(lambda x, y, c: row_sum(x, y, c, **options), types, "adjoint")
    after = dead_code(simplify(before, EXACT, RELAXED))
    rng = np.random.default_rng(0)
    args = (rng.normal(size=(3, 3)), np.array([0, 2, 0]), 0.7)
    (wanted,) = evaluate(Module({"f": before}, "f"), args)
    (got,) = evaluate(Module({"f": after}, "f"), args)
    np.testing.assert_allclose(got, wanted, atol=1e-15)
    assert any(op.prim.name == "exp" for op in after.block.ops) != cancels
