"""Right gradients pass every oracle that applies; sabotaged ones fail each oracle by itself."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from verify.programs import PROGRAMS, Program, classifier, noise_around_zero, rounds_inside, scalars, square, vector

from pullback.api import differentiate
from pullback.errors import DifferentiationError, SignatureError, VerificationError
from pullback.ir.core import Primitive
from pullback.primitives.registry import PRIMITIVES
from pullback.verify import Report, verify

ORACLES = ("differences", "complex step", "symbolic")


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.function.__name__)
def test_what_is_right_is_verified(program: Program) -> None:
    report = differentiate(program.function, **program.options).verify(*program.args)
    assert report.ok
    assert {f.oracle for f in report.findings} >= {"function", "value_and_grad", "differences", "symbolic"}
    symbolic = [f for f in report.findings if f.oracle == "symbolic"]
    if program.function not in (noise_around_zero, rounds_inside):
        assert max(f.ulps or 0.0 for f in symbolic) < 50


def refuted(function: Callable[..., Any], args: tuple[Any, ...], generated: Any = None, **options: Any) -> Report:
    with pytest.raises(VerificationError) as caught:
        verify(differentiate(function, **options), args, generated=generated)
    assert isinstance(caught.value.report, Report)
    return caught.value.report


def disagreeing(report: Report) -> set[tuple[str, str]]:
    return {(f.oracle, f.of) for f in report.disagreements}


@pytest.mark.parametrize("oracle", ORACLES)
@pytest.mark.parametrize("wrong", [1.0001, -1.0, 0.0, np.nan, np.inf])
def test_each_oracle_sees_a_wrong_gradient(oracle: str, wrong: float) -> None:
    def generated(w: Any, x: Any, b: Any, y: Any) -> Any:
        r = w * x + b - y
        return r**2, (2 * r * x, wrong * 2 * r * w, 2 * r, -2 * r)

    report = refuted(scalars, (2.0, 3.0, 1.0, 4.0), generated, wrt=("w", "x", "b", "y"))
    assert (oracle, "x") in disagreeing(report)
    assert {of for _, of in disagreeing(report)} == {"x"}


@contextmanager
def sabotaged(name: str, vjp: Callable[..., Any]) -> Iterator[None]:
    prim: Primitive = PRIMITIVES[name]
    before = prim.vjp
    object.__setattr__(prim, "vjp", vjp)
    try:
        yield
    finally:
        object.__setattr__(prim, "vjp", before)


@pytest.mark.parametrize("oracle", ORACLES)
@pytest.mark.parametrize("name", ["tanh", "matmul", "exp"])
def test_each_oracle_sees_a_wrong_rule(oracle: str, name: str) -> None:
    right = PRIMITIVES[name].vjp
    assert right is not None

    def wrong(g: Any, *rest: Any) -> Any:
        return tuple(None if c is None else c * 1.01 for c in right(g, *rest))

    args = next(p.args for p in PROGRAMS if p.function is classifier)
    with sabotaged(name, wrong):
        report = refuted(classifier, args, wrt=("W", "b"))
    assert oracle in {f.oracle for f in report.disagreements}
    assert differentiate(classifier, wrt=("W", "b")).verify(*args).ok


def test_one_wrong_entry_of_a_large_leaf_is_seen() -> None:
    x = np.linspace(1.0, 2.0, 400)

    def generated(x: Any) -> Any:
        gradient = 2 * x
        gradient[-1] *= 1.01
        return np.sum(x * x), gradient

    report = refuted(sum_of_squares, (x,), generated)
    assert ("differences", "x") in disagreeing(report)


def sum_of_squares(x: Any) -> Any:
    return np.sum(x * x)


def overwriting(x: Any) -> Any:
    g = 2 * x
    value = np.sum(x * x)
    x *= 0.0
    return value, g


@pytest.mark.parametrize(
    ("generated", "message"),
    [
        (lambda x: (np.sum(x * x) + 1e-3, 2 * x), "the value is"),
        (lambda x: (np.nan, 2 * x), "the value is nan"),
        (lambda x: (np.sum(x * x), (2 * x)[:1]), "has shape|is float64 of shape"),
        (lambda x: (np.sum(x * x), (2 * x).astype(np.float32)), "is float32"),
        (lambda x: (np.sum(x * x), None), "is None"),
        (lambda x: (np.sum(x * x), 2 * float(x[0])), "is float64 of shape ()"),
        (lambda x: 1 / 0, "raises ZeroDivisionError"),
        (overwriting, "changes its argument x"),
        (lambda x: (np.sum(x * x), np.multiply(x, 2, out=x)), "changes its argument x"),
    ],
)
def test_more_than_numbers_is_compared(generated: Any, message: str) -> None:
    report = refuted(sum_of_squares, (vector,), generated)
    assert any(re.search(message, f.disagreement) for f in report.disagreements)


def test_a_gradient_that_shares_memory_with_an_argument_is_wrong() -> None:
    report = refuted(half_sum_of_squares, (vector,), lambda x: (0.5 * np.sum(x * x), x))
    assert any("shares memory with the argument x" in f.disagreement for f in report.disagreements)


def half_sum_of_squares(x: Any) -> Any:
    return 0.5 * np.sum(x * x)


def test_grad_alone_is_compared_with_value_and_grad() -> None:
    d = differentiate(square)
    d.grad(3.0)
    compiled = d.specializer("grad").lookup((3.0,), {})
    object.__setattr__(compiled, "function", lambda x: 2.1 * x)
    with pytest.raises(VerificationError) as caught:
        d.verify(3.0)
    assert isinstance(caught.value.report, Report)
    assert disagreeing(caught.value.report) == {("value_and_grad", "grad alone")}


def test_a_wrong_trace_is_seen() -> None:
    d = differentiate(square)
    compiled = d.specializer("value_and_grad").lookup((3.0,), {})
    other = differentiate(lambda x: x * x + 1.0).specializer("value_and_grad").lookup((3.0,), {})
    object.__setattr__(compiled, "primal", other.primal)
    with pytest.raises(VerificationError) as caught:
        d.verify(3.0)
    assert isinstance(caught.value.report, Report)
    assert disagreeing(caught.value.report) == {("symbolic", "the value")}


def at_kink(x: Any) -> Any:
    return np.maximum(x, 0.0) + 0.0 * x


def test_having_tested_nothing_is_a_failure() -> None:
    with pytest.raises(VerificationError) as caught:
        verify(differentiate(at_kink), (0.0,), points=1)
    report = caught.value.report
    assert isinstance(report, Report)
    assert report.uncovered == ("x",)
    assert not report.disagreements
    assert "NOT VERIFIED, no oracle could be applied to x" in str(caught.value)
    assert "two branches of the function meet" in str(caught.value)


def test_the_function_failing_everywhere_is_a_failure() -> None:
    with pytest.raises(VerificationError, match="no oracle could be applied"):
        differentiate(logarithm).verify(-1.0)


def logarithm(x: Any) -> Any:
    return np.log(x)


def ones_by_softmax(x: Any) -> Any:
    e = np.exp(x - np.max(x))
    return np.sum(e / np.sum(e))


def test_a_gradient_that_is_zero_up_to_rounding() -> None:
    report = differentiate(ones_by_softmax).verify(vector)
    assert {f.oracle for f in report.findings} >= {"differences", "symbolic"}
    assert all(f.ulps is None for f in report.findings)


def test_leaves_are_named_as_one_would_write_them() -> None:
    named = {f.of for p in PROGRAMS[-2:] for f in differentiate(p.function).verify(*p.args).findings}
    assert named >= {"c.W", "c.rate", "p['first'].a", "p['first'].b", "p['second'][0]"}


def test_small_arguments_can_be_given() -> None:
    report = verify(differentiate(sum_of_squares), (vector,), small=(vector[:3],))
    assert "symbolic: with x (3,)" in report.notes
    (finding,) = [f for f in report.findings if (f.oracle, f.of) == ("symbolic", "x")]
    assert (finding.points, finding.entries) == (3, 9)


def test_when_shrinking_fails_the_report_says_why() -> None:
    report = differentiate(fixed_size).verify(np.arange(12.0))
    assert report.ok
    (skipped,) = {s.reason for s in report.skipped if s.oracle == "symbolic"}
    assert "fixed_size raises ValueError" in skipped
    assert "tried x (2,)" in skipped


def fixed_size(x: Any) -> Any:
    return np.sum(x * np.arange(1.0, 13.0))


@pytest.mark.parametrize("args", [(), (1.0, 2.0)])
def test_arguments_that_do_not_fit(args: tuple[Any, ...]) -> None:
    with pytest.raises(SignatureError):
        differentiate(square).verify(*args)


def test_what_cannot_be_compiled_says_so() -> None:
    with pytest.raises(DifferentiationError):
        differentiate(square).verify(3)


def test_arguments_are_left_alone() -> None:
    x = vector.copy()
    differentiate(sum_of_squares).verify(x)
    assert (x == vector).all()


def test_reports_are_reproducible() -> None:
    d = differentiate(sum_of_squares)
    assert str(d.verify(vector)) == str(d.verify(vector))
