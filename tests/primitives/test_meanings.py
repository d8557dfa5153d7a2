"""Public functions mean what they compute: the meaning built as IR and run gives NumPy's result bit for bit."""

from __future__ import annotations

import builtins
import cmath
import math
import operator
from typing import Any

import numpy as np
import pytest
from primitives.calls_of_families import CALLS as CALLS_OF_FAMILIES
from primitives.calls_of_names import CALLS as CALLS_OF_NAMES
from primitives.calls_of_samples import CALLS as CALLS_OF_SAMPLES
from primitives.calls_of_scipy import CALLS as CALLS_OF_SCIPY
from primitives.calls_of_scipy import CREATED as CREATED_BY_SCIPY
from primitives.case import array
from primitives.cases import CASES
from primitives.cases_fourier import CALLS as CALLS_OF_FOURIER
from primitives.conftest import Comparisons

from pullback.ir.builder import Builder
from pullback.ir.core import Block, Const, Function, Module, Value
from pullback.ir.evaluate import evaluate
from pullback.ir.types import UNKNOWN, type_of
from pullback.primitives.expr import Expr
from pullback.primitives.own import is_registered
from pullback.primitives.registry import ATTRIBUTES, CREATIONS, MEANINGS, METHODS, NeedsStatic, NotCovered

pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:.*row_stack.*:DeprecationWarning"),
]

X, Y, V, W = array(3, 4), array(3, 4, low=0.3), array(4), array(3, low=-1.0)
ROWS = np.array([2, 0, 2])
Z = X + 1j * Y
Z32 = Z.astype(np.complex64)
X32 = X.astype(np.float32)
HOLES = np.where(X > 1.5, np.nan, X)
ENDS = np.where(X > 1.0, np.inf, np.where(X < -1.0, -np.inf, HOLES))
Call = tuple[tuple[Any, ...], dict[str, Any]]


def call(*args: Any, **kwargs: Any) -> Call:
    return args, kwargs


