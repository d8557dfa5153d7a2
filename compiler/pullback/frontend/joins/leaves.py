"""The join of numbers and arrays: one atom, or another, and the type that both have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pullback.errors import DifferentiationError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Aspect, Chosen, Grown, HiddenInput, Shared
from pullback.frontend.abstract.layout import together
from pullback.frontend.abstract.state import Arm
from pullback.frontend.abstract.values import AbstractValue, Container, Ref
from pullback.frontend.joins.lists import ListJoin
from pullback.frontend.joins.sameness import exactly, same_known
from pullback.frontend.joins.sharing import UNREADABLE
from pullback.frontend.joins.types import joined_type
from pullback.ir.core import UNDEFINED, Atom, Const, Op, Value
from pullback.ir.types import (
    Array,
    Dim,
    Scalar,
    Type,
    either_dim,
    rank,
)
from pullback.primitives.inference import is_complex, is_real
from pullback.primitives.registry import PRIMITIVES

if TYPE_CHECKING:
    from pullback.frontend.joins.conditionals import Joins


class LeafJoin(ListJoin):
    """Joins numbers and arrays; `yielded` collects (atom of one, atom of the other, result)."""

    def __init__(self, core: Joins, then: Arm, other: Arm, condition: Atom | None = None) -> None:
        super().__init__(core, then, other, condition)
        self.yielded: list[tuple[Atom, Atom, Value]] = []
        self.made: dict[tuple[Any, Any], Any] = {}
        self.defined = [{result for op in arm.ops for result in op.results} for arm in self.arms]

    def numbers(self, a: AbstractValue, b: AbstractValue, name: str) -> AbstractValue:
        """Join numbers and arrays, in any mix that has a type."""
        atoms = [self.leaf_in(0, a), self.leaf_in(1, b)]
        if atoms[0] is not None and atoms[1] is not None:
            floats = self.as_float(0, atoms[0], atoms[1]), self.as_float(1, atoms[1], atoms[0])
            pairs = zip(atoms, self.adapted(*floats), strict=True)
            self.core.session.promotions += any(given is not adapted for given, adapted in pairs)
            atoms = [*floats]
        for atom, value in zip(atoms, (a, b), strict=True):
            if atom is None and isinstance(value, Ref) and value.kind == "array":
                return UNREADABLE
        if atoms[0] is None or atoms[1] is None:
            return self.conflict(a, b, name)
        if joined_type(*self.adapted(atoms[0], atoms[1]), self.fresh) is None:
            return self.one_of(a, b, name)
        atom = self.atom(*self.adapted(atoms[0], atoms[1]), name)
        if isinstance(atom.type, Array):
            ref = Ref("array")
            self.heap[ref] = atom
            self.describe_memory(ref, a, b)
            return ref
        return av.Dynamic(atom)

    def one_of(self, a: AbstractValue | None, b: AbstractValue | None, name: str) -> AbstractValue:
        """The join of things that have no common type."""
        raise NotImplementedError

    def describe_memory(self, ref: Ref, a: AbstractValue, b: AbstractValue) -> None:
        """What is known of one of two arrays or NumPy numbers: whether it is a number, and how it lies in memory."""
        heap = self.core.heap
        pair = [(side, value) for side, value in enumerate((a, b)) if isinstance(value, Ref)]
        order = together(heap.contiguous.get(value) for _, value in pair)
        if order is not None:
            heap.contiguous[ref] = order
        held = self.heap[ref]
        if isinstance(held, Value) and rank(held.type) == 0:
            heap.numbers |= {value: self.number_in(side, value) for side, value in pair}
            numbers = {heap.numbers[value] for _, value in pair} | ({True} if len(pair) < 2 else set())
            heap.numbers[ref] = numbers.pop() if len(numbers) == 1 else None

    def as_float(self, side: int, atom: Atom, other: Atom) -> Atom:
        """A dynamic int that meets a Python float is converted at the end of its arm; both are, by a complex number."""
        kind = atom.type.kind if isinstance(atom, Value) and isinstance(atom.type, Scalar) else None
        wanted = other.type.kind if isinstance(other.type, Scalar) else None
        if (kind, wanted) not in (("int", "float"), ("int", "complex"), ("float", "complex")):
            return atom
        if (atom, side) not in self.made:
            convert = PRIMITIVES[wanted]  # type: ignore[index]  # not None by the check above
            result = Value(other.type, "", self.core.loc)
            self.arms[side].ops.append(Op(convert, (atom,), {}, (result,), (), self.core.loc))
            self.defined[side].add(result)
            self.made[atom, side] = result
        return self.made[atom, side]  # type: ignore[no-any-return]  # values

    def leaf_in(self, side: int, value: AbstractValue) -> Atom | None:
        if isinstance(value, Ref):
            return self.array_in(side, value) if value.kind == "array" else None
        return self.core.leaf(value)

    def array_in(self, side: int, ref: Ref) -> Atom | None:
        """What an array holds at the end of an arm; None where it must not be read."""
        match self.read(side, ref):
            case HiddenInput(key=key):
                return self.core.hidden_value(key)
            case Container() | Grown() | av.Conflict():
                return None
            case Aspect() as aspect:
                base = self.array_in(side, aspect.base)
                if base is aspect.seen or base is None:
                    return None if base is None else aspect.value
                ops = self.arms[side].ops
                with self.core.builder.region(ops):
                    value = self.core.view_of(aspect, base)
                self.defined[side] |= {result for op in ops for result in op.results}
                return value
            case Shared(value=value) as shared:
                return value if self.core.heap.holds_still(shared, self.arms[side].heap) else None
            case Chosen():
                return self.chosen_in(side, ref)
            case atom:
                return atom

    def chosen_in(self, side: int, ref: Ref) -> Atom | None:
        """What an array that is one of two holds at the end of an arm."""
        arm, heap = self.arms[side], self.core.heap.snapshot()
        self.core.heap.restore(arm.heap)
        try:
            with self.core.builder.region(arm.ops):
                value = self.core.atom(ref)
            arm.heap[ref] = self.core.heap.cells[ref]
        except DifferentiationError:
            return None
        finally:
            self.core.heap.restore(heap)
        self.defined[side] |= {result for op in arm.ops for result in op.results}
        return value

    @staticmethod
    def adapted(a: Atom, b: Atom) -> tuple[Atom, Atom]:
        """An int constant that meets a float is that float, a real one that meets a complex number is that number."""

        def adapt(x: Atom, other: Type) -> Atom:
            if not isinstance(x, Const) or rank(other) != 0:
                return x
            if type(x.value) is int and abs(x.value) <= 2**53 and (is_real(other) or is_complex(other)):
                x = Const(float(x.value))
            return Const(complex(x.value)) if type(x.value) is float and is_complex(other) else x

        return adapt(a, b.type), adapt(b, a.type)

    def atom(self, a: Atom | None, b: Atom | None, name: str) -> Atom:
        """The join of two atoms; None stands for an arm that never gets here."""
        if a is None or b is None:
            side, present = (0, a) if b is None else (1, b)
            if present not in self.defined[side]:
                assert present is not None
                return present
        elif a is b or (isinstance(a, Const) and isinstance(b, Const) and same_known(a.value, b.value)):
            return a
        pair = exactly(a), exactly(b)
        if pair not in self.made:
            left, right = a or UNDEFINED, b or UNDEFINED
            joined = joined_type(left, right, self.fresh)
            assert joined is not None
            named = next((x.name for x in (left, right) if isinstance(x, Value) and x.name == name), name)
            if not name:
                named = next((x.name for x in (left, right) if isinstance(x, Value)), "")
            result = Value(joined, named.strip(), self.core.loc)
            self.yielded.append((left, right, result))
            self.made[pair] = result
        return self.made[pair]  # type: ignore[no-any-return]  # values are kept under pairs of atoms

    def fresh(self, a: Dim, b: Dim) -> Dim:
        """A dimension that is one or the other."""
        return either_dim(self.core.session.fresh_dimension(), a, b)

    def joined(self, a: Type, b: Type) -> Type | None:
        """The type of what is of one of two types; None where there is none."""
        return joined_type(Value(a), Value(b), self.fresh)

    def conflict(self, a: AbstractValue, b: AbstractValue, name: str) -> av.Conflict:
        what = f"`{name}`" if name else "the result"
        kinds = [self.core.describe(x) for x in (a, b)]
        return av.Conflict(
            f"{what} is {kinds[0]} in one branch and {kinds[1]} in the other",
            "which one it is depends on a condition known at run time only",
            "let both branches give the same kind of value",
        )
