"""Exact identities: they hold bit for bit for every value, so they apply to primal and adjoint alike.

x**2 -> x*x is the one that is exact only up to the rounding of the C library's `pow` on Python floats, and the more
accurate side there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback.ir.core import Atom, Const, Op, Undefined, Value
from pullback.ir.regions import IF, LOOPS, Loop
from pullback.ir.types import BOOL, Array, Scalar, Shape, Type, broadcast, dims_of, is_numeric, rank, same_dims
from pullback.passes.simplify import Rules, Simplifier, rule
from pullback.primitives.expr import Expr
from pullback.primitives.families.indexing import reads_the_place
from pullback.primitives.inference import dtype_of, has_dtype, is_complex
from pullback.primitives.registry import PRIMITIVES

EXACT: Rules = {}
NUMBERS = (bool, int, float, complex)


def is_const(atom: Atom, value: float) -> bool:
    """Whether an atom is the Python number `value`."""
    return isinstance(atom, Const) and type(atom.value) in (int, float) and atom.value == value


def is_number(t: Type) -> bool:
    """Whether a value of this type is a single number."""
    return is_numeric(t) and rank(t) == 0


@rule(EXACT, "*elementwise", "float", "int", "bool", "complex", "real", "imag")
def fold(b: Simplifier, op: Op) -> Any:
    """2.0 * 3.0 -> 6.0, on Python numbers; what would raise is left to run time."""
    values = [o.value for o in op.operands if isinstance(o, Const) and type(o.value) in NUMBERS]
    weak = isinstance(op.result.type, Scalar) or (b.sweep == "adjoint" and is_number(op.result.type))
    if len(values) != len(op.operands) or not weak:
        return None
    try:
        out = op.prim.evaluate(*values, **op.attrs)
    except (ArithmeticError, ValueError):
        return None
    return Const(out) if type(out) in NUMBERS and np.isfinite(out) else None


@rule(EXACT, "*elementwise")
def weaken_constants(b: Simplifier, op: Op) -> Any:
    """np.float64(2.5) * x -> 2.5 * x where x is float64 already: the same bits, easier to read."""
    if not any(isinstance(o, Const) and isinstance(o.value, np.float64) for o in op.operands):
        return None
    others = [o for o in op.operands if isinstance(o, Value) and dtype_of(o.type) == np.float64]
    if not any(is_of_numpy(b, o) for o in others):
        return None
    operands = tuple(
        Const(float(o.value)) if isinstance(o, Const) and isinstance(o.value, np.float64) else o for o in op.operands
    )
    return b.apply(op.prim, operands, op.attrs)[0]


def is_of_numpy(b: Simplifier, atom: Atom) -> bool:
    """Whether a value is surely NumPy's: the greater of a Python number and one of NumPy is the one or the other."""
    if isinstance(atom, Const) or not isinstance(atom.type, Array):
        return isinstance(atom, Const) and isinstance(atom.value, np.generic)
    if rank(atom.type) != 0:
        return rank(atom.type) is not None
    op = b.definitions.get(atom) if isinstance(atom, Value) else None
    if op is None or op.blocks:
        return False
    if op.prim.kind != "elementwise" or op.prim.spelling.startswith(("np.", "scipy.")):
        return True
    quantify = all if op.prim.name.startswith("builtin_") else any
    return quantify(is_of_numpy(b, operand) for operand in op.operands)


@rule(EXACT, "*elementwise")
def drop_broadcast(b: Simplifier, op: Op) -> Any:
    """broadcast_to(s, shape) * x -> s * x where x has that shape; the broadcast moves outwards where none has."""
    operands = tuple(before_broadcast(b, o) for o in op.operands)
    if all(a is o for a, o in zip(operands, op.operands, strict=True)):
        return None
    dims = broadcast(*(dims_of(o.type) for o in operands))
    if same_dims(dims, dims_of(op.result.type)):
        return b.apply(op.prim, operands, op.attrs)[0]
    spread = next((s for o in op.operands if (s := b.definition(o, "broadcast_to"))), None)
    if dims == () and spread and dims_of(spread.result.type) == dims_of(op.result.type):
        inner = b.apply(op.prim, operands, op.attrs)[0]
        return PRIMITIVES["broadcast_to"](b.pen(inner), b.pen(spread.operands[1]))
    return None


def before_broadcast(b: Simplifier, atom: Atom) -> Atom:
    """What an atom was broadcast from; a number also through reshapes, since all its elements are equal."""
    if spread := b.definition(atom, "broadcast_to"):
        return spread.operands[0]
    if moved := b.definition(atom, "reshape", "expand_dims", "squeeze", "transpose"):
        source = before_broadcast(b, moved.operands[0])
        return source if is_number(source.type) else atom
    return atom


@rule(EXACT, "multiply", "divide")
def times_one(b: Simplifier, op: Op) -> Any:
    x, y = op.operands
    if b.sweep == "primal" and is_complex(op.result.type):
        return None  # (inf + 0j) * 1 is not a number
    if is_const(y, 1):
        return x
    return y if op.prim.name == "multiply" and is_const(x, 1) else None


