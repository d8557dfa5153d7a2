"""`scipy.ndimage`: what it makes of masks. It asks of an element only whether it is zero: the derivative is zero."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of
from pullback.primitives.inference import Infer, real
from pullback.primitives.kinds import discrete

OPTIONS = "*, border_value=0, origin=0, brute_force=False"


def _as_large(dtype: Any) -> Infer:
    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        return (Array(np.dtype(dtype), dims_of(operands[0].type)),)

    return infer


def _of_a_mask(name: str, accepts: str, dtype: Any = bool) -> Primitive:
    function, spelling = getattr(ndimage, name), f"scipy.ndimage.{name}"
    infer = real(_as_large(dtype), spelling)
    return discrete(function, infer, function, name=f"ndimage_{name}", accepts=accepts, spelling=spelling)


binary_erosion = _of_a_mask("binary_erosion", f"input, structure=None, iterations=1, {OPTIONS}")
binary_dilation = _of_a_mask("binary_dilation", f"input, structure=None, iterations=1, {OPTIONS}")
binary_opening = _of_a_mask("binary_opening", f"input, structure=None, iterations=1, {OPTIONS}")
binary_closing = _of_a_mask("binary_closing", f"input, structure=None, iterations=1, {OPTIONS}")
binary_fill_holes = _of_a_mask("binary_fill_holes", "input, structure=None, *, origin=0")
distance_transform_edt = _of_a_mask("distance_transform_edt", "input, sampling=None", float)
