"""`scipy.interpolate`: constant splines and interpolators at points that move; SciPy's own `nu=` differentiates.

At a breakpoint the derivative is the one that SciPy gives there, that of the piece to the right; beyond the ends it is
that of the extrapolation, not a number where the value is none, and 0 where the value is a constant.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from scipy import interpolate

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.opaque import Opaque
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.shaping import expand_dims
from pullback.primitives.inference import real
from pullback.primitives.kinds import discrete, general, total
from pullback.primitives.registry import OBJECTS, NotCovered, checked

Meaning = Callable[..., Any]
SPLINE, SAMPLES = "spline", "linear interpolator"


def use(kind: str, *names: str) -> Callable[[Meaning], Meaning]:
    """Decorator: what a call or a method of objects of a kind means."""

    def decorate(meaning: Meaning) -> Meaning:
        OBJECTS.update({(kind, name): checked(meaning) for name in names})
        return meaning

    return decorate


def opaque_of(operand: Any) -> Opaque:
    t = type_of_operand(operand)
    assert isinstance(t, Opaque)
    return t


def _values_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    x, spline = operands
    assert isinstance(spline.type, Opaque)
    dims = dims_of(x.type)
    return (Array(spline.type.dtype, None if dims is None else (*dims, *spline.type.shape)),)


def _axes_of_values(x: Any, spline: Any) -> tuple[int, ...]:
    """The axes of a result that are those of the values at one point."""
    return tuple(range(-len(opaque_of(spline).shape), 0))


def _value_vjp(g: Any, out: Any, x: Any, spline: Any, nu: int) -> Any:
    axes = _axes_of_values(x, spline)
    slope = g * value(x, spline, nu=nu + 1)
    return sum_(slope, axis=axes, keepdims=False) if axes else slope


def _value_jvp(tangents: Any, out: Any, x: Any, spline: Any, nu: int) -> Any:
    axes, tangent = _axes_of_values(x, spline), tangents[0]
    if axes and rank(type_of_operand(tangent)) != 0:
        tangent = expand_dims(tangent, axis=axes)
    return tangent * value(x, spline, nu=nu + 1)


value: Primitive = general(
    lambda x, spline, nu: spline(x, nu=nu),
    _value_vjp,
    _value_jvp,
    real(_values_type, "splines"),
    name="spline_value",
    spelling="{1}({0}, nu={nu})",
)


@use(SPLINE, ".__call__")
def call(spline: Any, x: Any, nu: Any = 0, extrapolate: Any = None) -> Any:
    if extrapolate is not None:
        raise NotCovered("`extrapolate=` of the call of a spline", "give it to the spline where that is made")
    return value(meanings.arrayed(x, spline), spline, nu=meanings.static(nu, "nu"))


def _same_spline(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t = operands[0].type
    assert isinstance(t, Opaque)
    is_fitted = issubclass(t.cls, interpolate.UnivariateSpline)
    return (dataclasses.replace(t, cls=interpolate.UnivariateSpline) if is_fitted else t,)


derivative: Primitive = discrete(
    lambda spline, nu: spline.derivative(nu), _same_spline, name="spline_derivative", spelling="{0}.derivative({nu})"
)
antiderivative: Primitive = discrete(
    lambda spline, nu: spline.antiderivative(nu),
    _same_spline,
    name="spline_antiderivative",
    spelling="{0}.antiderivative({nu})",
)


def _order(nu: Any) -> int:
    if not isinstance(meanings.static(nu, "nu"), int) or nu < 1:
        raise NotCovered("an order of derivatives of a spline below 1")
    return int(nu)


@use(SPLINE, ".derivative")
def derivative_meaning(spline: Any, nu: Any = 1) -> Any:
    return derivative(spline, nu=_order(nu))


@use(SPLINE, ".antiderivative")
def antiderivative_meaning(spline: Any, nu: Any = 1) -> Any:
    return antiderivative(spline, nu=_order(nu))


# Integrals between two points: by the upper one it is the value there.


def _integral_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    spline = operands[2].type
    assert isinstance(spline, Opaque)
    return (Array(spline.dtype, spline.shape),)


def _integral_vjp(g: Any, out: Any, a: Any, b: Any, spline: Any) -> Any:
    at_a, at_b = (g * value(x, spline, nu=0) for x in (a, b))
    return -sum_(at_a, axis=None, keepdims=False), sum_(at_b, axis=None, keepdims=False)


def _integral_jvp(tangents: Any, out: Any, a: Any, b: Any, spline: Any) -> Any:
    ta, tb = tangents[:2]
    return total(
        [None if ta is None else -(ta * value(a, spline, nu=0)), None if tb is None else tb * value(b, spline, nu=0)]
    )


integral: Primitive = general(
    lambda a, b, spline: spline.integrate(a, b),
    _integral_vjp,
    _integral_jvp,
    real(_integral_type, "splines"),
    name="spline_integral",
    spelling="{2}.integrate({0}, {1})",
)


@use(SPLINE, ".integrate")
def integrate(spline: Any, a: Any, b: Any, extrapolate: Any = None) -> Any:
    if extrapolate is not None or "integrate" not in opaque_of(spline).facts:
        raise NotCovered("`extrapolate=` of the integral of a spline, or an integral of this class of splines")
    if any(rank(type_of_operand(x)) != 0 for x in (a, b)):
        raise NotCovered("the integral of a spline between what are not known to be numbers")
    return integral(a, b, spline)


# interp1d: pieces of straight lines, and steps. Its slope is a step function.


def _slopes_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return _values_type(operands, attrs)


slopes: Primitive = discrete(
    pullback_runtime.slope_between_samples,
    _slopes_type,
    name="slope_between_samples",
    spelling="slope_between_samples",
)
samples: Primitive = general(
    lambda x, f: f(x),
    lambda g, out, x, f: g * slopes(x, f),
    lambda tangents, out, x, f: tangents[0] * slopes(x, f),
    real(_values_type, "scipy.interpolate.interp1d"),
    name="samples_value",
    spelling="{1}({0})",
)
steps: Primitive = discrete(
    lambda x, f: f(x), real(_values_type, "scipy.interpolate.interp1d"), name="steps_value", spelling="{1}({0})"
)


@use(SAMPLES, ".__call__")
def call_samples(f: Any, x: Any) -> Any:
    prim = samples if opaque_of(f).facts == ("linear",) else steps
    return prim(meanings.arrayed(x, f), f)