@rule(EXACT, "subtract")
def minus_zero(b: Simplifier, op: Op) -> Any:
    return op.operands[0] if is_const(op.operands[1], 0) else None


@rule(EXACT, "add")
def zero_plus(b: Simplifier, op: Op) -> Any:
    """0 + x -> x, as the builtin `sum` begins; x must not be -0.0, which 0 + x would turn into 0.0."""
    x, y = op.operands
    if is_complex(op.result.type):
        return None  # either part may be -0.0
    return y if is_const(x, 0) and not_minus_zero(b, y) else None


def not_minus_zero(b: Simplifier, atom: Atom) -> bool:
    """Whether a value is surely no -0.0: squares, exponentials, and sums of them."""
    if op := b.definition(atom, "sum", "mean", "max", "min", "float"):
        return not_minus_zero(b, op.operands[0])
    if op := b.definition(atom, "add"):
        return any(not_minus_zero(b, o) for o in op.operands)
    if op := b.definition(atom, "multiply"):
        return op.operands[0] is op.operands[1]
    return b.definition(atom, "exp", "absolute", "square") is not None


@rule(EXACT, "negative")
def minus_minus(b: Simplifier, op: Op) -> Any:
    inner = b.definition(op.operands[0], "negative")
    return inner.operands[0] if inner else None


@rule(EXACT, "power")
def small_powers(b: Simplifier, op: Op) -> Any:
    x, y = op.operands
    if b.sweep == "primal" and is_complex(op.result.type):
        return None  # its powers are not its products, to the last bit
    if is_const(y, 2):
        return b.pen(x) * b.pen(x)
    return x if is_const(y, 1) else None


# Values that not every path computes.


@rule(EXACT, "defined")
def definedness(b: Simplifier, op: Op) -> Any:
    """What only one arm computes is defined where its condition holds, what every trip computes after any trip."""
    value = op.operands[0]
    if not may_be_undefined(b, value):
        return Const(not isinstance(value, Undefined))
    made = b.definitions.get(value) if isinstance(value, Value) else None
    if made is None or value not in made.results:
        return None
    k = made.results.index(value)
    if made.prim is IF:
        origins, one_way = [arm.results[k] for arm in made.blocks], b.pen(made.operands[0])
    elif made.prim in LOOPS and 0 < k <= Loop(made).count:
        loop = Loop(made)
        origins, one_way = [loop.next[k - 1], loop.initial[k - 1]], any_trip(b, loop)
    else:
        return None
    if any(may_be_undefined(b, origin) and not isinstance(origin, Undefined) for origin in origins):
        return None
    if isinstance(origins[1], Undefined):
        return b.pen(Const(False)) if isinstance(origins[0], Undefined) else as_bool(one_way)
    return PRIMITIVES["not"](as_bool(one_way)) if isinstance(origins[0], Undefined) else Const(True)


def any_trip(b: Simplifier, loop: Loop) -> Expr:
    """Whether a loop has had a trip."""
    more, less = (b.pen(loop.trips), b.pen(Const(0)))
    if loop.bounds and is_const(loop.bounds[2], 1):
        more, less = b.pen(loop.bounds[1]), b.pen(loop.bounds[0])
    return Expr(b, b.apply(PRIMITIVES["greater"], (more.atom, less.atom), {})[0])


def may_be_undefined(b: Simplifier, atom: Atom) -> bool:
    """Whether some path does not compute a value."""
    return isinstance(atom, Undefined) or atom in b.undefined


def as_bool(x: Expr) -> Expr:
    """The truth of a number."""
    return x if x.type == BOOL else PRIMITIVES["bool"](x)


# Shapes.


@rule(EXACT, "shape")
def shape_of_parameter(b: Simplifier, op: Op) -> Any:
    """Symbols with one name are one size: a parameter of the same shape tells it, and no temporary is kept for it."""
    dims = dims_of(op.operands[0].type)
    if dims is None:
        return None
    if all(isinstance(d, int) for d in dims):
        return Const(dims)
    return asked_of_parameter(b, op)


def asked_of_parameter(b: Simplifier, op: Op) -> Any:
    """The same question to the first parameter of the same shape, unless it goes to a parameter already."""
    dims = dims_of(op.operands[0].type)
    if dims is None or op.operands[0] in b.params:
        return None
    param = next((p for p in b.params if dims_of(p.type) == dims), None)
    return None if param is None else b.apply(op.prim, (param,), op.attrs)[0]


@rule(EXACT, "dim")
def dim_of_parameter(b: Simplifier, op: Op) -> Any:
    extent = op.result.type.extent if isinstance(op.result.type, Scalar) else None
    if isinstance(extent, int):
        return Const(extent)
    if op.operands[0] in b.params:
        return None
    asked = [(p, {"axis": k}) for p in b.params for k, dim in enumerate(dims_of(p.type) or ()) if dim == extent]
    for param, attrs in asked:
        if known := b.lookup(op.prim, (param,), attrs):
            return known[0]
    return b.apply(op.prim, (asked[0][0],), asked[0][1])[0] if asked else None


