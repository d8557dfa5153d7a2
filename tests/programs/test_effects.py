"""A gradient says what the function says, once and in order, and raises what the function raises."""

from __future__ import annotations

import contextlib
import copy
import io
import logging
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from programs.effects import fails, program
from support.corpus import Row
from support.laws import run

from pullback import differentiate


def said(call: Callable[[], Any]) -> tuple[list[Any], BaseException | None]:
    """What a call prints, logs and warns of, and the exception that it ends with."""
    found: list[Any] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append((record.name, record.levelname, record.getMessage()))

    class Stream(io.StringIO):
        def write(self, text: str) -> int:
            found.append(text)
            return len(text)

    handler, raised = Keep(), None
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    stream = Stream()
    try:
        with warnings.catch_warnings(record=True) as caught, np.errstate(all="ignore"):
            warnings.simplefilter("always")
            with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
                call()
    except Exception as error:
        raised = error
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    return [*found, *((w.category, str(w.message)) for w in caught)], raised


def ways(row: Row) -> dict[str, Callable[[], Any]]:
    """The gradient, and every interpretation of its IR."""
    differentiable = differentiate(row.function, wrt=row.wrt, has_aux=row.has_aux)

    def interpreted(which: str) -> Any:
        compiled = differentiable.lower(*row.args).compiled
        return run(getattr(compiled, which), row.args, compiled)

    return {
        "value_and_grad": lambda: differentiable.value_and_grad(*row.args),
        "again": lambda: differentiable.value_and_grad(*row.args),
        "grad": lambda: differentiable.grad(*row.args),
        "primal IR": lambda: interpreted("primal"),
        "gradient IR": lambda: interpreted("program"),
    }


@pytest.mark.parametrize("row", program.rows, ids=lambda row: row.function.__name__)
def test_what_is_said_is_said_once_and_in_order(row: Row) -> None:
    wanted, raised = said(lambda: row.function(*copy.deepcopy(row.args)))
    assert raised is None
    for name, call in ways(row).items():
        assert said(call) == (wanted, None), name


@pytest.mark.parametrize("row", fails.rows, ids=lambda row: row.function.__name__)
def test_what_raises_raises_the_same(row: Row) -> None:
    wanted, expected = said(lambda: row.function(*copy.deepcopy(row.args)))
    assert expected is not None
    for name, call in ways(row).items():
        found, raised = said(call)
        assert found == wanted, name
        same(raised, expected)


def same(a: BaseException | None, b: BaseException | None) -> None:
    assert (type(a), str(a)) == (type(b), str(b))
    if a is not None and b is not None:
        same(a.__cause__, b.__cause__)
        assert a.__suppress_context__ == b.__suppress_context__
