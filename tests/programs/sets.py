"""Sets and frozensets of what is known: membership, operators, comprehensions, iteration where its order is certain."""

import numpy as np
from support.corpus import Programs, normal

program = Programs()
V, W = normal(5), normal(5)
NUMERIC = {"float", "int"}
LINKS = {"a": {"b", "c"}, "b": {"c"}, "c": set()}
ORDER = {"b", "a"}
SMALL = {2, 0, 1}
FROZEN = frozenset({"x", "y"})


@program(({"w1": V, "b1": 0.5, "w2": W},))
def regularise_selected(params):
    decay = {"w1", "w2"}
    loss = 0.0
    for name, p in params.items():
        if name in decay:
            loss = loss + np.sum(p**2)
        else:
            loss = loss + p
    return loss


@program((3.0, "float"), wrt=(0,))
def kind_in_global_set(x, kind):
    if kind not in NUMERIC:
        raise ValueError(kind)
    return x**2 if kind in {"float", "double"} else x


@program((V,), wrt=(0,))
def visited_set(x):
    visited = set()
    total = 0.0
    stack = [0, 2, 1, 2, 0]
    while stack:
        k = stack.pop()
        if k in visited:
            continue
        visited.add(k)
        total += x[k] ** 2
    return total * len(visited)


@program(({"a": 1.0, "b": 2.0, "c": 3.0}, {"b": 4.0, "c": 5.0, "d": 6.0}), wrt=(0, 1))
def common_keys(p, q):
    total = 0.0
    for k in sorted(set(p) & set(q)):
        total += p[k] * q[k]
    for k in sorted(p.keys() | q.keys()):
        total += len(k) * p.get(k, 1.0)
    return total


@program((V, np.array([0, 1, 0, 2, 1])), wrt=(0,))
def unique_labels_of_a_tuple(x, labels):
    total = 0.0
    for c in {0, 1, 2}:
        total = total + np.sum(x[labels == c]) ** 2
    return total


@program(({"a": 1.0, "b": 2.0, "c": 3.0},))
def graph_propagation(values):
    out = {}
    for node, neighbours in LINKS.items():
        out[node] = values[node] + sum(values[n] for n in sorted(neighbours))
    return out["a"] * out["b"] + out["c"]


@program(({"x", "y"}, {"x": 1.0, "y": 2.0, "z": 3.0}), wrt=(1,))
def a_set_parameter(chosen, p):
    chosen.add("z")
    return sum(p[k] ** 2 for k in sorted(chosen)) * len(chosen)


@program((2.0, 3.0), wrt=(0, 1))
def sets_in_full(x, y):
    s = {1, 2, 3}
    s.add(4)
    s.discard(2)
    s |= {7}
    t = s & {1, 3, 9}
    u = s - t
    w = s ^ {1}
    total = 0.0
    for k in s:
        total += k * x
    for k in SMALL:
        total += k * y
    names = {"a": x, "b": y}
    for name in sorted(ORDER | {"a"}):
        total += names[name] ** 2
    if "x" in FROZEN and FROZEN <= {"x", "y", "z"} and not t.isdisjoint(s) and t.issubset(s):
        total *= 2
    squares = {k * k for k in s if k < 4}
    empty = set()
    return (
        total
        + len(u) * x
        + max(w) * y
        + sum(squares)
        + bool(empty)
        + len(frozenset([1, 1, 2]) | {5})
        + (s == {1, 3, 4, 7})
    )


@program((normal(4), ["a", "b", "a", "c"]), wrt=(0,))
def labels_seen(x, labels):
    seen = set()
    total = 0.0
    for k, label in enumerate(labels):
        if label not in seen:
            seen.add(label)
            total += x[k] ** 2
    return total * len(seen)


@program((normal(5),), (-normal(5),))
def a_set_under_conditions(x):
    done = set()
    total = 0.0
    if x[0] > 0:
        done.add("first")
        total += x[1]
    else:
        done.add("first")
        total -= x[2]
    return total * len(done)


def used(names, p):
    return sum(p[n] for n in sorted(names))


@program(({"a": 1.0, "b": 2.0},))
def a_set_given_to_a_function(p):
    return used({"a"}, p) * used(set(p), p) + used(frozenset(["b"]), p)
