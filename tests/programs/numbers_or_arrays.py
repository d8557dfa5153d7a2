"""Names that are a number on one path and an array on another, or arrays of different ranks."""

import numpy as np
from support.corpus import Programs, normal

program = Programs()

X, Y, M = normal(4), normal(4, seed=1), normal(3, 4, seed=2)
TRIPS = ((X, 0), (X, 1), (X, 4))
EITHER = ((X, 0.5), (X, -0.5))


@program(*TRIPS)
def a_total_that_starts_as_zero(x, n):
    total = 0
    for i in range(n):
        total = total + x * i
    return np.sum(total * x)


@program(*TRIPS)
def a_total_that_is_added_to_in_place(x, n):
    total = 0.0
    for i in range(n):
        total += x * i
    return np.sum(total * x)


@program((X, Y))
def a_weighted_sum_of_arrays(weights, y):
    acc = 0
    for w in weights:
        acc = acc + w * np.sin(y * w)
    return acc @ y


@program((M, X), wrt=(0, 1))
def rows_summed_from_nothing(m, x):
    acc = 0
    for row in m:
        if row[0] > 0:
            acc += row * x
    return np.sum(np.square(acc))


@program((M, X), (-np.abs(M), X), wrt=(0, 1))
def perhaps_no_row_is_added(m, x):
    acc = 0.0
    for row in m:
        if row[0] > 0:
            acc = acc + row * x
    return np.sum(acc * np.ones(4)) + np.sum(x)


@program(*EITHER)
def a_penalty_or_none(x, s):
    penalty = 0.0
    if s > 0:
        penalty = x**2
    return np.sum(x) + np.sum(penalty)


@program(*EITHER)
def a_weight_that_is_one(x, s):
    w = 1.0
    if s > 0:
        w = np.exp(x)
    if x[0] > 0:
        w = w * 2
    return np.sum(w * x)


@program(*EITHER, wrt=(0, 1))
def a_computed_number_or_an_array(x, s):
    w = s * s if s > 0 else s * x
    return np.sum(w * x) + np.mean(w)


@program(*EITHER)
def a_vector_or_a_matrix(x, s):
    a = x if s > 0 else np.outer(x, x)
    return np.sum(np.tanh(a) * a)


@program(*EITHER)
def a_vector_a_matrix_or_a_number(x, s):
    a = 2.0
    if s > 0:
        a = x
    elif s > -1:
        a = np.outer(x, x)
    b = a * a + x
    return b.sum() * np.max(a)


@program(*EITHER)
def its_rank_is_asked_for(x, s):
    a = x if s > 0 else x[None]
    if np.ndim(a) == 2:
        a = a[0] * 2.0
    return np.sum(a * a)


@program(*EITHER)
def handed_to_a_function_and_back(x, s):
    def scaled(a, by=1.0):
        return a * by

    k = x if s > 0 else 3.0
    return np.sum(scaled(x, k)) + np.sum(scaled(k))


@program(*EITHER)
def in_a_tuple_and_in_a_dict(x, s):
    pair = (x, 1.0) if s > 0 else (0.5, x)
    p = {"a": pair[0]}
    p["b"] = pair[1] * 2.0
    return np.sum(p["a"] * p["b"])


@program(*EITHER)
def written_to_where_it_is_an_array(x, s):
    a = 0.5
    if s > 0:
        a = x.copy()
    if s > 0:
        a[1] = 3.0 * x[0]
    return np.sum(a * x)


@program(*TRIPS)
def the_sum_of_differences(x, n):
    last = 0
    s = 0.0
    for i in range(n):
        s = s + np.sum((x * i - last) ** 2)
        last = x * i
    return s


@program(*TRIPS)
def a_moment_that_is_zero_at_first(x, n):
    m, v = 0.0, 0.0
    for t in range(1, n + 1):
        g = 2.0 * x + np.cos(x)
        m = 0.9 * m + 0.1 * g
        v = 0.99 * v + 0.01 * g**2
        x = x - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-8)
    return np.sum(x * x)


@program(*TRIPS)
def left_by_a_break(x, n):
    best = 0.0
    for i in range(n):
        best = best + x * i
        if np.sum(best) > 1:
            break
    else:
        best = best * 3.0
    return np.sum(best) + np.sum(x)


@program((X, 3), (X, 0))
def in_two_loops(x, n):
    total = 0
    for _ in range(n):
        inner = 0
        for j in range(2):
            inner = inner + x * j
        total = total + np.sin(inner)
    return np.sum(total * x)


@program((M, X), wrt=(0, 1))
def the_best_row_so_far(m, x):
    best, row = -np.inf, None
    for i in range(len(m)):
        score = np.sum(m[i] * x)
        if score > best:
            best, row = score, m[i]
    return best + np.sum(row**2)


@program((M, X), wrt=(0, 1))
def the_last_row_above_a_bound(m, x):
    found = None
    for row in m:
        if row[0] > 0:
            found = row
    return np.sum(x) if found is None else found @ x


@program(*EITHER)
def an_alias_of_what_is_written(x, s):
    a = x if s > 0 else 0.5
    x[0] = 5.0 * x[1]
    return np.sum(a * x)


@program(*TRIPS)
def the_total_is_written_back(x, n):
    t = 0
    for _ in range(n):
        t += x
        x[0] = np.sum(t) * 2.0
    return np.sum(t * x)


@program(*EITHER)
def a_view_or_the_array_updated(x, s):
    a = x if s > 0 else x[None]
    a *= 2.0
    return np.sum(a * a) + np.sum(x)


@program(*EITHER)
def updated_under_another_name(x, s):
    a = x if s > 0 else 2.0
    b = a
    b += 1.0
    return np.sum(a * x) + np.sum(b)


@program(*TRIPS)
def the_last_array_is_written_to(x, n):
    last = 0.0
    for i in range(n):
        now = x * i
        step = now - last
        last = now
        now[0] = 3.0 * x[1]
        x = x + step * last
    return np.sum(x * last)


class Total:
    def __init__(self):
        self.value = 0

    def add(self, more):
        self.value = self.value + more


@program(*TRIPS)
def an_attribute_that_starts_as_zero(x, n):
    total = Total()
    for i in range(n):
        total.add(x * i)
    return np.sum(total.value * x)


@program(*TRIPS)
def doubled_in_every_second_trip(x, n):
    t, k = 0, 0
    while k < n:
        t = x * k if k % 2 else t * 2
        k += 1
    return np.sum(t) * x[0]
