"""Types of IR values: what is known of a scalar, an array or a shape before the program runs.

A dimension is an int, or a symbol whose name is an expression over the dimensions of the parameters,
so that two symbols with the same name are the same size. A symbol that is not `may_be_one` is known to differ
from 1: two such dimensions that meet in a broadcast are equal, or the forward itself raises.
"""

from __future__ import annotations

import re
from typing import Any, Literal, TypeAlias

import numpy as np

from pullback.ir.opaque import Opaque, opaque_type
from pullback.records import dataclass

ScalarKind: TypeAlias = Literal["bool", "int", "float", "complex"]


@dataclass(frozen=True, slots=True)
class Sym:
    """A dimension whose size is known at run time only. What is empty may be told apart from the rest; what a mask
    selects may turn out to be empty.
    """

    name: str
    may_be_one: bool = False
    is_empty: bool = False
    may_be_empty: bool = False

    def __str__(self) -> str:
        return self.name


Dim: TypeAlias = int | Sym
Dims: TypeAlias = tuple[Dim, ...]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A Python bool, int, float or complex. `extent` names the dimension that an int measures (`len(x)`)."""

    kind: ScalarKind
    extent: Dim | None = None

    def __str__(self) -> str:
        return self.kind if self.extent is None else f"{self.kind}={self.extent}"


@dataclass(frozen=True, slots=True)
class Array:
    """A NumPy array or scalar. `shape is None`: the rank is unknown, and it may be a Python number too."""

    dtype: np.dtype[Any] | None
    shape: Dims | None

    def __eq__(self, other: object) -> bool:
        # NumPy takes None for float64: np.dtype("float64") == None
        if not isinstance(other, Array) or (self.dtype is None) != (other.dtype is None):
            return False
        return self.dtype == other.dtype and self.shape == other.shape

    def __str__(self) -> str:
        dtype = "?" if self.dtype is None else self.dtype.name
        if self.shape is None:
            return f"{dtype}[...]"
        return f"{dtype}[{', '.join(map(str, self.shape))}]"


@dataclass(frozen=True, slots=True)
class Shape:
    """A tuple of ints that describes an array's shape. `dims is None`: its length is unknown."""

    dims: Dims | None

    def __str__(self) -> str:
        return "shape" if self.dims is None else f"shape({', '.join(map(str, self.dims))})"


@dataclass(frozen=True, slots=True)
class Tape:
    """What the forward of a call keeps for its backward; only that backward looks inside."""

    def __str__(self) -> str:
        return "tape"


@dataclass(frozen=True, slots=True)
class Seq:
    """What a loop writes, one element a trip; only a loop over the same trips reads it."""

    element: Type

    def __str__(self) -> str:
        return f"seq({self.element})"


@dataclass(frozen=True, slots=True)
class List:
    """A Python list that grows and shrinks at run time; `length` is the dimension that it is known to have.

    A dimension of its elements that nothing is known of may differ from element to element.
    """

    element: Type
    length: Dim | None = None

    def __str__(self) -> str:
        return f"list({self.element})" if self.length is None else f"list({self.element} * {self.length})"


@dataclass(frozen=True, slots=True)
class Nothing:
    """The type of None, and of a value that an arm of a conditional leaves undefined."""

    def __str__(self) -> str:
        return "nothing"


@dataclass(frozen=True, slots=True)
class Handle:
    """A random generator: an object that is handed on by reference, and that effects only read and change."""

    cls: type

    def __str__(self) -> str:
        return self.cls.__name__


Type: TypeAlias = Scalar | Array | Shape | Tape | Seq | List | Nothing | Handle | Opaque

UNKNOWN = Array(None, None)
FLOAT = Scalar("float")
INT = Scalar("int")
BOOL = Scalar("bool")


