"""scipy.integrate of samples: areas, work along a path, moments of a density."""

import numpy as np
from support.corpus import Programs, normal, positive

try:
    from scipy import integrate
except ImportError:  # SciPy is optional
    integrate = None

program = Programs()


@program((normal(5), np.cumsum(positive(5))), (normal(2, 5), np.cumsum(positive(5))), wrt=(0, 1))
def areas(y, x):
    return np.sum(integrate.trapezoid(y, x) ** 2) + np.sum(integrate.cumulative_trapezoid(y, x, initial=0) ** 2)


@program((positive(6), 0.3), (positive(7), 0.3), wrt=(0, 1))
def moments(density, step):
    x = step * np.arange(len(density))
    mass = integrate.simpson(density, dx=step)
    mean = integrate.simpson(x * density, dx=step) / mass
    return mean**2 + integrate.simpson((x - mean) ** 2 * density, dx=step) / mass


@program((normal(3, 4), 0.2), wrt=(0, 1))
def work_row_by_row(force, step):
    total = 0.0
    for row in force:
        path = integrate.cumulative_trapezoid(row, dx=step)
        total += integrate.simpson(np.concatenate([row, path]), dx=step) * path[-1]
    return total


@program(
    *((normal(n), np.cumsum(positive(n))) for n in (2, 3, 6, 7)),
    *((normal(2, n), np.cumsum(positive(n))) for n in (4, 5)),
    (normal(2, 6), np.cumsum(positive(2, 6), axis=1)),
    wrt=(0, 1),
)
def parabolas_at_points(y, x):
    steps = integrate.cumulative_simpson(y, x=x, initial=0)
    return np.sum(integrate.simpson(y, x=x) ** 2) + np.sum(steps**2) + np.sum(integrate.simpson(y, x, axis=-1))


@program((normal(6, 2), 0.3), (normal(5, 2), 0.3), (normal(2, 2), 0.3), wrt=(0, 1))
def parabolas_along_an_axis(y, step):
    steps = integrate.cumulative_simpson(y, dx=step, axis=0, initial=step)
    rest = integrate.cumulative_simpson(y.T, dx=np.full((2, 1), 0.5) * step)
    at_points = integrate.simpson(y, x=step * np.arange(len(y)) ** 2, axis=0)
    return np.sum(steps**3) + np.sum(np.sin(rest)) + np.sum(at_points**2)


@program((normal(5), 0.3), (normal(9), 0.3), (normal(3), 0.3), wrt=(0, 1))
def extrapolated_trapezoids(y, step):
    weights, _ = integrate.newton_cotes(2)
    return integrate.romb(y, dx=step) ** 2 + np.sum(integrate.romb(np.outer(y, y), step, axis=0)) + y[:3] @ weights


if integrate is None:
    program.rows.clear()
