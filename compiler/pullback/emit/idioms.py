"""What a primitive is written as where its `spelling` does not say it all: one row a primitive."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pullback.emit.calls import call, keyword_arguments, subscript
from pullback.emit.constants import constant
from pullback.emit.imports import Imports, attribute
from pullback.ir.core import Atom, Const, Op
from pullback.ir.types import Array, Scalar, is_array, rank
from pullback.primitives.families.indexing import Hole, Index, NewAxis, Slice

Spell = Callable[[Op, Sequence[ast.expr], Imports], ast.expr]


def _known_array(operand: Atom) -> bool:
    """Whether it surely is a NumPy array or scalar, with NumPy's attributes, and not a Python number."""
    return isinstance(operand.type, Array) and operand.type.shape is not None


def _shape(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    if _known_array(op.operands[0]):
        return attribute(operands[0], "shape")
    return ast.Call(imports.numpy("shape"), list(operands), [])


def _spline_value(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    nu = op.attrs["nu"]
    return ast.Call(operands[1], [operands[0]], [ast.keyword("nu", constant(nu, imports))] if nu else [])


def _dim(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    if op.attrs["axis"] == 0 and rank(op.operands[0].type) == 1:
        return ast.Call(imports.builtin("len"), list(operands), [])
    return subscript(_shape(op, operands, imports), [constant(op.attrs["axis"], imports)])


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
    if not known or not is_array(op.operands[0].type) or known + len(new) > 4:
        return ast.Call(imports.numpy("expand_dims"), [operands[0], constant(axis, imports)], [])
    new = tuple(a % (known + len(new)) for a in new)
    items = [ast.Constant(None) if k in new else ast.Slice() for k in range(max(new) + 1)]
    return subscript(operands[0], items)


def _squeeze(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    """One axis as an int."""
    axis = op.attrs["axis"]
    axis = axis[0] if isinstance(axis, tuple) and len(axis) == 1 else axis
    keywords = [ast.keyword("axis", constant(axis, imports))]
    if is_array(op.operands[0].type):
        return ast.Call(attribute(operands[0], "squeeze"), [], keywords)
    return ast.Call(imports.numpy("squeeze"), list(operands), keywords)


def _make_shape(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    return ast.Tuple(list(operands), ast.Load())


def key_items(index: Index, holes: Sequence[ast.expr], imports: Imports) -> list[ast.expr]:
    """The items of a key, holes filled in order."""
    rest = iter(holes)

    def bound(value: Any) -> ast.expr | None:
        if isinstance(value, Hole):
            return next(rest)
        return None if value is None else constant(value, imports)

    items: list[ast.expr] = []
    for item in index.items:
        match item:
            case Slice(start, stop, step):
                items.append(ast.Slice(bound(start), bound(stop), bound(step)))
            case NewAxis():
                items.append(ast.Constant(None))
            case Hole():
                items.append(next(rest))
            case _:
                items.append(constant(item, imports))
    return items


def key_argument(items: Sequence[ast.expr], imports: Imports) -> ast.expr:
    """A key as an argument of a function: `:` stands inside brackets only."""
    key = subscript(imports.numpy("s_"), items)
    return key if any(isinstance(item, ast.Slice) for item in items) else key.slice


def _is_last_write(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    key = key_argument(key_items(op.attrs["index"], operands[1:], imports), imports)
    return ast.Call(imports.function("is_last_write"), [operands[0], key], [])


def _getitem(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    return subscript(operands[0], key_items(op.attrs["index"], operands[1:], imports))


def _astype(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    """A method of arrays; of what is, or in an adjoint may be, a Python number, the scalar type is called."""
    wanted = constant(op.attrs["dtype"], imports)
    given = op.operands[0].type
    if isinstance(given, Scalar) or (op.sweep == "adjoint" and rank(given) == 0):
        return ast.Call(wanted, [operands[0]], [])
    return ast.Call(attribute(operands[0], "astype"), [wanted], [])


def _joined(function: str) -> Spell:
    def spelled(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
        return call(function, [ast.Tuple(list(operands), ast.Load())], op.attrs, imports)

    return spelled


def _choose(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    return call("np.choose", [operands[0], ast.Tuple(list(operands[1:]), ast.Load())], op.attrs, imports)


def _einsum(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    return ast.Call(imports.numpy("einsum"), [ast.Constant(op.attrs["subscripts"]), *operands], [])


def _array(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    items: list[ast.expr] = list(operands)
    for width in reversed(op.attrs["nest"]):
        items = [ast.List(items[k : k + width], ast.Load()) for k in range(0, len(items), width)]
    return ast.Call(imports.numpy("array"), items, [])


def _filled(function: str) -> Spell:
    """np.zeros and np.ones make float64 by themselves."""

    def spelled(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
        attrs = {k: v for k, v in op.attrs.items() if v != np.float64}
        return call(function, operands, attrs, imports)

    return spelled


def _arange(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    start, _, step = op.operands
    shown = list(operands)
    if _is_int(step, 1):
        shown = shown[1:2] if _is_int(start, 0) else shown[:2]
    attrs = {k: v for k, v in op.attrs.items() if v is not None}
    return call("np.arange", shown, attrs, imports)


def _eye(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    rows, columns = op.operands
    attrs = {k: v for k, v in op.attrs.items() if v != np.float64}
    return call("np.eye", operands[:1] if rows is columns or rows == columns else operands, attrs, imports)


def _create(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
    args = [constant(value, imports) for value in op.attrs["args"]]
    kwargs = [ast.keyword(name, constant(value, imports)) for name, value in op.attrs["kwargs"]]
    made = ast.Call(constant(op.attrs["function"], imports), args, kwargs)
    return made if (part := op.attrs.get("part")) is None else subscript(made, [ast.Constant(part)])


def _method(function: str) -> Spell:
    """A method where the operand reads well before a dot, else the function."""
    name = function.rpartition(".")[2]

    def spelled(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
        base = operands[0]
        if is_array(op.operands[0].type) and isinstance(base, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
            keywords = keyword_arguments(function, op.attrs, imports)
            return ast.Call(attribute(base, name), list(operands[1:]), keywords)
        return call(function, operands, op.attrs, imports)

    return spelled


def _with_keywords(function: str) -> Spell:
    """A call whose last operands are keywords: `np.sum(x, axis=0, where=mask)`."""

    def spelled(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
        attrs = {name: value for name, value in op.attrs.items() if name != "keywords"}
        first = len(operands) - len(op.attrs["keywords"])
        made = call(function, operands[:first], attrs, imports)
        given = zip(op.attrs["keywords"], operands[first:], strict=True)
        return ast.Call(made.func, made.args, [*made.keywords, *(ast.keyword(k, v) for k, v in given)])

    return spelled


def _least_squares(place: int) -> Spell:
    def spelled(op: Op, operands: Sequence[ast.expr], imports: Imports) -> ast.expr:
        attrs = {} if len(operands) == 3 else op.attrs
        return subscript(call("np.linalg.lstsq", operands, attrs, imports), [ast.Constant(place)])

    return spelled


def _is_int(atom: Atom, value: int) -> bool:
    return isinstance(atom, Const) and type(atom.value) is int and atom.value == value


# filters of which a window and what is added in it may be operands
SELECTING = [*(f"{name}_filter" for name in ("maximum", "minimum", "median", "percentile", "rank"))]
SELECTING += ["grey_dilation", "grey_erosion"]
IDIOMS: Mapping[str, Spell] = {
    "shape": _shape,
    "spline_value": _spline_value,
    "unpack_shape": _shape,
    "dim": _dim,
    "size": _property("size"),
    "ndim": _property("ndim"),
    "make_shape": _make_shape,
    "transpose": _transpose,
    "expand_dims": _expand_dims,
    "squeeze": _squeeze,
    "astype": _astype,
    "getitem": _getitem,
    "is_last_write": _is_last_write,
    "concatenate": _joined("np.concatenate"),
    "stack": _joined("np.stack"),
    "lexsort": _joined("np.lexsort"),
    "choose": _choose,
    "einsum": _einsum,
    "einsum_view": _einsum,
    "multi_dot": _joined("np.linalg.multi_dot"),
    "array": _array,
    "zeros": _filled("np.zeros"),
    "ones": _filled("np.ones"),
    "empty": _filled("np.empty"),
    "arange": _arange,
    "eye": _eye,
    "create": _create,
    "copy": _method("np.copy"),
    **{name: _method(f"np.{name}") for name in ("sum", "mean", "max", "min", "prod", "reshape", "any", "all")},
    **{name: _method(f"np.{name}") for name in ("argmax", "argmin", "var", "std")},
    **{f"lstsq_{name}": _least_squares(k) for k, name in enumerate(("solution", "residuals", "rank", "values"))},
    **{f"masked_{name}": _with_keywords(f"np.{name}") for name in ("sum", "mean", "prod", "max", "min", "any", "all")},
    **{f"masked_{name}": _with_keywords(f"np.{name}") for name in ("var", "std", "nanmax", "nanmin")},
    **{f"ndimage_{name}": _with_keywords(f"scipy.ndimage.{name}") for name in SELECTING},
    "signal_order_filter": _with_keywords("scipy.signal.order_filter"),
    "chosen_places": _with_keywords("chosen_places"),
}
