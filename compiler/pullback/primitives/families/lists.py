"""Lists whose length is known at run time only. A change makes a new list; buffer assignment makes it happen in place.

The cotangent of a list is the list of the cotangents of its elements. No rule of what adds, takes or changes one
element reads the list itself: in a loop only indices and elements are kept. What makes arrays of lists is in
`pullback.primitives.families.list_arrays`.
"""

from __future__ import annotations

from typing import Any

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive, Value
from pullback.ir.interface import built
from pullback.ir.types import BOOL, INT, Array, Dim, Dims, List, Nothing, Scalar, Sym, Type, dims_of, shift_dim
from pullback.primitives.expr import type_of_operand
from pullback.primitives.fitting import unbroadcast_to, zeros_like
from pullback.primitives.inference import unknown_dim
from pullback.primitives.kinds import discrete, linear
from pullback.primitives.registry import PRIMITIVES


def element_of(t: Type) -> Type:
    """The type of an element that is read: of its dimensions that may differ from element to element, nothing is known.

    >>> print(element_of(List(Array(None, (3, Sym("n"))))))
    ?[3, n]
    """
    assert isinstance(t, List), t
    return renewed(t.element)


def renewed(t: Type) -> Type:
    """A type in which every dimension that nothing is known of is like no other."""
    match t:
        case Array(dtype, dims) if dims is not None:
            return Array(dtype, tuple(unknown_dim() if is_open(dim) else dim for dim in dims))
        case List(element, length):
            return List(element, None if length is None or is_open(length) else length)
    return t


def is_open(dim: Dim) -> bool:
    """Whether nothing is known of a dimension, so that it may differ from element to element."""
    return isinstance(dim, Sym) and "?" in dim.name


def is_uniform(dims: Dims | None) -> bool:
    """Whether all elements of a list surely have one shape."""
    return dims is not None and not any(map(is_open, dims))


def length_of(t: Type) -> Dim:
    """The length of a list."""
    assert isinstance(t, List), t
    return unknown_dim() if t.length is None else t.length


def _changed(operands: tuple[Atom, ...], attrs: Attrs, by: int = 0) -> tuple[Type, ...]:
    t = operands[0].type
    assert isinstance(t, List), t
    return (List(attrs.get("element", t.element), None if t.length is None else shift_dim(t.length, by)),)


