"""`scipy.stats`: probabilities of counts and their logarithms, by the parameters; by the counts there is no derivative.

Where a count is impossible its logarithm is minus infinity, and the derivative of that is 0. The sum of probabilities
up to a count changes by those at its end: the terms between cancel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from scipy import stats

from pullback.ir.core import Attrs, Primitive
from pullback.primitives import meanings
from pullback.primitives.families.elementwise import floor, where
from pullback.primitives.inference import elementwise, real
from pullback.primitives.kinds import fit, spread, total
from pullback.primitives.registry import NoDerivative, NotCovered, means, register

Slope = Callable[..., Any]


def _over(count: Any, p: Any) -> Any:
    """The quotient by p, and 0 of no counts whatever `p` is."""
    return count / where(count == 0, 1.0, p)


def counts(distribution: Any, method: str, *names: str, **slopes: Slope) -> Primitive:
    """A mass function, its logarithm or its sum.

    Args:
        distribution: SciPy's.
        method: the name of the function.
        names: its parameters, in order.
        slopes: of the parameters that have a derivative: of (value, count, *parameters).
    """
    function = getattr(distribution, method)
    spelling = f"scipy.stats.{distribution.name}.{method}"
    every = ("k", *names)

    def partials(out: Any, operands: Sequence[Any], wanted: Sequence[bool]) -> list[Any]:
        found: list[Any] = [None] * len(operands)
        for place, name in enumerate(every):
            if wanted[place] and name not in slopes:
                raise NoDerivative(f"`{spelling}` by `{name}`", "it is defined for whole numbers only")
            if wanted[place]:
                slope = slopes[name](out, *operands)
                found[place] = where(out == -float("inf"), 0.0, slope) if method == "logpmf" else slope
        return found

    def pulled(g: Any, out: Any, operands: Sequence[Any], attrs: Attrs, wanted: Sequence[bool]) -> tuple[Any, ...]:
        found = partials(out, operands, wanted)
        return tuple(None if s is None else fit(g * s, o) for s, o in zip(found, operands, strict=True))

    def pushed(tangents: Sequence[Any], out: Any, operands: Sequence[Any], attrs: Attrs) -> Any:
        found = partials(out, operands, [t is not None for t in tangents])
        return spread(total([t * s for t, s in zip(tangents, found, strict=True) if t is not None]), out)

    name = spelling.removeprefix("scipy.")
    infer = real(elementwise(function), f"`{spelling}`")
    prim = register(Primitive(name, "general", function, infer, pulled, pushed, None, spelling))

    @means(function)
    def meaning(*args: Any, **kwargs: Any) -> Any:
        given = {**dict(zip(every, args, strict=False)), **kwargs}
        if len(args) > len(every) or given.keys() - set(every):
            raise NotCovered(f"`loc=` of {spelling}", "subtract it from the counts")
        if missing := [n for n in every if n not in given]:
            raise TypeError(f"{spelling}() missing the argument `{missing[0]}`")
        values = [given[n] for n in every]
        return prim(*(meanings.arrayed(v, values) for v in values))

    return prim


poisson = counts(stats.poisson, "logpmf", "mu", mu=lambda out, k, mu: _over(k, mu) - 1.0)
bernoulli = counts(stats.bernoulli, "logpmf", "p", p=lambda out, k, p: _over(k, p) - _over(1 - k, 1.0 - p))
binom = counts(stats.binom, "logpmf", "n", "p", p=lambda out, k, n, p: _over(k, p) - _over(n - k, 1.0 - p))


def _poisson_slope(out: Any, k: Any, mu: Any) -> Any:
    """The probability times k / mu - 1; of no rate, of which only one count is probable, the difference of two."""
    return where(mu == 0, poisson_pmf(k - 1, mu) - out, out * (_over(k, where(mu == 0, 1.0, mu)) - 1.0))


def _binom_slope(out: Any, k: Any, n: Any, p: Any) -> Any:
    """The probability times k / p - (n - k) / (1 - p); at the ends that of k - 1 of n - 1, less that of k, times n."""
    at_end = (p == 0) | (p == 1)
    inside = where(at_end, 0.5, p)
    fewer = where(n == 0, 0, n - 1)
    ends = n * (binom_pmf(k - 1, fewer, p) - binom_pmf(k, fewer, p))
    return where(at_end, ends, out * (_over(k, inside) - _over(n - k, 1.0 - inside)))


def _binom_end(k: Any, n: Any, p: Any) -> Any:
    return n * binom_pmf(floor(k), where(n == 0, 0, n - 1), p)


def _is(count: int, k: Any) -> Any:
    return where(k == count, 1.0, 0.0)


poisson_pmf = counts(stats.poisson, "pmf", "mu", mu=_poisson_slope)
poisson_cdf = counts(stats.poisson, "cdf", "mu", mu=lambda out, k, mu: -poisson_pmf(floor(k), mu))
poisson_sf = counts(stats.poisson, "sf", "mu", mu=lambda out, k, mu: poisson_pmf(floor(k), mu))
bernoulli_pmf = counts(stats.bernoulli, "pmf", "p", p=lambda out, k, p: _is(1, k) - _is(0, k))
bernoulli_cdf = counts(stats.bernoulli, "cdf", "p", p=lambda out, k, p: -_is(0, floor(k)))
bernoulli_sf = counts(stats.bernoulli, "sf", "p", p=lambda out, k, p: _is(0, floor(k)))
binom_pmf = counts(stats.binom, "pmf", "n", "p", p=_binom_slope)
binom_cdf = counts(stats.binom, "cdf", "n", "p", p=lambda out, k, n, p: -_binom_end(k, n, p))
binom_sf = counts(stats.binom, "sf", "n", "p", p=lambda out, k, n, p: _binom_end(k, n, p))
