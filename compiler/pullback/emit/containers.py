"""Container parameters and results: how generated code reads their leaves, and builds them again.

A gradient has the structure of what it belongs to. A namedtuple or dataclass is rebuilt from a parameter of its class
that is at hand, else from its class, which is then imported. A constructor that does more than keep its arguments is
not run: it would change what it is given.
"""

from __future__ import annotations

import ast
import copy
import dataclasses
import inspect
import math
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from pullback.emit.constants import NotPrintable, constant
from pullback.emit.imports import Imports, attribute
from pullback.errors import SignatureError
from pullback.ir.interface import Leaf, Node, Parameter, Path, Static, Tree
from pullback.ir.variants import factory_of, is_defaulting, limit_of, python_class

_BY_ATTRIBUTE = ("namedtuple", "dataclass", "object")


def access(parameter: Parameter, path: Path, imports: Imports) -> ast.expr:
    """The expression that reads the value at a path of a parameter: `params["W1"]`, `config.rate`."""
    expression: ast.expr = ast.Name(parameter.name)
    tree = parameter.tree
    for key in path:
        assert isinstance(tree, Node)
        if tree.kind in _BY_ATTRIBUTE:
            expression = attribute(expression, key)
        else:
            expression = ast.Subscript(expression, constant(key, imports), ast.Load())
        tree = tree.children[tree.keys.index(key)]
    return expression


