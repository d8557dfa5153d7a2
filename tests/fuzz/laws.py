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
TAME = 1e3
STEEPEST = 1e4
LARGER = {2: 4, 3: 5}
EQUAL = {2: 3}


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
        with law("compiles"):
            differentiable = differentiate(self.function, wrt=self.wrt, has_aux=self.has_aux)
            compiled = differentiable.lower(*self.args).compiled
        value, gradient = self.check_point(differentiable, self.args, "")
        with law("second call"):
            assert_same_bits(differentiable.value_and_grad(*self.args), (value, gradient))
            assert_same_bits(differentiable.grad(*self.args), gradient)
        with law("clean source"):
            assert_clean(differentiable.lower(*self.args).source)
        rng = np.random.default_rng(1)
        for where, args in (
            ("elsewhere", mapped(self.args, lambda leaf: anywhere(leaf, rng))),
            ("of other sizes", mapped(self.args, lambda leaf: resized(leaf, LARGER))),
            ("of equal sizes", mapped(self.args, lambda leaf: resized(leaf, EQUAL))),
            ("with other counts", mapped(self.args, lambda leaf: leaf + 1 if type(leaf) is int else leaf)),
            ("without trips", mapped(self.args, lambda leaf: 0 if type(leaf) is int else leaf)),
        ):
            if self.is_valid(args):
                self.check_point(differentiable, args, f" {where}")
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
            # at singular points it is the passes that keep 0 * inf out (docs/numerics.md)
            pairs = zip(leaves(unoptimised[1]), leaves(gradient), strict=True)
            assert_close([b if a is None else np.where(np.isnan(a), b, a) for a, b in pairs], list(leaves(gradient)))

    def is_valid(self, args: tuple[Any, ...]) -> bool:
        """Whether the function runs for these arguments, its value is tame, and nothing overflows on the way."""
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise"):
                value = self.function(*copy.deepcopy(args))
        except (ValueError, LookupError, TypeError, ArithmeticError, NameError, AttributeError):
            return False
        value = value[0] if self.has_aux else value
        return np.ndim(value) == 0 and bool(np.isfinite(value)) and abs(value) < TAME

    def check_point(self, differentiable: Any, args: tuple[Any, ...], where: str) -> tuple[Any, Any]:
        """The laws of one call; the value (and aux) and the gradient."""
        expected = self.function(*copy.deepcopy(args))
        before = copy.deepcopy(args)
        with law("runs" + where):
            value, gradient = differentiable.value_and_grad(*args)
        with law("value" + where):
            assert_same_bits(value, expected)
        with law("arguments are untouched" + where):
            assert_same_bits(args, before)
        with law("structure of the gradient" + where):
            for k, part in zip(self.wrt, gradient, strict=True):
                assert_belongs(part, args[k])
        with law("no memory is shared" + where):
            assert_no_shared_memory(list(leaves(gradient)), [*leaves(args), *leaves(value)])
        with law("derivative" + where):
            self.check_derivative(differentiable, args)
        return value, gradient

    def check_derivative(self, differentiable: Any, args: tuple[Any, ...]) -> None:
        """At one of a few points nearby, should a kink be close: there the slope depends on the step."""
        rng = np.random.default_rng(0)
        for k in range(POINTS):
            near = args if k == 0 else mapped(args, lambda leaf: moved(leaf, rng))
            try:
                self.compare(differentiable, near, rng)
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
            try:
                wanted, slack = directional(primal, args, steps)
            except (ValueError, LookupError, NameError):
                return  # another arm of a conditional is near, that is not for these sizes
            pairs = zip(found, (s for k in self.wrt for s in steps[k]), strict=True)
            terms = [np.asarray(g, float) * s for g, s in pairs if s is not None]
            got = float(sum(np.sum(t) for t in terms))
            scale = max(1.0, abs(wanted), *(min(float(np.sum(np.abs(t))), STEEPEST) for t in terms))
            if not (10 * slack <= 1e-3 * max(1.0, abs(wanted)) and abs(wanted) < STEEPEST):
                return  # differences say nothing here
            assert abs(got - wanted) <= (1e-3 if single else 1e-6) * scale + 10 * slack, (got, wanted, slack)
            self.outcome.comparisons += 1


def observe(name: str, module: Module) -> None:
    verify_module(module)


def anywhere(leaf: Any, rng: np.random.Generator) -> Any:
    """Other floats, by which other arms of conditionals are taken."""
    if not is_float(leaf):
        return copy.deepcopy(leaf)
    other = rng.uniform(-1.5, 1.5, np.shape(leaf))
    return type(leaf)(other) if not isinstance(leaf, np.ndarray) else np.asarray(other, leaf.dtype)


def resized(leaf: Any, sizes: dict[int, int]) -> Any:
    """An array of floats with other sizes in place of some, the same ones everywhere."""
    if not isinstance(leaf, np.ndarray) or leaf.dtype.kind != "f" or not leaf.ndim:
        return copy.deepcopy(leaf)
    return np.resize(leaf, tuple(sizes.get(n, n) for n in leaf.shape)) * leaf.dtype.type(0.9)


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
