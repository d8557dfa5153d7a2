"""Lists that grow and shrink in loops: what is appended, popped, read back, iterated over, summed and stacked."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()

W, H0, XS = normal(3, 3), normal(3), normal(5, 3)
V = normal(6)


# Appended, and made an array of.


@program((W, H0, XS), (W, H0, XS[:1]), wrt=(0, 1, 2))
def states_stacked(w, h, xs):
    hs = []
    for x in xs:
        h = np.tanh(w @ h + x)
        hs.append(h)
    stacked = np.stack(hs)
    return np.sum(stacked * stacked)


@program((W, H0, XS), (W, H0, XS[:0]), wrt=(0, 1, 2))
def states_as_an_array(w, h, xs):
    hs = [h]
    for x in xs:
        h = np.tanh(w @ h + x)
        hs.append(h)
    return np.sum(np.array(hs)[:, 0] ** 2) + np.sum(h)


@program((V,), (V[:0],))
def numbers_as_an_array_even_if_there_are_none(xs):
    ys = []
    for x in xs:
        ys.append(x * x)
    return np.sum(np.array(ys)) + np.sum(xs)


@program((W, H0, XS), wrt=(0, 1, 2))
def stacked_along_the_last_axis(w, h, xs):
    hs = []
    for x in xs:
        h = np.tanh(w @ h + x)
        hs.append(h)
    return np.sum(np.stack(hs, axis=-1) @ xs)


@program((W, H0, XS), wrt=(0, 1, 2))
def vstack_hstack_and_column_stack(w, h, xs):
    hs = []
    for x in xs:
        h = np.tanh(w @ h + x)
        hs.append(h)
    return np.sum(np.vstack(hs) * xs) + np.sum(np.hstack(hs) ** 2) + np.sum(np.column_stack(hs)[0] ** 3)


@program((normal(7), 0.3), wrt=(0, 1))
def pieces_concatenated(x, a):
    parts = []
    k = 1
    while k < len(x):
        parts.append(x[:k] * a)
        k += 2
    whole = np.concatenate(parts)
    return np.sum(whole**2) * len(whole)


@program((V.astype(np.float32),))
def single_precision(xs):
    ys = []
    s = np.float32(0.5)
    for x in xs:
        s = np.tanh(s * x)
        ys.append(s)
    return np.sum(np.array(ys) ** 2)


@program((V, 0.4), wrt=(0, 1))
def an_array_of_given_dtype(xs, a):
    ys = []
    for x in xs:
        ys.append(a * x)
    return np.sum(np.asarray(ys, dtype=np.float64) * xs)


@program((V, 0.3), wrt=(0, 1))
def an_array_is_made_in_every_trip(xs, a):
    ys = []
    total = 0.0
    for x in xs:
        ys.append(np.sin(a * x))
        total += np.sum(np.array(ys) ** 2)
    return total


# Read back.


@program((V, 0.8), wrt=(0, 1))
def fibonacci_like(xs, a):
    ys = [a, a * a]
    for x in xs:
        ys.append(np.tanh(ys[-1] + 0.5 * ys[-2] * x))
    return ys[-1] * ys[1]


@program((V, 0.8), wrt=(0, 1))
def read_by_a_moving_index(xs, a):
    ys = [a]
    for i in range(len(xs)):
        ys.append(ys[i] * xs[i] + ys[i // 2])
    total = 0.0
    for i in range(len(ys)):
        total += ys[len(ys) - 1 - i] * (i + 1) ** 0.5
    return total


@program((W, H0, XS), wrt=(0, 1, 2))
def iterated_over(w, h, xs):
    hs = []
    for x in xs:
        h = np.tanh(w @ h + x)
        hs.append(h)
    total = 0.0
    for h in hs:
        total += np.sum(h**3)
    return total


@program((W, H0, XS), wrt=(0, 1, 2))
def back_and_forth(w, h, xs):
    forward = []
    for x in xs:
        h = np.tanh(w @ h + x)
        forward.append(h)
    backward = []
    for x, f in zip(reversed(xs), reversed(forward)):
        h = np.tanh(w @ h + x * f)
        backward.append(h)
    total = 0.0
    for k, (f, b) in enumerate(zip(forward, backward[::-1])):
        total += (f @ b) * (k + 1)
    return total


@program((V, 0.5), wrt=(0, 1))
def two_lists_in_zip(xs, a):
    sines, cosines = [], []
    for x in xs:
        sines.append(np.sin(a * x))
        if x > 0:
            cosines.append(np.cos(a * x))
    total = 0.0
    for s, c in zip(sines, cosines):
        total += s * c
    return total


@program((V,))
def slices_of_a_list(xs):
    ys = []
    for x in xs:
        ys.append(x * x)
    total = 0.0
    for a, b in zip(ys[:-1], ys[1:]):
        total += a * b
    return total + sum(ys[1::2])


@program((V, 0.7), wrt=(0, 1))
def memory_of_an_optimizer(xs, rate):
    history = [xs]
    for _ in range(4):
        x = history[-1]
        history.append(x - rate * (x**3 - x) + 0.1 * (x - history[len(history) // 2]))
    return np.sum(history[-1] ** 2)


@program((V,))
def elements_are_assigned(xs):
    ys = []
    for x in xs:
        ys.append(x)
    for i in range(1, len(ys)):
        ys[i] = ys[i] * ys[i - 1]
    ys[0] += 2.0
    return sum(ys) * ys[-1]


# Sums and choices.


@program((V, 0.3), (V[:0], 0.3), wrt=(0, 1))
def sum_of_what_was_kept(xs, a):
    kept = []
    for x in xs:
        if x > 0:
            kept.append(a * x)
    return sum(kept) + a


@program((V, 0.3), wrt=(0, 1))
def sum_of_arrays(xs, a):
    terms = []
    for k in range(len(xs)):
        terms.append(np.sin(a * xs) * xs[k])
    return np.sum(sum(terms) ** 2) + np.sum(sum(terms, xs))


@program((V, 0.3), wrt=(0, 1))
def largest_and_smallest(xs, a):
    ys = []
    for x in xs:
        ys.append(np.sin(a * x) + x)
    return max(ys) * min(ys)


@program((V, 0.3), wrt=(0, 1))
def any_and_all(xs, a):
    signs, ys = [], []
    for x in xs:
        signs.append(bool(x > 0.0))
        ys.append(x * a)
    if any(signs) and not all(signs):
        return sum(ys) ** 2
    return sum(ys)


# Conditions and exits.


@program((V, 0.5), wrt=(0, 1))
def break_and_continue(xs, a):
    ys = []
    for x in xs:
        if x < -0.5:
            continue
        ys.append(x * a)
        if len(ys) > 2:
            break
    return np.prod(np.array(ys))


@program((V, 0.5), (V, 9.0), wrt=(0, 1))
def return_from_the_loop(xs, a):
    ys = [a]
    for x in xs:
        ys.append(ys[-1] * x + a)
        if ys[-1] < -1.0:
            return sum(ys)
    return ys[-1] ** 2


@program((V, 0.5), wrt=(0, 1))
def one_list_or_the_other(xs, a):
    low, high = [], []
    for x in xs:
        if x < 0.1:
            low.append(x * a)
        else:
            high.append(x + a)
    return sum(low) * sum(high)


@program((0.5, 1.0), (-0.5, 1.0), wrt=(0, 1))
def appended_under_a_condition_only(x, y):
    items = [y * y]
    if x > 0:
        items.append(x * y)
    return sum(items)


@program((3.0,))
def until_it_is_small(x):
    ys = [x]
    while ys[-1] > 0.1:
        ys.append(0.5 * np.sin(ys[-1]))
    return np.mean(np.array(ys)) * len(ys)


# Popped.


@program(([3.0, 2.0, 1.0],))
def popping_an_argument(xs):
    xs = list(xs)
    total = 0.0
    while xs:
        total = total * 0.5 + xs.pop() ** 2
    return total


@program((1.7,), (0.3,))
def a_stack_of_intervals(x):
    stack = [(0.0, x)]
    area = 0.0
    while stack:
        a, b = stack.pop()
        m = 0.5 * (a + b)
        if b - a > 0.4:
            stack.append((a, m))
            stack.append((m, b))
        else:
            area += (b - a) * np.exp(-m * m)
    return area


@program((V, 0.4), wrt=(0, 1))
def a_queue(xs, a):
    queue = [xs[0], xs[1]]
    total = 0.0
    for x in xs:
        first = queue.pop(0)
        queue.append(np.sin(first * a + x))
        total += first * queue[-1]
    return total


@program((V,))
def what_is_popped_may_not_matter(xs):
    ys = []
    for x in xs:
        ys.append(x * x)
    ys.pop()
    del ys[-1]
    return sum(ys) * len(ys)


# Structures.


@program((1.0, 0.2, 0.1, 12), wrt=(0, 1, 2))
def a_trajectory_of_pairs(x, v, dt, n):
    path = [(x, v)]
    for _ in range(n):
        x, v = x + dt * v, v - dt * x
        path.append((x, v))
    points = np.array(path)
    return np.sum(points[:, 0] ** 2) + points[-1, 1]


@program((H0, 0.1), wrt=(0, 1))
def times_and_states(y, dt):
    t = 0.0
    out = []
    while t < 0.75:
        out.append((t, y))
        y = y - dt * y**3 * t
        t = t + dt
    total = 0.0
    for when, state in out:
        total += when * np.sum(state**2)
    return total


@program((V, 0.5), wrt=(0, 1))
def a_list_of_dicts(xs, a):
    records = []
    for x in xs:
        records.append({"value": a * x, "square": x * x, "tag": "seen"})
    total = 0.0
    for r in records:
        total += r["value"] * r["square"] + len(r["tag"])
    return total


@program((normal(4, 3), 0.5), wrt=(0, 1))
def a_list_of_lists(a, c):
    rows = []
    for row in a:
        line = []
        for x in row:
            line.append(np.tanh(c * x))
        rows.append(line)
    total = 0.0
    for line in rows:
        total += line[0] * line[-1]
        for x in line:
            total += x**2
    return total + rows[1][2]


@dataclass
class Recorder:
    scale: float
    seen: list = field(default_factory=list)

    def record(self, x):
        self.seen.append(self.scale * x)
        return self.seen[-1]


@program((V, 0.4), wrt=(0, 1))
def a_list_in_an_attribute(xs, a):
    recorder = Recorder(a)
    total = 0.0
    for x in xs:
        total += np.sin(recorder.record(x))
    return total * sum(recorder.seen)


@program((V, 0.4), wrt=(0, 1))
def a_list_in_a_dict(xs, a):
    log = {"loss": [], "step": []}
    for k, x in enumerate(xs):
        log["loss"].append((x - a) ** 2)
        log["step"].append(k)
    return np.mean(np.array(log["loss"])) + sum(log["step"]) * a


def push(items, x):
    items.append(np.sin(x))
    return items[-1]


def total_of(items):
    total = 0.0
    for item in items:
        total += item**2
    return total


@program((V, 0.4), wrt=(0, 1))
def callees_append_and_read(xs, a):
    items = []
    s = 0.0
    for x in xs:
        s += push(items, x * a)
    return s * total_of(items)


def simulate(w, h, xs):
    hs = []
    for x in xs:
        h = np.tanh(w @ h + x)
        hs.append(h)
    return hs


@program((W, H0, XS), wrt=(0, 1, 2))
def a_callee_returns_a_list(w, h, xs):
    hs = simulate(w, h, xs)
    again = simulate(w.T, hs[-1], xs)
    return np.sum(np.stack(hs) * np.stack(again))


@program((W, H0, XS), wrt=(0, 1, 2), has_aux=True)
def a_list_as_auxiliary_result(w, h, xs):
    hs, norms = [], []
    for x in xs:
        h = np.tanh(w @ h + x)
        hs.append(h)
        norms.append(float(np.sum(h * h)))
    return sum(norms), (norms, {"states": hs})


@program((1.0, 0.2, 0.1, 5), wrt=(0, 1, 2), has_aux=True)
def pairs_as_auxiliary_result(x, v, dt, n):
    path = []
    for _ in range(n):
        x, v = x + dt * v, v - dt * x
        path.append((x, v))
    return x * v, path


# Names and memory.


@program((V, 0.4), wrt=(0, 1))
def a_copy_grows_by_itself(xs, a):
    ys = [a]
    for x in xs:
        ys.append(x * a)
    zs = list(ys)
    for y in ys:
        zs.append(y * y)
    zs[0] = zs[1] + 1.0
    return sum(ys) * sum(zs) + len(zs)


@program((V, 0.4), wrt=(0, 1))
def two_names_of_one_list(xs, a):
    ys = []
    zs = ys
    for x in xs:
        ys.append(x * a)
        zs.append(x + a)
    return np.sum(np.array(zs) ** 2)


@program((V, 0.4), wrt=(0, 1))
def a_list_is_added_to_another(xs, a):
    ys = []
    for x in xs:
        ys = ys + [x * a]
    both = ys + [a] + ys
    both += ys
    both.extend([a, a * a])
    return np.sum(np.array(both) ** 2) + len(both)


@program((normal(5, 3),))
def rows_of_an_argument(a):
    rows = []
    for k in range(len(a)):
        rows.append(a[len(a) - 1 - k])
    return np.sum(np.stack(rows) * a)


@program((normal(4), 0.3), wrt=(0, 1))
def snapshots_of_an_array_that_is_written(u, dt):
    u = u.copy()
    frames = [u.copy()]
    for _ in range(5):
        u[1:-1] += dt * (u[:-2] - 2.0 * u[1:-1] + u[2:])
        frames.append(u.copy())
    return np.sum(np.stack(frames) ** 2)


@program((normal(4), 0.3), wrt=(0, 1))
def a_new_array_is_written_before_it_is_kept(u, a):
    kept = []
    for k in range(len(u)):
        row = np.zeros(4)
        row[k] = u[k] * a
        row[0] += u[k]
        kept.append(row)
    return np.sum(np.array(kept) @ u)


@program((V, 0.4), wrt=(0, 1))
def reversed_and_cleared(xs, a):
    ys = []
    total = 0.0
    for x in xs:
        ys.append(a * x)
        if len(ys) == 3:
            ys.reverse()
            total += ys[0] * ys[1]
            ys.clear()
    return total


@program((V, positive(4)), wrt=(0, 1))
def lists_in_nested_loops(xs, cs):
    totals = []
    for c in cs:
        s = 0.0
        steps = []
        for x in xs:
            s = np.tanh(s + c * x)
            steps.append(s)
        totals.append(steps[-1] * sum(steps))
    return np.sum(np.array(totals))


@program((V, positive(4)), wrt=(0, 1))
def one_list_through_nested_loops(xs, cs):
    ys = [1.0]
    for c in cs:
        for x in xs:
            if x > -1.0:
                ys.append(np.sin(c * x + ys[-1]))
    return np.sum(np.array(ys) ** 2)


@program((normal(3),), (normal(5),))
def products_in_pairs(x):
    rows = [np.array([-r, 1.0]) for r in x]
    n = len(rows)
    while n > 1:
        m, odd = divmod(n, 2)
        pairs = [np.convolve(rows[i], rows[i + m]) for i in range(m)]
        if odd:
            pairs[0] = np.convolve(pairs[0], rows[-1])
        rows = pairs
        n = m
    return np.sum(rows[0] ** 2)


# Structures in lists, and changes at any place.


@dataclass
class State:
    x: float
    v: float


class Sample(NamedTuple):
    a: float
    b: float


@program((V,), has_aux=True)
def dicts_that_are_returned(x):
    out = []
    for v in x:
        out.append({"value": v * 2, "square": v * v})
    return sum(o["value"] * o["square"] for o in out), out


@program((V,), has_aux=True)
def dataclasses_that_are_returned(x):
    out = []
    s = State(0.0, 1.0)
    for v in x:
        s = State(s.x + s.v * v, s.v * 0.9)
        out.append(s)
    return sum(o.x * o.v for o in out), out


@program((V,), has_aux=True)
def nested_tuples_that_are_returned(x):
    out = []
    for k, v in enumerate(x):
        out.append((k, (v, v * v)))
    return out[-1][1][0] * out[0][1][1], out


@program((V,), has_aux=True)
def namedtuples_that_are_returned(x):
    out = [Sample(v, v * v) for v in x]
    return sum(p.a * p.b for p in out), out


@program((V,))
def tuples_of_arrays_stacked(x):
    rows = []
    for v in x:
        rows.append((np.array([v, v * v]), v))
    return np.sum(np.stack([r[0] for r in rows]) ** 2) + sum(r[1] for r in rows)


@program((V,))
def slices_assigned(x):
    xs = [v * v for v in x]
    xs[1:3] = [x[0], x[1], x[2]]
    xs[:1] = []
    return sum(k * v for k, v in enumerate(xs))


@program((V,))
def slices_deleted(x):
    xs = [v * v for v in x]
    del xs[1:3]
    del xs[0]
    del xs[-1]
    return sum((k + 1) * v for k, v in enumerate(xs))


@program((V,))
def first_and_last_updated(x):
    xs = [0.0]
    for v in x:
        xs.append(v)
        xs[-1] += v * v
        xs[0] *= 1.5
        xs[0] += v
    return sum((k + 1) * v for k, v in enumerate(xs))


@program((V,))
def items_inserted(x):
    xs = []
    for k, v in enumerate(x):
        xs.insert(0, v * v)
        xs.insert(k // 2, v)
    xs.insert(len(xs), 2.0 * x[0])
    return sum((k + 1) * v for k, v in enumerate(xs))


@program((V,))
def an_item_popped_from_the_middle(x):
    xs = [v for v in x]
    k = len(xs) // 2
    a = xs.pop(k)
    return a * xs[k] + sum(xs)


@program((V, 2), wrt=(0,))
def an_item_popped_at_a_parameter(x, k):
    xs = [v for v in x]
    for i in range(len(x)):
        if x[i] > 0:
            xs.pop(k - 1)
            break
    return sum((k + 1) * v for k, v in enumerate(xs))


@program((V,))
def extended_by_all_kinds(x):
    xs = []
    for v in x:
        xs.extend([v, v * v])
        xs += (v,)
        xs.extend(x[:2])
        xs.extend(w * w for w in x if w > 0)
    return sum((k + 1) * v for k, v in enumerate(xs))


@program((V,))
def the_place_of_the_largest(x):
    values = [v * v for v in x]
    k = max(range(len(values)), key=values.__getitem__)
    i = min(range(len(x)), key=lambda i: x[i])
    return values[k] * x[i]


@program((V,))
def largest_removed_until_two_are_left(x):
    xs = [v for v in x]
    while len(xs) > 2:
        worst = max(xs)
        xs.remove(worst)
    return sum(xs)


@program((W,))
def a_table_of_lists(m):
    dp = [[0.0] * m.shape[1] for _ in range(m.shape[0])]
    for i in range(m.shape[0]):
        for j in range(m.shape[1]):
            dp[i][j] = m[i, j] + (dp[i - 1][j] if i > 0 else 0.0)
    return dp[-1][-1] ** 2


@program((V, 1, -1), (V, -4, 2), (V, 3, 1), wrt=(0,))
def a_stretch_replaced_by_bounds_of_the_run(x, a, b):
    xs = [v * v for v in x if v > -9.0]
    start = a + int(x[0] > 100.0)
    stop = b + int(x[0] > 100.0)
    xs[start:stop] = [x[0]]
    return sum((k + 1) * v for k, v in enumerate(xs))


@program((V, 1, -1), (V, -2, 2), wrt=(0,))
def places_counted_from_the_right(x, a, b):
    xs = [v * v for v in x if v > -9.0]
    first = xs.pop(a - int(x[0] > 100.0))
    xs.insert(b - int(x[0] > 100.0), 2.0 * first)
    del xs[b]
    return sum((k + 1) * v for k, v in enumerate(xs)) + first
