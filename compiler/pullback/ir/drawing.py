"""Draws IR as a Graphviz graph: operations are boxes, values are arrows, regions and functions are frames."""

from __future__ import annotations

from collections.abc import Iterator

from pullback.ir.core import Atom, Block, Const, Module, Value


def to_dot(module: Module) -> str:
    """The module in the DOT language; `dot -Tsvg` renders it.

    >>> from pullback.ir.core import Function
    >>> from pullback.ir.types import FLOAT
    >>> x = Value(FLOAT, "x")
    >>> print(to_dot(Module({"f": Function("f", Block((x,), (), (x,)))}, "f")))
    digraph "f" {
      node [shape=box, fontname="monospace"];
      subgraph "cluster_f" {
        label="f";
        "f_0" [label="x: float", shape=ellipse];
        "f_1" [label="return", shape=ellipse];
        "f_0" -> "f_1";
      }
    }
    """
    lines = [f'digraph "{module.entry}" {{', '  node [shape=box, fontname="monospace"];']
    for fn in module.functions.values():
        lines += [f'  subgraph "cluster_{fn.name}" {{', f'    label="{fn.name}";']
        lines += [f"    {line}" for line in _Drawing(fn.name).block(fn.block, "return")]
        lines.append("  }")
    return "\n".join([*lines, "}"])


class _Drawing:
    """The nodes and arrows of one function."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.nodes: dict[Value, str] = {}
        self.count = 0

    def node(self, label: str, shape: str = "") -> tuple[str, str]:
        name = f'"{self.prefix}_{self.count}"'
        self.count += 1
        text = label.replace("\\", "\\\\").replace('"', '\\"')
        return name, f'{name} [label="{text}"{f", shape={shape}" if shape else ""}];'

    def block(self, block: Block, end: str) -> Iterator[str]:
        for param in block.params:
            self.nodes[param], line = self.node(f"{param.name}: {param.type}", "ellipse")
            yield line
        for op in block.ops:
            constants = [repr(o.value) for o in op.operands if isinstance(o, Const)]
            attrs = [f"{k}={v}" for k, v in op.attrs.items() if v is not None]
            name, line = self.node(f"{op.prim.name}({', '.join(constants + attrs)})")
            yield line
            yield from self.arrows(op.operands, name)
            for k, inner in enumerate(op.blocks):
                yield f'subgraph "cluster_{self.prefix}_{self.count}" {{'
                yield f'  label="{"else" if k else "then"}";'
                for inner_line in self.block(inner, "yield"):
                    yield f"  {inner_line}"
                yield "}"
            self.nodes.update(dict.fromkeys(op.results, name))
        name, line = self.node(end, "ellipse")
        yield line
        yield from self.arrows(block.results, name)

    def arrows(self, atoms: tuple[Atom, ...], target: str) -> Iterator[str]:
        for atom in atoms:
            if isinstance(atom, Value):
                yield f"{self.nodes[atom]} -> {target};"
