"""`scipy.ndimage`, `scipy.signal`: filters that select an element of each window, and what is composed of them.

The derivative is that of the element that was chosen: the places are found once more from the array and the result
(`chosen_places` of the runtime), and g is added there. Of equal elements the first one of the window counts; where a
box is filtered axis by axis, as SciPy does for extrema, the first one along each axis. `cval` beyond the ends has no
derivative. What a dilation adds to an element, and an erosion subtracts, has the cotangent of that element.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import ndimage, signal

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of
from pullback.primitives import meanings
from pullback.primitives.families.shapes import shape_operand_of
from pullback.primitives.inference import as_first, dtype_of, real
from pullback.primitives.kinds import Shaped, discrete, general, linear, total
from pullback.primitives.registry import NotCovered, checked, means
from pullback.primitives.scipy.ndimage import array, as_shape, known_mode, spelled, without_output

# Elements by flat place.


def _at(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(dtype_of(operands[0].type), dims_of(operands[1].type)),)


at_places: Primitive = linear(
    pullback_runtime.at_places,
    lambda g, x, places: Shaped(add_at_places(g, places, shape_operand_of(x))),
    _at,
    spelling="at_places",
    broadcasts=True,
)
add_at_places: Primitive = linear(
    pullback_runtime.add_at_places,
    lambda h, g, places, shape: Shaped(at_places(h, places)),
    as_shape(2),
    spelling="add_at_places",
    broadcasts=True,
)


def _chosen_places(x: Any, out: Any, *given: Any, keywords: Sequence[str], **attrs: Any) -> Any:
    return pullback_runtime.chosen_places(x, out, **dict(zip(keywords, given, strict=True)), **attrs)


chosen_places: Primitive = discrete(_chosen_places, as_first(np.intp), name="chosen_places", spelling="chosen_places")


# Filters.

Options = Callable[[Attrs], dict[str, Any]]


def _alike(attrs: Attrs) -> dict[str, Any]:
    return {name: attrs[name] for name in ("size", "axes", "mode", "cval", "origin") if name in attrs}


def _along_one(attrs: Attrs) -> dict[str, Any]:
    return {**{name: attrs[name] for name in attrs if name != "axis"}, "axes": (attrs["axis"],)}


def _among_zeros(attrs: Attrs) -> dict[str, Any]:
    return {"size": attrs.get("kernel_size"), "mode": "constant"}


def _selecting(function: Callable[..., Any], chooses: str, options: Options = _alike) -> Primitive:
    """A filter; `options` are those of `chosen_places`, from the attributes of the call."""

    def compute(x: Any, *given: Any, keywords: Sequence[str] = (), **attrs: Any) -> Any:
        return function(x, **dict(zip(keywords, given, strict=True)), **attrs)

    def places(out: Any, x: Any, given: Sequence[Any], keywords: Sequence[str], attrs: Attrs, **more: Any) -> Any:
        windows = tuple("footprint" if keyword == "domain" else keyword for keyword in keywords)
        return chosen_places(x, out, *given, chooses=chooses, keywords=windows, **options(attrs), **more)

    def vjp(g: Any, out: Any, x: Any, *given: Any, keywords: Sequence[str] = (), **attrs: Any) -> Any:
        bars = [add_at_places(g, places(out, x, given, keywords, attrs), shape_operand_of(x))]
        for keyword, operand in zip(keywords, given, strict=True):
            if keyword == "structure":
                there = places(out, x, given, keywords, attrs, within=keyword)
                bar = add_at_places(g, there, shape_operand_of(operand))
                bars.append(bar if chooses == "dilation" else -bar)
            else:
                bars.append(None)
        return tuple(bar if bar is None else Shaped(bar) for bar in bars)

    def jvp(tangents: Any, out: Any, x: Any, *given: Any, keywords: Sequence[str] = (), **attrs: Any) -> Any:
        moved = None
        if tangents[0] is not None:
            moved = at_places(tangents[0], places(out, x, given, keywords, attrs))
        added = None
        if "structure" in keywords and (tangent := tangents[1 + keywords.index("structure")]) is not None:
            added = at_places(tangent, places(out, x, given, keywords, attrs, within="structure"))
            added = added if chooses == "dilation" else -added
        return total([moved, added])

    room = "signal" if "signal" in function.__module__ else "ndimage"
    return general(
        compute,
        vjp,
        jvp,
        real(as_first(), f"scipy.{room}.{function.__name__}"),
        name=f"{room}_{function.__name__}",
        spelling=f"scipy.{room}.{function.__name__}",
        broadcasts=True,
    )


def _array(function: Callable[..., Any], x: Any, near: Any, output: Any = None) -> Any:
    without_output(function, output)
    return array(function, x, near)


def _modes(function: Callable[..., Any], mode: Any) -> Any:
    mode = meanings.frozen(meanings.static(mode, "mode"))
    for one in mode if isinstance(mode, tuple) else (mode,):
        known_mode(function, one)
    return mode


def _filtered(
    prim: Primitive,
    function: Callable[..., Any],
    x: Any,
    size: Any,
    windows: dict[str, Any],
    output: Any,
    mode: Any,
    cval: Any,
    origin: Any,
    axes: Any,
    **more: Any,
) -> Any:
    windows = {name: value for name, value in windows.items() if value is not None}
    near = (x, *windows.values())
    x = _array(function, x, near, output)
    if size is not None and windows:
        raise NotCovered(f"`size=` of {spelled(function)} beside `{next(iter(windows))}=`", "give one of them")
    attrs = {
        "size": meanings.frozen(meanings.static(size, "size")),
        "mode": _modes(function, mode),
        "cval": meanings.static(cval, "cval"),
        "origin": meanings.frozen(meanings.static(origin, "origin")),
    }
    if axes is not None:
        axes = meanings.frozen(meanings.static(axes, "axes"))
        attrs["axes"] = axes if isinstance(axes, tuple) else (axes,)
    if not windows and size is None:
        raise NotCovered(f"{spelled(function)} without a size", "give one")
    given = [meanings.arrayed(value, near) for value in windows.values()]
    return prim(x, *given, keywords=tuple(windows), **more, **attrs)


def _of_windows(function: Callable[..., Any], chooses: str) -> Primitive:
    prim = _selecting(function, chooses)

    @means(function)
    def meaning(
        input: Any,
        size: Any = None,
        footprint: Any = None,
        output: Any = None,
        mode: Any = "reflect",
        cval: Any = 0.0,
        origin: Any = 0,
        *,
        axes: Any = None,
    ) -> Any:
        return _filtered(prim, function, input, size, {"footprint": footprint}, output, mode, cval, origin, axes)

    return prim


def _of_ranks(function: Callable[..., Any], parameter: str) -> Primitive:
    prim = _selecting(function, "rank")

    @checked
    def meaning(
        input: Any,
        place: Any,
        size: Any = None,
        footprint: Any = None,
        output: Any = None,
        mode: Any = "reflect",
        cval: Any = 0.0,
        origin: Any = 0,
        *,
        axes: Any = None,
    ) -> Any:
        more = {parameter: meanings.static(place, parameter)}
        windows = {"footprint": footprint}
        return _filtered(prim, function, input, size, windows, output, mode, cval, origin, axes, **more)

    if parameter == "rank":

        @means(function)
        def by_rank(input: Any, rank: Any, *args: Any, **kwargs: Any) -> Any:
            return meaning(input, rank, *args, **kwargs)

    else:

        @means(function)
        def by_percentile(input: Any, percentile: Any, *args: Any, **kwargs: Any) -> Any:
            return meaning(input, percentile, *args, **kwargs)

    return prim


def _of_structures(function: Callable[..., Any], chooses: str) -> Primitive:
    prim = _selecting(function, chooses)

    @means(function)
    def meaning(
        input: Any,
        size: Any = None,
        footprint: Any = None,
        structure: Any = None,
        output: Any = None,
        mode: Any = "reflect",
        cval: Any = 0.0,
        origin: Any = 0,
        *,
        axes: Any = None,
    ) -> Any:
        windows = {"footprint": footprint, "structure": structure}
        return _filtered(prim, function, input, size, windows, output, mode, cval, origin, axes)

    return prim


def _of_axes(function: Callable[..., Any], chooses: str) -> Primitive:
    prim = _selecting(function, chooses, _along_one)

    @means(function)
    def meaning(
        input: Any,
        size: Any,
        axis: Any = -1,
        output: Any = None,
        mode: Any = "reflect",
        cval: Any = 0.0,
        origin: Any = 0,
    ) -> Any:
        given = {"size": size, "axis": axis, "cval": cval, "origin": origin}
        attrs = {name: meanings.static(value, name) for name, value in given.items()}
        return prim(_array(function, input, input, output), mode=_modes(function, mode), **attrs)

    return prim


maximum_filter = _of_windows(ndimage.maximum_filter, "maximum")
minimum_filter = _of_windows(ndimage.minimum_filter, "minimum")
median_filter = _of_windows(ndimage.median_filter, "rank")
rank_filter = _of_ranks(ndimage.rank_filter, "rank")
percentile_filter = _of_ranks(ndimage.percentile_filter, "percentile")
grey_dilation = _of_structures(ndimage.grey_dilation, "dilation")
grey_erosion = _of_structures(ndimage.grey_erosion, "erosion")
maximum_filter1d = _of_axes(ndimage.maximum_filter1d, "maximum")
minimum_filter1d = _of_axes(ndimage.minimum_filter1d, "minimum")


# Compositions of dilations and erosions, as SciPy computes them.


def _composed(function: Callable[..., Any], compute: Callable[..., Any]) -> None:
    """`compute` gets the array, what dilates and what erodes an array."""
    dilate, erode = ndimage.grey_dilation, ndimage.grey_erosion

    @means(function)
    def meaning(
        input: Any,
        size: Any = None,
        footprint: Any = None,
        structure: Any = None,
        output: Any = None,
        mode: Any = "reflect",
        cval: Any = 0.0,
        origin: Any = 0,
        *,
        axes: Any = None,
    ) -> Any:
        windows = {"footprint": footprint, "structure": structure}
        x = _array(function, input, (input, footprint, structure), output)
        options = (size, windows, None, mode, cval, origin, axes)
        return compute(
            x,
            lambda value: _filtered(grey_dilation, dilate, value, *options),
            lambda value: _filtered(grey_erosion, erode, value, *options),
        )


_composed(ndimage.grey_opening, lambda x, dilate, erode: dilate(erode(x)))
_composed(ndimage.grey_closing, lambda x, dilate, erode: erode(dilate(x)))
_composed(ndimage.white_tophat, lambda x, dilate, erode: x - dilate(erode(x)))
_composed(ndimage.black_tophat, lambda x, dilate, erode: erode(dilate(x)) - x)
_composed(ndimage.morphological_gradient, lambda x, dilate, erode: dilate(x) - erode(x))
_composed(ndimage.morphological_laplace, lambda x, dilate, erode: dilate(x) + erode(x) - x - x)


# `scipy.signal`: medians and orders among zeros.

medfilt = _selecting(signal.medfilt, "rank", _among_zeros)
medfilt2d = _selecting(signal.medfilt2d, "rank", _among_zeros)
order_filter = _selecting(signal.order_filter, "rank", _among_zeros)


@means(signal.medfilt)
def medfilt_meaning(volume: Any, kernel_size: Any = None) -> Any:
    size = meanings.frozen(meanings.static(kernel_size, "kernel_size"))
    return medfilt(_array(signal.medfilt, volume, volume), kernel_size=3 if size is None else size)


@means(signal.medfilt2d)
def medfilt2d_meaning(input: Any, kernel_size: Any = 3) -> Any:
    size = meanings.frozen(meanings.static(kernel_size, "kernel_size"))
    return medfilt2d(_array(signal.medfilt2d, input, input), kernel_size=size)


@means(signal.order_filter)
def order_filter_meaning(a: Any, domain: Any, rank: Any) -> Any:
    near = (a, domain)
    x = _array(signal.order_filter, a, near)
    return order_filter(x, meanings.arrayed(domain, near), rank=meanings.static(rank, "rank"), keywords=("domain",))
