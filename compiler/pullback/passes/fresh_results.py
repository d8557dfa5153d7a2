"""Gives each cotangent that the entry returns its type, and memory of its own: never an argument's, never another's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pullback.analysis.aliasing import Aliasing
from pullback.ir.builder import Builder
from pullback.ir.core import Atom, Block, Module, Op, Value, walk
from pullback.ir.regions import IF
from pullback.ir.types import Array, Scalar, Type
from pullback.primitives.registry import PRIMITIVES


def fresh_results(module: Module, types: Sequence[Type]) -> Module:
    """Copy what would alias, and make NumPy scalars of numbers where `types`, those of the gradient, ask for them.

    The results before the gradient are the function's own, and stay what the function returns.

    before:  def f(x, y): return sum(x + y), ones, ones
    after:   def f(x, y): return sum(x + y), ones, copy(ones)
    """
    fn = module.main
    n_primal = len(fn.results) - len(types)
    sources = Aliasing(module.functions).sources(fn)
    definition = {r: op for op in walk(fn.block) for r in op.results}
    taken = {s for r in fn.results[:n_primal] if isinstance(r, Value) for s in sources[r]} | set(fn.params)
    builder = Builder(fn.loc, "adjoint")
    results: list[Atom] = list(fn.results[:n_primal])
    with builder.region(list(fn.block.ops)) as ops:
        for result, wanted in zip(fn.results[n_primal:], types, strict=True):
            if isinstance(result.type, Scalar) and isinstance(wanted, Array) and wanted.dtype is not None:
                (result,) = builder.apply(PRIMITIVES[wanted.dtype.name], (result,), {})
            elif isinstance(result, Value) and isinstance(result.type, Array):
                own = sources[result]
                if _is_spread(result, definition) or any(s in taken or s not in definition for s in own):
                    (copy,) = builder.append(PRIMITIVES["copy"], (result,), {}, (result.type,), names=(result.name,))
                    result = copy
                    own = frozenset([copy])
                taken |= own
            results.append(result)
    return Module(
        {**module.functions, fn.name: replace(fn, block=Block(fn.params, tuple(ops), tuple(results)))}, fn.name
    )


def _is_spread(atom: Atom, definition: Mapping[Value, Op]) -> bool:
    """Whether a value is, in some arm, a broadcast view: its elements share memory, and it is read-only."""
    op = definition.get(atom) if isinstance(atom, Value) else None
    if op is None:
        return False
    if op.prim is IF:
        index = op.results.index(atom)
        return any(_is_spread(block.results[index], definition) for block in op.blocks)
    if op.prim.view != "never" and op.prim.name != "broadcast_to":
        return _is_spread(op.operands[0], definition)
    return op.prim.name == "broadcast_to"
