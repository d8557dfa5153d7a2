"""Words for what belongs to the world around a function, and not into what is differentiated."""

from __future__ import annotations

from typing import Any

FILES = "what it reads or writes lies outside the function, and is not part of what is computed"
READ_BEFORE = "read it outside the function, and pass what it holds as an argument"
WORKERS = "what runs beside the function is not followed"
IN_TURN = "call the function that does the work, one call after the other"
WORDS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(["threading", "multiprocessing", "concurrent", "queue", "_thread", "_queue"], (WORKERS, IN_TURN)),
    "asyncio": (WORKERS, "make it a plain function, and call it"),
    **dict.fromkeys(
        ["subprocess", "shutil", "pathlib", "tempfile", "csv", "pickle", "_pickle", "json"], (FILES, READ_BEFORE)
    ),
    **dict.fromkeys(["os", "posix", "nt", "posixpath", "ntpath", "sys", "io", "_io"], (FILES, READ_BEFORE)),
    **dict.fromkeys(["datetime", "uuid", "secrets"], ("what it gives differs from run to run", READ_BEFORE)),
    **dict.fromkeys(
        ["weakref", "_weakref", "gc"],
        ("whether an object is still there is not part of what is computed", "hold the object itself"),
    ),
    **dict.fromkeys(
        ["inspect", "importlib", "ctypes", "_ctypes"],
        ("what it reads or runs cannot be seen when compiling", "name what is meant"),
    ),
}
SOLVED = (
    "it finds what it gives by iterations of its own, which are not followed",
    "find where a function is 0, as the gradient of what is minimised, by `scipy.optimize.root` or `brentq`, which "
    "have a derivative; or give the solver a rule by `pullback.primitive`: where F(x, p) = 0, the implicit function "
    "theorem says dx = -(dF/dx)⁻¹ (dF/dp) dp",
)
SOLVERS = ("ode", "complex_ode", "solve_bvp", "RK23", "RK45", "DOP853", "Radau", "BDF", "LSODA")
QUADRATURE = (
    "it chooses the points of the function that it asks for",
    "write it by `scipy.integrate.quad`, one inside the other for several variables; or choose the points: "
    "`x, w = scipy.special.roots_legendre(n)`, then `np.sum(w * f(x))`",
)
QUADRATURES = ("nquad", "cubature", "qmc_quad", "tanhsinh")
NUMPY_FILES = ("load", "save", "savez", "savez_compressed", "loadtxt", "savetxt", "genfromtxt", "fromfile", "memmap")


def words_for(value: Any, name: str) -> tuple[str, str] | None:
    """Why a function or class of a library is not called, and what to do instead; None where nothing special is known.

    >>> words_for(open, "open")[1]
    'read it outside the function, and pass what it holds as an argument'
    """
    owner = getattr(value, "__self__", None)
    cls = owner if isinstance(owner, type) else type(owner)
    module = getattr(value, "__module__", None) or cls.__module__
    top = str(module).partition(".")[0]
    if top == "numpy" and name.rpartition(".")[2] in NUMPY_FILES:
        return FILES, READ_BEFORE
    last = name.rpartition(".")[2]
    if str(module).startswith("scipy.optimize") or (top == "scipy" and last in SOLVERS):
        return SOLVED
    if str(module).startswith("scipy.integrate") and last in QUADRATURES:
        return QUADRATURE
    return WORDS.get("os" if name.startswith("os.") else top)