REDUCTIONS = [call(X), call(X, axis=0), call(X, 1), call(X, axis=-1, keepdims=True), call(X, axis=(0, 1)), call(X32)]
REDUCTIONS += [call([1.5, 2.5]), call([V, V])]
ONE_AXIS = REDUCTIONS[:4]
SELECTED = [call(X, where=X > -1.0), call(X, 0, where=V > 0), call(X, None, None, None, True, where=X > -1.0)]
STARTED = [call(X, axis=1, initial=0.5), call(X, initial=-3, where=X > 0), call(X, (1, 0), initial=0.5, keepdims=True)]
TYPED = [call(X, dtype=np.float32), call(X32, 0, np.float64), call(X, axis=-1, dtype="f4", keepdims=True)]
SPREADS = [call(X, where=X > -1.0, ddof=1), call(X, 0, mean=X.mean(0, keepdims=True)), call(X, correction=1)]
CALLS: dict[Any, list[Call]] = {
    np.sum: [*REDUCTIONS, *SELECTED, *STARTED, *TYPED],
    np.mean: [*REDUCTIONS, *SELECTED, *TYPED],
    np.max: [*REDUCTIONS, *STARTED],
    np.min: [*REDUCTIONS, *STARTED],
    np.prod: [*REDUCTIONS, *SELECTED, *STARTED, *TYPED],
    np.var: [*REDUCTIONS, call(X, axis=0, ddof=1), *TYPED, *SPREADS],
    np.std: [*REDUCTIONS, call(X, ddof=1), *TYPED, *SPREADS],
    np.argmax: ONE_AXIS,
    np.argmin: ONE_AXIS,
    np.all: [*ONE_AXIS, call(X, where=X > 0), call(X, 0, keepdims=True, where=V > 0)],
    np.any: [*ONE_AXIS, call(X, where=X > 0)],
    np.count_nonzero: ONE_AXIS,
    builtins.sum: [call([1.5, 2.5, 3.5]), call([X, X]), call((1.5, X), 2.0), call(V), call(X), call(V, 2.0)],
    math.fsum: [call(V)],
    np.shape: [call(X)],
    np.size: [call(X), call(X, 0)],
    np.ndim: [call(X)],
    len: [call(X)],
    np.reshape: [call(X, (4, 3)), call(X, -1), call(X, (2, -1))]
    + [call(X, (2, -1), order="F"), call(array(2, 2, 3), (-1, 4), "F")],
    np.ravel: [call(X), call(array(2, 2, 3), "F"), call(V, order="F")],
    np.transpose: [call(X), call(array(2, 3, 4), (1, 2, 0)), call(V)],
    np.permute_dims: [call(array(2, 3, 4), (1, 2, 0))],
    np.swapaxes: [call(array(2, 3, 4), 0, -1)],
    np.matrix_transpose: [call(X), call(array(2, 3, 4))],
    np.moveaxis: [call(array(2, 3, 4), 0, -1), call(array(2, 3, 4), (0, 1), (1, 2))],
    np.expand_dims: [call(X, 1), call(X, (0, -1)), call(1.5, 0)],
    np.squeeze: [call(array(1, 3, 1)), call(array(1, 3, 1), 0), call(array(1, 3, 1), axis=(0, 2))],
    np.broadcast_arrays: [call(X, V, 1.5), call(X)],
    np.broadcast_to: [call(V, (3, 4)), call(1.5, (2, 2))],
    np.flip: [call(X), call(X, 0), call(X, axis=(0, 1))],
    np.triu: [call(X), call(X, 1), call(X, k=-1)],
    np.tril: [call(X), call(X, 1), call(array(2, 3, 3), k=-1)],
    np.flipud: [call(X)],
    np.fliplr: [call(X)],
    np.atleast_1d: [call(1.5), call(X)],
    np.atleast_2d: [call(1.5), call(V), call(X)],
    np.where: [call(X > 0, X, 0.0), call(X > 0, 1.5, V), call(True, 1.5, 2.5)],
    np.clip: [call(X, -0.5, 0.5), call(X, None, 0.5), call(X, a_min=0.1, a_max=None), call(1.5, 0.0, 1.0)],
    np.nan_to_num: [call(X), call(HOLES, nan=0.5), call(ENDS, posinf=3.0), call(ENDS.astype(np.float32), nan=1.0)],
    np.round: [call(X), call(X, 2), call(X, decimals=1)],
    np.fix: [],  # deprecated in newer NumPy: means np.trunc
    np.real: [call(X), call(Z)],
    np.imag: [call(X), call(Z)],
    np.conj: [call(X), call(Z), call(Z32), call(1 + 2j)],
    np.angle: [call(Z), call(Z, deg=True), call(Z32), call(1 + 2j)],
    np.sign: [call(X), call(Z), call(1 + 2j)],
    np.abs: [call(X), call(Z), call(Z32), call(1 + 2j), call(-1.5)],
    np.iscomplexobj: [call(X), call(Z)],
    np.isrealobj: [call(X), call(Z)],
    np.concatenate: [call([X, X]), call((X, Y), axis=1), call([X, Y], axis=None)],
    np.stack: [call([V, V]), call([V, V], axis=-1)],
    np.vstack: [call([V, V]), call([X, V])],
    np.hstack: [call([V, W]), call([X, X])],
    np.column_stack: [call([W, W]), call([X, W])],
    np.append: [call(V, 1.5), call(X, Y, axis=0), call(X, V)],
    np.array: [call([[1.5, 2.0], [0.5, 1]]), call([V, V]), call(X), call([1.5, 2.5], dtype=np.float32), call(1.5)],
    np.asarray: [call([1.5, 2.5]), call(X), call(X, dtype=np.float32)],
    np.asanyarray: [call(X)],
    np.ascontiguousarray: [call(X), call(1.5), call(array(), dtype=np.float32), call([V, V])],
    np.copy: [call(X)],
    np.astype: [call(X, np.float32)],
    np.dot: [call(X, V), call(V, V), call(X, Y.T), call(2.0, X), call(array(2, 3, 4), array(2, 4, 3))]
    + [call(X, [1.0] * 4)],
    np.inner: [call(X, V), call(X, Y), call(V, V)],
    np.outer: [call(V, W), call(X, V)],
    np.vdot: [call(V, V), call(X, Y)],
    np.tensordot: [call(X, Y.T, 1), call(X, Y), call(X, Y, axes=([0], [0]))],
    np.take: [call(V, ROWS), call(X, ROWS, axis=0), call(X, 1, axis=-1), call(X, [0, 5, -1]), call(X, 7)]
    + [call(X, [-5, 9], axis=1, mode=mode) for mode in ("wrap", "clip")],
    np.zeros_like: [call(X), call(X, dtype=np.float32), call(1.5), call(X, bool), call(X32, shape=(2, 3), order="C")],
    np.ones_like: [call(X)],
    np.full_like: [call(X, 1.5), call(X, V), call(X32, 1.5, shape=3)],
    np.full: [call((2, 2), 1.5), call(3, 2.5), call((2, 4), V)],
    np.arange: [call(0.5, 2.0, 0.5), call(3.5)],
    np.linspace: [call(0.5, 1.5, 4), call(0.5, 1.5, num=3, endpoint=False)],
    operator.getitem: [call(X, 1), call(X, (slice(None), 2)), call(X, (Ellipsis, None, slice(1, None))), call(X, ROWS)]
    + [call(X, [0, 2]), call(X, X > 0), call(V, -1)],
    np.matmul: [call(X, V), call(V, V), call(X, Y.T), call(X, [1.0] * 4)],
    np.sinc: [call(X), call(0.3)],
    operator.matmul: [call(X, V), call(V, V), call(X, Y.T)],
    divmod: [call(7.5, 2.0), call(X, 0.7)],
    builtins.abs: [call(-1.5), call(X), call(1 + 2j), call(Z)],
    builtins.max: [call(1.5, 2.5), call([1.5, 0.5, 2.5]), call(1.5, 0.0), call(V)],
    builtins.min: [call(1.5, 2.5), call(1.5, 0.0, -1.0), call(V)],
    builtins.pow: [call(1.5, 2), call(X, 3)],
    builtins.round: [call(1.567), call(1.567, 2)],
    builtins.float: [call(1.5), call(np.float64(2.5))],
    builtins.int: [call(2.7)],
    builtins.bool: [call(2.7)],
    builtins.complex: [call(2.5), call(1.5, -2.5), call(1 + 2j), call(1 + 2j, 3.0)],
    cmath.log: [call(1.5 + 1j), call(-1.5), call(1 + 2j, 3.0)],
    cmath.polar: [call(1 + 2j)],
    cmath.rect: [call(2.0, 0.5)],
    math.log: [call(1.5), call(1.5, 2.0)],
    math.copysign: [call(1.5, -2.0)],
}  # fmt: skip
# ruff: noqa: RUF005
if hasattr(np, "row_stack"):  # which gives a warning
    CALLS[np.row_stack] = CALLS[np.vstack]
