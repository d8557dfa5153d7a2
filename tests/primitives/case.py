"""One application of a primitive to operands, and how operands are made."""

from __future__ import annotations

import importlib
import importlib.util
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import pullback.primitives.tables  # noqa: F401  # fills the registry
from pullback.ir.core import Primitive
from pullback.primitives.on_demand import TABLES
from pullback.primitives.registry import PRIMITIVES

for module, tables in TABLES.items():
    if importlib.util.find_spec(module.partition(".")[0]):
        for table in tables:
            importlib.import_module(table)


@dataclass(frozen=True)
class Case:
    """One application of a primitive to concrete operands."""

    name: str
    operands: tuple[Any, ...]
    attrs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def prim(self) -> Primitive:
        return PRIMITIVES[self.name]

    def __str__(self) -> str:
        shapes = ",".join(str(np.shape(o)) if isinstance(o, np.ndarray) else type(o).__name__ for o in self.operands)
        attrs = ",".join(f"{k}={getattr(v, '__name__', v)}" for k, v in self.attrs.items())
        return f"{self.name}[{shapes};{attrs}]"


def active(operand: Any) -> bool:
    """Whether an operand may carry a derivative."""
    return isinstance(operand, float) or (isinstance(operand, np.ndarray | np.generic) and operand.dtype.kind == "f")


def array(*shape: int, low: float = -2.0, high: float = 2.0) -> Any:
    """Distinct values between low and high, shuffled, none at a kink."""
    count = math.prod(shape)
    rng = np.random.default_rng(zlib.crc32(repr((shape, low, high)).encode()))
    values = low + (high - low) * (np.arange(count) + 0.37) / max(count, 1)
    return rng.permutation(values).reshape(shape)
