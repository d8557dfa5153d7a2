"""Small programs and the points at which their laws are checked: each program is a function with its rows beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])
Wrt = tuple[int, ...]


@dataclass(frozen=True)
class Row:
    """A program at one point: positions of the parameters to differentiate by, and how close differences can come.

    `smooth` is what differences are taken of instead, for a function that rounds or looks at the dtype; `xfail` is the
    reason why the laws do not hold yet.
    """

    function: Callable[..., Any]
    args: tuple[Any, ...]
    wrt: Wrt
    has_aux: bool
    tol: float
    xfail: str | None
    smooth: Callable[..., Any] | None


class Programs:
    """The rows of one theme. Called on rows of arguments it is a decorator, which leaves the function as it is."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def __call__(
        self,
        *argument_sets: tuple[Any, ...],
        wrt: Wrt = (0,),
        has_aux: bool = False,
        tol: float = 1e-6,
        xfail: str | None = None,
        smooth: Callable[..., Any] | None = None,
    ) -> Callable[[F], F]:
        def register(function: F) -> F:
            self.rows += [Row(function, args, wrt, has_aux, tol, xfail, smooth) for args in argument_sets]
            return function

        return register


def normal(*shape: int, seed: int = 0, dtype: Any = np.float64) -> Any:
    """An array of normal numbers, the same one each time."""
    return np.random.default_rng([seed, *shape]).normal(size=shape).astype(dtype)


def positive(*shape: int, seed: int = 0, dtype: Any = np.float64) -> Any:
    """An array of numbers between 0.5 and 2, the same one each time."""
    return np.random.default_rng([seed, *shape]).uniform(0.5, 2.0, size=shape).astype(dtype)


def read_only(a: Any) -> Any:
    """A copy that must not be written to."""
    a = a.copy()
    a.flags.writeable = False
    return a
