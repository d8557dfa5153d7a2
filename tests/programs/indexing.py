"""Reading elements, slices, rows, masks and index arrays."""

import numpy as np
from support.corpus import Programs, normal, read_only

program = Programs()
X, V, T = normal(3, 4), normal(5), normal(2, 3, 4)


@program((normal(4, 3),), (normal(5, 3).T.copy().T,))
def a_range_as_index(a):
    return np.sum(a[range(3)] ** 2) + np.sum(a[range(2, -1, -1), range(3)] * a[0]) + np.sum(a[:, range(1)])


@program((V,), (V.astype(np.float32),), (V[::-1],), (read_only(V),), tol=1e-4)
def elements(v):
    return v[0] * v[-1] + v[1] ** 2 + v[2] * v[2]


@program((X,), (X.T,))
def elements_of_a_matrix(a):
    return a[0, 1] * a[-1, 2] + a[1][0] * a[2, 2]


@program((V,), (V[:3],))
def slices(v):
    return np.sum(v[1:] * v[:-1]) + np.sum(v[::2] ** 2) + np.sum(v[::-1] * v) + np.sum(v[-2:]) * np.sum(v[:2])


@program((X,), (X.T.copy(),), (X.T,))
def slices_of_a_matrix(a):
    return np.sum(a[1:, :-1] * a[:-1, 1:]) + np.sum(a[:, 0]) * np.sum(a[-1]) + np.sum(a[::2, ::-1] ** 3)


@program((T,))
def ellipsis(a):
    return np.sum(a[..., 0] * a[..., -1]) + np.sum(a[0, ...]) * np.sum(a[..., None] ** 2) + np.sum(a[:, 1:, ::2][1])


@program((V, 2), (V, 0), (V, -1))
def an_int_parameter_as_index(v, k):
    return v[k] * v[k] + np.sum(v)


@program((V, 2), (V, 4), (V, 0))
def an_int_parameter_in_a_slice(v, k):
    return np.sum(v[:k] ** 2) + np.sum(v[k:] ** 3)


@program((X, np.array([0, 2, 2, 1])), (X, np.array([[0, 1], [1, 1]])), (X, np.array([], dtype=int)))
def index_arrays(a, rows):
    return np.sum(a[rows] ** 2) + np.sum(a[:, rows][0])


@program((normal(5, 3), np.array([0, 2, 1, 1, 0])))
def pick_per_row(scores, labels):
    return np.sum(scores[np.arange(len(labels)), labels] ** 2)


@program((X,))
def a_list_as_index(a):
    return np.sum(a[[0, 2, 0]] * a[[1, 1, 2]]) + np.sum(a[:, [3, 0]] ** 2) + np.sum(a[[0, 1], [1, 1]])


@program((V, np.array([True, False, True, True, False])))
def a_mask_parameter(v, mask):
    return np.sum(v[mask] ** 2) + np.mean(v[~mask])


@program((V,))
def a_computed_mask(v):
    return np.sum(v[v > 0] ** 2)


@program((X,))
def a_computed_mask_of_a_matrix(a):
    return np.sum(a[a > 0] ** 2) + np.sum(a[a[:, 0] > 0] ** 3)


@program((V, np.array([4, 0, 0])))
def take(v, k):
    return np.sum(np.take(v, k) ** 2) + np.sum(v.take(k))


@program((X, np.array([0, 3])))
def take_along_an_axis(a, k):
    return np.sum(np.take(a, k, axis=1) ** 2)


@program((V,), (V[:2],))
def differences(v):
    d = v[1:] - v[:-1]
    return np.sum(d * d)


@program((X,))
def second_differences(u):
    lap = u[2:, 1:-1] + u[:-2, 1:-1] - 2 * u[1:-1, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2]
    return np.sum(lap**2)


@program((V, np.array(2)), (V, np.int64(3)))
def a_numpy_int_as_index(v, k):
    return v[k] ** 2


@program((X, 1), wrt=(0,))
def rows_and_columns(a, k):
    row, column = a[k], a[:, k]
    return row @ row * np.sum(column)


@program((T,))
def indices_in_a_chain(a):
    return np.sum(a[0][1:][::-1][0] ** 2) + a[1][2][3]


@program((V,))
def argmax_as_index(v):
    return v[np.argmax(v)] ** 2 + v[v.argmin()]


@program((normal(4, 3), np.array([[0, 1], [2, 3], [0, 3]])))
def embeddings(table, tokens):
    e = table[tokens]
    return np.sum(e.mean(axis=1) ** 2)


@program((np.zeros((0, 3)),), (np.zeros((2, 0)),))
def slices_of_empty_arrays(a):
    return np.sum(a[:1] * 2) + np.sum(a[:, :2])


@program((normal(6),))
def a_moving_average(v):
    return np.sum(((v[:-2] + v[1:-1] + v[2:]) / 3) ** 2)


@program((normal(5, 5), np.array([0, 3])))
def rows_and_columns_by_ix(q, k):
    q[np.ix_(k, k)] *= 2.0
    i, j = np.ix_([0, 1], [True, False, True, False, False])
    return q[i, j].sum() * q[1, 2] + q[0, 0] * q[3, 0]


@program((normal(7, 3, seed=3),))
def columns_in_another_order_in_memory(x):
    u = x[:, [1, 0, 1]] / (1.5 + x * x)
    return np.exp2(np.exp(u)).sum()


@program((normal(7, 5, seed=4), normal(5, 7, seed=5)), wrt=(0, 1))
def an_exponential_of_a_transposed_array(x, y):
    e = np.exp(x.T)
    e = e / (1.5 + y * y)
    return np.exp(e).sum()


@program((normal(3),))
def all_of_what_has_no_axes(x):
    total = np.array(np.sum(x * x))
    return np.sqrt(total[()]) * 2.0
