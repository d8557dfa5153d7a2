"""Lists, tuples, dicts and namedtuples as parameters and locals; gradients keep the structure."""

from collections import OrderedDict, namedtuple
from typing import NamedTuple

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
X, V, B = normal(5, 3), normal(3), normal(2)
PARAMS = {"W1": normal(3, 4), "b1": normal(4), "W2": normal(4, 1), "b2": 0.1}


@program((PARAMS, X, normal(5, 1)))
@program(({k: np.asarray(v, np.float32) for k, v in PARAMS.items()}, X.astype(np.float32), normal(5, 1)), tol=1e-4)
def a_dict_of_parameters(params, x, y):
    h = np.tanh(x @ params["W1"] + params["b1"])
    out = h @ params["W2"] + params["b2"]
    return np.mean((out - y) ** 2)


@program((PARAMS, X))
def f_string_keys(params, x):
    for k in range(1, 3):
        x = x @ params[f"W{k}"] + params[f"b{k}"]
        if k < 2:
            x = np.maximum(x, 0)
    return np.sum(x**2)


@program(([1.0, 2.0, 3.0],), ((1.0, 2.0, 3.0),), ([V, V * 2, 1.5],), (np.array([1.0, 2.0, 3.0]),))
def an_indexed_sequence(p):
    return np.sum(p[0] * p[1] ** 2 * p[-1])


@program(({"a": 1.0, "b": [V, {"c": B, "d": (2.0, X)}]},))
def nested_structure(p):
    return p["a"] * np.sum(p["b"][0]) + np.sum(p["b"][1]["c"] ** 2) * p["b"][1]["d"][0] + np.sum(p["b"][1]["d"][1] ** 3)


@program(({"w": V, "n": 3, "name": "layer", "on": True, "none": None},))
def a_dict_with_other_things(p):
    if p["on"] and p["name"] == "layer" and p["none"] is None:
        return np.sum(p["w"] ** p["n"])
    return 0.0


@program(({"w": V, "steps": np.array([1, 2, 3]), "mask": np.array([True, False, True])},))
def a_dict_with_integer_arrays(p):
    return np.sum(np.where(p["mask"], p["w"] * p["steps"], 0.5))


@program(([V, 2.0], (X, 3.0)), wrt=(0, 1))
@program(([V, 2.0], (X, 3.0)), wrt=(1, 0))
def two_structures(p, q):
    return np.sum(p[0] * q[0]) * p[1] * q[1]


@program((V, [], {}), wrt=(0,))
def empty_containers_beside(v, a, b):
    return np.sum(v) * (1 + len(a) + len(b))


class Point(NamedTuple):
    x: float
    y: float = 1.0

    def norm(self):
        return np.sqrt(self.x * self.x + self.y * self.y)

    @property
    def swapped(self):
        return Point(self.y, self.x)


Pair = namedtuple("Pair", "left right")


@program((Point(3.0, 4.0),), (Point(V, 2 * V),))
def a_namedtuple(p):
    x, y = p
    return np.sum(p.norm() * x + p.swapped.x * p[1] + y)


@program((Pair(Point(1.0, 2.0), [Point(V, 3.0)]),))
def nested_namedtuples(p):
    q = p.left._replace(y=p.right[0].y * 2)
    return np.sum(q.norm() * p.right[0].x) + p.left.y


@program((2.0, 3.0), wrt=(0, 1))
def a_local_dict(x, y):
    d = {"a": x, "b": [x, y], "c": (y, {"deep": x * y})}
    d["e"] = d["b"][1]
    d["b"].append(d["c"][1]["deep"])
    d["b"][0] = 7.0
    return sum(d["b"]) + d["a"] - d.get("none", 1.0) + d["e"] * d.get("a", 0)


@program((2.0, 3.0), wrt=(0, 1))
def dict_methods(x, y):
    d = dict(a=x, b=y)
    d.update({"c": x * y}, e=1.0)
    e = d.copy()
    popped = e.pop("a")
    d.setdefault("f", popped + 1)
    total = 0.0
    for k, v in d.items():
        if k in ("a", "f"):
            total = total + v * v
    for v in e.values():
        total = total * v
    for k in list(d):
        total = total + len(k)
    return total + ("a" in e) + len(e)


@program((2.0, 3.0), wrt=(0, 1))
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
    return sum(doubled[1:-1:2]) * doubled[2] + len(doubled)


@program((2.0,))
def two_names_of_one_list(x):
    a = [x]
    b = a
    b.append(x * 2)
    c = a[:]
    c.append(1.0)
    return a[1] * len(b) * a[0] + c[-1]


@program((2.0, V), wrt=(0, 1))
def tuples(x, v):
    t = (x, 1.0) + (np.sum(v),)
    a, *rest = t * 2
    return a * rest[1] + t[::-1][0] * (1, 2, 3).index(2)


@program((PARAMS,))
def sum_of_squares_of_a_tree(params):
    return sum(np.sum(p**2) for p in params.values())


@program((PARAMS,))
def items_of_a_dict(params):
    penalty = 0.0
    for name, p in params.items():
        if name.startswith("W"):
            penalty = penalty + 0.5 * np.sum(p * p)
    return penalty


@program((OrderedDict(a=V, b=2.0),))
def an_ordered_dict(p):
    return np.sum(p["a"]) * p["b"]


@program(({1: V, 2: 2 * V, (0, "x"): 3.0},))
def keys_that_are_no_strings(p):
    return np.sum(p[1] * p[2]) * p[0, "x"]


@program((V, {"scale": 2.0, "shift": 1.0}), wrt=(0, 1))
def a_merge_of_dicts(v, options):
    merged = {"power": 2, "shift": 0.0, **options}
    other = {"a": 1.0} | {"b": options["scale"]}
    return np.sum(v ** merged["power"]) * merged["scale"] + merged["shift"] * other["b"]


@program((V, 2.0), wrt=(0, 1), has_aux=True)
def aux_of_every_kind(v, k):
    loss = np.sum(v * v) * k
    return loss, {"pred": v * 2, "k": k, "n": 3, "name": "aux", "list": [v, None], "pair": (loss, True)}


@program((V,), has_aux=True)
def aux_is_an_array(v):
    z = np.exp(v)
    return np.sum(z), z


@program((V,), has_aux=True)
def aux_is_none(v):
    return np.sum(v * v), None


@program((V,), has_aux=True)
def aux_is_the_argument(v):
    return np.sum(v * v), v


@program(({"h": 0.5, "c": V}, [X, X * 2]), wrt=(0, 1))
def a_state_through_a_loop(state, inputs):
    for x in inputs:
        state = {"h": state["h"] * 2 + np.sum(x), "c": state["c"] * state["h"]}
    return np.sum(state["c"]) + state["h"]


@program((V, V), wrt=(0,))
def the_same_array_twice(a, b):
    return np.sum(a * b)


@program(([V, V, 1.0, 1.0],))
def the_same_array_twice_in_a_list(p):
    return np.sum(p[0] * p[1] * p[1]) * p[2] * p[3]


@program(((positive(2, 3), (positive(3), {"z": positive(2, 1)})),))
def unpacked_in_the_signature(p):
    a, (b, rest) = p
    return np.sum(a * b / rest["z"])
