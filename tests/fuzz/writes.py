"""Random statements that change an array in place: its elements, slices, rows, through views and aliases."""

from __future__ import annotations

from typing import Any

import numpy as np

from fuzz.bodies import Body
from fuzz.expressions import CONSTANTS, enclosed
from fuzz.scope import is_number, kind_of

FRESH = [
    "np.zeros({0}.shape)", "np.zeros_like({0})", "{0}.copy()", "np.array({0})", "np.ones({0}.shape)",
    "np.full({0}.shape, 0.5)", "np.zeros(({0}.shape[0], 2))", "np.zeros({0}.shape[0])", "np.zeros(3)",
    "np.zeros((3, 3))", "np.zeros(({0}.shape[0] + 1, *{0}.shape[1:]))", "0.5 * {0}", "{0} + 1.0", "np.ones_like({0})",
]  # fmt: skip
FILLED = [
    "{1} = np.empty({0}.shape)\n{1}[:] = {0}", "{1} = np.empty_like({0})\n{1}[...] = 0.5 * {0}",
    "{1} = np.empty({0}.shape)\n{1}[0] = {0}[-1]\n{1}[1:] = {0}[:-1] * 2.0",
]  # fmt: skip
PLACES = [
    "{0}[{i}]", "{0}[{i}]", "{0}[{i}]", "{0}[-1]", "{0}[1:]", "{0}[:-1]", "{0}[{i}, 1:]", "{0}[:, {i}]", "{0}[..., 0]",
    "{0}[:]", "{0}[::2]", "{0}[{i}, {j}]", "{0}[{i}, {j}]", "{0}[{i}, {i}]", "{0}[:, 1:]", "{0}[1:, :-1]", "{0}[:, 0]",
    "{0}[{i}:]", "{0}[:{i}]", "{0}[{i} - 1]", "{0}[{i}, :{j}]", "{0}[::-1]", "{0}[{i}:{i} + 1]", "{0}[0]", "{0}[...]",
    "{0}.T[{i}]", "{0}[{i} % {0}.shape[0]]", "{0}[None, 0]", "{0}.reshape(-1)[{i}]", "{0}.ravel()[1:]", "{0}[-{i}]",
]  # fmt: skip
FANCY = ["{0}[[0, 0, 1]]", "{0}[[1, 0]]", "{0}[:, [0, 1]]", "{0}[[0, 1], [1, 0]]", "{0}[np.array([0, 0])]"]
WHOLE = [
    "{0}[1:] = {0}[:-1]", "{0}[1:] += 0.5 * {0}[:-1]", "{0}[:-1] -= 0.3 * {0}[1:]", "{0}[:] = {0}[::-1]", "{0} *= 0.7",
    "{0}[0], {0}[-1] = {0}[-1], {0}[0]", "{0}[:] = {0} * 0.5", "{0}[{0} > 0.2] = 0.1", "{0}[{0} < 0.0] *= 0.5",
    "{0} += 0.1 * {0}", "{0}[...] = np.tanh({0})", "{0}[-1:] -= 0.5 * {0}[:1]", "{0}[::2] *= {0}[::2]", "{0} /= 1.5",
    "{0} += 0.1 * {0}[0]", "{0} -= 0.2 * {0}.T", "{0}[:, 0] = {0}[0]", "{0}[0] = 0.0", "{0} **= 2", "{0}.fill(0.3)",
    "{0}[1:] = 0.5 * ({0}[1:] + {0}[:-1])", "{0}[1:-1] = {0}[:-2] + {0}[2:] - 2 * {0}[1:-1]",
    "{0}[:, 1:] += {0}[:, :-1]",
    "np.add.at({0}, [0, 0], 0.3)", "np.copyto({0}, 0.5 * {0})", "np.multiply({0}, 0.5, out={0})",
]  # fmt: skip
VIEWS = [
    "{0}[1:]", "{0}[0]", "{0}.T", "{0}[::-1]", "{0}[:, 0]", "{0}[:-1]", "{0}.reshape(-1)", "{0}[...]", "{0}[1:][::-1]",
    "{0}", "{0}", "{0}[-1:]", "{0}[..., 0]", "{0}[{i}]", "{0}[{i}:]", "{0}.ravel()", "{0}[:, None]", "{0}[::2]",
]  # fmt: skip
OPERATORS = ["=", "=", "=", "=", "+=", "+=", "+=", "-=", "*=", "/="]


