"""`scipy.integrate.quad`: the integral of a function, by Leibniz' rule.

    I(a, b, p) = int_a^b f(t, p) dt:   dI = f(b, p) db - f(a, p) da + (int_a^b df/dp dt) dp

It is the derivative of the integral, not of the sum that QUADPACK takes: both are right up to the tolerances that are
asked for, which the integral of df/dp is given too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from scipy import integrate, special

import pullback_runtime
from pullback.ir.core import Const, Primitive
from pullback.ir.functionals import functional
from pullback.ir.types import FLOAT, Array, Dim, Type, dims_of, rank
from pullback.primitives.expr import Expr, type_of_operand
from pullback.primitives.functionals import Functional, Repeated, takes_function
from pullback.primitives.inference import is_complex
from pullback.primitives.kinds import fit
from pullback.primitives.registry import PRIMITIVES, NoDerivative, NotCovered, computes

Own: TypeAlias = Sequence[Any]
TOLERANCE = 1.49e-8  # that of scipy.integrate.quad


def _quad(function: Callable[..., Any], a: Any, b: Any, args: tuple[Any, ...], **options: Any) -> Any:
    return integrate.quad(function, a, b, args=args, **options)


def _quad_vjp(g: Own, out: Own, function: Any, own: Own, captured: Own, wanted: Sequence[bool]) -> list[Any]:
    def by(k: int, p: Any) -> Any:
        if rank(type_of_operand(p)) == 0:
            return g[0] * function.again(k, own, quad, FLOAT, function.op.attrs["options"])
        # all elements at once: the norm of the errors meets the tolerance, and so does each of them
        given = function.options
        options = {"epsabs": given.get("epsabs", TOLERANCE), "epsrel": given.get("epsrel", TOLERANCE)}
        options |= {"points": given["points"]} if given.get("points") else {}
        return g[0] * function.again(k, own, vector_integral, _array(p), tuple(options.items()))

    return _leibniz(g, function, own, captured, wanted, by)


def _quad_vec(function: Callable[..., Any], a: Any, b: Any, args: tuple[Any, ...], **options: Any) -> Any:
    return integrate.quad_vec(function, a, b, args=args, **options)


def _quad_vec_vjp(g: Own, out: Own, function: Any, own: Own, captured: Own, wanted: Sequence[bool]) -> list[Any]:
    def by(k: int, p: Any) -> Any:
        options, seeds = function.op.attrs["options"], () if rank(g[0].type) == 0 else (g[0],)
        integral = function.again(k, own, vector_integral, _array(p), options, seeds)
        return integral if seeds else g[0] * integral

    return _leibniz(g, function, own, captured, wanted, by)


def _leibniz(
    g: Own, function: Any, own: Own, captured: Own, wanted: Sequence[bool], by: Callable[[int, Any], Any]
) -> list[Any]:
    """The cotangents of the limits, and `by` for what the integrand reads."""
    if any(other is not None for other in g[1:]):
        raise NoDerivative(
            f"the error that `{function.op.prim.spelling}` estimates",
            "it is taken from the sums that the rule of quadrature makes, and is no property of the integral",
            "use the value only",
        )
    a, b, *points = own
    bars = [
        fit(-g[0] * function(_as_float(a), *captured), a) if wanted[0] else None,
        fit(g[0] * function(_as_float(b), *captured), b) if wanted[1] else None,
        *[None for _ in points],  # where the interval is cut is nothing to its integral
    ]
    for k, (p, want) in enumerate(zip(captured, wanted[len(own) :], strict=True)):
        bars.append(fit(by(k, p), p) if want else None)
    return bars


def _as_float(limit: Any) -> Any:
    """A limit as the integrand is given it: as a Python float."""
    known = isinstance(limit, Expr) and isinstance(limit.atom, Const)
    return float(limit.atom.value) if known else PRIMITIVES["float"](limit)


def _array(p: Any) -> Type:
    """The type of an integral over derivatives by `p`."""
    t = type_of_operand(p)
    if rank(t) == 0:
        return FLOAT
    if not isinstance(t, Array):
        raise NotCovered("a list that an integrand reads", "make an array of it")
    return Array(np.dtype(float), t.shape)


quad: Primitive = functional("quad", _quad, "scipy.integrate.quad", _quad_vjp, result="[0]")
quad_vec: Primitive = functional("quad_vec", _quad_vec, "scipy.integrate.quad_vec", _quad_vec_vjp, result="[0]")


def _vector_integral(function: Callable[..., Any], a: Any, b: Any, args: tuple[Any, ...], **options: Any) -> Any:
    return (pullback_runtime.vector_integral(integrate.quad_vec, function, a, b, args=args, **options),)


vector_integral: Primitive = functional(
    "vector_integral", _vector_integral, "vector_integral", _quad_vec_vjp, solver="scipy.integrate.quad_vec"
)


def _variables(a: Type, b: Type) -> tuple[Type, ...]:
    if rank(a) != 0 or rank(b) != 0 or is_complex(a) or is_complex(b):
        raise NotCovered("an integral with limits that are no real numbers", "integrate between two real numbers")
    return (FLOAT,)


def _number(f: Type, a: Type, b: Type, *points: Type, size: Dim) -> tuple[Type, ...]:
    if rank(f) != 0:
        raise NotCovered("scipy.integrate.quad of a function that gives an array", "use scipy.integrate.quad_vec")
    return FLOAT, _real(f)


def _vector(f: Type, a: Type, b: Type, *points: Type, size: Dim) -> tuple[Type, ...]:
    if rank(f) is None:
        raise NotCovered("scipy.integrate.quad_vec of a function whose result has an unknown rank")
    return (_real(f) if rank(f) == 0 else Array(np.dtype(float), dims_of(f))), FLOAT


def _real(f: Type) -> Type:
    if is_complex(f):
        raise NotCovered("the integral of a complex function", "integrate its real and its imaginary part")
    return FLOAT


takes_function(
    integrate.quad,
    Functional(
        quad,
        "func, a, b, args=(), full_output=0, epsabs=1.49e-8, epsrel=1.49e-8, limit=50, points=None, weight=None, "
        "wvar=None, wopts=None, maxp1=50, limlst=50, complex_func=False",
        operands=("a", "b"),
        named=("points",),
        refused={
            "full_output": "leave it out",
            "complex_func": "integrate the real and the imaginary part",
            **dict.fromkeys(("weight", "wvar", "wopts"), "write the weight into the integrand"),
        },
        variables=_variables,
        results=_number,
        stem="integrand",
    ),
)
takes_function(
    integrate.quad_vec,
    Functional(
        quad_vec,
        "f, a, b, epsabs=1e-200, epsrel=1e-08, norm='2', cache_size=1e8, limit=10000, workers=1, points=None, "
        "quadrature=None, full_output=False, *, args=()",
        operands=("a", "b"),
        named=("points",),
        refused={"full_output": "leave it out", "workers": "leave it out"},
        variables=_variables,
        results=_vector,
        stem="integrand",
    ),
)


# Several variables: one integral inside the other, as SciPy takes them.


def dblquad(
    func: Any, a: Any, b: Any, gfun: Any, hfun: Any, args: Any = (), epsabs: Any = 1.49e-8, epsrel: Any = 1.49e-8
) -> Any:
    """`scipy.integrate.dblquad`: func(y, x, *args)."""

    def over_y(x: Any, *args: Any) -> Any:
        low = gfun(x) if callable(gfun) else gfun
        high = hfun(x) if callable(hfun) else hfun
        return integrate.quad(func, low, high, args=(x, *args), epsabs=epsabs, epsrel=epsrel)[0]

    return integrate.quad(over_y, a, b, args=args, epsabs=epsabs, epsrel=epsrel)[0]


def tplquad(
    func: Any,
    a: Any,
    b: Any,
    gfun: Any,
    hfun: Any,
    qfun: Any,
    rfun: Any,
    args: Any = (),
    epsabs: Any = 1.49e-8,
    epsrel: Any = 1.49e-8,
) -> Any:
    """`scipy.integrate.tplquad`: func(z, y, x, *args)."""

    def over_z(y: Any, x: Any, *args: Any) -> Any:
        low = qfun(x, y) if callable(qfun) else qfun
        high = rfun(x, y) if callable(rfun) else rfun
        return integrate.quad(func, low, high, args=(y, x, *args), epsabs=epsabs, epsrel=epsrel)[0]

    def over_y(x: Any, *args: Any) -> Any:
        low = gfun(x) if callable(gfun) else gfun
        high = hfun(x) if callable(hfun) else hfun
        return integrate.quad(over_z, low, high, args=(x, *args), epsabs=epsabs, epsrel=epsrel)[0]

    return integrate.quad(over_y, a, b, args=args, epsabs=epsabs, epsrel=epsrel)[0]


takes_function(integrate.dblquad, Repeated(dblquad))
takes_function(integrate.tplquad, Repeated(tplquad))


@computes(integrate.fixed_quad)
def fixed_quad(func: Any, a: Any, b: Any, args: Any = (), n: Any = 5) -> Any:
    """The formula of Gauss: a sum of the integrand's values at points that move with the limits."""
    x, w = special.roots_legendre(n)
    if np.isinf(a) or np.isinf(b):
        raise ValueError("Gaussian quadrature is only available for finite limits.")
    y = (b - a) * (x + 1) / 2.0 + a
    return (b - a) / 2.0 * np.sum(w * func(y, *args), axis=-1), None
