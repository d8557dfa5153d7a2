"""Constructs of Python, a small function each: the traced IR computes what the function does."""

# The constructs are the point here.
# ruff: noqa: B023, B905, C408, C417, F841, F842, RET504, RUF005

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


@program((1.5, 2.5))
def swap(x, y):
    x, y = y, x
    return x - 2 * y


@program((1.0, 2.0, 3.0))
def starred_unpacking(x, y, z):
    first, *rest = (x, y, z)
    *init, last = [x, y, z]
    (p, q), r = (x, y), z
    return first * len(rest) + rest[1] - last * init[0] + p * q * r


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
def chained_assignment(x):
    a = b = x * x
    return a + b


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


@program((2.0,))
def walrus_in_comprehension(x):
    values = [last := x * k for k in range(3)]
    return sum(values) + last


@program((3.0,))
def docstring_and_pass(x):
    """Returns the square."""
    y = x * x
    del x
    return y


@program((3.0,))
def imports_inside(x):
    import math as m
    from math import sin

    import numpy.linalg

    return m.exp(sin(x)) + numpy.linalg.norm(np.array([x, 1.0]))


# Literals and containers.


@program((2.0, 3.0))
def containers(x, y):
    d = {"a": x, "b": [x, y], "c": (y, {"deep": x * y})}
    d["e"] = d["b"][1]
    d["b"].append(d["c"][1]["deep"])
    d["b"][0] = 7.0
    return sum(d["b"]) + d["a"] - d.get("none", 1.0) + d["e"] * d.get("a", 0)


@program((2.0, 3.0))
def dict_methods(x, y):
    d = dict(a=x, b=y)
    d.update({"c": x * y}, e=1.0)
    e = d.copy()
    popped = e.pop("a")
    d.setdefault("f", popped + 1)
    total = 0.0
    for k, v in d.items():
        if k in ("a", "f"):
            total = total + v
    for k in d:
        total = total + len(k)
    for v in e.values():
        total = total * v
    del e["b"]
    return {"total": total, "n": len(e), "has": "a" in e, **d}


@program((2.0, 3.0))
def list_methods(x, y):
    items = [x]
    items.append(y)
    items.extend([x * y, 4.0])
    items.insert(0, 5.0)
    last = items.pop()
    items.reverse()
    other = items.copy()
    other += [last]
    doubled = (items + other) * 2
    return doubled[1:-1:2], doubled[-1], len(doubled)


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


@program(([1.0, -2.0, 3.0],), ([1.0, 2.0, 3.0],))
def dynamic_return_in_a_loop(xs):
    total = 0.0
    for x in xs:
        if x < 0:
            return total * x
        total = total + x
    return total


@program(([3.0, 1.0, 2.0],))
def higher_order(xs):
    doubled = list(map(lambda x: x * 2, xs))
    kept = [x for _, x in filter(lambda p: p[0] != 1, enumerate(doubled))]
    names = sorted(["b", "a", "c"], key=lambda s: -ord(s), reverse=True)
    return functools.reduce(lambda a, b: a * b, kept, 1.0), names, any(k > 1 for k in range(3)), all([])


@program((1.0, 2.0))
def builtins_on_dynamic(x, y):
    return max(x, y) - min(x, y, 3.0) + abs(-x) + float(y) + pow(x, 2) + sum([x, y], 1.0) + sum((x, y))


@program(([2.0, 1.0], [1.0, 5.0]))
def iterators(a, b):
    it = iter(a)
    first = next(it)
    rest = list(it)
    return first, rest, next(it, 7.0), list(zip(a, b)), tuple(reversed(b))


# Conditionals.


@program((1.0, 2.0), (-1.0, 2.0))
def if_else(x, y):
    if x > 0:
        z = x * y
        w = 1
    else:
        z = x - y
        w = 2
    return z * w


@program((1.0,), (-1.0,), (-5.0,))
def elif_chain(x):
    if x > 0:
        y = x
    elif x > -2:
        y = -x
    else:
        y = x * x
    return y


@program((1.0,), (-1.0,))
def early_return(x):
    if x < 0:
        return 0.0
    y = x * 2
    return y


@program((1.0,), (-1.0,), (3.0,), (5.0,))
def several_returns(x):
    if x < 0:
        return -x
    y = x + 1
    if x > 4:
        return y
    z = y * x
    if x > 2:
        return z
    return z - y


