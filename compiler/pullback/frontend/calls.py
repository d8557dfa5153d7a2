"""Calls of user functions: arguments are bound as Python does, and the callee is traced once per pattern of arguments.

A callee becomes an IR function of its own, unless it changes what its caller can see: then it is interpreted in place.
Recursion: a call of a function that is being traced takes the result assumed for it; the trace is repeated until the
result is what was assumed. The first assumption is that it gives nothing, so that only the other paths count.
"""

from __future__ import annotations

import ast
import functools
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pullback.errors import DifferentiationError, SourceNotFoundError
from pullback.frontend import abstract as av
from pullback.frontend import source
from pullback.frontend.abstract import AbstractValue, Container, Diverges, Frame, Ref, Silenced
from pullback.frontend.heap import Heap
from pullback.frontend.library import Library
from pullback.frontend.naming import leaf_name
from pullback.frontend.operators import defines
from pullback.frontend.outside import LIBRARIES
from pullback.frontend.patterns import Dimensions, Flattener, Pattern, Rebuilder, numbers_that_differ
from pullback.frontend.source import Code
from pullback.frontend.state import Callee, Outcome, RecordingBuilder, Unit, top_module
from pullback.ir.core import Atom, Block, Const, Function, Value
from pullback.ir.interface import Leaf, Node, NodeKind, Path, Static, Tree
from pullback.ir.regions import CALL
from pullback.ir.types import Type
from pullback.primitives.registry import MEANINGS

DEEPEST = 100
ROUNDS = 12


@dataclass
class Activation:
    """A call about to be made: the code, the callee as a value, and its arguments by parameter."""

    code: Code
    callee: AbstractValue
    arguments: dict[str, AbstractValue]
    defaulted: frozenset[str]
    frame: Callable[[AbstractValue], Frame]


