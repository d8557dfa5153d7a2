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


def tall(rows, columns):
    """Columns far from dependent."""
    return normal(rows, columns) + 3.0 * np.eye(rows, columns)


@program((tall(4, 4),), (tall(2, 4),), wrt=(0,))
def square_factors(a):
    q, r = linalg.qr(a)
    return np.sum(q**3) + np.sum(np.abs(np.diag(r)))


@program((tall(4, 2),), (tall(2, 4),), (tall(3, 3),), wrt=(0,))
def triangles(a):
    q, r = linalg.qr(a)
    (other,) = linalg.qr(a.T, mode="r")
    return np.sum(r**3) + np.sum(q[:, : a.shape[1]] ** 3) + np.sum(linalg.rq(a, mode="r") ** 2 * other.T)


@program((tall(4, 3), normal(4)), wrt=(0, 1))
def least_squares_by_pivoted_columns(a, b):
    q, r, order = linalg.qr(a, mode="economic", pivoting=True)
    x = np.zeros(a.shape[1])
    x[order] = linalg.solve_triangular(r, q.T @ b)
    return np.sum(x**2) + np.sum(linalg.rq(a.T, mode="economic")[1] ** 3)


@program((tall(3, 3),), (tall(4, 2),), (tall(2, 3),), wrt=(0,))
def polar_factors(a):
    u, p = linalg.polar(a)
    left, symmetric = linalg.polar(a, side="left")
    return np.sum(u**3) + np.sum(np.sin(p)) + np.sum((symmetric @ left) ** 2 * u)


@program((normal(5, 3), normal(5, 3)), wrt=(0, 1))
def the_nearest_rotation(points, targets):
    rotation, scale = linalg.orthogonal_procrustes(points, targets)
    return np.sum((points @ rotation - targets) ** 2) + 0.1 * scale


@program((normal(3, 3),), (np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.3], [0.2, 0.0, -2.0]]),), wrt=(0,))
def the_growth_of_a_system(a):
    return np.max(linalg.eigvals(a).real) + np.sum(np.abs(linalg.eigvals(a @ a.T + 3.0 * np.eye(3))))


@program((np.array([2.0, 3.5, 1.0, 0.5]), np.array([0.7, -0.4, 0.9])), wrt=(0, 1))
def levels_of_a_chain(energies, couplings):
    levels, states = linalg.eigh_tridiagonal(energies, couplings)
    return levels[0] + np.sum(states[:, 0] ** 4) + np.sum(linalg.eigvalsh_tridiagonal(energies, couplings) ** 3)


@program((normal(2, 2), tall(2, 1), normal(2, 2)), wrt=(0, 1, 2))
def the_cost_of_a_regulator(a, b, weight):
    q, r = weight @ weight.T + np.eye(2), np.array([[0.7]])
    x = linalg.solve_continuous_are(a, b, q, r)
    y = linalg.solve_discrete_are(a, b, q, r + b.T @ b)
    return np.trace(x) + np.sum(np.linalg.solve(r, b.T @ x) ** 2) + np.sum(np.sin(y))


@program((0.4 * normal(3, 3), 0.5), wrt=(0, 1))
def circular_and_hyperbolic_functions(a, t):
    rotation = linalg.cosm(a) @ linalg.sinm(t * a) + linalg.tanm(0.3 * a)
    growth = linalg.coshm(a) @ linalg.sinhm(a) + linalg.tanhm(t * a)
    return np.sum(rotation**2) + np.sum(growth * linalg.fractional_matrix_power(a, 3))


@program((np.array([[2.0, 0.4, 0.1], [-0.3, -3.0, 0.2], [0.1, 0.5, 1.5]]),), wrt=(0,))
def a_projection_by_the_sign(a):
    positive = 0.5 * (np.eye(3) + linalg.signm(a))
    return np.sum(positive**3) + np.sum(linalg.pinvh(a @ a.T) ** 2)


@program((np.array([4.0, 1.0, -0.5, 0.3]), normal(4), normal(4, 2)), wrt=(0, 1, 2))
def toeplitz_systems(c, r, b):
    x = linalg.solve_toeplitz((c, r), b)
    y = linalg.matmul_toeplitz((c, r[:3]), b[:3])
    return np.sum(x**2) + np.sum(np.tanh(y)) + np.sum(linalg.solve_circulant(c, b[:, 0]) ** 3) + c[0] * x[0, 1]


