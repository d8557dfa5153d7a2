"""Distributions with their parameters fixed, `stats.norm(mu, sigma)`, made inside the function or outside of it.

Written in Python, for the interpreter: a method of one is that of the distribution, with the parameters after its
argument, as SciPy has it.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any

from scipy import stats

from pullback.primitives.registry import MEANINGS, NotCovered, computes, means

Frozen: Any = namedtuple(  # its methods are functions
    "Frozen",
    "dist args kwds pdf logpdf pmf logpmf cdf logcdf sf logsf ppf isf"
    " mean median std var entropy interval moment stats support expect rvs",
)
METHODS = Frozen._fields[3:]


def _freezing(distribution: Any) -> Callable[..., Any]:
    """What makes one inside the function."""

    def freeze(*args: Any, **kwds: Any) -> Any:
        def method(name: str) -> Callable[..., Any]:
            def of_frozen(*given: Any) -> Any:
                return getattr(distribution, name)(*given, *args, **kwds)

            return of_frozen

        return Frozen(distribution, args, kwds, *[method(name) for name in METHODS])

    return freeze


def fixed_in(frozen: Any) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    """The distribution of one that was made outside, and its parameters.

    Raises:
        ValueError: they are no numbers. Arrays could have been written to since.
    """
    distribution, args, kwds = getattr(stats, frozen.dist.name, None), frozen.args, dict(frozen.kwds)
    if distribution not in DISTRIBUTIONS or not all(isinstance(v, int | float) for v in (*args, *kwds.values())):
        raise ValueError(
            "a distribution with parameters that are no numbers, made outside of the function: make it inside"
        )
    return distribution, args, kwds


@means(fixed_in)
def fixed_in_meaning(frozen: Any) -> Any:
    raise NotCovered("a distribution that is chosen when the function runs")


def _of_outside(name: str) -> Callable[..., Any]:
    """A method of one that was made outside."""

    def of_frozen(frozen: Any, *given: Any) -> Any:
        distribution, args, kwds = fixed_in(frozen)
        return getattr(distribution, name)(*given, *args, **kwds)

    return of_frozen


KINDS = (stats.rv_continuous, stats.rv_discrete)
DISTRIBUTIONS = {f.__self__ for f in MEANINGS if isinstance(getattr(f, "__self__", None), KINDS)}
for _distribution in DISTRIBUTIONS:
    computes(_distribution)(_freezing(_distribution))
for _kind in (type(stats.norm()), type(stats.poisson(1.0))):
    for _name in METHODS:
        if hasattr(_kind, _name):
            computes(getattr(_kind, _name))(_of_outside(_name))
