"""Linear algebra of complex matrices; of vectors with arbitrary phases, what does not depend on them."""

from __future__ import annotations

import numpy as np
from programs.complex_numbers import complex_normal
from support.corpus import Programs, normal

program = Programs()

M = complex_normal(3, 3)
H = M @ M.conj().T + 3 * np.eye(3)
TALL = complex_normal(4, 3)


@program((M,), (complex_normal(2, 3, 3),))
def inverse(a):
    return np.sum(np.abs(np.linalg.inv(a)) ** 2)


@program((M, complex_normal(3, 2)), (normal(3, 3), complex_normal(3, 2)), (M, normal(3, 2)), wrt=(0, 1))
def system(a, b):
    return np.sum((np.linalg.solve(a, b) ** 2).real)


@program((M, complex_normal(3)), wrt=(0, 1))
def system_of_a_vector(a, b):
    return np.sum((np.linalg.solve(a, b) ** 2).imag)


@program((M,))
def determinant(a):
    return (np.linalg.det(a) ** 2).real


@program((M,))
def sign_and_logarithm_of_the_determinant(a):
    sign, logarithm = np.linalg.slogdet(a)
    return logarithm * sign.real + sign.imag


@program((H,))
def cholesky_factor(a):
    factor = np.linalg.cholesky(a)
    return np.sum((factor**2).real) + np.sum(factor.imag)


@program((TALL,), (TALL.T,))
def pseudo_inverse(a):
    return np.sum((np.linalg.pinv(a) ** 2).real)


@program((H, "L"), (H, "U"))
def eigenvectors_whatever_their_phase(a, uplo):
    w, v = np.linalg.eigh(a, uplo)
    return np.sum(w**2 * np.abs(v[0]) ** 2) + np.abs(np.vdot(v[:, 0], np.array([1, 2, 1j])))


@program((H,))
def function_of_a_hermitian_matrix(a):
    w, v = np.linalg.eigh(a)
    return np.sum(np.abs((v * np.exp(-w)) @ v.conj().T) ** 2)


@program((H,))
def eigenvalues(a):
    return np.sum(np.linalg.eigvalsh(a) ** 3)


@program((M,), (complex_normal(2, 3, 3),), (complex_normal(1, 1),))
def eigenvalues_of_a_matrix_without_symmetry(a):
    return np.sum(np.abs(np.linalg.eigvals(a)) ** 3)


@program((M,), (complex_normal(2, 3, 3),))
def eigenvectors_of_a_matrix_without_symmetry(a):
    w, v = np.linalg.eig(a)
    return np.sum(np.abs(w) ** 2 * np.abs(v[..., 0, :]) ** 2) + np.sum(np.abs(np.array([1, 2, 1j]) @ v))


@program((normal(3, 3),))
def vibrations_with_friction(a):
    found = np.linalg.eig(a + 0j)
    spread = np.sum(np.abs(found.eigenvectors) ** 4)
    return np.sum(found.eigenvalues.real**2) + np.sum(np.abs(found.eigenvalues.imag)) + spread


@program((0.3 * M, 4), wrt=(0,))
def function_of_a_matrix_by_its_eigenvalues(a, n):
    out = a
    for _ in range(n):
        w, v = np.linalg.eig(a)
        out = (v * np.exp(-w)) @ np.linalg.inv(v) + 0.5 * out
    return np.sum((out**2).real)


@program((TALL,), (TALL.T,))
def singular_values(a):
    return np.sum(np.linalg.svd(a, compute_uv=False) ** 3)


@program((TALL,), (TALL.T,), (M,))
def singular_vectors(a):
    u, s, vt = np.linalg.svd(a, full_matrices=False)
    return np.sum(s) * np.abs(np.sum((u * np.exp(-s)) @ vt)) + np.sum(np.abs(u) ** 4) + ((u[0, 0] * vt[0, 1]) ** 2).real


@program((TALL,), (TALL.T,), (M,))
def orthogonal_factors(a):
    q, r = np.linalg.qr(a)
    return np.sum((q**3).real) + np.sum((r**2).imag)
