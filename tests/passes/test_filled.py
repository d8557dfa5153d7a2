"""Numbers spread over the shape of what is returned or updated become arrays; others stay views."""

import numpy as np

import pullback


def total(x):
    return np.sum(x)


def weighted(x, c):
    return c * np.sum(x)


def accumulated(x):
    for i in range(1, len(x)):
        x[i] += x[i - 1]
    return np.sum(x)


def test_a_gradient_of_ones() -> None:
    assert "x_bar = np.ones(x.shape)\n" in pullback.differentiate(total).lower(np.arange(3.0)).source


def test_a_gradient_of_one_number() -> None:
    lowered = pullback.differentiate(weighted).lower(np.arange(3.0), 2.0)
    assert "x_bar = np.full(x.shape, c)\n" in lowered.source
    np.testing.assert_array_equal(pullback.grad(weighted)(np.arange(3.0), 2.0), [2.0, 2.0, 2.0])


def test_what_a_loop_updates_is_copied_by_nobody() -> None:
    source = pullback.differentiate(accumulated).lower(np.arange(3.0)).source
    assert source.count("copy") == 1  # of the argument that the function writes to
    np.testing.assert_array_equal(pullback.grad(accumulated)(np.arange(3.0)), [3.0, 2.0, 1.0])


def test_each_gradient_is_an_array_of_its_own() -> None:
    first, second = pullback.grad(lambda x, y: np.sum(x) + np.sum(y), wrt=(0, 1))(np.ones(3), np.ones(3))
    first[0] = 5.0
    np.testing.assert_array_equal(second, [1.0, 1.0, 1.0])
