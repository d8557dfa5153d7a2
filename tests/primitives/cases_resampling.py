"""Operands and calls for samples between the elements of an array: splines at points, shifts, zooms and rotations."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import numpy as np
from primitives.case import Case, array

ENDS = ("constant", "nearest", "mirror", "wrap", "grid-wrap", "grid-constant")
ALL_ENDS = (*ENDS, "reflect", "grid-mirror")
ORDERS = (0, 1, 2, 3, 5)
Call = tuple[tuple[Any, ...], dict[str, Any]]
# inside and beyond the ends, none near a place where a spline has a kink
POINTS = np.array([[0.3, 2.2, -0.7], [1.4, 0.8, 2.3]])
ALONG = np.array([[0.3, 2.8, 1.7, -1.3, 4.2]])
TURN = np.array([[0.8, -0.61], [0.58, 0.83]])


def _interpolated(name: str, *operands: Any, orders: tuple[int, ...] = ORDERS, **attrs: Any) -> list[Case]:
    cases = [
        Case(name, operands, {**attrs, "order": order, "mode": mode, "cval": 0.0, "prefilter": True})
        for order, mode in product(orders, ENDS)
    ]
    cases += [Case(name, operands, {**attrs, "order": 1, "mode": m, "cval": 0.0, "prefilter": True}) for m in ALL_ENDS]
    unfiltered = {"order": 3, "mode": "constant", "cval": 0.5, "prefilter": False}
    return [*cases, Case(name, operands, {**attrs, **unfiltered})]


def _samples() -> list[Case]:
    cases = [
        Case("spline_samples", (array(3, 2), POINTS), {"order": o, "mode": m, "derivative": d, "margin": 0})
        for o, m, d in product((1, 2, 3), ("constant", "mirror", "reflect"), ((0, 0), (1, 0), (1, 1)))
    ]
    attrs = {"order": 3, "mode": "nearest", "derivative": (1,), "margin": 2}
    return [*cases, Case("spline_samples", (array(7), ALONG), attrs)]


def _spread() -> list[Case]:
    cases = [
        Case("add_spline_samples", (array(3), POINTS, (3, 2)), {"order": o, "mode": m, "derivative": d, "margin": 0})
        for o, m, d in product((1, 2, 3), ("constant", "wrap"), ((0, 0), (0, 1)))
    ]
    attrs = {"order": 3, "mode": "nearest", "derivative": (0,), "margin": 2}
    return [*cases, Case("add_spline_samples", (array(5), ALONG, (4,)), attrs)]


RESAMPLING: Mapping[str, Callable[[], list[Case]]] = {
    "spline_filter1d": lambda: [
        Case("spline_filter1d", (array(*s),), {"order": order, "axis": axis, "mode": mode})
        for (s, axis), order, mode in product(
            (((5,), 0), ((3, 2), 1), ((1, 3), 0)), (1, 2, 3, 5), ("mirror", "constant", "grid-wrap")
        )
    ],
    "spline_samples": _samples,
    "add_spline_samples": _spread,
    "map_coordinates": lambda: [
        *_interpolated("map_coordinates", array(5), ALONG),
        *_interpolated("map_coordinates", array(3, 2), POINTS, orders=(1, 3)),
    ],
    "numbered": lambda: [Case("numbered", (array(3, 2),))],
    "grid_of": lambda: [Case("grid_of", (array(3, 2),))],
    "affine_points": lambda: [
        Case("affine_points", (TURN, array(2), array(3, 2))),
        Case("affine_points", (array(2, low=0.4), 0.3, array(3, 2))),
        Case("affine_points", (array(1, low=0.4), array(1), array(4))),
    ],
    "zoomed_points": lambda: [
        Case("zoomed_points", (array(3, 2), (2, 5)), {"grid_mode": grid}) for grid in (False, True)
    ],
    "rotated_points": lambda: [Case("rotated_points", (array(3, 2), (2, 3)), {"cos": 0.6, "sin": 0.8, "axes": (1, 0)})],
    "affine_transform": lambda: [
        *_interpolated("affine_transform", array(3, 2), TURN, array(2, low=0.2), orders=(0, 1, 3), output_shape=None),
        *_interpolated("affine_transform", array(4), np.array([0.83]), 0.37, orders=(1, 2), output_shape=(3,)),
    ],
    "ndimage_shift": lambda: [
        *_interpolated("ndimage_shift", array(4), 0.37),
        *_interpolated("ndimage_shift", array(3, 2), np.array([0.37, -1.21]), orders=(0, 1, 3)),
    ],
    "ndimage_zoom": lambda: [
        *_interpolated("ndimage_zoom", array(4), zoom=1.7, grid_mode=False),
        *_interpolated("ndimage_zoom", array(3, 2), zoom=(0.7, 2.0), grid_mode=False, orders=(0, 1, 3)),
        *(
            Case(
                "ndimage_zoom",
                (array(3, 2),),
                {"zoom": 1.7, "grid_mode": True, "order": o, "mode": m, "cval": 0.0, "prefilter": True},
            )
            for o, m in product((0, 1, 3), ("nearest", "grid-wrap", "mirror"))
        ),
    ],
    "ndimage_rotate": lambda: [
        *_interpolated("ndimage_rotate", array(4, 3), angle=33.0, axes=(1, 0), reshape=True, orders=(0, 1, 3)),
        *_interpolated("ndimage_rotate", array(2, 3, 2), angle=90, axes=(0, 2), reshape=False, orders=(1, 3))[:-1],
    ],
}
NEEDS_RANKS = RESAMPLING.keys() - {"spline_samples", "add_spline_samples", "spline_filter1d"}


def call(*args: Any, **kwargs: Any) -> Call:
    return args, kwargs


CALLS: dict[Any, list[Call]] = {}
if importlib.util.find_spec("scipy"):
    from scipy import ndimage

    A, V, A32 = array(4, 3), array(5), array(4, 3).astype(np.float32)

    def calls(*args: Any, **kwargs: Any) -> list[Call]:
        """By the parameters that say how it is interpolated."""
        ways: list[dict[str, Any]] = [{}, *({"order": k, "mode": "mirror"} for k in ORDERS)]
        ways += [{"order": 1, "mode": mode} for mode in ALL_ENDS] + [{"mode": mode} for mode in ENDS]
        ways += [{"cval": 2}, {"prefilter": False}]
        return [call(A, *args, **kwargs, **way) for way in ways] + [call(A32, *args, **kwargs)]

    CALLS |= {
        ndimage.spline_filter1d: [call(A), call(A32, 2, axis=0), call(V, order=1), call(V, 5, mode="grid-wrap")],
        ndimage.spline_filter: [call(A), call(A32, 2), call(V, order=5, mode="constant")],
        ndimage.map_coordinates: [*calls(POINTS), call(V, ALONG), call(A, POINTS[:, None]), call(np.arange(5), ALONG)],
        ndimage.shift: [*calls(1), *calls(array(2)), call(V, 1), call(A, [1, 2], order=1)],
        ndimage.zoom: [*calls(2), call(A, (1, 3)), call(V, 3), call(A, 2, grid_mode=True, mode="nearest"), call(A, 1)],
        ndimage.rotate: [*calls(90), *calls(33, reshape=False), call(array(2, 3, 2), 45, axes=(0, -1))],
        ndimage.affine_transform: [
            *calls(TURN),
            *calls(array(2), 1),
            call(A, TURN, array(2), (3, 5)),
            call(V, [2], 1),
            call(A, TURN.tolist(), output_shape=(2, 2), order=1),
        ],
    }
