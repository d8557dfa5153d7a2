"""A two-layer ReLU network in the column-vector convention: every sample is a column, W maps from the left.

Five steps of gradient descent with the generated gradient, which lies beside this file and needs NumPy only.

    python examples/two_layer_relu.py
"""

import numpy as np


def loss(W1, b1, W2, b2, X, Y):
    Z1 = np.dot(W1, X) + b1
    A1 = np.maximum(0, Z1)
    Y_hat = np.dot(W2, A1) + b2
    m = X.shape[1]
    return np.sum((Y_hat - Y) ** 2) / (2 * m)


def args():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3, 50))
    Y = np.vstack([X[0] * X[1], np.abs(X[2])])
    W1, b1 = rng.normal(size=(16, 3)) * np.sqrt(2 / 3), np.zeros((16, 1))
    W2, b2 = rng.normal(size=(2, 16)) * np.sqrt(2 / 16), np.zeros((2, 1))
    return W1, b1, W2, b2, X, Y


def main():
    from two_layer_relu_grad import loss_value_and_grad

    *parameters, X, Y = args()
    for step in range(5):
        value, gradients = loss_value_and_grad(*parameters, X, Y)
        norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
        print(f"step {step}: loss {value:.4f}, gradient norm {norm:.4f}")
        parameters = [p - 0.1 * g for p, g in zip(parameters, gradients, strict=True)]
    print(f"after:  loss {loss(*parameters, X, Y):.4f}")


if __name__ == "__main__":
    main()
