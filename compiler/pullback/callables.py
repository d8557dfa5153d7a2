"""What happens when a callable is called: the Python function that runs, and what it is given before the arguments.

A wrapper is never taken for what it wraps, except where the wrapper's own behaviour is known to be that of a plain
call: caches, static methods, and functions that a compiler has in hand.
"""

from __future__ import annotations

import functools
import inspect
import types
from dataclasses import field
from typing import Any

from pullback.records import dataclass

CACHE: type = type(functools.lru_cache(lambda: None))
_STARS = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS


@dataclass(frozen=True, slots=True)
class Target:
    """The Python function that runs; `leading` and `keywords` are given to it besides the caller's arguments."""

    function: types.FunctionType
    leading: tuple[Any, ...] = ()
    keywords: dict[str, Any] = field(default_factory=dict)


def called_through(function: Any) -> Any:
    """What a callable does nothing but call, with the same arguments; None for any other callable.

    >>> called_through(functools.cache(len))
    <built-in function len>
    """
    kind = type(function)
    if kind is CACHE or kind is staticmethod or kind.__module__.partition(".")[0] in ("pullback", "numba"):
        return getattr(function, "__wrapped__", None)
    return None


def target_of(function: Any) -> Target | None:
    """The Python function behind a callable; None where there is none.

    >>> target_of(functools.partial(lambda a, b: a * b, 2.0)).leading
    (2.0,)
    """
    if isinstance(function, types.FunctionType):
        return Target(function)
    inner = called_through(function)
    if inner is not None:
        return target_of(inner)
    if isinstance(function, functools.partial):
        target = target_of(function.func)
        if target is None:
            return None
        return Target(target.function, (*target.leading, *function.args), {**target.keywords, **function.keywords})
    if isinstance(function, types.MethodType):
        target = target_of(function.__func__)
        return target and Target(target.function, (*target.leading, function.__self__), target.keywords)
    call = _call_of(function)
    return None if call is None else Target(call, (function,))


def _call_of(function: Any) -> types.FunctionType | None:
    """The `__call__` that a class written in Python gives its instances."""
    if isinstance(function, type):
        return None
    call = next((vars(base)["__call__"] for base in type(function).__mro__ if "__call__" in vars(base)), None)
    return call if isinstance(call, types.FunctionType) else None


def hides_parameters(function: Any) -> bool:
    """Whether a wrapper takes `*args` or `**kwargs` and nothing else, and says what it wraps."""
    if getattr(function, "__wrapped__", None) is None:
        return False
    if isinstance(function, types.FunctionType):
        return _only_stars(function, 0)
    call = _call_of(function)
    return call is not None and called_through(function) is None and _only_stars(call, 1)


def _only_stars(function: types.FunctionType, leading: int) -> bool:
    code = function.__code__
    return code.co_argcount == leading and code.co_kwonlyargcount == 0 and code.co_flags & _STARS != 0


def keeps_calling_style(function: Any) -> bool:
    """Whether what runs could tell an argument passed by position from one passed by keyword."""
    if isinstance(function, functools.partial):
        return keeps_calling_style(function.func)
    if isinstance(function, types.MethodType):
        return keeps_calling_style(function.__func__)
    inner = called_through(function)
    return hides_parameters(function) if inner is None else keeps_calling_style(inner)


def signature_of_callable(function: Any) -> inspect.Signature:
    """The parameters that callers see: those of the function itself, or, where a wrapper hides them, of what it wraps.

    Raises:
        TypeError, ValueError: there is none.

    >>> def double(f):
    ...     @functools.wraps(f)
    ...     def wrapper(*args): return 2 * f(*args)
    ...     return wrapper
    >>> signature_of_callable(double(lambda x, k=3.0: x * k))
    <Signature (x, k=3.0)>
    """
    inner = called_through(function)
    if inner is None and hides_parameters(function):
        inner = function.__wrapped__
    if inner is not None:
        return signature_of_callable(inner)
    if isinstance(function, functools.partial):
        bound = functools.partial(_with_signature(function.func), *function.args, **function.keywords)
        return inspect.signature(bound, follow_wrapped=False)
    if isinstance(function, types.MethodType):
        method = types.MethodType(_with_signature(function.__func__), function.__self__)
        return inspect.signature(method, follow_wrapped=False)
    return inspect.signature(function, follow_wrapped=False)


def _with_signature(function: Any) -> types.FunctionType:
    def stand_in() -> None: ...

    stand_in.__signature__ = signature_of_callable(function)  # type: ignore[attr-defined]  # what inspect looks for
    assert isinstance(stand_in, types.FunctionType)
    return stand_in
