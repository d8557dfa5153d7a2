"""The variables that a generator may read, with the values that they have at one point.

Programs are generated and run side by side: an expression is kept when NumPy accepts it at the point and its value is
tame, so that programs are valid by construction. The values also give the types: `kind_of`.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

LARGEST = 5.0
MOST_ELEMENTS = 48
MAY_WRITE = re.compile(r"(helper_\d|inner|sort)")
RAISED = (
    ValueError, TypeError, IndexError, KeyError, AttributeError, ZeroDivisionError, OverflowError, NameError,
)  # fmt: skip


def kind_of(value: Any) -> Hashable:
    """What two values share that may stand for each other in a well-typed program."""
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape)
    if isinstance(value, np.generic):
        return (value.dtype.str, "scalar")
    parts = list(children(".", value))
    return (type(value), *((text, kind_of(part)) for text, part in parts))


def children(text: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The parts of a container, with the expressions that read them."""
    if isinstance(value, dict):
        yield from ((f"{text}[{key!r}]", part) for key, part in value.items())
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        yield from ((f"{text}.{key}", getattr(value, key)) for key in value._fields)
    elif isinstance(value, list | tuple):
        yield from ((f"{text}[{k}]", part) for k, part in enumerate(value))
    elif is_dataclass(value) and not isinstance(value, type):
        yield from ((f"{text}.{f.name}", getattr(value, f.name)) for f in fields(value))


def is_container(value: Any) -> bool:
    return isinstance(value, dict | list | tuple) or (is_dataclass(value) and not isinstance(value, type))


def is_deep(value: Any, levels: int = 5) -> bool:
    """Whether containers are nested more deeply than programs need, or without end."""
    return levels == 0 or any(is_deep(part, levels - 1) for _, part in children("", value))


def is_inexact(value: Any) -> bool:
    """Whether it is a float, or an array of floats."""
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind == "f"
    return type(value) is float


def is_number(value: Any) -> bool:
    return is_inexact(value) and not isinstance(value, np.ndarray)


def is_usable(value: Any) -> bool:
    """Whether it is a float or an array of floats, small and finite."""
    if not is_inexact(value) or not 0 < np.size(value) <= MOST_ELEMENTS or np.ndim(value) > 4:
        return False
    return bool(np.all(np.isfinite(value)))


@dataclass
class Scope:
    """Local variables and the module's, by name."""

    module: dict[str, Any]
    values: dict[str, Any]

    def copy(self) -> Scope:
        return Scope(self.module, copy.deepcopy(self.values))

    def evaluate(self, text: str) -> Any:
        """The value of an expression; None where it has none."""
        values = copy.deepcopy(self.values) if MAY_WRITE.search(text) else self.values
        try:
            with np.errstate(all="ignore"):
                return eval(text, {**self.module, **values})
        except RAISED:
            return None

    def execute(self, text: str) -> bool:
        """Run a statement; False where it raises."""
        space = {**self.module, **self.values}
        try:
            with np.errstate(all="ignore"):
                exec(without_returns(text) if "return" in text else text, space)
        except RAISED:
            return False
        known = {*self.module, "__builtins__"}
        self.values = {name: v for name, v in space.items() if name in self.values or name not in known}
        return True

    def is_tame(self) -> bool:
        """Whether all floats are small enough to go on with."""
        return all(np.all(np.abs(v) <= 4 * LARGEST) for _, v in self.floats())

    def counters(self) -> list[str]:
        """The names that count the trips of a loop."""
        return [n for n, v in self.values.items() if type(v) is int and n != "n"]

    def readable(self) -> Iterator[tuple[str, Any]]:
        """Every expression that reads a variable or a part of one."""

        def visit(text: str, value: Any) -> Iterator[tuple[str, Any]]:
            yield text, value
            for path, part in children(text, value):
                yield from visit(path, part)

        for name, value in self.values.items():
            yield from visit(name, value)

    def numbers(self) -> list[tuple[str, Any]]:
        return [(t, v) for t, v in self.readable() if is_number(v)]

    def arrays(self) -> list[tuple[str, Any]]:
        return [(t, v) for t, v in self.readable() if isinstance(v, np.ndarray) and v.dtype.kind == "f"]

    def floats(self) -> list[tuple[str, Any]]:
        return [(t, v) for t, v in self.readable() if is_inexact(v)]

    def indices(self) -> list[tuple[str, Any]]:
        return [(t, v) for t, v in self.readable() if isinstance(v, np.ndarray) and v.dtype.kind == "i"]

    def containers(self) -> list[tuple[str, Any]]:
        return [(t, v) for t, v in self.readable() if is_container(v)]

    def of_kind(self, kind: Hashable) -> list[tuple[str, Any]]:
        return [(t, v) for t, v in self.readable() if kind_of(v) == kind]


class _WithoutReturns(ast.NodeTransformer):
    def visit_Return(self, node: ast.Return) -> ast.stmt:
        return ast.copy_location(ast.Pass(), node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        return node


def without_returns(text: str) -> str:
    """Statements as they run where none of them returns."""
    return ast.unparse(_WithoutReturns().visit(ast.parse(text)))
