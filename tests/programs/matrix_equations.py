"""scipy.linalg as it is used: factors that are kept, Gaussian processes, filters, exponentials of generators."""

import numpy as np
from support.corpus import Programs, normal, positive

try:
    from scipy import linalg
    from scipy.linalg import cho_factor, cho_solve
except ImportError:  # SciPy is optional
    linalg = None

program = Programs()
SPD = normal(3, 3) @ normal(3, 3).T + 3 * np.eye(3)


@program((0.8, 1.3, 0.2, normal(5), normal(5, seed=1)), wrt=(0, 1, 2))
def gaussian_process(scale, height, noise, x, y):
    K = height**2 * np.exp(-0.5 * ((x[:, None] - x[None, :]) / scale) ** 2) + (noise**2 + 1e-3) * np.eye(len(x))
    L = linalg.cholesky(K, lower=True)
    z = linalg.solve_triangular(L, y, lower=True)
    return 0.5 * np.sum(z**2) + np.sum(np.log(np.diag(L)))


@program((SPD, normal(3), normal(3, 2)), wrt=(0, 1, 2))
def a_factor_that_is_used_twice(A, b, C):
    factor = cho_factor(A)
    return cho_solve(factor, b) @ b + np.sum(cho_solve(factor, C) ** 2)


@program((normal(3, 3) + 3 * np.eye(3), normal(3)), wrt=(0, 1))
def steps_with_one_lu(A, b):
    lu, piv = linalg.lu_factor(A)
    x = b
    for _ in range(4):
        x = np.tanh(linalg.lu_solve((lu, piv), x)) + 0.1 * b
    return np.sum(x**2)


@program((0.3 * normal(3, 3), normal(3), 0.7), wrt=(0, 1))
def a_linear_system_over_time(A, x0, t):
    total = 0.0
    for k in range(1, 4):
        total += np.sum((linalg.expm(A * t * k) @ x0) ** 2)
    return total


@program((normal(3, 3) + 3 * np.eye(3), normal(3), True), (normal(3, 3) + 3 * np.eye(3), normal(3), False), wrt=(0, 1))
def one_solver_or_another(A, b, symmetric):
    if symmetric:
        S = A @ A.T
        x = linalg.solve(S, b, assume_a="pos")
    else:
        x = linalg.solve(A, b)
    return x @ x + linalg.det(A) + linalg.norm(x)


@program((0.2 * normal(3, 3) - np.eye(3), SPD, 0.2 * normal(3, 3)), wrt=(0, 1, 2))
def matrix_equations(A, Q, F):
    X = linalg.solve_continuous_lyapunov(A, -Q)
    Y = linalg.solve_discrete_lyapunov(F, Q)
    Z = linalg.solve_sylvester(A, F - 2 * np.eye(3), Q)
    return np.sum(X * Y) + np.trace(Z)


@program((SPD,))
def functions_of_matrices(A):
    w, v = linalg.eigh(A)
    again = (v * np.sqrt(w)) @ v.T
    return np.sum(linalg.sqrtm(A) * again) + linalg.inv(A)[0, 1] + linalg.svdvals(A)[0]


@program((normal(3, 3) + 2 * np.eye(3),))
def triangular_factors(A):
    P, L, U = linalg.lu(A)
    return np.sum((P @ L) ** 2) + np.sum(np.log(np.abs(np.diag(U)))) + np.sum(linalg.pinv(A) ** 2)


@program((positive(3), normal(3)), wrt=(0, 1))
def a_triangle_in_pieces(d, b):
    L = np.zeros((3, 3))
    for i in range(3):
        L[i, : i + 1] = d[i] + 0.1 * b[: i + 1]
    return np.sum(linalg.solve_triangular(L, b, lower=True, trans="T") ** 2)


@program((normal(3), normal(4), normal(4, seed=1)), wrt=(0, 1, 2))
def structured_matrices(c, r, x):
    y = linalg.toeplitz(c, r) @ x
    z = linalg.circulant(x) @ linalg.hankel(r)
    return np.sum(linalg.block_diag(linalg.toeplitz(c), z) ** 3) + y @ y


if linalg is None:
    program.rows.clear()
