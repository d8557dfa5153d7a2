"""Calls what is handed to a function by the name that the function has for it, where the user gave none."""

from __future__ import annotations

from pullback.ir.core import Function, Module, Value, walk
from pullback.ir.regions import CALL
from pullback.ir.rewrite import map_functions, rename


def name_arguments(module: Module) -> Module:
    """Name unnamed operands of calls, unless the caller means something else by the name.

    before:  %0 = forward(x);  %1 = cross_entropy(%0)        where  def cross_entropy(logits)
    after:   logits = forward(x);  %1 = cross_entropy(logits)
    """

    def change(fn: Function) -> Function:
        names: dict[Value, str] = {}
        taken = {p.name for p in fn.params} | {r.name for op in walk(fn.block) for r in op.results}
        for op in walk(fn.block):
            if op.prim is CALL:
                for operand, param in zip(op.operands, module.functions[op.attrs["callee"]].params, strict=True):
                    if isinstance(operand, Value) and not operand.name and param.name not in taken:
                        names.setdefault(operand, param.name)
        return rename(fn, names)

    return map_functions(module, change)
