"""Lists and known arrays as operands: beside what is active, and on their own."""

import numpy as np
from support.corpus import Programs, normal

program = Programs()


@program((normal(4),))
def functions_of_known_lists(x):
    decay = np.exp([0.0, -1.0, -2.0, -3.0]) * np.sqrt([1, 2, 3, 4])
    order = np.argsort([3.0, 1.0, 2.0, 0.0])
    running = np.cumsum([1.0, 2.0, 3.0, 4.0]) + np.diag([1.0, 2.0, 3.0, 4.0]) @ x
    return np.sum(decay * x[order] * running) + np.sum(np.unique([1, 2, 2, 5, 7]) * x)


@program((normal(4),))
def matrices_of_known_lists(x):
    rotation = np.linalg.inv([[2.0, 1.0], [0.0, 1.0]]) @ np.linalg.matrix_power([[2.0, 1.0], [0.0, 1.0]], 3)
    fit = np.linalg.pinv([[2.0, 1.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]]) @ x
    spectrum = np.fft.fft([1.0, 2.0, 3.0, 4.0]).real
    return np.sum(rotation @ np.sin(fit)) + np.sum(spectrum * x**2) + np.tril([[1.0, 2.0], [3.0, 4.0]])[1] @ x[:2]


@program((normal(4),))
def several_results_of_known_lists(x):
    fraction, whole = np.modf([1.5, 2.5, 3.5, 4.5])
    (places,) = np.nonzero([1, 0, 1, 1])
    mantissa = np.frexp([1.5, 2.5, 3.5, 4.5])[0]
    return np.sum(fraction * whole * mantissa * x**2) + np.prod(x[places])


@program((normal(4),))
def counts_and_masks_of_integers(x):
    odd = np.bitwise_and([1, 2, 3, 4], 1)
    shared = np.gcd([4, 6, 8, 9], 2)
    present = np.logical_not(np.isnan([1.0, np.nan, 2.0, 3.0]))
    return np.sum(np.where(present, x * odd, x**2 * shared))


@program((normal(4),))
def lists_beside_arrays_in_a_list(x):
    table = np.array([x, [1.0, 2.0, 3.0, 4.0]])
    highest = np.max([x, [0.1, 0.2, 0.3, 0.4]], axis=0)
    return np.sum(table**2) + np.sum(highest**2) + np.sum([x, [1, 2, 3, 4]])


@program((normal(4),))
def elements_repeated_by_counts(x):
    by_list = np.repeat(x, [1, 2, 0, 3])
    by_array = np.repeat(x.reshape(2, 2), np.array([2, 1]), axis=1)
    by_method = x.repeat([1, 0, 0, 2])
    return np.sum(by_list**2) + np.sum(np.sin(by_array)) + np.prod(by_method) + np.repeat([1.0, 2.0], 2) @ x


@program((normal(4), np.array([2, 0, 1, 3])), (normal(4), np.array([0, 0, 0, 1])))
def elements_repeated_by_counts_of_the_run(x, counts):
    return np.sum(np.repeat(x, counts) ** 2) + np.sum(np.repeat(np.outer(x, x), counts, axis=-1))


@program((normal(5),))
def quantiles_at_a_known_array(x):
    levels = np.array([10.0, 40.0, 75.0])
    return np.sum(np.percentile(x, levels) ** 2) + np.quantile(x, np.arange(3) / 4)[1]


@program((normal(4),))
def choices_of_known_lists(x):
    chosen = np.choose([0, 1, 0, 1], [x, [1.0, 2.0, 3.0, 4.0]])
    kept = np.compress([True, False, True], x)
    return np.sum(chosen**2) + np.sum(np.sin(kept)) + np.sum(np.full(4, [1.0, 2.0, 3.0, 4.0]) * np.flip(x, [0]))


@program((normal(4),))
def rows_and_columns_in_brackets(x):
    row = np.r_[[0.0], x, 1.0, np.array([1.0, 2.0]), []]
    columns = np.c_[[1, 2, 3, 4], x, np.ones(4)]
    return np.sum(row**3) + np.sum(columns @ columns.T) + np.sum(np.hstack([x, 1.0]) ** 2)


@program((normal(4),))
def joined_with_nothing(x):
    none = np.sum(np.add(x[:0], [])) + np.sum(np.outer(x, []))
    return np.sum(np.concatenate([x, []]) ** 2) + np.sum(np.append([], x)) + none
