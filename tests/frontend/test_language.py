"""Constructs of Python that give containers, texts or nothing to differentiate: the traced IR computes what the
function does. What gives a number is in tests/programs.
"""

# The constructs are the point here.
# ruff: noqa: B905, C417, F841, F842, RET504, RUF005

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

import numpy as np
import pytest
from frontend.oracle import check

RNG = np.random.default_rng(0)
A = RNG.normal(size=(3, 4))
V = RNG.normal(size=4)
PROGRAMS: list[Any] = []
SCALE = 2.5
TABLE = np.array([1.0, 2.0, 4.0, 8.0])
CONFIG = {"rate": 0.5, "names": ["a", "b"], "nested": {"power": 3}}


def program(*argument_sets: tuple[Any, ...]) -> Callable[[Any], Any]:
    """Register a function with the arguments that it is checked on."""

    def register(function: Any) -> Any:
        PROGRAMS.extend(
            pytest.param(function, args, id=f"{function.__name__}-{k}") for k, args in enumerate(argument_sets)
        )
        return function

    return register


# Assignments and unpacking.


@program((A, V))
def straight_line(a, v):
    h = np.tanh(a * v)
    s = h.sum(axis=0)
    return s @ v


@program((2.0,))
def augmented_numbers(x):
    x += 1.0
    x *= x
    x -= 3
    x /= 2
    x **= 2
    return x


@program((A,))
def unpack_shape(a):
    n, d = a.shape
    return a.sum() / (n * d)


@program((2.0,))
def annotated_assignment(x: float):
    y: float = x * 3
    z: int
    return y


@program((2.0,))
def walrus(x):
    if (y := x * x) > 3:
        return y
    return y + (z := x + 1) * z


@program((3.0,))
def docstring_and_pass(x):
    """Returns the square."""
    y = x * x
    del x
    return y


# Literals and containers.


@program((2.0,))
def aliases_of_lists(x):
    a = [x]
    b = a
    b.append(x * 2)
    c = a[:]
    c.append(1.0)
    return a, len(b), c


@program((2.0,))
def tuples(x):
    t = (x, 1.0) + (x * x,)
    return t * 2, t[::-1], (1, x, 2).index(1), (1, 2) == (1, 2)


@program((A,))
def f_strings(a):
    params = {f"W{k}": a * k for k in range(1, 3)}
    for name in ("W", "V"):
        params[f"{name}{1:02d}"] = params["W1"] + len(f"{name!r:>5}")
    return params


@program(([np.ones(2), np.ones(3)],))
def comprehensions(arrays):
    squares = [np.sum(a * a) for a in arrays if len(arrays) > 1]
    named = {f"k{i}": s for i, s in enumerate(squares)}
    pairs = [(i, j) for i in range(3) for j in range(i) if (i + j) % 2]
    return squares, named, pairs, sum(s * s for s in squares)


@program(({"W1": A, "W2": A.T.copy()}, 2))
def loop_over_layers(params, n):
    x = params["W1"]
    for layer in range(1, n + 1):
        x = np.tanh(x @ params[f"W{layer}"].T) if layer == 1 else x @ x
    return x


@program(([1.0, 2.0, 3.0],))
def loops(xs):
    total = 0.0
    for k, x in enumerate(xs):
        if k == 1:
            continue
        total = total + x * k
    else:
        total = total * 2
    for x, y in zip(xs, reversed(xs)):
        total = total + x * y
        if len(xs) > 2:
            break
    else:
        total = 0.0
    for c in "ab":
        total = total + len(c)
    for _ in range(0):
        total = 1e9
    return total, x


@program(([1.0, 2.0, 3.0],))
def return_in_a_loop(xs):
    for k, x in enumerate(xs):
        if k == 1:
            return x * 10
    return 0.0


@program(([3.0, 1.0, 2.0],))
def higher_order(xs):
    doubled = list(map(lambda x: x * 2, xs))
    kept = [x for _, x in filter(lambda p: p[0] != 1, enumerate(doubled))]
    names = sorted(["b", "a", "c"], key=lambda s: -ord(s), reverse=True)
    return functools.reduce(lambda a, b: a * b, kept, 1.0), names, any(k > 1 for k in range(3)), all([])


@program(([2.0, 1.0], [1.0, 5.0]))
def iterators(a, b):
    it = iter(a)
    first = next(it)
    rest = list(it)
    return first, rest, next(it, 7.0), list(zip(a, b)), tuple(reversed(b))


# Conditionals.


@program((1.0,), (-1.0,), (-5.0,))
def elif_chain(x):
    if x > 0:
        y = x
    elif x > -2:
        y = -x
    else:
        y = x * x
    return y


