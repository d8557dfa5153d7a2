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
from programs.absent import fails as unbound
from programs.effects import ModelError, fails, program
from support.corpus import Row
from support.laws import run

from pullback import differentiate
from pullback.emit.module import module_source
from pullback.errors import SignatureError


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


@pytest.mark.parametrize("row", [*fails.rows, *unbound.rows], ids=lambda row: row.function.__name__)
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


def test_a_log_may_keep_what_it_is_given() -> None:
    row = next(row for row in program.rows if row.function.__name__ == "a_log_that_keeps_what_it_is_given")
    kept: list[logging.LogRecord] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(record)

    logger, handler = logging.getLogger("programs.effects"), Keep()
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.INFO)
    try:
        differentiate(row.function).value_and_grad(*row.args)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    x = row.args[0]
    shown = [record.args[-1] for record in kept if isinstance(record.args, tuple)]
    wanted = [2 * x, 2 * x + 1, (2 * x + 1) * x, (2 * x + 1) * x * x]
    for got, value in zip(shown, wanted, strict=True):
        np.testing.assert_array_equal(got, value)


def test_a_class_that_cannot_be_imported_is_given_to_the_code_and_refused_ahead_of_time() -> None:
    class LocalError(Exception):
        pass

    def f(x: float) -> float:
        if x < 0:
            raise LocalError(x)
        return x * x

    differentiable = differentiate(f)
    assert differentiable.grad(3.0) == (6.0)
    with pytest.raises(LocalError, match="-3.0"):
        differentiable.grad(-3.0)
    lowered = differentiable.lower(3.0)
    assert "\n# LocalError: " in lowered.source
    with pytest.raises(SignatureError, match="the code refers to `LocalError`, which generated code cannot import"):
        module_source([lowered.compiled.program])


def test_a_class_of_a_module_is_imported() -> None:
    row = next(row for row in program.rows if row.function.__name__ == "exceptions_of_the_users")
    text = module_source([differentiate(row.function, wrt=row.wrt).lower(*row.args).compiled.program])
    assert "\nfrom programs.effects import ModelError, Outer\n" in text
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    with pytest.raises(ModelError) as caught:
        namespace["exceptions_of_the_users_value_and_grad"](0.5, 1.0)
    assert caught.value.value == 0.5


def test_verification_of_a_function_that_prints_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    row = next(row for row in program.rows if row.function.__name__ == "prints_in_a_loop")
    report = differentiate(row.function).verify(*row.args)
    assert "symbolic" in str(report)
    assert capsys.readouterr().out == ""


def test_symbols_follow_the_path_that_does_not_raise() -> None:
    row = next(row for row in program.rows if row.function.__name__ == "chain_that_ends_in_raise")
    differentiate(row.function).verify(*row.args)


def last_words_after_a_division(x: float, n: float) -> float:
    try:
        y = x / n
    finally:
        print("done")
    return y * x


def test_last_words_are_said_where_an_operation_raises_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    compiled = differentiate(last_words_after_a_division)
    assert compiled.value_and_grad(2.0, 4.0) == (1.0, 1.0)
    capsys.readouterr()
    with pytest.raises(ZeroDivisionError):
        compiled.value_and_grad(2.0, 0.0)
    assert capsys.readouterr().out == "done\n"
