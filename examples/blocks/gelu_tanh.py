"""GELU in its tanh form (Hendrycks and Gimpel 2016), as transformers written in NumPy have it.

python examples/blocks/gelu_tanh.py
"""

import numpy as np


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def loss(x, W, y):
    return np.mean((gelu(x @ W) - y) ** 2)


def args():
    rng = np.random.default_rng(0)
    return rng.normal(size=(10, 4)), rng.normal(size=(4, 3)), rng.normal(size=(10, 3))


def main():
    from gelu_tanh_grad import loss_value_and_grad

    import pullback

    value, (x_bar, W_bar) = loss_value_and_grad(*args())
    print(f"loss {value:.4f}, |dL/dx| = {np.linalg.norm(x_bar):.4f}, |dL/dW| = {np.linalg.norm(W_bar):.4f}")

    # one point at a time: the derivative dips below zero and overshoots one, then settles at 0 and 1
    xs = np.array([-40.0, -3.0, -1.5, -0.7, 0.0, 0.7, 1.5, 3.0, 40.0])
    derivative = pullback.grad(lambda x: np.sum(gelu(x)))(xs)
    for x, slope in zip(xs, derivative, strict=True):
        print(f"gelu'({x:5.1f}) = {slope:8.5f}")
    assert derivative[0] == 0.0
    assert derivative[4] == 0.5
    assert derivative[-1] == 1.0


if __name__ == "__main__":
    main()
