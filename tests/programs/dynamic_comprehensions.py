"""Comprehensions, generator expressions and builtins over what is as long as only the run tells."""

from functools import reduce

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()

V, U = normal(6), normal(6, seed=1)
A, W = normal(5, 3), normal(3, 3)


# Lists.


@program((V,), (V[:0],))
def squares(xs):
    return sum([x * x for x in xs])


@program((V, U), (V, U[:4]), wrt=(0, 1))
def over_a_zip(a, b):
    return sum(x * y for x, y in zip(a, b))


@program((V, 0.5), wrt=(0, 1))
def over_an_enumeration(xs, a):
    return sum(a**k * x for k, x in enumerate(xs, start=1))


@program((A, W), wrt=(0, 1))
def rows_stacked(a, w):
    hs = [np.tanh(w @ row) for row in a]
    return np.sum(np.stack(hs) * a)


@program((V, 5), (V, 0))
def an_array_of_numbers(x, n):
    return np.sum(np.array([x[i] ** 2 for i in range(n)]) * 0.5) + x[0]


@program((V, 5), wrt=(0,))
def pairs(x, n):
    return sum(x[i] * x[j] for i in range(n) for j in range(i))


@program((A,))
def a_list_of_lists(a):
    rows = [[np.sin(x) for x in row] for row in a]
    return rows[1][0] * rows[-1][2] + sum(sum(row) for row in rows)


@program((V,), (-positive(4),))
def a_condition_on_the_item(xs):
    kept = [np.log(x) for x in xs if x > 0]
    return sum(kept) + len(kept) * np.sum(xs)


@program((V, 6), wrt=(0,))
def conditions_between_loops(x, n):
    return sum(x[i] * x[j] for i in range(n) if x[i] > 0 for j in range(n) if i != j if x[j] < 0.5)


@program((V, 3.0), wrt=(0, 1))
def a_choice_in_the_item(xs, a):
    return np.prod(np.array([a * x if x > 0 else x * x for x in xs]))


@program((V, 0.3), wrt=(0, 1))
def the_target_hides_a_variable(x, a):
    k = a
    total = sum([k * v for k, v in enumerate(x)])
    return total * k


@program((V,))
def the_target_hides_what_it_runs_over(x):
    return sum([x * x for x in x]) * x[0]


@program((V, 0.7), wrt=(0, 1))
def a_call_in_the_item(xs, a):
    def f(x, scale=2.0):
        y = np.tanh(a * x)
        return y * scale if y > 0 else y

    return sum(f(x) for x in xs) * max(f(x, scale=a) for x in xs)


@program((A,))
def the_target_is_unpacked(a):
    return sum(x * y - z for x, y, z in [(row[0], row[1], row[2]) for row in a])


@program((V, 0.2), wrt=(0, 1))
def in_a_loop(xs, a):
    h = a
    for x in xs:
        h = np.tanh(h + sum(np.sin(h * y) for y in xs) * x)
    return h


@program((V, 0.2), (V, 2.0), wrt=(0, 1))
def in_a_branch(xs, a):
    if a > 1.0:
        ys = [a * x for x in xs]
    else:
        ys = [x * x for x in xs if x > a]
    return sum(ys) * a


@program((V, 0.8), wrt=(0, 1))
def in_the_test_of_a_while(xs, a):
    while max(abs(x) for x in xs) > 0.4:
        xs = xs * a
    return np.sum(xs)


@program((normal(5, 2), 0.3), wrt=(0, 1))
def de_casteljau(control, t):
    points = [p for p in control]
    while len(points) > 1:
        points = [(1 - t) * a + t * b for a, b in zip(points[:-1], points[1:])]
    x, y = points[0]
    return x * y


@program((V,))
def many_trips_that_are_known(x):
    return sum(x[k % 6] * k for k in range(40)) + sum([np.sin(x[0] * k) for k in range(3)])


@program((V,))
def a_list_of_known_length_by_index(x):
    c = [x[k] * (k + 1) for k in range(4)]
    return c[0] * c[3] - c[1] * c[-2]


@program((A, W), wrt=(0, 1))
def kept_as_arrays(a, w):
    products = [w * row for row in a]
    total = 0.0
    for p, row in zip(products, a):
        total += np.sum(p @ row)
    return total + np.sum(np.concatenate(products) ** 2) + np.sum(np.vstack([row * 2 for row in a]))


@program((V,))
def keys_of_a_dict(x):
    named = {f"k{i}": x[i] ** 2 for i in range(3)}
    return named["k0"] * named["k2"]


# Walrus.


@program((V,), (V + 9.0,))
def a_walrus_leaks(xs):
    last = 1.0
    ys = [(last := x * x) for x in xs]
    return sum(ys) * last


