from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np

from pullback.verify.values import at, leaves, with_leaves

Pair = namedtuple("Pair", ["first", "second"])


@dataclass(frozen=True)
class Config:
    rate: float
    name: str


class Model:
    def __init__(self) -> None:
        self.weights: list[Any] = [np.ones(2), {"b": 3}]


def nested() -> Any:
    return {"p": Pair(1.0, (2, np.zeros(3))), "c": Config(0.5, "adam"), "m": Model(), "none": None}


def test_every_number_and_array_has_a_path() -> None:
    value = nested()
    paths = [path for path, _ in leaves(value)]
    assert paths == [
        ("p", "first"),
        ("p", "second", 0),
        ("p", "second", 1),
        ("c", "rate"),
        ("m", "weights", 0),
        ("m", "weights", 1, "b"),
    ]
    assert all(at(value, path) is leaf for path, leaf in leaves(value))


def test_a_copy_keeps_the_types_and_shares_no_memory() -> None:
    value = nested()
    twin = with_leaves(value, {("c", "rate"): 0.25})
    assert (twin["c"], twin["p"].first, twin["none"]) == (Config(0.25, "adam"), 1.0, None)
    assert type(twin["p"]) is Pair
    assert type(twin["m"]) is Model
    twin["m"].weights[0][:] = 7.0
    twin["m"].weights[1]["b"] = 7
    twin["p"].second[1][:] = 7.0
    assert value["m"].weights[0].tolist() == [1.0, 1.0]
    assert value["m"].weights[1] == {"b": 3}
    assert value["p"].second[1].tolist() == [0.0, 0.0, 0.0]
