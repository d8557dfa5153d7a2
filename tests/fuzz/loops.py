"""Random loops: over numbers, over arrays, while a condition holds; left early, nested, with state that is carried."""

from __future__ import annotations

import textwrap

import numpy as np

from fuzz.bodies import STEP, Body
from fuzz.expressions import enclosed
from fuzz.scope import is_number, is_usable, kind_of
from fuzz.writes import any_array, index

RANGES = [
    "range(len({a}))", "range({a}.shape[0])", "range(1, len({a}))", "range(len({a}) - 1, -1, -1)", "range(n)",
    "range(3)", "range(2)", "range(0, len({a}), 2)", "range({a}.shape[-1])", "range({i})", "range({i}, len({a}))",
    "range({i} + 1)", "range(n - 1)", "range(0)", "range({a}.shape[0] - 2, 0, -1)", "range(1, {a}.shape[0] - 1)",
    "reversed(range(len({a})))", "range(2, -1, -1)", "range({a}.ndim)", "range(len({a}) - 1)", "range(n, 0, -1)",
    "range(n, 3)", "range(min(n, 2))", "range(4, 0, -2)", "range({i}, -1, -1)",
]  # fmt: skip
WALKS = [
    "{v} in {a}", "{v} in {a}", "{k}, {v} in enumerate({a})", "{v}, {v}2 in zip({a}, {b})", "{v} in reversed({a})",
    "{v} in {a}[1:]", "{k}, ({v}, {v}2) in enumerate(zip({a}, {b}))", "{v} in {a}.T", "{v} in {a}[::-1]",
    "{k}, {v} in enumerate({a}[1:], 1)", "{k}, {v} in zip(range(2), {a})", "{v} in {a}[:0]",
    "{v}, {v}2 in zip({a}[:-1], {a}[1:])",
]  # fmt: skip
ACCUMULATE = [
    "{t} += {x}", "{t} = {t} + {x}", "{t} = 0.5 * {t} + {x}", "{t} = np.tanh({t} + {x})", "{t} *= 0.5 + 0.1 * {x}",
    "{t} = max({t}, {x})", "{t} = np.sin({t} * {x})", "{t} -= 0.5 * {x}", "{t} += {x} * {t}",
]  # fmt: skip
MOST_NESTED = 2


def for_range(body: Body, depth: int) -> None:
    name = "ijkm"[body.nested] + ("" if body.choices.chance(80) else str(body.choices.below(3)))
    array = any_array(body) or "x"
    source = body.choices.one(RANGES).format(a=array, i=index(body))
    looped(body, depth, f"for {name} in {source}:", {name: 0})


def for_array(body: Body, depth: int) -> None:
    if (array := any_array(body)) is None:
        return
    other = any_array(body)
    k, v = "ijkm"[body.nested] + "x", body.choices.one(["row", "v", "item"]) + (str(body.nested) if body.nested else "")
    header = body.choices.one(WALKS).format(a=array, b=other, k=k, v=v)
    first = body.scope.evaluate(f"{array}[0]")
    names = {v: first} | ({k: 0} if k in header else {}) | ({f"{v}2": first} if f"{v}2" in header else {})
    looped(body, depth, f"for {header}:", names)


def while_counts(body: Body, depth: int) -> None:
    """A counter bounds the trips; a condition of values may end them sooner."""
    one, chance = body.choices.one, body.choices.chance
    k = "count" + str(body.nested or "")
    most = one(["3", "2", "n", "4", "1", "0"])
    down = chance(20)
    test, step = (f"{k} > 0", f"{k} -= 1") if down else (f"{k} < {most}", f"{k} += 1")
    setup = f"{k} = {most if down else one(['0', '0', '1'])}"
    form = body.choices.below(4)
    if form == 0 and (condition := body.expressions.comparison()) is not None:
        test = f"{test} and {condition[0]}"
    if form == 1:
        leave = f"if not ({test}):\n{STEP}break"
        looped(body, depth, "while True:", {}, setup, opening=f"{leave}\n{step}", may_continue=True)
    elif chance(50):
        looped(body, depth, f"while {test}:", {}, setup, opening=step, may_continue=True)
    else:
        looped(body, depth, f"while {test}:", {}, setup, closing=step, may_continue=False)


