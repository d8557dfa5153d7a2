"""`scipy.integrate.odeint` and `solve_ivp`: the derivative of the solution, by its adjoint.

    dy/dt = f(t, y, p), y(t0) = y0:   for cotangents g_k of y(t_k), the adjoint a starts at 0, and backwards in time
    da/dt = -a df/dy,  a += g_k at t_k,   y0_bar = a(t0),   p_bar = int a df/dp dt,   t_k_bar = g_k f(t_k, y(t_k), p)

(Cao, Li, Petzold and Serban 2003, SIAM J. Sci. Comput. 24; `pullback_runtime.solution_pullback`.) It is the derivative
of the exact solution, not of the steps that the library takes: both are right up to the tolerances that are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from scipy import integrate

import pullback_runtime
from pullback.ir.core import Primitive
from pullback.ir.functionals import functional
from pullback.ir.types import FLOAT, Array, Dim, Type, dims_of, rank
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.indexing import Index, getitem, index_add
from pullback.primitives.functionals import Functional, takes_function
from pullback.primitives.inference import is_complex
from pullback.primitives.kinds import fit
from pullback.primitives.registry import PRIMITIVES, NoDerivative, NotCovered

Own: TypeAlias = Sequence[Any]
TOLERANCE = 1.49012e-8  # of odeint
STEPS = ("max_step", "first_step")
FIRST = Index((0,))


def _pulled(rhs: Callable[..., Any], pullback: Callable[..., Any], *own: Any, **options: Any) -> Any:
    bars = pullback_runtime.solution_pullback(integrate.solve_ivp, rhs, pullback, *own, **options)
    return bars if isinstance(bars, tuple) else (bars,)


def _no_second(given: Own, out: Own, function: Any, own: Own, captured: Own, wanted: Sequence[bool]) -> list[Any]:
    raise NoDerivative(
        "the derivative of the solution of a differential equation",
        "it is integrated by an adjoint, of which no rule is known",
        "add the equations of the first derivative to the system, and differentiate its solution once",
    )


solution_pullback: Primitive = functional(
    "solution_pullback", _pulled, "solution_pullback", _no_second, solver="scipy.integrate.solve_ivp"
)


def _cotangents(
    function: Any, start: Any, y0: Any, times: Any, g: Any, captured: Own, wanted: Sequence[bool], options: Any
) -> tuple[Any, Any, Any, list[Any]]:
    """Those of the state at the start, of the start and the times if `with_times` is among the options, and of what the
    right-hand side reads.
    """
    places = [k for k, want in enumerate(wanted) if want]
    size = (dims_of(type_of_operand(y0)) or (1,))[0]
    ends = (FLOAT, _bar(times)) if "with_times" in options else ()
    kinds = (Array(np.dtype(float), (size,)), *ends, *(_bar(captured[k]) for k in places))
    attrs = {"types": kinds, "options": tuple(options.items())}
    state = 0 if options.get("y_first") else 1
    names = ("", "start_bar") if ends else ()
    function.expect_no_jump(*(k + 2 for k in places), state=state)
    y0_bar, *bars = function.pullback(solution_pullback, state, places, (start, y0, times, g), attrs, names)
    start_bar, times_bar, bars = (*bars[:2], bars[2:]) if ends else (None, None, bars)
    found: list[Any] = [None] * len(captured)
    for k, bar in zip(places, bars, strict=True):
        found[k] = fit(bar, captured[k])
    return fit(y0_bar, y0), start_bar, times_bar, found


def _bar(p: Any) -> Type:
    """The type of the cotangent of what the right-hand side reads."""
    t = type_of_operand(p)
    if rank(t) == 0:
        return FLOAT
    if not isinstance(t, Array):
        raise NotCovered("a list that a right-hand side reads", "make an array of it")
    return Array(np.dtype(float), t.shape)


# odeint


def _odeint(rhs: Callable[..., Any], y0: Any, t: Any, args: tuple[Any, ...], **options: Any) -> Any:
    return (integrate.odeint(rhs, y0, t, args=args, **options),)


def _odeint_vjp(g: Own, out: Own, function: Any, own: Own, captured: Own, wanted: Sequence[bool]) -> list[Any]:
    y0, t = own
    given = function.options
    options: dict[str, Any] = {} if given.get("tfirst") else {"y_first": True}
    options |= {"with_times": True} if wanted[1] else {}
    options |= {"method": "LSODA", **{k: given.get(k, TOLERANCE) for k in ("rtol", "atol")}}
    options |= {"max_step": given["hmax"]} if given.get("hmax") else {}
    start = getitem(t, index=FIRST)
    y0_bar, start_bar, t_bar, bars = _cotangents(function, start, y0, t, g[0], captured, wanted[2:], options)
    if t_bar is not None:
        t_bar = fit(index_add(t_bar, start_bar, index=FIRST), t)
    return [y0_bar if wanted[0] else None, t_bar, *bars]


odeint: Primitive = functional("odeint", _odeint, "scipy.integrate.odeint", _odeint_vjp)


def _state(y0: Type, f: Type | None = None) -> Dim:
    """How many numbers the state has."""
    for t in (y0, f):
        if t is not None and rank(t) is None:
            raise NotCovered("a differential equation whose state has a rank that is not known", "pass np.ravel of it")
        if t is not None and (is_complex(t) or rank(t) not in (0, 1)):
            raise NotCovered(
                "a differential equation of what is no real vector", "flatten it, and split complex numbers"
            )
    dims = dims_of(y0)
    return dims[0] if dims else 1


def _at_times(t: Type) -> Dim:
    dims = dims_of(t)
    if dims is None or len(dims) != 1:
        raise NotCovered("the solution of a differential equation at times that are no vector", "pass a vector")
    return dims[0]


def _rows(f: Type, y0: Type, t: Type, size: Dim) -> tuple[Type, ...]:
    return (Array(np.dtype(float), (_at_times(t), _state(y0, f))),)


takes_function(
    integrate.odeint,
    Functional(
        odeint,
        "func, y0, t, args=(), Dfun=None, col_deriv=0, full_output=0, ml=None, mu=None, rtol=None, atol=None, "
        "tcrit=None, h0=0.0, hmax=0.0, hmin=0.0, ixpr=0, mxstep=0, mxhnil=0, mxordn=12, mxords=5, printmessg=0, "
        "tfirst=False",
        operands=("y0", "t"),
        refused={
            "Dfun": "leave it out: LSODA takes differences",
            "full_output": "leave it out",
            "tcrit": "integrate from one such time to the next",
            "printmessg": "leave it out",
        },
        variables=lambda y0, t: (Array(np.dtype(float), (_state(y0),)), FLOAT),
        swapped="tfirst",
        results=_rows,
        stem="rhs",
        as_array=True,
    ),
)

# solve_ivp


def _solve_ivp(
    rhs: Callable[..., Any], t0: Any, t1: Any, y0: Any, args: tuple[Any, ...], **options: Any
) -> tuple[Any, ...]:
    return (integrate.solve_ivp(rhs, (t0, t1), y0, args=args, **options).y,)


def _solve_ivp_vjp(g: Own, out: Own, function: Any, own: Own, captured: Own, wanted: Sequence[bool]) -> list[Any]:
    t0, t1, y0, *given_times = own
    given = function.options
    options = {k: given[k] for k in ("method", "rtol", "atol", *STEPS) if k in given}
    rows = PRIMITIVES["transpose"](g[0], axes=None)
    times = given_times[0] if given_times else t1  # else at steps of the method, which begin and end where they should
    if wanted[0] or wanted[3 if given_times else 1]:
        options["with_times"] = True
    y0_bar, start_bar, times_bar, bars = _cotangents(
        function, t0, y0, times, rows, captured, wanted[len(own) :], options
    )
    by_t1, by_times = (None, times_bar) if given_times else (times_bar, None)
    return [
        fit(start_bar, t0) if wanted[0] else None,
        fit(by_t1, t1) if wanted[1] else None,  # with given times it is nothing to the solution before
        y0_bar if wanted[2] else None,
        *(fit(by_times, t) if wanted[3] else None for t in given_times),
        *bars,
    ]


solve_ivp: Primitive = functional(
    "solve_ivp", _solve_ivp, "scipy.integrate.solve_ivp", _solve_ivp_vjp, result=".y", pair=True
)


def _columns(f: Type, t0: Type, t1: Type, y0: Type, times: Type | None = None, *, size: Dim) -> tuple[Type, ...]:
    if rank(t0) != 0 or rank(t1) != 0:
        raise NotCovered("`t_span=` of what is no pair of numbers")
    return (Array(np.dtype(float), (_state(y0, f), size if times is None else _at_times(times))),)


takes_function(
    integrate.solve_ivp,
    Functional(
        solve_ivp,
        "fun, t_span, y0, method='RK45', t_eval=None, dense_output=False, events=None, vectorized=False, args=None, "
        "rtol=1e-3, atol=1e-6, max_step=np.inf, first_step=None, min_step=0.0, jac=None, jac_sparsity=None, "
        "lband=None, uband=None",
        operands=("t_span", "y0"),
        pairs=("t_span",),
        named=("t_eval",),
        refused={
            "dense_output": "pass the times by t_eval",
            "events": "cut the integration at the events",
            "vectorized": "leave it out",
            "jac": "leave it out: it is found by differences",
            "jac_sparsity": "leave it out",
        },
        variables=lambda t0, t1, y0: (FLOAT, Array(np.dtype(float), (_state(y0),))),
        results=_columns,
        stem="rhs",
        as_array=True,
        attributes={"y": "", "t": "t_eval"},
        unpacks=True,
        unknown=("sol", "success", "message", "status", "nfev", "njev", "nlu", "t_events", "y_events"),
    ),
)
