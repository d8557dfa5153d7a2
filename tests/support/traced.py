"""Programs traced from Python functions, and what a pass made of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pullback.analysis.dimensions import name_dimensions
from pullback.frontend import trace
from pullback.ir.core import Function, Module, Op, walk
from pullback.ir.evaluate import evaluate
from pullback.ir.interface import leaves
from pullback.ir.verify import verify_module
from pullback.signature import tree_of
from support.laws import leaves as values_of


def traced(f: Callable[..., Any], *args: Any) -> Module:
    """The primal module of a function, as specialised to arguments."""
    names = f.__code__.co_varnames[: f.__code__.co_argcount]
    trees = {name: tree_of(value, name) for name, value in zip(names, args, strict=True)}
    program = name_dimensions(trace(f, trees))
    assert sum(1 for p in program.parameters for _ in leaves(p.tree)) == len(program.module.main.params)
    return verify_module(program.module)


def run(module: Module, *args: Any) -> tuple[Any, ...]:
    """Interpret a module on a user's arguments."""
    return evaluate(module, list(values_of(args)))


def names_of(fn: Function) -> list[str]:
    """The primitives of a function, in order, regions included."""
    return [op.prim.name for op in walk(fn.block)]


def ops_of(fn: Function, name: str) -> list[Op]:
    return [op for op in walk(fn.block) if op.prim.name == name]


def assert_same(a: Any, b: Any) -> None:
    for x, y in zip(a, b, strict=True):
        np.testing.assert_array_equal(np.asarray(x), np.asarray(y))
