"""Arrays that are written to: elements, slices, masks and fancy indices, in the function and in what it calls."""

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()


@program((normal(5), 0.7), wrt=(0, 1))
def an_element(x, y):
    x[2] = y * x[1]
    return np.sum(x * x)


@program((normal(5), 0.7), wrt=(0, 1))
def an_element_added_to(x, y):
    x[1] += y
    x[-1] *= y
    x[0] -= x[1]
    x[2] /= y
    return np.sum(x**3)


@program((positive(4), 1.7), wrt=(0, 1))
def a_power_in_place(x, y):
    x **= 2
    x[0] **= y
    return np.sum(x)


@program((normal(6), 0.7), wrt=(0, 1))
def a_slice(x, y):
    x[1:4] = x[:3] * y
    return np.sum(x * x)


@program((normal(6),))
def overlapping_source_and_destination(x):
    x[1:] += x[:-1]
    x[:-1] = x[1:]
    return np.sum(x**3)


@program((normal(6), normal(2)), wrt=(0, 1))
def a_slice_with_a_step(x, y):
    x[::3] = y
    x[1::2] *= 2.0
    return np.sum(x * x)


@program((normal(3, 4), normal(4), normal(3)), wrt=(0, 1, 2))
def rows_and_columns(a, row, column):
    a[1] = row
    a[:, 2] = column
    a[0, :] *= row
    a[..., -1] += 1.0
    return np.sum(a * a)


@program((normal(3, 4), 2.0), wrt=(0, 1))
def everything(a, y):
    b = a * 1.0
    a[...] = y
    a[0, 0] = b[1, 1]
    return np.sum(a * b)


@program((normal(5), normal(3)), wrt=(0, 1))
def fancy_indices(x, y):
    x[[0, 3, 4]] = y
    x[[1, 2]] += y[:2]
    return np.sum(x * x)


@program((normal(5), normal(4)), wrt=(0, 1))
def fancy_indices_twice_the_last_one_wins(x, y):
    x[np.array([1, 3, 1, 1])] = y
    return np.sum(x**2)


@program((normal(5), normal(4)), wrt=(0, 1))
def fancy_indices_twice_add_once(x, y):
    x[np.array([1, 3, 1, 1])] += y
    return np.sum(x**2)


@program((normal(5), normal(4), np.array([1, 3, 1, 1])), wrt=(0, 1))
def indices_from_an_argument(x, y, index):
    x[index] = y * x[index]
    x[index] += y
    return np.sum(x**2)


@program((normal(5), normal(4), np.array([1, 3, 1, 1])), wrt=(0, 1))
def add_at_adds_every_time(x, y, index):
    np.add.at(x, index, y)
    return np.sum(x**2)


@program((normal(6), 0.5), wrt=(0, 1))
def a_mask(x, y):
    x[x < 0] = y
    x[x > 1] *= 2.0
    return np.sum(x**2)


@program((normal(6), normal(6, seed=1)), wrt=(0, 1))
def a_mask_of_another_array(x, y):
    mask = y > 0
    x[mask] += y[mask]
    return np.sum(x**2)


@program((normal(4, 3), normal(3)), wrt=(0, 1))
def a_mask_of_rows(x, y):
    x[x[:, 0] > 0] = y
    return np.sum(x**2)


@program((normal(5), normal(5, seed=1)), wrt=(0, 1))
def whole_arrays_in_place(x, y):
    x += y
    x *= y
    x -= 1.0
    x /= 2.0 + y**2
    return np.sum(x**2)


@program((normal(3, 3), normal(3, 3, seed=1)), wrt=(0, 1))
def matmul_in_place(a, b):
    a @= b
    return np.sum(a * b)


@program((normal(5),))
def read_before_and_after(x):
    before = x[0] * x[1]
    x[0] = 3.0
    return before * x[0] * x[1]


@program((normal(5), 0.3), wrt=(0, 1))
def an_alias_sees_the_write(x, y):
    z = x
    z[0] = y
    return np.sum(x**2)


@program((normal(5), 0.3), wrt=(0, 1))
def a_copy_does_not(x, y):
    z = x.copy()
    z[0] = y
    w = np.array(x)
    w[1] = y * y
    return np.sum(x**2) + np.sum(z**3) + np.sum(w)


@program((normal(6),))
def sort_in_place(x):
    x.sort()
    return np.sum(x * np.arange(6.0))


