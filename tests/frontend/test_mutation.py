"""Writes to arrays, through names, views, containers and callees; where NumPy decides what is shared, a refusal."""

# Loops that do not use their variable, and closures over it, are the point here.
# ruff: noqa: B007, B023

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from frontend.oracle import check, traced
from primitives.test_meanings import EVERY, named

from pullback import differentiate, grad, value_and_grad
from pullback.errors import AliasingError
from pullback.frontend.abstract.numbers import gives_number
from pullback.frontend.calls.library import spelled

U = np.array([0.6, -0.2, 0.3, 0.9])
V = np.array([1.0, 2.0, 3.0, 4.0])
PROGRAMS: list[Any] = []


def program(function: Any) -> Any:
    """Register a function of two vectors and a count."""
    PROGRAMS.append(pytest.param(function, id=function.__name__))
    return function


@program
def rebound_under_a_condition_in_a_loop(u, v, n):
    for i in range(n):
        u[1:] += v[:-1]
        if u[0] > 0.5:
            u = u * 0.5
        u[0] = 0.1
    return u


@program
def the_best_candidate(u, v, n):
    best = u
    for i in range(n):
        cand = best * 0.9 + v
        if cand.sum() > best.sum():
            best = cand
    return best


@program
def rebound_under_a_condition(u, v, n):
    if u[0] > 0:
        u = v * 2.0
    u[0] = 3.0
    return u


@program
def copied_under_a_condition(u, v, n):
    for i in range(n):
        if u[i] > 0:
            u = u.copy()
            u[0] *= 0.5
    return u


@program
def a_step_makes_a_new_array(u, v, n):
    u = np.zeros(4)
    for i in range(n):
        un = u.copy()
        un[1:] = u[:-1] + v[1:]
        u = un
    return u


@program
def a_buffer_is_filled_each_trip(u, v, n):
    old = np.empty_like(u)
    for it in range(n):
        old[:] = u
        u[1:-1] = 0.5 * (old[2:] + old[:-2])
        w = u[1:]
        w *= 0.5
    return u


@program
def the_old_array_is_read_beside_the_new(u, v, n):
    for it in range(n):
        un = u
        u = un * 0.5
        u[0] = un[1]
    return u


@program
def one_of_two_views_is_read(u, v, n):
    if n > 2:
        w = u[1:]
    else:
        w = u[:-1]
    return w.sum()


class Particle:
    def __init__(self, u):
        self.u = u
        self.t = 0.0

    def step(self, dt):
        self.u = self.u + dt * self.u
        self.t += dt

    def inplace(self, dt):
        self.u *= dt


@program
def attributes_carried_by_a_method(u, v, n):
    p = Particle(u)
    for i in range(n):
        p.step(0.1)
    return p.u, p.t


@program
def an_attribute_updated_in_place(u, v, n):
    p = Particle(u.copy())
    for i in range(n):
        p.inplace(0.5)
        if p.u[0] < 0.01:
            break
    return p.u


@program
def arrays_in_a_dict(u, v, n):
    d = {"a": u * 1.0, "b": v * 2.0}
    for i in range(n):
        d["a"][i] = d["b"][i] * 2
        d["b"] = d["b"] * d["a"]
    return d["a"], d["b"]


@program
def a_list_grows_in_a_known_loop(u, v, n):
    out = []
    for i in range(4):
        out.append(u[i] * v[i])
    return np.array(out)


@program
def a_closure_in_a_loop(u, v, n):
    tot = 0.0
    for k in range(1, 3):

        def g(z):
            return z * k

        tot += g(u[k])
    return tot


@program
def the_last_element_is_kept(u, v, n):
    prev = u[0]
    for cur in u[1:]:
        v[0] += (cur - prev) ** 2
        prev = cur
    return v


@program
def two_names_for_one_array(u, v, n):
    x = u
    for i in range(n):
        x += v
    return x, u


def scaled(a, by):
    a *= by
    return a[1:]


@program
def a_callee_writes_and_returns_a_view(u, v, n):
    tail = scaled(u, 0.5)
    tail[0] = 7.0
    return u, tail


@program
def a_view_of_a_callee_is_written_to(u, v, n):
    interior(u)[:] = v[1:-1]
    return u


def interior(a):
    return a[1:-1]


@program
def indices_of_every_kind(u, v, n):
    m = np.zeros((4, 4))
    m[...] = u
    m[:, n] += v
    m[np.array([0, 2]), np.array([1, 1])] = -1.0
    m[m > 3.0] *= 0.5
    u[np.array([1, 1])] += 1.0
    np.add.at(v, np.array([1, 1]), 1.0)
    np.subtract(u, v, out=u)
    np.copyto(v, u * 2)
    v[::-1][0] = 9.0
    m.T[1, 2:] = [5.0, 6.0]
    m.reshape(2, 8)[1, 0] = 3.0
    return m, u, v


