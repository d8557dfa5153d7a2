"""User functions and containers: a call stays a call, and the gradient keeps the structure of what it is taken of."""

import numpy as np

WRT = "params"


def relu(z):
    return np.maximum(z, 0.0)


def layer(p, x, activation=None):
    z = x @ p["W"] + p["b"]
    return z if activation is None else activation(z)


def loss(params, x, y):
    for p in params[:-1]:
        x = layer(p, x, relu)
    x = layer(params[-1], x)
    return np.mean((x - y) ** 2)


def by_hand(params, x, y):
    inputs = []
    for p in params[:-1]:
        inputs.append(x)
        x = x @ p["W"]
        x += p["b"]
        np.maximum(x, 0.0, out=x)
    inputs.append(x)
    r = x @ params[-1]["W"]
    r += params[-1]["b"]
    r -= y
    value = np.mean(r * r)
    r *= 2.0 / r.size
    last = params[-1]
    grads = [{"W": x.T @ r, "b": r.sum(axis=0)}]
    x_bar = r @ last["W"].T
    for k in range(len(params) - 2, -1, -1):
        x_bar *= inputs[k + 1] > 0.0
        grads.append({"W": inputs[k].T @ x_bar, "b": x_bar.sum(axis=0)})
        if k:
            x_bar = x_bar @ params[k]["W"].T
    return value, grads[::-1]


def arguments(dims, n):
    rng = np.random.default_rng(0)
    params = [{"W": rng.normal(size=s) / np.sqrt(s[0]), "b": rng.normal(size=s[1])} for s in zip(dims, dims[1:])]
    return params, rng.normal(size=(n, dims[0])), rng.normal(size=(n, dims[-1]))


ARGS = arguments((10, 32, 16, 2), 32)
