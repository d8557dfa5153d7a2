"""Programs built by hand: IR written with the pen that rules are written with, and the law that emission obeys."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any, Literal, TypeGuard

import numpy as np

import pullback.primitives.tables  # noqa: F401  # fills the registry
from pullback.emit import Emitted, emit, load
from pullback.ir.builder import Builder, atom
from pullback.ir.core import UNDEFINED, Atom, Block, Function, Loc, Module, Op, Undefined, Value
from pullback.ir.evaluate import evaluate
from pullback.ir.interface import Leaf, Parameter, Program, Tree, leaves, node
from pullback.ir.regions import CALL, FOR, IF, PACK, UNPACK, WHILE
from pullback.ir.types import FLOAT, INT, Array, Seq, Sym, Tape, Type
from pullback.ir.verify import verify_module
from pullback.primitives.expr import Expr
from pullback.primitives.registry import PRIMITIVES

_FILES = count(1)


def array(*dims: int | str, dtype: Any = np.float64) -> Array:
    """An array type; a string is a symbol that is never 1."""
    return Array(np.dtype(dtype), tuple(Sym(d) if isinstance(d, str) else d for d in dims))


class Writer:
    """Writes one function of IR."""

    def __init__(self, name: str, **params: Type) -> None:
        self.name = name
        self.builder = Builder()
        self.pair = name.rpartition("_")[0]
        self.params = {n: Value(t, n) for n, t in params.items()}

    def __getitem__(self, name: str) -> Expr:
        return Expr(self.builder, self.params[name])

    def named(self, name: str, pen: Expr) -> Expr:
        """Give the result of the last operation a name."""
        old = pen.atom
        assert isinstance(old, Value)
        new = replace(old, name=name)
        for k, op in enumerate(self.builder.ops):
            if old in op.results:
                self.builder.ops[k] = replace(op, results=tuple(new if r is old else r for r in op.results))
        return Expr(self.builder, new)

    def into(self, pen: Expr, operand: int = 0) -> Expr:
        """Let the last operation take over the memory of an operand."""
        op = self.builder.ops[-1]
        assert pen.atom is op.result
        self.builder.ops[-1] = replace(op, into=operand)
        return pen

    @contextmanager
    def at(self, line: int, sweep: Literal["primal", "adjoint"] = "primal", file: str = "") -> Iterator[None]:
        with self.builder.at(Loc(file, line, 0, line, 1, (line, line), self.name), sweep):
            yield

    def call(self, callee: str, *operands: Any, types: Sequence[Type], names: Sequence[str] = ()) -> list[Expr]:
        atoms = tuple(_atom(o) for o in operands)
        outs = self.builder.append(CALL, atoms, {"callee": callee}, tuple(types), names=tuple(names) or None)
        return [Expr(self.builder, v) for v in outs]

    def pack(self, *values: Any) -> Expr:
        (tape,) = self.builder.append(PACK, tuple(_atom(v) for v in values), {"pair": self.pair}, (Tape(),))
        return Expr(self.builder, tape)

    def unpack(self, tape: Any, **types: Type) -> list[Expr]:
        attrs = {"pair": self.pair}
        outs = self.builder.append(UNPACK, (_atom(tape),), attrs, tuple(types.values()), names=tuple(types))
        return [Expr(self.builder, v) for v in outs]

    def branch(self, condition: Any, then: Any, orelse: Any, types: Sequence[Type], names: Sequence[str] = ()) -> Any:
        """A conditional; `then` and `orelse` are functions that write an arm and return what it yields."""
        blocks = []
        for arm in (then, orelse):
            with self.builder.region() as ops:
                yielded = arm()
                blocks.append(Block((), tuple(ops), tuple(_atom(y) for y in _sequence(yielded))))
        operands = (_atom(condition),)
        outs = self.builder.append(IF, operands, {}, tuple(types), tuple(blocks), tuple(names) or None)
        pens = [Expr(self.builder, v) for v in outs]
        return pens[0] if len(pens) == 1 else pens

    def for_(
        self,
        bounds: tuple[Any, Any, Any],
        body: Any,
        initial: Sequence[tuple[str, Any, Type]] = (),
        sequences: Sequence[tuple[str, Any]] = (),
        written: Sequence[tuple[str, Type]] = (),
        **options: Any,
    ) -> tuple[Expr, list[Expr], list[Expr]]:
        """A loop over a range. `body(i, *carried, *elements)` writes a trip and returns `leave`, a list of what is
        handed on, and one of what is written. Results: the number of trips, the final values, the sequences.
        """
        index = Value(INT, options.pop("index", "i"))
        return self._loop(FOR, bounds, (index,), None, body, initial, sequences, written, options)

    def while_(
        self,
        test: Any,
        body: Any,
        initial: Sequence[tuple[str, Any, Type]] = (),
        sequences: Sequence[tuple[str, Any]] = (),
        written: Sequence[tuple[str, Type]] = (),
        **options: Any,
    ) -> tuple[Expr, list[Expr], list[Expr]]:
        """A loop while `test(*carried)` holds; see `for_`."""
        return self._loop(WHILE, (), (), test, body, initial, sequences, written, options)

    def _loop(
        self,
        kind: Any,
        bounds: tuple[Any, ...],
        index: tuple[Value, ...],
        test: Any,
        body: Any,
        initial: Sequence[tuple[str, Any, Type]],
        sequences: Sequence[tuple[str, Any]],
        written: Sequence[tuple[str, Type]],
        options: Mapping[str, Any],
    ) -> tuple[Expr, list[Expr], list[Expr]]:
        names, starts, types = zip(*initial, strict=True) if initial else ((), (), ())
        blocks = []
        if test is not None:
            params = tuple(Value(t, name) for name, t in zip(names, types, strict=True))
            with self.builder.region() as ops:
                going = test(*(Expr(self.builder, p) for p in params))
                blocks.append(Block(params, tuple(ops), (_atom(going),)))
        elements = [Value(_element(_atom(s).type), name) for name, s in sequences]
        params = (*index, *(Value(t, name) for name, t in zip(names, types, strict=True)), *elements)
        with self.builder.region() as ops:
            leave, following, out = body(*(Expr(self.builder, p) for p in params))
            results = tuple(_atom(r) for r in (leave, *following, *out))
            blocks.append(Block(params, tuple(ops), results))
        operands = tuple(_atom(o) for o in (*bounds, *starts, *(s for _, s in sequences)))
        out_types = (INT, *types, *(Seq(t) for _, t in written))
        attrs = {"carried": len(initial), **options}
        outs = self.builder.append(
            kind, operands, attrs, out_types, tuple(blocks), ("", *names, *(n for n, _ in written))
        )
        pens = [Expr(self.builder, v) for v in outs]
        return pens[0], pens[1 : 1 + len(initial)], pens[1 + len(initial) :]

    def function(self, *results: Any) -> Function:
        block = Block(tuple(self.params.values()), tuple(self.builder.ops), tuple(_atom(r) for r in results))
        return Function(self.name, block)


def _element(t: Type) -> Type:
    assert isinstance(t, Seq)
    return t.element


def _atom(value: Any) -> Atom:
    return value.atom if isinstance(value, Expr) else atom(value)


def _sequence(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else (value,)


def prim(name: str) -> Any:
    return PRIMITIVES[name]


def program(entry: Function, *others: Function, result: Tree | None = None, **options: Any) -> Program:
    """A program whose parameters are the entry's, as they are, unless `parameters` says otherwise."""
    module = verify_module(Module({fn.name: fn for fn in (*others, entry)}, entry.name))
    parameters = options.pop("parameters", tuple(Parameter(p.name, Leaf(p.type)) for p in entry.params))
    if result is None:
        found = tuple(Leaf(r.type) for r in entry.results)
        result = found[0] if len(found) == 1 else node("tuple", found)
    return Program(module, parameters, result, **options)


