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


@program((normal(5),))
def cumulative_product(x):
    y = np.empty_like(x)
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = y[i - 1] * x[i]
    return np.sum(y)


@program((normal(5),))
def cumulative_sum_in_place(x):
    for i in range(1, x.shape[0]):
        x[i] += x[i - 1]
    return np.sum(x * x)


@program((normal(7), 0.4), wrt=(0, 1))
def moving_average_into_a_buffer(x, w):
    n = len(x)
    out = np.zeros(n - 2)
    for i in range(n - 2):
        out[i] = w * x[i] + (1 - 2 * w) * x[i + 1] + w * x[i + 2]
    return np.sum(out**2)


@program((normal(4, 4) + 8 * np.eye(4), normal(4), 3), wrt=(0, 1))
def gauss_seidel(a, b, sweeps):
    x = np.zeros_like(b)
    for _ in range(sweeps):
        for i in range(len(b)):
            s = 0.0
            for j in range(len(b)):
                if j != i:
                    s += a[i, j] * x[j]
            x[i] = (b[i] - s) / a[i, i]
    return x @ x


@program((normal(4, 4) + 8 * np.eye(4), normal(4), 3), wrt=(0, 1))
def jacobi_with_swapped_buffers(a, b, sweeps):
    x, y = np.zeros_like(b), np.zeros_like(b)
    for _ in range(sweeps):
        for i in range(len(b)):
            y[i] = x[i] + (b[i] - a[i] @ x) / a[i, i]
        x, y = y, x
    return x @ x


@program((positive(4), 4 + positive(5), positive(4, seed=1), normal(5)), wrt=(0, 1, 2, 3))
def thomas_algorithm(lower, diagonal, upper, right):
    n = len(diagonal)
    for i in range(1, n):
        w = lower[i - 1] / diagonal[i - 1]
        diagonal[i] -= w * upper[i - 1]
        right[i] -= w * right[i - 1]
    x = np.zeros(n)
    x[n - 1] = right[n - 1] / diagonal[n - 1]
    for i in range(n - 2, -1, -1):
        x[i] = (right[i] - upper[i] * x[i + 1]) / diagonal[i]
    return np.sum(x * x)


@program((normal(4, 4),))
def cholesky_by_hand(a):
    a = a @ a.T + 4 * np.eye(4)
    n = a.shape[0]
    low = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = a[i, j]
            for k in range(j):
                s -= low[i, k] * low[j, k]
            if i == j:
                low[i, j] = np.sqrt(s)
            else:
                low[i, j] = s / low[j, j]
    return np.sum(low**3)


@program((normal(4, 4) + 8 * np.eye(4), normal(4)), wrt=(0, 1))
def gaussian_elimination(a, b):
    n = len(b)
    for k in range(n - 1):
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            a[i, k:] -= factor * a[k, k:]
            b[i] -= factor * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - a[i, i + 1 :] @ x[i + 1 :]) / a[i, i]
    return np.sum(x**2)


@program((normal(4, 4), normal(4)), wrt=(0, 1))
def gaussian_elimination_with_pivots(a, b):
    n = len(b)
    for k in range(n - 1):
        p = k + np.argmax(np.abs(a[k:, k]))
        a[[k, p]] = a[[p, k]]
        b[[k, p]] = b[[p, k]]
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            a[i, k:] -= factor * a[k, k:]
            b[i] -= factor * b[k]
    for i in range(n - 1, -1, -1):
        b[i] = (b[i] - a[i, i + 1 :] @ b[i + 1 :]) / a[i, i]
    return np.sum(b**2)


@program((normal(3), normal(4, seed=1), 0.5), wrt=(0, 1, 2))
def soft_dynamic_time_warping(a, b, gamma):
    n, m = len(a), len(b)
    table = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            cost = (a[i] - b[j]) ** 2
            if i == 0 and j == 0:
                table[i, j] = cost
            elif i == 0:
                table[i, j] = cost + table[i, j - 1]
            elif j == 0:
                table[i, j] = cost + table[i - 1, j]
            else:
                best = np.array([table[i - 1, j], table[i, j - 1], table[i - 1, j - 1]])
                table[i, j] = cost - gamma * np.log(np.sum(np.exp(-best / gamma)))
    return table[n - 1, m - 1]


