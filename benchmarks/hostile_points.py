"""Functions and hostile points at which peers give NaN or differ: what benchmarks/numerics.py runs.

Each is written over `np`, as users write it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

FAR = np.array([-1000.0, 0.0, 1000.0])
POINTS: list[tuple[Callable[..., Any], str, Any, str]] = []


def point(text: str, x: Any, exact: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: the gradient at x is `exact`, at a kink the subgradient of least size; `text` shows the function."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        POINTS.append((function, text, x, exact))
        return function

    return register


@point("log(1 + exp(x))", FAR, "0, 0.5, 1")
def softplus(x):
    return np.sum(np.log(1 + np.exp(x)))


@point("log1p(exp(x))", FAR, "0, 0.5, 1")
def softplus_by_log1p(x):
    return np.sum(np.log1p(np.exp(x)))


@point("1 / (1 + exp(-x))", FAR, "0, 0.25, 0")
def sigmoid(x):
    return np.sum(1 / (1 + np.exp(-x)))


@point("1 / (1 + exp(-x))", np.array([-400.0]), "1.915e-174")
def small_sigmoid(x):
    return np.sum(1 / (1 + np.exp(-x)))


@point("exp(x) / (1 + exp(x))", np.array([40.0]), "4.248e-18")
def sigmoid_by_two(x):
    return np.sum(np.exp(x) / (1 + np.exp(x)))


@point("where(x >= 0, 1/(1+exp(-x)), exp(x)/(1+exp(x)))", FAR, "0, 0.25, 0")
def sigmoid_by_sign(x):
    return np.sum(np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x))))


@point("-log(1 / (1 + exp(-x)))", FAR, "-1, -0.5, 0")
def cross_entropy(x):
    return np.sum(-np.log(1 / (1 + np.exp(-x))))


@point("log(exp(x) + exp(-x))", FAR, "-1, 0, 1")
def log_cosh(x):
    return np.sum(np.log(np.exp(x) + np.exp(-x)))


@point("log(sum(exp(x)))", np.array([1000.0, 1000.0, 0.0]), "0.5, 0.5, 0")
def log_sum_exp(x):
    return np.log(np.sum(np.exp(x)))


@point("logaddexp(0, x)", FAR, "0, 0.5, 1")
def softplus_by_logaddexp(x):
    return np.sum(np.logaddexp(0 * x, x))


@point("where(x > 100, x, exp(x))", FAR, "0, 1, 1")
def masked_overflow(x):
    return np.sum(np.where(x > 100, x, np.exp(x)))


@point("where(x > 0, sqrt(x), 0)", np.array([0.0, 4.0]), "0, 0.25")
def masked_root(x):
    return np.sum(np.where(x > 0, np.sqrt(x), 0 * x))


@point("where(x > 0, x * log(x), 0)", np.array([0.0, 1.0]), "0, 1")
def entropy(x):
    return np.sum(np.where(x > 0, x * np.log(x), 0 * x))


@point("where(isnan(x), 0, x * x)", np.array([np.nan, 2.0]), "0, 4")
def masked_nan(x):
    return np.sum(np.where(np.isnan(x), 0 * x, x * x))


@point("sqrt(sum(x**2))", np.zeros(2), "0, 0")
def norm(x):
    return np.sqrt(np.sum(x**2))


@point("linalg.norm(x)", np.zeros(2), "0, 0")
def norm_by_function(x):
    return np.linalg.norm(x)


@point("std(x)", np.ones(3), "0, 0, 0")
def deviation(x):
    return np.std(x)


@point("hypot(x, x)", np.zeros(1), "0")
def hypotenuse(x):
    return np.sum(np.hypot(x, x))


@point("arctan2(x, x)", np.zeros(1), "0")
def angle(x):
    return np.sum(np.arctan2(x, x))


@point("abs(x)", np.zeros(1), "0")
def magnitude(x):
    return np.sum(np.abs(x))


@point("maximum(x, 0 * x)", np.zeros(1), "0.5")
def tie(x):
    return np.sum(np.maximum(x, 0 * x))


@point("x**0 + x**1 + x**2", np.zeros(1), "1")
def powers(x):
    return np.sum(x**0 + x**1 + x**2)


@point("x**3", np.array([-2.0]), "12")
def cube(x):
    return np.sum(x**3)


@point("prod(x)", np.array([0.0, 2.0, 3.0]), "6, 0, 0")
def product(x):
    return np.prod(x)


@point("prod(x)", np.array([0.0, 0.0, 3.0]), "0, 0, 0")
def product_of_zeros(x):
    return np.prod(x)


@point("sinc(x)", np.zeros(1), "0")
def cardinal_sine(x):
    return np.sum(np.sinc(x))


@point("max(x)", np.array([2.0, 1.0, 2.0]), "0.5, 0, 0.5")
def maximum_of_ties(x):
    return np.max(x)


@point("log(sum(exp(x - max(x)))) + max(x)", np.array([1000.0, 1000.0, 0.0]), "0.5, 0.5, 0")
def shifted_log_sum_exp(x):
    return np.log(np.sum(np.exp(x - np.max(x)))) + np.max(x)


@point("softmax(x - max(x)) @ (1, 2, 3)", np.array([1000.0, 1000.0, 0.0]), "-0.25, 0.25, 0")
def softmax(x):
    e = np.exp(x - np.max(x))
    return e[0] / np.sum(e) + 2 * e[1] / np.sum(e) + 3 * e[2] / np.sum(e)


@point("exp(logaddexp(x, x))", np.array([-np.inf, 0.0]), "0, 2")
def of_nothing(x):
    return np.sum(np.exp(np.logaddexp(x, x)))


@point("log(1 + exp(x)), float16", np.array([20.0], np.float16), "1")
def narrow_softplus(x):
    return np.sum(np.log(1 + np.exp(x)))


@point("1 / (1 + exp(-x)), float32", np.array([-80.0, 80.0], np.float32), "1.805e-35, 1.805e-35")
def narrow_sigmoid(x):
    return np.sum(1 / (1 + np.exp(-x)))


@point("log1p(x)", np.array([0.0, 1e-300, 1.0]), "1, 1, 0.5")
def logarithm_near_one(x):
    return np.sum(np.log1p(x))


@point("expm1(x)", np.array([-1000.0, 0.0, 1e-300]), "0, 1, 1")
def exponential_near_one(x):
    return np.sum(np.expm1(x))


@point("where(x > 0, log(x), 0)", np.array([-1.0, 0.0, 2.0]), "0, 0, 0.5")
def masked_logarithm(x):
    return np.sum(np.where(x > 0, np.log(x), 0 * x))


@point("where(x * x > 0, 1 / x, 0)", np.array([0.0, 2.0]), "0, -0.25")
def masked_quotient(x):
    return np.sum(np.where(x * x > 0, 1 / x, 0 * x))


@point("where(abs(x) <= 1, arcsin(x), 0)", np.array([2.0, 0.5]), "0, 1.155")
def masked_angle(x):
    return np.sum(np.where(np.abs(x) <= 1, np.arcsin(x), 0 * x))


@point("x * log(where(x > 0, x, 1))", np.array([0.0, 1.0]), "0, 1")
def guarded_entropy(x):
    return np.sum(x * np.log(np.where(x > 0, x, 1 + 0 * x)))


@point("sqrt(x)", np.array([0.0, 4.0]), "inf, 0.25")
def root(x):
    return np.sum(np.sqrt(x))


@point("abs(x)**1.5", np.zeros(1), "0")
def power_of_magnitude(x):
    return np.sum(np.abs(x) ** 1.5)


@point("(0 * x)**x", np.array([2.0]), "0")
def power_of_zero(x):
    return np.sum((0 * x) ** x)


@point("maximum(x, 0)", np.zeros(1), "0")
def rectifier(x):
    return np.sum(np.maximum(x, 0.0))


@point("clip(x, 0, 1)", np.array([-1.0, 0.5, 2.0]), "0, 1, 0")
def clipped(x):
    return np.sum(np.clip(x, 0.0, 1.0))


@point("sign(x)", np.zeros(1), "0")
def direction(x):
    return np.sum(np.sign(x))


@point("min(x)", np.array([1.0, 2.0, 1.0]), "0.5, 0, 0.5")
def minimum_of_ties(x):
    return np.min(x)


@point("sum(sort(x))", np.array([2.0, 1.0, 1.0]), "1, 1, 1")
def sorted_ties(x):
    return np.sum(np.sort(x))


@point("cumprod(x)", np.array([0.0, 2.0, 3.0]), "9, 0, 0")
def products(x):
    return np.sum(np.cumprod(x))


@point("var(x)", np.ones(3), "0, 0, 0")
def variance(x):
    return np.var(x)


@point("arctan2(x, 0 * x)", np.zeros(1), "0")
def angle_of_axis(x):
    return np.sum(np.arctan2(x, 0 * x))


@point("hypot(x, 0 * x)", np.array([1e200]), "1")
def far_hypotenuse(x):
    return np.sum(np.hypot(x, 0 * x))


@point("sum(eigvalsh(x * eye(3))**2)", np.array([2.0]), "12")
def repeated_eigenvalues(x):
    return np.sum(np.linalg.eigvalsh(x * np.eye(3)) ** 2)


@point("linalg.norm(x * eye(2), 'nuc')", np.array([2.0]), "2")
def repeated_singular_values(x):
    return np.linalg.norm(x * np.eye(2), "nuc")


@point("det(x * eye(3))", np.zeros(1), "0")
def singular_determinant(x):
    return np.linalg.det(x * np.eye(3))


# Functions that tend to a constant where an exponential, or a power, overflows.


@point("1 / (1 + cosh(x))", FAR, "0, 0, 0")
def bump(x):
    return np.sum(1 / (1 + np.cosh(x)))


@point("1 / sqrt(1 + exp(-x))", FAR, "0, 0.1768, 0")
def root_of_a_sigmoid(x):
    return np.sum(1 / np.sqrt(1 + np.exp(-x)))


@point("exp(-exp(x))", FAR, "0, -0.3679, 0")
def gumbel(x):
    return np.sum(np.exp(-np.exp(x)))


@point("tanh(exp(x))", FAR, "0, 0.42, 0")
def saturated(x):
    return np.sum(np.tanh(np.exp(x)))


@point("x**3 / expm1(x)", np.array([1.0, 1000.0]), "0.8253, 0")
def planck(x):
    return np.sum(x**3 / np.expm1(x))


@point("1 / (1 + x**200)", np.array([0.5, 1e3]), "-2.489e-58, 0")
def flat_top(x):
    return np.sum(1 / (1 + x**200))