@program((1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0))
def mixed_return_in_both(x, y):
    if x > 0:
        if y > 0:
            return x
        z = x * y
    else:
        if y < 0:
            return y
        z = y - x
    if z > 0.5:
        return z * z
    return z


@program((1.0, 1.0, 1.0), (1.0, -1.0, 1.0), (1.0, 1.0, -1.0), (-1.0, 1.0, 1.0), (1.0, -1.0, -1.0))
def deeply_mixed(x, y, z):
    r = x
    if x > 0:
        if y > 0:
            if z > 0:
                return r * 2
            r = r + z
        r = r + y
    r = r * 3
    return r


@program((1.0,), (-1.0,))
def ternary(x):
    return (x if x > 0 else -x) + (1 if True else x)


@program((1.0, 2.0), (-1.0, 2.0), (0.0, 3.0))
def short_circuits(x, y):
    a = x > 0 and y > 1
    b = x and y
    c = x or y
    d = not a
    e = x > 0 or y / x > 0 if x != 0 else False
    return a, b, c, d, e, (x > 0 and y > 1) or y > 2


@program((2.0, "relu"), (2.0, None))
def static_branches(x, kind):
    if kind is None:
        return x
    if kind == "relu" and isinstance(kind, str):
        return max(x, 0.0)
    raise ValueError(f"unknown {kind}")


@program((V,), (-V,))
def branches_of_arrays(v):
    if v.sum() > 0:
        w, name = v * 2, "up"
    else:
        w, name = -v, "up"
    return w + len(name)


@program((1.0,), (-1.0,))
def branches_of_containers(x):
    state = {"a": x, "list": [x, x]}
    if x > 0:
        state["a"] = x * 2
        state["list"][0] = 1.0
    else:
        state["list"][1] = -x
    return state


@program((1.0,), (-1.0,))
def constants_of_different_kinds(x):
    sign = 1 if x > 0 else -1.0
    return sign * x


@program((1.0,), (-1.0,))
def unread_difference(x):
    if x > 0:
        y = x
        note = "positive"
    else:
        y = -x
        note = ["negative"]
        extra = 1
    return y


@program((1.0,), (-1.0,))
def assertion(x):
    assert True, "never"
    y = x
    assert isinstance(y, float)
    return y


# Functions.


def affine(x, w=2.0, *, b=0.0):
    return x * w + b


def compose(f, g):
    return lambda x: f(g(x))


@program((0.5,))
def functions_as_values(x):
    f = compose(np.sin, lambda v: v * v)
    table = {"tanh": np.tanh, "half": functools.partial(affine, w=0.5)}
    return f(x) + table["tanh"](x) + table["half"](x, b=1.0)


