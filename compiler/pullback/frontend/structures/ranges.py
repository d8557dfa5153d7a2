"""Ranges whose bounds are known at run time only: partial calls of `range`."""

from __future__ import annotations

import ast

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.values import AbstractValue
from pullback.frontend.structures.picking import Picking
from pullback.ir.core import Const


class Ranges(Picking):
    """Length and numbers of such ranges."""

    @staticmethod
    def bounds_of_range(value: AbstractValue) -> list[AbstractValue] | None:
        """The arguments of such a range; None for anything else."""
        if isinstance(value, av.Partial) and isinstance(value.function, av.Known) and value.function.value is range:
            return list(value.args)
        return None

    @staticmethod
    def three_bounds(bounds: list[AbstractValue]) -> list[AbstractValue]:
        """Start, stop and step of a range."""
        return [av.Known(0), *bounds, av.Known(1)] if len(bounds) == 1 else [*bounds, av.Known(1)][:3]

    def length_of_range(self, bounds: list[AbstractValue]) -> AbstractValue:
        """How many numbers there are in a range."""
        start, stop, step = self.three_bounds(bounds)
        by = self.static_key(step, "the step of a range")
        distance = self.binary(ast.Sub, stop, start) if by > 0 else self.binary(ast.Sub, start, stop)
        if abs(by) != 1:  # rounded up
            distance = self.binary(
                ast.FloorDiv, self.binary(ast.Add, distance, av.Known(abs(by) - 1)), av.Known(abs(by))
            )
        return self.call(av.Known(max), [av.Known(0), distance], {})

    def item_of_range(self, bounds: list[AbstractValue], key: AbstractValue) -> AbstractValue:
        """`range(...)[k]`."""
        start, _, step = self.three_bounds(bounds)
        if isinstance(key, av.Slice) or (isinstance(key, av.Known) and key.value < 0):
            raise self.refusal(
                "a range is sliced, or read from its end", "its length is known at run time only", "compute the number"
            )
        return self.binary(ast.Add, start, self.binary(ast.Mult, key, step))

    def numbers_of_range(self, bounds: list[AbstractValue], what: str) -> list[AbstractValue]:
        """The numbers of a range, which must be known for it."""
        for bound in bounds:
            atom = self.leaf(bound)
            if atom is not None and not isinstance(atom, Const):
                need = self.needs_static(atom, "the number of iterations of a `range`")
                if isinstance(need, av.NeedsStaticParameter | av.NeedsUnrolling):
                    raise need
        raise self.refusal(
            f"{what} goes through a `range` whose length is known at run time only",
            "it is no loop, and takes the numbers one by one when compiling",
            "write it with array operations (`np.arange`), or as a `for` loop, or make the count an int parameter",
        )
