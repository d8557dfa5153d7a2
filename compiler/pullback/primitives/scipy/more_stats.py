"""More distributions of `scipy.stats`: a row each, the slopes of the logarithm of the standard density.

Of x, the argument in standard units, and the shapes y and z; those of the logarithm of a density are its derivatives.
"""

from __future__ import annotations

from scipy import stats

import pullback.primitives.scipy.special_families as _families  # noqa: F401  # slopes are made of its rows
from pullback.primitives.scipy.stats import POSITIVE, Family

ABOVE, BETWEEN = "x > 0", "(x > 0) & (x < 1)"
Family(stats.halfnorm, "-x", inside=POSITIVE)
Family(stats.rayleigh, "1.0 / x - x", inside=ABOVE)
Family(stats.maxwell, "2.0 / x - x", inside=ABOVE)
Family(stats.gumbel_r, "expm1(-x)")
Family(stats.gumbel_l, "-expm1(x)")
Family(stats.moyal, "0.5 * expm1(-x)")
Family(stats.hypsecant, "-tanh(x)")
Family(stats.halfcauchy, "-2.0 * x / (1.0 + x * x)", inside=POSITIVE)
Family(stats.halflogistic, "-tanh(0.5 * x)", inside=POSITIVE)
Family(stats.arcsine, "0.5 / (1.0 - x) - 0.5 / x", inside=BETWEEN)
Family(stats.levy, "0.5 / (x * x) - 1.5 / x", inside=ABOVE)
Family(stats.wald, "0.5 / (x * x) - 0.5 - 1.5 / x", inside=ABOVE)
Family(
    stats.invgauss, "0.5 / (x * x) - 0.5 / (y * y) - 1.5 / x", "(x - y) / y ** 3", names=["mu"], inside=ABOVE, cdf=False
)
Family(
    stats.weibull_min,
    "(y - 1.0) / x - y * x ** (y - 1.0)",
    "1.0 / y + log(x) - x ** y * log(x)",
    names="c",
    inside=ABOVE,
)
Family(stats.pareto, "-(y + 1.0) / x", "1.0 / y - log(x)", names="b", inside="x >= 1")
Family(stats.powerlaw, "(y - 1.0) / x", "1.0 / y + log(x)", names="a", inside=BETWEEN)
Family(stats.invgamma, "1.0 / (x * x) - (y + 1.0) / x", "-log(x) - digamma(y)", names="a", inside=ABOVE)
Family(stats.loggamma, "y - exp(x)", "x - digamma(y)", names="c")
Family(
    stats.fisk,
    "(y - 1.0) / x - 2.0 * y * x ** (y - 1.0) / (1.0 + x ** y)",
    "1.0 / y + log(x) - 2.0 * x ** y * log(x) / (1.0 + x ** y)",
    names="c",
    inside=ABOVE,
)
Family(stats.gompertz, "1.0 - y * exp(x)", "1.0 / y - expm1(x)", names="c", inside=POSITIVE)
Family(
    stats.nakagami,
    "(2.0 * y - 1.0) / x - 2.0 * y * x",
    "log(y) + 1.0 - digamma(y) + 2.0 * log(x) - x * x",
    names=["nu"],
    inside=ABOVE,
)
Family(
    stats.chi,
    "(y - 1.0) / x - x",
    "log(x) - 0.5 * digamma(0.5 * y) - 0.34657359027997264",  # log(2) / 2
    names=["df"],
    inside=ABOVE,
)
# a density on the circle; its distribution function counts turns
Family(stats.vonmises, "-y * sin(x)", "cos(x) - i1e(y) / i0e(y)", names=["kappa"], cdf=False)
# phi / Phi, where both underflow, too
SKEW = "0.7978845608028654 / erfcx(-0.7071067811865476 * x * y)"
Family(stats.skewnorm, f"y * {SKEW} - x", f"x * {SKEW}", names="a", cdf=False)
Family(
    stats.gennorm,
    "-y * sign(x) * absolute(x) ** (y - 1.0)",
    "1.0 / y + digamma(1.0 / y) / (y * y) - xlogy(absolute(x) ** y, absolute(x))",
    names=["beta"],
)
TURNED = "(y + z * arcsinh(x))"
Family(
    stats.johnsonsu,
    f"-x / (1.0 + x * x) - {TURNED} * z / sqrt(1.0 + x * x)",
    f"-{TURNED}",
    f"1.0 / z - {TURNED} * arcsinh(x)",
    names="ab",
)
Family(
    stats.f,
    "(0.5 * y - 1.0) / x - 0.5 * (y + z) * y / (z + y * x)",
    "0.5 * (log(y / z) + 1.0 + log(x) - log1p(y * x / z) - (y + z) * x / (z + y * x)"
    " + digamma(0.5 * (y + z)) - digamma(0.5 * y))",
    "0.5 * ((y + z) * y * x / (z * (z + y * x)) - y / z - log1p(y * x / z)"
    " + digamma(0.5 * (y + z)) - digamma(0.5 * z))",
    names=["dfn", "dfd"],
    inside=ABOVE,
)
WITHIN = "(x >= y) & (x <= z)"
MASS = "where(y > 0, ndtr(-y) - ndtr(-z), ndtr(z) - ndtr(y))"
Family(
    stats.truncnorm,
    "-x",
    f"0.3989422804014327 * exp(-0.5 * y * y) / {MASS}",
    f"-0.3989422804014327 * exp(-0.5 * z * z) / {MASS}",
    names="ab",
    inside=WITHIN,
)
Family(stats.loguniform, "-1.0 / x", "1.0 / (y * log(z / y))", "-1.0 / (z * log(z / y))", names="ab", inside=WITHIN)
