"""Lists that grow at run time: how what makes and takes them apart is written."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from pullback.emit.calls import subscript
from pullback.emit.constants import constant
from pullback.emit.containers import ResultBuilder
from pullback.emit.imports import Imports, attribute
from pullback.ir.core import Const, Op
from pullback.ir.interface import leaves
from pullback.ir.types import Array, List, Scalar, Type, dims_of, rank, same_dims
from pullback.primitives.families.lists import is_uniform

Spell = Callable[[Op, Sequence[ast.expr], Imports], ast.expr]


def _list(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    return ast.List(list(operands), ast.Load())


def _zeros(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    t = op.operands[0].type
    assert isinstance(t, List), t
    return _zeros_like(operands[0], t.element, imports)


def _zeros_like(base: ast.expr, element: Type, imports: Imports) -> ast.expr:
    """`[0.0] * len(xs)`, or a zero for each element."""
    if rank(element) == 0:
        dtype = element.dtype if isinstance(element, Array) else None
        zero: ast.expr = ast.Constant(0.0)
        if dtype not in (None, np.float64):
            zero = ast.Call(constant(dtype, imports), [zero], [])
        return _repeated(zero, base, imports)
    name = _fresh([base])
    inner: ast.expr = ast.Call(imports.numpy("zeros_like"), [ast.Name(name)], [])
    if isinstance(element, List):
        inner = _zeros_like(ast.Name(name), element.element, imports)
    return _each(inner, name, base)


def _plus(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    return plus(operands[0], operands[1], op.operands[0].type, imports)


def plus(a: ast.expr, b: ast.expr, t: Type, imports: Imports) -> ast.expr:
    """The sum of two elements of a list; where these are lists, that of their elements."""
    if not isinstance(t, List):
        return ast.BinOp(a, ast.Add(), b)
    pair = [ast.Name("x"), ast.Name("y")]
    zipped = ast.Call(imports.builtin("zip"), [a, b], [])
    target = ast.Tuple(list(pair), ast.Store())
    return ast.ListComp(plus(pair[0], pair[1], t.element, imports), [ast.comprehension(target, zipped, [], 0)])


def _spread(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    """`[g] * len(xs)` where the elements have one shape, that of g."""
    g, xs = op.operands
    t = xs.type
    assert isinstance(t, List), t
    dims = dims_of(t.element)
    if dims == () or (is_uniform(dims) and same_dims(dims, dims_of(g.type))):
        return _repeated(operands[0], operands[1], imports)
    name = _fresh(operands)
    shape = ast.Call(imports.numpy("shape"), [ast.Name(name)], [])
    return _each(ast.Call(imports.function("unbroadcast"), [operands[0], shape], []), name, operands[1])


def _fold(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    """`[sum(g[k::len(xs)], 0.0) for k in range(len(xs))]`."""
    t = op.result.type
    assert isinstance(t, List), t
    k = ast.Name(_fresh(operands))
    zero: ast.expr = ast.Call(imports.numpy("zeros_like"), [subscript(operands[1], [k])], [])
    if rank(t.element) == 0:
        zero = ast.Constant(0.0)
        if isinstance(t.element, Array) and t.element.dtype not in (None, np.float64):
            zero = ast.Call(constant(t.element.dtype, imports), [zero], [])
    length = ast.Call(imports.builtin("len"), [operands[1]], [])
    terms = subscript(operands[0], [ast.Slice(k, None, length)])
    total = ast.Call(imports.builtin("sum"), [terms, zero], [])
    return _each(total, k.id, ast.Call(imports.builtin("range"), [length], []))


def _unstack(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    t = op.operands[0].type
    is_float = isinstance(op.attrs["element"], Scalar)
    if is_float and isinstance(t, Array):
        return ast.Call(attribute(operands[0], "tolist"), [], [])
    base = operands[0]
    if op.attrs["axis"] != 0:
        base = ast.Call(imports.numpy("moveaxis"), [base, constant(op.attrs["axis"], imports), ast.Constant(0)], [])
    return ast.Call(imports.builtin("list"), [base], [])


def _slice(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    bounds = [None if atom == Const(None) else bound for atom, bound in zip(op.operands[1:], operands[1:], strict=True)]
    return subscript(operands[0], [ast.Slice(*bounds)])


def _sum(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    start = op.operands[1]
    shown = operands[:1] if isinstance(start, Const) and type(start.value) is int and start.value == 0 else operands
    return ast.Call(imports.builtin("sum"), list(shown), [])


def _sum_of(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    return ast.Call(imports.builtin("sum"), [ast.List(list(operands), ast.Load())], [])


def _rows(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    return ast.Call(imports.numpy("array"), [_zipped(op, operands, imports)], [])


def _zipped(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    return ast.Call(imports.builtin("list"), [ast.Call(imports.builtin("zip"), list(operands), [])], [])


def _structures(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    """`[{"loss": loss, "step": step} for loss, step in zip(losses, steps)]`."""
    tree = op.attrs["tree"]
    names: list[str] = []
    for k, (path, _) in enumerate(leaves(tree)):
        word = next((key for key in reversed(path) if isinstance(key, str) and key.isidentifier()), f"part_{k}")
        names.append(_fresh([*operands, *map(ast.Name, names)], word))
    item = ResultBuilder(tree, (), imports).build([ast.Name(name) for name in names])
    targets: list[ast.expr] = [ast.Name(name, ast.Store()) for name in names]
    target = targets[0] if len(targets) == 1 else ast.Tuple(targets, ast.Store())
    source = operands[0] if len(names) == 1 else ast.Call(imports.builtin("zip"), list(operands), [])
    return ast.ListComp(item, [ast.comprehension(target, source, [], 0)])


def _along_axis(function: str) -> Spell:
    """The function with its axis, where that is not the first."""

    def spelled(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
        axis = op.attrs["axis"]
        keywords = [] if axis == 0 else [ast.keyword("axis", constant(axis, imports))]
        return ast.Call(imports.function(function), list(operands), keywords)

    return spelled


def _column(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    """The k-th part of each row."""
    part: ast.expr = subscript(ast.Name("row"), [ast.Constant(op.attrs["k"])])
    if isinstance(op.attrs["element"], Scalar):
        part = ast.Call(imports.builtin("float"), [part], [])
    return _each(part, "row", operands[0])


def _split(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    return ast.Call(imports.function("split_like"), [*operands, constant(op.attrs["axis"], imports)], [])


def _repeated(item: ast.expr, base: ast.expr, imports: Imports) -> ast.expr:
    length = ast.Call(imports.builtin("len"), [base], [])
    return ast.BinOp(ast.List([item], ast.Load()), ast.Mult(), length)


def _each(item: ast.expr, name: str, base: ast.expr) -> ast.expr:
    return ast.ListComp(item, [ast.comprehension(ast.Name(name, ast.Store()), copy.deepcopy(base), [], 0)])


def _fresh(expressions: Sequence[ast.expr], name: str = "x") -> str:
    """A variable for a comprehension that none of the expressions in it reads."""
    taken = {node.id for e in expressions for node in ast.walk(e) if isinstance(node, ast.Name)}
    while name in taken:
        name += "_"
    return name


LISTS: Mapping[str, Spell] = {
    "list_of": _list,
    "list_zeros": _zeros,
    "list_plus": _plus,
    "list_spread": _spread,
    "list_fold": _fold,
    "list_unstack": _unstack,
    "list_slice": _slice,
    "list_sum": _sum,
    "sum_of": _sum_of,
    "list_rows": _rows,
    "list_zip": _zipped,
    "list_of_structures": _structures,
    "list_stack": _along_axis("np.stack"),
    "list_concatenate": _along_axis("np.concatenate"),
    "list_split": _split,
    "list_column": _column,
}
