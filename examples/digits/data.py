"""The 1,797 handwritten digits that ship with scikit-learn: 8x8 pixels, ten classes."""

import numpy as np


def digits(rng, test_share=0.2):
    """Pixels from 0 to 1, in two parts: (x_train, y_train), (x_test, y_test)."""
    from sklearn.datasets import load_digits

    data = load_digits()
    x, y = data.data / 16.0, data.target
    order = rng.permutation(len(x))
    test, train = np.split(order, [int(test_share * len(x))])
    return (x[train], y[train]), (x[test], y[test])
