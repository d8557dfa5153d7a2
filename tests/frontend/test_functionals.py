"""Functions of libraries that are given a function: what is refused, with its place and its words."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from frontend.oracle import tree_of

import pullback
from pullback.autodiff.calls import value_and_grad
from pullback.errors import DifferentiationError, NonDifferentiableError
from pullback.frontend.trace import trace
from pullback.ir.core import Block, Module
from pullback.ir.evaluate import evaluate
from pullback.ir.functionals import Functional, is_functional
from pullback.ir.verify import verify_module
from pullback.pipeline import tidy

pytest.importorskip("scipy")
from scipy import stats
from scipy.integrate import quad, quad_vec

X = np.array([1.0, -2.0, 3.0])
GENERATOR = np.random.default_rng(0)


def printing(c):
    def f(t):
        print(t)
        return t * c

    return quad(f, 0, 1)[0]


def raising(c):
    def f(t):
        if t < 0:
            raise ValueError("negative")
        return t * c

    return quad(f, 0, 1)[0]


def raising_deeper(c):
    def checked(t):
        assert t >= 0
        return t * t * math.sin(t) * math.cos(t) * math.exp(t) * math.sqrt(t) * math.tanh(t)

    return quad(lambda t: c * checked(t), 0, 1)[0]


def counting(c):
    n = 0

    def f(t):
        nonlocal n
        n += 1
        return t * c

    return quad(f, 0, 1)[0] * n


def writing(c):
    out = np.zeros(3)

    def f(t):
        out[0] += t
        return t * c

    return quad(f, 0, 1)[0] + out[0]


def keeping(c):
    seen = []

    def f(t):
        seen.append(t)
        return t * c

    return quad(f, 0, 1)[0] + len(seen)


def trying(c):
    try:
        return quad(lambda t: c / t, 1, 2)[0]
    except ZeroDivisionError:
        return 0.0


def iterating(c):
    def root(t):
        x = t
        while abs(x * x - c * t) > 1e-10:
            x = (x + c * t / x) / 2
        return x

    return quad(root, 0.1, 1)[0]


def grown(x):
    parts = []
    for v in x:
        if v > 0:
            parts.append(v)
    return quad(lambda t: sum(parts) * t, 0, 1)[0]


def of_the_error(c):
    value, error = quad(lambda t: math.exp(t * c), 0, 1)
    return value + error


REFUSED: list[tuple[Callable[..., Any], Any, str]] = [
    (printing, 0.7, "`quad` is given `f`, which prints, raises, or draws at random"),
    (raising, 0.7, "which prints, raises, or draws at random"),
    (raising_deeper, 0.7, "which prints, raises, or draws at random"),
    (lambda c: quad(lambda t: GENERATOR.normal() * c, 0, 1)[0], 0.7, "which prints, raises, or draws at random"),
    (counting, 0.7, "which changes or hands on what its caller sees"),
    (writing, 0.7, "which changes or hands on what its caller sees"),
    (keeping, 0.7, "which changes or hands on what its caller sees"),
    (trying, 0.7, "`quad` is called in a `try`"),
    (grown, X, "a list that an integrand reads"),
    (of_the_error, 0.7, "the error that `scipy.integrate.quad` estimates has no derivative"),
    (lambda c: quad(lambda t: t * c, 0, 1, weight="cos", wvar=2.0)[0], 0.7, "write the weight into the integrand"),
    (lambda c: quad(lambda t: t * c, 0, 1, full_output=1)[0], 0.7, "`full_output=`"),
    (lambda c: quad(lambda t: (t * c, 1), 0, 1)[0], 0.7, "which does not return a number"),
    (lambda c: quad(lambda t: np.array([t * c]), 0, 1)[0], 0.7, "use scipy.integrate.quad_vec"),
    (lambda c: quad(lambda t: np.exp(1j * t * c), 0, 1)[0].real, 0.7, "its real and its imaginary part"),
    (lambda c: quad(lambda t: c * t, 0, "x")[0], 0.7, "`b` of `quad` is `'x'`"),
    (lambda c: quad(lambda t: c * t, 0)[0], 0.7, "missing a required argument: 'b'"),
    (lambda c: quad(lambda t, s: c * t, 0, 1)[0], 0.7, "is missing the argument 's'"),
    (lambda x: quad(lambda t: t, 0, x)[0], X, "limits that are no real numbers"),
]


@pytest.mark.parametrize(("function", "argument", "words"), REFUSED)
def test_what_has_no_derivative_is_refused_by_name(function: Callable[..., Any], argument: Any, words: str) -> None:
    with pytest.raises(DifferentiationError) as refusal:
        pullback.grad(function)(argument)
    assert words in str(refusal.value)
    assert refusal.value.loc is not None
    assert refusal.value.loc.file == __file__


MOVING_JUMPS: list[Callable[[Any], Any]] = [
    lambda c: quad(lambda t: 1.0 if t < c else 0.0, 0, 1)[0],
    lambda c: quad(lambda t: t % c, 0, 1)[0],
    lambda c: quad(lambda t: np.where(t < c, t, 0.0), 0, 1)[0],
    lambda c: quad(lambda t: math.floor(t / c) * 1.0, 0, 1)[0],
    lambda c: quad(lambda t: math.atan2(t - c, -1.0), 0, 1)[0],
    lambda c: quad(lambda t: np.heaviside(t - c, 0.5), 0, 1)[0],
    lambda c: quad(lambda t: np.sqrt(t - c + 0j).imag * np.interp(t * c, X, X, left=9.0), 0, 1)[0],
    lambda c: quad(lambda t: stats.uniform.pdf(t, 0, c), 0, 1)[0],
    lambda c: quad(lambda t: stats.expon.pdf(t, c), 0, 1)[0],
    lambda c: quad(lambda s: quad(lambda t: float(s * t > c), 0, 1)[0], 0, 1)[0],
    lambda c: np.sum(quad_vec(lambda t: X * (t > c), 0, 1)[0]),
    iterating,
]


@pytest.mark.parametrize("function", MOVING_JUMPS)
def test_a_jump_that_moves_with_the_parameter_is_refused(function: Callable[[Any], Any]) -> None:
    with pytest.raises(NonDifferentiableError, match="a decision that depends on `c`"):
        pullback.grad(function)(0.7)


STAYING_JUMPS: list[Callable[[Any], Any]] = [
    lambda c: quad(lambda t: c if t < 0.5 else c * t, 0, 1, points=[0.5])[0],
    lambda c: quad(lambda t: t if c < 0.5 else c * t, 0, 1)[0],
    lambda c: quad(lambda t: math.floor(c) + c * t, 0, 1)[0],
    lambda c: quad(lambda t: stats.expon.pdf(t, 0, c), -1, 1, points=[0.0])[0],
    lambda c: quad(lambda t: stats.gamma.pdf(t, 2.5, scale=c), 0, 1)[0],
]


@pytest.mark.parametrize("function", STAYING_JUMPS)
def test_a_jump_that_stays_is_none_of_the_derivative(function: Callable[[Any], Any]) -> None:
    h = 1e-4
    steps = (function(0.7 + h) - function(0.7 - h)) / (2 * h)
    assert pullback.grad(function)(0.7) == pytest.approx(steps, rel=1e-6)


def gaussian(b: float, k: float) -> float:
    return quad(lambda t: np.exp(-k * t * t), 0.0, b)[0]


def module_of(b: float, k: float) -> Module:
    return trace(gaussian, {"b": tree_of(b, "b"), "k": tree_of(k, "k")}).module


def test_the_derivative_of_the_derivative() -> None:
    """The gradient is made of integrals again, so that it can be differentiated: beside the formulas."""
    b, k = 1.3, 0.8
    once = value_and_grad(module_of(b, k), (0, 1), "once", tidy)
    for position, true in ((1, [-2 * k * b, -b * b]), (2, [-b * b, None])):
        main = once.main
        block = Block(main.params, main.block.ops, (main.results[position],))
        by_both = {**once.functions, "once": type(main)(main.name, block, main.loc)}
        twice = verify_module(value_and_grad(Module(by_both, "once"), (0, 1), "twice", tidy))
        _, *found = evaluate(twice, (b, k))
        for mine, factor in zip(found, true, strict=True):
            exact = (
                quad(lambda t: t**4 * np.exp(-k * t * t), 0, b)[0] if factor is None else factor * np.exp(-k * b * b)
            )
            assert float(mine) == pytest.approx(float(exact), rel=1e-8)


def test_what_the_integrand_does_not_read_is_not_handed_on() -> None:
    def function(a, x):
        size = len(x)
        offset = a * 2
        return quad(lambda t: a * t + size, 0, offset)[0]

    source = pullback.differentiate(function, wrt="a").lower(0.7, X).source
    assert "args=(a, size)" in source or "args=(size, a)" in source


def test_what_the_verifier_says_of_a_wrong_callee() -> None:
    module = module_of(1.0, 2.0)
    row = next(Functional(op) for op in module.main.block.ops if is_functional(op))
    without = {name: fn for name, fn in module.functions.items() if name != row.callee}
    with pytest.raises(AssertionError, match="which the module does not have"):
        verify_module(Module(without, module.entry))
