"""What trips compilers: names, sharing of functions, aliasing of memory, sizes that happen to be equal."""

import numpy as np
from support.corpus import Programs, normal, positive, read_only

program = Programs()
V, X, S = normal(4), normal(3, 4), normal(3, 3)


@program((V, 2.0), wrt=(0, 1))
def parameters_named_as_builtins(len, float):
    sum = np.sum(len) * float
    int = sum * sum
    return int + float


@program((V, 2.0), wrt=(0, 1))
def locals_named_as_generated_code_names_them(value, gradient):
    x_bar = value * gradient
    saved = x_bar + 1
    result = saved * x_bar
    condition = result * 2
    total = condition + saved
    product = total * value
    value_bar = product - 1
    return np.sum(value_bar)


def names(condition, x):
    if condition > 0:
        np_1 = x * condition
    else:
        np_1 = x
    return np_1


@program((1.0, V), (-1.0, V), wrt=(0, 1))
def names_in_a_branch(condition, value):
    out = names(condition, value)
    condition = np.sum(out)
    if condition > 0.5:
        out = out * condition
    return np.sum(out)


def f(x):
    return x * x


def g(x):
    def f(x):
        return x * x * x

    return f(x)


@program((2.0,), (V,))
def functions_of_one_name(x):
    return np.sum(f(x) * g(x))


def scaler(k):
    def scale(x):
        return x * k

    return scale


@program((V,))
def closures_with_other_constants(v):
    return np.sum(scaler(2.0)(v) * scaler(3.0)(v) + scaler(V)(v) * scaler(2)(v))


def with_default(x, k=1.0):
    y = np.tanh(x) * k
    return y + y * k


@program((V, 0.5), wrt=(0, 1))
def calls_that_differ_in_constants(v, k):
    return np.sum(with_default(v) + with_default(v, 2.0) * with_default(v, k) + with_default(v, k=-1.0))


def pick(x, axis, keep):
    return np.sum(x * x, axis=axis, keepdims=keep)


@program((X,), (S,))
def calls_that_differ_in_attributes(x):
    return (
        np.sum(pick(x, 0, False) ** 2) + np.sum(pick(x, 1, False)) + np.sum(pick(x, 1, True) * x) + pick(x, None, False)
    )


@program((S, S), (S, S.T), (X, X.T), wrt=(0, 1))
def square_sizes_that_are_equal_by_chance(a, b):
    return np.sum(a @ b) + np.sum(a * a) + np.sum(b[0] * b[1])


@program((normal(3, 3), normal(3)), (normal(4, 3), normal(3)), wrt=(0, 1))
def a_row_not_a_column(a, v):
    return np.sum(a * v) + np.sum((a.T * v[:, None]) ** 2)


def mean_of(x):
    m, n = x.shape
    y = np.exp(x / n)
    return np.sum(y * x) / (m * n) * len(x)


@program((X, S), (S, X), (normal(5, 2), normal(2, 5)), wrt=(0, 1))
def a_big_helper_of_other_sizes(a, b):
    return mean_of(a) * mean_of(b) + mean_of(a.T) + mean_of(a.reshape(2, -1) if a.size % 2 == 0 else a)


def shaped(x):
    rows, columns = x.shape
    z = np.reshape(x, (columns, rows))
    return z @ x, rows


@program((X,), (S,), (normal(1, 4),))
def sizes_through_calls(x):
    product, n = shaped(x)
    other, m = shaped(x.T)
    return np.sum(product * product) * n + np.sum(other) * m


@program((X, V), (read_only(X), read_only(V)), (np.broadcast_to(V, (3, 4)), V), wrt=(0, 1), has_aux=True)
def everything_is_returned(x, v):
    z = x * v
    h = np.tanh(z)
    s = h.sum(axis=0)
    return np.sum(s * s), (z, h, s, x, v, x.T, z[0], h.T)