def type_of(value: object) -> Type:
    """The type of a concrete value, with every dimension an int.

    >>> print(type_of(np.zeros((2, 3), np.float32)), type_of(1.5))
    float32[2, 3] float
    """
    match value:
        case np.ndarray() | np.generic():
            return Array(value.dtype, tuple(value.shape))
        case bool():
            return BOOL
        case int():
            return INT
        case float():
            return FLOAT
        case complex():
            return Scalar("complex")
        case tuple() if all(type(item) is int for item in value):
            return Shape(value)
        case list():
            return List(type_of(value[0]) if value else Nothing(), len(value))
        case None:
            return Nothing()
    if is_generator(value):
        return Handle(type(value))
    if (opaque := opaque_type(value)) is not None:
        return opaque
    raise TypeError(f"a {type(value).__name__} has no IR type")


def is_generator(value: object) -> bool:
    """Whether a value is one of NumPy's random generators, a source of bits of one, or Python's `random.Random`.

    >>> is_generator(np.random.default_rng(0)), is_generator(np.random)
    (True, False)
    """
    return is_generator_class(type(value))


def is_generator_class(cls: type) -> bool:
    """Whether instances of a class are random generators. It is known by its name: NumPy loads them when asked to."""
    if cls.__module__ == "random":
        return cls.__name__ == "Random"
    if not cls.__module__.startswith("numpy.random."):
        return False
    return issubclass(cls, np.random.Generator | np.random.RandomState | np.random.BitGenerator)


def rank(t: Type) -> int | None:
    """The number of axes, 0 for Python numbers, None where unknown, and for lists and objects."""
    if isinstance(t, Array):
        return None if t.shape is None else len(t.shape)
    if isinstance(t, List | Opaque):
        return None
    return 0


def dims_of(t: Type) -> Dims | None:
    """The shape of a number or array; None where the rank is unknown, and for lists and objects."""
    if isinstance(t, List | Opaque):
        return None
    return t.shape if isinstance(t, Array) else ()


def is_numeric(t: Type) -> bool:
    return isinstance(t, Scalar | Array)


def is_index(t: Type | None) -> bool:
    """Whether a value of this type may be the index of an element of a list."""
    if isinstance(t, Array):
        return t.shape == () and t.dtype is not None and t.dtype.kind in "iu"
    return isinstance(t, Scalar) and t.kind in ("int", "bool")


def is_inexact(t: Type) -> bool:
    """Whether a value of this type may carry a derivative: floats and complex numbers, arrays of unknown dtype, and
    lists of those.
    """
    match t:
        case List(element):
            return is_inexact(element)
        case Scalar(kind):
            return kind in ("float", "complex")
        case Array(dtype, _):
            return dtype is None or dtype.kind in "fc"
    return False


def same_dtype(a: Type, b: Type) -> bool:
    """Whether two arrays are known to have one dtype. (NumPy finds float64 equal to None, so `==` will not do.)"""
    if not isinstance(a, Array) or not isinstance(b, Array):
        return False
    return a.dtype is not None and b.dtype is not None and a.dtype == b.dtype


def is_array(t: Type) -> bool:
    """Whether it is known to be an ndarray of at least one axis (so that it has methods and a buffer)."""
    return isinstance(t, Array) and t.shape is not None and len(t.shape) > 0


def is_empty(dim: Dim) -> bool:
    """Whether a dimension is surely 0."""
    return dim == 0 if isinstance(dim, int) else dim.is_empty


def may_be_empty(dim: Dim) -> bool:
    """Whether a dimension may turn out to be 0 in a program that other empty arrays have none of."""
    return isinstance(dim, Sym) and dim.may_be_empty


def may_be_one(dim: Dim) -> bool:
    return dim == 1 if isinstance(dim, int) else dim.may_be_one


def either_dim(name: str, a: Dim, b: Dim) -> Sym:
    """A dimension that is one or the other."""
    return Sym(name, may_be_one(a) or may_be_one(b), may_be_empty=any(may_be_empty(d) or is_empty(d) for d in (a, b)))


def same_dims(a: Dims | None, b: Dims | None) -> bool:
    """Whether two shapes that meet in one broadcast are surely equal at run time.

    Symbols that cannot be 1 are equal wherever the forward does not raise.
    """
    if a is None or b is None or len(a) != len(b):
        return False
    return all(p == q or not (may_be_one(p) or may_be_one(q)) for p, q in zip(a, b, strict=True))


