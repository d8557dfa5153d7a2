"""Types of parameters from their annotations, for code that is generated without arguments.

Understood: `float`, `int`, `bool`, `complex`, `numpy.ndarray`, `NDArray[dtype]`, jaxtyping's `Float[ndarray, "n d"]`
(dimensions are numbers, or names that are taken to be broadcast against nothing else), dataclasses and NamedTuples
of these. What is not annotated is a real number or array, of unknown dtype and shape.
"""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Callable
from typing import Any

import numpy as np

from pullback.callables import signature_of_callable
from pullback.errors import SignatureError
from pullback.ir.interface import Leaf, Node, Static, Tree
from pullback.ir.types import BOOL, FLOAT, INT, UNKNOWN, Array, Dim, Handle, Scalar, Sym, is_generator_class

_SCALARS = {float: FLOAT, int: INT, bool: BOOL, complex: Scalar("complex")}


def annotated_trees(function: Callable[..., Any]) -> dict[str, Tree]:
    """A tree per parameter, from annotations and defaults.

    Raises:
        SignatureError: an annotation is a container whose structure it does not tell.

    >>> def f(x: float, y, k=2): return x * y
    >>> [str(t.type) if isinstance(t, Leaf) else t.value for t in annotated_trees(f).values()]
    ['float', '?[...]', 2]
    """
    try:
        hints = typing.get_type_hints(inspect.unwrap(function), include_extras=True)
    except Exception:  # an annotation may name anything, and may fail to evaluate
        hints = {}
    trees: dict[str, Tree] = {}
    for parameter in signature_of_callable(function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        trees[parameter.name] = _tree(parameter, hints.get(parameter.name, parameter.empty))
    return trees


def _tree(parameter: inspect.Parameter, annotation: Any) -> Tree:
    if annotation is not parameter.empty:
        return tree_of_annotation(annotation, parameter.name)
    default = parameter.default
    if default is parameter.empty:
        return Leaf(UNKNOWN)
    return Leaf(FLOAT) if type(default) is float else Static(default)


def tree_of_annotation(annotation: Any, name: str) -> Tree:
    """The tree that one annotation describes."""
    if annotation in _SCALARS:
        return Leaf(_SCALARS[annotation])
    if annotation is np.ndarray or annotation is Any:
        return Leaf(UNKNOWN)
    if isinstance(annotation, type) and is_generator_class(annotation):
        return Leaf(Handle(annotation))
    if isinstance(annotation, type) and issubclass(annotation, np.generic):
        return Leaf(Array(np.dtype(annotation), ()))
    if hasattr(annotation, "dim_str"):
        return Leaf(Array(_jaxtyping_dtype(annotation), tuple(map(_dim, annotation.dim_str.split()))))
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if hasattr(origin, "__value__"):  # an alias of a newer NumPy: what it stands for
        return tree_of_annotation(origin.__value__[arguments], name)
    if origin is np.ndarray:
        return Leaf(Array(_ndarray_dtype(arguments), None))
    if origin is tuple and Ellipsis not in arguments:
        children = tuple(tree_of_annotation(a, name) for a in arguments)
        return Node("tuple", tuple, tuple(range(len(children))), children)
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        hints = typing.get_type_hints(annotation, include_extras=True)
        fields = tuple(f.name for f in dataclasses.fields(annotation))
        return Node("dataclass", annotation, fields, tuple(tree_of_annotation(hints[f], f) for f in fields))
    if isinstance(annotation, type) and hasattr(annotation, "_fields"):
        hints = typing.get_type_hints(annotation, include_extras=True)
        fields = annotation._fields
        return Node("namedtuple", annotation, fields, tuple(tree_of_annotation(hints[f], f) for f in fields))
    raise SignatureError(
        f"the annotation of `{name}` is {annotation!r}",
        "it does not tell the structure, dtype and rank of what is passed",
        "annotate with float, NDArray[...] or jaxtyping, or use lower(*args) on sample arguments",
    )


def _jaxtyping_dtype(annotation: Any) -> np.dtype[Any] | None:
    """The dtype, where the annotation allows one only; `Float` stands for float64."""
    names = [d for d in annotation.dtypes if isinstance(d, str)]
    if "float64" in names:
        return np.dtype(np.float64)
    return np.dtype(names[0]) if len(names) == 1 else None


def _ndarray_dtype(arguments: tuple[Any, ...]) -> np.dtype[Any] | None:
    for argument in arguments:
        if typing.get_origin(argument) is np.dtype:
            (scalar,) = typing.get_args(argument)
            if isinstance(scalar, type) and not inspect.isabstract(scalar):
                try:
                    return np.dtype(scalar)
                except TypeError:
                    return None
    return None


def _dim(word: str) -> Dim:
    return int(word) if word.isdigit() else Sym("".join(c if c.isalnum() else "_" for c in word))
