"""Special functions, a row each: formula, partials, and the interval of each operand in which both are regular.

Sources: DLMF (Digital Library of Mathematical Functions), by section; where nothing is said, the definition. An
"order" has no derivative that is known in closed form: those partials are undefined, with that reason.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scipy import special

from pullback.ir.core import Primitive
from pullback.primitives.inference import elementwise as broadcast_type
from pullback.primitives.inference import real
from pullback.primitives.kinds import elementwise

NO_FORMULA = "undefined: no closed form of it is known"
Interval = tuple[float, float]


def row(
    function: Callable[..., Any],
    formula: str,
    *domain: Interval,
    name: str = "",
    **more: Any,
) -> Primitive:
    """An elementwise function of `scipy.special`, for real operands; `domain` is where it is regular."""
    name = name or function.__name__
    spelling = f"scipy.special.{name.removeprefix('special_')}"
    infer = real(broadcast_type(function), f"`{spelling}`")
    doc = {"domain": domain, **more.pop("doc", {})}
    return elementwise(function, formula, name=name, spelling=spelling, infer=infer, doc=doc, **more)


POSITIVE, REAL, PROBABILITY = (0.3, 3.0), (-2.0, 2.0), (0.05, 0.95)
POLES = {"singular": "poles at 0, -1, -2, ..."}
DIFFERENCES = {**POLES, "ulp": 12}  # of digamma functions

# The gamma function and its kin: DLMF 5.

gamma = row(special.gamma, "gamma(x)", POSITIVE, dx="out * digamma(x)", doc=POLES)
gammaln = row(special.gammaln, "log(Abs(gamma(x)))", POSITIVE, dx="digamma(x)", doc=POLES)
loggamma = row(special.loggamma, "log(gamma(x))", POSITIVE, dx="digamma(x)", doc={"singular": "not real below 0"})
digamma = row(special.digamma, "digamma(x)", POSITIVE, name="digamma", dx="polygamma(1, x)", doc=POLES)
polygamma = row(
    special.polygamma,
    "polygamma(x, y)",
    (1, 3),
    POSITIVE,
    dx=NO_FORMULA,
    dy="polygamma(x + 1, y)",
    doc=POLES,
)
rgamma = row(
    special.rgamma,
    "1/gamma(x)",
    POSITIVE,
    # at a pole of gamma, -n, it is (-1)**n n!
    dx="where((out == 0) & (x <= 0), cos(3.141592653589793 * x) * gamma(1.0 - x), "
    "-out * digamma(where(out == 0, 1.0, x)))",
)
poch = row(
    special.poch,
    "gamma(x + y)/gamma(x)",
    POSITIVE,
    POSITIVE,
    dx="out * (digamma(x + y) - digamma(x))",
    dy="out * digamma(x + y)",
    doc=DIFFERENCES,
)
factorial = row(special.factorial, "gamma(x + 1)", POSITIVE, dx="out * digamma(x + 1.0)", doc={"singular": "0 below 0"})
beta = row(
    special.beta,
    "gamma(x)*gamma(y)/gamma(x + y)",
    POSITIVE,
    POSITIVE,
    name="beta",
    dx="out * (digamma(x) - digamma(x + y))",
    dy="out * (digamma(y) - digamma(x + y))",
    doc=DIFFERENCES,
)
betaln = row(
    special.betaln,
    "log(Abs(gamma(x)*gamma(y)/gamma(x + y)))",
    POSITIVE,
    POSITIVE,
    dx="digamma(x) - digamma(x + y)",
    dy="digamma(y) - digamma(x + y)",
    doc=DIFFERENCES,
)
BINOMIAL = {
    "dx": "out * (digamma(x + 1.0) - digamma(x - y + 1.0))",
    "dy": "out * (digamma(x - y + 1.0) - digamma(y + 1.0))",
}
IN_BINOMIAL = ((3.2, 5.0), (0.3, 2.5))
VANISHING = {"accuracy": "absolute: the difference cancels where the derivative vanishes"}
binom = row(
    special.binom,
    "gamma(x + 1)/(gamma(y + 1)*gamma(x - y + 1))",
    *IN_BINOMIAL,
    doc={**DIFFERENCES, **VANISHING},
    **BINOMIAL,
)

# The incomplete gamma and beta functions, and their inverses: DLMF 8.

GAMMA_DENSITY = "exp(xlogy(x - 1, y) - y - gammaln(x))"
gammainc = row(special.gammainc, "lowergamma(x, y)/gamma(x)", POSITIVE, POSITIVE, dx=NO_FORMULA, dy=GAMMA_DENSITY)
gammaincc = row(
    special.gammaincc, "uppergamma(x, y)/gamma(x)", POSITIVE, POSITIVE, dx=NO_FORMULA, dy=f"-{GAMMA_DENSITY}"
)
BETA_DENSITY = "exp(xlogy(x - 1, z) + xlog1py(y - 1, -z) - betaln(x, y))"
betainc = row(
    special.betainc,
    "z**x*hyper([x, 1 - y], [x + 1], z)*gamma(x + y)/(gamma(x + 1)*gamma(y))",
    POSITIVE,
    POSITIVE,
    PROBABILITY,
    dx=NO_FORMULA,
    dy=NO_FORMULA,
    dz=BETA_DENSITY,
)
betaincc = row(
    special.betaincc,
    "(1 - z)**y*hyper([y, 1 - x], [y + 1], 1 - z)*gamma(x + y)/(gamma(x)*gamma(y + 1))",
    POSITIVE,
    POSITIVE,
    PROBABILITY,
    dx=NO_FORMULA,
    dy=NO_FORMULA,
    dz=f"-{BETA_DENSITY}",
)

# Error functions: DLMF 7.

erf = row(special.erf, "erf(x)", REAL, dx="1.1283791670955126 * exp(-x * x)")  # 2 / sqrt(pi)
erfc = row(special.erfc, "erfc(x)", REAL, dx="-1.1283791670955126 * exp(-x * x)")
erfi = row(special.erfi, "erfi(x)", REAL, dx="1.1283791670955126 * exp(x * x)")
erfcx = row(
    special.erfcx,
    "exp(x**2)*erfc(x)",
    REAL,
    dx="2.0 * x * out - 1.1283791670955126",
    doc={"accuracy": "absolute: the difference cancels where x is large"},
)
dawsn = row(
    special.dawsn,
    "sqrt(pi)/2*exp(-x**2)*erfi(x)",
    REAL,
    dx="1.0 - 2.0 * x * out",
    doc={"accuracy": "absolute: the difference cancels where x is large"},
)
erfinv = row(special.erfinv, "erfinv(x)", (-0.9, 0.9), dx="0.8862269254527579 * exp(out * out)")  # sqrt(pi) / 2
erfcinv = row(special.erfcinv, "erfinv(1 - x)", (0.1, 1.9), dx="-0.8862269254527579 * exp(out * out)")
ndtr = row(special.ndtr, "erfc(-x/sqrt(2))/2", REAL, dx="0.3989422804014327 * exp(-0.5 * x * x)")  # 1 / sqrt(2 pi)
log_ndtr = row(
    special.log_ndtr,
    "log(erfc(-x/sqrt(2))/2)",
    REAL,
    dx="0.7978845608028654 / erfcx(-0.7071067811865476 * x)",  # phi / Phi, where both underflow, too
)
ndtri = row(special.ndtri, "sqrt(2)*erfinv(2*x - 1)", PROBABILITY, dx="2.5066282746310002 * exp(0.5 * out * out)")
ndtri_exp = row(
    special.ndtri_exp,
    "sqrt(2)*erfinv(2*exp(x) - 1)",
    (-3.0, -0.1),
    dx="1.2533141373155001 * erfcx(-0.7071067811865476 * out)",  # one over that of log_ndtr
)

# Bessel functions: DLMF 10.6 and 10.29. The derivative is a difference, or a sum, of neighbours in the order.

j0 = row(special.j0, "besselj(0, x)", REAL, dx="-j1(x)")
j1 = row(special.j1, "besselj(1, x)", REAL, dx="0.5 * (j0(x) - jv(2, x))")
jv = row(
    special.jv,
    "besselj(x, y)",
    (0, 3),
    POSITIVE,
    dx=NO_FORMULA,
    dy="0.5 * (jv(x - 1, y) - jv(x + 1, y))",
    doc=VANISHING,
)
y0 = row(special.y0, "bessely(0, x)", POSITIVE, dx="-y1(x)")
y1 = row(special.y1, "bessely(1, x)", POSITIVE, dx="0.5 * (y0(x) - yv(2, x))")
yv = row(special.yv, "bessely(x, y)", (0, 3), POSITIVE, dx=NO_FORMULA, dy="0.5 * (yv(x - 1, y) - yv(x + 1, y))")
yn = row(special.yn, "bessely(x, y)", (0, 3), POSITIVE, dx=NO_FORMULA, dy="0.5 * (yn(x - 1, y) - yn(x + 1, y))")
i0 = row(special.i0, "besseli(0, x)", REAL, dx="i1(x)")
i1 = row(special.i1, "besseli(1, x)", REAL, dx="0.5 * (i0(x) + iv(2, x))")
iv = row(special.iv, "besseli(x, y)", (0, 3), POSITIVE, dx=NO_FORMULA, dy="0.5 * (iv(x - 1, y) + iv(x + 1, y))")
k0 = row(special.k0, "besselk(0, x)", POSITIVE, dx="-k1(x)")
k1 = row(special.k1, "besselk(1, x)", POSITIVE, dx="-0.5 * (k0(x) + kv(2, x))")
kv = row(special.kv, "besselk(x, y)", (0, 3), POSITIVE, dx=NO_FORMULA, dy="-0.5 * (kv(x - 1, y) + kv(x + 1, y))")
kn = row(special.kn, "besselk(x, y)", (0, 3), POSITIVE, dx=NO_FORMULA, dy="-0.5 * (kv(x - 1, y) + kv(x + 1, y))")
SCALED = {"accuracy": "absolute: the difference cancels where the argument is large"}
KINK = {**SCALED, "singular": "0 from the factor exp(-abs(x)) at x = 0"}
i0e = row(special.i0e, "exp(-Abs(x))*besseli(0, x)", POSITIVE, dx="i1e(x) - sign(x) * out", doc=KINK)
i1e = row(
    special.i1e, "exp(-Abs(x))*besseli(1, x)", POSITIVE, dx="0.5 * (i0e(x) + ive(2, x)) - sign(x) * out", doc=SCALED
)
ive = row(
    special.ive,
    "exp(-Abs(y))*besseli(x, y)",
    (0, 3),
    POSITIVE,
    dx=NO_FORMULA,
    dy="0.5 * (ive(x - 1, y) + ive(x + 1, y)) - sign(y) * out",
    doc=KINK,
)
k0e = row(special.k0e, "exp(x)*besselk(0, x)", POSITIVE, dx="out - k1e(x)", doc=SCALED)
k1e = row(special.k1e, "exp(x)*besselk(1, x)", POSITIVE, dx="out - 0.5 * (k0e(x) + kve(2, x))", doc=SCALED)
kve = row(
    special.kve,
    "exp(y)*besselk(x, y)",
    (0, 3),
    POSITIVE,
    dx=NO_FORMULA,
    dy="out - 0.5 * (kve(x - 1, y) + kve(x + 1, y))",
    doc=SCALED,
)

# Entropies. Where the value is finite, a cotangent of 0 stays 0; x log y is 0 at x = 0, whatever y.

xlogy = row(
    special.xlogy,
    "Piecewise((0, Eq(x, 0)), (x*log(y), True))",
    POSITIVE,
    POSITIVE,
    dx="xlogy(g, y)",
    dy="x / where(x == 0, 1.0, y)",
    doc={"singular": "minus infinity by x at y = 0"},
)
xlog1py = row(
    special.xlog1py,
    "Piecewise((0, Eq(x, 0)), (x*log(1 + y), True))",
    POSITIVE,
    POSITIVE,
    dx="xlog1py(g, y)",
    dy="x / where(x == 0, 1.0, 1.0 + y)",
    doc={"singular": "minus infinity by x at y = -1"},
)
entr = row(special.entr, "-x*log(x)", POSITIVE, dx="-g - xlogy(g, x)", doc={"singular": "infinite at 0"})
rel_entr = row(
    special.rel_entr,
    "x*log(x/y)",
    POSITIVE,
    POSITIVE,
    dx="g + xlogy(g, x / y)",
    dy="-x / where(x == 0, 1.0, y)",
    doc={"singular": "minus infinity by x at x = 0", **VANISHING},
)
kl_div = row(
    special.kl_div,
    "x*log(x/y) - x + y",
    POSITIVE,
    POSITIVE,
    dx="xlogy(g, x / y)",
    dy="where(x == 0, 1.0, (y - x) / where(x == 0, 1.0, y))",
    doc={"singular": "minus infinity by x at x = 0"},
)

# Logistic functions, exponentials and logarithms.

expit = row(special.expit, "1/(1 + exp(-x))", REAL, dx="out * expit(-x)")  # 1 - out cancels
logit = row(special.logit, "log(x/(1 - x))", PROBABILITY, dx="g / (x * (1.0 - x))")
log_expit = row(special.log_expit, "-log(1 + exp(-x))", REAL, dx="expit(-x)")
exp10 = row(special.exp10, "10**x", REAL, name="exp10", dx="2.302585092994046 * out")
exp2 = row(special.exp2, "2**x", REAL, name="special_exp2", dx="0.6931471805599453 * out")
expm1 = row(
    special.expm1,
    "exp(x) - 1",
    REAL,
    name="special_expm1",
    dx="out + 1.0",
    doc={"accuracy": "absolute: out + 1 cancels where x is far below 0"},
)
log1p = row(special.log1p, "log(1 + x)", (-0.8, 0.9), name="special_log1p", dx="g / (1.0 + x)")
cosm1 = row(special.cosm1, "cos(x) - 1", REAL, dx="-sin(x)")
cbrt = row(
    special.cbrt,
    "sign(x)*Abs(x)**Rational(1, 3)",
    POSITIVE,
    name="special_cbrt",
    dx="g / (3.0 * where(g == 0, 1.0, out * out))",
    doc={"singular": "infinite at 0"},
)
exprel = row(
    special.exprel,
    "Piecewise((1, Eq(x, 0)), ((exp(x) - 1)/x, True))",
    REAL,
    dx="0.5 * hyp1f1(2.0, 3.0, x)",  # the sum of (k + 1) / (k + 2)! x**k; the quotient cancels near 0
)
sindg = row(special.sindg, "sin(pi*x/180)", REAL, dx="0.017453292519943295 * cosdg(x)")
cosdg = row(special.cosdg, "cos(pi*x/180)", REAL, dx="-0.017453292519943295 * sindg(x)")
tandg = row(special.tandg, "tan(pi*x/180)", REAL, dx="0.017453292519943295 * (1.0 + out * out)")
cotdg = row(special.cotdg, "1/tan(pi*x/180)", POSITIVE, dx="-0.017453292519943295 / sindg(x) ** 2")

# Losses and transformations.

huber = row(
    special.huber,
    "Piecewise((y**2/2, Abs(y) <= x), (x*(Abs(y) - x/2), True))",
    (0.7, 1.1),
    REAL,
    dx="maximum(absolute(y) - x, 0.0)",
    dy="clip(y, -x, x)",
)
pseudo_huber = row(
    special.pseudo_huber,
    "x**2*(sqrt(1 + (y/x)**2) - 1)",
    POSITIVE,
    REAL,
    dx="out * out / (x ** 3 * hypot(1.0, y / x))",  # with s the root: x (s - 1)**2 / s
    dy="y / hypot(1.0, y / x)",
    doc={"singular": "not a number at x = 0"},
)
# with u = y log x: d/dy (exp(u) - 1) / y = log(x)**2 exprel'(u), which does not cancel near y = 0
boxcox = row(
    special.boxcox,
    "Piecewise((log(x), Eq(y, 0)), ((x**y - 1)/y, True))",
    POSITIVE,
    REAL,
    dx="x ** (y - 1.0)",
    dy="0.5 * log(x) ** 2 * hyp1f1(2.0, 3.0, y * log(x))",
)
boxcox1p = row(
    special.boxcox1p,
    "Piecewise((log(1 + x), Eq(y, 0)), (((1 + x)**y - 1)/y, True))",
    POSITIVE,
    REAL,
    dx="exp((y - 1.0) * log1p(x))",
    dy="0.5 * log1p(x) ** 2 * hyp1f1(2.0, 3.0, y * log1p(x))",
)
inv_boxcox = row(
    special.inv_boxcox,
    "Piecewise((exp(x), Eq(y, 0)), ((1 + x*y)**(1/y), True))",
    POSITIVE,
    POSITIVE,
    dx="out ** (1.0 - y)",
    dy="-0.5 * log(out) ** 2 * hyp1f1(2.0, 3.0, y * log(out)) * out ** (1.0 - y)",
    doc={"ulp": 8},
)
inv_boxcox1p = row(
    special.inv_boxcox1p,
    "Piecewise((exp(x) - 1, Eq(y, 0)), ((1 + x*y)**(1/y) - 1, True))",
    POSITIVE,
    POSITIVE,
    dx="(1.0 + out) ** (1.0 - y)",
    dy="-0.5 * log1p(out) ** 2 * hyp1f1(2.0, 3.0, y * log1p(out)) * (1.0 + out) ** (1.0 - y)",
    doc={"ulp": 8},
)

# Hypergeometric functions, elliptic and exponential integrals, and others: DLMF 13.3, 15.5, 19.4, 6.2, 8.19, 25.11.

hyp0f1 = row(special.hyp0f1, "hyper([], [x], y)", POSITIVE, POSITIVE, dx=NO_FORMULA, dy="hyp0f1(x + 1, y) / x")
hyp1f1 = row(
    special.hyp1f1,
    "hyper([x], [y], z)",
    POSITIVE,
    POSITIVE,
    (-1.9, 2.0),
    dx=NO_FORMULA,
    dy=NO_FORMULA,
    dz="x / y * hyp1f1(x + 1, y + 1, z)",
)
hyp2f1 = row(
    special.hyp2f1,
    "hyper([x, y], [z], w)",
    POSITIVE,
    POSITIVE,
    POSITIVE,
    (-0.6, 0.6),
    dx=NO_FORMULA,
    dy=NO_FORMULA,
    dz=NO_FORMULA,
    dw="x * y / z * hyp2f1(x + 1, y + 1, z + 1, w)",
)
# K = pi/2 2F1(1/2, 1/2; 1; m), E = pi/2 2F1(-1/2, 1/2; 1; m): the quotients over 2 m (1 - m) cancel near 0
ellipk = row(special.ellipk, "elliptic_k(x)", (-0.9, 0.9), dx="0.39269908169872414 * hyp2f1(1.5, 1.5, 2.0, x)")
ellipe = row(
    special.ellipe,
    "elliptic_e(x)",
    (-0.9, 0.9),
    dx="-0.39269908169872414 * hyp2f1(0.5, 1.5, 2.0, x)",
    doc={"ulp": 8},
)
expi = row(special.expi, "Ei(x)", POSITIVE, dx="exp(x) / x")
exp1 = row(special.exp1, "expint(1, x)", POSITIVE, dx="-exp(-x) / x")
expn = row(
    special.expn,
    "expint(x, y)",
    (1, 4),
    POSITIVE,
    dx=NO_FORMULA,
    dy="where(x == 0, -exp(-y) / y * (1.0 + 1.0 / y), -expn(where(x == 0, 1, x - 1), y))",
    doc={"ulp": 8},
)
spence = row(
    special.spence,
    "polylog(2, 1 - x)",
    POSITIVE,
    dx="where(x == 1, -1.0, log(x) / where(x == 1, 1.0, 1.0 - x))",
)
zeta = row(special.zeta, "zeta(x, y)", (2, 5), POSITIVE, dx=NO_FORMULA, dy="-x * zeta(x + 1, y)")
