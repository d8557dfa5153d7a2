"""Objects of libraries: read at each call, compiled again where their kind changes, refused where not understood."""

import numpy as np
import pytest

import pullback
from pullback.signature import key_of, signature_of

sparse = pytest.importorskip("scipy.sparse")
interpolate = pytest.importorskip("scipy.interpolate")

ENTRIES = np.array([[1.5, 0.0, -2.0], [0.0, 3.0, 0.5]])
MATRIX = sparse.csr_matrix(ENTRIES)
ARRAY = sparse.csr_array(ENTRIES[:, :2])
X = np.array([1.0, 2.0, -0.5])


def holder(matrix):
    def f(x):
        return np.sum((matrix @ x) ** 2)

    def replace(new):
        nonlocal matrix
        matrix = new

    return f, replace


def expected(matrix, x):
    dense = matrix.toarray()
    return 2.0 * dense.T @ (dense @ x)


@pytest.mark.filterwarnings("ignore::scipy.sparse.SparseEfficiencyWarning")
def test_entries_that_change_in_place_are_seen_without_another_compile():
    matrix = MATRIX.copy()
    f, _ = holder(matrix)
    differentiable = pullback.differentiate(f)
    np.testing.assert_allclose(differentiable.grad(X), expected(matrix, X))
    matrix.data *= -3.0
    matrix[0, 1] = 7.0  # another structure
    np.testing.assert_allclose(differentiable.grad(X), expected(matrix, X))


def test_another_spline_under_the_name_is_seen():
    curves = [CURVE, interpolate.PchipInterpolator(np.arange(3.0), np.array([0.0, 2.0, 1.0]))]
    curve = CURVE

    def f(x):
        return np.sum(curve(x))

    differentiable = pullback.differentiate(f)
    for curve in (*curves, curves[0]):
        np.testing.assert_allclose(differentiable.grad(X), curve(X, 1))


@pytest.mark.parametrize(
    "other",
    [
        2.0 * MATRIX,
        sparse.csc_array(ENTRIES),
        sparse.csr_matrix(np.vstack([ENTRIES, ENTRIES])),
        sparse.csr_matrix(ENTRIES[:1]),
        MATRIX.astype(np.float32),
    ],
)
def test_another_matrix_under_the_name_is_seen(other):
    f, replace = holder(MATRIX)
    differentiable = pullback.differentiate(f)
    np.testing.assert_allclose(differentiable.grad(X), expected(MATRIX, X))
    replace(other)
    np.testing.assert_allclose(differentiable.grad(X), expected(other, X), rtol=1e-6)
    replace(ENTRIES)
    np.testing.assert_allclose(differentiable.grad(X), expected(MATRIX, X))


def test_a_matrix_as_an_argument_is_no_part_of_the_signature_but_its_kind_is():
    def f(x, matrix):
        return np.sum((matrix * x) ** 2)

    differentiable = pullback.differentiate(f)
    for matrix in (MATRIX, 2.0 * MATRIX, MATRIX.tocsc(), MATRIX.tobsr()):
        np.testing.assert_allclose(differentiable.grad(X, matrix), expected(matrix, X))
    with pytest.raises(pullback.DifferentiationError, match="gives a sparse matrix"):
        differentiable.grad(X, sparse.csr_array(ENTRIES))


def test_verification_leaves_an_object_as_it_is():
    def f(x, curve, matrix):
        return np.sum(curve(x) ** 2) + np.sum(np.tanh(matrix @ x))

    held = CURVE.c.copy(), MATRIX.data.copy()
    report = pullback.differentiate(f, wrt=(0,)).verify(X, CURVE, MATRIX)
    assert "verified" in str(report)
    np.testing.assert_array_equal(CURVE.c, held[0])
    np.testing.assert_array_equal(MATRIX.data, held[1])


def test_the_key_of_an_object_is_its_kind_and_not_what_it_holds():
    assert key_of(MATRIX) == (sparse.csr_matrix, (np.dtype(float), (2, 3)), ())
    assert signature_of(key_of(MATRIX)) == signature_of(key_of(sparse.csr_matrix((5, 7))))
    assert signature_of(key_of(MATRIX)) != signature_of(key_of(sparse.csr_matrix((1, 3))))


