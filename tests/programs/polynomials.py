"""Series of polynomials: the functions of `numpy.polynomial`, and those of descending coefficients."""

import numpy as np
from numpy.polynomial import chebyshev, hermite, hermite_e, laguerre, legendre
from numpy.polynomial import polynomial as P
from support.corpus import Programs, normal, positive

program = Programs()

TRAILING = np.array([1.0, -2.0, 0.5, 0.0])


@program((normal(4), normal(3)), (normal(3), normal(4)), wrt=(0, 1))
def arithmetic_of_series(a, b):
    total = P.polyadd(a, b)
    product = P.polymul(a, P.polymulx(b))
    return np.sum(total**2) + np.sum(np.sin(product)) + np.sum(P.polysub(a, b) * 2.0) + np.sum(P.polypow(a, 3))


@program((normal(3), TRAILING), wrt=(0,))
def arithmetic_with_zeros_at_the_end(a, b):
    return np.sum(P.polyadd(a, b) ** 2) + np.sum(np.sin(P.polymul(a, b))) + np.sum(P.polytrim(b)) * a[0]


@program((normal(5), positive(3)), (positive(2), positive(4)), (normal(4), positive(1)), wrt=(0, 1))
def division_of_series(a, b):
    quotient, rest = P.polydiv(a, b)
    return np.sum(quotient**2) + np.sum(np.sin(rest))


@program((normal(5), 0.7), wrt=(0, 1))
def slopes_and_integrals_of_a_series(c, x):
    slope = P.polyval(x, P.polyder(c, 2))
    area = P.polyval(x, P.polyint(c, lbnd=0.5, scl=2.0)) - P.polyval(-x, P.polyint(c, 2, k=[1.0, 2.0]))
    return slope * area + np.sum(P.polyder(c.reshape(5, 1), axis=0))


@program((normal(3), normal(4)), wrt=(0, 1))
def a_series_at_points(x, c):
    grid = P.polygrid2d(x, x[:2], [[1.0, 2.0], [3.0, 4.0]])
    plane = P.polyval2d(x, x, c.reshape(2, 2))
    return np.sum(P.polyval(x, c) ** 2) + np.sum(grid) * np.sum(plane) + np.sum(P.polyvalfromroots(x, c))


@program((positive(4), normal(4)), wrt=(0, 1))
def fitting_a_series(x, y):
    c = P.polyfit(x, y, 2, w=[1.0, 2.0, 1.0, 1.0])
    table = P.polyvander(x, 3) @ y
    return np.sum(c**2) + np.sum(table) + np.sum(P.polyvander2d(x, x, [1, 2]) ** 2)


@program((positive(3),), (positive(1),))
def series_of_roots(r):
    c = P.polyfromroots(r)
    return np.sum(c**2) + np.sum(P.polyline(r[0], 2.0) ** 3) + np.sum(P.polycompanion(c) ** 2)


@program((normal(5), normal(3)), wrt=(0, 1))
def chebyshev_series(c, x):
    value = chebyshev.chebval(0.2, c) + chebyshev.chebval(0.3, chebyshev.chebder(c))
    area = chebyshev.chebint(c, lbnd=-1.0)
    return value * np.sum(chebyshev.chebval(x, [1.0, -2.0, 0.5])) * chebyshev.chebval(1.0, area) + np.sum(
        chebyshev.chebmul(c, [1.0, 2.0]) ** 2
    )


@program((normal(6),))
def a_fit_by_chebyshev_series(y):
    nodes = chebyshev.chebpts1(6)
    c = chebyshev.chebfit(nodes, y, 3)
    return np.sum(c * c) + np.sum(chebyshev.chebvander(y, 2)) + chebyshev.chebval(0.5, c)


@program((0.8,), (normal(3),))
def gaussian_quadrature(scale):
    nodes, weights = legendre.leggauss(5)
    hot, masses = hermite.hermgauss(4)
    return np.sum(weights * np.exp(-np.sum(scale) * nodes**2)) + np.sum(masses * np.cos(np.sum(scale) * hot))


@program((normal(4), normal(3)), wrt=(0, 1))
def other_families(c, x):
    value = legendre.legval(x, [1.0, 2.0, 3.0]) * hermite.hermval(0.3, c) + laguerre.lagval(x, [1.0, 2.0])
    value = value * hermite_e.hermeval(-0.3, c)
    slope = legendre.legval(0.1, legendre.legder(c)) + hermite.hermval(0.2, hermite.hermder(c))
    area = laguerre.lagval(0.3, laguerre.lagint(c)) + hermite_e.hermeval(0.4, hermite_e.hermeint(c))
    return np.sum(value) + slope * area + np.sum(legendre.legvander(x, 2) @ c[:3])


@program((normal(5), 0.7), (normal(1), -0.3), wrt=(0, 1))
def descending_coefficients(p, x):
    slope = np.polyval(np.polyder(p), x) if len(p) > 1 else 0.0
    total = np.polyadd(p, [1.0, 2.0]) if x > 0 else np.polysub([1.0, 2.0], p)
    return np.polyval(p, x) ** 2 + slope + np.polyval(np.polyint(p, k=0.5), x) + np.sum(total**2)


@program((normal(3),), (np.array([1.0, 1.0, 2.0]),))
def a_polynomial_of_its_roots(r):
    p = np.poly(r)
    return np.sum(p**2) + np.polyval(p, 0.5)


@program((normal(4), normal(3)), wrt=(0, 1))
def coefficients_of_the_run_at_points(p, x):
    return np.sum(np.polyval(p, x) ** 2) + np.polyval(p, np.float64(0.5)) + np.sum(np.polyval(p, 2 * x[:2]))


CUBIC = P.Polynomial([1.0, 2.0, 3.0, -0.5])


@program((normal(3),))
def a_polynomial_made_outside(x):
    return np.sum(CUBIC(x) ** 2) + np.sum(CUBIC.deriv()(x)) * CUBIC.degree()


@program((normal(4),))
def polynomials_made_of_coefficients(c):
    p = P.Polynomial(c)
    slope = p.deriv()
    area = p.integ(lbnd=0.5)
    series = chebyshev.Chebyshev(c, domain=[0.0, 2.0])
    return p(0.3) ** 2 + np.sum(slope.coef) + area(2.0) + p.coef[0] * len(p) + series(0.7) + np.sum(p.linspace(5)[1])


@program((normal(4),))
def a_polynomial_of_roots(r):
    return np.sum(P.Polynomial.fromroots(r).coef ** 2)
