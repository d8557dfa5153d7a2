"""A batched classifier: the softmax and the cross entropy fold into p - onehot(y)."""

import numpy as np

WRT = ("W1", "b1", "W2", "b2")


def loss(W1, b1, W2, b2, x, y):
    h = np.maximum(x @ W1 + b1, 0.0)
    logits = h @ W2 + b2
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_z = np.log(np.exp(shifted).sum(axis=1))
    return (log_z - shifted[np.arange(len(y)), y]).mean()


def by_hand(W1, b1, W2, b2, x, y):
    h = x @ W1
    h += b1
    np.maximum(h, 0.0, out=h)
    logits = h @ W2
    logits += b2
    shifted = logits
    shifted -= logits.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    s = e.sum(axis=1)
    log_z = np.log(s)
    n = len(y)
    rows = np.arange(n)
    value = (log_z - shifted[rows, y]).mean()
    logits_bar = e
    logits_bar *= (1.0 / (n * s))[:, None]
    logits_bar[rows, y] -= 1.0 / n
    W2_bar = h.T @ logits_bar
    b2_bar = logits_bar.sum(axis=0)
    z_bar = logits_bar @ W2.T
    z_bar *= h > 0.0
    W1_bar = x.T @ z_bar
    b1_bar = z_bar.sum(axis=0)
    return value, (W1_bar, b1_bar, W2_bar, b2_bar)


def arguments(n, d, h, k):
    rng = np.random.default_rng(0)
    return (
        rng.normal(size=(d, h)) / np.sqrt(d),
        rng.normal(size=h),
        rng.normal(size=(h, k)) / np.sqrt(h),
        rng.normal(size=k),
        rng.normal(size=(n, d)),
        rng.integers(0, k, size=n),
    )


ARGS = arguments(32, 10, 32, 4)
