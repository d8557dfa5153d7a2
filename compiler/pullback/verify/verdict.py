"""What was compared with which oracle, and how well it agreed.

A report is `ok` when nothing disagrees and every leaf of the gradient was compared with an oracle of its derivative:
having tested nothing is a failure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pullback.errors import VerificationError
from pullback.records import dataclass

if TYPE_CHECKING:
    from rich.table import Table

EPSILON = float(np.finfo(np.float64).eps)
FUNCTION = "function"  # the oracle of values: the user's function itself
TOGETHER = "value_and_grad"  # the oracle of what computes the gradient alone


@dataclass(frozen=True, slots=True)
class Comparison:
    """One number of the generated code beside an oracle's.

    uncertainty   how far the oracle itself may be off
    ulps          the error in units in the last place, where the oracle is exact
    """

    place: str
    got: complex
    expected: complex
    uncertainty: float = 0.0
    ulps: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One leaf compared with one oracle: at `points` points, `entries` numbers in all.

    error   the worst, relative to the entry, or to the largest entry of the leaf where that is 10,000 times larger
    """

    oracle: str
    of: str
    points: int
    entries: int
    error: float
    ulps: float | None = None
    disagreement: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """What an oracle could not be applied to (empty: to anything), and why."""

    oracle: str
    of: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on one gradient; prints as a table.

    subject     what was verified
    wanted      the leaves of the gradient that an oracle must have covered
    """

    subject: str
    wanted: tuple[str, ...]
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def disagreements(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.disagreement)

    @property
    def uncovered(self) -> tuple[str, ...]:
        """Leaves of the gradient that no oracle was compared with."""
        covered = {f.of for f in self.findings if f.oracle not in (FUNCTION, TOGETHER) and f.entries}
        return tuple(leaf for leaf in self.wanted if leaf not in covered)

    @property
    def comparisons(self) -> int:
        """How many numbers were compared in all."""
        return sum(f.entries for f in self.findings)

    @property
    def ok(self) -> bool:
        return not self.disagreements and not self.uncovered and bool(self.wanted)

    @property
    def verdict(self) -> str:
        """One line."""
        if self.disagreements:
            oracles = ", ".join(dict.fromkeys(f.oracle for f in self.disagreements))
            return f"{self.subject}: WRONG, it disagrees with: {oracles}"
        if self.uncovered:
            return f"{self.subject}: NOT VERIFIED, no oracle could be applied to {', '.join(self.uncovered)}"
        return f"{self.subject}: verified, {self.comparisons} comparisons"

    def check(self) -> Report:
        """Itself.

        Raises:
            VerificationError: it is not ok.
        """
        if self.ok:
            return self
        error = VerificationError(str(self))
        error.report = self
        raise error

    def rows(self) -> list[tuple[str, str, str, str, str, str, str]]:
        """The findings as text: of, oracle, points, entries, worst relative error, worst ulps, agreement."""
        return [
            (
                f.of,
                f.oracle,
                str(f.points),
                str(f.entries),
                f"{f.error:.1e}",
                "" if f.ulps is None else f"{f.ulps:.1f}",
                "DISAGREES" if f.disagreement else "agrees",
            )
            for f in self.findings
        ]

    def remarks(self) -> list[str]:
        """What the table cannot say: where it disagrees, what could not be applied and why, notes."""
        lines = [f"{f.oracle}: {f.disagreement}" for f in self.disagreements]
        lines += [f"{s.oracle} could not be applied{s.of and f' to {s.of}'}: {s.reason}" for s in self.skipped]
        return [*lines, *self.notes]

    def __str__(self) -> str:
        table = [HEADINGS, *self.rows()]
        widths = [max(len(row[k]) for row in table) for k in range(len(HEADINGS))]
        lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in table]
        return "\n".join([self.verdict, *(f"  {line}" for line in (*lines, *self.remarks()))])

    def __rich__(self) -> Table:
        from rich.table import Table
        from rich.text import Text

        colour = "green" if self.ok else "red"
        caption = Text("\n".join(self.remarks()))
        table = Table(title=Text(self.verdict, f"bold {colour}"), caption=caption, title_justify="left")
        table.caption_justify = "left"
        for heading in HEADINGS:
            table.add_column(heading, justify="right" if heading in HEADINGS[2:6] else "left")
        for row in self.rows():
            table.add_row(*map(Text, row), style="red" if row[-1] == "DISAGREES" else "")
        return table


HEADINGS = ("of", "oracle", "points", "entries", "error", "ulp", "verdict")


def judge(
    oracle: str, of: str, points: int, comparisons: Sequence[Comparison], rtol: float, scale: float, value: float
) -> Finding:
    """Compare the numbers of one leaf with an oracle's.

    A number agrees when it is within `rtol` of the oracle's, relative to it or to the leaf's largest where that is
    10,000 times larger; or within what is rounding error in view of all gradients; or within ten times the oracle's
    own uncertainty. Where the oracle says exactly zero, what is rounding error of the function's value counts as zero.

    Args:
        oracle: its name.
        of: the leaf.
        points: how many points the comparisons are from.
        comparisons: the numbers, side by side.
        rtol: relative tolerance.
        scale: the largest magnitude that the oracle found in any leaf.
        value: the magnitude of the function's value.
    """
    magnitudes = [abs(c.expected) for c in comparisons if np.isfinite(c.expected)]
    largest = max(magnitudes, default=0.0)
    worst, disagreement, excess = 0.0, "", 0.0
    for c in comparisons:
        if not (np.isfinite(c.got) and np.isfinite(c.expected)):
            error, over = (0.0, 0.0) if _same_nonfinite(c) else (np.inf, np.inf)
        else:
            size = max(abs(c.expected), EPSILON**0.25 * largest)
            rounding = 64 * EPSILON * (max(scale, value) if abs(c.expected) <= EPSILON**2 * value else scale)
            distance = abs(c.got - c.expected)
            tolerance = rtol * size + rounding + 10 * c.uncertainty
            error = 0.0 if distance == 0 else distance / size if size else 0.0 if distance <= tolerance else np.inf
            over = distance / tolerance if tolerance else np.inf * bool(distance) if distance else 0.0
        worst = max(worst, float(error))
        if over > max(excess, 1.0):
            excess = over
            disagreement = f"{c.place} is {_number(c.got)}, and {_number(c.expected)} by the oracle"
    ulps = [c.ulps for c in comparisons if c.ulps is not None]
    return Finding(oracle, of, points, len(comparisons), worst, max(ulps, default=None), disagreement)


def _same_nonfinite(c: Comparison) -> bool:
    return bool(np.array_equal(c.got, c.expected, equal_nan=True))


def _number(z: Any) -> str:
    return repr(z if isinstance(z, complex) and z.imag else float(z.real))
