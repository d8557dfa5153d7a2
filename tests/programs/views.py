"""Views: what is written to one is seen through the other, in both directions."""

import numpy as np
from support.corpus import Programs, normal

program = Programs()


@program((normal(6), 0.4), wrt=(0, 1))
def write_through_a_slice(x, y):
    v = x[1:4]
    v[0] = y
    v *= 2.0
    return np.sum(x**2)


@program((normal(6), 0.4), wrt=(0, 1))
def read_through_a_slice_after_a_write(x, y):
    v = x[1:4]
    x[2] = y
    return np.sum(v**2) + v[1]


@program((normal(3, 4), 0.4), wrt=(0, 1))
def write_through_a_row(a, y):
    row = a[1]
    row[:] = y
    row[0] += a[0, 0]
    return np.sum(a**2)


@program((normal(3, 4), normal(3)), wrt=(0, 1))
def write_through_the_transpose(a, y):
    a.T[1] = y
    t = a.T
    t[0, 2] *= 3.0
    return np.sum(a**3)


@program((normal(6), 0.4), wrt=(0, 1))
def write_through_a_reshape(x, y):
    m = x.reshape(2, 3)
    m[1, 0] = y
    m[0] *= y
    return np.sum(x**2)


@program((normal(2, 3), 0.4), wrt=(0, 1))
def write_through_ravel(a, y):
    flat = a.ravel()
    flat[2] = y
    return np.sum(a**2)


@program((normal(2, 3), 0.4), wrt=(0, 1))
def flatten_is_a_copy(a, y):
    flat = a.flatten()
    flat[2] = y
    return np.sum(a**2) + np.sum(flat**3)


@program((normal(6), 0.4), wrt=(0, 1))
def a_view_of_a_view(x, y):
    v = x[1:]
    w = v[::2]
    w[1] = y
    v[0] = w[1] * 2.0
    return np.sum(x**2) + w[0]


@program((normal(6),))
def a_reversed_view(x):
    r = x[::-1]
    r[0] = 2.0 * x[0]
    r[1:3] += x[:2]
    return np.sum(x**2)


@program((normal(4, 3), normal(3)), wrt=(0, 1))
def rows_of_a_for_are_views(a, y):
    for row in a:
        row += y
        row[0] *= 2.0
    return np.sum(a**2)


@program((normal(4, 3), normal(4, 3, seed=1)), wrt=(0, 1))
def rows_of_zip_are_views(a, b):
    for x, y in zip(a, b):
        x *= y
        y[0] = 1.0
    return np.sum(a * b)


@program((normal(4, 3),))
def rows_of_enumerate_are_views(a):
    for k, row in enumerate(a):
        row *= k
    return np.sum(a**2)


@program((normal(4, 4), 0.3), wrt=(0, 1))
def blocks_of_a_matrix(a, y):
    top, bottom = a[:2], a[2:]
    top[:, 1] = bottom[:, 0] * y
    bottom += top
    return np.sum(a**2)


@program((normal(4, 4), 0.3), wrt=(0, 1))
def two_views_that_overlap(a, y):
    first, second = a[:3], a[1:]
    first[1] = y
    second[0] += 1.0
    second[1] *= first[2, 0]
    return np.sum(a**2)


@program((normal(6), 0.4), wrt=(0, 1))
def a_fancy_index_is_a_copy(x, y):
    c = x[[1, 2]]
    c[0] = y
    return np.sum(x**2) + np.sum(c**2)


@program((normal(6), 0.4), wrt=(0, 1))
def a_new_axis_is_a_view(x, y):
    column = x[:, None]
    column[2, 0] = y
    return np.sum(x**2)


@program((normal(6), 0.4, 3), wrt=(0, 1))
def a_view_made_before_a_loop(x, y, n):
    inner = x[1:-1]
    for _ in range(n):
        inner *= y
        x[0] += inner[0]
    return np.sum(x**2)


@program((normal(6), 0.4), wrt=(0, 1))
def a_view_made_in_a_loop(x, y):
    for i in range(4):
        w = x[i : i + 3]
        w[1] = y * w[0] + w[2]
    return np.sum(x**2)


@program((normal(3, 5), 0.4), wrt=(0, 1))
def nested_rows(a, y):
    for row in a:
        for j in range(1, len(row)):
            row[j] += y * row[j - 1]
    return np.sum(a**2)


def clear_ends(v):
    v[0] = 0.0
    v[-1] = v[1]


@program((normal(4, 5),))
def views_given_to_a_callee(a):
    clear_ends(a[0])
    clear_ends(a[:, 2])
    clear_ends(a[1:, 3])
    return np.sum(a**2)


def middle(v):
    return v[1:-1]


@program((normal(6), 0.4), wrt=(0, 1))
def a_view_that_a_callee_returns(x, y):
    m = middle(x)
    m[:] = m * y
    return np.sum(x**2)


@program((normal(6), normal(6, seed=1), 3), wrt=(0, 1))
def views_of_buffers_that_change_places(a, b, n):
    for _ in range(n):
        inner = b[1:-1]
        inner[:] = 0.5 * (a[:-2] + a[2:])
        a, b = b, a
    return np.sum(a**2) + np.sum(b**3)


@program(
    (normal(6), normal(6, seed=1), 0.5),
    (normal(6), normal(6, seed=1), -0.5),
    wrt=(0, 1),
)
def one_of_two_arrays(x, y, s):
    z = x if s > 0 else y
    z[0] = 2.0
    return np.sum(x * y)


