"""What is known of dimensions and dtypes, and what is not."""

import numpy as np
import pytest

from pullback.ir.types import Array, Scalar, Sym, broadcast, product_dim, same_dims, same_dtype, shift_dim, sum_dim
from pullback.passes.simplify import may_stand_for

N, K, M = Sym("n"), Sym("k"), Sym("m", may_be_one=True)
F8 = np.dtype(np.float64)


def test_numpy_thinks_that_float64_is_none_and_we_do_not():
    assert not same_dtype(Array(F8, (N,)), Array(None, (N,)))
    assert not may_stand_for(Array(F8, (N,)), Array(None, (N,)), relaxed=False)
    assert not may_stand_for(Array(None, (N,)), Array(F8, (N,)), relaxed=True)


@pytest.mark.parametrize(
    ("by", "again", "name"), [(-1, -1, "n - 2"), (1, 1, "n + 2"), (-1, 1, "(n - 1) + 1"), (1, -1, "(n + 1) - 1")]
)
def test_shifts_saturate_at_zero_so_only_one_direction_adds_up(by, again, name):
    assert str(shift_dim(shift_dim(N, by), again)) == name


@pytest.mark.parametrize("size", range(6))
def test_shifts_mean_what_they_say(size):
    for by in (-3, -1, 0, 2):
        for again in (-2, 0, 1):
            symbolic = str(shift_dim(shift_dim(N, by), again))
            value = max(max(size + by, 0) + again, 0)
            inner = symbolic
            if "(" in symbolic:  # the inner shift saturates by itself
                inside = symbolic[1 : symbolic.index(")")]
                inner = f"max({inside}, 0)" + symbolic[symbolic.index(")") + 1 :]
            assert max(eval(inner, {"n": size, "max": max}), 0) == value
    assert shift_dim(3, -5) == 0


def test_dimensions_that_differ_from_one_meet_as_equals():
    assert same_dims((N,), (K,))
    assert not same_dims((N,), (M,))
    assert same_dims((M,), (M,))
    assert broadcast((N, 1), (K,)) == (N, K)
    assert broadcast((M,), (N,)) == (N,)
    (met,) = broadcast((M,), (Sym("p", may_be_one=True),))
    assert met.may_be_one


def test_products_and_sums():
    assert product_dim((2, 3)) == 6
    assert not product_dim((N, M)).may_be_one
    assert product_dim((M, M)).may_be_one
    assert not sum_dim((N, K)).may_be_one
    assert sum_dim((M, K)).may_be_one
    assert sum_dim((2, 3)) == 5


def test_numbers_are_weak():
    assert may_stand_for(Scalar("float"), Array(F8, ()), relaxed=True)
    assert not may_stand_for(Scalar("float"), Array(F8, ()), relaxed=False)
