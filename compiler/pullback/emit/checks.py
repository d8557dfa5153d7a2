"""Checks that a module built ahead of time makes: arguments that it was specialised to must be as they were.

A compiled gradient is looked up by these values; a module is called directly, and would ignore them. A number or array
whose dtype no annotation tells is taken as real: the derivatives of `abs` or of a norm of complex numbers are others,
and so are those of real parameters beside complex ones.
"""

from __future__ import annotations

import ast

from pullback.emit.constants import constant
from pullback.emit.containers import access, is_literal, statics
from pullback.emit.imports import Imports, attribute
from pullback.emit.printing import expression_text
from pullback.emit.render import If, Line, Node
from pullback.ir.interface import Program, leaves
from pullback.ir.types import Array


def argument_checks(program: Program, imports: Imports) -> list[Node]:
    """One `if ...: raise ...` for those arguments that must be real, one for each static number, string or None among
    them, for each length that is part of the code, and for each array that must be contiguous.
    """
    found = _real_check(program, imports)
    for parameter in program.parameters:
        for path, value in statics(parameter.tree):
            if not is_literal(value):
                continue
            read, wanted = access(parameter, path, imports), constant(value, imports)
            message = f"this was built for {expression_text(read)} = {expression_text(wanted)}"
            different: ast.cmpop = ast.IsNot() if value is None or isinstance(value, bool) else ast.NotEq()
            found.append(_check(ast.Compare(read, [different], [wanted]), message, imports))
        for path, leaf in leaves(parameter.tree):
            for axis, size in enumerate(leaf.type.shape or () if isinstance(leaf.type, Array) else ()):
                if isinstance(size, int) and size > 1:
                    shape = attribute(access(parameter, path, imports), "shape")
                    read = ast.Subscript(shape, ast.Constant(axis), ast.Load())
                    message = f"this was built for {expression_text(read)} = {size}"
                    found.append(_check(ast.Compare(read, [ast.NotEq()], [ast.Constant(size)]), message, imports))
        for name, path in program.contiguous:
            if name == parameter.name:
                read = access(parameter, path, imports)
                message = f"this was built for {expression_text(read)} in C order"
                is_contiguous = attribute(read, "flags.c_contiguous")
                found.append(_check(ast.UnaryOp(ast.Not(), is_contiguous), message, imports))
    return found


def _real_check(program: Program, imports: Imports) -> list[Node]:
    """A refusal of complex numbers where the types do not tell."""
    unknown = [
        access(parameter, path, imports)
        for parameter in program.parameters
        for path, leaf in leaves(parameter.tree)
        if isinstance(leaf.type, Array) and leaf.type.dtype is None
    ]
    if not unknown:
        return []
    tests: list[ast.expr] = [ast.Call(imports.numpy("iscomplexobj"), [read], []) for read in unknown]
    names = " and ".join(f"`{expression_text(read)}`" for read in unknown)
    message = f"this was built for real {names}: annotate the dtype, or build it with sample arguments"
    return [_check(tests[0] if len(tests) == 1 else ast.BoolOp(ast.Or(), tests), message, imports, "TypeError")]


def _check(test: ast.expr, message: str, imports: Imports, kind: str = "ValueError") -> Node:
    error = ast.Call(imports.builtin(kind), [ast.Constant(message)], [])
    return If(test, [Line(ast.Raise(error))], [], None)
