"""Calls of functions that the user has given a rule for, and of those rules, by their names."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pullback.emit.calls import call
from pullback.emit.constants import constant
from pullback.emit.imports import Imports
from pullback.ir.core import Op
from pullback.primitives.own import Reference, complete


def refer(reference: Reference, op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    """`f(x, y)`, or `real_result(f(x, y))` where nothing is known of it.

    What a rule returns is held against the operands: `cotangents(f_vjp(g, out, x, y), x, y)`.
    """
    function = reference.function
    path = getattr(function, "__qualname__", reference.name)
    importable = all(part.isidentifier() for part in path.split("."))
    fixed = tuple((place, constant(value, imports)) for place, value in op.attrs.get("fixed", ()))
    args = complete(operands, fixed)
    name = path if importable else reference.name
    referred = imports.named(function, getattr(function, "__module__", None) or "", name)
    written = ast.Call(referred, args, [])
    if reference.taken_as_real:
        return call("real_result", [written], {}, imports)
    if reference.like == ():
        return written
    likes = args[2:] if reference.like is None else [args[k] for k in reference.like]
    of = op.attrs.get("of")
    attrs = {} if of is None or of == tuple(range(len(likes))) else {"of": of}
    return call("cotangents", [written, *likes], attrs, imports)
