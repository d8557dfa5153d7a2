"""Effects: what a function does besides computing its results. It prints, logs, warns, raises, draws random numbers.

    effect  (operands...; action)  -> nothing, or what is drawn, or a generator that is made

An effect has a place in the order of all effects of a run. It is never left out, merged with another, repeated or
moved across another, and belongs to the primal sweep: a gradient has the effects of the function once. An effect that
raises is the last operation of its block; so what the block hands out is never read. What is drawn is a constant of
differentiation, and no adjoint draws again: what it reads of a draw is kept.

An action is the text of a Python expression whose holes are the operands: what is called, with what, in which form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from typing import Any, Literal, TypeAlias

from pullback.ir.core import Block, Module, Op, Primitive, walk
from pullback.ir.regions import CALL
from pullback.ir.rewrite import map_calls, map_functions
from pullback.records import dataclass


@dataclass(frozen=True, slots=True)
class Hole:
    """An operand, by position."""

    index: int

    def __str__(self) -> str:
        return f"${self.index}"


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    """A number, a string, None: what is written down as it is."""

    value: Any

    def __eq__(self, other: object) -> bool:
        # 1 == 1.0 == True, and 0.0 == -0.0, but they do not print alike
        return isinstance(other, Plain) and (type(self.value), repr(self.value)) == (
            type(other.value),
            repr(other.value),
        )

    def __hash__(self) -> int:
        return hash((type(self.value), repr(self.value)))

    def __str__(self) -> str:
        return repr(self.value)


@dataclass(frozen=True, slots=True)
class Named:
    """A function, class or module, known by its name in a module (empty: the module itself)."""

    value: Any = field(repr=False)
    module: str
    name: str
    identity: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "identity", id(self.value))  # two things may have one name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Named) and self.value is other.value

    def __hash__(self) -> int:
        return self.identity

    def __str__(self) -> str:
        return self.name or self.module


@dataclass(frozen=True, slots=True)
class Member:
    """`base.name`."""

    base: Layout
    name: str

    def __str__(self) -> str:
        return f"{self.base}.{self.name}"


@dataclass(frozen=True, slots=True)
class Piece:
    """`{value!r:spec}` in a text; the conversion is empty, "s", "r" or "a"."""

    value: Layout
    conversion: str = ""
    spec: Layout | None = None

    def __str__(self) -> str:
        conversion = f"!{self.conversion}" if self.conversion else ""
        return f"{{{self.value}{conversion}{'' if self.spec is None else f':{self.spec}'}}}"


@dataclass(frozen=True, slots=True)
class Text:
    """An f-string."""

    parts: tuple[str | Piece, ...]

    def __str__(self) -> str:
        return f'f"{"".join(map(str, self.parts))}"'


@dataclass(frozen=True, slots=True)
class Apply:
    """A call."""

    function: Layout
    args: tuple[Layout, ...]
    keywords: tuple[tuple[str, Layout], ...] = ()

    def __str__(self) -> str:
        keywords = [f"{name}={value}" for name, value in self.keywords]
        return f"{self.function}({', '.join([*map(str, self.args), *keywords])})"


@dataclass(frozen=True, slots=True)
class Binary:
    """`left + right` or `left % right`, of texts."""

    symbol: Literal["+", "%"]
    left: Layout
    right: Layout

    def __str__(self) -> str:
        return f"{self.left} {self.symbol} {self.right}"


@dataclass(frozen=True, slots=True)
class Display:
    """A tuple, list or dict, written out."""

    kind: Literal["tuple", "list", "dict"]
    items: tuple[Layout, ...]
    keys: tuple[Layout, ...] = ()

    def __str__(self) -> str:
        if self.kind == "dict":
            return f"{{{', '.join(f'{k}: {v}' for k, v in zip(self.keys, self.items, strict=True))}}}"
        inside = ", ".join(map(str, self.items))
        return f"[{inside}]" if self.kind == "list" else f"({inside}{',' * (len(self.items) == 1)})"


Layout: TypeAlias = Hole | Plain | Named | Member | Text | Apply | Binary | Display


@dataclass(frozen=True, slots=True)
class Action:
    """What an effect does.

    call      evaluates `value`; `keeps`: what is called may keep what it is given, as a log does
    raise     raises `value`, from `cause` where there is one
    assert    raises AssertionError with the message `value`, or without one: an assertion that did not hold
    """

    kind: Literal["call", "raise", "assert"]
    value: Layout | None
    cause: Layout | None = None
    keeps: bool = False

    @property
    def raises(self) -> bool:
        return self.kind != "call"

    def __str__(self) -> str:
        words = [*([] if self.kind == "call" else [self.kind]), *([] if self.value is None else [str(self.value)])]
        return " ".join(words if self.cause is None else [*words, "from", str(self.cause)])


def shifted(layout: Layout, by: int) -> Layout:
    """A layout whose holes are the operands that come `by` places later."""

    def shift(inner: Layout) -> Layout:
        return shifted(inner, by)

    match layout:
        case Hole(index):
            return Hole(index + by)
        case Member(base, name):
            return Member(shift(base), name)
        case Text(parts):
            return Text(
                tuple(
                    part
                    if isinstance(part, str)
                    else Piece(shift(part.value), part.conversion, None if part.spec is None else shift(part.spec))
                    for part in parts
                )
            )
        case Apply(function, args, keywords):
            return Apply(shift(function), tuple(map(shift, args)), tuple((name, shift(v)) for name, v in keywords))
        case Binary(symbol, left, right):
            return Binary(symbol, shift(left), shift(right))
        case Display(kind, items, keys):
            return Display(kind, tuple(map(shift, items)), keys)
    return layout


def named_in(layout: Layout | None) -> Iterator[Named]:
    """What a layout refers to by name."""
    match layout:
        case Named():
            yield layout
        case Member(base):
            yield from named_in(base)
        case Text(parts):
            for part in parts:
                if isinstance(part, Piece):
                    yield from named_in(part.value)
                    yield from named_in(part.spec)
        case Apply(function, args, keywords):
            for inner in (function, *args, *(value for _, value in keywords)):
                yield from named_in(inner)
        case Binary(_, left, right):
            yield from named_in(left)
            yield from named_in(right)
        case Display(_, items, keys):
            for inner in (*keys, *items):
                yield from named_in(inner)


def built(layout: Layout, operands: Sequence[Any]) -> Any:
    """What a layout stands for."""

    def build(inner: Layout) -> Any:
        return built(inner, operands)

    match layout:
        case Hole(index):
            return operands[index]
        case Plain(value) | Named(value):
            return value
        case Member(base, name):
            return getattr(build(base), name)
        case Text(parts):
            return "".join(part if isinstance(part, str) else _formatted(part, operands) for part in parts)
        case Apply(function, args, keywords):
            return build(function)(*map(build, args), **{name: build(value) for name, value in keywords})
        case Binary(symbol, left, right):
            return build(left) + build(right) if symbol == "+" else build(left) % build(right)
        case Display("dict", items, keys):
            return dict(zip(map(build, keys), map(build, items), strict=True))
        case Display(kind, items):
            return tuple(map(build, items)) if kind == "tuple" else list(map(build, items))


_CONVERSIONS: dict[str, Callable[[Any], str]] = {"s": str, "r": repr, "a": ascii}


def _formatted(piece: Piece, operands: Sequence[Any]) -> str:
    value = built(piece.value, operands)
    if piece.conversion:
        value = _CONVERSIONS[piece.conversion](value)
    return format(value, "" if piece.spec is None else built(piece.spec, operands))


def _perform(*operands: Any, action: Action) -> Any:
    value = None if action.value is None else built(action.value, operands)
    if action.kind == "assert":
        raise AssertionError(*([] if action.value is None else [value]))
    if action.kind == "raise" and action.cause is None:
        raise value  # type: ignore[misc]  # an exception
    if action.cause is not None:
        raise value from built(action.cause, operands)  # type: ignore[misc]  # an exception
    return value


EFFECT = Primitive("effect", "effect", _perform, lambda operands, attrs: ())


def raises(op: Op) -> bool:
    """Whether nothing comes after an operation."""
    return op.prim is EFFECT and bool(op.attrs["action"].raises)


def has_effect(op: Op) -> bool:
    """Whether an operation is an effect, holds one, or calls a function that has one."""
    if op.prim is CALL:
        return bool(op.attrs.get("effects"))
    return op.prim is EFFECT or any(has_effects(block) for block in op.blocks)


def has_effects(block: Block) -> bool:
    """Whether running a block has effects."""
    return any(has_effect(op) for op in block.ops)


def mark_calls(module: Module) -> Module:
    """Set the attribute `effects` of the calls of functions that have effects, be it through those that they call."""
    having = {name for name, fn in module.functions.items() if has_effects(fn.block)}
    calls = {
        name: {op.attrs["callee"] for op in walk(fn.block) if op.prim is CALL} for name, fn in module.functions.items()
    }
    while more := {name for name in calls if name not in having and calls[name] & having}:
        having |= more

    def mark(op: Op) -> Op:
        return replace(op, attrs={**op.attrs, "effects": True})

    return map_functions(module, lambda fn: replace(fn, block=map_calls(fn.block, mark, having))) if having else module
