"""One operation, its operands already expressions, to the expression that computes it.

`Primitive.spelling` says most: an operator, a function, or a template. What needs more has a row in `SPELLINGS`.
"""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from pullback.emit.constants import constant
from pullback.emit.imports import Imports, attribute
from pullback.ir.core import Atom, Const, Op
from pullback.ir.types import Array, is_array, rank, same_dims

Spell = Callable[[Op, Sequence[ast.expr], Imports], ast.expr]

BINARY: Mapping[str, type[ast.operator]] = {
    "+": ast.Add,
    "-": ast.Sub,
    "*": ast.Mult,
    "/": ast.Div,
    "//": ast.FloorDiv,
    "%": ast.Mod,
    "**": ast.Pow,
    "@": ast.MatMult,
    "&": ast.BitAnd,
    "|": ast.BitOr,
    "^": ast.BitXor,
    "<<": ast.LShift,
    ">>": ast.RShift,
}
COMPARE: Mapping[str, type[ast.cmpop]] = {
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
    "==": ast.Eq,
    "!=": ast.NotEq,
}
UNARY: Mapping[str, type[ast.unaryop]] = {"-": ast.USub, "+": ast.UAdd, "~": ast.Invert, "not": ast.Not}
COMMUTATIVE = frozenset("+*&|^")
METHODS = frozenset(["sum", "max", "min", "mean", "reshape", "prod", "cumsum", "any", "all", "argmax", "argmin"])


def spell(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    """The expression that computes `op` from expressions for its operands."""
    special = SPELLINGS.get(op.prim.name)
    if special is not None:
        return special(op, operands, imports)
    spelling = op.prim.spelling.strip()
    if "{" in spelling:
        return from_template(spelling, operands, op.attrs, imports)
    if len(operands) == 2 and spelling in BINARY:
        return ast.BinOp(operands[0], BINARY[spelling](), operands[1])
    if len(operands) == 2 and spelling in COMPARE:
        return ast.Compare(operands[0], [COMPARE[spelling]()], [operands[1]])
    if len(operands) == 1 and spelling in UNARY:
        return ast.UnaryOp(UNARY[spelling](), operands[0])
    if op.prim.name in METHODS and _has_method(op.operands[0], operands[0]):
        keywords = keyword_arguments(_resolve(spelling), op.attrs, imports)
        return ast.Call(attribute(operands[0], op.prim.name), list(operands[1:]), keywords)
    return call(spelling, operands, op.attrs, imports)


def call(function: str, operands: Sequence[ast.expr], attrs: Mapping[str, Any], imports: Imports) -> ast.expr:
    """A call, attributes as keywords."""
    keywords = keyword_arguments(_resolve(function), attrs, imports)
    return ast.Call(imports.function(function), list(operands), keywords)


def keyword_arguments(function: Any, attrs: Mapping[str, Any], imports: Imports) -> list[ast.keyword]:
    """The attributes that differ from the function's defaults."""
    defaults = _defaults(function) if function is not None else {}
    found = []
    for name, value in attrs.items():
        default = defaults.get(name, np._NoValue)
        if value is default or (default is not np._NoValue and type(value) is type(default) and value == default):
            continue
        if default is np._NoValue and (value is None or value is False):
            continue
        found.append(ast.keyword(name, constant(value, imports)))
    return found


def ufunc_name(op: Op) -> str | None:
    """The NumPy ufunc that an operation is, which can write into a given array; None if it is none."""
    spelling = op.prim.spelling.strip()
    name = spelling.removeprefix("np.") if spelling.startswith("np.") else op.prim.name.removeprefix("ufunc_")
    return name if isinstance(getattr(np, name, None), np.ufunc) and name != "matmul" else None


def updates(op: Op) -> bool:
    """Whether an operation prints as an in-place update of its `into` operand.

    The types must promise that the result has the operand's shape and dtype; else the result is a new array.
    """
    if op.into is None or len(op.results) != 1:
        return False
    operand, result = op.operands[op.into].type, op.result.type
    if not (isinstance(operand, Array) and isinstance(result, Array) and is_array(operand)):
        return False
    same = operand.dtype is not None and operand.dtype == result.dtype and same_dims(operand.shape, result.shape)
    return same and ufunc_name(op) is not None


def from_template(template: str, operands: Sequence[ast.expr], attrs: Mapping[str, Any], imports: Imports) -> ast.expr:
    """A template over operands, `{0}`, and attributes, `{axis}`."""
    holes: dict[str, ast.expr] = {f"_operand{k}": operand for k, operand in enumerate(operands)}
    holes |= {f"_attr_{name}": constant(value, imports) for name, value in attrs.items()}
    text = template.format(*(f"_operand{k}" for k in range(len(operands))), **{k: f"_attr_{k}" for k in attrs})
    return _Fill(holes, imports).visit(ast.parse(text, mode="eval").body)  # type: ignore[no-any-return]


class _Fill(ast.NodeTransformer):
    def __init__(self, holes: Mapping[str, ast.expr], imports: Imports) -> None:
        self.holes = holes
        self.imports = imports

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.holes:
            return copy.deepcopy(self.holes[node.id])
        return self.imports.module("numpy" if node.id == "np" else node.id) if node.id in ("np", "math") else node


@lru_cache(maxsize=1024)
def _resolve(function: str) -> Any:
    """The NumPy function of that name; None for others."""
    found: Any = np
    for part in function.removeprefix("np.").split("."):
        found = getattr(found, part, None)
    return found if function.startswith("np.") else None


@lru_cache(maxsize=1024)
def _defaults(function: Any) -> Mapping[str, Any]:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}
    return {name: p.default for name, p in parameters.items() if p.default is not p.empty}


