"""All primitives by name, and what each public function of NumPy, `math` and `operator` means.

A *meaning* is a function over pens (`pullback.primitives.expr.Expr`) and static Python values, with the parameters
of the function that it stands for. Containers come as plain lists and tuples. It returns a pen, a static value, or a
list or tuple of them.

PRIMITIVES   by name
MEANINGS     of public functions, called with at least one pen
CREATIONS    of functions that make an array of static arguments; their first argument lifts a constant to a pen
METHODS      of arrays, by name: the first argument is the array
OBJECTS      of objects of libraries, by their kind (`ir/opaque.py`) and the name of a method (`.dot`), an attribute
             (`T`), or an operator (`@`), and of functions that take such objects
ATTRIBUTES   of arrays, by name
CONSTANTS    functions whose results are constants of the program where their arguments are known
SOURCES      of functions whose computation is written in Python for the interpreter, which reads it in their place
FUNCTIONALS  of functions that are given a function (`pullback.primitives.functionals`)

`import pullback.primitives.tables` fills them.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from pullback.ir.core import Primitive

PRIMITIVES: dict[str, Primitive] = {}
MEANINGS: dict[Any, Callable[..., Any]] = {}
CREATIONS: dict[Any, Callable[..., Any]] = {}
METHODS: dict[str, Callable[..., Any]] = {}
ATTRIBUTES: dict[str, Callable[..., Any]] = {}
OBJECTS: dict[Any, Callable[..., Any]] = {}
CONSTANTS: set[Any] = set()
SOURCES: dict[Any, Callable[..., Any]] = {}
FUNCTIONALS: dict[Any, Any] = {}


class NeedsStatic(Exception):
    """A meaning needs a parameter's value at compile time: an axis, a count. `pen` is what it was given."""

    def __init__(self, pen: Any, parameter: str) -> None:
        self.pen = pen
        self.parameter = parameter
        super().__init__(parameter)


class NotCovered(Exception):
    """A supported function is used in a way that has no rule yet.

    >>> print(NotCovered("max() of arrays", "use np.maximum"))
    max() of arrays is not supported; use np.maximum
    """

    def __init__(self, use: str, instead: str = "") -> None:
        self.use = use
        self.instead = instead
        super().__init__(f"{use} is not supported" + (f"; {instead}" if instead else ""))


class NoDerivative(NotCovered):
    """A derivative is asked for that does not exist, or of which no formula is known: undefined, with a reason.

    >>> print(NoDerivative("special.jv by its order", "no formula is known for it"))
    special.jv by its order has no derivative: no formula is known for it
    """

    def __init__(self, of: str, reason: str, instead: str = "keep it constant") -> None:
        super().__init__(of, instead)
        self.reason = reason
        self.args = (f"{of} has no derivative: {reason}",)


def checked(meaning: Callable[..., Any]) -> Callable[..., Any]:
    """The same meaning, which refuses parameters that it does not have: NumPy's own functions may have more."""
    signature = functools.cache(lambda: inspect.signature(meaning))

    @functools.wraps(meaning)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            signature().bind(*args, **kwargs)
        except TypeError as error:
            raise NotCovered(f"this use of its parameters ({error})") from None
        return meaning(*args, **kwargs)

    return call


def register(prim: Primitive, *functions: Any) -> Primitive:
    """Add a primitive to the table; `functions` are the public functions that mean it."""
    if prim.name in PRIMITIVES:
        raise ValueError(f"primitive {prim.name} is defined twice")
    PRIMITIVES[prim.name] = prim
    for function in functions:
        MEANINGS[function] = prim
    return prim


def means(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: the decorated function over pens is what `functions` mean."""

    def decorate(meaning: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            MEANINGS[function] = checked(meaning)
        return meaning

    return decorate


def computes(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: the source of the decorated function is read in place of that of `functions`."""

    def decorate(written: Callable[..., Any]) -> Callable[..., Any]:
        SOURCES.update(dict.fromkeys(functions, written))
        return written

    return decorate


def creates(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator for a meaning that makes an array: its first argument lifts a constant into the program at hand.

    Where an argument is a pen there is nothing to lift: the builder is known from it.
    """

    def decorate(meaning: Callable[..., Any]) -> Callable[..., Any]:
        careful = checked(meaning)
        for function in functions:
            CREATIONS[function] = careful
            MEANINGS[function] = lambda *args, **kwargs: careful(lambda value: value, *args, **kwargs)
        return meaning

    return decorate
