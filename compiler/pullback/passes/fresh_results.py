"""Gives each cotangent that the entry returns its type, and memory of its own: never an argument's, never another's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pullback.analysis.aliasing import Aliasing
from pullback.ir.builder import Builder
from pullback.ir.core import Atom, Block, Module, Value, walk
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
    allocated = {r for op in walk(fn.block) for r in op.results}
    taken = {s for r in fn.results[:n_primal] if isinstance(r, Value) for s in sources[r]} | set(fn.params)
    builder = Builder(fn.loc, "adjoint")
    results: list[Atom] = list(fn.results[:n_primal])
    with builder.region(list(fn.block.ops)) as ops:
        for result, wanted in zip(fn.results[n_primal:], types, strict=True):
            if isinstance(result.type, Scalar) and isinstance(wanted, Array) and wanted.dtype is not None:
                (result,) = builder.apply(PRIMITIVES[wanted.dtype.name], (result,), {})
            elif isinstance(result, Value) and isinstance(result.type, Array):
                own = sources[result]
                if any(s in taken or s not in allocated for s in own):
                    (copy,) = builder.append(PRIMITIVES["copy"], (result,), {}, (result.type,), names=(result.name,))
                    result = copy
                    own = frozenset([copy])
                taken |= own
            results.append(result)
    return Module(
        {**module.functions, fn.name: replace(fn, block=Block(fn.params, tuple(ops), tuple(results)))}, fn.name
    )
