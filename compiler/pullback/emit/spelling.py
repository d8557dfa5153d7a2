"""One operation, its operands already expressions, to the expression that computes it.

`Primitive.spelling` says most: an operator, a function, or a template. What needs more has a row in `idioms`.
"""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np

import pullback_runtime
from pullback.emit.calls import call
from pullback.emit.constants import constant
from pullback.emit.idioms import IDIOMS
from pullback.emit.imports import Imports
from pullback.emit.lists import LISTS
from pullback.emit.references import refer
from pullback.ir.core import Atom, Op, Value
from pullback.ir.regions import IF
from pullback.ir.types import FLOAT, Array, Type, is_array, same_dims, same_dtype
from pullback.primitives.families.indexing import is_basic, reads_the_place

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
INDEX_ADD = "index_add"
SETITEM = "setitem"
LIST_UPDATES = frozenset(
    f"list_{name}" for name in ("append", "prepend", "drop", "rest", "pop", "set", "add_at", "extend")
)


def spell(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    """The expression that computes `op` from expressions for its operands."""
    if (reference := op.prim.doc.get("reference")) is not None:
        return refer(reference, op, operands, imports)
    idiom = IDIOMS.get(op.prim.name) or LISTS.get(op.prim.name)
    if idiom is not None:
        return idiom(op, operands, imports)
    spelling = op.prim.spelling.strip()
    if "{" in spelling:
        return from_template(spelling, operands, op.attrs, imports)
    if spelling == "+" and len(operands) == 2 and is_real(op.result.type):
        minus = negated(operands[1])
        if minus is not None:
            return ast.BinOp(operands[0], ast.Sub(), minus)
    if len(operands) == 2 and spelling in BINARY:
        return ast.BinOp(operands[0], BINARY[spelling](), operands[1])
    if len(operands) == 2 and spelling in COMPARE:
        return ast.Compare(operands[0], [COMPARE[spelling]()], [operands[1]])
    if len(operands) == 1 and spelling in UNARY:
        return ast.UnaryOp(UNARY[spelling](), operands[0])
    keywords: Mapping[int, str] = op.prim.doc.get("keywords", {})
    written = call(spelling, [o for k, o in enumerate(operands) if k not in keywords], op.attrs, imports)
    named = [ast.keyword(keywords[k], o) for k, o in enumerate(operands) if k in keywords]
    return ast.Call(written.func, written.args, [*named, *written.keywords]) if named else written


def is_real(t: Type) -> bool:
    """Whether values of this type surely are real floats: there, x + -y is x - y, and -x * y is -(x * y), exactly."""
    if isinstance(t, Array):
        return t.dtype is not None and t.dtype.kind == "f"
    return t == FLOAT


def negated(expression: ast.expr) -> ast.expr | None:
    """The expression without its leading minus, for real floats; None if it has none."""
    match expression:
        case ast.UnaryOp(ast.USub(), operand):
            return operand
        case ast.BinOp(left, ast.Mult() | ast.Div() as operator, right):
            positive = negated(left)
            if positive is not None and isinstance(getattr(positive, "value", None), int | float):
                return ast.BinOp(positive, operator, right)
    return None


def ufunc_name(op: Op) -> str | None:
    """The NumPy ufunc that an operation is, which can write into a given array; None if it is none."""
    spelling = op.prim.spelling.strip()
    name = spelling.removeprefix("np.") if spelling.startswith("np.") else op.prim.name.removeprefix("ufunc_")
    ufunc = getattr(np, name, None)
    # with a signature the result has a shape of its own
    return name if isinstance(ufunc, np.ufunc) and ufunc.signature is None else None


def updates(op: Op) -> bool:
    """Whether an operation prints as an in-place update of its `into` operand.

    The types must promise that the result has the operand's shape and dtype; else the result is a new array. What
    changes a list does so in place.
    """
    if op.into is None:
        return False
    if op.prim.name in LIST_UPDATES:
        return True
    if len(op.results) != 1:
        return False
    if op.prim.name in (INDEX_ADD, SETITEM):
        return True  # the result is the operand with other elements
    operand, result = op.operands[op.into].type, op.result.type
    if not (isinstance(operand, Array) and isinstance(result, Array) and is_array(operand)):
        return False
    if not same_dtype(operand, result) or not same_dims(operand.shape, result.shape):
        return False
    return ufunc_name(op) is not None


def puts_back(op: Op, definition: Callable[[Atom], Op | None]) -> bool:
    """Whether a write into a part of an array, in place, writes what is there already: a view of that part, of which
    elements were updated in place.
    """
    if op.prim.name != SETITEM or op.into != 0:
        return False

    def is_that_part(atom: Atom) -> bool:
        found = definition(atom)
        if found is None:
            return False
        if found.prim is IF:
            return all(is_that_part(arm.results[found.results.index(atom)]) for arm in found.blocks)
        if found.into is not None:
            return is_that_part(found.operands[found.into])
        return reads_the_place(found, op)

    return is_that_part(op.operands[1]) and is_basic(op)


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

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        dotted = ast.unparse(node)
        return self.imports.function(dotted) if dotted.startswith("scipy.") else self.generic_visit(node)  # type: ignore[return-value]

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.holes:
            return copy.deepcopy(self.holes[node.id])
        if hasattr(builtins, node.id):
            return self.imports.builtin(node.id)
        if node.id in pullback_runtime.__all__:
            return self.imports.function(node.id)
        return self.imports.module("numpy" if node.id == "np" else node.id) if node.id in ("np", "math") else node


def short_circuit(op: Op) -> Literal["and", "or"] | None:
    """The word by which a conditional prints whose one arm yields its own condition: `c if c else x` is `c or x`."""
    if op.prim is not IF or len(op.results) != 1 or not isinstance(op.operands[0], Value):
        return None
    then, orelse = (block.results[0] is op.operands[0] and not block.ops for block in op.blocks)
    return None if then == orelse else "or" if then else "and"
