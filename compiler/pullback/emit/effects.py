"""Effects as statements: what the user wrote, around what has become of his variables."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pullback.emit.constants import constant
from pullback.emit.imports import Imports, attribute
from pullback.ir.effects import Action, Apply, Binary, Display, Hole, Layout, Member, Named, Piece, Plain, Text

_CONVERSIONS = {"": -1, "s": 115, "r": 114, "a": 97}


def statement(action: Action, operands: Sequence[ast.expr], imports: Imports) -> ast.stmt:
    """The statement of an effect."""
    value = None if action.value is None else expression(action.value, operands, imports)
    match action.kind:
        case "assert":
            error = imports.builtin("AssertionError")
            return ast.Raise(error if value is None else ast.Call(error, [value], []), None)
        case "raise":
            return ast.Raise(value, None if action.cause is None else expression(action.cause, operands, imports))
    assert value is not None
    return ast.Expr(value)


def assertion(test: ast.expr, action: Action, operands: Sequence[ast.expr], imports: Imports) -> ast.Assert:
    """`assert test, message`, where the effect is what happens if the test fails."""
    return ast.Assert(test, None if action.value is None else expression(action.value, operands, imports))


def expression(layout: Layout, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    """The expression of a layout whose holes are the operands."""

    def inner(part: Layout) -> ast.expr:
        return expression(part, operands, imports)

    match layout:
        case Hole(index):
            return operands[index]
        case Plain(value):
            return constant(value, imports)
        case Named(value, module, name):
            return imports.named(value, module, name)
        case Member(base, name):
            return attribute(inner(base), name)
        case Text(parts):
            return ast.JoinedStr([_part(part, operands, imports) for part in parts])
        case Apply(function, args, keywords):
            return ast.Call(inner(function), list(map(inner, args)), [ast.keyword(k, inner(v)) for k, v in keywords])
        case Binary(symbol, left, right):
            return ast.BinOp(inner(left), ast.Add() if symbol == "+" else ast.Mod(), inner(right))
        case Display("dict", items, keys):
            return ast.Dict(list(map(inner, keys)), list(map(inner, items)))
        case Display("list", items):
            return ast.List(list(map(inner, items)), ast.Load())
        case Display(_, items):
            return ast.Tuple(list(map(inner, items)), ast.Load())


def _part(part: str | Piece, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    if isinstance(part, str):
        return ast.Constant(part)
    spec = part.spec
    if spec is not None and not isinstance(spec, Text):
        spec = Text((spec.value,)) if isinstance(spec, Plain) else Text((Piece(spec),))
    text = None if spec is None else expression(spec, operands, imports)
    return ast.FormattedValue(expression(part.value, operands, imports), _CONVERSIONS[part.conversion], text)
