"""The public interface: what is differentiated, when it is compiled, what it is specialised to, what it refuses."""

from __future__ import annotations

import functools
import importlib.util
import linecache
import os
import subprocess
import sys
import textwrap
import traceback
import types
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from jaxtyping import Float
from numpy.typing import NDArray
from support.corpus import normal, positive
from support.laws import directional

import pullback
from pullback import Differentiable, differentiate, grad, value_and_grad
from pullback.errors import (
    DifferentiationError,
    MissingRuleError,
    NonDifferentiableError,
    SeveralErrors,
    SignatureError,
    SourceNotFoundError,
    UnsupportedSyntaxError,
)
from pullback.specialize import Specializer

V, A = normal(3), normal(3, 4)


@pytest.fixture
def compiles(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was compiled, one entry each time."""
    seen: list[Any] = []
    compile_ = Specializer.compile

    def counted(self: Specializer, trees: Any, keywords: Any = frozenset()) -> Any:
        seen.append(trees)
        return compile_(self, trees, keywords)

    monkeypatch.setattr(Specializer, "compile", counted)
    return seen


def loss(w: Any, x: Any, b: Any = 1.0, *, k: Any = 2.0) -> Any:
    return np.sum((w * x + b) ** 2) * k


def scaled(by: Any) -> Any:
    """A decorator that does more than call."""

    def decorate(f: Any) -> Any:
        @functools.wraps(f)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            return by * f(*args, **kwargs)

        return wrapper

    return decorate


W_BAR = 2 * (V * 2.0 + 1.0) * 2.0 * 2.0  # d loss / d w at (V, 2.0)


class TestWrt:
    def test_the_first_parameter_is_the_default(self) -> None:
        np.testing.assert_allclose(grad(loss)(V, 2.0), W_BAR)

    @pytest.mark.parametrize("wrt", [0, "w", -4])
    def test_one_parameter_gives_its_gradient(self, wrt: Any) -> None:
        np.testing.assert_allclose(grad(loss, wrt)(V, 2.0), W_BAR)

    @pytest.mark.parametrize("wrt", [("x", "w"), (1, 0), (1, "w"), (-3, -4)])
    def test_a_tuple_gives_a_tuple_in_its_order(self, wrt: Any) -> None:
        x_bar, w_bar = grad(loss, wrt)(V, 2.0)
        assert x_bar == pytest.approx(np.sum(2 * (V * 2.0 + 1.0) * V) * 2.0)
        np.testing.assert_allclose(w_bar, W_BAR)

    def test_a_tuple_of_one_gives_a_tuple_of_one(self) -> None:
        result = grad(loss, ("w",))(V, 2.0)
        assert isinstance(result, tuple)
        np.testing.assert_allclose(result[0], W_BAR)

    def test_keyword_arguments_and_keyword_only_parameters(self) -> None:
        total = np.sum((V * 2.0 + 1.5) ** 2)
        assert grad(loss, "k")(V, x=2.0, b=1.5, k=3.0) == pytest.approx(total)
        assert grad(loss, wrt="b")(x=2.0, w=V, b=1.5) == pytest.approx(np.sum(2 * (V * 2.0 + 1.5)) * 2.0)

    @pytest.mark.parametrize("wrt", [4, -5, "z", True, None, 1.0, ("w", "z"), ()])
    def test_what_names_no_parameter_is_refused_at_once(self, wrt: Any) -> None:
        with pytest.raises(SignatureError, match="wrt"):
            differentiate(loss, wrt=wrt)

    @pytest.mark.parametrize("wrt", [("w", "w"), (0, "w"), (0, -4)])
    def test_a_parameter_named_twice_is_refused(self, wrt: Any) -> None:
        with pytest.raises(SignatureError, match="twice"):
            differentiate(loss, wrt=wrt)

    def test_the_error_lists_the_parameters(self) -> None:
        with pytest.raises(SignatureError, match=r"choose among w, x, b, k"):
            differentiate(loss, wrt="W")

    def test_a_parameter_that_was_left_out_is_refused(self) -> None:
        with pytest.raises(DifferentiationError, match="`b`"):
            grad(loss, "b")(V, 2.0)


class TestForms:
    def test_value_and_grad(self) -> None:
        value, w_bar = value_and_grad(loss)(V, 2.0)
        assert value == loss(V, 2.0)
        np.testing.assert_allclose(w_bar, W_BAR)

    def test_a_bare_decorator(self) -> None:
        @differentiate
        def f(x: Any) -> Any:
            """Squares."""
            return x * x

        assert isinstance(f, Differentiable)
        assert (f(3.0), f.grad(3.0), f.value_and_grad(3.0)) == (9.0, 6.0, (9.0, 6.0))
        assert (f.__name__, f.__doc__) == ("f", "Squares.")
        assert "f" in repr(f)

    def test_a_decorator_with_options(self) -> None:
        @differentiate(wrt=("x", "y"), has_aux=True)
        def f(x: Any, y: Any) -> Any:
            return x * y, {"sum": x + y}

        assert f(3.0, 4.0) == (12.0, {"sum": 7.0})
        assert f.grad(3.0, 4.0) == (4.0, 3.0)
        assert f.value_and_grad(3.0, 4.0) == ((12.0, {"sum": 7.0}), (4.0, 3.0))

    def test_the_function_itself_is_untouched(self) -> None:
        f = differentiate(loss)
        assert f.__wrapped__ is loss
        assert f(V, 2.0, k=1.0) == loss(V, 2.0, k=1.0)

    def test_differentiating_twice_changes_what_by(self) -> None:
        assert differentiate(differentiate(lambda x, y: x * y), wrt=1).grad(2.0, 3.0) == 2.0

    def test_has_aux_needs_a_pair(self) -> None:
        with pytest.raises(NonDifferentiableError, match="pair"):
            grad(lambda x: x * x, has_aux=True)(2.0)

    @pytest.mark.parametrize("thing", [loss, object(), slice(2)], ids=lambda t: type(t).__name__)
    def test_an_aux_that_generated_code_cannot_write_is_refused(self, thing: Any) -> None:
        with pytest.raises(DifferentiationError):
            value_and_grad(lambda x: (x * x, {"kept": thing}), has_aux=True)(2.0)

    def test_functions_of_numpy_may_be_in_aux(self) -> None:
        (_, aux), _ = value_and_grad(lambda x: (x * x, {"kept": np.linalg.svd}), has_aux=True)(2.0)
        assert aux == {"kept": np.linalg.svd}

    def test_a_gradient_holds_none_where_there_are_no_floats(self) -> None:
        p = {"w": V, "n": 3, "name": "layer", "how": loss, "kinds": [None, Plain, True], "k": np.array([1, 2])}
        g = grad(lambda p: np.sum(p["w"]) * p["n"])(p)
        np.testing.assert_array_equal(g.pop("w"), [3.0, 3.0, 3.0])
        assert g == {"n": None, "name": None, "how": None, "kinds": [None, None, None], "k": None}

    def test_lambdas_on_one_line(self) -> None:
        f, g = grad(lambda x: x * x), grad(lambda x: x * x * x)
        assert (f(2.0), g(2.0)) == (4.0, 12.0)
        fs = [grad(lambda x: x + 1), grad(lambda x: 2 * x)]
        assert [h(2.0) for h in fs] == [1.0, 2.0]

    def test_a_method(self) -> None:
        model = Model(V)
        np.testing.assert_allclose(model.loss.grad(2.0), 2 * 2.0 * np.sum(V * V))
        value, w_bar = Model.energy.value_and_grad(model, 2.0)
        assert value == model.energy(2.0)
        np.testing.assert_allclose(w_bar.w, 2.0 * 2 * V)
        np.testing.assert_allclose(model.energy.grad(2.0).w, 2.0 * 2 * V)

    def test_a_bound_method(self) -> None:
        model = Plain(V)
        np.testing.assert_allclose(grad(model.loss)(2.0), 2 * 2.0 * np.sum(V * V))

    def test_a_callable_object(self) -> None:
        np.testing.assert_allclose(grad(Plain(V))(2.0), 2 * 2.0 * np.sum(V * V))

    def test_a_decorated_function_called_from_another(self) -> None:
        @differentiate
        def inner(x: Any, k: Any) -> Any:
            return k * np.sum(x * x)

        @differentiate(wrt=(0, 1))
        def outer(x: Any, k: Any) -> Any:
            return inner(x, k) * inner(x + 1, 2.0)

        x_bar, k_bar = outer.grad(V, 3.0)
        a, b = 3.0 * np.sum(V * V), 2.0 * np.sum((V + 1) ** 2)
        np.testing.assert_allclose(x_bar, 6.0 * V * b + 4.0 * (V + 1) * a)
        assert k_bar == pytest.approx(np.sum(V * V) * b)

    def test_a_wrapped_function_is_the_wrapper(self) -> None:
        def logged(f: Any) -> Any:
            @functools.wraps(f)
            def wrapper(x: Any, *args: Any) -> Any:
                return 3 * f(x, *args)

            return wrapper

        @logged
        def f(x: Any) -> Any:
            return x * x

        assert grad(f)(2.0) == 12.0  # of the function that is called, not of the one inside

    def test_a_wrapper_shows_the_parameters_of_what_it_wraps(self) -> None:
        def f(x: Any, k: Any = 2.0) -> Any:
            return x * x * k

        thrice = scaled(3)(f)
        assert grad(thrice)(2.0) == 24.0
        assert grad(thrice, wrt="k")(2.0, 2.0) == 12.0
        assert grad(thrice, wrt=("x", "k"))(2.0, k=1.0) == (12.0, 12.0)
        assert "def f_value_and_grad(x, k)" in differentiate(thrice).lower(2.0, 1.0).source

    def test_a_wrapper_that_has_parameters_of_its_own_shows_them(self) -> None:
        def logged(f: Any) -> Any:
            @functools.wraps(f)
            def wrapper(x: Any, *args: Any) -> Any:
                return 3 * f(x, *args)

            return wrapper

        def f(x: Any, k: Any) -> Any:
            return x * x * k

        assert grad(logged(f))(2.0, 1.0) == 12.0
        with pytest.raises(SignatureError, match="apply `differentiate` first"):
            grad(logged(f), wrt="k")

    def test_an_object_that_wraps_is_what_it_does(self) -> None:
        class Thrice:
            def __init__(self, f: Any) -> None:
                functools.update_wrapper(self, f)
                self.f = f

            def __call__(self, x: Any) -> Any:
                return 3 * self.f(x)

        assert value_and_grad(Thrice(lambda x: x * x))(2.0) == (12.0, 12.0)

    def test_a_wrapper_may_tell_keywords(self) -> None:
        def tell(f: Any) -> Any:
            @functools.wraps(f)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                return f(*args, **kwargs) * (10 if kwargs else 1)

            return wrapper

        @differentiate
        @tell
        def f(x: Any, k: Any) -> Any:
            return x * k

        assert (f.grad(2.0, 3.0), f.grad(2.0, k=3.0), f.grad(2.0, 3.0), f.grad(x=2.0, k=3.0)) == (3.0, 30.0, 3.0, 30.0)
        with pytest.raises(SignatureError, match="passed by keyword"):
            f.lower(2.0, 3.0)(2.0, k=3.0)

    def test_star_arguments_are_one_parameter(self) -> None:
        def f(x: Any, *more: Any) -> Any:
            return x * sum(more)

        assert grad(f, wrt="more")(2.0, 3.0, 4.0) == (2.0, 2.0)
        assert grad(f, wrt=("x", "more"))(2.0, 3.0) == (3.0, (2.0,))

    def test_caches_are_called_through(self) -> None:
        @functools.lru_cache
        def f(x: Any) -> Any:
            return x * x

        assert grad(f)(2.0) == 4.0
        assert f.cache_info().currsize == 0

    def test_gradients_may_be_taken_in_threads(self) -> None:
        from concurrent.futures import ThreadPoolExecutor

        f = grad(lambda x: np.sum(x**3))
        inputs = [normal(n) for n in range(1, 9)] * 4
        with ThreadPoolExecutor(4) as pool:
            for x, got in zip(inputs, pool.map(f, inputs), strict=True):
                np.testing.assert_allclose(got, 3 * x * x)


class Model:
    def __init__(self, w: Any) -> None:
        self.w = w

    @differentiate(wrt=1)
    def loss(self, x: Any) -> Any:
        return np.sum((self.w * x) ** 2)

    @differentiate
    def energy(self, k: Any) -> Any:
        return k * np.sum(self.w * self.w)


class Plain:
    def __init__(self, w: Any) -> None:
        self.w = w

    def loss(self, x: Any) -> Any:
        return np.sum((self.w * x) ** 2)

    def __call__(self, x: Any) -> Any:
        return self.loss(x)


class TestCache:
    def check(self, f: Any, *args: Any) -> None:
        np.testing.assert_allclose(f(*args), 2 * np.asarray(args[0]), rtol=1e-5)

    def test_one_program_serves_all_sizes(self, compiles: list[Any]) -> None:
        f = grad(lambda x: np.sum(x * x))
        for n in (3, 5, 2, 100):
            self.check(f, normal(n))
        assert len(compiles) == 1

    @pytest.mark.parametrize(
        "other",
        [
            normal(3, dtype=np.float32),
            normal(1),
            normal(0),
            normal(3, 3),
            1.5,
            np.float64(1.5),
            np.float32(1.5),
            normal(1, 3),
        ],
        ids=lambda x: f"{np.asarray(x).dtype}{np.shape(x)}{type(x).__name__}",
    )
    def test_another_signature_is_another_program(self, compiles: list[Any], other: Any) -> None:
        f = grad(lambda x: np.sum(x * x))
        for _ in range(2):
            self.check(f, normal(3))
            self.check(f, other)
        assert len(compiles) == 2

    def test_views_and_orders_of_memory_are_one_signature(self, compiles: list[Any]) -> None:
        f = grad(lambda x: np.sum(x * x))
        for a in (A, A.T, A[::2, ::-1], np.asfortranarray(A), np.broadcast_to(V, (4, 3))):
            self.check(f, a)
        assert len(compiles) == 1

    def test_another_structure_is_another_program(self, compiles: list[Any]) -> None:
        f = grad(lambda p: sum(np.sum(v * v) for v in (p.values() if isinstance(p, dict) else p)))
        for _ in range(2):
            np.testing.assert_allclose(f({"a": V})["a"], 2 * V)
            np.testing.assert_allclose(f({"b": V})["b"], 2 * V)
            np.testing.assert_allclose(f({"a": V, "b": 2.0})["b"], 4.0)
            np.testing.assert_allclose(f([V, V])[1], 2 * V)
            np.testing.assert_allclose(f((V, V))[1], 2 * V)
            np.testing.assert_allclose(f([V, V, V])[2], 2 * V)
        assert len(compiles) == 6

    def test_the_order_of_keys_belongs_to_the_structure(self) -> None:
        f = grad(lambda p: np.sum(p["a"]) * 2 + np.sum(p["b"]) * 3)
        for p in ({"a": V, "b": V}, {"b": V, "a": V}):
            g = f(p)
            assert (g["a"][0], g["b"][0], list(g)) == (2.0, 3.0, list(p))

    def test_nested_containers_are_told_apart(self) -> None:
        f = grad(lambda p: np.sum(p[0][0]) if isinstance(p[0], tuple) else np.sum(p[0]) * 2)
        assert f(((1.0, 2.0), 3.0)) == ((1.0, 0.0), 0.0)
        assert f((1.0, (2.0, 3.0))) == (2.0, (0.0, 0.0))

    def test_statics_are_told_apart_by_value_and_class(self, compiles: list[Any]) -> None:
        f = grad(lambda x, how: x * x if how == "square" else 3 * x)
        assert [f(2.0, how) for how in ("square", "triple", "square", None)] == [4.0, 3.0, 4.0, 3.0]
        assert len(compiles) == 3

    def test_an_int_that_must_be_known_is_promoted(self, compiles: list[Any]) -> None:
        def f(x: Any, axis: Any, k: Any) -> Any:
            return np.sum(np.sum(x, axis=axis) ** 2) * k

        g = grad(f)
        for axis in (0, 1, 0, -1):
            for k in (2, 5):
                wanted = 2 * k * np.broadcast_to(A.sum(axis=axis, keepdims=True), A.shape)
                np.testing.assert_allclose(g(A, axis, k), wanted)
        assert len(compiles) == 3  # k is a number like any other

    def test_an_int_as_exponent_or_count(self) -> None:
        def f(x: Any, n: Any) -> Any:
            y = 1.0
            for _ in range(n):
                y = y * x
            return y

        g = grad(f)
        assert [g(2.0, n) for n in (3, 0, 1, 3)] == [12.0, 0.0, 1.0, 12.0]

    def test_positional_and_keyword_arguments_agree(self) -> None:
        f = grad(lambda x, y: x * x * y)
        assert f(2.0, 3.0) == f(2.0, y=3.0) == f(y=3.0, x=2.0) == 12.0

    def test_the_value_decides_a_branch_not_the_cache(self, compiles: list[Any]) -> None:
        f = grad(lambda x: x * x if x > 0 else -3 * x)
        assert [f(2.0), f(-2.0), f(1.0)] == [4.0, -3.0, 2.0]
        assert len(compiles) == 1


SCALE = 2.0
COUNT = 3
TABLE = np.array([1.0, 2.0, 3.0])
CONFIG = {"rate": 0.5, "layers": [1.0, 2.0], "w": np.array([1.0, 1.0, 1.0])}


def helper(x: Any) -> Any:
    return x * 2


class Settings:
    gain = 2.0

    def __init__(self) -> None:
        self.rate = 3.0
        self.inner = types.SimpleNamespace(k=1.0)

    def scaled(self, x: Any) -> Any:
        return x * self.gain


SETTINGS = Settings()


class TestGuards:
    """What lies outside is known when compiling; when it changes, the next call sees it."""

    @pytest.fixture(autouse=True)
    def restore(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.module = sys.modules[__name__]
        self.patch = monkeypatch

    def test_a_global_number(self, compiles: list[Any]) -> None:
        f = grad(lambda x: x * SCALE)
        assert (f(1.0), f(5.0)) == (2.0, 2.0)
        self.patch.setattr(self.module, "SCALE", 7.0)
        assert (f(1.0), f(5.0)) == (7.0, 7.0)
        self.patch.setattr(self.module, "SCALE", 2.0)
        assert f(1.0) == 2.0
        assert len(compiles) <= 3

    def test_a_global_number_of_another_class(self) -> None:
        f = value_and_grad(lambda x: x * COUNT)
        assert f(np.float32(1.5)) == (4.5, 3.0)
        self.patch.setattr(self.module, "COUNT", np.float64(3.0))
        value, _ = f(np.float32(1.5))
        assert value.dtype == np.float64

    def test_a_global_function(self) -> None:
        f = grad(lambda x: helper(x) * x)
        assert f(3.0) == 12.0
        self.patch.setattr(self.module, "helper", lambda x: x * x)
        assert f(3.0) == 27.0

    def test_a_global_that_is_gone(self) -> None:
        f = grad(lambda x: x * SCALE)
        assert f(1.0) == 2.0
        self.patch.delattr(self.module, "SCALE")
        with pytest.raises(DifferentiationError, match="SCALE"):
            f(1.0)
        self.patch.setattr(self.module, "SCALE", 3.0, raising=False)
        assert f(1.0) == 3.0

    def test_a_global_array_is_read_at_each_call(self, compiles: list[Any]) -> None:
        f = grad(lambda x: np.sum(x * TABLE))
        np.testing.assert_array_equal(f(V), TABLE)
        self.patch.setattr(self.module, "TABLE", np.array([5.0, 6.0, 7.0]))
        np.testing.assert_array_equal(f(V), [5.0, 6.0, 7.0])
        TABLE[0] = 9.0
        np.testing.assert_array_equal(f(V), [9.0, 6.0, 7.0])
        assert len(compiles) == 1

    @pytest.mark.parametrize(
        "table", [np.array([[1.0], [2.0]]), np.array([4.0]), np.array([1, 2, 3]), np.float64(2.0), 2.0, [1.0, 2.0, 3.0]]
    )
    def test_a_global_array_of_another_kind(self, table: Any) -> None:
        f = value_and_grad(lambda x: np.sum(x * np.asarray(TABLE) if isinstance(TABLE, list) else x * TABLE))
        f(V)
        self.patch.setattr(self.module, "TABLE", table)
        value, x_bar = f(V)
        t = np.asarray(table, dtype=float)
        assert value == pytest.approx(np.sum(V * t))
        np.testing.assert_allclose(x_bar, np.broadcast_to(t, (*t.shape[:-1], 3)).reshape(-1, 3).sum(axis=0))

    def test_a_global_container(self) -> None:
        f = grad(lambda x: x * CONFIG["rate"] * sum(CONFIG["layers"]) + x * np.sum(CONFIG["w"]))
        assert f(1.0) == 0.5 * 3.0 + 3.0
        self.patch.setitem(CONFIG, "rate", 2.0)
        assert f(1.0) == 2.0 * 3.0 + 3.0
        self.patch.setitem(CONFIG, "layers", [1.0, 2.0, 3.0])
        assert f(1.0) == 2.0 * 6.0 + 3.0
        CONFIG["layers"].append(4.0)
        assert f(1.0) == 2.0 * 10.0 + 3.0
        self.patch.setitem(CONFIG, "w", np.array([1.0, 2.0, 3.0, 4.0]))
        assert f(1.0) == 2.0 * 10.0 + 10.0
        self.patch.setitem(CONFIG, "w", np.array([7.0]))
        assert f(1.0) == 2.0 * 10.0 + 7.0

    def test_an_attribute_of_an_object(self) -> None:
        f = grad(lambda x: x * SETTINGS.rate * SETTINGS.inner.k)
        assert f(1.0) == 3.0
        self.patch.setattr(SETTINGS, "rate", 4.0)
        assert f(1.0) == 4.0
        self.patch.setattr(SETTINGS.inner, "k", 2.0)
        assert f(1.0) == 8.0

    def test_an_attribute_of_a_class(self) -> None:
        f = grad(lambda x: x * SETTINGS.gain + Settings.gain * x)
        assert f(1.0) == 4.0
        self.patch.setattr(Settings, "gain", 5.0)
        assert f(1.0) == 10.0

    def test_a_method_of_a_class(self) -> None:
        f = grad(lambda x: SETTINGS.scaled(x))
        assert f(1.0) == 2.0
        self.patch.setattr(Settings, "scaled", lambda self, x: x * x)
        assert f(1.0) == 2.0
        assert f(3.0) == 6.0

    def test_a_closure_variable(self) -> None:
        k, table = 2.0, np.ones(3)

        def f(x: Any) -> Any:
            return np.sum(x * table) * k

        g = grad(f)
        np.testing.assert_array_equal(g(V), [2.0, 2.0, 2.0])
        k, table = 3.0, np.arange(3.0)
        np.testing.assert_array_equal(g(V), [0.0, 3.0, 6.0])

    def test_a_default(self) -> None:
        def inner(x: Any, k: Any = 2.0) -> Any:
            return x * k

        f = grad(lambda x: inner(x))
        assert f(1.0) == 2.0
        inner.__defaults__ = (5.0,)
        assert f(1.0) == 5.0

    def test_a_default_of_the_function_itself(self) -> None:
        def f(x: Any, k: Any = 2.0) -> Any:
            return x * k

        g = grad(f)
        assert g(1.0) == 2.0
        f.__defaults__ = (5.0,)
        assert (f(1.0), g(1.0)) == (5.0, 5.0)

    def test_a_module_attribute(self) -> None:
        module = types.ModuleType("settings_of_the_test")
        module.RATE = 2.0  # type: ignore[attr-defined]
        f = grad(lambda x: x * module.RATE)
        assert f(1.0) == 2.0
        module.RATE = 3.0  # type: ignore[attr-defined]
        assert f(1.0) == 3.0

    def test_a_changed_helper_of_a_helper(self) -> None:
        def outer(x: Any) -> Any:
            return helper(x) * SCALE

        f = grad(outer)
        assert f(1.0) == 4.0
        self.patch.setattr(self.module, "helper", lambda x: x * 3)
        self.patch.setattr(self.module, "SCALE", 10.0)
        assert f(1.0) == 30.0


class TestLowered:
    """A program for one signature refuses what it does not hold for, before it runs, and works after that."""

    def test_source_graph_and_call(self) -> None:
        lowered = differentiate(loss).lower(V, 2.0)
        _, w_bar = lowered(V, 2.0)
        np.testing.assert_allclose(w_bar, W_BAR)
        assert "def loss_value_and_grad(w, x" in lowered.source
        assert "np.sum((w * x + b) ** 2) * k" in lowered.source  # the statement that is reversed, as a comment
        assert "def loss(" in str(lowered.graph)
        assert "loss_value_and_grad" in str(lowered.gradient_graph)
        assert lowered.graph.to_dot().startswith("digraph")
        assert "<" in lowered.graph._repr_html_()
        np.testing.assert_allclose(lowered(normal(7), 2.0)[1], 8 * (normal(7) * 2.0 + 1.0))  # any size

    @pytest.mark.parametrize(
        ("args", "what"),
        [
            ((V.astype(np.float32), 2.0), "float32"),
            ((A, 2.0), "shape"),
            ((normal(1), 2.0), "shape"),
            ((1.0, 2.0), "float"),
            ((V, 2), "int"),
            ((V, V), "array"),
            (([V], 2.0), "list"),
            ((V, 2.0, 3.0), "left out"),
        ],
    )
    def test_another_signature_is_refused(self, args: tuple[Any, ...], what: str) -> None:
        lowered = differentiate(loss).lower(V, 2.0)
        with pytest.raises(SignatureError, match=what):
            lowered(*args)
        np.testing.assert_allclose(lowered(V, 2.0)[1], W_BAR)

    def test_another_structure_is_refused(self) -> None:
        lowered = differentiate(lambda p: np.sum(p["a"] ** 2)).lower({"a": V})
        for wrong in ({"b": V}, {"a": V, "b": V}, {}, [V], {"a": [V]}, {"a": 2.0}):
            with pytest.raises(SignatureError, match="p"):
                lowered(wrong)
        np.testing.assert_allclose(lowered({"a": V})[1]["a"], 2 * V)

    def test_another_promoted_int_is_refused(self) -> None:
        lowered = differentiate(lambda x, axis: np.sum(x.sum(axis=axis) ** 2)).lower(A, 0)
        with pytest.raises(SignatureError, match="axis"):
            lowered(A, 1)
        lowered(A, 0)

    def test_another_static_is_refused(self) -> None:
        lowered = differentiate(lambda x, how: x * x if how == "square" else x).lower(2.0, "square")
        with pytest.raises(SignatureError, match="how"):
            lowered(2.0, "cube")
        assert lowered(2.0, "square") == (4.0, 4.0)

    def test_a_changed_global_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        lowered = differentiate(lambda x: x * SCALE).lower(1.0)
        monkeypatch.setattr(sys.modules[__name__], "SCALE", 5.0)
        with pytest.raises(SignatureError, match="SCALE"):
            lowered(1.0)
        monkeypatch.setattr(sys.modules[__name__], "SCALE", 2.0)
        assert lowered(1.0) == (2.0, 2.0)

    def test_a_hidden_array_is_read_anew_and_refused_when_of_another_kind(self, monkeypatch: Any) -> None:
        lowered = differentiate(lambda x: np.sum(x * TABLE)).lower(V)
        monkeypatch.setattr(sys.modules[__name__], "TABLE", np.array([3.0, 2.0, 1.0]))
        np.testing.assert_array_equal(lowered(V)[1], [3.0, 2.0, 1.0])
        monkeypatch.setattr(sys.modules[__name__], "TABLE", np.array([3.0]))
        with pytest.raises(SignatureError, match="TABLE"):
            lowered(V)

    def test_saved_modules_run_without_the_compiler(self, tmp_path: Path) -> None:
        path = differentiate(loss, wrt=("w", "x")).lower(V, 2.0).save(tmp_path / "loss_grad.py")
        assert path == tmp_path / "loss_grad.py"
        script = textwrap.dedent(
            """
            import sys
            import numpy as np
            from loss_grad import loss_value_and_grad
            value, (w_bar, x_bar) = loss_value_and_grad(np.array([1.0, 2.0]), 2.0)
            assert not any(name == "pullback" or name.startswith("pullback.") for name in sys.modules)
            print(value, w_bar.tolist(), x_bar)
            """
        )
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        run = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, cwd=tmp_path, check=False
        )
        assert run.stderr == ""
        assert run.stdout.split() == ["68.0", "[24.0,", "40.0]", "52.0"]

    def test_tracebacks_show_generated_lines(self) -> None:
        f = differentiate(lambda x, k: x[k] * x[0])
        with pytest.raises(IndexError, match="out of bounds") as caught:
            f.value_and_grad(normal(3), 7)
        text = "".join(traceback.format_exception(caught.value))
        frames = [f for f in traceback.extract_tb(caught.value.__traceback__) if f.filename.startswith("<pullback")]
        assert frames
        assert "x[k]" in (frames[-1].line or "")
        assert frames[-1].filename in text
        assert linecache.getlines(frames[-1].filename)


class Pair(NamedTuple):
    a: NDArray[np.float64]
    k: float


@dataclass
class Parameters:
    w: NDArray[np.float64]
    b: float


def load(source: str, folder: Path, name: str = "generated") -> types.ModuleType:
    path = folder / f"{name}.py"
    path.write_text(source)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def agree(f: Callable[..., Any], generated: Callable[..., Any], args: tuple[Any, ...], wrt: tuple[int, ...]) -> None:
    """Assert that generated code gives the value, and the derivative that differences give, in each direction."""
    value, gradient = generated(*args)
    np.testing.assert_allclose(value, f(*args), rtol=1e-14)
    rng = np.random.default_rng(1)
    for _ in range(3):
        steps = {k: [rng.normal(size=np.shape(args[k]))] for k in wrt}
        wanted, slack = directional(f, args, steps)
        got = sum(float(np.sum(g * steps[k][0])) for k, g in zip(wrt, gradient, strict=True))
        assert abs(got - wanted) <= 1e-6 * max(1.0, abs(wanted)) + 10 * slack
    for k, g in zip(wrt, gradient, strict=True):
        assert np.shape(g) == np.shape(args[k])


def unannotated(w, x, b):
    z = np.tanh(x * w + b)
    return np.mean(z * z) + np.sum(np.exp(w) / (2 + b))


def divided(w, x, b):
    return np.sum((w - b) / (3 + x * x)) * np.mean(np.maximum(w, b))


def reduced(w, x, b):
    e = np.exp(w - np.max(w))
    return np.sum(x * x) * np.log(np.sum(e)) + np.sum(np.where(w > b, w, b) ** 2)


def chosen(w, x, b):
    s = np.sum(w * b)
    if s > 0:
        return s * np.sum(x)
    return np.sum(w * w) - np.sum(b)


GENERIC_ARGUMENTS = [
    (1.5, 0.7, 0.2),
    (normal(3), positive(3), normal(3, seed=5)),
    (normal(3), 0.7, 0.2),
    (1.5, positive(3), 0.2),
    (normal(3, 1), positive(4), 0.3),
    (normal(2, 3), positive(3), normal(2, 1)),
    (normal(1), positive(3), normal(1, 1)),
    (np.float64(0.3), positive(2, 3), normal(3)),
    (np.array(0.3), positive(2, 3), 0.1),
    (normal(2, 1, 3), positive(4, 1), normal(1)),
]


@dataclass
class Loose:
    w: Any


class TestGenericSource:
    @pytest.mark.parametrize("args", GENERIC_ARGUMENTS, ids=lambda a: "-".join(str(np.shape(x)) for x in a))
    @pytest.mark.parametrize("f", [unannotated, divided, reduced, chosen])
    def test_code_for_unknown_shapes_serves_all(self, f: Any, args: tuple[Any, ...], tmp_path: Path) -> None:
        module = load(differentiate(f, wrt=(0, 1, 2)).backward_source, tmp_path)
        agree(f, getattr(module, f"{f.__name__}_value_and_grad"), args, (0, 1, 2))

    def test_floats(self, tmp_path: Path) -> None:
        def f(x: float, y: float) -> float:
            return x * y**2 if x > 0 else np.sin(y)

        source = differentiate(f, wrt=(0, 1)).backward_source
        assert "unbroadcast" not in source
        generated = load(source, tmp_path).f_value_and_grad
        agree(f, generated, (1.5, 2.0), (0, 1))
        agree(f, generated, (-1.5, 2.0), (0, 1))
        assert [type(g) for g in generated(1.5, 2.0)[1]] == [float, float]

    def test_jaxtyping_says_which_dimensions_are_equal(self, tmp_path: Path) -> None:
        def f(x: Float[np.ndarray, "n d"], w: Float[np.ndarray, "d k"], b: Float[np.ndarray, " k"], c: float) -> Any:  # noqa: F722
            return np.mean(np.tanh(x @ w + b) ** 2) * c

        source = differentiate(f, wrt=(1, 2, 3)).backward_source
        assert "unbroadcast" not in source
        assert "(n, d)" in source
        agree(f, load(source, tmp_path).f_value_and_grad, (normal(5, 3), normal(3, 2), normal(2), 1.5), (1, 2, 3))

    @pytest.mark.parametrize(
        "f",
        [
            lambda x: np.sum(x.astype(float) * 1.1),
            lambda x: np.sum(np.array(x, dtype=float) * 1.1),
            lambda x: np.sum(np.asarray(x, dtype=np.float64) * 1.1),
            lambda x: np.sum(np.float64(x) * 1.1),
            lambda x: np.sum(x, dtype=np.float64) + np.mean(x, dtype=float),
            lambda x: np.sum(np.cumsum(x, dtype=float)),
            lambda x: np.sum(np.array([x, x], dtype=float) * 1.1),
            lambda x: np.sum(np.polyval([1.0, 2.0], x)),
        ],
    )
    def test_a_dtype_asked_for_is_that_of_arrays_of_unknown_dtype_too(self, f: Any, tmp_path: Path) -> None:
        module = load(differentiate(f).backward_source, tmp_path)
        (generated,) = (v for k, v in vars(module).items() if k.endswith("value_and_grad"))
        x = np.array([0.1, 0.7, -0.3], dtype=np.float32)
        value, _ = generated(x)
        assert (value, value.dtype) == (f(x), np.float64)

    def test_arrays_of_a_dtype_and_unknown_rank(self, tmp_path: Path) -> None:
        def f(x: NDArray[np.float64], k: float = 2.0) -> Any:
            return np.sum(x * x) * k + np.sum(x)

        generated = load(differentiate(f, wrt=("x", "k")).backward_source, tmp_path).f_value_and_grad
        for x in (normal(3), normal(2, 3), normal(1), np.zeros((0, 2))):
            agree(f, generated, (x, 2.0), (0, 1))

    def test_annotated_containers(self, tmp_path: Path) -> None:
        def f(p: Parameters, q: Pair, x: NDArray[np.float64]) -> Any:
            return np.sum((x * p.w + p.b) ** 2) * q.k + np.sum(q.a)

        source = differentiate(f, wrt=("p", "q")).backward_source
        assert "p.w" in source
        arguments = Parameters(normal(3), 0.5), Pair(normal(2), 2.0), normal(3, seed=1)
        value, (p_bar, q_bar) = load(source, tmp_path).f_value_and_grad(*arguments)
        wanted = differentiate(f, wrt=("p", "q")).value_and_grad(*arguments)
        assert value == wanted[0]
        np.testing.assert_allclose(p_bar.w, wanted[1][0].w)
        np.testing.assert_allclose(q_bar.a, wanted[1][1].a)
        assert (p_bar.b, q_bar.k) == pytest.approx((wanted[1][0].b, wanted[1][1].k))

    def test_what_is_not_annotated_is_real(self, tmp_path: Path) -> None:
        def f(x: Any, p: Loose, k: float) -> Any:
            return np.sum(np.abs(x) * p.w) * k

        source = differentiate(f, wrt=("x", "p")).backward_source
        assert source.count("iscomplexobj") == 2
        generated = load(source, tmp_path).f_value_and_grad
        x, w = normal(3), normal(3, seed=1)
        value, (x_bar, p_bar) = generated(x, Loose(w), 2.0)
        assert value == f(x, Loose(w), 2.0)
        np.testing.assert_allclose(x_bar, np.sign(x) * w * 2.0)
        np.testing.assert_allclose(p_bar.w, np.abs(x) * 2.0)
        for wrong in ((x + 1j, Loose(w)), (x, Loose(w * 1j)), (x[0] + 1j, Loose(w))):
            with pytest.raises(TypeError, match=r"built for real `x` and `p\.w`: annotate the dtype"):
                generated(*wrong, 2.0)

    def test_annotated_complex_numbers(self, tmp_path: Path) -> None:
        def f(x: NDArray[np.complex128], z: complex) -> Any:
            return np.sum(np.abs(x)) * abs(z)

        source = differentiate(f, wrt=("x", "z")).backward_source
        assert "iscomplexobj" not in source
        value, (x_bar, z_bar) = load(source, tmp_path).f_value_and_grad(np.array([3 + 4j, 1j]), 4 - 3j)
        assert value == 30.0
        np.testing.assert_allclose(x_bar, [5 * (0.6 - 0.8j), -5j])
        np.testing.assert_allclose(z_bar, 6 * (0.8 + 0.6j))

    def test_an_annotation_that_tells_too_little_is_refused(self) -> None:
        def f(p: dict) -> Any:  # type: ignore[type-arg]
            return p["a"]

        with pytest.raises(SignatureError, match="annotation of `p`"):
            differentiate(f).backward_source  # noqa: B018

    def test_the_same_source_each_time(self) -> None:
        assert differentiate(unannotated).backward_source == differentiate(unannotated).backward_source
        assert differentiate(loss).lower(V, 2.0).source == differentiate(loss).lower(V, 2.0).source


def made_by_exec() -> Any:
    namespace: dict[str, Any] = {"np": np}
    exec("def f(x):\n    return np.sum(x * x)", namespace)
    return namespace["f"]


RAN: list[str] = []


def traced(x: Any) -> Any:
    RAN.append("ran")
    return x


class TestBadInput:
    """A clear error, before generated code runs; the next correct call works."""

    def test_a_function_made_by_exec(self) -> None:
        with pytest.raises(SourceNotFoundError, match="source of `f`"):
            grad(made_by_exec())(V)

    def test_a_helper_made_by_exec_is_reported_where_it_is_called(self) -> None:
        helper_ = made_by_exec()
        with pytest.raises(SourceNotFoundError, match="source of `f`") as caught:
            grad(lambda x: helper_(x) * 2)(V)
        assert caught.value.loc is not None
        assert caught.value.loc.file == __file__

    def test_the_prompt(self) -> None:
        script = textwrap.dedent(
            """
            from pullback import grad
            def f(x):
                return x * x

            try:
                print(grad(f)(2.0))
            except Exception as error:
                print(type(error).__name__, error)

            """
        )
        run = subprocess.run([sys.executable, "-i", "-q"], input=script, capture_output=True, text=True, check=False)
        assert "SourceNotFoundError" in run.stdout or "4.0" in run.stdout  # Python 3.13 keeps the source
        if "SourceNotFoundError" in run.stdout:
            assert "do:  define the function in a file" in run.stdout

    @pytest.mark.parametrize("function", [np.sin, np.linalg.norm, abs, len, max], ids=lambda f: f.__name__)
    def test_a_function_that_is_not_written_in_python(self, function: Any) -> None:
        with pytest.raises(DifferentiationError):
            grad(function)(2.0)

    def test_a_partial(self) -> None:
        doubled = functools.partial(loss, x=2.0, k=2.0)
        np.testing.assert_allclose(grad(doubled)(V), W_BAR)
        np.testing.assert_allclose(grad(doubled)(V, x=1.0), 4.0 * (V + 1.0))
        assert grad(functools.partial(loss, V), wrt="x")(2.0) == pytest.approx(np.sum(4.0 * (V * 2.0 + 1.0) * V))

    @pytest.mark.parametrize(
        "function", [functools.partial(max, 2.0), functools.partial(np.dot, V)], ids=["max", "dot"]
    )
    def test_a_partial_of_what_is_not_written_in_python(self, function: Any) -> None:
        with pytest.raises(DifferentiationError):
            grad(function)(V)

    @pytest.mark.parametrize("thing", [3, None, "f", V], ids=lambda t: type(t).__name__)
    def test_what_is_not_callable(self, thing: Any) -> None:
        with pytest.raises(SignatureError, match="not callable"):
            grad(thing)

    def test_a_function_without_a_rule(self) -> None:
        def f(x: Any) -> Any:
            return np.sum(np.roots(x).real)

        with pytest.raises(MissingRuleError, match=r"np\.roots") as caught:
            grad(f)(V)
        assert caught.value.loc is not None
        text = str(caught.value)
        assert "test_api.py" in text
        assert "^^^" in text
        assert "do:" in text

    def test_integers_have_no_gradient(self) -> None:
        f = differentiate(lambda x, n: np.sum(x) * np.sum(n), wrt=1)
        for n in (3, np.array([1, 2, 3]), True, np.int32(2)):
            with pytest.raises(NonDifferentiableError, match="`n`"):
                f.grad(V, n)
        assert f.grad(V, 3.0) == np.sum(V)

    @pytest.mark.parametrize("value", ["text", None, np.sin, [], {}, [1, 2], {"a": "b"}], ids=repr)
    def test_what_is_no_number_has_no_gradient(self, value: Any) -> None:
        f = differentiate(lambda x, n: np.sum(x), wrt="n")
        with pytest.raises(NonDifferentiableError, match="`n`"):
            f.grad(V, value)

    @pytest.mark.parametrize(
        ("f", "what"),
        [
            (lambda x: x * 2, "an array of float64"),
            (lambda x: (np.sum(x), 1.0), "tuple"),
            (lambda x: {"loss": np.sum(x)}, "dict"),
            (lambda x: [v * v for v in x], "a list"),
            (lambda x: np.argmax(x), "int"),
            (lambda x: np.sum(x) > 0, "bool"),
            (lambda x: None, "None"),
            (lambda x: 3, "3"),
            (lambda x: "text", "text"),
            (lambda x: np.sum(x, keepdims=True), "an array of float64"),
        ],
    )
    def test_the_output_must_be_a_real_number(self, f: Any, what: str) -> None:
        with pytest.raises(NonDifferentiableError, match=f"the output is .*{what}"):
            grad(f)(V)

    def test_no_return(self) -> None:
        def f(x: Any) -> Any:
            y = x * 2  # noqa: F841

        with pytest.raises(NonDifferentiableError, match="None"):
            grad(f)(2.0)

    def test_wrong_calls_are_those_of_python(self) -> None:
        f = grad(lambda x, y: x * y)
        for args, kwargs in (((1.0,), {}), ((1.0, 2.0, 3.0), {}), ((1.0,), {"z": 2.0}), ((1.0, 2.0), {"x": 1.0})):
            with pytest.raises(TypeError):
                f(*args, **kwargs)
        assert f(1.0, 2.0) == 2.0

    def test_a_structure_may_change_between_calls(self) -> None:
        f = grad(lambda p: sum(np.sum(v) for v in p))
        assert f([1.0]) == [1.0]
        assert f([1.0, 2.0]) == [1.0, 1.0]
        assert f((1.0, 2.0)) == (1.0, 1.0)

    @pytest.mark.parametrize("static", [bytearray(b"x"), {"a": bytearray()}, [bytearray()]], ids=repr)
    def test_a_static_that_cannot_be_hashed(self, static: Any) -> None:
        f = grad(lambda x, s: x * x)
        with pytest.raises(SignatureError, match="`s") as caught:
            f(2.0, static)
        assert "hashable" in str(caught.value)
        assert f(2.0, (1, 2)) == 4.0

    @pytest.mark.parametrize(
        "array",
        [np.array(["a", "b"]), np.array([1.0, None]), np.ma.array([1.0]), np.array(["2020-01-01"], dtype="M8[D]")],
        ids=lambda a: f"{type(a).__name__}{a.dtype}",
    )
    def test_arrays_that_hold_no_numbers(self, array: Any) -> None:
        f = grad(lambda x, s: x * x)
        with pytest.raises(SignatureError, match="`s`"):
            f(2.0, array)
        assert f(2.0, V) == 4.0

    def test_all_refusals_in_one_go(self) -> None:
        def f(x):
            y = np.roots(x)
            chosen = {x[0], x[1]}
            scale = eval("x[0]")
            with open("file") as handle:
                z = handle.read()
            return np.sum(np.busday_count(x, x)) + y + z + sum(chosen) * scale

        with pytest.raises(SeveralErrors) as caught:
            grad(f)(V)
        errors = caught.value.errors
        lines = [e.loc.line for e in errors if e.loc is not None]
        assert lines == sorted(lines)
        kinds = {type(e) for e in errors}
        assert {MissingRuleError, UnsupportedSyntaxError} <= kinds
        text = str(caught.value)
        for found in ("np.roots", "a set", "`eval`", "`open`", "np.busday_count"):
            assert found in text
        assert text.count("do:") == len(errors) >= 5

    @pytest.mark.parametrize(
        ("f", "what"),
        [
            (lambda x: [v * v for v in x], "loop|iterat|unpack"),
            (lambda x: eval("x * x"), "eval"),
            (lambda x: np.sum(x) * float(input()), "input"),
            (lambda x: np.sum(x[x > {1, 2}]), "set"),
            (lambda x: np.sum(np.roots(x)), "roots"),
            (lambda x: np.sum(np.poly1d(x)(2.0)), "poly1d"),
            (lambda x: undefined_name * x, "undefined_name"),  # type: ignore[name-defined]  # noqa: F821
            (lambda x: np.summ(x), "did you mean `sum`"),
            (lambda x: x.summ(), "summ"),
            (lambda x: np.sum(x, axis=5), "axis 5"),
            (lambda x: np.sum(x, bogus=1), "bogus"),
            (lambda x: "a" + x, ""),
            (lambda x: x.foo, "foo"),
        ],
    )
    def test_refusals_name_what_was_found(self, f: Any, what: str) -> None:
        with pytest.raises(DifferentiationError) as caught:
            grad(f)(V)
        import re

        assert re.search(what, str(caught.value))
        assert "test_api.py" in str(caught.value)

    def test_nothing_runs_before_the_refusal(self) -> None:
        RAN.clear()
        with pytest.raises(DifferentiationError):
            grad(lambda x: np.sum(traced(x)) * np.fft.fft(x))(V)
        assert RAN == []

    def test_errors_of_the_function_itself_come_out_as_they_are(self) -> None:
        f = grad(lambda x, y: np.sum(x @ y))
        with pytest.raises(ValueError, match="matmul"):
            f(normal(2, 3), normal(2, 3))
        np.testing.assert_allclose(f(normal(2, 3), normal(3, 2)), np.ones((2, 2)) @ normal(3, 2).T)

    @pytest.mark.parametrize("mode", ["grad", "value_and_grad"])
    def test_what_the_function_refuses_the_gradient_refuses(self, mode: str) -> None:
        f = getattr(differentiate(lambda x, y: np.sum(x * y)), mode)
        for _ in range(2):
            with pytest.raises(ValueError, match="broadcast"):
                f(normal(3), normal(4))
            f(normal(3), normal(3))

    def test_errors_are_those_of_the_family(self) -> None:
        for name in ("DifferentiationError", "SignatureError", "MissingRuleError"):
            assert issubclass(getattr(pullback, name), DifferentiationError)
