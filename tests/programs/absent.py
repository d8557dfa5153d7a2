"""Values that may be absent: names bound on some paths only, loops without a trip, and what is None on some paths."""

from dataclasses import dataclass

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
fails = Programs()


# Names that one branch binds.


@program((normal(3), True), (normal(3), False))
def bound_and_read_under_one_flag(x, flag):
    out = x * 3
    if flag:
        y = x * 2
    out = out + 1
    if flag:
        out = out + y * y
    return np.sum(out)


@program((normal(3), 1.0), (normal(3), -1.0), wrt=(0, 1))
def bound_and_read_under_equal_conditions(x, c):
    if c > 0:
        y = x * c
    out = np.sum(x)
    if c > 0:
        out = out + y @ y
    return out


@program((normal(3), 1.0, True), (normal(3), 1.0, False), (normal(3), -1.0, True))
def read_under_a_stronger_condition(x, c, flag):
    if flag:
        y = np.exp(x)
    if flag and c > 0:
        return np.sum(y) * c
    return np.sum(x * x)


@program((normal(3), 1.0), (normal(3), -1.0), (normal(3), -3.0))
def three_ways(x, c):
    if c > 0:
        y = x * 2
    elif c < -2:
        return np.sum(x)
    else:
        z = x**3
    if c > 0:
        return np.sum(y)
    return np.sum(z)


@program((normal(3), True), (normal(3), False))
def several_kinds_of_values(x, flag):
    if flag:
        pair = (x * 2, 3.0)
        table = {"scale": x[0]}
        items = [x, x + 1]
        number = x[1]
        name = "scale"
    s = np.sum(x)
    if flag:
        s = s + pair[1] * np.sum(pair[0] * table[name]) + np.sum(items[1]) * number
    return s


@program((normal(3), True), (normal(3), False))
def written_under_the_flag(x, flag):
    if flag:
        buffer = np.zeros(3)
    for i in range(3):
        if flag:
            buffer[i] = x[i] ** 2
    return np.sum(buffer * x) if flag else x[0]


@program((normal(3), 1.0), (normal(3), -1.0))
def deleted_in_one_branch(x, c):
    y = x * 2
    if c > 0:
        del y
    else:
        y = y * 3
    if c <= 0 or not c > 0:
        return np.sum(y)
    return np.sum(x)


@program((normal(3), True), (normal(3), False))
def a_function_of_one_branch(x, flag):
    if flag:

        def scaled(v):
            return v * 2

    total = np.sum(x)
    if flag:
        total = total + np.sum(scaled(x * x))
    return total


@program((normal(4), True), (normal(4), False))
def carried_where_it_is_bound(x, flag):
    if flag:
        w = x * 2
        b = x[0]
    s = 0.0
    for _ in range(3):
        if flag:
            s = s + np.sum(w * x) * b
            w = w * 0.5
    return s + x[1]


@program((normal(3), 1.0), (normal(3), -1.0))
def read_where_it_must_be_bound(x, c):
    if c > -5:
        y = x * x
    return np.sum(y)


@program((normal(3), True), (normal(3), False))
def bound_by_a_walrus(x, flag):
    if flag and (s := np.sum(x * x)) > -1.0:
        return s * 2
    return np.sum(x)


# Names that a loop binds first.


@program((normal(3),))
def the_last_of_an_array(xs):
    for x in xs:
        last = x * x
    return last


@program((normal(3), 3), (normal(3), 1))
def an_array_of_the_last_trip(x, n):
    for i in range(n):
        y = x * (i + 1)
    return np.sum(y * y)


@program((normal(3), 3), (normal(3), 0))
def a_second_loop_reads_the_first(x, n):
    for i in range(n):
        y = x * i
    s = 0.0
    for _ in range(n):
        s = s + np.sum(y * x)
    return s


@program((normal(3), 3), (normal(3), 0), (normal(3), 1))
def the_trip_before(x, n):
    s = np.sum(x)
    for i in range(n):
        if i > 0:
            s = s + before * x[i]  # noqa: F821
        before = x[i] * 2
    return s


@program((normal(3), 3), (normal(3), 1))
def the_loop_variable(x, n):
    for i in range(n):
        pass
    return np.sum(x) * i


@program((normal(4), 4), (normal(4), 2))
def found_by_a_search(x, n):
    for i in range(n):
        if x[i] > -10.0:
            found = x[i] * i
            break
    return found * 3


@program((positive(4), 4), (positive(4) - 20.0, 4), (positive(4), 0))
def found_or_else(x, n):
    for i in range(n):
        if x[i] > 0.0:
            found = x[i] * 2
            break
    else:
        found = np.sum(x)
    return found * 3


@program((normal(3), 2), (normal(3), 3))
def bound_by_a_while(x, k):
    i = 0
    while i < k:
        t = x[i] ** 2
        i += 1
    return t * i


