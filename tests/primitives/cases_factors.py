"""Operands for factors, spectra, functions of matrices and matrix equations of `scipy.linalg`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from primitives.case import Case, array
from primitives.cases_matrices import definite, regular

Maker = Callable[[], list[Case]]
SQUARES = ((3, 3), (1, 1))


def _rectangle(*shape: int) -> Any:
    return array(*shape) + 4 * np.eye(*shape)


def small(*shape: int) -> Any:
    return array(*shape, low=-0.5, high=0.5)


def indefinite(*shape: int) -> Any:
    """Eigenvalues of either sign, well away from zero."""
    return 0.3 * array(*shape) + np.diag([2.0, -3.0, 1.5, -1.0][: shape[0]])


def _functions(name: str, make: Any = small) -> list[Case]:
    return [Case(name, (make(*s),)) for s in SQUARES]


WHOLE_WEIGHTS = np.array([[3, 1], [1, 2]])  # SciPy asks for symmetric ones: no element of them moves by itself


def plant() -> tuple[Any, Any]:
    return 0.4 * array(2, 2), array(2, 2, low=0.5) + np.eye(2)


FACTOR_CASES: Mapping[str, Maker] = {
    "scipy_qr": lambda: [
        Case("scipy_qr", (_rectangle(*s),), {"mode": mode, "pivoting": pivoting})
        for s, modes in (((3, 3), ("full", "economic")), ((4, 2), ("economic",)), ((2, 3), ("full", "economic")))
        for mode in modes
        for pivoting in (False, True)
    ],
    "rq": lambda: [
        Case("rq", (_rectangle(*s),), {"mode": mode})
        for s, modes in (((3, 3), ("full", "economic")), ((4, 2), ("full", "economic")), ((2, 3), ("economic",)))
        for mode in modes
    ],
    "polar": lambda: [
        Case("polar", (_rectangle(*s),), {"side": side})
        for s in ((3, 3), (1, 1), (4, 2), (2, 3))
        for side in ("right", "left")
    ],
    "orthogonal_procrustes": lambda: [
        Case("orthogonal_procrustes", (_rectangle(4, 2), array(4, 2, low=-1.3))),
        Case("orthogonal_procrustes", (regular(3, 3), array(3, 3, low=-1.3))),
    ],
    "pinvh": lambda: [Case("pinvh", (definite(*s),), {"lower": low}) for s in SQUARES for low in (False, True)],
    "scipy_eigvals": lambda: [
        Case("scipy_eigvals", (regular(3, 3),)),
        Case("scipy_eigvals", (np.array([[1.0, -2.0, 0.3], [1.5, 0.7, 0.2], [0.1, 0.4, 4.0]]),)),
        Case("scipy_eigvals", (regular(2, 2) + 1j * array(2, 2, low=-1.3),)),
    ],
    "scipy_eig": lambda: [Case("scipy_eig", (regular(*s) + 1j * array(*s, low=-1.3),)) for s in SQUARES],
    "eigh_pair": lambda: [
        Case("eigh_pair", (definite(*s), array(*s, low=-0.3, high=0.3) + 2.0 * np.eye(*s)), {"lower": low})
        for s in ((2, 2), (1, 1))
        for low in (False, True)
    ],
    "eigvalsh_pair": lambda: [
        Case("eigvalsh_pair", (definite(*s), array(*s, low=-0.3, high=0.3) + 2.0 * np.eye(*s)), {"lower": low})
        for s in ((2, 2), (1, 1))
        for low in (False, True)
    ],
    "subspace_angles": lambda: [
        Case("subspace_angles", (array(*s), array(*t, low=-1.3)))
        for s, t in (((4, 2), (4, 2)), ((3, 1), (3, 1)), ((4, 2), (4, 1)))
    ],
    "eigh_tridiagonal": lambda: [
        Case("eigh_tridiagonal", (array(n), array(n - 1, low=0.3)), {"lapack_driver": "auto"}) for n in (3, 2, 4)
    ],
    "eigvalsh_tridiagonal": lambda: [
        Case("eigvalsh_tridiagonal", (array(n), array(n - 1, low=0.3)), {"lapack_driver": driver})
        for n in (3, 2, 4)
        for driver in ("auto", "sterf")
    ],
    **{
        name: lambda name=name: _functions(name)  # type: ignore[misc]
        for name in ("cosm", "sinm", "tanm", "coshm", "sinhm", "tanhm")
    },
    "fractional_matrix_power": lambda: [
        Case("fractional_matrix_power", (definite(*s), t)) for s, t in (((2, 2), 0.7), ((1, 1), -0.4))
    ],
    "signm": lambda: _functions("signm", indefinite),
    "solve_continuous_are": lambda: [Case("solve_continuous_are", (*plant(), WHOLE_WEIGHTS, WHOLE_WEIGHTS))],
    "solve_discrete_are": lambda: [Case("solve_discrete_are", (*plant(), WHOLE_WEIGHTS, WHOLE_WEIGHTS))],
}
OF_COLUMNS: Mapping[str, Maker] = {
    "without_complement": lambda: [
        Case("without_complement", (array(3, 2), 2)),
        Case("without_complement", (array(2, 2), 2)),
    ],
}
OF_SPECTRA: Mapping[str, Maker] = {
    "over_sums": lambda: [Case("over_sums", (array(*s), definite(*s))) for s in SQUARES],
}
LOOKS: Mapping[str, Maker] = {
    **{
        name: lambda name=name: [Case(name, (m,), {"atol": None, "rtol": None}) for m in (definite(3, 3), array(2, 2))]  # type: ignore[misc]
        for name in ("issymmetric", "ishermitian")
    },
    "bandwidth": lambda: [Case("bandwidth", (np.tril(array(3, 3)),))],
}
