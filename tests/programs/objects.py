"""Classes: dataclasses, plain objects, methods, properties, operators, inheritance, objects as parameters."""

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
X, V = normal(5, 3), normal(3)


@dataclass
class Config:
    rate: float
    layers: list = field(default_factory=list)
    scale: float = 2.0
    name: str = "config"

    @property
    def half(self):
        return self.rate / 2

    def step(self, x):
        return x - self.rate * self.scale * x


@dataclass(frozen=True)
class Vec:
    x: Any
    y: Any

    def __add__(self, other):
        return Vec(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Vec(self.x - other.x, self.y - other.y)

    def __mul__(self, k):
        return Vec(self.x * k, self.y * k)

    __rmul__ = __mul__

    def __neg__(self):
        return Vec(-self.x, -self.y)

    def __matmul__(self, other):
        return self.x * other.x + self.y * other.y

    def __getitem__(self, k):
        return (self.x, self.y)[k]

    def __len__(self):
        return 2

    def __call__(self, t):
        return self.x * t + self.y

    def __abs__(self):
        return np.sqrt(self @ self)


@program((Config(0.1, [V, 2.0]), X))
def a_dataclass_parameter(config, x):
    return np.sum(config.step(x) @ config.layers[0]) * config.layers[1] + config.half * config.scale


@program((Vec(1.0, 2.0), Vec(0.5, -1.0)), (Vec(V, 2.0), Vec(2 * V, 3.0)), wrt=(0, 1))
def operators(a, b):
    c = 2 * (a + b) - (-a) * 3
    return np.sum(c @ a) + np.sum(c[0] * b(1.5)) * len(c)


@program((Vec(1.0, 2.0),))
def abs_of_an_object(a):
    return abs(a) * a.x


@program((0.3, 1.5), wrt=(0, 1))
def objects_made_inside(angle, r):
    v = Vec(r * np.cos(angle), r * np.sin(angle))
    c = Config(angle, scale=r)
    c.layers.append(v.x)
    c.scale += v.y
    return v @ Vec(1.0, 2.0) + c.step(c.scale) + c.layers[0] * c.half


class Layer:
    activation = staticmethod(np.tanh)
    gain = 2.0

    def __init__(self, w, b):
        self.w = w
        self.b = b
        self.cache = {}

    def __call__(self, x):
        z = x @ self.w + self.b
        self.cache["z"] = z
        return self.activate(z)

    def activate(self, z):
        return self.activation(z) * self.gain

    @classmethod
    def zeros_like(cls, other):
        return cls(other.w * 0, 0.0)

    @staticmethod
    def square(x):
        return x * x


class Linear(Layer):
    def __init__(self, w, b, scale=1.0):
        super().__init__(w, b)
        self.scale = scale

    def activate(self, z):
        return super().activate(z) * 0.5 + z * self.scale


class Affine:
    def __init__(self, w, b):
        self.w = w
        self.b = b

    def __call__(self, x):
        return x @ self.w + self.b


@program((Affine(normal(3, 2), normal(2)), X), wrt=(0, 1))
def an_object_parameter(model, x):
    return np.mean(model(x) ** 2)


@program(([Affine(normal(3, 4), normal(4)), Affine(normal(4, 2), 0.5)], X))
def a_list_of_objects(layers, x):
    for layer in layers[:-1]:
        x = np.tanh(layer(x))
    return np.sum(layers[-1](x) ** 2)


@program((normal(3, 2), 0.3, X), wrt=(0, 1))
def layers_made_inside(w, b, x):
    hidden = Layer(w, b)
    out = hidden(x)
    linear = Linear(w, b, scale=3.0)
    return (
        np.sum(out) * np.sum(linear(x))
        + np.sum(hidden.cache["z"] ** 2)
        + np.sum(Layer.zeros_like(hidden).w)
        + Layer.square(b)
    )


class Network:
    def __init__(self, parameters):
        self.parameters = parameters
        self.depth = len(parameters) // 2

    def forward(self, x):
        cache = {"A0": x}
        for k in range(1, self.depth + 1):
            z = cache[f"A{k - 1}"] @ self.parameters[f"W{k}"] + self.parameters[f"b{k}"]
            cache[f"A{k}"] = np.tanh(z) if k < self.depth else 1 / (1 + np.exp(-z))
        return cache

    def loss(self, x, y):
        a = self.forward(x)[f"A{self.depth}"]
        return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))


NETWORK = Network({"W1": normal(3, 4), "b1": normal(4), "W2": normal(4, 1), "b2": normal(1)})


@program((NETWORK, X, np.array([[0.0], [1.0], [1.0], [0.0], [1.0]])))
def a_network_with_a_cache(network, x, y):
    return network.loss(x, y)


program((X, np.array([[0.0], [1.0], [1.0], [0.0], [1.0]])))(NETWORK.loss)


