"""A failing program in, a smaller one that fails in the same way out.

Greedy over the syntax tree: statements are dropped, blocks take the place of their conditional, and expressions that of
the expression around them, as long as the module runs and breaks the same law.
"""

from __future__ import annotations

import ast
import copy
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from fuzz.laws import Outcome, examine
from fuzz.loading import load
from fuzz.programs import Program

Edit = Callable[[], None]
PARTS = ("body", "orelse")


def reduced(program: Program, outcome: Outcome, seconds: float = 60.0) -> Program:
    """The smallest program found in the time given."""
    ends = time.monotonic() + seconds
    best, changed = program, True
    while changed and time.monotonic() < ends:
        changed = False
        k = 0
        while time.monotonic() < ends:
            tree = ast.parse(best.source)
            edits = list(_edits(tree))
            if k >= len(edits):
                break
            edits[k]()
            smaller = _printed(tree, best)
            if smaller is not None and _fails_alike(smaller, outcome):
                best, changed = smaller, True
            else:
                k += 1
    return best


def signature(outcome: Outcome) -> str:
    """What two failures of one cause have in common, most often: the law, and the class of the exception."""
    kind, _, message = outcome.detail.partition(":")
    alike = " ".join(message.split()[:6]) if outcome.broken in ("compiles", "runs") else ""
    return f"{outcome.broken}: {kind} {alike}".strip()


def _printed(tree: ast.Module, program: Program) -> Program | None:
    try:
        text = ast.unparse(ast.fix_missing_locations(tree))
    except (ValueError, AttributeError, IndexError):
        return None
    return replace(program, source=text) if len(text) < len(program.source) or text != program.source else None


def _fails_alike(program: Program, outcome: Outcome) -> bool:
    try:
        with ends_in_time():
            space = load(program.source)
            with np.errstate(all="ignore"):
                value = space["program"](*copy.deepcopy(space["ARGUMENTS"]))
            value = value[0] if program.has_aux else value
            if not np.isfinite(value):
                return False
            return signature(examine(program)) == signature(outcome)
    except Exception:  # whatever it raises, it is no program any more
        return False


@contextmanager
def ends_in_time(seconds: float = 5.0) -> Iterator[None]:
    """Raise TimeoutError in a program that has lost the statement that ends its loop."""

    def late(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def _edits(tree: ast.Module) -> Iterator[Edit]:
    """All ways to make the program smaller, the greatest first."""
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef)]
    for fn in functions:
        if fn.name != "program":
            yield lambda fn=fn: tree.body.remove(fn)  # type: ignore[misc]
    for fn in functions:
        for owner in ast.walk(fn):
            for part in PARTS:
                block = getattr(owner, part, None)
                if isinstance(block, list):
                    yield from _of_block(block, part == "orelse")
    for fn in functions:
        for node in ast.walk(fn):
            for name, value in ast.iter_fields(node):
                if isinstance(value, ast.expr) and not isinstance(
                    node, ast.Attribute | ast.Starred | ast.FormattedValue
                ):
                    for child in _inside(value):
                        yield lambda node=node, name=name, child=child: setattr(node, name, child)  # type: ignore[misc]
                elif isinstance(value, list) and value and isinstance(value[0], ast.expr | ast.keyword):
                    for k, item in enumerate(value):
                        yield lambda value=value, k=k: value.pop(k) and None  # type: ignore[misc]
                        if isinstance(item, ast.expr):
                            for child in _inside(item):
                                yield lambda value=value, k=k, child=child: value.__setitem__(k, child)  # type: ignore[misc]


def _of_block(block: list[ast.stmt], may_be_empty: bool) -> Iterator[Edit]:
    for k, statement in enumerate(block):
        if len(block) > 1 or may_be_empty:
            yield lambda k=k: block.pop(k) and None  # type: ignore[misc]
        for part in PARTS:
            inner = getattr(statement, part, None)
            if isinstance(inner, list) and inner:
                yield lambda k=k, inner=inner: block.__setitem__(slice(k, k + 1), inner)  # type: ignore[misc]


def _inside(node: ast.expr) -> Iterator[ast.expr]:
    """Expressions that may stand in place of one: its operands."""
    if isinstance(node, ast.Constant | ast.Name):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr) and not (isinstance(child, ast.Name) and child.id in ("np", "math")):
            yield child
    if not isinstance(node, ast.Attribute):
        yield ast.Constant(0.5)
