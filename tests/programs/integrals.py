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


if integrate is None:
    program.rows.clear()
