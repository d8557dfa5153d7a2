"""Names for values that the user did not name, after what they are."""

from __future__ import annotations

import re
from collections.abc import Callable

from pullback.ir.core import Op, Undefined, Value
from pullback.ir.effects import EFFECT
from pullback.ir.regions import CALL, IF, PACK
from pullback.ir.types import BOOL, Handle, Tape, is_array, rank

NOUNS = {
    "add": "total",
    "subtract": "difference",
    "multiply": "product",
    "divide": "ratio",
    "matmul": "product",
    "spline_value": "value",
    "samples_value": "value",
    "steps_value": "value",
    "slope_between_samples": "slope",
    "sparse_product": "product",
    "spsolve": "solution",
    "sparse_toarray": "dense",
    "sparse_transpose": "transposed",
    "sparse_size": "n",
    "negative": "negated",
    "power": "power",
    "copy": "snapshot",
    "expand_dims": "expanded",
    "sum": "total",
    "mean": "average",
    "max": "largest",
    "min": "smallest",
    "builtin_max": "larger",
    "builtin_min": "smaller",
    "builtin_sum": "total",
    "builtin_round": "rounded",
    "unpack": "part",
    "dim": "n",
    "shape": "dims",
    "make_shape": "dims",
    "shape_item": "n",
    "arange": "indices",
    "getitem": "part",
    "index_add": "scattered",
    "zeros": "zeros",
    "zeros_like": "zeros",
    "reshape": "reshaped",
    "transpose": "transposed",
    "where": "chosen",
    "concatenate": "joined",
    "stack": "stacked",
    "float": "number",
    "int": "count",
    "not": "negation",
    "list_length": "n",
    "list_zeros": "zeros",
    "list_spread": "spread",
    "list_array": "values",
    "list_stack": "stacked",
    "list_sum": "total",
    "sum_of": "total",
    "quad": "integral",
    "quad_vec": "integral",
    "vector_integral": "integral",
    "odeint": "solution",
    "solve_ivp": "solution",
    "solution_pullback": "state_bar",
    **dict.fromkeys(["brentq", "brenth", "bisect", "ridder", "newton", "root_scalar", "fsolve", "root"], "solution"),
    "list_of": "items",
    "list_repeat": "items",
    "list_extend": "joined",
    "list_slice": "part",
    "list_add_slice": "scattered",
    "list_add_at": "scattered",
    "list_order": "order",
    "list_order_reversed": "order",
    "list_permuted": "ordered",
    "list_argmax": "k",
    "list_argmin": "k",
}
COMPARISONS = frozenset(["greater", "greater_equal", "less", "less_equal", "equal", "not_equal", "bool"])
LONGEST_OPERAND = 8


def describe(op: Op | None, value: Value, name_of: Callable[[Value], str]) -> str:
    """A name for a result of `op` (None: a parameter); `name_of` gives the name of an operand, empty where it has none.

    >>> from pullback.ir.types import FLOAT
    >>> describe(None, Value(FLOAT), lambda operand: "")
    'value'
    """
    if isinstance(value.type, Tape):
        return saved_name(op.attrs["callee"]) if op is not None and op.prim is CALL else "saved"
    if op is None:
        return "value"
    if op.prim in (CALL, IF) and value.type == BOOL:
        return "condition"
    if op.prim is CALL:
        return "out"
    if op.prim is IF:
        only = _of_one_arm(op, value)
        return "result" if only is None else describe(*only, name_of)
    if op.prim is PACK:
        return "saved"
    if op.prim is EFFECT:
        return "rng" if isinstance(value.type, Handle) else "draw"
    reference = op.prim.doc.get("reference")
    name = op.prim.name.removeprefix("ufunc_") if reference is None else reference.name
    if name == "create":
        name = op.attrs["function"].__name__
    if name in COMPARISONS:
        return "mask" if is_array(value.type) else "condition"
    if name in ("list_get", "list_pop") and isinstance(op.operands[0], Value):
        return "item_bar" if name_of(op.operands[0]).endswith("_bar") else "item"
    if name == "expand_dims" and rank(op.operands[0].type) == 1:
        return "row" if op.attrs["axis"] in (0, (0,), -2, (-2,)) else "column"
    if noun := NOUNS.get(name):
        return noun
    first = next((o for o in op.operands if isinstance(o, Value)), None)
    operand = "" if first is None else name_of(first)
    stem = identifier(name.rpartition(".")[2].removeprefix("builtin_"))
    return f"{stem}_{operand}" if operand and len(operand) <= LONGEST_OPERAND else f"{stem}_value"


def _of_one_arm(op: Op, value: Value) -> tuple[Op, Value] | None:
    """What a conditional hands out, and the operation that computes it, where no other arm has it."""
    k = op.results.index(value)
    given = [(arm, arm.results[k]) for arm in op.blocks if not isinstance(arm.results[k], Undefined)]
    if len(given) > 1:
        return None
    for arm, atom in given:
        for inner in arm.ops:
            if isinstance(atom, Value) and atom in inner.results:
                return inner, atom
    return None


def identifier(name: str) -> str:
    """The letters of a name that may stand in an identifier; empty where none is left.

    >>> identifier("self.W1"), identifier("params['b']"), identifier("0")
    ('self_W1', 'params_b', '')
    """
    cleaned = re.sub(r"\W+", "_", name).strip("_") if not name.isidentifier() else name
    return cleaned if cleaned.isidentifier() else ""


def saved_name(callee: str) -> str:
    """The name of what the forward of a pair saves."""
    return f"{callee.removesuffix('_forward')}_saved"
