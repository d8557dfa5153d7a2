"""Kernels of dense linear algebra over preallocated arrays, as NPBench writes them."""

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()


def dominant(n, seed=0):
    """A well conditioned matrix."""
    return normal(n, n, seed=seed) + 2.0 * n * np.eye(n)


def definite(n, seed=0):
    """A symmetric positive definite matrix."""
    a = normal(n, n, seed=seed)
    return a @ a.T + n * np.eye(n)


def gemm_kernel(alpha, beta, C, A, B):
    C[:] = alpha * A @ B + beta * C


@program((1.5, 1.2, normal(3, 4), normal(3, 5), normal(5, 4)), wrt=(0, 1, 2, 3, 4))
def gemm(alpha, beta, C, A, B):
    gemm_kernel(alpha, beta, C, A, B)
    return np.sum(C * C)


def gemver_kernel(alpha, beta, A, u1, v1, u2, v2, w, x, y, z):
    A += np.outer(u1, v1) + np.outer(u2, v2)
    x += beta * y @ A + z
    w += alpha * A @ x


@program((1.5, 1.2, normal(4, 4), *(normal(4, seed=k) for k in range(8))), wrt=(0, 1, 2, 3, 4, 8, 9, 10))
def gemver(alpha, beta, A, u1, v1, u2, v2, w, x, y, z):
    gemver_kernel(alpha, beta, A, u1, v1, u2, v2, w, x, y, z)
    return np.sum(w * w) + np.sum(x)


def gesummv_kernel(alpha, beta, A, B, x):
    return alpha * A @ x + beta * B @ x


@program((1.5, 1.2, normal(4, 4), normal(4, 4, seed=1), normal(4)), wrt=(0, 1, 2, 3, 4))
def gesummv(alpha, beta, A, B, x):
    y = gesummv_kernel(alpha, beta, A, B, x)
    return np.sum(y * y)


def k2mm_kernel(alpha, beta, A, B, C, D):
    D[:] = alpha * A @ B @ C + beta * D


@program((1.5, 1.2, normal(3, 4), normal(4, 5), normal(5, 2), normal(3, 2)), wrt=(0, 1, 2, 3, 4, 5))
def k2mm(alpha, beta, A, B, C, D):
    k2mm_kernel(alpha, beta, A, B, C, D)
    return np.sum(D * D)


def k3mm_kernel(A, B, C, D):
    return A @ B @ C @ D


@program((normal(3, 4), normal(4, 5), normal(5, 2), normal(2, 3)), wrt=(0, 1, 2, 3))
def k3mm(A, B, C, D):
    return np.sum(k3mm_kernel(A, B, C, D) ** 2)


def atax_kernel(A, x):
    return (A @ x) @ A


@program((normal(5, 4), normal(4)), wrt=(0, 1))
def atax(A, x):
    return np.sum(atax_kernel(A, x) ** 2)


def bicg_kernel(A, p, r):
    return r @ A, A @ p


@program((normal(5, 4), normal(4), normal(5)), wrt=(0, 1, 2))
def bicg(A, p, r):
    s, q = bicg_kernel(A, p, r)
    return np.sum(s * s) + np.sum(q**3)


def mvt_kernel(x1, x2, y_1, y_2, A):
    x1 += A @ y_1
    x2 += y_2 @ A


@program((*(normal(4, seed=k) for k in range(4)), normal(4, 4)), wrt=(0, 1, 2, 3, 4))
def mvt(x1, x2, y_1, y_2, A):
    mvt_kernel(x1, x2, y_1, y_2, A)
    return np.sum(x1 * x1) + np.sum(x2 * x2)


def symm_kernel(alpha, beta, C, A, B):
    temp2 = np.empty((C.shape[1],), dtype=C.dtype)
    C *= beta
    for i in range(C.shape[0]):
        for j in range(C.shape[1]):
            C[:i, j] += alpha * B[i, j] * A[i, :i]
            temp2[j] = B[:i, j] @ A[i, :i]
        C[i, :] += alpha * B[i, :] * A[i, i] + alpha * temp2


@program((1.5, 1.2, normal(4, 3), normal(4, 4), normal(4, 3, seed=1)), wrt=(0, 1, 2, 3, 4))
def symm(alpha, beta, C, A, B):
    symm_kernel(alpha, beta, C, A, B)
    return np.sum(C * C)


