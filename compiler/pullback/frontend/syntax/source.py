"""From a function to the AST it was compiled from, in place in its file, so that locations are absolute.

The file is compiled again and the code found there compared with the function's own: a file that changed since it
was imported is noticed.
"""

from __future__ import annotations

import ast
import linecache
import types
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeAlias

from pullback.errors import SourceNotFoundError
from pullback.ir.core import Loc
from pullback.records import dataclass

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
ComprehensionNode: TypeAlias = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
ScopeNode: TypeAlias = FunctionNode | ComprehensionNode | ast.ClassDef


@dataclass(frozen=True, eq=False)
class Code:
    """The syntax of a function, or of a class inside one, and where it stands. `globals` is its module's namespace."""

    node: ScopeNode
    file: str
    name: str
    globals: Mapping[str, Any]
    qualname: str = ""

    @cached_property
    def locals(self) -> frozenset[str]:
        """The names that the function binds."""
        return frozenset(bound_names(self.node))

    @cached_property
    def cells(self) -> tuple[str, ...]:
        """The names that it binds and that functions inside it assign (`nonlocal`), in one order for every process."""
        return tuple(sorted(self.locals & assigned_inside(self.node)))

    @cached_property
    def global_names(self) -> frozenset[str]:
        """The names that it declares `global`."""
        return frozenset(declared(self.node, ast.Global))

    @property
    def is_comprehension(self) -> bool:
        return isinstance(self.node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)

    @cached_property
    def free(self) -> frozenset[str]:
        """The names that the function, or a function inside it, reads from around it."""
        return frozenset(free_names(self.node))

    @cached_property
    def _nested(self) -> dict[ast.AST, Code]:
        return {}

    @property
    def is_class(self) -> bool:
        return isinstance(self.node, ast.ClassDef)

    def nested(self, node: ScopeNode) -> Code:
        """The code of a function or class inside this one, the same one each time."""
        if node not in self._nested:
            is_named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            name = node.name if is_named else self.name  # type: ignore[union-attr]  # it has a name
            name = "lambda" if isinstance(node, ast.Lambda) else name
            inside = self.qualname if self.is_class else f"{self.qualname}.<locals>"
            self._nested[node] = Code(node, self.file, name, self.globals, f"{inside}.{name}")
        return self._nested[node]

    def binding(self, names: Iterable[str]) -> Code:
        """A scope around the function that binds just `names`: the variables that a closure has captured."""
        scope = Code(self.node, self.file, self.name, self.globals, self.qualname)
        scope.__dict__["locals"] = frozenset(names)
        return scope

    def loc(self, node: ast.AST, statement: tuple[int, int] | None = None) -> Loc:
        """Where a node stands."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        end_line = getattr(node, "end_lineno", None) or line
        end_column = getattr(node, "end_col_offset", None) or column
        return Loc(self.file, line, column, end_line, end_column, statement or (line, end_line), self.name)


@dataclass(frozen=True)
class _File:
    """A parsed file: its function nodes by the line they start in, and the code objects compiled from it."""

    nodes: Mapping[int, list[FunctionNode]]
    codes: Mapping[tuple[int, str], list[types.CodeType]]


_files: dict[str, tuple[tuple[str, ...], _File]] = {}


def locate(function: types.FunctionType) -> Code:
    """The syntax of a function.

    Raises:
        SourceNotFoundError: there is no source, or it is no longer that of the function.
    """
    code = function.__code__
    name = "lambda" if code.co_name == "<lambda>" else code.co_name
    linecache.checkcache(code.co_filename)
    lines = tuple(linecache.getlines(code.co_filename, function.__globals__))
    if not lines:
        raise SourceNotFoundError(
            f"the source of `{function.__qualname__}` cannot be found in {code.co_filename}",
            "the compiler reads the function's source text",
            "define the function in a file (a function made by exec or typed at the plain prompt has no source)",
        )
    file = _parse(code.co_filename, lines)
    candidates = [node for node in file.nodes.get(code.co_firstlineno, ()) if _is_named(node, code.co_name)]
    compiled = file.codes.get((code.co_firstlineno, code.co_name), [])
    if len(candidates) > 1:
        candidates = [node for node in candidates if _spans(node, code)]
    if len(candidates) != 1 or not any(_agree(code, other) for other in compiled):
        raise SourceNotFoundError(
            f"line {code.co_firstlineno} of {code.co_filename} is no longer the source of `{function.__qualname__}`",
            "the file has changed since it was imported, or the code was not compiled from it",
            "import the module again",
        )
    return Code(candidates[0], code.co_filename, name, function.__globals__, code.co_qualname)


def _parse(filename: str, lines: tuple[str, ...]) -> _File:
    known = _files.get(filename)
    if known is not None and known[0] == lines:
        return known[1]
    text = "".join(lines)
    try:
        tree = PrivateNames().visit(ast.parse(text, filename))
        module = compile(text, filename, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise SourceNotFoundError(
            f"{filename} cannot be parsed", str(error), "import the module again after mending it"
        ) from error
    nodes: dict[int, list[FunctionNode]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            nodes.setdefault(_first_line(node), []).append(node)
    codes: dict[tuple[int, str], list[types.CodeType]] = {}
    for code in _code_objects(module):
        codes.setdefault((code.co_firstlineno, code.co_name), []).append(code)
    _files[filename] = lines, _File(nodes, codes)
    return _files[filename][1]


class PrivateNames(ast.NodeTransformer):
    """Spells names such as `__x`, inside a class, as Python means them: `_Class__x`."""

    def __init__(self, owner: str = "") -> None:
        self.owner = owner.lstrip("_")

    def mangled(self, name: str) -> str:
        return f"_{self.owner}{name}" if self.owner and is_private(name) else name

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """A class: its body is its own, all else of it belongs to what is around."""
        inside = PrivateNames(node.name)
        node.body = [inside.visit(statement) for statement in node.body]
        node.bases, node.keywords = [self.visit(n) for n in node.bases], [self.visit(n) for n in node.keywords]
        node.decorator_list = [self.visit(decorator) for decorator in node.decorator_list]
        node.name = self.mangled(node.name)
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Any other node: every name in it."""
        super().generic_visit(node)
        for field_name in ("id", "attr", "arg", "name", "asname"):
            if isinstance(name := getattr(node, field_name, None), str) and self.owner:
                setattr(node, field_name, self.mangled(name))
        if isinstance(node, ast.Global | ast.Nonlocal):
            node.names = list(map(self.mangled, node.names))
        return node


