"""Runs the oracles at several points and puts what they say into one report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from pullback.errors import DifferentiationError
from pullback.ir.interface import Mode, Path
from pullback.ir.types import is_generator
from pullback.specialize import Specializer
from pullback.verify import numeric
from pullback.verify.numeric import COMPLEX_STEP, DIFFERENCES, Differences
from pullback.verify.shrink import describe, shrunk
from pullback.verify.subject import Point, Subject, Unusable
from pullback.verify.values import is_inexact, leaves
from pullback.verify.verdict import EPSILON, FUNCTION, TOGETHER, Comparison, Finding, Report, Skipped, judge

SYMBOLIC = "symbolic"
Progress = Callable[[str], None]


class Differentiated(Protocol):
    """What `pullback.differentiate` returns."""

    def specializer(self, mode: Mode, /) -> Specializer:
        """What compiles the derivative."""


def verify(
    differentiable: Differentiated,
    args: tuple[Any, ...],
    kwargs: dict[str, Any] | None = None,
    *,
    small: tuple[Any, ...] | None = None,
    points: int = 3,
    rtol: float | None = None,
    seed: int = 0,
    generated: Callable[..., Any] | None = None,
    progress: Progress = lambda what: None,
) -> Report:
    """Compare the generated value and gradient with oracles that share nothing with the derivative rules.

    The value is compared with the function's own. The gradient is compared with differences of the function, with its
    complex step where it is analytic, and with what SymPy derives from the traced program on small arguments.

    Args:
        differentiable: what `pullback.differentiate` returns.
        args: arguments of the function, around which it is verified.
        kwargs: its keyword arguments.
        small: arguments for SymPy (a few dozen entries in all); by default `args`, made small.
        points: how many points: the arguments themselves, and others close by.
        rtol: relative tolerance; by default the square root of the precision of each parameter (1.5e-8 for float64).
        seed: of the points, and of the sample of entries where there are many.
        generated: verify this function, from a module built ahead of time, in place of what is compiled now.
        progress: is told what comes next.

    Returns:
        The report; it is ok.

    Raises:
        VerificationError: an oracle disagrees, or none could be applied to some leaf. Its `report` has the details.
        DifferentiationError: the function cannot be compiled for these arguments.

    >>> import pullback
    >>> report = verify(pullback.differentiate(lambda x: x * x), (3.0,))
    >>> report.ok
    True
    """
    run = _Run(differentiable, kwargs or {}, points, rtol, seed, generated, progress)
    return run.report(args, small).check()


class _Collected:
    """Comparisons by oracle and leaf, over all points."""

    def __init__(self) -> None:
        self.by_oracle: dict[str, dict[str, tuple[Any, list[Comparison], int]]] = {}

    def add(self, oracle: str, name: str, leaf: Any, comparisons: list[Comparison]) -> None:
        if comparisons:
            of_oracle = self.by_oracle.setdefault(oracle, {})
            _, before, points = of_oracle.get(name, (leaf, [], 0))
            of_oracle[name] = (leaf, before + comparisons, points + 1)

    def judged(self, value: float, rtol: float | None, precision: float = 0.0) -> Iterator[Finding]:
        """A finding per oracle and leaf, given the magnitude of the function's value, and how exactly it computes."""
        for oracle, of_oracle in self.by_oracle.items():
            scale = max((abs(c.expected) for _, found, _ in of_oracle.values() for c in found), default=0.0)
            for name, (leaf, found, points) in of_oracle.items():
                yield judge(oracle, name, points, found, rtol or max(_rtol(leaf), precision**0.5), scale, value)