def power(x, n):
    if n == 0:
        return 1.0
    half = power(x, n // 2)
    if n % 2 == 0:
        return half * half
    return x * half * half


program((1.3, 11), (1.3, 0))(power)


@program((1.3,))
def recursion_with_a_constant(x):
    return power(x, 5) + power(x, 6)


def logged(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return f(*args, **kwargs) * 2.0

    return wrapper


@logged
def decorated(x, y=1.0):
    return x * y


@program((3.0,))
def calls_a_decorated_function(x):
    return decorated(x, y=2.0)


def normalize(x, axis):
    return x / x.sum(axis=axis, keepdims=True)


@program((A, 1))
def promoted_argument(x, axis):
    return normalize(x, axis)


def returns_its_argument(d, x):
    return d, [d, x]


@program((3.0,))
def aliases_through_calls(x):
    d = {"a": x}
    same, pair = returns_its_argument(d, x)
    same["a"] = 2 * x
    pair[0]["b"] = x
    return d


# Globals.


@program((2.0,))
def module_values(x):
    return x * SCALE * CONFIG["rate"] ** CONFIG["nested"]["power"] + len(CONFIG["names"]) + math.pi * np.e


@program((V,))
def hidden_array(v):
    return v * TABLE


# Classes.


class Point(NamedTuple):
    x: Any
    y: Any = 1.0

    def norm(self):
        return self.x * self.x + self.y * self.y


@dataclass
class Settings:
    rate: Any
    layers: list[Any] = field(default_factory=list)
    scale: float = 2.0

    def __post_init__(self):
        self.doubled = self.rate * 2

    @property
    def half(self):
        return self.rate / 2

    def step(self, x):
        return x - self.rate * self.scale


@dataclass(frozen=True)
class Vector:
    x: Any
    y: Any

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k)

    __rmul__ = __mul__

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __matmul__(self, other):
        return self.x * other.x + self.y * other.y

    def __getitem__(self, k):
        return (self.x, self.y)[k]

    def __len__(self):
        return 2

    def __call__(self, t):
        return self.x * t + self.y


class Layer:
    activation = staticmethod(np.tanh)
    count = 0

    def __init__(self, W, b):
        self.W = W
        self.b = b
        self.cache = {}

    def __call__(self, x):
        z = x @ self.W + self.b
        self.cache["z"] = z
        return self.activate(z)

    def activate(self, z):
        return self.activation(z)

    @classmethod
    def scaled(cls, W, k):
        return cls(W * k, k)

    @property
    def norm(self):
        return np.sum(self.W**2)

    @norm.setter
    def norm(self, value):
        self.W = self.W * value


class Linear(Layer):
    def __init__(self, W, b, scale=1.0):
        super().__init__(W, b)
        self.scale = scale

    def activate(self, z):
        return super().activate(z) * 0.0 + z * self.scale


class Mode(Enum):
    FAST = "fast"
    SLOW = 2


MODE = Mode.FAST
SETTINGS = Settings(0.25, [1.0, 2.0])
VECTOR_FIELD = Vector(TABLE, 2.0)


@program((2.0, 3.0))
def namedtuples(x, y):
    p = Point(x, y)
    q = p._replace(y=x)
    a, b = q
    return p, q.norm() + Point(y).norm() + p[1] * a * b, p._asdict()


@program((2.0,))
def dataclasses(x):
    s = Settings(x)
    s.layers.append(x)
    s.scale += x
    t = Settings(rate=x, scale=1.0)
    return s, s.half + s.doubled + s.step(x) + t.step(x) + len(t.layers)


@program((2.0, 3.0))
def operators_of_a_class(x, y):
    v, w = Vector(x, y), Vector(1.0, x)
    u = 2 * (v + w) * y
    return -u, v @ w + u[0] + len(v), v(x)


@program((A, V))
def classes(a, v):
    layer = Layer(a.T, a[:, 0])
    out = layer(v)
    linear = Linear(a.T, 1.0, scale=2.0)
    layer.norm = 2.0
    return out.sum() + linear(v).sum() + layer.norm + layer.cache["z"][0] + Layer.scaled(a, 2.0).norm + Layer.count


@program((Layer(A.T.copy(), 1.0), V))
def object_parameter(layer, v):
    out = layer(v)
    return np.sum(out**2) + layer.norm


@program((Settings(0.5, [1.0]), Point(1.0, 2.0), 3.0))
def structured_parameters(settings, point, x):
    return settings.step(x) * point.norm() + settings.layers[0], settings


@program((2.0,))
def global_objects(x):
    mode = 1.0 if MODE is Mode.FAST and MODE.value == "fast" else 2.0
    return SETTINGS.step(x) * mode + SETTINGS.layers[1] + np.sum(VECTOR_FIELD(x))


@program((2.0,))
def reflection(x):
    s = Settings(x)
    s.rate = x + 1
    return (
        s.rate + getattr(s, "missing", 1.0),
        hasattr(s, "half"),
        isinstance(s, Settings),
        type(s) is Settings,
        isinstance(x, (int, float)),
        callable(s),
    )


@program((1.0, A), (-1.0, A))
def objects_in_branches(x, a):
    layer = Layer(a, x)
    if x > 0:
        layer.b = x * 2
        layer.cache["y"] = x
    else:
        layer.cache["y"] = a.sum()
    return layer.b * layer.cache["y"]


class Network:
    def __init__(self, sizes):
        self.parameters = {}
        self.cache = {}
        for k in range(1, len(sizes)):
            self.parameters[f"W{k}"] = RNG.normal(size=(sizes[k], sizes[k - 1]))
            self.parameters[f"b{k}"] = np.zeros((sizes[k], 1))
        self.depth = len(sizes) - 1

    def forward(self, X):
        A = X
        self.cache["A0"] = X
        for k in range(1, self.depth + 1):
            Z = self.parameters[f"W{k}"] @ A + self.parameters[f"b{k}"]
            A = np.tanh(Z) if k < self.depth else 1 / (1 + np.exp(-Z))
            self.cache[f"A{k}"] = A
        return A


NETWORK = Network([3, 4, 1])


@program((NETWORK, A))
def network_with_a_cache(network, X):
    out = network.forward(X)
    return np.mean(out**2) + np.sum(network.cache["A1"])


@pytest.mark.parametrize(("function", "args"), PROGRAMS)
def test_the_ir_computes_what_the_function_does(function, args):
    check(function, *args)
