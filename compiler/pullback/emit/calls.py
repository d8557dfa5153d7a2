"""Calls and subscripts as expressions: attributes as keywords, and only where they differ from the default."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

import pullback_runtime
from pullback.emit.constants import constant
from pullback.emit.imports import Imports


def call(function: str, operands: Sequence[ast.expr], attrs: Mapping[str, Any], imports: Imports) -> ast.Call:
    """A call of a function by its dotted name, attributes as keywords."""
    return ast.Call(imports.function(function), list(operands), keyword_arguments(function, attrs, imports))


def keyword_arguments(function: str, attrs: Mapping[str, Any], imports: Imports) -> list[ast.keyword]:
    """The attributes that differ from the function's defaults."""
    defaults = _defaults(function) if attrs else {}
    found = []
    for name, value in attrs.items():
        if not _is_default(name, value, defaults.get(name, np._NoValue)):
            found.append(ast.keyword(name, constant(value, imports)))
    return found


def subscript(base: ast.expr, items: Sequence[ast.expr]) -> ast.Subscript:
    """`base[items]`."""
    key = items[0] if len(items) == 1 and not isinstance(items[0], ast.Tuple) else ast.Tuple(list(items), ast.Load())
    return ast.Subscript(base, key, ast.Load())


def _is_default(name: str, value: Any, default: Any) -> bool:
    if default is np._NoValue:
        return value is None or value is False
    return (name == "dtype" and value is None) or (type(value) is type(default) and value == default)


@lru_cache(maxsize=1024)
def _defaults(function: str) -> Mapping[str, Any]:
    """The defaults of the parameters of a function of NumPy, the runtime or another library; empty for others."""
    head, _, rest = function.partition(".")
    found: Any = np if head == "np" else sys.modules.get(head, pullback_runtime)
    for part in (rest or head).split("."):
        found = getattr(found, part, None)
    try:
        parameters = inspect.signature(found).parameters
    except (TypeError, ValueError):
        return {}
    return {name: p.default for name, p in parameters.items() if p.default is not p.empty}