def scale(x, s):
    x *= s


def fill_with_squares(out, x):
    for i in range(len(x)):
        out[i] = x[i] ** 2


@program((normal(5), 0.7), wrt=(0, 1))
def callees_that_mutate(x, y):
    scale(x, y)
    out = np.zeros(5)
    fill_with_squares(out, x)
    scale(out[1:3], y)
    return np.sum(out) + np.sum(x)


@program((normal(5), 0.7, 3), wrt=(0, 1))
def a_callee_that_mutates_in_a_loop(x, y, n):
    for _ in range(n):
        scale(x, y)
        x[0] += 1.0
    return np.sum(x * x)


def axpy(a, x, y):
    y += a * x
    return y


@program((0.5, normal(4), normal(4, seed=1)), wrt=(0, 1, 2))
def a_callee_that_returns_what_it_mutated(a, x, y):
    z = axpy(a, x, y)
    z[0] = 0.0
    return np.sum(y * y)


@program((normal(4), 0.5), wrt=(0, 1))
def the_same_array_as_two_arguments(x, a):
    axpy(a, x, x)
    return np.sum(x**2)


@program((normal(4), normal(4, seed=1)), wrt=(0, 1))
def out_of_ufuncs(x, y):
    z = np.empty_like(x)
    np.multiply(x, y, out=z)
    np.add(z, x, out=z)
    np.exp(x, out=x)
    return np.sum(z * x)


@program((normal(4), normal(4, seed=1)), wrt=(0, 1))
def copyto_and_fill(x, y):
    z = np.zeros(4)
    np.copyto(z, x * y)
    x.fill(2.0)
    return np.sum(z * x)


@program((normal(4), 0.5), wrt=(0, 1))
def a_write_in_one_branch(x, y):
    if y > 0:
        x[0] = y
    else:
        x[1] = y * y
    return np.sum(x**2)


@program((normal(6), 0.5), (normal(6), -0.5), wrt=(0, 1))
def writes_under_conditions_in_a_loop(x, y):
    for i in range(1, len(x)):
        if x[i] > 0:
            x[i] *= y
            continue
        if x[i] < -1.0:
            break
        x[i - 1] += x[i]
    return np.sum(x**2)


@program((normal(4), normal(4, seed=1)), wrt=(0, 1))
def through_a_list_of_arrays(x, y):
    parts = [x, y]
    parts[0][1] = 2.0
    for p in parts:
        p *= p[0]
    return np.sum(x * y)


@program(({"a": normal(3), "b": 0.5},))
def through_a_dict(p):
    p["a"][0] = p["b"]
    p["b"] = 2.0
    p["a"] *= p["b"]
    return np.sum(p["a"] ** 2)


class Accumulator:
    def __init__(self, n):
        self.total = np.zeros(n)
        self.count = 0

    def add(self, x):
        self.total += x
        self.count += 1

    def mean(self):
        return self.total / self.count


@program((normal(5, 3),))
def through_attributes(xs):
    acc = Accumulator(3)
    for x in xs:
        acc.add(x * x)
    return np.sum(acc.mean() ** 2)


@program((normal(5), normal(5, seed=1, dtype=np.float32)), wrt=(0, 1), tol=1e-5)
def a_write_casts_to_single(x, y):
    y[1:3] = x[1:3]
    y[0] += x[4]
    return np.float64(np.sum(y.astype(np.float64) ** 2))


@program((2.0, 3.0), wrt=(0, 1))
def scalars_in_place_rebind(x, y):
    z = x
    z *= y
    return z * x


@program((normal(3, 3),))
def a_diagonal_element_by_element(a):
    for i in range(3):
        a[i, i] = a[i, i] ** 2 + 1.0
    return np.sum(a**2)


@program((normal(3), 0.5), wrt=(0, 1))
def a_zero_dimensional_array(x, y):
    total = np.array(0.0)
    for v in x:
        total += v * y
    return float(total) ** 2


@program((normal(3, 3), normal(3)), (normal(2, 3), normal(4)), (normal(4, 2), normal(1)), wrt=(0, 1))
def diagonal_filled_with_several_values(a, x):
    np.fill_diagonal(a, a[0, 0] * x)
    return np.sum(a**2 * np.arange(1.0, a.size + 1.0).reshape(a.shape))