def is_private(name: str) -> bool:
    """Whether Python spells a name another way inside a class."""
    return name.startswith("__") and not name.endswith("__") and "." not in name


def _code_objects(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _code_objects(constant)


def _first_line(node: FunctionNode) -> int:
    if isinstance(node, ast.Lambda) or not node.decorator_list:
        return node.lineno
    return node.decorator_list[0].lineno


def _is_named(node: FunctionNode, name: str) -> bool:
    if isinstance(node, ast.Lambda):
        return name == "<lambda>"
    return node.name == name or (is_private(name) and node.name.endswith(name))


def _spans(node: FunctionNode, code: types.CodeType) -> bool:
    """Whether the instructions stem from this node: their span is that of a lambda's body."""
    where = [p for p in code.co_positions() if None not in p and (p[2], p[3]) != (0, 0)]
    spans = [(line, column, end_line, end_column) for line, end_line, column, end_column in where]
    body = node.body if isinstance(node, ast.Lambda) else node
    begin = (body.lineno, body.col_offset) if isinstance(body, ast.AST) else (0, 0)
    end = (body.end_lineno, body.end_col_offset) if isinstance(body, ast.AST) else (0, 0)
    if not spans:
        return False
    return min(s[:2] for s in spans) == begin and max(s[2:] for s in spans) == end


def _agree(code: types.CodeType, other: types.CodeType) -> bool:
    if any("@py" in name for name in code.co_names + code.co_varnames):  # asserts rewritten by a test runner
        return code.co_varnames[: code.co_argcount] == other.co_varnames[: other.co_argcount]
    return code.co_code == other.co_code and code.co_varnames == other.co_varnames and code.co_names == other.co_names


def scope_nodes(root: ast.AST) -> Iterator[ast.AST]:
    """The nodes inside a function that belong to its own scope: not the bodies of functions inside it."""
    if isinstance(root, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        pending: list[ast.AST] = list(root.body)
    elif isinstance(root, ast.Lambda):
        pending = [root.body]
    else:
        pending = [root]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            pending += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        elif isinstance(node, ast.Lambda):
            pending += [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        elif isinstance(node, ast.ClassDef):
            pending += [*node.decorator_list, *node.bases, *node.keywords]
        else:
            pending += ast.iter_child_nodes(node)


_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def bound_names(root: FunctionNode | ComprehensionNode | ast.stmt) -> set[str]:
    """The names that a function, a comprehension or a statement binds in its scope."""
    names: set[str] = set()
    if isinstance(root, _COMPREHENSIONS):
        for generator in root.generators:
            names |= {n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)}
        return names
    if isinstance(root, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        names |= {a.arg for a in all_arguments(root.args)}
    comprehension_targets: set[int] = set()
    for node in scope_nodes(root):
        match node:
            case ast.comprehension(target=target):
                comprehension_targets |= {id(n) for n in ast.walk(target)}
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.alias(name=name, asname=asname):
                names.add(asname or name.split(".")[0])
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                names.add(name)
            case ast.MatchMapping(rest=str(name)):
                names.add(name)
    for node in scope_nodes(root):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) if id(node) not in comprehension_targets:
                names.add(name)
    return names - declared(root, ast.Nonlocal, ast.Global)


def declared(root: ast.AST, *kinds: type[ast.Nonlocal] | type[ast.Global]) -> set[str]:
    """The names that a scope declares `nonlocal` or `global`."""
    return {name for node in scope_nodes(root) if isinstance(node, kinds) for name in node.names}


def assigned_inside(root: ast.AST) -> set[str]:
    """The names around the functions inside a scope that these assign."""
    names: set[str] = set()
    for node in scope_nodes(root):
        if isinstance(node, ast.ClassDef) and node is not root:
            names |= declared(node, ast.Nonlocal) | assigned_inside(node)  # functions in it do not see its names
        elif isinstance(node, ast.FunctionDef | ast.Lambda) and node is not root:
            names |= declared(node, ast.Nonlocal) | (assigned_inside(node) - bound_names(node))
    return names


def all_arguments(args: ast.arguments) -> list[ast.arg]:
    """Every parameter of a function."""
    stars = [a for a in (args.vararg, args.kwarg) if a is not None]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *stars]


def free_names(root: ScopeNode) -> set[str]:
    """The names read inside a function, or in functions and classes inside it, that it does not bind itself."""
    read: set[str] = set()
    for node in scope_nodes(root):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            read.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef) and node is not root:
            read |= free_names(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super":
            read.add("__class__")
        elif isinstance(node, ast.Nonlocal):
            read |= set(node.names)
    # what the body of a class reads may be the name of its own, or (before that is bound) one from around it
    return read if isinstance(root, ast.ClassDef) else read - bound_names(root)
