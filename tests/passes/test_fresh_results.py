"""What a gradient function returns shares memory with nothing, and may be written."""

import numpy as np
import pytest

from pullback import differentiate

X = np.linspace(0.1, 0.9, 4)
Y = np.linspace(1.0, 2.0, 4)


def equal_gradients(x, y):
    return np.sum(x + y)


def gradient_is_an_argument(x, y):
    return np.sum(x * y)


def gradient_is_a_broadcast(x, y):
    return np.sum(x) + np.sum(y[:2])


def in_an_arm(x, y):
    if x[0] > 0:
        z = x + y
    else:
        z = x * y
    return np.sum(z)


def in_the_other_arm(x, y):
    if x[0] > 1:
        z = x + y
    else:
        z = x * y
    return np.sum(z)


def a_view(x, y):
    return np.sum((x * y).reshape(2, 2) + x.reshape(2, 2))


def helper(x, y):
    return x + y


def through_a_call(x, y):
    return np.sum(np.exp(helper(x, y)))


@pytest.mark.parametrize(
    "f",
    [
        equal_gradients,
        gradient_is_an_argument,
        gradient_is_a_broadcast,
        in_an_arm,
        in_the_other_arm,
        a_view,
        through_a_call,
    ],
    ids=lambda f: f.__name__,
)
def test_gradients_own_their_memory(f):
    grads = differentiate(f, wrt=("x", "y")).grad(X, Y)
    for k, g in enumerate(grads):
        g += 1.0
        for other in (X, Y, *grads[:k]):
            assert not np.shares_memory(g, other)


def test_no_copy_where_an_arm_allocated():
    def f(x):
        if x[0] > 0:
            x = np.cos(x)
        return np.sum(x * x)

    assert "copy" not in differentiate(f).lower(X).source


def test_numpy_scalars_have_gradients_of_their_own_type():
    for x in (np.float64(1.7), np.float32(1.7)):
        for f in (lambda x: x, lambda x: x + x, lambda x: 3 * x, lambda x: 0.0 * x + 2.5):
            assert type(differentiate(f).grad(x)) is type(x)
