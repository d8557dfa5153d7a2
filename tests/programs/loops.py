"""For loops that stay loops: over ranges, arrays and several things at once, with what they carry."""

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()


@program((0.9, 5), (0.9, 0), (0.9, 1))
def power_by_repeated_products(x, n):
    y = 1.0
    for _ in range(n):
        y *= x
    return y


@program((normal(6), 0.7), wrt=(0, 1))
def horner(coefficients, x):
    p = 0.0
    for c in coefficients:
        p = p * x + c
    return p


@program((normal(6), 0.7), wrt=(0, 1))
def horner_backwards_over_indices(coefficients, x):
    p = coefficients[-1]
    for k in range(len(coefficients) - 2, -1, -1):
        p = p * x + coefficients[k]
    return p


@program((normal(6), 0.7), wrt=(0, 1))
def horner_with_derivative(coefficients, x):
    p = dp = 0.0
    for c in coefficients[::-1]:
        p, dp = p * x + c, dp * x + p
    return p * dp


@program((normal(6), normal(6, seed=1)), wrt=(0, 1))
def dot_product_by_hand(a, b):
    s = 0
    for i in range(a.shape[0]):
        s = s + a[i] * b[i]
    return s


@program((normal(3, 4), normal(4, 2)), wrt=(0, 1))
def matrix_product_by_hand(a, b):
    c = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            for k in range(a.shape[1]):
                c[i, j] += a[i, k] * b[k, j]
    return np.sum(c * c)


@program((normal(4), 0.8), wrt=(0, 1))
def the_loop_variable_after_the_loop(xs, y):
    for x in xs:
        y = y * 0.5 + x
    return y * x


@program((1.3, 4), (1.3, 1))
def the_index_after_the_loop(x, n):
    total = 0.0
    for i in range(n):
        total += x**i
    return total * (i + 1)


@program((normal(5),), (np.zeros(0),))
def a_loop_that_may_run_no_time(xs):
    total = 1.0
    for x in xs:
        total += x * x
    return total


@program((normal(6), 0.4), wrt=(0, 1))
def continue_where_it_is_negative(xs, w):
    total = 0.0
    for x in xs:
        if x < 0:
            continue
        total += w * x * x
    return total


@program((positive(6), 3.0), (positive(6), 100.0))
def break_where_the_sum_is_enough(xs, enough):
    total = 0.0
    product = 1.0
    for x in xs:
        total += x
        if total > enough:
            break
        product *= x
    return product * total


@program((positive(6), 3.0), (positive(6), 100.0))
def else_of_a_loop_that_may_break(xs, enough):
    total = 0.0
    for x in xs:
        total += x * x
        if total > enough:
            break
    else:
        total = total * 10.0
    return total


@program((positive(6), 3.0), (positive(6), 100.0))
def return_from_a_loop(xs, enough):
    total = 0.0
    for k, x in enumerate(xs):
        total += x * x
        if total > enough:
            return total * k
    return -total


@program((positive(3, 4), 4.0), (positive(3, 4), 100.0))
def return_from_a_nested_loop(rows, enough):
    total = 0.0
    for row in rows:
        for x in row:
            total += x
            if total > enough:
                return total * x
        total *= 0.5
    return total


@program((positive(3, 5), 2.0))
def break_of_the_inner_loop(rows, enough):
    best = 0.0
    for row in rows:
        partial = 0.0
        for x in row:
            if partial > enough:
                break
            partial += x * x
        best += np.sqrt(partial)
    return best


@program((normal(4, 3), 0.3), wrt=(0, 1))
def rows_of_a_matrix(m, w):
    total = 0.0
    for row in m:
        total += np.sum(np.tanh(w * row)) ** 2
    return total


@program((normal(4, 3),))
def columns_by_transposing(m):
    total = 0.0
    for column in m.T:
        total += np.sqrt(column @ column)
    return total


@program((normal(5), normal(5, seed=1), normal(5, seed=2)), wrt=(0, 1, 2))
def zip_of_three(a, b, c):
    total = 0.0
    for x, y, z in zip(a, b, c):
        total += x * y - y * z * total
    return total


@program((normal(5), normal(4, seed=1)), wrt=(0, 1))
def zip_with_enumerate(a, b):
    total = 0.0
    for k, (x, y) in enumerate(zip(a, b)):
        total += (k + 1) * x * y
    return total


