"""Constructs that meet: closures and branches, recursion and containers, objects changed under conditions."""

# The constructs are the point here.
# ruff: noqa: RUF059

from __future__ import annotations

import functools
import math
from collections import OrderedDict
from dataclasses import dataclass, replace
from enum import IntEnum
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from frontend.oracle import check

A = np.random.default_rng(1).normal(size=(3, 4))
V = A[0].copy()
BIAS = np.array([0.5, -0.5, 1.0, 2.0])
PROGRAMS: list[Any] = []


def program(*argument_sets: tuple[Any, ...]) -> Any:
    """Register a function with the arguments that it is checked on."""

    def register(function: Any) -> Any:
        PROGRAMS.extend(
            pytest.param(function, args, id=f"{function.__name__}-{k}") for k, args in enumerate(argument_sets)
        )
        return function

    return register


@program((1.0, 2.0), (-1.0, 2.0))
def closure_made_in_an_arm(x, y):
    if x > 0:
        k = x * y

        def f(v):
            return v * k

        out = f(y)
    else:
        g = lambda v, k=x - y: v + k
        out = g(x)
    return out


@program((1.0, 2.0), (-1.0, 2.0))
def closure_after_a_return(x, y):
    if x < 0:
        return y
    k = x * 3

    def f(v):
        return v * k

    if y > 0:
        k = k + 1
    return f(y)


def make_scaler(k):
    doubled = k * 2

    def scale(v):
        return v * doubled

    return scale


@program((1.0, 2.0), (-1.0, 2.0))
def closure_from_a_call_in_an_arm(x, y):
    if x > 0:
        out = make_scaler(x)(y)
    else:
        scale = make_scaler(y)
        out = scale(x) + scale(1.0)
    return out


@program((1.0, 2.0), (-1.0, 2.0), (-1.0, -2.0))
def closure_exported_from_the_arm_that_goes_on(x, y):
    if x > 0:
        return x
    scale = make_scaler(x * y)
    if y > 0:
        return scale(2.0)
    return scale(y) * 3


class Counter:
    def __init__(self):
        self.total = 0.0
        self.log = []

    def add(self, x):
        if x > 0:
            self.total = self.total + x
            return x
        self.total = self.total - 2 * x
        return -x

    def add_twice(self, x):
        self.log.append(self.add(x))
        self.log.append(self.add(x * -1.5))
        return self


@program((1.0,), (-1.0,))
def changed_under_conditions(x):
    c = Counter()
    a = c.add(x)
    c.add_twice(a).add_twice(-a)
    return c.total, c.log


@program((1.0,), (-1.0,))
def changed_in_an_arm_by_a_method(x):
    c = Counter()
    if x > 0:
        c.add_twice(x)
    else:
        c.log.append(x)
        c.log.append(1.0)
    return c


@program((1.0, 2.0, [A, 2 * A]), (-1.0, 2.0, [A, 2 * A]))
def chosen_containers(x, y, arrays):
    pair = (x, y) if x > 0 else (y, x)
    first, second = pair
    a = (arrays[0] if x > 0 else arrays[1]).sum()
    items = [x, y] if y > x else [y, x]
    return first - second * a + items[0]


@program((1.0, 3), (-1.0, 3))
def an_int_and_a_float(x, n):
    k = n if x > 0 else 0.5
    if x < 0:
        m = n * 2
    else:
        m = x
    return k * m


class Axis(IntEnum):
    ROWS = 0
    COLUMNS = 1


SPACE = SimpleNamespace(k=2.0, table=BIAS)


@program((A,))
def enums_and_namespaces(a):
    space = SimpleNamespace(a=a, axis=Axis.COLUMNS)
    space.total = a.sum(axis=space.axis).sum() * (Axis.COLUMNS + 1)
    return space.total * SPACE.k + SPACE.table.sum(), Axis.ROWS * 2.0, [a.sum()][Axis.ROWS]


@program((2.0,))
def protocols(x):
    v = Scaled(x)
    return abs(v), float(v) + int(v), round(v), replace(Derived(x, c=1.0), b=x).total()


