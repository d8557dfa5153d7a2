"""Signatures, tapes and functions that shrink must compute what they computed."""

import numpy as np
from support.traced import assert_same, names_of, ops_of, run, traced

from pullback.autodiff.calls import value_and_grad
from pullback.ir.verify import verify_module
from pullback.passes.inline import inline_leaves
from pullback.passes.prune import prune_signatures, prune_tapes
from pullback.passes.share import merge_equal_functions, share_forwards
from pullback.pipeline import tidy

X = np.linspace(0.1, 0.9, 4)
W = np.linspace(-1, 1, 16).reshape(4, 4)


def dense(params, key, x):
    return np.tanh(x @ params[key])


def network(params, x):
    h = dense(params, "a", x)
    h = dense(params, "b", h)
    return np.sum(dense(params, "c", h))


PARAMS = {"a": W, "b": 0.5 * W, "c": W.T.copy()}


def test_callees_take_what_they_read():
    module = traced(network, PARAMS, X)
    pruned = verify_module(prune_signatures(module))
    for name, fn in pruned.functions.items():
        if name != pruned.entry:
            assert len(fn.params) == 2, "a dense layer reads one matrix and one vector"
    assert len(pruned.main.params) == len(module.main.params)
    assert_same(run(pruned, PARAMS, X), run(module, PARAMS, X))


def test_variants_that_turned_out_alike_become_one():
    module = verify_module(merge_equal_functions(prune_signatures(traced(network, PARAMS, X))))
    assert set(module.functions) == {"network", "dense"}
    assert_same(run(module, PARAMS, X), run(traced(network, PARAMS, X), PARAMS, X))


def with_cache(w, x):
    z = x @ w
    return np.tanh(z), {"z": z, "twice": 2.0 * z}


def uses_value_only(w, x):
    a, _ = with_cache(w, x)
    b, _ = with_cache(w, a)
    return np.sum(b)


def test_results_that_no_call_reads_are_not_computed():
    module = verify_module(prune_signatures(traced(uses_value_only, W, X)))
    assert len(module.functions["with_cache"].results) == 1
    assert "multiply" not in names_of(module.functions["with_cache"])


def countdown(x, n, unused):
    if n == 0:
        return x
    return countdown(x * x, n - 1, unused + 1.0)


def test_a_parameter_that_only_recursion_hands_on_is_dropped():
    def start(x, n, unused):
        return countdown(x, n, unused)

    module = verify_module(prune_signatures(traced(start, 0.9, 3, 5.0)))
    assert len(module.functions["countdown"].params) == 2
    assert np.isclose(run(module, 0.9, 3, 5.0)[0], 0.9**8)


def gradient(f, wrt, *args):
    module = merge_equal_functions(prune_signatures(inline_leaves(traced(f, *args))))
    return value_and_grad(module, wrt, "gradient", tidy)


def test_pairs_share_a_forward_and_save_what_is_read():
    before = gradient(network, (0, 1, 2), PARAMS, X)
    after = verify_module(prune_tapes(verify_module(share_forwards(before))))
    forwards = [name for name in after.functions if "forward" in name]
    assert len([n for n in before.functions if "forward" in n]) == 2  # x is active in the later layers only
    assert len(forwards) == 1
    assert_same(run(after, PARAMS, X), run(before, PARAMS, X))


def test_a_tape_holds_no_value_that_no_backward_reads():
    module = prune_tapes(share_forwards(gradient(network, (0,), PARAMS, X)))
    for fn in module.functions.values():
        for unpack in ops_of(fn, "unpack"):
            read = {o for op in fn.block.ops for o in op.operands} | set(fn.results)
            assert any(r in read for r in unpack.results)


def relu(z):
    return np.maximum(z, 0.0)


def small_leaves(w, x):
    return np.sum(relu(x @ w))


def test_small_leaves_take_the_place_of_their_calls():
    module = verify_module(inline_leaves(traced(small_leaves, W, X)))
    assert set(module.functions) == {"small_leaves"}
    assert "call" not in names_of(module.main)
    assert_same(run(module, W, X), (small_leaves(W, X),))
