"""Comprehensions and generators over known structures."""

import numpy as np
from support.corpus import Programs, normal

program = Programs()
V = normal(4)
ARRAYS = [normal(2), normal(3), normal(2, 2)]


@program((ARRAYS,), ([2.0, 3.0],))
def a_list_comprehension(xs):
    squares = [np.sum(x * x) for x in xs]
    return squares[0] * squares[-1]


@program((ARRAYS,))
def a_generator_in_sum(xs):
    return sum(np.sum(x) ** 2 for x in xs)


@program((ARRAYS,))
def a_condition(xs):
    return sum(np.sum(x) for x in xs if x.ndim == 1) + sum(k for k in range(5) if k % 2)


@program((ARRAYS,))
def a_dict_comprehension(xs):
    named = {f"k{i}": np.sum(x) for i, x in enumerate(xs)}
    return named["k0"] * named["k2"]


@program(({"a": V, "b": 2.0},))
def over_items(p):
    doubled = {k: v * 2 for k, v in p.items()}
    return np.sum(doubled["a"]) * doubled["b"] ** len(doubled)


@program(([1.0, 2.0, 3.0],))
def nested(xs):
    return sum(x * y * (i + j) for i, x in enumerate(xs) for j, y in enumerate(xs) if i < j)


@program(([[1.0, 2.0], [3.0, 4.0]],))
def a_matrix_of_lists(rows):
    columns = [[row[k] for row in rows] for k in range(2)]
    return columns[0][1] * columns[1][0] - columns[0][0] * columns[1][1] + sum(sum(c) for c in columns)


@program((2.0,))
def a_walrus(x):
    values = [last := x * k for k in range(3)]
    return sum(values) * last


@program((3.0,))
def a_scope_of_its_own(k):
    xs = [k * 2 for k in range(3)]
    return k * sum(xs)


@program((ARRAYS,))
def map_filter_zip(xs):
    sums = list(map(np.sum, xs))
    kept = [s for k, s in filter(lambda p: p[0] != 1, enumerate(sums))]
    return sum(a * b for a, b in zip(kept, reversed(kept))) + sum(map(lambda s: s * s, sums))


@program((ARRAYS,))
def concatenation_of_pieces(xs):
    flat = np.concatenate([x.ravel() for x in xs])
    return np.sum(flat * flat)


@program(([V, 2 * V, V + 1],))
def stack_of_pieces(xs):
    s = np.stack([x * k for k, x in enumerate(xs, start=1)], axis=1)
    return np.sum(s[0] * s[2])


@program((V, 3), wrt=(0,))
def powers_of_an_array(v, n):
    return np.sum(sum([v**k for k in range(n)], 0.0))


@program((V, 0), wrt=(0,), xfail="the sum of no arrays is a number, and no array")
def a_sum_of_no_arrays(v, n):
    return np.sum(sum([v**k for k in range(n)], 0.0))


@program((V,))
def elements_of_an_array_by_index(v):
    return sum(v[k] * v[k + 1] for k in range(3))


@program((ARRAYS,))
def any_all_max_len(xs):
    if all(x.ndim < 3 for x in xs) and any(len(x) > 2 for x in xs):
        return max(len(x) for x in xs) * np.sum(xs[1])
    return np.sum(xs[0])


@program(([3.0, 1.0, 2.0],))
def max_of_a_list(xs):
    return max(xs) * min(xs) + max(x * x for x in xs)


@program(({"w2": V, "w1": 2 * V, "b": 0.3},))
def sorted_keys(p):
    total = 0.0
    for k, name in enumerate(sorted(p)):
        total = total + (k + 1) * np.sum(p[name] ** 2)
    return total
