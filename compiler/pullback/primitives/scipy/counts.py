"""`scipy.stats`: logarithms of probabilities of counts, by the parameters. By the counts they have no derivative.

Where a count is impossible its logarithm is minus infinity, and the derivative is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from scipy import stats

from pullback.ir.core import Attrs, Primitive
from pullback.primitives import meanings
from pullback.primitives.families.elementwise import where
from pullback.primitives.inference import elementwise, real
from pullback.primitives.kinds import fit, spread, total
from pullback.primitives.registry import NoDerivative, NotCovered, means, register

Slope = Callable[..., Any]


def _over(count: Any, p: Any) -> Any:
    """The quotient by p, and 0 of no counts whatever `p` is."""
    return count / where(count == 0, 1.0, p)


def counts(distribution: Any, *names: str, **slopes: Slope) -> Primitive:
    """The logarithm of a mass function.

    Args:
        distribution: SciPy's.
        names: its parameters, in order.
        slopes: of the parameters that have a derivative: of (count, *parameters).
    """
    function = distribution.logpmf
    spelling = f"scipy.stats.{distribution.name}.logpmf"
    every = ("k", *names)

    def partials(out: Any, operands: Sequence[Any], wanted: Sequence[bool]) -> list[Any]:
        found: list[Any] = [None] * len(operands)
        for place, name in enumerate(every):
            if wanted[place] and name not in slopes:
                raise NoDerivative(f"`{spelling}` by `{name}`", "it is defined for whole numbers only")
            if wanted[place]:
                found[place] = where(out == -float("inf"), 0.0, slopes[name](*operands))
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


poisson = counts(stats.poisson, "mu", mu=lambda k, mu: _over(k, mu) - 1.0)
bernoulli = counts(stats.bernoulli, "p", p=lambda k, p: _over(k, p) - _over(1 - k, 1.0 - p))
binom = counts(stats.binom, "n", "p", p=lambda k, n, p: _over(k, p) - _over(n - k, 1.0 - p))
