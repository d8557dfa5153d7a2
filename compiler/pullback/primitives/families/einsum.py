"""np.einsum, and products that are sums over named axes: linear in each operand, each other's transposes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Dim, Type, broadcast_dim, dims_of
from pullback.primitives import meanings
from pullback.primitives.expr import beside, type_of_operand
from pullback.primitives.families.conversions import strong
from pullback.primitives.families.linear_algebra import known_rank
from pullback.primitives.families.shapes import shape_of, shape_operand, size_of
from pullback.primitives.families.shaping import expand_dims, reshape, transpose
from pullback.primitives.inference import dtype_of, sample_result
from pullback.primitives.kinds import linear, multilinear
from pullback.primitives.registry import PRIMITIVES, NotCovered, means

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
OPERANDS, FACTORS = 7, 32  # of a program; and of its derivatives, which add ones and unit matrices


def _einsum(*operands: Any, subscripts: str) -> Any:
    return np.einsum(subscripts, *operands)


def _parts(subscripts: str) -> tuple[list[str], str]:
    inputs, output = subscripts.split("->")
    return inputs.split(","), output


def _product_sample(*samples: Any) -> Any:
    out = samples[0]
    for sample in samples[1:]:
        out = np.multiply(out, sample)
    return out


def _einsum_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    inputs, output = _parts(attrs["subscripts"])
    lengths: dict[str, Dim] = {}
    for operand, labels in zip(operands, inputs, strict=True):
        for label, dim in zip(labels, dims_of(operand.type) or (), strict=True):
            lengths[label] = broadcast_dim(lengths[label], dim) if label in lengths else dim
    result = sample_result(_product_sample, operands)
    return (Array(None if result is None else dtype_of(result), tuple(lengths[label] for label in output)),)


def _transpose(k: int) -> Callable[..., Any]:
    def transposed(g: Any, *operands: Any, subscripts: str) -> Any:
        """The same product with `g` in the place of the k-th operand, whose labels are the output.

        A label that the operand has twice is a diagonal, made by a unit matrix; one that nothing else has, or has with
        one element for all of the operand's, was summed alone, and is spread by ones.
        """
        inputs, output = _parts(subscripts)
        wanted, labels, factors = "", [output], [g]
        labels += inputs[:k] + inputs[k + 1 :]
        factors += [*operands[:k], *operands[k + 1 :]]
        free = (c for c in LETTERS if c not in subscripts)
        dtype = dtype_of(type_of_operand(g))
        for axis, label in enumerate(inputs[k]):
            length = size_of(operands[k], axis)
            if label in wanted:
                twin = next(free)
                labels.append(label + twin)
                factors.append(beside(g, PRIMITIVES["eye"], length, length, dtype=dtype, k=0))
                label = twin
            elif _is_summed_alone(label, _extent(operands[k], axis), labels, factors):
                labels.append(label)
                factors.append(beside(g, PRIMITIVES["ones"], shape_operand(length), dtype=dtype))
            wanted += label
        return einsum(*factors, subscripts=f"{','.join(labels)}->{wanted}")

    return transposed


def _extent(factor: Any, axis: int) -> Dim | None:
    dims = dims_of(type_of_operand(factor))
    return None if dims is None else dims[axis]


def _is_summed_alone(label: str, length: Dim | None, labels: Sequence[str], factors: Sequence[Any]) -> bool:
    """Whether no factor has a label, or those that do have one element there for the `length` of the operand."""
    others = [_extent(f, text.index(label)) for f, text in zip(factors, labels, strict=True) if label in text]
    return not others or (length != 1 and all(other == 1 for other in others))


einsum: Primitive = multilinear(
    _einsum,
    *map(_transpose, range(FACTORS)),
    infer=_einsum_type,
    name="einsum",
    spelling="np.einsum",
)


def _transposed_view(g: Any, x: Any, subscripts: str) -> Any:
    return _transpose(0)(g, x, subscripts=subscripts)


einsum_view: Primitive = linear(
    _einsum,
    _transposed_view,
    _einsum_type,
    name="einsum_view",
    spelling="np.einsum",
    view="always",
)


def is_view(inputs: Sequence[str], output: str) -> bool:
    """Whether an einsum only permutes axes and takes diagonals, so that NumPy returns a view."""
    return len(inputs) == 1 and set(inputs[0]) == set(output)


def _from_lists(arguments: Sequence[Any]) -> tuple[str, list[Any]]:
    """Subscripts and operands from (array, labels, array, labels, ..., output labels)."""
    operands, lists = list(arguments[::2]), [meanings.static(v, "subscripts") for v in arguments[1::2]]
    output = meanings.static(operands.pop(), "subscripts") if len(operands) > len(lists) else None

    def letters(labels: Any) -> str:
        return "".join("..." if label is Ellipsis else LETTERS[label] for label in labels)

    text = ",".join(map(letters, lists))
    return text if output is None else f"{text}->{letters(output)}", operands


def explicit(subscripts: str, ranks: Sequence[int]) -> str:
    """Subscripts with an output and without dots.

    >>> explicit("ij,jk", [2, 2]), explicit("...i->...", [3])
    ('ij,jk->ik', 'abi->ab')
    """
    text = subscripts.replace(" ", "")
    inputs = text.split("->")[0].split(",")
    if len(inputs) != len(ranks):
        raise ValueError("more or fewer operands provided to einstein sum function than specified in the subscripts")
    spare = [c for c in LETTERS if c not in text]
    counts = [r - len(s.replace("...", "")) for s, r in zip(inputs, ranks, strict=True)]
    if any(n < 0 or (n > 0 and "..." not in s) for s, n in zip(inputs, counts, strict=True)):
        raise ValueError("einstein sum subscripts string does not match the number of dimensions of an operand")
    dots = "".join(spare[: max(counts, default=0)])
    filled = [s.replace("...", dots[len(dots) - n :]) for s, n in zip(inputs, counts, strict=True)]
    if "->" in text:
        output = text.split("->")[1].replace("...", dots)
    else:
        named = "".join(inputs).replace("...", "")
        output = (dots if "..." in text else "") + "".join(sorted(c for c in set(named) if named.count(c) == 1))
    return f"{','.join(filled)}->{output}"


@means(np.einsum)
def einsum_meaning(*operands: Any, optimize: Any = False) -> Any:
    if meanings.static(optimize, "optimize") is not False:
        raise NotCovered("`optimize=` of np.einsum", "its products are made in another order; leave it out")
    first = operands[0]
    subscripts, given = (first, list(operands[1:])) if isinstance(first, str) else _from_lists(operands)
    values = [meanings.arrayed(v, operands) for v in given]
    if len(values) > OPERANDS:
        raise NotCovered(f"np.einsum of more than {OPERANDS} operands")
    subscripts = explicit(subscripts, [known_rank(v, "np.einsum") for v in values])
    inputs, output = _parts(subscripts)
    if is_view(inputs, output):
        (x,) = values
        if len(output) == len(inputs[0]):
            return transpose(x, axes=tuple(inputs[0].index(label) for label in output))
        return einsum_view(x, subscripts=subscripts)
    return einsum(*values, subscripts=subscripts)


# Products by name.


@means(np.kron)
def kron(a: Any, b: Any) -> Any:
    """All products, the axes of a and b side by side, as one table."""
    a, b = strong(a, (a, b)), strong(b, (a, b))
    m, n = known_rank(a, "np.kron"), known_rank(b, "np.kron")
    if not m or not n:
        return a * b
    count = max(m, n)
    a = expand_dims(a, axis=tuple(range(count - m))) if m < count else a
    b = expand_dims(b, axis=tuple(range(count - n))) if n < count else b
    table = expand_dims(a, axis=tuple(range(1, 2 * count, 2))) * expand_dims(b, axis=tuple(range(0, 2 * count, 2)))
    lengths = [p * q for p, q in zip(shape_of(a), shape_of(b), strict=True)]
    return reshape(table, shape_operand(lengths))


def _cross_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    a, b = (dims_of(o.type) for o in operands)
    result = sample_result(np.multiply, operands)
    dtype = None if result is None else dtype_of(result)
    if a is None or b is None:
        return (Array(dtype, None),)
    count = max(len(a), len(b))
    pairs = zip((1,) * (count - len(a)) + a, (1,) * (count - len(b)) + b, strict=True)
    return (Array(dtype, tuple(broadcast_dim(p, q) for p, q in pairs)),)


def _cross(a: Any, b: Any) -> Any:
    return np.linalg.cross(a, b)


cross: Primitive = multilinear(
    _cross,
    lambda g, a, b: cross(b, g),
    lambda g, a, b: cross(g, a),
    infer=_cross_type,
    name="cross",
    spelling="np.linalg.cross",  # which raises for vectors of two numbers, whose product is one number
)


@means(np.cross, np.linalg.cross)
def cross_meaning(a: Any, b: Any, *, axis: Any = -1) -> Any:
    a, b = meanings.arrayed(a, (a, b)), meanings.arrayed(b, (a, b))
    if meanings.static(axis, "axis") != -1:
        raise NotCovered("`axis=` of np.cross", "move the axis to the end")
    if 2 in (dims_of(type_of_operand(a)) or ())[-1:] + (dims_of(type_of_operand(b)) or ())[-1:]:
        raise NotCovered("np.cross of vectors of two numbers", "write x[0] * y[1] - x[1] * y[0]")
    return cross(a, b)
