"""Objects as parameters: gradients of their attributes, caches on self, copies, what classes may be."""

import copy
from collections import namedtuple
from dataclasses import InitVar, asdict, dataclass, field
from enum import Enum
from typing import Any, ClassVar, NamedTuple

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
V, X = normal(3), normal(4, 3)


class Line:
    """A model that keeps what its forward pass computed, as written from scratch everywhere."""

    def __init__(self, w, b):
        self.w = w
        self.b = b
        self.cache = {}
        self.calls = 0
        self.name = "line"

    def forward(self, x):
        z = x * self.w + self.b
        self.cache["z"] = z
        self.cache["a"] = np.tanh(z)
        self.calls += 1
        return self.cache["a"]

    def loss(self, x):
        self.forward(x)
        return np.sum(self.cache["a"] ** 2) + np.mean(self.cache["z"]) * self.calls

    def loss_from_the_cache(self, x):
        if "a" in self.cache:
            return np.sum(self.cache["a"] * x)
        return np.sum(self.forward(x) * x)

    def scaled_in_place(self, x):
        self.w *= 2
        return np.sum(self.w * x) * self.b

    def scaled(self, x):
        self.w = self.w * 2
        self.last = x
        return np.sum(self.w * self.last) * self.b


USED = Line(V.copy(), 0.5)
USED.forward(X)

program((Line(V, 0.5), X), (USED, X), wrt=(0, 1))(Line.loss)
program((Line(V, 0.5), X), (USED, X), wrt=(0, 1))(Line.loss_from_the_cache)
program((Line(V.copy(), 0.5), V), wrt=(0, 1))(Line.scaled_in_place)
program((Line(V, 0.5), V), wrt=(0, 1))(Line.scaled)


@program((Line(V, 0.5), X), wrt=(0, 1))
def a_call_made_for_its_effect(model, x):
    model.forward(x)
    model.forward(x * 2)
    return np.sum(model.cache["z"]) * model.calls


class Stack:
    def __init__(self, *models):
        self.models = list(models)
        self.heads = {"a": Line(2 * V, 1.0), "b": Line(-V, 0.1)}
        self.activations = []

    def loss(self, x):
        for model in self.models:
            x = model.forward(x)
            self.activations.append(x)
        return sum(np.sum(head.forward(self.activations[-1])) for head in self.heads.values())


program((Stack(Line(V, 0.5), Line(V + 1, 0.1)), X), wrt=(0, 1))(Stack.loss)


class Slotted:
    __slots__ = ("gain", "weights")

    def __init__(self, weights, gain):
        self.weights, self.gain = weights, gain


class Wide(Slotted):
    __slots__ = ("extra",)

    def __init__(self, weights, gain, extra):
        super().__init__(weights, gain)
        self.extra = extra


@program((Slotted(V, 2.0), X), (Wide(V, 2.0, 1.0), X), wrt=(0, 1))
def slots_of_a_parameter(s, x):
    s.gain = s.gain * 2
    return np.sum(x @ s.weights) * s.gain


@dataclass(slots=True)
class Tight:
    a: Any
    b: float = 1.0


@program((Tight(V, 2.0),))
def a_dataclass_with_slots(t):
    return np.sum(t.a) * t.b


@dataclass
class Derived:
    a: Any
    scale: float = 2.0

    def __post_init__(self):
        self.norm = self.scale * 3

    def value(self):
        return np.sum(self.a) * self.norm * self.scale


program((Derived(V),))(Derived.value)


@dataclass
class Scaled:
    a: Any
    by: InitVar[float] = 2.0
    kind: ClassVar[str] = "scaled"
    made: list = field(default_factory=list, init=False)

    def __post_init__(self, by):
        self.a = self.a * by
        self.made.append(by)


@program((V, 1.5), wrt=(0, 1))
def arguments_of_post_init(v, k):
    return np.sum(Scaled(v, k).a ** 2) + np.sum(Scaled(v).a) * Scaled(v, by=k * k).made[0]


@dataclass
class Bag:
    items: list = field(default_factory=list)
    by_name: dict = field(default_factory=dict)

    def add(self, name, value):
        self.items.append(value)
        self.by_name[name] = value
        return self


@program((2.0, 3.0), wrt=(0, 1))
def default_factories_are_called_each_time(x, y):
    first, second = Bag(), Bag()
    first.add("a", x).add("b", x * y)
    second.add("a", y)
    return sum(first.items) * first.by_name["b"] + len(second.items) * second.by_name["a"]


class Sequence:
    def __init__(self, items):
        self.items = list(items)

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]

    def __setitem__(self, i, value):
        self.items[i] = value

    def __iter__(self):
        return iter(self.items)

    def __contains__(self, name):
        return name in ("p", "q")

    def __bool__(self):
        return len(self.items) > 0


