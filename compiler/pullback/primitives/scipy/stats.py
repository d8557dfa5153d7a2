"""Distributions of `scipy.stats`: the value is SciPy's own, the slopes are formulas over z = (x - loc) / scale.

A row gives the slopes of the logarithm of the standard density, `d log p / dz` and `d log p / d shape`; the rest
follows: d pdf = pdf d logpdf, d cdf = pdf dz, d logcdf = exp(logpdf - logcdf) dz, dz = (dx - dloc - z dscale) / scale.
A quantile is the inverse of the distribution function: d ppf = dq / pdf(ppf) + dloc + z dscale.
Outside the support densities are constant, and their slopes 0. The derivative of a distribution function by a shape
has no closed form, and is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scipy import stats

import pullback.primitives.scipy.special as _special  # noqa: F401  # the slopes are made of its rows
from pullback.ir.core import Attrs, Primitive
from pullback.primitives import meanings
from pullback.primitives.families.elementwise import exp, where
from pullback.primitives.fitting import fit, spread, total
from pullback.primitives.inference import elementwise, real
from pullback.primitives.partials import partial
from pullback.primitives.registry import PRIMITIVES, NoDerivative, NotCovered, means


class Family:
    """A distribution with shapes, loc and scale; slopes are texts over x, which is the standard argument, and the
    shapes y and z; `inside` is the support.
    """

    def __init__(
        self,
        distribution: Any,
        dz: str,
        *shape_slopes: str,
        names: Sequence[str] = (),
        inside: str = "",
        cdf: bool = True,
    ) -> None:
        self.distribution, self.name = distribution, distribution.name
        self.shapes = list(names)
        self.dz, self.shape_slopes, self.inside = dz, shape_slopes, inside
        self.prims: dict[str, Primitive] = {}
        for method in ("logpdf", "pdf", *(("cdf", "sf", "logcdf", "logsf", "ppf", "isf") if cdf else ())):
            self.prims[method] = self.primitive(method)

    def standard(self, operands: Sequence[Any]) -> tuple[Any, list[Any], Any]:
        """The argument in units of the standard distribution, the shapes, and the scale (None where it is 1)."""
        x, *rest = operands
        count = len(self.shapes)
        shapes, (loc, scale) = rest[:count], [*rest[count:], None, None][:2]
        z = x if loc is None or _is(loc, 0) else x - loc
        return (z if scale is None else z / scale), shapes, scale

    def slope(self, text: str, z: Any, shapes: Sequence[Any]) -> Any:
        """A slope of the log-density, 0 outside the support."""
        return self.within(partial(text, [z, *shapes], None), z, shapes)

    def within(self, value: Any, z: Any, shapes: Sequence[Any]) -> Any:
        """A value, 0 outside the support."""
        return value if not self.inside else where(partial(self.inside, [z, *shapes], None), value, 0.0)

    def slopes(self, method: str, out: Any, operands: Sequence[Any], wanted: Sequence[bool]) -> list[Any]:
        """The partial derivatives that are wanted: by x, the shapes, loc and scale."""
        z, shapes, scale = self.standard(operands)
        count = len(shapes)

        def over(value: Any) -> Any:
            return value if scale is None else value / scale

        found: list[Any] = [None] * len(operands)
        if method in ("logpdf", "pdf"):
            factor = None if method == "logpdf" else out
            by_z = self.slope(self.dz, z, shapes) if any(wanted[k] for k in self.places(operands)) else None
            for k in range(count):
                if wanted[1 + k]:
                    found[1 + k] = self.slope(self.shape_slopes[k], z, shapes)
            if by_z is not None:
                found[0] = over(by_z)
                self.moved(found, wanted, -over(by_z), -over(self.within(1.0 + z * by_z, z, shapes)), count)
            return [v if v is None or factor is None else factor * v for v in found]
        for k in range(count):
            if wanted[1 + k]:
                raise NoDerivative(
                    f"`scipy.stats.{self.name}.{method}` by `{self.shapes[k]}`", "no closed form of it is known"
                )
        if method in ("ppf", "isf"):
            density = self.prims["pdf"](out, *operands[1:])
            found[0] = (1.0 if method == "ppf" else -1.0) / density
            self.moved(found, wanted, 1.0, self.standard([out, *operands[1:]])[0], count)
            return found
        density = self.density(method, out, operands)
        found[0] = density
        self.moved(found, wanted, -density, -(z * density), count)
        return found

    def density(self, method: str, out: Any, operands: Sequence[Any]) -> Any:
        """The derivative by x of a distribution function."""
        match method:
            case "cdf":
                return self.prims["pdf"](*operands)
            case "sf":
                return -self.prims["pdf"](*operands)
        logpdf = self.prims["logpdf"](*operands)
        ratio = exp(logpdf - where(out == -float("inf"), 0.0, out))  # 0 where there is nothing yet
        return ratio if method == "logcdf" else -ratio

    def places(self, operands: Sequence[Any]) -> list[int]:
        """The positions of x, loc and scale."""
        return [0, *range(1 + len(self.shapes), len(operands))]

    def moved(self, found: list[Any], wanted: Sequence[bool], by_loc: Any, by_scale: Any, count: int) -> None:
        for k, value in enumerate((by_loc, by_scale)):
            if 1 + count + k < len(found) and wanted[1 + count + k]:
                found[1 + count + k] = value

    def edges(self, method: str) -> tuple[int, ...]:
        """The operands that say where the support of a density ends: there it may jump. An end at 0 is at `loc`."""
        count = len(self.shapes)
        if method not in ("logpdf", "pdf") or not self.inside:
            return ()
        return (0, 1 + count) if self.inside in ("x > 0", "x >= 0") else tuple(range(3 + count))

    def primitive(self, method: str) -> Primitive:
        function = getattr(self.distribution, method)
        spelling = f"scipy.stats.{self.name}.{method}"

        def pulled(g: Any, out: Any, operands: Sequence[Any], attrs: Attrs, wanted: Sequence[bool]) -> tuple[Any, ...]:
            slopes = self.slopes(method, out, operands, wanted)
            return tuple(
                fit(g * slope, operand) if want and slope is not None else None
                for slope, operand, want in zip(slopes, operands, wanted, strict=True)
            )

        def pushed(tangents: Sequence[Any], out: Any, operands: Sequence[Any], attrs: Attrs) -> Any:
            slopes = self.slopes(method, out, operands, [t is not None for t in tangents])
            terms = [t * s for t, s in zip(tangents, slopes, strict=True) if t is not None and s is not None]
            return spread(total(terms), out)

        prim = Primitive(
            spelling.removeprefix("scipy."),
            "general",
            function,
            real(elementwise(function), f"`{spelling}`"),
            pulled,
            pushed,
            None,
            spelling,
            doc={"jumps": self.edges(method)},
        )
        PRIMITIVES[prim.name] = prim

        @means(function)
        def meaning(*args: Any, **kwargs: Any) -> Any:
            return prim(*self.bound(spelling, "q" if method in ("ppf", "isf") else "x", args, kwargs))

        return prim

    def bound(self, spelling: str, first: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        """The argument, the shapes, loc and scale by position, as far as they are given."""
        names = [first, *self.shapes, "loc", "scale"]
        if unknown := [k for k in kwargs if k not in names]:
            raise NotCovered(f"`{unknown[0]}=` of {spelling}")
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        if missing := [name for name in names[:-2] if name not in given]:
            raise TypeError(f"{spelling}() missing the argument `{missing[0]}`")
        if "scale" in given:
            given.setdefault("loc", 0)
        values = [given[name] for name in names if name in given]
        return [meanings.arrayed(v, values) for v in values]


def _is(value: Any, number: float) -> bool:
    return isinstance(value, int | float) and value == number


POSITIVE, UNIT = "x >= 0", "(x >= 0) & (x <= 1)"
norm = Family(stats.norm, "-x")
expon = Family(stats.expon, "-1.0", inside=POSITIVE)
uniform = Family(stats.uniform, "0.0", inside=UNIT)
cauchy = Family(stats.cauchy, "-2.0 * x / (1.0 + x * x)")
laplace = Family(stats.laplace, "-sign(x)")
logistic = Family(stats.logistic, "-tanh(0.5 * x)")
gamma = Family(stats.gamma, "(y - 1.0) / x - 1.0", "log(x) - digamma(y)", names="a", inside="x > 0")
beta = Family(
    stats.beta,
    "(y - 1.0) / x - (z - 1.0) / (1.0 - x)",
    "log(x) + digamma(y + z) - digamma(y)",
    "log1p(-x) + digamma(y + z) - digamma(z)",
    names="ab",
    inside="(x > 0) & (x < 1)",
)
t = Family(
    stats.t,
    "-(y + 1.0) * x / (y + x * x)",
    "0.5 * (digamma(0.5 * (y + 1.0)) - digamma(0.5 * y) - 1.0 / y - log1p(x * x / y)"
    " + (y + 1.0) * x * x / (y * (y + x * x)))",
    names=["df"],
)
chi2 = Family(
    stats.chi2,
    "(0.5 * y - 1.0) / x - 0.5",
    "0.5 * (log(0.5 * x) - digamma(0.5 * y))",
    names=["df"],
    inside="x > 0",
)
lognorm = Family(
    stats.lognorm, "-(1.0 + log(x) / (y * y)) / x", "(log(x) / y) ** 2 / y - 1.0 / y", names="s", inside="x > 0"
)
