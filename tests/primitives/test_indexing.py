"""What emission and aliasing ask of an index: views, elements hit once, dimensions of slices."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest
from primitives.cases import STRUCTURAL

from pullback.ir.builder import Builder
from pullback.ir.core import Op, Value
from pullback.ir.types import INT, Array, Scalar, Sym, Type, dims_of, type_of
from pullback.primitives.expr import Expr
from pullback.primitives.families.indexing import hits_once, is_view
from pullback.primitives.registry import MEANINGS

F8, I8 = np.dtype(float), np.dtype(int)
N, D = Sym("n"), Sym("d")


def operation(case: Any) -> Op:
    params = tuple(Value(type_of(o)) for o in case.operands)
    builder = Builder()
    builder.apply(case.prim, params, case.attrs)
    return builder.ops[0]


@pytest.mark.parametrize("case", STRUCTURAL["getitem"](), ids=str)
def test_views_are_what_numpy_says(case: Any) -> None:
    x = case.operands[0]
    assert is_view(operation(case)) == np.shares_memory(case.prim.evaluate(*case.operands, **case.attrs), x)


@pytest.mark.parametrize("case", STRUCTURAL["index_add"](), ids=str)
def test_elements_hit_once_are_not_counted_twice(case: Any) -> None:
    """Where it is promised, `base[index] += value` is the same; and it is promised for all basic indices and masks."""
    base, value, *holes = case.operands
    plain = base.copy()
    plain[case.attrs["index"].key(holes)] += value
    same = bool(np.all(plain == case.prim.evaluate(*case.operands, **case.attrs)))
    promised = hits_once(operation(case))
    assert same or not promised
    assert promised == all(np.ndim(h) == 0 or np.asarray(h).dtype == bool for h in holes)


def test_a_range_hits_each_row_once_where_it_is_not_broadcast() -> None:
    rows, labels = Value(Array(I8, (N,))), Value(Array(I8, (N,)))
    grid = Value(Array(I8, (Sym("k"), N)))
    base, value = Value(Array(F8, (N, D))), Value(Array(F8, (N,)))
    from pullback.primitives.families.indexing import Hole, Index
    from pullback.primitives.registry import PRIMITIVES

    def added(*holes: Value) -> Op:
        builder = Builder()
        builder.apply(PRIMITIVES["index_add"], (base, value, *holes), {"index": Index((Hole(),) * len(holes))})
        return builder.ops[0]

    assert hits_once(added(rows, labels), lambda a: a is rows)
    assert not hits_once(added(rows, labels))
    assert not hits_once(added(rows, grid), lambda a: a is rows)


def dims(key: Any, *shape: Any) -> Any:
    builder = Builder()
    x = Expr(builder, Value(Array(F8, shape)))
    return dims_of(MEANINGS[operator.getitem](x, key).type)


def pen(t: Type) -> Expr:
    return Expr(Builder(), Value(t))


def test_dimensions_of_slices() -> None:
    m = pen(Scalar("int", Sym("m")))
    unknown = pen(INT)
    assert dims(slice(1, None), N) == dims(slice(None, -1), N) == (Sym("n - 1", may_be_one=True),)
    assert dims(slice(1, -1), N, D) == (Sym("n - 2", may_be_one=True), D)
    assert dims(slice(None, None, -1), N) == (N,)
    assert dims(slice(0, pen(Scalar("int", N))), N) == (N,)
    assert dims(slice(None, m), N) == dims(slice(None, m), N)
    assert dims(slice(None, unknown), N) != dims(slice(None, unknown), N)
    assert dims((0, slice(2)), 4, 5) == (2,)
    assert dims((None, Ellipsis, unknown), N, D) == (1, N)
    assert dims(pen(Array(np.dtype(bool), (N,))), N, D)[1:] == (D,)
    with pytest.raises(IndexError):
        dims((0, 0), N)


def test_ints_keep_what_they_measure() -> None:
    builder = Builder()
    n, d = (Expr(builder, Value(Scalar("int", s))) for s in (N, D))
    assert (n + 1).type == Scalar("int", Sym("n + 1", may_be_one=True))
    assert (n - 1).type == Scalar("int", Sym("n - 1", may_be_one=True))
    assert (n * d).type == Scalar("int", Sym("n*d"))
    assert (n // 2).type == Scalar("int", Sym("n // 2", may_be_one=True))
    assert (n - n).type == Scalar("int", 0)
    # n - 3 as an int may be negative, as a dimension it is not: what is added to it says nothing of a dimension
    assert (n - 3 + 5).type == INT


def test_reshape_infers_what_is_left() -> None:
    builder = Builder()
    x = Expr(builder, Value(Array(F8, (N, 2, D))))
    n = Expr(builder, Value(Scalar("int", N)))
    reshape = MEANINGS[np.reshape]
    assert dims_of(reshape(x, (n, -1)).type) == (N, Sym("2*d"))
    assert dims_of(reshape(x, (-1, 2)).type) == (Sym("n*d"), 2)
    assert dims_of(MEANINGS[np.ravel](x).type) == (Sym("2*n*d"),)
    # n - 1 may be -1, and then stands for another dimension
    assert (dims_of(reshape(x, (n - 1, 2)).type) or ())[0] != Sym("n - 1", may_be_one=True)