def looped(
    body: Body,
    depth: int,
    header: str,
    names: dict[str, object],
    setup: str = "",
    opening: str = "",
    closing: str = "",
    may_continue: bool = True,
) -> None:
    """A loop whose body is written over the values of its first trip, and run as a whole after each statement."""
    if body.nested >= MOST_NESTED or depth <= 0 or any(name in body.scope.values for name in names):
        return
    one, chance = body.choices.one, body.choices.chance
    before = setup.split("\n") if setup else []
    total, of_total = accumulator(body)
    before += [f"{total} = {of_total}"] if total else []
    after = indented(closing.split("\n")) if closing else []

    def whole(lines: list[str]) -> list[str]:
        return [*before, header, *indented([*opening.split("\n"), *lines] if opening else lines or ["pass"]), *after]

    outside = {*body.scope.values, *([total] if total else [])}
    first = body.scope.copy()
    if not first.execute("\n".join([*before, header, STEP + "break"])):
        return
    for name, value in names.items():
        first.values.setdefault(name, value)
    if any(value is None for value in first.values.values()):
        return
    inner = Body(
        body.choices, first, body.call, body.protected | set(names), body.elementwise, True, body.returns,
        lambda lines: body.runs(whole(lines)), body.nested + 1, True, may_continue,
    )  # fmt: skip
    if not inner.runs(["pass"]):
        return
    inner.fill(1 + body.choices.below(4), depth - 1)
    if total and chance(85):
        accumulate(inner, total)
    if chance(25):
        leave(inner, depth)
        inner.fill(body.choices.below(2), depth - 1)
    if not inner.lines and chance(80):
        return
    text = whole(inner.lines)
    if chance(5):
        text += ["else:", f"{STEP}{total or 'done'} = 0.5"]
    if body.write("\n".join(text)):
        known = {*outside, *inner.scope.values} if certain(body, header) else outside
        body.scope.values = {n: v for n, v in body.scope.values.items() if n in known}
        if total and of_total in ("0", "1"):
            body.write(f"{total} = {total} + 0.0")  # that of a loop without trips is an int, and stays one
        if total and chance(40):
            body.write(f"{body.fresh()} = {one(['np.tanh({0})', '{0} * 0.5', '{0} ** 2']).format(total)}")


def certain(body: Body, header: str) -> bool:
    """Whether names that the loop binds may be read after it, which may never have run, most often."""
    return body.choices.chance(50 if "range(2" in header or "range(3" in header else 6)


def accumulator(body: Body) -> tuple[str | None, str]:
    """A name that collects in the loop, and what it starts from."""
    if body.choices.chance(40):
        return None, ""
    start = body.choices.one(["0.0", "0.0", "0", "1.0", "1", body.expressions.scalar()[0], body.expressions.atom()[0]])
    return body.fresh(), start


def accumulate(body: Body, total: str) -> None:
    value = body.scope.values.get(total)
    if value is None:
        return
    text = body.expressions.scalar()[0]
    if not is_number(value) and isinstance(value, np.ndarray) and body.choices.chance(60):
        text = body.expressions.of_kind(kind_of(value), 2) or text
    body.write(body.choices.one(ACCUMULATE).format(t=total, x=enclosed(text)))


def leave(body: Body, depth: int) -> None:
    """`break`, `continue` or `return` behind a condition, or without one."""
    if not body.in_loop:
        return
    one, chance = body.choices.one, body.choices.chance
    words = ["break", "break", *(["continue", "continue"] if body.may_continue else [])]
    if body.returns is not None and (text := body.expressions.of_kind(body.returns, 2)) is not None:
        words += [f"return {text}"] * 2
    counters = body.scope.counters()
    if counters and chance(40):
        test = f"{one(counters)} {one(['==', '>', '<', '!='])} {one(['1', '0', '2', 'n'])}"
    else:
        condition = body.expressions.condition()
        if condition is None:
            return
        test = condition[0]
    lines = [f"if {test}:", STEP + one(words)]
    if chance(20) and (extra := assignment(body)) is not None:
        lines.insert(1, STEP + extra)
    if body.runs(lines):
        body.lines += lines


def assignment(body: Body) -> str | None:
    """An assignment that keeps the kind of a variable."""
    names = [n for n, v in body.scope.values.items() if is_usable(v)]
    if not names:
        return None
    name = body.choices.one(names)
    text = body.expressions.of_kind(kind_of(body.scope.values[name]), 1)
    return None if text is None else f"{name} = {text}"


def growing(body: Body, depth: int) -> None:
    """A list that grows by a value a trip, and is put together after the loop."""
    if body.nested or body.choices.chance(70) or (array := any_array(body)) is None:
        return
    one = body.choices.one
    name, (text, value) = body.fresh(), body.expressions.atom()
    if not is_usable(value):
        return
    h = body.fresh() + "s"
    source = one(["range(n)", "range(3)", f"range(len({array}))"])
    body.write(
        f"{h} = {text}\n{name} = []\nfor i in {source}:\n{STEP}{h} = np.tanh({h} + 0.1 * i)\n{STEP}{name}.append({h})\n"
        + one(["{h} = sum({n})", "{h} = np.stack({n})", "{h} = {n}[-1] * {n}[0]", "{h} = np.array({n})"]).format(
            h=h, n=name
        )
    )


def indented(lines: list[str]) -> list[str]:
    return textwrap.indent("\n".join(lines), STEP).split("\n")
