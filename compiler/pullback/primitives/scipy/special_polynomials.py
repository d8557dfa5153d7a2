"""More special functions, a row each: orthogonal polynomials, Struve and Kelvin functions, elliptic integrals.

Sources: DLMF, by section. A degree is an order: by it there is no derivative that is known in closed form.
"""

from __future__ import annotations

from scipy import special

from pullback.primitives.scipy.special import NO_FORMULA, POSITIVE, REAL, VANISHING, row

# Orthogonal polynomials: DLMF 18.9.15 to 18.9.28. The derivative is a polynomial of the next lower degree.

DEGREE, INSIDE, UNIT = (0, 4), (-0.83, 0.9), (0.1, 0.92)
# values near a zero of the polynomial carry the rounding of the whole
POLYNOMIAL = {**VANISHING, "ulp": 48}
eval_jacobi = row(
    special.eval_jacobi,
    "binomial(x + y, x)*hyper([-x, x + y + z + 1], [y + 1], (1 - w)/2)",
    DEGREE,
    POSITIVE,
    POSITIVE,
    INSIDE,
    dx=NO_FORMULA,
    dy=NO_FORMULA,
    dz=NO_FORMULA,
    dw="0.5 * (x + y + z + 1.0) * eval_jacobi(x - 1, y + 1, z + 1, w)",
    doc={**POLYNOMIAL},
)
eval_legendre = row(
    special.eval_legendre,
    "legendre(x, y)",
    DEGREE,
    INSIDE,
    dx=NO_FORMULA,
    dy="0.5 * (x + 1.0) * eval_jacobi(x - 1, 1.0, 1.0, y)",
    doc=POLYNOMIAL,
)
eval_gegenbauer = row(
    special.eval_gegenbauer,
    "gamma(x + 2*y)/(gamma(2*y)*gamma(x + 1))*hyper([-x, x + 2*y], [y + Rational(1, 2)], (1 - z)/2)",
    DEGREE,
    POSITIVE,
    INSIDE,
    dx=NO_FORMULA,
    dy=NO_FORMULA,
    dz="2.0 * y * eval_gegenbauer(x - 1, y + 1, z)",
    doc=POLYNOMIAL,
)
eval_chebyu = row(
    special.eval_chebyu,
    "chebyshevu(x, y)",
    DEGREE,
    INSIDE,
    dx=NO_FORMULA,
    dy="2.0 * eval_gegenbauer(x - 1, 2.0, y)",
    doc=POLYNOMIAL,
)
eval_chebyt = row(
    special.eval_chebyt,
    "chebyshevt(x, y)",
    DEGREE,
    INSIDE,
    dx=NO_FORMULA,
    dy="x * eval_chebyu(x - 1, y)",
    doc=POLYNOMIAL,
)
eval_chebys = row(
    special.eval_chebys,
    "chebyshevu(x, y/2)",
    DEGREE,
    INSIDE,
    dx=NO_FORMULA,
    dy="eval_gegenbauer(x - 1, 2.0, 0.5 * y)",
    doc=POLYNOMIAL,
)
eval_chebyc = row(
    special.eval_chebyc,
    "2*chebyshevt(x, y/2)",
    DEGREE,
    INSIDE,
    dx=NO_FORMULA,
    dy="x * eval_chebys(x - 1, y)",
    doc=POLYNOMIAL,
)
eval_sh_legendre = row(
    special.eval_sh_legendre,
    "legendre(x, 2*y - 1)",
    DEGREE,
    UNIT,
    dx=NO_FORMULA,
    dy="(x + 1.0) * eval_jacobi(x - 1, 1.0, 1.0, 2.0 * y - 1.0)",
    doc=POLYNOMIAL,
)
eval_sh_chebyu = row(
    special.eval_sh_chebyu,
    "chebyshevu(x, 2*y - 1)",
    DEGREE,
    UNIT,
    dx=NO_FORMULA,
    dy="4.0 * eval_gegenbauer(x - 1, 2.0, 2.0 * y - 1.0)",
    doc=POLYNOMIAL,
)
eval_sh_chebyt = row(
    special.eval_sh_chebyt,
    "chebyshevt(x, 2*y - 1)",
    DEGREE,
    UNIT,
    dx=NO_FORMULA,
    dy="2.0 * x * eval_sh_chebyu(x - 1, y)",
    doc=POLYNOMIAL,
)
eval_genlaguerre = row(
    special.eval_genlaguerre,
    "binomial(x + y, x)*hyper([-x], [y + 1], z)",
    DEGREE,
    POSITIVE,
    (0.3, 2.9),
    dx=NO_FORMULA,
    dy=NO_FORMULA,
    dz="-eval_genlaguerre(x - 1, y + 1, z)",
    doc=POLYNOMIAL,
)
eval_laguerre = row(
    special.eval_laguerre,
    "hyper([-x], [1], y)",
    DEGREE,
    POSITIVE,
    dx=NO_FORMULA,
    dy="-eval_genlaguerre(x - 1, 1.0, y)",
    doc=POLYNOMIAL,
)
eval_hermite = row(
    special.eval_hermite,
    "hermite(x, y)",
    DEGREE,
    REAL,
    dx=NO_FORMULA,
    dy="2.0 * x * eval_hermite(where(x == 0, 0, x - 1), y)",
    doc=POLYNOMIAL,
)
eval_hermitenorm = row(
    special.eval_hermitenorm,
    "2**(-x/2)*hermite(x, y/sqrt(2))",
    DEGREE,
    REAL,
    dx=NO_FORMULA,
    dy="x * eval_hermitenorm(where(x == 0, 0, x - 1), y)",
    doc=POLYNOMIAL,
)

