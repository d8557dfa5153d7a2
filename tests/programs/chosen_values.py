"""Strings, functions, and other known things of which a condition of the run chooses one."""

# ruff: noqa: RET505

from __future__ import annotations

import enum
import math

import numpy as np
from support.corpus import Programs, normal

program = Programs()
X = normal(5)
GAIN = {"low": 0.5, "high": 2.0}
OPS = [np.sin, np.cos, np.tanh]


class Phase(enum.Enum):
    LIQUID = 1
    SOLID = 2


def grow(x):
    return x * x


def decay(x):
    return 1.0 / x


@program((2.0,), (-2.0,))
def a_key_by_condition(x):
    name = "high" if x > 0 else "low"
    return x * x * GAIN[name]


@program((2.0,), (-2.0,))
def a_mode_that_is_compared(x):
    mode = "a"
    if x < 0:
        mode = "b"
    y = x * 3.0
    if mode == "a":
        y = y * x
    return y


@program((X,))
def a_state_machine(xs):
    state = "idle"
    total = 0.0
    for v in xs:
        if state == "idle":
            if v > 0:
                state = "on"
        elif state == "on":
            total += v * v
            if v < 0:
                state = "idle"
    return total + xs[0]


@program((2.0,), (-2.0,))
def a_function_by_condition(x):
    act = np.tanh if x > 0 else np.sin
    return act(x) * x


@program((X,))
def a_function_by_condition_in_a_loop(xs):
    total = 0.0
    for v in xs:
        f = grow if v > 0 else decay
        total += f(v)
    return total


@program((0.7, 0), (0.7, 1), (0.7, 2))
def a_table_of_functions(x, k):
    return OPS[k](x)


@program((X,))
def a_table_of_functions_in_a_loop(xs):
    total = 0.0
    for i in range(len(xs)):
        total += OPS[i % 3](xs[i])
    return total


@program((2.0,), (-2.0,))
def a_member_by_condition(x):
    phase = Phase.LIQUID if x > 0 else Phase.SOLID
    if phase is Phase.SOLID:
        return x * x
    return {Phase.LIQUID: 3.0, Phase.SOLID: 4.0}[phase] * x


@program((2.0,), (-2.0,))
def a_label_in_a_text(x):
    sign = "positive" if x > 0 else "negative"
    label = f"{sign} number"
    return x * len(label)


@program((2.0,), (-2.0,))
def a_pair_by_condition(x):
    kind, scale = ("up", 2.0) if x > 0 else ("down", 3.0)
    return scale * x if kind == "up" else scale * x * x


@program((2.0,), (-2.0,))
def a_lambda_by_condition(x):
    f = lambda v: v * v if x > 0 else math.exp(v)  # noqa: E731
    g = (lambda v: 2.0 * v) if x > 0 else (lambda v: v * x)
    return g(f(x))


def kind_of(x):
    if x > 1.0:
        return "large"
    return "small" if x > 0.0 else "negative"


def applied(f, x, *more):
    return f(x) + sum(more)


@program((2.0,), (0.5,), (-2.0,))
def a_name_from_a_callee(x):
    kind = kind_of(x)
    scales = {"large": 0.1, "small": 10.0}
    if kind in scales:
        return scales[kind] * x * x
    return x if kind.startswith("n") else 0.0


@program((2.0,), (-2.0,))
def handed_to_a_callee(x):
    f = grow if x > 0 else decay
    return applied(f, x, 1.0) * applied(f, 2.0 * x)


@program((X,), (-X,))
def three_states(xs):
    state, total = "start", 0.0
    for v in xs:
        if state == "start":
            state = "up" if v > 0 else "down"
        elif state == "up" and v < 0:
            state = "down"
        elif state == "down" and v > 0.2:
            state = "up"
        total += v * v if state == "up" else -v
    return total if state != "up" else 2.0 * total


@program((X,))
def until_it_is_done(xs):
    status, k, total = "running", 0, 0.0
    while status == "running":
        total += xs[k] ** 2
        k += 1
        if total > 1.0:
            status = "converged"
        elif k == len(xs):
            status = "exhausted"
    return total if status == "converged" else -total


@program((0.7, np.array([0, 2, -1, 1])), wrt=(0,))
def opcodes(x, codes):
    for i in range(len(codes)):
        x = OPS[codes[i]](x) + 0.1
    return x


@program((X,))
def a_dispatch_dict_of_numbers(xs):
    table = {0: grow, 1: decay, 2: np.sin}
    gains = {0: 0.5, 1: 3.0}
    total = 0.0
    for i in range(len(xs)):
        total += table[i % 3](xs[i]) * gains[i % 2]
    return total


@program((2.0,), (-2.0,))
def none_or_a_name(x):
    mode = None
    if x > 0:
        mode = "fast" if x > 1 else "slow"
    if mode is None:
        return x
    return x * x if mode == "fast" else x**3


@program((2.0,), (-2.0,))
def kept_in_containers(x):
    options = {"act": np.tanh, "name": "a"}
    names = ["p", "q"]
    if x < 0:
        options["act"] = np.sin
        names[0] = "r"
    y = options["act"](x)
    return y * len(names[0]) if names[0] == "r" else y * x


@program((2.0,), (-2.0,), (0.2,))
def matched(x):
    match kind_of(x):
        case "large":
            y = x * x
        case "small" | "tiny":
            y = np.exp(x)
        case _:
            y = -x
    return y


class Line:
    """One of two classes with a method of one name."""

    slope = 3.0

    @classmethod
    def at(cls, x):
        return cls.slope * x


class Steep(Line):
    """The other one."""

    slope = 7.0


@program((2.0,), (-2.0,))
def a_class_by_condition(x):
    line = Line if x > 0 else Steep
    return line.at(x) * x + line.slope


@program((X,))
def a_name_of_the_last_trip(xs):
    name = "none"
    for v in xs:
        name = "plus" if v > 0 else "minus"
        if name == "plus" and v > 0.25:
            break
    return xs[0] * len(name) + (np.sum(xs) if name.endswith("us") else 0.0)


@program((2.0,), (-2.0,))
def nested_choices(x):
    a = "x" if x > 0 else "y"
    b = a + "1" if x > 1 else a + "2"
    f = {"x1": np.sin, "y2": np.cos, "x2": np.exp, "y1": np.exp}[b]
    return f(x) * (2.0 if (a, b) == ("x", "x1") else 3.0)


@program((X, 1.0), (X, -1.0))
def the_truth_of_a_chosen_text(x, s):
    name = "squared" if s > 0 else ""
    y = x * 2.0 if not name else x
    if name:
        return np.sum(x * x * y)
    return np.sum(y)
