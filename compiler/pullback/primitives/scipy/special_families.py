"""Special functions without a formula of their own: distribution functions and their inverses, functions that come in
families, as Airy's, and those that are complex. Each is a row of texts over x, y, z, w and out (of several results:
first, second, ...). By counts, degrees and parameters without a closed form the derivative is undefined.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from scipy import special

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, broadcast, dims_of
from pullback.primitives import meanings
from pullback.primitives.fitting import fit, spread, total
from pullback.primitives.inference import dtype_of, real, sample_result
from pullback.primitives.inference import elementwise as broadcast_type
from pullback.primitives.kinds import discrete
from pullback.primitives.partials import partial, refuse_undefined, scaled
from pullback.primitives.registry import MEANINGS, NoDerivative, means, register
from pullback.primitives.scipy.special import NO_FORMULA, POSITIVE, PROBABILITY, REAL, Interval

COUNT = "undefined: it is defined for whole numbers only"


def _texts(texts: Sequence[str], wanted: Sequence[bool], spelling: str) -> list[str | None]:
    for k, text in enumerate(texts):
        if wanted[k]:
            refuse_undefined(k, text, spelling)
    return [text if want else None for text, want in zip(texts, wanted, strict=True)]


def family(function: Callable[..., Any], *partials: str, domain: Sequence[Interval], name: str = "") -> Primitive:
    """An elementwise function by its partials, of which no formula is stated: they are tested by differences."""
    name = name or function.__name__
    spelling = f"scipy.special.{function.__name__}"

    def pulled(g: Any, out: Any, operands: Sequence[Any], attrs: Attrs, wanted: Sequence[bool]) -> tuple[Any, ...]:
        texts = _texts(partials, wanted, spelling)
        return tuple(
            None if text is None else fit(scaled(g, text, operands, out), operand)
            for text, operand in zip(texts, operands, strict=True)
        )

    def pushed(tangents: Sequence[Any], out: Any, operands: Sequence[Any], attrs: Attrs) -> Any:
        texts = _texts(partials, [t is not None for t in tangents], spelling)
        terms = [scaled(t, s, operands, out) for t, s in zip(tangents, texts, strict=True) if s is not None]
        return spread(total(terms), out)

    infer = real(broadcast_type(function), f"`{spelling}`")
    doc = {"domain": tuple(domain), "partials": partials}
    prim = register(Primitive(name, "general", function, infer, pulled, pushed, None, spelling, doc=doc))
    MEANINGS[function] = meanings.ufunc(prim)
    return prim


# Distribution functions, by their densities: DLMF 8.17 and 8.2.

BETA = "exp(xlogy({a} - 1, {z}) + xlog1py({b} - 1, -({z})) - betaln({a}, {b}))"
GAMMA = "exp(xlogy({a} - 1, {z}) - {z} - gammaln({a}))"
CHI = "0.5 * " + GAMMA.format(a="(0.5 * x)", z="(0.5 * {0})")
family(special.chdtr, NO_FORMULA, CHI.format("y"), domain=(POSITIVE, POSITIVE))
family(special.chdtrc, NO_FORMULA, "-" + CHI.format("y"), domain=(POSITIVE, POSITIVE))
family(special.chdtri, NO_FORMULA, "-1.0 / (" + CHI.format("out") + ")", domain=(POSITIVE, PROBABILITY))
OF_GAMMA = GAMMA.format(a="y", z="(x * z)")
family(special.gdtr, f"z * {OF_GAMMA}", NO_FORMULA, f"x * {OF_GAMMA}", domain=(POSITIVE,) * 3)
family(special.gdtrc, f"-z * {OF_GAMMA}", NO_FORMULA, f"-x * {OF_GAMMA}", domain=(POSITIVE,) * 3)
AT_QUANTILE = GAMMA.format(a="y", z="(x * out)")
family(special.gdtrix, "-out / x", NO_FORMULA, f"1.0 / (x * {AT_QUANTILE})", domain=(POSITIVE, POSITIVE, PROBABILITY))
RATE = GAMMA.format(a="y", z="(out * z)")
family(special.gdtria, f"1.0 / (z * {RATE})", NO_FORMULA, "-out / z", domain=(PROBABILITY, POSITIVE, POSITIVE))
# the argument of the incomplete beta function: dfn f / (dfd + dfn f), whose slope is dfn dfd / (dfd + dfn f)**2
SHARE = "(x * {f} / (y + x * {f}))"
F_DENSITY = "x * y / (y + x * {f}) ** 2 * " + BETA.format(a="(0.5 * x)", b="(0.5 * y)", z=SHARE)
ORDERS = ((1, 4), (1, 4))
family(special.fdtr, NO_FORMULA, NO_FORMULA, F_DENSITY.format(f="z"), domain=(*ORDERS, POSITIVE))
family(special.fdtrc, NO_FORMULA, NO_FORMULA, "-" + F_DENSITY.format(f="z"), domain=(*ORDERS, POSITIVE))
family(
    special.fdtri,
    NO_FORMULA,
    NO_FORMULA,
    "1.0 / (" + F_DENSITY.format(f="out") + ")",
    domain=((2, 4), (2, 4), (0.2, 0.8)),
)
T_DENSITY = "exp(-betaln(0.5 * x, 0.5) - 0.5 * log(x) - 0.5 * (x + 1.0) * log1p({t} * {t} / x))"
family(special.stdtr, NO_FORMULA, T_DENSITY.format(t="y"), domain=((1, 4), REAL))
family(special.stdtrit, NO_FORMULA, "1.0 / " + T_DENSITY.format(t="out"), domain=((1, 4), PROBABILITY))
POISSON = "exp(xlogy(x, {m}) - {m} - gammaln(x + 1.0))"
family(special.pdtr, COUNT, "-" + POISSON.format(m="y"), domain=((0, 3), POSITIVE))
family(special.pdtrc, COUNT, POISSON.format(m="y"), domain=((0, 3), POSITIVE))
family(special.pdtri, COUNT, "-1.0 / " + POISSON.format(m="out"), domain=((0, 3), PROBABILITY))
BINOMIAL = BETA.format(a="(x + 1.0)", b="(y - x)", z="{p}")
COUNTS = ((0, 2), (4, 5))
family(special.bdtr, COUNT, COUNT, "-" + BINOMIAL.format(p="z"), domain=(*COUNTS, PROBABILITY))
family(special.bdtrc, COUNT, COUNT, BINOMIAL.format(p="z"), domain=(*COUNTS, PROBABILITY))
family(special.bdtri, COUNT, COUNT, "-1.0 / " + BINOMIAL.format(p="out"), domain=(*COUNTS, PROBABILITY))
NEGATIVE = BETA.format(a="(1.0 * y)", b="(x + 1.0)", z="{p}")
family(special.nbdtr, COUNT, COUNT, NEGATIVE.format(p="z"), domain=(*COUNTS, PROBABILITY))
family(special.nbdtrc, COUNT, COUNT, "-" + NEGATIVE.format(p="z"), domain=(*COUNTS, PROBABILITY))
family(special.nbdtri, COUNT, COUNT, "1.0 / " + NEGATIVE.format(p="out"), domain=(*COUNTS, PROBABILITY))
family(
    special.nrdtrimn,
    "-2.5066282746310002 * y * exp(0.5 * ((z - out) / y) ** 2)",
    "(out - z) / y",
    "1",
    domain=(PROBABILITY, POSITIVE, REAL),
)
family(
    special.nrdtrisd,
    "-1.0 / ndtri(y)",
    "-2.5066282746310002 * out * exp(0.5 * ndtri(y) ** 2) / ndtri(y)",
    "1.0 / ndtri(y)",
    domain=(REAL, (0.8, 0.95), (2.1, 3.0)),
)

# Inverses of the incomplete gamma and beta functions.

INVERSE = GAMMA.format(a="x", z="out")
family(special.gammaincinv, NO_FORMULA, f"1.0 / {INVERSE}", domain=(POSITIVE, PROBABILITY))
family(special.gammainccinv, NO_FORMULA, f"-1.0 / {INVERSE}", domain=(POSITIVE, PROBABILITY))
INVERSE = BETA.format(a="x", b="y", z="out")
family(special.betaincinv, NO_FORMULA, NO_FORMULA, f"1.0 / {INVERSE}", domain=(POSITIVE, POSITIVE, PROBABILITY))
family(special.betainccinv, NO_FORMULA, NO_FORMULA, f"-1.0 / {INVERSE}", domain=(POSITIVE, POSITIVE, PROBABILITY))

# Owen's T function: Owen (1956), Tables for computing bivariate normal probabilities.

family(
    special.owens_t,
    "-0.19947114020071635 * exp(-0.5 * x * x) * erf(0.7071067811865476 * x * y)",
    "0.15915494309189535 * exp(-0.5 * x * x * (1.0 + y * y)) / (1.0 + y * y)",
    domain=(REAL, REAL),
)
# Associated Legendre functions: DLMF 14.10.5. Parabolic cylinder functions come in pairs below.
family(
    special.lpmv,
    COUNT,
    NO_FORMULA,
    "(y * z * out - (x + y) * lpmv(x, y - 1, z)) / (z * z - 1.0)",
    domain=((0, 2), (2, 3), (-0.9, 0.9)),
)
family(special.jve, NO_FORMULA, "0.5 * (jve(x - 1, y) - jve(x + 1, y))", domain=((0, 3), POSITIVE))
family(special.yve, NO_FORMULA, "0.5 * (yve(x - 1, y) - yve(x + 1, y))", domain=((0, 3), POSITIVE))


def unknown(function: Callable[..., Any], reason: str) -> None:
    """A function by none of whose arguments a derivative is known."""

    @means(function)
    def meaning(*args: Any, **kwargs: Any) -> Any:
        raise NoDerivative(f"`scipy.special.{function.__name__}`", reason)


BY_PARAMETER = """
bdtrik bdtrin btdtria btdtrib chdtriv fdtridfd gdtrib nbdtrik nbdtrin pdtrik stdtridf chndtridf chndtrinc ncfdtridfd
ncfdtridfn ncfdtrinc nctdtridf nctdtrinc
"""
INVERSE_OF_ONE = "it is the inverse by a parameter, by which no derivative of the function is known in closed form"
UNKNOWN = {
    **dict.fromkeys(BY_PARAMETER.split(), INVERSE_OF_ONE),
    "zetac": "no closed form of the derivative of Riemann's zeta function is known",
}
for _name, _reason in UNKNOWN.items():
    unknown(getattr(special, _name), _reason)


# Functions that come in families: each is given by the others.


def together(function: Callable[..., Any], *slopes: str, domain: Sequence[Interval], point: int = 0) -> Primitive:
    """A function of several results, of a point and perhaps an order, by which there is no derivative that is known.

    Args:
        function: computes it.
        slopes: of the results by the point, as texts: the point is x, the results are y, z, w and out, the order is g.
        domain: of the operands.
        point: which operand it is.
    """
    name = function.__name__
    spelling = f"scipy.special.{name}"

    def slope(text: str, operands: Sequence[Any], out: Sequence[Any]) -> Any:
        first, second, third, fourth = [*out, None, None, None][:4]
        order = operands[1 - point] if len(operands) > 1 else None
        return partial(text, [operands[point], first, second, third], fourth, order)

    def refuse(wanted: Sequence[bool]) -> None:
        for k in range(len(domain)):
            if wanted[k] and k != point:
                refuse_undefined(k, NO_FORMULA, spelling)

    def first_result(*values: Any) -> Any:
        return function(*values)[0]

    def pulled(g: Any, out: Any, operands: Sequence[Any], attrs: Attrs, wanted: Sequence[bool]) -> tuple[Any, ...]:
        refuse(wanted)
        terms = [None if part is None else part * slope(t, operands, out) for part, t in zip(g, slopes, strict=True)]
        bar = total(terms)
        return tuple(fit(bar, o) if k == point and wanted[k] else None for k, o in enumerate(operands))

    def pushed(tangents: Sequence[Any], out: Any, operands: Sequence[Any], attrs: Attrs) -> Any:
        refuse([t is not None for t in tangents])
        if tangents[point] is None:
            return None
        return tuple(spread(tangents[point] * slope(t, operands, out), o) for t, o in zip(slopes, out, strict=True))

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        result = sample_result(first_result, operands)
        dims = broadcast(*(dims_of(o.type) for o in operands))
        return (Array(None if result is None else dtype_of(result), dims),) * len(slopes)

    doc = {"domain": tuple(domain), "partials": tuple("" if k == point else NO_FORMULA for k in range(len(domain)))}
    prim = register(
        Primitive(name, "general", function, real(infer, f"`{spelling}`"), pulled, pushed, None, spelling, doc=doc)
    )
    MEANINGS[function] = meanings.ufunc(prim)
    return prim


OVER = " / where(x == 0, 1.0, x)"
# DLMF 9.2.1; 6.2; 7.2.8; 9.10; 10.22 and 10.43; 12.2
together(special.airy, "z", "x * y", "out", "x * w", domain=(REAL,))
# with zeta = 2/3 x**(3/2), of which real arguments are not below 0
together(
    special.airye,
    "z + sqrt(x) * y",
    "x * y + sqrt(x) * z",
    "out - sqrt(x) * w",
    "x * w - sqrt(x) * out",
    domain=(POSITIVE,),
)
together(special.sici, f"where(x == 0, 1.0, sin(x){OVER})", "cos(x) / x", domain=(POSITIVE,))
together(special.shichi, f"where(x == 0, 1.0, sinh(x){OVER})", "cosh(x) / x", domain=(POSITIVE,))
HALF_TURNS = "(1.5707963267948966 * x * x)"
together(special.fresnel, f"sin{HALF_TURNS}", f"cos{HALF_TURNS}", domain=(REAL,))
together(special.itj0y0, "j0(x)", "y0(x)", domain=(POSITIVE,))
together(special.iti0k0, "i0(x)", "k0(x)", domain=(POSITIVE,))
together(special.it2j0y0, "(1.0 - j0(x)) / x", "-y0(x) / x", domain=(POSITIVE,))
together(special.it2i0k0, "(i0(x) - 1.0) / x", "-k0(x) / x", domain=(POSITIVE,))
together(special.pbdv, "z", "(0.25 * x * x - g - 0.5) * y", domain=((0, 3), REAL), point=1)
together(special.pbvv, "z", "(0.25 * x * x - g - 0.5) * y", domain=((0, 3), REAL), point=1)
together(special.pbwa, "z", "(g - 0.25 * x * x) * y", domain=((0, 3), REAL), point=1)
# DLMF 22.13.1 to 22.13.3, of sn, cn, dn and am; by the parameter they are not known without dividing 0 by 0 at 0
together(special.ellipj, "z * w", "-(y * w)", "-(g * y * z)", "w", domain=(REAL, (0, 1)))


# Voigt's profile is the real part of Faddeeva's w at (x + i z) / (sqrt(2) y), scaled: its derivative (DLMF 7.10.2) asks
# for the imaginary part, too. By the width y it is that of a function that is homogeneous, of degree -1.

IMAGINARY = "imag(wofz((x + 1j * z) / (1.4142135623730951 * y))) / (2.5066282746310002 * y)"
BY_X = f"(z * {IMAGINARY} - x * out) / y**2"
BY_Z = f"((x * {IMAGINARY} + z * out) - 0.3183098861837907) / y**2"
voigt_profile = family(
    special.voigt_profile,
    BY_X,
    f"-(out + x * {BY_X} + z * {BY_Z}) / y",
    BY_Z,
    domain=(REAL, POSITIVE, POSITIVE),
)

gammasgn: Primitive = discrete(
    special.gammasgn,
    real(broadcast_type(special.gammasgn), "`scipy.special.gammasgn`"),
    spelling="scipy.special.gammasgn",
)
MEANINGS[special.gammasgn] = meanings.ufunc(gammasgn)