def syrk_kernel(alpha, beta, C, A):
    for i in range(A.shape[0]):
        C[i, : i + 1] *= beta
        for k in range(A.shape[1]):
            C[i, : i + 1] += alpha * A[i, k] * A[: i + 1, k]


@program((1.5, 1.2, normal(4, 4), normal(4, 3)), wrt=(0, 1, 2, 3))
def syrk(alpha, beta, C, A):
    syrk_kernel(alpha, beta, C, A)
    return np.sum(C * C)


def syr2k_kernel(alpha, beta, C, A, B):
    for i in range(A.shape[0]):
        C[i, : i + 1] *= beta
        for k in range(A.shape[1]):
            C[i, : i + 1] += A[: i + 1, k] * alpha * B[i, k] + B[: i + 1, k] * alpha * A[i, k]


@program((1.5, 1.2, normal(4, 4), normal(4, 3), normal(4, 3, seed=1)), wrt=(0, 1, 2, 3, 4))
def syr2k(alpha, beta, C, A, B):
    syr2k_kernel(alpha, beta, C, A, B)
    return np.sum(C * C)


def trmm_kernel(alpha, A, B):
    for i in range(B.shape[0]):
        for j in range(B.shape[1]):
            B[i, j] += np.dot(A[i + 1 :, i], B[i + 1 :, j])
    B *= alpha


@program((1.5, normal(4, 4), normal(4, 3)), wrt=(0, 1, 2))
def trmm(alpha, A, B):
    trmm_kernel(alpha, A, B)
    return np.sum(B * B)


def trisolv_kernel(L, x, b):
    for i in range(x.shape[0]):
        x[i] = (b[i] - L[i, :i] @ x[:i]) / L[i, i]


@program((dominant(4), normal(4), normal(4, seed=1)), wrt=(0, 1, 2))
def trisolv(L, x, b):
    trisolv_kernel(L, x, b)
    return np.sum(x * x)


def lu_kernel(A):
    for i in range(A.shape[0]):
        for j in range(i):
            A[i, j] -= A[i, :j] @ A[:j, j]
            A[i, j] /= A[j, j]
        for j in range(i, A.shape[0]):
            A[i, j] -= A[i, :i] @ A[:i, j]


@program((dominant(4),))
def lu(A):
    lu_kernel(A)
    return np.sum(A * A)


def ludcmp_kernel(A, b):
    x = np.zeros_like(b)
    y = np.zeros_like(b)
    for i in range(A.shape[0]):
        for j in range(i):
            A[i, j] -= A[i, :j] @ A[:j, j]
            A[i, j] /= A[j, j]
        for j in range(i, A.shape[0]):
            A[i, j] -= A[i, :i] @ A[:i, j]
    for i in range(A.shape[0]):
        y[i] = b[i] - A[i, :i] @ y[:i]
    for i in range(A.shape[0] - 1, -1, -1):
        x[i] = (y[i] - A[i, i + 1 :] @ x[i + 1 :]) / A[i, i]
    return x, y


@program((dominant(4), normal(4)), wrt=(0, 1))
def ludcmp(A, b):
    x, y = ludcmp_kernel(A, b)
    return np.sum(x * x) + np.sum(y * y)


def cholesky_kernel(A):
    A[0, 0] = np.sqrt(A[0, 0])
    for i in range(1, A.shape[0]):
        for j in range(i):
            A[i, j] -= np.dot(A[i, :j], A[j, :j])
            A[i, j] /= A[j, j]
        A[i, i] -= np.dot(A[i, :i], A[i, :i])
        A[i, i] = np.sqrt(A[i, i])


@program((definite(4),))
def cholesky(A):
    cholesky_kernel(A)
    return np.sum(A**3)


def cholesky2_kernel(A):
    A[:] = np.linalg.cholesky(A) + np.triu(A, k=1)


@program((definite(4),))
def cholesky2(A):
    cholesky2_kernel(A)
    return np.sum(A**3)


def durbin_kernel(r):
    y = np.empty_like(r)
    alpha = -r[0]
    beta = 1.0
    y[0] = -r[0]
    for k in range(1, r.shape[0]):
        beta *= 1.0 - alpha * alpha
        alpha = -(r[k] + np.dot(np.flip(r[:k]), y[:k])) / beta
        y[:k] += alpha * np.flip(y[:k])
        y[k] = alpha
    return y


@program((0.2 * normal(5),))
def durbin(r):
    return np.sum(durbin_kernel(r) ** 2)


