"""Rules of lists: the pullback is the transpose of the pushforward, and is made of primitives that have rules."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import pullback.primitives.tables  # noqa: F401  # fills the registry
from pullback.ir.types import FLOAT, Array, List, is_inexact, type_of
from pullback.primitives.registry import PRIMITIVES

ROW = Array(np.dtype(float), (2,))


def numbers(count: int, seed: int = 0) -> list[float]:
    return [float(x) for x in np.random.default_rng([seed, count]).normal(size=count)]


def rows(count: int, seed: int = 0) -> list[Any]:
    return list(np.random.default_rng([seed, count, 2]).normal(size=(count, 2)))


CASES: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("list_of", (0.3, 0.4, 0.5), {"element": FLOAT}),
    ("list_append", (numbers(3), 0.7), {"element": FLOAT}),
    ("list_append", (rows(3), rows(1)[0]), {"element": ROW}),
    ("list_append", ([], 0.7), {"element": FLOAT}),
    ("list_get", (numbers(4), -2), {}),
    ("list_get", (rows(4), 1), {}),
    ("list_drop", (numbers(4), numbers(4)[-1]), {}),
    ("list_drop", (rows(1), rows(1)[-1]), {}),
    ("list_prepend", (numbers(3), 0.7), {"element": FLOAT}),
    ("list_prepend", (rows(3), rows(1)[0]), {"element": ROW}),
    ("list_rest", (numbers(4), numbers(4)[0]), {}),
    ("list_rest", (rows(1), rows(1)[0]), {}),
    ("list_set", (numbers(4), 0.9, 2), {"element": FLOAT}),
    ("list_set", (rows(4), rows(1)[0], -1), {"element": ROW}),
    ("list_add_at", (rows(4), rows(1)[0], 2), {}),
    ("list_add_at", ([numbers(2), numbers(3)], numbers(3, 1), 1), {}),
    ("list_copy", (numbers(3),), {}),
    ("list_reverse", (rows(3),), {}),
    ("list_permuted", (numbers(4), [2, 0, 3, 1]), {}),
    ("list_permuted", (rows(3), [1, 2, 0]), {}),
    ("list_plus", (rows(3), rows(3, 1)), {}),
    ("list_plus", ([numbers(2), numbers(3)], [numbers(2, 1), numbers(3, 1)]), {}),
    ("list_extend", (numbers(3), numbers(2, 1)), {"element": FLOAT}),
    ("list_extend", (numbers(3), []), {"element": FLOAT}),
    ("list_repeat", (numbers(2), 3), {}),
    ("list_repeat", (rows(1), 0), {}),
    ("list_fold", (numbers(6), numbers(2), 3), {}),
    ("list_fold", (rows(3), rows(1), 3), {}),
    ("list_slice", (numbers(6), 1, -1, 2), {}),
    ("list_slice", (numbers(6), None, None, -1), {}),
    ("list_slice", (numbers(3), 5, None, None), {}),
    ("list_add_slice", (numbers(6), numbers(2, 1), 1, -1, 2), {}),
    ("list_sum", (numbers(4), 0), {}),
    ("list_sum", (rows(4), rows(1, 3)[0]), {}),
    ("list_spread", (0.4, numbers(3)), {}),
    ("list_array", (numbers(4),), {}),
    ("list_array", (rows(4),), {}),
    ("list_stack", (rows(4),), {"axis": -1}),
    ("list_unstack", (np.arange(6.0).reshape(3, 2),), {"axis": 1, "element": Array(np.dtype(float), (3,))}),
    ("list_unstack", (np.arange(3.0),), {"axis": 0, "element": FLOAT}),
    ("list_concatenate", ([np.arange(2.0), np.arange(3.0)],), {"axis": 0}),
    ("list_split", (np.arange(5.0), [np.zeros(2), np.zeros(3)]), {"axis": 0}),
    ("list_rows", (numbers(3), numbers(3, 1)), {}),
    ("list_column", (np.arange(6.0).reshape(3, 2),), {"k": 1, "width": 2, "element": FLOAT}),
]  # fmt: skip


def flat(tree: Any) -> np.ndarray[Any, Any]:
    """The numbers of a list, an array or a number."""
    if isinstance(tree, list):
        return np.concatenate([flat(item) for item in tree]) if tree else np.zeros(0)
    return np.ravel(np.asarray(tree, float))


def random_like(tree: Any, rng: np.random.Generator) -> Any:
    if isinstance(tree, list):
        return [random_like(item, rng) for item in tree]
    return float(rng.normal()) if np.ndim(tree) == 0 else rng.normal(size=np.shape(tree))


def name_of(case: tuple[str, Any, Any]) -> str:
    return case[0]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_pullback_is_the_transpose_of_the_pushforward(case: Any) -> None:
    name, operands, attrs = case
    prim, rng = PRIMITIVES[name], np.random.default_rng(0)
    wanted = [is_inexact(type_of(o)) for o in operands]
    if name in ("list_drop", "list_rest", "list_spread", "list_fold", "list_split", "list_permuted"):
        wanted[1] = False  # says only of what shape, or in which order, the result is
    before = copy.deepcopy(operands)
    out = prim.evaluate(*operands, **attrs)
    tangents = [random_like(o, rng) if w else None for o, w in zip(operands, wanted, strict=True)]
    g = random_like(out, rng)
    assert prim.jvp is not None
    assert prim.vjp is not None
    pushed = prim.jvp(tangents, out, operands, attrs)
    pulled = prim.vjp(g, out, operands, attrs, wanted)
    left = flat(g) @ flat(pushed)
    right = sum(flat(p) @ flat(t) for p, t in zip(pulled, tangents, strict=True) if t is not None)
    assert left == pytest.approx(right, rel=1e-12, abs=1e-12)
    assert [
        type(a) is type(b) or np.shape(a) == np.shape(b) for a, b in zip(pulled, operands, strict=True) if a is not None
    ]
    np.testing.assert_array_equal(flat(list(operands)[:1]), flat(list(before)[:1]))


def test_every_primitive_of_lists_has_a_case() -> None:
    discrete = {name for name, prim in PRIMITIVES.items() if prim.kind == "discrete"}
    assert {n for n in PRIMITIVES if n.startswith("list_")} - {name for name, _, _ in CASES} <= discrete


def test_a_list_of_unlike_arrays_gives_elements_of_unknown_shape() -> None:
    from pullback.ir.types import Sym
    from pullback.primitives.families.lists import element_of

    first, second = (element_of(List(Array(None, (Sym("?7"), Sym("n"))))) for _ in range(2))
    assert isinstance(first, Array)
    assert isinstance(second, Array)
    assert first.shape is not None
    assert second.shape is not None
    assert first.shape[0] != second.shape[0]
    assert first.shape[1] == second.shape[1]
