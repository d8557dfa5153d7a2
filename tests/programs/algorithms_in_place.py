"""Algorithms that fill a table or overwrite their input, element by element."""

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()


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


@program((normal(4),))
def prefix_maximum(x):
    out = np.zeros_like(x)
    out[0] = x[0]
    for i in range(1, 4):
        out[i] = np.maximum(out[i - 1], x[i])
    return np.sum(out**2)


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
