"""The source of runtime functions, for generated modules that import NumPy alone."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import pullback_runtime
from pullback.emit.imports import RUNTIME, Imports


def runtime_source(names: Sequence[str], imports: Imports) -> list[str]:
    """The lines that define these functions of the runtime and those that they call, callees first.

    What their text refers to outside the runtime is added to `imports`.
    """
    texts: dict[Any, str] = {}

    def add(function: Callable[..., Any]) -> None:
        if function in texts:
            return
        text = textwrap.dedent(inspect.getsource(function))
        texts[function] = ""  # holds its place against recursion
        for name in _free_names(text):
            _refer(name, inspect.unwrap(function).__globals__, add, imports)
        del texts[function]
        texts[function] = text

    for name in names:
        add(getattr(pullback_runtime, name))
    return "\n\n\n".join(text.rstrip("\n") for text in texts.values()).split("\n")


def _refer(name: str, namespace: dict[str, Any], add: Callable[[Any], None], imports: Imports) -> None:
    value = namespace.get(name)
    if value is None:
        return
    if inspect.ismodule(value):
        imports.module(value.__name__)
    elif getattr(value, "__module__", "").partition(".")[0] == RUNTIME:
        add(value)
    else:
        imports.member(value.__module__, name)


def _free_names(text: str) -> list[str]:
    """The names that a function's text reads, in order."""
    return list(dict.fromkeys(node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)))
