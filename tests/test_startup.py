"""What a fresh process loads: a table waits for its module, and its functions find it."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

from pullback.primitives.on_demand import TABLES

SLOW = {
    "sympy",
    "scipy",
    "numpy.fft",
    "numpy.polynomial",
    "statistics",
    "logging",
    "difflib",
    "json",
    "html",
    "pathlib",
}


def printed_by(code: str) -> str:
    return subprocess.check_output([sys.executable, "-S", "-c", PATHS + code], text=True).strip()


PATHS = f"import sys; sys.path[:] = {sys.path!r}\n"  # without what a site loads by itself


def test_the_compiler_loads_nothing_slow_that_the_program_does_not_use():
    code = f"""
import numpy
before = set(sys.modules)
import pullback.compilation
print(*(set(sys.modules) - before) & {SLOW!r})
"""
    assert printed_by(code) == ""


@pytest.mark.parametrize("module", TABLES)
def test_functions_of_a_table_that_waits_belong_to_its_module(module):
    """Each function that a table gives a meaning makes the compiler load the table, when it is called."""
    if find_spec(module.partition(".")[0]) is None:
        pytest.skip(f"{module} is not installed")
    code = f"""
import importlib
from pullback.primitives import on_demand, tables
from pullback.primitives.registry import CREATIONS, FUNCTIONALS, MEANINGS
before = {{*MEANINGS, *CREATIONS, *FUNCTIONALS}}
importlib.import_module({module!r})
for table in on_demand.TABLES[{module!r}]:
    importlib.import_module(table)
top = {module!r}.partition(".")[0]
met = {{*MEANINGS, *CREATIONS, *FUNCTIONALS}} - before
homes = {{f: (getattr(f, "__module__", None) or top).partition(".")[0] for f in met}}
meant = [f for f, home in homes.items() if home == top]  # a table may load those that it builds on
on_demand._waiting.clear()
lost = []
for function in meant:
    loaded = []
    on_demand.when_imported({module!r})(lambda: loaded.append(function))
    on_demand.load_families_of(function)
    on_demand._waiting.clear()
    lost += [] if loaded else [function]
print(bool(meant), lost)
"""
    assert printed_by(code) == "True []"
