"""Reshaping, transposing, stacking and broadcasting."""

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
X, V, T = normal(3, 4), normal(4), normal(2, 3, 4)


@program((X,), (X.T,), (X[::2, ::-1],))
def reshape(a):
    b = a.reshape(-1)
    c = np.reshape(a, (a.shape[1], a.shape[0]))
    return np.sum(b * b) + np.sum(c[0] * 2)


@program((T,))
def reshape_to_sizes(a):
    n, d, k = a.shape
    return np.sum(a.reshape(n * d, k)[1] * a.reshape((n, -1))[0, :4]) + np.sum(a.reshape(n, 1, d, k) ** 3)


@program((X,), (T,), (V,))
def transposes(a):
    b = a.T
    c = np.transpose(a)
    return np.sum(b * c * c)


@program((T,))
def transposes_with_axes(a):
    b = a.transpose(1, 0, 2)
    c = np.transpose(a, (2, 0, 1))
    d = np.swapaxes(a, 0, 2)
    e = np.moveaxis(a, 0, -1)
    return np.sum(b[0] * c[:, 0, 0][: b.shape[2]]) + np.sum(d[0] * e[:, 0]) + np.sum(np.swapaxes(d, 0, 1) ** 2)


@program((X,), (T,), (V,))
def ravel_and_flatten(a):
    return np.sum(a.ravel() ** 2 * np.ravel(a)) + np.sum(a.flatten() ** 3)


@program((V, X), wrt=(0, 1))
def newaxis(v, a):
    return (
        np.sum(v[:, None] * a.T)
        + np.sum(v[None, :] * a)
        + np.sum(np.expand_dims(v, 0) * a**2)
        + np.sum(v[np.newaxis] ** 2)
    )


@program((normal(3, 1, 4, 1),), (normal(1, 1, 2, 1),))
def squeeze(a):
    return np.sum(np.squeeze(a, axis=(1, 3) if a.shape[1] == 1 else 3) ** 2) + np.sum(a.squeeze(-1) ** 3)


@program((V,), (normal(1),), (normal(3, 1),))
def broadcast_to(v):
    b = np.broadcast_to(v, (2, 3, 4))
    return np.sum(b * np.arange(24.0).reshape(2, 3, 4)) + np.sum(b * b)


@program(
    (X, V, 2.0, normal(3, 1)),
    (X[:1], V[:1], 2.0, normal(1, 1)),
    (X, V[:1], np.float64(2.0), normal(1, 1)),
    wrt=(0, 1, 2, 3),
)
def broadcasting(a, v, k, c):
    return np.sum((a + v) * k - c * a / (2 + v * v)) + np.sum(c * v)


@program((normal(2, 1, 3), normal(4, 1), normal(3)), (normal(1, 1, 1), normal(4, 1), normal(3)), wrt=(0, 1, 2))
def broadcasting_of_ranks(a, b, c):
    return np.sum(np.sin(a + b) * c)


@program((normal(4, 2), normal(3, 2)), wrt=(0, 1))
def pairwise_distances(a, b):
    d2 = np.sum((a[:, None, :] - b[None, :, :]) ** 2, axis=-1)
    return np.sum(np.sqrt(d2 + 1e-3))


@program((X, normal(2, 4)), wrt=(0, 1))
def concatenate(a, b):
    c = np.concatenate([a, b])
    d = np.concatenate((a, a * 2), axis=1)
    return np.sum(c[1:4] * c[:3]) + np.sum(d**2) + np.sum(np.vstack([a, b]) ** 3)


@program((V, V * 2), wrt=(0, 1))
def stack(a, b):
    rows = np.stack([a, b])
    columns = np.stack((a, b, a * b), axis=-1)
    return np.sum(rows[0] * rows[1]) + np.sum(columns[1] ** 2) + np.sum(np.hstack([a, b]) ** 3)


@program((V, 2.0), wrt=(0, 1))
def column_stack_and_append(v, k):
    c = np.column_stack([v, v * k])
    d = np.append(v, k)
    return np.sum(c[:, 1] * c[:, 0]) + np.sum(d * d)


@program((0.3, 1.2), wrt=(0, 1))
def an_array_of_numbers(x, y):
    r = np.array([[np.cos(x), -np.sin(x)], [np.sin(x), np.cos(x)]])
    v = np.array([y, 1.0])
    w = r @ v
    return w[0] * w[1]


@program((0.3, V), wrt=(0, 1))
def an_array_of_arrays(x, v):
    a = np.array([v * x, v])
    return np.sum(a @ a.T)


@program((X,), (V,))
def flips(a):
    return np.sum(np.flip(a) * a) + np.sum(a[::-1] ** 2 * a)


@program((V,), (X,))
def atleast(v):
    return np.sum(np.atleast_2d(v) @ np.atleast_2d(v).T)


@program((T,))
def a_function_of_shape(a):
    n = a.shape[0]
    return np.sum(a) * n / a.size + a.ndim * len(a) * a[0, 0, 0] + np.prod(a.shape) * a[1, 1, 1]


@program((X,))
def zeros_and_ones_like(a):
    z = np.zeros_like(a) + np.ones_like(a) * a + np.full_like(a, 2.0) * a
    return np.sum(z * np.eye(3, 4) + np.zeros((3, 4)) + np.ones(a.shape))


@program((positive(4),))
def linspace_and_arange(v):
    t = np.linspace(0.0, 1.0, 4)
    return np.sum(v**t * np.arange(4)) + np.sum(v * np.arange(len(v)))


@program((normal(6, 4),))
def attention_heads(x):
    n, d = x.shape
    h = x.reshape(n, 2, d // 2).transpose(1, 0, 2)
    scores = h @ h.transpose(0, 2, 1)
    return np.sum(scores**2)


@program(
    (X, 2, 2),
)
@program((normal(4, 6), 2, 3))
def patches(a, p, q):
    n, d = a.shape
    blocks = a[: n // p * p, : d // q * q].reshape(n // p, p, d // q, q)
    return np.sum(blocks.sum(axis=(1, 3)) ** 2)


@program((X,), (normal(1, 4),), (normal(3, 1),))
def a_row_and_a_column(a):
    return np.sum(a[:1] * a[:, :1]) + np.sum(a[0] * a[:, [0]])
