"""Train on the digits with the generated gradient. The compiler is not needed here, and not loaded.

python examples/digits/train.py
"""

import sys
import time

import numpy as np
from chart import curve
from data import digits
from digits_grad import loss_value_and_grad
from model import Config, accuracy, initialise

EPOCHS = 40
BATCH = 64
LEARNING_RATE = 0.1
MOMENTUM = 0.9


def progress(epochs):
    """The epochs, with a bar where rich is installed."""
    try:
        from rich.progress import track
    except ImportError:
        return epochs
    return track(epochs, description="training")


def train(params, x, labels, config, rng):
    """Gradient descent with momentum, in place; returns the loss at every step."""
    velocity = {name: np.zeros_like(p) for name, p in params.items()}
    losses = []
    for epoch in progress(range(EPOCHS)):
        rate = LEARNING_RATE * 0.5 * (1 + np.cos(np.pi * epoch / EPOCHS))
        for batch in np.array_split(rng.permutation(len(x)), len(x) // BATCH):
            value, gradients = loss_value_and_grad(params, x[batch], labels[batch], config)
            for name, p in params.items():
                velocity[name] *= MOMENTUM
                velocity[name] -= rate * gradients[name]
                p += velocity[name]
            losses.append(float(value))
    return losses


def main():
    rng = np.random.default_rng(0)
    config = Config()
    (x, labels), (x_test, labels_test) = digits(rng)
    params = initialise(config, rng)

    start = time.perf_counter()
    losses = train(params, x, labels, config, rng)
    seconds = time.perf_counter() - start

    print(f"loss over {len(losses)} steps in {seconds:.1f} s")
    print(*curve(losses), sep="\n")
    score = accuracy(params, x_test, labels_test, config)
    print(f"train accuracy {accuracy(params, x, labels, config):.2%}")
    print(f"test accuracy  {score:.2%} on {len(x_test)} digits that were not trained on")
    print(f"pullback imported: {any(name.split('.')[0] == 'pullback' for name in sys.modules)}")
    assert "pullback" not in sys.modules
    assert score >= 0.96


if __name__ == "__main__":
    main()
