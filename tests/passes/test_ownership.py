"""Updates of elements and slices happen in place: no trip of a loop copies an array, forwards or backwards."""

import ast

import numpy as np
import pytest
from support.laws import check_program, interpreted

X = np.linspace(0.3, 1.7, 6)
A = np.outer(X, X[:4]) + 0.1
ALLOCATING = ("copy", "zeros", "zeros_like", "empty", "empty_like")


def allocations(source):
    """What the bodies of loops allocate: copies, and arrays of zeros."""
    loops = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.For | ast.While)]
    calls = [node for loop in loops for node in ast.walk(loop) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Attribute)]
    return [ast.unparse(call) for call in named if call.func.attr in ALLOCATING]


def under_a_condition(x, y):
    for i in range(len(x)):
        if x[i] > 0.5:
            x[i] *= y
    return np.sum(x**2)


def in_both_arms(x, y):
    for i in range(1, len(x)):
        if x[i] > x[i - 1]:
            x[i] = x[i] * y
        else:
            x[i - 1] = x[i] + y
            x[i] = y
    return np.sum(x**2)


def under_nested_conditions(x, y):
    for i in range(len(x)):
        if x[i] > 0.5:
            if x[i] > 1.0:
                x[i] = y
            else:
                x[i] += y * x[i]
    return np.sum(x**3)


def reads_under_a_condition(x, y):
    s = 0.0
    for i in range(len(x)):
        if x[i] > y:
            s += x[i] * x[i]
    return s


def elements_of_rows(a, y):
    for row in a:
        row[0] *= y
    return np.sum(a**2)


def rows_in_nested_loops(a, y):
    for row in a:
        for j in range(1, len(row)):
            row[j] = row[j] * y + row[j - 1]
    return np.sum(a**2)


def rows_by_two_indices(a, y):
    for i in range(len(a)):
        for j in range(4):
            a[i][j] = np.sin(a[i][j]) * y
    return np.sum(a)


def rows_under_conditions(a, y):
    for row in a:
        if row[0] > 0.5:
            row[1] = row[0] * y
    return np.sum(a**2)


def elements_of_blocks(a, y):
    for i in range(5):
        block = a[i : i + 2]
        part = block[1]
        part[2] = y * part[1]
    return np.sum(a**2)


def swapped_buffers(x, y):
    old, new = x.copy(), x * y
    for _ in range(3):
        for i in range(1, len(x)):
            new[i] = old[i - 1] * 0.5 + new[i]
        old, new = new, old
    return np.sum(old**2)


def inner_loop_with_break(x, y):
    for i in range(3):
        for j in range(i, len(x)):
            if x[j] * y > 1.0:
                x[j] -= y
                break
            x[j] += 0.25 * y
    return np.sum(x**2)


def while_with_a_condition(x, y):
    i = 0
    while i < len(x) and x[i] < 1.5:
        if x[i] > 0.7:
            x[i] = x[i] * y
        i += 1
    return np.sum(x**2)


PROGRAMS = [
    (under_a_condition, X),
    (in_both_arms, X),
    (under_nested_conditions, X),
    (reads_under_a_condition, X),
    (elements_of_rows, A),
    (rows_in_nested_loops, A),
    (rows_by_two_indices, A),
    (elements_of_blocks, A),
    (swapped_buffers, X),
    (inner_loop_with_break, X),
    (while_with_a_condition, X),
]


@pytest.mark.parametrize(("f", "x"), PROGRAMS, ids=lambda c: getattr(c, "__name__", ""))
def test_no_trip_allocates_an_array(f, x):
    source = check_program(f, (x, 0.6), (0, 1))
    interpreted(f, (x, 0.6), (0, 1), False)
    assert allocations(source) == []


def kept_view(x, y):
    saved = 0.0
    for i in range(1, len(x)):
        before = x[i - 1 : i + 1]
        x[i] = y * x[i]
        saved = saved + np.sum(before**2)
    return saved


def two_rows(a, y):
    for i in range(1, len(a)):
        row = a[i - 1]
        a[i] = row * y
        a[i - 1] = 2.0 * a[i]
    return np.sum(a**2)


def state_kept(x, y):
    states = np.zeros((3, 6))
    for t in range(3):
        states[t] = x
        x[t] = x[t + 1] * y
    return np.sum(states**2) + np.sum(x**3)


def same_array_twice(x, y):
    z = x
    for i in range(len(x) - 1):
        z[i] = x[i + 1] * y
        x[i + 1] = z[i] + x[i + 1]
    return np.sum(z * x)


def reset_in_each_trip(x, y):
    total = 0.0
    for t in range(3):
        z = x
        z = z * 1.0 if t > 1 else x.copy()
        z[t] = y
        total = total + np.sum(z**2)
    return total


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (rows_under_conditions, A),
        (kept_view, X),
        (two_rows, A),
        (state_kept, X),
        (same_array_twice, X),
        (reset_in_each_trip, X),
    ],
    ids=lambda c: getattr(c, "__name__", ""),
)
def test_what_is_read_later_keeps_what_it_held(f, x):
    check_program(f, (x, 0.6), (0, 1))
    interpreted(f, (x, 0.6), (0, 1), False)


def test_a_view_that_is_kept_is_copied_and_not_its_base():
    source = check_program(kept_view, (X, 0.6), (0, 1))
    assert all(text.startswith(("x[", "x_bar[")) for text in allocations(source)), source