def gramschmidt_kernel(A):
    Q = np.zeros_like(A)
    R = np.zeros((A.shape[1], A.shape[1]), dtype=A.dtype)
    for k in range(A.shape[1]):
        nrm = np.dot(A[:, k], A[:, k])
        R[k, k] = np.sqrt(nrm)
        Q[:, k] = A[:, k] / R[k, k]
        for j in range(k + 1, A.shape[1]):
            R[k, j] = np.dot(Q[:, k], A[:, j])
            A[:, j] -= Q[:, k] * R[k, j]
    return Q, R


@program((normal(5, 3),))
def gramschmidt(A):
    Q, R = gramschmidt_kernel(A)
    return np.sum(Q**3) + np.sum(R * R)


def correlation_kernel(M, float_n, data):
    mean = np.mean(data, axis=0)
    stddev = np.std(data, axis=0)
    stddev[stddev <= 0.1] = 1.0
    data -= mean
    data /= np.sqrt(float_n) * stddev
    corr = np.eye(M, dtype=data.dtype)
    for i in range(M - 1):
        corr[i + 1 : M, i] = corr[i, i + 1 : M] = data[:, i] @ data[:, i + 1 : M]
    return corr


@program((3, 5.0, normal(5, 3)), wrt=(1, 2))
def correlation(M, float_n, data):
    return np.sum(correlation_kernel(M, float_n, data) ** 2)


def covariance_kernel(M, float_n, data):
    mean = np.mean(data, axis=0)
    data -= mean
    cov = np.zeros((M, M), dtype=data.dtype)
    for i in range(M):
        cov[i:M, i] = cov[i, i:M] = data[:, i] @ data[:, i:M] / (float_n - 1.0)
    return cov


@program((3, 5.0, normal(5, 3)), wrt=(1, 2))
def covariance(M, float_n, data):
    return np.sum(covariance_kernel(M, float_n, data) ** 2)


def doitgen_kernel(NR, NQ, NP, A, C4):
    A[:] = np.reshape(np.reshape(A, (NR, NQ, 1, NP)) @ C4, (NR, NQ, NP))


@program((2, 3, 4, normal(2, 3, 4), normal(4, 4)), wrt=(3, 4))
def doitgen(NR, NQ, NP, A, C4):
    doitgen_kernel(NR, NQ, NP, A, C4)
    return np.sum(A * A)


def nussinov_free_energy(N, pair):
    table = np.zeros((N, N))
    for i in range(N - 1, -1, -1):
        for j in range(i + 1, N):
            best = np.logaddexp(table[i, j - 1], table[i + 1, j] if i + 1 < N else 0.0)
            if j - 1 >= 0 and i + 1 < N:
                best = np.logaddexp(best, table[i + 1, j - 1] + pair[i, j])
            for k in range(i + 1, j):
                best = np.logaddexp(best, table[i, k] + table[k + 1, j])
            table[i, j] = best
    return table


@program((5, normal(5, 5)), wrt=(1,))
def soft_nussinov(N, pair):
    return nussinov_free_energy(N, pair)[0, N - 1]


def floyd_warshall_kernel(path):
    for k in range(path.shape[0]):
        path[:] = np.minimum(path[:], np.add.outer(path[:, k], path[k, :]))


@program((positive(4, 4),))
def floyd_warshall(path):
    floyd_warshall_kernel(path)
    return np.sum(path * path)


def floyd_warshall_rows_kernel(path):
    for k in range(path.shape[0]):
        for i in range(path.shape[0]):
            path[i, :] = np.minimum(path[i, :], path[i, k] + path[k, :])


@program((positive(4, 4),))
def floyd_warshall_by_rows(path):
    floyd_warshall_rows_kernel(path)
    return np.sum(path * path)


def spmv_kernel(A_row, A_col, A_val, x):
    y = np.empty(A_row.size - 1, A_val.dtype)
    for i in range(A_row.size - 1):
        cols = A_col[A_row[i] : A_row[i + 1]]
        vals = A_val[A_row[i] : A_row[i + 1]]
        y[i] = vals @ x[cols]
    return y


@program((np.array([0, 2, 2, 3, 5]), np.array([0, 2, 1, 0, 2]), normal(5), normal(3)), wrt=(2, 3))
def spmv(A_row, A_col, A_val, x):
    y = spmv_kernel(A_row, A_col, A_val, x)
    return np.sum(y * y)
