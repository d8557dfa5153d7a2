import inspect
from typing import Any

import numpy as np

from pullback.ir.interface import Request
from pullback.verify.shrink import shrunk
from pullback.verify.subject import Point, Subject


def point(**arguments: Any) -> Point:
    return Point(arguments)


def shapes(p: Point) -> dict[str, Any]:
    return {path[0]: np.shape(leaf) if isinstance(leaf, np.ndarray) else leaf for path, leaf in p.leaves().items()}


def test_equal_sizes_stay_equal_and_different_ones_different() -> None:
    first, turns, last = shrunk(
        point(W=np.ones((64, 32)), b=np.ones((1, 32)), x=np.ones((1797, 64)), y=np.arange(1797) % 10)
    )
    assert shapes(first) == {"W": (3, 2), "b": (1, 2), "x": (4, 3), "y": (4,)}
    assert shapes(turns) == {"W": (3, 2), "b": (1, 2), "x": (2, 3), "y": (2,)}
    assert shapes(last) == {"W": (2, 2), "b": (1, 2), "x": (2, 2), "y": (2,)}


def test_labels_fall_below_every_size_and_values_are_the_users() -> None:
    first = next(shrunk(point(W=np.arange(64.0 * 10).reshape(64, 10), y=np.arange(50) % 10)))
    assert first.arguments["y"].max() < 2
    assert first.arguments["W"].tolist() == [[0.0, 1.0], [10.0, 11.0], [20.0, 21.0], [30.0, 31.0]]


def test_what_is_small_stays_as_it_is() -> None:
    (only, *_) = shrunk(point(x=np.ones((2, 3)), k=np.array([1, 0]), s=1.5))
    assert shapes(only) == {"x": (2, 3), "k": (2,), "s": 1.5}
    assert only.arguments["k"].tolist() == [1, 0]


def test_ints_that_measure_a_size_are_tried_small_too() -> None:
    before, after, *_ = shrunk(point(x=np.ones((8, 5)), classes=5))
    assert (before.arguments["classes"], after.arguments["classes"]) == (5, 2)
    assert before.arguments["x"].shape == after.arguments["x"].shape == (3, 2)


def test_points_close_by_keep_signs_and_everything_that_is_not_differentiated_by() -> None:
    def f(x: Any, y: Any) -> Any:
        return x

    subject = Subject("f", f, f, Request(("x",), True), inspect.signature(f))
    first = subject.point((np.array([1.0, -2.0, 0.0], np.float32), np.ones(2)), {})
    moved = subject.nearby(first, np.random.default_rng(0)).arguments
    assert moved["x"].dtype == np.float32
    assert np.sign(moved["x"])[:2].tolist() == [1.0, -1.0]
    assert (moved["x"] != first.arguments["x"]).all()
    assert np.abs(moved["x"] - first.arguments["x"]).max() <= 0.1
    assert moved["y"].tolist() == [1.0, 1.0]
