"""Conditionals: static and dynamic, on numbers, arrays and containers; the gradient takes the branch of the forward."""

import math

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
V, M = normal(4), normal(3, 4)


@program((0.5, 0.7), (-2.3, 0.7), (2.3, 0.7), wrt=(0, 1))
def huber(x, delta):
    if abs(x) <= delta:
        return 0.5 * x * x
    if x > 0:
        sign = 1.0
    else:
        sign = -1.0
    return delta * (sign * x - 0.5 * delta)


@program((1.0, 2.0), (-1.0, 2.0), wrt=(0, 1))
def if_else(x, y):
    if x > 0:
        z = x * y
        w = 1
    else:
        z = x - y
        w = 2
    return z * w


@program((1.5,), (-1.0,))
def if_without_else(x):
    y = x * x
    if x > 0:
        y = y * x
    return y + 1


@program((1.5, 0.5), (-1.0, 0.5), wrt=(0, 1))
def one_arm_does_not_depend_on_the_argument(x, k):
    if x > 0:
        y = x * k
    else:
        y = 3.0
    return y * 2 + k


@program((0.5,), (1.5,), (3.0,), (-0.5,))
def progressive_tax(income):
    if income < 0:
        tax = 0.1 * income * income
    elif income < 1:
        tax = 0.2 * income
    elif income < 2:
        tax = 0.2 + 0.3 * (income - 1)
    else:
        tax = 0.5 + 0.45 * (income - 2)
    return tax * tax


@program((1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0), wrt=(0, 1))
def nested(x, y):
    if x > 0:
        a = x * y
        if y > 0:
            b = a * a
        else:
            b = a - x
        c = b * 2
    else:
        b = x
        c = b * y if y > 0 else b / y
    return c * b


@program((2.0,), (-2.0,))
def ternary(x):
    return (x * x if x > 0 else -3 * x) * 2


@program((V,), (-V,), (np.abs(V),), (np.zeros((0,)),))
def a_branch_on_a_sum(v):
    if v.sum() > 0:
        w = v * 2
    else:
        w = v * v
    return np.sum(w)


@program((V, True), (V, False))
def a_bool_parameter(v, flag):
    if flag:
        v = np.tanh(v)
    return np.sum(v * v)


@program((V, "relu"), (V, "tanh"), (V, None))
def a_string_selects(v, kind):
    if kind is None:
        h = v
    elif kind == "relu":
        h = np.maximum(v, 0)
    elif kind == "tanh":
        h = np.tanh(v)
    else:
        raise ValueError(f"unknown activation {kind}")
    return np.sum(h * h)


@program((V, 1), (V, 2), (V, 5))
def an_int_selects(v, order):
    if order == 1:
        return np.sum(np.abs(v))
    if order == 2:
        return np.sqrt(np.sum(v * v))
    return np.sum(np.abs(v) ** order) ** (1 / order)


@program((V,), (M,), (1.5,), (np.float32(1.5),), tol=1e-4)
def a_branch_on_the_rank(v):
    if np.ndim(v) == 0:
        return v * v
    if v.ndim == 1:
        return np.sum(v)
    return np.sum(v @ v.T)


@program((1.0, 2.0), (3.0, 2.0), (2.5, 0.5), wrt=(0, 1))
def chained_comparison(x, y):
    if 0 < x < y:
        return x * y
    if y < x <= 2.7 != y:
        return x / y
    return x - y


@program((1.0, 2.0), (-1.0, 2.0), (-1.0, -2.0), (1.0, -2.0), wrt=(0, 1))
def and_or_not(x, y):
    if x > 0 and y > 0:
        return x * y
    if not x > 0 and not y > 0:
        return x * x + y
    if x > 0 or y > 5:
        return y - x
    return x + 2 * y


@program((0.5, 2.0), wrt=(0, 1))
@program((0.0, 2.0), wrt=(1,))
def short_circuit_guards_a_division(x, y):
    if x != 0 and y / x > 1:
        return y / x
    return y


@program((2.0, 3.0), (0.0, 3.0), wrt=(1,))
def values_of_and_and_or(x, y):
    z = x and y
    w = x or y * y
    return z * 2 + w


@program((1.0,), (-1.0,))
def sign_as_an_int(x):
    s = 1 if x > 0 else -1
    return s * x**3