def caught(x):
    try:
        return np.sum(MATRIX[0] @ x)
    except TypeError:
        return 2.0 * np.sum(x)


def assigned(x):
    MATRIX[0, 0] = 1.0
    return np.sum(MATRIX @ x)


def updated(x):
    MATRIX.data[:] = 1.0
    return np.sum(MATRIX @ x)


def iterated(x):
    return sum(np.sum(row @ x) for row in MATRIX)


def branching(x):
    return np.sum(x) if MATRIX else 2.0 * np.sum(x)


CURVE = interpolate.CubicSpline(np.arange(4.0), np.array([0.0, 1.0, 0.0, 2.0]))
PERIODIC = interpolate.interp1d(np.arange(4.0), np.array([0.0, 1.0, 0.0, 2.0]), kind="cubic")
OTHER = MATRIX.copy()
REFUSED = [
    (lambda x: np.sum(MATRIX) * np.sum(x), "where a number or an array is expected"),
    (lambda x: np.sum(np.asarray(MATRIX) @ x), "where a number or an array is expected"),
    (lambda x: np.sum(np.dot(MATRIX, x)), "where a number or an array is expected"),
    (lambda x: np.sum(ARRAY * x[:2]), "gives a sparse matrix"),
    (lambda x: np.sum((MATRIX * x[0]) @ x), "gives a sparse matrix"),
    (lambda x: np.sum(MATRIX @ MATRIX.T @ x[:2]), "product of two sparse matrices"),
    (lambda x: np.sum(MATRIX @ np.zeros((3, 1, 1)) * x), "vector or a matrix"),
    (lambda x: np.sum(x + MATRIX), "`+` is applied to a csr_matrix"),
    (lambda x: np.sum(-MATRIX @ x), "`-` is applied to a csr_matrix"),
    (lambda x: MATRIX.nnz * np.sum(x), "`nnz` is read"),
    (lambda x: f"{MATRIX}" and np.sum(x), "printed"),
    (lambda x: np.sum(x) if MATRIX is OTHER else 2.0 * np.sum(x), "is compared"),
    (lambda x: np.sum(x) if MATRIX == OTHER else 2.0 * np.sum(x), "is compared"),
    (lambda x: np.sum(x) if MATRIX in (OTHER,) else 2.0 * np.sum(x), "are compared"),
    (lambda x: np.sum(CURVE(x, extrapolate=False)), "`extrapolate=`"),
    (lambda x: np.sum(CURVE.roots()) * np.sum(x), "`roots` is read of a CubicSpline"),
    (lambda x: np.sum(CURVE.c) * np.sum(x), "`c` is read of a CubicSpline"),
    (lambda x: np.sum(PERIODIC(x)), "has no derivative rule"),
    (lambda x: interpolate.PchipInterpolator(np.arange(4.0), np.append(x, 1.0))(0.5), "in which it is not linear"),
    (lambda x: interpolate.CubicSpline(np.append(x, 3.0), np.arange(4.0))(0.5), "by its coordinates"),
    (lambda x: interpolate.CubicSpline(np.arange(3.0), x).integrate(0.0, 1.0), "have no attributes"),
    (lambda x: interpolate.CubicSpline(np.arange(3.0), x), "is returned"),
    (lambda x: interpolate.CubicSpline(np.arange(3.0), x, bc_type="periodic")(0.5), "`bc_type='periodic'`"),
    (lambda x: x[0] * isinstance(interpolate.interp1d(np.arange(3.0), x), interpolate.interp1d), "the class of what"),
    (lambda x: interpolate.interp1d(np.arange(3.0), x, kind="cubic")(0.5), "`kind=`"),
    (caught, "a subscript of a csr_matrix"),
    (assigned, "an element is assigned of a csr_matrix"),
    (updated, "`data` is read of a csr_matrix"),
    (iterated, "iterates over a csr_matrix"),
    (branching, "truth value of a csr_matrix"),
]


@pytest.mark.parametrize(("function", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_what_is_not_understood_is_refused_by_name(function, words):
    with pytest.raises(pullback.DifferentiationError) as refusal:
        pullback.grad(function)(X)
    assert words in str(refusal.value)
