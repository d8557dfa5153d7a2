"""What a generator asks of chance: one of several, yes or no, how many."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """Choices that one number determines."""

    def __init__(self, number: int) -> None:
        self._random = Random(number)

    def below(self, n: int) -> int:
        return self._random.randrange(n)

    def one(self, options: Sequence[T]) -> T:
        return self._random.choice(options)

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent

    def some(self, options: Sequence[T]) -> list[T]:
        """One or more, in order."""
        return [o for o in options if self.chance(50)] or [self.one(options)]
