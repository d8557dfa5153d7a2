"""What can still be read: from which names, and through them which references."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.classes import held_by, held_in
from pullback.frontend.abstract.heap import Contents, bases_of
from pullback.frontend.abstract.patterns import captured_names
from pullback.frontend.abstract.values import AbstractValue, Container, Frame, Ref
from pullback.frontend.syntax.liveness import live_in_statements


def live_values(frame: Frame) -> list[AbstractValue]:
    """What the names hold that a frame may still read."""
    live = None if frame.statement is None else live_in_statements(frame.code.node).get(frame.statement)
    return [value for name, value in frame.names.items() if live is None or name in live or name.startswith(" ")]


def reached(values: Iterable[AbstractValue], read: Callable[[Ref], Contents | None]) -> set[Ref]:
    """The references that can be reached from values."""
    found: set[Ref] = set()
    seen: set[int] = set()
    pending = [*values]
    while pending:
        value = pending.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        match value:
            case Ref():
                found.add(value)
                contents = read(value)
                if isinstance(contents, Container):
                    pending += [*contents.values, *held_by(contents.cls)]
                elif contents is not None:
                    pending += bases_of(contents)
            case av.Tuple(items=items, cls=cls):
                pending += [*items, *held_by(cls)]
            case av.Known(value=known):
                pending += held_in(known)
            case av.Maybe(value=inner):
                pending.append(inner)
            case av.OneOf(values=values):
                pending += values
            case av.Closure(defaults=defaults):
                pending += [*captured_names(value).values(), *defaults.values()]
            case av.Bound(function=function, receiver=receiver):
                pending += [function, receiver]
            case av.Method(receiver=receiver) | av.Super(receiver=receiver):
                pending.append(receiver)
            case av.View(ref=ref):
                pending.append(ref)
            case av.Suspended(activation=activation):
                pending += [activation.callee, *activation.arguments.values()]
            case av.Partial(function=function, args=args, kwargs=kwargs):
                pending += [function, *args, *kwargs.values()]
    return found