def check(given: Program, *arguments: Any, expected: str | None = None, tidy: bool = True) -> Emitted:
    """Assert that running the emitted code equals interpreting the IR, bit for bit; compare the text with `expected`.

    The arguments must be untouched, the text stable, and (where the IR is `tidy`) nothing in it unused.
    """
    emitted = emit(given)
    assert emit(given) == emitted
    before = copy.deepcopy(arguments)
    entry = load(emitted, filename=f"<pullback test {next(_FILES)}>")
    given_leaves = [
        _at(a, path) for p, a in zip(given.parameters, arguments, strict=True) for path, _ in leaves(p.tree)
    ]
    wanted = evaluate(given.module, copy.deepcopy(given_leaves))
    got = entry(*arguments)
    assert_same([_at(got, path) for path, _ in leaves(given.result)], list(wanted), emitted.source)
    assert_same(list(arguments), list(before), emitted.source)
    if tidy:
        assert_nothing_unused(emitted.source)
    if expected is not None:
        assert emitted.source == expected
    return emitted


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = getattr(value, key) if isinstance(key, str) and hasattr(value, key) else value[key]
    return value


def assert_same(got: Any, wanted: Any, source: str) -> None:
    """Equal in type, dtype, shape and every bit."""
    if isinstance(wanted, list | tuple):
        assert len(got) == len(wanted), source
        for g, w in zip(got, wanted, strict=True):
            assert_same(g, w, source)
    elif isinstance(wanted, np.ndarray | np.generic):
        assert type(got) is type(wanted), source
        assert got.dtype == wanted.dtype, source
        assert got.shape == wanted.shape, source
        np.testing.assert_array_equal(got, wanted, err_msg=source)
    else:
        assert type(got) is type(wanted), source
        assert repr(got) == repr(wanted), source


def assert_nothing_unused(source: str) -> None:
    """Every import and every local that is assigned is read somewhere; `_` is for what is not."""
    tree = ast.parse(source)
    read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    for imported in (n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)):
        for alias in imported.names:
            assert (alias.asname or alias.name) in read, source
    for fn in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        targets, uses = set(), []
        for inner in ast.walk(fn):
            if isinstance(inner, ast.Assign):
                targets |= {n.id for t in inner.targets for n in ast.walk(t) if _is_target(n)}
            uses += [inner.id] if isinstance(inner, ast.Name) else []
        for name in targets - {"_"}:
            assert uses.count(name) > sum(
                isinstance(n, ast.Name) and n.id == name
                for a in ast.walk(fn)
                if isinstance(a, ast.Assign)
                for t in a.targets
                for n in ast.walk(t)
            ), f"{name} is never read:\n{source}"


def _is_target(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


__all__ = ["FLOAT", "UNDEFINED", "Emitted", "Op", "Undefined", "Writer", "array", "check", "prim", "program"]