@program((positive(4, 5),))
def cheapest_path_through_a_grid(cost):
    n, m = cost.shape
    total = np.full((n, m), np.inf)
    total[0, 0] = cost[0, 0]
    for i in range(n):
        for j in range(m):
            if i > 0:
                total[i, j] = min(total[i, j], total[i - 1, j] + cost[i, j])
            if j > 0:
                total[i, j] = min(total[i, j], total[i, j - 1] + cost[i, j])
    return total[-1, -1]


@program((positive(5), 0.8), wrt=(0, 1))
def value_iteration(rewards, gamma):
    v = np.zeros(5)
    for _ in range(4):
        for s in range(5):
            left, right = v[s - 1], v[(s + 1) % 5]
            v[s] = rewards[s] + gamma * max(left, right)
    return np.sum(v)


@program((normal(4), 3), wrt=(0,))
def a_history_of_states(x, n):
    states = np.zeros((n + 1, 4))
    states[0] = x
    for t in range(n):
        states[t + 1] = states[t] + 0.1 * np.sin(states[t])
    return np.sum(states**2)


@program((normal(4, 3),))
def swap_elements(a):
    for i in range(2):
        a[i, 0], a[3 - i, 0] = a[3 - i, 0], a[i, 0] * 2.0
    return np.sum(a[:, 0] * np.arange(4))


@program((normal(6),))
def reverse_in_place(x):
    i, j = 0, len(x) - 1
    while i < j:
        x[i], x[j] = x[j], x[i]
        i += 1
        j -= 1
    return np.sum(x * np.arange(6.0))


@program((positive(6),))
def bubble_sort(x):
    n = len(x)
    for i in range(n):
        for j in range(n - 1 - i):
            if x[j] > x[j + 1]:
                x[j], x[j + 1] = x[j + 1], x[j]
    return np.sum(x * np.arange(6.0))


@program((positive(6),))
def insertion_sort(x):
    for i in range(1, len(x)):
        key = x[i]
        j = i - 1
        while j >= 0 and x[j] > key:
            x[j + 1] = x[j]
            j -= 1
        x[j + 1] = key
    return np.sum(x * np.arange(6.0))


@program((normal(6),), xfail="refused: no rule for np.sort")
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


@program((normal(4, 4), normal(3, 3)), wrt=(0, 1))
def convolution_into_a_buffer(image, kernel):
    out = np.zeros((2, 2))
    for i in range(2):
        for j in range(2):
            out[i, j] = np.sum(image[i : i + 3, j : j + 3] * kernel)
    return np.sum(out**2)


@program((normal(4), np.array([0, 2, 2, 1, 0])), wrt=(0,))
def a_histogram_of_weights(w, bins):
    h = np.zeros(3)
    for k in range(4):
        h[bins[k]] += w[k]
    return np.sum(h**2)


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


@program((normal(4),))
def prefix_maximum(x):
    out = np.zeros_like(x)
    out[0] = x[0]
    for i in range(1, 4):
        out[i] = np.maximum(out[i - 1], x[i])
    return np.sum(out**2)


@program((normal(3, 3),))
def a_diagonal_element_by_element(a):
    for i in range(3):
        a[i, i] = a[i, i] ** 2 + 1.0
    return np.sum(a**2)


@program((normal(5, 2), normal(5, 2, seed=1), 4), wrt=(0, 1))
def n_body_in_place(x, v, n):
    acc = np.zeros_like(x)
    for _ in range(n):
        acc[:] = 0.0
        for i in range(5):
            for j in range(5):
                if i != j:
                    d = x[j] - x[i]
                    acc[i] += d / (d @ d + 0.1) ** 1.5
        v += 0.01 * acc
        x += 0.01 * v
    return np.sum(v * v)


@program((normal(6), 0.2, 4), wrt=(0, 1))
def heat_with_new_arrays(u, k, n):
    for _ in range(n):
        new = u.copy()
        new[1:-1] = u[1:-1] + k * (u[2:] - 2 * u[1:-1] + u[:-2])
        u = new
    return np.sum(u**2)


@program((normal(6), 0.2, 4), wrt=(0, 1))
def heat_with_swapped_buffers(u, k, n):
    new = u.copy()
    for _ in range(n):
        new[1:-1] = u[1:-1] + k * (u[2:] - 2 * u[1:-1] + u[:-2])
        u, new = new, u
    return np.sum(u**2)


@program((normal(3), 0.5), wrt=(0, 1))
def a_zero_dimensional_array(x, y):
    total = np.array(0.0)
    for v in x:
        total += v * y
    return float(total) ** 2