class _Run:
    def __init__(
        self,
        differentiable: Differentiated,
        kwargs: dict[str, Any],
        points: int,
        rtol: float | None,
        seed: int,
        generated: Callable[..., Any] | None,
        progress: Progress,
    ) -> None:
        if points < 1:
            raise ValueError("verification needs at least one point")
        both = differentiable.specializer("value_and_grad")
        self.specializer = both
        self.grad = differentiable.specializer("grad") if generated is None else None
        self.kwargs = kwargs
        self.points = points
        self.rtol = rtol
        self.seed = seed
        self.progress = progress
        name = getattr(both.function, "__name__", repr(both.function))
        self.subject = Subject(name, both.function, generated or both, both.request, both.signature)
        self.wrt = both.request.wrt
        self.findings: list[Finding] = []
        self.skipped: list[Skipped] = []
        self.notes: list[str] = []

    def report(self, args: tuple[Any, ...], small: tuple[Any, ...] | None) -> Report:
        point = self.subject.point(args, self.kwargs)
        compiled = self.specializer.lookup(args, self.kwargs)  # what cannot be compiled says so here
        hidden = [p.hidden.read() for p in compiled.primal.parameters if p.hidden is not None]
        self.subject = replace(self.subject, generators=tuple(filter(is_generator, hidden)))
        try:
            self.subject.expect_repeatable(point)
        except Unusable as error:
            self.skipped += [Skipped(oracle, "", str(error)) for oracle in (FUNCTION, DIFFERENCES, SYMBOLIC)]
        else:
            self._numeric(point)
            self._symbolic(point, small)
        wanted = tuple(point.name(path) for path, leaf in point.inexact(self.wrt).items() if np.size(leaf))
        title = f"gradient of {self.subject.name} with respect to {', '.join(self.wrt)}"
        skipped, notes = tuple(dict.fromkeys(self.skipped)), tuple(dict.fromkeys(self.notes))
        return Report(title, wanted, tuple(self.findings), skipped, notes)

    def _points(self, first: Point) -> Iterator[tuple[str, Point]]:
        rng = np.random.default_rng(self.seed)
        yield "the first point", first
        for k in range(1, self.points):
            yield f"point {k + 1}", self.subject.nearby(first, rng)

    # The function's values, differences, and the complex step.

    def _numeric(self, first: Point) -> None:
        values: list[Comparison] = []
        alone: list[Comparison] = []
        collected = _Collected()
        rng = np.random.default_rng(self.seed)
        for where, here in self._points(first):
            self.progress(f"differences at {where}")
            claimed = self._claim(here, FUNCTION)
            if claimed is None:
                continue
            result, gradient = claimed
            noise = self._noise(here, claimed)
            try:
                values += _beside(result, self.subject.result(here), "the value")
                alone += self._alone(here, gradient)
                differences = Differences(self.subject, here)
            except Unusable as error:
                self.skipped.append(Skipped(DIFFERENCES, "", f"at {where}, {error}"))
                continue
            for path, leaf in here.inexact(self.wrt).items():
                name = here.name(path)
                entry = self._entry(gradient, path, name, leaf)
                if entry is None:
                    continue
                probes = list(numeric.probes(path, name, leaf, rng))
                compared, exact, reason = differences.compare(entry, probes, noise.get(path, 0.0))
                collected.add(DIFFERENCES, name, leaf, compared)
                collected.add(COMPLEX_STEP, name, leaf, exact)
                if len(compared) < len(probes):
                    told = f"{len(probes) - len(compared)} of {len(probes)} do not converge at {where}"
                    self.skipped.append(Skipped(DIFFERENCES, name, told))
                if reason:
                    self.skipped.append(Skipped(COMPLEX_STEP, "", reason))
        self._judge(FUNCTION, "the value", values, first)
        self._judge(TOGETHER, "grad alone", alone, first)
        self.findings += collected.judged(_magnitude(values), self.rtol)

    def _judge(self, oracle: str, of: str, found: list[Comparison], first: Point) -> None:
        if found:
            rtol = self.rtol or _rtol(first)
            self.findings.append(judge(oracle, of, self.points, found, rtol, _magnitude(found), 0.0))

    def _claim(self, point: Point, oracle: str) -> tuple[Any, Any] | None:
        """What generated code returns; what it raises, and that it changes its arguments, is a disagreement."""
        try:
            return self.subject.claim(point)
        except DifferentiationError:
            raise
        except Unusable as error:
            told = str(error)
        except Exception as error:  # whatever generated code raises
            told = f"it raises {type(error).__name__}: {error}"
        try:
            self.subject.result(point)
        except Unusable as error:
            self.skipped.append(Skipped(oracle, "", str(error)))
        else:
            self._disagree(oracle, "generated code", told)
        return None

    def _noise(self, point: Point, claimed: tuple[Any, Any]) -> dict[Path, float]:
        """How much of what generated code says is rounding; nothing is known where its structure is wrong."""
        try:
            return self.subject.rounding(point, claimed)
        except Exception:  # said elsewhere, as a disagreement
            return {}

    def _alone(self, point: Point, gradient: Any) -> list[Comparison]:
        """The gradient that is computed without the value, beside the one that is computed with it."""
        if self.grad is None:
            return []
        return _beside(self.subject.run(self.grad, point), gradient, "the gradient")

    def _entry(self, gradient: Any, path: Path, name: str, leaf: Any) -> Any:
        """The gradient of a leaf; that it is missing or has another shape or dtype is a disagreement."""
        try:
            entry = self.subject.gradient_at(gradient, path)
        except (LookupError, AttributeError, TypeError) as error:
            return self._disagree("structure", name, f"the gradient has no {name}: {error!r}")
        given, wanted = np.asarray(entry), np.asarray(leaf)
        if entry is None:
            return self._disagree("structure", name, f"the gradient of {name} is None")
        if (given.shape, given.dtype) != (wanted.shape, wanted.dtype):
            told = f"is {given.dtype} of shape {given.shape}; the parameter is {wanted.dtype} of shape {wanted.shape}"
            return self._disagree("structure", name, f"the gradient of {name} {told}")
        return entry

    def _disagree(self, oracle: str, of: str, told: str) -> None:
        self.findings.append(Finding(oracle, of, 1, 1, np.inf, None, told))

    # SymPy.

    def _symbolic(self, first: Point, small: tuple[Any, ...] | None) -> None:
        candidates = shrunk(first) if small is None else iter([self.subject.point(small, self.kwargs)])
        reasons: list[str] = []
        for candidate in candidates:
            self.progress(f"SymPy on {describe(candidate, self.wrt)}")
            try:
                self._symbolic_near(candidate)
            except (Unusable, DifferentiationError) as error:
                reasons.append(f"{error} (tried {describe(candidate, self.wrt)})")
            else:
                return
        self.skipped += [Skipped(SYMBOLIC, "", reason) for reason in reasons]

    def _symbolic_near(self, first: Point) -> None:
        """All the points around these small arguments.

        Raises:
            Unusable: none can be done.
        """
        from pullback.verify import expressions  # loads SymPy

        collected = _Collected()
        values: list[Comparison] = []
        branches: set[tuple[bool, ...]] = set()
        precision = 0.0
        refused: list[str] = []
        for where, here in self._points(first):
            try:
                result = self.subject.result(here)
                primal = self.specializer.lookup(*self.subject.call(here)).primal
                with self.subject.drawing_again(here):
                    exact = expressions.differentiated(primal, here, self.wrt)
            except Unusable as error:
                refused.append(f"at {where}, {error}")
                if len(refused) == self.points:
                    raise
                continue
            claimed = self._claim(here, SYMBOLIC)
            if claimed is None:
                continue
            branches.add(exact.branches)
            precision = max(precision, exact.precision)
            values += _beside(claimed[0], result, "the value")
            noise = self._noise(here, claimed)
            value = np.asarray(claimed[0][0] if self.subject.request.has_aux else claimed[0])
            collected.add(
                SYMBOLIC,
                "the value",
                value,
                [Comparison("the value", value.item(), float(exact.value), noise.get((), 0.0))],
            )
            for path, leaf in here.inexact(self.wrt).items():
                name = here.name(path)
                entry = self._entry(claimed[1], path, name, leaf)
                if entry is not None:
                    collected.add(
                        SYMBOLIC, name, leaf, expressions.compare(name, entry, exact, path, noise.get(path, 0.0))
                    )
        self._judge(FUNCTION, "the value, small", values, first)
        self.findings += collected.judged(_magnitude(values), self.rtol, precision)
        self.skipped += [Skipped(SYMBOLIC, "", reason) for reason in refused]
        self.notes.append(f"symbolic: with {describe(first, self.wrt)}")
        if any(branches):
            self.notes.append(f"symbolic: covers the branches that these points take ({len(branches)} different)")


def _rtol(value: Any) -> float:
    """The square root of the precision: of the least precise leaf of a point."""
    found = value.leaves().values() if isinstance(value, Point) else [value]
    precisions = [np.finfo(np.asarray(leaf).dtype).eps for leaf in found if is_inexact(leaf)]
    return float(max(precisions, default=EPSILON) ** 0.5)


def _magnitude(found: list[Comparison]) -> float:
    return max((abs(c.expected) for c in found), default=0.0)


def _beside(got: Any, expected: Any, name: str) -> list[Comparison]:
    """The numbers in two results, side by side; another structure is a disagreement."""
    there, here = dict(leaves(expected)), dict(leaves(got))
    if {path: np.shape(leaf) for path, leaf in there.items()} != {path: np.shape(leaf) for path, leaf in here.items()}:
        return [Comparison(f"the structure of {name}", np.nan, 0.0)]
    return [
        Comparison(f"{name}{''.join(f'[{k!r}]' for k in path)}", a, b)
        for path in there
        for a, b in zip(np.ravel(here[path]).tolist(), np.ravel(there[path]).tolist(), strict=True)
    ]