# Struve functions: DLMF 11.4.24, 11.4.26, 11.4.31.

IN_STRUVE = "exp(x * log(0.5 * y) - gammaln(x + 1.5)) / 1.7724538509055159"  # (y/2)**x / (sqrt(pi) gamma(x + 3/2))
struve = row(
    special.struve,
    "struveh(x, y)",
    (0, 3),
    POSITIVE,
    dx=NO_FORMULA,
    dy=f"0.5 * (struve(x - 1, y) - struve(x + 1, y) + {IN_STRUVE})",
    doc={**VANISHING, "ulp": 16, "singular": "the formula holds for positive arguments"},
)
modstruve = row(
    special.modstruve,
    "struvel(x, y)",
    (0, 3),
    POSITIVE,
    dx=NO_FORMULA,
    dy=f"0.5 * (modstruve(x - 1, y) + modstruve(x + 1, y) + {IN_STRUVE})",
    doc={**VANISHING, "ulp": 16, "singular": "the formula holds for positive arguments"},
)

# Kelvin functions: DLMF 10.61.3 gives the second derivatives, 10.63.2 the first.

ber = row(special.ber, "ber(0, x)", POSITIVE, dx="berp(x)", doc={**VANISHING, "ulp": 8})
bei = row(special.bei, "bei(0, x)", POSITIVE, dx="beip(x)", doc={**VANISHING, "ulp": 8})
ker = row(special.ker, "ker(0, x)", POSITIVE, dx="kerp(x)", doc={**VANISHING, "ulp": 8})
kei = row(special.kei, "kei(0, x)", POSITIVE, dx="keip(x)", doc={**VANISHING, "ulp": 8})
berp = row(
    special.berp,
    "(ber(1, x) + bei(1, x))/sqrt(2)",
    POSITIVE,
    dx="-bei(x) - berp(x) / where(x == 0, 1.0, x)",
    doc={**VANISHING, "ulp": 8},
)
beip = row(
    special.beip,
    "(bei(1, x) - ber(1, x))/sqrt(2)",
    POSITIVE,
    dx="ber(x) - where(x == 0, 0.5, beip(x) / where(x == 0, 1.0, x))",
    doc={**VANISHING, "ulp": 8},
)
kerp = row(
    special.kerp,
    "(ker(1, x) + kei(1, x))/sqrt(2)",
    POSITIVE,
    dx="-kei(x) - kerp(x) / x",
    doc={**VANISHING, "ulp": 16},
)
keip = row(
    special.keip,
    "(kei(1, x) - ker(1, x))/sqrt(2)",
    POSITIVE,
    dx="ker(x) - keip(x) / x",
    doc={**VANISHING, "ulp": 16},
)

# Elliptic integrals: DLMF 19.18.1 for Carlson's, of which Legendre's are made (19.25.5, 19.25.9). Beyond a quarter
# period an incomplete integral is that of the rest, and twice the complete one for each half turn. Those of R_D are by
# partial fractions under its integral, as those of R_C and R_J; all are homogeneous, R_D and R_J of degree -3/2.

