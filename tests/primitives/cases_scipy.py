"""Operands for the primitives of SciPy that are no elementwise rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from primitives.case import Case, array

AXES = (None, 0, -1)


def _softmaxes(name: str) -> list[Case]:
    return [Case(name, (array(3, 2),), {"axis": axis}) for axis in AXES] + [Case(name, (array(4),), {"axis": 0})]


def _logsumexps() -> list[Case]:
    plain = [
        Case("logsumexp", (array(3, 2),), {"axis": axis, "keepdims": keepdims})
        for axis in (*AXES, (0, 1))
        for keepdims in (False, True)
    ]
    weighted = [
        Case("logsumexp", (array(3, 2), array(*shape, low=0.3)), {"axis": axis, "keepdims": False})
        for shape in ((3, 2), (2,), (3, 1))
        for axis in AXES
    ]
    return [*plain, *weighted]


SCIPY: Mapping[str, Callable[[], list[Case]]] = {
    "logsumexp": _logsumexps,
    "softmax": lambda: _softmaxes("softmax"),
    "log_softmax": lambda: _softmaxes("log_softmax"),
    "multigammaln": lambda: [Case("multigammaln", (array(3, 2, low=2.5, high=4.0),), {"d": d}) for d in (1, 3)],
    "comb": lambda: [
        Case("comb", (array(*s, low=3.2, high=5.0), array(*t, low=0.3, high=2.5)))
        for s, t in (((3, 2), (3, 2)), ((3, 2), (2,)), ((2,), (3, 2)))
    ],
}