@program((X,), has_aux=True)
def aux_is_a_view_of_a_reused_buffer(x):
    h = np.exp(x)
    top = h[:2]
    flat = h.reshape(-1)
    total = np.sum(h * h)
    return total, (top, flat)


@program((V,), has_aux=True)
def aux_shares_one_array(v):
    h = v * 2
    return np.sum(h * h), [h, h]


@program((V, V), (V, V[::-1]), wrt=(0, 1))
def one_array_for_two_parameters(a, b):
    c = a * b
    d = c + a
    return np.sum(d * c - b)


@program((V,), (X,))
def adding_a_value_to_itself(x):
    y = x + x
    z = y + y
    return np.sum(z * y + z + y)


@program((V,), (1.5,))
def an_adjoint_that_cancels(x):
    y = x * 2
    return np.sum(y - y + x - x + (y + x) - y)


@program((V, 1.5), wrt=(0, 1))
def the_gradient_is_the_argument(x, k):
    return np.sum(x * x) / 2 + k * k / 2


@program((V, normal(4, seed=1)), wrt=(0, 1))
def gradients_that_are_each_others_arguments(x, y):
    return np.sum(x * y)


@program((V, normal(4, seed=1), normal(4, seed=2)), wrt=(0, 1, 2))
def equal_gradients(x, y, z):
    return np.sum(np.sin(x + y + z))


@program((X,), (normal(3, 1),), (normal(1, 1),))
def constant_gradients(x):
    return np.sum(x) + np.mean(x) + np.sum(x.T) + np.sum(x.reshape(-1))


@program((2.0, V), (-2.0, V), wrt=(0, 1))
def an_overwritten_variable_in_branches(k, v):
    h = v * k
    if k > 0:
        h = h * h
        h = np.tanh(h)
    h = h + v
    if np.sum(h) > 0:
        k = k * 2
        h = h * k
    return np.sum(h) * k


@program((V, 0.5), wrt=(0, 1))
def a_parameter_is_rebound(v, k):
    v = v * k
    k = np.sum(v)
    v = v + k
    return np.sum(v * v) * k


def rebinding(x):
    x = x * 2
    x = np.tanh(x)
    x = x * x
    return x + 1


@program((V,), (X,))
def a_parameter_of_a_helper_is_rebound(v):
    a = rebinding(v)
    b = rebinding(a)
    return np.sum(a * b * v)


@program((X, normal(4, 3), V), wrt=(0, 1, 2))
def buffers_are_reused_with_care(x, w, v):
    a = x @ w
    b = a * 2
    c = np.exp(b * 0.1)
    d = c * a
    e = d + b
    h = np.maximum(e, 0.1)
    s = h.sum(axis=1)
    return np.sum(s * a[:, 0]) + np.sum(c) + np.sum(e * v[:3])


@program((positive(3), positive(3, seed=1)), wrt=(0, 1))
def a_sum_over_both_orders(x, y):
    return np.sum(x / y - y / x) + np.sum((x - y) * (y - x)) + np.sum(-(-x) - -y)


@program((np.array(2.0), V), (np.float64(2.0), V), (2.0, V), (np.array([2.0]), V), (np.array([[2.0]]), V), wrt=(0, 1))
def a_number_in_every_form(k, v):
    return np.sum(k * v) + np.sum(k * k) * np.sum(v) + np.sum(k / (v + 5))


@program((V, True), (V, False), (V, np.bool_(True)))
def a_condition_that_is_a_parameter(v, flag):
    return np.sum(np.where(flag, v, v * v)) + (np.sum(v) if flag else 0.0)


@program((1.5, 2), (1.5, 0), (1.5, -1))
def an_int_in_arithmetic_and_as_a_condition(x, n):
    y = x * n + x**2
    if n > 0:
        y = y / n
    return y * (n or 3)


@program((0.5, 0.2), wrt=(0, 1))
def comparison_of_floats_kept(x, y):
    same = x == y
    return x * 2 if not same else x * y
