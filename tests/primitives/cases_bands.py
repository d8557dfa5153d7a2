"""Operands for band matrices, Toeplitz and circulant ones: what is in corners that are not read is not zero."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from primitives.case import Case, array

Maker = Callable[[], list[Case]]
BANDS = ((2, 1, 5), (1, 1, 4), (0, 2, 4), (1, 0, 3), (0, 0, 3), (0, 0, 1), (3, 2, 3))


def band(lower: int, upper: int, size: int) -> Any:
    """A band matrix that dominates by its diagonal."""
    ab = array(lower + upper + 1, size, low=-1.0, high=1.0)
    ab[upper] += 4.0
    return ab


def sides(width: int, size: int, lower: bool) -> Any:
    return band(width, 0, size) if lower else band(0, width, size)


def _both(name: str, *rest: tuple[int, ...], **attrs: Any) -> list[Case]:
    """One side of symmetric matrices."""
    return [
        Case(name, (sides(w, n, low), *(array(n, *r, low=-1.7) for r in rest)), {"lower": low})
        for low in (False, True)
        for w, n in ((0, 3), (0, 1), (1, 4), (2, 4), (3, 3))
    ]


OF_BANDS: Mapping[str, Maker] = {
    "transposed_band": lambda: [Case("transposed_band", (band(*b), *b[:2])) for b in BANDS],
    "matrix_of_band": lambda: [Case("matrix_of_band", (band(*b), *b[:2])) for b in BANDS],
    "band_of_matrix": lambda: [Case("band_of_matrix", (array(b[2], b[2]), *b[:2])) for b in BANDS],
    "band_product": lambda: [
        Case("band_product", (band(*b), array(b[2], *rest, low=-1.7), *b[:2])) for b in BANDS for rest in ((), (2,))
    ],
    "band_of_product": lambda: [
        Case("band_of_product", (array(b[2], *rest), array(b[2], *rest, low=-1.7), *b[:2]))
        for b in BANDS
        for rest in ((), (2,))
    ],
    "both_sides": lambda: _both("both_sides"),
    "one_side": lambda: [
        Case("one_side", (array(2 * w + 1, n),), {"lower": low}) for low in (False, True) for w, n in ((0, 3), (2, 4))
    ],
}
BAND_CASES: Mapping[str, Maker] = {
    "solve_banded": lambda: [
        Case("solve_banded", (band(*b), array(b[2], *rest, low=-1.7), *b[:2])) for b in BANDS for rest in ((), (2,))
    ],
    "solveh_banded": lambda: [*_both("solveh_banded", ()), *_both("solveh_banded", (2,))],
    "cholesky_banded": lambda: _both("cholesky_banded"),
    "cho_solve_banded": lambda: [*_both("cho_solve_banded", ()), *_both("cho_solve_banded", (2,))],
}


def column(size: int) -> Any:
    """The first column of a matrix that dominates by its diagonal."""
    c = array(size, low=-1.0, high=1.0)
    c[:1] += 4.0 + size
    return c


RIGHT = ((), (2,))
OF_LAGS: Mapping[str, Maker] = {
    "lag_sums": lambda: [
        Case("lag_sums", (array(n, *rest), array(m, *rest, low=-1.7)))
        for n, m in ((3, 3), (4, 2), (1, 3))
        for rest in RIGHT
    ],
}
TOEPLITZ_CASES: Mapping[str, Maker] = {
    "matmul_toeplitz": lambda: [
        Case("matmul_toeplitz", (array(n), array(m, low=-1.3), array(m, *rest, low=-1.7)))
        for n, m in ((3, 3), (4, 2), (2, 3), (1, 1))
        for rest in RIGHT
    ],
    "solve_toeplitz": lambda: [
        Case("solve_toeplitz", (column(n), array(n, low=-1.3, high=1.0), array(n, *rest, low=-1.7)))
        for n in (3, 1)
        for rest in RIGHT
    ],
    "solve_circulant": lambda: [
        Case("solve_circulant", (column(n), array(n, *rest, low=-1.7))) for n in (3, 1, 4) for rest in RIGHT
    ],
}
