"""The join of what two arms of a conditional leave: values, containers, types.

- The same known value stays known; known numbers that differ become dynamic.
- An int that meets a float is that float: a constant at once, a dynamic int by `float` at the end of its arm.
- A Python number and a NumPy number have the type of the NumPy number if the dtypes agree, else an unknown dtype.
- Arrays must have the same rank; dimensions that differ become a fresh one, dtypes that differ an unknown one.
- Which of two arrays a name stands for is known at run time only: it shares memory with either (`Shared`).
- Containers must have the same class, keys and length, and are joined item by item. Where it is known at run time
  only which of two containers a name stands for, neither may be changed any more.
- Different things that are known when compiling (texts, functions, members of an enum, ...) are one of these.
- Anything else is a `Conflict`: an error, but only when it is read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeGuard

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Aspect, Chosen, Contents, Grown, HiddenInput, Shared, bases_of
from pullback.frontend.abstract.patterns import captured_names, cells_around
from pullback.frontend.abstract.values import AbstractValue, Container, Frame, Ref
from pullback.frontend.joins.alternatives import can_be_chosen, is_numeric, joined_alternatives
from pullback.frontend.joins.leaves import LeafJoin
from pullback.frontend.joins.sameness import (
    alike,
    may_be_absent,
    same_callable,
    same_known,
    same_memory,
    same_thing,
    taken_apart,
)
from pullback.frontend.joins.sharing import UNREADABLE
from pullback.frontend.joins.types import joined_type
from pullback.ir.core import Atom, Const, Value
from pullback.ir.types import (
    BOOL,
    rank,
)

if TYPE_CHECKING:
    pass


class Join(LeafJoin):
    """Joins what two arms leave."""

    def names(self, a: dict[str, AbstractValue] | None, b: dict[str, AbstractValue] | None) -> dict[str, AbstractValue]:
        """The joined names; an arm that has returned has none."""
        if a is None or b is None:
            present = a if b is None else b
            assert present is not None
            return {
                name: self.value(value, None, name) if b is None else self.value(None, value, name)
                for name, value in present.items()
            }
        joined: dict[str, AbstractValue] = {}
        for name in {**a, **b}:
            if name in a and name in b:
                joined[name] = self.value(a[name], b[name], name)
            elif name.startswith(" "):  # what a loop returns, read only where it has been set
                joined[name] = self.value(a.get(name), b.get(name), "")
            else:
                joined[name] = self.value(a.get(name, av.UNBOUND), b.get(name, av.UNBOUND), name)
        return joined

    def heaps(self) -> dict[Ref, Contents]:
        """The joined heap."""
        for ref in self.common:
            if ref not in self.heap:
                a, b = self.arms[0].heap[ref], self.arms[1].heap[ref]
                self.heap[ref] = self.contents(a, b, "") if same_memory(a, b) else self.either(ref, a, b)
        self.settle()
        return self.heap

    def result(self, a: AbstractValue | None, b: AbstractValue | None) -> AbstractValue | None:
        """The join of what two arms return; None where neither returns anything."""
        return None if a is None and b is None else self.value(a, b, "")

    def value(self, a: AbstractValue | None, b: AbstractValue | None, name: str) -> AbstractValue:
        """The join of two values; None stands for an arm that never gets here."""
        if a is None and b is None:
            return av.NONE
        if a is b and isinstance(a, av.Known | av.Dynamic | av.Maybe | av.OneOf | av.Unbound):
            return a
        a, b = (
            arm.known.get(x, x) if isinstance(x, av.Maybe | av.OneOf) else x
            for arm, x in zip(self.arms, (a, b), strict=True)
        )
        if isinstance(a, av.Poison) or isinstance(b, av.Poison):
            return av.POISON
        if isinstance(a, av.Conflict) or isinstance(b, av.Conflict):
            return a if isinstance(a, av.Conflict) else b  # type: ignore[return-value]  # one of them is a conflict
        if (absent := may_be_absent(a, b)) is not None:
            return self.maybe(a, b, absent == "unbound", name)
        if isinstance(a, av.OneOf) or isinstance(b, av.OneOf):
            return self.one_of(a, b, name)
        present = b if a is None else a
        assert present is not None
        match present:
            case Ref():
                return self.references(a, b, name)
            case av.Tuple(items=items, cls=cls):
                return self.tuples(items, cls, a, b, name)
            case av.Dynamic() | av.Known():
                return self.leaves(a, b, name)
            case av.Late():
                return self.text(a, b, name)
        if a is None or b is None:
            return self.exported(present, 0 if b is None else 1, name)
        if a is b or same_callable(a, b):
            return a
        return self.one_of(a, b, name)

    def one_of(self, a: AbstractValue | None, b: AbstractValue | None, name: str) -> AbstractValue:
        """The join of different things that are known when compiling."""
        if a is None or b is None:
            present = b if a is None else a
            assert isinstance(present, av.OneOf)
            values = (self.value(v, None, name) if b is None else self.value(None, v, name) for v in present.values)
            flags = (self.atom(f, None, "") if b is None else self.atom(None, f, "") for f in present.flags)
            return av.OneOf(tuple(values), tuple(flags), present.name)
        if not self.can_choose(a, b):
            return self.conflict(a, b, name)
        if not self.core.session.chooses:
            raise av.NeedsChoices
        found = joined_alternatives(a, b, name, lambda p, q: self.alternative(p, q, name), self.flag)
        return next((value for value in found.values if isinstance(value, av.Conflict)), found)

    def alternative(self, a: AbstractValue | None, b: AbstractValue | None, name: str) -> AbstractValue | None:
        """The join of two alternatives, None where they stay apart; or what only one arm leaves, where that may be a
        function or a text that the arm has made.
        """
        if a is None or b is None:
            side, present = (0, a) if b is None else (1, b)
            assert present is not None
            if is_numeric(present) or isinstance(present, av.Late):
                return self.value(a, b, name)
            return self.exported(present, side, name)
        if is_numeric(a) and is_numeric(b):
            return None if self.differ_in_rank(a, b) else self.value(a, b, name)
        return self.exported(a, 0, name) if same_thing(a, b) else None

    def differ_in_rank(self, a: AbstractValue, b: AbstractValue) -> bool:
        """Whether of two numbers or arrays one has surely more axes."""
        atoms = self.leaf_in(0, a), self.leaf_in(1, b)
        ranks = {None if atom is None else rank(atom.type) for atom in atoms}
        return len(ranks) == 2 and None not in ranks

    def can_choose(self, a: AbstractValue, b: AbstractValue) -> bool:
        """Whether it can be left open which of two different things a value is."""
        return self.differ_in_rank(a, b) if is_numeric(a) and is_numeric(b) else can_be_chosen(a, b)

    def maybe(self, a: AbstractValue | None, b: AbstractValue | None, unbound: bool, name: str) -> AbstractValue:
        """The join of values of which one may be absent."""
        (first, given), (second, too) = taken_apart(a, unbound), taken_apart(b, unbound)
        called = name or next((x.name for x in (a, b) if isinstance(x, av.Maybe)), "")
        if first is None and second is None:
            return av.UNBOUND if unbound else av.NONE
        value = self.value(first, second, name)
        flag = self.flag(given if a is not None else None, too if b is not None else None, f"has_{called or 'value'}")
        if flag == Const(True) or isinstance(value, av.Conflict | av.Poison):
            return value
        return av.Maybe(value, flag, unbound, called)

    def flag(self, a: Atom | None, b: Atom | None, name: str) -> Atom:
        """Whether a value is there: where one arm knows that it is and the other that it is not, the condition."""
        if self.condition is not None:
            if (a, b) == (Const(True), Const(False)):
                if self.condition.type == BOOL:
                    return self.condition
                holds = self.core.leaf(self.core.builtin_bool(self.core.value_of(self.condition)))
                assert holds is not None
                return holds
            if (a, b) == (Const(False), Const(True)):
                negation = self.core.leaf(self.core.negated(self.condition))
                assert negation is not None
                return negation
        return self.atom(a, b, name)

    def exported(self, value: AbstractValue, side: int, name: str) -> AbstractValue:
        """What only one arm leaves, where the other has returned."""

        def export(part: AbstractValue) -> AbstractValue:
            return self.value(part, None, name) if side == 0 else self.value(None, part, name)

        match value:
            case av.Bound(function=function, receiver=receiver):
                return av.Bound(export(function), export(receiver))
            case av.Method(name=method, receiver=receiver):
                return av.Method(method, export(receiver))
            case av.Partial(function=function, args=args, kwargs=kwargs):
                return av.Partial(export(function), tuple(map(export, args)), {k: export(v) for k, v in kwargs.items()})
            case av.Closure(code=code, frame=frame, defaults=defaults, title=title):
                if frame not in self.core.scopes():  # the names of an activation inside the arm
                    captured = captured_names(value)
                    names = {k: export(v) for k, v in captured.items()}
                    frame = Frame(code.binding(names), names, cells=cells_around(frame) or {}, owner=frame.owner)
                return av.Closure(code, frame, {k: export(v) for k, v in defaults.items()}, title)
            case av.Slice(start=start, stop=stop, step=step):
                return av.Slice(export(start), export(stop), export(step))
            case av.View(ref=ref):
                export(ref)
        return value

    def text(self, a: AbstractValue | None, b: AbstractValue | None, name: str) -> AbstractValue:
        """Texts of one form, whose holes hold the one or the other."""
        present = b if a is None else a
        assert present is not None
        if a is b:
            return present
        if a is None or b is None:
            assert isinstance(present, av.Late)
            atoms = (self.atom(x, None, "") if b is None else self.atom(None, x, "") for x in present.atoms)
            return av.Late(present.layout, tuple(atoms), present.cls)
        if not (isinstance(a, av.Late) and isinstance(b, av.Late) and (a.layout, a.cls) == (b.layout, b.cls)):
            return self.one_of(a, b, name)
        pairs = list(zip(a.atoms, b.atoms, strict=True))
        if any(x.type != y.type and joined_type(x, y, self.fresh) is None for x, y in pairs):
            return self.one_of(a, b, name)
        return av.Late(a.layout, tuple(self.atom(x, y, "") for x, y in pairs), a.cls)

    def leaves(self, a: AbstractValue | None, b: AbstractValue | None, name: str) -> AbstractValue:
        present = b if a is None else a
        if a is None or b is None:
            if isinstance(present, av.Dynamic):
                atom = self.atom(present.atom, None, name) if b is None else self.atom(None, present.atom, name)
                return self.core.value_of(atom)
            assert present is not None
            return present
        if isinstance(a, av.Known) and isinstance(b, av.Known):
            if same_known(a.value, b.value):
                return a
            if can_be_chosen(a, b):
                return self.one_of(a, b, name)
        elif isinstance(b, av.Closure | av.Bound | av.Method | av.Partial | av.Late):
            return self.one_of(a, b, name)
        return self.numbers(a, b, name)

    def either(self, ref: Ref, a: Contents, b: Contents) -> Contents:
        """An array whose memory is its own by now after one arm only."""
        assert self.condition is not None
        if isinstance(a, av.Conflict) or isinstance(b, av.Conflict):
            return a if isinstance(a, av.Conflict) else b
        refs = Ref("array"), Ref("array")
        for side, contents in enumerate((a, b)):
            self.arms[side].heap[refs[side]] = contents
        values = [self.array_in(side, ref) for side in (0, 1)]
        for side in (0, 1):
            self.export(side, refs[side], values[1 - side])
        held = next(
            x.value if isinstance(x, Shared) else x for x in (a, b) if isinstance(x, Chosen | Shared | Value | Const)
        )
        return Chosen(self.condition, *refs, held.type, None, None)

    def references(self, a: AbstractValue | None, b: AbstractValue | None, name: str) -> AbstractValue:
        if a is None or b is None:
            side, ref = (0, a) if b is None else (1, b)
            assert isinstance(ref, Ref)
            if ref in self.arms[side].heap and ref not in self.common:
                self.stand_ins.setdefault((side, ref), set()).add(ref)
            if ref not in self.heap and ref in self.arms[side].heap:
                contents = self.arms[side].heap[ref]
                if ref in self.common and ref in self.arms[1 - side].heap:
                    return ref  # from before the conditional: joined with the other arm's state by `heaps`
                self.heap[ref] = contents  # ends a cycle
                may_grow = (
                    isinstance(contents, Chosen) and self.condition is None
                )  # by one choice in each round of a loop
                if isinstance(contents, Aspect | Chosen) and not may_grow:
                    self.heap[ref] = self.exported_view(contents, side, name)
                    return ref
                if isinstance(contents, Shared) or may_grow:
                    present = self.leaf_in(side, ref)
                    if present is None:
                        self.heap[ref] = UNREADABLE
                    else:
                        self.heap[ref] = self.atom(present, None, name) if b is None else self.atom(None, present, name)
                        self.handed.append((ref, a, b))
                    return ref
                exported = self.contents(contents, None, name) if b is None else self.contents(None, contents, name)
                self.heap[ref] = exported
            return ref
        if a is b:
            return a
        if (a, b) in self.made:
            return self.made[a, b]  # type: ignore[no-any-return]  # references under pairs of references
        if not (isinstance(a, Ref) and isinstance(b, Ref) and a.kind == b.kind):
            joined = self.numbers(a, b, name)
            if self.is_array(joined):
                self.handed += [(joined, a if isinstance(a, Ref) else None, b if isinstance(b, Ref) else None)]
            return joined
        if a.kind == "array":
            joined = self.numbers(a, b, name)
            self.made[a, b] = joined
            if self.is_array(joined):
                self.handed.append((joined, a, b))
            return joined
        first, second = self.read(0, a), self.read(1, b)
        both_lists = self.is_list(first) and self.is_list(second)
        both = isinstance(first, Container) and isinstance(second, Container) and alike(first, second)
        if not (both or both_lists):
            return self.conflict(a, b, name)
        ref = Ref(a.kind)
        self.made[a, b] = ref
        self.heap[ref] = self.contents(first, second, name)
        if a in self.arms[0].heap and a not in self.common and b in self.arms[1].heap and b not in self.common:
            self.stand_ins.setdefault((0, a), set()).add(ref)
            self.stand_ins.setdefault((1, b), set()).add(ref)
        else:
            self.freeze(a, b, ref)
        return ref

    def is_array(self, joined: AbstractValue) -> TypeGuard[Ref]:
        """Whether what has been joined has memory that it may share; a NumPy number has none."""
        return isinstance(joined, Ref) and not self.core.heap.numbers.get(joined)

    def export(self, side: int, ref: Ref, otherwise: Atom | None) -> None:
        contents = self.arms[side].heap.get(ref)
        if ref not in self.heap and ref not in self.common and otherwise is not None:
            if isinstance(contents, Value | Const) and joined_type(contents, otherwise, self.fresh) is not None:
                self.stand_ins.setdefault((side, ref), set()).add(ref)
                self.heap[ref] = self.either_atom(side, contents, otherwise)
                return
            if isinstance(contents, Chosen):
                self.heap[ref] = self.exported_view(contents, side, "", otherwise)
                return
        self.references(ref, None, "") if side == 0 else self.references(None, ref, "")

    def either_atom(self, side: int, atom: Atom, otherwise: Atom | None) -> Atom:
        """An atom of one arm, with what stands for it where the other one has run."""
        return self.atom(atom, otherwise, "") if side == 0 else self.atom(otherwise, atom, "")

    def exported_view(self, contents: Aspect | Chosen, side: int, name: str, otherwise: Atom | None = None) -> Contents:
        """A view that one arm has taken, or a choice that it has made."""

        def export(atom: Atom) -> Atom:
            return self.either_atom(side, atom, None)

        for base in bases_of(contents):
            self.export(side, base, otherwise if isinstance(contents, Chosen) else None)
        if isinstance(contents, Chosen):
            flag = self.either_atom(side, contents.condition, Const(False))
            return replace(contents, condition=flag, seen=None, value=None)
        ops = tuple(replace(op, operands=(op.operands[0], *map(export, op.operands[1:]))) for op in contents.ops)
        flags = (contents.there, Const(False)) if side == 0 else (Const(False), contents.there)
        there = self.flag(flags[0], flags[1], f"has_{name or 'view'}")
        return Aspect(contents.base, ops, None, None, there)

    def contents(self, a: Contents | None, b: Contents | None, name: str) -> Contents:
        present = b if a is None else a
        if a is b or isinstance(present, HiddenInput):
            assert present is not None
            return present
        if isinstance(a, av.Conflict) or isinstance(b, av.Conflict):
            return a if isinstance(a, av.Conflict) else b  # type: ignore[return-value]  # one of them is a conflict
        if isinstance(present, Grown) and (a is None or b is None):
            columns = [self.atom(c, None, "") if b is None else self.atom(None, c, "") for c in present.columns]
            return Grown(present.element, tuple(columns), present.cls)
        if isinstance(a, Grown) or isinstance(b, Grown):
            return self.lists(a, b, name) or self.incompatible(a, b)
        if isinstance(a, Container) and isinstance(b, Container) and not alike(a, b):
            return (self.lists(a, b, name) if self.is_list(a) and self.is_list(b) else None) or self.incompatible(a, b)
        if isinstance(present, Container):
            keys = present.keys or tuple(range(len(present.values)))
            left: Any = a.values if isinstance(a, Container) else (None,) * len(keys)
            right: Any = b.values if isinstance(b, Container) else (None,) * len(keys)
            values = tuple(
                self.value(p, q, k if isinstance(k, str) else name) for k, p, q in zip(keys, left, right, strict=True)
            )
            return Container(present.cls, present.keys, values)
        if isinstance(a, Aspect) and isinstance(b, Aspect):
            return replace(a, seen=None, value=None)  # its base was written to
        if isinstance(a, Chosen):
            return replace(a, seen=None)
        assert not isinstance(a, Container | HiddenInput | Aspect | Shared), a
        assert not isinstance(b, Container | HiddenInput | Aspect | Shared | Chosen), b
        return self.atom(a, b, name)

    def incompatible(self, a: Contents | None, b: Contents | None) -> av.Conflict:
        """Two containers that are not one."""
        return av.Conflict(
            "this container differs between the branches of a conditional",
            "its keys or its length depend on a condition known at run time only",
            "let both branches leave the same keys and lengths",
        )

    def tuples(
        self, items: tuple[AbstractValue, ...], cls: type, a: AbstractValue | None, b: AbstractValue | None, name: str
    ) -> AbstractValue:
        if a is None or b is None:
            parts = [self.value(p, None, "") if b is None else self.value(None, p, "") for p in items]
            return av.Tuple(tuple(parts), cls)
        if not (isinstance(b, av.Tuple) and b.cls is cls and len(b.items) == len(items)):
            return self.conflict(a, b, name)
        return av.Tuple(tuple(self.value(p, q, "") for p, q in zip(items, b.items, strict=True)), cls)
