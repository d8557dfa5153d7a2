"""Operands for linear algebra: matrices that are well away from singular, stacks of them, wide and tall ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from primitives.case import Case, array

Maker = Callable[[], list[Case]]


def regular(*shape: int, by: float = 4.0) -> Any:
    """Square matrices with distinct singular values."""
    return array(*shape) + by * np.diag(1.0 + 0.5 * np.arange(shape[-1]))


def definite(*shape: int) -> Any:
    x = array(*shape)
    return x @ np.swapaxes(x, -1, -2) + np.diag(1.0 + np.arange(shape[-1]))


def general(*shape: int) -> Any:
    """Complex matrices with simple eigenvalues."""
    return regular(*shape) + 1j * array(*shape, low=-1.3)


def _stacks(name: str, make: Any = regular, **attrs: Any) -> list[Case]:
    return [Case(name, (make(*s),), attrs) for s in ((3, 3), (1, 1), (2, 3, 3))]


def _solves() -> list[Case]:
    pairs = [((3, 3), (3,)), ((3, 3), (3, 2)), ((2, 3, 3), (3, 4)), ((3, 3), (2, 3, 2)), ((2, 3, 3), (3,))]
    return [Case("solve", (regular(*s), array(*t, low=-1.7))) for s, t in pairs]


def _rectangles(name: str, **attrs: Any) -> list[Case]:
    return [Case(name, (array(*s) + np.eye(*s[-2:]) * 4,), attrs) for s in ((3, 3), (4, 2), (2, 3), (2, 4, 2))]


def _chains() -> list[Case]:
    chains = [((2, 3), (3, 4), (4, 2)), ((3,), (3, 2), (2, 4)), ((2, 3), (3, 4), (4,)), ((3,), (3, 2), (2, 4), (4,))]
    return [Case("multi_dot", tuple(array(*s, low=-2.0 + 0.3 * k) for k, s in enumerate(c))) for c in chains]


MATRICES: Mapping[str, Maker] = {
    "inv": lambda: _stacks("inv"),
    "solve": _solves,
    "det": lambda: [Case("det", (regular(*s, by=1.5),)) for s in ((3, 3), (1, 1), (2, 3, 3))],
    "cofactors": lambda: [Case("cofactors", (regular(*s, by=1.5),)) for s in ((3, 3), (2, 2, 2))],
    "slogdet": lambda: _stacks("slogdet"),
    "cholesky": lambda: _stacks("cholesky", definite),
    "pinv": lambda: _rectangles("pinv"),
    "multi_dot": _chains,
    "eigh": lambda: [c for u in "LU" for c in _stacks("eigh", UPLO=u)],
    "eigvalsh": lambda: [c for u in "LU" for c in _stacks("eigvalsh", UPLO=u)],
    "eig": lambda: [Case("eig", (general(*s),)) for s in ((3, 3), (1, 1), (2, 3, 3))],
    "eigvals": lambda: [Case("eigvals", (general(*s),)) for s in ((3, 3), (1, 1), (2, 3, 3))],
    "eig_in_order": lambda: [
        Case("eig_in_order", (general(*s), np.linalg.eigvals(general(*s))[..., ::-1])) for s in ((3, 3), (2, 3, 3))
    ],
    "over_gaps": lambda: [Case("over_gaps", (array(*s, s[-1]), array(*s))) for s in ((3,), (2, 3))],
    "svd": lambda: [*_rectangles("svd", full_matrices=False), Case("svd", (regular(3, 3),), {"full_matrices": True})],
    "svdvals": lambda: _rectangles("svdvals"),
    "qr": lambda: _rectangles("qr"),
    "p_norm": lambda: [
        Case("p_norm", (array(*s),), {"p": p, "axis": a, "keepdims": k})
        for s, a, k in (((5,), None, False), ((3, 4), 0, True), ((3, 4), -1, False))
        for p in (3.0, 1.5, -1.0)
    ],
    "einsum_view": lambda: [
        Case("einsum_view", (array(*shape, low=-2.0),), {"subscripts": text})
        for text, shape in (("ii->i", (3, 3)), ("iji->ji", (2, 3, 2)), ("iij->ji", (2, 2, 3)))
    ],
    "einsum": lambda: [
        Case("einsum", tuple(array(*s, low=-2.0 + 0.4 * k) for k, s in enumerate(shapes)), {"subscripts": text})
        for text, shapes in (
            ("ij,jk->ik", ((2, 3), (3, 4))),
            ("ij,kj->", ((2, 3), (4, 3))),
            ("ii->", ((3, 3),)),
            ("ii->i", ((3, 3),)),
            ("iij,i->j", ((2, 2, 3), (2,))),
            ("aij,ajk,k->ai", ((2, 3, 2), (2, 2, 3), (3,))),
            ("ij,ij->ij", ((2, 3), (2, 1))),
            ("ij,jk->ik", ((2, 1), (3, 4))),  # one element for all that the label is summed over
            ("ij,jk,j->", ((2, 3), (1, 2), (1,))),
        )
    ],
    "cross": lambda: [Case("cross", (array(*s), array(*t, low=-1.2))) for s, t in (((3,), (3,)), ((4, 3), (3,)))],
    "diagonal": lambda: [
        Case("diagonal", (array(*s),), {"offset": k, "axis1": i, "axis2": j})
        for s, i, j in (((3, 4), 0, 1), ((3, 3), 1, 0), ((2, 3, 4), -2, -1), ((2, 3, 4), 2, 0))
        for k in (0, 1, -1)
    ],
    "spread_diagonal": lambda: [
        Case("spread_diagonal", (array(3), (3, 4)), {"offset": 0, "axis1": 0, "axis2": 1}),
        Case("spread_diagonal", (array(2, 3), (2, 4, 4)), {"offset": -1, "axis1": -2, "axis2": -1}),
    ],
    "diag": lambda: [Case("diag", (array(3),), {"k": k}) for k in (0, 1, -2)],
    "trace": lambda: [
        Case("trace", (array(*s),), {"offset": k, "axis1": i, "axis2": j})
        for s, i, j in (((3, 4), 0, 1), ((3, 3), 1, 0), ((2, 3, 4), -2, -1), ((2, 3, 4), 2, 0))
        for k in (0, 1)
    ],
}
