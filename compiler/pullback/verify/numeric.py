"""The numeric oracles: differences of the user's own function, no IR and no rule involved.

Central differences over a ladder of steps, each a quarter of the one before, extrapolated once (Richardson): the step
is chosen whose neighbours agree best, and their disagreement, the rounding error of the difference and what is left of
the jump between left and right differences (a kink) are the estimate of its error. Where the function takes complex
arguments and is analytic, the complex step Im f(x + ih v) / h is as good as exact (Squire and Trapp 1998).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from pullback.ir.interface import Path
from pullback.records import dataclass
from pullback.verify.subject import Point, Subject, Unusable, like
from pullback.verify.verdict import EPSILON, Comparison

DIFFERENCES = "differences"
COMPLEX_STEP = "complex step"
LADDER = 13  # from an eighth of the argument's magnitude down to 1e-8 of it
MOST_ENTRIES = 8  # per leaf; larger leaves are sampled
DIRECTIONS = 2  # per leaf that is sampled
ENOUGH = 1e-11  # relative; no smaller step is tried
WORTH = 1e-3  # an oracle less exact than this, relative to the leaf, judges nothing


@dataclass(frozen=True, slots=True)
class Probe:
    """A direction in one leaf, along which the derivative is taken."""

    path: Path
    direction: Any
    place: str
    scale: float


@dataclass(frozen=True, slots=True)
class Derivative:
    """A derivative and how far it may be off."""

    value: float
    error: float


def probes(path: Path, name: str, leaf: Any, rng: np.random.Generator) -> Iterator[Probe]:
    """Every entry of a leaf if they are few, else a sample of them and some random directions."""
    values = np.asarray(leaf)
    units = (1.0, 1j) if values.dtype.kind == "c" else (1.0,)
    finite = np.abs(values[np.isfinite(values)]).astype(np.float64)
    spread = float(np.sqrt(np.mean(finite**2))) if finite.size else 0.0
    few = values.size <= MOST_ENTRIES
    chosen = range(values.size) if few else sorted(rng.choice(values.size, MOST_ENTRIES, replace=False))
    for flat, unit in itertools.product(chosen, units):
        index = np.unravel_index(int(flat), values.shape)
        direction = np.zeros(values.shape, np.result_type(type(unit)))
        direction[index] = unit
        where = ", ".join(map(str, index))
        scale = max(float(np.abs(values[index])), spread) or 1.0
        yield Probe(path, direction, name + (f"[{where}]" if where else ""), scale)
    for _ in range(0 if few else DIRECTIONS):
        direction = rng.choice((-1.0, 1.0), values.shape)
        yield Probe(path, direction, f"{name} along a random direction", spread or 1.0)


class Differences:
    """Differences of one function at one point.

    Raises:
        Unusable: the function is not deterministic, or its value is no finite real number.
    """

    def __init__(self, subject: Subject, point: Point) -> None:
        self.subject = subject
        self.point = point
        exact = {path: _widened(leaf) for path, leaf in point.inexact(subject.request.wrt).items()}
        self.widened = point.replaced(exact)
        self._noise: dict[Path, float] = {}
        self.value = self._value({})
        if not np.isfinite(self.value):
            raise Unusable(f"the value is {self.value}")
        if self._value({}) != self.value:
            raise Unusable("two calls with the same arguments give different values")

    def _value(self, new: dict[Path, Any]) -> float:
        value = np.asarray(self.subject.value(self.widened, new))
        if value.size != 1 or value.dtype.kind not in "biuf":
            raise Unusable("the value is no real number")
        return float(value.reshape(()))

    def derivative(self, probe: Probe) -> Derivative | None:
        """The derivative along a probe by central differences; None where they do not converge."""
        leaf = self.widened.leaves()[probe.path]
        rungs: list[tuple[float, float, float]] = []  # difference, jump, rounding
        best: Derivative | None = None
        for k in range(LADDER):
            rungs.append(self._rung(probe, leaf, probe.scale * 2.0**-3 * 4.0**-k))
            if len(rungs) >= 4:
                found = _extrapolated(rungs[-4:])
                if np.isfinite(found.value) and (best is None or found.error < best.error):
                    best = found
                if best is not None and (best.error <= ENOUGH * abs(best.value) or best.error <= rungs[-1][2]):
                    break  # from here on rounding alone is worse
        return best

    def _rung(self, probe: Probe, leaf: Any, step: float) -> tuple[float, float, float]:
        right, left = (like(leaf, leaf + sign * step * probe.direction) for sign in (1, -1))
        moved = np.abs(np.asarray(right) - np.asarray(left)).max() / 2.0  # what the step is after rounding
        if not moved:
            return np.nan, np.nan, np.nan
        try:
            above, below = self._value({probe.path: right}), self._value({probe.path: left})
        except Unusable:  # the step leaves the domain
            return np.nan, np.nan, np.nan
        difference = (above - below) / (2 * moved)
        jump = (above - 2 * self.value + below) / moved
        magnitude = max(abs(above), abs(below)) + abs(difference) * float(np.abs(leaf).max())
        return difference, jump, max(2 * EPSILON * magnitude, 2 * self.noise(probe.path)) / moved

    def complex_step(self, probe: Probe) -> float:
        """The derivative along a probe of a real leaf, by a step into the complex plane.

        Raises:
            Unusable: the function does not take complex arguments, or loses the imaginary part.
        """
        leaf = self.widened.leaves()[probe.path]
        if np.asarray(leaf).dtype.kind == "c":
            raise Unusable("the parameter is complex")
        step = probe.scale * 1e-30
        value = self.subject.value(self.widened, {probe.path: like(leaf, leaf + 1j * step * probe.direction)})
        value = np.asarray(value)
        if value.size != 1 or value.dtype.kind != "c":
            raise Unusable(f"{self.subject.name} does not carry the imaginary part through")
        if not np.isclose(float(value.real.reshape(())), self.value, rtol=1e-9, atol=0):
            raise Unusable(f"{self.subject.name} has another value in the complex plane")
        return float(value.imag.reshape(())) / step

    def noise(self, path: Path) -> float:
        """The standard deviation of the function's rounding errors, from high differences of values close together.

        A function that computes in float32 inside is much noisier than its value's last bit (Moré and Wild 2011).
        """
        if path not in self._noise:
            leaf = self.widened.leaves()[path]
            step = 1e-7 * (np.abs(np.asarray(leaf)) + (float(np.abs(leaf).max()) or 1.0))
            try:
                values = [self._value({path: like(leaf, leaf + k * step)}) for k in range(7)]
            except Unusable:
                values = [0.0]
            table = {k: np.diff(values, k) for k in (4, 5, 6)}
            levels = [np.sqrt(np.mean(d**2) / math.comb(2 * k, k)) for k, d in table.items() if d.size]
            self._noise[path] = float(max((level for level in levels if np.isfinite(level)), default=0.0))
        return self._noise[path]

    def compare(
        self, gradient: Any, found: list[Probe], noise: float
    ) -> tuple[list[Comparison], list[Comparison], str]:
        """A leaf's gradient along probes beside differences and beside the complex step, and why the latter was not.

        What the differences cannot tell to a thousandth of the leaf's largest derivative is left out, unless they
        show that it is next to nothing.

        Args:
            gradient: of the leaf, by generated code.
            found: the probes.
            noise: how much of it is rounding.
        """
        derivatives = [(p, d) for p in found if (d := self.derivative(p)) is not None]
        largest = max((abs(d.value) for _, d in derivatives if d.error <= WORTH * abs(d.value)), default=0.0)
        exact: list[Comparison] = []
        compared: list[Comparison] = []
        reason = ""
        for probe, d in derivatives:
            nothing = 1e-4 * WORTH * abs(self.value) / max(probe.scale, 1.0)
            if d.error > max(WORTH * max(abs(d.value), largest), nothing):
                continue
            claimed = float(np.real(np.sum(np.asarray(gradient) * probe.direction)))
            own = noise * float(np.sqrt(np.count_nonzero(probe.direction)))
            compared.append(Comparison(probe.place, claimed, d.value, d.error + own))
            if reason:
                continue
            try:
                stepped = self.complex_step(probe)
            except Unusable as error:
                reason = str(error)
                continue
            if abs(stepped - d.value) > 10 * d.error + 1e-6 * abs(d.value):
                reason = f"{self.subject.name} is not analytic: the complex step disagrees with real differences"
                continue
            rounding = EPSILON * abs(self.value) / max(probe.scale, 1.0)
            exact.append(Comparison(probe.place, claimed, stepped, rounding + own))
        return compared, [] if reason else exact, reason


def _extrapolated(rungs: list[tuple[float, float, float]]) -> Derivative:
    """The derivative from four successive steps; its error is estimated from how the extrapolations differ."""
    d = [rung[0] for rung in rungs]
    first, middle, last = ((16 * d[k + 1] - d[k]) / 15 for k in range(3))
    kink = (4 * rungs[2][1] - rungs[1][1]) / 3
    return Derivative(middle, max(abs(middle - first), abs(last - middle)) + abs(kink) / 2 + rungs[2][2])


def _widened(leaf: Any) -> Any:
    """A leaf in double precision: the differences of float32 are mostly rounding."""
    values = np.asarray(leaf)
    return like(leaf, values.astype(np.complex128 if values.dtype.kind == "c" else np.float64))