@program((1.0, 5), (-1.0, 5), (-1.0, -5))
def int_and_float_arms(x, n):
    k = n if x > 0 else 0.5
    return x * k * (1 if n > 0 else 2)


@program((V, 0.3), (V * 10, 0.3), wrt=(0, 1))
def gradient_clipping(v, limit):
    norm = np.sqrt(np.sum(v * v))
    if norm > limit * 10:
        v = v * (limit / norm)
    return np.sum(np.sin(v))


@program((normal(3, 3), 1.0), (normal(3, 3), -1.0), wrt=(0, 1))
def arms_with_other_operations(a, t):
    if t > 0:
        b = a @ a.T
        s = np.trace(b) if False else np.sum(b * np.eye(3))
    else:
        s = np.sum(a) * t
    return s * t


@program((1.0, V, M), (-1.0, V, M), wrt=(1, 2))
def arms_yield_two_values(t, v, m):
    if t > 0:
        a, b = v * 2, m @ v
    else:
        a, b = np.exp(v), m.sum(axis=1)
    return np.sum(a) * np.sum(b * b)


@program((1.0, {"a": V, "b": M}), (-1.0, {"a": V, "b": M}), wrt=(1,))
def arms_change_a_dict(t, p):
    state = {"h": p["a"]}
    if t > 0:
        state["h"] = state["h"] * 2
    else:
        state["h"] = state["h"] + np.sum(p["b"])
    return np.sum(state["h"] ** 2)


@program((0.3, [V, 2 * V]), (-0.3, [V, 2 * V]), wrt=(0, 1))
def arms_choose_a_container(t, layers):
    layer = layers[0] if t > 0 else layers[1]
    return np.sum(layer) * t


@program((1.0,), (-1.0,))
def the_same_in_both_arms(x):
    if x > 0:
        y = x * x
    else:
        y = x * x
    return y


@program((1.0,), (-1.0,), (4.5,))
def a_condition_on_a_local(x):
    y = x * x - 4 * x
    z = np.sin(y)
    if z > 0:
        z = z * y
    if y < -2:
        z = z + y
    return z * x


@program((1.0, 2.0), (-1.0, 2.0), (-1.0, -2.0), wrt=(0, 1))
def conditions_in_sequence(x, y):
    total = 0.0
    if x > 0:
        total = total + x * y
    if y > 0:
        total = total + y * y
    if x < y:
        total = total * x
    return total


@program((2.0,), (0.5,))
def max_and_min_of_numbers(x):
    return max(x, 1.0) * min(x, 1.5, 3 * x) + max(0, x - 1)


@program((0.7,), (-0.7,))
def math_in_an_arm(x):
    if x > 0:
        return math.log(x) * math.sqrt(x)
    return math.exp(x) - math.cos(x)


@program((1.2, True), (1.2, False), wrt=(0,))
def a_condition_kept_in_a_name(x, flag):
    positive_ = x > 1
    both = positive_ and flag
    y = x * 2 if both else x * x
    return y if positive_ else -y


@program((0.4,), (-0.4,), (1.4,))
def a_condition_used_twice(x):
    inside = -1 < x < 1
    y = x * x if inside else x
    z = y + 1
    if inside:
        z = z * x
    return z


@program((V,), (V[:2],), (np.array([0.3]),))
def a_branch_on_an_element(v):
    if v[0] > 0:
        return np.sum(v) * v[0]
    return np.sum(v * v)


@program((V,), (-V,))
def any_and_all_of_an_array(v):
    if np.any(v > 1) or (v > 0).all():
        return np.sum(v)
    return np.prod(v)


@program((np.array(1.5),), (np.array(-1.5),), (np.float64(0.3),))
def a_branch_on_a_numpy_number(x):
    if x > 0:
        return x * 3
    return x * x


@program((1.0, 0.0), (-1.0, 0.5), wrt=(0, 1))
def a_zero_cotangent_in_an_arm(x, y):
    if x > 0:
        z = np.sqrt(x)
    else:
        z = np.exp(y)
    return z


@program((positive(3), 0.5), (positive(3) + 5, 0.5), wrt=(0, 1))
def an_array_or_a_number(v, k):
    s = v.mean()
    w = v * k if s < 3 else v - k
    return np.sum(w * v)
