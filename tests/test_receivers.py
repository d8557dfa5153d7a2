"""Bound methods: what they write to their receiver stays inside, as with an argument; it is read anew at each call."""

import copy

import numpy as np
import pytest

from pullback import DifferentiationError, SignatureError, differentiate


class Model:
    def __init__(self):
        self.w = np.array([1.0, 2.0])
        self.cache = {}
        self.calls = 1
        self.parts = [self, {"gain": 2.0}]

    def forward(self, x):
        self.cache["z"] = self.w * x
        self.calls += 1
        return self.cache["z"]

    def loss(self, x):
        self.forward(x)
        self.parts[1]["gain"] = self.parts[1]["gain"] * 2
        return np.sum(self.parts[0].cache["z"] ** 2) * self.calls * self.parts[1]["gain"]

    def reads(self, x):
        return np.sum(self.w * x) * self.calls

    def in_place(self, x):
        self.w *= 2
        return np.sum(self.w * x)

    def through_a_global(self, x):
        self.calls += 1
        return np.sum(x) * MODEL.calls


MODEL = Model()
X = np.array([0.5, -1.0])


def state(model):
    return (model.w.tolist(), {k: v.tolist() for k, v in model.cache.items()}, model.calls, model.parts[1]["gain"])


def test_the_receiver_is_left_alone():
    model = Model()
    before = state(model)
    value, gradient = differentiate(model.loss).value_and_grad(X)
    assert state(model) == before
    assert value == copy.deepcopy(model).loss(X)
    np.testing.assert_allclose(gradient, 2 * model.w**2 * X * 2 * 4)


def test_what_the_method_itself_leaves_behind_is_seen_at_the_next_call():
    model = Model()
    derivative = differentiate(model.loss)
    for _ in range(3):
        fresh = copy.deepcopy(model)
        gradient = derivative.grad(X)
        value = fresh.loss(X)
        np.testing.assert_allclose(gradient, 2 * value / np.sum((model.w * X) ** 2) * model.w**2 * X)
        model.loss(X)
    model.w = np.array([3.0, 1.0])
    assert derivative.value_and_grad(X)[0] == copy.deepcopy(model).loss(X)


def test_with_self_as_the_parameter_it_is_the_same():
    model = Model()
    bound = differentiate(model.reads).grad(X)
    free = differentiate(Model.reads, wrt="x").grad(SimpleModel(model), X)
    assert np.array_equal(bound, free)


class SimpleModel(Model):
    """Without the cycle that its parts make: arguments are trees."""

    def __init__(self, model):
        self.w, self.cache, self.calls = model.w, model.cache, model.calls


def test_an_argument_that_contains_itself():
    with pytest.raises(SignatureError, match="an argument contains itself"):
        differentiate(Model.reads, wrt="x").grad(Model(), X)


def test_arrays_of_the_receiver_are_not_written_to():
    with pytest.raises(DifferentiationError, match="an array from outside the function is written to"):
        differentiate(Model().in_place).grad(X)


def test_a_receiver_that_is_written_to_has_no_second_name():
    with pytest.raises(
        DifferentiationError, match="the global `MODEL` is read, which the receiver of the method holds"
    ):
        differentiate(MODEL.through_a_global).grad(X)
    assert np.array_equal(differentiate(Model().through_a_global).grad(X), np.ones(2))
    assert np.array_equal(differentiate(MODEL.reads).grad(X), MODEL.w)
