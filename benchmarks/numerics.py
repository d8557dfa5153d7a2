"""Derivatives at hostile points: ours and those of the peers that are installed, as the table in docs/numerics.md.

`python benchmarks/numerics.py` rewrites the table (`make numerics`). Each function is written over `np`, and run as it
stands by every peer, with its own namespace in place of NumPy. A peer that is not installed keeps its column.
Under the table it says where each peer differs.
"""

from __future__ import annotations

import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from hostile_points import POINTS

from pullback import DifferentiationError, differentiate

TARGET = Path(__file__).parents[1] / "docs" / "numerics.md"
BEGIN, END = "<!-- points: made by benchmarks/numerics.py -->\n", "<!-- end of points -->\n"


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


def pytensor_peer() -> Callable[..., Any]:
    import pytensor
    import pytensor.tensor

    def gradient(f: Any, x: Any) -> Any:
        leaf = pytensor.tensor.tensor("x", dtype=str(np.asarray(x).dtype), shape=np.shape(x))
        out = over(f, pytensor.tensor)(leaf)
        return pytensor.function([leaf], pytensor.grad(out, leaf))(x)

    return gradient


PEERS = {"autograd": autograd_peer, "JAX": jax_peer, "PyTorch": torch_peer, "PyTensor": pytensor_peer}


def rows(text: str) -> dict[tuple[str, str], list[str]]:
    """The table as it stands: the cells after the first two, by those."""
    table = text.split(BEGIN)[1].split(END)[0] if BEGIN in text else ""
    lines = [line for line in table.splitlines() if line.startswith("| `")]
    cells = [[c.strip() for c in line.split(" | ")] for line in (line[2:-2] for line in lines)]
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
    table = []
    for function, label, x, exact in POINTS:
        cells = [exact, ours(function, x)]
        old = [*known.get((f"`{label}`", shown(x)), []), *[""] * (len(PEERS) + 2)]
        for k, name in enumerate(PEERS):
            if name not in peers:
                cells.append(old[k + 2])
                continue
            try:
                cells.append(shown(peers[name](function, x)))
            except Exception as error:
                cells.append(type(error).__name__)
        table.append(cells)
        lines.append(f"| `{label}` | {shown(x)} | " + " | ".join(cells) + " |")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    TARGET.write_text(before + BEGIN + "\n".join([*lines, "", *differences(table)]) + "\n" + END + after)


def differences(table: list[list[str]]) -> list[str]:
    """How often each column differs from the exact one, and in what way."""
    found = []
    for k, name in enumerate(["pullback", *PEERS]):
        cells = [(row[0], row[k + 1]) for row in table if row[k + 1]]
        refused = sum(cell[0].isupper() for _, cell in cells)
        nan = sum("nan" in cell and "nan" not in exact for exact, cell in cells)
        other = sum(cell != exact for exact, cell in cells) - nan - refused
        found.append(
            f"- {name}: {len(cells)} points, exact at {len(cells) - nan - other - refused}; NaN at {nan}, "
            f"another number at {other}, an exception at {refused}"
        )
    return found


if __name__ == "__main__":
    main()
