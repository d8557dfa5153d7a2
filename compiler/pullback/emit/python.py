"""A program in, the source text of its functions out.

Each function passes through the modules of this package in turn: returns and breaks are sunk into branches (tail),
values are nested or not (plan), statements are listed (statements, stacks), variables are shared and named (ranges,
names), the statements become Python's AST (render, loops, spelling, containers), and the AST becomes text with comments
(text, printing).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from itertools import count
from typing import Any

import pullback_runtime
from pullback.analysis.naming import identifier
from pullback.emit import docstrings
from pullback.emit.checks import argument_checks
from pullback.emit.containers import ResultBuilder, access, leaf_hint, nodes, signature
from pullback.emit.imports import Imports
from pullback.emit.names import RESERVED, Variables
from pullback.emit.plan import Plan
from pullback.emit.printing import expression_text, print_statement
from pullback.emit.ranges import Ranges
from pullback.emit.render import Node, Renderer
from pullback.emit.spelling import updates
from pullback.emit.stacks import flatten, put_back
from pullback.emit.standalone import runtime_source
from pullback.emit.statements import Bind, Statements, carried_undefined
from pullback.emit.tail import sink_leaves, sink_tail
from pullback.emit.text import Located, Writer
from pullback.errors import SignatureError
from pullback.ir.core import Function, Loc, Op, Value, walk
from pullback.ir.effects import EFFECT, named_in
from pullback.ir.interface import Leaf, Parameter, Path, Program, leaves
from pullback.ir.regions import PACK, UNPACK
from pullback.ir.rewrite import reachable
from pullback.ir.types import Nothing
from pullback.records import dataclass

WARNINGS = ("divide", "over", "under", "invalid")
_GAP: tuple[Located, ...] = (("", None), ("", None))
_MODULES = frozenset(["np", "math", "cmath", "builtins", "dataclasses", "types"])


@dataclass(frozen=True, slots=True)
class Emitted:
    """Generated source.

    line_map    leads from a line of `source`, counted from 1, to where it stems from
    given       has by name what the source refers to and cannot import
    names       has the variables of values
    """

    source: str
    line_map: Mapping[int, Loc]
    entry: str
    functions: tuple[str, ...]
    given: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[Value, str] = field(default_factory=dict, compare=False)


def emit(program: Program) -> Emitted:
    """Print a program as Python source that needs NumPy, and the runtime only where it calls it.

    Args:
        program: differentiated and optimised; buffer assignment is its last pass.

    Returns:
        The text, which is the same every time, and the line map.

    Raises:
        SignatureError: the result holds an instance of a class that generated code cannot reach.
    """
    return emit_all([program])


def emit_all(
    programs: Sequence[Program], header: Sequence[str] = (), standalone: bool = False, checked: bool = False
) -> Emitted:
    """Print programs as one module.

    Args:
        programs: their functions come in this order, callees before callers.
        header: lines that go first.
        standalone: whether the functions of the runtime are copied instead of imported.
        checked: whether the entries check the arguments that they are specialised to.
    """
    imports = Imports(p.name for program in programs for p in program.parameters)
    taken = frozenset(imports.reserved(_taken(programs)))
    functions: dict[str, list[Located]] = {}
    names: dict[Value, str] = {}
    for program in programs:
        functions |= _beside(functions, program, imports, taken, checked, names)
    runtime = imports.runtime_functions() if standalone else []
    copied: list[Located] = [(line, None) for line in runtime_source(runtime, imports)] if runtime else []
    top: list[Located] = [(line, None) for line in header]
    for group in imports.statements(without_runtime=standalone):
        texts = [text for statement in group for text in print_statement(statement)]
        top += [(text, None) for text in ([""] if top else []) + texts]
    if imports.given:
        top += [(text, None) for text in [""] * bool(top) + list(map(_about_given, imports.given.items()))]
    parts = [part for part in (top, copied, *functions.values()) if part]
    located = [line for k, part in enumerate(parts) for line in (*_GAP[: 2 * bool(k)], *part)]
    line_map = {k: loc for k, (_, loc) in enumerate(located, 1) if loc is not None}
    entry = _function_names(programs[0])[programs[0].module.entry]
    text = "".join(f"{line}\n" for line, _ in located)
    return Emitted(text, line_map, entry, tuple(functions), dict(imports.given), names)


def _about_given(item: tuple[str, Any]) -> str:
    name, value = item
    return (
        f"# {name}: {getattr(value, '__module__', '')}.{getattr(value, '__qualname__', '')}, which cannot be imported"
    )


def _taken(programs: Sequence[Program]) -> set[str]:
    """Names that no variable may have: what a module may import, and its functions."""
    classes = {node.type.__name__ for program in programs for node in nodes(program.result)}
    functions = {name for program in programs for name in program.module.functions}
    ops = [op for program in programs for fn in program.module.functions.values() for op in walk(fn.block)]
    actions = [op.attrs["action"] for op in ops if op.prim is EFFECT]
    named = [found for action in actions for layout in (action.value, action.cause) for found in named_in(layout)]
    referred = {(found.name or found.module).rpartition(".")[2] for found in named}
    outer = {found.name.partition(".")[0] for found in named}
    runtime = {name for name in dir(pullback_runtime) if callable(getattr(pullback_runtime, name))}
    return {*_MODULES, *runtime, *classes, *functions, *referred, *outer}


def _silence(program: Program, imports: Imports) -> list[str]:
    """The decorator of an entry that ignores the warnings which the function ignores somewhere in it."""
    if not program.silenced:
        return []
    names = ["all"] if len(program.silenced) == len(WARNINGS) else [n for n in WARNINGS if n in program.silenced]
    keywords = [ast.keyword(name, ast.Constant("ignore")) for name in names]
    return [f"@{expression_text(ast.Call(imports.numpy('errstate'), [], keywords)).strip()}"]


def _beside(
    functions: Mapping[str, list[Located]],
    program: Program,
    imports: Imports,
    taken: frozenset[str],
    checked: bool,
    names: dict[Value, str],
) -> dict[str, list[Located]]:
    """The functions of a program, renamed where another program has a different function of that name."""
    avoid: frozenset[str] = frozenset()
    while True:
        found = _program(program, imports, taken, checked, avoid, names)
        clashes = {name for name, lines in found.items() if functions.get(name, lines) != lines}
        if not clashes:
            return found
        if program.module.entry in clashes:
            raise SignatureError(
                f"two functions of the module would be called `{program.module.entry}`",
                way_out="build them into modules of their own",
            )
        avoid |= clashes


def _program(
    program: Program,
    imports: Imports,
    taken: frozenset[str],
    checked: bool,
    avoid: frozenset[str],
    names: dict[Value, str],
) -> dict[str, list[Located]]:
    module = reachable(program.module)
    callees = _function_names(program, avoid)
    found = {}
    packed: dict[str, list[str]] = {}
    for name, fn in module.functions.items():
        is_entry = name == module.entry
        interface = _entry_interface(fn, program, imports) if is_entry else _inner_interface(fn, packed)
        checks = argument_checks(program, imports) if is_entry and checked else []
        reserved = taken.union(callees.values())
        lines = _function(fn, interface, imports, reserved, callees, checks, packed, names)
        silence = _silence(program, imports) if is_entry else []
        found[callees[name]] = [*((line, fn.loc) for line in silence), *lines]
    return found


def _function_names(program: Program, avoid: frozenset[str] = frozenset()) -> dict[str, str]:
    """What each function is called: its own name, unless it is taken or Python forbids it."""
    taken = {*avoid, *RESERVED, *_MODULES, *(p.name for p in program.parameters)}
    names: dict[str, str] = {}
    for name in program.module.functions:
        stem = identifier(name) or "function"
        candidates = (stem if k == 1 else f"{stem}_{k}" for k in count(1))
        names[name] = next(candidate for candidate in candidates if candidate not in taken)
        taken.add(names[name])
    return names


@dataclass(frozen=True, slots=True)
class _Interface:
    """How one function is entered: the variables that are its parameters, the leaves to bind, the results."""

    fixed: Mapping[Value, str]
    params: tuple[Value, ...]
    binds: tuple[Bind, ...]
    arguments: Callable[[Variables], ast.arguments]
    access: Callable[[Value, Path], ast.expr]
    returned: Callable[[Sequence[ast.expr]], ast.expr]
    return_reads: tuple[Value, ...]
    hints: Mapping[Value, str]
    docstring: list[str]
    writable: Callable[[Op], bool]
    is_entry: bool


def _inner_interface(fn: Function, packed: Mapping[str, list[str]]) -> _Interface:
    """Of a function that generated code alone calls: flat parameters, flat results."""

    def arguments(variables: Variables) -> ast.arguments:
        args = [ast.arg(variables.of(p)) for p in fn.params]
        return ast.arguments(posonlyargs=[], args=args, kwonlyargs=[], kw_defaults=[], defaults=[])

    def returned(values: Sequence[ast.expr]) -> ast.expr:
        return values[0] if len(values) == 1 else ast.Tuple(list(values), ast.Load())

    return _Interface(
        {},
        fn.params,
        (),
        arguments,
        _no_access,
        returned,
        (),
        _unpacked_hints(fn, packed),
        [docstrings.of_function(fn)],
        updates,
        is_entry=False,
    )


def _unpacked_hints(fn: Function, packed: Mapping[str, list[str]]) -> dict[Value, str]:
    """What a backward unpacks is called as the forward that packed it did."""
    hints: dict[Value, str] = {}
    for op in walk(fn.block):
        if op.prim is UNPACK and op.attrs["pair"] in packed:
            hints.update(zip(op.results, packed[op.attrs["pair"]], strict=True))
    return hints


def _no_access(value: Value, path: Path) -> ast.expr:
    raise AssertionError("only the entry has container parameters")


def _entry_interface(fn: Function, program: Program, imports: Imports) -> _Interface:
    """Of the function that the user calls: his parameters, his structures."""
    fixed: dict[Value, str] = {}
    containers: dict[Value, Parameter] = {}
    binds: list[Bind] = []
    values = iter(fn.params)
    for parameter in program.parameters:
        if isinstance(parameter.tree, Leaf):
            fixed[next(values)] = parameter.name
            continue
        container = Value(Nothing(), parameter.name)
        fixed[container] = parameter.name
        containers[container] = parameter
        binds += [Bind(next(values), container, path, leaf_hint(parameter, path)) for path, _ in leaves(parameter.tree)]
    results = ResultBuilder(program.result, program.parameters, imports)
    needed = results.parameters_read()
    arguments = frozenset(fn.params)
    return _Interface(
        fixed,
        tuple(fixed),
        tuple(binds),
        lambda variables: signature(program.parameters, imports),
        lambda value, path: access(containers[value], path, imports),
        results.build,
        tuple(value for value, parameter in containers.items() if parameter in needed),
        _result_hints(fn, program),
        docstrings.of_entry(program, imports),
        lambda op: updates(op) and op.operands[op.into or 0] not in arguments,
        is_entry=True,
    )


def _result_hints(fn: Function, program: Program) -> dict[Value, str]:
    """Names for results that have none: `value` for the first, the keys they are returned under for others."""
    hints: dict[Value, str] = {}
    for result, (path, _) in zip(fn.results, leaves(program.result), strict=True):
        if isinstance(result, Value):
            named = [key for key in path if isinstance(key, str)]
            hints.setdefault(result, named[-1] if named else "result" if hints else "value")
    return hints


def _function(
    fn: Function,
    interface: _Interface,
    imports: Imports,
    taken: frozenset[str],
    callees: Mapping[str, str],
    checks: Sequence[Node],
    packed: dict[str, list[str]],
    names: dict[Value, str],
) -> list[Located]:
    """The lines of one function."""
    block = sink_leaves(sink_tail(fn.block))
    plan = Plan(block, interface.writable, named_results=interface.is_entry)
    statements = Statements(plan, carried_undefined(block), interface.return_reads)
    body = [*(bind for bind in interface.binds if bind.result in plan.reads), *statements.function(block)]
    stacks = flatten(body, statements)
    put_back(body, statements)
    ranges = Ranges(statements, body, interface.params)
    variables = Variables(
        statements, body, ranges, interface.params, interface.fixed, taken, interface.writable, interface.hints
    )
    renderer = Renderer(
        plan,
        variables,
        imports,
        callees,
        interface.access,
        interface.returned,
        interface.writable,
        comment_returns=not interface.is_entry,
    )
    nodes_ = [*checks, *renderer.body(body)]
    header = ast.FunctionDef(callees[fn.name], interface.arguments(variables), [ast.Pass()], [])
    packed.update(renderer.packed_names(block))
    names.update(variables.names())
    names.update((sequence, variables.of(stack)) for sequence, stack in stacks.items())
    for op in fn.block.ops:
        if op.prim is PACK:  # where it was sunk into the arms, other values stand for its operands
            given = zip(op.operands, packed.get(op.attrs["pair"], ()), strict=False)
            names.update((value, name) for value, name in given if name and isinstance(value, Value))
    writer = Writer()
    writer.function(header, interface.docstring, nodes_, fn.loc)
    return writer.lines
