"""Names of dimensions as a pattern sees them, and as the function does that it is rebuilt in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import field, replace

from pullback.frontend.abstract.naming import leaf_name
from pullback.ir.interface import Path
from pullback.ir.opaque import Opaque
from pullback.ir.types import Array, Dim, List, Scalar, Shape, Sym, Type
from pullback.records import dataclass


@dataclass
class Dimensions:
    """Symbolic dimensions of a caller under the names that the callee has for them, and back.

    The callee names them after its parameters, so that calls with other dimensions are calls of the same function.
    """

    names: Sequence[str]
    fresh: Callable[[], str]
    inner: dict[Dim, Sym] = field(default_factory=dict)
    outer: dict[str, Dim] = field(default_factory=dict)

    def inward(self, t: Type, path: Path) -> Type:
        """A type of the caller, as the callee sees it."""

        def rename(axis: int, dim: Dim) -> Dim:
            if isinstance(dim, int):
                return dim
            if dim not in self.inner:
                name = f"{leaf_name(self.names[path[0]], path[1:])}_dim{axis}"
                while name in self.outer:
                    name += "_"
                self.inner[dim] = replace(dim, name=name)
                self.outer[name] = dim
            return self.inner[dim]

        return with_dims(t, rename)

    def outward(self, t: Type) -> Type:
        """A type of the callee's result, as the caller sees it."""

        def rename(axis: int, dim: Dim) -> Dim:
            if isinstance(dim, int):
                return dim
            if dim.name in self.outer:
                return self.outer[dim.name]
            tokens = set(re.findall(r"[A-Za-z_]\w*(?![\w(])", dim.name))
            if "?" in dim.name or not tokens <= self.outer.keys():
                self.outer[dim.name] = Sym(self.fresh(), dim.may_be_one, may_be_empty=dim.may_be_empty)
                return self.outer[dim.name]

            def substitute(match: re.Match[str]) -> str:
                text = str(self.outer[match[0]])
                return text if text.isalnum() or text.isidentifier() else f"({text})"

            return Sym(re.sub(r"[A-Za-z_]\w*(?![\w(])", substitute, dim.name), dim.may_be_one)

        return with_dims(t, rename)


def with_dims(t: Type, rename: Callable[[int, Dim], Dim]) -> Type:
    """A type with other dimensions."""
    match t:
        case Array(dtype=dtype, shape=dims) if dims is not None:
            return Array(dtype, tuple(rename(axis, dim) for axis, dim in enumerate(dims)))
        case Shape(dims=dims) if dims is not None:
            return Shape(tuple(rename(axis, dim) for axis, dim in enumerate(dims)))
        case Opaque(shape=dims):
            return replace(t, shape=tuple(rename(axis, dim) for axis, dim in enumerate(dims)))
        case List(element=element):
            return List(with_dims(element, rename))
    return t


def without_extent(t: Type) -> Type:
    """The part of a type that a function is specialised to."""
    return Scalar(t.kind) if isinstance(t, Scalar) else t
