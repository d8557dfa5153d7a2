"""Classes defined inside the function: plain ones, dataclasses, namedtuples, enums, whose methods see its variables."""

import dataclasses
import functools
from abc import ABC, abstractmethod
from collections import namedtuple
from dataclasses import InitVar, dataclass, field
from enum import Enum, IntEnum, auto
from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np
from support.corpus import Programs, normal

program = Programs()


class Base:
    rate = 2.0

    def scaled(self, x):
        return self.rate * x * self.bonus()

    def bonus(self):
        return 1.0


def helper_energy(p):
    return p.energy() * 2.0


def make_spring(k):
    class Spring:
        def __init__(self, x):
            self.x = x

        def energy(self):
            return 0.5 * k * self.x**2

    return Spring


@program((2.0, 3.0), wrt=(0, 1))
def properties_and_setters(a, b):
    class Box:
        def __init__(self, w):
            self._w = w

        @property
        def area(self):
            return self._w * self._w * b

        @area.setter
        def area(self, value):
            self._w = np.sqrt(value / b)

        @classmethod
        def unit(cls):
            return cls(1.0)

        @staticmethod
        def double(x):
            return 2.0 * x * a

        @cached_property
        def heavy(self):
            return self._w * a

    box = Box.unit()
    box.area = a * 3.0
    return box.area * box._w + Box.double(box._w) + box.heavy * box.heavy


@program((2.0, 3.0), wrt=(0, 1))
def class_attributes_that_are_active(a, b):
    class Model:
        slope = a * b
        intercept = slope + 1.0
        calls = 0

        def __call__(self, x):
            Model.calls += 1
            return self.slope * x + Model.intercept

    m = Model()
    out = m(2.0) + m(b)
    Model.slope = b
    return (out + m(1.0)) * Model.calls


@program((normal(6), 0.3), wrt=(0, 1))
def objects_in_a_long_loop(x, k):
    class Filter:
        def __init__(self):
            self.y = 0.0
            self.n = 0

        def push(self, v):
            self.y += k * (v - self.y)
            self.n += 1
            return self.y

    f = Filter()
    total = 0.0
    for v in x:
        if v > 0:
            total += f.push(v) ** 2
        else:
            total -= f.push(-v)
    return total + f.n * f.y


@program((normal(6), 0.3), wrt=(0, 1))
def a_class_made_in_every_trip(x, k):
    total = 0.0
    for v in x:

        class Cell:
            gain = v * k

            def __init__(self, z):
                self.z = z * v

            def out(self):
                return self.z * self.gain

        total += Cell(k).out()
    return total


@program((2.0, "yes"), (-2.0, "no"), wrt=(0,))
def chosen_by_a_condition(x, flag):
    class Up:
        def f(self, z):
            return z * x

    class Down(Up):
        def f(self, z):
            return super().f(z) ** 2

    if x > 0:
        y = Up().f(3.0)
    else:
        y = Down().f(3.0)
    cls = Up if flag == "yes" else Down
    return y + cls().f(0.5)


@program((2.0, 3.0), wrt=(0, 1))
def given_to_other_functions(a, b):
    class Particle:
        def __init__(self, v):
            self.v = v

        def energy(self):
            return 0.5 * b * self.v**2

    def twice(cls, v):
        return helper_energy(cls(v)) + cls(v).energy()

    spring = make_spring(a * b)(a)
    return helper_energy(Particle(a)) + twice(Particle, b) + helper_energy(spring) + spring.x


@program((2.0, 3.0), wrt=(0, 1))
def inherits_from_a_module_class(a, b):
    class Mine(Base):
        def bonus(self):
            return super().bonus() + a

    class Other(Mine):
        rate = b

    return Mine().scaled(b) + Other().scaled(a) * isinstance(Other(), Base)


@program((2.0, 3.0), wrt=(0, 1))
def abstract_base_classes(a, b):
    class Shape(ABC):
        @abstractmethod
        def area(self): ...

        def describe(self):
            return self.area() + 1.0

        @property
        @abstractmethod
        def name(self): ...

    class Square(Shape):
        def __init__(self, s):
            self.s = s

        def area(self):
            return self.s**2 * a

        name = "square"

    class Circle(Shape):
        def __init__(self, r):
            self.r = r

        def area(self):
            return np.pi * self.r**2

        @property
        def name(self):
            return "circle"

    return sum(s.describe() * len(s.name) for s in [Square(b), Circle(a * b)])


@program((2.0, 3.0), wrt=(0, 1))
def dataclasses_in_full(a, b):
    @dataclass(frozen=True)
    class Config:
        rate: float
        power: int = 2
        scale: float = b
        tags: tuple = ("x",)
        shared: ClassVar[float] = 10.0
        seed: InitVar[float] = 1.0
        bounds: list = field(default_factory=lambda: [a, b])
        total: float = field(init=False, default=0.0)

        def __post_init__(self, seed):
            object.__setattr__(self, "total", self.rate * seed + self.scale)

    c = Config(a, seed=b)
    d = dataclasses.replace(c, rate=b, seed=2.0)
    return c.total * d.total + c.bounds[0] * d.bounds[1] ** c.power + Config.shared + (c == c) + len(c.tags)