class Spring:
    def __init__(self, k, rest):
        self.k = k
        self.rest = rest

    def energy(self, x):
        return 0.5 * self.k * (x - self.rest) ** 2

    @property
    def stiffness(self):
        return self.k

    @stiffness.setter
    def stiffness(self, value):
        self.k = value * 2


@program((1.0, 2.0, 0.5), wrt=(0, 1, 2))
def a_property_with_a_setter(x, k, rest):
    s = Spring(k, rest)
    first = s.energy(x)
    s.stiffness = k * x
    return first * s.energy(2 * x) + s.stiffness


@program((1.0, 2.0), (-1.0, 2.0), wrt=(0, 1))
def an_object_changed_in_an_arm(x, k):
    s = Spring(k, 0.0)
    if x > 0:
        s.rest = x
    else:
        s.k = x * x
    return s.energy(3.0)


@program((Spring(2.0, 0.5), 1.5), wrt=(0, 1))
def an_object_and_a_number(spring, x):
    return spring.energy(x) + spring.energy(2 * x)


class Mode(Enum):
    FAST = "fast"
    SLOW = "slow"


@program((V, Mode.FAST), (V, Mode.SLOW))
def an_enum(v, mode):
    return np.sum(v) if mode is Mode.FAST else np.sum(v * v)


@program((Config(0.1), 2.0), wrt=(0, 1))
def replace_of_a_dataclass(config, x):
    other = replace(config, rate=x * config.rate)
    return other.step(x) * config.scale


@program((2.0, "rate"), (2.0, "scale"))
def getattr_and_setattr(x, name):
    c = Config(x)
    setattr(c, name, getattr(c, name) * x)
    return c.step(3.0) + getattr(c, "missing", x) if hasattr(c, "half") else x


@program((0.5,))
def isinstance_of_objects(x):
    v = Vec(x, 2.0)
    if isinstance(v, Vec) and not isinstance(x, Vec) and isinstance(x, (int, float)):
        return np.sqrt(v @ v)
    return x


@dataclass(frozen=True)
class Dual:
    value: Any
    slope: Any = 0.0

    def __mul__(self, other):
        return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)

    def __add__(self, other):
        return Dual(self.value + other.value, self.slope + other.slope)

    def __eq__(self, other):
        return self.value == other.value


@program((1.5,), (normal(4),))
def dual_numbers(x):
    d = Dual(x, 1.0)
    cubic = d * d * d + d * Dual(2.0)
    return np.sum(cubic.slope)


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a = a
        self.b = b


@program((2.0, V), wrt=(0, 1))
def slots(x, v):
    s = Slotted(x, v)
    s.a = s.a * 2
    return np.sum(s.b) * s.a


class Kernel:
    def __init__(self, length):
        self.length = length

    def __call__(self, a, b):
        d = a[:, None, :] - b[None, :, :]
        return np.exp(-0.5 * np.sum(d * d, axis=-1) / self.length**2)


@program((1.3, normal(4, 2), normal(3, 2, seed=1)), wrt=(0, 1, 2))
def a_kernel_object(length, a, b):
    return np.sum(Kernel(length)(a, b))


@program((positive(3), positive(3, seed=1)), wrt=(0, 1))
def iterated_object(a, b):
    v = Vec(a, b)
    return np.sum(v[0] * v[1]) + np.sum(v[-1] ** 2)


@dataclass
class Distribution:
    weights: Any
    scale: float

    def __post_init__(self):
        self.weights = self.weights / np.sum(self.weights)


@dataclass
class Cached:
    w: Any
    calls: float = field(init=False, default=3.0)


class Checked(Config):
    def __init__(self, rate):
        assert rate > 0
        super().__init__(rate, scale=rate * 2)


@program((Distribution(positive(3), 2.0),), has_aux=True)
def a_constructor_that_computes(p):
    q = Distribution(p.weights * p.scale, p.scale)
    return np.sum(p.weights * V) * p.scale, (p, q, q.weights)


@program((Cached(V),), has_aux=True)
def a_field_that_is_not_given(p):
    return np.sum(p.w * p.calls), p


@program((Checked(0.5),), has_aux=True)
def a_dataclass_with_a_constructor_of_its_own(p):
    return p.step(-3.0), p


@program((Spring(2.0, 0.5), 1.5), wrt=(0, 1), has_aux=True)
def objects_are_returned(spring, x):
    other = Spring(spring.k * x, spring.rest)
    return spring.energy(x), {"spring": spring, "other": other, "vec": Vec(x, spring.k)}


@program((Config(0.1, [V]),), has_aux=True)
def a_dataclass_is_changed_and_returned(p):
    p.rate = p.rate * 2
    return p.step(3.0) * np.sum(p.layers[0]), p
