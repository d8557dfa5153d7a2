"""The laws that every program keeps, whatever is in it; no oracle here shares code with the compiler."""

from __future__ import annotations

import ast
import copy
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import partial
from itertools import pairwise
from types import FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from pullback import differentiate
from pullback.ir.core import Module
from pullback.ir.evaluate import evaluate
from pullback.ir.interface import Leaf, Node, Program, Static, Tree
from pullback.ir.opaque import opaque_type
from pullback.ir.variants import factory_of
from pullback.ir.verify import verify_module
from pullback.pipeline import gradient_program
from pullback.specialize import Compiled
from support.generators import KINDS, copied, generators_of, once

COMPARISONS = {"differences": 0, "interpreter": 0}


def is_object(tree: Any) -> bool:
    if isinstance(tree, dict | deque | type | Enum | FunctionType | MethodType | ModuleType | np.ufunc):
        return False
    if opaque_type(tree) is not None:
        return False  # a spline, a sparse matrix: it is what it is
    return is_dataclass(tree) or bool(slots(tree)) or (hasattr(tree, "__dict__") and not hasattr(tree, "_fields"))


def slots(tree: Any) -> list[str]:
    """The attributes that the classes of an object declare, of programs in the corpus."""
    own = [base for base in reversed(type(tree).__mro__) if base.__module__.startswith("programs.")]
    return [name for base in own for name in vars(base).get("__slots__", ())]


def attributes(tree: Any) -> dict[str, Any]:
    if is_dataclass(tree):
        return {f.name: getattr(tree, f.name) for f in fields(tree)}
    return {**{name: getattr(tree, name) for name in slots(tree)}, **getattr(tree, "__dict__", {})}


def parts(tree: Any) -> dict[Any, Any] | None:
    """The children of a container by key; None for a leaf."""
    if isinstance(tree, dict):
        return dict(tree)
    if isinstance(tree, list | tuple | deque):
        return dict(enumerate(tree))
    if is_object(tree):
        return attributes(tree)
    return None


def leaves(tree: Any) -> Iterator[Any]:
    """The numbers and arrays of a structure, in order; None where a gradient is absent."""
    children = parts(tree)
    if children is None:
        yield tree
    else:
        for child in children.values():
            yield from leaves(child)


def mapped(tree: Any, change: Callable[[Any], Any]) -> Any:
    """A copy of a structure with its leaves changed, in order."""
    children = parts(tree)
    if children is None:
        return change(tree)
    new = {key: mapped(child, change) for key, child in children.items()}
    if isinstance(tree, dict):
        copied = copy.copy(tree)  # of its class, with what it makes missing items by
        for key, child in new.items():
            copied[key] = child
        return copied
    if isinstance(tree, deque):
        return deque(new.values(), tree.maxlen)
    if hasattr(tree, "_fields"):
        return type(tree)(*new.values())
    if isinstance(tree, list | tuple):
        return type(tree)(new.values())
    made = copy.copy(tree)
    for name, child in new.items():
        object.__setattr__(made, name, child)
    return made


