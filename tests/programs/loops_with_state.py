"""Loops that leave something behind: buffers, views, flags and containers, written and read by several loops."""

import numpy as np
from support.corpus import Programs, normal

program = Programs()
X, Y = normal(6), normal(6, seed=1)
A, B = normal(4, 4), normal(4, 4, seed=1)


@program((X.astype(np.float32),), wrt=(0,))
def single_loop(x):
    s = np.float32(0)
    for v in x:
        s += v * v
    return float(s)


@program(
    (
        np.zeros((0, 3)),
        Y[:3],
    ),
    wrt=(0, 1),
)
def empty_rows(a, y):
    for r in a:
        r *= y
        y += r
    return np.sum(y**2) + np.sum(a)


@program((X,), wrt=(0,))
def int_buffer(x):
    c = np.zeros(3, dtype=int)
    for v in x:
        c[int(abs(v))] += 1
    return np.sum(c * x[:3])


@program((A,), wrt=(0,))
def fancy_2d(a):
    i = np.array([0, 1, 1])
    j = np.array([1, 2, 2])
    for k in range(3):
        a[i, j] += a[j, i] * a[k, k]
        a[i] *= a[0]
        a[:, j] = a[:, i] ** 2
    return np.sum(a)


@program((A,), wrt=(0,))
def mixed_idx(a):
    for k in range(3):
        a[k, [0, 2, 2]] += a[[1, 2, 2], k]
        a[1:3, [0, 1]] = a[[0, 3]][:, [2, 3]] * a[k, k]
        a[np.arange(4), k] *= a[k]
    return np.sum(a**2)


@program((A,), wrt=(0,))
def newaxis_write(a):
    b = np.zeros((4, 1, 4))
    for k in range(4):
        b[k, 0] = a[:, k]
        b[:, None, 0, k] += a[k][:, None]
    return np.sum(b**2)


@program(
    (
        A,
        X[:4],
    ),
    wrt=(0, 1),
)
def bcast_write(a, v):
    for k in range(4):
        a[k:] = v * a[k, k]
        a[:, k] += v[k]
        v[:] = a[k]
        a[..., :2] *= v[:2]
        v[1:] = v[0]
    return np.sum(a**2) + np.sum(v)


@program((A,), wrt=(0,))
def scalar_row_ops(a):
    n = a.shape[0]
    tot = 0.0
    for i in range(n):
        s = a[i]
        m = s.max()
        s -= m
        np.exp(s, out=s)
        s /= s.sum()
        tot += m
    return tot + np.sum(a**2)


@program(
    (
        X,
        Y,
    ),
    wrt=(0, 1),
)
def two_loops_share_buffer(x, y):
    buf = np.zeros(6)
    for k in range(6):
        buf[k] = x[k] * y[k]
    s = np.sum(buf**2)
    for k in range(5, -1, -1):
        buf[k] *= buf[k - 1]
    return s * np.sum(buf)


@program(
    (
        X,
        Y,
    ),
    wrt=(0, 1),
)
def value_saved_and_overwritten_args(x, y):
    z = x * y
    x *= z
    y[:] = x + z
    z *= y
    x, y = y, x
    x *= z
    return np.sum(x * y * z)


@program((X,), wrt=(0,))
def save_view_then_overwrite(x):
    v = np.tanh(x)
    w = v[1:4]
    s = np.sum(w * w * w)
    v[2] = 0.0
    s += np.sum(w * w * w)
    w *= 2.0
    return s * np.sum(v * v)


@program(
    (
        X,
        Y,
    ),
    wrt=(0, 1),
)
def container_of_views(x, y):
    parts = [x[:3], x[3:], y[:3]]
    for p in parts:
        p *= p[0]
        p += parts[2]
    return np.sum(x * y)


@program(
    (
        X,
        Y,
    ),
    wrt=(0, 1),
)
def inner_loop_zero_trips(x, y):
    s = 0.0
    for i in range(6):
        for j in range(i - 3):
            s += x[i] * y[j]
            y[j] = s
        for j in range(6, i, -2):
            x[j - 1] += y[i] * 0.1
    return s + np.sum(x * y)


@program(
    (
        3.0,
        Y,
    ),
    wrt=(0, 1),
)
def while_with_array_state(x, y):
    k = 0
    while x > 0.5 and k < 6:
        y[k] *= x
        if y[k] > 2:
            k += 2
            continue
        x *= 0.6
        y = y * x
        k += 1
    return x * np.sum(y * y)