ALIASES = {np.amax: np.max, np.amin: np.min, np.concat: np.concatenate, np.around: np.round}
CALLS |= CALLS_OF_FAMILIES | CALLS_OF_FOURIER | CALLS_OF_SAMPLES | CALLS_OF_NAMES | CALLS_OF_SCIPY
CALLS |= {alias: CALLS[function] for alias, function in ALIASES.items()}
NO_VALUE = {np.empty, np.empty_like, np.ndarray}  # nothing to compare
WITH_SHAPES_ONLY = {np.zeros, np.ones, np.eye, np.identity}  # tested as creations
INTEGERS: set[Any] = {np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.left_shift, np.right_shift, np.invert}
INTEGERS |= {operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift, operator.invert}


def default_calls(function: Any) -> list[Call]:
    """Calls of a ufunc, an operator, a function of `math`, or a NumPy scalar type."""
    if isinstance(getattr(function, "__self__", None), np.ufunc):
        return default_calls(function.__self__)  # the other methods have calls of their own
    if isinstance(function, type):
        return [call(1.5), call(X)] if issubclass(function, np.inexact) else [call(2.0), call(np.abs(X))]
    if isinstance(function, np.ufunc):
        arity = function.nin
    else:
        unary = function in (operator.neg, operator.pos, operator.invert, operator.not_)
        arity = 1 if unary or (function.__module__ in ("math", "cmath") and function.__name__ not in TWO_IN_MATH) else 2
    if function in INTEGERS:
        return [call(*[np.array([[5, 2], [3, 1]]), np.array([1, 2])][:arity])]
    inside = [array(3, 2, low=0.1, high=0.9), array(2, low=0.2, high=0.95)][:arity]
    if function in (np.arccosh, math.acosh):
        inside = [1.0 + x for x in inside]
    numbers = [float(np.ravel(x)[0]) for x in inside]
    if getattr(function, "__module__", "") == "cmath":
        return [call(0.3 + 0.4j), call(np.complex128(-0.3 - 0.4j)), call(0.7)]
    if getattr(function, "__module__", "") == "math" or function is operator.not_:
        return [call(*numbers), call(*map(np.float64, numbers))]
    calls = [call(*inside), call(*numbers), call(*[x.astype(np.float32) for x in inside])]
    if arity == 2:
        calls += [
            call(inside[0], numbers[1]),
            call(numbers[0], inside[1].astype(np.float32)),
            call(inside[0], [0.3, 0.4]),
        ]
    return calls


