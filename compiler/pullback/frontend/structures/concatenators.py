"""Objects of NumPy that are subscripted: `np.r_`, `np.c_`, `np.mgrid` and `np.ogrid` are calls in brackets."""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.values import AbstractValue, is_none
from pullback.frontend.structures.ranges import Ranges
from pullback.ir.types import INT, Array
from pullback.primitives.inference import dtype_of

COLUMNS, KEYS = type(np.c_), type(np.s_)
CONCATENATORS = (type(np.r_), COLUMNS)
GRIDS = (type(np.mgrid), type(np.ogrid))


class Concatenators(Ranges):
    """Keys that make arrays."""

    def concatenated(self, maker: Any, key: AbstractValue) -> AbstractValue:
        """`np.r_[...]` and `np.c_[...]`: arrays, numbers and ranges, one after the other or side by side."""
        what = "np.c_" if isinstance(maker, COLUMNS) else "np.r_"
        parts = [self.axis_of(item, what) for item in (key.items if isinstance(key, av.Tuple) else (key,))]
        types = [self.type_of(part) for part in parts]
        wide = [dtype_of(t) for t in types if isinstance(t, Array)]
        if len(wide) < len(parts) and any(d is None or (d.kind in "fc" and d != np.float64) for d in wide):
            raise self.refusal(
                f"`{what}` joins numbers and arrays of another dtype than float64",
                "a number would take the dtype of the arrays",
                "use `np.concatenate`",
            )
        joined = np.column_stack if what == "np.c_" else np.concatenate
        rows = [self.call(av.Known(np.atleast_1d), [part], {}) for part in parts]
        return self.call(av.Known(joined), [self.heap.list_of(tuple(rows))], {})

    def axis_of(self, item: AbstractValue, what: str) -> AbstractValue:
        """One item of such a key: a slice is a range, and with an imaginary step a number of points."""
        if isinstance(item, av.Slice):
            start = av.Known(0) if is_none(item.start) else item.start
            step = av.Known(1) if is_none(item.step) else item.step
            if isinstance(step, av.Known) and isinstance(step.value, complex):
                return self.call(av.Known(np.linspace), [start, item.stop, av.Known(int(abs(step.value)))], {})
            return self.call(av.Known(np.arange), [start, item.stop, step], {})
        if isinstance(item, av.Known) and isinstance(item.value, str):
            raise self.refusal(
                f"`{what}` is given a directive", "it is not supported", "use `np.concatenate` or `np.stack`"
            )
        return item

    def grid_of(self, maker: Any, key: AbstractValue) -> AbstractValue:
        """`np.mgrid[...]` and `np.ogrid[...]`."""
        for item in key.items if isinstance(key, av.Tuple) else (key,):
            bounds = [item.start, item.stop, item.step] if isinstance(item, av.Slice) else [item]
            if not all(is_none(b) or self.type_of(b) == INT for b in bounds):
                raise self.refusal(
                    "a grid of NumPy is given bounds or steps that are no ints",
                    "its points are rounded in a way of their own",
                    "use `np.meshgrid` of `np.linspace` or `np.arange`",
                )
        axes = [self.axis_of(item, "np.mgrid") for item in (key.items if isinstance(key, av.Tuple) else (key,))]
        if len(axes) == 1:
            return axes[0]
        if maker.sparse:
            shapes = [(*[1] * k, -1, *[1] * (len(axes) - 1 - k)) for k in range(len(axes))]
            rows = zip(axes, shapes, strict=True)
            return av.Tuple(tuple(self.call(av.Known(np.reshape), [axis, av.Known(shape)], {}) for axis, shape in rows))
        grids = self.call(av.Known(np.meshgrid), axes, {"indexing": av.Known("ij")})
        return self.call(av.Known(np.stack), [grids], {})