def _has_method(operand: Atom, expression: ast.expr) -> bool:
    return is_array(operand.type) and isinstance(expression, ast.Name | ast.Attribute | ast.Call | ast.Subscript)


def _known_array(operand: Atom) -> bool:
    """Whether it surely is a NumPy array or scalar, with NumPy's attributes."""
    return not isinstance(operand, Const) and rank(operand.type) is not None and hasattr(operand.type, "dtype")


# The table.


def _shape(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    if _known_array(op.operands[0]):
        return attribute(operands[0], "shape")
    return ast.Call(imports.numpy("shape"), list(operands), [])


def _dim(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    if op.attrs["axis"] == 0 and rank(op.operands[0].type) == 1:
        return ast.Call(imports.builtin("len"), list(operands), [])
    return ast.Subscript(_shape(op, operands, imports), constant(op.attrs["axis"], imports), ast.Load())


def _property(name: str) -> Spell:
    def spelled(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
        if _known_array(op.operands[0]):
            return attribute(operands[0], name)
        return ast.Call(imports.numpy(name), list(operands), [])

    return spelled


def _transpose(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    axes = op.attrs["axes"]
    if not is_array(op.operands[0].type):
        return ast.Call(imports.numpy("transpose"), [operands[0], *([constant(axes, imports)] if axes else [])], [])
    if axes is None:
        return attribute(operands[0], "T")
    return ast.Call(attribute(operands[0], "transpose"), [constant(axes, imports)], [])


def _expand_dims(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    """`x[:, None]` where the rank is known and small, else np.expand_dims."""
    known, axis = rank(op.operands[0].type), op.attrs["axis"]
    new = axis if isinstance(axis, tuple) else (axis,)
    if not known or known + len(new) > 4:
        return ast.Call(imports.numpy("expand_dims"), [operands[0], constant(axis, imports)], [])
    new = tuple(a % (known + len(new)) for a in new)
    items: list[ast.expr] = [ast.Constant(None) if k in new else ast.Slice() for k in range(max(new) + 1)]
    return ast.Subscript(operands[0], subscript(items), ast.Load())


def _make_shape(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    return ast.Tuple(list(operands), ast.Load())


def subscript(items: Sequence[ast.expr]) -> ast.expr:
    """The inside of `x[...]`."""
    return items[0] if len(items) == 1 and not isinstance(items[0], ast.Tuple) else ast.Tuple(list(items), ast.Load())


SPELLINGS: Mapping[str, Spell] = {
    "shape": _shape,
    "dim": _dim,
    "size": _property("size"),
    "ndim": _property("ndim"),
    "transpose": _transpose,
    "expand_dims": _expand_dims,
    "make_shape": _make_shape,
    "unpack_shape": _shape,
}
