"""Derivatives at hostile points: ours and those of the peers that are installed, as the table in docs/numerics.md.

`python benchmarks/numerics.py` rewrites the table (`make numerics`). Each function is written over `np`, and run as it
stands by every peer, with its own namespace in place of NumPy. A peer that is not installed keeps its column.
"""

from __future__ import annotations

import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from pullback import DifferentiationError, differentiate

TARGET = Path(__file__).parents[1] / "docs" / "numerics.md"
BEGIN, END = "<!-- points: made by benchmarks/numerics.py -->\n", "<!-- end of points -->\n"
FAR = np.array([-1000.0, 0.0, 1000.0])
POINTS: list[tuple[Callable[..., Any], str, Any, str]] = []


def point(text: str, x: Any, exact: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: the gradient at x is `exact`, at a kink the subgradient of least size; `text` shows the function."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        POINTS.append((function, text, x, exact))
        return function

    return register


@point("log(1 + exp(x))", FAR, "0, 0.5, 1")
def softplus(x):
    return np.sum(np.log(1 + np.exp(x)))


@point("log1p(exp(x))", FAR, "0, 0.5, 1")
def softplus_by_log1p(x):
    return np.sum(np.log1p(np.exp(x)))


@point("1 / (1 + exp(-x))", FAR, "0, 0.25, 0")
def sigmoid(x):
    return np.sum(1 / (1 + np.exp(-x)))


@point("1 / (1 + exp(-x))", np.array([-400.0]), "1.915e-174")
def small_sigmoid(x):
    return np.sum(1 / (1 + np.exp(-x)))


@point("exp(x) / (1 + exp(x))", np.array([40.0]), "4.248e-18")
def sigmoid_by_two(x):
    return np.sum(np.exp(x) / (1 + np.exp(x)))


@point("where(x >= 0, 1/(1+exp(-x)), exp(x)/(1+exp(x)))", FAR, "0, 0.25, 0")
def sigmoid_by_sign(x):
    return np.sum(np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x))))


@point("-log(1 / (1 + exp(-x)))", FAR, "-1, -0.5, 0")
def cross_entropy(x):
    return np.sum(-np.log(1 / (1 + np.exp(-x))))


@point("log(exp(x) + exp(-x))", FAR, "-1, 0, 1")
def log_cosh(x):
    return np.sum(np.log(np.exp(x) + np.exp(-x)))


@point("log(sum(exp(x)))", np.array([1000.0, 1000.0, 0.0]), "0.5, 0.5, 0")
def log_sum_exp(x):
    return np.log(np.sum(np.exp(x)))


@point("logaddexp(0, x)", FAR, "0, 0.5, 1")
def softplus_by_logaddexp(x):
    return np.sum(np.logaddexp(0 * x, x))


@point("where(x > 100, x, exp(x))", FAR, "0, 1, 1")
def masked_overflow(x):
    return np.sum(np.where(x > 100, x, np.exp(x)))


@point("where(x > 0, sqrt(x), 0)", np.array([0.0, 4.0]), "0, 0.25")
def masked_root(x):
    return np.sum(np.where(x > 0, np.sqrt(x), 0 * x))


@point("where(x > 0, x * log(x), 0)", np.array([0.0, 1.0]), "0, 1")
def entropy(x):
    return np.sum(np.where(x > 0, x * np.log(x), 0 * x))


@point("where(isnan(x), 0, x * x)", np.array([np.nan, 2.0]), "0, 4")
def masked_nan(x):
    return np.sum(np.where(np.isnan(x), 0 * x, x * x))


@point("sqrt(sum(x**2))", np.zeros(2), "0, 0")
def norm(x):
    return np.sqrt(np.sum(x**2))


@point("linalg.norm(x)", np.zeros(2), "0, 0")
def norm_by_function(x):
    return np.linalg.norm(x)


@point("std(x)", np.ones(3), "0, 0, 0")
def deviation(x):
    return np.std(x)


@point("hypot(x, x)", np.zeros(1), "0")
def hypotenuse(x):
    return np.sum(np.hypot(x, x))


@point("arctan2(x, x)", np.zeros(1), "0")
def angle(x):
    return np.sum(np.arctan2(x, x))


