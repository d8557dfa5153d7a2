"""The functions of `cmath`: their results are Python complex numbers.

A row takes formula and partials from the NumPy function of the same meaning, as those of `math` do; the branch cuts are
the same.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import Any

from pullback.ir.core import Primitive
from pullback.ir.types import BOOL, FLOAT, Scalar, rank
from pullback.primitives import inference
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families import elementwise as rows
from pullback.primitives.families.complex_parts import complex_, turned
from pullback.primitives.families.math_functions import abs_, number_meaning
from pullback.primitives.inference import is_complex
from pullback.primitives.kinds import discrete, elementwise, general
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, means

LIKE_NUMPY: dict[Callable[..., Any], Primitive] = {
    cmath.exp: rows.exp,
    cmath.log: rows.log,
    cmath.log10: rows.log10,
    cmath.sqrt: rows.sqrt,
    cmath.sin: rows.sin,
    cmath.cos: rows.cos,
    cmath.tan: rows.tan,
    cmath.asin: rows.arcsin,
    cmath.acos: rows.arccos,
    cmath.atan: rows.arctan,
    cmath.sinh: rows.sinh,
    cmath.cosh: rows.cosh,
    cmath.tanh: rows.tanh,
    cmath.asinh: rows.arcsinh,
    cmath.acosh: rows.arccosh,
    cmath.atanh: rows.arctanh,
}


def _of_number(prim: Primitive) -> Callable[..., Any]:
    """The meaning: a real number is made complex first, as `cmath` does itself."""
    of_complex = number_meaning(prim, 1)

    def meaning(z: Any) -> Any:
        return of_complex(z if is_complex(type_of_operand(z)) or rank(type_of_operand(z)) else complex_(z))

    return meaning


for _python, _row in LIKE_NUMPY.items():
    elementwise(
        _python,
        _row.formula or "",
        name=f"cmath_{_python.__name__}",
        spelling=f"cmath.{_python.__name__}",
        infer=inference.fixed(Scalar("complex")),
        meaning=_of_number,
        doc={"mirrors": _row.name},
        dx=_row.doc["on_complex"].get("dx", _row.doc["partials"][0]),
    )

for _python in (cmath.isnan, cmath.isinf, cmath.isfinite):
    _prim = discrete(
        _python, inference.fixed(BOOL), name=f"cmath_{_python.__name__}", spelling=f"cmath.{_python.__name__}"
    )
    MEANINGS[_python] = number_meaning(_prim, 1)

_natural_log = MEANINGS[cmath.log]


@means(cmath.log)
def log_to_base(z: Any, base: Any = None) -> Any:
    if base is None:
        return _natural_log(z)
    return PRIMITIVES["divide"](*(_natural_log(v) if hasattr(v, "type") else cmath.log(v) for v in (z, base)))


phase = general(
    cmath.phase,
    lambda g, out, z: turned(g, z),
    lambda tangents, out, z: turned(tangents[0], z),
    inference.fixed(FLOAT),
    name="cmath_phase",
    spelling="cmath.phase",
)


@means(cmath.phase)
def phase_meaning(z: Any) -> Any:
    if rank(type_of_operand(z)):
        raise NotCovered("cmath.phase of an array", "use np.angle")
    return phase(z)


@means(cmath.polar)
def polar(z: Any) -> Any:
    return abs_(z), phase_meaning(z)


@means(cmath.rect)
def rect(r: Any, phi: Any) -> Any:
    """The number r (cos(phi) + i sin(phi))."""
    cosine, sine = (MEANINGS[f](phi) if hasattr(phi, "type") else f(phi) for f in (math.cos, math.sin))
    return complex_(PRIMITIVES["multiply"](r, cosine), PRIMITIVES["multiply"](r, sine))
