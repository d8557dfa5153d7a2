"""Precision: float32 stays float32, Python numbers are weak, integers and booleans are mixed in."""

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
F, D, I, B = normal(4, dtype=np.float32), normal(4), np.array([1, 2, 3, 4]), np.array([True, False, True, True])


@program((F,), (np.float32(1.5),), (D,), (F.reshape(2, 2),), (F.astype(np.float16),), tol=1e-2)
def weak_numbers(x):
    return np.sum(2 * x + 0.5 * x * x - x / 3 + 1)


@program((F, D), (D, F), (F, F), (F, 2.0), (2.0, F), (np.float32(2.0), D), (F, np.float64(2.0)), wrt=(0, 1), tol=1e-4)
def mixed_precision(x, y):
    z = x * y + x - y / 2
    return np.sum(z * z)


@program((F, I), (D, I), (2.0, I), (F, 3), (D, 3), (np.float64(2.0), np.int32(3)), (F, I.astype(np.int8)), tol=1e-4)
def with_integers(x, n):
    return np.sum(x * n + x**2 / n - n)


@program((D, B), (F, B), (2.0, True), tol=1e-4)
def with_booleans(x, mask):
    return np.sum(x * mask + np.where(mask, x * x, 0))


@program((F,), (D,), tol=1e-6, smooth=lambda x: np.sum(4 * x * x) + np.sum(2 * x))
def casts(x):
    y = x.astype(np.float64) * 2
    z = y.astype("float32")
    return np.sum(y * y) + np.sum(z)


@program((F,), tol=1e-4)
def casts_by_scalar_types(x):
    return np.float64(np.sum(x)) * np.float64(2.0) + np.sum(np.asarray(x, dtype=np.float64))


@program((F,), (D,), tol=1e-4)
def functions_keep_the_precision(x):
    return np.sum(np.exp(x) * np.tanh(x)) + np.mean(x) + np.max(x) * np.var(x) + np.linalg.norm(x)


@program(
    (F, normal(4, 3, dtype=np.float32)), (F, normal(4, 3)), (D, normal(4, 3, dtype=np.float32)), wrt=(0, 1), tol=1e-4
)
def matmul(x, w):
    return np.sum((x @ w) ** 2)


@program((F, D), wrt=(0, 1), tol=1e-4)
def concatenate_and_where(x, y):
    return np.sum(np.concatenate([x, y]) ** 2) + np.sum(np.where(x > 0, x, y))


@program((F,), (D,), tol=1e-4)
def dtype_of_the_argument(x):
    ones = np.ones(4, dtype=x.dtype)
    return np.sum(x * ones + np.zeros_like(x) + np.full(4, 0.5, dtype=x.dtype) * x)


@program((F,), smooth=np.sum)
@program((D,))
def a_branch_on_the_dtype(x):
    if x.dtype == np.float32:
        return np.sum(x)
    return np.sum(x * x)


@program(({"w": F, "b": 0.5, "n": 3, "k": np.float32(2.0), "i": I},), tol=1e-4)
def a_dict_of_every_kind(p):
    return np.sum(p["w"] * p["k"] * p["n"] + p["b"]) + np.sum(p["i"] * p["w"])


@program((D, I))
def integer_division_and_shapes(x, n):
    half = len(x) // 2
    return np.sum(x[:half]) * (n[0] // 2 + 1) + np.sum(x) * n.sum() % 7


@program((F, 0.1), (F, np.float32(0.1)), (F, np.float64(0.1)), wrt=(0, 1), tol=1e-4)
def a_learning_rate(w, rate):
    return np.sum((w - rate * w) ** 2)


@program((F, D), wrt=(1, 0), tol=1e-4)
def accumulation_of_two_precisions(x, y):
    return np.sum(x) * np.sum(y) + np.sum(x * y) + np.sum(x * 2)


@program((F,), tol=1e-4)
def item_and_float(x):
    return float(x[0]) * 2.0 + x[1].item() + x.sum()


@program((np.array(2.0, np.float32), D), (np.array(2.0), F), wrt=(0, 1), tol=1e-4)
def zero_dimensional(k, x):
    return np.sum(k * x + k * k)


@program((F,), (D,), tol=1e-4)
def array_of_numbers_in_a_precision(x):
    c = np.array([1.0, 2.0, 3.0, 4.0], dtype=np.float32)
    d = np.array([1, 2, 3, 4])
    return np.sum(x * c) + np.sum(x * d)


@program((F,), (D,), tol=1e-4)
def statistics_in_a_precision(x):
    return np.sum((x - x.mean()) / (x.std() + 1e-3) * x)


@program((positive(4, dtype=np.float32), 3.0), (positive(4, dtype=np.float32), np.float64(3.0)), wrt=(0, 1), tol=1e-4)
def powers_in_a_precision(x, k):
    return np.sum(x**k + x**2)


@program((normal(5),))
def converted_without_a_copy(x):
    y = (2.0 * x).astype(float, copy=False)
    z = y.astype(np.float64, copy=False)
    z *= x  # y, too
    w = y.astype(np.float32, copy=False)
    w *= 2.0  # a copy
    return np.sum(y * z)


@program((F,), (F + 1.0,), (D,), (D + 1.0,), tol=1e-3)
def the_smaller_of_a_sum_and_a_number(x):
    total = np.sum(x)
    return total * np.tanh(min(total, 0.7))  # of a Python float where that is the smaller one


@program((F,), (F + 1.0,), (D,), (D + 1.0,), tol=1e-3)
def the_larger_of_a_sum_and_an_int(x):
    return np.sum(x * x) * np.cosh(max(np.sum(x), 0))
