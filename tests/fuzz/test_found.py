"""Small programs that random ones were reduced to, each of which once broke a law."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from support.laws import check_program, interpreted, verified_passes

A = np.array([[-0.781, 0.167], [-1.086, -0.09]])
B = np.array([0.9, 0.7])
FOUND: list[Any] = []


def found(*argument_sets: tuple[Any, ...], wrt: tuple[int, ...] = (0,)) -> Callable[[Any], Any]:
    """Register a program with the arguments that it is checked on."""

    def register(function: Any) -> Any:
        sets = enumerate(argument_sets)
        FOUND.extend(pytest.param(function, args, wrt, id=f"{function.__name__}-{k}") for k, args in sets)
        return function

    return register


@found((A[0], 0), (A[0], 1), (-A[0], 0))
def a_choice_that_one_arm_has_made_is_read_after_both(x, n):
    if x.sum() > 0.1:
        u = x * x
        x = u
    else:
        u = 0.5 * x
    count = 0
    while count < n:
        flat = u.reshape(-1)
        flat[1] = 0.3
        count += 1
    return np.mean(u) + np.sum(x)


@found((A[0],), (A[0] + 1.0,))
def an_array_of_a_loop_in_one_arm(x):
    if np.max(x) < 1.0:
        out = x
    else:
        out = x
        for _ in range(3):
            out = out * 0.5
    flat = x.reshape(-1)
    return flat.sum() + out[0]


@found((A, 0.1), (A, 0.0))
def updated_in_an_arm_while_the_cotangent_outside_is_read(a, t):
    if t:
        a = np.cos(a)
    return np.sum(a * a)


@found((A,), (A + 5,))
def a_value_of_one_arm_has_no_shape_to_ask_for(x):
    if np.sum(x) > 2.9:
        h = x
    else:
        h = np.exp2(x)
    return np.sum(h)


@found((A,), (A + 5,))
def a_saved_value_of_the_only_arm(x):
    if np.sum(x) > 2.9:
        x = np.minimum(np.exp(x), 2.0) ** 3
    return np.sum(x)


@found((np.float64(-1.405),))
def a_constant_gradient_of_a_numpy_number(w):
    return w + np.sum(w)


@found((np.float64(0.2),), (np.float64(0.8),))
def a_mask_of_a_numpy_number(x):
    return max(x, 0.5)


@found((A,))
def minus_a_mask(x):
    return 0 - np.maximum(np.sum(x), 0.0)


@found((np.float32(2.0), 1.0), (np.float32(2.0), -1.0))
def a_number_in_one_arm_and_a_numpy_number_in_the_other(y, c):
    s = 0.5 if c > 0 else y
    return s * s


@found((0.3, 1), (0.3, 2))
def one_condition_inside_itself(x, n):
    if n > 1:
        if n > 1:
            x *= 2.0
        else:
            x -= -0.4
    else:
        x -= -0.4
    return x * x


def _plus(x, n):
    return +x


@found((A, 1))
def unary_plus_of_a_call(x, n):
    return np.sum(_plus(np.exp(x), n))


def _less(x, y):
    return y - (x if x else 0.5 * x)


@found((np.array(0.164), np.float64(-0.14)), wrt=(1,))
def a_callee_that_hands_its_seed_back(x, y):
    return _less(x, y) * 1.0


@found((np.array([1.5, -0.3, 0.7]), 1.1))
def written_twice_the_last_wins(x, y):
    x[[0, 0, 1]] = x[[2, 1, 0]] * y
    x[:, None][[1, 1], 0:] = 0.3 * x[[0, 2], None]
    return np.sum(x * x)


@found((np.array([0.4]), 2.0), wrt=(0, 1))
def a_written_value_that_has_axes_of_one_more(x, y):
    x[..., 0] = x * y
    return np.sum(x * x)


@found((np.float64(0.3), 2), (np.float64(0.3), 0))
def a_numpy_number_read_in_no_trip(w, n):
    t = 0.5
    while n > 0:
        t *= w
        n -= 1
    return t * t


@found((A.copy(), 3))
def a_view_that_is_kept_while_later_trips_write(x, n):
    row = x[1]
    h = 0.0
    for _ in range(n):
        for _ in range(2):
            row[0] *= 1.5
        h += np.max(row) ** 2
    return h


@found((A,), (A + 5,))
def a_value_kept_by_one_arm_in_a_loop_has_no_shape_to_ask_for(x):
    t = 1.0
    for _ in range(len(x)):
        h = x if np.sum(x) > 2.42 else np.sinh(0.5 * x)
        t = np.mean(h)
    return t


@found((A.astype(np.float32), 2), (A.astype(np.float32), 0))
def single_precision_around_a_loop(x, n):
    h = np.mean(x)
    for _ in range(n):
        h *= 0.5
    return h


@found((np.array([0.3, -0.4, 0.9, 1.2, -0.7]),), (np.array([0.3, -0.4, 0.9]),))
def carried_arrays_whose_lengths_differ(x):
    h = x
    for i in range(3):
        h = np.sin(x[i:])
    return np.sum(h)


@found((np.array([[-0.469, 0.206, 1.156], [-0.956, 0.766, 0.799], [0.3, 0.77, 1.1]]),))
def written_through_a_transpose(x):
    columns = x.T
    columns[0], columns[-1] = 0.7, columns[0]
    columns[1] = np.sin(columns[2])
    return np.mean(x)


@found((A.astype(np.float32), 2), (A.astype(np.float32), 0))
def the_largest_so_far_in_single_precision(x, n):
    largest = -1.0
    for _ in range(n):
        largest = max(largest, np.sum(x[0]))
    return largest


@found((B,), (B + 0.2,), (B - 0.5,))
def a_view_of_one_arm_whose_shape_the_next_arm_has_not(x):
    if np.mean(x) >= 0.95:
        view = x.reshape(x.shape)
    if np.sum(x) > 1.0:
        y = 0.7
    else:
        view = np.arctan  # noqa: F841  # it is neither then
        y = 2.0
    return y * np.sum(x * x)


@found((B, 1), (B + 0.2, 1), (B + 0.2, 2), (B - 0.5, 1))
def a_part_that_one_arm_has_taken_is_taken_again_where_it_was(x, n):
    if np.mean(x) >= 0.95:
        k = len(x) // n
        part = x[:k]
    if np.sum(x) > 1.0:
        y = 1.0
    else:
        part = np.exp(x)
        y = 2.0
    x[0] *= 1.5
    if np.mean(x) >= 1.2:
        return part.sum() + y
    return y * np.sum(x)


@found((B, 1), (B + 0.2, 2), (B - 0.5, 1))
def a_part_of_what_one_arm_has_made(x, n):
    if np.mean(x) >= 0.95:
        h = np.exp(x)
        part = h[: len(x) // n]
    if np.sum(x) > 1.0:
        y = 1.0
    else:
        part = np.sin(x)
        y = 2.0
    if np.mean(x) >= 0.95:
        return part.sum() + h.sum()
    return y * np.sum(x * x)


@found((A, 1), (A, 4), (np.ones((6, 2)), 4), (np.ones((6, 2)), 1))
def a_row_that_is_not_there_on_other_paths(x, n):
    row = None
    if n > 3 and len(x) > 5:
        row = x[5]
    if np.sum(x) > 1.0:
        x[0] = 0.5 * x[1]
    else:
        row = np.exp(x[1])
    tripled = 3.0 * x
    for k in range(min(n, 2)):
        if k > 0:
            row = tripled[k]
    return np.sum(x) if row is None else np.sum(x) + np.sum(row * row)


@found((B, 0), (B, 1), (B, 3))
def a_view_of_a_loop_that_may_have_had_no_trip(x, n):
    for k in range(n):
        part = x[: k + 1]
    if np.sum(x) > 1.7:
        part = np.cos(x)
    x *= 2.0
    if n > 0:
        return np.sum(part * part)
    return np.sum(x * x)


@found(([A[0], A[1]], A), ([A[0], -A[1]], A))
def an_array_that_the_last_trip_has_named(xs, y):
    for _ in range(len(y)):
        same = np.asarray(xs[1])
        if np.mean(same) > 0.0:
            y = y * y
    return np.sum(y) * np.sum(same)


@pytest.mark.parametrize(("function", "args", "wrt"), FOUND)
def test_found(function: Callable[..., Any], args: tuple[Any, ...], wrt: tuple[int, ...]) -> None:
    single = any(isinstance(a, np.float32) for a in args)
    check_program(function, args, wrt, tol=1e-3 if single else 1e-6)
    interpreted(function, args, wrt)
    assert verified_passes(function, args, wrt) > 1
