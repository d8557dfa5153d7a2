"""Names that stand for one of two arrays, chosen at run time: what is read and written through and around them."""

import numpy as np
from support.corpus import Programs, normal

program = Programs()

X, Y = normal(5), normal(5, seed=1)
EITHER = ((X, Y, 0.5), (X, Y, -0.5))
TRIPS = ((X, 0), (X, 1), (X, 4))


@program(*EITHER, wrt=(0, 1))
def written_through_the_choice(x, y, s):
    c = x if s > 0 else y
    c[0] = c[1] * 2.0
    c *= 1.5
    return np.sum(x * x) + np.sum(y * y * y) + np.sum(c)


@program(*EITHER, wrt=(0, 1))
def written_around_the_choice(x, y, s):
    c = x if s > 0 else y
    x[0] = y[1] * 2.0
    y *= 1.5
    return np.sum(x * c) + np.sum(y * y)


@program(*EITHER, wrt=(0, 1))
def the_others_are_dead(x, y, s):
    c = x if s > 0 else y
    c[0] = c[1] * 2.0
    c *= c
    return np.sum(c)


@program(*EITHER, wrt=(0, 1))
def an_array_or_a_new_one(x, y, s):
    if s > 0:
        h = x
    else:
        h = np.abs(y)
    h[1:] /= 1.5 + x[:-1] ** 2
    x[0] *= 3.0
    return np.sum(h * x)


@program(*EITHER, wrt=(0, 1))
def views_chosen(x, y, s):
    c = x[1:] if s > 0 else y[:-1]
    v = c[::-1]
    v[0] = 2.0 * v[1]
    return np.sum(x * x) + np.sum(y * y * y) + np.sum(c * v)


@program(*EITHER, wrt=(0, 1))
def a_view_of_the_choice(x, y, s):
    c = x if s > 0 else y
    v = c[1:3]
    x[1] = 0.3 * y[1]
    v *= 2.0
    return np.sum(x * x) + np.sum(y * y * y) + np.sum(c * c[::-1])


@program(*EITHER, wrt=(0, 1))
def a_view_of_an_alternative(x, y, s):
    v = x[1:]
    c = x if s > 0 else y
    c[2] = 1.5 * c[0]
    v[0] = 2.0
    return np.sum(v * v) + np.sum(c * y)


@program(*EITHER, wrt=(0, 1))
def choices_of_choices(x, y, s):
    c = x if s > 0 else y
    d = c if x[0] > 0 else y
    d[1] = 3.0 * d[0]
    c[2] = 2.0 * d[1]
    y[3] = 0.5 * c[2]
    return np.sum(x * x) + np.sum(y * y) + np.sum(c * d)


@program(*EITHER, wrt=(0, 1))
def two_names_chosen_at_once(x, y, s):
    if s > 0:
        a, b = x, y
    else:
        a, b = y, x
    a[0] = 2.0 * b[1]
    b[1:] *= a[:-1]
    return np.sum(x * x * x) + np.sum(y * y) + np.sum(a * b * b)


@program(*EITHER, wrt=(0, 1))
def one_array_under_two_names(x, y, s):
    if s > 0:
        a = b = x
    else:
        a = b = y * 2.0
    a[0] = 2.0
    b[1] *= a[0]
    return np.sum(a * b) + np.sum(x * x)


@program(*EITHER, wrt=(0, 1))
def chosen_and_left_again(x, y, s):
    c = x
    if s > 0:
        c = y
        c[0] = 4.0 * x[1]
    c[1] = 2.0 * c[0]
    return np.sum(x * x * x) + np.sum(y * c)


@program(*EITHER, wrt=(0, 1))
def written_under_another_condition(x, y, s):
    c = x if s > 0 else y
    if np.sum(x) > 0:
        c[0] = c[1] * c[2]
    else:
        y[0] = c[3] ** 2
    return np.sum(c * x) + np.sum(y * y)


@program(*EITHER, wrt=(0, 1))
def in_a_list(x, y, s):
    pair = [x, y]
    pair[0] = x if s > 0 else y
    pair[0][1] = pair[1][0] ** 2
    return np.sum(pair[0] * pair[1]) + np.sum(x * x)


def scale_first(a, k):
    a[0] *= k


@program(*EITHER, wrt=(0, 1))
def a_callee_writes_to_the_choice(x, y, s):
    c = x if s > 0 else y
    scale_first(c, 3.0)
    scale_first(x, s)
    return np.sum(c * x) + np.sum(y * y)


def same_or_doubled(a):
    return a if a[0] > 0 else 2.0 * a


@program((X,), (-X,))
def a_callee_chooses(x):
    c = same_or_doubled(x)
    return np.sum(c * x)


@program(*EITHER, wrt=(0, 1))
def matrices_and_columns(x, y, s):
    a = np.outer(x, y)
    b = np.outer(y, y)
    c = a if s > 0 else b
    c[:, 0] = x
    c.T[1] += y
    return np.sum(a * a) + np.sum(b * c)


@program((np.array(0.4), np.array(0.7), 0.5), (np.array(0.4), np.array(0.7), -0.5), wrt=(0, 1))
def numbers_chosen(x, y, s):
    c = x if s > 0 else y
    c = c + 1.0
    return x * y * c


@program(*TRIPS)
def its_own_after_a_trip(x, n):
    y = x
    for _ in range(n):
        y = y * 1.5
        y[0] = y[0] * 0.3
    y[1] = 2.0 * y[0] * x[1]
    return np.sum(y * y) + np.sum(x * x * x)


