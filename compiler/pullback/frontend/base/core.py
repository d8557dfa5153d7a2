"""The way between abstract values and pens: what every later layer works with.

The interpreter is one class, built up file by file, each a layer over the one before:

    base         Interpreter, Refusals, Core, Absence (values that may be absent), References (objects of libraries),
                 Outside (globals, closure cells)
    joins        Joins (conditionals known at run time), Choices (arrays chosen at run time), Alternatives
    operations   Operators, Comparisons, Mutation
    structures   growing lists, containers of all kinds, Objects, local classes
    calls        Effects, Draws, Library, Builtins, Iterables, Calls, Callees, Functionals, Generators
    control      Expressions, Sources, Loops, Comprehensions, Matching, Exceptions, Managers, Statements
"""

from __future__ import annotations

import ast
import enum
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

import pullback.primitives.tables  # noqa: F401  # fills the tables
from pullback.errors import AliasingError, DifferentiationError, MissingRuleError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Aspect, Chosen, Grown, HiddenInput, Shared
from pullback.frontend.abstract.layout import MADE
from pullback.frontend.abstract.numbers import gives_number
from pullback.frontend.abstract.values import AbstractValue, Container, Ref
from pullback.frontend.abstract.views import contents_of, pens_in, with_known
from pullback.frontend.base.refusals import NUMBERS, Refusals
from pullback.ir.core import UNDEFINED, Atom, Block, Const, Loc, Op, Value
from pullback.ir.opaque import Opaque, opaque_type
from pullback.ir.regions import CALL, IF
from pullback.ir.types import Array, Dim, Handle, Scalar, ShapesDisagree, Sym, Type, dims_of, is_numeric, rank
from pullback.primitives.expr import Expr
from pullback.primitives.registry import NeedsStatic, NotCovered

LONGEST_TAKEN_APART = 64  # items of an array that are told one by one, where each must be known


