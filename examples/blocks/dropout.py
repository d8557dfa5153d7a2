"""Inverted dropout with a given mask: the draw is made outside, so the function is differentiable as it stands.

A dropped unit passes nothing forward and nothing back: its column of the weight gradient is zero.

    python examples/blocks/dropout.py
"""

import numpy as np


def dropout(h, mask, keep):
    return h * mask / keep


def loss(W1, W2, x, y, mask, keep=0.8):
    h = np.maximum(x @ W1, 0.0)
    h = dropout(h, mask, keep)
    return np.mean((h @ W2 - y) ** 2)


def args():
    rng = np.random.default_rng(0)
    mask = rng.uniform(size=10) < 0.8
    return rng.normal(size=(4, 10)), rng.normal(size=(10, 2)), rng.normal(size=(30, 4)), rng.normal(size=(30, 2)), mask


def main():
    from dropout_grad import loss_value_and_grad

    *arguments, mask = args()
    value, (W1_bar, W2_bar) = loss_value_and_grad(*arguments, mask)
    print(f"loss {value:.4f}")
    print("unit  kept  |dL/dW1| of its column")
    for unit, kept in enumerate(mask):
        print(f"{unit:4}  {'yes' if kept else 'no':4}  {np.linalg.norm(W1_bar[:, unit]):.4f}")
    assert not mask.all()
    assert not W1_bar[:, ~mask].any()
    assert not W2_bar[~mask].any()


if __name__ == "__main__":
    main()
