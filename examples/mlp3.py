"""A three-layer perceptron in NumPy, and its gradient held against PyTorch's autograd.

python examples/mlp3.py          (PyTorch comes with the bench extra: pip install -e '.[bench]')
"""

from itertools import pairwise

import numpy as np


def log_softmax(z):
    z = z - np.max(z, axis=1, keepdims=True)
    return z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))


def loss(params, x, targets):
    (W1, b1), (W2, b2), (W3, b3) = params
    h1 = np.tanh(x @ W1 + b1)
    h2 = np.maximum(h1 @ W2 + b2, 0.0)
    log_p = log_softmax(h2 @ W3 + b3)
    return -np.mean(np.sum(targets * log_p, axis=1))


def args():
    rng = np.random.default_rng(0)
    sizes = [20, 64, 32, 5]
    params = [
        (rng.normal(size=(n_in, n_out)) / np.sqrt(n_in), 0.1 * rng.normal(size=n_out))
        for n_in, n_out in pairwise(sizes)
    ]
    return params, rng.normal(size=(100, 20)), np.eye(5)[rng.integers(0, 5, size=100)]


def torch_value_and_grad(params, x, targets):
    """The same network in PyTorch, with PyTorch's own functions."""
    import torch

    tensors = [tuple(torch.tensor(p, requires_grad=True) for p in layer) for layer in params]
    (W1, b1), (W2, b2), (W3, b3) = tensors
    h1 = torch.tanh(torch.tensor(x) @ W1 + b1)
    h2 = torch.relu(h1 @ W2 + b2)
    value = torch.nn.functional.cross_entropy(h2 @ W3 + b3, torch.tensor(targets))
    value.backward()
    return value.item(), [tuple(p.grad.numpy() for p in layer) for layer in tensors]


def main():
    from mlp3_grad import loss_value_and_grad

    value, gradients = loss_value_and_grad(*args())
    print(f"loss {value:.12f}")
    for l, layer in enumerate(gradients, start=1):
        print(f"layer {l}: |dW| = {np.linalg.norm(layer[0]):.6f}, |db| = {np.linalg.norm(layer[1]):.6f}")
    try:
        expected_value, expected = torch_value_and_grad(*args())
    except ImportError:
        print("PyTorch is not installed, so there is nothing to compare with: pip install -e '.[bench]'")
        return
    pairs = list(zip(sum(gradients, ()), sum(expected, ()), strict=True))
    worst = max(np.max(np.abs(a - b)) for a, b in pairs)
    print(f"PyTorch: {expected_value:.12f}; largest difference in any of the {len(pairs)} gradients: {worst:.1e}")
    assert abs(value - expected_value) < 1e-12
    assert worst < 1e-12


if __name__ == "__main__":
    main()
