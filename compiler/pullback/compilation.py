"""One function, one signature, one request: traced, differentiated, emitted, loaded."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from pullback.analysis.dimensions import name_dimensions
from pullback.callables import signature_of_callable
from pullback.emit import Emitted, emit, load
from pullback.frontend import NeedsStaticParameter, trace
from pullback.ir.interface import Leaf, Node, Parameter, Path, Program, Request, Static, Tree
from pullback.ir.types import Array
from pullback.pipeline import gradient_program

Promoted: TypeAlias = tuple[tuple[str, Path, Any], ...]  # parameter, path in it, value


def compile_gradient(
    function: Callable[..., Any], trees: Mapping[str, Tree], request: Request, keywords: frozenset[str] = frozenset()
) -> tuple[Program, Promoted, Program, Emitted, Callable[..., Any]]:
    """The primal program, what was made static in it, and the gradient: program, text and callable."""
    primal, promoted = primal_program(function, trees, keywords)
    program = gradient_program(primal, request)
    emitted = emit(program)
    return primal, promoted, program, emitted, load(emitted, filename=f"<pullback {program.module.entry}>")


def primal_program(
    function: Callable[..., Any], trees: Mapping[str, Tree], keywords: frozenset[str] = frozenset()
) -> tuple[Program, Promoted]:
    """Trace a function. Ints, and lengths of arrays, that turn out to be needed at compile time become static, and
    tracing restarts.
    """
    promoted: list[tuple[str, Path, Any]] = []
    while True:
        try:
            program = trace(function, trees, keywords)
        except NeedsStaticParameter as need:
            value = sample_at(trees[need.parameter], need.path)
            promoted.append((need.parameter, need.path, value))
            trees = {**trees, need.parameter: with_static(trees[need.parameter], need.path, value)}
        else:
            return name_dimensions(_with_defaults(program, signature_of_callable(function))), tuple(promoted)


def _with_defaults(program: Program, signature: inspect.Signature) -> Program:
    def with_default(parameter: Parameter) -> Parameter:
        if parameter.hidden is not None or parameter.name not in signature.parameters:
            return parameter
        return dataclasses.replace(parameter, default=signature.parameters[parameter.name].default)

    return dataclasses.replace(program, parameters=tuple(map(with_default, program.parameters)))


def sample_at(tree: Tree, path: Path) -> Any:
    """What was seen at a path, which may lead into an array: to its length along an axis."""
    if isinstance(tree, Leaf):
        return tree.sample.shape[path[1]] if path else tree.sample
    assert isinstance(tree, Node)
    return sample_at(tree.children[tree.keys.index(path[0])], path[1:])


def with_static(tree: Tree, path: Path, value: Any) -> Tree:
    """A tree in which a leaf, or the length of an array, is known."""
    match tree:
        case Leaf(type=Array(dtype=dtype, shape=dims)) if path and dims is not None:
            axis = path[1]
            return dataclasses.replace(tree, type=Array(dtype, (*dims[:axis], value, *dims[axis + 1 :])))
        case Node(keys=keys, children=children):
            index = keys.index(path[0])
            changed = with_static(children[index], path[1:], value)
            return dataclasses.replace(tree, children=(*children[:index], changed, *children[index + 1 :]))
    return Static(value)
