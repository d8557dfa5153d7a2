"""Signatures: what of the arguments a program is compiled for, and the dispatch to what was compiled before.

A signature is, per array, its dtype, rank and which dimensions are 1; per number its kind; per container its
structure; per static its value. Dispatch looks the exact shapes up first (one dict lookup), and falls back on the
signature, so that one compiled program serves all sizes.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
from collections.abc import Callable, Hashable, Mapping
from types import FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from pullback.analysis.dimensions import name_dimensions
from pullback.emit import Emitted, emit, load
from pullback.errors import SignatureError
from pullback.frontend import NeedsStaticParameter, trace
from pullback.ir.interface import Guard, Leaf, Node, NodeKind, Parameter, Path, Program, Static, Tree
from pullback.ir.types import BOOL, FLOAT, INT, Array, Dim, Scalar, Sym
from pullback.pipeline import Request, gradient_program

MOST_EXACT_KEYS = 4096  # sizes seen; what they lead to is kept in any case


def key_of(value: Any) -> Hashable:
    """What of an argument decides which compiled program serves it; exact shapes included.

    >>> key_of(np.zeros((2, 3)))
    (dtype('float64'), (2, 3))
    """
    kind = type(value)
    if kind is np.ndarray:
        return (value.dtype, value.shape)
    if kind is float or kind is int or kind is bool or kind is complex:
        return kind  # type: ignore[no-any-return]  # a class is hashable
    if kind is tuple or kind is list:
        return (kind, *map(key_of, value))
    if kind is dict:
        return (dict, *value, *map(key_of, value.values()))
    if isinstance(value, np.generic):
        return (value.dtype, ())
    if isinstance(value, tuple):
        return (kind, *map(key_of, value))
    if is_object(value):
        fields = attributes(value)
        return (kind, *fields, *map(key_of, fields.values()))
    return (kind, value)


def signature_of(key: Any) -> Hashable:
    """A key with sizes reduced to which of them are 1.

    >>> signature_of(key_of(np.zeros((2, 1))))
    (dtype('float64'), (False, True))
    """
    if not isinstance(key, tuple) or not key:
        return key  # type: ignore[no-any-return]  # keys are hashable
    if isinstance(key[0], np.dtype):
        return (key[0], tuple(size == 1 for size in key[1]))
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
        case dict():
            return _node("dict", value, tuple(value), tuple(value.values()), name)
        case tuple() if hasattr(value, "_fields"):
            return _node("namedtuple", value, value._fields, value, name)
        case tuple() | list():
            return _node("tuple" if isinstance(value, tuple) else "list", value, tuple(range(len(value))), value, name)
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
    stem = "".join(c if c.isalnum() else "_" for c in name)
    dims: tuple[Dim, ...] = tuple(1 if n == 1 else Sym(f"{stem}_{axis}") for axis, n in enumerate(value.shape))
    return Leaf(Array(value.dtype, dims), value)


def _node(kind: NodeKind, value: Any, keys: tuple[Any, ...], values: Any, name: str) -> Node:
    children = tuple(tree_of(child, f"{name}_{key}") for key, child in zip(keys, values, strict=True))
    return Node(kind, type(value), keys, children)


def is_object(value: Any) -> bool:
    """Whether a value is an instance of a class written in Python, with attributes of its own."""
    if isinstance(value, type | ModuleType | FunctionType | MethodType | enum.Enum):
        return False
    return dataclasses.is_dataclass(value) or (hasattr(value, "__dict__") and type(value).__module__ != "builtins")


def attributes(value: Any) -> dict[str, Any]:
    """The fields of a dataclass, or the attributes of an object."""
    if dataclasses.is_dataclass(value):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    return dict(vars(value))


@dataclasses.dataclass(frozen=True, slots=True)
class Compiled:
    """A gradient program for one signature: the code, and the facts that it holds for."""

    primal: Program
    program: Program
    emitted: Emitted
    function: Callable[..., Any]
    promoted: tuple[tuple[str, Path, Any], ...]
    signature: inspect.Signature
    trees: Mapping[str, Tree]

    def broken_guard(self) -> Guard | None:
        """A fact about the world outside that no longer holds, if there is one."""
        for guard in self.program.guards:
            now = guard.read()
            if now is not guard.value and not _equal(now, guard.value):
                return guard
        return None

    def changed_static(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str | None:
        """The name of an int that was made static and is another one now, if there is one."""
        if self.promoted:
            bound = self.signature.bind(*args, **kwargs).arguments
            for name, path, value in self.promoted:
                if _at(bound[name], path) != value:
                    return name
        return None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        hidden = {p.name: p.hidden.read() for p in self.program.parameters if p.hidden is not None}
        return self.function(*args, **kwargs, **hidden)


def _equal(a: Any, b: Any) -> bool:
    return type(a) is type(b) and isinstance(a, bool | int | float | str | tuple | None.__class__) and bool(a == b)


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key] if isinstance(value, dict) or isinstance(key, int) else getattr(value, key)
    return value


class Specializer:
    """Compiles one function's gradient per signature, and dispatches.

    Args:
        function: the user's function.
        request: what is asked of it.
    """

    def __init__(self, function: Callable[..., Any], request: Request) -> None:
        self.function = function
        self.request = request
        self.signature = inspect.signature(function)
        self._exact: dict[Hashable, list[Compiled]] = {}
        self._signatures: dict[Hashable, list[Compiled]] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.lookup(args, kwargs)(*args, **kwargs)

    def lookup(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Compiled:
        """The program for these arguments: what was compiled before, or compiled now."""
        key = (*map(key_of, args), *kwargs, *map(key_of, kwargs.values())) if kwargs else tuple(map(key_of, args))
        try:
            candidates = self._exact.get(key)
        except TypeError:
            candidates = None
            self._trees(args, kwargs)  # names the argument that cannot be hashed
            raise
        if candidates is None:
            if len(self._exact) >= MOST_EXACT_KEYS:
                self._exact.clear()
            candidates = self._exact[key] = self._signatures.setdefault(signature_of(key), [])
        for compiled in candidates:
            if compiled.broken_guard() is None and compiled.changed_static(args, kwargs) is None:
                return compiled
        candidates[:] = [c for c in candidates if c.broken_guard() is None]
        candidates.append(self.compile(self._trees(args, kwargs)))
        return candidates[-1]

    def check(self, compiled: Compiled, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """Refuse arguments, or a world around them, that a compiled program does not hold for.

        Raises:
            SignatureError: names what changed.
        """
        way_out = (
            "call lower(...) again on the new arguments, or call the function's own grad, which recompiles by itself"
        )
        now = self._trees(args, kwargs)
        for name in {**compiled.trees, **now}:
            before, after = compiled.trees.get(name), now.get(name)
            if before is None or after is None:
                raise SignatureError(
                    f"`{name}` was {'passed' if after is None else 'left out'} when this was compiled", "", way_out
                )
            if change := difference(before, after, name):
                raise SignatureError(change, "the code was generated for the structure that it saw", way_out)
        if name := compiled.changed_static(args, kwargs):
            raise SignatureError(
                f"`{name}` was another number when this was compiled", "its value is part of the code", way_out
            )
        if guard := compiled.broken_guard():
            raise SignatureError(
                f"{guard.description} has changed since this was compiled",
                "its value is part of the code",
                way_out,
                guard.loc,
            )

    def _trees(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Tree]:
        bound = self.signature.bind(*args, **kwargs)
        return {name: tree_of(value, name) for name, value in bound.arguments.items()}

    def primal(self, trees: dict[str, Tree]) -> tuple[Program, tuple[tuple[str, Path, Any], ...]]:
        """Trace the function; ints that turn out to be needed at compile time become static, and tracing restarts."""
        promoted: list[tuple[str, Path, Any]] = []
        while True:
            try:
                program = trace(self.function, trees)
            except NeedsStaticParameter as need:
                leaf = _leaf_at(trees[need.parameter], need.path)
                if leaf.sample is None:
                    raise
                promoted.append((need.parameter, need.path, leaf.sample))
                trees = trees | {need.parameter: _with_static(trees[need.parameter], need.path, leaf.sample)}
            else:
                return name_dimensions(self._with_defaults(program)), tuple(promoted)

    def _with_defaults(self, program: Program) -> Program:
        def with_default(parameter: Parameter) -> Parameter:
            if parameter.hidden is not None or parameter.name not in self.signature.parameters:
                return parameter
            return dataclasses.replace(parameter, default=self.signature.parameters[parameter.name].default)

        return dataclasses.replace(program, parameters=tuple(map(with_default, program.parameters)))

    def compile(self, trees: dict[str, Tree]) -> Compiled:
        """Trace, differentiate, optimise, emit and load."""
        primal, promoted = self.primal(trees)
        program = gradient_program(primal, self.request)
        emitted = emit(program)
        function = load(emitted, filename=f"<pullback {program.module.entry}>")
        return Compiled(primal, program, emitted, function, promoted, self.signature, trees)


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
        case Array(dtype, shape) if shape is not None:
            sizes = ", ".join("1" if dim == 1 else "n" for dim in shape)
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


def _leaf_at(tree: Tree, path: Path) -> Leaf:
    for key in path:
        assert isinstance(tree, Node)
        tree = tree.children[tree.keys.index(key)]
    assert isinstance(tree, Leaf)
    return tree


def _with_static(tree: Tree, path: Path, value: Any) -> Tree:
    if not path:
        return Static(value)
    assert isinstance(tree, Node)
    index = tree.keys.index(path[0])
    children = list(tree.children)
    children[index] = _with_static(children[index], path[1:], value)
    return dataclasses.replace(tree, children=tuple(children))
