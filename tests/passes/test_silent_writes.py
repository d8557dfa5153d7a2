"""What gives an array back what was read there is dropped, and so are loops that then change nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from support.laws import assert_clean

from pullback import differentiate


def counted(x: Any, n: int) -> Any:
    c = 0
    while c < n:
        x[0] += 0.5
        c += 1
    return np.sum(x * x)


def left_early(x: Any) -> Any:
    y = x[:]
    for i in range(len(x)):
        np.add.at(y, 0, 0.3)
        if i > 1:
            break
    return np.mean(x)


def in_two_loops(x: Any, n: int) -> Any:
    for _ in range(n):
        for j in range(x.shape[1]):
            x[:, j] += 0.5
    return np.sum(x * x)


def test_the_backward_has_no_loop_and_counts_no_trips() -> None:
    x = np.arange(6.0).reshape(3, 2)
    for lowered in (
        differentiate(counted).lower(x, 3),
        differentiate(left_early).lower(x[:, 0]),
        differentiate(in_two_loops).lower(x, 2),
    ):
        forward, _, backward = lowered.source.partition("_bar")
        assert "for " not in backward
        assert "trips" not in forward
        assert_clean(lowered.source)
    np.testing.assert_array_equal(differentiate(counted).grad(x, 3), 2 * (x + np.array([[1.5], [0], [0]])))
    np.testing.assert_array_equal(differentiate(in_two_loops).grad(x, 2), 2 * (x + 1.0))
