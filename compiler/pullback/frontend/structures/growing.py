"""Lists that grow or shrink at run time: one IR list per leaf of their elements.

What is put into such a list may not be changed any more: nobody could tell which element of the list a change would
be seen in. Neither may what is read from it.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pullback.errors import AliasingError, DifferentiationError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Contents, Grown
from pullback.frontend.abstract.patterns import IN_LIST, is_plain, take_apart
from pullback.frontend.abstract.rebuilding import Rebuilder
from pullback.frontend.abstract.values import AbstractValue, Container, Ref, is_none
from pullback.frontend.abstract.views import roots_of
from pullback.frontend.base.outside import COLLECTED
from pullback.frontend.joins.types import joined_type
from pullback.frontend.operations.mutation import Mutation
from pullback.ir.core import Atom, Const, Value
from pullback.ir.regions import LOOPS, Loop
from pullback.ir.types import Dim, List, Scalar, Type, either_dim, is_index, rank
from pullback.primitives.expr import Expr
from pullback.primitives.families.list_arrays import array_of, list_rows
from pullback.primitives.registry import PRIMITIVES, NotCovered

OF_LISTS = frozenset([np.array, np.asarray, np.stack, np.concatenate, np.concat, np.vstack, np.hstack, np.column_stack])


class Growing(Mutation):
    """Operations on lists of unknown length; every other one says that it needs the length."""

    def grown(self, value: AbstractValue | None) -> Grown | None:
        """What a list or an iterator of unknown length holds; None for anything else. The iterator is consumed."""
        contents = self.heap.read(value) if isinstance(value, Ref) and value.kind in ("list", "iterator") else None
        if not isinstance(contents, Grown):
            return None
        if isinstance(value, Ref) and value.kind == "iterator":
            self.write(value, Container(object, (), ()))
        return contents

    def needs_length(self, grown: Grown) -> Exception:
        """The error where the items of a list must be known one by one."""
        need = self.needs_static(grown.columns[0], "the length of this list")
        if isinstance(need, av.NeedsUnrolling):
            return need
        self.count_if_possible()
        return self.refusal(
            "this use of a list needs its length, which is known at run time only",
            "it grows or shrinks in a loop, or in one branch of a conditional",
            "append, index, slice, iterate, `len`, `sum`, `max`, `np.array`, `np.stack` and `np.concatenate` work",
        )

    def count_if_possible(self) -> None:
        """Start again with comprehensions whose items are counted when compiling, where an int parameter or the length
        of an array among the arguments says how many there are: lists of known length may do more.
        """
        for node, bounds in self.session.counts:
            if all(isinstance(bound, Const) for bound in bounds):
                raise av.NeedsUnrolling(node)
            for bound in bounds:
                need = None if isinstance(bound, Const) else self.needs_static(bound, "the length of this list")
                if isinstance(need, DifferentiationError):
                    need = self.sampled_dimension(bound.type.extent if isinstance(bound.type, Scalar) else None)
                if isinstance(need, av.NeedsStaticParameter | av.NeedsUnrolling):
                    raise need

    def column(self, name: str, *operands: Any, **attrs: Any) -> Atom:
        """Apply a primitive of lists."""
        atoms = tuple(o if isinstance(o, Value | Const) else Const(o) for o in operands)
        (result,) = self.builder.apply(PRIMITIVES[name], atoms, attrs)
        return result

    def mapped(self, grown: Grown, name: str, *operands: Any, **attrs: Any) -> Grown:
        """A list each of whose columns a primitive makes of the one of another list."""
        return Grown(grown.element, tuple(self.column(name, c, *operands, **attrs) for c in grown.columns))

    def new_list(self, grown: Grown) -> Ref:
        return self.heap.new("list", grown)

    def name_list(self, column: Atom, name: str) -> None:
        """Give a list that is nobody's yet the name of the variable that it is first bound to, while it grows, too."""
        pending = [column]
        while pending:
            atom = pending.pop()
            op = self.session.producers.get(atom) if isinstance(atom, Value) else None
            if op is None or not isinstance(atom, Value) or atom.name not in ("", COLLECTED.strip()):
                continue
            object.__setattr__(atom, "name", name)
            if op.prim in LOOPS and atom in Loop(op).final:
                k = Loop(op).final.index(atom)
                object.__setattr__(Loop(op).carried[k], "name", name)
                pending += [Loop(op).initial[k], Loop(op).next[k]]

    # Reading.

    def grown_item(self, grown: Grown, key: AbstractValue) -> AbstractValue:
        """`xs[k]` and `xs[a:b]`."""
        if isinstance(key, av.Slice):
            bounds = [self.bound_of_slice(part) for part in (key.start, key.stop, key.step)]
            return self.new_list(self.mapped(grown, "list_slice", *bounds))
        k = self.place(key)
        return self.element_of(grown, [self.column("list_get", column, k) for column in grown.columns])

    def chosen_from(self, ref: Ref, key: AbstractValue) -> Grown | None:
        """A list of known items, of which only the run tells which one is read; None where the items cannot be told
        apart by an index only, or the index can be known after all.
        """
        atom = self.leaf(key) if not isinstance(key, av.Slice) else None
        items = self.heap.container(ref).values
        if not isinstance(atom, Value) or not is_index(atom.type) or not items:
            return None
        if not isinstance(self.needs_static(atom, "an index into a list"), DifferentiationError):
            return None
        return self.indexable(list(items))

    def indexable(self, items: list[AbstractValue]) -> Grown | None:
        """Known items as a list that can be read by an index known at run time only; None where they are not alike."""
        pattern, atoms = take_apart(items[0], self.heap, self.atom)
        if not atoms or not is_plain(pattern):
            return None
        if any(take_apart(item, self.heap, self.atom)[0] != pattern for item in items):
            return None
        like = Grown(pattern, tuple(Value(List(atom.type)) for atom in atoms))
        return self.as_grown(like, items)

    def element_of(self, grown: Grown, atoms: Sequence[Atom]) -> AbstractValue:
        """An element from its leaves. Nobody may change it."""
        leaves = iter(atoms)
        rebuild = Rebuilder(self.heap, lambda t, path: next(leaves), loc=self.loc)
        value = rebuild(grown.element)
        for ref in rebuild.shared:
            if isinstance(ref, Ref):
                self.heap.frozen[ref] = IN_LIST
        return value

    def place(self, key: AbstractValue) -> Atom:
        """An index."""
        if not is_index(self.type_of(self.checked(key))):
            raise self.refusal(f"a list is indexed by {self.describe(key)}", "Python raises TypeError here", "use ints")
        atom = self.leaf(key)
        assert atom is not None
        return Const(int(atom.value)) if isinstance(atom, Const) else atom

    def bound_of_slice(self, value: AbstractValue) -> Atom:
        return Const(None) if isinstance(value, av.Known) and value.value is None else self.place(value)

    def grown_length(self, grown: Grown) -> AbstractValue:
        """`len(xs)`."""
        t = grown.columns[0].type
        assert isinstance(t, List), t
        return self.value_of(self.column("list_length", grown.columns[0]))

    def grown_truth(self, grown: Grown) -> Atom:
        """Whether a list has elements."""
        length = self.leaf(self.grown_length(grown))
        assert length is not None
        return self.column("greater", length, 0)

    def argument(self, function: Any, value: AbstractValue) -> Any:
        """What the meaning of a function is given for a value."""
        grown = self.grown(self.checked(value))
        if grown is not None and grown.element.kind == "leaf" and function in OF_LISTS:
            return Expr(self.builder, grown.columns[0])
        return self.lower(value)

    def lowered_list(self, grown: Grown) -> Any:
        """The array that NumPy makes of a list."""
        if grown.element.kind == "leaf":
            try:
                return array_of(Expr(self.builder, grown.columns[0]), None)
            except NotCovered as error:
                raise self.refusal(str(error), "it has two dimensions that vary", "write a loop") from error
        flat = grown.element.kind in ("tuple", "container") and all(c.kind == "leaf" for c in grown.element.children)
        is_row = flat and (grown.element.kind == "tuple" or grown.element.tag[0] == "list")
        if is_row and len({self.rank_in(column) for column in grown.columns}) == 1:
            return list_rows(*(Expr(self.builder, column) for column in grown.columns))
        self.count_if_possible()
        raise self.refusal(
            "a list of structures is used as an array",
            "its elements are not all numbers, or arrays, or plain tuples of those",
            "make one list for each part of its elements",
        )

    def rank_in(self, column: Atom) -> int | None:
        assert isinstance(column.type, List), column.type
        return rank(column.type.element)

    def only_column(self, grown: Grown, what: str) -> Atom:
        """The column of a list of numbers or arrays."""
        if grown.element.kind != "leaf" or isinstance(self.element_type(grown, 0), List):
            raise self.refusal(f"{what} of a list of structures", "its elements are no numbers", "write a loop")
        return grown.columns[0]

    def element_type(self, grown: Grown, k: int) -> Type:
        t = grown.columns[k].type
        assert isinstance(t, List), t
        return t.element

    def grown_sum(self, grown: Grown, start: AbstractValue) -> AbstractValue:
        """`sum(xs, start)`."""
        column = self.only_column(grown, "`sum`")
        first = self.leaf(start)
        if first is None:
            raise self.refusal(f"`sum` starts with {self.describe(start)}", "it is no number", "start with a number")
        return self.value_of(self.column("list_sum", column, first))

    def grown_extreme(self, grown: Grown, name: str) -> AbstractValue:
        """`max(xs)` or `min(xs)`: the first element that is largest or smallest."""
        column = self.only_column(grown, f"`{name}`")
        if rank(self.element_type(grown, 0)) != 0:
            raise self.refusal(f"`{name}` of a list of arrays", "Python raises ValueError here", f"use `np.{name}`")
        place = self.column(f"list_arg{name}", column)
        return self.element_of(grown, [self.column("list_get", column, place)])

    def grown_quantified(self, grown: Grown, name: str) -> AbstractValue:
        """`any(xs)` or `all(xs)`."""
        column = self.only_column(grown, f"`{name}`")
        if rank(self.element_type(grown, 0)) != 0:
            raise self.refusal(f"`{name}` of a list of arrays", "Python raises ValueError here", f"use `np.{name}`")
        return self.value_of(self.column(f"list_{name}", column))

    # Changing.

    def write(self, ref: Ref, contents: Contents) -> None:
        """Change a container, unless it must stay as it is."""
        raise NotImplementedError

    def grown_append(self, ref: Ref, grown: Grown, item: AbstractValue) -> None:
        """`xs.append(item)`."""
        atoms = self.leaves_for(grown, item, "appended")
        columns = []
        for k, (column, atom) in enumerate(zip(grown.columns, atoms, strict=True)):
            columns.append(self.column("list_append", column, atom, element=self.widened(grown, k, atom)))
        self.write(ref, Grown(grown.element, tuple(columns), grown.cls))

    def grown_set(self, ref: Ref, grown: Grown, key: AbstractValue, item: AbstractValue) -> None:
        """`xs[k] = item`."""
        if isinstance(key, av.Slice):
            self.grown_replace(ref, grown, key, item)
            return
        place, atoms = self.place(key), self.leaves_for(grown, item, "assigned to an element of a list")
        columns = []
        for k, (column, atom) in enumerate(zip(grown.columns, atoms, strict=True)):
            columns.append(self.column("list_set", column, atom, place, element=self.widened(grown, k, atom)))
        self.write(ref, Grown(grown.element, tuple(columns), grown.cls))

    def grown_extend(self, ref: Ref, grown: Grown, items: AbstractValue) -> None:
        """`xs.extend(items)`."""
        self.write(ref, replace(self.chained(grown, items), cls=grown.cls))

    def chained(self, grown: Grown, items: AbstractValue) -> Grown:
        """The elements of a list, and then those of another."""
        other = self.grown(items) or self.as_grown(grown, self.items_of(items, "`extend`"))
        if other.element != grown.element:
            raise self.unlike("put")
        columns = []
        for k, (a, b) in enumerate(zip(grown.columns, other.columns, strict=True)):
            columns.append(
                self.column("list_extend", a, b, element=self.widened(grown, k, Value(self.element_type(other, k))))
            )
        return Grown(grown.element, tuple(columns))

    def as_grown(self, like: Grown, items: list[AbstractValue]) -> Grown:
        """Known items as a list of unknown length, of the structure of another one."""
        rows = [self.leaves_for(like, item, "put") for item in items]
        columns = []
        for k in range(len(like.columns)):
            element = self.element_type(like, k)
            for row in rows:
                element = self.widened(Grown(like.element, (Value(List(element)),)), 0, row[k])
            columns.append(self.column("list_of", *(row[k] for row in rows), element=element))
        return Grown(like.element, tuple(columns))

    def grown_pop(self, ref: Ref, grown: Grown, key: AbstractValue) -> AbstractValue:
        """`xs.pop(k)`."""
        place = self.place(key)
        atoms = [self.column("list_get", column, place) for column in grown.columns]
        popped = self.element_of(grown, atoms)
        if place in (Const(0), Const(-1)):
            name, pairs = "list_rest" if place == Const(0) else "list_drop", zip(grown.columns, atoms, strict=True)
            rest = Grown(grown.element, tuple(self.column(name, column, atom) for column, atom in pairs))
        else:
            if not isinstance(place, Const):
                key = self.binary(ast.Mod, key, self.grown_length(grown))  # from the left
                place = self.place(key)
            after = self.place(self.binary(ast.Add, key, av.Known(1)))
            rest = self.chained(self.stretch(grown, None, place), self.new_list(self.stretch(grown, after, None)))
        self.write(ref, replace(rest, cls=grown.cls))
        return popped

    def stretch(self, grown: Grown, start: Any, stop: Any) -> Grown:
        """`xs[start:stop]`."""
        return self.mapped(grown, "list_slice", start, stop, None)

    def grown_insert(self, ref: Ref, grown: Grown, key: AbstractValue, item: AbstractValue) -> None:
        """`xs.insert(k, item)`."""
        place = self.place(key)
        if place == Const(0):
            atoms = self.leaves_for(grown, item, "put")
            columns = []
            for k, (column, atom) in enumerate(zip(grown.columns, atoms, strict=True)):
                columns.append(self.column("list_prepend", column, atom, element=self.widened(grown, k, atom)))
            self.write(ref, Grown(grown.element, tuple(columns), grown.cls))
            return
        before = self.chained(self.stretch(grown, None, place), self.heap.list_of((item,)))
        whole = self.chained(before, self.new_list(self.stretch(grown, place, None)))
        self.write(ref, replace(whole, cls=grown.cls))

    def grown_replace(self, ref: Ref, grown: Grown, key: av.Slice, items: AbstractValue) -> None:
        """`xs[a:b] = items`; of `del xs[a:b]` nothing is put there."""
        if not is_none(key.step):
            raise self.refusal(
                "a slice of a list is assigned or deleted, with a step",
                "its length is known at run time only",
                "assign to the elements in a loop",
            )
        start, stop = self.edges(grown, key)
        before = self.chained(self.stretch(grown, None, start), items)
        rest = self.new_list(self.stretch(grown, stop, None))
        whole = before if stop is None else self.chained(before, rest)
        self.write(ref, replace(whole, cls=grown.cls))

    def edges(self, grown: Grown, key: av.Slice) -> tuple[Any, Any]:
        """Where what a slice replaces begins, and where the rest does: never before that; None is the end."""
        start = Const(0) if is_none(key.start) else self.place(key.start)
        if is_none(key.stop):
            return start, None
        stop = self.place(key.stop)
        known = isinstance(start, Const) and isinstance(stop, Const) and (start.value < 0) == (stop.value < 0)
        if known or start == Const(0):
            later = isinstance(start, Const) and isinstance(stop, Const) and known and stop.value < start.value
            return start, start if later else stop
        first, last = (self.from_left(grown, end) for end in (key.start, key.stop))
        return self.place(first), self.place(self.call(av.Known(max), [first, last], {}))

    def from_left(self, grown: Grown, end: AbstractValue) -> AbstractValue:
        """A bound of a slice, counted from the left and inside the list."""
        length = self.grown_length(grown)
        negative = self.truth(self.compare(ast.Lt, end, av.Known(0)))

        def from_right() -> AbstractValue:
            return self.call(av.Known(max), [self.binary(ast.Add, end, length), av.Known(0)], {})

        def inside() -> AbstractValue:
            return self.call(av.Known(min), [end, length], {})

        if isinstance(negative, bool):
            return from_right() if negative else inside()
        return self.choose(negative, from_right, inside)

    def leaves_for(self, grown: Grown, item: AbstractValue, what: str) -> list[Atom]:
        """The leaves of what is put into a list, which nobody may change from now on."""
        pattern, atoms = take_apart(self.checked(item), self.heap, self.atom)
        if pattern != grown.element or not is_plain(pattern):
            raise self.unlike(what)
        for ref in self.parts_of(item):
            if ref.kind == "array" and rank(self.atom(ref).type) == 0 and not self.is_numpy_number(ref):
                raise self.refusal(
                    f"a 0-d array is {what} to a list",
                    "whoever reads it could change it in place, as no number can be",
                    "make a number of it (`float(x)`, `x[()]`)",
                    kind=AliasingError,
                )
            for root in {ref, *(roots_of(ref, self.heap) if ref.kind == "array" else ())}:
                self.heap.frozen.setdefault(root, IN_LIST)
        return atoms

    def unlike(self, what: str) -> DifferentiationError:
        self.count_if_possible()
        return self.refusal(
            f"something else is {what} than the list holds",
            "its length is known at run time only, so that all of its elements must have one structure",
            "use one list for each kind of element",
        )

    def widened(self, grown: Grown, k: int, atom: Atom) -> Type:
        """The type of the elements of a column, one more counted in."""
        t = joined_type(Value(self.element_type(grown, k)), atom, self.either_dimension)
        if t is None:
            raise self.unlike("put")
        return t

    def either_dimension(self, a: Dim, b: Dim) -> Dim:
        return either_dim(self.session.fresh_dimension(), a, b)

    def parts_of(self, value: AbstractValue | Container) -> set[Ref]:
        """The arrays and containers that a value is made of."""
        found: set[Ref] = set()
        pending: list[Any] = [value]
        while pending:
            part = pending.pop()
            if isinstance(part, Ref) and part not in found:
                found.add(part)
                contents = self.heap.read(part)
                pending += contents.values if isinstance(contents, Container) else ()
            pending += part.items if isinstance(part, av.Tuple) else ()
            pending += part.values if isinstance(part, Container) else ()
        return found
