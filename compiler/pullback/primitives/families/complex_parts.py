"""Complex numbers and their parts: the functions that are real-linear, or real, but not holomorphic.

A cotangent g of a complex value pairs with a tangent t by Re(g * t), which is JAX's convention: the gradient of a real
f is df/dx - i df/dy. From it follow the transposes below:

    real   Re(g Re t)      = Re(g t)              =>  g
    imag   Re(g Im t)      = Re(-i g t)           =>  -i g
    conj   Re(g conj(t))   = Re(conj(g) t)        =>  conj(g)

A product by a real number has no other rule than a product: `fit` takes the real part for an operand that is real.
"""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import FLOAT, Array, Scalar, Type, dims_of
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.inference import dtype_of, elementwise, is_complex
from pullback.primitives.kinds import general, linear
from pullback.primitives.registry import PRIMITIVES, NotCovered, means


def _part_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t = operands[0].type
    if isinstance(t, Scalar):
        return (FLOAT,)
    dtype = dtype_of(t)
    return (Array(None if dtype is None else np.zeros((), dtype).real.dtype, dims_of(t)),)


def _same_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (operands[0].type,)


def _real(x: Any) -> Any:
    return x.real


def _imag(x: Any) -> Any:
    return x.imag


real = linear(_real, lambda g, x: g, _part_type, name="real", spelling="{0}.real", view="always")
imag = linear(_imag, lambda g, x: -1j * g, _part_type, name="imag", spelling="{0}.imag", view="always")


def _conj_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return elementwise(np.conj)(operands, attrs)


conjugated = linear(np.conj, lambda g, x: conj(g), _conj_type, name="conj")
# of a Python number a Python number
conjugate = linear(
    lambda x: x.conjugate(), lambda g, x: conj(g), _same_type, name="conjugate", spelling="{0}.conjugate()"
)


def conj(x: Any) -> Any:
    """The conjugate of a complex number or array; what is not known to be complex stays itself."""
    t = type_of_operand(x)
    if not is_complex(t):
        return x
    return (conjugate if isinstance(t, Scalar) else conjugated)(x)


# The direction z / |z|, which NumPy 2 calls the sign of a complex number.


def _phase_vjp(g: Any, out: Any, x: Any) -> Any:
    # dout = i out Im(conj(out) dz) / |z|, so that Re(g dout) = -Im(g out) Im(conj(out) dz) / |z|
    return 1j * PRIMITIVES["imag"](g * out) / _length(x) * conj(out)


def _phase_jvp(tangents: Any, out: Any, x: Any) -> Any:
    return 1j * out * (PRIMITIVES["imag"](conj(out) * tangents[0]) / _length(x))


def _length(x: Any) -> Any:
    length = PRIMITIVES["absolute"](x)
    return PRIMITIVES["where"](length == 0, 1.0, length)


phase: Primitive = general(np.sign, _phase_vjp, _phase_jvp, elementwise(np.sign), name="phase", spelling="np.sign")


def _angle(x: Any) -> Any:
    return np.angle(x)


angle = general(
    _angle,
    # d arg z = Im(dz / z)
    lambda g, out, x: turned(g, x),
    lambda tangents, out, x: turned(tangents[0], x),
    elementwise(_angle),
    name="angle",
    spelling="np.angle",
)


def turned(g: Any, x: Any) -> Any:
    """-i g / x, and 0 where x is: there the angle is 0 by convention, and so is its derivative."""
    where, zero = PRIMITIVES["where"], x == 0
    return where(zero, 0.0, -1j * g) / where(zero, 1.0, x)


@means(np.angle)
def angle_meaning(z: Any, deg: Any = False) -> Any:
    z = meanings.arrayed(z, z)
    known = angle(z) if _known_to_be_complex(z) else PRIMITIVES["arctan2"](0, z)
    return known * (180 / np.pi) if meanings.static(deg, "deg") else known


# Numbers put together from parts.


def _complex(re: Any, im: Any = None) -> Any:
    return builtins.complex(re) if im is None else builtins.complex(re, im)


def _complex_transpose(g: Any, re: Any, im: Any = None) -> tuple[Any, ...]:
    if im is None:
        return (g,)
    return g, 1j * g if is_complex(type_of_operand(im)) else -imag(g)


complex_ = linear(
    _complex,
    _complex_transpose,
    lambda operands, attrs: (Scalar("complex"),),
    name="complex",
    spelling="complex",
    operands=None,
)


@means(builtins.complex)
def complex_meaning(real: Any = 0, imag: Any = None) -> Any:
    if isinstance(real, str):
        raise NotCovered("complex() of a text and a number", "give both parts as numbers")
    return complex_(real) if imag is None else complex_(real, imag)


def _with_part(name: str, function: Any, value_of: Any) -> Primitive:
    """`z` with one of its parts replaced: what an assignment to `z.real` or `z.imag` makes of it."""

    def transpose(g: Any, base: Any, value: Any) -> tuple[Any, ...]:
        return PRIMITIVES[name](g, 0.0), value_of(g)  # the part that was replaced has no influence

    return linear(function, transpose, _same_type, name=name, operands=2, spelling=name, broadcasts=True)


with_real = _with_part("with_real", pullback_runtime.with_real, lambda g: real(g))
with_imag = _with_part("with_imag", pullback_runtime.with_imag, lambda g: -imag(g))


# Public functions.


@means(np.real)
def real_meaning(x: Any) -> Any:
    """The real part: a view of an array; itself, for real numbers."""
    x = meanings.arrayed(x, x)
    return real(x) if _known_to_be_complex(x) else x


@means(np.imag)
def imag_meaning(x: Any) -> Any:
    x = meanings.arrayed(x, x)
    if _known_to_be_complex(x):
        return imag(x)
    return 0.0 if isinstance(type_of_operand(x), Scalar) else PRIMITIVES["zeros_like"](x)


def conjugate_method(x: Any) -> Any:
    """Of a real array or number itself."""
    if not _known_to_be_complex(x):
        return x
    return conj(x)


@means(np.conj)
def conj_meaning(x: Any) -> Any:
    """Itself, for real arrays; of a Python number a NumPy one."""
    x = meanings.arrayed(x, x)
    if _known_to_be_complex(x):
        return conjugated(x)
    if type_of_operand(x) != FLOAT and isinstance(type_of_operand(x), Scalar):
        raise NotCovered("np.conj of an int")
    return PRIMITIVES["float64"](x) if type_of_operand(x) == FLOAT else x


def _known_to_be_complex(x: Any) -> bool:
    """Whether it is complex, which must be known."""
    dtype = dtype_of(type_of_operand(x))
    if dtype is None:
        raise NotCovered("the parts of a number that may be complex", "annotate the parameters")
    return dtype.kind == "c"


@means(np.iscomplexobj)
def iscomplexobj(x: Any) -> Any:
    return _known_to_be_complex(meanings.arrayed(x, x))


@means(np.isrealobj)
def isrealobj(x: Any) -> Any:
    return not _known_to_be_complex(meanings.arrayed(x, x))
