"""The laws that every program keeps, whatever is in it; no oracle here shares code with the compiler."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from pullback import differentiate
from pullback.ir.verify import verify_module
from pullback.pipeline import gradient_program

COMPARISONS = {"count": 0}


def leaves(tree: Any) -> Iterator[Any]:
    """The numbers and arrays of a structure, in order; None where a gradient is absent."""
    if isinstance(tree, dict):
        for child in tree.values():
            yield from leaves(child)
    elif isinstance(tree, list | tuple):
        for child in tree:
            yield from leaves(child)
    elif is_dataclass(tree) and not isinstance(tree, type):
        for field in fields(tree):
            yield from leaves(getattr(tree, field.name))
    elif hasattr(tree, "__dict__") and not callable(tree):
        for child in vars(tree).values():
            yield from leaves(child)
    else:
        yield tree


def shifted(tree: Any, direction: Iterator[Any], h: float) -> Any:
    """A copy of a structure with h * direction added to its float leaves."""
    if isinstance(tree, dict):
        return {key: shifted(child, direction, h) for key, child in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(shifted(child, direction, h) for child in tree))
    if isinstance(tree, list | tuple):
        return type(tree)(shifted(child, direction, h) for child in tree)
    if is_dataclass(tree) and not isinstance(tree, type) or hasattr(tree, "__dict__") and not callable(tree):
        new = copy.copy(tree)
        names = [f.name for f in fields(tree)] if is_dataclass(tree) else list(vars(tree))
        for name in names:
            object.__setattr__(new, name, shifted(getattr(tree, name), direction, h))
        return new
    step = next(direction)
    return tree if step is None else tree + h * step


def is_float(leaf: Any) -> bool:
    return isinstance(leaf, float | np.floating) or (isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f")


def directional(f: Callable[..., Any], args: tuple[Any, ...], wrt: tuple[int, ...], steps: list[Any]) -> tuple[float, float]:
    """The directional derivative by central differences, and an estimate of its error: over a ladder of steps, the
    Richardson extrapolation that agrees best with the one before."""

    def at(h: float) -> float:
        direction = iter(steps)
        moved = [shifted(copy.deepcopy(a), direction, h) if k in wrt else copy.deepcopy(a) for k, a in enumerate(args)]
        return float(f(*moved))

    ladder = [10.0**-k for k in range(2, 8)]
    slopes = [(at(h) - at(-h)) / (2 * h) for h in ladder]
    refined = [(100 * b - a) / 99 for a, b in zip(slopes, slopes[1:], strict=False)]
    gaps = [abs(b - a) for a, b in zip(refined, refined[1:], strict=False)]
    best = int(np.argmin(gaps))
    return refined[best + 1], gaps[best]


def check_program(
    f: Callable[..., Any], args: tuple[Any, ...], wrt: tuple[int, ...] = (0,), has_aux: bool = False, tol: float = 1e-6
) -> str:
    """Assert every law for one program at one point; return the generated source."""
    differentiable = differentiate(f, wrt=wrt, has_aux=has_aux)
    before = copy.deepcopy(args)
    value, gradient = differentiable.value_and_grad(*args)
    expected = f(*copy.deepcopy(args))
    assert_same_bits(value, expected)
    assert_untouched(before, args)
    primal = (lambda *a: f(*a)[0]) if has_aux else f
    found = list(leaves(gradient))
    originals = [leaf for k in wrt for leaf in leaves(args[k])]
    assert len(found) == len(originals)
    for g, x in zip(found, originals, strict=True):
        assert (g is not None) == is_float(x), "exactly the float leaves have a gradient"
        if g is not None:
            assert np.shape(g) == np.shape(x)
            assert type(g) is float if type(x) is float else np.asarray(g).dtype == np.asarray(x).dtype
    rng = np.random.default_rng(0)
    for _ in range(3):
        steps = [rng.normal(size=np.shape(x)) if is_float(x) else None for x in originals]
        steps = [float(s) if s is not None and np.ndim(s) == 0 else s for s in steps]
        wanted, slack = directional(primal, args, wrt, steps)
        got = sum(float(np.sum(g * s)) for g, s in zip(found, steps, strict=True) if s is not None)
        assert abs(got - wanted) <= tol * max(1.0, abs(wanted)) + 10 * slack, (got, wanted, slack)
        COMPARISONS["count"] += 1
    again = differentiable.value_and_grad(*args)
    assert_same_bits(list(leaves(again)), list(leaves((value, gradient))))
    assert_same_bits(list(leaves(differentiable.grad(*args))), found)
    assert_no_shared_memory(found, list(leaves(args)))
    lowered = differentiable.lower(*args)
    assert_clean(lowered.source)
    return lowered.source


def verified_passes(f: Callable[..., Any], args: tuple[Any, ...], wrt: tuple[int, ...] = (0,)) -> None:
    """Assert that the IR is well formed after every pass."""
    differentiable = differentiate(f, wrt=wrt)
    compiled = differentiable.lower(*args).compiled
    gradient_program(compiled.primal, differentiable._both.request, lambda name, module: verify_module(module) and None)


def assert_same_bits(a: Any, b: Any) -> None:
    for x, y in zip(leaves(a), leaves(b), strict=True):
        np.testing.assert_array_equal(np.asarray(x), np.asarray(y))


def assert_untouched(before: Any, after: Any) -> None:
    for x, y in zip(leaves(before), leaves(after), strict=True):
        assert type(x) is type(y)
        np.testing.assert_array_equal(np.asarray(x), np.asarray(y))


def assert_no_shared_memory(results: list[Any], arguments: list[Any]) -> None:
    arrays = [r for r in results if isinstance(r, np.ndarray)]
    for k, r in enumerate(arrays):
        for other in [*arrays[:k], *(a for a in arguments if isinstance(a, np.ndarray))]:
            assert not np.shares_memory(r, other)


def assert_clean(source: str) -> None:
    """No name is bound without being read, none is imported in vain."""
    for fn in [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)]:
        loads = {n.id for n in ast.walk(fn) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        stores = {n.id for n in ast.walk(fn) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        assert not {s for s in stores - loads if s != "_"}, f"unused in {fn.name}: {stores - loads}\n{source}"
