"""The runtime's functions, against what they are the transposes of."""

from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest

import pullback_runtime as runtime

SHAPES = [(), (1,), (3,), (2, 1), (1, 3), (2, 3), (4, 1, 3), (4, 2, 3), (0,), (0, 3), (1, 1, 1)]


@pytest.mark.parametrize(("shape", "target"), list(itertools.product(SHAPES, SHAPES)))
def test_unbroadcast_is_the_transpose_of_broadcast_to(shape: tuple[int, ...], target: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    x, g = rng.normal(size=shape), rng.normal(size=target)
    try:
        spread = np.broadcast_to(x, target)
    except ValueError:
        with pytest.raises(ValueError, match="does not broadcast"):
            runtime.unbroadcast(g, shape)
        return
    bar = runtime.unbroadcast(g, shape)
    assert np.shape(bar) == shape
    np.testing.assert_allclose(np.sum(bar * x), np.sum(g * spread), rtol=1e-13)


def test_unbroadcast_hands_back_what_fits_already() -> None:
    g = np.ones((2, 3), np.float32)
    assert runtime.unbroadcast(g, (2, 3)) is g
    assert runtime.unbroadcast(1.5, ()) == 1.5
    assert runtime.unbroadcast(g, (3,)).dtype == np.float32


@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 2), (2, 0), (0, 1, 2)])
def test_prod_others_is_the_product_without_one(axis: int | tuple[int, ...] | None) -> None:
    x = np.random.default_rng(1).normal(size=(2, 3, 4))
    x[0, 1, 2] = x[0, 1, 3] = x[1, 0, 0] = 0.0
    expected = np.empty_like(x)
    for place in np.ndindex(x.shape):
        without = x.copy()
        without[place] = 1.0
        expected[place] = np.broadcast_to(np.prod(without, axis=axis, keepdims=True), x.shape)[place]
    np.testing.assert_allclose(runtime.prod_others(x, axis), expected, rtol=1e-13)


@pytest.mark.parametrize("length", [0, 1, 2])
def test_prod_others_of_few(length: int) -> None:
    x = np.arange(2.0, 2.0 + length)
    np.testing.assert_array_equal(runtime.prod_others(x), x[::-1] if length == 2 else np.ones(length))


def test_cast_like() -> None:
    narrow = np.zeros(2, np.float32)
    assert runtime.cast_like(np.ones(3), narrow).dtype == np.float32
    assert type(runtime.cast_like(np.float64(1.5), 2.0)) is float
    assert runtime.cast_like(1.5, narrow[0]).dtype == np.float32


def test_it_imports_numpy_only() -> None:
    code = "import sys, pullback_runtime; print([m for m in ('pullback', 'sympy', 'astor') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
