"""Prints IR as text that reads like the program: one operation a line, regions indented."""

from __future__ import annotations

from pullback.ir.core import Atom, Block, Const, Function, Module, Undefined, Value

_TITLES = {"if": ("then", "else"), "for": ("body",), "while": ("test", "body")}


class _Names:
    """Readable names for values, unique within one function: the user's where there is one, else %0, %1, ..."""

    def __init__(self) -> None:
        self.names: dict[Value, str] = {}
        self.taken: dict[str, int] = {}

    def define(self, value: Value) -> str:
        stem = value.name or "%"
        count = self.taken.get(stem, 0)
        self.taken[stem] = count + 1
        name = f"{stem}{count}" if stem == "%" else stem if count == 0 else f"{stem}.{count}"
        self.names[value] = name
        return name

    def read(self, atom: Atom) -> str:
        match atom:
            case Const(value):
                return repr(value)
            case Undefined():
                return "undefined"
        return self.names.get(atom, f"<{atom.name or 'value'} out of scope>")


def print_function(fn: Function) -> str:
    """The text of one function."""
    names = _Names()
    params = ", ".join(f"{names.define(p)}: {p.type}" for p in fn.params)
    return f"def {fn.name}({params}):\n" + "".join(_block(fn.block, names, 1, "return"))


def print_module(module: Module) -> str:
    """The text of every function of a module, the entry last."""
    ordered = sorted(module.functions.values(), key=lambda fn: fn.name == module.entry)
    return "\n".join(print_function(fn) for fn in ordered)


def _block(block: Block, names: _Names, depth: int, end: str) -> list[str]:
    lines, pad = [], "    " * depth
    for op in block.ops:
        operands = [names.read(o) for o in op.operands]
        attrs = [f"{k}={v}" for k, v in op.attrs.items() if v is not None]
        results = ", ".join(f"{names.define(r)}: {r.type}" for r in op.results)
        into = "" if op.into is None else f"  # into {operands[op.into]}"
        lines.append(f"{pad}{results}{' = ' if results else ''}{op.prim.name}({', '.join(operands + attrs)}){into}\n")
        for title, inner in zip(_TITLES.get(op.prim.name, ()), op.blocks, strict=True):
            lines.append(f"{pad}  {title}({', '.join(f'{names.define(p)}: {p.type}' for p in inner.params)}):\n")
            lines += _block(inner, names, depth + 1, "yield")
    lines.append(f"{pad}{end} {', '.join(names.read(r) for r in block.results)}\n")
    return lines
