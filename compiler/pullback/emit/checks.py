"""Checks that a module built ahead of time makes: arguments that it was specialised to must be as they were.

A compiled gradient is looked up by these values; a module is called directly, and would ignore them.
"""

from __future__ import annotations

import ast

from pullback.emit.constants import constant
from pullback.emit.containers import access, is_literal, statics
from pullback.emit.imports import Imports, attribute
from pullback.emit.printing import expression_text
from pullback.emit.render import If, Line, Node
from pullback.ir.interface import Program


def argument_checks(program: Program, imports: Imports) -> list[Node]:
    """One `if ...: raise ValueError(...)` for each static number, string or None among the arguments, and for each
    array that must be contiguous.
    """
    found: list[Node] = []
    for parameter in program.parameters:
        for path, value in statics(parameter.tree):
            if not is_literal(value):
                continue
            read, wanted = access(parameter, path, imports), constant(value, imports)
            message = f"this was built for {expression_text(read)} = {expression_text(wanted)}"
            different: ast.cmpop = ast.IsNot() if value is None or isinstance(value, bool) else ast.NotEq()
            found.append(_check(ast.Compare(read, [different], [wanted]), message, imports))
        for name, path in program.contiguous:
            if name == parameter.name:
                read = access(parameter, path, imports)
                message = f"this was built for {expression_text(read)} in C order"
                is_contiguous = attribute(read, "flags.c_contiguous")
                found.append(_check(ast.UnaryOp(ast.Not(), is_contiguous), message, imports))
    return found


def _check(test: ast.expr, message: str, imports: Imports) -> Node:
    error = ast.Call(imports.builtin("ValueError"), [ast.Constant(message)], [])
    return If(test, [Line(ast.Raise(error))], [], None)
