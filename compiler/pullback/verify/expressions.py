"""The symbolic oracle: the traced function on arrays of SymPy expressions, differentiated by SymPy.

No derivative rule of the compiler takes part. Every value of the IR is carried twice, as it is at one point and as
expressions in the entries of `wrt`; conditions and choices follow the point, so the expression is that of the branch
taken there. `symbolic` differentiates it, and evaluates the derivative with 50 digits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pullback.ir.core import Op
from pullback.ir.effects import EFFECT
from pullback.ir.evaluate import evaluate
from pullback.ir.functionals import is_functional
from pullback.ir.interface import Path, Program
from pullback.ir.interface import leaves as tree_leaves
from pullback.ir.types import is_generator
from pullback.records import dataclass
from pullback.verify.subject import Point, Unusable
from pullback.verify.symbolic import AtKink, Both, Unknown, compiled, gradient, lift, symbol, ulps
from pullback.verify.values import at, is_inexact
from pullback.verify.verdict import Comparison

MOST_SYMBOLS = 60


@dataclass(frozen=True, slots=True)
class Exact:
    """The function and its gradient at one point, to 50 digits.

    precision   of the least precise number that the function computes with: it rounds, and the oracle does not
    """

    value: Any
    gradient: Mapping[Path, np.ndarray[Any, Any]]
    branches: tuple[bool, ...]
    precision: float


class Carried:
    """A value of the IR: what it is at the point, and the expressions of its entries (an array of objects, or one)."""

    def __init__(self, number: Any, exprs: Any) -> None:
        self.number = number
        self.exprs = exprs

    def __bool__(self) -> bool:
        return bool(self.number)

    def both(self) -> Any:
        """Its entries as expressions with their values."""
        if not isinstance(self.exprs, np.ndarray):
            return Both(self.exprs, float(self.number))
        out = np.empty(self.exprs.shape, object)
        for index in np.ndindex(out.shape):
            out[index] = Both(self.exprs[index], float(self.number[index]))
        return out


def differentiated(program: Program, point: Point, wrt: tuple[str, ...]) -> Exact:
    """The value and gradient of a program at a point, by SymPy.

    Raises:
        Unusable: too many entries or too large an expression, an operation without a meaning on symbols, a point
            where branches meet, or complex numbers.
    """
    symbols: dict[Path, Any] = {}
    at_point: dict[Any, float] = {}
    arguments = [_argument(path, leaf, wrt, symbols, at_point) for path, leaf in _leaves(program, point)]
    if len(at_point) > MOST_SYMBOLS:
        raise Unusable(
            f"{len(at_point)} entries are too many for SymPy (at most {MOST_SYMBOLS}); give `small` arguments"
        )
    branches: list[bool] = []
    precisions: list[float] = []
    try:
        with np.errstate(all="ignore"):
            results = evaluate(
                program.module, arguments, lambda op, operands: _apply(op, operands, branches, precisions)
            )
    except AtKink:
        raise Unusable("two branches of the function meet at this point") from None
    value, partials = gradient(_result(results[0]), at_point)
    entries = {path: _entries(names, partials) for path, names in symbols.items()}
    return Exact(value, entries, tuple(branches), max(precisions, default=0.0))


def compare(name: str, entry: Any, exact: Exact, path: Path, noise: float) -> list[Comparison]:
    """A leaf of the gradient, of which `noise` is rounding, beside the exact one, entry by entry."""
    given, true = np.asarray(entry), exact.gradient[path]
    found = []
    for index in np.ndindex(true.shape):
        place = name + (f"[{', '.join(map(str, index))}]" if index else "")
        got = float(given[index])
        error = ulps(got, true[index], given.dtype, abs(exact.value))
        found.append(Comparison(place, got, float(true[index]), noise, error))
    return found


def _leaves(program: Program, point: Point) -> list[tuple[Path, Any]]:
    """The arguments of a program's entry, with their paths."""
    found = []
    for parameter in program.parameters:
        if parameter.hidden is not None:
            root: Any = parameter.hidden.read()
        else:
            root = point.arguments.get(parameter.name, parameter.default)
        found += [((parameter.name, *path), at(root, path)) for path, _ in tree_leaves(parameter.tree)]
    return found


def _argument(path: Path, leaf: Any, wrt: tuple[str, ...], symbols: dict[Path, Any], at_point: dict[Any, float]) -> Any:
    if is_generator(leaf):
        return leaf
    values = np.asarray(leaf)
    if values.dtype.kind == "c":
        raise Unusable("complex numbers are not followed by SymPy")
    if not is_inexact(leaf):
        return leaf
    if not np.isfinite(values).all():
        raise Unusable(f"an entry of {path[0]} is not finite")
    exprs = np.empty(values.shape, object)
    for index in np.ndindex(values.shape):
        number = float(values[index])
        exprs[index] = lift(number).expr
        if path[0] in wrt:
            exprs[index] = symbol(len(at_point))
            at_point[exprs[index]] = number
    if path[0] in wrt:
        symbols[path] = exprs
    return Carried(leaf, exprs if isinstance(leaf, np.ndarray) else exprs[()])