@rule(EXACT, "dim")
def dim_of_what_is_carried(b: Simplifier, op: Op) -> Any:
    """What a loop carries in one shape has the size with which it was made."""
    x = op.operands[0]
    if not isinstance(x, Value) or x not in b.starts:
        return None
    while isinstance(x, Value) and x in b.starts:
        x = b.starts[x]
    made = b.definition(x, "zeros", "ones", "empty", "full")
    sizes = None if made is None else b.definition(made.operands[0], "make_shape")
    return None if sizes is None else sizes.operands[op.attrs["axis"]]


@rule(EXACT, "size")
def size_of_parameter(b: Simplifier, op: Op) -> Any:
    extent = op.result.type.extent if isinstance(op.result.type, Scalar) else None
    if isinstance(extent, int):
        return Const(extent)
    dims = dims_of(op.operands[0].type)
    if dims is not None and len(dims) == 1:
        return PRIMITIVES["dim"](b.pen(op.operands[0]), axis=0)
    return asked_of_parameter(b, op)


@rule(EXACT, "shape_item")
def item_of_shape(b: Simplifier, op: Op) -> Any:
    made = b.definition(op.operands[0], "make_shape")
    if made:
        return made.operands[op.attrs["index"]]
    taken = b.definition(op.operands[0], "shape")
    if taken and dims_of(taken.operands[0].type) is not None:
        return PRIMITIVES["dim"](b.pen(taken.operands[0]), axis=op.attrs["index"])
    return None


def shape_atom(t: Type) -> Any:
    return t.dims if isinstance(t, Shape) else None


@rule(EXACT, "reshape", "broadcast_to", "unbroadcast")
def same_shape(b: Simplifier, op: Op) -> Any:
    """reshape(x, shape) -> x where x has that shape; of two reshapes or broadcasts, the last decides."""
    x, shape = op.operands
    given, wanted = dims_of(x.type), shape_atom(shape.type)
    if same_dims(given, wanted) and (op.prim.name != "reshape" or given == wanted):  # (n, d) is reshaped to (d, n)
        return x
    inner = b.definition(x, op.prim.name)
    if inner and op.prim.name != "unbroadcast":
        return b.apply(op.prim, (inner.operands[0], shape), op.attrs)[0]
    return None


@rule(EXACT, "getitem")
def whole(b: Simplifier, op: Op) -> Any:
    """x[...] is x."""
    x = op.operands[0]
    return x if op.attrs["index"].items == (Ellipsis,) and rank(x.type) else None


@rule(EXACT, "setitem")
def put_back(b: Simplifier, op: Op) -> Any:
    """x[i] = x[i] is x. In the adjoint sweep it stays: where each arm of a conditional updates x, that is in place."""
    if op.sweep == "adjoint":
        return None
    base, value = op.operands[:2]
    if value is base and op.attrs["index"].items == (Ellipsis,):
        return base
    return base if reads_the_place(b.definition(value, "getitem"), op) else None


@rule(EXACT, "setitem")
def written_at_once(b: Simplifier, op: Op) -> Any:
    """A part that was read, overwritten as a whole and put back: x[i:j] += y is x[i:j] = x[i:j] + y."""
    base, value, *holes = op.operands
    filled = b.definition(value, "setitem")
    if filled is None or filled.attrs["index"].items != (Ellipsis,):
        return None
    read = b.definition(filled.operands[0], "getitem")
    if read is None or read.operands[1:] != tuple(holes) or read.attrs != op.attrs:
        return None
    return b.apply(op.prim, (base, filled.operands[1], *holes), op.attrs)[0]


@rule(EXACT, "transpose")
def transpose_twice(b: Simplifier, op: Op) -> Any:
    inner, n = b.definition(op.operands[0], "transpose"), rank(op.result.type)
    if inner is None or n is None:
        return None
    first, second = (tuple(range(n))[::-1] if o.attrs["axes"] is None else o.attrs["axes"] for o in (inner, op))
    both = tuple(first[k] % n for k in (s % n for s in second))
    if both == tuple(range(n)):
        return inner.operands[0]
    return b.apply(op.prim, inner.operands, {**op.attrs, "axes": both})[0]


@rule(EXACT, "squeeze", "expand_dims")
def squeeze_expanded(b: Simplifier, op: Op) -> Any:
    """Taking away the axes that were just added, or the other way round."""
    inner = b.definition(op.operands[0], "expand_dims" if op.prim.name == "squeeze" else "squeeze")
    if inner and dims_of(inner.operands[0].type) == dims_of(op.result.type):
        return inner.operands[0]
    return None


@rule(EXACT, "astype")
def same_dtype(b: Simplifier, op: Op) -> Any:
    return op.operands[0] if has_dtype(op.operands[0].type, op.attrs["dtype"]) else None


@rule(EXACT, "float", "int", "bool")
def already_a_number(b: Simplifier, op: Op) -> Any:
    t = op.operands[0].type
    return op.operands[0] if isinstance(t, Scalar) and t.kind == op.prim.name else None
