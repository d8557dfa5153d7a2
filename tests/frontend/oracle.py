"""The oracle of the frontend: interpreting the traced IR gives what running the Python function gives, bit for bit."""

from __future__ import annotations

import copy
import dataclasses
import inspect
from collections.abc import Callable
from enum import Enum
from types import FunctionType
from typing import Any

import numpy as np
from support.laws import leaves_of, rebuilt

from pullback.compilation import sample_at, with_static
from pullback.frontend import NeedsStaticParameter, trace
from pullback.ir.evaluate import evaluate
from pullback.ir.interface import Leaf, Node, Program, Static, Tree
from pullback.ir.types import Array, Sym, type_of
from pullback.ir.verify import verify_module


def tree_of(value: Any, name: str) -> Tree:
    """The tree of an argument; arrays have symbolic dimensions."""
    match value:
        case np.ndarray():
            dims = tuple(1 if n == 1 else Sym(f"{name}_{k}") for k, n in enumerate(value.shape))
            return Leaf(Array(value.dtype, dims), value)
        case bool() | int() | float() | complex() | np.generic():
            return Leaf(type_of(value), value)
        case dict():
            return Node("dict", type(value), tuple(value), tuple(tree_of(v, f"{name}_{k}") for k, v in value.items()))
        case tuple() if hasattr(value, "_fields"):
            return Node("namedtuple", type(value), value._fields, tuple(tree_of(v, name + "f") for v in value))
        case tuple() | list():
            children = tuple(tree_of(v, f"{name}_{k}") for k, v in enumerate(value))
            kind: Any = type(value).__name__
            return Node(kind, type(value), tuple(range(len(value))), children)
    if hasattr(value, "__dict__") and not isinstance(value, type | FunctionType | Enum):
        kind = "dataclass" if dataclasses.is_dataclass(value) else "object"
        return Node(kind, type(value), tuple(vars(value)), tuple(tree_of(v, k) for k, v in vars(value).items()))
    return Static(value)


def bound(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    return inspect.signature(function).bind(*args, **kwargs).arguments


def traced(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Program:
    """The program for these arguments; ints that must be static are made so."""
    arguments = bound(function, args, kwargs)
    trees = {name: tree_of(value, name) for name, value in arguments.items()}
    for _ in range(10):
        try:
            program = trace(function, trees)
        except NeedsStaticParameter as need:
            tree = trees[need.parameter]
            trees[need.parameter] = with_static(tree, need.path, sample_at(tree, need.path))
        else:
            verify_module(program.module)
            return program
    raise AssertionError("promotion of static parameters does not end")


def interpreted(program: Program, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What the IR computes for these arguments."""
    arguments = bound(function, args, kwargs)
    values: list[Any] = []
    for parameter in program.parameters:
        if parameter.hidden is not None:
            values.append(parameter.hidden.read())
        else:
            values += leaves_of(parameter.tree, arguments[parameter.name])
    return rebuilt(program.result, iter(evaluate(program.module, values)))


def same(a: Any, b: Any) -> bool:
    """Equality to the bit, of type, structure and every number. A NumPy number and a 0-d array are the same."""
    if isinstance(a, np.ndarray | np.generic) or isinstance(b, np.ndarray | np.generic):
        if not (isinstance(a, np.ndarray | np.generic) and isinstance(b, np.ndarray | np.generic)):
            return False
        return a.dtype == b.dtype and a.shape == b.shape and np.asarray(a).tobytes() == np.asarray(b).tobytes()
    if type(a) is not type(b):
        return False
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, float | complex):
        return repr(a) == repr(b)
    if hasattr(a, "__dict__") and not callable(a):
        return same(vars(a), vars(b))
    return bool(a == b)


def check(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Program:
    """Assert that the IR computes what the function does."""
    program = traced(function, *args, **kwargs)
    got = interpreted(program, function, *copy.deepcopy(args), **copy.deepcopy(kwargs))
    wanted = function(*copy.deepcopy(args), **copy.deepcopy(kwargs))
    assert same(got, wanted), f"{function.__name__}{args}: {got!r} is not {wanted!r}"
    return program
