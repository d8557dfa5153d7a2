"""Loops that end early, in every way: what was saved matches the trips that were made."""

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
X = positive(7)
A = positive(4, 5)


@program((X, 3.0), (X, 100.0), (X, 0.0), wrt=(0, 1))
def break_before_and_after_saves(x, limit):
    s = 1.0
    for i in range(len(x)):
        if s > limit:
            break
        s = s * x[i] + 1.0
        if s > 2.0 * limit:
            break
        s = s + np.sin(s)
    return s


@program((A, 2.5), (A, 1e9), (A, -1.0), wrt=(0, 1))
def breaks_inside_and_outside(a, limit):
    total = 0.0
    for i in range(a.shape[0]):
        row = 0.1 * limit if limit < 10 else 0.5
        for j in range(a.shape[1]):
            row = row * a[i, j] + row * row * 0.1
            if row > limit:
                break
            row = row + np.cos(row)
        total = total + row * row
        if total > 4.0 * limit:
            break
    return total


@program((A, 1.0), (A, 3.0), (A, 1e9))
def return_in_a_nested_loop(a, limit):
    s = 0.5
    for i in range(a.shape[0]):
        t = s
        for j in range(i + 1):
            t = t * a[i, j] + 0.3 * np.exp(-t)
            if t > limit:
                return t * s + t * t
        s = s + t * t
    return s * s


@program((X, 1.0), (X, 50.0), (X, -1.0))
def else_of_a_for(x, limit):
    s = 1.0
    for i in range(len(x)):
        s = s + x[i] * s
        if s > limit:
            s = s * s
            break
    else:
        s = np.sin(s) * s
    return s


@program((X, 2.0), (X, 1e3), (X, 0.0))
def else_of_a_while(x, limit):
    i, s = 0, 0.5
    while i < 5:
        s = s * x[i] + s * s
        if s > limit:
            break
        i += 1
    else:
        s = s + np.exp(-s)
    return s * i


@program((X, 4), (X, 0), (X, 1))
def lengths_of_all_kinds(x, n):
    s = 1.0
    for i in range(n):
        for j in range(i):
            s = s * x[j] + 0.1
        k = 0
        while s > 0.8 and k < i + 2:
            s = s * 0.7 + 0.01 * s * s
            k += 1
        s = s * x[i]
    return s


@program((X, 3.0), (X, 0.2), wrt=(0, 1))
def a_while_in_a_while(x, level):
    i, s = 0, 0.0
    while i < len(x):
        t = x[i]
        while t * t < level:
            t = t * 1.3 + 0.01 * t * t
        s = s + t * x[i]
        i += 1
        if s > 40.0:
            break
    return s


@program((X, 1.0), (X, 10.0), (X, 0.0))
def continue_before_a_break(x, limit):
    s = 0.3
    for i in range(len(x)):
        if x[i] < 0.9:
            continue
        s = s + x[i] * s * s
        if s > limit:
            break
        s = s * 0.9
    return s * s


@program((X.copy(), 1.2), (X.copy(), 9.0), wrt=(0, 1))
def writes_until_a_break(x, limit):
    for i in range(1, len(x)):
        x[i] = x[i] * x[i - 1]
        if x[i] > limit:
            break
        x[i - 1] = np.sin(x[i]) * limit
    return np.sum(x * x)


@program((A.copy(), 1.0), (A.copy(), 5.0), (A.copy(), 0.0))
def writes_in_nested_loops_until_breaks(a, limit):
    count = 0
    for row in a:
        for j in range(1, len(row)):
            if row[j] * row[j - 1] > limit:
                row[j] = row[j] ** 2
                break
            row[j] = row[j] + row[j - 1] ** 2
            count += 1
        if count > 9:
            break
    return np.sum(a**2) * count


@program((X, 3.0), (X, 0.1))
def returns_from_a_while_with_writes(x, limit):
    y = x.copy()
    i = 0
    while i < len(y) - 1:
        y[i + 1] = y[i] * y[i + 1] + 0.5
        if y[i + 1] > limit:
            return np.sum(y * y)
        i += 1
    return np.sum(np.sin(y))


@program((X, 0.5), (X, 2.0), (X, 1e3))
def three_loops_and_one_exit(x, limit):
    s = 0.1
    for i in range(3):
        for j in range(i, 4):
            for k in range(j):
                s = s + 0.1 * s * x[k] * x[j]
                if s > limit:
                    break
            else:
                s = s * x[i]
                continue
            break
    return s * s


@program((X,), (X[:0],), (X[:1],))
def no_trip_at_all(x):
    s = 2.0
    for i in range(1, len(x)):
        s = s * x[i] * x[i - 1]
        for j in range(len(x), i):
            s = s * 100.0
    while s < -5.0:
        s = s * s
    return s + np.sum(x)


@program((X, 3), (X, 0))
def a_flag_ends_the_loop_later(x, wait):
    s, armed, left = 0.0, False, wait
    for i in range(len(x)):
        s = s + x[i] * np.cos(s)
        if armed:
            left -= 1
            if left < 0:
                break
            s = s * x[i]
        if s > 1.0:
            armed = True
    return s


@program((X, 2.0), (X, 0.3), wrt=(0, 1))
def arms_save_in_some_trips_only(x, limit):
    s = 1.0
    for i in range(len(x)):
        if x[i] > limit:
            s = s * x[i] ** 2
        elif s > 2.0 * limit:
            s = np.log(s) + x[i]
            if s < limit:
                break
        else:
            s = s + 1.0 / x[i]
    return s


@program((normal(5, 3), 0.9), (normal(5, 3), 1e-9))
def arrays_carried_until_converged(a, tol):
    v = np.ones(3)
    for k in range(6):
        for row in a:
            w = v + 0.1 * row * np.dot(row, v)
            if np.sum((w - v) ** 2) < tol * 0.01:
                break
            v = np.tanh(w)
        if np.sum(v) < tol:
            return np.sum(v * v)
    return np.sum(v)


@program((X, 2), (X, 9), (X, 0))
def a_recursion_in_a_loop_that_breaks(x, depth):
    def power(s, n):
        if n <= 0:
            return s
        return power(s * s * 0.5 + 0.1, n - 1)

    total = 0.0
    for i in range(len(x)):
        total = total + power(x[i], min(i, depth))
        if total > 8.0:
            break
    return total
