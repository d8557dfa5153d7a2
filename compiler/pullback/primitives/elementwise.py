"""Elementwise functions: a row each, given by the scalar meaning. Derived partials are in derived.py."""

from __future__ import annotations

import numpy as np

from pullback.primitives.kinds import elementwise

where = elementwise(
    np.where, "Piecewise((y, x), (z, True))", name="where", dx="0", dy="where(x, g, 0.0)", dz="where(x, 0.0, g)"
)
maximum = elementwise(
    np.maximum,
    "Max(x, y)",
    dx="g * (x > y) + 0.5 * g * (x == y)",
    dy="g * (y > x) + 0.5 * g * (x == y)",
    constant={"dx": "out > y", "dy": "out > x"},
)
minimum = elementwise(
    np.minimum,
    "Min(x, y)",
    dx="g * (x < y) + 0.5 * g * (x == y)",
    dy="g * (y < x) + 0.5 * g * (x == y)",
    constant={"dx": "out < y", "dy": "out < x"},
)
exp = elementwise(np.exp, "exp(x)", dx="out")
log = elementwise(np.log, "log(x)", dx="g / x")
sqrt = elementwise(np.sqrt, "sqrt(x)", dx="0.5 * g / out")
tanh = elementwise(np.tanh, "tanh(x)", dx="1.0 - out * out")
sign = elementwise(np.sign, "sign(x)", dx="0")
