"""Activity, liveness, aliasing, dimensions: what they say of small programs."""

import numpy as np
import pytest
from support.traced import ops_of, traced

from pullback.analysis.activity import Activity
from pullback.analysis.aliasing import OPAQUE, Aliasing
from pullback.analysis.liveness import last_uses
from pullback.analysis.naming import describe, identifier
from pullback.autodiff.calls import value_and_grad
from pullback.ir.core import Value
from pullback.ir.types import dims_of
from pullback.pipeline import tidy

X = np.linspace(0.1, 0.9, 4)
M = np.outer(X, X)


def active_names(f, wrt, *args):
    module = traced(f, *args)
    active = Activity(module.functions).active(module.main, wrt, [0])
    return {v.name for v in active if v.name}


def straight(x, y):
    a = x * y
    b = np.floor(a)
    c = np.exp(y)
    unused = a + c  # noqa: F841  # dead code is inactive
    d = a + b * c
    return np.sum(d)


def test_active_is_what_varies_and_is_used():
    assert active_names(straight, [0], X, X) == {"x", "a", "d"}
    assert active_names(straight, [1], X, X) == {"y", "a", "c", "d"}


def in_arms(x, y):
    if y > 0:
        z = 2.0 * x
    else:
        z = 3.0 * y
    return z * y


def test_activity_looks_into_arms():
    assert "x" in active_names(in_arms, [0], 1.0, 2.0)
    assert active_names(in_arms, [0], 1.0, 2.0) >= {"x", "z"}


def ignores_second(p, q):
    if p > 3:
        return p
    return ignores_second(p * p + 1.0, q)


def through_recursion(x, y):
    return ignores_second(x, y) * 1.0


def test_activity_of_recursion_is_a_fixpoint():
    assert active_names(through_recursion, [1], 1.0, 2.0) == set()
    assert "x" in active_names(through_recursion, [0], 1.0, 2.0)


def test_last_uses_count_results_and_regions():
    module = traced(in_arms, 1.0, 2.0)
    block = module.main.block
    last = last_uses(block)
    y = module.main.params[1]
    assert last[y] == len(block.ops) - 1
    assert all(last[r] == len(block.ops) for r in block.results if isinstance(r, Value))


def views(x):
    a = 2.0 * x
    v = a[1:]
    w = v.reshape(3)
    t = np.broadcast_to(a[0], (3,))
    return w + t, a + 1.0


def test_views_share_the_memory_of_what_they_look_at():
    module = traced(views, X)
    sources = Aliasing(module.functions).sources(module.main)
    named = {v.name: v for v in sources if v.name}
    assert sources[named["v"]] == sources[named["w"]] == {named["a"]}
    assert OPAQUE in sources[named["t"]]
    assert sources[module.main.results[1]] == {module.main.results[1]}


def doubled(x):
    return np.tanh(x @ M), x[1:]


def uses_doubled(x):
    a, b = doubled(x)
    return np.sum(a) + np.sum(b)


def test_results_of_calls_are_traced_to_arguments():
    module = traced(uses_doubled, X)
    sources = Aliasing(module.functions).sources(module.main)
    (call,) = ops_of(module.main, "call")
    fresh, same = call.results
    assert sources[fresh] == {fresh}
    assert sources[same] == {module.main.params[0]}


def test_what_a_tape_keeps_is_shared_with_the_result():
    module = value_and_grad(traced(uses_doubled, X), (0,), "gradient", tidy)
    sources = Aliasing(module.functions).sources(module.main)
    for call in ops_of(module.main, "call"):
        if "forward" in call.attrs["callee"]:
            *results, tape = call.results
            kept = [r for r in results if sources[r] & sources[tape]]
            assert kept, "tanh' is taken from its own output, so the tape holds it"


def layer(W, x):
    return np.tanh(x @ W)


def network(A, B, x):
    return np.sum(layer(B, layer(A, x)))


def test_dimensions_are_unified_across_calls():
    module = traced(network, np.ones((4, 3)), np.ones((3, 2)), np.ones((5, 4)))
    a, b, x = (dims_of(p.type) for p in module.main.params)
    assert a[0] == x[1]
    assert a[1] == b[0]
    assert len({a[0], a[1], b[1], x[0]}) == 4


def only_if(x, y):
    if x[0] > 0:
        return np.sum(x + y)
    return np.sum(x)


def test_what_only_some_runs_require_is_not_taken_for_granted():
    module = traced(only_if, np.ones(3), np.ones(3))
    x, y = (dims_of(p.type) for p in module.main.params)
    assert x != y


@pytest.mark.parametrize(("text", "name"), [("x", "x"), ("params['W1']", "params_W1"), ("0", ""), ("for", "for")])
def test_identifiers(text, name):
    assert identifier(text) == name


def test_names_say_what_a_value_is():
    module = traced(straight, X, X)
    (total,) = ops_of(module.main, "sum")
    assert describe(total, total.result, lambda v: v.name) == "total"
