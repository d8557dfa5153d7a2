"""Signatures: what of an argument decides which compiled program serves it.

Per array its dtype, rank and which dimensions are 0 or 1; per number its kind; per container its structure; per static
its value. That is enough to resolve every broadcast without fixing sizes, so one program serves all sizes; what is
empty has a program of its own, as what a mean divides by is 0 there and an order has no middle.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
import sys
from collections import deque
from collections.abc import Callable, Mapping
from types import FunctionType, MethodType, ModuleType
from typing import Any, TypeAlias

import numpy as np

from pullback.errors import SignatureError
from pullback.ir.interface import Leaf, Node, NodeKind, Static, Tree
from pullback.ir.opaque import opaque_key, opaque_type
from pullback.ir.types import (
    BOOL,
    FLOAT,
    INT,
    Array,
    Dims,
    Handle,
    Scalar,
    Sym,
    is_empty,
    is_generator,
    is_generator_class,
)
from pullback.ir.variants import class_in_trees

Binder: TypeAlias = Callable[[tuple[Any, ...], Mapping[str, Any]], dict[str, Any]]
_GROWING = (dict, deque)
_ONLY_POSITIONAL = inspect.Parameter.POSITIONAL_ONLY
_POSITIONAL = inspect.Parameter.POSITIONAL_OR_KEYWORD
_ONLY_KEYWORD = inspect.Parameter.KEYWORD_ONLY


def key_of(value: Any) -> Any:
    """What of an argument decides which compiled program serves it; exact shapes included.

    >>> key_of(np.zeros((2, 3)))
    (dtype('float64'), (2, 3))
    """
    kind = type(value)
    if kind is np.ndarray:
        return (value.dtype, value.shape)
    if kind is float or kind is int or kind is bool or kind is complex:
        return kind
    if kind is tuple or kind is list:
        return (kind, *map(key_of, value))
    if isinstance(value, _GROWING):
        parts = (value, value.values()) if isinstance(value, dict) else ((), value)
        return (class_in_trees(value), *parts[0], *map(key_of, parts[1]))
    if kind is set:
        return (set, frozenset(value))
    if isinstance(value, np.generic):
        return (np.generic, value.dtype)  # unlike an array without axes, it is not updated in place
    if isinstance(value, tuple):
        return (kind, *map(key_of, value))
    if is_object(value):
        fields = attributes(value)
        return (kind, *fields, *map(key_of, fields.values()))
    if is_generator_class(kind):
        return kind
    return (kind, value) if (opaque := opaque_key(value)) is None else opaque


def binder(signature: inspect.Signature) -> Binder:
    """What binds the arguments of calls that are known to fit, as `inspect.Signature.bind` does with checks.

    >>> binder(inspect.signature(lambda a, *more, b=0: ...))((1, 2, 3), {"b": 4})
    {'a': 1, 'more': (2, 3), 'b': 4}
    """
    kinds = {name: p.kind for name, p in signature.parameters.items()}
    positional = [name for name, kind in kinds.items() if kind in (_ONLY_POSITIONAL, _POSITIONAL)]
    by_keyword = {name for name, kind in kinds.items() if kind in (_POSITIONAL, _ONLY_KEYWORD)}
    rest = next((name for name, kind in kinds.items() if kind is inspect.Parameter.VAR_POSITIONAL), None)
    others = next((name for name, kind in kinds.items() if kind is inspect.Parameter.VAR_KEYWORD), None)

    def bind(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        arguments = dict(zip(positional, args, strict=False))
        if rest is not None and len(args) > len(positional):
            arguments[rest] = args[len(positional) :]
        for name, value in kwargs.items():
            if name in by_keyword:
                arguments[name] = value
            elif others is not None:
                arguments.setdefault(others, {})[name] = value
        return arguments

    return bind


def signature_of(key: Any) -> Any:
    """A key with sizes reduced to which of them are 0 or 1.

    >>> signature_of(key_of(np.zeros((2, 1))))
    (dtype('float64'), (None, 1))
    """
    if not isinstance(key, tuple) or not key:
        return key
    if isinstance(key[0], np.dtype):
        return (key[0], tuple(size if size < 2 else None for size in key[1]))
    return tuple(map(signature_of, key))


def tree_of(value: Any, name: str) -> Tree:
    """The tree of an argument; its symbolic dimensions are named after `name`.

    Raises:
        SignatureError: the value is no number, array, container or hashable static.
    """
    match value:
        case np.ndarray():
            return _array_leaf(value, name)
        case np.generic():
            return Leaf(Array(value.dtype, ()), value)
        case bool() | int() | float() | complex() if type(value) in _NUMBERS:
            return Leaf(_NUMBERS[type(value)], value)
        case set():
            return Static(set(value))
        case deque():
            return _node("list", value, tuple(range(len(value))), value, name)
        case dict():
            return _node("dict", value, tuple(value), tuple(value.values()), name)
        case tuple() if hasattr(value, "_fields"):
            return _node("namedtuple", value, value._fields, value, name)
        case tuple() | list():
            return _node("tuple" if isinstance(value, tuple) else "list", value, tuple(range(len(value))), value, name)
    if is_generator(value):
        return Leaf(Handle(type(value)), value)
    if (opaque := opaque_type(value)) is not None:
        return Leaf(dataclasses.replace(opaque, shape=_dims(opaque.shape, name)), value)
    if is_object(value):
        fields = attributes(value)
        kind: NodeKind = "dataclass" if dataclasses.is_dataclass(value) else "object"
        return _node(kind, value, tuple(fields), tuple(fields.values()), name)
    try:
        hash(value)
    except TypeError:
        raise SignatureError(
            f"`{name}` is a {type(value).__name__}: neither a number, nor an array, nor a container of them",
            "its value is part of the signature, so it must be hashable",
            "pass a tuple, or a frozen dataclass",
        ) from None
    return Static(value)


_NUMBERS = {bool: BOOL, int: INT, float: FLOAT, complex: Scalar("complex")}


def _array_leaf(value: np.ndarray[Any, Any], name: str) -> Leaf:
    if type(value) is not np.ndarray:
        raise SignatureError(
            f"`{name}` is a {type(value).__name__}",
            "a subclass of ndarray may give operators another meaning",
            "pass np.asarray(...)",
        )
    if value.dtype.kind not in "fiubc":
        raise SignatureError(
            f"`{name}` is an array of {value.dtype}", "only numbers are computed with", "convert it before the call"
        )
    return Leaf(Array(value.dtype, _dims(value.shape, name)), value)


def _dims(shape: Dims, name: str) -> Dims:
    """Dimensions that are named after an argument."""
    stem = "".join(c if c.isalnum() else "_" for c in name)
    return tuple(1 if n == 1 else Sym(f"{stem}_{axis}", is_empty=n == 0) for axis, n in enumerate(shape))


def _node(kind: NodeKind, value: Any, keys: tuple[Any, ...], values: Any, name: str) -> Node:
    children = tuple(tree_of(child, f"{name}_{key}") for key, child in zip(keys, values, strict=True))
    return Node(kind, class_in_trees(value), keys, children)


def is_object(value: Any) -> bool:
    """Whether a value is an instance of a class written in Python, with attributes of its own."""
    if isinstance(value, type | ModuleType | FunctionType | MethodType | enum.Enum) or opaque_type(value) is not None:
        return False
    if dataclasses.is_dataclass(value) or (
        hasattr(value, "__dict__") and type(value).__module__ not in ("builtins", "logging")
    ):
        return True
    cls = type(value)
    return bool(slots(cls)) and cls.__module__.partition(".")[0] not in sys.stdlib_module_names


def slots(cls: type) -> list[str]:
    """The attributes that `__slots__` declare, those of base classes first."""
    declared = [vars(base).get("__slots__", ()) for base in reversed(cls.__mro__)]
    names = [name for one in declared for name in ((one,) if isinstance(one, str) else one)]
    return [name for name in names if name not in ("__dict__", "__weakref__")]


def attributes(value: Any) -> dict[str, Any]:
    """The attributes of an object; of a dataclass, its fields come first."""
    declared = [f.name for f in dataclasses.fields(value)] if dataclasses.is_dataclass(value) else slots(type(value))
    found = {name: getattr(value, name) for name in declared if hasattr(value, name)}
    return {**found, **getattr(value, "__dict__", {})}


def sizes_agree(tree: Tree, value: Any, sizes: dict[str, int]) -> bool:
    """Whether dimensions of one name have one size in a value; `sizes` collects them."""
    match tree:
        case Leaf(Array(_, shape)) if shape is not None:
            named = [(dim.name, size) for dim, size in zip(shape, np.shape(value), strict=True) if isinstance(dim, Sym)]
            return all(sizes.setdefault(name, size) == size for name, size in named)
        case Node(kind=kind, keys=keys, children=children):
            by_key = kind in ("tuple", "list", "dict")
            parts = ((value[k] if by_key else getattr(value, k)) for k in keys)
            return all(sizes_agree(child, part, sizes) for child, part in zip(children, parts, strict=True))
    return True


def difference(before: Tree, after: Tree, name: str) -> str | None:
    """In words, the first difference between two signatures; None when one program serves both."""
    match before, after:
        case Leaf(), Leaf():
            old, new = _abstract(before), _abstract(after)
            return None if old == new else f"`{name}` was {old} and is {new}"
        case Static(), Static():
            same = type(before.value) is type(after.value) and before.value == after.value
            return None if same else f"`{name}` was {before.value!r} and is {after.value!r}"
        case Node(), Node() if before.type is after.type and before.keys == after.keys:
            parts = zip(before.keys, before.children, after.children, strict=True)
            changes = (difference(old, new, f"{name}[{key!r}]") for key, old, new in parts)
            return next((c for c in changes if c), None)
        case Node(), Node():
            return f"`{name}` was {_outline(before)} and is {_outline(after)}"
    return f"`{name}` was {_outline(before)} and is {_outline(after)}"


def _abstract(leaf: Leaf) -> str:
    match leaf.type:
        case Array(dtype, ()) if isinstance(leaf.sample, np.generic):
            return f"a NumPy number of {dtype}"
        case Array(dtype, shape) if shape is not None:
            sizes = ", ".join("0" if is_empty(dim) else str(dim) if isinstance(dim, int) else "n" for dim in shape)
            return f"an array of {dtype} of shape ({sizes})"
    return str(leaf.type)


def _outline(tree: Tree) -> str:
    match tree:
        case Leaf():
            return _abstract(tree)
        case Static(value):
            return repr(value)
        case Node(kind=kind, type=cls, keys=keys):
            what = f"with the keys {list(keys)}" if kind == "dict" else f"of {len(keys)}"
            return f"a {cls.__name__} {what}"
