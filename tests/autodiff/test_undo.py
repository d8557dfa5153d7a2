"""What loops keep that overwrite their arrays: what each write overwrites, where that is less than what is read."""

import re

import numpy as np
import pytest
from passes.test_ownership import allocations
from programs import undo_logs as programs

from pullback import differentiate

X = np.linspace(0.3, 1.2, 7)
S = np.outer(X, X) + 3.0 * np.eye(7)


def kept(f, *args):
    """The bytes that each trip keeps, sorted."""
    lowered = differentiate(f).lower(*args)
    return sorted(r.size for r in lowered.saved() if r.often == "per trip"), lowered.source


def one_element(a, sweeps):
    for _ in range(sweeps):
        for i in range(1, len(a) - 1):
            a[i] = (a[i - 1] ** 2 + a[i] ** 2 + a[i + 1] ** 2) / 3.0
    return np.sum(a * a)


def square(x, sweeps):
    for _ in range(sweeps):
        for i in range(len(x)):
            x[i] = x[i] ** 2
    return np.sum(x)


@pytest.mark.parametrize(
    ("f", "args", "sizes"),
    [
        (one_element, (X, 3), ["8"]),
        (square, (X, 3), ["8"]),
        (programs.cholesky_in_place, (S,), ["8", "8", "8", "8"]),  # one for each of its four statements
        (programs.lu_in_place, (S,), ["8", "8", "8"]),
        (programs.gram_schmidt_in_place, (S,), ["8", "8", "8*n", "8*n"]),
        (programs.explicit_steps, (X, 0.1, 4), ["8", "8*(n - 2)"]),
        (programs.swapped_buffers, (X, X, 0.1, 4), ["8*?"]),
    ],
)
def test_each_write_keeps_what_it_overwrites(f, args, sizes):
    found, source = kept(f, *args)
    assert found == sizes
    copies = [text for text in allocations(source) if not re.search(r"\[.*\]\.copy", text)]
    assert copies == []  # of parts only, never of an array


def linear(a, sweeps):
    for _ in range(sweeps):
        for i in range(1, len(a) - 1):
            a[i] = (a[i - 1] + a[i] + a[i + 1]) / 3.0
    return np.sum(a * a)


def filled_once(x):
    y = np.zeros_like(x)
    for i in range(len(x)):
        y[i] = x[i] * x[i]
    return np.sum(y * y)


@pytest.mark.parametrize(("f", "args"), [(linear, (X, 3)), (filled_once, (X,))])
def test_what_nobody_reads_is_not_taken_back(f, args):
    found, source = kept(f, *args)
    assert found == []
    assert "append" not in source


def long_slices(x, sweeps):
    for _ in range(sweeps):
        x[1:] = x[1:] * 0.5 + x[0] ** 2
    return np.sum(x)


def test_a_log_that_is_larger_is_not_kept():
    found, _ = kept(long_slices, X, 3)
    assert found == ["8"]
