"""Nodes to lines of text, with comments that name the source statement, and the source location of each line."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator, Sequence

from pullback.emit.printing import print_header, print_statement
from pullback.emit.render import If, Line, Loop, Node
from pullback.ir.core import Loc

LONGEST_COMMENT = 88
_COMPOUND = ("def ", "class ", "@", "if ", "elif ", "else:", "for ", "while ", "with ")  # they say too much, or nothing

Located = tuple[str, Loc | None]
Statement = tuple[str, tuple[int, int]]
Group = tuple[str, Statement]  # a sweep, and a statement of the source


def source_statement(loc: Loc) -> str:
    """The text of the statement around a location, on one line; empty when the source is not available."""
    first, last = loc.statement
    text = " ".join("".join(linecache.getline(loc.file, k) for k in range(first, last + 1)).split())
    if text.startswith(_COMPOUND):
        return ""
    text = text.removeprefix("return ")
    return text if len(text) <= LONGEST_COMMENT else text[: LONGEST_COMMENT - 4].rstrip() + " ..."


class Writer:
    """Writes the body of one function."""

    def __init__(self) -> None:
        self.lines: list[Located] = []

    def function(
        self, header: ast.FunctionDef, docstring: Sequence[str], body: Sequence[Node], loc: Loc | None
    ) -> None:
        """Write a function: its header, its docstring, its body."""
        self.lines += [(line, loc) for line in print_header(header)]
        if len(docstring) == 1:
            self.lines.append((f'    """{docstring[0]}"""', loc))
        else:
            self.lines += [(f'    """{docstring[0]}', loc), *((f"    {d}".rstrip(), loc) for d in docstring[1:])]
            self.lines.append(('    """', loc))
        self._sweeps(body)

    def _sweeps(self, body: Sequence[Node]) -> None:
        """The top level of a function: a blank line parts the adjoint sweep from the primal."""
        cut = next((k for k, node in enumerate(body) if _sweep(node) == "adjoint"), 0)
        self._nodes(body[:cut], 4)
        if cut and cut < len(body):
            self.lines.append(("", None))
        self._nodes(body[cut:], 4)

    def _nodes(self, body: Sequence[Node], indent: int, current: Group | None = None) -> None:
        """Write a block; `current` has been named by the comment above it."""
        for k, node in enumerate(body):
            group = _group(node)
            if group != current:
                current = group
                self._comment(body, k, indent)
            if isinstance(node, If):
                self._if(node, indent, current)
            elif isinstance(node, Loop):
                self.lines += [(line, node.op.loc) for line in print_header(node.header, indent)]
                self._nodes(node.body, indent + 4)
            else:
                loc = node.op.loc if node.op is not None else None
                self.lines += [(line, loc) for line in print_statement(node.node, indent)]

    def _comment(self, body: Sequence[Node], k: int, indent: int) -> None:
        """Say which source statement is reversed, or which one was split into several."""
        node, group = body[k], _group(body[k])
        if isinstance(node, If) and group is not None:
            node = next(_lines_of(node))
        if not isinstance(node, Line):
            return
        if node.op is None:
            statements = {(loc.file, loc.statement) for loc in node.stems_from}
            loc = node.stems_from[0] if len(statements) == 1 else None
            if loc is not None and k and body[k - 1] is not None and _group(body[k - 1]) == _loc_group("adjoint", loc):
                return
        else:
            loc = node.op.loc
            split = k + 1 < len(body) and _group(body[k + 1]) == group
            if node.op.sweep == "primal" and not split:
                return
        if loc is not None and (text := source_statement(loc)):
            self.lines.append((f"{' ' * indent}# {text}", None))

    def _if(self, node: If, indent: int, current: Group | None, keyword: str | None = None) -> None:
        header = ast.If(node.test, [ast.Pass()], [])
        loc = node.op.loc if node.op is not None else None
        self.lines += [(line, loc) for line in print_header(header, indent, keyword)]
        self._nodes(node.then, indent + 4, current)
        match node.orelse:
            case []:
                return
            case [If() as only]:
                self._if(only, indent, current, "elif")
            case _:
                self.lines.append((f"{' ' * indent}else:", loc))
                self._nodes(node.orelse, indent + 4, current)


def _sweep(node: Node) -> str:
    return node.op.sweep if node.op is not None else ""


def _group(node: Node) -> Group | None:
    """What neighbouring statements share that one comment serves; so does a conditional that reverses one statement."""
    if isinstance(node, If):
        groups = {_group(line) for line in _lines_of(node)}
        group = groups.pop() if len(groups) == 1 else None
        return group if group is not None and group[0] == "adjoint" else None
    if not isinstance(node, Line) or node.op is None or node.op.loc is None:
        return None
    return _loc_group(node.op.sweep, node.op.loc)


def _lines_of(node: If) -> Iterator[Line | Loop]:
    """The statements inside a conditional, those of conditionals in it too."""
    for inner in (*node.then, *node.orelse):
        if isinstance(inner, If):
            yield from _lines_of(inner)
        else:
            yield inner


def _loc_group(sweep: str, loc: Loc) -> Group:
    return sweep, (loc.file, loc.statement)
