"""How exact the cotangents of structural functions are: reductions, products, linear algebra, transforms, orders.

The oracle is a central difference of the function itself, by each element, in 50 digits: on its SymPy meaning, on
arrays of mpmath's numbers where NumPy computes with objects, or by mpmath's own decompositions. For transforms it is
the transform itself in 80-bit floats. No rule has a part in it.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import mpmath
import numpy as np
import sympy
from primitives.case import Case, active
from primitives.cases import CASES
from primitives.cases_fourier import FOURIER
from primitives.test_complex import cotangent as complex_cotangent
from primitives.test_rules import cotangent, each, forward, is_float, pulled_back
from support.symbols import NoSymbolicMeaning, sympy_meaning

from pullback.ir.core import Primitive
from pullback.primitives import tables

DIGITS, STEP = 50, 20
LARGEST, OF_EACH = 16, 4  # elements of a case, cases of a row
EPS = float(np.finfo(float).eps)
LIMIT = 4.0
HEAD = """
## Structural functions

The worst error of a cotangent in units of the rounding of its largest element (2.2e-16 times it), by family, on the
example calls of each row with up to {largest} numbers. The oracle is a central difference of the function itself in
{digits} digits; for transforms it is the transform in 80-bit floats. 0.0 are cotangents that are only moved.

A test asserts that no error exceeds {limit:g} units but for the functions below the table, each with its reason.
"""
EXCEPTIONS = {
    "lstsq_solution": "by the pseudoinverse: the error grows with the square of the condition of the matrix",
    "cofactors": "by the singular values of a matrix that may be singular, as LAPACK gives them",
    "eigh": "by differences of eigenvalues, as LAPACK gives them: their error is relative to the largest of them",
    "pinv": "by the pseudoinverse, as `lstsq_solution`",
    "eigvalsh": "by eigenvectors as LAPACK gives them, whose error grows as their eigenvalues are closer",
}


class Worst(NamedTuple):
    """The largest error of a row, in units of the rounding of the largest element of its cotangent."""

    units: float
    name: str
    case: str


@cache
def family_of(name: str) -> str | None:
    """The table that has a row; None for rows of SciPy's and of the compiler's own."""
    found = [
        (f"\n{bound} = " not in inspect.getsource(table), family)  # other tables import it
        for family, table in TABLES.items()
        for bound, value in vars(table).items()
        if isinstance(value, Primitive) and value.name == name
    ]
    return min(found)[1] if found else "fourier" if name in FOURIER else None


TABLES = {name: getattr(tables, name) for name in tables.__all__}


def is_transforming(case: Case) -> bool:
    return case.name in FOURIER and np.ndim(case.operands[0]) > 0


def cases() -> Iterator[Case]:
    """The first small cases in float64 of each structural row."""
    taken: dict[str, int] = defaultdict(int)
    for case in CASES:
        if case.prim.kind not in ("linear", "multilinear", "general") or family_of(case.name) is None:
            continue
        is_transform = is_transforming(case)
        size = sum(np.size(o) for o in case.operands if active(o) or (is_transform and np.iscomplexobj(o)))
        known = is_transform or (is_float(forward(case)) and not any(map(np.iscomplexobj, case.operands)))
        if 0 < size <= LARGEST and taken[case.name] < OF_EACH and known:
            taken[case.name] += 1
            yield case


def exact(value: Any) -> Any:
    """Floats as numbers of many digits."""
    if isinstance(value, float):
        return mpmath.mpf(value)
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return np.array([mpmath.mpf(float(v)) for v in value.ravel()], dtype=object).reshape(value.shape)
    return value


def on_symbols(case: Case) -> Callable[..., list[Any]]:
    """The function of all active numbers, by its SymPy meaning."""
    symbols: list[sympy.Symbol] = []
    operands = []
    for k, operand in enumerate(case.operands):
        if not active(operand):
            operands.append(operand)
            continue
        names = sympy.symbols(f"s{k}_:{np.size(operand)}", real=True)
        symbols += names
        array = np.array(names, dtype=object).reshape(np.shape(operand))
        operands.append(array if np.ndim(operand) or not isinstance(operand, float) else names[0])
    flat = [sympy.sympify(v) for v in flattened(sympy_meaning(case.prim, operands, case.attrs))]
    function: Callable[..., list[Any]] = sympy.lambdify(symbols, flat, "mpmath")
    return function


def on_objects(case: Case) -> Callable[..., list[Any]]:
    """The function of all active numbers, as NumPy computes it on objects."""

    def function(*numbers: Any) -> list[Any]:
        given, operands = list(numbers), []
        for operand in case.operands:
            if not active(operand):
                operands.append(operand)
                continue
            part = np.array([given.pop(0) for _ in range(np.size(operand))], dtype=object)
            operands.append(part.reshape(np.shape(operand)) if np.ndim(operand) else part[0])
        compute = _stacked(MATRICES[case.name]) if case.name in MATRICES else case.prim.evaluate
        values = list(flattened(compute(*operands, **case.attrs)))
        if any(isinstance(v, float) for v in values):
            raise TypeError("computed in floats")
        return values

    return function


def matrix(a: Any) -> Any:
    return mpmath.matrix(a.tolist())


def array(a: Any) -> Any:
    return np.array(a.tolist(), dtype=object).reshape(a.rows, a.cols)


def _inverse(a: Any) -> Any:
    return array(matrix(a) ** -1)


def _qr(a: Any, mode: str = "reduced") -> Any:
    """With the signs that LAPACK gives: those of Householder's reflections."""
    q = array(mpmath.qr(matrix(a[:, : len(a)]), mode="skinny")[0])
    q = q * np.sign(np.sum(q * np.linalg.qr(a.astype(float))[0], axis=0).astype(float))
    return q, q.T @ a


