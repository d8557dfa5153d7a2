"""Refuses draws that depend on what is differentiated by: what is drawn is a constant of differentiation."""

from __future__ import annotations

from collections.abc import Sequence

from pullback.analysis.activity import Activity
from pullback.errors import NonDifferentiableError
from pullback.ir.core import Module, Op, Value, walk
from pullback.ir.effects import EFFECT, Action, Apply, Member, Named
from pullback.ir.regions import CALL
from pullback.ir.types import Handle
from pullback.primitives.families.distributions import DISTRIBUTIONS


def expect_constant_draws(module: Module, activity: Activity, wrt: Sequence[int]) -> None:
    """Let a module pass in which no draw depends on the parameters `wrt` of its entry, directly or through calls.

    Raises:
        NonDifferentiableError: names the draw, and how it is written otherwise.
    """
    varied_params = {module.entry: frozenset(wrt)}
    pending = [module.entry]
    while pending:
        fn = module.functions[name := pending.pop()]
        varied = activity.varied(fn, varied_params[name])
        for op in walk(fn.block):
            if op.prim is EFFECT and op.results and any(operand in varied for operand in op.operands):
                raise depends(op, next(o for o in op.operands if isinstance(o, Value) and o in varied))
            if op.prim is CALL:
                callee = op.attrs["callee"]
                found = frozenset(k for k, operand in enumerate(op.operands) if operand in varied)
                known = varied_params.get(callee, frozenset())
                if not found <= known:
                    varied_params[callee] = found | known
                    pending.append(callee)


def depends(op: Op, operand: Value) -> NonDifferentiableError:
    """The refusal of a draw."""
    called, method = spelled(op.attrs["action"])
    what = f" (`{operand.name}`)" if operand.name else ""
    made = isinstance(op.results[0].type, Handle)
    row = DISTRIBUTIONS.get(method)
    standard = row.instead.replace("rng.", called.removesuffix(method)) if row is not None else ""
    return NonDifferentiableError(
        f"`{called}` is given what depends on the parameters that are differentiated by{what}",
        "a seed has no derivative" if made else "what is drawn is a constant of differentiation: it has no derivative",
        f"let only arithmetic depend on them: `{standard}`" if standard else "pass what does not depend on them",
        op.loc,
    )


def spelled(action: Action) -> tuple[str, str]:
    """What an effect calls, as one would write it, and the name of the method."""
    function = action.value.function if isinstance(action.value, Apply) else action.value
    match function:
        case Member(name=name):
            return f"rng.{name}", name
        case Named(module="numpy.random", name=name):
            return f"np.random.{name}", name
    return str(function), ""
