"""Parameters of functions: `where=`, `out=`, `dtype=`, `initial=`, several axes, by name and by position."""

import numpy as np
from support.corpus import Programs, normal

program = Programs()

X, MASK = normal(3, 4), normal(3, 4) > -0.5


@program((X, X > 0.0))
def logarithms_where_they_exist(x, mask):
    out = np.zeros_like(x)
    np.log(x, out=out, where=mask)
    return np.sum(out**2)


@program((X, X != 0.0))
def a_quotient_that_is_masked_in_a_loop(x, mask):
    total = np.ones(4)
    for k in range(3):
        np.divide(x[k], total, out=total, where=mask[k])
    return np.sum(total)


@program((X, 0.7), wrt=(0, 1))
def written_by_position(x, start):
    out = np.empty_like(x)
    np.multiply(x, x, out)
    np.exp(out, out)
    rows = np.empty(3)
    np.sum(x, 1, None, rows)
    x.mean(axis=1, out=rows[:])
    fraction, whole = np.modf(x * 1.3, out=(np.empty_like(x), None))
    return np.sum(out * start) + np.sum(rows**2) + np.sum(fraction * whole)


@program((X, MASK, 0.3), wrt=(0, 2))
def reductions_of_what_is_selected(x, mask, start):
    total = np.sum(x**2, axis=0, where=mask, initial=start)
    average = np.mean(x, axis=1, where=mask)
    highest = x.max(axis=1, initial=start, where=mask)
    return np.sum(total * np.prod(x, axis=0, where=mask)) + np.sum(average * highest)


@program((X, MASK))
def spreads_of_what_is_selected(x, mask):
    middle = np.mean(x, axis=0, keepdims=True)
    return np.sum(np.std(x, where=mask, ddof=1) * np.var(x, axis=0, mean=middle, correction=1))


@program((normal(2, 3, 4),))
def several_axes(x):
    medians = np.median(x, axis=(0, 2)) * np.quantile(x, 0.3, axis=(0, -1), keepdims=True).ravel()
    return np.sum(medians) + np.sum(np.average(x, axis=(0, 2), weights=np.ones((2, 4)) / 8.0) ** 2)


@program((X.astype(np.float32),), tol=1e-2)
def computed_in_another_precision(x):
    wide = np.add(x, 1.5, dtype=np.float64)
    return np.sum(wide * np.multiply(x, x, dtype=np.float64)) + np.sum(x, dtype=np.float64)


@program((np.where(MASK, X, np.nan),), smooth=lambda x: np.nanmean(x) * np.nansum(x))
def without_the_gaps(x):
    return np.nanmean(x, keepdims=True)[0, 0] * np.nansum(x)
