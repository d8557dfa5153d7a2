"""Linear algebra in programs: systems, determinants, decompositions, alone and with loops, branches and writes."""

import numpy as np
from support.corpus import Programs, normal

program = Programs()

A = normal(3, 3) + 3 * np.diag([1.0, 2.0, 3.0])
S = A @ A.T
WIDE, TALL = normal(2, 4), normal(4, 2)


@program((A, normal(3)), (A, normal(3, 2)), wrt=(0, 1))
def solve_a_system(a, b):
    return np.sum(np.linalg.solve(a, b) ** 2)


@program((np.stack([A, A.T]), normal(3, 2)), wrt=(0, 1))
def solve_many_systems(a, b):
    x = np.linalg.solve(a, b)
    return np.sum(x[0] * x[1])


@program((S, normal(3)), wrt=(0, 1))
def gaussian_log_density(cov, x):
    sign, logdet = np.linalg.slogdet(cov)
    return -0.5 * (x @ np.linalg.solve(cov, x) + logdet + len(x) * np.log(2 * np.pi)) * sign


@program((S, normal(3)), wrt=(0, 1))
def gaussian_log_density_by_cholesky(cov, x):
    low = np.linalg.cholesky(cov)
    z = np.linalg.solve(low, x)
    return -0.5 * z @ z - np.sum(np.log(np.diag(low)))


@program((A,), (np.array([[1.0, 2.0], [2.0, 4.0]]),), (np.ones((3, 3)),))
def determinant_also_of_a_singular_matrix(a):
    return np.linalg.det(a) ** 2 + np.linalg.det(a + 1.0)


@program((S,))
def names_of_results(a):
    found = np.linalg.eigh(a)
    return np.sum(found.eigenvalues**3) + found.eigenvectors[0, 0] ** 2 + np.linalg.slogdet(a).logabsdet


@program((S,), (np.diag([1.0, 1.0, 2.0]),))
def values_and_one_vector_where_others_repeat(a):
    w, v = np.linalg.eigh(a)
    return np.sum(w**3) + np.sum(np.outer(v[:, -1], v[:, -1]) * np.arange(9.0).reshape(3, 3))


@program((S,))
def a_function_of_a_matrix(a):
    w, v = np.linalg.eigh(a)
    return np.sum((v * np.exp(-w)) @ v.T * np.arange(9.0).reshape(3, 3))


@program((WIDE,), (TALL,), (A,))
def singular_values(a):
    return np.sum(np.linalg.svd(a, compute_uv=False) ** 3) + np.linalg.norm(a, "nuc") + np.linalg.norm(a, 2)


@program((WIDE,), (TALL,), (A,))
def low_rank_part(a):
    u, s, vt = np.linalg.svd(a, full_matrices=False)
    return np.sum(((u[:, :1] * s[:1]) @ vt[:1]) ** 3)


@program((WIDE,), (TALL,), (A,))
def orthogonal_factors(a):
    q, r = np.linalg.qr(a)
    return np.sum(q * np.arange(float(q.size)).reshape(q.shape)) + np.sum(r**3)


@program((TALL, normal(4)), wrt=(0, 1))
def least_squares(a, b):
    return np.sum((np.linalg.pinv(a) @ b) ** 3)


@program((A, 0.1, 3), wrt=(0, 1))
def implicit_steps(a, h, n):
    x = np.ones(3)
    step = np.linalg.inv(np.eye(3) + h * a)
    for _ in range(n):
        x = step @ x + h * x * x
    return np.sum(x * x)


@program((S, 4))
def power_iteration(a, n):
    v = np.ones(3)
    for _ in range(n):
        v = a @ v
        v = v / np.linalg.norm(v)
    return v @ a @ v


@program((A, 2), (A, 5), (A, -1))
def powers_of_a_matrix(a, n):
    return np.sum(np.linalg.matrix_power(a, n)) + np.trace(a, 1)


@program((A, WIDE.T[:3], WIDE), wrt=(0, 1, 2))
def a_chain_of_products(a, b, c):
    return np.sum(np.linalg.multi_dot([a, b, c]) ** 2)


@program((A,), (normal(2, 3),))
def diagonals_in_and_out(a):
    d = np.diagonal(a)
    return np.sum((np.diag(d, 1) @ np.ones(len(d) + 1)) ** 2) + np.sum(np.diag(a, -1) ** 3)
