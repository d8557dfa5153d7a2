"""A residual connection: x passes the block unchanged, and the block adds a correction to it.

In the backward pass the cotangent of x has two contributions, one through the block and one around it. The one
around it is why depth does not make the gradient vanish: compare its size after 30 layers with and without.

    python examples/blocks/residual.py
"""

import numpy as np


def block(p, x):
    return np.tanh(x @ p["W1"] + p["b1"]) @ p["W2"]


def loss(x, layers, y):
    for p in layers:
        x = x + block(p, x)
    return np.mean((x - y) ** 2)


def plain_loss(x, layers, y):
    for p in layers:
        x = block(p, x)
    return np.mean((x - y) ** 2)


def args(depth=3):
    rng = np.random.default_rng(0)
    width, hidden = 6, 12
    layers = [
        {
            "W1": rng.normal(size=(width, hidden)) / np.sqrt(width),
            "b1": np.zeros(hidden),
            "W2": 0.3 * rng.normal(size=(hidden, width)) / np.sqrt(hidden),
        }
        for _ in range(depth)
    ]
    return rng.normal(size=(20, width)), layers, rng.normal(size=(20, width))


def main():
    import pullback

    print("depth   |dL/dx| residual   plain")
    for depth in (1, 3, 10, 30):
        x, layers, y = args(depth)
        residual = np.linalg.norm(pullback.grad(loss)(x, layers, y))
        plain = np.linalg.norm(pullback.grad(plain_loss)(x, layers, y))
        print(f"{depth:5} {residual:18.2e} {plain:8.1e}")
    assert plain < 1e-6 < 1e-2 < residual


if __name__ == "__main__":
    main()
