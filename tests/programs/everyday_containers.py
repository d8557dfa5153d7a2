"""Lists, dicts and iterators as they are used day by day: unpacked, sorted by known keys, accumulated, taken apart."""

import functools
import itertools
import operator

import numpy as np
from support.corpus import Programs, normal

program = Programs()
V, W = normal(5), normal(5)
X = normal(6, 3)


@program(([3.0, 1.0, 2.0],))
def list_housekeeping(xs):
    xs = list(xs)
    xs.insert(1, xs[0] * xs[1])
    xs.extend([xs[-1] ** 2, 4.0])
    xs.reverse()
    del xs[0]
    xs[1:3] = [xs[1] * xs[2]]
    ys = xs.copy()
    xs.clear()
    return sum(ys[::-1]) * ys[0] + len(xs)


@program((normal(3),))
def priority_by_key(x):
    jobs = [("late", 3, x[0]), ("early", 1, x[1]), ("mid", 2, x[2])]
    jobs.sort(key=lambda job: job[1])
    weight, total = 1.0, 0.0
    for name, _, cost in jobs:
        total += weight * cost * len(name)
        weight *= 0.5
    first, *rest = sorted(jobs, key=operator.itemgetter(1), reverse=True)
    return total + first[2] ** 2 + len(rest)


@program((X,))
def rows_unpacked(m):
    first, *rest = m
    out = np.sum(first**2)
    for k, row in enumerate(rest):
        out = out + (k + 1) * row @ first
    return out


@program((normal(2, 3), normal(2)), wrt=(0, 1))
def rows_as_names(m, v):
    a, b = m
    s, t = v.tolist()
    return np.sum(a * b) * s + t


@program((V,))
def grown_then_unpacked(x):
    xs = []
    for v in x:
        if v > -10:
            xs.append(v * v)
    first, *middle, last = xs
    return first * last + sum(middle)


@program(({"w": V, "b": 0.5},))
def updated_copies_of_parameters(p):
    q = {**p, "b": p["b"] * 2}
    q |= {"c": 3.0}
    r = dict.fromkeys(["x", "y"], p["b"])
    key, value = r.popitem()
    return np.sum(q["w"]) * q["b"] * q["c"] + r["x"] * value


@program((normal(4), normal(3, 3)), wrt=(0, 1))
def trajectory_of_pairs(x, a):
    history = []
    s = x[:3]
    for k in range(len(x)):
        s = np.tanh(a @ s)
        history.append((s, x[k]))
    return sum(np.sum(h * w) for h, w in history)


@program((V,))
def counted_from_one(x):
    total = 0.0
    for i, v in zip(itertools.count(1), x):
        total += v / i
    return total**2


@program((V,))
def running_totals(x):
    return sum(t * t for t in itertools.accumulate(x))


@program((V,))
def running_maximum(x):
    out = list(itertools.accumulate(x, max))
    return np.sum(np.array(out))


@program((V, W), wrt=(0, 1))
def interleaved(x, y):
    total = 0.0
    for k, v in enumerate(itertools.chain(x, y)):
        total += (k + 1) * v**2
    return total


@program((normal(8),))
def alternate_weights(x):
    total = 0.0
    for w, v in zip(itertools.cycle([1.0, -2.0, 0.5]), x):
        total += w * v**3
    return total


@program((V,))
def warm_up_and_rest(x):
    head = list(itertools.islice(x, 2))
    return sum(head) * functools.reduce(lambda a, b: a * 0.5 + b, x)


@program((normal(6), [1, 1, 2, 2, 2, 3]), wrt=(0,))
def consecutive_groups(x, keys):
    total, i = 0.0, 0
    for key, group in itertools.groupby(keys):
        n = len(list(group))
        total += key * np.sum(x[i : i + n]) ** 2
        i += n
    return total


@program((normal(3), normal(4)), wrt=(0, 1))
def product_of_indices(a, b):
    out = np.zeros((3, 4))
    for i, j in itertools.product(range(3), range(4)):
        out[i, j] = a[i] * b[j] + (i - j) * a[i] ** 2
    return np.sum(out**2)


@program((2.0, 3.0, 5.0), wrt=(0, 1, 2))
def sum_of_floats(x, y, z):
    return sum([x * 0.1, y * 0.2, z * 0.3])


@program(([1.0, 2.0, 3.0], [0.5, 0.25]), wrt=(0, 1))
def padded_pairs(a, b):
    return sum(p * q for p, q in itertools.zip_longest(a, b, fillvalue=1.0)) + sum(
        itertools.starmap(operator.mul, zip(a, b))
    )


@program((V,))
def until_negative(x):
    total = 0.0
    for v in itertools.takewhile(lambda t: t > -1.0, x):
        total += v**2
    return total


