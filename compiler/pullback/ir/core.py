"""The IR: SSA values, operations with regions, blocks in topological order, functions, modules.

Everything here is inert, frozen, and compared by identity. A block may read the values of the blocks around it
(captures are implicit). A `Module` is a set of functions that call each other by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Any, Literal, TypeAlias

from pullback.ir.types import Nothing, Type, type_of
from pullback.records import dataclass

KindName: TypeAlias = Literal[
    "elementwise", "linear", "multilinear", "general", "discrete", "region", "functional", "plumbing", "effect"
]


@dataclass(frozen=True, slots=True)
class Loc:
    """A span of a source file: lines from 1, columns from 0 (as `ast` counts them).

    `statement` is the span of lines of the statement around it; `function` the name of the user's function.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    statement: tuple[int, int]
    function: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column + 1}"


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A name for one result of one operation, or for a parameter.

    `name` is the user's, or says whose cotangent it is; `hint` is what it may be called where it has no name.
    """

    type: Type
    name: str = ""
    loc: Loc | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Const:
    """A constant operand: a number, a tuple of ints (a shape), None."""

    value: Any

    @property
    def type(self) -> Type:
        return type_of(self.value)


@dataclass(frozen=True, slots=True)
class Undefined:
    """What an arm of a conditional yields for a value that only the other arm defines. Nothing ever reads it."""

    type: Type = field(default_factory=Nothing)


Atom: TypeAlias = Value | Const | Undefined
Attrs: TypeAlias = Mapping[str, Any]
UNDEFINED = Undefined()


@dataclass(frozen=True, slots=True, eq=False)
class Primitive:
    """Everything the compiler knows of one operation. Built by `pullback.primitives.kinds`, one table per family.

    evaluate   the operation on concrete NumPy values (also on object arrays of SymPy expressions where NumPy can)
    infer      types of the results from the operands and attributes
    vjp        (g, out, operands, attrs, wanted) -> a cotangent per operand, None where not wanted or zero
    jvp        (tangents, out, operands, attrs) -> the tangent of the result, None where zero
    formula    the scalar meaning of an elementwise primitive, over `x, y, z`
    spelling   how it prints: an operator (`+`), a function (`np.tanh`), or a template over its operands
    view       whether NumPy returns a view of the first operand: "never", "always", or "maybe"; "any": the result may
               be the memory of any operand, or of something else
    """

    name: str
    kind: KindName
    evaluate: Callable[..., Any]
    infer: Callable[[tuple[Atom, ...], Attrs], tuple[Type, ...]]
    vjp: Callable[..., tuple[Any, ...]] | None = None
    jvp: Callable[..., Any] | None = None
    formula: str | None = None
    spelling: str = ""
    view: Literal["never", "always", "maybe", "any"] = "never"
    doc: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, *operands: Any, **attrs: Any) -> Any:
        """Build IR when an operand is a pen (`pullback.primitives.expr.Expr`), evaluate otherwise."""
        for operand in operands:
            build = getattr(operand, "__pullback_build__", None)
            if build is not None:
                return build(self, operands, attrs)
        return self.evaluate(*operands, **attrs)

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True, eq=False)
class Op:
    """One application of a primitive. `blocks` is non-empty only for region primitives.

    `sweep` says whether it computes the primal or an adjoint; `loc` is the source that it stems from.
    `into` is set by buffer assignment only: the index of the operand whose memory the result takes over.
    """

    prim: Primitive
    operands: tuple[Atom, ...]
    attrs: Attrs
    results: tuple[Value, ...]
    blocks: tuple[Block, ...] = ()
    loc: Loc | None = None
    sweep: Literal["primal", "adjoint"] = "primal"
    into: int | None = None

    @property
    def result(self) -> Value:
        (value,) = self.results
        return value


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Operations in topological order, and the values that they hand out."""

    params: tuple[Value, ...]
    ops: tuple[Op, ...]
    results: tuple[Atom, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A block with a name. `loc` is the `def` that it stems from.

    The last `seeds` parameters are cotangents, which only the adjoint sweep may read. `title` says what it computes,
    where its name does not.
    """

    name: str
    block: Block
    loc: Loc | None = None
    seeds: int = 0
    title: str = ""

    @property
    def params(self) -> tuple[Value, ...]:
        return self.block.params

    @property
    def results(self) -> tuple[Atom, ...]:
        return self.block.results


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """Functions by name, callees before callers where there is no recursion; `entry` is the one that is asked for."""

    functions: Mapping[str, Function]
    entry: str

    @property
    def main(self) -> Function:
        return self.functions[self.entry]


def walk(block: Block) -> Iterator[Op]:
    """Every operation of a block and of the blocks inside, outer before inner, in order."""
    for op in block.ops:
        yield op
        for inner in op.blocks:
            yield from walk(inner)


def free_values(block: Block) -> dict[Value, None]:
    """The values that a block reads from around it, in order of first use (an ordered set)."""
    free: dict[Value, None] = {}
    defined = set(block.params)

    def read(atom: Atom) -> None:
        if isinstance(atom, Value) and atom not in defined:
            free[atom] = None

    for op in block.ops:
        for operand in op.operands:
            read(operand)
        for inner in op.blocks:
            for value in free_values(inner):
                read(value)
        defined.update(op.results)
    for result in block.results:
        read(result)
    return free
