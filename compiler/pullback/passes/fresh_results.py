"""Gives each cotangent that the entry returns its type, and memory of its own: never an argument's, never another's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pullback.analysis.aliasing import Aliasing
from pullback.ir.builder import Builder
from pullback.ir.core import Atom, Block, Module, Op, Value, walk
from pullback.ir.regions import CALL, IF, LOOPS, Loop
from pullback.ir.types import Array, Scalar, Type, is_inexact, rank
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
    definitions = _definitions(fn.block)
    builder = Builder(fn.loc, "adjoint")
    results: list[Atom] = list(fn.results[:n_primal])
    with builder.region(list(fn.block.ops)) as ops:
        for result, wanted in zip(fn.results[n_primal:], types, strict=True):
            if isinstance(wanted, Array) and wanted.dtype is not None and _may_be_python(result, definitions):
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


Definitions = dict[Value, tuple[Op, int]]


def _definitions(block: Block) -> Definitions:
    """What computes each value, and as which of its results; carried values are defined by their loop."""
    found = {r: (op, k) for op in walk(block) for k, r in enumerate(op.results)}
    for op in walk(block):
        if op.prim in LOOPS:
            found |= {carried: (op, k) for k, carried in enumerate(Loop(op).carried, 1)}
    return found


def _may_be_python(atom: Atom, definitions: Definitions, seen: frozenset[Value] = frozenset()) -> bool:
    """Whether it is a Python number, or is computed from such: the types of the adjoint sweep do not tell.

    What is carried around a loop is one if it starts as one, or becomes one by something besides itself: `seen` has
    what is asked about already.
    """
    if rank(atom.type) != 0 or atom in seen:
        return False
    if isinstance(atom, Value) and atom in definitions:
        op, k = definitions[atom]
        if op.prim is CALL:
            return True  # its types are those of the arguments it was traced for, its seeds may be Python numbers
        seen |= {atom}
        if op.prim in LOOPS and 1 <= k <= (loop := Loop(op)).count:
            return any(_may_be_python(a, definitions, seen) for a in (loop.initial[k - 1], loop.next[k - 1]))
        if op.prim is IF:
            return any(_may_be_python(inner.results[k], definitions, seen) for inner in op.blocks)
        floats = [o for o in op.operands if is_inexact(o.type)]  # 1.0 * mask has the dtype that 1.0 has by itself
        if op.operands and all(_may_be_python(o, definitions, seen) for o in floats):
            return True
    return isinstance(atom.type, Scalar)