@program((2.0, 3.0), wrt=(0, 1))
def namedtuples_with_active_defaults(a, b):
    Pair = namedtuple("Pair", ["x", "y"], defaults=[a * b])

    class Triple(NamedTuple):
        x: float
        y: float = a
        z: float = 2.0

        @property
        def norm(self):
            return np.sqrt(self.x**2 + self.y**2 + self.z**2)

        def __add__(self, other):
            return Triple(self.x + other.x, self.y + other.y, self.z + other.z)

    p = Pair(b)
    t = Triple(a) + Triple(b, z=a)
    x, y = p
    return x * y + t.norm + t[1] + sum(Pair(1.0)._asdict().values())


@program((normal(4),))
def enums_of_all_kinds(x):
    class Color(Enum):
        RED = auto()
        GREEN = auto()
        BLUE = 7

        @property
        def weight(self):
            return self.value * 0.5

        def apply(self, v):
            return v * self.weight

    class Order(IntEnum):
        LOW = 1
        HIGH = 2

    total = 0.0
    for c in Color:
        total = total + np.sum(c.apply(x)) ** 2
    table = {Color.RED: 2.0, Color.GREEN: 3.0}
    return total + table[Color["RED"]] * x[Order.HIGH] + len(Color) + (Color(7) is Color.BLUE) + Order.HIGH * x[0]


@program((2.0, 3.0), wrt=(0, 1))
def containers_of_ones_own(a, b):
    class Stack:
        def __init__(self, *items):
            self.items = list(items)

        def __len__(self):
            return len(self.items)

        def __getitem__(self, k):
            return self.items[k]

        def __setitem__(self, k, v):
            self.items[k] = v

        def __iter__(self):
            return iter(self.items)

        def __contains__(self, name):
            return name == "yes"

        def __bool__(self):
            return len(self.items) > 2

        def pairs(self):
            for k, item in enumerate(self.items):
                yield k, item * a

    s = Stack(a, b, a * b)
    s[1] = s[0] * 2
    total = 0.0
    for item in s:
        total += item**2
    for k, item in s.pairs():
        total += k * item
    return total * len(s) if s and "yes" in s else 0.0


@program((2.0, 3.0), wrt=(0, 1))
def closures_counters_and_nested_classes(a, b):
    count = 0
    log = []

    class Outer:
        class Inner:
            def __init__(self, v):
                nonlocal count
                count += 1
                self.v = v * a
                log.append(self.v)

            def get(self):
                return (lambda z: z * b + self.v)(a)

        def make(self, v):
            return Outer.Inner(v)

    o = Outer()
    return o.make(a).get() * o.make(b).get() * count + sum(log)


@program((2.0, 3.0), wrt=(0, 1))
def a_context_manager_of_ones_own(a, b):
    class Scale:
        def __init__(self, k):
            self.k = k

        def __enter__(self):
            self.k = self.k * 2
            return self

        def __exit__(self, *exc):
            self.k = a

    with Scale(b) as s:
        y = s.k * a
    return y + s.k


@program((2.0, 3.0), wrt=(0, 1))
def comparisons_and_reflected_operators(a, b):
    class Dual:
        __slots__ = ("re", "du")

        def __init__(self, re, du=0.0):
            self.re, self.du = re, du

        def __mul__(self, o):
            o = o if isinstance(o, Dual) else Dual(o)
            return Dual(self.re * o.re, self.re * o.du + self.du * o.re)

        __rmul__ = __mul__

        def __add__(self, o):
            o = o if isinstance(o, Dual) else Dual(o)
            return Dual(self.re + o.re, self.du + o.du)

        __radd__ = __add__

        def __iadd__(self, o):
            self.re = self.re + o
            return self

        def __lt__(self, o):
            return self.re < o.re

        def __eq__(self, o):
            return self.re == o.re

        def __hash__(self):
            return 0

        def __repr__(self):
            return "dual"

    d = Dual(a, 1.0)
    e = 3.0 * d * d + 1.0 + d
    e += b
    return e.du * e.re if d < e else d.re


@program((2.0, 3.0), wrt=(0, 1))
def a_decorator_on_methods(a, b):
    def traced(f):
        @functools.wraps(f)
        def inner(self, *args):
            return f(self, *args) * b

        return inner

    class Model:
        @traced
        def run(self, x):
            return x * a

        square = lambda self, x: x * x * a

    m = Model()
    return m.run(2.0) + m.square(b) + Model.run(m, a)


@program(([1.0, [2.0, [3.0, 4.0]]], 0.5), wrt=(0, 1))
def a_tree_of_objects(values, k):
    class Node:
        def __init__(self, value, children=()):
            self.value = value
            self.children = children

        def total(self):
            return self.value + k * sum(child.total() for child in self.children)

    def build(v):
        if isinstance(v, list):
            return Node(v[0], [build(c) for c in v[1:]])
        return Node(v)

    return build(values).total() ** 2