@program((2.0, V), wrt=(0, 1))
def the_protocol_of_sequences(x, v):
    s = Sequence([x, x * 2, 3.0])
    s[0] = x * x
    total = 0.0
    for i in range(len(s)):
        total += s[i]
    for k, item in enumerate(s):
        total = total * 0.5 + k * item
    first, *rest = s
    return total + sum(s) + first * len(rest) + (np.sum(v) if "p" in s and s else x)


class Mode(Enum):
    LINEAR = "linear"
    SQUARE = "square"

    @property
    def power(self):
        return 1 if self is Mode.LINEAR else 2

    def apply(self, x):
        return x**self.power


@program((2.0, "square"), (2.0, "linear"))
def members_of_an_enum_by_value_and_by_name(x, name):
    return Mode(name).apply(x) + Mode["SQUARE"].apply(x) * 3 + sum(m.apply(x) for m in Mode) + len(Mode)


Pair = namedtuple("Pair", "left right", defaults=[2.0])


class Point(NamedTuple):
    x: Any
    y: Any = 1.0

    def dot(self, other):
        return np.sum(self.x * other.x) + self.y * other.y


@program((Point(V, 2.0), Pair(1.5)), wrt=(0, 1))
def named_tuples(p, pair):
    q = p._replace(y=pair.left * p.y)
    left, right = pair
    return p.dot(q) * right + sum(Pair(left)) + q._asdict()["y"] * Pair(left, right=left)[1]


program((Point(V, 2.0), Point(2 * V)), wrt=(0, 1))(Point.dot)


@program((V, {"a": V.copy(), "b": [V.copy(), 2.0]}), wrt=(0, 1))
def deep_and_shallow_copies(x, d):
    deep = copy.deepcopy(d)
    deep["b"][0] *= x
    deep["a"] = deep["a"] * 2
    shallow, own, items = copy.copy(d), d.copy(), list(d["b"])
    shallow["a"] = own["a"] * x
    return np.sum(deep["b"][0] + d["b"][0]) + np.sum(shallow["a"] * own["a"]) * items[1] + np.sum(deep["a"])


@program((V,), (X,), (X.T,))
def copies_of_arrays(x):
    y, z = copy.copy(x), copy.deepcopy(x)
    y *= 2
    z += y
    return np.sum(x * y * z)


@program((Line(V, 2.0), V), wrt=(0, 1))
def copies_of_objects(model, x):
    deep, shallow = copy.deepcopy(model), copy.copy(model)
    deep.w *= x
    deep.cache["z"] = x
    shallow.b = shallow.b * 5
    shared = copy.deepcopy([x, [x]])
    shared[0] += 1.0
    return np.sum(model.w * deep.w) * model.b + shallow.b + len(model.cache) + np.sum(shared[1][0] * x)


@dataclass
class Inner:
    k: float
    pair: tuple = (1.0, 2.0)


@dataclass
class Outer:
    inner: Inner
    parts: list
    weights: Any


@program((Outer(Inner(2.0), [Inner(3.0)], V),))
def a_dataclass_as_a_dict(o):
    d = asdict(o)
    d["inner"]["k"] *= 2
    d["weights"] *= 3
    return d["inner"]["k"] * d["parts"][0]["k"] * o.inner.k + np.sum(d["weights"] * o.weights) * d["inner"]["pair"][1]


@program((2.0, 4), (2.0, 0), wrt=(0,))
def objects_carried_through_a_loop(x, n):
    point, tight = Point(x, x), Tight(x)
    for _ in range(n):
        point = Point(point.x * 1.1, point.y + point.x)
        tight.b = tight.b * point.y
    return point.y * tight.b


def advance(model, x):
    model.w *= 1.01
    model.b += np.sum(model.w * x)


@program((Line(positive(3), 0.5), normal(5, 3)), wrt=(0, 1))
def an_object_passed_to_a_function_that_changes_it(model, xs):
    for row in xs:
        advance(model, row)
    return model.b


def fill(out, values, *, scale=1.0):
    for i in range(len(out)):
        out[i] = values[i] ** 2 * scale


def report(state, out, **options):
    out["x"] = state["x"] * options.get("gain", 1.0)
    out["buffer"][0] += state["x"]
    out.setdefault("n", 3)


@program(({"x": 2.0}, {"buffer": np.ones(2)}, V), wrt=(0, 1, 2))
def results_through_arguments(state, out, v):
    values = np.zeros(3)
    fill(values, v, scale=state["x"])
    report(state, out, **{"gain": 3.0})
    return values.sum() * out["x"] + np.sum(out["buffer"]) * out["n"]


def scaled(x, k=1.0, *rest, m=2.0, **more):
    return x * k * m + sum(rest) * more.get("extra", 1.0)


@program((2.0, {"k": 3.0, "m": 0.5}, [1.0, 2.0]), wrt=(0, 1, 2))
def stars_on_both_sides(x, options, rest):
    return scaled(x, **options) + scaled(*[x, 2.0], *rest, **{"m": x}) + scaled(x, 1.0, *rest, extra=options["k"])
