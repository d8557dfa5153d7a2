"""Functions of libraries that are given a function: what is refused, with its place and its words."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
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
from pullback.primitives.registry import NoDerivative

pytest.importorskip("scipy")
from scipy import ndimage, stats
from scipy.integrate import dblquad, odeint, quad, quad_vec, solve_ivp
from scipy.optimize import bisect, brenth, brentq, fsolve, minimize, minimize_scalar, newton, ridder, root, root_scalar

from pullback.primitives.scipy.roots import root_pullback
from pullback.primitives.scipy.solutions import solution_pullback

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


def printing_rates(c):
    def rhs(t, y):
        print(t)
        return -c * y

    return solve_ivp(rhs, (0, 1), [1.0], t_eval=[1.0]).y[0, 0]


def whether_it_was_solved(c):
    found = solve_ivp(lambda t, y: -c * y, (0, 1), [1.0], t_eval=[1.0])
    return found.y[0, 0] if found.success else 0.0


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
    (lambda c: dblquad(lambda y, x: c * x, 0, 1, 0, 1)[1], 0.7, "the error that `dblquad` gives is read"),
    (printing_rates, 0.7, "`solve_ivp` is given `rhs`, which prints, raises, or draws at random"),
    (whether_it_was_solved, 0.7, "`.success` of what `solve_ivp` gives is read"),
    (lambda c: np.sum(solve_ivp(lambda t, y: -c * y, (0, 1), [1.0]).t), 0.7, "`.t` of what `solve_ivp` gives is read"),
    (lambda c: solve_ivp(lambda t, y: -c * y, (0, 1, 2), [1.0], t_eval=[1]).y[0, -1], 0.7, "must be a pair"),
    (lambda c: np.sum(odeint(lambda y, t: -c * y, X, [0, 1], full_output=1)[0]), 0.7, "`full_output=`"),
    (lambda c: np.sum(odeint(lambda y, t: -c * y, X, [0, 1], Dfun=lambda y, t: -c)), 0.7, "`Dfun=`"),
    (lambda c: np.sum(odeint(lambda y, t: -c * y, np.eye(2), [0, 1])), 0.7, "what is no real vector"),
    (lambda c: np.sum(odeint(lambda y, t: -c * y, X + 1j, [0, 1]).real), 0.7, "what is no real vector"),
    (lambda c: np.sum(odeint(lambda y, t: [[-c]], X, [0, 1])), 0.7, "does not return an array, or a list of numbers"),
    (lambda c: np.sum(odeint(lambda y, t: -c * y, X, 1.0)), 0.7, "at times that are no vector"),
    (lambda c: newton(lambda x: x * x - c, 1.0, fprime=lambda x: 2 * x), 0.7, "`fprime=`"),
    (lambda c: np.sum(newton(lambda x: x * x - c, np.ones(2))), 0.7, "use scipy.optimize.root"),
    (lambda c: newton(lambda x: x * x + c, 1j).imag, 0.7, "in the complex plane"),
    (lambda c: root_scalar(lambda x: x * x - c, x0=1.0).root, 0.7, "give it a bracket"),
    (lambda c: np.sum(root(lambda x: x * x - c, np.ones((2, 2))).x), 0.7, "what is no real vector"),
    (lambda c: 1.0 if root(lambda x: x * x - c, [1.0]).success else c, 0.7, "`.success` of what `root` gives"),
    (lambda c: minimize_scalar(lambda x: (x - c) ** 2).x, 0.7, "the gradient of what is minimised"),
    (lambda c: minimize(lambda x: np.sum((x - c) ** 2), X).x[0], 0.7, "the gradient of what is minimised"),
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
    lambda c: quad(lambda t: ndimage.map_coordinates(np.ones(3), np.array([[t * 3 * c]]), order=1)[0], 0, 1)[0],
    lambda c: quad(lambda s: quad(lambda t: float(s * t > c), 0, 1)[0], 0, 1)[0],
    lambda c: np.sum(quad_vec(lambda t: X * (t > c), 0, 1)[0]),
    iterating,
]
STATE_JUMPS: list[Callable[[Any], Any]] = [
    lambda c: odeint(lambda y, t: -c * y if y[0] > 0.5 else -y, 1.0, [0, 1])[1, 0],
    lambda c: odeint(lambda y, t: -y if t < c else y, 1.0, [0, 1])[1, 0],
    lambda c: solve_ivp(lambda t, y: np.sign(y - c) - c, (0, 1), [1.0], t_eval=[1.0]).y[0, 0],
    lambda c: solve_ivp(lambda t, y: -(y % c), (0, 1), [c], t_eval=[1.0]).y[0, 0],
    lambda c: brentq(lambda x: x - c + 10.0 * np.sign(x - 0.5), -5, 5),
    lambda c: newton(lambda x: x - c if x > 0 else -x, 1.0),
]


@pytest.mark.parametrize("function", STATE_JUMPS)
def test_a_jump_that_moves_with_the_state_is_refused(function: Callable[[Any], Any]) -> None:
    with pytest.raises(NonDifferentiableError, match="a decision that depends on its solution"):
        pullback.grad(function)(0.7)


@pytest.mark.parametrize("function", MOVING_JUMPS)
def test_a_jump_that_moves_with_the_parameter_is_refused(function: Callable[[Any], Any]) -> None:
    with pytest.raises(NonDifferentiableError, match="a decision that depends on `c`"):
        pullback.grad(function)(0.7)


STAYING_JUMPS: list[Callable[[Any], Any]] = [
    lambda c: quad(lambda t: c if t < 0.5 else c * t, 0, 1, points=[0.5])[0],
    lambda c: quad(lambda t: t if c < 0.5 else c * t, 0, 1)[0],
    lambda c: quad(lambda t: math.floor(c) + c * t, 0, 1)[0],
    lambda c: quad(lambda t: sum(c * X[k] if k * t < 5 else 0.0 for k in range(len(X * t))), 0, 1)[0],
    lambda c: quad(lambda t: c * t if int(2 * t) < c else -t, 0, 1, points=[0.5])[0],
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


def differentiated_again(module: Module, result: int, count: int) -> Module:
    """The gradient of one entry of a gradient, all of which is primal now."""
    main = module.main
    entry = replace(main, block=replace(main.block, results=(main.results[result],)))

    def primal(block: Block) -> Block:
        ops = (replace(op, sweep="primal", blocks=tuple(map(primal, op.blocks))) for op in block.ops)
        return replace(block, ops=tuple(ops))

    functions = {**module.functions, main.name: entry}
    once = Module({name: replace(fn, block=primal(fn.block)) for name, fn in functions.items()}, main.name)
    return verify_module(value_and_grad(once, range(count), "twice", tidy))


def test_the_derivative_of_the_derivative() -> None:
    """The gradient is made of integrals again, so that it can be differentiated: beside the formulas."""
    b, k = 1.3, 0.8
    once = value_and_grad(module_of(b, k), (0, 1), "once", tidy)
    for position, true in ((1, [-2 * k * b, -b * b]), (2, [-b * b, None])):
        _, *found = evaluate(differentiated_again(once, position, 2), (b, k))
        for mine, factor in zip(found, true, strict=True):
            exact = (
                quad(lambda t: t**4 * np.exp(-k * t * t), 0, b)[0] if factor is None else factor * np.exp(-k * b * b)
            )
            assert float(mine) == pytest.approx(float(exact), rel=1e-8)


def test_an_integral_of_a_derivative_that_does_not_converge_is_an_error() -> None:
    def function(w: Any) -> Any:  # ever faster, and its derivative grows with it
        return np.sum(quad_vec(lambda t: np.sin(w * t * t), 0, 100, limit=20)[0])

    with pytest.raises(RuntimeError, match="does not converge"):
        pullback.grad(function)(np.array([3.0, 2.0]))


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


# Solutions that are known.


@pytest.mark.parametrize("method", ["RK45", "DOP853", "Radau", "BDF", "LSODA"])
def test_the_derivative_of_an_exponential_by_every_method(method: str) -> None:
    def last(k: float, y0: float, end: float) -> float:
        return solve_ivp(lambda t, y: -k * y, (0.0, end), [y0], method=method, t_eval=[end], rtol=1e-8, atol=1e-10).y[
            0, 0
        ]

    k, y0, end = 0.6, 2.0, 1.5
    true = y0 * math.exp(-k * end)
    found = pullback.grad(last, (0, 1, 2))(k, y0, end)
    assert found == pytest.approx((-end * true, true / y0, -k * true), rel=1e-5)


def test_the_derivative_of_a_harmonic_oscillator() -> None:
    def position(omega: float, amplitude: float, times: Any) -> Any:
        y = odeint(lambda y, t: [y[1], -omega * omega * y[0]], [amplitude, 0.0], times, rtol=1e-10, atol=1e-12)
        return np.sum(y[:, 0])

    omega, amplitude, times = 1.3, 0.7, np.array([0.0, 0.4, 1.7, 3.0])
    by_omega, by_amplitude, by_times = pullback.grad(position, (0, 1, 2))(omega, amplitude, times)
    assert by_omega == pytest.approx(np.sum(-amplitude * times * np.sin(omega * times)), rel=1e-7)
    assert by_amplitude == pytest.approx(np.sum(np.cos(omega * times)), rel=1e-7)
    by_each = -amplitude * omega * np.sin(omega * times)
    by_each[0] = -np.sum(by_each[1:])  # moving the start moves the solution
    assert by_times == pytest.approx(by_each, rel=1e-7, abs=1e-9)


def test_the_derivative_of_logistic_growth() -> None:
    def size(rate: float, capacity: float) -> Any:
        rhs = lambda t, y: rate * y * (1 - y / capacity)
        return solve_ivp(rhs, (0, 4), [0.5], t_eval=[4.0], method="LSODA", rtol=1e-10, atol=1e-12).y[0, 0]

    rate, capacity = 0.9, 3.0

    def exact(rate: float, capacity: float) -> float:
        return capacity / (1 + (capacity / 0.5 - 1) * math.exp(-rate * 4))

    assert pullback.grad(size, (0, 1))(rate, capacity) == pytest.approx(
        pullback.grad(exact, (0, 1))(rate, capacity), rel=1e-7
    )


def test_a_small_cotangent_is_integrated_as_precisely_as_a_large_one() -> None:
    def last(k: float, weight: float) -> Any:
        return weight * odeint(lambda y, t: -k * y, 1.0, [0.0, 1.0])[1, 0]

    exact = -math.exp(-0.7)
    for weight in (1e-20, 1.0, 1e20):
        assert pullback.grad(last)(0.7, weight) == pytest.approx(exact * weight, rel=1e-6)


def test_what_decays_fast_is_not_followed_backwards() -> None:
    def last(k: float) -> Any:
        return odeint(lambda y, t: -k * (y - np.cos(t)), 0.0, [0.0, 3.0], rtol=1e-9, atol=1e-11)[1, 0]

    k = 500.0  # k y - sin t ... : y = (k^2 cos t + k sin t) / (k^2 + 1) long after the start
    slope = lambda k: (k * k * math.cos(3.0) + k * math.sin(3.0)) / (k * k + 1)
    assert pullback.grad(last)(k) == pytest.approx(pullback.grad(slope)(k), rel=1e-4)


def test_a_solution_at_times_that_the_solver_chose() -> None:
    def middle(k: float) -> Any:
        return np.sum(solve_ivp(lambda t, y: -k * y, (0, 2), [1.0]).y ** 2)

    with pytest.raises(RuntimeError, match="pass them by t_eval"):
        pullback.grad(middle)(1.0)


def test_a_solution_that_ends_early_is_an_error() -> None:
    def explodes(k: float) -> Any:
        return np.sum(solve_ivp(lambda t, y: k * y * y, (0, 2), [1.0], t_eval=[0.5, 2.0]).y)

    with pytest.raises(RuntimeError, match="was not solved"):
        pullback.grad(explodes)(1.0)


def test_the_second_derivative_of_a_solution_is_refused() -> None:
    with pytest.raises(NoDerivative, match="integrated by an adjoint"):
        solution_pullback.vjp((1.0,), (), None, (), (), ())


# Roots that are known.


@pytest.mark.parametrize("method", [brentq, brenth, bisect, ridder])
def test_the_derivative_of_a_cube_root_by_every_method(method: Callable[..., Any]) -> None:
    found = pullback.grad(lambda a: method(lambda x: x**3 - a, 0.0, 5.0))(2.0)
    assert found == pytest.approx(2.0 ** (-2 / 3) / 3, rel=1e-9)


def test_the_second_derivative_of_a_root() -> None:
    def square_root(a: float) -> Any:
        return newton(lambda x: x * x - a, 1.0, tol=1e-14)

    once = value_and_grad(trace(square_root, {"a": tree_of(2.0, "a")}).module, (0,), "once", tidy)
    first, second = evaluate(differentiated_again(once, 1, 1), (2.0,))
    assert (float(first), float(second)) == pytest.approx((0.5 * 2**-0.5, -0.25 * 2**-1.5), rel=1e-9)


def test_a_search_that_finds_no_root_is_an_error() -> None:
    def function(c: float) -> Any:
        return fsolve(lambda x: x * x + c, 1.0)[0]  # warns, and gives a point

    with pytest.warns(RuntimeWarning), pytest.raises(RuntimeError, match="the root was not found"):
        pullback.grad(function)(0.7)


def test_the_second_derivative_of_roots_in_several_dimensions_is_refused() -> None:
    with pytest.raises(NoDerivative, match="implicit equations"):
        root_pullback.vjp((1.0,), (), None, (), (), ())
