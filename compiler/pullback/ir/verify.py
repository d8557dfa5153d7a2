"""Checks the invariants of the IR. In tests it runs after every pass."""

from __future__ import annotations

from pullback.ir.core import Atom, Block, Function, Module, Op, Undefined, Value
from pullback.ir.effects import has_effects, raises
from pullback.ir.functionals import Functional, callees_of, is_functional
from pullback.ir.printer import print_function
from pullback.ir.regions import CALL, FOR, IF, LOOPS, WHILE, Loop
from pullback.ir.types import BOOL, Array, List, Scalar, Seq, Type, rank


class InvalidIR(AssertionError):
    """A defect of the compiler: a pass left IR behind that breaks an invariant."""


def verify_module(module: Module) -> Module:
    """Return the module if it is well formed: every value defined once and before its uses, in scope; arms of a
    conditional yield as many values as it has results, of their types; callees exist with matching signatures; calls of
    functions that have effects say so, and nothing follows what raises.
    """
    for fn in module.functions.values():
        verify_function(fn, module)
    return module


def verify_function(fn: Function, module: Module) -> None:
    _Verifier(fn, module).block(fn.block, set())


class _Verifier:
    def __init__(self, fn: Function, module: Module) -> None:
        self.fn = fn
        self.module = module
        self.defined: set[Value] = set()

    def fail(self, what: str) -> InvalidIR:
        return InvalidIR(f"{what}\n{print_function(self.fn)}")

    def define(self, value: Value, scope: set[Value]) -> None:
        if value in self.defined:
            raise self.fail(f"{value.name or 'a value'} is defined twice")
        self.defined.add(value)
        scope.add(value)

    def read(self, atom: Atom, scope: set[Value], user: str) -> None:
        if isinstance(atom, Value) and atom not in scope:
            raise self.fail(f"{user} reads {atom.name or 'a value'}, which is not in scope")

    def block(self, block: Block, outer: set[Value]) -> None:
        scope = set(outer)
        for param in block.params:
            self.define(param, scope)
        for index, op in enumerate(block.ops):
            if raises(op) and index + 1 < len(block.ops):
                raise self.fail(f"{block.ops[index + 1].prim.name} comes after what raises")
            for operand in op.operands:
                self.read(operand, scope, op.prim.name)
                if isinstance(operand, Undefined) and op.prim not in LOOPS:
                    raise self.fail(f"{op.prim.name} reads an undefined value")
            for inner in op.blocks:
                self.block(inner, scope)
            if len(op.blocks) != {IF: 2, FOR: 1, WHILE: 2}.get(op.prim, 0):
                raise self.fail(f"{op.prim.name} has {len(op.blocks)} blocks")
            if op.prim is IF:
                for inner in op.blocks:
                    self.fits(op, inner.results, tuple(r.type for r in op.results))
            if op.prim in LOOPS:
                self.loop(Loop(op))
            if op.prim is CALL:
                callee = self.module.functions.get(op.attrs["callee"])
                if callee is None:
                    raise self.fail(f"calls {op.attrs['callee']}, which the module does not have")
                if len(callee.params) != len(op.operands) or len(callee.results) != len(op.results):
                    raise self.fail(f"calls {callee.name} with the wrong number of operands or results")
                if has_effects(callee.block) and not op.attrs.get("effects"):
                    raise self.fail(f"calls {callee.name}, which has effects, as if it had none")
            if is_functional(op):
                self.functional(Functional(op))
            for result in op.results:
                self.define(result, scope)
        for atom in block.results:
            self.read(atom, scope, "the result")

    def fits(self, op: Op, yielded: tuple[Atom, ...], types: tuple[Type, ...]) -> None:
        if len(yielded) != len(types):
            raise self.fail(f"a block of {op.prim.name} yields {len(yielded)} of {len(types)} values")
        for atom, wanted in zip(yielded, types, strict=True):
            if not (isinstance(atom, Undefined) or compatible(atom.type, wanted)):
                raise self.fail(f"{op.prim.name} yields {atom.type} for {wanted}")

    def functional(self, op: Functional) -> None:
        for name in callees_of(op.op):
            callee = self.module.functions.get(name)
            if callee is None:
                raise self.fail(f"{op.op.prim.name} is given {name}, which the module does not have")
            provided = op.variables + (name != op.callee)  # a pullback is given the cotangent, too
            if len(callee.params) != provided + len(op.captured) or (name == op.callee and len(callee.results) != 1):
                raise self.fail(f"{op.op.prim.name} is given {name} with the wrong number of operands or results")
            if has_effects(callee.block):
                raise self.fail(f"{op.op.prim.name} is given {name}, which has effects")

    def loop(self, loop: Loop) -> None:
        carried = tuple(p.type for p in loop.carried)
        self.fits(loop.op, loop.initial, carried)
        self.fits(loop.op, loop.next, carried)
        self.fits(loop.op, loop.next, tuple(r.type for r in loop.final))
        self.fits(loop.op, loop.written, tuple(r.type.element for r in loop.records if isinstance(r.type, Seq)))
        elements = tuple(s.type.element for s in loop.sequences if isinstance(s.type, Seq))
        if len(elements) != len(loop.elements):
            counts = f"{len(loop.sequences)} sequences into {len(loop.elements)} elements"
            raise self.fail(f"{loop.op.prim.name} reads {counts}")
        if loop.op.prim is WHILE:
            self.fits(loop.op, loop.op.blocks[0].results, (BOOL,))
            self.fits(loop.op, loop.op.blocks[0].params, carried)


def compatible(given: Type, wanted: Type) -> bool:
    """Whether a value of type `given` may stand where `wanted` is expected (dimensions may be known better)."""
    match given, wanted:
        case Array(), Array():
            same_rank = rank(given) is None or rank(wanted) is None or rank(given) == rank(wanted)
            return same_rank and (given.dtype is None or wanted.dtype is None or given.dtype == wanted.dtype)
        case (List(a), List(b)) | (Seq(a), Seq(b)):
            return compatible(a, b)
        case Scalar(), Scalar():
            return given.kind == wanted.kind
        case Scalar(), Array(_, shape):
            return not shape
        case Array(_, shape), Scalar():
            return not shape
    return type(given) is type(wanted)
