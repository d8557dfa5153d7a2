"""IR written as Python functions over pens, so that a pass is tested as a before and an after."""

from collections.abc import Callable
from typing import Any

from pullback.ir.builder import Builder, atom
from pullback.ir.core import Block, Function, Module, Value
from pullback.ir.printer import print_function
from pullback.ir.types import Type
from pullback.ir.verify import verify_module
from pullback.primitives.expr import Expr


def written(body: Callable[..., Any], types: dict[str, Type], sweep: Any = "primal") -> Function:
    """The IR that a function over pens builds."""
    params = tuple(Value(t, name) for name, t in types.items())
    builder = Builder(sweep=sweep)
    with builder.region() as ops:
        out = body(*(Expr(builder, p) for p in params))
        outs = out if isinstance(out, tuple) else (out,)
        results = tuple(o.atom if isinstance(o, Expr) else atom(o) for o in outs)
    return Function("f", Block(params, tuple(ops), results))


def check_pass(
    before: Callable[..., Any],
    after: Callable[..., Any],
    run: Callable[[Function], Function],
    types: dict[str, Type],
    sweep: str = "primal",
) -> None:
    """Assert that a pass turns the one function over pens into the other."""
    got = run(written(before, types, sweep))
    verify_module(Module({"f": got}, "f"))
    assert print_function(got) == print_function(written(after, types, sweep))
