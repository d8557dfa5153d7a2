"""What NumPy's random generators draw: the parameters of each method, and the type of what it gives.

Dtypes are asked of NumPy, by a draw of one element from a generator that nobody else sees; shapes are symbolic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

import numpy as np

from pullback.ir.types import Array, Dims, Scalar, Type, type_of
from pullback.records import dataclass

Sized: TypeAlias = Literal["broadcast", "last", "chosen", "permuted", "dims"]


@dataclass(frozen=True, slots=True)
class Distribution:
    """A method of a generator.

    parameters  in the order of the method; what comes after them is positional, too
    samples     a valid value per parameter, as an int so that it is one in every dtype
    sized       how the shape of the result follows: without `size`, from that of the parameters, broadcast; as `size`
                and then the last axis of the parameter `rows`; as `size` and the rest of what is chosen from; as what
                is permuted; from the positional arguments (`rand`)
    instead     how one draws with parameters that are differentiated by
    """

    parameters: tuple[str, ...] = ()
    samples: tuple[Any, ...] = ()
    options: tuple[str, ...] = ("size",)
    sized: Sized = "broadcast"
    rows: str = ""
    instead: str = ""


def _row(names: str = "", *samples: Any, **more: Any) -> Distribution:
    return Distribution(tuple(names.split()), samples, **more)


_SHIFTED = "loc + scale * rng.{}(size=size)"
_TYPED = ("size", "dtype", "out")
_CHOSEN = ("size", "replace", "p", "axis", "shuffle")

DISTRIBUTIONS: Mapping[str, Distribution] = {
    "normal": _row("loc scale", 0, 1, instead="loc + scale * rng.standard_normal(size)"),
    "uniform": _row("low high", 0, 1, instead="low + (high - low) * rng.random(size)"),
    "exponential": _row("scale", 1, instead="scale * rng.standard_exponential(size)"),
    "laplace": _row("loc scale", 0, 1, instead=_SHIFTED.format("laplace")),
    "logistic": _row("loc scale", 0, 1, instead=_SHIFTED.format("logistic")),
    "gumbel": _row("loc scale", 0, 1, instead=_SHIFTED.format("gumbel")),
    "lognormal": _row("mean sigma", 0, 1, instead="np.exp(mean + sigma * rng.standard_normal(size))"),
    "rayleigh": _row("scale", 1, instead="scale * rng.rayleigh(size=size)"),
    "gamma": _row("shape scale", 1, 1, instead="scale * rng.standard_gamma(shape, size)"),
    "random": _row(options=_TYPED),
    "random_sample": _row(),
    "ranf": _row(),
    "sample": _row(),
    "rand": _row(options=(), sized="dims"),
    "randn": _row(options=(), sized="dims"),
    "standard_normal": _row(options=_TYPED),
    "standard_exponential": _row(options=("size", "dtype", "method", "out")),
    "standard_cauchy": _row(),
    "standard_gamma": _row("shape", 1, options=_TYPED),
    "standard_t": _row("df", 1),
    "beta": _row("a b", 1, 1),
    "chisquare": _row("df", 1),
    "f": _row("dfnum dfden", 1, 1),
    "noncentral_chisquare": _row("df nonc", 1, 1),
    "noncentral_f": _row("dfnum dfden nonc", 1, 1, 1),
    "pareto": _row("a", 1),
    "weibull": _row("a", 1),
    "power": _row("a", 1),
    "vonmises": _row("mu kappa", 0, 1),
    "wald": _row("mean scale", 1, 1),
    "triangular": _row("left mode right", 0, 1, 2),
    "binomial": _row("n p", 1, 1),
    "negative_binomial": _row("n p", 1, 1),
    "geometric": _row("p", 1),
    "poisson": _row("lam", 1),
    "logseries": _row("p", 0),
    "zipf": _row("a", 2),
    "hypergeometric": _row("ngood nbad nsample", 1, 1, 1),
    "integers": _row("low high", 1, 2, options=("size", "dtype", "endpoint")),
    "randint": _row("low high", 1, 2, options=("size", "dtype")),
    "multinomial": _row("n pvals", 1, 1, sized="last", rows="pvals"),
    "dirichlet": _row("alpha", 1, sized="last", rows="alpha"),
    "multivariate_normal": _row(
        "mean cov",
        0,
        1,
        options=("size", "check_valid", "tol", "method"),
        sized="last",
        rows="mean",
        instead="mean + np.linalg.cholesky(cov) @ rng.standard_normal(n)",
    ),
    "choice": _row("a", 1, options=_CHOSEN, sized="chosen", instead="a[rng.choice(len(a), size)]"),
    "permutation": _row("x", 1, options=("axis",), sized="permuted", instead="x[rng.permutation(len(x))]"),
    "permuted": _row("x", 1, options=("axis", "out"), sized="permuted"),
}


class Unknown(Exception):
    """The type of a draw cannot be told when compiling; the message says why."""


def sample_of(t: Type, value: Any) -> Any:
    """A value of one element that has a type's dtype and rank.

    Raises:
        Unknown: the dtype or the rank is known at run time only.
    """
    match t:
        case Scalar(kind):
            return {"bool": bool, "int": int, "float": float, "complex": complex}[kind](value)
        case Array(dtype, shape) if dtype is not None and shape is not None:
            return np.full((1,) * len(shape), value, dtype)[()]
    raise Unknown(f"the dtype or the rank of one of its arguments ({t}) is not known")


def type_of_draw(draw: Callable[..., Any], size: Dims | None, rest: Dims | None, args: Any, kwargs: Any) -> Type:
    """The type of what a draw on samples stands for.

    Args:
        draw: the method of a generator that may be used up.
        size: the shape that is asked for; None where none is.
        rest: the axes of the result that come after those of `size`.
        args: positional arguments, of one element each.
        kwargs: keyword arguments; `size` is among them, where it is given, as so many ones.

    Returns:
        A number where NumPy gives one, else an array.

    Raises:
        Unknown: the shape is known at run time only.
        TypeError, ValueError: NumPy refuses the arguments.

    >>> print(type_of_draw(np.random.default_rng(0).normal, (3,), (), (0.0, 1.0, (1,)), {}))
    float64[3]
    """
    t = type_of(draw(*args, **kwargs))
    if not isinstance(t, Array):
        if isinstance(t, Scalar):
            return t
        raise Unknown(f"it gives {t}")
    if t.dtype is None or t.dtype.kind not in "biuf":
        raise Unknown(f"it gives {t.dtype}, which are no numbers")
    if rest is None:
        raise Unknown("the rank of what it draws from is not known")
    dims = (size or ()) + rest
    if t.shape is None or len(t.shape) != len(dims):
        raise Unknown("its shape does not follow from `size` and from the shapes of the parameters")
    return Array(t.dtype, dims)
