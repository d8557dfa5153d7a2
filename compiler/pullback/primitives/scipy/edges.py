"""`scipy.ndimage`: slopes and Laplacians, which SciPy composes of correlations and Gaussian filters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from scipy import ndimage

from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.elementwise import sqrt
from pullback.primitives.inference import is_real
from pullback.primitives.kinds import total
from pullback.primitives.registry import MEANINGS, NotCovered, means
from pullback.primitives.scipy.ndimage import checked_rank, each, spelled


def _slope_along(function: Callable[..., Any], across: Sequence[int]) -> None:
    """Central differences along an axis, averaged by weights along the others."""

    @means(function)
    def meaning(input: Any, axis: Any = -1, output: Any = None, mode: Any = "reflect", cval: Any = 0.0) -> Any:
        count = checked_rank(function, input, output, cval)
        axis = meanings.static(axis, "axis") % count
        modes = each(meanings.static(mode, "mode"), count)
        correlate1d = MEANINGS[ndimage.correlate1d]
        slope = correlate1d(input, [-1, 0, 1], axis, mode=modes[axis])
        for k in range(count):
            if k != axis:
                slope = correlate1d(slope, across, k, mode=modes[k])
        return slope


_slope_along(ndimage.sobel, [1, 2, 1])
_slope_along(ndimage.prewitt, [1, 1, 1])


def _over_axes(function: Callable[..., Any], count: int, mode: Any, axes: Any) -> list[tuple[int, str]]:
    """The axes that are filtered, each with what is beyond its ends."""
    axes = meanings.static(axes, "axes")
    chosen = range(count) if axes is None else each(axes, 1)
    if not chosen:
        raise NotCovered(f"{spelled(function)} along no axis", "use a copy of the array")
    modes = each(meanings.static(mode, "mode"), len(chosen))
    return [(axis % count, ends) for axis, ends in zip(chosen, modes, strict=True)]


@means(ndimage.laplace)
def laplace(input: Any, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, *, axes: Any = None) -> Any:
    """Second differences, summed over the axes."""
    count = checked_rank(ndimage.laplace, input, output, cval)
    along = _over_axes(ndimage.laplace, count, mode, axes)
    return total([MEANINGS[ndimage.correlate1d](input, [1, -2, 1], axis, mode=ends) for axis, ends in along])


def _at(axis: int, order: int, count: int) -> list[int]:
    """The order of the derivative along each axis."""
    return [order if k == axis else 0 for k in range(count)]


def _gaussian(input: Any, sigma: Any, orders: list[int], ends: str, options: dict[str, Any]) -> Any:
    return MEANINGS[ndimage.gaussian_filter](input, sigma, orders, mode=ends, **options)


@means(ndimage.gaussian_laplace)
def gaussian_laplace(
    input: Any,
    sigma: Any,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    *,
    axes: Any = None,
    **options: Any,
) -> Any:
    """Second derivatives of Gaussian filters, summed over the axes; it is smoothed along these axes only."""
    count = checked_rank(ndimage.gaussian_laplace, input, output, cval)
    along = _over_axes(ndimage.gaussian_laplace, count, mode, axes)
    widths = each(meanings.static(sigma, "sigma"), len(along))
    if len(along) < count:  # else they are those of the axes in order, whatever the order of `axes` is
        given = dict(zip((axis for axis, _ in along), widths, strict=True))
        widths = [given.get(axis, 0.0) for axis in range(count)]
    return total([_gaussian(input, widths, _at(axis, 2, count), ends, options) for axis, ends in along])


@means(ndimage.gaussian_gradient_magnitude)
def gaussian_gradient_magnitude(
    input: Any,
    sigma: Any,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    *,
    axes: Any = None,
    **options: Any,
) -> Any:
    """The length of the gradient by Gaussian filters."""
    count = checked_rank(ndimage.gaussian_gradient_magnitude, input, output, cval)
    along = _over_axes(ndimage.gaussian_gradient_magnitude, count, mode, axes)
    if not is_real(type_of_operand(input)):
        raise NotCovered("scipy.ndimage.gaussian_gradient_magnitude of what are not known to be floats", "convert it")
    slopes = [_gaussian(input, sigma, _at(axis, 1, count), ends, options) for axis, ends in along]
    return sqrt(total([slope * slope for slope in slopes]))
