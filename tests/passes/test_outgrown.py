"""Derivatives that are 0 in the limit, where a factor of theirs overflows: exact, and not NaN."""

import types

import mpmath
import numpy as np
import pytest

import pullback

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


class Exact:
    """The functions of NumPy that are used here, of mpmath's numbers."""

    exp, sinh, cosh, tanh, arctan, sqrt = map(
        staticmethod, (mpmath.exp, mpmath.sinh, mpmath.cosh, mpmath.tanh, mpmath.atan, mpmath.sqrt)
    )

    @staticmethod
    def expm1(x):
        return mpmath.exp(x) - 1


SATURATING = [
    lambda x: 1 / (1 + np.cosh(x)),
    lambda x: (1 + np.cosh(x)) ** -2,
    lambda x: 2 / (3 + np.cosh(0.5 * x)) ** 2,
    lambda x: 1 / np.sqrt(1 + np.exp(-x)),
    lambda x: (1 + np.exp(x)) ** -0.5,
    lambda x: (1 + np.exp(x)) ** (-1 / 0.7),
    lambda x: 1 / (1 + np.exp(x) + np.exp(2 * x)),
    lambda x: 1 / (1 + np.exp(x) ** 2),
    lambda x: np.exp(-np.exp(x)),
    lambda x: 1 - np.exp(-2 * np.exp(0.5 * x)),
    lambda x: np.exp(-x - np.exp(-x)),
    lambda x: np.exp(-np.cosh(x)),
    lambda x: np.tanh(np.exp(x)),
    lambda x: np.arctan(np.exp(0.3 * x)),
]
AWAY_FROM_0 = [
    lambda x: 1 / np.expm1(x),
    lambda x: 1 / (np.exp(x) - 1),
    lambda x: x**3 / np.expm1(x),
    lambda x: x / (np.exp(x) - 1),
    lambda x: 1 / (1 + x**200),
    lambda x: x / (1 + x**40),
]


def exact_slope(function, x):
    """The derivative by differences, with so many digits that it is exact."""
    written = types.FunctionType(function.__code__, {"np": Exact})
    with mpmath.workdps(1800):
        h, x = mpmath.mpf(10) ** -600, mpmath.mpf(float(x))
        return float((written(x + h) - written(x - h)) / (2 * h))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("function", "points"),
    [(f, (-1000.0, -711.0, -90.0, -30.0, -1.0, 0.25, 30.0, 90.0, 711.0, 1000.0)) for f in SATURATING]
    + [(f, (0.5, 2.0, 30.0, 100.0, 711.0, 1000.0)) for f in AWAY_FROM_0],
)
def test_derivatives_where_a_factor_overflows(function, points, dtype):
    x = np.array(points, dtype)
    found = pullback.grad(lambda x: np.sum(function(x)))(x)
    expected = [exact_slope(function, point) for point in x]
    info = np.finfo(dtype)
    smallest = float(info.tiny) ** 0.5  # the squares of smaller ones underflow on the way
    np.testing.assert_allclose(found, expected, rtol=200 * float(info.eps), atol=smallest)
    assert found.dtype == dtype


def test_in_a_loop():
    def loss(x):
        total = 0.0
        for i in range(len(x)):
            total += 1 / (1 + np.cosh(x[i])) + np.exp(-np.exp(x[i]))
        return total

    x = np.array([-1000.0, 0.5, 1000.0])
    found = pullback.grad(loss)(x)
    assert found[0] == found[2] == 0.0
    at = exact_slope(lambda x: 1 / (1 + np.cosh(x)) + np.exp(-np.exp(x)), 0.5)
    assert found[1] == pytest.approx(at, rel=1e-14)


GROWING = [
    lambda x: np.exp(x) * np.tanh(np.exp(x)),
    lambda x: np.exp(x) ** 2 / (1 + np.exp(x)),
    lambda x: np.sinh(x) * np.cosh(x),
]


@pytest.mark.parametrize("function", GROWING)
def test_what_grows_overflows(function):
    """A derivative beyond all floats is infinite, or NaN: never a number."""
    assert not np.isfinite(pullback.grad(function)(1000.0))


LEFT_ALONE = [
    lambda x: np.sum(np.exp(x) * np.exp(x)),
    lambda x: np.sum(np.exp(-x * x) / (2.0 + np.exp(-x * x))),
    lambda x: np.sum(np.exp(x) / (3.0 + np.exp(0.5 * x))),
    lambda x: np.sum(1 / (1 + x**4)),
    lambda x: np.sum(np.exp(x - np.max(x)) / np.sum(np.exp(x - np.max(x)))),
]


@pytest.mark.parametrize("function", LEFT_ALONE)
def test_where_nothing_is_outgrown_the_code_stays_plain(function):
    source = pullback.differentiate(function).lower(np.ones(2)).source
    assert "e+308" not in source


def test_nan_stays_nan():
    found = pullback.grad(lambda x: np.sum(1 / (1 + np.cosh(x))))(np.array([np.nan, 1.0]))
    assert np.isnan(found[0])
    assert np.isfinite(found[1])
