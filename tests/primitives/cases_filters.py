"""Operands and calls for the filters of `scipy.signal` and `scipy.ndimage`."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from primitives.case import Case, array

MODES = ("full", "same", "valid")
ENDS = ("reflect", "constant", "nearest", "mirror", "wrap")
Call = tuple[tuple[Any, ...], dict[str, Any]]


def _convolutions(name: str, vectors: bool = True, **attrs: Any) -> list[Case]:
    """Even and odd kernels, one that is longer than the array, matrices."""
    shapes = [((4,), (3,)), ((3,), (4,)), ((4,), (2,))] if vectors else [((2, 2), (3, 2))]
    shapes = [*shapes, ((3, 2), (2, 2)), ((3, 3), (2, 1))]
    return [
        Case(name, (array(*s), array(*t, low=-1.3)), {"mode": mode, **attrs}) for mode, (s, t) in product(MODES, shapes)
    ]


def _filters() -> list[Case]:
    b, x = array(3, low=-1.3), array(5)
    poles = np.array([1.3, -0.4])
    return [
        Case("lfilter", (b, poles, x), {"axis": 0}),
        Case("lfilter", (b[:1], poles, array(3, 2)), {"axis": 0}),
        Case("lfilter", (b, poles[:1], array(2, 3)), {"axis": -1}),
    ]


def _least_squares(name: str) -> list[Case]:
    """Of full rank: a vector, and two right sides."""
    return [Case(name, (array(4, 2), b)) for b in (array(4, low=-1.3), array(4, 3, low=-1.7))]


def _kernels(name: str) -> list[Case]:
    """Kernels that are even, odd, moved, and longer than the array."""
    if name.endswith("1d"):
        placed = [((3, 2), n, axis, o) for n, axis, o in ((3, 0, 0), (2, 1, -1), (4, -2, 1), (5, 1, 0))]
        return [
            Case(name, (array(*s), array(n, low=-1.3)), {"axis": axis % 2, "mode": mode, "origin": o})
            for (s, n, axis, o), mode in product(placed, ENDS)
        ]
    kernels = [((3,), 0), ((2,), -1), ((3, 2), 0), ((2, 3), (-1, 1))]
    return [
        Case(name, (array(*((3, 2) if len(k) == 2 else (4,))), array(*k, low=-1.3)), {"mode": mode, "origin": o})
        for (k, o), mode in product(kernels, ENDS)
    ]


def _uniform() -> list[Case]:
    return [
        Case("uniform_filter1d", (array(3, 2),), {"size": n, "axis": axis, "mode": mode, "origin": o})
        for (n, axis, o), mode in product(((3, 0, 0), (4, 1, 0), (2, 0, -1), (1, 0, 0)), ENDS)
    ]


def _gaussian() -> list[Case]:
    return [
        Case("gaussian_filter1d", (array(4, 2),), {"sigma": s, "axis": a, "order": o, "mode": mode, "radius": r})
        for (s, a, o, r), mode in product(((0.7, 0, 0, 3), (1.2, 1, 1, 5), (0.9, 0, 2, 2)), ENDS)
    ]


# two sections, and a filter, whose coefficients have no derivative
SECTIONS = np.array([[2, 1, 0, 1, 1, 0], [1, 3, 1, 1, 0, 0]])
VECTOR = np.array([2, 4, -1])
SHAPES: Mapping[str, dict[str, Any]] = {
    "kaiser": {"beta": 5.0},
    "gaussian": {"std": 1.2},
    "general_gaussian": {"p": 1.5, "sig": 2.0},
    "general_hamming": {"alpha": 0.6},
}
WINDOWS: tuple[str, ...] = ()
if importlib.util.find_spec("scipy"):
    from pullback.primitives.scipy.designs import WINDOWS as NAMES_OF_WINDOWS

    WINDOWS = tuple(NAMES_OF_WINDOWS.split())


def _windows(name: str) -> list[Case]:
    return [Case(f"window_{name}", (n,), {**SHAPES.get(name, {}), "sym": sym}) for n, sym in ((5, True), (4, False))]


KERNELS = tuple(f"ndimage_{name}" for name in ("convolve", "correlate", "convolve1d", "correlate1d"))
FILTERS: Mapping[str, Callable[[], list[Case]]] = {
    "cut": lambda: [
        Case("cut", (array(5, low=-1.1), (3,), (3,)), {"mode": mode}) for mode in ("same", "later", "valid")
    ],
    "uncut": lambda: [
        Case("uncut", (array(n), (3,), (2,)), {"mode": mode}) for mode, n in (("same", 3), ("later", 3), ("valid", 2))
    ],
    "overlap": lambda: [
        Case("overlap", (array(*s), array(*t, low=-1.3)), {"method": m})
        for s, t in (((5,), (3,)), ((3, 3), (2, 1)))
        for m in ("auto", "direct", "fft")
    ],
    "signal_convolve": lambda: [c for m in ("auto", "fft") for c in _convolutions("signal_convolve", method=m)],
    "signal_correlate": lambda: [c for m in ("auto", "fft") for c in _convolutions("signal_correlate", method=m)],
    "fftconvolve": lambda: _convolutions("fftconvolve"),
    "convolve2d": lambda: _convolutions("convolve2d", vectors=False),
    "correlate2d": lambda: _convolutions("correlate2d", vectors=False),
    "savgol_coeffs": lambda: [Case("savgol_coeffs", (5, 2), {"deriv": d, "delta": 0.5}) for d in (0, 1)],
    **{
        f"lstsq_{part}of_scipy": partial(_least_squares, f"lstsq_{part}of_scipy")
        for part in ("", "residues_", "rank_", "values_")
    },
    "lfilter": _filters,
    "sosfilt": lambda: [Case("sosfilt", (SECTIONS, array(*s)), {"axis": a}) for s, a in (((5,), -1), ((4, 2), 0))],
    "filtfilt": lambda: [
        Case("filtfilt", (VECTOR[:n], VECTOR[1:3], array(*s)), {"axis": a, "padtype": p, "padlen": k})
        for n, s, a, p, k in (
            (3, (12,), 0, "odd", None),
            (1, (2, 5), -1, "odd", 2),
            (3, (5, 2), 0, "even", 3),
            (2, (6,), -1, "constant", 2),
            (3, (4,), 0, None, None),
        )
    ],
    "sosfiltfilt": lambda: [
        Case("sosfiltfilt", (sections, array(*s)), {"axis": a, "padtype": p, "padlen": k})
        for sections, s, a, p, k in (
            (SECTIONS[:1], (7,), 0, "odd", None),
            (SECTIONS, (5, 2), 0, "even", 2),
            (SECTIONS, (2, 4), -1, None, None),
        )
    ],
    "extend_signal": lambda: [
        Case("extend_signal", (array(*s), 2), {"padtype": p, "axis": a})
        for p, (s, a) in product(("odd", "even", "constant", "zeros"), (((3,), 0), ((2, 4), -1)))
    ],
    "fold_signal": lambda: [
        Case("fold_signal", (array(*s), 2), {"padtype": p, "axis": a})
        for p, (s, a) in product(("odd", "even", "constant", "zeros"), (((7,), 0), ((2, 7), -1)))
    ],
    "reach_of_sections": lambda: [Case("reach_of_sections", (SECTIONS,))],
    "get_window": lambda: [
        Case("get_window", (n,), {"window": w, "fftbins": w == "hann"}) for n, w in ((4, "hann"), (5, ("kaiser", 8.0)))
    ],
    **{f"window_{name}": partial(_windows, name) for name in WINDOWS},
    "lagged_products": lambda: (
        [Case("lagged_products", (array(4), array(4, low=-1.3), count), {"axis": 0}) for count in (1, 3)]
        + [Case("lagged_products", (array(3, 2), array(3, 2, low=-1.3), 2), {"axis": 0})]
    ),
    "extend_ends": lambda: [
        Case("extend_ends", (array(3), (4,)), {"origin": (o,), "mode": mode, "convolved": c})
        for mode, o, c in product(ENDS, (0, -1), (False, True))
    ],
    "fold_ends": lambda: [
        Case("fold_ends", (array(6), (3,), (4,)), {"origin": (o,), "mode": mode, "convolved": c})
        for mode, o, c in product(ENDS, (0, -1), (False, True))
    ],
    **{name: partial(_kernels, name) for name in KERNELS},
    "uniform_filter1d": _uniform,
    "gaussian_filter1d": _gaussian,
}


def call(*args: Any, **kwargs: Any) -> Call:
    return args, kwargs


CALLS: dict[Any, list[Call]] = {}
if importlib.util.find_spec("scipy"):
    from scipy import linalg, ndimage, signal

    A, V, W = array(4, 3), array(5), array(2, low=-1.3)
    M, A32 = array(2, 2, low=-1.3), array(4, 3).astype(np.float32)
    PLAIN = [call(V, W), call(V, W, "same"), call(W, V, mode="valid"), call(A, M), call(A32, M.astype(np.float32))]
    PLAIN += [call(V.tolist(), W), call(A32, M), call(np.arange(4), W)]
    TWO = [call(A, M), call(A, M, "same"), call(A32, M.astype(np.float32), mode="valid")]
    ONE_AXIS = [call(A, W, mode=mode) for mode in ENDS] + [call(A32, W, 0), call(V, [0.5, 1.0, 0.25], origin=1)]
    ALL_AXES = [call(A, M, mode=mode) for mode in ENDS] + [call(A32, M, origin=(0, -1)), call(V, W, origin=-1)]
    WIDTHS = [call(A, sigma=1.2, mode=mode) for mode in ENDS]
    WIDTHS += [call(A32, sigma=0.8), call(A, sigma=0.7, order=1), call(A, 1, radius=2)]
    SIZES = [call(A, 3, mode=mode) for mode in ENDS] + [call(A32, 2), call(A, 4, origin=-1), call(np.arange(5), 3)]
    RECURSIVE = [call(W, [1.0, -0.5], V), call(W, 1.0, A), call([1.0], [2.0, 0.3], A, axis=0), call(W, 2, V)]
    RECURSIVE += [call(W.astype(np.float32), [1.0], A32), call([0.5], [1, 2], np.arange(4.0))]
    EDGES = [call(A, mode=mode) for mode in ENDS] + [call(A32), call(np.arange(5)), call(V, mode=["wrap"])]
    EDGES += [call(array(2, 3, 2), mode=("wrap", "nearest", "mirror")), call(A, 0)]
    CALLS |= {
        signal.convolve: [*PLAIN, call(V, W, method="fft"), call(V, W, "full", "direct")],
        signal.correlate: [*PLAIN, call(V, W, method="fft")],
        signal.fftconvolve: PLAIN,
        signal.convolve2d: TWO,
        signal.correlate2d: TWO,
        signal.lfilter: RECURSIVE,
        signal.savgol_coeffs: [],
        linalg.lstsq: [call(A, array(4)), call(A, array(4, 2)), call(A.T, array(3))],
        signal.get_window: [],
        **{getattr(signal.windows, name): [] for name in WINDOWS},
        signal.sosfilt: [call(SECTIONS, V), call(SECTIONS.tolist(), A32, axis=0), call(SECTIONS * 1.0, A)],
        signal.filtfilt: [
            call(VECTOR, [4, 1], np.arange(12.0)),
            call([1, 1], 2, A, axis=0, padlen=2),
            call([1, 0.5], [2.0, 0.3], A32, padtype="even", padlen=1),
            call(VECTOR / 4, 1.0, A, padtype=None),
        ],
        signal.sosfiltfilt: [
            call(SECTIONS, np.arange(18.0)),
            call(SECTIONS * 1.0, A, 0, "constant", 2),
            call(SECTIONS.tolist(), A32, padtype=None),
        ],
        ndimage.convolve: ALL_AXES,
        ndimage.correlate: ALL_AXES,
        ndimage.convolve1d: ONE_AXIS,
        ndimage.correlate1d: ONE_AXIS,
        ndimage.gaussian_filter1d: [*WIDTHS, call(A, sigma=1.0, axis=0, truncate=2.0)],
        ndimage.gaussian_filter: [*WIDTHS, call(A, sigma=(0.5, 0.0), mode=("wrap", "reflect")), call(A, 1, (0, 1))],
        ndimage.sobel: EDGES,
        ndimage.prewitt: EDGES,
        ndimage.laplace: [*EDGES[:-1], call(A, axes=(1,)), call(A32, axes=-2, mode="wrap")],
        ndimage.gaussian_laplace: [*WIDTHS[:-2], call(A, sigma=(1.0, 0.0), axes=(1, 0)), call(A, 1, radius=2)],
        ndimage.gaussian_gradient_magnitude: [
            *WIDTHS[:-2],
            call(A, sigma=(0.7, 0.4), mode=("wrap", "mirror"), truncate=2),
        ],
        ndimage.uniform_filter1d: [*SIZES, call(A, 3, axis=0)],
        ndimage.uniform_filter: [*SIZES, call(A), call(A, (1, 2), origin=(0, -1))],
    }
