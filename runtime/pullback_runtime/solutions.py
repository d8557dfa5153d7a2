"""The adjoint of an initial value problem."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def solution_pullback(
    solve_ivp: Callable[..., Any],
    rhs: Callable[..., Any],
    rhs_pullback: Callable[..., Any],
    start: float,
    y0: Any,
    times: Any,
    y_bar: Any,
    args: Sequence[Any] = (),
    y_first: bool = False,
    with_times: bool = False,
    **options: Any,
) -> Any:
    """The cotangents of what the solution of `dy/dt = rhs(t, y, *args)`, `y(start) = y0`, depends on.

    Between two times the adjoint `a` and the cotangents of `args` obey `da/dt = -a df/dy`, `dp_bar/dt = -a df/dp`
    backwards in time, and at each of `times` its row of `y_bar` is added to `a` (Cao, Li, Petzold and Serban 2003,
    Adjoint sensitivity analysis for differential-algebraic equations, SIAM J. Sci. Comput. 24; without algebraic
    equations). The solution is not followed backwards, which is unstable where it decays: it is read from a dense one.
    All are integrated by the same method, to the same tolerances, relative to the largest entry of `y_bar`.

    Args:
        solve_ivp: `scipy.integrate.solve_ivp`.
        rhs: (t, y, *args) -> the derivative.
        rhs_pullback: the same with the cotangent of the derivative after the first two -> that of y, then of `args`
            as far as it gives them.
        start: where the solution begins.
        y0: what it is there.
        times: in order, beginning at `start` or later; or the last one alone, of a solution at times that are the
            solver's choice.
        y_bar: a row for each time. Where the solver chose them, all but the first and the last must be 0, as how these
            times move is not known.
        args: what both functions are handed on.
        y_first: whether they are given (y, t, *args) instead.
        with_times: whether the cotangents of `start` and of the times are given, too.
        options: of `solve_ivp`.

    Returns:
        The cotangent of `y0`, those of `start` and of `times` if asked for, and what `rhs_pullback` gives besides.

    >>> from scipy.integrate import solve_ivp
    >>> pulled = solution_pullback(  # y = y0 exp(-k t)
    ...     solve_ivp, lambda t, y, k: -k * y, lambda t, y, g, k: (-k * g, float(-y @ g)), 0.0, np.array([2.0]),
    ...     np.array([1.0]), np.array([[1.0]]), args=(0.5,), rtol=1e-9, atol=1e-9)
    >>> [round(float(bar[0] if np.ndim(bar) else bar), 6) for bar in pulled]
    [0.606531, -1.213061]
    """
    start, times, rows = float(start), np.asarray(times, float), np.asarray(y_bar, float)
    is_end = times.ndim == 0
    if is_end:
        if rows[1:-1].any():
            raise RuntimeError("the solution is differentiated at times that the solver chose: pass them by t_eval")
        times, rows = np.array([start, times]), rows[[0, -1]]
    y0 = np.array(y0, float, ndmin=1)
    if len(rows) != len(times):
        raise RuntimeError("the initial value problem was not solved up to the last of the times")
    n, scale = y0.size, np.max(np.abs(rows), initial=0.0) or 1.0

    def ordered(t: float, y: Any) -> tuple[Any, Any]:
        return (y, t) if y_first else (t, y)

    def solved(function: Callable[..., Any], a: float, b: float, z: Any, **more: Any) -> Any:
        found = solve_ivp(function, (a, b), z, **{**options, **more})
        if not found.success:
            raise RuntimeError(f"the initial value problem, or its adjoint, was not solved: {found.message}")
        return found

    def flow(t: float, y: Any) -> Any:
        return np.asarray(rhs(*ordered(t, y), *args), float)

    path = solved(flow, start, float(times[-1]), y0, dense_output=True).sol

    def backwards(t: float, z: Any) -> Any:
        bars = rhs_pullback(*ordered(t, path(t)), z[:n], *args)
        return -np.concatenate([np.ravel(bar) for bar in (bars if isinstance(bars, tuple) else (bars,))])

    given = rhs_pullback(*ordered(start, y0), np.zeros(n), *args)
    like = given[1:] if isinstance(given, tuple) else ()
    z = np.zeros(n + sum(np.size(bar) for bar in like))
    smallest = {"atol": float(np.min(options["atol"]))} if np.ndim(options.get("atol", 0.0)) else {}
    now = float(times[-1])
    for k in reversed(range(len(times))):
        if rows[k].any():
            if now != times[k]:
                z = solved(backwards, now, float(times[k]), z, **smallest).y[:, -1]
                now = float(times[k])
            z[:n] += rows[k] / scale
    if now != start:
        z = solved(backwards, now, start, z, **smallest).y[:, -1]
    z = z * scale
    ends = np.cumsum([n, *(np.size(bar) for bar in like)])
    y0_bar, *parts = (part.copy() for part in np.split(z, ends[:-1]))
    bars = [
        part.reshape(np.shape(bar)) if np.ndim(bar) else float(part[0]) for part, bar in zip(parts, like, strict=True)
    ]
    if not with_times:
        return (y0_bar, *bars) if bars else y0_bar
    start_bar = -float(y0_bar @ flow(start, y0))
    times_bar = np.array([row @ flow(float(t), path(float(t))) for t, row in zip(times, rows, strict=True)])
    if is_end:
        return (y0_bar, start_bar + float(times_bar[0]), float(times_bar[1]), *bars)
    return (y0_bar, start_bar, times_bar, *bars)