@program((2.0, 3.0), wrt=(0, 1))
def private_names(a, b):
    class Account:
        __fee = 0.5

        def __init__(self, x):
            self.__x = x * a

        def __helper(self):
            return self.__x * self.__fee

        def get(self):
            return self.__helper() + b

    class Savings(Account):
        def __init__(self, x):
            super().__init__(x)
            self.__x = b

        def both(self):
            return self.get() * self.__x

    return Savings(b).both()


@program((2.0, 3.0), wrt=(0, 1))
def an_exception_of_ones_own(a, b):
    class Failed(Exception):
        pass

    def check(n):
        if n > 2:
            raise Failed("too many")
        return a * n

    total = 0.0
    for n in range(4):
        try:
            total += check(n)
        except Failed:
            total += b
    return total * a


@program((normal(4), 3), wrt=(0,))
def a_list_of_particles(x, n):
    class Particle:
        def __init__(self, x, v=0.0):
            self.x, self.v = x, v

        def kick(self, others):
            force = sum(o.x - self.x for o in others if o is not self)
            self.v = self.v + 0.1 * force

        def drift(self):
            self.x = self.x + 0.1 * self.v

    particles = [Particle(x[i]) for i in range(3)]
    for _ in range(n):
        for p in particles:
            p.kick(particles)
        for p in particles:
            p.drift()
    return sum(p.x**2 for p in particles)


@program((normal(5),))
def a_list_that_grows_by_objects(x):
    @dataclass
    class Sample:
        value: float
        weight: float = 1.0

        def score(self):
            return self.value * self.weight

    samples = []
    for v in x:
        if v > -10.0:
            samples.append(Sample(v, v * v))
    return sum(s.score() for s in samples)


@program((normal(3), normal(3), 0.1), wrt=(0, 1, 2))
def particle_simulation(x0, v0, dt):
    class Particle:
        def __init__(self, x, v, mass=1.0):
            self.x = x
            self.v = v
            self.mass = mass

        def step(self, force):
            self.v = self.v + dt * force / self.mass
            self.x = self.x + dt * self.v

        def energy(self):
            return 0.5 * self.mass * np.sum(self.v**2) + 0.5 * np.sum(self.x**2)

    p = Particle(x0, v0)
    for _ in range(10):
        p.step(-p.x)
    return p.energy()


@program((2.0, 3.0), wrt=(0, 1))
def local_dataclass_state(a, b):
    @dataclass
    class State:
        x: float
        y: float = 0.0
        history: list = field(default_factory=list)

        def advance(self):
            self.history.append(self.x)
            self.x, self.y = self.x * a + self.y, self.y - b * self.x

    s = State(1.0, y=0.5)
    for _ in range(3):
        s.advance()
    return s.x * s.y + sum(s.history)


@program((2.0, 3.0), wrt=(0, 1))
def local_vector_class(x, y):
    class Vec:
        def __init__(self, a, b):
            self.a, self.b = a, b

        def __add__(self, other):
            return Vec(self.a + other.a, self.b + other.b)

        def __mul__(self, k):
            return Vec(self.a * k, self.b * k)

        __rmul__ = __mul__

        def __neg__(self):
            return self * -1.0

        def dot(self, other):
            return self.a * other.a + self.b * other.b

    u, v = Vec(x, y), Vec(y, 1.0)
    return (2.0 * u + -v).dot(u + v * x)


@program((normal(4), normal(4, 4)), wrt=(0, 1))
def local_layers_with_inheritance(x, w):
    class Layer:
        scale = 0.5

        def __init__(self, w):
            self.w = w

        def __call__(self, x):
            return self.activation(self.w @ x) * self.scale

        def activation(self, z):
            return z

    class Tanh(Layer):
        def activation(self, z):
            return np.tanh(super().activation(z))

    class Scaled(Tanh):
        scale = 2.0

    for layer in [Layer(w), Tanh(w), Scaled(w.T)]:
        x = layer(x)
    return np.sum(x**2)


@program((2.0, 0.5), wrt=(0, 1))
def local_namedtuple_rk4(y0, k):
    Point = namedtuple("Point", "t y")

    def f(p):
        return -k * p.y + p.t

    p = Point(0.0, y0)
    for _ in range(4):
        k1 = f(p)
        k2 = f(Point(p.t + 0.05, p.y + 0.05 * k1))
        p = Point(p.t + 0.1, p.y + 0.1 * k2)
    return p.y


@program((normal(4), 0), (normal(4), 1), wrt=(0,))
def local_enum_of_modes(x, which):
    class Mode(Enum):
        SQUARE = 0
        CUBE = 1

    mode = Mode(which)
    if mode is Mode.SQUARE:
        return np.sum(x**2)
    return np.sum(x**3)


@program((1.5, 0.7), wrt=(0, 1))
def local_named_tuple_class(a, b):
    class Params(NamedTuple):
        rate: float
        bias: float = 1.0

        def apply(self, x):
            return self.rate * x + self.bias

    p = Params(a)
    q = p._replace(bias=b)
    return p.apply(2.0) * q.apply(3.0) + q.rate