@program((normal(4), 3), wrt=(0,))
def a_history_of_dicts(x, n):
    log = []
    s = x
    for k in range(n):
        s = np.sin(s) * 1.1
        log.append({"state": s, "energy": np.sum(s**2)})
    return sum(entry["energy"] for entry in log) + log[-1]["state"][0]


@program((V,))
def peaks_of_a_list(x):
    values = x.tolist()
    best = max(range(len(values)), key=lambda i: values[i])
    return values[best] ** 2 + sum(values) - min(values, default=0.0)


@program((X,))
def sorted_scores(x):
    scores = sorted(np.sum(x**2, axis=1).tolist(), reverse=True)
    return sum(s / (k + 1) for k, s in enumerate(scores[:3]))


@program((X,))
def pairwise_distances(points):
    total = 0.0
    for p, q in itertools.combinations(points, 2):
        total += np.sqrt(np.sum((p - q) ** 2) + 1e-3)
    return total


@program((X,), (X.astype(np.float32),), tol=1e-3)
def nested_lists_of_an_array(x):
    rows = x.tolist()
    total = 0.0
    for row in rows:
        total += row[0] * row[-1] + sum(row)
    flat = x[0].tolist()
    return total + flat[1] ** 2 + x[0, 0].tolist() * len(rows)


@program((V, np.array([1, 2, 3])), wrt=(0,))
def ints_of_an_array(x, ks):
    total = 0.0
    for k in ks.tolist():
        total += x[k] ** k
    a, b, c = ks.tolist()
    return total * a + x[b] * c


@program((V,), (normal(2),))
def starred_of_every_kind(x):
    first, *rest = x
    *_, last = x
    total = first * last
    for v in rest:
        total += v**2
    if len(rest) > 0:
        head, *middle, tail = [first, *rest]
        total += head * tail + sum(middle)
    return total


@program((V,), (-V,))
def popped_and_deleted_inside(x):
    xs = [v for v in x if v > -100.0]
    a = xs.pop(1)
    del xs[-2]
    ys = [v * 2 for v in xs]
    b, *others = ys
    return a * b + sum(others) * len(xs)


@program((V,))
def accumulated_in_every_way(x):
    total = 0.0
    for k, t in enumerate(itertools.accumulate(x, lambda a, b: 0.5 * a + b, initial=1.0)):
        total += k * t
    rows = list(itertools.accumulate([x, 2.0 * x, x**2], operator.mul))
    return total + np.sum(rows[-1]) + max(itertools.accumulate(x))


@program((V, 2), wrt=(0,))
def parts_of_an_iterator(x, n):
    total = sum(itertools.islice(x, 1, 4))
    for v in itertools.islice(x, n, None):
        total += v**2
    for v in itertools.dropwhile(lambda t: t < 0, x):
        total += v**3
    for v in itertools.chain([1.0, 2.0], x[:n], [x[0]]):
        total = 0.5 * total + v
    for v in itertools.chain.from_iterable([x, x[1:]]):
        total += v
    return total


@program((V,), (np.abs(V),), (-np.abs(V),))
def taken_while_small(x):
    out = list(itertools.takewhile(lambda t: t < 0.5, x))
    return sum(v * v for v in out) + len(out)


@program((normal(4), [1, 1, 2, 1]), wrt=(0,))
def groups_of_neighbours(x, keys):
    total = 0.0
    pairs = [(k, x[i]) for i, k in enumerate(keys)]
    for key, group in itertools.groupby(pairs, key=operator.itemgetter(0)):
        total += key * sum(v for _, v in group) ** 2
    return total


@program((W,))
def texts_of_an_index_as_keys(x):
    d = {}
    for i, p in enumerate(x):
        d[f"good_{i}"] = p * (i + 1)
    return sum(v**2 for v in d.values()) + d["good_1"]


@program((W,))
def an_index_as_a_key(x):
    d = {i: x[i] ** 2 for i in range(len(x))}
    return sum(d[i] * i for i in range(x.shape[0]))


@program((W, 0.3), wrt=(0, 1))
def a_buffer_that_goes_round(x, fb):
    buffer = [0.0] * 3
    pos = 0
    total = 0.0
    for v in x:
        old = buffer[pos]
        buffer[pos] = v + fb * old
        pos = (pos + 1) % len(buffer)
        total += old * v
    return total + sum(buffer)


@program((W, 2), wrt=(0,))
def places_of_the_run_and_known_ones(x, k):
    xs = [x[0], x[1], x[2], 1.0]
    xs[k] = x[3]
    for i in range(3):
        xs[i] *= 2
    j = int(x[0] > 100)
    xs[j] += x[4]
    return sum((i + 1) * v for i, v in enumerate(xs))
