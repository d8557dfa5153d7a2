"""One thing under two names among the arguments: read as it is, refused where the function writes to it."""

import numpy as np
import pytest

from pullback import AliasingError, differentiate

SCALE = np.array([1.0, 2.0])
SETTINGS = {"k": 2.0}


class Layer:
    def __init__(self, w):
        self.w = w


def adds_to_the_first(a, b):
    a += 1
    return np.sum(a * b)


def changes_an_entry(d):
    d["a"] *= 2
    return np.sum(d["b"])


def changes_a_layer(layers):
    layers[0].w = layers[0].w * 3
    return np.sum(layers[1].w)


def appends(a, b):
    a.append(1.0)
    return sum(b) * a[0]


def scales_by_a_global(a):
    a *= 2
    return np.sum(SCALE * a)


def sets_and_reads_a_global(d):
    d["k"] = d["k"] * 2
    return d["k"] * SETTINGS["k"]


def only_in_a_branch(a, b, flag):
    if flag > 0:
        a[0] = 3.0
    return np.sum(a * b)


def only_in_a_callee(a, *, b):
    adds_to_the_first(a, 1.0)
    return np.sum(b)


def vector():
    return np.array([1.0, 2.0])


def test_what_is_written_may_not_be_there_twice():
    v, layer, items = vector(), Layer(vector()), [1.0, 2.0]
    for function, args, kwargs, names in [
        (adds_to_the_first, (v, v), {}, "`a` and `b`"),
        (adds_to_the_first, (v[:1], v[0:]), {}, "`a` and `b`"),
        (changes_an_entry, ({"a": v, "b": v},), {}, r"`d\['a'\]` and `d\['b'\]`"),
        (changes_a_layer, ([layer, layer],), {}, r"`layers\[0\]` and `layers\[1\]`"),
        (appends, (items, items), {}, "`a` and `b`"),
        (scales_by_a_global, (SCALE,), {}, "`a` and the global `SCALE`"),
        (sets_and_reads_a_global, (SETTINGS,), {}, "`d` and the global `SETTINGS`"),
        (only_in_a_branch, (v, v, -1.0), {}, "`a` and `b`"),
        (only_in_a_callee, (v,), {"b": v}, "`a` and `b`"),
    ]:
        derivative = differentiate(function)
        for run in (derivative.grad, derivative.value_and_grad, derivative.lower(*args, **kwargs)):
            with pytest.raises(AliasingError, match=f"{names} are the same memory, and `{function.__name__}` writes"):
                run(*args, **kwargs)
    assert np.array_equal(v, vector())


def test_the_same_program_serves_arguments_that_are_apart():
    v = vector()
    derivative = differentiate(adds_to_the_first, wrt=("a", "b"))
    with pytest.raises(AliasingError):
        derivative.grad(v, v)
    da, db = derivative.grad(v, v.copy())
    assert np.array_equal(da, v)
    assert np.array_equal(db, v + 1)
    left, right = np.split(np.arange(4.0), 2)  # halves of one array
    assert np.array_equal(derivative.grad(left, right)[0], right)
    even, odd = np.arange(4.0)[::2], np.arange(4.0)[1::2]
    assert np.array_equal(derivative.grad(even, odd)[0], odd)
    assert np.array_equal(differentiate(scales_by_a_global).grad(v), 2 * SCALE)


def test_what_is_only_read_may_be_there_twice():
    def dot(a, b):
        a = a + 1
        return np.sum(a * b)

    v = vector()
    da, db = differentiate(dot, wrt=("a", "b")).grad(v, v)
    assert np.array_equal(da, v)
    assert np.array_equal(db, v + 1)


def test_one_argument_that_is_handed_on_as_both_is_differentiated_as_one():
    def both(a):
        return adds_to_the_first(a, a)

    a = vector()
    np.testing.assert_allclose(differentiate(both).grad(a), 2.0 * (a + 1.0))
    np.testing.assert_array_equal(a, vector())


def test_views_of_one_argument_that_overlap():
    def shifted(a):
        return adds_to_the_first(a[1:], a[:-1])

    a = np.array([1.0, 2.0, 4.0])  # (b + 1) * a + (c + 1) * (b + 1)
    np.testing.assert_allclose(differentiate(shifted).grad(a), [3.0, 1.0 + 5.0, 3.0])
