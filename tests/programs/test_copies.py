"""No loop of the corpus copies, trip by trip, a whole array of which it then updates a part, but for those listed.

The list may only shrink: a program that needs no copy any more must leave it.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.corpus import Row

from pullback import differentiate

HERE = Path(__file__).parent
THEMES = sorted(p.stem for p in HERE.glob("*.py") if not p.stem.startswith("test_"))

ASKED = "the program asks for a new array in each trip"
BOTH = "what was there before is still read in the trip, under another name"
CHOSEN = "which of two arrays is written to is known at run time only"
PARTS = "views of one array are read and written in turns"
KEPT = "its version is kept: a log of what an inner loop overwrites would not be smaller, as far as is known"
SAVED = "what a trip saved of an inner loop is taken back in a copy of it"
EXPECTED = {
    "algorithms_in_place.jacobi_with_swapped_buffers": ASKED,
    "algorithms_in_place.heat_with_new_arrays": ASKED,
    "chosen_arrays.the_first_array_is_written_in_the_loop": CHOSEN,
    "chosen_arrays.chosen_in_a_loop": CHOSEN,
    "chosen_arrays.to_and_fro": CHOSEN,
    "chosen_arrays.nested_loops": CHOSEN,
    "chosen_arrays.a_part_that_is_written_until_it_is_an_array": CHOSEN,
    "chosen_arrays.bound_in_a_loop_to_what_is_there_or_new": CHOSEN,
    "chosen_arrays.rebound_before_an_inner_loop": CHOSEN,
    "effects.prints_an_array_that_changes": BOTH,
    "growing_lists.a_new_array_is_written_before_it_is_kept": ASKED,
    "loops_and_writes.cond_alias_in_loop": CHOSEN,
    "loops_and_writes.alias_until_first_write": CHOSEN,
    "loops_and_writes.modify_while_iterating": PARTS,
    "loops_with_state.bcast_write": BOTH,
    "loops_with_state.inner_loop_zero_trips": KEPT,
    "loops_with_state.while_with_array_state": ASKED,
    "numbers_or_arrays.the_last_array_is_written_to": "the backward reads what it was before the write",
    "order.parts_of_a_state_in_a_loop": PARTS,
    "physics.heat_rod": ASKED,
    "undo_logs.new_in_each_trip": SAVED,
    "views.rows_of_zip_are_views": PARTS,
    "views.views_of_buffers_that_change_places": PARTS,
}


def updates_in_a_loop(function: Any) -> bool:
    """Whether the text of a program has a loop that assigns to elements."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError, TypeError):  # made by other means than a def
        return False
    return any(_updated(loop) for loop in ast.walk(tree) if isinstance(loop, ast.For | ast.While))


def _updated(loop: ast.AST) -> set[str]:
    """The names of what is assigned to by elements."""
    stores = [n for n in ast.walk(loop) if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store)]
    return {n.value.id for n in stores if isinstance(n.value, ast.Name)}


def copies(source: str) -> Iterator[str]:
    """The statements in loops of generated code that copy a whole array, of which the loop updates elements."""
    for loop in ast.walk(ast.parse(source)):
        if not isinstance(loop, ast.For | ast.While):
            continue
        updated = _updated(loop)
        for node in ast.walk(loop):
            match node:
                case ast.Assign([ast.Name(name)], ast.Call(ast.Attribute(ast.Name(), "copy"))) if name in updated:
                    yield ast.unparse(node)


def rows() -> Iterator[Any]:
    seen = set()
    for theme in THEMES:
        for row in importlib.import_module(f"programs.{theme}").program.rows:
            name = f"{theme}.{row.function.__name__}"
            if name not in seen and not row.xfail and updates_in_a_loop(row.function):
                seen.add(name)
                yield pytest.param(name, row, id=name)


ROWS = list(rows())


@pytest.mark.filterwarnings("ignore:model")
@pytest.mark.parametrize(("name", "row"), ROWS)
def test_nothing_is_copied_that_a_trip_updates(name: str, row: Row) -> None:
    source = differentiate(row.function, wrt=row.wrt, has_aux=row.has_aux).lower(*row.args).source
    found = list(copies(source))
    assert bool(found) == (name in EXPECTED), found


def test_it_looks_at_many_programs() -> None:
    assert len(ROWS) > 100
