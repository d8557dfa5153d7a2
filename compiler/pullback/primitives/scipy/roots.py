"""Roots by `scipy.optimize`: the derivative by the implicit function theorem.

    f(x, p) = 0:   df/dx dx + df/dp dp = 0,   so   p_bar = -(x_bar / df/dx) df/dp

(Griewank and Walther 2008, Evaluating Derivatives, 2nd ed., section 15.2; vectors: `pullback_runtime.root_pullback`).
Where the search starts is nothing to the root. It is the derivative of the exact root; where df/dx is 0 there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from scipy import optimize

import pullback_runtime
from pullback.ir.core import Primitive
from pullback.ir.functionals import functional
from pullback.ir.types import FLOAT, Array, Dim, Type, dims_of, rank
from pullback.primitives.expr import type_of_operand
from pullback.primitives.functionals import Functional, takes_function
from pullback.primitives.inference import is_complex
from pullback.primitives.kinds import fit
from pullback.primitives.registry import NoDerivative, NotCovered

Own: TypeAlias = Sequence[Any]
NUMBER = Array(np.dtype(float), ())


def _root_vjp(g: Own, out: Own, function: Any, own: Own, captured: Own, wanted: Sequence[bool]) -> list[Any]:
    found: list[Any] = [None] * len(wanted)
    places = [k for k, want in enumerate(wanted[len(own) :]) if want]
    if places:
        function.expect_no_jump(*(k + 1 for k in places), state=0)  # what changes its sign in a jump has no root there
        slope, *partials = function.partials(out[0], places)
        factor = -(g[0] / slope)
        for k, partial in zip(places, partials, strict=True):
            found[len(own) + k] = fit(factor * partial, captured[k])
    return found


def _alone(found: Any) -> tuple[Any]:
    return (found,)


def _number(f: Type, *own: Type, size: Dim) -> tuple[Type, ...]:
    _real(f, *own)
    if any(rank(t) != 0 for t in (f, *own)):
        raise NotCovered("the root of a function of several numbers, by a method for one", "use scipy.optimize.root")
    return (FLOAT,)


def _numpy_number(f: Type, *own: Type, size: Dim) -> tuple[Type, ...]:
    _number(f, *own, size=size)
    return (NUMBER,)


def _bracketed(f: Type, *bracket: Type, size: Dim) -> tuple[Type, ...]:
    _real(f, *bracket)
    return _number(f, size=size)


def _real(*types: Type) -> None:
    if any(map(is_complex, types)):
        raise NotCovered("a root in the complex plane", "solve for its real and its imaginary part")


def bracketing(function: Callable[..., Any]) -> None:
    """The row of a method that starts from a bracket."""
    name = function.__name__
    prim = functional(
        name,
        lambda f, a, b, args, **options: _alone(function(f, a, b, args=args, **options)),
        f"scipy.optimize.{name}",
        _root_vjp,
    )
    takes_function(
        function,
        Functional(
            prim,
            "f, a, b, args=(), xtol=2e-12, rtol=4 * np.finfo(float).eps, maxiter=100, full_output=False, disp=True",
            operands=("a", "b"),
            refused={"full_output": "leave it out", "disp": "leave it out: a search that fails is an error"},
            variables=lambda a, b: (FLOAT,),
            results=_number,
            stem="f",
        ),
    )


for method in (optimize.brentq, optimize.brenth, optimize.bisect, optimize.ridder):
    bracketing(method)

newton: Primitive = functional(
    "newton",
    lambda f, x0, args, **options: _alone(optimize.newton(f, x0, args=args, **options)),
    "scipy.optimize.newton",
    _root_vjp,
)
takes_function(
    optimize.newton,
    Functional(
        newton,
        "func, x0, fprime=None, args=(), tol=1.48e-08, maxiter=50, fprime2=None, x1=None, rtol=0.0, full_output=False, "
        "disp=True",
        operands=("x0",),
        refused={
            "full_output": "leave it out",
            "disp": "leave it out: a search that fails is an error",
            **dict.fromkeys(("fprime", "fprime2"), "leave it out, or use scipy.optimize.brentq"),
        },
        variables=lambda x0: (NUMBER,),
        results=_numpy_number,
        stem="f",
    ),
)

root_scalar: Primitive = functional(
    "root_scalar",
    lambda f, args, **options: _alone(optimize.root_scalar(f, args=args, **options).root),
    "scipy.optimize.root_scalar",
    _root_vjp,
    result=".root",
)
takes_function(
    optimize.root_scalar,
    Functional(
        root_scalar,
        "f, args=(), method=None, bracket=None, fprime=None, fprime2=None, x0=None, x1=None, xtol=None, rtol=None, "
        "maxiter=None, options=None",
        operands=(),
        named=("bracket",),
        refused={
            **dict.fromkeys(("x0", "x1", "fprime", "fprime2"), "give it a bracket"),
            "options": "leave it out",
        },
        variables=lambda: (FLOAT,),
        results=_bracketed,
        stem="f",
        attributes={"root": ""},
        unknown=("converged", "flag", "iterations", "function_calls", "method"),
    ),
)

# Several numbers.


def _roots_vjp(g: Own, out: Own, function: Any, own: Own, captured: Own, wanted: Sequence[bool]) -> list[Any]:
    found: list[Any] = [None] * len(wanted)
    places = [k for k, want in enumerate(wanted[len(own) :]) if want]
    if places:
        kinds = tuple(_bar(captured[k]) for k in places)
        bars = function.pullback(root_pullback, 0, places, (out[0], g[0]), {"types": kinds, "options": ()})
        for k, bar in zip(places, bars, strict=True):
            found[len(own) + k] = fit(bar, captured[k])
    return found


def _bar(p: Any) -> Type:
    """The type of the cotangent of what the function reads."""
    t = type_of_operand(p)
    if rank(t) == 0:
        return FLOAT
    if not isinstance(t, Array):
        raise NotCovered("a list that a function with a root reads", "make an array of it")
    return Array(np.dtype(float), t.shape)


def _no_second(*args: Any) -> list[Any]:
    raise NoDerivative(
        "the derivative of a root in several dimensions",
        "its implicit equations are solved by a function of the runtime, of which no rule is known",
        "take a few steps of Newton's method in the function itself",
    )


def _pulled(f: Callable[..., Any], pullback: Callable[..., Any], x: Any, g: Any, args: tuple[Any, ...]) -> Any:
    bars = pullback_runtime.root_pullback(f, pullback, x, g, args)
    return bars if isinstance(bars, tuple) else (bars,)


root_pullback: Primitive = functional("root_pullback", _pulled, "root_pullback", _no_second)


def _vector(x0: Type) -> Type:
    if rank(x0) is None:
        raise NotCovered("roots of what has a rank that is not known", "pass np.ravel of it")
    if is_complex(x0) or rank(x0) not in (0, 1):
        raise NotCovered("roots of what is no real vector", "flatten it")
    return Array(np.dtype(float), dims_of(x0) or (1,))


def _found(f: Type, x0: Type, size: Dim) -> tuple[Type, ...]:
    _real(f)
    if rank(f) not in (0, 1):
        raise NotCovered("roots of a function that gives no vector", "flatten what it gives")
    return (_vector(x0),)


fsolve: Primitive = functional(
    "fsolve",
    lambda f, x0, args, **options: _alone(optimize.fsolve(f, x0, args=args, **options)),
    "scipy.optimize.fsolve",
    _roots_vjp,
)
root: Primitive = functional(
    "root",
    lambda f, x0, args, **options: _alone(optimize.root(f, x0, args=args, **options).x),
    "scipy.optimize.root",
    _roots_vjp,
    result=".x",
)
takes_function(
    optimize.fsolve,
    Functional(
        fsolve,
        "func, x0, args=(), fprime=None, full_output=0, col_deriv=0, xtol=1.49012e-08, maxfev=0, band=None, "
        "epsfcn=None, factor=100, diag=None",
        operands=("x0",),
        refused={"fprime": "leave it out: it is found by differences", "full_output": "leave it out"},
        variables=lambda x0: (_vector(x0),),
        results=_found,
        stem="f",
        as_array=True,
    ),
)
takes_function(
    optimize.root,
    Functional(
        root,
        "fun, x0, args=(), method='hybr', jac=None, tol=None, callback=None, options=None",
        operands=("x0",),
        refused={
            "jac": "leave it out: it is found by differences",
            "callback": "leave it out",
            "options": "give the precision by tol",
        },
        variables=lambda x0: (_vector(x0),),
        results=_found,
        stem="f",
        as_array=True,
        attributes={"x": ""},
        unknown=("success", "status", "message", "fun", "nfev", "njev", "nit", "fjac", "r", "qtf"),
    ),
)
