"""Which results are views: what an operation shares memory with, and whether that is certain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pullback.frontend.abstract.heap import Aspect, Contents, Heap, Shared, bases_of
from pullback.frontend.abstract.layout import Order, order_of_result, order_of_view
from pullback.frontend.abstract.values import Ref
from pullback.ir.core import Atom, Loc, Op, Value
from pullback.ir.types import Dims, dims_of
from pullback.primitives.expr import Expr
from pullback.primitives.families.indexing import is_view

# what returns the array that it is given, or a view of all of it, where it has nothing to do
ITSELF = frozenset(
    {"`np.asarray`", "`np.asanyarray`", "`.T`", "`.mT`", "`.real`", "`np.real`", "`.conj()`", "`.conjugate()`",
     "`np.atleast_1d`", "`np.atleast_2d`", "`np.transpose`", "`.transpose()`", "`np.squeeze`", "`.squeeze()`",
     "`np.float16`", "`np.float32`", "`np.float64`"}
)  # fmt: skip


def pens_in(value: Any) -> Iterator[Value]:
    """The values that an argument of a meaning holds."""
    match value:
        case Expr(atom=Value() as atom):
            yield atom
        case list() | tuple():
            for item in value:
                yield from pens_in(item)
        case dict():
            for item in value.values():
                yield from pens_in(item)


def with_known(value: Any, atom: Atom, known: Any) -> Any:
    """An argument of a meaning with a value that is known in the place of a pen."""
    match value:
        case Expr() if value.atom is atom:
            return known
        case list():
            return [with_known(item, atom, known) for item in value]
        case tuple() if type(value) is tuple:
            return tuple(with_known(item, atom, known) for item in value)
        case dict():
            return {key: with_known(item, atom, known) for key, item in value.items()}
    return value


def contents_of(
    result: Value,
    inputs: set[Value],
    lent: Mapping[Value, Sequence[Ref]],
    producers: Mapping[Value, Op],
    heap: Heap,
    what: str,
    loc: Loc | None,
) -> tuple[Contents, Order]:
    """What the reference to a result holds, and how that lies in memory: itself, or a view of one of the inputs.

    `lent` says which references held the inputs; `what` was done, in the words of a message.
    """
    if (op := producers.get(result)) is not None and op.prim.view == "any":
        given = [ref for operand in op.operands if isinstance(operand, Value) for ref in lent.get(operand, ())]
        roots = {root: heap.held(root) for ref in given for root in roots_of(ref, heap)}
        return (Shared(tuple(roots.items()), result, loc) if roots else result), None
    ops: list[Op] = []
    value: Any = result
    while isinstance(value, Value) and value not in inputs:
        op = producers.get(value)
        if op is None or op.prim.view == "never" or (op.prim.name == "getitem" and not is_view(op)):
            return result, order_of_result(result, lent, producers, heap, what)
        ops.insert(0, op)
        value = op.operands[0]
    refs = [*dict.fromkeys(itself(ref, heap) for ref in lent.get(value, ()))] if isinstance(value, Value) else []
    if not refs:
        return result, None
    if len(refs) == 1 and (ops or what in ITSELF):
        order = heap.contiguous.get(refs[0])
        for op in ops:
            if not is_certain(op, refs[0], order, heap, what):
                break
            order = order_of_view(op, order)
        else:
            return Aspect(refs[0], tuple(ops), value, result), order
    roots = {root: heap.held(root) for ref in refs for root in roots_of(ref, heap)}
    return Shared(tuple(roots.items()), result, loc), None


def itself(ref: Ref, heap: Heap) -> Ref:
    """The array that an array is, under whatever name."""
    contents = heap.read(ref)
    return itself(contents.base, heap) if isinstance(contents, Aspect) and not contents.ops else ref


def is_certain(op: Op, base: Ref, order: Order, heap: Heap, what: str) -> bool:
    """Whether NumPy surely gives a view that writes go through, of a part of `base` that lies in this order."""
    match op.prim.name:
        case "getitem" | "transpose" | "swapaxes" | "flip" | "expand_dims" | "squeeze" | "real" | "imag":
            return True
        case "reshape":
            before, after = dims_of(op.operands[0].type), dims_of(op.result.type)
            stays = before is not None and after is not None and long(before) == long(after) and "ravel" not in what
            if stays or "split" in what:  # an axis that is cut in two keeps its stride
                return True
            if order is not None:
                for root in roots_of(base, heap):
                    heap.flattened[root] = heap.flattened.get(root, frozenset()) | order
                return True
    return False


def long(dims: Dims) -> list[Any]:
    """The dimensions that are not 1."""
    return [dim for dim in dims if dim != 1]


def roots_of(ref: Ref, heap: Heap) -> list[Ref]:
    """The arrays that own the memory of an array, each once."""
    bases = bases_of(heap.read(ref))
    return [*dict.fromkeys(root for base in bases for root in roots_of(base, heap))] if bases else [ref]