def _eigh(a: Any, UPLO: str = "L") -> Any:
    a = np.tril(a) + np.tril(a, -1).T if UPLO == "L" else np.triu(a) + np.triu(a, 1).T
    w, v = mpmath.eigsy(matrix(a))
    v = array(v)
    signs = np.sign(np.sum(v * np.linalg.eigh(a.astype(float))[1], axis=0).astype(float))
    return np.array(w.T.tolist()[0], dtype=object), v * signs


def _svd(a: Any, full_matrices: bool = False) -> Any:
    u, s, vh = mpmath.svd_r(matrix(a))
    u, vh = array(u), array(vh)
    signs = np.sign(np.sum(u * np.linalg.svd(a.astype(float), full_matrices=False)[0], axis=0).astype(float))
    return u * signs, np.array(s.T.tolist()[0], dtype=object), vh * signs[:, None]


def _pinv(a: Any, **attrs: Any) -> Any:
    return _inverse(a.T @ a) @ a.T if a.shape[0] >= a.shape[1] else a.T @ _inverse(a @ a.T)


def _stacked(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same for each matrix of a stack."""

    def of_stack(a: Any, *rest: Any, **attrs: Any) -> Any:
        if a.ndim == 2:
            return function(a, *rest, **attrs)
        found = [of_stack(one, *(r[k] for r in rest), **attrs) for k, one in enumerate(a)]
        return tuple(map(np.stack, zip(*found, strict=True))) if isinstance(found[0], tuple) else np.stack(found)

    return of_stack


MATRICES: dict[str, Callable[..., Any]] = {
    "qr": _qr,
    "eigh": _eigh,
    "eigvalsh": lambda a, UPLO="L": _eigh(a, UPLO)[0],
    "pinv": _pinv,
    "svd": _svd,
    "lstsq_residuals": lambda a, b, **attrs: np.sum((a @ (_pinv(a) @ b) - b) ** 2, axis=0, keepdims=b.ndim == 1),
    "svdvals": lambda a, **attrs: np.array(mpmath.svd_r(matrix(a), compute_uv=False).T.tolist()[0], dtype=object),
    "lstsq_solution": lambda a, b, **attrs: _pinv(a) @ b,
}


def transform_error_of(case: Case) -> float:
    """As `error_of`, of a linear map to or from complex numbers: its columns in 80-bit floats are the oracle."""
    out = case.prim.evaluate(*case.operands, **case.attrs)
    g = complex_cotangent(out)
    x, *rest = case.operands
    (bar, *_) = case.prim.vjp(g, out, case.operands, case.attrs, [True] + [False] * len(rest))
    units = (1, 1j) if np.iscomplexobj(x) else (1,)
    true = np.zeros(np.shape(x), np.clongdouble if np.iscomplexobj(x) else np.longdouble)
    for place in np.ndindex(np.shape(x)):
        for unit in units:
            column = np.zeros(np.shape(x), true.dtype)
            column[place] = unit
            paired = np.sum((g * case.prim.evaluate(column, *rest, **case.attrs)).real)
            true[place] += paired if unit == 1 else -1j * paired
    return float(np.max(np.abs(bar - true)) / (np.max(np.abs(true)) * EPS))


def flattened(results: Any) -> Any:
    return np.concatenate([np.ravel(np.asarray(r, dtype=object)) for r in each(results)])


def slopes(function: Callable[..., list[Any]], numbers: list[Any], g: list[Any]) -> list[Any]:
    """The gradient of the pairing with `g`."""
    h = mpmath.mpf(10) ** -STEP

    def at(k: int, step: Any) -> Any:
        values = function(*numbers[:k], numbers[k] + step, *numbers[k + 1 :])
        return mpmath.fsum(mpmath.mpf(w) * v for w, v in zip(g, values, strict=True))

    return [(at(k, h) - at(k, -h)) / (2 * h) for k in range(len(numbers))]


def error_of(case: Case) -> float | None:
    """The largest error of the cotangents, in units of the rounding of the largest of them; None without an oracle.

    Where they vanish, the error is in units of the rounding of 1.
    """
    out = forward(case)
    numbers = [v for o in case.operands if active(o) for v in np.ravel(exact(o))]
    bars = [
        np.zeros(np.shape(o)) if bar is None else bar
        for bar, o in zip(pulled_back(case, cotangent(out)), case.operands, strict=True)
        if active(o)
    ]
    given = np.concatenate([np.ravel(b) for b in bars])
    g = [float(v) for v in flattened(cotangent(out))]
    with mpmath.workdps(DIGITS):
        for way in (on_symbols, on_objects):
            try:
                function = way(case)
                values = [float(v) for v in function(*numbers)]
                true = slopes(function, numbers, g)
            except (NoSymbolicMeaning, TypeError, ValueError, AttributeError, NotImplementedError, ZeroDivisionError):
                continue
            if not np.allclose(values, flattened(out).astype(float), rtol=1e-9, atol=1e-12):
                continue
            size = max(map(abs, true))
            differences = [abs(mpmath.mpf(float(v)) - t) for v, t in zip(given, true, strict=True)]
            return float(max(differences) / ((size if size > 10 * EPS else 1) * EPS))
    return None


def audit() -> tuple[dict[str, list[Worst]], list[str]]:
    """The largest error of each row by family, the worst first; and the rows without an oracle."""
    found: dict[str, Worst] = {}
    names: dict[str, None] = {}
    for case in cases():
        names[case.name] = None
        error = transform_error_of(case) if is_transforming(case) else error_of(case)
        if error is not None:
            found[case.name] = max(found.get(case.name, Worst(-1.0, case.name, "")), Worst(error, case.name, str(case)))
    families: dict[str, list[Worst]] = defaultdict(list)
    for name, worst in found.items():
        families[str(family_of(name))].append(worst)
    return {f: sorted(rows, reverse=True) for f, rows in sorted(families.items())}, sorted(names.keys() - found.keys())


def section() -> list[str]:
    """The lines of docs/accuracy.md about structural functions."""
    families, missing = audit()
    lines = [HEAD.format(digits=DIGITS, limit=LIMIT, largest=LARGEST)]
    lines += ["| family | functions | worst | of |", "|---|---|---|---|"]
    for family, rows in families.items():
        worst = next((w for w in rows if w.name not in EXCEPTIONS), rows[0])
        lines.append(f"| {family} | {len(rows)} | {worst.units:.1f} | `{worst.name}` |")
    lines += ["", "| function | worst | why |", "|---|---|---|"]
    errors = {w.name: w.units for rows in families.values() for w in rows}
    lines += [f"| `{name}` | {errors[name]:.0f} | {why} |" for name, why in EXCEPTIONS.items()]
    names = ", ".join(f"`{name}`" for name in missing)
    return [*lines, "", f"Without an oracle of many digits, and tested by differences and duality: {names}."]
