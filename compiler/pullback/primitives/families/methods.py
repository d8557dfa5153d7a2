"""What the methods and attributes of arrays mean, by name: mostly the function of the same name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pullback.ir.types import Array, Scalar, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families import (
    complex_parts,
    contractions,
    diagonals,
    discrete_functions,
    elementwise,
    masked_reductions,
    rearranging,
    scans,
    selecting,
    sorting,
)
from pullback.primitives.families.conversions import copy, to_dtype
from pullback.primitives.families.indexing import Index, getitem, index_of
from pullback.primitives.families.shapes import ndim_of, shape_of, size_of
from pullback.primitives.families.shaping import mT, ravel, reshape, reshape_meaning, transpose
from pullback.primitives.inference import dtype_of
from pullback.primitives.registry import ATTRIBUTES, MEANINGS, METHODS, PRIMITIVES, NotCovered, checked

Meaning = Callable[..., Any]
FAMILIES = (
    contractions,
    diagonals,
    discrete_functions,
    elementwise,
    masked_reductions,
    rearranging,
    scans,
    selecting,
    sorting,
)  # their functions are looked up below


def method(name: str) -> Callable[[Meaning], Meaning]:
    """Decorator: the decorated function is the method `name`."""

    def decorate(meaning: Meaning) -> Meaning:
        METHODS[name] = checked(meaning)
        return meaning

    return decorate


def attribute(name: str) -> Callable[[Meaning], Meaning]:
    """Decorator: the decorated function is the attribute `name`."""

    def decorate(meaning: Meaning) -> Meaning:
        ATTRIBUTES[name] = meaning
        return meaning

    return decorate


SAME_AS_FUNCTION: dict[str, Any] = {
    "sum": np.sum,
    "mean": np.mean,
    "max": np.max,
    "min": np.min,
    "prod": np.prod,
    "var": np.var,
    "std": np.std,
    "argmax": np.argmax,
    "argmin": np.argmin,
    "all": np.all,
    "any": np.any,
    "dot": np.dot,
    "squeeze": np.squeeze,
    "swapaxes": np.swapaxes,
    "clip": np.clip,
    "round": np.round,
    "take": np.take,
    "ravel": np.ravel,
    "repeat": np.repeat,
    "cumsum": np.cumsum,
    "cumprod": np.cumprod,
    "diagonal": np.diagonal,
    "trace": np.trace,
    "argsort": np.argsort,
    "argpartition": np.argpartition,
    "searchsorted": np.searchsorted,
    "choose": np.choose,
    "nonzero": np.nonzero,
}
for _name, _function in SAME_AS_FUNCTION.items():
    METHODS[_name] = MEANINGS[_function]


@method("reshape")
def reshape_method(x: Any, *shape: Any, order: str = "C") -> Any:
    return reshape_meaning(x, _spread(shape), order)


def _spread(arguments: tuple[Any, ...]) -> Any:
    """A shape given as one tuple, or as several ints."""
    if len(arguments) == 1:
        return arguments[0]
    return arguments


@method("transpose")
def transpose_method(x: Any, *axes: Any) -> Any:
    given = meanings.static(_spread(axes) if axes else None, "axes")
    return transpose(x, axes=None if given is None else tuple(map(int, (given,) if isinstance(given, int) else given)))


@method("flatten")
def flatten(x: Any, order: str = "C") -> Any:
    return copy(ravel(x, order))


@method("copy")
def copy_method(x: Any, order: str = "C") -> Any:
    return copy(x)


@method("astype")
def astype_method(x: Any, dtype: Any, copy: bool = True) -> Any:
    return to_dtype(x, dtype)


@method("item")
def item(x: Any, *index: Any) -> Any:
    """The element as a Python number."""
    dtype = dtype_of(type_of_operand(x))
    kinds = {"f": "float", "c": "complex", "i": "int", "u": "int", "b": "bool"}
    if dtype is None or dtype.kind not in kinds:
        raise NotCovered("item() of an array of unknown dtype")
    if index:
        is_flat = len(index) == 1 and not isinstance(index[0], tuple)
        places, holes = index_of(_spread(index), (x, index))
        x = getitem(reshape(x, (-1,)) if is_flat and rank(type_of_operand(x)) != 1 else x, *holes, index=places)
    elif type_of_operand(x) != Array(dtype, ()):
        x = reshape(x, ())  # raises where there is more than one element, as item() does
    return PRIMITIVES[kinds[dtype.kind]](x)


METHODS["conj"] = METHODS["conjugate"] = checked(complex_parts.conjugate_method)
ATTRIBUTES["real"] = complex_parts.real_meaning
ATTRIBUTES["imag"] = complex_parts.imag_meaning


def _refused(name: str, instead: str) -> Meaning:
    def meaning(x: Any, *args: Any, **kwargs: Any) -> Any:
        raise NotCovered(f"{name}() of an array", f"{instead}")

    return meaning


@method("compress")
def compress(x: Any, condition: Any, axis: Any = None) -> Any:
    return MEANINGS[np.compress](condition, x, axis)


@method("view")
def view(x: Any, *as_what: Any, **named: Any) -> Any:
    if as_what or named:
        raise NotCovered("view() of an array as something else", "what it shows are the bytes of the array; use astype")
    return getitem(x, index=Index((Ellipsis,)))


@attribute("nbytes")
def nbytes(x: Any) -> Any:
    return size_of(x) * itemsize(x)


METHODS["tolist"] = _refused("tolist", "index the array instead")
METHODS["byteswap"] = _refused("byteswap", "there is no derivative through bytes")
METHODS["getfield"] = _refused("getfield", "there is no derivative through bytes")
METHODS["tobytes"] = _refused("tobytes", "there is no derivative through bytes")


@attribute("device")
def device(x: Any) -> str:
    return "cpu"


@method("to_device")
def to_device(x: Any, device: Any, /, *, stream: Any = None) -> Any:
    if device != "cpu" or stream is not None:
        raise NotCovered(f"the device {device!r}", "NumPy knows the CPU only")
    return x


@attribute("T")
def transposed(x: Any) -> Any:
    return transpose(x, axes=None)


ATTRIBUTES["mT"] = mT
ATTRIBUTES["shape"] = shape_of
ATTRIBUTES["ndim"] = ndim_of
ATTRIBUTES["size"] = size_of


@attribute("dtype")
def dtype_attribute(x: Any) -> Any:
    t = type_of_operand(x)
    if isinstance(t, Scalar) or dtype_of(t) is None:
        raise NotCovered("the dtype of this value")
    return dtype_of(t)


@attribute("itemsize")
def itemsize(x: Any) -> Any:
    return dtype_attribute(x).itemsize