@program
def dtypes_are_kept(u, v, n):
    k = np.zeros(4, dtype=np.int64)
    k[0] = 2.7
    k += 1
    x = np.zeros(4, dtype=np.float32)
    x[:] = u
    x += v
    return k, x


@program
def an_array_without_axes(u, v, n):
    total = np.zeros(())
    same = total
    total += u[1]
    same[()] = same * 2
    return total


@program
def an_exit_of_an_unrolled_loop(u, v, n):
    for name in ["a", "b", "c"]:
        if u[0] > 0.5:
            continue
        if v[0] > 3.0:
            break
        u[1] += len(name)
    else:
        v[0] = 2.0
    return u, v


@program
def writes_to_one_of_two(u, v, n):
    w = u if u[0] > 0 else v
    w[0] = 3.0
    return u, v, w


@program
def reads_one_of_two_after_a_write(u, v, n):
    w = u[1:] if u[0] > 0 else v[1:]
    u[1] = 3.0
    return w


@pytest.mark.parametrize("function", PROGRAMS)
@pytest.mark.parametrize("n", [3, 1])
def test_the_ir_computes_what_the_function_does(function, n):
    check(function, U, V, n)


def reads_what_may_have_changed(u, v, n):
    flat = u.reshape(2, 2).ravel()
    u[0] = 1.0
    return flat


def writes_to_what_may_be_a_copy(u, v, n):
    u.reshape(2, 2)[0] = 1.0
    return u


def writes_to_what_was_swapped_under_a_condition(u, v, n):
    t = u * 1.0 if v[0] > 0 else u
    if u[0] > 0:
        for _ in range(n):
            t, u = u, t
        chosen = u
    else:
        chosen = u
    chosen += chosen
    return t


@pytest.mark.parametrize(
    "function",
    [reads_what_may_have_changed, writes_to_what_may_be_a_copy, writes_to_what_was_swapped_under_a_condition],
)
def test_what_only_the_run_decides_is_refused(function):
    with pytest.raises(AliasingError, match="may share memory with another"):
        traced(function, np.repeat(U, 2)[::2], V, 3)  # not contiguous


BY_COLUMNS = {
    "zeros": lambda u, v, n: np.zeros((2, 2), order="F"),
    "positional": lambda u, v, n: np.ones((2, 2), float, "F"),
    "full": lambda u, v, n: np.full((2, 2), 0.5, None, "F"),
    "like": lambda u, v, n: np.zeros_like(np.outer(u, v), order="F"),
    "array": lambda u, v, n: np.array(np.outer(u, v), order="F"),
    "nested": lambda u, v, n: np.array([[1.0, 2.0], [3.0, 4.0]], order="F"),
    "ufunc": lambda u, v, n: np.sin(np.ones((2, 2)), order="F"),
    "samples along the last axis": lambda u, v, n: np.linspace([0.0, 1.0, 3.0], 2.0, 4, axis=-1),
    "transpose": lambda u, v, n: np.zeros((2, 3)).T,
    "of a transpose": lambda u, v, n: np.outer(u, v).T * 2.0,
    "copy": lambda u, v, n: np.ones((2, 3)).copy("F"),
}


@pytest.mark.parametrize("made", BY_COLUMNS.values(), ids=BY_COLUMNS)
def test_what_lies_by_columns_is_not_written_through_a_row_of_its_elements(made):
    def function(u, v, n):
        table = made(u, v, n)
        flat = table.reshape(-1)  # a copy, as NumPy finds when it runs
        flat *= 2.0
        return table

    with pytest.raises(AliasingError, match="may share memory with another"):
        traced(function, U, V, 3)


def updates_one_of_two_numbers(u, v, n):
    c = u if n > 0 else v
    c += 1.0
    return u, c


def updates_a_number_or_another(u, v, n):
    c = u if n > 0 else 0.5
    c += 1.0
    return u, c


@pytest.mark.parametrize(
    ("function", "u"), [(updates_one_of_two_numbers, np.float64(0.5)), (updates_a_number_or_another, np.array(0.5))]
)
def test_what_may_be_an_array_without_axes_is_not_updated_under_two_names(function, u):
    with pytest.raises(AliasingError, match="a number with two names is updated"):
        traced(function, u, np.array(0.7), 3)


