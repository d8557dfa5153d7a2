"""The adjoint transform alone: nothing simplified, run by the interpreter, against central differences."""

import numpy as np
import pytest
from support.traced import assert_same, run, traced

from pullback.autodiff.calls import split, value_and_grad
from pullback.ir.core import Module
from pullback.ir.evaluate import evaluate
from pullback.ir.verify import verify_module
from pullback.pipeline import tidy

X = np.linspace(0.2, 0.9, 3)
W = np.linspace(-1.0, 1.0, 9).reshape(3, 3)


def reused(x, w):
    a = x @ w
    b = a * a
    return np.sum(b * a) + np.sum(a)


def arms(x, w):
    if x[0] > 0.1:
        y = np.sin(x)
        z = y * 2.0
    else:
        z = x * x
    return np.sum(z @ w)


def nested_arms(x, w):
    s = np.sum(x)
    if s > 0:
        y = np.exp(x)
        if s > 1:
            y = y * x
        else:
            y = y + x
    else:
        y = x
    return np.sum(y * y) + np.sum(w * w)


def layer(x, w):
    return np.tanh(x @ w)


def calls(x, w):
    return np.sum(layer(layer(x, w), w))


def power(x, n):
    if n == 0:
        return 1.0
    half = power(x, n // 2)
    return half * half if n % 2 == 0 else half * half * np.sum(x)


def recursion(x, w):
    return power(x, 5) + np.sum(w)


def call_in_an_arm(x, w):
    if np.sum(x) > 0:
        return np.sum(layer(x, w))
    return np.sum(x)


def constant(x, w):
    return np.sum(np.floor(x)) + 0.0 * np.sum(w)


PROGRAMS = [reused, arms, nested_arms, calls, recursion, call_in_an_arm, constant]


def difference(f, args, k):
    out = np.zeros_like(args[k])
    for index in np.ndindex(out.shape):
        h = 1e-6
        values = []
        for step in (h, -h):
            moved = [a.copy() for a in args]
            moved[k][index] += step
            values.append(float(f(*moved)))
        out[index] = (values[0] - values[1]) / (2 * h)
    return out


@pytest.mark.parametrize("simplify", [lambda fn: fn, tidy], ids=["plain", "tidy"])
@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_gradients_agree_with_differences(f, simplify):
    args = (X, W)
    module = verify_module(value_and_grad(traced(f, *args), (0, 1), "gradient", simplify))
    value, *grads = run(module, *args)
    assert np.isclose(value, f(*args))
    for k, g in enumerate(grads):
        np.testing.assert_allclose(g, difference(f, args, k), rtol=1e-6, atol=1e-8)


def test_a_pair_computes_what_its_joint_function_computes():
    joint = value_and_grad(traced(reused, X, W), (0, 1), "gradient", lambda fn: fn).main
    forward, backward = split(joint, 2, 1, "f_forward", "f_backward")
    together = evaluate(Module({"f": joint}, "f"), [X, W])
    value, tape = evaluate(verify_module(Module({"f_forward": forward}, "f_forward")), [X, W])
    grads = evaluate(verify_module(Module({"f_backward": backward}, "f_backward")), [tape])
    assert_same((value, *grads), together)