@program((1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0))
def mixed_return(x, y):
    a = 1.0
    if x > 0:
        a = a + x
        if y > 0:
            return a * 10
        a = a * 3
    else:
        a = a - x
    b = a * y
    return b + a


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


@program((1.0,), (3.0,), (7.0,))
def chained_comparison(x):
    if 0 < x < 2:
        return x
    if 2 < x <= 5 != x:
        return 2 * x
    return 3 * x


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


@program((1.0, [{"W": A}, {"W": A * 2}]), (-1.0, [{"W": A}, {"W": A * 2}]))
def choose_a_container(x, layers):
    layer = layers[0] if x > 0 else layers[1]
    return layer["W"].sum()


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


@program((3.0,))
def arguments(x):
    return affine(x), affine(x, 3.0), affine(w=x, x=1.0), affine(x, b=x), affine(*[x, 1.0], b=2.0)


def gather(first, *rest, scale=1.0, **named):
    total = first
    for value in rest:
        total = total + value
    for name in named:
        total = total + named[name] * len(name)
    return total * scale


@program((3.0, 4.0))
def star_arguments(x, y):
    return gather(x), gather(x, y, x), gather(x, y, scale=y), gather(*(x, y), bb=x, c=y)


@program((3.0, 4.0, 5.0))
def variadic_entry(x, *rest):
    return x + sum(rest) * len(rest)


@program((3.0,))
def nested_functions(x):
    k = 2.0

    def scale(v, by=k):
        return v * by + k + offset

    offset = x * 10
    k = 5.0
    return scale(x) + scale(1.0, by=x)


@program((3.0,))
def late_binding(x):
    fs = [lambda v: v + k for k in range(3)]
    k = 100
    return sum(f(x) for f in fs)


@program((3.0,))
def closures(x):
    def make(power):
        def apply(v):
            return v**power * x

        return apply

    square, cube = make(2), make(3)
    return square(x) + cube(2.0)


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


def is_even(n, x):
    return x if n == 0 else is_odd(n - 1, x * 1.5)


def is_odd(n, x):
    return -x if n == 0 else is_even(n - 1, x + 1.0)


@program((4, 2.0), (5, 2.0))
def mutual_recursion(n, x):
    return is_even(n, x)


@program((4, 2.0))
def inner_recursion(n, x):
    def fall(k):
        return x if k <= 0 else fall(k - 1) * x

    return fall(n)


def forward(layers, x):
    if not layers:
        return x
    return forward(layers[1:], np.tanh(x @ layers[0]))


@program(([np.eye(4), A.T, A], V))
def recursion_over_a_structure(layers, x):
    return forward(layers, x)


def nested_sum(tree):
    if isinstance(tree, dict):
        return sum(nested_sum(v) for v in tree.values())
    if isinstance(tree, (list, tuple)):
        return sum(nested_sum(v) for v in tree)
    return np.sum(tree)


@program(({"a": A, "b": [V, {"c": 2.0}]},))
def recursion_over_a_tree(tree):
    return nested_sum(tree)


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


def accumulate(out, x):
    out["total"] = out["total"] + x
    out["n"] += 1


@program((3.0,))
def call_for_effect(x):
    out = {"total": 0.0, "n": 0}
    accumulate(out, x)
    accumulate(out, x * x)
    return out


def returns_its_argument(d, x):
    return d, [d, x]


@program((3.0,))
def aliases_through_calls(x):
    d = {"a": x}
    same, pair = returns_its_argument(d, x)
    same["a"] = 2 * x
    pair[0]["b"] = x
    return d


def swap_if(c, a, b):
    if c > 0:
        return b, a
    return a, b


@program((1.0, A, V), (-1.0, V, A.sum(axis=0)))
def results_of_several_values(c, a, b):
    p, q = swap_if(c, a.sum(), b.sum())
    return p - 2 * q


# Globals.


@program((2.0,))
def module_values(x):
    return x * SCALE * CONFIG["rate"] ** CONFIG["nested"]["power"] + len(CONFIG["names"]) + math.pi * np.e


@program((V,))
def hidden_array(v):
    return v * TABLE


def reads_the_table(v):
    return np.sum(v * TABLE)


@program((V,))
def hidden_array_in_a_callee(v):
    return reads_the_table(v) + reads_the_table(v * 2) + TABLE[0]


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
