"""Families that load when a function of their library is called: who does not use the library does not import it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

# a module, and the tables that hold what its functions mean
TABLES = {
    "numpy.fft": ("pullback.primitives.families.fourier",),
    "numpy.polynomial": ("pullback.primitives.families.power_series",),
    "scipy.spatial.distance": (
        "pullback.primitives.scipy.distances",
        "pullback.primitives.scipy.metrics",
        "pullback.primitives.scipy.agreements",
    ),
    "scipy.special": (
        "pullback.primitives.scipy.special",
        "pullback.primitives.scipy.special_sums",
        "pullback.primitives.scipy.special_polynomials",
        "pullback.primitives.scipy.special_families",
        "pullback.primitives.scipy.special_derivatives",
    ),
    "scipy.linalg": (
        "pullback.primitives.scipy.linalg",
        "pullback.primitives.scipy.twins",
        "pullback.primitives.scipy.matrix_functions",
        "pullback.primitives.scipy.structured",
        "pullback.primitives.scipy.least_squares",
        "pullback.primitives.scipy.banded",
        "pullback.primitives.scipy.toeplitz",
        "pullback.primitives.scipy.trigonometric",
        "pullback.primitives.scipy.factors",
        "pullback.primitives.scipy.spectra",
        "pullback.primitives.scipy.riccati",
        "pullback.primitives.scipy.builders",
    ),
    "scipy.fft": ("pullback.primitives.scipy.fft",),
    "scipy.integrate": (
        "pullback.primitives.scipy.integrate",
        "pullback.primitives.scipy.quadrature",
        "pullback.primitives.scipy.parabolas",
        "pullback.primitives.scipy.solutions",
    ),
    "scipy.optimize": ("pullback.primitives.scipy.roots",),
    "scipy.signal": (
        "pullback.primitives.scipy.signal",
        "pullback.primitives.scipy.signals",
        "pullback.primitives.scipy.ranks",
        "pullback.primitives.scipy.back_and_forth",
        "pullback.primitives.scipy.designs",
    ),
    "scipy.signal.windows": ("pullback.primitives.scipy.designs",),
    "scipy.ndimage": (
        "pullback.primitives.scipy.signal",
        "pullback.primitives.scipy.ndimage",
        "pullback.primitives.scipy.ranks",
        "pullback.primitives.scipy.edges",
        "pullback.primitives.scipy.masks",
        "pullback.primitives.scipy.samples",
        "pullback.primitives.scipy.resampling",
        "pullback.primitives.scipy.designs",
    ),
    "scipy.interpolate": (
        "pullback.primitives.scipy.interpolate",
        "pullback.primitives.scipy.curves",
        "pullback.primitives.scipy.grids",
        "pullback.primitives.scipy.fitpack",
    ),
    "scipy.sparse": ("pullback.primitives.scipy.sparse",),
    "scipy.sparse.linalg": ("pullback.primitives.scipy.sparse",),
    "scipy.stats": (
        "pullback.primitives.scipy.stats",
        "pullback.primitives.scipy.more_stats",
        "pullback.primitives.scipy.counts",
        "pullback.primitives.scipy.multivariate",
        "pullback.primitives.scipy.frozen",
    ),
}
_waiting: dict[str, list[Callable[[], Any]]] = {
    module: [lambda table=table: importlib.import_module(table) for table in tables]  # type: ignore[misc]
    for module, tables in TABLES.items()
}


def when_imported(module: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Decorator: the function is called once, before the first call of a function of the module is looked at."""

    def decorate(load: Callable[[], None]) -> Callable[[], None]:
        _waiting.setdefault(module, []).append(load)
        return load

    return decorate


def load_families_of(function: Any) -> None:
    """Load the tables of the library that a function belongs to, as far as its modules have been imported.

    >>> load_families_of(len)
    """
    tops = {name.partition(".")[0] for name in _waiting if name in sys.modules}
    if any(_belongs(function, top) for top in tops):
        load_imported()


def load_imported() -> None:
    """Load the tables of all modules that have been imported."""
    for name in [name for name in _waiting if name in sys.modules]:
        for load in _waiting.pop(name):
            load()


def is_loaded(module: str) -> bool:
    """Whether the tables of a module of a library have been loaded."""
    return module not in _waiting


def home_of(function: Any) -> str:
    """The public module of a library that has a function by its name; empty where none of those in `TABLES` has.

    A ufunc does not know its module.
    """
    name = getattr(function, "__name__", "")
    return next((m for m in TABLES if getattr(sys.modules.get(m), name, None) is function), "")


def numpy_name(function: Any) -> str:
    """What a public function of NumPy is called after `np.`; empty for any other.

    >>> import numpy as np
    >>> numpy_name(np.linalg.inv)
    'linalg.inv'
    """
    name = getattr(function, "__name__", "")
    series = ("polynomial", "chebyshev", "legendre", "hermite", "hermite_e", "laguerre")
    for room in ("numpy", "numpy.linalg", "numpy.fft", *(f"numpy.polynomial.{name}" for name in series)):
        if name and getattr(sys.modules.get(room), name, None) is function:
            return f"{room}.{name}".removeprefix("numpy.")
    return ""


def _belongs(function: Any, top: str) -> bool:
    modules = [getattr(function, "__module__", None), type(getattr(function, "__self__", None)).__module__]
    return any((module or "").partition(".")[0] == top for module in modules) or home_of(function).startswith(top)
