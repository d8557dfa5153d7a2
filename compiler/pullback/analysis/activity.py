"""Which values need a cotangent: those that vary with `wrt` and on which the outputs depend.

Varied is propagated forwards, useful backwards; active is both (Griewank and Walther, Evaluating Derivatives,
2nd ed., section 6.2). Regions are looked through; a call varies in what its callee's results depend on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pullback.ir.core import Atom, Block, Function, Op, Value
from pullback.ir.regions import CALL, IF, LOOPS, Loop
from pullback.ir.types import is_inexact
from pullback.primitives.kinds import differentiable

Dependence = Sequence[frozenset[int]]  # per result of a function: the parameters that it varies with


class Activity:
    """Activity of the functions of one module. Summaries of callees are computed once."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self.functions = functions
        self._dependence: dict[str, Dependence] = {}

    def active(self, fn: Function, wrt: Iterable[int], outputs: Iterable[int]) -> set[Value]:
        """The values of `fn` that vary with the parameters `wrt` and reach the results `outputs`."""
        varied = self.varied(fn, wrt)
        useful: set[Value] = set()
        for k in outputs:
            _mark(fn.results[k], useful)
        self._useful(fn.block, useful)
        return varied & useful

    def varied(self, fn: Function, wrt: Iterable[int]) -> set[Value]:
        """The values of `fn` that vary with the parameters `wrt`."""
        varied: set[Value] = {fn.params[k] for k in wrt if is_inexact(fn.params[k].type)}
        self._varied(fn.block, varied)
        return varied

    def dependence(self, name: str) -> Dependence:
        """For each result of a function, the parameters that it varies with. Recursion goes to a fixpoint."""
        if name not in self._dependence:
            fn = self.functions[name]
            self._dependence[name] = [frozenset()] * len(fn.results)
            while (found := self._compute(fn)) != self._dependence[name]:
                self._dependence[name] = found
        return self._dependence[name]

    def _compute(self, fn: Function) -> Dependence:
        rows: list[set[int]] = [set() for _ in fn.results]
        for k, param in enumerate(fn.params):
            if is_inexact(param.type):
                varied = {param}
                self._varied(fn.block, varied)
                for row, result in zip(rows, fn.results, strict=True):
                    if result in varied:
                        row.add(k)
        return [frozenset(row) for row in rows]

    def _varied(self, block: Block, varied: set[Value]) -> None:
        for op in block.ops:
            if op.prim is IF:
                for arm in op.blocks:
                    self._varied(arm, varied)
                    for result, yielded in zip(op.results, arm.results, strict=True):
                        if yielded in varied and is_inexact(result.type):
                            varied.add(result)
            elif op.prim in LOOPS:
                self._varied_loop(Loop(op), varied)
            elif op.prim is CALL:
                for result, sources in zip(op.results, self.dependence(op.attrs["callee"]), strict=True):
                    if is_inexact(result.type) and any(op.operands[k] in varied for k in sources):
                        varied.add(result)
            elif any(o in varied and differentiable(op.prim, o.type) for o in op.operands):
                varied.update(r for r in op.results if is_inexact(r.type))

    def _varied_loop(self, loop: Loop, varied: set[Value]) -> None:
        """What is carried varies when it does at the start, or after some trip: a fixpoint."""
        size = -1
        while size != (size := len(varied)):
            for start, param, after, final in zip(loop.initial, loop.carried, loop.next, loop.final, strict=True):
                if (start in varied or after in varied) and is_inexact(param.type):
                    varied.update((param, final))
            self._varied(loop.body, varied)

    def _useful_loop(self, loop: Loop, useful: set[Value]) -> None:
        size = -1
        while size != (size := len(useful)):
            for start, param, after, final in zip(loop.initial, loop.carried, loop.next, loop.final, strict=True):
                if final in useful or param in useful:
                    _mark(after, useful)
                    _mark(start, useful)
                    useful.update((param, final))
            self._useful(loop.body, useful)

    def _useful(self, block: Block, useful: set[Value]) -> None:
        for op in reversed(block.ops):
            if not any(r in useful for r in op.results):
                continue
            if op.prim is IF:
                for arm in op.blocks:
                    for result, yielded in zip(op.results, arm.results, strict=True):
                        if result in useful:
                            _mark(yielded, useful)
                    self._useful(arm, useful)
            elif op.prim in LOOPS:
                self._useful_loop(Loop(op), useful)
            elif op.prim is CALL:
                for result, sources in zip(op.results, self.dependence(op.attrs["callee"]), strict=True):
                    if result in useful:
                        for k in sources:
                            _mark(op.operands[k], useful)
            else:
                for operand in op.operands:
                    if differentiable(op.prim, operand.type):
                        _mark(operand, useful)


def _mark(atom: Atom, values: set[Value]) -> None:
    if isinstance(atom, Value):
        values.add(atom)


def is_active(op: Op, active: set[Value]) -> bool:
    """Whether any result of an operation needs a cotangent."""
    return any(r in active for r in op.results)