TWO_IN_MATH = {"atan2", "hypot", "copysign", "fmod", "pow"}
EVERY = [
    (function, args, kwargs)
    for function in MEANINGS
    if function not in NO_VALUE | WITH_SHAPES_ONLY and not is_registered(function)
    for args, kwargs in (CALLS[function] if function in CALLS else default_calls(function))
]


def named(value: Any) -> str:
    """The name of a function; nothing helpful is said of arguments."""
    return getattr(value, "__name__", None) or "-"


class Tracer:
    """Turns the arrays and floats of a call into parameters, and back into numbers."""

    def __init__(self, unknown: bool) -> None:
        self.unknown = unknown
        self.builder = Builder()
        self.params: list[Value] = []
        self.values: list[Any] = []

    def pen(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return type(value)(self.pen(item) for item in value)
        if not isinstance(value, float | complex | np.ndarray | np.generic) or value is np.inf:
            return value
        known = type_of(value)
        self.params.append(Value(UNKNOWN if self.unknown and _inexact(value) else known))
        self.values.append(value)
        return Expr(self.builder, self.params[-1])

    def pens(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Arrays given by keyword, too; a number there is a literal."""
        return {k: self.pen(v) if isinstance(v, np.ndarray) else v for k, v in kwargs.items()}

    def run(self, result: Any) -> Any:
        if isinstance(result, list | tuple):
            return [self.run(item) for item in result]
        if not isinstance(result, Expr):
            return result
        block = Block(tuple(self.params), tuple(self.builder.ops), (result.atom,))
        return evaluate(Module({"f": Function("f", block)}, "f"), self.values)[0]


def _inexact(value: Any) -> bool:
    return isinstance(value, float | complex) or value.dtype.kind in "fc"


def assert_same(actual: Any, expected: Any, compare: Comparisons) -> None:
    if isinstance(expected, list | tuple):
        assert len(actual) == len(expected)
        for a, e in zip(actual, expected, strict=True):
            assert_same(a, e, compare)
        return
    if isinstance(actual, bool) and np.shape(expected) == ():  # cho_factor's `lower` is an array since SciPy 1.18
        expected = expected.item() if isinstance(expected, np.ndarray) else expected
    compare.identical(actual, expected)
    assert np.asarray(actual).dtype == np.asarray(expected).dtype
    assert isinstance(actual, np.ndarray | np.generic) == isinstance(expected, np.ndarray | np.generic)


@pytest.mark.parametrize(("function", "args", "kwargs"), EVERY, ids=named)
def test_a_meaning_computes_what_its_function_does(function: Any, args: Any, kwargs: Any, compare: Comparisons) -> None:
    tracer = Tracer(unknown=False)
    result = MEANINGS[function](*tracer.pen(args), **tracer.pens(kwargs))
    assert_same(tracer.run(result), function(*args, **kwargs), compare)


NARROW = {"single": {"d": np.float32, "D": np.complex64}, "half": {"d": np.float16, "D": np.complex64}}


def narrowed(value: Any, dtypes: dict[str, Any]) -> Any:
    """The arrays of a call in another precision; numbers stay Python numbers."""
    if isinstance(value, list | tuple):
        return type(value)(narrowed(item, dtypes) for item in value)
    is_array = isinstance(value, np.ndarray) and value.dtype.char in dtypes
    return value.astype(dtypes[value.dtype.char]) if is_array else value


def holds_arrays(value: Any) -> bool:
    return isinstance(value, np.ndarray) or (isinstance(value, list | tuple) and any(map(holds_arrays, value)))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("precision", NARROW)
@pytest.mark.parametrize(("function", "args", "kwargs"), [one for one in EVERY if holds_arrays(one[1])], ids=named)
def test_so_it_does_in_other_precisions(
    function: Any, args: Any, kwargs: Any, precision: str, compare: Comparisons
) -> None:
    dtypes = NARROW[precision]
    args, kwargs = narrowed(args, dtypes), {k: narrowed(v, dtypes) for k, v in kwargs.items()}
    try:
        expected = function(*args, **kwargs)
    except (TypeError, ValueError, RuntimeError) as error:
        pytest.skip(str(error))
    tracer = Tracer(unknown=False)
    try:
        result = MEANINGS[function](*tracer.pen(args), **tracer.pens(kwargs))
    except NotCovered as error:
        pytest.skip(str(error))
    assert_same(tracer.run(result), expected, compare)


@pytest.mark.parametrize(("function", "args", "kwargs"), EVERY, ids=named)
def test_so_it_does_on_operands_of_unknown_type(function: Any, args: Any, kwargs: Any, compare: Comparisons) -> None:
    tracer = Tracer(unknown=True)
    try:
        result = MEANINGS[function](*tracer.pen(args), **tracer.pens(kwargs))
    except NotCovered:
        pytest.skip("refused where the rank is not known")
    assert_same(tracer.run(result), function(*args, **kwargs), compare)


METHOD_CALLS: dict[str, list[Call]] = {
    "reshape": [
        call(4, 3),
        call((4, 3)),
        call(-1),
        call(4, 3, order="F"),
        call(-1, order="F"),
        call((2, -1), order="F"),
    ],
    "ravel": [call(), call("F"), call(order="C")],
    "flatten": [call(), call("F")],
    "view": [call()],
    "transpose": [call(), call(1, 0), call((1, 0))],
    "take": [call(1, axis=0), call([1, 7]), call([-9, 30], mode="clip")],
    "dot": [call(V)],
    "swapaxes": [call(0, 1)],
    "clip": [call(-0.5, 0.5), call(min=0.0)],
    "astype": [call(np.float32), call("float32")],
    "item": [call((1, 2)), call(1, 2), call(5), call(-1)],
    "squeeze": [call()],
    "argpartition": [call(1)],
    "repeat": [call(2), call(2, axis=1), call([1, 0, 2], axis=0)],
    "searchsorted": [],
    "to_device": [call("cpu")],
    "compress": [call([True, False, True], axis=0), call([0, 2, 1], axis=0)],
}


NO_MEANING_OF_METHODS = {"tolist", "tobytes", "byteswap", "getfield"}  # refused with a reason


@pytest.mark.parametrize("name", sorted(set(METHODS) - NO_MEANING_OF_METHODS - {"choose"}))
def test_methods(name: str, compare: Comparisons) -> None:
    for args, kwargs in METHOD_CALLS.get(name, [call()]):
        tracer = Tracer(unknown=False)
        pen = tracer.pen(X)
        result = tracer.run(METHODS[name](pen, *tracer.pen(args) if name == "dot" else args, **kwargs))
        assert_same(result, getattr(X, name)(*args, **kwargs), compare)


@pytest.mark.parametrize("name", sorted(ATTRIBUTES))
def test_attributes(name: str, compare: Comparisons) -> None:
    tracer = Tracer(unknown=False)
    result = tracer.run(ATTRIBUTES[name](tracer.pen(X)))
    expected = getattr(X, name)
    if name == "dtype":
        assert result == expected
    else:
        assert_same(result, expected, compare)


CREATED: dict[Any, list[Call]] = {
    np.zeros: [call(3), call((2, 3)), call((2,), dtype=np.float32), call((2,), int)],
    np.ones: [call((2, 3))],
    np.full: [call((2, 3), 1.5), call(3, 2)],
    np.arange: [call(4), call(1, 4), call(0.0, 1.0, 0.3), call(4, dtype=float)],
    np.eye: [call(3), call(2, 3), call(2, dtype=np.float32)],
    np.identity: [call(3)],
    np.linspace: [call(0, 1, 5), call(0.5, 1.5, num=3)],
    np.array: [call([1, 2, 3]), call([[1.5, 2.0]]), call(2.5), call([1, 2], dtype=float)],
    np.asarray: [call([1, 2, 3])],
    np.logspace: [call(0, 2, 3)],
    np.geomspace: [call(1, 8, 4)],
    np.tri: [call(3), call(3, k=-1)],
    np.hanning: [call(5)],
    np.hamming: [call(5)],
    np.blackman: [call(5)],
    np.bartlett: [call(5)],
    np.kaiser: [call(5, 14)],
    np.vander: [call([1, 2, 3])],
}


CREATED |= CREATED_BY_SCIPY
CREATED |= {case.prim.evaluate: [call(*case.operands)] for case in CASES if case.prim.evaluate in CREATIONS}


@pytest.mark.parametrize("function", [f for f in CREATIONS if f not in NO_VALUE and not is_registered(f)], ids=named)
def test_creations(function: Any, compare: Comparisons) -> None:
    for args, kwargs in CREATED[function]:
        tracer = Tracer(unknown=False)

        def lift(value: object, tracer: Tracer = tracer) -> Expr:
            return Expr(tracer.builder, Const(value))

        pen = CREATIONS[function](lift, *args, **kwargs)
        expected = function(*args, **kwargs)
        pens, values = (pen, expected) if isinstance(expected, tuple) else ((pen,), (expected,))
        assert all(isinstance(p, Expr) for p in pens)
        assert [p.type for p in pens] == [type_of(v) for v in values]
        assert_same(tracer.run(pen), expected, compare)


@pytest.mark.parametrize(
    ("function", "args", "kwargs"),
    [
        (np.sum, (X,), {"initial": X}),
        (np.sum, (X,), {"where": X}),
        (np.exp, (X,), {"out": X}),
        (np.add, (X, X), {"where": X > 0}),
        (np.reshape, (X, (4, 3)), {"order": "A"}),
        (np.where, (X > 0,), {}),
        (np.linalg.norm, (V, 0), {}),
        (np.concatenate, (X,), {}),
        (np.array, ([[1.5], [1.5, 2.5]],), {}),
        (builtins.max, (X,), {}),
        (builtins.max, (X, Y), {}),
        (math.exp, (V,), {}),
        (builtins.round, (X,), {}),
        (np.sum, (X, None, None, X, True), {}),
        (np.linspace, (0.5, 1.5), {"retstep": True}),
        (np.transpose, (X,), {"copy": True}),
        (np.nan_to_num, (1j * X,), {}),
        (np.median, (1j * X,), {}),
        (operator.getitem, (X, True), {}),
        (operator.getitem, (X, V), {}),
    ],
)
def test_what_no_rule_covers_is_refused(function: Any, args: Any, kwargs: Any) -> None:
    tracer = Tracer(unknown=False)
    with pytest.raises(NotCovered):
        MEANINGS[function](*tracer.pen(args), **kwargs)


def test_a_dynamic_axis_is_asked_for() -> None:
    tracer = Tracer(unknown=False)
    x, axis = tracer.pen(X), Expr(tracer.builder, Value(type_of(1), "axis"))
    with pytest.raises(NeedsStatic) as refusal:
        MEANINGS[np.sum](x, axis=axis)
    assert refusal.value.pen is axis
    assert refusal.value.parameter == "axis"


def test_shapes_of_known_rank_are_tuples_of_ints_and_pens() -> None:
    tracer = Tracer(unknown=False)
    assert ATTRIBUTES["shape"](tracer.pen(X)) == (3, 4)
