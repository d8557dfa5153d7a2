"""How a user's parameters and results are made of IR values, and a compiled program as a whole.

A tree describes one Python value. Its leaves, in order, are parameters (or results) of the IR function: the k-th
leaf over all parameters is the k-th parameter of the module's entry. What is static is part of the tree.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal, TypeAlias

from pullback.ir.core import Loc, Module
from pullback.ir.types import Type
from pullback.records import dataclass

Mode: TypeAlias = Literal["value_and_grad", "grad"]
NO_DEFAULT = inspect.Parameter.empty
NodeKind: TypeAlias = Literal["tuple", "list", "dict", "namedtuple", "dataclass", "object"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A dynamic value. `sample` is the concrete value that was seen, where there is one: an int that must be static
    is promoted from it.
    """

    type: Type
    sample: Any = None


@dataclass(frozen=True, slots=True)
class Static:
    """A value known at compile time: None, a string, a function, a promoted int."""

    value: Any


@dataclass(frozen=True, slots=True)
class Node:
    """A container. `keys` are indices, dict keys, or attribute names; `type` its Python class."""

    kind: NodeKind
    type: type
    keys: tuple[Any, ...]
    children: tuple[Tree, ...]


Tree: TypeAlias = Leaf | Static | Node
Path: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Hidden:
    """A global or closure array that the function reads: passed to the generated function as a keyword argument,
    and read anew at each call. `read` gives its current value; `description` says where it lives.
    """

    read: Callable[[], Any]
    description: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the user's function (or a hidden one): its name, tree, kind and default (`NO_DEFAULT`: none)."""

    name: str
    tree: Tree
    kind: Literal["positional_only", "positional", "var_positional", "keyword_only", "var_keyword"] = "positional"
    hidden: Hidden | None = None
    default: Any = NO_DEFAULT


@dataclass(frozen=True, slots=True)
class Guard:
    """A fact about the world outside the arguments that the program was specialised to.

    `read()` must still be `value` (identical, or equal for numbers and strings).
    """

    read: Callable[[], Any]
    value: Any
    description: str
    loc: Loc | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A module together with how it is called.

    result        tree of what the entry returns; its leaves are the entry's results, in order
    changed       the arrays and containers among the arguments that the function writes to, by parameter and path
    contiguous    those of them that must lie in memory in C order: the function writes through what is a view only then
    silenced      the floating-point warnings that the function ignores (np.errstate)
    title         one line for the docstring: what is computed, of what, in which file
    """

    module: Module
    parameters: tuple[Parameter, ...]
    result: Tree
    guards: tuple[Guard, ...] = ()
    changed: tuple[tuple[str, Path], ...] = ()
    contiguous: tuple[tuple[str, Path], ...] = ()
    silenced: frozenset[str] = frozenset()
    title: str = ""
    source_file: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a program: the gradient with respect to these parameters.

    wrt        parameter names; `single` says that one name was given alone, not in a tuple
    has_aux    the function returns (value, aux), and only the value is differentiated
    """

    wrt: tuple[str, ...]
    single: bool
    has_aux: bool = False
    mode: Mode = "value_and_grad"


def leaves(tree: Tree, path: Path = ()) -> Iterator[tuple[Path, Leaf]]:
    """The leaves of a tree with their paths, in order."""
    match tree:
        case Leaf():
            yield path, tree
        case Node(keys=keys, children=children):
            for key, child in zip(keys, children, strict=True):
                yield from leaves(child, (*path, key))


def map_leaves(tree: Tree, change: Callable[[Path, Leaf], Tree], path: Path = ()) -> Tree:
    """A tree with every leaf replaced."""
    match tree:
        case Leaf():
            return change(path, tree)
        case Node(keys=keys, children=children):
            changed = tuple(map_leaves(c, change, (*path, k)) for k, c in zip(keys, children, strict=True))
            return replace(tree, children=changed)
    return tree


def node(kind: NodeKind, items: Mapping[Any, Tree] | tuple[Tree, ...], cls: type | None = None) -> Node:
    """A container of trees."""
    if isinstance(items, tuple):
        return Node(kind, cls or {"tuple": tuple, "list": list}[kind], tuple(range(len(items))), items)
    return Node(kind, cls or dict, tuple(items), tuple(items.values()))


def built(tree: Tree, values: Iterator[Any]) -> Any:
    """The Python value that a tree describes, of the values of its leaves in order. No constructor of a class is run.

    >>> built(Node("dict", dict, ("a", "b"), (Leaf(None), Static("text"))), iter([1.0]))
    {'a': 1.0, 'b': 'text'}
    """
    match tree:
        case Leaf():
            return next(values)
        case Static(value=known):
            return known
    parts = [built(child, values) for child in tree.children]
    match tree.kind:
        case "tuple" | "list":
            return tree.type(parts)
        case "namedtuple":
            return tree.type(*parts)
        case "dict":
            return dict(zip(tree.keys, parts, strict=True))
    made: Any = object.__new__(tree.type)
    for name, part in zip(tree.keys, parts, strict=True):
        object.__setattr__(made, name, part)
    return made
