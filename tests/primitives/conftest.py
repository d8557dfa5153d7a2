"""Counts the numbers that are compared with an oracle, and says how many at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest


class Comparisons:
    """Comparisons of results with what an oracle says, element by element."""

    def __init__(self) -> None:
        self.count = 0

    def close(self, actual: Any, expected: Any, rtol: float = 1e-12, atol: float = 1e-13) -> None:
        np.testing.assert_allclose(
            np.asarray(actual, dtype=float), np.asarray(expected, dtype=float), rtol=rtol, atol=atol
        )
        self.count += max(np.size(expected), 1)

    def identical(self, actual: Any, expected: Any) -> None:
        np.testing.assert_array_equal(actual, expected, strict=isinstance(expected, np.ndarray))
        self.count += max(np.size(expected), 1)


@pytest.fixture
def compare(record_property: Any) -> Iterator[Comparisons]:
    comparisons = Comparisons()
    yield comparisons
    record_property("comparisons", comparisons.count)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [r for rs in terminalreporter.stats.values() for r in rs if hasattr(r, "user_properties")]
    total = sum(v for r in reports for k, v in r.user_properties if k == "comparisons")
    if total:
        terminalreporter.write_line(f"{total} numbers of primitives compared with an oracle")
