"""Deques, defaultdicts, OrderedDicts and Counters: as locals, in loops, as parameters."""

from collections import Counter, OrderedDict, defaultdict, deque

import numpy as np
from support.corpus import Programs, normal

program = Programs()
V = normal(5)


@program((normal(12),))
def moving_average_with_deque(x):
    window = deque(maxlen=4)
    out = []
    for v in x:
        window.append(v)
        out.append(sum(window) / len(window))
    return np.sum(np.array(out) ** 2)


@program((2.0, 3.0), wrt=(0, 1))
def breadth_first(x, y):
    tree = {"r": ["a", "b"], "a": ["c"], "b": [], "c": []}
    cost = {"r": x, "a": y, "b": x * y, "c": 2.0}
    queue = deque([("r", 1.0)])
    total = 0.0
    while queue:
        node, weight = queue.popleft()
        total = total + weight * cost[node]
        for child in tree[node]:
            queue.append((child, weight * 0.5 * cost[node]))
    return total


@program((normal(8), normal(3)), wrt=(0, 1))
def fir_filter_with_delay_line(x, taps):
    line = deque([0.0, 0.0, 0.0], maxlen=3)
    out = np.zeros(len(x))
    for i in range(len(x)):
        line.appendleft(x[i])
        out[i] = sum(t * s for t, s in zip(taps, line))
    return np.sum(out**2)


@program((normal(6), ["a", "b", "a", "c", "b", "a"]), wrt=(0,))
def group_and_stack(x, labels):
    groups = defaultdict(list)
    for v, label in zip(x, labels):
        groups[label].append(v)
    return sum(np.mean(np.stack(g)) ** 2 for g in groups.values())


@program((normal(6), ["a", "b", "a", "c", "b", "a"]), wrt=(0,))
def grouped_and_stacked_by_index(x, labels):
    groups = defaultdict(list)
    for k, label in enumerate(labels):
        groups[label].append(x[k])
    return sum(np.mean(np.stack(g)) ** 2 for g in groups.values())


@program((normal(6), ["a", "b", "a", "c", "b", "a"]), wrt=(0,))
def counted_labels(x, labels):
    counts = Counter(labels)
    total = 0.0
    for i, label in enumerate(labels):
        total += x[i] / counts[label]
    most, n = counts.most_common(1)[0]
    return total**2 * n


@program(([("a", 1.0), ("b", 2.0), ("a", 3.0)],))
def totals_by_key(entries):
    totals = defaultdict(float)
    for key, amount in entries:
        totals[key] += amount
    return totals["a"] * totals["b"] + totals["none"]


@program((OrderedDict(a=V, b=2.0),))
def an_ordered_dict_of_parameters(p):
    p.move_to_end("a")
    first, value = next(iter(p.items()))
    return np.sum(p["a"] ** 2) * value


@program((2.0,))
def lru_cache_of_values(x):
    cache = OrderedDict()
    total = 0.0
    for k in [1, 2, 1, 3, 2]:
        if k in cache:
            cache.move_to_end(k)
        else:
            cache[k] = x**k
        if len(cache) > 2:
            cache.popitem(last=False)
        total += cache[k]
    return total


@program((deque([1.0, 2.0, 3.0], maxlen=3),), (deque([V, 2.0]),))
def a_deque_parameter(q):
    q.append(q[0] * 2.0)
    total = 0.0
    for item in q:
        total = total + np.sum(item) ** 2
    return total + len(q)


@program((defaultdict(float, a=1.0, b=2.0),))
def a_defaultdict_parameter(p):
    p["c"] += p["a"] * p["b"]
    return p["c"] ** 2 + p["d"] + len(p)


@program((Counter(a=1.5, b=2.0), 3.0), wrt=(0, 1))
def a_counter_parameter(c, x):
    c["a"] += x
    c.update({"b": x, "z": 1.0})
    return c["a"] * c["b"] * c["z"] + c["none"]


@program((2.0, 3.0), wrt=(0, 1))
def deques_in_full(x, y):
    q = deque([x, y, x * y])
    q.rotate(1)
    a = q[0]
    q.rotate(-2)
    q.extendleft([1.0, x])
    q.extend((y, 2.0))
    q.insert(1, x + y)
    del q[-1]
    b = q.popleft() * q.pop()
    q[0] = q[-1] * 2
    r = q.copy()
    r.reverse()
    q.clear()
    s = deque(maxlen=2)
    for k in range(4):
        s.append(x * k)
    s.appendleft(y)
    return a * b + sum(r) + len(q) + s[0] * s[1] + (s.maxlen or 0) + isinstance(s, deque)


@program((normal(9), 3), wrt=(0,))
def a_growing_deque(x, n):
    q = deque()
    total = 0.0
    for v in x:
        q.append(v)
        q.rotate(1)
        while len(q) > n:
            total += q.popleft() * 2.0
    return total + sum(q)


@program((normal(9),))
def a_window_of_rows(x):
    window = deque(maxlen=3)
    out = []
    for i in range(len(x)):
        window.append((x[i], x[i] ** 2))
        if len(window) == 3:
            out.append(sum(a * b for a, b in window))
    return np.sum(np.array(out) ** 2)


@program((normal(6),))
def a_lag_line(x):
    lags = deque([0.0] * 2, maxlen=2)
    total = 0.0
    for v in x:
        total += v * lags[0] - 0.5 * lags[-1]
        lags.append(v * v)
    return total


@program((2.0, 3.0), wrt=(0, 1))
def dicts_that_make_up_items(x, y):
    groups = defaultdict(list)
    for k, v in enumerate([x, y, x * y, 1.0]):
        groups[k % 2].append(v)
    nested = defaultdict(lambda: defaultdict(lambda: x))
    nested["a"]["b"] *= y
    arrays = defaultdict(lambda: np.zeros(2))
    arrays["k"][1] += x
    counts = defaultdict(int)
    for word in "a b a".split():
        counts[word] += 1
    return (
        sum(groups[0]) * groups[1][0]
        + nested["a"]["b"]
        + np.sum(arrays["k"]) * counts["a"]
        + len(nested)
        + ("q" in groups)
    )


@program((2.0, 3.0), wrt=(0, 1))
def counters(x, y):
    c = Counter("abracadabra")
    d = Counter(a=1, z=2)
    e = c + d
    f = c - d
    total = sum(n * x for n in c.values()) + e["a"] * y
    for letter, n in e.most_common(2):
        total += n * len(letter) * x
    return total + f["a"] * y + c.total() + len(list(d.elements()))


@program((2.0, 3.0), wrt=(0, 1))
def ordered_dicts(x, y):
    d = OrderedDict([("a", x), ("b", y)])
    d["c"] = x * y
    d.move_to_end("a")
    d.move_to_end("c", last=False)
    k, v = d.popitem()
    k2, v2 = d.popitem(last=False)
    return v * 2 + v2 * y + len(k) + len(d) + list(d)[0].count("b")
