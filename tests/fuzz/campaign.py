"""Many random programs, held against every law; what failed and what was refused."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from fuzz.laws import Outcome, examine
from fuzz.programs import Program, random_program
from fuzz.reduce import reduced, signature


@dataclass
class Failure:
    """A program that breaks a law, and its number."""

    number: int
    program: Program
    outcome: Outcome

    def __str__(self) -> str:
        head = f"# program {self.number}, wrt={self.program.wrt}, has_aux={self.program.has_aux}"
        broken = "\n# ".join(f"{self.outcome.broken}: {self.outcome.detail}".splitlines())
        return f"{head}\n# {broken}\n{self.program.source}"


@dataclass
class Tally:
    """What a campaign found. `failures` has the first program of each kind, `broken` counts them all."""

    programs: int = 0
    refused: int = 0
    comparisons: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    failures: dict[str, Failure] = field(default_factory=dict)

    def add(self, number: int) -> None:
        """Generate the program with this number and examine it."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = random_program(number)
            if program is None:
                return
            outcome = examine(program)
        self.programs += 1
        self.comparisons += outcome.comparisons
        self.refused += bool(outcome.refused)
        self.reasons.update({anonymous(reason) for reason in outcome.refused})
        if outcome.broken:
            kind = signature(outcome)
            self.broken[kind] += 1
            self.failures.setdefault(kind, Failure(number, program, outcome))

    def merge(self, other: Tally) -> None:
        """Add what another campaign counted."""
        self.programs += other.programs
        self.refused += other.refused
        self.comparisons += other.comparisons
        self.reasons.update(other.reasons)
        self.broken.update(other.broken)
        self.failures = {**other.failures, **self.failures}

    def reduce(self, seconds: float) -> None:
        """Make the programs that failed small, with this much time for each."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for failure in self.failures.values():
                failure.program = reduced(failure.program, failure.outcome, seconds)
                failure.outcome = examine(failure.program)


def anonymous(reason: str) -> str:
    """A reason without the names and the line of one program.

    >>> anonymous("`h` is read that may share memory (line 27)")
    '`_` is read that may share memory'
    """
    return re.sub(r" \(line \d+\)", "", re.sub(r"`[^`]*`", "`_`", reason))


def campaign(numbers: Iterable[int], seconds: float = 30.0) -> Tally:
    """Examine the programs with these numbers; those that fail are made small."""
    tally = examined(numbers)
    tally.reduce(seconds)
    return tally


def examined(numbers: Iterable[int]) -> Tally:
    """Examine the programs with these numbers."""
    tally = Tally()
    for number in numbers:
        tally.add(number)
    return tally


def in_parallel(numbers: Sequence[int], processes: int | None, size: int = 20) -> Iterator[Tally]:
    """The tallies of these programs, `size` at a time and in order; by default each processor has its process."""
    parts = [numbers[k : k + size] for k in range(0, len(numbers), size)]
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(examined, parts)
