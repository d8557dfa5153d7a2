"""Checks a rule that a user registers: the VJP that it gives beside differences of the function itself."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from pullback.errors import VerificationError
from pullback.ir.core import Primitive
from pullback.ir.interface import Request
from pullback.verify.numeric import Differences, probes
from pullback.verify.subject import Point, Subject, Unusable

POINTS = ((0.3, 0.7, 1.1, 1.9), (1.6, 0.4, 0.9, 0.2), (0.8, 1.5, 0.3, 1.2))
TOLERANCE = 1e-6


def check_rule(function: Any, prim: Primitive, sample: tuple[Any, ...] | None) -> None:
    """Compare a rule with differences, and with the complex step where that applies.

    Args:
        function: what the rule is for.
        prim: the function with its rule.
        sample: arguments; None: a few numbers, for elementwise functions.

    Raises:
        VerificationError: they differ, or nothing could be compared.
    """
    if sample is not None:
        samples = [sample if isinstance(sample, tuple) else (sample,)]
    elif prim.kind == "elementwise":
        samples = [point[: prim.doc["arity"]] for point in POINTS]
    else:
        raise VerificationError(
            f"the rule of `{prim.spelling}` cannot be checked", "there are no arguments", "pass `sample=(...)`"
        )
    with np.errstate(all="ignore"):
        count = sum(_compared(function, prim, args) for args in samples)
    if count == 0:
        raise VerificationError(
            f"the rule of `{prim.spelling}` could not be checked",
            "no differences of the function converge at the sample",
            "pass another `sample=(...)`, inside the domain",
        )


def _compared(function: Any, prim: Primitive, args: tuple[Any, ...]) -> int:
    """How many derivatives were compared at one point."""
    names = [f"argument {k}" for k in range(len(args))]
    active = [k for k, arg in enumerate(args) if np.asarray(arg).dtype.kind == "f"]
    arrays = [arg for arg in args if isinstance(arg, np.ndarray)]
    before = [array.copy() for array in arrays]
    out = function(*args)
    if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, arrays, strict=True)):
        raise VerificationError(f"`{prim.spelling}` changes its arguments", "a primitive must not", "let it copy them")
    rng = np.random.default_rng(0)
    g = rng.uniform(0.5, 1.5, np.shape(out)).astype(np.asarray(out).dtype)[()]
    fixed = tuple((k, a) for k, a in enumerate(args) if not _is_number(a))
    operands = [a for a in args if _is_number(a)]
    places = [k for k, a in enumerate(args) if _is_number(a)]
    differentiable = active[:1] if prim.kind == "linear" else active
    wanted = [k in differentiable for k in places]
    assert prim.vjp is not None
    try:
        bars = prim.vjp(g, out, operands, {"fixed": fixed} if fixed else {}, wanted)
    except ValueError as error:
        raise VerificationError(f"the rule of `{prim.spelling}` is wrong: {error}") from None
    signature = inspect.Signature(
        [inspect.Parameter(f"a{k}", inspect.Parameter.POSITIONAL_ONLY) for k in range(len(args))]
    )

    def weighted(*given: Any) -> Any:
        return np.sum(g * function(*given))

    request = Request(tuple(f"a{k}" for k in differentiable), False, False, "grad")
    subject = Subject(prim.spelling, weighted, weighted, request, signature)
    point = Point({f"a{k}": arg for k, arg in enumerate(args)})
    try:
        oracle = Differences(subject, point)
    except Unusable:
        return 0
    count = 0
    for place, bar in zip(places, bars, strict=True):
        if place not in differentiable:
            continue
        leaf = oracle.widened.arguments[f"a{place}"]
        claimed = np.zeros(np.shape(leaf)) if bar is None else np.asarray(bar)
        for probe in probes((f"a{place}",), names[place], leaf, rng):
            found = oracle.derivative(probe)
            if found is None or found.error > 1e-3 * max(1.0, abs(found.value)):
                continue
            here = float(np.sum(claimed * probe.direction))
            if not abs(here - found.value) <= 4 * found.error + TOLERANCE * max(abs(found.value), abs(here)):
                raise VerificationError(
                    f"the rule of `{prim.spelling}` is wrong at {probe.place}: "
                    f"it gives {here:.9g}, differences {found.value:.9g}"
                )
            count += 1
    return count


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | complex | np.ndarray | np.generic)
