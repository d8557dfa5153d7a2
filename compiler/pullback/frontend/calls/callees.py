"""Tracing of user functions: each becomes an IR function, once per pattern of arguments.

A callee that changes what its caller can see is interpreted in place instead.
Recursion: a call of a function that is being traced takes the result assumed for it; the trace is repeated until the
result is what was assumed. The first assumption is that it gives nothing, so that only the other paths count.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from pullback.errors import AliasingError, DifferentiationError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.classes import is_local, mentions_local
from pullback.frontend.abstract.dimensions import Dimensions
from pullback.frontend.abstract.heap import Contents, Grown, Heap, bases_of
from pullback.frontend.abstract.naming import leaf_name
from pullback.frontend.abstract.patterns import Flattener, Pattern, lists_hold_arrays, numbers_that_differ
from pullback.frontend.abstract.rebuilding import Rebuilder
from pullback.frontend.abstract.state import Callee, Outcome, RecordingBuilder, Unit
from pullback.frontend.abstract.values import AbstractValue, Container, Diverges, Frame, Raised, Ref, Silenced
from pullback.frontend.abstract.views import roots_of
from pullback.frontend.calls.arguments import Activation, Calls
from pullback.frontend.syntax.source import Code
from pullback.ir.core import Atom, Block, Const, Function, Value, walk
from pullback.ir.effects import EFFECT
from pullback.ir.interface import Leaf, Node, NodeKind, Path, Static, Tree
from pullback.ir.regions import CALL
from pullback.ir.types import Type
from pullback.primitives.own import is_registered

DEEPEST = 100
ROUNDS = 12


class Callees(Calls):
    """Calls through IR functions, and in place."""

    def call_function(self, activation: Activation) -> AbstractValue:
        """Call a user function through an IR function of its own, or in place."""
        if activation.code.name == "__init__" or self.tries:  # what it raises may be caught here
            return self.in_place(activation)
        made = self.function_for(activation)
        return self.in_place(activation) if made is None else self.emit_call(*made)

    def function_for(self, activation: Activation) -> tuple[Callee, Flattener] | None:
        """The IR function for a call, and what the call hands on to it; None where it must be interpreted in place."""
        parts = av.Tuple((activation.callee, *activation.arguments.values()))
        exact = self.flattener(activation, lambda value, path: False)
        lifted = self.flattener(activation, self.passed_floats(activation))
        choices = {flattener(parts): flattener for flattener in (lifted, exact)}
        if any(lists_hold_arrays(pattern) or mentions_local(pattern) for pattern in choices):
            return None
        node, varied = activation.code.node, self.varied(activation, parts, lifted)
        if varied:
            wide = self.flattener(activation, either(varied, lifted.lift))
            choices = {wide(parts): wide, **choices}
        for k, (pattern, flattener) in enumerate(choices.items()):
            callee = self.callee(activation, pattern, flattener.atoms, attempt=k + 1 < len(choices))
            if callee.mode == "inline":
                return None
            if callee.mode == "call":
                if k == 0 and varied:
                    self.session.varied[node] = varied
                elif not varied and node in self.session.varied:
                    return self.function_for(activation)  # the recursion inside has shown which numbers vary
                return callee, flattener
        raise Silenced

    def flattener(self, activation: Activation, lift: Callable[[Any, Path], bool]) -> Flattener:
        """What takes the arguments of a call apart."""
        dimensions = Dimensions(["", *activation.arguments], self.session.fresh_dimension)
        return Flattener(self.heap, self.atom, lift, dimensions, is_number=self.is_numpy_number)

    def passed_floats(self, activation: Activation) -> Callable[[Any, Path], bool]:
        """Floats that the caller passes are operands, so that one function serves all of them; defaults are known."""
        passed = {k for k, name in enumerate(activation.arguments, 1) if name not in activation.defaulted}
        return lambda value, path: type(value) is float and path[0] in passed

    def varied(self, activation: Activation, parts: AbstractValue, lifted: Flattener) -> set[Path]:
        """In a recursion: where known numbers vary from call to call, and become operands."""
        node = activation.code.node
        if node in self.session.varied:
            return self.session.varied[node]
        pattern = self.flattener(activation, lifted.lift)(parts)
        if pattern not in self.session.callees:
            for other, active in reversed(self.session.active):
                if other is node:
                    return numbers_that_differ(active, pattern) or set()
        return set()

    def callee(self, activation: Activation, pattern: Pattern, atoms: list[Atom], attempt: bool) -> Callee:
        """The traced function for a pattern of arguments. A failed attempt leaves no errors behind."""
        session = self.session
        known = session.callees.get(pattern)
        if known is not None:
            known.recursive = known.recursive or known.active
            if not attempt:
                session.report_again(known.errors)
            return known
        if len(session.active) >= DEEPEST:
            raise self.refusal(
                f"`{activation.code.name}` calls itself more than {DEEPEST} times",
                "each call has other known arguments, so that each would be a function of its own",
                "pass what varies as a number, not as a structure",
            )
        callee = Callee(
            len(session.functions_traced), function_name(activation.callee, activation.code), suffix_of(activation)
        )
        session.functions_traced.append(callee)
        session.callees[pattern] = callee
        session.active.append((activation.code.node, pattern))
        before, session.errors = session.errors, {}
        try:
            self.to_fixpoint(callee, lambda: self.trace_once(callee, activation, pattern, atoms))
        except DifferentiationError as error:
            session.report(error)
        except Silenced:
            callee.mode = "failed"
        except (av.NeedsStaticParameter, av.NeedsUnrolling):
            if not attempt:
                raise
            callee.mode = "failed"
        finally:
            session.active.pop()
            callee.active = False
            found, session.errors = session.errors, before
        if not callee.recursive and any(isinstance(error, AliasingError) for error in found.values()):
            callee.mode = "inline"  # its caller knows more of the memory that it passes
        if callee.mode == "inline":
            return callee  # its errors come up again in place
        if found:
            callee.mode = "failed"
        if callee.mode == "failed":
            callee.errors = found
            if not attempt:
                session.report_again(found)
        return callee

    def to_fixpoint(self, callee: Callee, trace: Callable[[], None]) -> None:
        """Trace a function, repeatedly where it is recursive, until its result is what was assumed."""
        session = self.session
        before = dict(session.errors)
        for _ in range(ROUNDS):
            session.errors = dict(before)
            known = set(session.callees)
            assumed = callee.result, callee.hidden
            callee.recursive = False
            trace()
            if callee.mode == "inline" or session.errors != before:
                return
            if not callee.recursive or (callee.result, callee.hidden) == assumed:
                if callee.result is not None:
                    return
                raise self.refusal(
                    f"`{callee.stem}` calls itself without end",
                    "every path through it ends in a call of itself",
                    "add a case that returns without recursion",
                )
            for pattern in set(session.callees) - known:  # traced under an assumption that did not hold
                del session.callees[pattern]
        raise self.refusal(
            f"the result of `{callee.stem}` has another type in every round of its recursion",
            "a function needs one type",
            "let every path return the same kind of value",
        )

    def pattern_of(self, activation: Activation) -> tuple[Pattern, list[Atom]]:
        """The pattern of a call in which every known number stays known."""
        flattener = Flattener(self.heap, self.atom, keep_hidden=True, is_number=self.is_numpy_number)
        return flattener(av.Tuple((activation.callee, *activation.arguments.values()))), flattener.atoms

    def trace_once(
        self,
        callee: Callee,
        activation: Activation,
        pattern: Pattern,
        atoms: list[Atom],
        on_parameter: Callable[[Value, Atom], None] | None = None,
    ) -> None:
        """Interpret a function on fresh parameters, and keep the IR function and the pattern of its result."""
        unit = Unit(RecordingBuilder(self.session.producers))
        names = ["", *activation.arguments]
        outside = self.session.outside
        heap = Heap(outside, frozen={ref: why for ref, why in self.heap.frozen.items() if ref in outside})
        operands = iter(atoms)

        def leaf(t: Type, path: Path) -> Atom:
            value = Value(t, leaf_name(names[path[0]], path[1:]), activation.code.loc(activation.code.node))
            unit.params.append(value)
            operand = next(operands)
            if on_parameter is None:
                self.session.origins[value] = operand
            else:
                on_parameter(value, operand)
            return value

        rebuild = Rebuilder(heap, leaf)
        parts = rebuild(pattern)
        assert isinstance(parts, av.Tuple)
        initial = heap.snapshot()
        arguments = dict(zip(activation.arguments, parts.items[1:], strict=True))
        inner = type(self)(self.session, unit, heap, Frame(activation.code))
        inner.depth = self.depth + 1
        inner.is_entry = callee.is_entry
        if callee.is_entry:
            passed = self.session.leaves
            in_order = [r for r, held in initial.items() if held in passed and is_contiguous(passed[held][2])]
            heap.contiguous |= {ref: frozenset({ref}) for ref in in_order}
        inner.still_held = [] if callee.is_entry else list(initial)
        inner.builder.loc = self.loc
        for key in callee.hidden:
            inner.hidden_value(key)
        try:
            result = inner.run(activation, parts.items[0], arguments)
        except Diverges:
            return
        except Raised:
            if callee.is_entry:
                raise self.refusal(
                    f"every path through `{callee.stem}` raises",
                    "there is no value to differentiate",
                    "mend the function",
                ) from None
            if not callee.recursive:
                callee.mode = "inline"  # its caller knows whether it is called in any case
            return
        if any(heap.held(ref) is not held for ref, held in initial.items()) and not callee.is_entry:
            callee.mode = "inline"
            return
        flattener = Flattener(
            heap, inner.atom, keep_views=True, is_number=inner.is_numpy_number, lenders=lenders_of(initial, heap)
        )
        for thing in rebuild.shared:
            flattener.again(thing)
        callee.result = flattener(result)
        if not callee.is_entry and (lists_hold_arrays(callee.result) or mentions_local(callee.result)):
            callee.mode = "inline"
            return
        if not callee.is_entry and shares_memory(flattener.shared[len(rebuild.shared) :], initial, heap):
            callee.mode = "inline"
            return
        outputs = flattener.atoms
        if callee.is_entry:
            leaves: list[Atom] = []
            callee.tree = inner.tree_of(result, leaves)
            callee.wraps = leaves != outputs
            changed = heap.changed_memory()
            callee.changed = tuple(changed_parts(arguments, initial, changed))
            needed = {part for ref, parts in heap.flattened.items() if ref in changed for part in parts}
            callee.contiguous = tuple(changed_parts(arguments, initial, needed))
            outputs = leaves
        callee.hidden = tuple(unit.hidden)
        block = Block((*unit.params, *unit.hidden.values()), tuple(unit.builder.ops), tuple(outputs))
        callee.function = Function(callee.stem, block, activation.code.loc(activation.code.node))

    def tree_of(self, value: AbstractValue, atoms: list[Atom]) -> Tree:
        """A result as a tree whose leaves are `atoms`."""
        value = self.settled(value)
        if isinstance(value, av.Maybe):
            raise self.refusal(
                f"the function may return None: {self.describe(value)}",
                "a path ends without a number or array, and which one is taken is known at run time only",
                "return the same kind of value on every path, or raise an error",
            )
        if isinstance(value, av.OneOf):
            raise self.refusal(
                f"the function returns {self.describe(value)}",
                "a result must be numbers, arrays, and containers of them; which of these it is shows at run time only",
                "return a number that stands for it",
            )
        value = self.checked(value)
        cls = self.class_of(value) if isinstance(value, Ref | av.Tuple | av.Known) else None
        if isinstance(value, av.Known) and isinstance(value.value, type):
            cls = value.value
        if cls is not None and is_local(cls):
            raise self.refusal(
                f"{self.describe(value)} is returned, whose class is defined inside the function",
                "each call makes a class of its own, which the generated code does not have",
                "return what it holds, or define the class at module level",
            )
        match value:
            case av.Known(value=known) if isinstance(known, float | complex | np.generic):
                atoms.append(Const(known))
                return Leaf(Const(known).type)
            case av.Known(value=known):
                return Static(known)
            case av.Tuple(items=items, cls=cls):
                kind: NodeKind = "tuple" if cls is tuple else "namedtuple"
                keys = tuple(range(len(items))) if cls is tuple else cls._fields  # type: ignore[attr-defined]
                return Node(kind, cls, keys, tuple(self.tree_of(item, atoms) for item in items))
            case Ref(kind="list") if (grown := self.grown(value)) is not None:
                atoms.append(self.returned_list(grown))
                return Leaf(atoms[-1].type)
            case Ref(kind="list" | "dict" | "object" as kind):
                held = self.heap.container(value)
                keys = held.keys if kind != "list" else tuple(range(len(held.values)))
                if kind == "object" and hasattr(held.cls, "__dataclass_fields__"):
                    kind = "dataclass"
                return Node(kind, held.cls, keys, tuple(self.tree_of(item, atoms) for item in held.values))
        if isinstance(value, av.Late):
            raise self.must_be_known(value)
        atom = self.leaf(value)
        if atom is None:
            raise self.refusal(
                f"{self.describe(value)} is returned",
                "a result must be numbers, arrays, and containers of them",
                "return its numbers or arrays",
            )
        atoms.append(atom)
        return Leaf(atom.type)

    def returned_list(self, grown: Grown) -> Atom:
        """A list as a result of the function."""
        if grown.element.kind == "leaf":
            return grown.columns[0]
        is_row = grown.element.kind == "tuple" and grown.element.tag is tuple
        if is_row and all(child.kind == "leaf" for child in grown.element.children):
            return self.column("list_zip", *grown.columns)
        parts: list[Atom] = [Value(self.element_type(grown, k)) for k in range(len(grown.columns))]
        taken: list[Atom] = []
        tree = self.tree_of(self.element_of(grown, parts), taken)
        if not all(atom in parts for atom in taken):
            self.count_if_possible()
            raise self.refusal(
                "a list of structures that hold constants or lists is returned",
                "how long it is, is known at run time only",
                "return one list for each part of its elements",
            )
        return self.column("list_of_structures", *(grown.columns[parts.index(atom)] for atom in taken), tree=tree)

    def run(self, activation: Activation, callee: AbstractValue, arguments: dict[str, AbstractValue]) -> AbstractValue:
        """Interpret a function's body in a new frame."""
        frame = activation.frame(callee)
        frame.names.update(arguments)
        self.make_cells(frame)
        if arguments and frame.receiver is None and frame.owner is not None:
            frame.receiver = next(iter(arguments.values()))
        saved = self.frame, self.statement, self.builder.loc, self.pending, self.dynamic, self.loops
        self.callers.append(self.frame)
        self.left_open.append(bool(self.pending))
        self.dynamic += self.left_open[-1]
        self.frame, self.pending, self.loops = frame, [], []
        node = activation.code.node
        self.statement = None
        try:
            if isinstance(callee, av.Known) and is_registered(callee.value):  # it is itself what is differentiated
                with self.at(node):
                    return self.call_known(callee.value, list(arguments.values()), {})
            outcome = self.close(0, self.body(node))
            if outcome.exit in ("diverges", "raises"):
                raise Diverges if outcome.exit == "diverges" else Raised
        finally:
            self.abandon(0)
            self.callers.pop()
            self.left_open.pop()
            self.frame, self.statement, self.builder.loc, self.pending, self.dynamic, self.loops = saved
        return self.returned_from(outcome.value)

    def body(self, node: ast.AST) -> Outcome:
        """Interpret the body of a function."""
        if not isinstance(node, ast.Lambda):
            assert isinstance(node, ast.FunctionDef)
            outcome = self.block(node.body)
            return Outcome("return", av.NONE) if outcome.exit == "next" else outcome
        try:
            with self.at(node.body):
                return Outcome("return", self.evaluate(node.body))
        except av.Thrown as thrown:
            return thrown.outcome
        except DifferentiationError as error:
            diverted = self.diverted(error)
            if diverted is None:
                raise
            return diverted

    def in_place(self, activation: Activation) -> AbstractValue:
        """Interpret a callee as part of its caller."""
        if self.depth > DEEPEST:
            raise self.recursion_without_end(activation)
        self.depth += 1
        try:
            return self.run(activation, activation.callee, activation.arguments)
        except RecursionError:  # the interpreter's own: such calls nest in it
            raise self.recursion_without_end(activation) from None
        finally:
            self.depth -= 1

    def recursion_without_end(self, activation: Activation) -> DifferentiationError:
        name = activation.code.name
        return self.refusal(
            f"`{name}` calls itself, and changes what its caller sees or belongs to a class defined there",
            "such calls are followed in place, without end here",
            "return the new values instead of changing an argument, and define the class at module level",
        )

    def emit_call(self, callee: Callee, flattener: Flattener) -> AbstractValue:
        """Append a call, and rebuild its result."""
        if callee.result is None:
            raise Diverges
        hidden = tuple(self.hidden_value(key) for key in callee.hidden)
        result_types: list[Type] = []
        dimensions = flattener.dimensions
        assert dimensions is not None

        def leaf_type(t: Type, path: Path) -> Atom:
            result_types.append(dimensions.outward(t))
            return Const(None)

        scratch = Heap(self.session.outside)
        Rebuilder(scratch, leaf_type, list(flattener.shared))(callee.result)
        if not result_types and not may_have_effects(callee):
            return Rebuilder(self.heap, leaf_type, list(flattener.shared))(callee.result)
        results: Iterator[Atom] = iter(
            self.builder.append(CALL, (*flattener.atoms, *hidden), {"callee": callee.label}, tuple(result_types))
        )
        if callee.function is not None and not callee.active:  # what it hands through is what it was given
            given = dict(zip(callee.function.params, (*flattener.atoms, *hidden), strict=True))
            pairs = zip(callee.function.results, results, strict=True)
            results = iter([given.get(inner, out) if isinstance(inner, Value) else out for inner, out in pairs])
        leaf = partial(lambda results, t, path: next(results), results)
        return Rebuilder(self.heap, leaf, list(flattener.shared), self.atom, self.loc)(callee.result)


