"""`np.emath`: functions that go over to complex numbers where real ones leave their domain.

Of real numbers their dtype follows the values, so that only complex numbers are taken: there they are NumPy's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.conversions import as_array, strong
from pullback.primitives.inference import dtype_of, is_complex
from pullback.primitives.registry import MEANINGS, NotCovered, means


def _certain(x: Any, near: Any, name: str) -> Any:
    x = as_array(meanings.arrayed(x, near))
    if not is_complex(type_of_operand(x)):
        raise NotCovered(
            f"np.emath.{name} of what is not known to be complex, where the result is real or complex by its values,",
            f"pass `x + 0j`, or use np.{name if hasattr(np, name) else 'log'}",
        )
    return x


def _as_numpy(name: str) -> Callable[..., Any]:
    def meaning(x: Any) -> Any:
        return MEANINGS[getattr(np, name)](_certain(x, x, name))

    return meaning


for _name in ("sqrt", "log", "log2", "log10", "arccos", "arcsin", "arctanh"):
    means(getattr(np.emath, _name))(_as_numpy(_name))


@means(np.emath.power)
def power(x: Any, p: Any) -> Any:
    return MEANINGS[np.power](_certain(x, (x, p), "power"), strong(p, (x, p)))


@means(np.emath.logn)
def logn(n: Any, x: Any) -> Any:
    if not isinstance(n, int | float) or n <= 0:
        raise NotCovered("np.emath.logn by a base that is no positive constant", "divide two logarithms")
    return MEANINGS[np.log](_certain(x, x, "logn")) / np.log(n)


@means(np.sort_complex)
def sort_complex(a: Any) -> Any:
    """Sorted, and complex."""
    found = MEANINGS[np.sort](as_array(meanings.arrayed(a, a)))
    dtype = dtype_of(type_of_operand(found))
    if dtype is None:
        raise NotCovered("np.sort_complex of an array of unknown dtype", "annotate the parameters")
    if dtype.kind == "c":
        return found
    return as_array(found, np.dtype(np.complex64 if dtype.char in "bhBH" else np.complex128))
