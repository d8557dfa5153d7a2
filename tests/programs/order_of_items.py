"""`sorted`, `list.sort`, `max` and `min` of numbers that only the run can compare: Python's order, and its inverse."""

from __future__ import annotations

import numpy as np
from support.corpus import Programs, normal

program = Programs()
V, X = normal(5), normal(4, 3)
TIES = np.array([0.5, -1.0, 0.5, 2.0, -1.0])


@program((3.0, 1.0, 2.0), (1.0, 2.0, 3.0), (2.0, 2.0, 1.0), wrt=(0, 1, 2))
def three_numbers(x, y, z):
    low, middle, high = sorted([x, y * 1.5, z + 0.25])
    return low + 2.0 * middle * high + high**2


@program((V, 2), (-V, 3), wrt=(0,))
def a_trimmed_mean(x, k):
    ordered = sorted(x.tolist())
    return sum(ordered[1:-1]) / k + ordered[0] * 0.1


@program((V,), (-V,))
def falling(x):
    squares = [v * v for v in x]
    squares.sort(reverse=True)
    total = 0.0
    for k, s in enumerate(squares):
        total += s / (k + 1)
    return total


@program((V, TIES), (V, -TIES), wrt=(0,))
def ties_keep_their_order(x, keys):
    pairs = [(k, v) for k, v in zip(keys, x)]
    up = sorted(pairs, key=lambda pair: pair[0])
    down = sorted(pairs, key=lambda pair: pair[0], reverse=True)
    total = 0.0
    for n, ((_, a), (_, b)) in enumerate(zip(up, down)):
        total += (n + 1) * a + (n + 1) ** 2 * b**2
    return total


@program((X,), (-X,))
def rows_by_their_norm(m):
    rows = sorted([row for row in m], key=lambda row: np.sum(row**2))
    return rows[0] @ rows[1] + 2.0 * np.sum(rows[-1] ** 3)


@program((X,), (-X,))
def rows_in_place(m):
    rows = list(m)
    rows.sort(key=lambda row: -row[0])
    out = np.zeros(3)
    for k, row in enumerate(rows):
        out = out + (k + 1) * np.sin(row)
    return np.sum(out)


@program((V, TIES), wrt=(0,))
def pairs_by_themselves(x, w):
    best = sorted([(float(a), float(b)) for a, b in zip(w, x)])
    return best[0][1] * best[1][1] + best[-1][1] ** 2 + best[-1][0]


@program(([2.0, -1.0, 0.5],), ([0.5, 0.7, 0.6],))
def places_by_their_values(xs):
    order = sorted(range(len(xs)), key=lambda i: xs[i])
    total = 0.0
    for rank, i in enumerate(order):
        total += (rank + 1) * xs[i] ** 2
    return total


@program((V, 4), (V, 1), wrt=(0,))
def grown_in_a_loop(x, n):
    seen = []
    s = 0.3
    for k in range(n):
        s = np.sin(3.0 * s + x[k])
        seen.append(float(s))
    ordered = sorted(seen)
    return ordered[-1] - ordered[0] + ordered[len(ordered) // 2] ** 2


@program((V, 3), (V, 0), wrt=(0,))
def sorted_in_every_trip(x, n):
    values = x.tolist()
    for _ in range(n):
        values.sort()
        values[0] = values[-1] * 0.5 + values[0] * values[1]
    return sum(values) + values[0] * values[-1]


@program((V,), (-V,), (normal(12),))
def the_place_of_the_largest(x):
    values = x.tolist()
    best = max(range(len(values)), key=lambda i: values[i] ** 2)
    worst = min(range(len(values)), key=lambda i: values[i]) if len(values) > 9 else 0
    return values[best] ** 2 + values[worst]


@program((X,), (-X,))
def the_row_of_the_largest_norm(m):
    row = max(list(m), key=lambda r: np.sum(r * r))
    pair = min([(float(r[0]), r) for r in m], key=lambda p: p[0])
    return np.sum(np.exp(row)) + np.sum(pair[1]) * pair[0]


@program((V, 0.5), (-np.abs(V), 0.5), wrt=(0, 1))
def a_default_where_nothing_is_left(x, d):
    kept = [v for v in x.tolist() if v > 0.0]
    return max(kept, default=d) ** 2 + min(kept, key=lambda v: -v, default=3.0 * d)


@program((X,))
def a_median_through_a_callee(m):
    return sum(median_of(row.tolist()) for row in m) + median_of([m[0, 0], m[1, 1], m[2, 2]])


def median_of(values):
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


@program((V, True), (V, False), wrt=(0,))
def sorted_in_one_branch(x, up):
    values = [x[0] * x[1], x[2], x[3] ** 2]
    values = sorted(values) if up else sorted(values, reverse=True)
    if x[4] > 0:
        values = sorted(values, key=abs)
    return values[0] + 2.0 * values[1] + 3.0 * values[2]


@program(({"a": 2.0, "b": -1.0, "c": 0.5},))
def values_of_a_dict(d):
    ordered = sorted(d.values())
    return ordered[0] * ordered[1] + ordered[2] ** 2
