"""`scipy.signal`: filters in sections, and filters that run back and forth. They are linear in the signal.

A filter from rest is transposed by running it against time. Back and forth it starts as if the first sample x_0 had
been there for ever: there the response to 1 is the constant H(1), so that what x_0 adds to L x, of the filter L from
rest, is x_0 (H(1) - L 1). The transpose of that adds H(1) sum(g) - sum(L' g) to the first sample.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import signal

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import INT, Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.indexing import Index, Slice, getitem
from pullback.primitives.families.joining import concatenate
from pullback.primitives.families.reductions import prod, sum_
from pullback.primitives.families.shapes import size_of
from pullback.primitives.families.shaping import flip
from pullback.primitives.fitting import Shaped, fit
from pullback.primitives.inference import dtype_of, fixed, real, unknown_dim
from pullback.primitives.kinds import discrete, linear
from pullback.primitives.registry import PRIMITIVES, NoDerivative, NotCovered, means, register
from pullback.primitives.scipy.signal import lfilter

PADS = ("odd", "even", "constant")


def _extended(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    if dims is None:
        return (Array(dtype_of(operands[0].type), None),)
    axis = attrs["axis"] % len(dims)
    return (Array(dtype_of(operands[0].type), (*dims[:axis], unknown_dim(), *dims[axis + 1 :])),)


extend_signal: Primitive = linear(
    pullback_runtime.extend_signal,
    lambda g, x, edge, **attrs: Shaped(fold_signal(g, edge, **attrs)),
    _extended,
    spelling="extend_signal",
    broadcasts=True,
)
fold_signal: Primitive = linear(
    pullback_runtime.fold_signal,
    lambda h, g, edge, **attrs: Shaped(extend_signal(h, edge, **attrs)),
    _extended,
    spelling="fold_signal",
    broadcasts=True,
)
reach_of_sections: Primitive = discrete(pullback_runtime.reach_of_sections, fixed(INT), spelling="reach_of_sections")


def _filtered(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dtypes = [dtype for o in operands if (dtype := dtype_of(o.type)) is not None]
    dtype = np.result_type(*dtypes) if len(dtypes) == len(operands) else None
    dtype = np.dtype(float) if dtype is not None and dtype.kind != "f" else dtype
    return (Array(dtype, dims_of(operands[-1].type)),)


def _linear_filter(
    function: Callable[..., Any], compute: Callable[..., Any], transpose: Callable[..., Any]
) -> Primitive:
    """A filter whose last operand is the signal; by the coefficients before it its derivative is refused."""
    spelling = f"scipy.signal.{function.__name__}"

    def refuse(wanted: Sequence[bool]) -> None:
        if any(wanted[:-1]):
            raise NoDerivative(f"`{spelling}` by its coefficients", "it has no rule yet", "use scipy.signal.lfilter")

    def pulled(g: Any, out: Any, operands: Sequence[Any], attrs: Attrs, wanted: Sequence[bool]) -> tuple[Any, ...]:
        refuse(wanted)
        return (*(None,) * (len(operands) - 1), fit(Shaped(transpose(g, *operands[:-1], **attrs)), operands[-1]))

    def pushed(tangents: Sequence[Any], out: Any, operands: Sequence[Any], attrs: Attrs) -> Any:
        refuse([t is not None for t in tangents])
        return None if tangents[-1] is None else prim(*operands[:-1], tangents[-1], **attrs)

    infer = real(_filtered, f"`{spelling}`")
    prim = register(Primitive(function.__name__, "general", compute, infer, pulled, pushed, None, spelling))
    return prim


def _signal_of(function: Callable[..., Any], x: Any, near: Any) -> Any:
    x = meanings.arrayed(x, near)
    if not rank(type_of_operand(x)):
        raise NotCovered(f"scipy.signal.{function.__name__} of what is not known to be an array")
    return x


# From rest.


def _sosfilt(sos: Any, x: Any, axis: int) -> Any:
    return signal.sosfilt(sos, x, axis)


def _against_time(prim: Primitive, *coefficients: Any, g: Any, axis: int) -> Any:
    return flip(prim(*coefficients, flip(g, axis=axis), axis=axis), axis=axis)


sosfilt: Primitive = _linear_filter(
    signal.sosfilt, _sosfilt, lambda g, sos, axis: _against_time(sosfilt, sos, g=g, axis=axis)
)


@means(signal.sosfilt)
def sosfilt_meaning(sos: Any, x: Any, axis: Any = -1, zi: Any = None) -> Any:
    if zi is not None:
        raise NotCovered("`zi=` of scipy.signal.sosfilt", "filter what was before as well")
    near = (sos, x)
    return sosfilt(meanings.arrayed(sos, near), _signal_of(signal.sosfilt, x, near), axis=meanings.static(axis, "axis"))


# Back and forth.


def _part(x: Any, axis: int, cut: Slice) -> Any:
    known = rank(type_of_operand(x))
    return getitem(x, index=Index((*(Slice(),) * (axis % known), cut)))  # type: ignore[operator]  # the meaning asks


def _started(g: Any, against: Any, gain: Any, axis: int) -> Any:
    """The transpose of a filter that starts as if the first sample had been there for ever, from that from rest."""
    more = gain * sum_(g, axis=axis, keepdims=True) - sum_(against, axis=axis, keepdims=True)
    first = _part(against, axis, Slice(None, 1)) + more
    return concatenate(first, _part(against, axis, Slice(1, None)), axis=axis)


def _both_ways(
    g: Any, prim: Primitive, coefficients: Sequence[Any], gain: Any, edge: Any, padtype: Any, axis: int
) -> Any:
    """Of what is turned around, filtered, turned around and filtered: turned twice, a filter runs in time."""
    g = extend_signal(g, edge, padtype="zeros", axis=axis)
    for _ in range(2):
        g = _started(g, flip(prim(*coefficients, g, axis=axis), axis=axis), gain, axis)
    return fold_signal(g, edge, padtype=padtype or "zeros", axis=axis)


def _longest(*vectors: Any) -> Any:
    lengths = [size_of(vector, 0) for vector in vectors]
    return max(lengths) if all(isinstance(n, int) for n in lengths) else PRIMITIVES["maximum"](*lengths)


def _filtfilt_transpose(g: Any, b: Any, a: Any, axis: int, padtype: Any, padlen: Any) -> Any:
    edge = padlen
    if padtype is None:
        edge = 0
    elif padlen is None:
        edge = 3 * _longest(a, b)
    gain = sum_(b, axis=None, keepdims=False) / sum_(a, axis=None, keepdims=False)
    return _both_ways(g, lfilter, (b, a), gain, edge, padtype, axis)


def _filtfilt(b: Any, a: Any, x: Any, axis: int, padtype: Any, padlen: Any) -> Any:
    return signal.filtfilt(b, a, x, axis, padtype, padlen)


filtfilt: Primitive = _linear_filter(signal.filtfilt, _filtfilt, _filtfilt_transpose)


def _padding(padtype: Any, padlen: Any) -> dict[str, Any]:
    padtype, padlen = meanings.static(padtype, "padtype"), meanings.static(padlen, "padlen")
    if padtype is not None and padtype not in PADS:
        raise NotCovered(f"`padtype={padtype!r}`", f"use one of {', '.join(PADS)}")
    return {"padtype": padtype, "padlen": padlen}


@means(signal.filtfilt)
def filtfilt_meaning(
    b: Any,
    a: Any,
    x: Any,
    axis: Any = -1,
    padtype: Any = "odd",
    padlen: Any = None,
    method: Any = "pad",
    irlen: Any = None,
) -> Any:
    if meanings.static(method, "method") != "pad" or irlen is not None:
        raise NotCovered("`method='gust'` of scipy.signal.filtfilt", "leave it out")
    near = (b, a, x)
    b, a = (
        meanings.arrayed(v if isinstance(v, list | tuple) or rank(type_of_operand(v)) else [v], near) for v in (b, a)
    )
    x = _signal_of(signal.filtfilt, x, near)
    return filtfilt(b, a, x, axis=meanings.static(axis, "axis"), **_padding(padtype, padlen))


def _sosfiltfilt_transpose(g: Any, sos: Any, axis: int, padtype: Any, padlen: Any) -> Any:
    edge = padlen
    if padtype is None:
        edge = 0
    elif padlen is None:
        edge = reach_of_sections(sos)
    above, below = (sum_(_part(sos, 1, cut), axis=1, keepdims=False) for cut in (Slice(None, 3), Slice(3, None)))
    gain = prod(above / below, axis=None, keepdims=False)
    return _both_ways(g, sosfilt, (sos,), gain, edge, padtype, axis)


def _sosfiltfilt(sos: Any, x: Any, axis: int, padtype: Any, padlen: Any) -> Any:
    return signal.sosfiltfilt(sos, x, axis, padtype, padlen)


sosfiltfilt: Primitive = _linear_filter(signal.sosfiltfilt, _sosfiltfilt, _sosfiltfilt_transpose)


@means(signal.sosfiltfilt)
def sosfiltfilt_meaning(sos: Any, x: Any, axis: Any = -1, padtype: Any = "odd", padlen: Any = None) -> Any:
    near = (sos, x)
    sos, x = meanings.arrayed(sos, near), _signal_of(signal.sosfiltfilt, x, near)
    return sosfiltfilt(sos, x, axis=meanings.static(axis, "axis"), **_padding(padtype, padlen))