class Scaled:
    def __init__(self, x):
        self.x = x

    def __abs__(self):
        return self.x * 2

    def __float__(self):
        return float(self.x)

    def __int__(self):
        return 3

    def __round__(self):
        return self.x


@program((1.0,), (-1.0,))
def containers_made_in_both_arms(x):
    if x > 0:
        state = {"v": x, "items": [x]}
    else:
        state = {"v": x * 2, "items": [1.0]}
    items = state["items"]
    state["v"] = state["v"] * 3
    items.append(x)
    return state, items


@program((1.0,), (-1.0,))
def partly_different_tuples(x):
    label, value = ("up", x) if x > 0 else ("down", -x)
    return value


@program((1.0, 3), (1.0, 0))
def recursion_that_returns_its_argument(x, n):
    def step(v, k):
        if k == 0:
            return v
        return step(v * 1.5 + x, k - 1)

    return step(x, n)


def collect(x, n):
    if n == 0:
        return {"sum": x, "last": (x, 1.0)}
    below = collect(x * 2, n - 1)
    return {"sum": below["sum"] + x, "last": (x, below["last"][0])}


@program((1.5, 3))
def recursion_with_containers(x, n):
    return collect(x, n)


def biased(v, n):
    if n == 0:
        return v + BIAS
    return biased(v * BIAS, n - 1)


@program((V, 2))
def recursion_with_a_hidden_array(v, n):
    return biased(v, n)


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


@program((6, 2.0))
def recursion_of_ints(n, x):
    return fibonacci(n) * x


def horner(coefficients, x, k=0):
    if k == len(coefficients) - 1:
        return coefficients[k]
    return coefficients[k] + x * horner(coefficients, x, k + 1)


@program(([1.0, 2.0, 3.0, 4.0], 0.5))
def recursion_by_an_index(coefficients, x):
    return horner(coefficients, x)


def kinds(x, /, scale=2.0, *rest, shift, bias=BIAS, **more):
    return x * scale + shift + sum(rest) + bias.sum() + len(more)


@program((1.0,))
def parameter_kinds(x):
    return kinds(x, shift=1.0), kinds(x, 3.0, 4.0, x, shift=x, x=1), kinds(x, shift=x, bias=np.ones(2))


def default_array(v, bias=BIAS):
    return v + bias


program((V,))(default_array)
program((V, 2 * V))(default_array)


@dataclass
class Base:
    a: Any
    b: Any = 2.0


@dataclass
class Derived(Base):
    c: Any = 3.0

    def total(self):
        return self.a + self.b + self.c


@dataclass(frozen=True)
class Frozen:
    x: Any
    squared: Any = None

    def __post_init__(self):
        object.__setattr__(self, "squared", self.x * self.x)


class Lazy:
    def __init__(self, x):
        self._x = x

    @functools.cached_property
    def parts(self):
        return [self._x, self._x * 2]

    @staticmethod
    def double(v):
        return v * 2

    @classmethod
    def named(cls, x):
        return cls(cls.double(x))

    def __eq__(self, other):
        return self._x is other._x

    def __bool__(self):
        return False

    def __iter__(self):
        return iter([self._x, 1.0])

    def __contains__(self, item):
        return item == "x"


@program((2.0,))
def more_classes(x):
    d = Derived(x, c=1.0)
    lazy = Lazy.named(x)
    lazy.parts.append(x)
    first, second = lazy
    return d.total() + Frozen(x).squared, len(lazy.parts), first * second, not lazy, "x" in lazy, d == d


class Differentiated:
    """What a decorator leaves: callable, with the function behind it."""

    def __init__(self, function):
        functools.update_wrapper(self, function)

    def __call__(self, *args, **kwargs):
        return self.__wrapped__(*args, **kwargs)


@Differentiated
def wrapped_square(x):
    return x * x


HALVE = functools.partial(kinds, scale=0.5, shift=1.0)
COUNTER_METHOD = Derived(1.0).total
TANH = np.tanh


