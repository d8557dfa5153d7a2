"""What costs nothing beside what is read back is computed again in a reversed loop, and not kept."""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback import differentiate


def parts_of_what_is_kept(values: Any, p: float, n: int) -> Any:
    for _ in range(n):
        values = np.exp(-p) * (p * values[1:] * values[:-1])
    return values[0]


def arithmetic_on_what_is_kept(w: Any, xs: Any) -> Any:
    total = 0.0
    for x in xs:
        p = 1 / (1 + np.exp(-x @ w))
        total = total + np.log(p) * np.log(1 - p)
        w = w - 0.1 * p * x
    return total


def test_parts_and_differences_are_not_kept() -> None:
    x = np.linspace(0.1, 0.9, 5)
    source = differentiate(parts_of_what_is_kept).lower(x, 0.3, 3).source
    assert "parts.append(" not in source
    assert "values_saved.append(" in source
    w, xs = np.array([0.3, -0.2]), np.arange(6.0).reshape(3, 2) / 5
    assert "differences" not in differentiate(arithmetic_on_what_is_kept).lower(w, xs).source
    for function, args in ((parts_of_what_is_kept, (x, 0.3, 3)), (arithmetic_on_what_is_kept, (w, xs))):
        gradient = differentiate(function).grad(*args)
        for k in range(len(args[0])):
            step = np.zeros(len(args[0]))
            step[k] = 1e-6
            up, down = function(args[0] + step, *args[1:]), function(args[0] - step, *args[1:])
            np.testing.assert_allclose(gradient[k], (up - down) / 2e-6, rtol=1e-6, atol=1e-9)


def logistic(x: Any, k: float, n: int) -> Any:
    for _ in range(n):
        x = x + k * x * (1.0 - x)
    return np.sum(x)


def test_one_array_is_kept_for_two_that_it_tells() -> None:
    x = np.linspace(0.1, 0.9, 5)
    lowered = differentiate(logistic).lower(x, 0.1, 4)
    assert [kept.name for kept in lowered.saved()] == ["x_saved"]
    expected = np.ones(5)
    states = [x]
    for _ in range(4):
        states.append(states[-1] + 0.1 * states[-1] * (1.0 - states[-1]))
    for state in states[-2::-1]:
        expected = expected * (1.0 + 0.1 * (1.0 - 2.0 * state))
    np.testing.assert_allclose(differentiate(logistic).grad(x, 0.1, 4), expected, rtol=1e-14)
