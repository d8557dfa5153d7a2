"""Operands for splines and interpolators that are constant."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from primitives.case import Case, array

KNOTS = np.array([-2.6, -1.4, -0.53, 0.31, 1.23, 2.7])
WHOLE = np.array([-4, -2, -1, 1, 2, 5])  # by coordinates there is no derivative: ints carry none
COEFFICIENTS, ENDS = np.array([2, -1, 3, 1, 0, 0]), {1: np.array([0, 0, 3, 5, 7, 7]), 2: np.array([0] * 3 + [7] * 3)}
VALUES = np.array([0.3, 1.1, -0.7, 0.9, 1.9, 0.2])
if importlib.util.find_spec("scipy"):
    from scipy import interpolate

    SPLINES: list[Any] = [
        interpolate.CubicSpline(KNOTS, VALUES),
        interpolate.CubicSpline(KNOTS, np.stack([VALUES, VALUES**2], axis=1), bc_type="natural"),
        interpolate.PchipInterpolator(KNOTS, VALUES),
        interpolate.Akima1DInterpolator(KNOTS, VALUES),
        interpolate.CubicHermiteSpline(KNOTS, VALUES, VALUES**2),
        interpolate.make_interp_spline(KNOTS, VALUES, k=5),
        interpolate.BSpline(np.linspace(-3.0, 3.0, 9), np.stack([VALUES[:5], VALUES[1:]], axis=1), 3),
        interpolate.InterpolatedUnivariateSpline(KNOTS, VALUES, k=5),
    ]
    STRAIGHT = interpolate.interp1d(KNOTS, VALUES)
    STEPS = interpolate.interp1d(KNOTS, VALUES, kind="previous")
    INTEGRATED = [s for s in SPLINES if hasattr(s, "integrate")]


def _values() -> list[Case]:
    every = [Case("spline_value", (array(4), spline), {"nu": nu}) for spline in SPLINES for nu in (0, 1)]
    return [*every, *[Case("spline_value", (x, s), {"nu": 0}) for s in SPLINES[:2] for x in (0.7, array(2, 1))]]


def _made(name: str, **attrs: Any) -> list[Case]:
    """At numbers, vectors and matrices of points, through vectors and rows of samples."""
    y = WHOLE[::-1] ** 2 - 3 if name in ("pchip_value", "akima_value") else VALUES
    rows = np.stack([y, y**2], axis=1)
    placed = ((0, array(4), y), (1, array(2, 2), y), (0, 0.7, rows), (0, array(3), rows))
    return [Case(name, (x, WHOLE, y), {"nu": nu, **attrs}) for nu, x, y in placed]


def _basis(name: str, **attrs: Any) -> list[Case]:
    return [Case(name, (x, WHOLE), {"nu": 0, **attrs}) for x in (array(4), array(2, 2), 0.7)]


CURVES = ("cubic_spline_value", "b_spline_value", "pchip_value", "akima_value")  # made where they are called
CUBIC: dict[str, Any] = {"bc_type": "natural", "extrapolate": None}
SPLINE_CASES: Mapping[str, Callable[[], list[Case]]] = {
    "spline_value": _values,
    "spline_integral": lambda: [Case("spline_integral", (-0.7, 1.13, spline)) for spline in INTEGRATED],
    "spline_derivative": lambda: [Case("spline_derivative", (s,), {"nu": 2}) for s in SPLINES],
    "spline_antiderivative": lambda: [Case("spline_antiderivative", (s,), {"nu": 1}) for s in INTEGRATED],
    "cubic_spline_value": lambda: _made("cubic_spline_value", **CUBIC),
    "cubic_spline_value_basis": lambda: _basis("cubic_spline_value_basis", **CUBIC),
    "b_spline_value": lambda: _made("b_spline_value", k=5),
    "b_spline_value_basis": lambda: _basis("b_spline_value_basis", k=3),
    "pchip_value": lambda: _made("pchip_value", extrapolate=None),
    "akima_value": lambda: _made("akima_value"),
    "samples_value": lambda: [Case("samples_value", (x, STRAIGHT)) for x in (array(4), array(3, 2), 0.7)],
    "slope_between_samples": lambda: [Case("slope_between_samples", (x, STRAIGHT)) for x in (array(4), array(3, 2))],
    "splev": lambda: [
        Case("splev", (x, ENDS[k], COEFFICIENTS), {"k": k, "der": der, "ext": ext})
        for x, ext in ((array(4, low=0.3, high=6.8), 0), (array(3), 1), (array(2, 2), 0), (1.7, 0))
        for k, der in ((1, 0), (1, 1), (2, 0), (2, 1), (2, 2))
    ],
    "steps_value": lambda: [Case("steps_value", (array(4), STEPS))],
}
