"""`overwrite_a=True` and its kin: what a function of SciPy may overwrite is not read again, and is nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import pullback

pytest.importorskip("scipy")
from scipy import fft, linalg

A, B = np.array([[4.0, 1.0, 0.3], [0.2, 5.0, 0.7], [0.1, 0.4, 3.0]]), np.array([1.0, -0.5, 2.0])


def made_here(a: Any, b: Any) -> Any:
    factor = linalg.cho_factor(a @ a.T, overwrite_a=True)
    x = linalg.cho_solve(factor, b * 2.0, overwrite_b=True)
    return x @ x


def in_a_loop(a: Any, b: Any) -> Any:
    total = 0.0
    for k in range(3):
        system = a @ a.T + k * np.eye(3)
        x = linalg.solve(system, b, overwrite_a=True)
        system = np.outer(x, x)
        total = total + np.sum(system**2)
    return total


def on_one_path(a: Any, b: Any) -> Any:
    system = a @ a.T
    if b[0] > 0:
        b = linalg.solve(system, b, overwrite_a=True)
    return b @ b


def not_asked_for(a: Any, b: Any) -> Any:
    x = linalg.solve(a, b, overwrite_a=False)
    return x @ x + np.sum(a)


@pytest.mark.parametrize("function", [made_here, in_a_loop, on_one_path, not_asked_for])
def test_what_is_not_read_again_may_be_handed_over(function: Callable[..., Any]) -> None:
    value, gradient = pullback.value_and_grad(function)(A, B)
    assert value == function(A.copy(), B.copy())
    step = np.zeros_like(A)
    step[0, 1] = 1e-6
    slope = (function(A + step, B.copy()) - function(A - step, B.copy())) / 2e-6
    assert abs(gradient[0, 1] - slope) < 1e-8


def read(a: Any, b: Any) -> Any:
    system = a @ a.T
    x = linalg.solve(system, b, overwrite_a=True)
    return x @ x + np.sum(system)


def read_by_position(a: Any, b: Any) -> Any:
    system = a @ a.T
    x = linalg.solve(system, b, False, True)
    return x @ x + np.sum(system)


def read_as_a_view(a: Any, b: Any) -> Any:
    system = a @ a.T
    row = system[0]
    x = linalg.solve(system.T, b, overwrite_a=True)
    return x @ x + np.sum(row)


def read_after_a_branch(a: Any, b: Any) -> Any:
    system = a @ a.T
    if b[0] > 0:
        b = linalg.solve(system, b, overwrite_a=True)
    return b @ b + np.sum(system)


def written(a: Any, b: Any) -> Any:
    system = a @ a.T
    x = linalg.solve(system, b, overwrite_a=True)
    system[0] = 1.0
    return x @ x


def a_transform(a: Any, b: Any) -> Any:
    doubled = a * 2.0
    return np.sum(fft.dct(doubled, overwrite_x=True)) + np.sum(doubled)


def an_argument(a: Any, b: Any) -> Any:
    return np.sum(linalg.solve(a, b, overwrite_a=True))


def a_view_of_an_argument(a: Any, b: Any) -> Any:
    return np.sum(linalg.solve(a.T, b, overwrite_a=True))


def solved(system: Any, b: Any) -> Any:
    return linalg.solve(system, b, overwrite_a=True)


def in_a_callee(a: Any, b: Any) -> Any:
    system = a @ a.T
    x = solved(system, b)
    return x @ x + np.sum(system)


def carried_by_a_loop(a: Any, b: Any) -> Any:
    for _ in range(3):
        b = linalg.solve(a, b, overwrite_b=True)
    return b @ b


READ = [read, read_by_position, read_as_a_view, read_after_a_branch, written, a_transform]
SHARED = [an_argument, a_view_of_an_argument, in_a_callee, carried_by_a_loop]


@pytest.mark.parametrize(
    ("function", "words"),
    [*((f, "handed over by `overwrite_") for f in READ), *((f, "did not make, or shares") for f in SHARED)],
)
def test_what_is_read_again_or_is_not_the_functions_own_is_refused(function: Callable[..., Any], words: str) -> None:
    with pytest.raises(pullback.DifferentiationError) as refusal:
        pullback.grad(function)(A, B)
    assert words in str(refusal.value)
    assert "overwrite_" in str(refusal.value)
