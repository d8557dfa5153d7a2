"""The frontend's door: a function and the trees of its arguments in, a program in IR out."""

from __future__ import annotations

import ast
import inspect
import os
from collections.abc import Mapping
from typing import Any, Literal

from pullback.callables import Target, signature_of_callable, target_of
from pullback.errors import DifferentiationError, SeveralErrors, SignatureError, SourceNotFoundError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Heap
from pullback.frontend.abstract.naming import leaf_name
from pullback.frontend.abstract.state import Callee, RecordingBuilder, Session, Unit, top_module
from pullback.frontend.abstract.values import AbstractValue, Container, Frame
from pullback.frontend.assembly import assemble
from pullback.frontend.base.outside import LIBRARIES, item_of
from pullback.frontend.calls.arguments import Activation
from pullback.frontend.calls.callees import function_name
from pullback.frontend.calls.generators import is_generator
from pullback.frontend.control.statements import Statements
from pullback.frontend.syntax.source import Code, locate
from pullback.ir.core import Atom, Module, Value
from pullback.ir.interface import Hidden, Leaf, Node, Parameter, Path, Program, Static, Tree

ParameterKind = Literal["positional_only", "positional", "var_positional", "keyword_only", "var_keyword"]


def trace(function: Any, arguments: Mapping[str, Tree], keywords: frozenset[str] = frozenset()) -> Program:
    """Interpret a function on abstract arguments.

    Args:
        function: a function, lambda or method, a partial of one, a cache around one, or an object with `__call__`.
        arguments: a tree per parameter; `*args` is a tuple, `**kwargs` a dict. What is left out takes its default.
        keywords: the parameters that are passed by keyword, where a wrapper could tell.

    Returns:
        The program. The leaves of `arguments`, in the order of the function's parameters, are the parameters of the
        module's entry; hidden inputs follow. The leaves of `Program.result` are its results.

    Raises:
        DifferentiationError: the function, or several things in it (`SeveralErrors`), cannot be differentiated.
        NeedsStaticParameter: a leaf must be `Static`; replace it by its sample and trace again.
    """
    unrolled = handled = speaking = frozenset[ast.stmt]()
    copies_receivers = chooses = False
    while True:
        try:
            return trace_with(function, arguments, keywords, unrolled, handled, speaking, copies_receivers, chooses)
        except av.NeedsUnrolling as need:
            unrolled |= {need.loop}
        except av.NeedsHandling as need:
            handled |= {need.node}
        except av.NeedsForesight as need:
            speaking |= {need.node}
        except av.NeedsChoices:
            chooses = True
        except av.NeedsOwnReceiver:
            copies_receivers = True


def trace_with(
    function: Any,
    arguments: Mapping[str, Tree],
    keywords: frozenset[str],
    unrolled: frozenset[ast.stmt],
    handled: frozenset[ast.stmt],
    speaking: frozenset[ast.stmt],
    copies_receivers: bool,
    chooses: bool,
) -> Program:
    """As `trace`, with some loops unrolled, flags for the ways out of some statements, foresight in others, the
    receiver of a method copied or not, and ready for choices or not.
    """
    target = entry_function(function)
    signature = kinds(function)
    session = Session(
        top_module(target.function.__module__),
        parameters=frozenset(signature),
        unrolled=unrolled,
        handled=handled,
        speaking=speaking,
        copies_receivers=copies_receivers,
        chooses=chooses,
    )
    code = locate(target.function)
    frame = Frame(code)
    interpreter = Statements(session, Unit(RecordingBuilder(session.producers)), Heap(session.outside), frame)
    interpreter.builder.loc = code.loc(code.node.args if isinstance(code.node, ast.Lambda) else code.node)
    callee = Callee(0, function_name(av.Known(target.function), code), is_entry=True)
    session.functions_traced.append(callee)

    maker = _Arguments(interpreter)
    values = {name: maker.value(tree, name) for name, tree in arguments.items()}
    if is_generator(code.node):
        raise interpreter.refusal(
            f"`{code.name}` is a generator",
            "it gives no number, but many in turn",
            "return a number computed from them",
        )
    parameters = tuple(Parameter(name, arguments[name], kind) for name, kind in signature.items() if name in arguments)
    unknown = set(arguments) - {p.name for p in parameters}
    if unknown:
        raise SignatureError(f"`{code.name}` has no parameter `{sorted(unknown)[0]}`", "", "pass its own parameters")
    activation = bind(interpreter, target, signature, keywords, values)
    pattern, atoms = interpreter.pattern_of(activation)
    session.callees[pattern] = callee
    session.active.append((code.node, pattern))

    def on_parameter(value: Value, atom: Atom) -> None:
        if isinstance(atom, Value) and atom in maker.leaves:
            session.leaves[value] = maker.leaves[atom]

    try:
        interpreter.to_fixpoint(
            callee, lambda: interpreter.trace_once(callee, activation, pattern, atoms, on_parameter)
        )
        if callee.recursive and callee.wraps:
            raise interpreter.refusal(
                f"`{code.name}` calls itself, and returns one of its arguments as it is, or a constant",
                "the result and that of the recursive calls would differ in structure",
                "call it from a function of its own, and differentiate that one",
            )
    except av.Silenced:
        pass
    except DifferentiationError as error:
        session.report(error)
    if session.errors:
        errors = sorted(
            without_consequences(list(session.errors.values())),
            key=lambda e: (e.loc.file, e.loc.line, e.loc.column) if e.loc else ("", 0, 0),
        )
        raise errors[0] if len(errors) == 1 else SeveralErrors(errors)
    assert callee.tree is not None
    module = assemble(session, callee)
    return Program(
        module,
        (*parameters, *(hidden_parameter(session, key) for key in callee.hidden)),
        callee.tree,
        tuple(session.guards.values()),
        callee.changed,
        callee.contiguous,
        silenced=frozenset(session.silenced),
        title=title(code, module),
        source_file=code.file,
    )


