"""Loops and writes together: aliases, views and buffers that a loop carries, leaves and takes up again."""

import numpy as np
from support.corpus import Programs, normal

program = Programs()
X, Y = normal(6), normal(6, seed=1)
A, B = normal(4, 4), normal(4, 4, seed=1)


@program((X, Y), wrt=(0, 1))
def list_alias_swap(a, b):
    bufs = [a, b]
    for k in range(3):
        bufs[0][1:] += bufs[1][:-1]
        bufs[0], bufs[1] = bufs[1], bufs[0]
    return np.sum(bufs[0] ** 2) + np.sum(a)


@program((X, Y), wrt=(0, 1))
def cond_alias_in_loop(a, b):
    c = a
    for k in range(3):
        d = c * b
        if d[0] > 0:
            c = d
        c[k] = 1.0
    return np.sum(c * a)


@program((X, 3))
def rebinding_param_in_loop(x, n):
    y = x
    for i in range(n):
        x = x * x
        y[i] = x[i + 1]
    return np.sum(y * x)


@program((X, 3))
def first_iter_alias(x, n):
    y = x
    for i in range(n):
        y = y + 1.0
        y[0] = x[i]
        x[i] *= 2.0
    return np.sum(y * x)


@program((X, 3))
def alias_until_first_write(x, n):
    prev = x
    for i in range(n):
        cur = prev.copy()
        cur[i] = prev[i + 1] * prev[i]
        prev = cur
    return np.sum(prev * x)


@program((A,))
def row_swaps(a):
    for i in range(3):
        tmp = a[i].copy()
        a[i] = a[i + 1]
        a[i + 1] = tmp
    return np.sum(a * np.arange(16.0).reshape(4, 4) ** 2)


@program((A,))
def row_swaps_wrong(a):
    for i in range(3):
        tmp = a[i]
        a[i] = a[i + 1]
        a[i + 1] = tmp
    return np.sum(a * np.arange(16.0).reshape(4, 4) ** 2)


@program((A,))
def tuple_row_swap(a):
    a[0], a[1] = a[1], a[0]
    return np.sum(a * np.arange(16.0).reshape(4, 4) ** 2)


@program((A,))
def tuple_row_swap_copy(a):
    a[0], a[1] = a[1].copy(), a[0].copy()
    return np.sum(a * np.arange(16.0).reshape(4, 4) ** 2)


@program((X, np.array([0, 1, 0, 2, 1, 0])))
def scatter_loop(x, ix):
    out = np.zeros(3)
    for i in range(6):
        out[ix[i]] = out[ix[i]] * 0.5 + x[i] * x[ix[i]]
    return np.sum(out**2)


@program((X, np.array([0, 1, 0, 2, 1, 0])))
def fancy_ip(x, ix):
    out = np.zeros(3)
    for k in range(3):
        out[ix] *= x
        out[ix] += x * x
        out[ix[:2]] = x[ix[:2]] * out[ix[1:3]]
    return np.sum(out**2)


@program((X, Y), wrt=(0, 1))
def while_break_nested(x, y):
    i = 0
    s = 0.0
    while True:
        for j in range(6):
            if y[j] > x[i]:
                continue
            s += x[i] * y[j]
            if s > 5:
                break
        else:
            s *= 0.5
        i += 1
        if i == 6:
            break
        x[i] = s * 0.1
    return s + np.sum(x**2)


@program((X,))
def inner_var_survives(x):
    last = 0.0
    for i in range(6):
        k = 0
        while k < 3 and x[i] > 0:
            last = x[i] * k
            k += 1
        x[i] = last * last + k
    return np.sum(x) + last


@program((A, X[:4]), wrt=(0, 1), xfail="refused: a write to what may be one of two arrays")
def view_carried(a, v):
    row = a[0]
    for i in range(4):
        row = a[i]
        row += v
        v[i] = row[0]
    row *= 2
    return np.sum(a**2)


@program((A, X[:4]), wrt=(0, 1), xfail="refused: a write to what may be one of two arrays")
def view_carried_prev(a, v):
    prev = a[0]
    for i in range(1, 4):
        cur = a[i]
        cur += prev * v
        prev = cur
    prev *= 2
    return np.sum(a**2)


@program((X, 4))
def zero_or_more(x, n):
    y = np.zeros(6)
    for i in range(n):
        for j in range(i):
            y[i] += y[j] * x[i] * x[j]
        y[i] += x[i]
        if i == 2:
            y[:i] *= x[:i]
    return np.sum(y**2)


@program((X, 4))
def slices_of_changing_size(x, n):
    s = 0.0
    for i in range(1, 6):
        v = x[:i]
        s += np.sum(v * v) * x[i]
        x[:i] *= x[i]
        x[i:] += v[-1]
    return s + np.sum(x)


@program((X, 4))
def negative_step_slices(x, n):
    for i in range(4, 0, -1):
        x[i::-1] *= x[: i + 1]
    return np.sum(x)


