"""Functions to verify, with arguments."""

from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

rng = np.random.default_rng(0)
Pair = namedtuple("Pair", ["a", "b"])


@dataclass(frozen=True)
class Config:
    W: Any
    name: str
    rate: float


class Program(NamedTuple):
    function: Callable[..., Any]
    args: tuple[Any, ...]
    options: dict[str, Any]


def square(x: Any) -> Any:
    return x * x


def scalars(w: Any, x: Any, b: Any, y: Any) -> Any:
    return (w * x + b - y) ** 2


def classifier(W: Any, b: Any, x: Any, y: Any) -> Any:
    h = np.tanh(x @ W + b)
    shifted = h - h.max(axis=1, keepdims=True)
    log_z = np.log(np.exp(shifted).sum(axis=1))
    return (log_z - shifted[np.arange(len(y)), y]).mean()


def branches(x: Any) -> Any:
    if np.sum(x) > 0:
        return np.sum(x**3)
    return np.sum(np.sqrt(x * x + 1))


def guarded(x: Any) -> Any:
    return np.mean(np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), x * x)) + np.sum(np.clip(x, -0.5, 0.5) ** 2)


def statistics(x: Any) -> Any:
    return np.std(x) + np.var(x[:3]) + np.linalg.norm(x) + np.prod(x) + np.min(x) * np.max(x)


def with_aux(x: Any) -> Any:
    return np.sum(np.sin(x)), {"squares": x * x, "n": 3}


def helper(x: Any, scale: float = 2.0) -> Any:
    return np.exp(-x * x) * scale


def calls(x: Any, y: Any) -> Any:
    return np.sum(helper(x) * helper(y, scale=0.5))


def config(c: Any, x: Any) -> Any:
    return np.sum(np.tanh(x @ c.W)) * c.rate


def pairs(p: Any) -> Any:
    return np.sum(np.hypot(p["first"].a, p["first"].b)) + p["second"][0]


def rounds_inside(x: Any) -> Any:
    return np.sum(np.float32(2.0) * x) + np.sum(x.astype(np.float32) ** 2)


def noise_around_zero(M: Any) -> Any:
    centred = M - M.mean(axis=0)
    return ((centred / np.sqrt((centred**2).mean(axis=0) + 1e-5)) ** 3).sum()


vector = rng.normal(size=5)
matrix = rng.normal(size=(6, 4))
PROGRAMS = [
    Program(square, (3.0,), {}),
    Program(scalars, (2.0, 3.0, 1.0, 4.0), {"wrt": ("w", "x", "b", "y")}),
    Program(classifier, (rng.normal(size=(4, 3)), rng.normal(size=3), matrix, np.arange(6) % 3), {"wrt": ("W", "b")}),
    Program(branches, (vector,), {}),
    Program(branches, (-vector,), {}),
    Program(guarded, (vector,), {}),
    Program(statistics, (vector,), {}),
    Program(with_aux, (vector,), {"has_aux": True}),
    Program(calls, (vector, vector + 0.5), {"wrt": ("x", "y")}),
    Program(calls, (vector.astype(np.float32), np.float32(0.5)), {"wrt": ("x", "y")}),
    Program(rounds_inside, (vector,), {}),
    Program(noise_around_zero, (matrix,), {}),
    Program(config, (Config(rng.normal(size=(4, 2)), "adam", 0.5), matrix), {}),
    Program(pairs, ({"first": Pair(vector, 2.0), "second": [1.5, "text"]},), {}),
]
