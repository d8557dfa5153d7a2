"""The table of docs/numerics.md: what it says of pullback is what pullback computes, and is exact."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
spec = importlib.util.spec_from_file_location("numerics_table", ROOT / "benchmarks" / "numerics.py")
table = importlib.util.module_from_spec(spec)
spec.loader.exec_module(table)
sys.path.remove(str(ROOT / "benchmarks"))
ROWS = table.rows(table.TARGET.read_text())


def test_the_table_has_these_rows():
    assert list(ROWS) == [(f"`{label}`", table.shown(x)) for _, label, x, _ in table.POINTS]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("function", "label", "x", "exact"), table.POINTS, ids=lambda v: getattr(v, "__name__", "-"))
def test_pullback_is_exact_at_every_point(function, label, x, exact):
    assert table.ours(function, x) == exact
    assert ROWS[f"`{label}`", table.shown(x)][:2] == [exact, exact]
