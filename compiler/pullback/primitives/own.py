"""Primitives of the user's: a function and its rule, by formula, by transpose, or by a function that computes its VJP.

Generated code calls the function, and the rule, by their names. A function that is no formula is a black box: the shape
of its result is found at run time, and its result may share memory with whatever it likes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any, TypeAlias

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import UNKNOWN, Type
from pullback.primitives import kinds
from pullback.primitives.expr import Expr
from pullback.primitives.meanings import has_pen
from pullback.primitives.registry import CREATIONS, MEANINGS, PRIMITIVES, NoDerivative, NotCovered
from pullback.records import dataclass

Function: TypeAlias = Callable[..., Any]
Fixed: TypeAlias = tuple[tuple[int, Any], ...]  # arguments that are no numbers, by position
RULES: dict[Any, Primitive] = {}
_serial = count(2)


@dataclass(frozen=True, slots=True)
class Reference:
    """A function that generated code calls by its name, and the positions of the operands that its result is held
    against: `cotangents(rule(g, out, x, y), x, y)`.
    """

    function: Function
    name: str  # where it has none of its own, as a lambda
    like: tuple[int, ...] | None = ()  # None: all but the cotangent and the result
    taken_as_real: bool = False  # as nothing is known of what the function returns


def is_registered(function: Any) -> bool:
    """Whether the user has given a rule for a function."""
    try:
        return function in RULES
    except TypeError:  # not hashable
        return False


def forget(function: Function) -> None:
    """Take a registration back."""
    del RULES[function], MEANINGS[function], CREATIONS[function]


def register_formula(
    function: Function, signature: inspect.Signature, formula: str, partials: Mapping[str, str]
) -> Primitive:
    """An elementwise function: `formula` is over x, y, z, w, as are `partials`."""
    stated: Any = partials
    prim = kinds.elementwise(
        function,
        formula,
        name=_free_name(function),
        spelling=_title(function),
        view="any",
        doc={"reference": Reference(function, _title(function))},
        **stated,
    )
    return _publish(function, signature, prim, is_elementwise=True)


def register_transpose(function: Function, signature: inspect.Signature, transpose: Function) -> Primitive:
    """A function that is linear in its first operand: transpose(g, *operands) gives that operand's cotangent."""
    transposed = _black_box(transpose, f"{_title(function)}_transpose", like=(1,))

    def vjp(g: Any, out: Any, operands: Sequence[Any], attrs: Attrs, wanted: Sequence[bool]) -> tuple[Any, ...]:
        _refuse_others(function, wanted)
        return (transposed.primitive(g, *operands, **_moved(attrs, 1)), *[None] * (len(operands) - 1))

    def jvp(tangents: Sequence[Any], out: Any, operands: Sequence[Any], attrs: Attrs) -> Any:
        _refuse_others(function, [t is not None for t in tangents])
        return prim(tangents[0], *operands[1:], **attrs)

    def vjp_of_transpose(
        g: Any, out: Any, operands: Sequence[Any], attrs: Attrs, wanted: Sequence[bool]
    ) -> tuple[Any, ...]:
        _refuse_others(transpose, [wanted[0], False, *wanted[2:]])
        bar = prim(g, *operands[2:], **_moved(attrs, -1)) if wanted[0] else None
        return (bar, *[None] * (len(operands) - 1))  # linear: constant in the operand itself

    def jvp_of_transpose(tangents: Sequence[Any], out: Any, operands: Sequence[Any], attrs: Attrs) -> Any:
        _refuse_others(transpose, [True, False, *(t is not None for t in tangents[2:])])
        return None if tangents[0] is None else transposed.primitive(tangents[0], *operands[1:], **attrs)

    transposed.become("linear", vjp_of_transpose, jvp_of_transpose)
    prim = _black_box(function, _title(function)).become("linear", vjp, jvp)
    return _publish(function, signature, prim)


def register_vjp(function: Function, signature: inspect.Signature, rule: Function) -> Primitive:
    """A black box: rule(g, out, *operands) gives a cotangent per operand, or the one of a single operand."""
    pulled = _black_box(rule, f"{_title(function)}_vjp", like=None)
    title, name_of_rule = _title(function), pulled.title

    def vjp(g: Any, out: Any, operands: Sequence[Any], attrs: Attrs, wanted: Sequence[bool]) -> tuple[Any, ...]:
        fixed: Fixed = attrs.get("fixed", ())
        places = _places(len(operands), fixed)
        of = tuple(place for place, want in zip(places, wanted, strict=True) if want)
        bars = pulled.primitive(g, out, *operands, of=of, **_moved(attrs, 2))
        found = dict(zip(of, bars if isinstance(bars, tuple) else (bars,), strict=True))
        return tuple(found.get(place) for place in places)

    def refused(*args: Any) -> Any:
        raise NoDerivative(
            f"`{name_of_rule}`, the derivative of `{title}`,",
            "it is a rule that was registered as a function, which is called and not read",
            f"register `{title}` by a formula, or write it with functions that have a rule",
        )

    def no_tangent(*args: Any) -> Any:
        raise NoDerivative(f"`{title}` in forward mode", "its rule gives cotangents only", "use reverse mode")

    pulled.become("general", refused, refused)
    prim = _black_box(function, title).become("general", vjp, no_tangent)
    return _publish(function, signature, prim)