@program(
    (
        3.0,
        Y,
    ),
    wrt=(0, 1),
)
def while_state_flags(x, y):
    mode = 0
    n = 0
    while n < 8:
        if mode == 0:
            x = x * 0.7
            if x < 1.0:
                mode = 1
        elif mode == 1:
            y[n % 6] = x * n
            mode = 2 if n > 4 else 0
            x += 1.0
        else:
            break
        n += 1
    return x * n + np.sum(y**2)


@program(
    (
        3.0,
        Y,
    ),
    wrt=(0, 1),
)
def recursion_with_mutation(x, y):
    def go(k, v):
        if k == 3:
            return v
        y[k] *= v
        return go(k + 1, v * y[k])

    return go(0, x) + np.sum(y)


@program(
    (
        A,
        B,
    ),
    wrt=(0, 1),
)
def callee_returns_tuple_of_mutated(a, b):
    def lu(m):
        l = np.eye(4)
        for k in range(3):
            l[k + 1 :, k] = m[k + 1 :, k] / (m[k, k] + 5.0)
            m[k + 1 :] -= np.outer(l[k + 1 :, k], m[k])
        return l, m

    l, u = lu(a.copy())
    l2, u2 = lu(b)
    return np.sum(l @ u2) + np.sum(u * u) + np.sum(l2 * b)


@program(
    (
        X,
        Y,
    ),
    wrt=(0, 1),
)
def swap_in_while(x, y):
    n = 0
    while n < 5:
        y[1:-1] = 0.5 * (x[2:] + x[:-2]) + y[1:-1] ** 2
        x, y = y, x
        if np.sum(x) > 100.0:
            break
        n += 1
    return np.sum(x**2) * n


@program(
    (
        X,
        Y,
    ),
    wrt=(0, 1),
)
def three_way(x, y):
    z = np.zeros(6)
    for k in range(4):
        z[:] = x + y * k
        x, y, z = y, z, x
    return np.sum(x * y + z)


@program(
    (
        X,
        Y,
    ),
    wrt=(0, 1),
)
def sum_builtin_gen(x, y):
    return sum(a * b for a, b in zip(x, y)) + sum([v**2 for v in x])


@program((X,), wrt=(0,))
def aug_on_subscripts_of_a_dict(x):
    s = {"v": x, "n": 0}
    for k in range(3):
        s["v"][k : k + 2] *= s["v"][k + 1]
        s["n"] += s["v"][k]
    return s["n"] * np.sum(s["v"])


@program((X,), wrt=(0,))
def del_in_a_loop(x):
    for k in range(3):
        t = x[k] * 2
        x[k] = t
        del t
        pass
    return np.sum(x**2)


@program((X,), wrt=(0,))
def assert_in_loop(x):
    for k in range(3):
        assert x[k] < 100, "big"
        x[k] = x[k] ** 2
        if x[k] > 1e6:
            raise ValueError("no")
    return np.sum(x**2)


@program((X,), wrt=(0,))
def cumulated_columns(x):
    a = np.outer(x, x)
    for j in range(1, 6):
        a[:, j] += a[:, j - 1]
        a[j] /= 1 + a[j - 1] ** 2
    return np.sum(a)


@program((X,), wrt=(0,))
def ravel_loop(x):
    a = np.outer(x, x)
    b = np.zeros(a.size)
    for k, v in enumerate(a.ravel()):
        b[k] = v * b[k - 1] + v
    return np.sum(b)


@program((X,), wrt=(0,))
def flat_iter(x):
    a = np.outer(x, x)
    s = 0.0
    for v in a.flat:
        s += v * v
    return s


@program(
    (
        X,
        Y,
    ),
    wrt=(0, 1),
)
def ndenum(x, y):
    s = 0.0
    for i in range(len(x)):
        s += x[i] * y[~i]
    for i in np.arange(3):
        s *= x[i]
    for i in [0, 2, 4]:
        s += y[i] * x[i]
    for i, j in [(0, 1), (2, 3)]:
        s += y[i] * x[j]
    for name in ("a", "b"):
        s *= 2.0 if name == "a" else x[0]
    return s


@program(
    (
        X,
        Y,
    ),
    wrt=(0, 1),
)
def sizes(x, y):
    s = 0.0
    (n,) = x.shape
    for i in range(n // 2):
        s += x[2 * i] * y[2 * i + 1]
    for i in range(0, n, 4):
        s += np.prod(x[i : i + 4])
    return s
