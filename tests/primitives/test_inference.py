"""Inferred types: against the actual results, with dimensions that are ints and with dimensions that are symbols."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from primitives.case import Case
from primitives.cases import CASES
from primitives.conftest import Comparisons

from pullback.ir.core import Const, Value
from pullback.ir.opaque import Opaque
from pullback.ir.types import Array, Dim, Scalar, Shape, Sym, Type, type_of

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

SIZES = {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "h": 7, "l": 12}
NAMES = {size: name for name, size in SIZES.items()}


def results(case: Case) -> tuple[Any, ...]:
    out = case.prim.evaluate(*case.operands, **case.attrs)
    several = isinstance(out, tuple) and (case.prim.kind != "discrete" or case.prim.spelling.startswith("scipy."))
    return tuple(out) if several or (case.name == "unpack_shape" and case.attrs["count"] > 1) else (out,)


def assert_holds(inferred: Type, actual: Any, sizes: dict[str, int]) -> None:
    """The inferred type says nothing false of the actual value."""
    real = type_of(actual)
    match inferred, real:
        case Array(dtype, shape), Array(real_dtype, real_shape):
            assert dtype in (None, real_dtype)
            assert shape is None or len(shape) == len(real_shape or ())
            for dim, size in zip(shape or (), real_shape or (), strict=False):
                assert_dim(dim, size, sizes)
        case Array(dtype, shape), Scalar():  # a builtin may hand back a Python number for a NumPy scalar
            assert shape in (None, ())
        case Scalar(kind, extent), Scalar(real_kind):
            assert kind == real_kind
            if extent is not None:
                assert_dim(extent, actual, sizes)
        case Shape(dims), Shape(real_dims):
            for dim, size in zip(real_dims or () if dims is None else dims, real_dims or (), strict=True):
                assert_dim(dim, size, sizes)
        case Opaque(shape=dims), Opaque(shape=real_dims):
            assert (inferred.cls, inferred.kind, inferred.dtype) == (real.cls, real.kind, real.dtype)
            for dim, size in zip(dims, real_dims, strict=True):
                assert_dim(dim, size, sizes)
        case _:
            raise AssertionError(f"{inferred} for {real}")


def assert_dim(dim: Dim, size: Any, sizes: dict[str, int]) -> None:
    if isinstance(dim, int):
        assert dim == size or dim == -1
        return
    assert dim.may_be_one or size != 1, f"{dim} is said to differ from 1"
    if "?" in dim.name:
        return
    name = re.sub(r"len\((\w+)\[(.*?)\]\)", lambda m: f"len(range({m[1]})[{m[2]}])", dim.name)
    assert max(eval(name, {"broadcast": max}, sizes), 0) == size, dim.name


@pytest.mark.parametrize("case", CASES, ids=str)
def test_types_with_known_dimensions(case: Case, compare: Comparisons) -> None:
    operands = tuple(Const(o) if isinstance(o, tuple) else Value(type_of(o)) for o in case.operands)
    for inferred, actual in zip(case.prim.infer(operands, case.attrs), results(case), strict=True):
        assert_holds(inferred, actual, SIZES)
        compare.count += 1


def symbolic(operand: Any) -> Value | Const:
    """The operand with its dimensions as symbols; a dimension of 1 stays 1, as in a specialisation."""

    def named(size: int) -> Dim:
        return size if size in (-1, 0, 1) else Sym(NAMES[size])

    match operand:
        case tuple():
            return Value(Shape(tuple(map(named, operand))))
        case bool():
            return Value(type_of(operand))
        case int() if operand in NAMES and operand > 1:
            return Value(Scalar("int", Sym(NAMES[operand])))
        case np.ndarray():
            return Value(Array(operand.dtype, tuple(map(named, operand.shape))))
    return Value(type_of(operand))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_types_with_symbolic_dimensions(case: Case, compare: Comparisons) -> None:
    if any(isinstance(o, np.ndarray) and o.dtype == np.bool_ for o in case.operands[1:]):
        pytest.skip("a mask has the dimensions of what it masks")
    inferred = case.prim.infer(tuple(map(symbolic, case.operands)), case.attrs)
    for t, actual in zip(inferred, results(case), strict=True):
        assert_holds(t, actual, SIZES)
        compare.count += 1


@pytest.mark.parametrize("case", CASES, ids=str)
def test_types_of_unknown_ranks(case: Case, compare: Comparisons) -> None:
    """An unknown operand gives an unknown result, or one that holds whatever it is."""
    if case.name in ("tensordot", "array", "einsum", "einsum_view"):
        pytest.skip("refused where the rank is not known")
    operands = tuple(
        Value(Array(None, None)) if isinstance(o, float | np.ndarray | np.generic) else symbolic(o)
        for o in case.operands
    )
    for t, actual in zip(case.prim.infer(operands, case.attrs), results(case), strict=True):
        if not isinstance(t, Array) or t.shape is not None or t.dtype is not None:
            assert_holds(t, actual, SIZES)
        compare.count += 1