@pytest.mark.filterwarnings("ignore:kernel_size exceeds volume", "ignore:.*row_stack")
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("function", "args", "kwargs"), EVERY, ids=named)
def test_whether_what_has_no_axes_is_a_number_or_an_array(function, args, kwargs):
    for kind in (None, np.float64, np.array):
        given = args if kind is None else without_axes(args, kind)
        try:
            result = function(*given, **kwargs)
        except (
            TypeError,
            ValueError,
            LookupError,
            ArithmeticError,
            AttributeError,
            RuntimeError,
            np.linalg.LinAlgError,
        ):
            continue
        if isinstance(result, np.generic) or (isinstance(result, np.ndarray) and result.ndim == 0):
            operand = None if kind is None else kind is np.float64
            said = gives_number(f"`{spelled(function)}`", None, [operand])
            assert said in (isinstance(result, np.generic), None)


def without_axes(value, kind):
    """One number of an array, as a number or as an array."""
    if isinstance(value, np.ndarray) and value.size:
        return kind(value.flat[0])
    return type(value)(without_axes(item, kind) for item in value) if isinstance(value, list | tuple) else value


KEPT = [
    lambda x, c: x.sum().copy(),
    lambda x, c: np.sum(x).reshape(()),
    lambda x, c: x.sum().astype(float),
    lambda x, c: np.where(x[0] > 0, x[0], x[1]),
    lambda x, c: np.tensordot(x, x, 1),
    lambda x, c: x.sum().T,
    lambda x, c: x.sum().real,
    lambda x, c: np.squeeze(x.sum()),
    lambda x, c: np.transpose(x[0]),
    lambda x, c: np.zeros_like(x[0]),
    lambda x, c: np.asarray(x[0]),
    lambda x, c: np.array(x[0] * 2.0),
    lambda x, c: c.astype(float),
    lambda x, c: c[...],
    lambda x, c: c[()],
    lambda x, c: c.T,
    lambda x, c: x[..., 0],
    lambda x, c: np.full_like(x[0], 2.0),
    lambda x, c: np.flip(c),
    lambda x, c: c + 0.0,
    lambda x, c: made_without_axes(x),
]


def made_without_axes(x):
    s = np.array(x[0])
    s += 1.0
    return s


@pytest.mark.parametrize("made", KEPT)
def test_an_update_is_seen_under_the_other_name_where_it_is_an_array(made):
    def updated(x, c):
        t = made(x, c)
        s = t
        s += 1.0
        held = (t,)
        u = held[0]
        u *= 2.0
        return s * 2.0 + t * 3.0 + held[0] + c + x.sum()

    args = np.array([1.5, 2.5, -0.75]), np.array(0.25)
    value, _ = value_and_grad(updated)(*args)
    assert value == updated(*copy.deepcopy(args))


def test_a_draw_of_no_axes_may_be_an_array():
    def drawn(x):
        t = np.random.default_rng(0).normal(size=())
        s = t
        s += 1.0
        return s + t * x

    with pytest.raises(AliasingError, match="a number with two names is updated"):
        grad(drawn)(1.0)


def test_a_copy_in_another_order_is_not_flattened_to_a_view():
    def flattened(x, order):
        z = x.copy(order)
        z.reshape(-1)[1] = 3.0 * x[0, 0]
        return np.sum(z * z)

    with pytest.raises(AliasingError):
        grad(flattened)(np.arange(6.0).reshape(2, 3), "F")


def test_an_array_without_axes_is_updated_and_a_number_is_not() -> None:
    def two_names(x, d):
        e = x
        e -= d
        return e * e * x

    assert grad(two_names)(np.float64(3.0), 1.0) == 16.0  # (x - d)**2 * x
    assert grad(two_names)(np.array(3.0), 1.0) == 12.0  # (x - d)**3: both names see the update


def test_what_is_a_view_for_contiguous_arguments_is_guarded() -> None:
    def flattened(x):
        flat = x.ravel()
        flat[1] *= 2.0
        return np.sum(x * x)

    gradient = grad(flattened)
    rows = np.arange(6.0).reshape(2, 3)
    expected = np.array([[0.0, 8.0, 4.0], [6.0, 8.0, 10.0]])  # 8 x[0, 1], and 2 x elsewhere
    np.testing.assert_array_equal(gradient(rows), expected)
    for otherwise in (np.asfortranarray(rows), np.zeros((2, 6))[:, ::2]):
        with pytest.raises(AliasingError):  # there it is a copy
            gradient(otherwise)
    np.testing.assert_array_equal(gradient(rows), expected)
    module = differentiate(flattened).lower(rows).source
    assert "if not x.flags.c_contiguous:" in module
