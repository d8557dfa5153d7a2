"""Operands for convolutions, interpolation, quantiles and parts of numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from primitives.case import Case, array

Maker = Callable[[], list[Case]]
MODES = ("full", "same", "valid")
LENGTHS = ((4, 3), (3, 4), (5, 2), (1, 3), (4, 4))


def _convolutions(name: str) -> list[Case]:
    return [Case(name, (array(n), array(m, low=-1.0)), {"mode": mode}) for n, m in LENGTHS for mode in MODES]


def _correlations() -> list[Case]:
    def is_in_order(case: Case) -> bool:
        return len(case.operands[0]) >= len(case.operands[1])

    return [c for c in _convolutions("correlate") if is_in_order(c) or c.attrs["mode"] != "same"]


def _transposed() -> list[Case]:
    cases = []
    for case in _convolutions("convolve"):
        a, v = case.operands
        g = array(len(np.convolve(a, v, case.attrs["mode"])), low=-1.2)
        cases.append(Case("unconvolve", (g, v, a.shape), case.attrs))
    return cases


KNOTS = np.array([-1.7, -0.9, 0.1, 1.3])


SAMPLES: Mapping[str, Maker] = {
    "convolve": lambda: _convolutions("convolve"),
    "correlate": _correlations,
    "unconvolve": _transposed,
    "bincount": lambda: [Case("bincount", (array(4), np.array([0, 2, 2, 1])), {"minlength": m}) for m in (0, 5)],
    "gradient_by_coordinates": lambda: (
        [
            Case("gradient_by_coordinates", (array(*s), np.sort(array(s[k], low=-1.0))), {"axis": k, "edge_order": e})
            for s, k in (((4,), 0), ((5,), 0), ((3, 4), 0), ((2, 3), 1))
            for e in (1, 2)
        ]
        + [Case("gradient_by_coordinates", (array(4), np.array([0.0, 0.5, 1.0, 1.5])), {"axis": 0, "edge_order": 1})]
    ),
    "roots": lambda: [Case("roots", (np.array(p),)) for p in ([1.0 + 1j, 2.0, 0.5j, -1.0], [2.0 + 0j, 1.0])],
    "sliding_windows": lambda: [
        Case("sliding_windows", (array(*s),), {"window_shape": w, "axis": k})
        for s, w, k in (((5,), (2,), (0,)), ((3, 4), (2, 3), (0, 1)), ((3, 4), (2,), (1,)), ((4,), (4,), (0,)))
    ],
    "label_counts": lambda: [Case("label_counts", (np.array([0, 2, 2, 1]),), {"minlength": m}) for m in (0, 5)],
    "asfortranarray": lambda: [Case("asfortranarray", (array(*s),)) for s in ((4,), (3, 4))],
    "trim_trailing": lambda: [Case("trim_trailing", (array(4),)), Case("trim_trailing", (array(1),))],
    "interp": lambda: [Case("interp", (array(*s), KNOTS, array(4, low=-1.0)), {}) for s in ((3,), (2, 3), ())],
    "quantile": lambda: [
        Case("quantile", (array(*s),), {"q": q, "axis": a, "keepdims": k, "method": m})
        for m in ("linear", "midpoint", "hazen", "inverted_cdf")
        for s in ((5,), (3, 4))[: 2 if m == "linear" else 1]
        for q in (0.0, 0.3, 1.0)
        for a in (None, 0, -1)
        for k in (False, True)
    ],
    "modf": lambda: [Case("modf", (array(3, 2) + 0.11,))],
    "frexp": lambda: [Case("frexp", (array(3, 2, low=1.1, high=1.9),))],
    "ldexp": lambda: [Case("ldexp", (array(3, 2), np.array([2, -1]))), Case("ldexp", (array(2), 3))],
    "unwrap": lambda: [
        Case("unwrap", (3 * array(*s),), {"axis": a, "discont": None, "period": p})
        for s, a, p in (((5,), -1, 2 * np.pi), ((3, 4), 0, 2 * np.pi))
    ],
}
