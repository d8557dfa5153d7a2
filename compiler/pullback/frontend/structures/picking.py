"""Items of known structures, of which only the run tells which one is read: a table of functions, by index or key."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import partial

from pullback.errors import DifferentiationError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Grown
from pullback.frontend.abstract.values import AbstractValue, Container, Ref
from pullback.frontend.joins.alternatives import can_be_chosen, is_numeric
from pullback.frontend.joins.sameness import same_thing
from pullback.frontend.structures.growing import Growing
from pullback.ir.core import Atom, Const, Value
from pullback.ir.types import Scalar, is_index

LONGEST_TABLE = 64


class Picking(Growing):
    """Subscripts by what is known at run time only."""

    def picked(self, items: tuple[AbstractValue, ...], key: AbstractValue) -> AbstractValue | None:
        """The item of a list or tuple at an index of the run; None where that index is known, or can be."""
        atom = None if isinstance(key, av.Slice) else self.leaf(key)
        if not isinstance(atom, Value) or not is_index(atom.type) or not items or self.becomes_known(atom):
            return None
        if not is_table(items):
            listed = self.indexable(list(items))
            return None if listed is None else self.grown_item(listed, key)
        count = av.Known(len(items))
        if not self.is_remainder(atom, len(items)):
            above, below = self.compare(ast.GtE, key, av.Known(-len(items))), self.compare(ast.Lt, key, count)
            inside = self.leaf(self.boolean(True, [partial(self.itself, above), partial(self.itself, below)]))
            assert inside is not None
            self.require(inside, IndexError, "index out of range")
            negative = self.leaf(self.compare(ast.Lt, key, av.Known(0)))
            assert negative is not None
            index = key
            key = self.choose(negative, lambda: self.binary(ast.Add, index, count), partial(self.itself, index))
        return self.one_of_table([av.Known(k) for k in range(len(items))], items, key)

    def picked_by_key(self, ref: Ref, key: AbstractValue) -> AbstractValue | None:
        """The item of a dict under a number of the run; None where that is known, or can be."""
        held, atom = self.heap.container(ref), self.leaf(key)
        numbers = all(isinstance(k, int | float) for k in held.keys)
        if not isinstance(atom, Value) or not isinstance(atom.type, Scalar) or not numbers or not held.keys:
            return None
        if len(held.keys) > LONGEST_TABLE or self.becomes_known(atom) or hasattr(held.cls, "__missing__"):
            return None
        keys = [av.Known(k) for k in held.keys]
        found = self.leaf(self.boolean(False, [partial(self.compare, ast.Eq, key, k) for k in keys]))
        assert found is not None
        self.require(found, KeyError, "no such key")
        if is_table(held.values):
            return self.one_of_table(keys, held.values, key)
        return self.by_cases(keys, held.values, key)

    def as_long(self, ref: Ref, index: AbstractValue, like: list[AbstractValue]) -> Grown | None:
        """A list of known length as one of unknown length, where only the run tells at which place it changes; None
        where that place is known, or can be, or the items are not alike.
        """
        atom = self.leaf(index)
        if not isinstance(atom, Value) or not isinstance(self.needs_static(atom, "an index"), DifferentiationError):
            return None
        common = self.indexable(like)
        if common is None:
            return None
        items = list(self.heap.container(ref).values)
        return replace(self.as_grown(common, items), cls=self.class_held(ref))

    def class_held(self, ref: Ref) -> type:
        """The class of what a reference to a container holds."""
        contents = self.heap.read(ref)
        assert isinstance(contents, Container | Grown), contents
        return contents.cls

    def becomes_known(self, atom: Atom) -> bool:
        """Whether the compile can start again with it known."""
        return not isinstance(self.needs_static(atom, "an index into a list"), DifferentiationError)

    def is_remainder(self, atom: Value, count: int) -> bool:
        """Whether an index is a remainder that lies in a table of `count` items."""
        op = self.session.producers.get(atom)
        divisor = op.operands[1] if op is not None and op.prim.name == "remainder" else None
        return isinstance(divisor, Const) and isinstance(divisor.value, int) and 0 < divisor.value <= count

    def one_of_table(self, keys: list[av.Known], items: tuple[AbstractValue, ...], key: AbstractValue) -> AbstractValue:
        """One of several known things, by the key under which it stands."""
        if not self.session.chooses:
            raise av.NeedsChoices
        values: list[AbstractValue] = []
        flags: list[Atom] = []
        for item in items:
            if any(same_thing(item, value) for value in values):
                continue
            under = [k for k, other in zip(keys, items, strict=True) if same_thing(item, other)]
            flag = self.leaf(self.boolean(False, [partial(self.compare, ast.Eq, key, k) for k in under]))
            assert flag is not None
            values.append(item)
            flags.append(flag)
        return values[0] if len(values) == 1 else av.OneOf(tuple(values), tuple(flags), "")

    def by_cases(self, keys: list[av.Known], items: tuple[AbstractValue, ...], key: AbstractValue) -> AbstractValue:
        """The item under a key, case by case."""
        if len(items) == 1:
            return self.readable(items[0])
        verdict = self.truth(self.compare(ast.Eq, key, keys[0]))
        if isinstance(verdict, bool):
            return self.readable(items[0]) if verdict else self.by_cases(keys[1:], items[1:], key)
        return self.choose(verdict, partial(self.readable, items[0]), partial(self.by_cases, keys[1:], items[1:], key))


def is_table(items: tuple[AbstractValue, ...]) -> bool:
    """Whether items are known things other than numbers, of which one can be left open."""
    return len(items) <= LONGEST_TABLE and all(can_be_chosen(item, item) and not is_numeric(item) for item in items)
