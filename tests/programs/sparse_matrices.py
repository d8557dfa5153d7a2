"""Constant sparse matrices: products, transposes, systems; from outside, in attributes, and as arguments."""

import numpy as np
from support.corpus import Programs, normal, positive

try:
    from scipy import sparse
    from scipy.sparse import linalg
except ImportError:  # SciPy is optional
    sparse = None

program = Programs()
if sparse is not None:
    LAPLACE = sparse.diags_array([-1.0, 2.0, -1.0], offsets=[-1, 0, 1], shape=(5, 5)).tocsr()
    WIDE = sparse.csr_matrix(np.array([[0.0, 1.5, 0.0, -2.0, 0.0], [1.0, 0.0, 0.0, 0.0, 3.0]]))
    COMPLEX = sparse.csc_array(np.array([[1.0 + 2.0j, 0.0], [0.0, 2.0 - 1.0j], [0.5, 0.0]]))
    NARROW = LAPLACE.astype(np.float32)

    class Network:
        def __init__(self, incidence):
            self.incidence = incidence
            self.levels = [incidence, incidence.T]

        def flow(self, x):
            return self.levels[0] @ np.tanh(self.incidence.T @ x)

    NETWORK = Network(WIDE)


@program((normal(5),), wrt=(0,))
def an_energy(x):
    return 0.5 * x @ (LAPLACE @ x) + np.sum(WIDE.dot(x) ** 3)


@program((normal(5, 3), normal(2)), wrt=(0, 1))
def matrices_of_columns(x, y):
    return np.sum((LAPLACE @ x) ** 2) + np.sum(np.sin(y @ WIDE)) + np.sum((x.T @ LAPLACE.T)[0] * x[:, 1])


@program((normal(5), normal(3, 2)), wrt=(0, 1))
def the_star_of_a_matrix_is_a_product(x, y):
    return np.sum((WIDE * x) ** 2) + np.sum(np.exp(y * WIDE) * 0.1)


@program((normal(5), 0.1), wrt=(0, 1))
def steps_of_diffusion(u, rate):
    for _ in range(4):
        u = u - rate * (LAPLACE @ u)
    return np.sum(u**4)


@program((normal(2),), wrt=(0,))
def held_by_an_object(x):
    return np.sum(NETWORK.flow(x) ** 2)


if sparse is not None:

    @program((normal(5), WIDE, 2), wrt=(0,))
    def an_argument(x, matrix, count):
        for _ in range(count):
            x = matrix.T @ np.tanh(matrix @ x)
        return np.sum(x) * matrix.shape[0]

    @program((normal(2), NETWORK), wrt=(0,))
    def in_an_argument(x, network):
        return np.sum(network.flow(x))


@program((normal(5), 1.0), (normal(5), -1.0), wrt=(0,))
def one_of_two(x, sign):
    matrix = LAPLACE if sign > 0 else NARROW
    return np.sum((matrix @ x) ** 2)


@program((normal(5),), wrt=(0,))
def while_it_grows(x):
    while np.sum(x * x) < 1e4:
        x = LAPLACE @ x
    return np.log(np.sum(x * x))


@program((normal(5), positive(5)), wrt=(0, 1))
def written_into_a_buffer(x, w):
    out = np.zeros((2, 5))
    out[0] = LAPLACE @ x
    out[1, :2] += WIDE @ (w * x)
    return np.sum(out * out)


@program((normal(5), normal(5, 2)), wrt=(0, 1))
def systems(b, c):
    return np.sum(linalg.spsolve(LAPLACE, b) ** 2) + np.sum(linalg.spsolve(LAPLACE, c))


@program((normal(2),), wrt=(0,))
def complex_entries(x):
    z = COMPLEX @ x
    return np.sum(np.abs(z) ** 2)


@program((normal(5),), wrt=(0,))
def as_an_array(x):
    return np.sum(np.sin(WIDE.toarray() * x)) + np.sum(NARROW @ x)


def smoothed(matrix, x):
    return np.tanh(matrix @ x)


@program((normal(5),), wrt=(0,))
def handed_to_functions(x):
    return np.sum(smoothed(LAPLACE, x)) + np.sum(smoothed(WIDE, x)) + np.sum(smoothed(WIDE.T, x[:2]))


if sparse is None:
    program.rows.clear()
