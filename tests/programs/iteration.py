"""What loops run over besides ranges and arrays: structures beside arrays, products, itertools, folds."""

import functools
import itertools
import math
import operator
import statistics
from types import SimpleNamespace

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
V, M = normal(4), normal(3, 4)


@program((V, 0.3), wrt=(0, 1))
def a_list_of_numbers_beside_an_array(v, a):
    total = 0.0
    for w, x in zip([1.0, 2.0, 3.0, 4.0], v):
        total += w * x * x * a
    return total


@program(([0.5, 1.5, 2.5, 3.5], V), wrt=(0, 1))
def a_list_parameter_beside_an_array(ws, v):
    total = 0.0
    for w, x in zip(ws, v):
        total += w * x * x
    return total


@program((M,))
def rows_of_a_matrix_by_name(m):
    a, b, c = m
    return np.sum(a * b - c)


@program((V,))
def elements_one_by_one(v):
    s = 0.0
    for x in v.flat:
        s += x * x
    return s


@program((M,))
def all_indices(m):
    s = 0.0
    for i, j in np.ndindex(m.shape):
        s += m[i, j] ** 2 * (i + j)
    return s


@program((M,))
def all_indices_of_dimensions(m):
    s = 0.0
    for i, j in np.ndindex(*m.shape):
        s += m[i, j] ** 2 * (i + j)
    return s


@program((M,))
def all_indices_with_elements(m):
    s = 0.0
    for (i, j), x in np.ndenumerate(m):
        s += x**2 * (i + 2 * j)
    return s


@program((M,))
def a_product_of_ranges(m):
    s = 0.0
    for i, j in itertools.product(range(m.shape[0]), range(m.shape[1])):
        s += m[i, j] ** 2 * (i + 2 * j)
    return s


@program(([1.0, 2.0, 3.0],))
def itertools_of_structures(p):
    s = 0.0
    for a, b in itertools.product(p, repeat=2):
        s += a * b * b
    for a, b in itertools.combinations(p, 2):
        s += a * b * b
    for a, b in itertools.permutations(p, 2):
        s += a * b * b
    for a, b in itertools.pairwise(p):
        s += a * b * b
    for a, b in itertools.zip_longest(p, [1.0], fillvalue=2.0):
        s += a * b * b
    for a in itertools.chain(p, (s, s)):
        s += a * a
    for a in itertools.chain.from_iterable([p, p]):
        s += a * a
    for a in itertools.islice(p, 2):
        s += a * a
    for a, k in zip(p, itertools.count(1)):
        s += a * k
    for a, k in zip(p, itertools.repeat(s)):
        s += a * k
    for a, k in zip(p, itertools.cycle([1, 2])):
        s += a * k
    for a in itertools.accumulate(p):
        s += a
    for a in itertools.accumulate(p, lambda u, v: u * v, initial=2.0):
        s += a
    for a in itertools.accumulate(p, operator.mul):
        s += a
    return sum(itertools.starmap(operator.mul, [(s, s), p[:2]]))


@program((V,))
def neighbours(v):
    s = 0.0
    for a, b in itertools.pairwise(v):
        s += (b - a) ** 2
    return s


@program((V,))
def items_by_their_places(v):
    get = operator.itemgetter(0, 2)
    a, b = get([v[0], v[1], v[2] * v[3]])
    return a * b


@program(({"a": 2.0, "b": 3.0},))
def getters_and_callers(d):
    a, b = operator.itemgetter("a", "b")(d)
    pairs = sorted([("z", a), ("y", b)], key=operator.itemgetter(0))
    c = sorted([SimpleNamespace(n=2, v=a), SimpleNamespace(n=1, v=b)], key=operator.attrgetter("n"))
    return a * b * pairs[0][1] * c[0].v + operator.methodcaller("get", "a")(d)


@program(([1.5, 2.0, 3.0],), (positive(3),))
def a_product_of_all(p):
    return math.prod(p)


@program(([1.5, 2.0, 3.0],), (positive(3),))
def a_sum_rounded_once(p):
    return math.fsum(p)


@program((positive(3),))
def a_sum_with_a_start(p):
    return sum([p[0], p[1]], start=p[2]) + sum(p, 3.0)


@program(([1.5, 2.0, 3.0],))
def a_mean_rounded_once(p):
    return statistics.fmean(p)


@program(([1.5, -2.0, 1.0],))
def the_largest_by_its_size(p):
    return max(p, key=abs) ** 3


@program(([1.5, -2.0, 1.0],))
def the_nearest(p):
    return min(p, key=lambda x: (x - 1.2) ** 2) ** 3


@program((positive(5),))
def a_fold_of_an_array(v):
    return functools.reduce(lambda a, b: a * b + 1.0, v)


@program((positive(5), 2.0), wrt=(0, 1))
def a_sum_with_a_start_that_is_differentiated(v, a):
    return sum(v, a) * sum(v, 2.5) + sum(v, 0.0)


@program((normal(3, 4), 2.0), wrt=(0, 1))
def a_sum_of_rows_with_a_start(v, a):
    return np.sum(sum(v, a) * sum(v, 2.5) + sum(v, 0.0))


@program((V, 1.5), wrt=(0, 1))
def iterators_without_end(v, a):
    s = 0.0
    for x, k, c in zip(v, itertools.count(1), itertools.repeat(a)):
        s += x**2 * k * c
    for x, w in zip(v, itertools.cycle([1.0, a])):
        s += x * w
    return s