@program((X, Y), wrt=(0, 1))
def self_ref(x, y):
    x[:] = x[::-1] * y
    x += x[::-1]
    x[1:] = x[:-1] + x[1:]
    x *= x
    return np.sum(x * y)


@program((2.5, Y), wrt=(0, 1))
def scalar_state_and_returns(x, y):
    for i in range(6):
        if x > 3.0:
            return x * y[i]
        for j in range(6):
            x = x * 1.01 + y[j] * 0.1
            if x < 0:
                return y[j] * x
        y[i] = x
    return np.sum(y) * x


@program((A, B), wrt=(0, 1))
def mat_inplace(a, b):
    for k in range(3):
        a @= b
        b += a * 0.1
        a[k] = b[:, k]
    return np.sum(a * b)


@program((X, Y), wrt=(0, 1))
def where_mask_loop(x, y):
    for k in range(3):
        m = x > y
        x[m] = y[m] * x[m]
        y[~m] *= x[~m]
        x = np.where(m, x, y)
    return np.sum(x * y)


@program((X, Y), wrt=(0, 1))
def closure_mutation(x, y):
    def step(k):
        x[k] = x[k] * y[k] + x[k - 1]

    for k in range(6):
        step(k)
    return np.sum(x**2)


@program((X,), wrt=(0,))
def nonlocal_counter(x):
    total = 0.0

    def add(v):
        nonlocal total
        total += v * total + v

    for v in x:
        add(v)
    return total


@program((X, Y), wrt=(0, 1))
def min_max_loop(x, y):
    m = -1e9
    for i in range(6):
        m = max(m, x[i] * y[i])
        x[i] = min(x[i], m)
    return m + np.sum(x * x)


@program((X, Y), wrt=(0, 1))
def callee_with_loop_and_early_return(x, y):
    def find(v, lim):
        s = 0.0
        for k in range(6):
            s += v[k] ** 2
            if s > lim:
                return s * k
            v[k] = s
        return s

    return find(x, 2.0) + find(y, 1e3) + np.sum(x * y)


@program((X, Y), wrt=(0, 1))
def dict_of_arrays(x, y):
    d = {"a": x, "b": y}
    for k in range(4):
        d["a"][k] = d["b"][k] * d["a"][k + 1]
        d["b"] = d["b"] + d["a"]
    return np.sum(d["a"] * d["b"]) + np.sum(y)


@program((X, Y), wrt=(0, 1))
def tuple_state(x, y):
    st = (x, y, 0.0)
    for k in range(4):
        a, b, s = st
        st = (b * a, a, s + np.sum(a * b) * 0.1)
    return st[2] + np.sum(st[0])


@program((X,))
def read_after_overwritten_in_loop(x):
    s = 0.0
    for k in range(5):
        old = x[k]
        x[k] = x[k + 1]
        x[k + 1] = old * old
        s += old * x[k]
    return s + np.sum(x)


@program((X, Y))
def sin_inplace(x, y):
    for k in range(3):
        np.sin(x, out=x)
        x *= y
        np.exp(x, out=y)
    return np.sum(y)


@program((X, 2))
def save_overwritten_buffer(x, n):
    buf = np.empty(6)
    s = 0.0
    for k in range(n + 1):
        buf[:] = x * (k + 1)
        buf *= buf
        s += np.sum(np.tanh(buf))
        x = x + buf * 0.1
    return s + np.sum(buf)


@program((X, 2))
def zeros_outside(x, n):
    acc = np.zeros(6)
    hist = np.zeros((3, 6))
    for k in range(3):
        acc += x * k
        hist[k] = acc
        acc[k] = hist[k, 0] * hist[0, k]
    return np.sum(hist**2) + np.sum(acc)


@program((A,))
def loop_rows_cols(a):
    for r in a:
        for c in a.T:
            c += r * 0.1
    return np.sum(a**2)


@program((A,))
def modify_while_iterating(a):
    for i, r in enumerate(a):
        a[(i + 1) % 4] += r
        r[:] = r * r
    return np.sum(a**2)


@program((X,))
def iterate_scalars_while_writing(x):
    s = 0.0
    for i, v in enumerate(x):
        x[(i + 1) % 6] = v * v + 0.5
        s += v
    return s + np.sum(x)


@program((X,))
def rev_iterate_while_writing(x):
    s = 0.0
    for v in reversed(x):
        x[0] += v * v
        s = s * v + v
    return s + np.sum(x)


@program((X,))
def iterate_slice_while_writing(x):
    s = 0.0
    for v in x[1:4]:
        x[2:] *= v
        s += v
    return s + np.sum(x)


@program((X, Y), wrt=(0, 1))
def break_then_use(x, y):
    for i in range(6):
        t = x[i] * y[i]
        if t > 0.2:
            break
        x[i] = t
    else:
        t = 3.0 * x[0]
    x[i] *= t
    return np.sum(x * y)
