"""Which values of two arms are the same thing, and may stay what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Aspect, Chosen, Contents, bases_of
from pullback.frontend.abstract.values import AbstractValue, Container
from pullback.ir.core import Atom, Const

if TYPE_CHECKING:
    pass


def same_memory(a: Contents, b: Contents) -> bool:
    """Whether what an array holds after one arm and after the other lies in the same memory."""
    match a, b:
        case Aspect(), Aspect():
            return True
        case Chosen(condition=p, then=r, other=s), Chosen(condition=q, then=t, other=u):
            return p is q and r is t and s is u
    return a is b or not (bases_of(a) or bases_of(b))


def exactly(atom: Atom | None) -> Any:
    """A key for an atom: 1, 1.0 and True are three constants."""
    return (type(atom.value), repr(atom.value)) if isinstance(atom, Const) else atom


def may_be_absent(a: AbstractValue | None, b: AbstractValue | None) -> Literal["unbound", "none"] | None:
    """Whether a join of two values may be unbound, or else None."""
    if any(isinstance(x, av.Unbound) or (isinstance(x, av.Maybe) and x.unbound) for x in (a, b)):
        return "unbound"
    is_none = [isinstance(x, av.Known) and x.value is None for x in (a, b)]
    if any(isinstance(x, av.Maybe) for x in (a, b)):
        return "none"
    return "none" if any(is_none) and not all(is_none) and a is not None and b is not None else None


def taken_apart(value: AbstractValue | None, unbound: bool) -> tuple[AbstractValue | None, Atom]:
    """What may be absent, and whether it is there."""
    if isinstance(value, av.Maybe) and value.unbound == unbound:
        return value.value, value.flag
    if isinstance(value, av.Unbound) or (not unbound and isinstance(value, av.Known) and value.value is None):
        return None, Const(False)
    return value, Const(True)


def same_known(a: Any, b: Any) -> bool:
    """Whether two known values are the same, type and sign of zero included."""
    if a is b:
        return True
    return type(a) is type(b) and isinstance(a, bool | int | float | complex | str | tuple) and repr(a) == repr(b)


def same_thing(a: AbstractValue, b: AbstractValue) -> bool:
    """Whether two things known when compiling are one."""
    if isinstance(a, av.Known) and isinstance(b, av.Known):
        return same_known(a.value, b.value)
    if isinstance(a, av.Late) and isinstance(b, av.Late):
        return (a.layout, a.atoms, a.cls) == (b.layout, b.atoms, b.cls)
    return a is b or same_callable(a, b)


def same_callable(a: AbstractValue, b: AbstractValue) -> bool:
    """Whether two bound methods are the same one."""
    match a, b:
        case av.Method(name=p, receiver=r), av.Method(name=q, receiver=s):
            return p == q and r is s
        case av.Bound(function=av.Known(value=f), receiver=r), av.Bound(function=av.Known(value=g), receiver=s):
            return f is g and r is s
        case av.View(ref=r, what=p), av.View(ref=s, what=q):
            return r is s and p == q
    return False


def alike(a: Container, b: Container) -> bool:
    """Whether two containers have the same class, keys and length."""
    return a.cls is b.cls and a.keys == b.keys and len(a.values) == len(b.values)