@program((normal(5), np.abs(normal(5)), 0.2), wrt=(0, 1, 2))
def implicit_heat_steps(u, conductivity, dt):
    n = len(u)
    for _ in range(3):
        ab = np.zeros((3, n))
        ab[0, 1:] = -dt * conductivity[1:]
        ab[1] = 1.0 + 2.0 * dt * conductivity
        ab[2, :-1] = -dt * conductivity[:-1]
        u = linalg.solve_banded((1, 1), ab, u)
    return np.sum(u**2)


@program((normal(6), 1.5), wrt=(0, 1))
def a_penalised_smoother(y, penalty):
    ab = np.zeros((3, 6))
    ab[2] = 1.0 + 6.0 * penalty
    ab[1, 1:] = -4.0 * penalty
    ab[0, 2:] = penalty
    factor = linalg.cholesky_banded(ab)
    smooth = linalg.cho_solve_banded((factor, False), y)
    again = linalg.solveh_banded(ab, y)
    return np.sum((smooth - y) ** 2) + 2.0 * np.sum(np.log(factor[-1])) + np.sum(again * smooth)


@program((np.array([2.0, 0.5, -1.0, 3.0]),), wrt=(0,))
def roots_by_their_matrix(coefficients):
    return np.sum(linalg.companion(coefficients) ** 3) + np.sum(np.abs(linalg.eigvals(linalg.companion(coefficients))))


@program((positive(4), 0.9 * np.array([0.3, 0.7, 0.4]), 5), wrt=(0, 1))
def a_population_by_ages(fertility, survival, years):
    ages = np.ones(4)
    for _ in range(years):
        ages = linalg.leslie(fertility, survival) @ ages
    return np.log(np.sum(ages))


@program((normal(4), normal(6)), (normal(3), normal(6)), wrt=(0, 1))
def convolutions_as_products(kernel, signal):
    full = linalg.convolution_matrix(kernel, 6) @ signal
    same = linalg.convolution_matrix(kernel, 6, "same") @ signal
    valid = linalg.convolution_matrix(kernel, 6, mode="valid") @ signal
    return np.sum(full**2) + np.sum(same**3) + np.sum(np.tanh(valid))


@program((normal(4), normal(2, 3), normal(2, 3, seed=1)), wrt=(0, 1, 2))
def structured_products(x, a, b):
    products = linalg.khatri_rao(a, b)
    distances = linalg.fiedler(x)
    return np.sum(products**3) + np.sum(distances**2) + np.sum(linalg.diagsvd(x[:2], 2, 3) * a + b**2)


@program((normal(4), 4), wrt=(0,))
def constant_matrices(x, n):
    spectrum = linalg.dft(n) @ x
    total = x @ linalg.hilbert(n) @ x + np.sum(np.abs(spectrum) ** 2) + np.sum((linalg.helmert(n) @ x) ** 3)
    return total + np.sum(linalg.hadamard(4) @ x * linalg.pascal(n)[1])


@program((normal(3, 3),), wrt=(0,))
def what_a_matrix_looks_like(a):
    lower, upper = linalg.bandwidth(a)
    if linalg.issymmetric(a):
        return np.sum(a**2) * (lower + upper + 1.0)
    return np.sum(np.sin(a)) if linalg.ishermitian(a @ a.T, atol=1e-12) else np.sum(a)


@program((normal(3, 3), normal(3, 3, seed=1)), wrt=(0, 1))
def vibrations(stiffness, mass):
    k, m = stiffness @ stiffness.T + np.diag([1.0, 3.0, 7.0]), mass @ mass.T + 2.0 * np.eye(3)
    w, modes = linalg.eigh(k, m)
    lowest = linalg.eigh(k, m, eigvals_only=True)[0]
    return np.sum(np.sqrt(w)) + np.sum(modes**4) + lowest * linalg.eigvalsh(k, m)[1]


@program((normal(5, 2), normal(5, 2, seed=1)), (normal(5, 2), normal(5, 1, seed=1)), wrt=(0, 1))
def angles_between_subspaces(a, b):
    angles = linalg.subspace_angles(a, b)
    return angles[0] ** 2 + np.sum(np.sin(angles))
