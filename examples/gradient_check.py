"""Checking a gradient by central differences, and why the step must be neither too large nor too small.

The error of (f(w + h v) - f(w - h v)) / 2h against the exact derivative falls like h**2 (truncation) until it rises
like eps/h (rounding). A wrong gradient has no such valley: its error stays flat.

    python examples/gradient_check.py [picture.png]
"""

import sys
from pathlib import Path

import numpy as np

import pullback


def loss(w, x, y):
    """Logistic regression: y is -1 or +1."""
    margins = y * (x @ w)
    return np.mean(np.log1p(np.exp(-margins))) + 0.01 * np.sum(w**2)


def args():
    rng = np.random.default_rng(0)
    return rng.normal(size=8), rng.normal(size=(50, 8)), np.sign(rng.normal(size=50))


def errors(derivative, direction, steps):
    """The relative error of the central difference along a direction, for every step."""
    w, x, y = args()
    differences = [(loss(w + h * direction, x, y) - loss(w - h * direction, x, y)) / (2 * h) for h in steps]
    return np.abs(np.array(differences) - derivative) / abs(derivative)


def plot(path, steps, right, wrong):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    axes.loglog(steps, right, "o-", label="generated gradient")
    axes.loglog(steps, wrong, "s--", label="gradient without the penalty (a bug)")
    axes.loglog(steps, steps**2, ":", color="gray", label="truncation: h²")
    axes.loglog(steps, np.finfo(float).eps / steps, "-.", color="gray", label="rounding: eps / h")
    axes.set(
        ylim=(1e-12, 1), xlabel="step h", ylabel="relative error", title="Central differences against the gradient"
    )
    axes.legend(loc="lower left")
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main(path="build/gradient_check.png"):
    w, x, y = args()
    gradient = pullback.grad(loss)(w, x, y)
    direction = np.random.default_rng(1).normal(size=w.shape)
    steps = 10.0 ** np.arange(-1, -13, -1)
    right = errors(gradient @ direction, direction, steps)
    wrong = errors((gradient - 0.02 * w) @ direction, direction, steps)

    print("   step   error   error of a wrong gradient")
    for h, good, bad in zip(steps, right, wrong, strict=True):
        print(f"{h:7.0e} {good:7.0e}   {bad:7.0e}   " + "#" * round(13 + np.log10(max(good, 1e-13))))
    best = np.argmin(right)
    theory = np.finfo(float).eps ** (1 / 3)
    print(f"best step {steps[best]:.0e}, error {right[best]:.0e}; theory puts it near eps**(1/3) = {theory:.0e}")
    assert right.min() < 1e-9 < 1e-3 < wrong.min()

    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        plot(path, steps, right, wrong)
        print(f"plotted in {path}")
    except ImportError:
        print("matplotlib is not installed, so no picture was drawn: pip install -e '.[examples]'")


if __name__ == "__main__":
    main(*sys.argv[1:])
