"""Derivatives of sigmoids, softplus and log-sum-exp at hostile points: exact to a few units in the last place."""

import mpmath
import numpy as np
import pytest

import pullback

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

POINTS = np.array([-1000.0, -745.0, -700.0, -360.0, -40.0, -1.0, -1e-3, 0.0, 1.0, 36.0, 90.0, 360.0, 700.0, 1000.0])


def exact_softplus(x: mpmath.mpf) -> mpmath.mpf:
    return 1 / (1 + mpmath.exp(-x))


def exact_sigmoid(x: mpmath.mpf) -> mpmath.mpf:
    return exact_softplus(x) * exact_softplus(-x)


def quotient(x):
    return np.sum(1 / (1 + np.exp(-x)))


def power(x):
    return np.sum((np.exp(-x) + 1.0) ** -1)


def reciprocal(x):
    return np.sum(np.reciprocal(1 + np.exp(-x)))


def two_exponentials(x):
    return np.sum(np.exp(x) / (1 + np.exp(x)))


def one_exponential(x):
    e = np.exp(x)
    return np.sum(e / (e + 1))


def chosen_by_sign(x):
    return np.sum(np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x))))


def log_of_sum(x):
    return np.sum(np.log(1 + np.exp(x)))


def log1p_of(x):
    return np.sum(np.log1p(np.exp(x)))


def minus_log_of_sigmoid(x):
    return np.sum(-np.log(1 / (1 + np.exp(x))))


def in_a_loop(x):
    total = 0.0
    for i in range(len(x)):
        total += np.log(1 + np.exp(x[i]))
    return total


SIGMOIDS = (quotient, power, reciprocal, two_exponentials, one_exponential, chosen_by_sign)
SOFTPLUS = (log_of_sum, log1p_of, minus_log_of_sigmoid, in_a_loop)


@pytest.mark.parametrize(
    ("function", "exact"),
    [(f, exact_sigmoid) for f in SIGMOIDS] + [(f, exact_softplus) for f in SOFTPLUS],
    ids=lambda f: f.__name__,
)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_derivatives_are_exact_everywhere(function, exact, dtype):
    found = pullback.differentiate(function).grad(POINTS.astype(dtype))
    with mpmath.workdps(50):
        expected = np.array([float(exact(mpmath.mpf(float(p)))) for p in POINTS])
    assert found.dtype == dtype
    info = np.finfo(dtype)
    np.testing.assert_allclose(found, expected, rtol=6 * float(info.eps), atol=4 * float(info.tiny))


HYPERBOLIC = [
    (lambda x: np.sum(1 / np.cosh(x)), lambda u: -mpmath.sech(u) * mpmath.tanh(u)),
    (lambda x: np.sum(np.reciprocal(np.cosh(x))), lambda u: -mpmath.sech(u) * mpmath.tanh(u)),
    (lambda x: np.sum(np.cosh(x) ** -1), lambda u: -mpmath.sech(u) * mpmath.tanh(u)),
    (lambda x: np.sum(np.cosh(x) ** -1.0), lambda u: -mpmath.sech(u) * mpmath.tanh(u)),
    (lambda x: np.sum(1 / np.cosh(x) ** 2), lambda u: -2 * mpmath.sech(u) ** 2 * mpmath.tanh(u)),
    (lambda x: np.sum(1 / np.square(np.cosh(x))), lambda u: -2 * mpmath.sech(u) ** 2 * mpmath.tanh(u)),
    (lambda x: np.sum(np.cosh(x) ** -2), lambda u: -2 * mpmath.sech(u) ** 2 * mpmath.tanh(u)),
    (lambda x: np.sum(1 / np.sinh(x)), lambda u: -mpmath.csch(u) * mpmath.coth(u)),
    (lambda x: np.sum(np.log(np.cosh(x))), mpmath.tanh),
]


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize(("function", "exact"), HYPERBOLIC, ids=range(len(HYPERBOLIC)))
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_hyperbolic_functions_that_overflow(function, exact, dtype):
    points = np.array([-1000.0, -800.0, -30.0, -0.5, 1e-6, 2.0, 30.0, 720.0, 1000.0])
    found = pullback.differentiate(function).grad(points.astype(dtype))
    with mpmath.workdps(50):
        expected = np.array([float(exact(mpmath.mpf(float(p)))) for p in points.astype(dtype)])
    info = np.finfo(dtype)
    np.testing.assert_allclose(found, expected, rtol=9 * float(info.eps), atol=4 * float(info.tiny))


