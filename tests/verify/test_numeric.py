"""Differences against derivatives known by heart; the estimate of their error must hold."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pullback.ir.interface import Request
from pullback.verify.numeric import Differences, probes
from pullback.verify.subject import Subject, Unusable

RANDOM = np.random.default_rng(0)


def differences(function: Callable[..., Any], *args: Any) -> Differences:
    signature = inspect.signature(function)
    name = next(iter(signature.parameters))
    subject = Subject("f", function, function, Request((name,), True), signature)
    return Differences(subject, subject.point(args, {}))


def only_probe(x: Any, path: tuple[Any, ...] = ("x",)) -> Any:
    (probe,) = probes(path, "x", x, np.random.default_rng(0))
    return probe


SMOOTH: list[tuple[Callable[[Any], Any], Callable[[Any], Any], float]] = [
    (lambda x: x**3, lambda x: 3 * x**2, 2.0),
    (np.exp, np.exp, 3.0),
    (np.sin, np.cos, 100.0),
    (np.log, lambda x: 1 / x, 1e-6),
    (np.sqrt, lambda x: 0.5 / np.sqrt(x), 1e-3),
    (np.tanh, lambda x: 1 / np.cosh(x) ** 2, 5.0),
    (lambda x: 1e8 + x, lambda x: 1.0, 1.0),
    (lambda x: np.sin(50 * x), lambda x: 50 * np.cos(50 * x), 1.0),
]


@pytest.mark.parametrize(("function", "derivative", "x"), SMOOTH)
def test_differences_know_how_exact_they_are(
    function: Callable[[Any], Any], derivative: Callable[[Any], Any], x: float
) -> None:
    found = differences(function, x).derivative(only_probe(x))
    assert found is not None
    assert abs(found.value - derivative(x)) <= found.error
    assert found.error <= 1e-5 * abs(derivative(x))


@pytest.mark.parametrize(("function", "derivative", "x"), [s for s in SMOOTH if s[0](1.0) != 1e8 + 1])
def test_the_complex_step_is_exact(function: Callable[[Any], Any], derivative: Callable[[Any], Any], x: float) -> None:
    assert differences(function, x).complex_step(only_probe(x)) == pytest.approx(derivative(x), rel=1e-12)


@pytest.mark.parametrize("x", [0.0, 1e-13, -1e-13])
def test_a_kink_does_not_converge(x: float) -> None:
    at_kink = differences(lambda x: max(x, 0.0) + 1.0, x)
    compared, exact, _ = at_kink.compare(0.5, [only_probe(x)], 0.0)
    assert compared == []
    assert exact == []


def test_beside_a_kink_it_converges() -> None:
    found = differences(lambda x: abs(x - 1.0) + x**2, 1.001).derivative(only_probe(1.001))
    assert found is not None
    assert found.value == pytest.approx(3.002, rel=1e-6)


def test_a_jump_does_not_converge() -> None:
    compared, _, _ = differences(lambda x: float(x > 1.0) + x, 1.0).compare(1.0, [only_probe(1.0)], 0.0)
    assert compared == []


def test_a_derivative_of_zero_is_shown() -> None:
    (found,), _, _ = differences(lambda x: 5.0 + 0 * x, 2.0).compare(0.0, [only_probe(2.0)], 0.0)
    assert (found.got, found.expected) == (0.0, 0.0)


def test_what_is_not_analytic_says_so() -> None:
    compared, exact, reason = differences(lambda x: np.abs(x) * x, -2.0).compare(4.0, [only_probe(-2.0)], 0.0)
    assert len(compared) == 1
    assert exact == []
    assert "not analytic" in reason or "another value" in reason


def test_complex_parameters_by_the_convention_of_jax() -> None:
    # d|z|^2 = 2 x dx + 2 y dy, and the gradient is df/dx - i df/dy
    z = np.array([1.0 + 2.0j])
    function = differences(lambda z: np.sum(z.real**2 + z.imag**2), z)
    found = list(probes(("z",), "z", z, np.random.default_rng(0)))
    compared, _, _ = function.compare(2 * z.conj(), found, 0.0)
    assert [c.got for c in compared] == pytest.approx([c.expected for c in compared])
    assert [c.got for c in compared] == pytest.approx([2.0, 4.0])


def test_many_entries_are_sampled_and_summed_along_directions() -> None:
    x = np.linspace(1.0, 2.0, 40).reshape(5, 8)
    found = list(probes(("x",), "x", x, np.random.default_rng(0)))
    assert len(found) == 10
    assert sorted({int(np.count_nonzero(p.direction)) for p in found}) == [1, 40]
    compared, _, _ = differences(lambda x: np.sum(x**3), x).compare(3 * x**2, found, 0.0)
    assert [c.got for c in compared] == pytest.approx([c.expected for c in compared], rel=1e-9)
    assert len(compared) == 10


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x: np.log(-x), "the value is nan"),
        (lambda x: x / 0, "raises ZeroDivisionError"),
        (lambda x: np.array([x, x]), "the value is no real number"),
        (lambda x: x * RANDOM.random(), "give different values"),
    ],
)
def test_what_has_no_differences_says_why(function: Callable[..., Any], message: str) -> None:
    with pytest.raises(Unusable, match=message):
        differences(function, 2.0)
