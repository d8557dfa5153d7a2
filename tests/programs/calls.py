"""Calls of user functions: every way to pass arguments, functions as values, one function at several signatures."""

import functools

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
X, W, B, V = normal(5, 3), normal(3, 2), normal(2), normal(3, seed=4)


def relu(z):
    return np.maximum(z, 0.0)


def layer(p, x, activation=None):
    z = x @ p["W"] + p["b"]
    return z if activation is None else activation(z)


@program(
    (
        [{"W": normal(3, 5), "b": normal(5)}, {"W": normal(5, 4), "b": normal(4)}, {"W": normal(4, 2), "b": B}],
        normal(6, 3),
        normal(6, 2),
    )
)
def network(params, x, y):
    for p in params[:-1]:
        x = layer(p, x, relu)
    x = layer(params[-1], x)
    return np.mean((x - y) ** 2)


def affine(x, w=2.0, *, b=0.0):
    return x * w + b


@program((3.0, 0.5), wrt=(0, 1))
def positional_keyword_default(x, y):
    return affine(x) + affine(x, y) * affine(w=x, x=y) + affine(x, b=y) + affine(*[x, y], **{"b": x})


def gather(first, *rest, scale=1.0, **named):
    total = first
    for value in rest:
        total = total + value * value
    for name in named:
        total = total + named[name] * len(name)
    return total * scale


@program((3.0, 4.0), wrt=(0, 1))
def star_arguments(x, y):
    return gather(x) + gather(x, y, x) + gather(x, y, scale=y) + gather(*(x, y), bb=x, c=y)


@program((3.0, 1.0, 2.0), (3.0,), wrt=(0,))
def variadic_entry(x, *rest):
    return x * x + sum(rest) * len(rest) * x


def square(x):
    return x * x


@program((1.5,), (V,), (normal(2, 3, 4),))
def one_helper_many_ranks(x):
    return square(2.0) + np.sum(square(x)) + square(np.sum(x)) + np.sum(square(np.ones((2, 3)) * np.sum(x)))


def softplus(x):
    return np.log1p(np.exp(x))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@program((0.3, softplus), (0.3, sigmoid), (V, sigmoid))
def a_function_as_an_argument(x, f):
    return np.sum(f(x) * f(2 * x))


def twice(f, x):
    return f(f(x))


@program((0.3,), (V,))
def higher_order(x):
    return np.sum(twice(sigmoid, x) + twice(lambda t: t * t + 1, x))


def normalise(v, eps=1e-8):
    return v / np.sqrt(np.sum(v * v) + eps)


@program((V, normal(3)), wrt=(0, 1))
def cosine_similarity(a, b):
    return normalise(a) @ normalise(b, eps=1e-6)


def split(v):
    return v[:2], v[2:]


@program((normal(5),))
def a_call_returns_a_tuple(v):
    a, b = split(v)
    return np.sum(a) * np.sum(b * b)


def stats(v):
    m = v.mean()
    return {"mean": m, "var": np.mean((v - m) ** 2), "n": v.size, "centered": v - m}


@program((V,), (X,))
def a_call_returns_a_dict(v):
    s = stats(v)
    return s["mean"] * s["var"] * s["n"] + np.sum(s["centered"] ** 3)


def unused_result(v):
    return v * 2, np.exp(v)


@program((V,))
def a_result_that_is_not_used(v):
    doubled, _ = unused_result(v)
    return np.sum(doubled * v)


def ignores(a, b):
    return b * b


@program((1.0, 2.0), (V, 2.0), wrt=(0, 1))
def an_argument_that_is_not_used(a, b):
    return ignores(a, b) + np.sum(a)


def sign_loss(x):
    if x > 0:
        return x * x
    return -x


@program((1.0, -2.0), (-1.0, 2.0), wrt=(0, 1))
def a_helper_with_branches(x, y):
    return sign_loss(x) * sign_loss(y) + sign_loss(x * y)


def outer_(x, k):
    return inner_(x * k) + inner_(x)


def inner_(x):
    return innermost(x) * x


def innermost(x):
    return np.sin(x) * 2


@program((0.7, 1.3), (V, 1.3), wrt=(0, 1))
def a_chain_of_helpers(x, k):
    return np.sum(outer_(x, k))


@program((0.7,), (V,))
def a_local_function(x):
    def f(t):
        a = t * t
        return a + np.sin(a)

    return np.sum(f(x) + f(2 * x))


@program((0.7,), (V,))
def a_lambda(x):
    f = lambda t, k=3.0: k * t * t
    return np.sum(f(x) + f(x, 2.0) + f(k=1.0, t=x))


half = functools.partial(affine, w=0.5)


@program((0.7, 1.1), wrt=(0, 1))
def a_partial(x, b):
    third = functools.partial(affine, w=1 / 3, b=b)
    return half(x) * third(x)


program((0.7, 2.0), (V, 2.0), wrt=(0, 1))(lambda x, k: np.sum(k * x * x))


def scaled(factor):
    def decorate(f):
        @functools.wraps(f)
        def wrapper(*args, **kwargs):
            return factor * f(*args, **kwargs)

        return wrapper

    return decorate


@scaled(3.0)
def decorated(x, y=1.0):
    return x * y


@program((0.7, 2.0), wrt=(0, 1))
def a_decorated_helper(x, y):
    return decorated(x) * decorated(x, y=y)


def accumulate(out, x):
    out["total"] = out["total"] + x * x
    out["n"] += 1


@program((3.0, V), wrt=(0, 1))
def a_call_for_its_effect(x, v):
    out = {"total": 0.0, "n": 0}
    accumulate(out, x)
    accumulate(out, np.sum(v))
    return out["total"] * out["n"]


def swap_if(c, a, b):
    if c > 0:
        return b, a
    return a, b


@program((1.0, V, X), (-1.0, V, X), wrt=(1, 2))
def results_swapped_at_run_time(c, a, b):
    p, q = swap_if(c, np.sum(a), np.sum(b * b))
    return p * p - 2 * q


def dense(x, w, b):
    return np.tanh(x @ w + b)


@program((X, W, B, normal(2, 2), B), wrt=(1, 2, 3, 4))
@program((X.astype(np.float32), W.astype(np.float32), B.astype(np.float32), normal(2, 2), B), wrt=(1, 2), tol=1e-4)
def layers_with_other_widths(x, w1, b1, w2, b2):
    return np.mean(dense(dense(x, w1, b1), w2, b2) ** 2)


@program((V,), (positive(3),))
def a_call_in_a_condition(v):
    if np.sum(square(v)) > 2 and sigmoid(v[0]) > 0.5:
        return np.sum(v)
    return np.sum(square(v))


def posonly(a, b, /, c, *, d):
    return a * b + c / d


@program((1.0, 2.0, 3.0, 4.0), wrt=(0, 1, 2, 3))
def positional_only(a, b, c, d):
    return posonly(a, b, c=c, d=d)


program((1.0, 2.0, 3.0), wrt=(0, 1, 2))(lambda a, b, c, /, *, d=4.0: a * b + c / d)


def shape_helper(x):
    n, k = x.shape
    return x.sum() / (n * k)


@program((X, W), wrt=(0, 1))
def a_helper_of_shapes(x, w):
    return shape_helper(x @ w) * shape_helper(w)


def flip(x, sign):
    return x * sign


@program((V,))
def a_constant_to_a_helper(v):
    return np.sum(flip(v, 1) * flip(v, -2.5)) + np.sum(flip(v, 1.0))
