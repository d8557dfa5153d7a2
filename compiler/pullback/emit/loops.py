"""The header of a loop and what moves on between its trips, as Python."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from pullback.emit.imports import Imports, attribute

Assignment = tuple[ast.Name, ast.expr]


def range_of(bounds: Sequence[ast.expr], imports: Imports) -> ast.expr:
    """`range(start, stop, step)` without what is the default."""
    start, stop, step = bounds
    shown = list(bounds)
    if _int(step) == 1:
        shown = [stop] if _int(start) == 0 else [start, stop]
    return ast.Call(imports.builtin("range"), shown, [])


def range_length(bounds: Sequence[ast.expr], imports: Imports) -> ast.expr:
    """How many indices a range has."""
    known = [value for value in map(_int, bounds) if value is not None]
    if len(known) == 3:
        return ast.Constant(len(range(*known)))
    return ast.Call(imports.builtin("len"), [range_of(bounds, imports)], [])


def reversed_range(bounds: Sequence[ast.expr], imports: Imports) -> ast.expr:
    """The same indices from the last to the first."""
    start, stop, step = bounds
    one = _int(step)
    if one in (1, -1):
        last, before = shifted(stop, -one), shifted(start, -one)
        return range_of([last, before, _constant(-one)], imports)
    return ast.Call(imports.builtin("reversed"), [range_of(bounds, imports)], [])


def shifted(expression: ast.expr, by: int) -> ast.expr:
    """`expression + by` with constants added up.

    >>> ast.unparse(shifted(ast.parse("n - 1", mode="eval").body, -1))
    'n - 2'
    """
    value = _int(expression)
    if value is not None:
        return _constant(value + by)
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Add | ast.Sub):
        added = _int(expression.right)
        if added is not None:
            return _sum(expression.left, (added if isinstance(expression.op, ast.Add) else -added) + by)
    return _sum(expression, by)


def _sum(expression: ast.expr, by: int) -> ast.expr:
    if by == 0:
        return expression
    return ast.BinOp(expression, ast.Add() if by > 0 else ast.Sub(), ast.Constant(abs(by)))


def _int(expression: ast.expr) -> int | None:
    """The value of an int that is written down."""
    match expression:
        case ast.Constant(int(value)) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(ast.USub(), ast.Constant(int(value))):
            return -value
    return None


def _constant(value: int) -> ast.expr:
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


def header(names: Sequence[ast.Name], sources: Sequence[ast.expr], imports: Imports) -> ast.For:
    """`for i, h in zip(range(n), hs):`; what is read nowhere is called `_`."""
    if len(names) == 1:
        return ast.For(names[0], sources[0], [ast.Pass()], [], None)
    zipped = ast.Call(imports.builtin("zip"), list(sources), [])
    return ast.For(ast.Tuple(list(names), ast.Store()), zipped, [ast.Pass()], [], None)


def backwards(sequence: ast.expr, imports: Imports) -> ast.expr:
    """`reversed(sequence)`."""
    return ast.Call(imports.builtin("reversed"), [sequence], [])


def method(base: ast.expr, name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(attribute(base, name), list(arguments), [])


def in_turn(assignments: Sequence[Assignment]) -> list[tuple[ast.Assign, int | None]]:
    """Assignments that happen at once as statements one after the other, each with its position in what was given.

    What still has to be read is assigned last; where they wait for each other in a circle, they are one statement.
    """
    left = dict(enumerate(assignments))
    found: list[tuple[ast.Assign, int | None]] = []
    while left:
        free = next((k for k in left if not _is_awaited(k, left)), None)
        if free is None:
            targets = ast.Tuple([target for target, _ in left.values()], ast.Store())
            values = ast.Tuple([value for _, value in left.values()], ast.Load())
            found.append((ast.Assign([targets], values, lineno=0), None))
            break
        target, value = left.pop(free)
        found.append((ast.Assign([target], value, lineno=0), free))
    return found


def _is_awaited(k: int, left: Mapping[int, Assignment]) -> bool:
    """Whether another assignment still reads what this one would overwrite."""
    name = left[k][0].id
    others = (value for j, (_, value) in left.items() if j != k)
    return any(isinstance(node, ast.Name) and node.id == name for value in others for node in ast.walk(value))