class _black_box:
    """A primitive that is being made of a function: its rules refer to it."""

    primitive: Primitive

    def __init__(self, function: Function, otherwise: str, like: tuple[int, ...] | None = ()) -> None:
        self.function, self.like = function, like
        self.title = otherwise if getattr(function, "__name__", "") == "<lambda>" else _title(function)

    def evaluate(self, *operands: Any, fixed: Fixed = (), of: tuple[int, ...] | None = None) -> Any:
        args = complete(operands, fixed)
        value = self.function(*args)
        if self.like == ():
            return pullback_runtime.real_result(value)
        likes = args[2:] if self.like is None else [args[k] for k in self.like]
        return pullback_runtime.cotangents(value, *likes, of=of)

    def infer(self, operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        """The types of cotangents are those of the operands; of other results nothing is known."""
        if self.like == ():
            return (UNKNOWN,)
        places = dict(zip(_places(len(operands), attrs.get("fixed", ())), operands, strict=True))
        return tuple(places[k].type for k in self.like or [k + 2 for k in attrs["of"]])

    def become(self, kind: Any, vjp: Any, jvp: Any) -> Primitive:
        """The primitive, registered under its name."""
        doc = {"reference": Reference(self.function, self.title, self.like, taken_as_real=self.like == ())}
        name = _free_name(self.function)
        self.primitive = Primitive(
            name, kind, self.evaluate, self.infer, vjp, jvp, None, self.title, view="any", doc=doc
        )
        PRIMITIVES[name] = self.primitive
        return self.primitive


def complete(operands: Sequence[Any], fixed: Fixed) -> list[Any]:
    """All arguments in order: operands, and those that are no numbers."""
    args = list(operands)
    for place, value in fixed:
        args.insert(place, value)
    return args


def _places(operands: int, fixed: Fixed) -> list[int]:
    """The positions of the operands among all arguments."""
    taken = {place for place, _ in fixed}
    return [k for k in range(operands + len(fixed)) if k not in taken]


def _moved(attrs: Attrs, by: int) -> dict[str, Any]:
    """The attributes for a function with more operands in front."""
    fixed: Fixed = attrs.get("fixed", ())
    return {"fixed": tuple((place + by, value) for place, value in fixed)} if fixed else {}


def _refuse_others(function: Function, wanted: Sequence[bool]) -> None:
    if any(wanted[1:]):
        raise NoDerivative(
            f"`{_title(function)}` by another than its first operand",
            "it was registered as linear in that one",
            "keep the others constant, or register it by its vjp",
        )


def _publish(
    function: Function, signature: inspect.Signature, prim: Primitive, is_elementwise: bool = False
) -> Primitive:
    """Let calls of the function mean the primitive."""

    def meaning(lift: Callable[[Any], Any], *args: Any, **kwargs: Any) -> Any:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise NotCovered(f"this use of its parameters ({error})") from None
        bound.apply_defaults()
        operands, fixed = [], []
        for place, value in enumerate(bound.args):
            if isinstance(value, Expr) or _is_number(value):
                operands.append(value if isinstance(value, Expr) else lift(value))
            elif has_pen(value) or isinstance(value, list | dict) or is_elementwise:
                raise NotCovered(f"a {type(value).__name__} as an argument of `{_title(function)}`", "pass an array")
            else:
                fixed.append((place, value))
        return prim(*operands, **({"fixed": tuple(fixed)} if fixed else {}))

    RULES[function] = prim
    CREATIONS[function] = meaning
    MEANINGS[function] = lambda *args, **kwargs: meaning(lambda value: value, *args, **kwargs)
    return prim


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | complex) or hasattr(value, "dtype")


def _title(function: Function) -> str:
    """The name of a function; `function` where it has none, as a lambda."""
    name = str(getattr(function, "__name__", type(function).__name__))
    return name if name.isidentifier() else "function"


def _free_name(function: Function) -> str:
    name = f"{getattr(function, '__module__', None) or ''}.{getattr(function, '__qualname__', _title(function))}"
    return name if name not in PRIMITIVES else f"{name} ({next(_serial)})"