def fresh_buffer(body: Body, depth: int) -> None:
    """An array that later statements write into."""
    if (array := any_array(body)) is None:
        return
    one = body.choices.one
    if body.choices.chance(25):
        body.write(one(FILLED).format(array, body.fresh()))
    else:
        body.write(f"{body.fresh()} = {one(FRESH).format(array)}")


def element_write(body: Body, depth: int) -> None:
    """`a[...] op value`, the value of the shape of the place, or a number."""
    if (array := any_array(body)) is None:
        return
    one, chance = body.choices.one, body.choices.chance
    if chance(20):
        body.write(one(WHOLE).format(array))
        return
    indices = [t for t, _ in body.scope.indices()]
    if chance(15):
        place = f"{array}[{one(indices)}]" if indices and chance(60) else one(FANCY).format(array)
    else:
        place = one(PLACES).format(array, i=index(body), j=index(body))
    value = body.scope.evaluate(place)
    if isinstance(value, np.ndarray | np.floating):
        assigned(body, place, value)


def assigned(body: Body, place: str, value: Any) -> None:
    operator = body.choices.one(OPERATORS)
    text = right_side(body, value)
    if operator == "/=":
        text = f"1.5 + {enclosed(text)} ** 2"
    body.write(f"{place} {operator} {text}")


def right_side(body: Body, value: Any) -> str:
    """What is written into a place that holds the value."""
    one, chance = body.choices.one, body.choices.chance
    if chance(10):
        return one(CONSTANTS)
    if not is_number(value) and chance(75) and (text := body.expressions.of_kind(kind_of(value), 2)) is not None:
        return text
    if chance(20):
        return body.expressions.any(1)[0]
    return body.expressions.scalar()[0] if chance(60) else body.expressions.number(1) or "0.5"


def view_write(body: Body, depth: int) -> None:
    """A view or an alias, which is written through, perhaps after the array changed and before it is read."""
    if (array := any_array(body)) is None:
        return
    one, chance = body.choices.one, body.choices.chance
    name = body.fresh()
    if not body.write(f"{name} = {one(VIEWS).format(array, i=index(body))}"):
        return
    if chance(40):
        element_write(body, depth)
    view = body.scope.values.get(name)
    if not isinstance(view, np.ndarray) or chance(20):
        return
    for _ in range(1 + body.choices.below(2)):
        form = one([*WHOLE, "{0} *= 0.5", "{0} += 0.3", "{0}[0] = 0.7", "{0}[-1] *= 0.5"])
        place = one(PLACES).format(name, i=index(body), j=index(body))
        part = body.scope.evaluate(place)
        if chance(50) or not isinstance(part, np.ndarray | np.floating):
            body.write(form.format(name))
        else:
            assigned(body, place, part)


def swap(body: Body, depth: int) -> None:
    """Two names trade what they stand for, or one takes that of the other."""
    names = [(n, kind_of(v)) for n, v in body.scope.values.items() if isinstance(v, np.ndarray) and v.dtype.kind == "f"]
    pairs = [(a, b) for a, kind in names for b, other in names if a < b and kind == other]
    if pairs:
        a, b = body.choices.one(pairs)
        traded = f"{a}, {b} = {b}, {a}"
        body.write(body.choices.one([traded, traded, f"{a} = {b}", f"{b} = {a}.copy()"]))


def any_array(body: Body) -> str | None:
    """An array of at least one axis, the last ones most often."""
    arrays = [t for t, v in body.scope.arrays() if v.ndim and v.size]
    if not arrays:
        return None
    return body.choices.one(arrays[-3:] if body.choices.chance(50) else arrays)


def index(body: Body) -> str:
    """A number of a position: a counter of a loop most often."""
    counters = body.scope.counters()
    return body.choices.one(counters) if counters and body.choices.chance(75) else body.choices.one(["0", "1", "-1"])
