"""What NumPy returns as a view is known to be one: a write through it would be lost otherwise. And what is a copy is
known to be one, too: a write to it would go through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from primitives.test_meanings import EVERY, METHOD_CALLS, Tracer, X, call, named

from pullback.ir.core import Atom, Value
from pullback.primitives.expr import Expr
from pullback.primitives.families.indexing import is_view
from pullback.primitives.registry import ATTRIBUTES, MEANINGS, METHODS, NotCovered

ALWAYS = {"getitem", "transpose", "swapaxes", "flip", "expand_dims", "squeeze", "real", "imag"}
pytestmark = pytest.mark.filterwarnings("ignore")


def parts(result: Any, kind: type) -> Iterator[Any]:
    if isinstance(result, kind):
        yield result
    if isinstance(result, list | tuple):
        for item in result:
            yield from parts(item, kind)


def may_be_a_view(result: Expr, tracer: Tracer) -> bool:
    """Whether operations that may return views lead from an argument to the result."""
    made = {r: op for op in tracer.builder.ops for r in op.results}
    atom = result.atom
    while isinstance(atom, Value) and atom in made:
        op = made[atom]
        if op.prim.view == "never" or (op.prim.name == "getitem" and not is_view(op)):
            return False
        atom = op.operands[0]
    return isinstance(atom, Value)


def is_a_view_for_sure(result: Expr, tracer: Tracer) -> bool:
    """Whether only operations lead there that always return views."""
    made = {r: op for op in tracer.builder.ops for r in op.results}
    atom: Atom = result.atom
    while isinstance(atom, Value) and atom in made:
        op = made[atom]
        if op.prim.name not in ALWAYS or (op.prim.name == "getitem" and not is_view(op)):
            return False
        atom = op.operands[0]
    return isinstance(atom, Value) and atom is not result.atom


def check(function: Callable[..., Any], meaning: Callable[..., Any], args: tuple[Any, ...], kwargs: Any) -> None:
    tracer = Tracer(unknown=False)
    try:
        named_pens = {k: tracer.pen(v) if isinstance(v, np.ndarray) else v for k, v in kwargs.items()}
        pens = list(parts(meaning(*tracer.pen(args), **named_pens), Expr))
    except NotCovered:
        return
    arrays = list(parts(function(*args, **kwargs), np.ndarray))
    given = list(parts(args, np.ndarray))
    shared = [any(np.shares_memory(a, b) for b in given) and a.flags.writeable for a in arrays]
    if len(pens) == len(arrays):
        copied = [a.size > 0 and not any(np.shares_memory(a, b) for b in given) and bool(given) for a in arrays]
        assert not any(is_a_view_for_sure(pen, tracer) for pen, c in zip(pens, copied, strict=True) if c)
    if any(shared):
        assert len(pens) == len(arrays)
        known = [may_be_a_view(pen, tracer) for pen in pens]
        assert all(k for k, s in zip(known, shared, strict=True) if s)


@pytest.mark.parametrize(("function", "args", "kwargs"), EVERY, ids=named)
def test_of_functions(function: Any, args: Any, kwargs: Any) -> None:
    check(function, MEANINGS[function], args, kwargs)


@pytest.mark.parametrize("name", sorted(set(METHODS) - {"tolist", "tobytes"}))
def test_of_methods(name: str) -> None:
    for args, kwargs in METHOD_CALLS.get(name, [call()]):
        check(lambda x, *rest, **options: getattr(x, name)(*rest, **options), METHODS[name], (X, *args), kwargs)


@pytest.mark.parametrize("name", sorted(ATTRIBUTES))
def test_of_attributes(name: str) -> None:
    check(lambda x: getattr(x, name), ATTRIBUTES[name], (X,), {})
