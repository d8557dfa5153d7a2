"""From a traced program to the program of its gradient: the passes, as one list, in order.

Verification of the IR, snapshots and timing hang on one callback, which sees every module that a pass leaves behind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace

from pullback.autodiff.calls import value_and_grad
from pullback.errors import NonDifferentiableError, SignatureError
from pullback.ir.core import Function, Module, walk
from pullback.ir.interface import Leaf, Node, Parameter, Program, Request, Static, Tree, leaves
from pullback.ir.opaque import Opaque
from pullback.ir.rewrite import map_functions
from pullback.ir.types import Array, Handle, List, Scalar, Type, is_inexact
from pullback.passes.adjoint_identities import ADJOINT
from pullback.passes.argument_names import name_arguments
from pullback.passes.buffers import reuse_buffers
from pullback.passes.cancel import CANCEL
from pullback.passes.dead_code import dead_code
from pullback.passes.filled import fill
from pullback.passes.fresh_results import fresh_results
from pullback.passes.guards import GUARDS
from pullback.passes.identities import EXACT
from pullback.passes.inline import inline_leaves
from pullback.passes.list_identities import LISTS
from pullback.passes.list_updates import update_lists
from pullback.passes.outgrown import OUTGROWN
from pullback.passes.prune import prune_signatures, prune_tapes
from pullback.passes.recompute import recompute
from pullback.passes.shape_sources import shape_sources
from pullback.passes.share import merge_equal_functions, share_forwards
from pullback.passes.silent_writes import drop_silent_writes
from pullback.passes.simplify import simplify
from pullback.passes.stable_ratios import RATIOS

Observe = Callable[[str, Module], None]


RELAXED = {
    name: [rule for table in (ADJOINT, CANCEL, GUARDS, LISTS, RATIOS, OUTGROWN) for rule in table.get(name, ())]
    for name in {*ADJOINT, *CANCEL, *GUARDS, *LISTS, *RATIOS, *OUTGROWN}
}


def tidy(fn: Function) -> Function:
    """Simplify until nothing changes: a rule may leave operations that let another one apply."""
    size = -1
    while size != (size := _count(fn)):
        fn = dead_code(simplify(fn, EXACT, RELAXED))
    return fn


def _count(fn: Function) -> int:
    return sum(1 for _ in walk(fn.block))


def gradient_program(program: Program, request: Request, observe: Observe = lambda name, module: None) -> Program:
    """The program that returns the value (and aux), and the gradient with the structure of what it is taken of.

    Raises:
        NonDifferentiableError: the value is no real scalar, or a parameter in `wrt` carries no derivative.
        SignatureError: `wrt` names no parameter.
    """
    value, primal_tree = _value_of(program, request.has_aux)
    _check_scalar(program, value)
    positions, gradient = _wrt(program, request)
    n_primal = len(program.module.main.results)
    name = f"{program.module.entry}_{request.mode}"

    def differentiate(module: Module) -> Module:
        return value_and_grad(module, positions, name, tidy)

    def drop_value(module: Module) -> Module:
        if request.mode == "value_and_grad":
            return module
        main = module.main
        kept = replace(main, block=replace(main.block, results=main.results[n_primal:]))
        return replace(module, functions={**module.functions, name: kept})

    def own_memory(module: Module) -> Module:
        return fresh_results(module, [module.main.params[k].type for k in positions])

    passes: Sequence[tuple[str, Callable[[Module], Module]]] = (
        ("inline_leaves", inline_leaves),
        ("prune_signatures", prune_signatures),
        ("merge_equal_functions", merge_equal_functions),
        ("name_arguments", name_arguments),
        ("differentiate", differentiate),
        ("drop_value", drop_value),
        ("tidy", lambda module: map_functions(module, tidy)),
        ("recompute", lambda module: map_functions(module, recompute)),
        ("share_forwards", share_forwards),
        ("prune_tapes", prune_tapes),
        ("fill", fill),
        ("fresh_results", own_memory),
        ("shape_sources", shape_sources),
        ("reuse_buffers", reuse_buffers),
        ("drop_silent_writes", lambda module: map_functions(module, drop_silent_writes)),
        ("update_lists", lambda module: map_functions(module, update_lists)),
    )
    module = program.module
    observe("trace", module)
    for title, run in passes:
        module = run(module)
        observe(title, module)
    result: Tree = gradient
    if request.mode == "value_and_grad":
        result = Node("tuple", tuple, (0, 1), (primal_tree, gradient))
    of = ", ".join(request.wrt)
    title = f"d {program.module.entry} / d {of if request.single else f'({of})'}"
    title = f"{program.module.entry} and {title}" if request.mode == "value_and_grad" else title
    return replace(program, module=module, result=result, title=title)


def _value_of(program: Program, has_aux: bool) -> tuple[Tree, Tree]:
    """The tree of the value that is differentiated, and that of all the primal results."""
    tree = program.result
    if not has_aux:
        return tree, tree
    if isinstance(tree, Node) and tree.kind == "tuple" and len(tree.children) == 2:
        return tree.children[0], tree
    raise NonDifferentiableError(
        "the function does not return a pair",
        "has_aux=True means that it returns (value, aux)",
        loc=program.module.main.loc,
    )


def _check_scalar(program: Program, value: Tree) -> None:
    loc = program.module.main.loc
    if isinstance(value, Static):
        if isinstance(value.value, float):
            return
        raise NonDifferentiableError(
            f"the output is {value.value!r}", "only a real number has a gradient", "return a float", loc
        )
    if isinstance(value, Node):
        raise NonDifferentiableError(
            f"the output is a {value.type.__name__}",
            "the gradient is that of one number",
            "return a scalar, or (value, aux) with has_aux=True",
            loc,
        )
    t = value.type
    if isinstance(t, List):
        raise NonDifferentiableError(
            "the output is a list",
            "the gradient is that of one number",
            "return a scalar, or (value, aux) with has_aux=True",
            loc,
        )
    if not is_inexact(t):
        raise NonDifferentiableError(
            f"the output is {_describe(t)}", "integers and booleans carry no derivative", "return a float", loc
        )
    if isinstance(t, Array) and t.shape:
        raise NonDifferentiableError(
            f"the output is {_describe(t)}",
            "the gradient is that of one number",
            "reduce it, for instance by np.sum or np.mean",
            loc,
        )
    if (isinstance(t, Scalar) and t.kind == "complex") or (
        isinstance(t, Array) and t.dtype is not None and t.dtype.kind == "c"
    ):
        raise NonDifferentiableError(
            "the output is complex", "the gradient is that of a real number", "return its real part or its modulus", loc
        )


def _wrt(program: Program, request: Request) -> tuple[list[int], Tree]:
    """Positions of the leaves to differentiate by, and the tree of the gradient, whose leaves are in that order."""
    names = [p.name for p in program.parameters if p.hidden is None]
    positions: list[int] = []
    trees: dict[str, Tree] = {}
    for parameter in program.parameters:
        if parameter.name in request.wrt:
            trees[parameter.name] = _gradient_tree(parameter, program)
    offsets = _offsets(program.parameters)
    for name in request.wrt:
        if name not in trees:
            raise SignatureError(
                f"the gradient with respect to `{name}` is asked for, which is not among the arguments",
                "a default is part of the function",
                f"pass it; passed are {', '.join(names)}",
            )
        parameter = next(p for p in program.parameters if p.name == name)
        positions += [offsets[name] + k for k, (_, leaf) in enumerate(leaves(parameter.tree)) if is_inexact(leaf.type)]
    if request.single:
        return positions, trees[request.wrt[0]]
    children = tuple(trees[name] for name in request.wrt)
    return positions, Node("tuple", tuple, tuple(range(len(children))), children)


def _offsets(parameters: Sequence[Parameter]) -> dict[str, int]:
    offsets, start = {}, 0
    for p in parameters:
        offsets[p.name] = start
        start += sum(1 for _ in leaves(p.tree))
    return offsets


def _gradient_tree(parameter: Parameter, program: Program) -> Tree:
    """The tree of a gradient: leaves that carry no derivative become None, and objects namespaces."""
    tree = parameter.tree
    if not any(is_inexact(leaf.type) for _, leaf in leaves(tree)):
        what = _describe(tree.type) if isinstance(tree, Leaf) else "made of no floats"
        if isinstance(tree, Static):
            what = f"{tree.value!r}"
        raise NonDifferentiableError(
            f"the gradient with respect to `{parameter.name}` is asked for, which is {what}",
            "integers, booleans and what is no number carry no derivative",
            "pass a float, or leave it out of wrt",
            program.module.main.loc,
        )

    def gradient(tree: Tree) -> Tree:
        if isinstance(tree, Static):
            return Static(None)
        if isinstance(tree, Node):
            cls = SimpleNamespace if tree.kind == "object" else tree.type
            return replace(tree, type=cls, children=tuple(map(gradient, tree.children)))
        return Leaf(tree.type) if is_inexact(tree.type) else Static(None)

    return gradient(tree)


def _describe(t: Type) -> str:
    match t:
        case Scalar(kind):
            return f"a Python {kind}"
        case Array(dtype, shape):
            name = "unknown" if dtype is None else dtype.name
            if shape == ():
                return f"a NumPy {name}"
            return f"an array of {name}" + (f" of shape ({', '.join(map(str, shape))})" if shape else "")
        case Handle() | Opaque():
            return f"a {t}"
    return str(t)