def without_consequences(errors: list[DifferentiationError]) -> list[DifferentiationError]:
    """Refusals without what fails in Python after one of them: it may fail only for what was left out."""
    first = next((k for k, error in enumerate(errors) if type(error) is not DifferentiationError), len(errors))
    return errors[:first] + [error for error in errors[first:] if type(error) is not DifferentiationError]


def entry_function(function: Any) -> Target:
    """The Python function behind what is differentiated, and what comes before its arguments."""
    target = target_of(function)
    if target is not None and top_module(target.function.__module__) not in LIBRARIES:
        return target
    name = getattr(function, "__qualname__", type(function).__name__)
    raise SourceNotFoundError(
        f"`{name}` is a {type(function).__name__}, which has no Python source",
        "the compiler reads the function's source text",
        "wrap it in a function of your own (`def f(x): ...`)",
    )


def kinds(function: Any) -> dict[str, ParameterKind]:
    """The parameters of a callable, with their kinds."""
    words: dict[Any, ParameterKind] = {
        inspect.Parameter.POSITIONAL_ONLY: "positional_only",
        inspect.Parameter.POSITIONAL_OR_KEYWORD: "positional",
        inspect.Parameter.VAR_POSITIONAL: "var_positional",
        inspect.Parameter.KEYWORD_ONLY: "keyword_only",
        inspect.Parameter.VAR_KEYWORD: "var_keyword",
    }
    return {p.name: words[p.kind] for p in signature_of_callable(function).parameters.values()}


def bind(
    interpreter: Statements,
    target: Target,
    signature: Mapping[str, ParameterKind],
    by_keyword: frozenset[str],
    values: Mapping[str, AbstractValue],
) -> Activation:
    """Call the function in the abstract, with what `values` describes."""
    title = target.function.__qualname__
    args: list[AbstractValue] = []
    for k, receiver in enumerate(target.leading):
        where = f"the receiver of `{title}`" if k == 0 else f"argument {k} bound to `{title}`"
        found = interpreter.outside(receiver, item_of(lambda: target.leading, k), "self", where)
        args.append(interpreter.receiver(found))
    kwargs: dict[str, AbstractValue] = {}
    by_position = True
    for name, kind in signature.items():
        by_position = by_position and name in values and name not in by_keyword
        if name not in values:
            continue
        match kind:
            case "positional_only":
                args.append(values[name])
            case "positional" if by_position:
                args.append(values[name])
            case "var_positional":
                args += interpreter.items_of(values[name], "`*args`")
            case "var_keyword":
                kwargs.update(interpreter.pairs(values[name]))
            case _:
                kwargs[name] = values[name]
    for name, value in target.keywords.items():
        if name not in kwargs:
            where = f"the argument `{name}` bound to `{title}`"
            kwargs[name] = interpreter.outside(value, item_of(lambda: target.keywords, name), name, where)
    return interpreter.activation(av.Known(target.function), args, kwargs)


class _Arguments:
    """Makes abstract values of trees; `leaves` says where each of their parameters comes from."""

    def __init__(self, interpreter: Statements) -> None:
        self.interpreter = interpreter
        self.leaves: dict[Value, tuple[str, Path, Any]] = {}

    def value(self, tree: Tree, name: str, path: Path = ()) -> AbstractValue:
        """The abstract value of a tree, at a path of a parameter."""
        match tree:
            case Static(value=known):
                return self.interpreter.from_python(known)
            case Leaf(type=t, sample=sample):
                value = Value(t, leaf_name(name, path))
                self.leaves[value] = name, path, sample
                return self.interpreter.value_of(value)
            case Node(kind="tuple" | "namedtuple", type=cls):
                return av.Tuple(self.parts(tree, name, path), cls)
            case Node(kind="list", type=cls):
                return self.interpreter.heap.new("list", Container(cls, (), self.parts(tree, name, path)))
            case Node(kind="dict", type=cls, keys=keys):
                return self.interpreter.heap.new("dict", Container(cls, keys, self.parts(tree, name, path)))
            case Node(type=cls, keys=keys):
                return self.interpreter.heap.new("object", Container(cls, keys, self.parts(tree, name, path)))

    def parts(self, tree: Node, name: str, path: Path) -> tuple[AbstractValue, ...]:
        self.interpreter.expect_plain_container(tree.type)
        pairs = zip(tree.keys, tree.children, strict=True)
        return tuple(self.value(child, name, (*path, key)) for key, child in pairs)


def hidden_parameter(session: Session, key: int) -> Parameter:
    """The parameter through which a hidden input reaches the generated function."""
    array = session.hidden[key]
    return Parameter(array.name, Leaf(array.type, array.sample), "keyword_only", Hidden(array.read, array.description))


def title(code: Code, module: Module) -> str:
    """What is computed, and where it stands."""
    line = code.node.lineno
    return f"{module.entry} of {os.path.basename(code.file)}:{line}"
