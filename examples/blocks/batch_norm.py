"""Batch normalisation with the statistics of the batch, as in training: the mean and variance depend on x too.

Their contributions make the gradient with respect to x sum to zero over the batch, and orthogonal to the normalised
x: shifting or scaling a feature changes nothing, so the gradient cannot point there.

    python examples/blocks/batch_norm.py
"""

import numpy as np


def batch_norm(x, gamma, beta, eps=1e-5):
    mu = np.mean(x, axis=0)
    var = np.var(x, axis=0)
    x_hat = (x - mu) / np.sqrt(var + eps)
    return gamma * x_hat + beta


def loss(x, gamma, beta, y):
    return np.mean((batch_norm(x, gamma, beta) - y) ** 2)


def args():
    rng = np.random.default_rng(0)
    x = rng.normal(loc=3.0, scale=2.0, size=(32, 4))
    return x, rng.uniform(0.5, 1.5, size=4), rng.normal(size=4), rng.normal(size=(32, 4))


def main():
    from batch_norm_grad import loss_value_and_grad

    x, gamma, beta, y = args()
    value, (x_bar, gamma_bar, beta_bar) = loss_value_and_grad(x, gamma, beta, y)
    x_hat = (x - x.mean(axis=0)) / x.std(axis=0)
    print(f"loss {value:.4f}")
    print(f"dL/dgamma = {gamma_bar.round(4)}")
    print(f"dL/dbeta  = {beta_bar.round(4)}")
    print(f"sum of dL/dx over the batch:     {np.abs(x_bar.sum(axis=0)).max():.1e}")
    print(f"dL/dx along the normalised x:    {np.abs((x_bar * x_hat).sum(axis=0)).max():.1e} (eps leaves a trace)")
    assert np.abs(x_bar.sum(axis=0)).max() < 1e-12
    assert np.abs((x_bar * x_hat).sum(axis=0)).max() < 1e-5


if __name__ == "__main__":
    main()
