"""A classifier of handwritten digits in plain NumPy. It knows nothing of differentiation."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Config:
    sizes: tuple = (64, 128, 64, 10)
    weight_decay: float = 1e-4

    @property
    def depth(self):
        return len(self.sizes) - 1


def initialise(config, rng):
    params = {}
    for i in range(config.depth):
        n_in, n_out = config.sizes[i], config.sizes[i + 1]
        params[f"W{i}"] = rng.normal(size=(n_in, n_out)) * np.sqrt(2 / n_in)
        params[f"b{i}"] = np.zeros(n_out)
    return params


def relu(z):
    return np.maximum(z, 0.0)


def dense(params, i, x):
    return x @ params[f"W{i}"] + params[f"b{i}"]


def forward(params, x, config):
    for i in range(config.depth - 1):
        x = relu(dense(params, i, x))
    return dense(params, config.depth - 1, x)


def cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)  # the largest is 0: exp cannot overflow
    log_z = np.log(np.exp(shifted).sum(axis=1))
    return (log_z - shifted[np.arange(len(labels)), labels]).mean()


def loss(params, x, labels, config):
    decay = sum(np.sum(params[f"W{i}"] ** 2) for i in range(config.depth))
    return cross_entropy(forward(params, x, config), labels) + 0.5 * config.weight_decay * decay


def accuracy(params, x, labels, config):
    return np.mean(forward(params, x, config).argmax(axis=1) == labels)
