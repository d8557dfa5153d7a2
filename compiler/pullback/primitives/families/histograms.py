"""Histograms: sums of weights over bins. They are linear in the weights, and do not move when the samples do.

Which bin a sample is in is a step function of it; only the edges of equal bins that no `range=` fixes follow the
smallest and the largest sample.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import UNKNOWN, Array, Dim, Type, dims_of
from pullback.primitives import meanings
from pullback.primitives.expr import Expr
from pullback.primitives.families.conversions import as_array
from pullback.primitives.families.indexing import Hole, Index, getitem
from pullback.primitives.families.reductions import max_, min_, sum_
from pullback.primitives.families.scans import diff
from pullback.primitives.families.shapes import size_of
from pullback.primitives.families.sorting import searchsorted
from pullback.primitives.inference import dtype_of, real, unknown_dim
from pullback.primitives.kinds import discrete, general, total
from pullback.primitives.registry import PRIMITIVES, NotCovered, means


def _counts_of(operand: Atom, edges: Atom | None, attrs: Attrs) -> tuple[Type, ...]:
    bins: Dim = attrs["bins"] if edges is None else unknown_dim()
    dims = None if edges is None else dims_of(edges.type)
    if dims and isinstance(dims[0], int):
        bins = dims[0] - 1
    return (Array(dtype_of(operand.type), (bins,)),)


def _same_bins(weights: Any, a: Any, bins: int, range: Any) -> Any:
    return np.histogram(a, bins, range, weights=weights)[0]


def _given_bins(weights: Any, a: Any, edges: Any) -> Any:
    return np.histogram(a, edges, weights=weights)[0]


def _of_each(g: Any, a: Any, edges: Any) -> Any:
    """For each sample the element of `g` for its bin; the last bin holds its right edge, too."""
    first, last = (getitem(edges, index=Index((k,))) for k in (0, -1))
    place = searchsorted(edges, a, side="right") - 1
    place = PRIMITIVES["clip"](place, 0, size_of(g, 0) - 1)
    inside = (a >= first) & (a <= last)
    return PRIMITIVES["where"](inside, getitem(g, place, index=Index((Hole(),))), 0.0)


histogram_sums: Primitive = general(
    _same_bins,
    lambda g, out, weights, a, bins, range: _of_each(g, a, bin_edges(a, bins=bins, range=range)),
    lambda tangents, out, weights, a, **attrs: None if tangents[0] is None else histogram_sums(tangents[0], a, **attrs),
    real(lambda operands, attrs: _counts_of(operands[0], None, attrs), "np.histogram"),
    name="histogram_sums",
    spelling="np.histogram({1}, {bins}, {range}, weights={0})[0]",
)
histogram_between: Primitive = general(
    _given_bins,
    lambda g, out, weights, a, edges: _of_each(g, a, edges),
    lambda tangents, out, weights, a, edges: None if tangents[0] is None else histogram_between(tangents[0], a, edges),
    real(lambda operands, attrs: _counts_of(operands[0], operands[2], attrs), "np.histogram"),
    name="histogram_between",
    spelling="np.histogram({1}, {2}, weights={0})[0]",
)


def _number_of_samples(a: Any, bins: int, range: Any) -> Any:
    return np.histogram(a, bins, range)[0]


histogram_counts: Primitive = discrete(
    _number_of_samples,
    lambda operands, attrs: (Array(np.dtype(np.intp), (attrs["bins"],)),),
    name="histogram_counts",
    spelling="np.histogram({0}, {bins}, {range})[0]",
)
histogram_counts_between: Primitive = discrete(
    lambda a, edges: np.histogram(a, edges)[0],
    lambda operands, attrs: (Array(np.dtype(np.intp), _counts_of(operands[0], operands[1], attrs)[0].shape),),  # type: ignore[union-attr]
    name="histogram_counts_between",
    spelling="np.histogram({0}, {1})[0]",
)


def _edges_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dtype = dtype_of(operands[0].type)
    wide = None if dtype is None else np.histogram_bin_edges(np.ones(1, dtype), 1, attrs["range"]).dtype
    return (Array(wide, (attrs["bins"] + 1,)),)


_ALL = {"axis": None, "keepdims": False}


def _along(edges: Any) -> Any:
    """How far each edge is on the way from the first to the last."""
    first, last = (getitem(edges, index=Index((k,))) for k in (0, -1))
    return (edges - first) / (last - first)


def _edges_vjp(g: Any, out: Any, a: Any, bins: int, range: Any) -> Any:
    # without a range they are equally spaced from the smallest sample to the largest
    if range is not None:
        return None
    along = _along(out)
    ends = ((min_, g * (1.0 - along)), (max_, g * along))
    return total([end.vjp(sum_(part, **_ALL), end(a, **_ALL), (a,), _ALL, (True,))[0] for end, part in ends])  # type: ignore[misc]


def _edges_jvp(tangents: Any, out: Any, a: Any, bins: int, range: Any) -> Any:
    if range is not None:
        return None
    low, high = (end.jvp(tangents, end(a, **_ALL), (a,), _ALL) for end in (min_, max_))  # type: ignore[misc]
    along = _along(out)
    return low * (1.0 - along) + high * along


bin_edges: Primitive = general(
    np.histogram_bin_edges, _edges_vjp, _edges_jvp, real(_edges_type, "np.histogram_bin_edges"), name="bin_edges",
    spelling="np.histogram_bin_edges({0}, {bins}, {range})",
)  # fmt: skip


def _static_bins(bins: Any, range: Any) -> tuple[int, Any]:
    bins, range = meanings.static(bins, "bins"), meanings.static(range, "range")
    if isinstance(bins, str):
        raise NotCovered(f"`bins={bins!r}`, whose number is known at run time only,", "give the number of bins")
    return int(bins), None if range is None else tuple(range)


def _is_edges(bins: Any) -> bool:
    if isinstance(bins, Expr) and bins.type == UNKNOWN:
        raise NotCovered("`bins=` of what may be a number or an array", "annotate the parameters")
    return isinstance(bins, list | tuple | np.ndarray) or (isinstance(bins, Expr) and bins.rank != 0)


@means(np.histogram_bin_edges)
def bin_edges_meaning(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    a = as_array(meanings.arrayed(a, (a, bins, weights)))
    if _is_edges(bins):
        return as_array(meanings.arrayed(bins, (a, bins)))
    bins, range = _static_bins(bins, range)
    return bin_edges(a, bins=bins, range=range)


@means(np.histogram)
def histogram_meaning(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    near = (a, bins, weights)
    edges = bin_edges_meaning(meanings.arrayed(a, near) if meanings.has_pen(a) else _lifted(a, near), bins, range)
    a = as_array(meanings.arrayed(a, near) if meanings.has_pen(a) else _lifted(a, near))
    if weights is not None:
        weights = as_array(meanings.arrayed(weights, near))
    if _is_edges(bins):
        sums = histogram_counts_between(a, edges) if weights is None else histogram_between(weights, a, edges)
    else:
        bins, range = _static_bins(bins, range)
        attrs = {"bins": bins, "range": range}
        sums = histogram_counts(a, **attrs) if weights is None else histogram_sums(weights, a, **attrs)
    if meanings.static(density, "density"):
        sums = sums / as_array(diff(edges, n=1, axis=-1), np.float64) / sum_(sums, **_ALL)
    return sums, edges


def _lifted(value: Any, near: Any) -> Any:
    return meanings.constant_array(meanings.first_pen(near), value)


__all__ = ["bin_edges", "histogram_between", "histogram_counts", "histogram_counts_between", "histogram_sums"]