@program(*TRIPS)
def written_before_it_is_its_own(x, n):
    y = x
    for _ in range(n):
        y[0] = y[1] * 1.5
        y = y * 1.5
    return np.sum(y * y) + np.sum(x * x * x)


@program(*TRIPS)
def the_first_array_is_written_in_the_loop(x, n):
    y = x
    for i in range(n):
        x[i] = 2.0 * y[0]
        y = y * x[1]
    x[3] = 0.5
    return np.sum(y * x)


@program((X, Y, 0), (X, Y, 1), (X, Y, 5), wrt=(0, 1))
def chosen_in_a_loop(x, d, n):
    c = x
    for i in range(n):
        if d[i] > 0:
            c = d
        c[0] = c[0] * 1.5
        x[1] += d[1]
    return np.sum(c * c) + np.sum(x * x * x) + np.sum(d * d * d)


@program((X, Y, 0), (X, Y, 1), (X, Y, 5), wrt=(0, 1))
def to_and_fro(x, y, n):
    c = x
    for i in range(n):
        c = x if y[i] > 0 else y
        c[i] *= 0.5
    c[0] = 2.0 * x[1]
    return np.sum(c * x) + np.sum(y * y)


@program((X, Y, 0.5), (X, Y, -0.5), wrt=(0, 1))
def chosen_before_a_loop(x, y, s):
    c = x if s > 0 else y
    for i in range(1, len(c)):
        c[i] += 0.5 * c[i - 1] * x[0]
        y[i] *= 0.9
    return np.sum(c * c) + np.sum(x * y)


@program((X, 1), (X, 4))
def left_by_break(x, n):
    y = x
    for i in range(n):
        y = y * 1.5
        if np.sum(y) > 0:
            break
        y = x
    y[0] = 3.0 * y[1]
    return np.sum(y * y) + np.sum(x * x * x)


@program((X, 0), (X, 3))
def a_while_loop(x, n):
    y = x
    k = 0
    while k < n and np.sum(y * y) < 50.0:
        y[k] *= 1.1
        y = y * 1.5
        k += 1
    x[0] = y[1] ** 2
    return np.sum(y) + np.sum(x * x)


@program((X, 0), (X, 3))
def nested_loops(x, n):
    y = x
    for i in range(n):
        z = y
        for j in range(i):
            z = z * 0.5
            z[j] += y[i]
        y[0] += z[1]
        y = z
    return np.sum(y * x)


@program((X, Y, 0.5), (X, Y, -0.5), wrt=(0, 1))
def rows_of_a_chosen_matrix(x, y, s):
    a, b = np.outer(x, y), np.outer(y, y)
    c = a if s > 0 else b
    for row in c:
        row *= x
        row[0] = y[1]
    return np.sum(a * b) + np.sum(c)


@program((X, 0.5), (X, -0.5))
def a_dead_argument_may_be_a_view(x, s):
    y = np.tanh(x) if s > 0 else x
    flat = y.ravel()
    flat[0] = 2.0 * flat[1]
    return np.sum(flat * flat)


@program((X, 0), (X, 1), (X, 3))
def a_part_that_becomes_an_array_in_a_loop(x, n):
    v = x[1:]
    for i in range(n):
        v = v * 1.5
        v[0] += x[0]
    x[1] = 3.0 * x[0]
    v[1] *= 2.0
    return np.sum(x * x) + np.sum(v * x[1:])


@program((X, 0), (X, 1), (X, 3))
def a_part_that_is_written_until_it_is_an_array(x, n):
    row = x[:3]
    for i in range(n):
        row[1] *= x[0]
        if row[1] > 0.1:
            row = np.tanh(row)
        x[1] += 0.5
    return np.sum(row * row) + np.sum(x)


@program((X, 0), (X, 2), (X, 3))
def bound_in_a_loop_to_what_is_there_or_new(x, n):
    last = x[0]
    for i in range(n):
        if x[i] > 0.0:
            s = np.sin(x)
        else:
            s = x
        x[0] = s[1] * 2.0
        last = s[2] * s[0]
    return np.sum(x) * last


@program((X, 0), (X, 2))
def rebound_before_an_inner_loop(x, n):
    t = x
    for i in range(n):
        t = x
        k = n
        while k > 1:
            t = x.copy()
            k -= 1
        x[1] = t[0] * t[2]
    return np.sum(t * x)


@program(*TRIPS)
def two_names_for_what_is_never_written(x, n):
    t = x
    for _ in range(n):
        x = np.abs(x)
        for _ in range(2):
            t = -t * 1.5
    return np.sum(t * x)


@program(*EITHER, wrt=(0, 1))
def old_or_new_under_two_conditions(x, y, s):
    h = x
    if s > 0:
        s = 0.5
    elif h.sum() > 0:
        h = y * y
    for _ in range(2):
        s = s + h.sum() * s
    return s


@program(*EITHER, wrt=(0, 1))
def rebound_under_a_condition_in_a_loop(x, y, s):
    h = x
    for i in range(3):
        if x[i] > s:
            x = x * 1.1
        else:
            x = x**3
            h = h * y
    return np.sum(y * x * h)


@program(({"w": X}, 0.5), ({"w": X}, -0.5))
def an_item_or_its_function_in_a_loop(p, s):
    t = np.tanh(p["w"])
    total = 0.0
    for v in (lambda q: p["w"])(s):
        u = p["w"] if s > 0 else t
        total = total + np.sum(u * v)
    return total