@program((normal(5),))
def reversed_array(xs):
    s = 0.0
    for x in reversed(xs):
        s = 0.5 * s + x * x
    return s


@program((normal(5),))
def enumerate_from_one(xs):
    s = 0.0
    for k, x in enumerate(xs, 1):
        s += x / k
    return s * s


@program((normal(7),))
def range_by_steps(xs):
    s = 0.0
    for i in range(0, len(xs), 2):
        s += xs[i] ** 2
    for i in range(len(xs) - 1, 0, -3):
        s *= 1.0 + 0.1 * xs[i]
    return s


@program((normal(5),))
def an_int_that_becomes_a_float(xs):
    s = 0
    for x in xs:
        s += x
    return s * s


@program((positive(6),))
def a_running_maximum(xs):
    best = xs[0]
    for x in xs:
        if x > best:
            best = x
    return best**2


@program((normal(6),))
def where_the_largest_is(xs):
    at = 0
    for i in range(1, len(xs)):
        if xs[i] > xs[at]:
            at = i
    return xs[at] ** 3


@program((normal(5),))
def bound_in_one_branch_of_a_trip(xs):
    total = 0.0
    scale = 1.0
    for x in xs:
        if x > 0:
            scale = x
        total += scale * x
    return total


@program((1.0, 1.0, 10), wrt=(0, 1))
def fibonacci_swap(a, b, n):
    for _ in range(n):
        a, b = b, a + 0.5 * b
    return a * b


@program((normal(3), normal(3, seed=1), 5), (normal(3), normal(3, seed=1), 0), wrt=(0, 1))
def arrays_that_change_places(a, b, n):
    for _ in range(n):
        a, b = b, np.sin(a) + 0.5 * b
    return np.sum(a * a) + np.sum(b)


@program((normal(3), 2.0), wrt=(0, 1))
def nested_three_deep(xs, y):
    total = 0.0
    for a in xs:
        for b in xs:
            for i in range(2):
                total += a * b * y**i
    return total


@program((normal(4), 3))
def triangle_of_bounds(xs, n):
    total = 0.0
    for i in range(n):
        inner = 1.0
        for j in range(i, len(xs)):
            inner *= xs[j] + 2.0
        total += inner
    return total


@program((normal(5),))
def appended_then_stacked(xs):
    out = []
    s = 0.0
    for x in xs:
        s = s * 0.5 + x
        out.append(s)
    return np.sum(np.array(out) ** 2)


@program((normal(5),))
def appended_then_read_by_index(xs):
    out = [1.0]
    for x in xs:
        out.append(out[-1] * 0.5 + x)
    return out[-1] * out[2]


@program((normal(5, 2), normal(2, 2)), wrt=(0, 1))
def appended_rows_stacked(xs, w):
    rows = []
    for x in xs:
        rows.append(np.tanh(w @ x))
    return np.sum(np.stack(rows) ** 2)


@program((normal(5),))
def a_comprehension_over_an_array(xs):
    ys = [x * x for x in xs]
    return sum(ys)


@program((normal(4), 0.5), wrt=(0, 1))
def walrus_in_a_loop(xs, y):
    total = 0.0
    for x in xs:
        if (d := x - y) > 0:
            total += d * d
    return total


@program((normal(4), 0.5), wrt=(0, 1))
def ternary_and_boolean_operators(xs, y):
    total = 0.0
    for x in xs:
        total += x * y if x > 0 and (y > 0 or x > 1) else -x
    return total


@program((positive(5), 3))
def loop_over_a_callee_with_its_own_loop(xs, n):
    def partial(k):
        s = 0.0
        for x in xs:
            s += x ** (k + 1)
        return s

    total = 0.0
    for k in range(n):
        total += np.log(partial(k))
    return total


@program((normal(4), np.array([True, False, True, True])))
def flags_of_another_array(xs, use):
    total = 0.0
    for x, u in zip(xs, use):
        if u:
            total += x**2
    return total


@program((normal(3), 4))
def state_in_a_dict(x, n):
    state = {"x": x, "t": 0.0}
    for _ in range(n):
        state["x"] = state["x"] + 0.1 * np.sin(state["x"])
        state["t"] += 0.1
    return np.sum(state["x"]) * state["t"]