def shares_memory(results: list[Any], parameters: Mapping[Ref, Any], heap: Heap) -> bool:
    """Whether a function returns several arrays that share memory which it has made itself."""
    arrays = [thing for thing in results if isinstance(thing, Ref) and thing.kind == "array"]
    roots = [root for ref in arrays for root in roots_of(ref, heap) if root not in parameters and root in heap.cells]
    return len(set(roots)) < len(roots)


def may_have_effects(callee: Callee) -> bool:
    """Whether a call of it may be there for its effects."""
    return callee.function is None or any(op.prim in (EFFECT, CALL) for op in walk(callee.function.block))


def lenders_of(parameters: Mapping[Ref, Any], heap: Heap) -> dict[Ref, list[Ref]]:
    """The parameters whose memory an array has taken over, under a condition."""
    lenders: dict[Ref, list[Ref]] = {}
    for ref in parameters:
        if ref.kind == "array" and bases_of(heap.read(ref)):
            for root in roots_of(ref, heap):
                lenders.setdefault(root, []).append(ref)
    return lenders


def function_name(callee: AbstractValue, code: Code) -> str:
    """What a function is called in the generated code: a wrapper as what it wraps, as functools.wraps names it."""
    name = code.name
    if isinstance(callee, av.Closure):
        name = callee.title or name
    elif isinstance(callee, av.Known) and "__wrapped__" in vars(callee.value):
        name = callee.value.__name__
    return "function" if name == "lambda" or not name.isidentifier() else name.strip("_") or "function"


