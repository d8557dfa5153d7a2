"""GELU by the Gaussian integral, x * Phi(x), in NumPy alone.

NumPy has no erf for arrays, so users write the approximation of Abramowitz and Stegun, 7.1.26 (error below 1.5e-7);
for a single number there is math.erf. Their derivatives agree as far as the approximation does.

    python examples/blocks/gelu_erf.py
"""

import math

import numpy as np


def erf(x):
    """Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.sign(x) * (1 - series * np.exp(-(x**2)))


def gelu(x):
    return x * 0.5 * (1 + erf(x / np.sqrt(2)))


def exact_gelu(x):
    return x * 0.5 * (1 + math.erf(x / math.sqrt(2)))


def loss(x, W, y):
    return np.mean((gelu(x @ W) - y) ** 2)


def args():
    rng = np.random.default_rng(0)
    return rng.normal(size=(10, 4)), rng.normal(size=(4, 3)), rng.normal(size=(10, 3))


def main():
    from gelu_erf_grad import loss_value_and_grad

    import pullback

    value, (x_bar, W_bar) = loss_value_and_grad(*args())
    print(f"loss {value:.4f}, |dL/dx| = {np.linalg.norm(x_bar):.4f}, |dL/dW| = {np.linalg.norm(W_bar):.4f}")

    xs = np.array([-3.0, -1.5, -0.7, 0.1, 0.7, 1.5, 3.0])
    derivative = pullback.grad(lambda x: np.sum(gelu(x)))(xs)
    exact = [pullback.grad(exact_gelu)(x) for x in xs.tolist()]
    for x, slope, true in zip(xs, derivative, exact, strict=True):
        print(f"gelu'({x:4.1f}) = {slope:8.5f}, by math.erf {true:8.5f}")
    assert np.allclose(derivative, exact, atol=1e-5)


if __name__ == "__main__":
    main()