APART = (0.3, 0.9), (1.1, 1.6), (2.0, 3.0)
RD_BY_FIRST = "0.5 * (out - elliprd(y, z, x)) / (z - x)"
RD_BY_SECOND = "0.5 * (out - elliprd(x, z, y)) / (z - y)"
elliprd = row(
    special.elliprd,
    "elliprd(x, y, z)",
    *APART,
    dx=RD_BY_FIRST,
    dy=RD_BY_SECOND,
    dz=f"-(1.5 * out + where(x == 0, 0.0, x * {RD_BY_FIRST}) + y * {RD_BY_SECOND}) / z",
    doc={
        "ulp": 128,
        "accuracy": "absolute: the difference cancels where the third argument is close to another one",
        "singular": "not a number where the third argument is equal to another one",
    },
)
SIXTH = "-0.16666666666666666"
elliprf = row(
    special.elliprf,
    "elliprf(x, y, z)",
    *APART,
    dx=f"{SIXTH} * elliprd(y, z, x)",
    dy=f"{SIXTH} * elliprd(x, z, y)",
    dz=f"{SIXTH} * elliprd(x, y, z)",
    doc={"ulp": 8, "singular": "a second derivative is not a number where two arguments are equal"},
)
RC_BY_FIRST = "0.5 * (out - x ** -0.5) / (y - x)"
elliprc = row(
    special.elliprc,
    "elliprc(x, y)",
    *APART[:2],
    dx=RC_BY_FIRST,
    dy=f"-(0.5 * out + x * {RC_BY_FIRST}) / y",
    doc={
        "ulp": 16,
        "accuracy": "absolute: the difference cancels where both arguments are close",
        "singular": "not a number where both arguments are equal",
    },
)
RJ_BY = "0.5 * (out - elliprd({other}, {x})) / (w - {x})"
RJ_BY_FIRST, RJ_BY_SECOND = RJ_BY.format(other="y, z", x="x"), RJ_BY.format(other="x, z", x="y")
RJ_BY_THIRD = RJ_BY.format(other="x, y", x="z")
elliprj = row(
    special.elliprj,
    "elliprj(x, y, z, w)",
    *APART,
    (3.5, 4.5),
    dx=RJ_BY_FIRST,
    dy=RJ_BY_SECOND,
    dz=RJ_BY_THIRD,
    dw=f"-(1.5 * out + x * {RJ_BY_FIRST} + y * {RJ_BY_SECOND} + z * {RJ_BY_THIRD}) / w",
    doc={
        "ulp": 128,
        "accuracy": "absolute: the difference cancels where the fourth argument is close to another one",
        "singular": "not a number where the fourth argument is equal to another one",
    },
)
elliprg = row(
    special.elliprg,
    "elliprg(x, y, z)",
    *APART,
    dx="0.25 * (elliprf(x, y, z) - 0.3333333333333333 * x * elliprd(y, z, x))",
    dy="0.25 * (elliprf(x, y, z) - 0.3333333333333333 * y * elliprd(x, z, y))",
    dz="0.25 * (elliprf(x, y, z) - 0.3333333333333333 * z * elliprd(x, y, z))",
    doc={"ulp": 16, "singular": "a second derivative is not a number where two arguments are equal"},
)
# Gauss: pi / 2 over the mean is R_F(0, x**2, y**2)
agm = row(
    special.agm,
    "agm(x, y)",
    *APART[:2],
    dx="0.2122065907891938 * out**2 * x * elliprd(0.0, y * y, x * x)",
    dy="0.2122065907891938 * out**2 * y * elliprd(0.0, x * x, y * y)",
    doc={"ulp": 8, "singular": "not a number where an argument is negative"},
)
SECOND = {"ulp": 16, "singular": "a second derivative by the parameter is not a number where one of both is 0"}
REST = "x - 3.141592653589793 * rint(x / 3.141592653589793)"
ROOT = "(1.0 - y * sin(x) ** 2)"
CUBE = f"0.16666666666666666 * sin({REST}) ** 3 *"
ellipkinc = row(
    special.ellipkinc,
    "elliptic_f(x, y)",
    (-4.1, 4.2),
    (-0.8, 0.8),
    dx=f"1.0 / sqrt({ROOT})",
    dy=f"0.7853981633974483 * rint(x / 3.141592653589793) * hyp2f1(1.5, 1.5, 2.0, y)"
    f" + {CUBE} elliprd(cos(x) ** 2, 1.0, {ROOT})",
    doc=SECOND,
)
ellipeinc = row(
    special.ellipeinc,
    "elliptic_e(x, y)",
    (-4.1, 4.2),
    (-0.8, 0.8),
    dx=f"sqrt({ROOT})",
    dy=f"-0.7853981633974483 * rint(x / 3.141592653589793) * hyp2f1(0.5, 1.5, 2.0, y)"
    f" - {CUBE} elliprd(cos(x) ** 2, {ROOT}, 1.0)",
    doc=SECOND,
)
ellipkm1 = row(
    special.ellipkm1,
    "elliptic_k(1 - x)",
    (0.1, 1.9),
    dx="-0.39269908169872414 * hyp2f1(1.5, 1.5, 2.0, 1.0 - x)",
    doc={"ulp": 8},
)
# Others: DLMF 13.3.22, 14.10.5, 4.13.

hyperu = row(
    special.hyperu,
    "hyperu(x, y, z)",
    POSITIVE,
    (0.3, 1.6),
    (0.5, 3.0),
    dx=NO_FORMULA,
    dy=NO_FORMULA,
    dz="-x * hyperu(x + 1, y + 1, z)",
    doc={"ulp": 2**17, "accuracy": "that of SciPy's own values: 1e-11"},
)
powm1 = row(
    special.powm1, "x**y - 1", POSITIVE, REAL, dx="y * power(x, y - 1.0)", dy="(out + 1.0) * log(x)", doc={"ulp": 16}
)
softplus = row(special.softplus, "log(1 + exp(x))", REAL, dx="expit(x)")
wrightomega = row(special.wrightomega, "LambertW(exp(x))", REAL, dx="out / (1.0 + out)")
