"""An array that is unpacked into names raises what Python raises where it has another length."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pullback import differentiate


def two(theta: Any) -> Any:
    a, b = theta
    return a * b


def one(theta: Any) -> Any:
    (a,) = theta
    return a * a


def rows(m: Any) -> Any:
    a, b = m
    return a @ b


@pytest.mark.parametrize(
    ("function", "right", "wrong"),
    [(two, (2,), [(3,), (0,)]), (one, (1,), [(2,), (0,)]), (rows, (2, 3), [(3, 3), (0, 3)])],
)
def test_another_length_raises(function: Any, right: tuple[int, ...], wrong: list[tuple[int, ...]]) -> None:
    gradient = differentiate(function).grad
    gradient(np.ones(right))
    for shape in wrong:
        with pytest.raises(ValueError, match=r"to unpack|values") as ours:
            gradient(np.ones(shape))
        with pytest.raises(ValueError, match=r"to unpack|values") as python:
            function(np.ones(shape))
        if function is two:
            assert str(ours.value) == str(python.value)