@program((normal(3, 3),))
def a_symmetric_write(a):
    for i in range(3):
        for j in range(i):
            a[i, j] = a[j, i] = 0.5 * (a[i, j] + a[j, i])
    return np.sum(a**3)


@program(
    (normal(3, 3), normal(3)),
    wrt=(0, 1),
)
def the_diagonal_by_a_step(a, d):
    flat = a.reshape(-1)
    flat[::4] = d
    return np.sum(a**2)


@program((normal(3, 3), normal(3)), wrt=(0, 1))
def the_diagonal_by_indices(a, d):
    k = np.arange(3)
    a[k, k] = d * a[k, k]
    return np.sum(a**2)


@program((normal(2, 3, 4), 0.4), wrt=(0, 1))
def swapped_axes(a, y):
    b = a.swapaxes(0, 2)
    b[1, 2] = y
    c = np.moveaxis(a, 0, -1)
    c[0] *= y
    return np.sum(a**2)


@program((normal(6), 0.4), wrt=(0, 1))
def asarray_is_no_copy(x, y):
    z = np.asarray(x)
    z[0] = y
    return np.sum(x**2)


@program((normal(8), 0.4), wrt=(0, 1))
def packed_state(state, y):
    position, velocity = state[:4], state[4:]
    for _ in range(3):
        velocity -= 0.1 * position * y
        position += 0.1 * velocity
    return np.sum(state**2)


@program((normal(8), 0.4), wrt=(0, 1))
def split_state(state, y):
    position, velocity = np.split(state, 2)
    velocity *= y
    return np.sum(state**2) + np.sum(position)


@program((normal(3, 4),))
def unpacked_rows(a):
    x, y, z = a
    x += y
    z[0] = x[1]
    return np.sum(a**2)


@program((normal(3, 4), normal(4)), wrt=(0, 1))
def a_write_that_the_caller_of_the_view_sees_later(a, y):
    first = a[0]
    total = np.sum(first**2)
    a[0] = y
    return total + np.sum(first**3)


@program((normal(2, 3), normal(2)), wrt=(0, 1))
def a_flattened_result_of_arithmetic(a, y):
    b = np.tanh(a) + y[:, None]
    b.ravel()[1] *= 3.0
    flat = b.sum(axis=0).reshape(-1)
    flat[0] = y[1]
    return np.sum(b**2) + np.sum(flat)


@program((normal(3, 2, 2), 0.4), wrt=(0, 1))
def flattened_rows(a, y):
    for row in a:
        row.ravel()[1] *= y
    a[1:].reshape(-1)[2] = y
    a[0, ...].ravel()[0] += y
    return np.sum(a**2)


@program((normal(4, 3), 0.4, 3), wrt=(0, 1))
def a_flattened_array_of_a_loop(a, y, n):
    h = a * 2.0
    for i in range(n):
        h = np.sin(h) * y
        h.reshape(-1)[i] += a[0, 0]
    return np.sum(h)


@program((normal(2, 3), 0.4, True), wrt=(0, 1))
@program((normal(2, 3), 0.4, False), wrt=(0, 1))
def one_of_two_flattened_arrays(a, y, flag):
    b = a * y if y > 0.0 else a + 1.0
    b.ravel()[2] = y
    return np.sum(b**2) + np.sum(a)


def flattened_at(a, y):
    b = a - y
    b.ravel()[1] = y
    return b


@program((normal(2, 3), 0.4), wrt=(0, 1))
def flattened_in_a_callee(a, y):
    return np.sum(flattened_at(a, y) ** 2) + np.sum(flattened_at(a * y, y))


@program((normal(4),))
def permuted_by_einsum(x):
    a = np.zeros((4, 2))
    b = np.einsum("ij->ji", a)
    b[0] = x
    b[1] += b[0] * x
    return np.sum(a**2)


@program((normal(4),))
def turned_by_nothing_and_once(x):
    a = np.outer(x, x)
    b = np.rot90(a, 4)
    b[0] = 1.0
    c = np.rot90(a)
    c[1, 1] = x[0] ** 2
    return np.sum(a * a)


@program((normal(4),))
def converted_to_the_dtype_that_it_has(x):
    a = x * 2.0
    b = np.float64(a)
    b[0] = x[1] ** 3
    c = np.float32(a)
    c[1] = 100.0
    return np.sum(a)


@program((normal(4),))
def assignments_to_elements_in_a_row(x):
    table = np.zeros((2, 2))
    table.flat = x**2
    filled = np.empty((2, 3))
    filled.flat = x[0]
    product = np.outer(x, x)
    product.flat[::5] = x.sum()
    table.flat[1] += x[3]
    return np.sum(table**3) + np.sum(filled) * np.sum(np.sin(product))


def quadratic(u, m):
    return np.dot(np.dot(u, m), u)


def weighted(u, w):
    s = np.abs(u) + 1.0
    return np.sum(w * np.where(s == 0, 0.0, u / s))


@program((normal(2), normal(2, seed=1)), wrt=(0, 1))
def diagonals_that_add_up(u, w):
    total = weighted(u, w)
    total += quadratic(u, np.diag(w))
    return total + weighted(u, w) * 0.5 + quadratic(2 * u, np.diag(w))
