"""The join of lists of different lengths: a list that is known at run time only, if its elements have one structure."""

from __future__ import annotations

from pullback.frontend.abstract.heap import Contents, Grown, Heap
from pullback.frontend.abstract.patterns import IN_LIST, Pattern, is_plain, take_apart
from pullback.frontend.abstract.values import Container, Ref
from pullback.frontend.joins.sharing import Sharing
from pullback.ir.core import UNDEFINED, Atom, Const, Value
from pullback.ir.types import FLOAT, Array, List, Type, rank
from pullback.ir.variants import is_sequence
from pullback.primitives.families.lists import list_of

MIXED = Pattern("mixed")


class ListJoin(Sharing):
    """Joins lists; what `Join` adds is declared here."""

    def atom(self, a: Atom | None, b: Atom | None, name: str) -> Atom:
        """The join of two atoms; None stands for an arm that never gets here."""
        raise NotImplementedError

    defined: list[set[Value]]

    def joined(self, a: Type, b: Type) -> Type | None:
        """The type of what is of one of two types; None where there is none."""
        raise NotImplementedError

    def is_list(self, contents: Contents | None) -> bool:
        """Whether it is a list, of whatever length."""
        return isinstance(contents, Grown) or (isinstance(contents, Container) and is_sequence(contents.cls))

    def lists(self, a: Contents | None, b: Contents | None, name: str) -> Grown | None:
        """The join of two lists, at least one of which has grown or has another length; None where there is none."""
        classes = {contents.cls for contents in (a, b) if isinstance(contents, Container | Grown)}
        if len(classes) != 1:
            return None
        sides = [self.columns(side, contents) for side, contents in ((0, a), (1, b))]
        patterns = [pattern for pattern, _ in sides if pattern is not None]
        if not patterns or any(p != patterns[0] for p in patterns) or not is_plain(patterns[0]):
            return None
        width = max(len(columns) for pattern, columns in sides if pattern is not None)
        types = [self.element_type([columns[k] for _, columns in sides if columns]) for k in range(width)]
        if not types or None in types:
            return None
        for side, contents in ((0, a), (1, b)):
            self.keep(side, contents)
        atoms = []
        name = name or self.name_of(a)
        for k, element in enumerate(types):
            first, second = (self.column(s, c, sides[s][1], k, element) for s, c in enumerate((a, b)))
            atoms.append(self.atom(first, second, name if width == 1 or not name else f"{name}_{k}"))
        return Grown(patterns[0], tuple(atoms), *classes)

    def columns(self, side: int, contents: Contents | None) -> tuple[Pattern | None, list[list[Atom]]]:
        """The structure of the elements of a list, and what its columns hold; None where it has no elements."""
        if isinstance(contents, Grown):
            return contents.element, [[Value(element_of_list(column))] for column in contents.columns]
        if not (isinstance(contents, Container) and contents.values):
            return None, []
        heap = Heap(self.core.heap.outside, self.arms[side].heap, self.core.heap.frozen)

        def held(ref: Ref) -> Atom:
            found = self.array_in(side, ref)
            return UNDEFINED if found is None else found

        rows = [take_apart(item, heap, held) for item in contents.values]
        pattern = rows[0][0]
        if any(other != pattern for other, _ in rows) or any(atom is UNDEFINED for _, row in rows for atom in row):
            return MIXED, []
        if any(self.may_be_cell(side, ref) for ref in self.core.parts_of(contents)):
            return MIXED, []
        return pattern, [list(column) for column in zip(*(row for _, row in rows), strict=True)]

    def may_be_cell(self, side: int, ref: Ref) -> bool:
        """Whether it may be an array without axes, at the end of an arm."""
        held = self.array_in(side, ref) if ref.kind == "array" else None
        return held is not None and rank(held.type) == 0 and not self.number_in(side, ref)

    def element_type(self, columns: list[list[Atom]]) -> Type | None:
        """The type of what may be any element of a column."""
        atoms = [atom for column in columns for atom in column]
        if any(is_float(atom.type) for atom in atoms):
            atoms = [atom for atom in atoms if not is_int(atom)]
        found: Type | None = None
        for atom in atoms:
            found = atom.type if found is None else self.joined(found, atom.type)
            if found is None:
                return None
        return found

    def column(
        self, side: int, contents: Contents | None, columns: list[list[Atom]], k: int, element: Type | None
    ) -> Atom:
        """One column of a list as it is at the end of an arm."""
        if isinstance(contents, Grown):
            return contents.columns[k]
        items = tuple(columns[k]) if columns else ()
        if element is not None and is_float(element):
            items = tuple(Const(float(i.value)) if isinstance(i, Const) and is_int(i) else i for i in items)
        with self.core.builder.region(self.arms[side].ops):
            (made,) = self.core.builder.apply(list_of, items, {"element": element})
        assert isinstance(made, Value)
        self.defined[side].add(made)
        return made

    def name_of(self, contents: Contents | None) -> str:
        """The variable that holds a list before the join."""
        for names in self.arms[0].names:
            for name, value in names.items():
                if isinstance(value, Ref) and self.arms[0].heap.get(value) is contents and name.strip().isidentifier():
                    return name.strip()
        return ""

    def keep(self, side: int, contents: Contents | None) -> None:
        """Let nothing change the elements of a list any more."""
        if isinstance(contents, Container):
            for ref in self.core.parts_of(contents):
                for root in {ref, *self.roots(side, ref)}:
                    self.core.heap.frozen.setdefault(root, IN_LIST)


def element_of_list(column: Atom) -> Type:
    """The type of the elements of a column."""
    assert isinstance(column.type, List), column.type
    return column.type.element


def is_int(atom: Atom) -> bool:
    """Whether it is a literal int, which among floats is that float."""
    return isinstance(atom, Const) and type(atom.value) is int and abs(atom.value) <= 2**53


def is_float(t: Type) -> bool:
    if isinstance(t, Array):
        return t.dtype is not None and t.dtype.kind == "f" and t.shape == ()
    return t == FLOAT