class Calls(Library):
    """Calls of everything."""

    def call(
        self, function: AbstractValue, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue:
        """Call an abstract value."""
        function = self.checked(function)
        match function:
            case av.Known(value=known):
                return self.call_value(known, args, kwargs)
            case av.Closure():
                return self.call_function(self.activation(function, args, kwargs))
            case av.Bound(function=inner, receiver=receiver):
                return self.call(inner, [receiver, *args], kwargs)
            case av.Method():
                return self.call_method(function, args, kwargs)
            case av.Partial(function=av.Known(value=known)) if known is type(None):
                return av.NONE  # object.__init__
            case av.Partial(function=inner, args=first, kwargs=more):
                return self.call(inner, [*first, *args], {**more, **kwargs})
        if (cls := self.user_class(function)) is not None and defines(cls, "__call__"):
            return self.call(self.special(function, "__call__"), args, kwargs)
        raise self.refusal(f"{self.describe(function)} is called", "Python raises TypeError here")

    def call_value(self, known: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> AbstractValue:
        """Call a Python callable."""
        match known:
            case types.FunctionType() if known not in MEANINGS and not self.is_library(known):
                return self.call_function(self.activation(av.Known(known), args, kwargs))
            case types.MethodType() if isinstance(known.__func__, types.FunctionType):
                receiver = self.outside(known.__self__, lambda: known.__self__, "self", f"the receiver of `{known!r}`")
                return self.call(av.Known(known.__func__), [receiver, *args], kwargs)
            case functools.partial():
                first = [self.captured(known.args, k, known) for k in range(len(known.args))]
                more = {k: self.captured(known.keywords, k, known) for k in known.keywords}
                return self.call(av.Known(known.func), [*first, *args], {**more, **kwargs})
            case type() if is_user_class(known):
                return self.construct(known, args, kwargs)
        wrapped = getattr(known, "__wrapped__", None)
        if (
            wrapped is not None
            and not isinstance(known, types.FunctionType | type)
            and top_module(type(known).__module__) not in LIBRARIES
        ):
            return self.call(av.Known(wrapped), args, kwargs)
        return self.call_known(known, args, kwargs)

    def captured(self, parts: Any, key: Any, known: Any) -> AbstractValue:
        return self.outside(parts[key], lambda: parts[key], str(key), f"the argument {key!r} of `{known!r}`")

    def is_library(self, function: types.FunctionType) -> bool:
        """Whether a function belongs to a library whose source is not entered."""
        top = top_module(function.__module__)
        if top in LIBRARIES:
            return True
        file = function.__code__.co_filename
        return top != self.session.home and (in_library_folder(file) or file.startswith("<frozen"))

    # Binding.

    def activation(
        self, callee: AbstractValue, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> Activation:
        """Bind arguments to the parameters of a function."""
        if isinstance(callee, av.Closure):
            code, defaults = callee.code, dict(callee.defaults)

            def frame(value: AbstractValue) -> Frame:
                assert isinstance(value, av.Closure)
                return Frame(value.code, parent=value.frame, owner=value.frame.owner, receiver=value.frame.receiver)

        else:
            assert isinstance(callee, av.Known)
            function: types.FunctionType = callee.value
            try:
                code = source.locate(function)
            except SourceNotFoundError as error:
                error.loc = self.loc
                raise
            defaults = {}
            cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
            owner = self.owner_of(cells)

            def frame(value: AbstractValue) -> Frame:
                return Frame(code, cells=cells, owner=owner)

            for name, value, read in defaults_of(function):
                defaults[name] = self.outside(value, read, name, f"the default of `{name}` of `{code.name}`")
        self.refuse_kind(code)
        arguments, defaulted = self.bound_arguments(code, args, kwargs, defaults)
        return Activation(code, callee, arguments, defaulted, frame)

    def owner_of(self, cells: Mapping[str, types.CellType]) -> type | None:
        """The class that a method was defined in, where it uses `super()`."""
        cell = cells.get("__class__")
        return None if cell is None else cell.cell_contents

    def refuse_kind(self, code: Code) -> None:
        """Refuse generators and coroutines."""
        if isinstance(code.node, ast.AsyncFunctionDef):
            raise self.refusal(f"`{code.name}` is a coroutine", "`async` is not supported", "make it a plain function")
        for node in source.scope_nodes(code.node):
            if isinstance(node, ast.Yield | ast.YieldFrom) and not code.is_comprehension:
                raise self.refusal(f"`{code.name}` is a generator", "`yield` is not supported", "return a list instead")

    def bound_arguments(
        self,
        code: Code,
        args: list[AbstractValue],
        kwargs: dict[str, AbstractValue],
        defaults: Mapping[str, AbstractValue],
    ) -> tuple[dict[str, AbstractValue], frozenset[str]]:
        """Arguments by parameter, in the order of the definition."""
        assert isinstance(code.node, ast.FunctionDef | ast.Lambda)
        spec = code.node.args
        positional = [a.arg for a in (*spec.posonlyargs, *spec.args)]
        positional_only = {a.arg for a in spec.posonlyargs}
        keyword = {a.arg for a in (*spec.args, *spec.kwonlyargs)}
        given = dict(zip(positional, args, strict=False))
        extra = args[len(positional) :]
        if extra and spec.vararg is None:
            raise self.bad_call(code, f"takes {len(positional)} positional arguments but {len(args)} were given")
        more: dict[str, AbstractValue] = {}
        for name, value in kwargs.items():
            if name in keyword:
                if name in given:
                    raise self.bad_call(code, f"got multiple values for argument '{name}'")
                given[name] = value
            elif spec.kwarg is not None:
                more[name] = value
            else:
                kind = "positional-only" if name in positional_only else "unexpected keyword"
                raise self.bad_call(code, f"got an {kind} argument '{name}'")
        bound: dict[str, AbstractValue] = {}
        defaulted: set[str] = set()
        for name in [*positional, *(a.arg for a in spec.kwonlyargs)]:
            if name in given:
                bound[name] = given[name]
            elif name in defaults:
                bound[name] = defaults[name]
                defaulted.add(name)
            else:
                raise self.bad_call(code, f"is missing the argument '{name}'")
        if spec.vararg is not None:
            bound[spec.vararg.arg] = av.Tuple(tuple(extra))
        if spec.kwarg is not None:
            bound[spec.kwarg.arg] = self.heap.new("dict", Container(dict, tuple(more), tuple(more.values())))
        return bound, frozenset(defaulted)

    def bad_call(self, code: Code, what: str) -> DifferentiationError:
        return self.users_error(TypeError(f"{code.name}() {what}"))

    # Calling.

    def call_function(self, activation: Activation) -> AbstractValue:
        """Call a user function through an IR function of its own, or in place."""
        if activation.code.name == "__init__":
            return self.in_place(activation)
        parts = av.Tuple((activation.callee, *activation.arguments.values()))
        exact = self.flattener(activation, lambda value, path: False)
        lifted = self.flattener(activation, self.passed_floats(activation))
        choices = {flattener(parts): flattener for flattener in (lifted, exact)}
        if (wide := self.generalised(activation, parts, lifted)) is not None:
            choices = {wide(parts): wide, **choices}
        for k, (pattern, flattener) in enumerate(choices.items()):
            callee = self.callee(activation, pattern, flattener.atoms, attempt=k + 1 < len(choices))
            if callee.mode == "inline":
                return self.in_place(activation)
            if callee.mode == "call":
                return self.emit_call(callee, flattener)
        raise Silenced

    def flattener(self, activation: Activation, lift: Callable[[Any, Path], bool]) -> Flattener:
        """What takes the arguments of a call apart."""
        dimensions = Dimensions(["", *activation.arguments], self.session.fresh_dimension)
        return Flattener(self.heap, self.atom, lift, dimensions)

    def passed_floats(self, activation: Activation) -> Callable[[Any, Path], bool]:
        """Floats that the caller passes are operands, so that one function serves all of them; defaults are known."""
        passed = {k for k, name in enumerate(activation.arguments, 1) if name not in activation.defaulted}
        return lambda value, path: type(value) is float and path[0] in passed

    def generalised(self, activation: Activation, parts: AbstractValue, lifted: Flattener) -> Flattener | None:
        """In a recursion: where known numbers vary from call to call, they are operands."""
        pattern = self.flattener(activation, lifted.lift)(parts)
        if pattern in self.session.callees:
            return None
        for node, active in reversed(self.session.active):
            if node is activation.code.node:
                varied = numbers_that_differ(active, pattern)
                if varied:
                    return self.flattener(activation, lambda v, path: path in varied or lifted.lift(v, path))
        return None

    def callee(self, activation: Activation, pattern: Pattern, atoms: list[Atom], attempt: bool) -> Callee:
        """The traced function for a pattern of arguments. A failed attempt leaves no errors behind."""
        session = self.session
        known = session.callees.get(pattern)
        if known is not None:
            known.recursive = known.recursive or known.active
            return known
        if len(session.active) >= DEEPEST:
            raise self.refusal(
                f"`{activation.code.name}` calls itself more than {DEEPEST} times",
                "each call has other known arguments, so that each would be a function of its own",
                "pass what varies as a number, not as a structure",
            )
        callee = Callee(len(session.functions_traced), function_name(activation), suffix_of(activation))
        session.functions_traced.append(callee)
        session.callees[pattern] = callee
        session.active.append((activation.code.node, pattern))
        before = dict(session.errors)
        try:
            self.to_fixpoint(callee, lambda: self.trace_once(callee, activation, pattern, atoms))
        except DifferentiationError as error:
            session.report(error)
        except Silenced:
            callee.mode = "failed"
        except av.NeedsStaticParameter:
            if not attempt:
                raise
            callee.mode = "failed"
        finally:
            session.active.pop()
            callee.active = False
        if callee.mode == "inline":
            session.errors = before  # they come up again in place
        elif session.errors != before:
            callee.mode = "failed"
        if callee.mode == "failed" and attempt:
            session.errors = before
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
        flattener = Flattener(self.heap, self.atom)
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
        inner.builder.loc = self.loc
        for key in callee.hidden:
            inner.hidden_value(key)
        try:
            result = inner.run(activation, parts.items[0], arguments)
        except Diverges:
            return
        if any(heap.cells.get(ref) is not held for ref, held in initial.items()) and not callee.is_entry:
            callee.mode = "inline"
            return
        flattener = Flattener(heap, inner.atom)
        for thing in rebuild.shared:
            flattener.again(thing)
        callee.result = flattener(result)
        outputs = flattener.atoms
        if callee.is_entry:
            leaves: list[Atom] = []
            callee.tree = inner.tree_of(result, leaves)
            callee.wraps = leaves != outputs
            outputs = leaves
        callee.hidden = tuple(unit.hidden)
        block = Block((*unit.params, *unit.hidden.values()), tuple(unit.builder.ops), tuple(outputs))
        callee.function = Function(callee.stem, block, activation.code.loc(activation.code.node))

    def tree_of(self, value: AbstractValue, atoms: list[Atom]) -> Tree:
        """A result as a tree whose leaves are `atoms`."""
        value = self.checked(value)
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
            case Ref(kind="list" | "dict" | "object" as kind):
                held = self.heap.container(value)
                keys = held.keys if kind != "list" else tuple(range(len(held.values)))
                if kind == "object" and hasattr(held.cls, "__dataclass_fields__"):
                    kind = "dataclass"
                return Node(kind, held.cls, keys, tuple(self.tree_of(item, atoms) for item in held.values))
        atom = self.leaf(value)
        if atom is None:
            raise self.refusal(
                f"{self.describe(value)} is returned",
                "a result must be numbers, arrays, and containers of them",
                "return its numbers or arrays",
            )
        atoms.append(atom)
        return Leaf(atom.type)

    def run(self, activation: Activation, callee: AbstractValue, arguments: dict[str, AbstractValue]) -> AbstractValue:
        """Interpret a function's body in a new frame."""
        frame = activation.frame(callee)
        frame.names.update(arguments)
        if arguments and frame.receiver is None and frame.owner is not None:
            frame.receiver = next(iter(arguments.values()))
        saved = self.frame, self.statement, self.builder.loc, self.pending, self.dynamic
        self.frame, self.pending = frame, []
        node = activation.code.node
        self.statement = None
        try:
            if isinstance(node, ast.Lambda):
                with self.at(node.body):
                    return self.evaluate(node.body)
            assert isinstance(node, ast.FunctionDef)
            outcome = self.block(node.body)
            if outcome.exit == "next":
                outcome = Outcome("return", av.NONE)
            outcome = self.close(0, outcome)
            if outcome.exit == "diverges":
                raise Diverges
            assert outcome.value is not None, outcome
            return outcome.value
        finally:
            self.abandon(0)
            self.frame, self.statement, self.builder.loc, self.pending, self.dynamic = saved

    def in_place(self, activation: Activation) -> AbstractValue:
        """Interpret a callee as part of its caller."""
        if self.depth > DEEPEST:
            raise self.refusal(
                f"`{activation.code.name}` calls itself and changes what its caller sees",
                "such calls are followed in place, without end here",
                "return the new values instead of changing an argument",
            )
        self.depth += 1
        try:
            return self.run(activation, activation.callee, activation.arguments)
        finally:
            self.depth -= 1

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
        results = iter(
            self.builder.append(CALL, (*flattener.atoms, *hidden), {"callee": callee.label}, tuple(result_types))
        )
        return Rebuilder(self.heap, lambda t, path: next(results), list(flattener.shared))(callee.result)


def defaults_of(function: types.FunctionType) -> list[tuple[str, Any, Callable[[], Any]]]:
    """Defaults by parameter, and how each is read."""
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    found: list[tuple[str, Any, Callable[[], Any]]] = []
    defaults = function.__defaults__ or ()
    for k, name in enumerate(names[len(names) - len(defaults) :]):
        found.append((name, defaults[k], lambda k=k: (function.__defaults__ or ())[k]))
    for name, value in (function.__kwdefaults__ or {}).items():
        found.append((name, value, lambda name=name: (function.__kwdefaults__ or {})[name]))
    return found


def function_name(activation: Activation) -> str:
    name = activation.code.name
    return "function" if name == "lambda" else name.strip("_") or "function"


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


def is_user_class(cls: type) -> bool:
    """Whether a class is one that users define."""
    return top_module(cls.__module__) not in LIBRARIES and bool(cls.__flags__ & (1 << 9))


@functools.cache
def library_folders() -> tuple[str, ...]:
    import sysconfig

    return tuple({sysconfig.get_paths()[k] for k in ("stdlib", "platstdlib", "purelib", "platlib")})


@functools.cache
def in_library_folder(file: str) -> bool:
    """Whether a file belongs to the standard library or an installed package."""
    return file.startswith(library_folders())
