"""`pullback.primitive`: rules for functions that the compiler does not look into."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from pullback.errors import RuleError

F = TypeVar("F", bound=Callable[..., Any])
POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
MOST_OPERANDS = 4


def primitive(
    function: Any = None,
    *,
    formula: str | None = None,
    transpose: Callable[..., Any] | None = None,
    vjp: Callable[..., Any] | None = None,
    check: bool = False,
    sample: tuple[Any, ...] | None = None,
) -> Any:
    """Give a function a derivative rule; the compiler then calls it and does not look inside.

    Exactly one rule is given. A function by formula can be differentiated to any order, and so can a linear one; the
    derivative of `vjp` itself is refused.

    Args:
        function: a function of positional parameters; without it, `primitive(...)` is a decorator.
        formula: what an elementwise function computes, over its parameters (x, y, z, w if it does not name them), in
            SymPy's words or NumPy's. Its partial derivatives are derived from it.
        transpose: of a function that is linear in its first parameter: transpose(g, *arguments) gives the cotangent of
            the first argument, where `g` is that of the result.
        vjp: of any function: vjp(g, out, *arguments) gives a tuple with a cotangent per argument, None for zero; of a
            single argument it may give the cotangent itself.
        check: compare the rule with differences of the function, at the arguments in `sample`.
        sample: arguments to check at; a formula is checked at a few numbers between 0 and 2 by default.

    Returns:
        The function, unchanged.

    Raises:
        RuleError: the rule does not fit the function, or none or several are given.
        VerificationError: the check found it wrong, or could not tell.

    >>> import numpy as np, pullback
    >>> @pullback.primitive(formula="log(1 + exp(x))", check=True)
    ... def softplus(x):
    ...     return np.logaddexp(0.0, x)
    >>> pullback.grad(lambda x: np.sum(softplus(x)))(np.zeros(2))
    array([0.5, 0.5])
    """
    if function is None:
        return lambda given: primitive(given, formula=formula, transpose=transpose, vjp=vjp, check=check, sample=sample)
    from pullback.primitives import on_demand, own, tables  # noqa: F401  # loaded with the compiler, not with pullback
    from pullback.primitives.registry import MEANINGS

    rules = {"formula": formula, "transpose": transpose, "vjp": vjp}
    given = [name for name, rule in rules.items() if rule is not None]
    title = getattr(function, "__name__", repr(function))
    if len(given) != 1:
        raise RuleError(
            f"{' and '.join(f'`{name}=`' for name in given) or 'no rule'} is given for `{title}`",
            "a function has one rule",
            "give `formula=`, `transpose=` or `vjp=`",
        )
    if not callable(function) or isinstance(function, type):
        raise RuleError(f"`{title}` is registered", "it is no function", "register a function")
    on_demand.load_imported()
    try:
        known = function in MEANINGS
    except TypeError:
        raise RuleError(f"`{title}` is registered", "it is not hashable", "register a function") from None
    if known:
        raise RuleError(f"`{title}` has a rule already", "a function has one rule", "write a function that calls it")
    signature = _positional(function, title)
    if formula is not None:
        _register_formula(function, signature, formula, title)
    else:
        name, rule = given[0], transpose or vjp
        leading = 1 if transpose is not None else 2
        _expect_rule(rule, name, leading + len(signature.parameters), title)
        assert rule is not None
        register = own.register_transpose if transpose is not None else own.register_vjp
        register(function, signature, rule)
    if check:
        from pullback.verify.rules import check_rule

        try:
            check_rule(function, own.RULES[function], sample)
        except Exception:
            own.forget(function)
            raise
    return function


def _positional(function: Any, title: str) -> inspect.Signature:
    """The parameters of a function: all positional, so that a rule can name each by its place."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        nin = getattr(function, "nin", None)
        if not isinstance(nin, int):
            raise RuleError(
                f"`{title}` does not tell its parameters", "a rule needs one cotangent for each", "wrap it in a `def`"
            ) from None
        return _of_names(["x", "y", "z", "w"][:nin])
    if isinstance(nin := getattr(function, "nin", None), int):  # a ufunc
        return _of_names(["x", "y", "z", "w"][:nin])
    for parameter in signature.parameters.values():
        if parameter.kind not in POSITIONAL:
            raise RuleError(
                f"`{title}` has the parameter `{parameter}`",
                "a rule gives a cotangent for each parameter, by position",
                "register a function of positional parameters",
            )
    if not signature.parameters:
        raise RuleError(f"`{title}` has no parameters", "there is nothing to differentiate by", "register another")
    return signature


def _of_names(names: list[str]) -> inspect.Signature:
    return inspect.Signature([inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in names])


def _register_formula(function: Any, signature: inspect.Signature, formula: str, title: str) -> None:
    from pullback.primitives import own
    from pullback.primitives.formulas import NoText, formula_of_user

    names = list(signature.parameters)
    if len(names) > MOST_OPERANDS:
        raise RuleError(
            f"`{title}` has {len(names)} parameters", f"a formula is over {MOST_OPERANDS} at most", "give its vjp"
        )
    try:
        text, partials = formula_of_user(formula, names)
    except NoText as error:
        raise RuleError(f"the formula of `{title}` is not understood", str(error), "mend it, or give its vjp") from None
    own.register_formula(function, signature, text, partials)


def _expect_rule(rule: Any, name: str, arguments: int, title: str) -> None:
    """Hold the parameters of a rule against what it will be given."""
    if not callable(rule):
        raise RuleError(f"`{name}=` of `{title}` is {rule!r}", "a rule is a function", "give a function")
    try:
        inspect.signature(rule).bind(*[None] * arguments)
    except TypeError as error:
        takes = "g, out, *arguments" if name == "vjp" else "g, *arguments"
        raise RuleError(
            f"`{name}=` of `{title}` does not take {arguments} arguments",
            f"it is called as `{name}({takes})`; {error}",
            "give it these parameters",
        ) from None
    except ValueError:
        return  # it does not tell its parameters
