"""Objects of libraries that are constant (`ir/opaque.py`): what their methods, attributes and operators mean."""

from __future__ import annotations

from typing import Any

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.values import AbstractValue
from pullback.frontend.base.absence import Absence
from pullback.ir.core import Atom
from pullback.ir.opaque import Opaque, opaque_type
from pullback.primitives.expr import Expr
from pullback.primitives.on_demand import load_imported
from pullback.primitives.registry import OBJECTS


class References(Absence):
    """Reads what is handed on by reference, and uses it by the meanings in `OBJECTS`."""

    def hidden_object(self, value: Any) -> Any:
        """How a random generator or an object from outside is read."""
        return next(hidden for hidden in self.session.hidden if hidden.sample is value)

    def hidden_reference(self, value: Any) -> Atom:
        """The parameter through which it is read."""
        return self.hidden_value(self.session.hidden.index(self.hidden_object(value)))

    def opaque(self, value: AbstractValue) -> Atom | None:
        """The atom of an object of a library; None of anything else."""
        if isinstance(value, av.Dynamic) and isinstance(value.atom.type, Opaque):
            return value.atom
        if isinstance(value, av.Known) and opaque_type(value.value) is not None:
            return self.hidden_reference(value.value)
        return None

    def kind_of(self, value: AbstractValue) -> str:
        """What an object can be used for."""
        atom = self.opaque(value)
        assert atom is not None
        assert isinstance(atom.type, Opaque)
        load_imported()
        return atom.type.kind

    def pen(self, value: AbstractValue) -> Any:
        """What the meaning of a use of objects is given."""
        value = self.settled(value)
        atom = self.opaque(value)
        return self.lower(value) if atom is None else Expr(self.builder, atom)

    def object_operator(self, symbol: str, *operands: AbstractValue) -> AbstractValue | None:
        """An operator of whose operands one is an object; None where none is."""
        objects = [o for o in operands if self.opaque(o) is not None]
        if not objects:
            return None
        meaning = OBJECTS.get((self.kind_of(objects[0]), symbol)) if len(operands) == 2 else None
        if meaning is None:
            raise self.unknown_use(objects[0], f"`{symbol}` is applied to")
        return self.apply(meaning, f"`{symbol}`", *map(self.pen, operands))

    def object_attribute(self, value: AbstractValue, name: str) -> AbstractValue:
        """An attribute of an object, or a method."""
        kind = self.kind_of(value)
        if (kind, f".{name}") in OBJECTS:
            return av.Method(name, value)
        meaning = OBJECTS.get((kind, name))
        if meaning is None:
            raise self.unknown_use(value, f"the attribute `{name}` is read of")
        return self.apply(meaning, f"`.{name}`", self.pen(value))

    def object_method(
        self, value: AbstractValue, name: str, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue:
        """A call of a method of an object, or of the object itself."""
        meaning = OBJECTS.get((self.kind_of(value), f".{name}"))
        if meaning is None:
            raise self.unknown_use(value, "there is a call of")
        what = "the call" if name == "__call__" else f"`.{name}()`"
        keywords = {k: self.pen(v) for k, v in kwargs.items()}
        return self.apply(meaning, what, self.pen(value), *map(self.pen, args), **keywords)

    def function_of_objects(
        self, function: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue | None:
        """A call of a function that takes objects; None of any other."""
        if function not in OBJECTS:
            return None
        keywords = {k: self.pen(v) for k, v in kwargs.items()}
        return self.apply(OBJECTS[function], f"`{self.called or function.__name__}`", *map(self.pen, args), **keywords)

    def unknown_use(self, value: AbstractValue, use: str) -> Exception:
        """The refusal of a use that has no meaning."""
        kind = self.kind_of(value)
        known = ", ".join(f"`{written(key[1])}`" for key in OBJECTS if isinstance(key, tuple) and key[0] == kind)
        return self.refusal(
            f"{use} {self.describe(value)}",
            f"of a {kind}, only these are understood: {known}",
            "compute it outside the function",
        )


def written(use: str) -> str:
    """A key of `OBJECTS` as it stands in a program.

    >>> written(".dot"), written(".__call__"), written("T"), written("@")
    ('.dot()', 'f(x)', '.T', '@')
    """
    if use == ".__call__":
        return "f(x)"
    return f"{use}()" if use.startswith(".") else f".{use}" if use.isidentifier() else use
