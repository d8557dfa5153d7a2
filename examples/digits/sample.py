"""Arguments of `model.loss`: of the real shapes, to build for, and of a small instance, to verify symbolically."""

import numpy as np
from model import Config, initialise


def _arguments(config, n):
    rng = np.random.default_rng(0)
    params = {name: p + 0.1 * rng.normal(size=p.shape) for name, p in initialise(config, rng).items()}  # no bias is 0
    x = rng.uniform(size=(n, config.sizes[0]))
    return params, x, rng.integers(0, config.sizes[-1], size=n), config


def args():
    return _arguments(Config(), 64)


def small():
    return _arguments(Config(sizes=(3, 4, 3, 2)), 3)