class Core(Refusals):
    """Atoms, pens and values; see the module's docstring."""

    def atom(self, ref: Ref) -> Atom:
        """What an array reference holds now."""
        contents = self.heap.read(ref)
        match contents:
            case HiddenInput(key=key):
                return self.hidden_value(key)
            case Aspect():
                base = self.atom(contents.base)
                if base is contents.seen and contents.value is not None:
                    return contents.value
                value = self.view_of(contents, base)
                self.heap.cells[ref] = replace(contents, seen=base, value=value)
                return value
            case Shared(value=value, loc=loc):
                if not self.heap.holds_still(contents):
                    raise self.aliasing("this array is read", loc, "since then the other array has been written to")
                return value
            case Chosen():
                return self.chosen(ref, contents)
            case av.Conflict():
                self.checked(ref)
        assert not isinstance(contents, Container | av.Conflict | Grown), contents
        return contents

    def view_of(self, aspect: Aspect, base: Atom) -> Atom:
        """The view of what its base holds now, on the paths that have taken it."""
        if self.facts.truth(aspect.there):
            return aspect.of(base, self.builder)
        with self.builder.region() as ops:
            value = aspect.of(base, self.builder)
        blocks = Block((), tuple(ops), (value,)), Block((), (), (UNDEFINED,))
        result = Value(value.type, "", self.loc)
        self.builder.emit(Op(IF, (aspect.there,), {}, (result,), blocks, self.loc))
        return result

    def aliasing(self, what: str, loc: Loc | None, more: str) -> DifferentiationError:
        """The refusal of an array that may share memory with another."""
        where = "" if loc is None else f" (line {loc.line})"
        return self.refusal(
            f"{what} that may share memory with another{where}",
            f"NumPy decides at run time whether it does; {more}",
            "take a copy where the array is made (`.copy()`)",
            kind=AliasingError,
        )

    def hidden_value(self, key: int) -> Value:
        """The parameter through which the current function reads a hidden input."""
        if key not in self.unit.hidden:
            array = self.session.hidden[key]
            self.unit.hidden[key] = Value(array.type, array.name, self.loc)
        return self.unit.hidden[key]

    def leaf(self, value: AbstractValue) -> Atom | None:
        """The atom of a dynamic value or a known number."""
        match value:
            case av.OneOf():
                raise av.Undecided(value)
            case av.Dynamic(atom=atom):
                return atom
            case Ref(kind="array"):
                return self.atom(value)
            case av.Known(value=known) if isinstance(known, NUMBERS):
                return Const(known)
        return None

    def type_of(self, value: AbstractValue) -> Type | None:
        """The IR type of a dynamic value or a known number."""
        atom = self.leaf(value)
        return None if atom is None else atom.type

    def array(self, atom: Atom) -> Ref:
        """A fresh reference to an array."""
        return self.heap.new("array", atom)

    def value_of(self, atom: Atom) -> AbstractValue:
        """The abstract value of an atom."""
        if isinstance(atom, Const) and not isinstance(atom.value, np.ndarray):
            return av.Known(atom.value)
        return self.array(atom) if isinstance(atom.type, Array) else av.Dynamic(atom)

    def lower(self, value: AbstractValue) -> Any:
        """What a meaning is given for a value: a pen, a Python value, or a container of those."""
        match self.checked(value):
            case av.Known(value=known) if opaque_type(known) is None:
                return known.value if isinstance(known, enum.Enum) and isinstance(known, int | float | str) else known
            case av.Dynamic(atom=atom) if not isinstance(atom.type, Handle | Opaque):
                return Expr(self.builder, atom)
            case av.Tuple(items=items):
                return tuple(map(self.lower, items))
            case av.Slice(start=start, stop=stop, step=step):
                return slice(self.lower(start), self.lower(stop), self.lower(step))
            case Ref(kind="array") as ref:
                return Expr(self.builder, self.lend(ref))
            case Ref(kind="list") as ref if isinstance(grown := self.heap.read(ref), Grown):
                return self.lowered_list(grown)
            case Ref(kind="list") as ref:
                return [self.lower(item) for item in self.heap.container(ref).values]
            case Ref(kind="dict") as ref:
                held = self.heap.container(ref)
                return {k: self.lower(v) for k, v in zip(held.keys, held.values, strict=True)}
            case av.View() | Ref(kind="iterator") as source:
                return [self.lower(item) for item in self.items_of(source, "this")]
        if isinstance(value, av.Late):
            raise self.must_be_known(value)
        raise self.refusal(
            f"{self.describe(value)} is used where a number or an array is expected",
            "NumPy would see an object, which has no derivative",
            "pass its numbers or arrays instead",
        )

    def lift(self, result: Any, inputs: set[Value], what: str) -> AbstractValue:
        """The abstract value of what a meaning returned; arrays may be views of its inputs."""
        match result:
            case Expr(atom=Value(type=Array()) as atom):
                return self.returned(atom, inputs, what)
            case Expr(atom=atom):
                return self.value_of(atom)
            case tuple():
                cls = type(result) if hasattr(result, "_fields") else tuple  # what np.linalg.eigh returns has names
                return av.Tuple(tuple(self.lift(item, inputs, what) for item in result), cls)
            case list():
                return self.heap.list_of(tuple(self.lift(item, inputs, what) for item in result))
        return av.Known(result)

    def returned(self, atom: Value, inputs: set[Value], what: str) -> Ref:
        """A reference to an array or a NumPy number that a meaning has returned."""
        contents, order = contents_of(atom, inputs, self.lent, self.session.producers, self.heap, what, self.loc)
        number: bool | None = None
        if rank(atom.type) == 0:
            given = [self.was_number(value) for value in inputs]
            number = gives_number(what, self.session.producers.get(atom), given)
        ref = self.heap.new("array", atom if number else contents)
        if rank(atom.type) == 0:
            self.heap.numbers[ref] = number
        elif order is not None:
            self.heap.contiguous[ref] = order
        return ref

    def was_number(self, value: Value) -> bool | None:
        """Whether what a meaning was given is a NumPy number."""
        found = {rank(value.type) == 0 and self.is_numpy_number(ref) for ref in self.lent.get(value, ())}
        return found.pop() if len(found) == 1 else None

    def is_numpy_number(self, ref: Ref) -> bool | None:
        """Whether what has no axes is a NumPy number, and no array; None where only the run tells."""
        if ref in self.heap.numbers:
            return self.heap.numbers[ref]
        contents = self.heap.read(ref)
        if isinstance(contents, HiddenInput):
            return not isinstance(self.session.hidden[contents.key].sample, np.ndarray)
        if isinstance(contents, Const):
            return not isinstance(contents.value, np.ndarray)
        if not isinstance(contents, Value):
            return None
        if contents in self.session.leaves:
            return not isinstance(self.session.leaves[contents][2], np.ndarray)
        op = self.session.producers.get(contents)
        return None if op is None or op.blocks or op.prim is CALL else True

    def apply(self, meaning: Callable[..., Any], what: str, *args: Any, **kwargs: Any) -> AbstractValue:
        """Call a meaning on pens, turning what it raises into refusals."""
        try:
            result = self.lift(meaning(*args, **kwargs), {*pens_in(args), *pens_in(kwargs)}, what)
            if isinstance(result, Ref) and any(isinstance(a, str) and a == "F" for a in (*args, *kwargs.values())):
                self.heap.contiguous.pop(result, None)  # `order="F"`, wherever the function takes it
            return result
        except NeedsStatic as need:
            if (known := self.made_of_known(need.pen.atom)) is not None:
                given = with_known((args, kwargs), need.pen.atom, known)
                if any(True for _ in pens_in(given)):
                    return self.apply(meaning, what, *given[0], **given[1])
            way_out = f"branch on it (`if {need.parameter} == 0: ...`), or make it a constant, or an int parameter"
            raise self.needs_static(need.pen.atom, f"`{need.parameter}` of {what}", way_out) from need
        except NotCovered as error:
            raise self.refusal(
                f"{what} is used in a way that has no derivative rule",
                str(error),
                "write it with the parameters that are supported",
                kind=MissingRuleError,
            ) from error
        except ShapesDisagree as error:
            raise self.users_error(error) from error
        except (TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError) as error:
            raise self.not_surely(self.users_error(error)) from error

    def made_of_known(self, atom: Atom) -> Any:
        """The numbers of a small array that is computed from known ones, as lists; None for any other."""
        value = self.numbers_of(atom)
        return None if value is None else np.asarray(value).tolist()

    def numbers_of(self, atom: Atom) -> Any:
        if isinstance(atom, Const):
            return atom.value
        op = self.session.producers.get(atom) if isinstance(atom, Value) else None
        if op is None or op.blocks or not (op.prim.name in MADE or op.prim.kind == "elementwise"):
            return None
        sizes = dims_of(op.results[0].type)
        known = [n for n in sizes or () if isinstance(n, int)]
        if sizes is None or len(known) < len(sizes) or math.prod(known) > 1000:
            return None
        operands = [self.numbers_of(o) for o in op.operands]
        return None if any(o is None for o in operands) else op.prim.evaluate(*operands, **op.attrs)

    def lend(self, ref: Ref) -> Atom:
        """What an array holds, given to a meaning that may return a view of it."""
        atom = self.atom(ref)
        if isinstance(atom, Value):
            others = [other for other in self.lent.get(atom, ()) if other is not ref and self.heap.holds(other)]
            self.lent[atom] = [*others, ref]
        return atom

    def is_numeric(self, value: AbstractValue) -> bool:
        """Whether a value is a number or an array."""
        t = self.type_of(value)
        return t is not None and is_numeric(t)

    def is_big(self, value: AbstractValue) -> bool:
        """Whether a value is an array that may have axes."""
        t = self.type_of(value)
        return isinstance(t, Array) and dims_of(t) != ()

    # Values that must be known at compile time.

    def needs_static(self, atom: Atom, use: str, way_out: str = "make it a constant, or an int parameter") -> Exception:
        """The error that makes the compile restart with a parameter's value, or a refusal where that cannot help."""
        names: dict[str, None] = {}
        leaves = list(self.sources(atom, names))
        refusal = self.refusal(
            f"{use} is known at run time only",
            "the generated code is specialised to it" + (f"; it is computed from {', '.join(names)}" if names else ""),
            way_out,
        )
        for leaf in leaves:
            if isinstance(leaf.type, Scalar) and leaf.type.kind in ("int", "bool") and leaf in self.session.leaves:
                name, path, sample = self.session.leaves[leaf]
                if sample is not None:
                    return av.NeedsStaticParameter(name, path)
        loop = self.loop_behind(atom)
        return refusal if loop is None else av.NeedsUnrolling(loop)

    def sampled_length(self, array: AbstractValue) -> Exception | None:
        """What makes the compile restart with the length of an array as it is in the sample, where the array is as long
        as one among the arguments, and not too long to be taken apart.
        """
        atom = self.leaf(array)
        atom = self.session.origins.get(atom, atom) if isinstance(atom, Value) else atom
        dims = dims_of(atom.type) if atom is not None and isinstance(atom.type, Array) else None
        return self.sampled_dimension(dims[0]) if dims else None

    def sampled_dimension(self, dim: Dim | None) -> Exception | None:
        """What makes the compile restart with a dimension as it is in the sample."""
        for leaf, (name, path, sample) in self.session.leaves.items() if isinstance(dim, Sym) else ():
            shape = leaf.type.shape if isinstance(leaf.type, Array) and sample is not None else None
            if shape is not None and dim in shape:
                axis = shape.index(dim)
                if sample.shape[axis] <= LONGEST_TAKEN_APART:
                    return av.NeedsStaticParameter(name, (*path, "shape", axis))
        return None

    def needs_key(self, atom: Atom, use: str) -> Exception:
        """As `needs_static`, where lengths of arrays among the arguments may become known, too."""
        need = self.needs_static(atom, use)
        if not isinstance(need, DifferentiationError):
            return need
        pending, seen = [atom], set[Atom]()
        while pending:
            atom = pending.pop()
            atom = self.session.origins.get(atom, atom) if isinstance(atom, Value) else atom
            if not isinstance(atom, Value) or atom in seen:
                continue
            seen.add(atom)
            extent = atom.type.extent if isinstance(atom.type, Scalar) else None
            if (length := self.sampled_dimension(extent)) is not None:
                return length
            op = self.session.producers.get(atom)
            pending += () if op is None else op.operands
        return need

    def loop_behind(self, atom: Atom) -> ast.stmt | None:
        """A loop that a value is computed by, and that could be unrolled."""
        pending, seen = [atom], set[Atom]()
        while pending:
            atom = pending.pop()
            if not isinstance(atom, Value) or atom in seen or (op := self.session.producers.get(atom)) is None:
                continue
            seen.add(atom)
            if op in self.session.loops:
                return self.session.loops[op]
            pending += op.operands
        return None

    def sources(self, atom: Atom, names: dict[str, None]) -> Iterator[Value]:
        """The int parameters that a value is computed from, if it is computed from nothing else; else nothing."""
        found: list[Value] = []
        pending, seen = [atom], set[Value]()
        exact = True
        while pending:
            atom = pending.pop()
            atom = self.session.origins.get(atom, atom) if isinstance(atom, Value) else atom
            if not isinstance(atom, Value) or atom in seen:
                continue
            seen.add(atom)
            if atom in self.session.origins:
                pending.append(atom)
                seen.discard(atom)
            elif (op := self.session.producers.get(atom)) is not None:
                pending += op.operands
                exact = exact and not op.blocks
            else:
                found.append(atom)
                names[f"`{atom.name}`"] = None
                exact = exact and isinstance(atom.type, Scalar)
        if exact:
            yield from found
