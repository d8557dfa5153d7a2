"""Products of matrices and vectors, for every combination of ranks."""

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
V, A, T = normal(3), normal(2, 3), normal(4, 2, 3)


@program((normal(3), normal(3, seed=1)), wrt=(0, 1))
@program((normal(2, 3), normal(3)), wrt=(0, 1))
@program((normal(2), normal(2, 3)), wrt=(0, 1))
@program((normal(2, 3), normal(3, 4)), wrt=(0, 1))
@program((normal(4, 2, 3), normal(3)), wrt=(0, 1))
@program((normal(2), normal(4, 2, 3)), wrt=(0, 1))
@program((normal(4, 2, 3), normal(3, 2)), wrt=(0, 1))
@program((normal(2, 3), normal(4, 3, 2)), wrt=(0, 1))
@program((normal(4, 2, 3), normal(4, 3, 2)), wrt=(0, 1))
@program((normal(1, 2, 3), normal(4, 3, 2)), wrt=(0, 1))
@program((normal(4, 1, 3), normal(3, 1)), wrt=(0, 1))
@program((normal(1, 3), normal(3, 1)), wrt=(0, 1))
@program((normal(1), normal(1)), wrt=(0, 1))
@program((normal(3, 2).T, normal(4, 3).T), wrt=(0, 1))
@program((normal(2, 6)[:, ::2], normal(3, 4)[::-1]), wrt=(0, 1))
@program((np.zeros((0, 3)), np.zeros((3, 2))), wrt=(0, 1))
@program((np.zeros((2, 0)), np.zeros((0, 2))), wrt=(0, 1))
def matmul(a, b):
    c = a @ b
    return np.sum(np.sin(c) * c)


@program((normal(3), normal(3, seed=1)), wrt=(0, 1))
@program((normal(2, 3), normal(3)), wrt=(0, 1))
@program((normal(3), normal(3, 2)), wrt=(0, 1))
@program((normal(2, 3), normal(3, 4)), wrt=(0, 1))
@program((normal(4, 2, 3), normal(3)), wrt=(0, 1))
@program((normal(3), normal(4, 3, 2)), wrt=(0, 1))
@program((normal(2, 3), normal(4, 3, 2)), wrt=(0, 1))
@program((normal(4, 2, 3), normal(5, 3, 2)), wrt=(0, 1))
@program((2.0, normal(3)), (normal(2, 2), 2.0), wrt=(0, 1))
def dot(a, b):
    c = np.dot(a, b)
    return np.sum(c * c)


@program((V, V * 2), (A, A * 2), wrt=(0, 1))
def dot_method(a, b):
    return np.sum(a.dot(b.T) ** 2)


@program((V, normal(4)), (V[:1], V), wrt=(0, 1))
def outer(a, b):
    return np.sum(np.outer(a, b) ** 2) + np.sum(np.outer(b, b))


@program((V, V * 2), (A, A * 2), (A, V), wrt=(0, 1))
def inner(a, b):
    return np.sum(np.inner(a, b) ** 2)


@program((A, normal(3, 4)), wrt=(0, 1))
def tensordot(a, b):
    return np.sum(np.tensordot(a, b, axes=1) ** 2) + np.tensordot(a, a, 2)


@program((T, normal(3, 2)), wrt=(0, 1))
def tensordot_over_axes(a, b):
    return np.sum(np.tensordot(a, b, axes=([1, 2], [1, 0])) ** 2)


@program((normal(3, 3), V), wrt=(0, 1))
def quadratic_form(a, x):
    return x @ a @ x + x @ (a.T @ x)


@program((normal(3, 3), V), wrt=(0, 1))
def rayleigh_quotient(a, x):
    return (x @ a @ x) / (x @ x)


@program((normal(3, 3),))
def matrix_powers(a):
    return np.sum(a @ a @ a + a.T @ a)


@program((normal(5, 3), normal(5), V, 0.1), wrt=(2, 3))
def ridge_regression(x, y, w, lam):
    r = x @ w - y
    return 0.5 * r @ r + 0.5 * lam * w @ w


@program((normal(5, 3), normal(3, 4), normal(4), normal(4, 2), normal(2), normal(5, 2)), wrt=(1, 2, 3, 4))
@program((normal(1, 3), normal(3, 1), normal(1), normal(1, 1), normal(1), normal(1, 1)), wrt=(1, 2, 3, 4))
def two_layers(x, w1, b1, w2, b2, y):
    h = np.maximum(x @ w1 + b1, 0)
    return np.mean((h @ w2 + b2 - y) ** 2)


@program((normal(4, 3), normal(3, 3), normal(3, 3, seed=1), normal(3, 3, seed=2)), wrt=(0, 1, 2, 3))
def self_attention(x, wq, wk, wv):
    q, k, v = x @ wq, x @ wk, x @ wv
    scores = q @ k.T / np.sqrt(k.shape[-1])
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    return np.sum((p @ v) ** 2)


@program((positive(3), normal(3, 3)), wrt=(0, 1))
def portfolio_variance(w, returns):
    w = w / np.sum(w)
    centred = returns - returns.mean(axis=0)
    sigma = centred.T @ centred / len(returns)
    return np.sqrt(w @ sigma @ w)


@program((normal(2, 3), normal(3)), (normal(2, 3), normal(2, 3, seed=1)), wrt=(0, 1))
def vecdot_by_hand(a, b):
    return np.sum(np.sum(a * b, axis=-1) ** 2)


@program((normal(2, 3, 4), normal(2, 4, 3), normal(3)), wrt=(0, 1, 2))
def batched_products_by_subscripts(a, b, x):
    c = np.einsum("bij,bjk->bik", a, b)
    return np.einsum("bii,i->", c, x) + np.sum(np.einsum("...ij,j", c, x) ** 2)


@program((normal(3), normal(3), normal(5, 3)), wrt=(0, 1, 2))
def torques(r, f, many):
    return np.cross(r, f) @ r + np.sum(np.cross(many, f) ** 2) + np.sum(np.kron(r, f) ** 3)