@program((normal(3), 3), (normal(3), 2))
def bound_by_an_inner_loop(x, n):
    for i in range(n):
        for j in range(i):
            y = x[j] * x[i]
    return y


@program((normal(4), 4), (normal(4), 1))
def bound_in_some_trips(x, n):
    s = 0.0
    for i in range(n):
        if i % 2 == 1:
            odd = x[i] * x[i]
        if i > 1:
            s = s + odd
    return s + x[0]


@program((normal(4), 4), (normal(4), 2))
def skipped_by_continue(x, n):
    for i in range(n):
        if i == 0:
            continue
        y = x[i] * x[0]
    return y


@program((normal(3), 2), (normal(3), 0))
def a_pair_of_a_loop_that_may_not_run(x, n):
    for i in range(n):
        pair = (x[i], x * i)
    if n > 0:
        return pair[0] * np.sum(pair[1]) + x[0]
    return np.sum(x)


@program((normal(3), 3), (normal(3), 1))
def a_view_of_the_last_trip(x, n):
    for i in range(n):
        row = x[i:]
    return np.sum(row * row)


@program((normal(3),))
def a_view_of_a_loop_that_surely_runs(x):
    s = 0.0
    for i in range(3):
        row = x[i:]
        s = s + np.sum(row)
    return s * np.sum(row)


@program((normal(3, 2),))
def the_last_row(m):
    for row in m:
        last = row
    return np.sum(row * last)


@program((normal(3), 3))
def a_view_that_is_written_to_afterwards(x, n):
    y = x * 2
    for i in range(n):
        row = y[i:]
    for i in range(n):
        y[i] = y[i] * x[0]
    return np.sum(row)


@program((normal(3), 3), (normal(3), 1))
def the_view_of_the_trip_before(x, n):
    s = x[0]
    for i in range(n):
        row = x[i:]
        if i > 0:
            s = s + np.sum(before * before)  # noqa: F821
        before = row
    return s


# None on some paths.


@program((normal(4),), (normal(0),))
def the_largest(x):
    best = None
    for i in range(len(x)):
        if best is None or x[i] > best:
            best = x[i]
    return 0.0 if best is None else best * best


@program((normal(4),))
def the_largest_of_rows(x):
    best = None
    for v in x:
        best = v if best is None else max(best, v)
    return best * 2


@program((normal(4),), (normal(1),))
def differences(x):
    prev = None
    s = np.sum(x)
    for v in x:
        if prev is not None:
            s += (v - prev) ** 2
        prev = v
    return s


@program((normal(4),))
def a_pair_or_none(x):
    best = None
    for i in range(len(x)):
        if best is None or x[i] > best[1]:
            best = (i, x[i] * x[i])
    if best is None:
        return 0.0
    i, v = best
    return v * (i + 1)


@program((normal(3), 3), (normal(3), 0), (normal(3), 1))
def an_array_or_none(x, n):
    h = None
    for _ in range(n):
        h = x * 0.5 if h is None else np.tanh(h + x)
    if h is not None:
        return np.sum(h)
    return np.sum(x)


@program((normal(3), 1.0), (normal(3), -1.0))
def none_by_a_ternary(x, c):
    y = None if c > 0 else x
    if y is not None:
        return np.sum(y * y)
    return np.sum(x)


@program((normal(3), 1.0), (normal(3), -1.0))
def replaced_where_it_is_none(x, c):
    z = None
    if c > 0:
        z = x * 2
    return np.sum((z if z is not None else x) ** 2)


@program((normal(3), 1.0), (normal(3), -1.0))
def none_or_a_default(x, c):
    z = None
    if c > 0:
        z = x[0]
    z = z or 3.0
    return z * np.sum(x)


@program((normal(4),), (-positive(4),), (np.array([-1.0, 2.0, -1.0, 3.0]),))
def two_that_may_be_none(x):
    first = None
    last = None
    for i in range(len(x)):
        if x[i] > 0:
            if first is None:
                first = x[i]
            last = x[i]
    if first is None or last is None:
        return np.sum(x)
    return first * last


@program((normal(3), 1.0), (normal(3), -1.0), wrt=(0, 1))
def none_is_compared_by_equality(x, c):
    scale = c * 2 if c > 0 else None
    if scale == None:  # noqa: E711
        return np.sum(x)
    return np.sum(x) * scale


def doubled_below_one(x):
    if x > 1:
        return None
    return x * 2


@program((np.array([0.5, 3.0, -1.0]),))
def a_function_that_returns_none(x):
    s = 0.0
    for v in x:
        r = doubled_below_one(v)
        if r is None:
            continue
        s += r
    return s


@program((0.5,), (1.5,))
def a_called_function_that_returns_none(x):
    r = doubled_below_one(x)
    if r is None:
        return x * 3
    return r * x