@program((2.0,))
def callables_from_outside(x):
    return wrapped_square(x) + HALVE(x) + COUNTER_METHOD() + TANH(x) + (lambda v: v * 2)(x)


program((3.0,))(wrapped_square)


def count_axes(x, n):
    return np.sum(x, axis=n - 1)


@program((A, 1))
def promoted_through_a_call_and_a_difference(x, n):
    return count_axes(x, n + 1)


@program((A, {"layers": 2, "rate": 0.5}))
def promoted_in_a_container(a, config):
    out = a
    for k in range(config["layers"]):
        out = out * config["rate"] + len(f"W{k}")
    return out


@program((A, 0.5))
def one_function_for_several_ranks(a, x):
    def square(v):
        return v * v

    return square(a).sum() + square(a[0]).sum() + square(x) + square(2)


@program((1.0, 2.0), (-1.0, 2.0), (-1.0, -2.0))
def lists_that_grow_in_both_arms(x, y):
    items = []
    for v in (x, y, x * y):
        if v > 0:
            items.append(v)
        else:
            items.append(-2 * v)
    return items, sum(items)


@program((1.0, 2.0), (-1.0, 2.0), (-1.0, -2.0), (1.0, -2.0))
def returns_inside_an_unrolled_loop(x, y):
    total = 0.0
    for k, v in enumerate([x, y, x + y]):
        if v < 0:
            total = total + v
            if k == 1:
                total = total * 3
            if total < -1:
                return total * k
        else:
            total = total + 2 * v
        total = total * 1.5
    return total


@program((A,), (A[:, :2],))
def shapes_compared(a):
    if a.shape == (3, 4):
        return a.sum()
    if a.shape[1] != 2 or a.ndim == 3:
        return 0.0 * a.sum()
    return a.mean()


@program((2.0, 3.0))
def numbers_of_every_kind(x, y):
    n = 7 // 2 + 7 % 4 - (-3) + 2**3 + (5 & 3) + (1 << 2)
    q, r = divmod(17, 5)
    return x**n % y, q * r, +x, -y, not n, round(2.567, 1), x // y, abs(-2), 3 > 2 > 1, min(3, 1, 2), 1j * 2


@program((np.float32(1.5), np.float32(2.0)))
def numpy_scalars(x, y):
    z = x * y + 1.0
    return z if z > 0 else y


@program((OrderedDict(a=1.0, b=2.0),))
def ordered_dicts(d):
    return [v * 2 for v in d.values()], list(d)


@program((2.0,))
def text_methods(x):
    names = ["alpha", "beta"]
    params = {n.upper(): x * len(n) for n in names}
    key = "{}{}".format("ALP", "ha".upper()) if "alpha".startswith("al") else "none"
    return params["ALPHA"] + params[key], "-".join(names), names[0][::-1]


@program((V,), (V[:1],))
def unpacked_vector(v):
    if len(v) == 1:
        (only,) = v
        return only
    (a, b), c = v[:2], v[3]
    p, q, r, s = v * 2
    return a * b * c + p - q * r + s


@program((2.0,))
def known_while(x):
    k = 0
    while k < 5:
        k += 1
        if k == 2:
            continue
        x = x * 1.5 + k
        if k == 4:
            break
    else:
        x = 0.0
    while k:
        k -= 1
    else:
        x = x + 1
    return x, "%d of %s" % (k, "n")  # noqa: UP031


@program((2.0,))
def scoping(x):
    total = 0.0
    for k in range(3):
        total = total + k * x
    values = [k * 10 for k in range(2)]
    return total + k + len(values), [[i * j for j in range(i)] for i in range(3)]


@program((0.5,))
def math_functions(x):
    return math.sin(x) + math.sqrt(2) * math.exp(-x) + math.floor(2.7) + math.hypot(x, 1.0) + math.prod([2, 3])


@pytest.mark.parametrize(("function", "args"), PROGRAMS)
def test_the_ir_computes_what_the_function_does(function, args):
    check(function, *args)
