"""Constants as expressions: Python numbers by repr, NumPy scalars and dtypes by their NumPy name."""

from __future__ import annotations

import ast
import math
from typing import Any

import numpy as np

from pullback.emit.imports import Imports
from pullback.primitives.on_demand import home_of, numpy_name


class NotPrintable(AssertionError):
    """A value that no expression stands for: the compiler must not make a constant of it."""


def constant(value: Any, imports: Imports) -> ast.expr:
    """The expression whose value, and type, is `value`."""
    match value:
        case np.generic():
            return ast.Call(imports.numpy(_dtype_name(value.dtype)), [constant(value.item(), imports)], [])
        case None | bool() | str() | bytes():
            return ast.Constant(value)
        case np.dtype():
            return _dtype(value, imports)
        case type() if issubclass(value, np.generic):
            return imports.numpy(_dtype_name(np.dtype(value)))
        case type() if value in (bool, int, float, complex, list, dict, set):
            return imports.builtin(value.__name__)
        case int():
            number = int(value)  # of an IntEnum too
            return ast.Constant(number) if number >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-number))
        case float():
            return _float(value, imports)
        case complex():
            return _complex(value, imports)
        case tuple():
            return ast.Tuple([constant(item, imports) for item in value], ast.Load())
        case list():
            return ast.List([constant(item, imports) for item in value], ast.Load())
        case slice():
            return ast.Slice(*(None if v is None else constant(v, imports) for v in _parts(value)))
        case _ if value is Ellipsis:
            return ast.Constant(value)
        case np.ndarray():
            values = constant(value.tolist(), imports)
            return ast.Call(imports.numpy("array"), [values], [ast.keyword("dtype", constant(value.dtype, imports))])
        case _ if name := numpy_name(value):
            return imports.numpy(name)
        case _ if home := home_of(value):
            return imports.function(f"{home}.{value.__name__}")
    raise NotPrintable(f"a {type(value).__name__} cannot be printed as a constant")


def _parts(value: slice) -> tuple[Any, Any, Any]:
    return value.start, value.stop, value.step


def _float(value: float, imports: Imports) -> ast.expr:
    if math.isnan(value):
        return imports.numpy("nan")
    if math.copysign(1.0, value) < 0:
        return ast.UnaryOp(ast.USub(), _float(-value, imports))
    return imports.numpy("inf") if math.isinf(value) else ast.Constant(value)


def _complex(value: complex, imports: Imports) -> ast.expr:
    if value.real == 0 and math.copysign(1.0, value.real) > 0 and math.isfinite(value.imag) and value.imag >= 0:
        return ast.Constant(value)
    if value.real == 0 and math.copysign(1.0, value.real) < 0 and math.isfinite(value.imag) and value.imag < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    if value.real != 0 and math.isfinite(value.real) and math.isfinite(value.imag):
        if math.copysign(1.0, value.imag) > 0:
            return ast.BinOp(_float(value.real, imports), ast.Add(), ast.Constant(complex(0.0, value.imag)))
        if value.imag < 0:
            return ast.BinOp(_float(value.real, imports), ast.Sub(), ast.Constant(complex(0.0, -value.imag)))
    # the parts by themselves: 1 + 2j would lose the sign of a zero, and inf + 1j is not inf's constant
    parts: list[ast.expr] = [_float(value.real, imports), _float(value.imag, imports)]
    return ast.Call(imports.builtin("complex"), parts, [])


def _dtype(dtype: np.dtype[Any], imports: Imports) -> ast.expr:
    if dtype.isnative and hasattr(np, _dtype_name(dtype)) and dtype == np.dtype(getattr(np, _dtype_name(dtype))):
        return imports.numpy(_dtype_name(dtype))
    return ast.Call(imports.numpy("dtype"), [ast.Constant(dtype.str)], [])


def _dtype_name(dtype: np.dtype[Any]) -> str:
    return "bool_" if dtype == np.bool_ else dtype.name
