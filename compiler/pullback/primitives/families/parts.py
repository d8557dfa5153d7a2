"""Parts of numbers: fractions, mantissas and exponents, neighbours; angles without jumps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Scalar, Type, dims_of
from pullback.primitives import inference, meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.arithmetic import floor_divide, remainder
from pullback.primitives.families.conversions import as_array
from pullback.primitives.inference import as_first, dtype_of, real
from pullback.primitives.kinds import elementwise, general
from pullback.primitives.partials import NEIGHBOURS
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, means


def _split(function: Any, second: Any = None) -> Any:
    """Two results of the shape of the operand; the second of the same dtype, or of a given one."""

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        t = operands[0].type
        dtype = dtype_of(t)
        first = None if dtype is None else function(np.ones((), dtype))[0].dtype
        return Array(first, dims_of(t)), Array(first if second is None else np.dtype(second), dims_of(t))

    return real(infer, f"np.{function.__name__}")


modf: Primitive = general(
    np.modf,
    lambda g, out, x: g[0],  # the integral part is constant between integers
    lambda tangents, out, x: (tangents[0], None),
    _split(np.modf),
)
frexp: Primitive = general(
    np.frexp,
    lambda g, out, x: None if g[0] is None else ldexp(g[0], PRIMITIVES["negative"](out[1])),
    lambda tangents, out, x: (ldexp(tangents[0], PRIMITIVES["negative"](out[1])), None),
    _split(np.frexp, np.intc),
)


@means(np.modf)
def modf_meaning(x: Any) -> Any:
    return modf(meanings.arrayed(x, x))


@means(np.frexp)
def frexp_meaning(x: Any) -> Any:
    return frexp(meanings.arrayed(x, x))


def _scaled_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return inference.elementwise(np.ldexp)(operands, attrs)


ldexp: Primitive = general(
    np.ldexp,
    lambda g, out, x, i: (ldexp(g, i), None),
    lambda tangents, out, x, i: None if tangents[0] is None else ldexp(tangents[0], i),
    real(_scaled_type, "np.ldexp"),
    np.ldexp,
    accepts="x, i",
    broadcasts=True,
)
nextafter = elementwise(np.nextafter, "x + 0*y", dx=NEIGHBOURS, dy=NEIGHBOURS, doc={"domain": ((0.3, 3.0),) * 2})


def _unwrap(x: Any, axis: int, discont: Any, period: Any) -> Any:
    return np.unwrap(x, discont, axis, period=period)


unwrap: Primitive = general(
    _unwrap,
    lambda g, out, x, **attrs: g,  # what is added to each angle is a constant
    lambda tangents, out, x, **attrs: tangents[0],
    real(as_first(), "np.unwrap"),
    name="unwrap",
    spelling="np.unwrap",
)


@means(np.unwrap)
def unwrap_meaning(p: Any, discont: Any = None, axis: Any = -1, *, period: Any = 2 * math.pi) -> Any:
    attrs = {"axis": axis, "discont": discont, "period": period}
    return unwrap(meanings.arrayed(p, p), **{k: meanings.static(v, k) for k, v in attrs.items()})


@means(np.divmod)
def divmod_meaning(x: Any, y: Any) -> Any:
    x, y = (meanings.arrayed(v, (x, y)) for v in (x, y))
    are_numbers = all(isinstance(type_of_operand(v), Scalar) for v in (x, y))
    x, y = (  # NumPy numbers, of Python numbers too
        as_array(v) if meanings.has_pen(v) and (are_numbers or dtype_of(type_of_operand(v)) is None) else v
        for v in (x, y)
    )
    return floor_divide(x, y), remainder(x, y)


@means(np.real_if_close)
def real_if_close(a: Any) -> Any:
    """Itself, for real numbers."""
    a = as_array(meanings.arrayed(a, a))
    if inference.is_complex(type_of_operand(a)):
        raise NotCovered("np.real_if_close of complex numbers, real or complex by their values", "use np.real")
    return MEANINGS[np.real](a)


__all__ = ["frexp", "ldexp", "modf", "nextafter", "unwrap"]