def statics(tree: Tree, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The static leaves of a tree with their paths, in order."""
    match tree:
        case Static(value):
            yield path, value
        case Node(keys=keys, children=children):
            for key, child in zip(keys, children, strict=True):
                yield from statics(child, (*path, key))


def leaf_hint(parameter: Parameter, path: Path) -> str:
    """A name for the leaf at a path: its key, or the parameter's name and its index."""
    if not path:
        return parameter.name
    named = [key for key in path if isinstance(key, str) and key.isidentifier()]
    if path[-1:] == tuple(named[-1:]):
        return named[-1]
    return "_".join([parameter.name, *map(str, path)])


def class_sources(parameters: Sequence[Parameter]) -> Mapping[type, tuple[Parameter, Path]]:
    """For each class of namedtuples, dataclasses and objects, a place in the parameters where an instance of it is."""
    found: dict[type, tuple[Parameter, Path]] = {}

    def visit(parameter: Parameter, tree: Tree, path: Path) -> None:
        if isinstance(tree, Node):
            if tree.kind in _BY_ATTRIBUTE and tree.type is not SimpleNamespace:
                found.setdefault(tree.type, (parameter, path))
            for key, child in zip(tree.keys, tree.children, strict=True):
                visit(parameter, child, (*path, key))

    for parameter in parameters:
        visit(parameter, parameter.tree, ())
    return found


def nodes(tree: Tree) -> Iterator[Node]:
    """The containers of a tree, outermost first."""
    if isinstance(tree, Node):
        yield tree
        for child in tree.children:
            yield from nodes(child)


class ResultBuilder:
    """Builds the expression for a result tree from expressions for its leaves."""

    def __init__(self, tree: Tree, parameters: Sequence[Parameter], imports: Imports) -> None:
        self.tree = tree
        self.imports = imports
        self.sources = class_sources(parameters)

    def parameters_read(self) -> list[Parameter]:
        """The parameters that rebuilding needs."""
        wanted = [self.sources[node.type][0] for node in nodes(self.tree) if node.type in self.sources]
        return list({p.name: p for p in wanted}.values())  # a parameter may hold arrays, which have no hash

    def build(self, leaves: Sequence[ast.expr]) -> ast.expr:
        """The expression for the whole tree; `leaves` in order."""
        remaining = iter(leaves)
        expression = self._build(self.tree, remaining)
        assert next(remaining, None) is None
        return expression

    def _build(self, tree: Tree, leaves: Iterator[ast.expr]) -> ast.expr:
        match tree:
            case Leaf():
                return copy.deepcopy(next(leaves))
            case Static(value):
                return static(value, self.imports)
        children = [self._build(child, leaves) for child in tree.children]
        match tree.kind:
            case "tuple":
                return ast.Tuple(children, ast.Load())
            case "list":
                return self._sequence(tree, ast.List(children, ast.Load()))
            case "dict":
                return self._mapping(tree, ast.Dict([constant(key, self.imports) for key in tree.keys], children))
        return self._instance(tree, children)

    def _sequence(self, tree: Node, items: ast.List) -> ast.expr:
        """A list or a deque."""
        if tree.type is list:
            return items
        limit = limit_of(tree.type)
        keywords = [] if limit is None else [ast.keyword("maxlen", ast.Constant(limit))]
        return ast.Call(attribute(self.imports.module("collections"), "deque"), [items], keywords)

    def _mapping(self, tree: Node, items: ast.Dict) -> ast.expr:
        """A dict, or one of the standard library."""
        cls = python_class(tree.type)
        if cls is dict:
            return items
        made = attribute(self.imports.module("collections"), cls.__name__)
        first = [static(factory_of(tree.type), self.imports)] if is_defaulting(tree.type) else []
        return ast.Call(made, [*first, items], [])

    def _instance(self, tree: Node, children: list[ast.expr]) -> ast.expr:
        """A namedtuple, a dataclass, or an object."""
        keywords = _keywords(tree, children)
        if tree.type is SimpleNamespace:
            return ast.Call(attribute(self.imports.module("types"), "SimpleNamespace"), [], keywords)
        source = access(*self.sources[tree.type], self.imports) if tree.type in self.sources else None
        if tree.kind != "namedtuple" and not (keeps_its_arguments(tree.type) and has_only_fields(tree)):
            cls = self._class(tree.type) if source is None else ast.Call(self.imports.builtin("type"), [source], [])
            return ast.Call(self.imports.function("instance"), [cls], keywords)
        if source is None:
            return ast.Call(self._class(tree.type), [], keywords)
        if tree.kind == "namedtuple":
            return ast.Call(attribute(source, "_replace"), [], keywords)
        function = attribute(self.imports.module("dataclasses"), "replace")
        return ast.Call(function, [source], keywords)

    def _class(self, cls: type) -> ast.expr:
        if cls.__module__ == "__main__" or "." in cls.__qualname__:
            raise SignatureError(
                f"the result holds a `{cls.__name__}`, which generated code cannot import",
                f"it is defined in {cls.__module__}.{cls.__qualname__}, and no parameter is one",
                "define the class at the top level of a module, or return a tuple or dict",
            )
        return self.imports.member(cls.__module__, cls.__name__)


def keeps_its_arguments(cls: type) -> bool:
    """Whether a class is a dataclass whose constructor keeps what it is given, and does nothing else.

    >>> keeps_its_arguments(dataclasses.make_dataclass("Point", ["x", "y"])), keeps_its_arguments(SimpleNamespace)
    (True, False)
    """
    parameters = vars(cls).get("__dataclass_params__")
    if parameters is None or not parameters.init or hasattr(cls, "__post_init__"):
        return False
    own = {name for base in cls.__mro__[:-1] for name in vars(base)}
    if "__new__" in own or ("__setattr__" in own and not parameters.frozen):
        return False
    names = {f.name for f in dataclasses.fields(cls)}
    return set(inspect.signature(cls).parameters) == names


def has_only_fields(tree: Node) -> bool:
    """Whether an instance of a dataclass has the attributes that its class declares, and no others."""
    return set(tree.keys) == {f.name for f in dataclasses.fields(tree.type)}


def static(value: Any, imports: Imports) -> ast.expr:
    """A static leaf of a result.

    Raises:
        SignatureError: no expression stands for it.
    """
    try:
        if isinstance(value, slice):  # stands inside brackets only
            raise NotPrintable
        return constant(value, imports)
    except NotPrintable:
        raise SignatureError(
            f"the result holds {value!r}", "generated code cannot write it down", "leave it out of what is returned"
        ) from None


def _keywords(tree: Node, children: list[ast.expr]) -> list[ast.keyword]:
    return [ast.keyword(str(key), child) for key, child in zip(tree.keys, children, strict=True)]


def signature(parameters: Sequence[Parameter], imports: Imports) -> ast.arguments:
    """The parameters as the user passes them; hidden ones are keyword-only.

    A number, string or None that the program was specialised to may be left out.
    """

    def of_kind(*kinds: str) -> list[Parameter]:
        return [p for p in parameters if (p.kind if p.hidden is None else "keyword_only") in kinds]

    def named(*kinds: str) -> list[ast.arg]:
        return [ast.arg(p.name) for p in of_kind(*kinds)]

    variable, keywords = named("var_positional"), named("var_keyword")
    positional = [_default(p, imports) for p in of_kind("positional_only", "positional")]
    first = next((k + 1 for k in reversed(range(len(positional))) if positional[k] is None), 0)
    return ast.arguments(
        posonlyargs=named("positional_only"),
        args=named("positional"),
        vararg=variable[0] if variable else None,
        kwonlyargs=named("keyword_only"),
        kw_defaults=[_default(p, imports) for p in of_kind("keyword_only")],
        kwarg=keywords[0] if keywords else None,
        defaults=[default for default in positional[first:] if default is not None],
    )


def _default(parameter: Parameter, imports: Imports) -> ast.expr | None:
    tree = parameter.tree
    return constant(tree.value, imports) if isinstance(tree, Static) and is_literal(tree.value) else None


def is_literal(value: Any) -> bool:
    """Whether a static value can be written down and compared with."""
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or type(value) in (bool, int, str)
