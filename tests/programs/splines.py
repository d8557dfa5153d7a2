"""Splines and interpolators that are constant, at points that move."""

import numpy as np
from support.corpus import Programs, normal, positive

try:
    from scipy import interpolate
except ImportError:  # SciPy is optional
    interpolate = None

program = Programs()
if interpolate is not None:
    KNOTS = np.array([-3.1, -1.2, -0.4, 0.3, 1.4, 3.3])
    VALUES = np.array([0.2, 1.3, -0.4, 0.8, 2.1, 1.0])
    CURVE = interpolate.CubicSpline(KNOTS, VALUES)
    PATH = interpolate.make_interp_spline(KNOTS, np.stack([VALUES, np.cos(KNOTS)], axis=1))
    MONOTONE = interpolate.PchipInterpolator(KNOTS, VALUES, extrapolate=False)
    FITTED = interpolate.UnivariateSpline(KNOTS, VALUES, k=4, s=0.1)
    TABLE = interpolate.interp1d(KNOTS, VALUES, bounds_error=False, fill_value=(0.2, 1.0))
    BEYOND = interpolate.interp1d(KNOTS, VALUES, fill_value="extrapolate")
    NEAREST = interpolate.interp1d(KNOTS, VALUES, kind="nearest")


@program((normal(4),), (0.37,))
def along_a_curve(x):
    return np.sum(CURVE(x) ** 2) + np.sum(MONOTONE(0.9 * x) + FITTED(x))


@program((normal(3), 0.4), wrt=(0, 1))
def along_a_path(x, a):
    positions = PATH(a * x)
    velocities = PATH(a * x, 1)
    return np.sum(positions[:, 0] * velocities[:, 1]) + PATH(a)[1]


@program((0.2, 1.7), wrt=(0, 1))
def an_area(a, b):
    return CURVE.integrate(a, b) + CURVE.derivative()(a) * CURVE.antiderivative()(b) + PATH.integrate(a, b)[1]


@program((0.9,))
def newton_steps(x):
    slope = CURVE.derivative()
    for _ in range(2):
        x = x - 0.1 * (CURVE(x) - 0.5) / (1.0 + slope(x) ** 2)
    return x


@program((np.array([-4.0, -2.0, 0.1, 5.0]), positive(4)), wrt=(0, 1))
def a_table_and_beyond(x, w):
    return np.sum(w * TABLE(x)) + np.sum(np.sin(BEYOND(w * x))) + np.sum(w * NEAREST(np.clip(x, -3.0, 3.0)))


def energy(curve, x):
    return np.sum(curve(x) ** 2)


if interpolate is not None:

    @program((normal(4), CURVE), wrt=(0,))
    def an_argument(x, curve):
        total = 0.0
        for value in x:
            if value > 0:
                total += float(curve(value))
            else:
                total -= curve(value, nu=1)
        return total + energy(curve, x) + energy(MONOTONE, 0.5 * x)


if interpolate is not None:

    @program((normal(6), normal(3)), wrt=(0, 1))
    def made_of_what_moves(y, x):
        curve = interpolate.CubicSpline(KNOTS, y, bc_type="clamped")
        y[0] = 7.0
        path = interpolate.make_interp_spline(KNOTS, np.stack([y, y * y], axis=1))
        total = curve(0.3, nu=2)
        for value in x:
            total = total + np.sum(path(value)) * curve(value)
        return total + np.sum(curve(x, 1))

    @program((normal(6), 0.4 * normal(3)), wrt=(0, 1))
    def lines_through_what_moves(y, x):
        table = interpolate.interp1d(KNOTS[::-1], y)
        beyond = interpolate.interp1d(KNOTS, y, bounds_error=False, fill_value=(0.5, y[1]))
        further = interpolate.interp1d(KNOTS, y, fill_value="extrapolate")
        return np.sum(table(x)) + np.sum(beyond(9.0 * x) * further(9.0 * x)) + table(0.2)

    @program((normal(3),))
    def made_of_constants(x):
        knots = np.linspace(-5.0, 5.0, 7)
        monotone = interpolate.PchipInterpolator(knots, np.tanh(knots))
        smooth = interpolate.Akima1DInterpolator(knots, np.cos(knots))
        return np.sum(monotone(x)) + np.sum(smooth(x, 1)) + interpolate.CubicSpline(knots, knots**3)(x[0])

    @program((normal(4, 3), normal(5, 2)), (normal(4, 3, 2), normal(5, 2)), wrt=(0, 1))
    def a_surface_over_a_grid(heights, places):
        grid = (np.array([-9.0, -1.0, 1.0, 9.0]), np.array([9.0, 0.0, -9.0]))
        surface = interpolate.RegularGridInterpolator(grid, heights)
        inside = interpolate.interpn(grid, heights, places[:2])
        return np.sum(surface(places) ** 2) + np.sum(surface((places[0], places[1, 0]))) * np.sum(inside)

    @program((normal(4, 3), 4.0 * normal(5, 2), 0.5), wrt=(0, 1, 2))
    def beyond_a_grid(heights, places, level):
        grid = np.linspace(-3.0, 3.0, 4), np.linspace(-2.0, 2.0, 3)
        flat = interpolate.RegularGridInterpolator(grid, heights, bounds_error=False, fill_value=level)
        further = interpolate.RegularGridInterpolator(grid, heights, bounds_error=False, fill_value=None)
        return np.sum(flat(places) * np.sin(further(places)))

    RELIEF = interpolate.RegularGridInterpolator(
        (np.linspace(-9.0, 9.0, 7), np.linspace(-9.0, 9.0, 4)), normal(7, 4), bounds_error=False
    )

    @program((normal(5, 2), RELIEF), (normal(5, 2), interpolate.RegularGridInterpolator(RELIEF.grid, normal(7, 4, 2))))
    def tables_over_a_grid(places, table):
        total = np.sum(RELIEF(places) ** 2) + np.sum(RELIEF((places[:, 0], 0.3)) * RELIEF(places, method="linear"))
        for place in places:
            total = total + np.sum(table(place)) ** 2
        return total

    KEPT = interpolate.splrep(KNOTS, np.sin(KNOTS))

    @program((normal(4), KEPT), (3.0 * normal(4), interpolate.splrep(KNOTS, KNOTS**2, k=1)))
    def splines_by_their_knots(x, tck):
        total = np.sum(interpolate.splev(x, KEPT) ** 2) + np.sum(interpolate.splev(x, KEPT, der=3))
        for value in x:
            total = total + interpolate.splev(value, tck) * interpolate.splev(value, KEPT, 1, ext=1)
        return total


if interpolate is None:
    program.rows.clear()
