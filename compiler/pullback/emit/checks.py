"""Checks that a module built ahead of time makes: arguments that it was specialised to must have that value.

A compiled gradient is looked up by these values; a module is called directly, and would ignore them.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pullback.emit.constants import constant
from pullback.emit.containers import access, is_literal, statics
from pullback.emit.imports import Imports
from pullback.emit.printing import expression_text
from pullback.emit.render import If, Line, Node
from pullback.ir.interface import Parameter


def static_checks(parameters: Sequence[Parameter], imports: Imports) -> list[Node]:
    """One `if ...: raise ValueError(...)` for each static number, string or None among the arguments."""
    found: list[Node] = []
    for parameter in parameters:
        for path, value in statics(parameter.tree):
            if not is_literal(value):
                continue
            read, wanted = access(parameter, path, imports), constant(value, imports)
            message = f"this was built for {expression_text(read)} = {expression_text(wanted)}"
            error = ast.Call(imports.builtin("ValueError"), [ast.Constant(message)], [])
            different: ast.cmpop = ast.IsNot() if value is None or isinstance(value, bool) else ast.NotEq()
            test = ast.Compare(read, [different], [wanted])
            found.append(If(test, [Line(ast.Raise(error))], [], None))
    return found