def _an_element(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (element_of(operands[0].type),)


# Made of items.


def _list_of(*items: Any, element: Type) -> list[Any]:
    return list(items)


list_of = linear(
    _list_of,
    lambda g, *items, element: tuple(list_get(g, k) for k in range(len(items))),
    lambda operands, attrs: (List(attrs["element"], len(operands)),),
    name="list_of",
    operands=None,
)


# One element at a time.


def _append(xs: Any, item: Any, element: Type) -> list[Any]:
    return [*xs, item]


def _append_transpose(g: Any, xs: Any, item: Any, element: Type) -> tuple[Any, ...]:
    last = list_get(g, -1)
    return list_drop(g, last), last


list_append: Primitive = linear(
    _append,
    _append_transpose,
    lambda operands, attrs: _changed(operands, attrs, 1),
    name="list_append",
    operands=2,
    spelling="[*{0}, {1}]",
)

list_get: Primitive = linear(
    lambda xs, k: xs[k],
    lambda g, xs, k: list_add_at(list_zeros(xs), g, k),
    _an_element,
    name="list_get",
    spelling="{0}[{1}]",
)


def _drop_transpose(g: Any, xs: Any, last: Any) -> Any:
    return list_append(g, zeros_like(last), element=_element(type_of_operand(g)))


def _element(t: Type) -> Type:
    assert isinstance(t, List), t
    return t.element


list_drop: Primitive = linear(
    lambda xs, last: xs[:-1],
    _drop_transpose,
    lambda operands, attrs: _changed(operands, attrs, -1),
    name="list_drop",
    spelling="{0}[:-1]",
)


# At the other end.


def _prepend(xs: Any, item: Any, element: Type) -> list[Any]:
    return [item, *xs]


def _prepend_transpose(g: Any, xs: Any, item: Any, element: Type) -> tuple[Any, ...]:
    first = list_get(g, 0)
    return list_rest(g, first), first


list_prepend: Primitive = linear(
    _prepend,
    _prepend_transpose,
    lambda operands, attrs: _changed(operands, attrs, 1),
    name="list_prepend",
    operands=2,
    spelling="[{1}, *{0}]",
)


def _rest_transpose(g: Any, xs: Any, first: Any) -> Any:
    return list_prepend(g, zeros_like(first), element=_element(type_of_operand(g)))


list_rest: Primitive = linear(
    lambda xs, first: xs[1:],
    _rest_transpose,
    lambda operands, attrs: _changed(operands, attrs, -1),
    name="list_rest",
    spelling="{0}[1:]",
)


def _set(xs: Any, item: Any, k: int, element: Type) -> list[Any]:
    out = list(xs)
    out[k] = item
    return out


def _set_transpose(g: Any, xs: Any, item: Any, k: Any, element: Type) -> tuple[Any, ...]:
    taken = list_get(g, k)  # first, so that the rest may happen in place
    # what was overwritten may have had another shape
    old, new = (dims_of(t) for t in (element_of(type_of_operand(xs)), type_of_operand(item)))
    overwritten = item if old is not None and old == new else list_get(xs, k)
    return list_set(g, zeros_like(overwritten), k, element=element), taken


list_set: Primitive = linear(
    _set,
    _set_transpose,
    _changed,
    name="list_set",
    operands=2,
)


def _add_at(xs: Any, item: Any, k: int) -> list[Any]:
    out = list(xs)
    out[k] = plus(out[k], item)
    return out


def plus(x: Any, y: Any) -> Any:
    """The sum of two elements; lists are added element by element.

    >>> plus([1.0, [2.0]], [3.0, [4.0]])
    [4.0, [6.0]]
    """
    return [plus(a, b) for a, b in zip(x, y, strict=True)] if isinstance(x, list) else x + y


list_add_at: Primitive = linear(
    _add_at, lambda g, xs, item, k: (g, list_get(g, k)), _changed, name="list_add_at", operands=2
)


def _popped(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (*_changed(operands, attrs, -1), *_an_element(operands, attrs))


# list_get of the last element and list_drop at once: what buffer assignment makes of the two
list_pop = discrete(lambda xs: (xs[:-1], xs[-1]), _popped, name="list_pop")


# Whole lists.

list_length = discrete(
    len, lambda operands, attrs: (Scalar("int", _known_length(operands[0])),), name="list_length", spelling="len"
)


def _known_length(operand: Atom) -> Dim | None:
    return operand.type.length if isinstance(operand.type, List) else None


def _zeros(xs: Any) -> list[Any]:
    return [zeros_like(x) for x in xs]


list_zeros: Primitive = discrete(_zeros, _changed, name="list_zeros")
list_any = discrete(any, lambda operands, attrs: (BOOL,), name="list_any", spelling="any")
list_all = discrete(all, lambda operands, attrs: (BOOL,), name="list_all", spelling="all")
list_argmax = discrete(
    lambda xs: max(range(len(xs)), key=xs.__getitem__),
    lambda operands, attrs: (INT,),
    name="list_argmax",
    spelling="max(range(len({0})), key={0}.__getitem__)",
)
list_argmin = discrete(
    lambda xs: min(range(len(xs)), key=xs.__getitem__),
    lambda operands, attrs: (INT,),
    name="list_argmin",
    spelling="min(range(len({0})), key={0}.__getitem__)",
)


# Orders.


def _order_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (List(INT, _known_length(operands[0])),)


list_order = discrete(
    lambda xs: sorted(range(len(xs)), key=xs.__getitem__),
    _order_type,
    name="list_order",
    spelling="sorted(range(len({0})), key={0}.__getitem__)",
)
list_order_reversed = discrete(
    lambda xs: sorted(range(len(xs)), key=xs.__getitem__, reverse=True),
    _order_type,
    name="list_order_reversed",
    spelling="sorted(range(len({0})), key={0}.__getitem__, reverse=True)",
)
list_permuted: Primitive = linear(  # the order of an order is its inverse
    lambda xs, order: [xs[k] for k in order],
    lambda g, xs, order: list_permuted(g, list_order(order)),
    lambda operands, attrs: _changed(operands[:1], attrs),
    name="list_permuted",
    spelling="list(map({0}.__getitem__, {1}))",
)


# As they are.

list_copy: Primitive = linear(list, lambda g, xs: g, _changed, name="list_copy", spelling="list")
list_reverse: Primitive = linear(
    lambda xs: xs[::-1], lambda g, xs: list_reverse(g), _changed, name="list_reverse", spelling="{0}[::-1]"
)
list_plus: Primitive = linear(plus, lambda g, xs, ys: (g, g), _changed, name="list_plus", operands=2)


def _extended(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    lengths = [_known_length(o) for o in operands]
    if isinstance(lengths[1], int) and lengths[0] is not None:
        return _changed(operands, attrs, lengths[1])
    return (List(attrs["element"]),)


def _extend(xs: Any, ys: Any, element: Type) -> list[Any]:
    return [*xs, *ys]


def _extend_transpose(g: Any, xs: Any, ys: Any, element: Type) -> tuple[Any, ...]:
    first = list_length(g) - list_length(ys)
    return list_slice(g, None, first, None), list_slice(g, first, None, None)


list_extend: Primitive = linear(
    _extend, _extend_transpose, _extended, name="list_extend", operands=2, spelling="[*{0}, *{1}]"
)


def _some(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (List(_element(operands[0].type)),)


list_slice: Primitive = linear(
    lambda xs, start, stop, step: xs[start:stop:step],
    lambda g, xs, start, stop, step: list_add_slice(list_zeros(xs), g, start, stop, step),
    _some,
    name="list_slice",
)
list_add_slice: Primitive = linear(
    pullback_runtime.add_slice,
    lambda g, xs, ys, start, stop, step: (g, list_slice(g, start, stop, step)),
    _changed,
    name="list_add_slice",
    operands=2,
    spelling="add_slice",
)


list_zip: Primitive = discrete(
    lambda *columns: list(zip(*columns, strict=True)),
    lambda operands, attrs: (List(Nothing(), _known_length(operands[0])),),
    name="list_zip",
)
list_of_structures: Primitive = discrete(
    lambda *columns, tree: [built(tree, iter(row)) for row in zip(*columns, strict=True)],
    lambda operands, attrs: (List(Nothing(), _known_length(operands[0])),),
    name="list_of_structures",
)


# Repeated.


def _folded(g: Any, xs: Any, times: int) -> list[Any]:
    return [sum(g[k :: len(xs)], zeros_like(x)) for k, x in enumerate(xs)]


list_repeat: Primitive = linear(
    lambda xs, times: xs * times,
    lambda g, xs, times: list_fold(g, xs, times),
    _some,
    name="list_repeat",
    spelling="{0} * {1}",
)
list_fold: Primitive = linear(
    _folded,
    lambda g, ys, xs, times: list_repeat(g, times),
    lambda operands, attrs: (operands[1].type,),
    name="list_fold",
)


# Sums.


def _summed(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return PRIMITIVES["add"].infer((operands[1], Value(element_of(operands[0].type))), {})


list_sum: Primitive = linear(
    lambda xs, start: sum(xs, start),
    lambda g, xs, start: (list_spread(g, xs), unbroadcast_to(g, start)),
    _summed,
    name="list_sum",
    operands=2,
    spelling="sum",
)


def _spread(g: Any, xs: Any) -> list[Any]:
    return [unbroadcast_to(g, x) for x in xs]


list_spread: Primitive = linear(
    _spread,
    lambda g, x, xs: list_sum(g, zeros_like(x)),
    lambda operands, attrs: _changed(operands[1:], attrs),
    name="list_spread",
)
