"""The generated gradient of a batched classifier against the one that an engineer would write by hand.

Run: python benchmarks/mlp.py
"""

import numpy as np
from programs.mlp_cross_entropy import WRT, arguments, by_hand, loss
from timing import medians, save, table

import pullback


def main():
    gradient = pullback.differentiate(loss, wrt=WRT)
    figures = {}
    for size in ((32, 10, 32, 4), (256, 64, 128, 10), (256, 784, 512, 10)):
        args = arguments(*size)
        compiled = gradient.lower(*args)
        bare = compiled.compiled.function
        value, grads = bare(*args)
        wanted_value, wanted = by_hand(*args)
        assert np.isclose(value, wanted_value, rtol=1e-12)
        for g, w in zip(grads, wanted, strict=True):
            np.testing.assert_allclose(g, w, rtol=1e-9, atol=1e-12)
        seconds = medians(
            {
                "by hand": lambda: by_hand(*args),
                "generated": lambda: bare(*args),
                "generated, with dispatch": lambda: gradient.value_and_grad(*args),
                "forward alone": lambda: loss(*args),
            }
        )
        table(f"n, d, h, k = {size}", seconds, "by hand")
        figures[str(size)] = {name: s / seconds["by hand"] for name, s in seconds.items()}
    save("mlp", figures)


if __name__ == "__main__":
    main()