@program((V, 0.5), (V, 9.0), wrt=(0, 1))
def a_running_total(xs, total):
    ys = [total := 0.5 * total + x for x in xs]
    return sum(y * y for y in ys) + total


@program((V, 0.1), (V, 9.0), wrt=(0, 1))
def a_walrus_in_any(xs, a):
    first = a
    if any((first := x) > a for x in xs):
        return first**2
    return first**3


@program((0.3, 1.2, 2.0), (0.3, 0.2, 0.1), wrt=(0, 1, 2))
def any_stops_over_what_is_known_too(x, y, z):
    seen = 0.0
    if any((seen := v) > 1.0 for v in (x, y, z)):
        return seen * x
    return seen * y


# Builtins.


@program((V,), (positive(4),), (-positive(4),))
def any_and_all(xs):
    if all(x > 0 for x in xs):
        return np.prod(xs)
    if any(x > 0 for x in xs):
        return np.sum(xs**2)
    return np.sum(xs**3)


@program((A,), (A + 9,))
def any_of_two_loops(a):
    rows = 0
    for row in a:
        rows += any(x * y > 1.0 for x in row for y in a[:, 0])
    return np.sum(a) * rows


@program((V, np.array([2.0, 0.0, 1.0])), wrt=(0,))
def all_stops_before_what_raises(xs, d):
    if all(k != 0.0 and 1 / float(k) > 0.1 for k in d):
        return np.sum(xs)
    return np.sum(xs**2)


@program((V,))
def largest_and_smallest(xs):
    return max(x * x for x in xs) - min([np.sin(x) for x in xs])


@program((A, normal(4, 3, seed=2)), wrt=(0, 1))
def nearest(a, b):
    return sum(min(np.linalg.norm(p - q) for q in b) for p in a)


@program((V,))
def lists_of_arrays(x):
    ys = list(x)
    ys.append(x[0] * x[1])
    return ys[-1] * sum(ys[:-1]) + np.mean([y * y for y in ys])


@program((V, U), wrt=(0, 1))
def a_list_of_a_zip(a, b):
    both = list(zip(a, b))
    return both[0][0] * both[-1][1] + sum(x * y for x, y in both[1:])


@program((V, U), wrt=(0, 1))
def maps(a, b):
    return sum(map(lambda x, y: x * y**2, a, b)) + np.sum(np.array(list(map(np.sin, a))))


@program((V,))
def filters(xs):
    positive_ones = list(filter(lambda x: x > 0, xs))
    return sum(positive_ones) ** 2 + sum(filter(None, xs))


@program((V,), (V[:1],))
def reductions(xs):
    return reduce(lambda a, b: a * b + 1.0, xs) * reduce(lambda a, b: np.sin(a + b), xs, 0.5)


@program((V,))
def reversed_and_enumerated(xs):
    backwards = list(reversed([x * x for x in xs]))
    return sum(k * y for k, y in list(enumerate(backwards))) + sum(reversed(xs))


@program((V,))
def a_generator_is_looped_over(xs):
    total = 0.0
    for y in (x * x for x in xs):
        total = total * 0.5 + y
    return total


@program((V,))
def a_generator_is_consumed_once(xs):
    def both(items):
        return sum(items) + sum(items)

    return both(x * x for x in xs)


@program((V.astype(np.float32),))
def single_precision(xs):
    return sum(x * x for x in xs) * 2.0


@program((V, 0.4), wrt=(0, 1))
def python_floats(xs, a):
    return sum(float(x) * a for x in xs) + sum([a * k for k in range(1, len(xs))])


@program((V,), wrt=(0,))
def ints(xs):
    return sum(1 for x in xs if x > 0) * np.sum(xs)


# What needs a known length after all, where an int parameter or a constant says it.


@program((V, 3), wrt=(0,))
def items_are_changed(x, n):
    rows = [[0.0, x[k]] for k in range(n)]
    rows[1][0] = x[0] * x[1]
    rows[0][1] *= 2.0
    return rows[1][0] + rows[0][1] * rows[2][1]


@program((V, 3), wrt=(0,))
def arrays_in_a_list_are_written_to(x, n):
    sums = [np.zeros(2) for _ in range(n)]
    for k in range(n):
        sums[k][k % 2] += x[k] * x[k + 1]
    return sum(np.sum(s**2) for s in sums)


@program((V, 3), wrt=(0,))
def functions_in_a_list(x, n):
    fs = [lambda v, k=k: v * x[k] for k in range(n)]
    return fs[0](x[1]) * fs[2](x[0])


@program((V,))
def many_lists_that_are_changed(x):
    rows = [[x[0] * k] for k in range(20)]
    rows[3].append(x[1])
    return rows[3][1] * rows[19][0]