@point("abs(x)", np.zeros(1), "0")
def magnitude(x):
    return np.sum(np.abs(x))


@point("maximum(x, 0 * x)", np.zeros(1), "0.5")
def tie(x):
    return np.sum(np.maximum(x, 0 * x))


@point("x**0 + x**1 + x**2", np.zeros(1), "1")
def powers(x):
    return np.sum(x**0 + x**1 + x**2)


@point("x**3", np.array([-2.0]), "12")
def cube(x):
    return np.sum(x**3)


@point("prod(x)", np.array([0.0, 2.0, 3.0]), "6, 0, 0")
def product(x):
    return np.prod(x)


@point("prod(x)", np.array([0.0, 0.0, 3.0]), "0, 0, 0")
def product_of_zeros(x):
    return np.prod(x)


@point("sinc(x)", np.zeros(1), "0")
def cardinal_sine(x):
    return np.sum(np.sinc(x))


@point("max(x)", np.array([2.0, 1.0, 2.0]), "0.5, 0, 0.5")
def maximum_of_ties(x):
    return np.max(x)


def shown(gradient: Any) -> str:
    """Numbers as the table shows them: four digits, no zero with a sign."""
    return ", ".join(f"{float(v) + 0.0:.4g}" for v in np.ravel(np.asarray(gradient, dtype=float)))


def ours(function: Callable[..., Any], x: Any) -> str:
    """The gradient that pullback generates."""
    with np.errstate(all="ignore"):
        try:
            return shown(differentiate(function).grad(x))
        except DifferentiationError as refusal:
            return type(refusal).__name__


def over(function: Callable[..., Any], namespace: Any) -> Callable[..., Any]:
    """The same function with another `np`."""
    return types.FunctionType(function.__code__, {**function.__globals__, "np": namespace})


def autograd_peer() -> Callable[..., Any]:
    import autograd
    import autograd.numpy

    return lambda f, x: autograd.grad(over(f, autograd.numpy))(x)


def jax_peer() -> Callable[..., Any]:
    import jax

    jax.config.update("jax_enable_x64", True)
    return lambda f, x: jax.grad(over(f, jax.numpy))(jax.numpy.asarray(x))


def torch_peer() -> Callable[..., Any]:
    import torch

    def gradient(f: Any, x: Any) -> Any:
        class Namespace:
            std = staticmethod(lambda v: torch.std(v, correction=0))
            linalg = torch.linalg

            def __getattr__(self, name: str) -> Any:
                return getattr(torch, name)

        leaf = torch.tensor(x, requires_grad=True)
        over(f, Namespace())(leaf).backward()
        return leaf.grad.numpy()

    return gradient


PEERS = {"autograd": autograd_peer, "JAX": jax_peer, "PyTorch": torch_peer}


def rows(text: str) -> dict[tuple[str, str], list[str]]:
    """The table as it stands: the cells after the first two, by those."""
    table = text.split(BEGIN)[1].split(END)[0] if BEGIN in text else ""
    lines = [line for line in table.splitlines() if line.startswith("| `")]
    cells = [[c.strip() for c in line.strip("|\n ").split(" | ")] for line in lines]
    return {(row[0], row[1]): row[2:] for row in cells}


def main() -> None:
    """Rewrite the table."""
    warnings.simplefilter("ignore")
    text = TARGET.read_text()
    known, peers = rows(text), {}
    for name, make in PEERS.items():
        try:
            peers[name] = make()
        except ImportError:
            print(f"{name} is not installed: its column stays")
    lines = [
        "| function | at | exact | pullback | " + " | ".join(PEERS) + " |",
        "|---|---|---|---|" + "---|" * len(PEERS),
    ]
    for function, label, x, exact in POINTS:
        cells = [exact, ours(function, x)]
        old = known.get((f"`{label}`", shown(x)), [""] * 5)
        for k, name in enumerate(PEERS):
            if name not in peers:
                cells.append(old[k + 2])
                continue
            try:
                cells.append(shown(peers[name](function, x)))
            except Exception as error:
                cells.append(type(error).__name__)
        lines.append(f"| `{label}` | {shown(x)} | " + " | ".join(cells) + " |")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    TARGET.write_text(before + BEGIN + "\n".join(lines) + "\n" + END + after)


if __name__ == "__main__":
    main()
