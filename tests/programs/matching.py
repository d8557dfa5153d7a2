"""`match` statements: structure that is known when compiling, and numbers that are not."""

from dataclasses import dataclass

import numpy as np
from support.corpus import Programs, normal

program = Programs()


@dataclass
class Circle:
    radius: float


@dataclass
class Box:
    width: float
    height: float


class Plain:
    __match_args__ = ("gain",)

    def __init__(self, gain, shift):
        self.gain = gain
        self.shift = shift


def area(shape):
    match shape:
        case Circle(r):
            return np.pi * r**2
        case Box(width=w, height=h) if w == h:
            return w * w
        case Box(w, h):
            return w * h
    return 0.0


@program((1.5, 2.0), wrt=(0, 1))
def classes(a, b):
    return area(Circle(a)) + 2 * area(Box(a, b)) + area(3)


@program((1.5, 2.0), wrt=(0, 1))
def attributes(a, b):
    match Plain(a, b):
        case Plain(shift=None):
            return a
        case Plain(gain, shift=s):
            return gain * s + gain


@program((normal(3), "sum"), (normal(3), "mean"), (normal(3), "max"), (normal(3), "min"))
def literals(x, how):
    match how:
        case "sum":
            return np.sum(x)
        case "mean" | "average":
            return np.mean(x)
        case "max":
            return np.max(x)
        case _:
            return x[0]


@program((1.3, 0), (1.3, 1), (1.3, 2), (1.3, 7))
def numbers_known_at_run_time(x, n):
    match n:
        case 0:
            y = x
        case 1 | 2:
            y = x * x
        case k:
            y = x * k
    return y * 2


@program((1.3, 0.5), (-1.3, 0.5), (0.1, 0.5), wrt=(0, 1))
def guards(x, y):
    match x:
        case v if v > 1:
            return v * y
        case v if v < 0:
            return v * v * y
        case other:
            return other + y


@program((1.3, (1, 2.0)), (1.3, (2, 2.0)), (1.3, (3, 2.0)))
def tuples_with_numbers(x, op):
    match op:
        case (1, s):
            return x * s
        case (2, s) if s > 1:
            return x + s
        case (_, s):
            return x**2 * s


@program((normal(4),))
def sequences(x):
    parts = [x[0], x[1], x[2], x[3]]
    match parts:
        case []:
            return 0.0
        case [only]:
            return only
        case [first, *middle, last]:
            return first * last + middle[0] * middle[1]


@program((normal(3),))
def shapes(x):
    match x.shape:
        case (n, d):
            return np.sum(x) * d
        case (n,):
            return np.sum(x * x) / n


@program((0.5, {"kind": "line", "a": 2.0, "b": 1.0}), (0.5, {"kind": "power", "n": 2.0}), (0.5, {"c": 3.0}))
def mappings(x, spec):
    match spec:
        case {"kind": "line", "a": a, "b": b}:
            return a * x + b
        case {"kind": "power", **rest}:
            return x ** rest["n"]
        case {"c": float(c) | int(c)}:
            return c * x


@program((normal(3), None), (normal(3), 2.0))
def none_and_builtin_classes(x, scale):
    match scale:
        case None:
            return np.sum(x)
        case int() | float() as s:
            return np.sum(x) * s


@program((normal(4), 4))
def in_a_loop(x, n):
    s = 0.0
    for i in range(n):
        match i % 3:
            case 0:
                s += x[i]
            case 1:
                s *= x[i]
            case _:
                continue
        s += 1.0
    return s


@program((normal(4), 4), (normal(4), 2))
def that_breaks(x, n):
    s = x[0]
    for i in range(n):
        match i:
            case 3:
                break
            case 0:
                pass
            case k:
                s = s + x[k] * k
    return s


@program((normal(2), [("scale", 2.0), ("shift", 1.0), ("square", None)]))
def instructions(x, program_):
    for step in program_:
        match step:
            case ("scale", factor):
                x = x * factor
            case ("shift", by):
                x = x + by
            case ("square", _):
                x = x * x
    return np.sum(x)


@program((normal(3), 0, 3), (normal(3), 1, 3), (normal(3), 2, 3))
def loops_in_cases(x, how, n):
    total = 0.0
    match how:
        case 0:
            for i in range(n):
                total = total + x[i] * i
        case 1:
            for v in x:
                total = total * v + v
        case _:
            total = np.sum(x)
    return total * 2


@program((1.3, 2.0), (-1.3, 2.0), wrt=(0, 1))
def alternatives_with_names(x, y):
    match (x > 0, y):
        case (True, v) | (False, v):
            return v * x
    return x


@program((normal(3), 1.0), (normal(3), -1.0))
def a_subject_that_may_be_none(x, c):
    w = x * 2 if c > 0 else None
    match w:
        case None:
            return np.sum(x)
        case found:
            return np.sum(found * x)