@program((V, M))
def a_product_that_is_left(v, m):
    s = 0.0
    for k, (i, j) in enumerate(itertools.product(range(len(v) - 1), range(m.shape[1]))):
        if i == 1 and j > 2:
            break
        s += m[i, j] * v[i] * k
    else:
        s = 0.0
    return s


@program((V, M))
def a_product_of_arrays(v, m):
    s = 0.0
    for a, row in itertools.product(v, m):
        s += a * np.sum(row)
    for a, b in itertools.product(v, [1.0, 2.0]):
        s += a * b
    for a, b in itertools.product(v, repeat=2):
        s += a * b
    return s


@program((V,))
def a_range_with_a_name(v):
    r = range(1, len(v))
    s = 0.0
    for k in r:
        s += v[k] * v[k - 1]
    for k in reversed(r):
        s += v[k] * k
    return s * len(r) + r[0] * v[0] + np.sum(v[r]) + len(range(0, len(v), 3)) * v[1] + len(range(len(v), 0, -2))


@program((positive(5), 0.5), wrt=(0, 1))
def a_fold_with_a_start(v, a):
    def step(total, x):
        return total * a + x * x

    return functools.reduce(step, v, a) * functools.reduce(operator.mul, v)


@program((M, [0.5, -1.0, 2.0]), wrt=(0, 1))
def weights_beside_rows_that_are_written(m, weights):
    m = m.copy()
    for k, (w, row) in enumerate(zip(weights, m)):
        if row[0] > 0:
            row *= w
        row[1] += k
    return np.sum(m**2)


@program((M, [V, 2 * V, V + 1]), wrt=(0, 1))
def a_list_of_vectors_beside_rows(m, vectors):
    total = 0.0
    for row, v in zip(m, vectors):
        total = total * 0.5 + row @ v
    return total


@program((normal(3, 3, 2),))
def rows_unpacked_in_a_loop(triangles):
    area = 0.0
    for triangle in triangles:
        a, b, c = triangle
        area += abs((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])) / 2
    return area


@program((normal(3, 4),))
def elements_written_one_by_one(m):
    m = np.tanh(m)
    for i, j in np.ndindex(*m.shape):
        if i and j:
            m[i, j] += m[i - 1, j] * m[i, j - 1]
    return np.sum(m**2)


@program((normal(4, 4),))
def indices_without_the_diagonal(m):
    total = 0.0
    for i, j in itertools.product(range(len(m)), repeat=2):
        if i == j:
            continue
        total += m[i, j] * m[j, i]
    return total


@program((V,))
def the_best_of_structures(v):
    candidates = [(k, (x - 0.3) ** 2) for k, x in enumerate([v[0], v[1], v[2]])]
    place, distance = min(candidates, key=operator.itemgetter(1))
    return distance * (place + 1)


# Pairs, products and repetitions of what only the run tells the length of.


@program((V,), (V[:1],), (V[:0],))
def pairs_with_themselves(v):
    return sum(a * b**2 for a, b in itertools.combinations_with_replacement(v, 2))


@program((V,), (V[:1],))
def ordered_pairs_until_one_is_large(v):
    total = 0.0
    for k, (a, b) in enumerate(itertools.permutations(v, 2)):
        if a > 1.5:
            break
        total += (k + 1) * a * b**2
    return total


@program((V,))
def a_list_of_pairs_of_indices(v):
    pairs = list(itertools.combinations(range(len(v)), 2))
    total = 0.0
    for i, j in pairs:
        total += v[i] * v[j] ** 2
    return total / len(pairs)


@program((M, 0.3), wrt=(0, 1))
def forces_between_all_pairs(points, strength):
    force = np.zeros_like(points)
    for i, j in itertools.combinations(range(len(points)), 2):
        pull = strength * (points[j] - points[i])
        force[i] += pull
        force[j] -= pull
    return np.sum(force**2)


@program((V, normal(3)), wrt=(0, 1))
def a_list_of_all_products(v, w):
    pairs = list(itertools.product(v, w))
    return sum(a * b**2 for a, b in pairs) + len(pairs) * pairs[0][0]


@program((V,))
def neighbours_as_a_list(v):
    pairs = list(itertools.pairwise(v))
    return sum((b - a) ** 2 for a, b in pairs) + pairs[-1][0] * pairs[0][1]


@program((V,))
def one_at_a_time(v):
    return sum(a**2 for (a,) in itertools.combinations(v, 1))


@program((normal(3),), (normal(3) + 1.0,))
def named_elements(v):
    p = dict(zip(["mass", "length", "speed"], v))
    return p["mass"] * p["speed"] ** 2 / 2 + p["length"]


@program((normal(3), [math.sin, math.cos]), (normal(2), [math.sin, math.cos]), wrt=(0,))
def functions_beside_an_array(v, functions):
    total = 0.0
    for x, f in zip(v, functions):
        total += f(x) * x
    return total


@program((normal(3),))
def an_array_as_arguments(v):
    def volume(width, height, depth=1.0):
        return width * height * depth**2

    return volume(*v)


@program((V, normal(3)), wrt=(0, 1))
def sequences_repeated(v, w):
    ys = [w[0], w[1]] * len(v)
    rows = [v] * len(w)
    total = 0.0
    for k in range(len(ys)):
        total += ys[k] ** 2 * k
    return total + np.sum(np.array(rows) ** 2)


@program((M,))
def a_triangle_of_indices(m):
    i, j = np.triu_indices(len(m), 1)
    k, l = np.tril_indices(len(m), 0, m.shape[1])
    return np.sum((m[i] - m[j]) ** 2) + np.sum(m[k, l] ** 3)
