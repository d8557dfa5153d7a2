"""The network class of every deep-learning course: parameters and cache are dicts, the layers are a loop.

Binary cross entropy on a separable data set, trained with the generated gradient beside this file.

    python examples/deep_network.py
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def relu(z):
    return np.maximum(0, z)


class DeepNetwork:
    def __init__(self, parameters):
        self.parameters = parameters
        self.L = len(parameters) // 2
        self.cache = {}

    def forward(self, X):
        self.cache["A0"] = X
        for l in range(1, self.L + 1):
            W, b = self.parameters[f"W{l}"], self.parameters[f"b{l}"]
            self.cache[f"Z{l}"] = W @ self.cache[f"A{l - 1}"] + b
            activation = sigmoid if l == self.L else relu
            self.cache[f"A{l}"] = activation(self.cache[f"Z{l}"])
        return self.cache[f"A{self.L}"]

    def cost(self, Y):
        A = self.cache[f"A{self.L}"]
        m = Y.shape[1]
        return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m

    def predict(self, X):
        return self.forward(X) > 0.5


def loss(parameters, X, Y):
    network = DeepNetwork(parameters)
    network.forward(X)
    return network.cost(Y)


def initialise(layer_dims, rng):
    parameters = {}
    for l in range(1, len(layer_dims)):
        parameters[f"W{l}"] = rng.normal(size=(layer_dims[l], layer_dims[l - 1])) * np.sqrt(2 / layer_dims[l - 1])
        parameters[f"b{l}"] = np.zeros((layer_dims[l], 1))
    return parameters


def two_classes(rng, m=200):
    """Points inside a disc and in a ring around it, as columns, with a gap between: separable, but not by a line."""
    angle = rng.uniform(0, 2 * np.pi, size=m)
    Y = (np.arange(m) % 2).reshape(1, m)
    radius = np.where(Y == 1, rng.uniform(1.5, 2.0, size=m), rng.uniform(0.0, 1.0, size=m))
    return np.vstack([radius * np.cos(angle), radius * np.sin(angle)]), Y


def args():
    rng = np.random.default_rng(1)
    return initialise([2, 16, 8, 1], rng), *two_classes(rng)


def main():
    from deep_network_grad import loss_value_and_grad

    parameters, X, Y = args()
    for step in range(601):
        value, gradients = loss_value_and_grad(parameters, X, Y)
        if step % 100 == 0:
            accuracy = np.mean(DeepNetwork(parameters).predict(X) == Y)
            print(f"step {step:3}: loss {value:.4f}, accuracy {accuracy:.1%}")
        for name in parameters:
            parameters[name] = parameters[name] - 0.5 * gradients[name]
    assert accuracy == 1.0, "the classes are separable"


if __name__ == "__main__":
    main()
