"""Operands for stacked products, tests, sets, least squares and order statistics without NaN."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from primitives.case import Case, array

Maker = Callable[[], list[Case]]
X, V = array(3, 4), array(4)
ROUND = np.round(X)
EDGES = np.array([-1.1, -0.2, 0.7, 1.6])
HOLES = np.where(X > 1.2, np.nan, X)
BITS = np.array([1, 0, 1, 1, 0, 0, 1], np.uint8)  # of no whole byte
DISCRETE: Mapping[str, tuple[object, ...]] = {
    "spacing": (X,),
    "gcd": (np.array([[6, 2], [3, 4]]), np.array([4, 6])),
    "lcm": (np.array([[6, 2], [3, 4]]), np.array([4, 6])),
    "bitwise_count": (np.array([[6, 2], [3, 4]]),),
    "isin": (ROUND, np.array([1.0, 0.0])),
    "isclose": (X, X + 1e-9),
    "allclose": (X, X),
    "array_equal": (X, X),
    "array_equiv": (X, X),
    "isposinf": (X,),
    "isneginf": (X,),
    "isreal": (X,),
    "iscomplex": (X,),
    "digitize": (X, np.array([-1.0, 0.5])),
    "flatnonzero": (ROUND,),
    "argwhere": (ROUND,),
    "lexsort": (V, np.round(V)),
    "packbits": (BITS,),
    "unpackbits": (BITS,),
    "unique_index": (ROUND,),
    "unique_inverse": (ROUND,),
    "unique_counts": (ROUND,),
    "first_places": (np.unique(X), X),
    "matrix_rank": (X,),
    "math_ulp": (1.7,),
    "math_isqrt": (17,),
    "math_factorial": (5,),
    "math_comb": (5, 2),
    "math_perm": (5, 2),
    "math_gcd": (12, 18),
    "math_lcm": (12, 18),
    "math_isclose": (1.5, 1.5),
}


def _discrete(name: str) -> Maker:
    return lambda: [Case(name, DISCRETE[name])]


def _systems(name: str) -> Maker:
    shapes = ((4, 2, (4,)), (3, 3, (3,)), (2, 3, (2,)), (4, 2, (4, 2)), (2, 3, (2, 2)))
    return lambda: [Case(name, (array(m, n), array(*b)), {"rcond": None}) for m, n, b in shapes]


def _stacks(*shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> list[tuple[object, object]]:
    return [(array(*s), array(*t, low=-1.7)) for s, t in shapes]


NAMES: Mapping[str, Maker] = {
    **{name: _discrete(name) for name in DISCRETE},
    "math_ldexp": lambda: [Case("math_ldexp", (1.7, 3)), Case("math_ldexp", (-0.6, -2))],
    "math_frexp": lambda: [Case("math_frexp", (5.3,))],
    "math_modf": lambda: [Case("math_modf", (x,)) for x in (2.7, -3.4)],
    "math_remainder": lambda: [Case("math_remainder", p) for p in ((5.3, 2.0), (-7.1, 1.9), (1.2, -3.0))],
    "math_length": lambda: [Case("math_length", (0.3, -1.2, 2.5)), Case("math_length", (0.3, -1.2, 2.5, 0.7))],
    "math_dist": lambda: [Case("math_dist", (V, V[::-1].copy()))],
    "histogram_sums": lambda: [Case("histogram_sums", (array(3, 4), array(3, 4, low=-1.7)), {"bins": 3, "range": r})
                               for r in (None, (-1.0, 1.5))],
    "histogram_between": lambda: [Case("histogram_between", (array(6), array(6, low=-1.7), EDGES))],
    "histogram_counts": lambda: [Case("histogram_counts", (X,), {"bins": 3, "range": (-1.0, 1.5)})],
    "histogram_counts_between": lambda: [Case("histogram_counts_between", (X, EDGES))],
    "bin_edges": lambda: [Case("bin_edges", (X,), {"bins": 3, "range": r}) for r in (None, (-1.0, 1.5))],
    "nanargmax": lambda: [Case("nanargmax", (HOLES,), {"axis": a, "keepdims": a == 0}) for a in (None, 0)],
    "nanargmin": lambda: [Case("nanargmin", (HOLES,), {"axis": a, "keepdims": a == 0}) for a in (None, 0)],
    "vecdot": lambda: [Case("vecdot", p) for p in _stacks(((3,), (3,)), ((2, 3), (3,)), ((2, 1, 3), (4, 3)))],
    "matvec": lambda: [Case("matvec", p) for p in _stacks(((2, 3), (3,)), ((5, 2, 3), (3,)), ((2, 3), (4, 3)))],
    "vecmat": lambda: [Case("vecmat", p) for p in _stacks(((2,), (2, 3)), ((2,), (5, 2, 3)), ((4, 2), (2, 3)))],
    "unique_values": lambda: [Case("unique_values", (array(5),))],
    "choose": lambda: [Case("choose", (np.array([[0, 1], [2, 1]]), array(2, 2), array(2), 1.5), {"mode": "raise"}),
                       Case("choose", (np.array([5, -1]), array(2), array(2, low=-1.0)), {"mode": "wrap"}),
                       Case("choose", (np.array([5, -1]), array(2), array(2, low=-1.0)), {"mode": "clip"})],
    "unique": lambda: [Case("unique", (array(5),), {"equal_nan": e}) for e in (False, True)],
    **{f"lstsq_{part}": _systems(f"lstsq_{part}") for part in ("solution", "residuals", "rank", "values")},
    "nanmedian": lambda: [Case("nanmedian", (x,), {"axis": a, "keepdims": k})
                          for x in (HOLES, array(2, 3)) for a in (None, 0, -1) for k in (False, True)],
    "nanquantile": lambda: [Case("nanquantile", (x,), {"q": q, "axis": a, "keepdims": k})
                            for x in (HOLES, array(5)) for q in (0.0, 0.3) for a in (None, 0) for k in (False, True)],
}  # fmt: skip
