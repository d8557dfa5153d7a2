"""Which variables are live: those that may be read before they are assigned again.

Backward over the syntax of one function: `live[loop]` holds the names that may still be read when the loop is about
to begin a trip, or to end, or has been broken off, and that it therefore must carry; `before[statement]` those that may
be read from a statement on.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import field
from functools import lru_cache, reduce

from pullback.frontend.syntax.source import ScopeNode, free_names
from pullback.records import dataclass

Names = frozenset[str]
NOTHING: Names = frozenset()
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass
class Liveness:
    """Live names at the head of each loop of a function, and before each statement that is understood."""

    live: dict[ast.stmt, Names] = field(default_factory=dict)
    before: dict[ast.stmt, Names] = field(default_factory=dict)

    def block(self, body: list[ast.stmt], out: Names, on_break: Names, on_continue: Names) -> Names:
        """What is live before statements, given what is after them."""
        for node in reversed(body):
            out = self.before[node] = self.statement(node, out, on_break, on_continue)
        return out

    def statement(self, node: ast.stmt, out: Names, on_break: Names, on_continue: Names) -> Names:
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                arms = [self.block(arm, out, on_break, on_continue) for arm in (body, orelse)]
                return reads(test) | arms[0] | arms[1]
            case ast.Match(subject=subject, cases=cases):
                bodies = [self.block(case.body, out, on_break, on_continue) for case in cases]
                asked = [reads(part) for case in cases for part in (case.pattern, case.guard) if part is not None]
                return out | reads(subject) | union([*bodies, *asked])
            case ast.For(target=target, iter=source, body=body, orelse=orelse):
                after = self.block(orelse, out, on_break, on_continue)

                def trip(head: Names) -> Names:
                    return reads(target) | (self.block(body, head, out, head) - stores(target))

                return reads(source) | self.head(node, after, out, trip)
            case ast.While(test=test, body=body, orelse=orelse):
                after = self.block(orelse, out, on_break, on_continue)
                return self.head(node, after, out, lambda head: reads(test) | self.block(body, head, out, head))
            case ast.Break():
                return on_break
            case ast.Continue():
                return on_continue
            case ast.Return() | ast.Raise():
                return reads(node)
            case ast.AugAssign(target=ast.Name(id=name)):
                return out | reads(node) | {name}
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Expr() | ast.Import() | ast.ImportFrom():
                return (out - stores(node)) | reads(node)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                return (out - {name}) | reads(node)
        return out | reads(node) | on_break | on_continue

    def head(self, node: ast.stmt, after: Names, broken: Names, trip: Callable[[Names], Names]) -> Names:
        """What is live at the head, if so much is live after the last trip, and after a `break`."""
        head = after
        while (wider := head | trip(head)) != head:
            head = wider
        self.live[node] = head | broken
        return head


def live_in_loops(function: ScopeNode) -> dict[ast.stmt, Names]:
    """The names that each loop of a function must keep from trip to trip, or hand out."""
    return liveness(function).live


def live_in_statements(function: ScopeNode) -> dict[ast.stmt, Names]:
    """The names that may be read from a statement on, itself included."""
    return liveness(function).before


@lru_cache(maxsize=256)
def liveness(function: ScopeNode) -> Liveness:
    """The live names of a function. What nested functions read, they may read at any time."""
    if not isinstance(function, ast.FunctionDef):
        return Liveness()
    inner = [n for statement in function.body for n in ast.walk(statement) if isinstance(n, _FUNCTIONS)]
    always = union(free_names(n) for n in inner)
    analysis = Liveness()
    analysis.block(function.body, always, always, always)
    return Liveness(
        *({node: names | always for node, names in found.items()} for found in (analysis.live, analysis.before))
    )


def reads(node: ast.AST) -> Names:
    """The names that a piece of syntax may read."""
    found = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load | ast.Del)}
    return frozenset(found | {n.target.id for n in ast.walk(node) if _updates(n)})  # type: ignore[attr-defined]


def _updates(node: ast.AST) -> bool:
    return isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)


def stores(node: ast.AST) -> Names:
    """The names that a piece of syntax surely assigns; a walrus may be skipped by a short circuit."""
    match node:
        case ast.Assign(targets=targets):
            return union(map(stores, targets))
        case ast.AnnAssign(target=target, value=value):
            return NOTHING if value is None else stores(target)
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            return union(map(stores, targets))
        case ast.Starred(value=target):
            return stores(target)
        case ast.Name(id=name):
            return frozenset({name})
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return frozenset(alias.asname or alias.name.partition(".")[0] for alias in names)
    return NOTHING


def union(sets: Iterable[Iterable[str]]) -> Names:
    return reduce(lambda a, b: a | frozenset(b), sets, NOTHING)
