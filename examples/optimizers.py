"""Optimizers over a dict of parameters in plain NumPy: SGD, momentum, Adam, and clipping by the global norm.

Each fits the same small network to a sine; gradients come from the generated module beside this file.

    python examples/optimizers.py
"""

import numpy as np


def loss(params, x, y):
    h = np.tanh(x @ params["W1"] + params["b1"])
    prediction = h @ params["W2"] + params["b2"]
    return np.mean((prediction - y) ** 2)


def args():
    rng = np.random.default_rng(0)
    params = {
        "W1": rng.normal(size=(1, 32)),
        "b1": rng.normal(size=32),
        "W2": rng.normal(size=(32, 1)) / np.sqrt(32),
        "b2": np.zeros(1),
    }
    x = np.linspace(-3, 3, 128).reshape(-1, 1)
    return params, x, np.sin(2 * x)


def clip_by_global_norm(gradients, max_norm):
    """Scale all gradients by one factor, so that their joint norm is at most `max_norm`; their direction stays."""
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients.values()))
    factor = min(1.0, max_norm / (norm + 1e-12))
    return {name: g * factor for name, g in gradients.items()}, norm


class SGD:
    def __init__(self, learning_rate):
        self.learning_rate = learning_rate

    def step(self, params, gradients):
        return {name: p - self.learning_rate * gradients[name] for name, p in params.items()}


class Momentum:
    """Polyak's heavy ball."""

    def __init__(self, learning_rate, momentum=0.9):
        self.learning_rate, self.momentum = learning_rate, momentum
        self.velocity = {}

    def step(self, params, gradients):
        for name, g in gradients.items():
            self.velocity[name] = self.momentum * self.velocity.get(name, 0.0) + g
        return {name: p - self.learning_rate * self.velocity[name] for name, p in params.items()}


class Adam:
    """Kingma and Ba 2015, with bias correction."""

    def __init__(self, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
        self.learning_rate, self.beta1, self.beta2, self.eps = learning_rate, beta1, beta2, eps
        self.m, self.v, self.t = {}, {}, 0

    def step(self, params, gradients):
        self.t += 1
        updated = {}
        for name, g in gradients.items():
            self.m[name] = self.beta1 * self.m.get(name, 0.0) + (1 - self.beta1) * g
            self.v[name] = self.beta2 * self.v.get(name, 0.0) + (1 - self.beta2) * g**2
            m_hat = self.m[name] / (1 - self.beta1**self.t)
            v_hat = self.v[name] / (1 - self.beta2**self.t)
            updated[name] = params[name] - self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps)
        return updated


def train(optimizer, steps=1000, max_norm=1.0):
    """The losses along the way, and how many gradients were clipped."""
    from optimizers_grad import loss_value_and_grad

    params, x, y = args()
    losses, clipped = [], 0
    for _ in range(steps):
        value, gradients = loss_value_and_grad(params, x, y)
        gradients, norm = clip_by_global_norm(gradients, max_norm)
        clipped += norm > max_norm
        params = optimizer.step(params, gradients)
        losses.append(value)
    return losses, clipped


def main():
    print("optimizer   loss at 0       100       300      1000   clipped steps")
    final = {}
    for optimizer in (SGD(0.05), Momentum(0.05), Adam(0.01)):
        losses, clipped = train(optimizer)
        name = type(optimizer).__name__
        final[name] = losses[-1]
        print(f"{name:10}" + "".join(f" {losses[step]:9.5f}" for step in (0, 100, 300, -1)) + f" {clipped:9}")
    assert final["Adam"] < final["Momentum"] < final["SGD"] < 0.5


if __name__ == "__main__":
    main()
