"""Memory is taken over only where nobody can tell."""

import numpy as np
import pytest
from support.traced import traced

from pullback import differentiate
from pullback.ir.core import walk
from pullback.ir.rewrite import map_functions
from pullback.ir.verify import verify_module
from pullback.passes.buffers import reuse_buffers
from pullback.pipeline import tidy

X = np.linspace(0.1, 0.9, 4)
M = np.outer(X, X)


def overwritten(f, *args):
    """How many operations write over an operand."""
    module = verify_module(reuse_buffers(map_functions(traced(f, *args), tidy)))
    return sum(op.into is not None for fn in module.functions.values() for op in walk(fn.block))


def dead_operand(x):
    return np.sum(np.exp(2.0 * x))


def argument(x):
    return np.sum(np.exp(x))


def read_later(x):
    a = 2.0 * x
    b = a + 1.0
    return np.sum(a * b)


def view_read_later(x):
    a = 2.0 * x
    v = a[1:]
    b = a + 1.0
    return np.sum(b) + np.sum(v)


def view_of_argument(x):
    v = x[1:]
    return np.sum(v + 1.0)


def grows(x):
    a = 2.0 * x
    return np.sum(a[:, None] + M)


def other_dtype(x):
    a = 2.0 * x
    return np.sum(a > 1.0) + np.sum(x)


def result(x):
    a = 2.0 * x
    return a, a + 1.0


def number(x):
    return np.sum(x) * 2.0 + 1.0


def outside_the_arm(x):
    a = 2.0 * x
    if x[0] > 0:
        b = a + 1.0
    else:
        b = a - 1.0
    return np.sum(b)


def helper(x):
    y = 2.0 * x
    return y, np.sum(y)


def callee_result(x):
    y, s = helper(x)
    return np.sum(y + 1.0) + s


def own_transpose(x):
    a = 2.0 * x
    return np.sum(a + a.T)


@pytest.mark.parametrize(
    ("f", "arg", "count"),
    [
        (dead_operand, X, 1),
        (argument, X, 0),
        (read_later, X, 0),
        (view_read_later, X, 0),
        (view_of_argument, X, 0),
        (grows, X, 0),
        (other_dtype, X, 0),
        (result, X, 0),
        (number, X, 0),
        (outside_the_arm, X, 0),
        (callee_result, X, 0),
        (own_transpose, M, 0),
    ],
    ids=lambda c: getattr(c, "__name__", ""),
)
def test_where_memory_is_taken_over(f, arg, count):
    assert overwritten(f, arg) == count


def halved(x, n=3):
    if n == 0:
        return np.sum(x)
    return halved(x * x, n - 1) * 0.5


def test_a_broadcast_view_that_a_callee_returns_is_not_written():
    g = differentiate(halved).grad(X)
    np.testing.assert_allclose(g, X**7)  # d/dx x**8 / 8
