"""Every program of the corpus keeps every law, stays well formed through every pass, and computes what its IR does."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.corpus import Row
from support.laws import COMPARISONS, check_program, interpreted, verified_passes

HERE = Path(__file__).parent
THEMES = sorted(p.stem for p in HERE.glob("*.py") if not p.stem.startswith("test_"))


def rows() -> Iterator[Any]:
    for theme in THEMES:
        numbered: Counter[str] = Counter()
        for row in importlib.import_module(f"programs.{theme}").program.rows:
            name = row.function.__name__.strip("<>")
            marks = [pytest.mark.xfail(reason=row.xfail, strict=True)] if row.xfail else []
            yield pytest.param(row, id=f"{theme}-{name}-{numbered[name]}", marks=marks)
            numbered[name] += 1


ROWS = list(rows())


@pytest.mark.filterwarnings("ignore:model")
@pytest.mark.parametrize("row", ROWS)
def test_laws(row: Row, record_property: Any) -> None:
    before = dict(COMPARISONS)
    with np.errstate(all="ignore"):
        check_program(row.function, row.args, row.wrt, row.has_aux, row.tol, row.smooth)
        interpreted(row.function, row.args, row.wrt, row.has_aux)
    assert verified_passes(row.function, row.args, row.wrt, row.has_aux) >= 5
    for name, count in COMPARISONS.items():
        record_property(name, count - before[name])


def test_the_corpus_is_large() -> None:
    assert len({p.values[0].function for p in ROWS}) >= 200