def _apply(op: Op, operands: list[Any], branches: list[bool], precisions: list[float]) -> Any:
    """One operation, on the values at the point and on the expressions. Effects are left out: the function has them.
    What is drawn is a number.
    """
    if op.prim is EFFECT and not op.results:
        if op.attrs["action"].raises:
            raise Unusable("the function raises at this point")
        return None
    if is_functional(op):
        raise Unusable(f"{op.prim.spelling} of a function has no meaning on symbols")
    if op.prim.name in _OF_LISTS:
        return op.prim.evaluate(*operands, **op.attrs)
    number = op.prim.evaluate(*map(_number, operands), **op.attrs)
    if not any(isinstance(part, Carried) for o in operands for part in (o if isinstance(o, list) else [o])):
        return number
    if op.prim.kind == "discrete" or not _inexact(number):
        if np.asarray(number).dtype == bool:
            branches.extend(np.ravel(number).tolist())
        return number
    precisions.append(float(np.finfo(np.asarray(number).dtype).eps))
    try:
        exprs = _meaning(op, list(map(_both, operands)))
    except Unknown as error:
        raise Unusable(f"{op.prim.spelling} has no meaning on symbols: {error}") from error
    except (TypeError, AttributeError, ValueError) as error:
        raise Unusable(f"{op.prim.spelling} has no meaning on symbols: {type(error).__name__}: {error}") from error
    return Carried(number, _unwrapped(exprs))


def _number(operand: Any) -> Any:
    """What an operand is at the point."""
    if isinstance(operand, list):
        return list(map(_number, operand))
    return operand.number if isinstance(operand, Carried) else operand


def _both(operand: Any) -> Any:
    if isinstance(operand, list):
        return list(map(_both, operand))
    return operand.both() if isinstance(operand, Carried) else operand


def _meaning(op: Op, operands: list[Any]) -> Any:
    if op.prim.formula is not None:
        return _elementwise(compiled(op.prim.formula), operands)
    special = _SPECIAL.get(op.prim.name)
    if special is not None:
        return special(*operands, **op.attrs)
    return op.prim.evaluate(*operands, **op.attrs)


def _elementwise(formula: Callable[..., Any], operands: list[Any]) -> Any:
    entries = [np.asarray(o, object) for o in operands]
    grids = np.broadcast_arrays(*entries)
    out = np.empty(grids[0].shape, object)
    for index in np.ndindex(out.shape):
        out[index] = formula(*(grid[index] for grid in grids))
    return out if any(isinstance(o, np.ndarray) for o in operands) else out[()]


def _same(x: Any, *others: Any, **attrs: Any) -> Any:
    """Conversions between floating types round; the oracle does not."""
    return x


def _extremum(pick: str) -> Callable[..., Any]:
    def reduce(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        array = np.asarray(x, object)
        axes = tuple(range(array.ndim)) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, array.ndim)
        kept = tuple(k for k in range(array.ndim) if k not in axes)
        rows = array.transpose(kept + axes).reshape(*(array.shape[k] for k in kept), -1)
        out = np.empty(rows.shape[:-1], object)
        for index in np.ndindex(out.shape):
            out[index] = _only(rows[index].tolist(), pick)
        if not keepdims:
            return out if out.ndim else out[()]
        return out.reshape([1 if k in axes else n for k, n in enumerate(array.shape)])

    return reduce


def _only(entries: list[Any], pick: str) -> Both:
    """The largest or smallest; the others that are as large must be the same expression."""
    lifted = [lift(e) for e in entries]
    best = (max if pick == "max" else min)(b.number for b in lifted)
    winners = [b for b in lifted if b.number == best]
    if any(b.expr != winners[0].expr for b in winners):
        raise AtKink
    return winners[0]


def _norm(x: Any, axis: Any = None, keepdims: bool = False, ord: Any = None) -> Any:
    if ord not in (None, 2) or (ord == 2 and np.ndim(x) != 1 and not isinstance(axis, int)):
        raise Unknown(f"ord={ord}")
    squares = np.sum(np.asarray(x, object) ** 2, axis=axis, keepdims=keepdims)
    return _elementwise(compiled("sqrt(x)"), [squares])


def _full_like(like: Any, fill: Any, **attrs: Any) -> Any:
    return np.full(np.shape(like), fill, object)


_SPECIAL: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("astype", "asarray", "copy", "float", "float16", "float32", "float64"), _same),
    "max": _extremum("max"),
    "min": _extremum("min"),
    "norm": _norm,
    "full_like": _full_like,
}


# what moves elements of lists about, whatever they are
_OF_LISTS = frozenset(
    f"list_{name}" for name in ("of", "append", "get", "drop", "set", "extend", "slice", "reverse", "copy")
)


def _inexact(number: Any) -> bool:
    return isinstance(number, float | np.ndarray | np.generic) and np.asarray(number).dtype.kind == "f"


def _unwrapped(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return lift(value).expr
    out = np.empty(value.shape, object)
    for index in np.ndindex(out.shape):
        out[index] = lift(value[index]).expr
    return out


def _result(value: Any) -> Any:
    if isinstance(value, Carried):
        exprs = value.exprs
        return exprs.reshape(()).item() if isinstance(exprs, np.ndarray) else exprs
    return lift(np.asarray(value).item()).expr


def _entries(names: Any, by_symbol: Mapping[Any, Any]) -> np.ndarray[Any, Any]:
    out = np.empty(np.shape(names), object)
    for index in np.ndindex(out.shape):
        out[index] = by_symbol[names[index]]
    return out
