"""Reductions over all, one or several axes, with and without keepdims; statistics."""

import numpy as np
from support.corpus import Programs, normal, positive, read_only

program = Programs()
X, V, T = normal(3, 4), normal(4), normal(2, 3, 4)


@program(
    (X,),
    (V,),
    (T,),
    (1.5,),
    (np.float64(1.5),),
    (np.array(1.5),),
    (X.T,),
    (X[:, ::2],),
    (np.zeros((0, 3)),),
    (read_only(X),),
)
def sum_of_anything(a):
    return np.sum(a) + np.sum(a * a)


@program((X,), (T,), (normal(1, 4),), (normal(3, 1),))
def sum_over_an_axis(a):
    return np.sum(a.sum(axis=0) ** 2) + np.sum(np.sum(a, axis=-1) ** 3)


@program((X,), (T,), (normal(1, 4),))
def keepdims(a):
    return np.sum(a / (3 + np.sum(a * a, axis=1, keepdims=True))) + np.sum(a.mean(0, keepdims=True) ** 2)


@program((T,), (normal(2, 1, 4),))
def several_axes(a):
    return np.sum(a.sum(axis=(0, 2)) ** 2) + np.sum(np.mean(a, axis=(1, 2), keepdims=True) * a)


@program((X, 0), (X, 1), (X, -1), (X, None), (T, (0, 1)))
def an_axis_parameter(a, axis):
    return np.sum(np.sum(a, axis=axis) ** 2)


@program((X,), (V,), (positive(5),))
def mean_and_variance(a):
    m = a.mean()
    return np.mean((a - m) ** 2) + np.var(a) * np.std(a)


@program((X,), (T,))
def var_and_std_over_an_axis(a):
    return np.sum(np.var(a, axis=0) * 2) + np.sum(a.std(axis=-1, keepdims=True) * a) + np.sum(np.var(a, axis=1, ddof=1))


@program((X,), (V,), (V.astype(np.float32),), tol=1e-4)
def max_and_min(a):
    return np.max(a) * np.min(a) + a.max() ** 2


@program((X,), (T,))
def max_over_an_axis(a):
    return np.sum(a.max(axis=1) ** 2) + np.sum(np.min(a, axis=0, keepdims=True) * a)


@program((positive(4),), (positive(2, 3),), (np.array([2.0, 0.0, 3.0]),), (np.array([0.0, 0.0, 3.0]),), tol=1e-5)
def prod(a):
    return np.prod(a) * 2


@program((positive(2, 3),))
def prod_over_an_axis(a):
    return np.sum(np.prod(a, axis=1) ** 2) + np.sum(a.prod(axis=0))


@program((X,), (V,))
def norms(a):
    return np.linalg.norm(a) * np.sqrt(np.sum(a * a))


@program((X,))
def norm_over_an_axis(a):
    return np.sum(np.linalg.norm(a, axis=1) ** 3) + np.sum(a / np.linalg.norm(a, axis=0, keepdims=True))


@program((X,), (normal(1, 4),))
def softmax(a):
    z = a - a.max(axis=1, keepdims=True)
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    return np.sum(p * np.arange(4.0))


@program((X,), (V,), (T,))
def log_sum_exp(a):
    m = np.max(a, axis=-1, keepdims=True)
    return np.sum(m[..., 0] + np.log(np.sum(np.exp(a - m), axis=-1)))


@program((X, np.array([0, 3, 1])), (X.astype(np.float32), np.array([0, 3, 1])), tol=1e-4)
def cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_z = np.log(np.exp(shifted).sum(axis=1))
    return np.mean(log_z - shifted[np.arange(len(labels)), labels])


@program((normal(6, 3), positive(3), normal(3)), wrt=(0, 1, 2))
def batch_norm(x, gamma, beta):
    mu = x.mean(axis=0)
    var = ((x - mu) ** 2).mean(axis=0)
    out = gamma * (x - mu) / np.sqrt(var + 1e-5) + beta
    return np.sum(out**3)


@program((normal(6, 3), positive(3), normal(3)), wrt=(0, 1, 2))
def layer_norm(x, gamma, beta):
    mu = np.mean(x, axis=-1, keepdims=True)
    sd = np.std(x, axis=-1, keepdims=True)
    return np.sum(np.tanh((x - mu) / (sd + 1e-5) * gamma + beta))


@program((positive(6), positive(6, seed=2)), wrt=(0, 1))
def weighted_mean(x, w):
    m = np.sum(w * x) / np.sum(w)
    return np.sum(w * (x - m) ** 2) / np.sum(w)


@program((normal(6), normal(6, seed=2)), wrt=(0, 1))
def correlation(x, y):
    a, b = x - x.mean(), y - y.mean()
    return np.sum(a * b) / np.sqrt(np.sum(a * a) * np.sum(b * b))


@program((normal(6, 3),))
def covariance(x):
    c = x - np.mean(x, axis=0)
    s = c.T @ c / (len(x) - 1)
    return np.sum(s * s)


@program((normal(8), 0.05), wrt=(0,))
def sharpe_ratio(returns, rate):
    excess = returns - rate
    return excess.mean() / excess.std(ddof=1)


@program((positive(5),))
def entropy(w):
    p = w / w.sum()
    return -np.sum(p * np.log(p))


@program((X,), (V,))
def builtin_sum(a):
    return np.sum(sum(a) ** 2)


@program((V,))
def sum_of_a_condition(v):
    return np.sum(v * v) * np.sum(v > 0) + np.count_nonzero(v > 1) * v[0]


@program((T,))
def reductions_in_a_row(a):
    return np.sum(a.sum(axis=0).max(axis=1) * a.mean(axis=(0, 2)))


@program((X,))
def where_argument(a):
    return np.mean(np.where(a > 0, a, 0.0), axis=0) @ np.sum(a, axis=0)