def index_of(values, limit):
    for i in range(len(values)):
        if values[i] > limit:
            return i
    return None


@program((np.array([0.5, 3.0, -1.0]), 1.0), (np.array([0.5, 3.0, -1.0]), 5.0))
def a_search_that_returns_none(x, limit):
    i = index_of(x, limit)
    if i is None:
        return np.sum(x)
    return x[i] * 2 + i


def scaled(x, factor):
    if factor is None:
        return x
    return x * factor


@program((normal(3), 1.0), (normal(3), -1.0), wrt=(0, 1))
def none_as_an_argument(x, c):
    factor = None
    if c > 0:
        factor = c * 2
    return np.sum(scaled(x, factor) ** 2)


class Tracker:
    def __init__(self):
        self.best = None
        self.count = 0

    def see(self, v):
        if self.best is None or v < self.best:
            self.best = v
        self.count += 1


@program((normal(4),))
def an_attribute_that_is_none(x):
    tracker = Tracker()
    for v in x:
        tracker.see(v * 2)
    return (tracker.best if tracker.best is not None else 0.0) + tracker.count


@program((normal(3), 1.0), (normal(3), -1.0))
def an_element_that_is_none(x, c):
    state = {"h": None, "n": 0}
    if c > 0:
        state["h"] = x * 2
    for i in range(3):
        if state["h"] is not None:
            state["h"] = state["h"] * x[i]
    if state["h"] is None:
        return np.sum(x)
    return np.sum(state["h"])


@dataclass
class Node:
    value: float
    bonus: float | None


@program((1.5, 2.0), (-1.5, 2.0), wrt=(0, 1))
def a_field_that_is_none(x, y):
    node = Node(x * y, y * 3 if x > 0 else None)
    total = node.value
    if node.bonus is not None:
        total = total + node.bonus * x
    return total


@program((normal(4), 0.1))
def adam_that_starts_with_none(x, rate):
    m = None
    w = x
    for _ in range(3):
        g = 2 * w
        m = g if m is None else 0.9 * m + 0.1 * g
        w = w - rate * m
    return np.sum(w * w)


@program((normal(3), 3), (normal(3), 0))
def none_in_a_while(x, n):
    previous = None
    i = 0
    s = np.sum(x)
    while i < n and (previous is None or abs(previous) < 100.0):
        s = s + (0.0 if previous is None else previous * x[i])
        previous = x[i]
        i += 1
    return s


@program((normal(3), 1.0), (normal(3), -1.0))
def a_guard_that_returns(x, c):
    w = x * c if c > 0 else None
    if w is None:
        return np.sum(x)
    s = 0.0
    for i in range(3):
        s = s + w[i] * x[i]
    return s


@program((normal(3), 3))
def tests_that_python_alone_can_do(x, n):
    prev = None
    s = 0.0
    for i in range(n):
        if i > 0:
            s += x[i] - prev * prev
        prev = x[i]
    return s


@program((normal(2),))
def captured_and_assigned_again(y):
    def inner(p):
        return p * y

    saved = y
    for _ in range(3):
        y = saved.copy()
        inner(2.0)
    return np.sum(saved * y)


# What Python raises.


@fails((normal(3)[:0],))
def the_last_of_nothing(xs):
    for x in xs:
        last = x * x
    return last


@fails((normal(3), 0))
def an_array_of_no_trip(x, n):
    for i in range(n):
        y = x * i
    return np.sum(y)


@fails((normal(3), 0))
def a_read_that_the_gradient_does_not_need(x, n):
    for i in range(n):
        k = i * 2.0
    return np.sum(x) + k


@fails((normal(3), 0))
def the_variable_of_no_trip(x, n):
    for i in range(n):
        pass
    return np.sum(x) * i


@fails((normal(3), False))
def the_branch_that_did_not_run(x, flag):
    if flag:
        y = x * 2
    return np.sum(y)


@fails((normal(3), 1.0))
def deleted_and_read(x, c):
    y = x * 2
    if c > 0:
        del y
    return np.sum(y)


@fails((-positive(3), 3))
def found_nowhere(x, n):
    for i in range(n):
        if x[i] > 0:
            found = x[i]
            break
    return found * 2


@fails((normal(3), 3))
def read_in_the_first_trip(x, n):
    s = 0.0
    for i in range(n):
        if x[i] > -10.0:
            s = s + before  # noqa: F821
        before = x[i]
    return s


@fails((normal(3), 0))
def no_trip_of_a_while(x, k):
    i = 0
    while i < k:
        t = x[i]
        i += 1
    return t


@fails((normal(3),))
def two_draws_are_two_conditions(x):
    rng = np.random.default_rng(8)
    if rng.random() > 0.5:
        y = x * 2
    if rng.random() > 0.5:
        return np.sum(y)
    return np.sum(x)