def is_float(leaf: Any) -> bool:
    """Whether a leaf carries a derivative: floats and complex numbers."""
    return isinstance(leaf, float | complex | np.inexact) or (isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fc")


def widened(leaf: Any) -> Any:
    """A float of any precision in double precision, so that differences of it mean something."""
    if isinstance(leaf, np.ndarray | np.generic) and leaf.dtype.kind in "fc":
        return leaf.astype(np.complex128 if leaf.dtype.kind == "c" else np.float64)
    return leaf if isinstance(leaf, KINDS) else copy.deepcopy(leaf)


def direction_of(leaf: Any, rng: np.random.Generator) -> Any:
    """Where to move a leaf, a complex one in the plane; None when it is no float."""
    if not is_float(leaf):
        return None
    step = rng.normal(size=np.shape(leaf))
    if np.iscomplexobj(leaf):
        step = step + 1j * rng.normal(size=np.shape(leaf))
    return step if np.ndim(step) else step.item() if isinstance(step, np.generic | np.ndarray) else step


def directional(f: Callable[..., Any], args: tuple[Any, ...], steps: dict[int, list[Any]]) -> tuple[float, float]:
    """The directional derivative by central differences, and an estimate of its error: over a ladder of steps, the
    Richardson extrapolation that agrees best with the one before. `steps` has the direction per argument and leaf."""

    def at(h: float) -> float:
        def moved(leaf: Any, direction: Iterator[Any]) -> Any:
            step = next(direction, None)
            if step is None:
                return widened(leaf)
            near = widened(leaf) + h * step
            return np.asarray(near) if isinstance(leaf, np.ndarray) else near  # an array without axes stays one

        moving = [mapped(a, partial(moved, direction=iter(steps.get(k, ())))) for k, a in enumerate(args)]
        return float(f(*moving))

    ladder = [10.0**-k for k in range(2, 8)]
    slopes = [(at(h) - at(-h)) / (2 * h) for h in ladder]
    refined = [(100 * b - a) / 99 for a, b in pairwise(slopes)]
    gaps = [abs(b - a) for a, b in pairwise(refined)]
    best = int(np.argmin(gaps))
    return refined[best + 1], gaps[best]


def check_program(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    wrt: tuple[int, ...] = (0,),
    has_aux: bool = False,
    tol: float = 1e-6,
    smooth: Callable[..., Any] | None = None,
) -> str:
    """Assert every law for one program at one point; return the generated source.

    `smooth` is what differences are taken of, where that must not be `f` itself.
    """
    differentiable = differentiate(f, wrt=wrt, has_aux=has_aux)
    generators = generators_of(f, args)
    before = copied(args, generators)
    (value, gradient), drawn = once(generators, lambda: differentiable.value_and_grad(*args))
    wanted_value, expected = once(generators, lambda: f(*copied(args, generators)))
    assert_same_bits(value, wanted_value)
    assert drawn == expected, "the generators are left in another state"
    assert_same_bits(args, before)
    assert type(gradient) is tuple
    for k, part in zip(wrt, gradient, strict=True):
        assert_belongs(part, args[k])
    found = list(leaves(gradient))
    primal = smooth or ((lambda *a: f(*a)[0]) if has_aux else f)
    rng = np.random.default_rng(0)
    for _ in range(3):
        steps = {k: [direction_of(leaf, rng) for leaf in leaves(args[k])] for k in wrt}
        wanted, slack = directional(lambda *a: once(generators, lambda: primal(*a))[0], args, steps)
        pairs = zip(found, (s for k in wrt for s in steps[k]), strict=True)
        got = sum(float(np.sum(g * s).real) for g, s in pairs if s is not None)
        assert 10 * slack <= 1e-3 * max(1.0, abs(wanted)), f"differences say nothing here: {wanted} +- {slack}"
        assert abs(got - wanted) <= tol * max(1.0, abs(wanted)) + 10 * slack, (got, wanted, slack)
        COMPARISONS["differences"] += 1
    again, left = once(generators, lambda: differentiable.value_and_grad(*args))
    assert_same_bits(again, (value, gradient))
    alone, left_alone = once(generators, lambda: differentiable.grad(*args))
    assert_same_bits(alone, gradient)
    assert left == left_alone == expected, "the generators are left in another state"
    assert_no_shared_memory(found, list(leaves(args)))
    lowered = differentiable.lower(*args)
    assert_clean(lowered.source)
    return lowered.source


def verified_passes(
    f: Callable[..., Any], args: tuple[Any, ...], wrt: tuple[int, ...] = (0,), has_aux: bool = False
) -> int:
    """Assert that the IR is well formed after every pass; return how many modules were looked at."""
    differentiable = differentiate(f, wrt=wrt, has_aux=has_aux)
    seen = 0

    def verify(name: str, module: Module) -> None:
        nonlocal seen
        verify_module(module)
        seen += 1

    request = differentiable.specializer("value_and_grad").request
    gradient_program(differentiable.lower(*args).compiled.primal, request, verify)
    return seen


def interpreted(
    f: Callable[..., Any], args: tuple[Any, ...], wrt: tuple[int, ...] = (0,), has_aux: bool = False
) -> None:
    """Assert that the generated code computes, bit for bit, what interpreting the IR gives: that of the primal
    program, that of the gradient after every pass on, and that of the gradient alone."""
    differentiable = differentiate(f, wrt=wrt, has_aux=has_aux)
    generators = generators_of(f, args)
    (value, gradient), drawn = once(generators, lambda: differentiable.value_and_grad(*args))
    compiled = differentiable.lower(*args).compiled
    for program, wanted in ((compiled.primal, value), (compiled.program, (value, gradient))):
        found, left = once(generators, partial(run, program, args, compiled, generators))
        assert_same_bits(found, wanted)
        assert left == drawn, "the generators are left in another state"
    COMPARISONS["interpreter"] += 2


def run(program: Program, args: tuple[Any, ...], compiled: Compiled, generators: Sequence[Any] = ()) -> Any:
    """Interpret a program on the arguments of the user's function."""
    bound = compiled.bind(copied(args, generators), {})
    operands: list[Any] = []
    for parameter in program.parameters:
        if parameter.hidden is not None:
            operands.append(parameter.hidden.read())
        elif parameter.name in bound:
            operands += leaves_of(parameter.tree, bound[parameter.name])
        else:
            assert isinstance(parameter.tree, Static), parameter
    return rebuilt(program.result, iter(evaluate(program.module, operands)))


def leaves_of(tree: Tree, value: Any) -> Iterator[Any]:
    match tree:
        case Leaf():
            yield value
        case Node(kind=kind, keys=keys, children=children):
            for key, child in zip(keys, children, strict=True):
                part = value[key] if kind in ("tuple", "list", "dict") else getattr(value, key)
                yield from leaves_of(child, part)


def rebuilt(tree: Tree, results: Iterator[Any]) -> Any:
    match tree:
        case Leaf():
            return next(results)
        case Static(value):
            return value
        case Node(kind=kind, type=cls, keys=keys, children=children):
            items = [rebuilt(child, results) for child in children]
            if kind in ("tuple", "list"):
                return deque(items, cls.limit) if issubclass(cls, deque) else cls(items)
            if kind == "dict":
                made = defaultdict(factory_of(cls)) if issubclass(cls, defaultdict) else cls()
                for key, item in zip(keys, items, strict=True):
                    made[key] = item
                return made
            if kind == "namedtuple":
                return cls(*items)
            made = cls.__new__(cls)
            for key, item in zip(keys, items, strict=True):
                object.__setattr__(made, key, item)
            return made
    raise AssertionError(tree)


def assert_same_bits(a: Any, b: Any) -> None:
    """Two structures are the same: their containers, and their leaves by class, dtype, shape and every bit.

    A 0-d array may come back as a NumPy scalar of its dtype.
    """
    single = all(isinstance(x, np.ndarray | np.generic) and np.ndim(x) == 0 for x in (a, b))
    assert single or type(a) is type(b), (type(a), type(b), a, b)
    left, right = (parts(x) if opaque_type(x) is None else attributes(x) for x in (a, b))
    if left is None or right is None:
        if isinstance(a, np.ndarray | np.generic | float | int | complex):
            x, y = np.asarray(a), np.asarray(b)
            np.testing.assert_array_equal(x, y, strict=True)
            if x.dtype.kind in "fc":
                for p, q in ((x.real, y.real), (x.imag, y.imag)):
                    np.testing.assert_array_equal(np.signbit(p) & ~np.isnan(p), np.signbit(q) & ~np.isnan(q))
        else:
            assert a == b
        return
    unordered = is_object(a) or opaque_type(a) is not None  # a copy may have its attributes in another order
    order = set if unordered else list
    assert order(left) == order(right)
    for key in left:
        assert_same_bits(left[key], right[key])


def assert_belongs(gradient: Any, argument: Any) -> None:
    """A gradient has the structure, dtypes and shapes of what it belongs to, and None where there are no floats.

    That of an object of a plain class is a namespace of the same attributes: its class may compute in its constructor.
    """
    children = parts(argument)
    if children is not None:
        found = parts(gradient)
        plain = is_object(argument) and not is_dataclass(argument)
        assert type(gradient) is (SimpleNamespace if plain else type(argument)), (gradient, argument)
        assert found is not None
        assert list(found) == list(children)
        for key in children:
            assert_belongs(found[key], children[key])
    elif not is_float(argument):
        assert gradient is None
    elif type(argument) in (float, complex):
        assert type(gradient) is type(argument), (type(gradient), gradient)
    else:
        assert np.shape(gradient) == np.shape(argument)
        assert np.asarray(gradient).dtype == argument.dtype, (np.asarray(gradient).dtype, argument.dtype)
        assert isinstance(gradient, np.ndarray | np.generic)


def assert_no_shared_memory(results: list[Any], arguments: list[Any]) -> None:
    arrays = [r for r in results if isinstance(r, np.ndarray)]
    for k, r in enumerate(arrays):
        for other in [*arrays[:k], *(a for a in arguments if isinstance(a, np.ndarray))]:
            assert not np.shares_memory(r, other)


def assert_clean(source: str) -> None:
    """No name is bound without being read, none is imported in vain."""
    tree = ast.parse(source)
    for fn in [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]:
        loads = {n.id for n in ast.walk(fn) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        stores = {n.id for n in ast.walk(fn) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        assert not {s for s in stores - loads if s != "_"}, f"unused in {fn.name}: {stores - loads}\n{source}"
    loads = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    for node in [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]:
        for alias in node.names:
            name = (alias.asname or alias.name).partition(".")[0]
            assert name in loads or name == "annotations", f"`{name}` is imported in vain\n{source}"
