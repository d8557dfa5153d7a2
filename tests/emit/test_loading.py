"""Generated lines show in tracebacks, in inspect and in linecache, under a name of their own."""

from __future__ import annotations

import inspect
import linecache
import traceback

import numpy as np
import pytest
from emit.support import Writer, array, prim, program

from pullback.emit import Emitted, emit, load


def product() -> Emitted:
    f = Writer("f", x=array("n", "m"), y=array("m", "k"))
    return emit(program(f.function(prim("exp")(f["x"] @ f["y"]))))


def test_a_traceback_shows_the_generated_line() -> None:
    entry = load(product(), filename="<pullback traceback>")
    with pytest.raises(ValueError, match="mismatch") as error:
        entry(np.ones((2, 3)), np.ones((2, 3)))
    last = traceback.extract_tb(error.value.__traceback__)[-1]
    assert last.filename == "<pullback traceback>"
    assert last.line == "value = np.exp(x @ y)"


def test_inspect_finds_the_source() -> None:
    emitted = product()
    entry = load(emitted, filename="<pullback inspect>")
    assert inspect.getsource(entry) in emitted.source
    linecache.checkcache()
    assert inspect.getsource(entry).startswith("def f(x, y):")


def test_another_text_gets_another_name() -> None:
    f = Writer("f", x=array(3))
    other = emit(program(f.function(f["x"] * 2.0)))
    first, second = load(product(), filename="<pullback same>"), load(other, filename="<pullback same>")
    assert first.__code__.co_filename == "<pullback same>"
    assert second.__code__.co_filename == "<pullback same 2>"
    assert "x * 2.0" in inspect.getsource(second)
