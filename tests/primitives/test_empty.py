"""What NumPy computes of no elements, of fewer than a function asks for, and where it divides by zero to that end."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

import pullback

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

NOTHING, NO_ROWS, NO_COLUMNS = np.zeros(0), np.zeros((0, 3)), np.zeros((3, 0))
REDUCTIONS = [
    np.sum, np.mean, np.var, np.std, np.prod, np.average, np.median, np.linalg.norm, special.logsumexp,
    np.nansum, np.nanmean, np.nanvar, np.nanstd, np.nanmedian, lambda x, axis=None: np.nanquantile(x, 0.3, axis=axis),
    lambda x, axis=None: np.std(x, axis=axis, ddof=1),
]  # fmt: skip
NAMES = [getattr(f, "__name__", "") for f in REDUCTIONS]


@pytest.mark.parametrize("reduction", REDUCTIONS, ids=NAMES)
@pytest.mark.parametrize("x", [NOTHING, NO_ROWS, NO_COLUMNS], ids=["nothing", "no rows", "no columns"])
def test_the_gradient_of_what_has_no_elements_is_empty(reduction, x):
    def total(x):
        return np.sum(reduction(x))

    expect_empty(total, x)


@pytest.mark.parametrize("reduction", REDUCTIONS, ids=NAMES)
@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("x", [NO_ROWS, NO_COLUMNS], ids=["no rows", "no columns"])
def test_along_an_axis_too(reduction, axis, x):
    def total(x):
        return np.sum(reduction(x, axis=axis))

    expect_empty(total, x)


def expect_empty(total, x):
    try:
        expected = total(x)
    except (IndexError, ZeroDivisionError) as error:
        pytest.skip(f"the function itself raises: {error}")
    value, gradient = pullback.value_and_grad(total)(x)
    np.testing.assert_array_equal(value, expected)
    assert gradient.shape == x.shape


def test_one_function_on_something_and_on_nothing():
    mean = pullback.differentiate(lambda x: np.mean(x))
    for n in (3, 0, 5, 0, 1):
        np.testing.assert_array_equal(mean.grad(np.ones(n)), np.full(n, 1 / max(n, 1)))


@pytest.mark.parametrize("function", [np.quantile, np.percentile])
def test_quantiles_of_nothing_raise_as_they_do_in_numpy(function):
    with pytest.raises(IndexError):
        function(NOTHING, 0.3)
    with pytest.raises(IndexError):
        pullback.grad(lambda x: function(x, 0.3))(NOTHING)


@pytest.mark.parametrize("ddof", [1, 2])
@pytest.mark.parametrize("function", [np.var, np.std], ids=["var", "std"])
def test_there_is_no_spread_without_degrees_of_freedom(function, ddof):
    value, gradient = pullback.value_and_grad(lambda x: function(x, ddof=ddof))(np.ones(1))
    assert np.isnan(value)
    assert np.isnan(gradient).all()


@pytest.mark.parametrize("keywords", [{"mean": 0.5}, {"dtype": np.float64}, {"where": np.ones((0, 1), dtype=bool)}])
@pytest.mark.parametrize("axis", [0, (0, 1), None])
@pytest.mark.parametrize("function", [np.var, np.std, np.mean], ids=["var", "std", "mean"])
def test_reductions_with_keywords(function, axis, keywords):
    if function is np.mean and "mean" in keywords:
        pytest.skip("np.mean takes no mean")
    expect_empty(lambda x: np.sum(function(x, axis=axis, **keywords)), NO_ROWS)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("length", [0, 1, 2, 3, 4])
def test_differences_of_few_elements(length, n):
    x = np.sin(np.arange(float(length)))
    w = np.cos(np.arange(float(max(length - n, 0))))
    gradient = pullback.grad(lambda x, w: np.sum(np.diff(x, n=n) * w))(x, w)
    expected = w @ np.diff(np.eye(length), n=n, axis=0) if length else x
    np.testing.assert_allclose(gradient, expected, atol=1e-15)
    rows = pullback.grad(lambda x, w: np.sum(np.diff(x, n=n, axis=0) * w))(np.stack([x, x], 1), np.stack([w, w], 1))
    np.testing.assert_allclose(rows, np.stack([expected, expected], 1), atol=1e-15)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("bound", [5.0, 2.5, 1.5, 0.5])
def test_differences_of_as_many_elements_as_a_mask_leaves(n, bound):
    x = np.array([1.0, 2.0, 3.0])
    chosen = x > bound
    expected = np.zeros(3)
    if chosen.sum() > n:
        expected[chosen] = np.sum(np.diff(np.eye(chosen.sum()), n=n, axis=0), axis=0)
    gradient = pullback.grad(lambda x: np.sum(np.diff(x[x > bound], n=n)))(x)
    np.testing.assert_allclose(gradient, expected, atol=1e-15)


@pytest.mark.parametrize("at", [np.array([0.0, 1.0, 2.0]), np.array([1.0]), 1.0], ids=["three", "one", "a number"])
def test_interpolation_by_one_knot_is_constant(at):
    def f(x, xp, fp):
        return np.sum(np.interp(x, xp, fp))

    x, knot, held = pullback.grad(f, wrt=("x", "xp", "fp"))(at, np.array([1.0]), np.array([5.0]))
    np.testing.assert_array_equal(x, np.zeros(np.shape(at)))
    np.testing.assert_array_equal(knot, [0.0])
    np.testing.assert_array_equal(held, [float(np.size(at))])


def test_interpolation_where_the_last_knots_are_one():
    x, xp, fp = np.array([1.0, 2.0, 3.0]), np.array([0.0, 2.0, 2.0]), np.array([1.0, 5.0, 7.0])
    gradient = pullback.grad(lambda fp: np.sum(np.interp(x, xp, fp)))(fp)
    np.testing.assert_array_equal(gradient, [0.5, 0.5, 2.0])


def mean_of_all(values):
    return np.mean(values)


SELECTED = [
    lambda x: np.mean(x[x > 5]),
    lambda x: mean_of_all(x[x > 5]),
    lambda x: np.sum(np.mean(np.outer(x, x)[x > 5], axis=0)),
    lambda x: np.average(x[x > 5]),
    lambda x: np.var(x[x > 5]),
    lambda x: np.std(x[x > 5]),
    lambda x: np.std(x[x > 5], ddof=1),
    lambda x: np.median(x[x > 5]),
    lambda x: np.sum(np.median(np.outer(x, x)[x > 5], axis=0)),
    lambda x: np.where(np.any(x > 5), np.mean(x[x > 5]), 0.0),
    lambda x: np.linalg.norm(x[x > 5]),
    lambda x: np.linalg.norm(x[x > 5], 1),
    lambda x: np.log(np.sum(np.exp(x[x > 5]))),
    pytest.param(
        lambda x: np.linalg.norm(x[x > 5], np.inf),
        marks=pytest.mark.skipif(np.lib.NumpyVersion(np.__version__) < "2.4.0", reason="NumPy raises"),
    ),
]


@pytest.mark.parametrize("function", SELECTED)
def test_a_mask_that_selects_nothing(function):
    """No element takes part: the value is what NumPy makes of nothing, the gradient 0."""
    differentiated = pullback.differentiate(function)
    for x in (np.array([1.0, 7.0, 9.0, 6.5]), np.array([1.0, 7.0, 9.0])):
        h = 1e-6
        slopes = [(function(x + h * e) - function(x - h * e)) / (2 * h) for e in np.eye(len(x))]
        np.testing.assert_allclose(differentiated.grad(x), slopes, rtol=1e-6, atol=1e-8)
    x = np.array([1.0, 2.0])
    value, gradient = differentiated.value_and_grad(x)
    np.testing.assert_array_equal(value, function(x))
    np.testing.assert_array_equal(gradient, [0.0, 0.0])


@pytest.mark.skipif(np.lib.NumpyVersion(np.__version__) < "2.4.0", reason="NumPy raises")
@pytest.mark.parametrize("shape", [(0,), (0, 3)])
def test_the_largest_of_no_magnitudes(shape):
    x = np.zeros(shape)
    value, gradient = pullback.value_and_grad(lambda x: np.linalg.norm(x, np.inf))(x)
    assert value == 0.0
    assert gradient.shape == shape
