"""`and` and `or` come out as they were written: in tests of conditionals, loops and guards, and in values."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pullback import differentiate


def guard(x: Any, y: Any) -> Any:
    if x < 0 or y < 0:
        raise ValueError("negative")
    return x * y


def three_conditions(x: Any, y: Any) -> Any:
    if (x > 0 and y > 0) or x * y > 4.0:
        return x * y * y
    return x + y


def before_each_trip(x: Any, y: Any) -> Any:
    n = 0
    while x > 0.1 and n < 10 and y < 100.0 * x:
        x = x * 0.5
        n += 1
    return x * y


def leaves_a_loop(x: Any, y: Any) -> Any:
    s = 0.0
    for i in range(4):
        s = s + x * y
        if s > 10 or (i > 2 and s > 5):
            break
    return s


def one_name_for_both(x: Any, y: Any) -> Any:
    ok = x > 0 and not y > 3
    if ok:
        x = x * 2
    if ok or y > 8:
        x = x * y
    return x * x


def numbers(x: Any, y: Any) -> Any:
    return (x or y) * y + (x and y) * x


def statements_in_between(x: Any, y: Any) -> Any:
    def second() -> Any:
        z = x
        for _ in range(3):
            z = z * y
        return z > 0.5

    return x * y if x > 0 and second() else x


@pytest.mark.parametrize(
    ("function", "shown"),
    [
        (guard, "    if x < 0 or y < 0:\n"),
        (three_conditions, "x > 0 and y > 0 or x * y > 4.0"),
        (before_each_trip, "    while x > 0.1 and n < 10 and y < 100.0 * x:\n"),
        (leaves_a_loop, "        if s > 10 or i > 2 and s > 5:\n            break\n"),
        (one_name_for_both, " ok or y > 8\n"),
        (numbers, "x or y"),
        (numbers, "x and y"),
        (statements_in_between, "condition"),
    ],
)
def test_short_circuits(function: Callable[..., Any], shown: str) -> None:
    differentiable = differentiate(function, wrt=("x", "y"))
    assert shown in differentiable.lower(1.0, 2.0).source
    for x, y in [(1.0, 2.0), (0.5, 9.0), (-1.0, 4.0), (-1.0, -8.0), (0.0, 2.0), (2.0, 0.25)]:
        try:
            expected = function(x, y)
        except ValueError:
            with pytest.raises(ValueError, match="negative"):
                differentiable.grad(x, y)
            continue
        value, gradient = differentiable.value_and_grad(x, y)
        assert value == expected
        if x == 0.0:
            continue  # where the branches meet
        h = 1e-6
        slopes = (function(x + h, y) - function(x - h, y), function(x, y + h) - function(x, y - h))
        np.testing.assert_allclose(gradient, np.divide(slopes, 2 * h), rtol=1e-6, atol=1e-8)