def is_contiguous(sample: Any) -> bool:
    """Whether an argument lies in memory in C order."""
    return isinstance(sample, np.ndarray) and sample.flags.c_contiguous


def changed_parts(
    arguments: Mapping[str, AbstractValue], initial: Mapping[Ref, Contents], changed: set[Ref]
) -> Iterator[tuple[str, Path]]:
    """Those of the arrays and containers among arguments that are in `changed`, by parameter and path."""
    seen: set[AbstractValue] = set()  # a receiver may hold itself

    def parts(value: AbstractValue, path: Path) -> Iterator[Path]:
        if value in seen:
            return
        seen.add(value)
        held = initial.get(value) if isinstance(value, Ref) else None
        if value in changed:
            yield path
        children: dict[Any, AbstractValue] = {}
        if isinstance(value, av.Tuple):
            children = dict(zip(getattr(value.cls, "_fields", range(len(value.items))), value.items, strict=True))
        elif isinstance(held, Container):
            children = dict(zip(held.keys or range(len(held.values)), held.values, strict=True))
        for key, child in children.items():
            yield from parts(child, (*path, key))

    return ((name, path) for name, value in arguments.items() for path in parts(value, ()))


def suffix_of(activation: Activation) -> str:
    """The name of a function among the arguments."""
    for value in activation.arguments.values():
        name = None
        if isinstance(value, av.Closure):
            name = value.code.name
        elif isinstance(value, av.Known) and isinstance(value.value, types.FunctionType):
            name = value.value.__name__
        if name and name.isidentifier() and name != "lambda":
            return name
    return ""


def either(paths: set[Path], lift: Callable[[Any, Path], bool]) -> Callable[[Any, Path], bool]:
    """What lifts the numbers at some paths, and those that another lifts."""
    return lambda value, path: (path in paths and type(value) in (int, float)) or lift(value, path)