def test_hyperbolic_functions_in_a_loop():
    def total(x):
        h = x[0]
        for i in range(len(x)):
            h = h + 1 / np.cosh(h * x[i])
        return h

    x = np.array([0.5, 900.0, -2.0])
    gradient = pullback.grad(total)(x)
    h = 1e-6
    with np.errstate(over="ignore"):
        slopes = [(total(x + h * e) - total(x - h * e)) / (2 * h) for e in np.eye(3)]
    np.testing.assert_allclose(gradient, slopes, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("power", [-1.0, -2.0, -3.0, -1, -2])
def test_negative_powers_that_are_written_as_floats(power):
    x = np.array([0.5, 2.0])
    gradient = pullback.grad(lambda x: np.sum(3.0 * np.exp(x) ** power))(x)
    np.testing.assert_allclose(gradient, 3 * power * np.exp(power * x), rtol=1e-14)
    gradient = pullback.grad(lambda x: np.sum(x**power * x))(x)
    np.testing.assert_allclose(gradient, (power + 1) * x**power, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("axis", [None, 0, 1])
def test_log_sum_exp_has_a_softmax_where_it_overflows(axis):
    def loss(x):
        return np.sum(np.log(np.sum(np.exp(x), axis=axis)))

    x = np.array([[1000.0, 1000.0, 0.0], [-1000.0, -1000.0, -1001.0], [1.0, 2.0, 3.0]])
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    np.testing.assert_allclose(pullback.differentiate(loss).grad(x), e / e.sum(axis=axis, keepdims=True), rtol=1e-15)


def test_an_exponential_below_one_is_left_alone():
    def loss(x):
        return np.sum(np.log1p(np.exp(-np.abs(x))))

    assert "minimum" not in pullback.differentiate(loss).lower(np.ones(2)).source


def test_sums_of_unrelated_exponentials_are_left_alone():
    """Of two that are both large the quotient is not known from the capped ones: NaN, not a wrong number."""

    def loss(x, y):
        return np.sum(np.log(np.exp(x) + np.exp(y)))

    assert np.isnan(pullback.differentiate(loss).grad(np.array([1000.0]), np.array([999.0]))).all()


def weighted(x):
    return np.sum(np.exp(x) / (1 + 2 * np.exp(x))) + np.sum(np.log(3 + 0.5 * np.exp(x)))


def far_apart(x):
    return np.sum(np.exp(x) / (1e9 + np.exp(x))) + np.sum(np.log(1e-9 + 1e-9 * np.exp(x)))


@pytest.mark.parametrize("function", [weighted, far_apart])
def test_sums_with_other_numbers(function):
    x = np.array([-30.0, -1.0, 0.0, 2.0, 21.0, 30.0])
    h = 1e-5
    slopes = [(function(x + h * s) - function(x - h * s)) / (2 * h) for s in np.eye(len(x))]
    np.testing.assert_allclose(pullback.differentiate(function).grad(x), slopes, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("c", [1.0, 1000.0])
def test_float16_has_no_room_for_other_numbers(c):
    """Where what is capped is not large beside the number, the quotient stays: NaN, not a wrong number."""

    def loss(x):
        return np.sum(np.log(c + np.exp(x)))

    x = np.array([0.0, 5.0, 9.0, 20.0], np.float16)
    found = pullback.differentiate(loss).grad(x).astype(float)
    exact = 1 / (1 + c * np.exp(-x.astype(float)))
    known = np.isfinite(found)
    assert known.all() == (c == 1.0)
    np.testing.assert_allclose(found[known], exact[known], rtol=3e-3)


def test_elements_of_two_lists_are_not_taken_for_those_of_one_trip():
    """The quotient of an exponential by the sum that another trip has made is not e / (1 + e)."""

    def loss(x):
        es = [np.exp(x[k]) for k in range(3)]
        ds = [1 + e for e in es]
        total = 0.0
        for k in range(3):
            total += es[k] / ds[2 - k]
        return total

    x = np.array([0.5, 1.5, 3.0])
    h = 1e-6
    differences = [(loss(x + h * step) - loss(x - h * step)) / (2 * h) for step in np.eye(3)]
    np.testing.assert_allclose(pullback.differentiate(loss).grad(x), differences, rtol=1e-7)
