"""Public names of NumPy, `math`, `cmath` and Python, and what is known of their derivatives: a table beside this file.

`make docs` writes the table, as docs/supported.md, from the tables of primitives and the example calls of their tests.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).with_suffix(".csv")


class Row(NamedTuple):
    """One name: `differentiable`, `zero derivative`, `undefined` with a reason, `not yet`, or `no numbers`."""

    name: str
    status: str
    note: str


@cache
def rows() -> tuple[Row, ...]:
    """The table.

    >>> next(row.status for row in rows() if row.name == "numpy.tanh")
    'differentiable'
    """
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(Row(*line) for line in list(csv.reader(file))[1:])
