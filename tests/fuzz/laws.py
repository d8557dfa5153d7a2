"""The laws of one program at one point. No oracle shares derivative code with what is checked."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from support.laws import (
    assert_belongs,
    assert_clean,
    assert_no_shared_memory,
    assert_same_bits,
    direction_of,
    directional,
    is_float,
    leaves,
    mapped,
    run,
)

from fuzz.loading import load
from fuzz.programs import Program
from pullback import differentiate
from pullback.autodiff.calls import value_and_grad
from pullback.errors import DifferentiationError, SeveralErrors
from pullback.ir.core import Module
from pullback.ir.verify import verify_module
from pullback.pipeline import _wrt, gradient_program

POINTS = 3
DIRECTIONS = 2


class LawBroken(AssertionError):
    """A law does not hold; the message opens with its name."""


@dataclass
class Outcome:
    """What became of a program: `broken` names a law, `refused` a reason; neither: all laws hold."""

    broken: str = ""
    detail: str = ""
    refused: list[str] = field(default_factory=list)
    comparisons: int = 0


@contextmanager
def law(name: str) -> Iterator[None]:
    """Name the law that an exception breaks."""
    try:
        yield
    except (DifferentiationError, LawBroken):
        raise
    except Exception as error:
        raise LawBroken(f"{name}: {type(error).__name__}: {error}") from error


def examine(program: Program) -> Outcome:
    """Hold a program against every law."""
    outcome = Outcome()
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            _Trial(program, outcome).run()
        except LawBroken as error:
            name, _, detail = str(error).partition(": ")
            outcome.broken, outcome.detail = name, detail
        except SeveralErrors as error:
            outcome.refused = [e.found for e in error.errors]
        except DifferentiationError as error:
            outcome.refused = [error.found]
    return outcome


class _Trial:
    def __init__(self, program: Program, outcome: Outcome) -> None:
        space = load(program.source)
        self.function: Any = space["program"]
        self.args: tuple[Any, ...] = space["ARGUMENTS"]
        self.wrt, self.has_aux = program.wrt, program.has_aux
        self.outcome = outcome

    def run(self) -> None:
        expected = self.function(*copy.deepcopy(self.args))
        before = copy.deepcopy(self.args)
        with law("compiles"):
            differentiable = differentiate(self.function, wrt=self.wrt, has_aux=self.has_aux)
            compiled = differentiable.lower(*self.args).compiled
        with law("runs"):
            value, gradient = differentiable.value_and_grad(*self.args)
        with law("value"):
            assert_same_bits(value, expected)
        with law("arguments are untouched"):
            assert_same_bits(self.args, before)
        with law("structure of the gradient"):
            for k, part in zip(self.wrt, gradient, strict=True):
                assert_belongs(part, self.args[k])
        found = list(leaves(gradient))
        with law("no memory is shared"):
            assert_no_shared_memory(found, [*leaves(self.args), *leaves(value)])
        with law("derivative"):
            self.check_derivative(differentiable)
        with law("second call"):
            assert_same_bits(differentiable.value_and_grad(*self.args), (value, gradient))
            assert_same_bits(differentiable.grad(*self.args), gradient)
        with law("clean source"):
            assert_clean(differentiable.lower(*self.args).source)
        request = differentiable.specializer("value_and_grad").request
        with law("IR after each pass"):
            gradient_program(compiled.primal, request, observe)
        with law("interpreter"):
            assert_same_bits(run(compiled.primal, self.args, compiled), value)
            assert_same_bits(run(compiled.program, self.args, compiled), (value, gradient))
        with law("unoptimised"):
            positions, _ = _wrt(compiled.primal, request)
            plain = value_and_grad(compiled.primal.module, positions, compiled.program.module.entry, lambda fn: fn)
            verify_module(plain)
            unoptimised = run(replace(compiled.program, module=plain), self.args, compiled)
            assert_close(list(leaves(unoptimised[1])), found)

    def check_derivative(self, differentiable: Any) -> None:
        """At one of a few points nearby, should a kink be close: there the slope depends on the step."""
        rng = np.random.default_rng(0)
        for k in range(POINTS):
            args = self.args if k == 0 else tuple(mapped(self.args, lambda leaf: moved(leaf, rng)))
            try:
                self.compare(differentiable, args, rng)
            except AssertionError:
                if k == POINTS - 1:
                    raise
            else:
                return

    def compare(self, differentiable: Any, args: tuple[Any, ...], rng: np.random.Generator) -> None:
        found = list(leaves(differentiable.grad(*args)))
        single = any(isinstance(x, np.ndarray | np.generic) and x.dtype == np.float32 for x in leaves(args))
        primal = (lambda *a: self.function(*a)[0]) if self.has_aux else self.function
        for _ in range(DIRECTIONS):
            steps = {k: [direction_of(leaf, rng) for leaf in leaves(args[k])] for k in self.wrt}
            wanted, slack = directional(primal, args, steps)
            pairs = zip(found, (s for k in self.wrt for s in steps[k]), strict=True)
            terms = [np.asarray(g, float) * s for g, s in pairs if s is not None]
            got = float(sum(np.sum(t) for t in terms))
            scale = max(1.0, abs(wanted), *(float(np.sum(np.abs(t))) for t in terms))
            assert 10 * slack <= 1e-3 * scale, f"differences say nothing here: {wanted} +- {slack}"
            assert abs(got - wanted) <= (1e-3 if single else 1e-6) * scale + 10 * slack, (got, wanted, slack)
            self.outcome.comparisons += 1


def observe(name: str, module: Module) -> None:
    verify_module(module)


def moved(leaf: Any, rng: np.random.Generator) -> Any:
    """A float, or an array of floats, a little away."""
    if not is_float(leaf):
        return copy.deepcopy(leaf)
    near = leaf + 0.02 * rng.normal(size=np.shape(leaf))
    return type(leaf)(near) if not isinstance(leaf, np.ndarray) else np.asarray(near, leaf.dtype)


def assert_close(a: list[Any], b: list[Any]) -> None:
    """Equal up to rounding, measured against the largest part of the whole."""
    floats = [np.asarray(x) for x in (*a, *b) if x is not None]
    largest = max((float(np.max(np.abs(x), initial=0.0)) for x in floats), default=0.0)
    single = any(x.dtype == np.float32 for x in floats)
    tol = (1e-4 if single else 1e-9) * max(1.0, largest)
    for x, y in zip(a, b, strict=True):
        if x is not None or y is not None:
            np.testing.assert_allclose(np.asarray(x), np.asarray(y), rtol=0, atol=tol)
