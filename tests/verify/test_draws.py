"""Verification of functions that draw: every call draws the same, and the user's generators are left as they were."""

from typing import Any

import numpy as np
import pytest
from programs.random_draws import program

from pullback import differentiate
from pullback.errors import NonDifferentiableError, SignatureError, VerificationError
from pullback.verify.repeated import drawing_again, global_generators, state_of

X = np.array([0.5, 1.5, -1.0])
OUTSIDE = np.random.default_rng(1)


def with_three_generators(x: Any, rng: np.random.Generator) -> Any:
    return np.sum(x**2 * rng.normal(size=len(x)) + np.sin(x) * OUTSIDE.normal() * np.random.normal())


def test_draws_are_constants_to_every_oracle() -> None:
    rng = np.random.default_rng(2)
    states = [repr(state_of(g)) for g in (rng, OUTSIDE, *global_generators())]
    report = differentiate(with_three_generators).verify(X, rng)
    assert {f.oracle for f in report.findings} >= {"function", "differences", "symbolic"}
    assert [repr(state_of(g)) for g in (rng, OUTSIDE, *global_generators())] == states


@pytest.mark.parametrize("name", ["metropolis_chain", "global_generators", "dropout_by_an_attribute", "minibatches"])
def test_programs_that_draw_are_verified(name: str) -> None:
    row = next(row for row in program.rows if row.function.__name__ == name)
    report = differentiate(row.function, wrt=row.wrt).verify(*row.args)
    assert any(f.oracle == "differences" for f in report.findings)


def test_a_wrong_gradient_is_seen_through_the_noise() -> None:
    def generated(x: Any, rng: np.random.Generator) -> Any:
        noise = rng.normal(size=len(x))
        return np.sum(x * noise), noise * [1.0, 1.001, 1.0]

    differentiable = differentiate(lambda x, rng: np.sum(x * rng.normal(size=len(x))))
    with pytest.raises(VerificationError, match="x"):
        differentiable.verify(X, np.random.default_rng(3), generated=generated)


def test_what_draws_anew_at_each_call_is_not_verified() -> None:
    def unseeded(x: Any) -> Any:
        return x * np.random.default_rng().normal()

    with pytest.raises(VerificationError, match="two calls with the same arguments give different values"):
        differentiate(unseeded).verify(2.0)


@pytest.mark.parametrize(
    "generator", [np.random.default_rng(0), np.random.RandomState(0), np.random.PCG64(0), np.random.MT19937(0)]
)
def test_states_are_put_back(generator: Any) -> None:
    def draw() -> Any:
        is_bits = isinstance(generator, np.random.BitGenerator)
        return generator.random_raw(3).tolist() if is_bits else generator.normal(size=3).tolist()

    with drawing_again([generator]):
        first = draw()
    with drawing_again([generator]):
        assert draw() == first
    assert draw() == first


def drawn(x: Any, rng: np.random.Generator) -> Any:
    return rng.permuted(x)


@pytest.mark.parametrize(
    ("function", "called", "instead"),
    [
        (lambda x, rng: np.sum(rng.normal(x, 1.0)), "rng.normal", r"`loc \+ scale \* rng.standard_normal\(size\)`"),
        (lambda x, rng: np.sum(np.random.uniform(0.0, x)), "np.random.uniform", r"\* np.random.random\(size\)`"),
        (lambda x, rng: x[0] * rng.poisson(x[0] ** 2), "rng.poisson", "pass what does not depend on them"),
        (lambda x, rng: x[rng.choice(3, p=x**2 / np.sum(x**2))], "rng.choice", r"`a\[rng.choice"),
        (lambda x, rng: drawn(2.0 * x, rng)[0], "rng.permuted", "pass what does not depend on them"),
    ],
)
def test_draws_that_depend_on_what_is_differentiated_by(function: Any, called: str, instead: str) -> None:
    with pytest.raises(NonDifferentiableError) as caught:
        differentiate(function).grad(X, np.random.default_rng(0))
    text = str(caught.value)
    assert f"`{called}` is given what depends on the parameters that are differentiated by" in text
    assert caught.value.loc is not None
    with pytest.raises(NonDifferentiableError, match=instead):
        differentiate(function).grad(X, np.random.default_rng(0))


def test_draws_may_depend_on_what_is_not_differentiated_by() -> None:
    def f(x: Any, loc: Any, rng: np.random.Generator) -> Any:
        return np.sum(x * rng.normal(loc, np.exp(loc)))

    gradient = differentiate(f).grad(X, X, np.random.default_rng(5))
    np.testing.assert_array_equal(gradient, np.random.default_rng(5).normal(X, np.exp(X)))
    with pytest.raises(NonDifferentiableError, match=r"`loc \+ scale"):
        differentiate(f, wrt=("x", "loc")).grad(X, X, np.random.default_rng(5))


def test_a_generator_has_no_gradient() -> None:
    with pytest.raises(NonDifferentiableError, match="`rng` is asked for, which is a Generator"):
        differentiate(with_three_generators, wrt="rng").grad(X, np.random.default_rng(0))


def test_one_program_serves_all_generators_of_a_kind() -> None:
    differentiable = differentiate(lambda x, rng: np.sum(x * rng.normal(size=len(x))))
    compiled = differentiable.lower(X, np.random.default_rng(0)).compiled
    again = differentiable.lower(X, np.random.Generator(np.random.MT19937(3))).compiled
    assert compiled is again
    with pytest.raises(SignatureError, match="`rng` was Generator and is RandomState"):
        differentiable.lower(X, np.random.default_rng(0))(X, np.random.RandomState(0))


def test_a_global_generator_is_read_at_each_call(monkeypatch: pytest.MonkeyPatch) -> None:
    differentiable = differentiate(with_three_generators)
    for seed in (7, 8):
        for _ in range(2):
            monkeypatch.setitem(globals(), "OUTSIDE", np.random.default_rng(seed))
            np.random.seed(seed)
            value, _ = differentiable.value_and_grad(X, np.random.default_rng(0))
            monkeypatch.setitem(globals(), "OUTSIDE", np.random.default_rng(seed))
            np.random.seed(seed)
            assert value == with_three_generators(X, np.random.default_rng(0))


def test_a_generator_may_be_handed_back() -> None:
    def f(x: Any, rng: np.random.Generator) -> Any:
        return x * rng.normal(), rng

    rng = np.random.default_rng(0)
    (value, same), gradient = differentiate(f, has_aux=True).value_and_grad(2.0, rng)
    assert same is rng
    assert value == 2.0 * gradient
