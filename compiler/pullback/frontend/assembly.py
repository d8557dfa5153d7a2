"""The functions that were traced, under readable names, as a module."""

from __future__ import annotations

from dataclasses import replace

from pullback.frontend.abstract.state import Callee, Session
from pullback.ir.builder import Builder
from pullback.ir.core import Atom, Function, Module, Op, walk
from pullback.ir.effects import mark_calls
from pullback.ir.functionals import callee_of
from pullback.ir.rewrite import rebuild


def assemble(session: Session, entry: Callee) -> Module:
    """The functions that the entry reaches, callees first, under readable names."""
    by_label = {callee.label: callee for callee in session.functions_traced}
    order: dict[str, None] = {}

    def visit(callee: Callee) -> None:
        if callee.label in seen:
            return
        seen.add(callee.label)
        assert callee.function is not None
        for op in walk(callee.function.block):
            if (label := callee_of(op)) is not None:
                visit(by_label[label])
        order[callee.label] = None

    seen: set[str] = set()
    visit(entry)
    names: dict[str, str] = {entry.label: entry.stem}
    for label in sorted(order, key=lambda label: by_label[label].number):
        if label not in names:
            callee = by_label[label]
            names[label] = unique(callee.stem, callee.suffix, set(names.values()))

    def rename(builder: Builder, op: Op) -> tuple[Atom, ...] | None:
        if (label := callee_of(op)) is None or label not in names:
            return None
        builder.emit(replace(op, attrs={**op.attrs, "callee": names[label]}))
        return op.results

    functions: dict[str, Function] = {}
    for label in order:
        function = by_label[label].function
        assert function is not None
        functions[names[label]] = replace(rebuild(function, rename), name=names[label])
    return mark_calls(Module(functions, entry.stem))


def unique(stem: str, suffix: str, taken: set[str]) -> str:
    """`layer`, else `layer_relu` if a function among the arguments tells them apart, else `layer_2`."""
    full = f"{stem}_{suffix}" if suffix else stem
    if full not in taken:
        return full
    k = 2
    while f"{full}_{k}" in taken:
        k += 1
    return f"{full}_{k}"