class ShapesDisagree(ValueError):
    """Shapes that NumPy itself would refuse at run time."""


def broadcast_dim(a: Dim, b: Dim) -> Dim:
    if a == b or b == 1:
        return a
    if a == 1:
        return b
    if isinstance(a, int) and isinstance(b, int):
        raise ShapesDisagree(f"dimensions {a} and {b} do not broadcast")
    if not may_be_one(a):  # the result is a: b is a, or 1
        return a
    if not may_be_one(b):
        return b
    if is_broadcast_of(a, b) or is_broadcast_of(b, a):
        return a if is_broadcast_of(a, b) else b
    first, second = sorted((str(a), str(b)))
    return Sym(f"broadcast({first}, {second})", may_be_one=True)


def is_broadcast_of(whole: Dim, part: Dim) -> bool:
    """Whether a dimension is what comes of broadcasting another one with something.

    >>> a, b = Sym("a", may_be_one=True), Sym("b", may_be_one=True)
    >>> is_broadcast_of(broadcast_dim(a, b), b)
    True
    """
    name = str(whole)
    return name.startswith(f"broadcast({part}, ") or (name.startswith("broadcast(") and name.endswith(f", {part})"))


def broadcast(*shapes: Dims | None) -> Dims | None:
    """NumPy's broadcasting on symbolic shapes; None as soon as one rank is unknown."""
    known = [shape for shape in shapes if shape is not None]
    if len(known) != len(shapes):
        return None
    out: list[Dim] = [1] * max((len(shape) for shape in known), default=0)
    for shape in known:
        offset = len(out) - len(shape)
        for k, dim in enumerate(shape):
            out[offset + k] = broadcast_dim(out[offset + k], dim)
    return tuple(out)


_SHIFT = re.compile(r"(?P<base>\w+) (?P<sign>[+-]) (?P<by>\d+)")


def shift_dim(dim: Dim, by: int) -> Dim:
    """`max(dim + by, 0)` for a constant `by`; shifts in one direction add up: n - 1 - 1 is n - 2."""
    if by == 0:
        return dim
    if isinstance(dim, int):
        return max(dim + by, 0)
    base, total = dim.name, by
    if (m := _SHIFT.fullmatch(dim.name)) and (m["sign"] == "-") == (by < 0):
        base, total = m["base"], by + int(m["sign"] + m["by"])
    elif not base.isidentifier():
        base = f"({base})"
    return Sym(f"{base} {'-' if total < 0 else '+'} {abs(total)}", may_be_one=total <= 1)


def product_dim(dims: Dims) -> Dim:
    """The number of elements of a shape; it is 1 only when every dimension is."""
    sizes = [dim for dim in dims if isinstance(dim, int)]
    symbols = [dim for dim in dims if isinstance(dim, Sym)]
    count = int(np.prod(sizes)) if sizes else 1
    if not symbols or count == 0:
        return count
    names = [s.name if s.name.isidentifier() else f"({s.name})" for s in symbols]
    if count != 1:
        names.insert(0, str(count))
    if len(names) == 1:
        return symbols[0]
    may_be_one = count == 1 and all(s.may_be_one for s in symbols)
    return Sym("*".join(names), may_be_one, may_be_empty=any(s.may_be_empty for s in symbols))


def sum_dim(dims: Dims) -> Dim:
    """The length of a concatenation."""
    fixed = sum(dim for dim in dims if isinstance(dim, int))
    symbols = [dim for dim in dims if isinstance(dim, Sym)]
    if not symbols:
        return fixed
    if len(symbols) == 1:
        return shift_dim(symbols[0], fixed)
    name = " + ".join([s.name for s in symbols] + ([str(fixed)] if fixed else []))
    return Sym(name, may_be_one=fixed == 1 or (fixed == 0 and any(s.may_be_one for s in symbols)))
