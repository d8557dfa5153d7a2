"""Operands and calls for filters that select an element of each window."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from primitives.case import Case, array

ENDS = ("reflect", "constant", "nearest", "mirror", "wrap")
Call = tuple[tuple[Any, ...], dict[str, Any]]
CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], dtype=bool)
BOX: dict[str, Any] = {"cval": 0.0, "origin": 0}


def _windows(name: str, **more: Any) -> list[Case]:
    """Boxes, even and odd ones, moved, along one axis only; footprints."""
    boxes = [((5,), {"size": 3, "origin": 0}), ((4, 3), {"size": (2, 3), "origin": (-1, 1)})]
    boxes += [((4, 3), {"size": (2,), "origin": 0, "axes": (1,)})]
    cases = [
        Case(name, (array(*s),), {"mode": mode, "cval": 0.3, **a, **more})
        for (s, a), mode in product(boxes, ENDS)
        if len(s) == 2 or mode != "mirror"  # of a vector of one element SciPy's ranks read beyond it
    ]
    attrs = {"size": None, "keywords": ("footprint",), **BOX, **more}
    return [*cases, *(Case(name, (array(4, 3), CROSS), {"mode": mode, **attrs}) for mode in ENDS[:2])]


def _structures(name: str) -> list[Case]:
    attrs = {"size": None, **BOX}
    structure = array(2, 3, low=-0.61, high=0.55)
    added = [Case(name, (array(3, 3), structure), {"mode": mode, "keywords": ("structure",), **attrs}) for mode in ENDS]
    both = {"mode": "reflect", "keywords": ("footprint", "structure"), **attrs}
    return [*_windows(name), *added, Case(name, (array(3, 3), CROSS, array(3, 3, low=-0.41, high=0.44)), both)]


def _one_axis(name: str) -> list[Case]:
    placed = [(3, 0, 0), (2, 1, -1), (4, -2, 1)]
    return [
        Case(name, (array(3, 2),), {"size": n, "axis": axis, "mode": mode, "cval": 0.3, "origin": o})
        for (n, axis, o), mode in product(placed, ENDS)
    ]


def _places() -> list[Case]:
    x = array(4)
    out = np.array([x[0], x[2], x[2], x[2]])
    return [Case("chosen_places", (x, out), {"chooses": "rank", "size": 4, "keywords": ()})]


def _masks(name: str) -> list[Case]:
    return [Case(name, (array(4, 3) > -1.0,)), Case(name, (array(5),))]


RANKS: Mapping[str, Callable[[], list[Case]]] = {
    "chosen_places": _places,
    "at_places": lambda: [
        Case("at_places", (array(*s), np.array(places)))
        for s, places in (((3,), [2, 0, 2, 3]), ((2, 2), [[1, 1, 4], [0, 3, 2]]))
    ],
    "add_at_places": lambda: [
        Case("add_at_places", (array(4), np.array([2, 0, 2, 3]), shape)) for shape in ((3,), (2, 2))
    ],
    **{f"ndimage_{name}": partial(_windows, f"ndimage_{name}") for name in ("maximum_filter", "minimum_filter")},
    "ndimage_median_filter": lambda: _windows("ndimage_median_filter"),
    "ndimage_rank_filter": lambda: _windows("ndimage_rank_filter", rank=1),
    "ndimage_percentile_filter": lambda: _windows("ndimage_percentile_filter", percentile=70),
    **{f"ndimage_grey_{name}": partial(_structures, f"ndimage_grey_{name}") for name in ("dilation", "erosion")},
    **{f"ndimage_{name}": partial(_one_axis, f"ndimage_{name}") for name in ("maximum_filter1d", "minimum_filter1d")},
    **{
        f"ndimage_binary_{name}": partial(_masks, f"ndimage_binary_{name}")
        for name in ("erosion", "dilation", "opening", "closing", "fill_holes")
    },
    "ndimage_distance_transform_edt": partial(_masks, "ndimage_distance_transform_edt"),
    "signal_medfilt": lambda: [
        Case("signal_medfilt", (array(*s),), {"kernel_size": n}) for s, n in (((5,), 3), ((4, 3), (1, 3)))
    ],
    "signal_medfilt2d": lambda: [Case("signal_medfilt2d", (array(4, 3),), {"kernel_size": n}) for n in (3, (3, 1))],
    "signal_order_filter": lambda: [
        Case("signal_order_filter", (array(4, 3), CROSS.astype(int)), {"rank": k, "keywords": ("domain",)})
        for k in (0, 1, 4)
    ],
}


def call(*args: Any, **kwargs: Any) -> Call:
    return args, kwargs


CALLS: dict[Any, list[Call]] = {}
if importlib.util.find_spec("scipy"):
    from scipy import ndimage, signal

    A, V, A32 = array(4, 3), array(5), array(4, 3).astype(np.float32)
    TIES = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 1.0]])
    SIZES = [call(A, 3, mode=mode) for mode in ENDS] + [call(A32, 2), call(A, (4, 1), origin=(-1, 0)), call(V, size=3)]
    SIZES += [call(np.arange(5), 3), call(V.tolist(), 2), call(A, 2, mode="constant", cval=-np.inf), call(TIES, 3)]
    SIZES += [call(A, 2, axes=(0,)), call(A[:, ::2], 3), call(A[:0], 3)]
    FOOTPRINTS = [
        call(A, footprint=CROSS),
        call(A32, footprint=CROSS.tolist(), mode="constant"),
        call(V, None, [1, 0, 1]),
    ]
    STRUCTURES = [call(A, structure=array(2, 3)), call(A32, structure=CROSS - 0.5, footprint=CROSS, mode="wrap")]
    AXES = [call(A, 3, mode=mode) for mode in ENDS] + [call(A32, 2, 0), call(V, 3, origin=1), call(A, size=1, axis=-2)]
    MORPHOLOGY = [*SIZES, *FOOTPRINTS, *STRUCTURES]
    FILTERS = (ndimage.grey_dilation, ndimage.grey_erosion, ndimage.grey_opening, ndimage.grey_closing)
    FILTERS += (ndimage.white_tophat, ndimage.black_tophat)
    FILTERS += (ndimage.morphological_gradient, ndimage.morphological_laplace)

    MASKS = [call(A > -1.0), call(A), call(A > -1.0, [[1, 1, 1], [0, 1, 0], [0, 1, 0]]), call(A > -1.0, iterations=2)]

    def ranked(place: Any) -> list[Call]:
        return [((args[0], place, *args[1:]), kwargs) for args, kwargs in [*SIZES, *FOOTPRINTS[:2]]]

    CALLS |= {
        ndimage.maximum_filter: [*SIZES, *FOOTPRINTS],
        ndimage.minimum_filter: [*SIZES, *FOOTPRINTS],
        ndimage.median_filter: [*SIZES, *FOOTPRINTS],
        ndimage.rank_filter: ranked(1) + ranked(-1),
        ndimage.percentile_filter: ranked(70) + ranked(-10),
        ndimage.maximum_filter1d: AXES,
        ndimage.minimum_filter1d: AXES,
        **dict.fromkeys(FILTERS, MORPHOLOGY),
        ndimage.binary_erosion: MASKS,
        ndimage.binary_dilation: MASKS,
        ndimage.binary_opening: MASKS,
        ndimage.binary_closing: MASKS,
        ndimage.binary_fill_holes: MASKS[:-1],
        ndimage.distance_transform_edt: [call(A > -1.0), call(A), call(A > 0.0, [1, 2])],
        signal.medfilt: [call(A), call(V, 5), call(A32, [1, 3])],
        signal.medfilt2d: [call(A), call(A32, (3, 1)), call(A.tolist(), kernel_size=[3, 3])],
        signal.order_filter: [call(A, CROSS.astype(int), 2), call(V, [1, 1, 1], 1), call(A32, np.ones((1, 3)), rank=0)],
    }
