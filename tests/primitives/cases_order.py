"""Operands for sorting, running sums, padding and differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from primitives.case import Case, array

Maker = Callable[[], list[Case]]
MODES = ("edge", "reflect", "symmetric", "wrap")


def _along(name: str, **attrs: object) -> list[Case]:
    shapes = [((5,), 0), ((5,), -1), ((3, 4), 0), ((3, 4), 1), ((2, 3, 2), -2), ((1,), 0)]
    return [Case(name, (array(*s),), {"axis": axis, **attrs}) for s, axis in shapes]


def _places() -> list[tuple[tuple[int, ...], np.ndarray, int]]:
    return [
        ((4,), np.array([2, 0, 2]), 0),
        ((3, 4), np.array([[0, 2, 1, 0], [1, 1, 0, 2]]), 0),
        ((3, 4), np.array([[3, 0], [1, 1], [2, 3]]), -1),
        ((3, 4), np.array([[3, 0]]), 1),
    ]


def _padded(name: str, **attrs: object) -> list[Case]:
    widths = [((4,), ((1, 2),)), ((3, 4), ((0, 1), (2, 0))), ((3, 4), ((2, 2), (0, 0)))]
    return [Case(name, (array(*s),), {"pad_width": w, **attrs}) for s, w in widths]


def _unpadded() -> list[Case]:
    cases = []
    for mode in MODES:
        for case in _padded("repeat_ends", mode=mode):
            g = array(*np.shape(case.prim.evaluate(*case.operands, **case.attrs)))
            cases.append(Case("unpad", (g, np.shape(case.operands[0])), case.attrs))
    return cases


def _additions() -> list[Case]:
    cases = []
    for shape, places, axis in _places():
        values = array(*np.take_along_axis(np.zeros(shape), places, axis).shape, low=-1.0)
        cases.append(Case("add_along_axis", (array(*shape), values, places), {"axis": axis}))
    return cases


ORDER: Mapping[str, Maker] = {
    "sort": lambda: _along("sort"),
    "argsort": lambda: _along("argsort", kind="stable"),
    "partition": lambda: [*_along("partition", kth=0), Case("partition", (array(5),), {"axis": 0, "kth": (1, 3)})],
    "argpartition": lambda: _along("argpartition", kth=0),
    "searchsorted": lambda: [Case("searchsorted", (np.arange(4.0), array(3)), {"side": "right"})],
    "take_along_axis": lambda: [Case("take_along_axis", (array(*s), k), {"axis": a}) for s, k, a in _places()],
    "add_along_axis": _additions,
    "cumsum": lambda: _along("cumsum"),
    "cumprod": lambda: _along("cumprod"),
    "recurrence": lambda: [
        Case("recurrence", (*c.operands, array(*c.operands[0].shape, low=-1.5)), {**c.attrs, "reverse": r})
        for r in (False, True)
        for c in _along("cumsum")
    ],
    "maximum_accumulate": lambda: _along("maximum_accumulate"),
    "minimum_accumulate": lambda: _along("minimum_accumulate"),
    "running_argmax": lambda: _along("running_argmax"),
    "diff": lambda: [c for n in (1, 2) for c in _along("diff", n=n) if c.operands[0].shape != (1,)],
    "pad": lambda: _padded("pad"),
    "pad_with": lambda: [Case("pad_with", (*c.operands, 1.5), c.attrs) for c in _padded("pad")],
    "repeat_ends": lambda: [
        c for m in ("edge", "reflect", "symmetric", "wrap") for c in _padded("repeat_ends", mode=m)
    ],
    "unpad": _unpadded,
    "roll": lambda: (
        [Case("roll", (array(3, 4),), {"shift": s, "axis": a}) for s, a in ((1, 0), (-2, -1), (5, None))]
        + [Case("roll", (array(3, 4),), {"shift": (1, -1), "axis": (0, 1)})]
    ),
    "tile": lambda: [Case("tile", (array(3, 4),), {"reps": r}) for r in ((2,), (2, 3), (2, 1, 1))],
    "repeat": lambda: [Case("repeat", (array(3, 4),), {"repeats": 2, "axis": a}) for a in (0, -1)],
    "repeat_each": lambda: [
        Case("repeat_each", (array(*shape), np.array(counts)), {"axis": axis})
        for shape, counts, axis in (((4,), [1, 0, 2, 3], 0), ((3, 4), [2, 0, 1], 0), ((3, 4), [1, 0, 0, 2], -1))
    ],
    "repeated_places": lambda: [Case("repeated_places", (4, np.array([1, 0, 2, 3])))],
    "median": lambda: [
        Case("median", (array(*s),), {"axis": a, "keepdims": k})
        for s in ((5,), (3, 4))
        for a in (None, 0, -1)
        for k in (False, True)
    ],
}
