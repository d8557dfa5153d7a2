"""Operands for every primitive: elementwise rows by arity and domain, structural rows spelled out.

A case is what a rule may meet: ranks, broadcasts, axes, attributes. `test_every_primitive_has_a_case` holds the table
against the registry.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
from primitives.case import Case, active, array
from primitives.cases_fourier import FOURIER
from primitives.cases_matrices import MATRICES
from primitives.cases_names import NAMES
from primitives.cases_order import ORDER
from primitives.cases_samples import SAMPLES
from primitives.cases_scipy import SCIPY

from pullback.ir.core import Primitive
from pullback.primitives.families.cmath_functions import LIKE_NUMPY
from pullback.primitives.families.indexing import Hole, Index, NewAxis, Slice
from pullback.primitives.registry import PRIMITIVES

ABOVE_ZERO = {"log", "log2", "log10", "sqrt", "power", "ufunc_power", "float_power", "math_pow"}
ABOVE_ZERO |= {"math_log", "math_log2", "math_log10", "math_sqrt"}
INSIDE_ONE = {"arcsin", "arccos", "arctanh", "math_asin", "math_acos", "math_atanh"}
ABOVE_ONE = {"arccosh", "math_acosh"}
NOT_NEGATIVE_ONE = {"log1p", "math_log1p"}


def domain(name: str) -> tuple[float, float]:
    """Where a function is defined and smooth."""
    if name in ABOVE_ZERO:
        return 0.3, 2.5
    if name in INSIDE_ONE or name in NOT_NEGATIVE_ONE:
        return -0.8, 0.9
    if name in ("tan", "math_tan"):
        return -1.2, 1.3
    return (1.2, 3.0) if name in ABOVE_ONE else (-2.0, 2.0)


SHAPES: Mapping[int, tuple[tuple[tuple[int, ...], ...], ...]] = {
    1: (((3, 2),), ((),)),
    2: (((3, 2), (3, 2)), ((3, 2), (2,)), ((3, 1), (1, 2)), ((2,), (3, 2)), ((3, 2), ())),
    3: (((3, 2), (3, 2), (3, 2)), ((3, 2), (2,), (3, 1)), ((2,), (3, 2), ())),
    4: (((3, 2), (3, 2), (3, 2), (3, 2)), ((3, 2), (2,), (), (3, 1)), ((2,), (), (), (3, 2))),
}


def elementwise_cases(prim: Primitive) -> Iterator[Case]:
    """Arrays that broadcast and Python floats; Python floats only for `math` and the builtins."""
    arity = prim.doc["arity"]
    if "domain" in prim.doc:
        yield from cases_in_domain(prim)
        return
    low, high = domain(prim.name)
    spans = [(low, high), (low + 0.21, high + 0.21), (low + 0.43, high + 0.43)][:arity]
    if "fmod" in prim.name or "remainder" in prim.name:
        spans = [(-2.3, 2.3), (2.6, 3.4)]
    if prim.name in INSIDE_ONE or prim.name in ABOVE_ONE or prim.name in NOT_NEGATIVE_ONE:
        spans = [(low, high)] * arity
    if prim.name == "where":
        for shapes in SHAPES[3]:
            condition, x, y = (array(*s, low=lo, high=hi) for s, (lo, hi) in zip(shapes, spans, strict=True))
            yield Case("where", (condition > 0.1, x, y))
        yield Case("where", (True, 1.5, 2.5))
        return
    if not (prim.name.startswith(("math_", "builtin_"))):
        for shapes in SHAPES[arity]:
            yield Case(prim.name, tuple(array(*s, low=lo, high=hi) for s, (lo, hi) in zip(shapes, spans, strict=True)))
    for at in (0.21, 0.77):
        yield Case(prim.name, tuple(lo + (hi - lo) * ((at + 0.31 * k) % 1.0) for k, (lo, hi) in enumerate(spans)))


def cases_in_domain(prim: Primitive) -> Iterator[Case]:
    """Operands inside the intervals that the row states; integers where it has no derivative."""
    undefined = [text.startswith("undefined") for text in prim.doc["partials"]]
    for shapes in () if prim.name.startswith("math_") else SHAPES[prim.doc["arity"]]:
        spans = zip(shapes, prim.doc["domain"], undefined, strict=True)
        operands = [
            integers(*s, span=span) if whole else array(*s, low=span[0], high=span[1]) for s, span, whole in spans
        ]
        yield Case(prim.name, tuple(operands))
    for at in (0.21, 0.77):
        numbers = [low + (high - low) * at for low, high in prim.doc["domain"]]
        yield Case(prim.name, tuple(math.ceil(x) if w else x for x, w in zip(numbers, undefined, strict=True)))


def integers(*shape: int, span: tuple[float, float]) -> Any:
    """Integers in a span, all of them if there are as many elements."""
    first, last = math.ceil(span[0]), math.floor(span[1])
    return (first + np.arange(math.prod(shape)) % (last - first + 1)).reshape(shape)


ROWS = np.array([2, 0, 2])
COLUMNS = np.array([1, 1, 0])
MASK = np.array([True, False, True])
F8 = np.dtype(float)


def _folded(name: str) -> list[Case]:
    """Reductions by a ufunc along one axis."""
    return [
        Case(name, (array(*shape),), {"axis": axis, "keepdims": keepdims})
        for shape, axis in (((3, 2), 0), ((3, 2), -1), ((2, 3, 2), 1), ((4,), 0))
        for keepdims in (False, True)
    ]


def _reductions(name: str, **more: Any) -> list[Case]:
    cases = [
        Case(name, (array(3, 2, 4),), {"axis": axis, "keepdims": keepdims, **more})
        for axis in (None, 0, 1, -1, (0, 2), (0, 1, 2))
        for keepdims in (False, True)
    ]
    small = [Case(name, (array(2, 3),), {"axis": axis, "keepdims": False, **more}) for axis in (None, 0, -1)]
    return [*cases, *small, Case(name, (array(5),), {"axis": 0, "keepdims": True, **more})]


def _masked_reductions(name: str) -> list[Case]:
    """With every keyword that the reduction has, alone and together."""
    plain = name.removeprefix("masked_")
    mask = np.ones((3, 2, 4), bool)
    mask[(0, 2, 1), (1, 0, 1), (2, 0, 0)] = False
    cases = []
    for axis, keepdims in ((None, False), (0, True), (-1, False), ((0, 2), True)):
        attrs: dict[str, Any] = {"axis": axis, "keepdims": keepdims}
        if plain in ("sum", "mean", "prod", "var", "std"):
            attrs["dtype"] = np.dtype(np.float64) if axis else None
        if plain in ("var", "std"):
            attrs["ddof"] = 1 if axis is None else 0
        x = array(3, 2, 4)
        given: list[tuple[tuple[str, ...], tuple[Any, ...]]] = [(("where",), (mask,)), (("where",), (mask[:, :1],))]
        if plain.endswith(("max", "min")):
            given = [(("initial", "where"), (start, mask)) for start in (0.7, 9.5, -9.5)]
        if plain in ("sum", "prod"):
            given += [(("initial",), (0.7,)), (("initial", "where"), (0.7, mask))]
        if plain in ("var", "std"):
            middle = np.mean(x, axis=axis, keepdims=True) + 0.3
            given += [(("mean",), (middle,)), (("where", "mean"), (mask, middle))]
        if plain in ("sum", "mean", "var", "std"):
            given.append(((), ()))
        cases += [Case(name, (x, *values), {**attrs, "keywords": names}) for names, values in given]
    return cases


def _discrete_reductions(name: str) -> list[Case]:
    many = [] if name in ("argmax", "argmin") else [(0, 1)]
    return [
        Case(name, (array(3, 4),), {"axis": axis, "keepdims": keepdims})
        for axis in (None, 0, -1, *many)
        for keepdims in (False, True)
    ]


def _products(name: str) -> list[Case]:
    shapes: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
        ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4)),
        ((5, 2, 3), (3,)), ((3,), (5, 3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)),
    ]  # fmt: skip
    if name == "matmul":
        shapes += [((5, 2, 3), (5, 3, 4)), ((5, 1, 2, 3), (6, 3, 4)), ((1, 2, 3), (5, 3, 4)), ((5, 2, 3), (1, 3, 4))]
    else:
        shapes += [((5, 2, 3), (6, 3, 4)), ((), (3,)), ((2, 3), ()), ((), ())]
    return [Case(name, (array(*s), array(*t, low=-1.7))) for s, t in shapes]


def _adjoints(name: str) -> list[Case]:
    """The transposes for unknown ranks, on the operands that a product of that name would hand them."""
    cases = []
    for case in _products(name):
        a, b = case.operands
        g = array(*np.shape(case.prim.evaluate(a, b)), low=-1.1)
        cases.append(Case(f"{name}_left", (g, b, np.shape(a))))
        cases.append(Case(f"{name}_right", (g, a, np.shape(b))))
    return cases


def _index(*items: Any) -> dict[str, Any]:
    return {"index": Index(items)}


def _reads() -> list[tuple[tuple[int, ...], tuple[Any, ...], dict[str, Any]]]:
    """Shape of the array, operands of the holes, index."""
    return [
        ((4,), (), _index(1)),
        ((4,), (-1,), _index(Hole())),
        ((4, 3), (), _index(-1)),
        ((4, 3), (), _index(Slice(1, None), 0)),
        ((4, 3), (), _index(Slice(None, -1), Slice(None, None, -1))),
        ((4, 3), (1, 3), _index(Slice(Hole(), Hole()))),
        ((4, 3), (), _index(Ellipsis, NewAxis(), 1)),
        ((4, 3, 2), (2,), _index(Ellipsis, Hole(), Slice())),
        ((4, 3), (), _index(Slice(None, None, 2))),
        ((4, 3), (ROWS,), _index(Hole())),
        ((4, 3), (ROWS, COLUMNS), _index(Hole(), Hole())),
        ((4, 3, 2), (COLUMNS,), _index(0, Slice(), Hole())),
        ((4, 3, 2), (ROWS,), _index(Slice(), Hole(), 1)),
        ((4, 3, 2), (ROWS[:, None], COLUMNS), _index(Hole(), NewAxis(), Hole())),
        ((3, 2), (MASK,), _index(Hole())),
        ((2, 3), (MASK,), _index(Slice(), Hole())),
        ((3, 3), (array(3, 3) > 0,), _index(Hole())),
        ((4, 3), (np.array([[0, 1], [1, 3]]),), _index(Hole(), Slice(None, 2))),
    ]


def _getitems() -> list[Case]:
    return [Case("getitem", (array(*shape), *holes), attrs) for shape, holes, attrs in _reads()]


def _setitems() -> list[Case]:
    """The reads as writes; with indices that repeat, the last one wins. Writes of one number are in tests/programs."""
    return [Case("setitem", c.operands, c.attrs) for c in _index_adds() if np.ndim(c.operands[1])]


def _last_writes() -> list[Case]:
    reads = [(shape, holes, attrs) for shape, holes, attrs in _reads() if holes]
    return [Case("is_last_write", (shape, *holes), attrs) for shape, holes, attrs in reads]


def _index_adds() -> list[Case]:
    cases = []
    for shape, holes, attrs in _reads():
        value = array(*np.shape(array(*shape)[attrs["index"].key(holes)]), low=-1.3)
        cases.append(Case("index_add", (array(*shape), value, *holes), attrs))
    cases.append(Case("index_add", (array(4, 3), 0.7, ROWS), _index(Hole())))
    return cases


Maker = Callable[[], list[Case]]

STRUCTURAL: Mapping[str, Maker] = {
    "float": lambda: [Case("float", (x,)) for x in (1.3, np.float64(0.7), array())],
    "complex": lambda: [Case("complex", (1.3,)), Case("complex", (1.3, 0.4))],
    "real": lambda: [Case("real", (array(3, 2) + 1j,)), Case("real", (1.3 + 2j,))],
    "imag": lambda: [Case("imag", (array(3, 2) + 1j,)), Case("imag", (1.3 + 2j,))],
    "conj": lambda: [Case("conj", (array(3, 2) + 1j,)), Case("conj", (np.complex128(1.3 + 2j),))],
    "conjugate": lambda: [Case("conjugate", (1.3 + 2j,))],
    "phase": lambda: [Case("phase", (array(3, 2) + 1j,)), Case("phase", (np.complex128(1.3 + 2j),))],
    "angle": lambda: [Case("angle", (array(3, 2) + 1j,)), Case("angle", (1.3 + 2j,))],
    **{f"cmath_{f.__name__}": (lambda f=f: [Case(f"cmath_{f.__name__}", (0.3 + 0.4j,))]) for f in LIKE_NUMPY},
    **{f"cmath_{name}": (lambda name=name: [Case(f"cmath_{name}", (0.3 + 0.4j,))])
       for name in ("phase", "isnan", "isinf", "isfinite")},
    "with_real": lambda: [Case("with_real", (array(3, 2) + 1j, v)) for v in (array(2), 0.7)],
    "with_imag": lambda: [Case("with_imag", (array(3, 2) + 1j, v)) for v in (array(2), 0.7)],
    "phase_free": lambda: [Case("phase_free", (array(3, 3) + 1j * (np.ones((3, 3)) - np.eye(3)), array(3, low=1.0)))],
    "int": lambda: [Case("int", (2.7,)), Case("int", (np.float64(-2.7),))],
    "bool": lambda: [Case("bool", (2.7,)), Case("bool", (np.float64(0.0),))],
    "astype": lambda: [Case("astype", (array(3, 2),), {"dtype": np.dtype(t)}) for t in (np.float64, np.int64)],
    "asarray": lambda: [Case("asarray", (1.5,)), Case("asarray", (array(3, 2),))],
    "cast_like": lambda: [Case("cast_like", (array(3, 2), np.zeros(2)))],
    "copy": lambda: [Case("copy", (array(3, 2),)), Case("copy", (1.5,))],
    "float64": lambda: [Case("float64", (1.5,)), Case("float64", (array(3),))],
    "shape": lambda: [Case("shape", (array(3, 2),)), Case("shape", (1.5,))],
    "dim": lambda: [Case("dim", (array(3, 2),), {"axis": k}) for k in (0, 1, -1)],
    "size": lambda: [Case("size", (array(3, 2),)), Case("size", (1.5,))],
    "ndim": lambda: [Case("ndim", (array(3, 2),))],
    "shape_item": lambda: [Case("shape_item", ((3, 2),), {"index": -1})],
    "make_shape": lambda: [Case("make_shape", (3, 2)), Case("make_shape", (4,))],
    "unpack_shape": lambda: [Case("unpack_shape", (array(3, 2),), {"count": 2}),
                             Case("unpack_shape", (array(3),), {"count": 1})],
    "reshape": lambda: [Case("reshape", (array(3, 4), s)) for s in ((4, 3), (-1,), (2, -1, 3), (12,))]
    + [Case("reshape", (1.5, (1, 1)))],
    "transpose": lambda: [Case("transpose", (array(3, 2, 4),), {"axes": a}) for a in (None, (1, 2, 0), (0, 2, 1))]
    + [Case("transpose", (array(3),), {"axes": None}), Case("transpose", (array(3, 2, 4),), {"axes": (-1, 0, 1)})],
    "swapaxes": lambda: [Case("swapaxes", (array(3, 2, 4),), {"axis1": 0, "axis2": -1})],
    "expand_dims": lambda: [Case("expand_dims", (array(3, 2),), {"axis": a}) for a in (0, 1, -1, (0, 2), (0, -1))],
    "squeeze": lambda: [Case("squeeze", (array(1, 3, 1),), {"axis": a}) for a in ((0,), (2,), (0, -1))],
    "broadcast_to": lambda: [Case("broadcast_to", (array(*s), (4, 3, 2))) for s in ((2,), (3, 1), (4, 1, 2), ())]
    + [Case("broadcast_to", (1.5, (2, 2)))],
    "unbroadcast": lambda: [Case("unbroadcast", (array(4, 3, 2), s))
                            for s in ((2,), (3, 1), (4, 1, 2), (), (4, 3, 2), (1,), (1, 1))],
    "flip": lambda: [Case("flip", (array(3, 2),), {"axis": a}) for a in (None, 0, -1, (0, 1))],
    "triu": lambda: [Case("triu", (array(2, 3, 4),), {"k": k}) for k in (-1, 0, 2)],
    "tril": lambda: [Case("tril", (array(3, 3),), {"k": k}) for k in (-1, 0, 2)],
    "sum": lambda: _reductions("sum"),
    "mean": lambda: _reductions("mean"),
    "max": lambda: _reductions("max"),
    "min": lambda: _reductions("min"),
    "prod": lambda: _reductions("prod"),
    "var": lambda: _reductions("var", ddof=0) + _reductions("var", ddof=1)[:3],
    "std": lambda: _reductions("std", ddof=0) + _reductions("std", ddof=1)[:3],
    **{
        f"masked_{name}": partial(_masked_reductions, f"masked_{name}")
        for name in ("sum", "mean", "max", "min", "nanmax", "nanmin", "prod", "var", "std", "all", "any")
    },
    "norm": lambda: [Case("norm", (array(3, 4),), {"axis": a, "keepdims": k})
                     for a in (None, 0, -1, (0, 1)) for k in (False, True)]
    + [Case("norm", (array(5),), {"axis": None, "keepdims": False})],
    "prod_others": lambda: [Case("prod_others", (array(3, 4),), {"axis": a}) for a in (0, -1)]
    + [Case("prod_others", (array(4),), {"axis": None})],
    "sum_of": lambda: [Case("sum_of", (0.1, 0.2, 0.3)), Case("sum_of", (1.5, -0.25))],
    "builtin_sum": lambda: [
        Case("builtin_sum", (array(4),)),
        Case("builtin_sum", (array(4, 2),)),
        Case("builtin_sum", (array(4), 1.5)),
        Case("builtin_sum", (array(4, 2), 1.5)),
    ],
    "math_fsum": lambda: [Case("math_fsum", (array(4),))],
    "builtin_round": lambda: [Case("builtin_round", (2.717,), {"ndigits": n}) for n in (None, 2)],
    "round": lambda: [Case("round", (array(3, 2),), {"decimals": 1})],
    "matmul": lambda: _products("matmul"),
    "dot": lambda: _products("dot"),
    "matmul_left": lambda: [c for c in _adjoints("matmul") if c.name == "matmul_left"],
    "matmul_right": lambda: [c for c in _adjoints("matmul") if c.name == "matmul_right"],
    "dot_left": lambda: [c for c in _adjoints("dot") if c.name == "dot_left"],
    "dot_right": lambda: [c for c in _adjoints("dot") if c.name == "dot_right"],
    "tensordot": lambda: [Case("tensordot", (array(3, 4, 2), array(4, 3, 5)), {"axes": ((0, 1), (1, 0))}),
                          Case("tensordot", (array(3, 4, 2), array(5, 2, 3)), {"axes": ((2, 0), (1, 2))}),
                          Case("tensordot", (array(3, 4), array(2, 4)), {"axes": ((1,), (1,))}),
                          Case("tensordot", (array(3), array(2)), {"axes": ((), ())})],
    "inner": lambda: [Case("inner", (array(*s), array(*t, low=-1.7)))
                      for s, t in (((3,), (3,)), ((2, 3), (3,)), ((3,), (4, 3)), ((2, 3), (4, 3)),
                                   ((2, 5, 3), (4, 3)), ((), (3,)))],
    "outer": lambda: [Case("outer", (array(3), array(2, low=-1.7))),
                      Case("outer", (array(3, 2), array(2, 2, low=-1.7)))],
    "vdot": lambda: [Case("vdot", (array(3), array(3, low=-1.7))),
                     Case("vdot", (array(3, 2), array(2, 3, low=-1.7)))],
    "getitem": _getitems,
    "unpack": lambda: [Case("unpack", (array(3),), {"count": 3}), Case("unpack", (array(2),), {"count": 2})],
    "index_add": _index_adds,
    "setitem": _setitems,
    "is_last_write": _last_writes,
    "concatenate": lambda: [Case("concatenate", (array(3, 2), array(1, 2), array(2, 2)), {"axis": 0}),
                            Case("concatenate", (array(2, 3), array(2, 1)), {"axis": -1}),
                            Case("concatenate", (array(2, 3, 2), array(2, 1, 2)), {"axis": 1}),
                            Case("concatenate", (array(3),), {"axis": 0})],
    "stack": lambda: [Case("stack", (array(3, 2), array(3, 2, low=-1.0)), {"axis": a}) for a in (0, 1, -1)]
    + [Case("stack", (1.5, 2.5), {"axis": 0})],
    "array": lambda: [Case("array", (1.5, 2.0, np.float64(3.5), 4), {"nest": (2, 2)}),
                      Case("array", (array(3), array(3, low=-1.0)), {"nest": (2,)})],
    "zeros": lambda: [Case("zeros", ((2, 3),), {"dtype": None}), Case("zeros", (4,), {"dtype": np.dtype(np.float32)})],
    "ones": lambda: [Case("ones", ((2, 3),), {"dtype": None})],
    "empty": list,
    "full": lambda: [Case("full", ((2, 3), 1.5), {"dtype": None}), Case("full", ((2, 3), array(3)), {"dtype": F8})],
    "zeros_like": lambda: [Case("zeros_like", (array(2, 3),), {"dtype": None}), Case("zeros_like", (1.5,), {})],
    "ones_like": lambda: [Case("ones_like", (array(2, 3),), {"dtype": None})],
    "empty_like": list,
    "full_like": lambda: [Case("full_like", (array(2, 3), 1.5), {"dtype": None})],
    "arange": lambda: [Case("arange", (0, 4, 1), {"dtype": None}), Case("arange", (0.5, 2.9, 0.7), {"dtype": None})],
    "linspace": lambda: [Case("linspace", (0.5, 2.0, 4), {"endpoint": e}) for e in (True, False)],
    "eye": lambda: [Case("eye", (3, 2), {"dtype": None}), Case("eye", (2, 2), {"dtype": np.dtype(bool)})],
    "create": lambda: [Case("create", (), {"function": np.array, "args": ((1.5, 2.0),), "kwargs": ()}),
                       Case("create", (), {"function": np.tri, "args": (3,), "kwargs": (("k", -1),)})],
    "argmax": lambda: _discrete_reductions("argmax"),
    "argmin": lambda: _discrete_reductions("argmin"),
    "all": lambda: _discrete_reductions("all"),
    "any": lambda: _discrete_reductions("any"),
    "count_nonzero": lambda: _discrete_reductions("count_nonzero"),
    **MATRICES,
    **ORDER,
    **FOURIER,
    **SAMPLES,
    **{name: cases for name, cases in NAMES.items() if name in PRIMITIVES},
    **SCIPY,
    **{name: lambda name=name: _folded(name) for name in ("logaddexp_reduce", "logaddexp2_reduce", "hypot_reduce")},
    "builtin_max_of": lambda: [Case("builtin_max_of", (array(n),)) for n in (4, 1)],
    "builtin_min_of": lambda: [Case("builtin_min_of", (array(n),)) for n in (4, 1)],
    "nanmax": lambda: _reductions("nanmax"),
    "nanmin": lambda: _reductions("nanmin"),
}  # fmt: skip

WITH_INTS = {"bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift", "invert"}


def discrete_cases(prim: Primitive) -> Iterator[Case]:
    """Comparisons, predicates, steps and conversions, by how many operands they take."""
    name = prim.name.removeprefix("ufunc_")
    unary = {"invert", "not", "logical_not", "isnan", "isinf", "isfinite", "signbit", "sign", "floor", "ceil", "trunc",
             "rint"}  # fmt: skip
    arity = 1 if name in unary or name.startswith("math_") or hasattr(np.dtype, name) or name in CASTS else 2
    operands: list[Any] = [array(3, 2), array(2, low=-1.4)][:arity]
    if name in WITH_INTS:
        operands = [np.array([[5, 2], [3, 1]]), np.array([1, 2])][:arity]
    elif name == "not" or name.startswith("math_"):
        operands = [1.7]
    yield Case(prim.name, tuple(operands))
    if name not in WITH_INTS:
        yield Case(prim.name, tuple([1.7, 0.4][:arity]))


CASTS = {"bool_", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"}
COMPLEX = {"complex64", "complex128"}
NARROW = {"float16", "float32"}


def cases_of(prim: Primitive) -> list[Case]:
    """All cases of one primitive."""
    if prim.name.startswith("list_"):
        return []  # tests/primitives/test_lists.py
    if prim.name in STRUCTURAL:
        return STRUCTURAL[prim.name]()
    if prim.kind == "elementwise":
        return list(elementwise_cases(prim))
    return list(discrete_cases(prim)) if prim.kind == "discrete" else []


CASES = [case for prim in PRIMITIVES.values() if "reference" not in prim.doc for case in cases_of(prim)]
SMOOTH = [case for case in CASES if case.prim.kind != "discrete" and any(map(active, case.operands))]
