"""Functions of `scipy.special` that sum over an axis or over an order, and those of the factorial kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scipy import special

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, broadcast, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.elementwise import exp, where
from pullback.primitives.families.reductions import restored, sum_, takes_nothing
from pullback.primitives.inference import dtype_of, real, reduced, sample_result
from pullback.primitives.inference import elementwise as broadcast_type
from pullback.primitives.kinds import general, total, zeros_like
from pullback.primitives.registry import NotCovered, means
from pullback.primitives.scipy.special import digamma

Axis = int | tuple[int, ...] | None


def _axis(axis: Any) -> Axis:
    axis = meanings.static(axis, "axis")
    return tuple(axis) if isinstance(axis, list) else axis


# Sums of exponentials. The derivative of their logarithm is softmax, which shifts by the maximum: nothing overflows,
# and the error does not grow with the value.


def _logsumexp_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    result = sample_result(special.logsumexp if len(operands) == 1 else _weighted_sample, operands)
    shape = broadcast(*(dims_of(o.type) for o in operands))
    return (Array(None if result is None else dtype_of(result), reduced(shape, attrs["axis"], attrs["keepdims"])),)


def _weighted_sample(a: Any, b: Any) -> Any:
    return special.logsumexp(a, b=b)


def _logsumexp(a: Any, *b: Any, axis: Axis, keepdims: bool) -> Any:
    return special.logsumexp(a, axis=axis, b=b[0] if b else None, keepdims=keepdims)


def _shares(out: Any, a: Any, axis: Axis, keepdims: bool) -> Any:
    """The derivative by the weights, exp(a - out); 0 where all weigh nothing and `out` is minus infinity."""
    shift = restored(where(out == -float("inf"), 0.0, out), a, axis, keepdims)
    return exp(a - shift)


def _weighted(share: Any, b: Any) -> Any:
    """A weight of 0 hides what it weighs, be it infinite."""
    return where(b == 0, 0.0, b * share)


def _logsumexp_vjp(g: Any, out: Any, a: Any, *b: Any, axis: Axis, keepdims: bool) -> Any:
    g = restored(g, a, axis, keepdims)
    if not b:
        return zeros_like(a) if takes_nothing(a, axis) else g * softmax(a, axis=axis)
    share = _shares(out, a, axis, keepdims)
    return g * _weighted(share, b[0]), g * share


def _logsumexp_jvp(tangents: Any, out: Any, a: Any, *b: Any, axis: Axis, keepdims: bool) -> Any:
    if takes_nothing(a, axis):
        return zeros_like(out)
    if not b:
        return sum_(tangents[0] * softmax(a, axis=axis), axis=axis, keepdims=keepdims)
    share = _shares(out, a, axis, keepdims)
    ta, tb = tangents
    moved = total([None if ta is None else ta * _weighted(share, b[0]), None if tb is None else tb * share])
    return sum_(moved, axis=axis, keepdims=keepdims)


logsumexp: Primitive = general(
    _logsumexp,
    _logsumexp_vjp,
    _logsumexp_jvp,
    real(_logsumexp_type, "`scipy.special.logsumexp`"),
    name="logsumexp",
    spelling="scipy.special.logsumexp",
    broadcasts=True,
    keywords={1: "b"},
)


@means(special.logsumexp)
def logsumexp_meaning(a: Any, axis: Any = None, b: Any = None, keepdims: Any = False, return_sign: Any = False) -> Any:
    if meanings.static(return_sign, "return_sign"):
        raise NotCovered(
            "`return_sign=True` of scipy.special.logsumexp", "take np.log(np.abs(s)) and np.sign(s) of the sum"
        )
    operands = [meanings.arrayed(v, (a, b)) for v in (a, b) if v is not None]
    weighted, weights = (rank(type_of_operand(o)) for o in (operands[0], operands[-1]))
    if b is not None and (weighted is None or weights is None or weights > weighted):
        raise NotCovered("`b=` of scipy.special.logsumexp with more dimensions than `a`", "broadcast `a` first")
    pairs = zip(*(reversed(dims_of(type_of_operand(o)) or ()) for o in (operands[0], operands[-1])), strict=False)
    if any(one == 1 != other for one, other in pairs):
        raise NotCovered("`b=` of scipy.special.logsumexp with longer axes than `a`", "broadcast `a` first")
    return logsumexp(*operands, axis=_axis(axis), keepdims=bool(meanings.static(keepdims, "keepdims")))


def _same_type(function: Callable[..., Any]) -> Callable[..., Any]:
    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        result = sample_result(function, operands)
        return (Array(None if result is None else dtype_of(result), dims_of(operands[0].type)),)

    return real(infer, f"`scipy.special.{function.__name__}`")


def _softmax_moved(g: Any, out: Any, x: Any, axis: Axis) -> Any:
    # the Jacobian is symmetric: diag(s) - s sᵀ
    return out * (g - sum_(g * out, axis=axis, keepdims=True))


softmax: Primitive = general(
    special.softmax,
    _softmax_moved,
    lambda tangents, out, x, axis: _softmax_moved(tangents[0], out, x, axis),
    _same_type(special.softmax),
    special.softmax,
    accepts="x, axis=None",
    spelling="scipy.special.softmax",
)

log_softmax: Primitive = general(
    special.log_softmax,
    lambda g, out, x, axis: g - exp(out) * sum_(g, axis=axis, keepdims=True),
    lambda tangents, out, x, axis: tangents[0] - sum_(exp(out) * tangents[0], axis=axis, keepdims=True),
    _same_type(special.log_softmax),
    special.log_softmax,
    accepts="x, axis=None",
    spelling="scipy.special.log_softmax",
)


# The multivariate gamma function: log Γ_d(a) = d (d - 1) / 4 log π + sum over j < d of log Γ(a - j/2).


def _multigammaln_slope(a: Any, d: int) -> Any:
    return total([digamma(a - 0.5 * j if j else a) for j in range(d)])


def _first_multigammaln(a: Any) -> Any:
    return special.multigammaln(a, 1)


multigammaln: Primitive = general(
    special.multigammaln,
    lambda g, out, a, d: g * _multigammaln_slope(a, d),
    lambda tangents, out, a, d: tangents[0] * _multigammaln_slope(a, d),
    real(broadcast_type(_first_multigammaln), "`scipy.special.multigammaln`"),
    spelling="scipy.special.multigammaln",
)


@means(special.multigammaln)
def multigammaln_meaning(a: Any, d: Any) -> Any:
    return multigammaln(meanings.arrayed(a, a), d=meanings.static(d, "d"))


# Counts of choices, as functions of real numbers.


def _comb_vjp(g: Any, out: Any, n: Any, k: Any) -> Any:
    at_n, at_k, at_rest = digamma(n + 1.0), digamma(k + 1.0), digamma(n - k + 1.0)
    return g * out * (at_n - at_rest), g * out * (at_rest - at_k)


def _comb_jvp(tangents: Any, out: Any, n: Any, k: Any) -> Any:
    slopes = _comb_vjp(1.0, out, n, k)
    return total([t * slope for t, slope in zip(tangents, slopes, strict=True) if t is not None])


comb: Primitive = general(
    special.comb,
    _comb_vjp,
    _comb_jvp,
    real(broadcast_type(special.comb), "`scipy.special.comb`"),
    spelling="scipy.special.comb",
    broadcasts=True,
)


@means(special.comb)
def comb_meaning(N: Any, k: Any, *, exact: Any = False, repetition: Any = False) -> Any:
    if meanings.static(exact, "exact") or meanings.static(repetition, "repetition"):
        raise NotCovered("`exact=True` and `repetition=True` of scipy.special.comb", "compute it outside the function")
    return comb(meanings.arrayed(N, (N, k)), meanings.arrayed(k, (N, k)))
