"""Layer normalisation: every sample is normalised over its own features.

python examples/blocks/layer_norm.py
"""

import numpy as np


def layer_norm(x, gain, bias, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    centred = x - mean
    variance = (centred**2).mean(axis=-1, keepdims=True)
    return gain * centred / np.sqrt(variance + eps) + bias


def loss(x, gain, bias, y):
    return np.mean((layer_norm(x, gain, bias) - y) ** 2)


def args():
    rng = np.random.default_rng(0)
    x = rng.normal(loc=-1.0, scale=3.0, size=(2, 5, 8))  # batch, position, feature
    return x, rng.uniform(0.5, 1.5, size=8), rng.normal(size=8), rng.normal(size=(2, 5, 8))


def main():
    from layer_norm_grad import loss_value_and_grad

    x, gain, bias, y = args()
    value, (x_bar, gain_bar, bias_bar) = loss_value_and_grad(x, gain, bias, y)
    print(f"loss {value:.4f}, shapes of the gradients: {x_bar.shape}, {gain_bar.shape}, {bias_bar.shape}")
    print(f"sum of dL/dx over the features of a sample: {np.abs(x_bar.sum(axis=-1)).max():.1e}")
    assert np.abs(x_bar.sum(axis=-1)).max() < 1e-12

    # normalisation undoes a scale of x, so a tenfold x has a tenth of the gradient
    _, (scaled_bar, _, _) = loss_value_and_grad(10 * x, gain, bias, y)
    ratio = np.linalg.norm(x_bar) / np.linalg.norm(scaled_bar)
    print(f"|dL/dx| at x over |dL/dx| at 10 x: {ratio:.4f}")
    assert abs(ratio - 10) < 1e-3


if __name__ == "__main__":
    main()
