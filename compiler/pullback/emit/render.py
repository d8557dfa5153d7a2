"""Statements over values to statements of Python, with what is needed to comment and to locate them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import TypeAlias

from pullback.emit.calls import call, subscript
from pullback.emit.constants import constant
from pullback.emit.effects import assertion, expression, statement
from pullback.emit.idioms import key_argument, key_items
from pullback.emit.imports import Imports
from pullback.emit.lists import plus
from pullback.emit.loops import Assignment, backwards, header, in_turn, method, range_length, range_of, reversed_range
from pullback.emit.names import Variables
from pullback.emit.plan import Plan
from pullback.emit.sequences import is_sequence
from pullback.emit.spelling import (
    BINARY,
    COMMUTATIVE,
    INDEX_ADD,
    LIST_UPDATES,
    SETITEM,
    from_template,
    is_real,
    negated,
    puts_back,
    short_circuit,
    spell,
    ufunc_name,
)
from pullback.emit.statements import (
    Append,
    Begin,
    Bind,
    Branch,
    Compute,
    Copy,
    Count,
    Leave,
    Move,
    Pop,
    Repeat,
    Return,
    Statement,
    Trips,
)
from pullback.ir.core import Atom, Block, Const, Loc, Op, Undefined, Value, walk
from pullback.ir.effects import EFFECT
from pullback.ir.functionals import Functional, callees_of, is_functional
from pullback.ir.interface import Path
from pullback.ir.regions import CALL, IF, PACK, UNPACK
from pullback.ir.types import Scalar, is_array, rank
from pullback.primitives.families.indexing import hits_once
from pullback.primitives.inference import is_complex
from pullback.records import dataclass


@dataclass(eq=False)
class Line:
    """A simple statement, the operation that it stems from, and the sweep that this one belongs to."""

    node: ast.stmt
    op: Op | None = None
    stems_from: tuple[Loc, ...] = field(default=())


@dataclass(eq=False)
class If:
    """A conditional statement."""

    test: ast.expr
    then: list[Node]
    orelse: list[Node]
    op: Op | None


@dataclass(eq=False)
class Loop:
    """A loop: its header, whose body is not printed, and its body."""

    header: ast.For | ast.While
    body: list[Node]
    op: Op


Node: TypeAlias = Line | If | Loop


class Renderer:
    """Renders the statements of one function.

    Args:
        callees: what the functions of the module are called.
        access: the expression for a path into a container parameter.
        returned: the expression for the function's results, from those for its leaves.
        in_place: whether an operation prints as an update of its `into` operand.
        comment_returns: whether a return that computes adjoints says which statement they reverse.
    """

    def __init__(
        self,
        plan: Plan,
        variables: Variables,
        imports: Imports,
        callees: Mapping[str, str],
        access: Callable[[Value, Path], ast.expr],
        returned: Callable[[Sequence[ast.expr]], ast.expr],
        in_place: Callable[[Op], bool],
        comment_returns: bool,
    ) -> None:
        self.plan = plan
        self.variables = variables
        self.imports = imports
        self.callees = callees
        self.access = access
        self.returned = returned
        self.in_place = in_place
        self.comment_returns = comment_returns
        self._moved: dict[Value, Value] = {}

    def body(self, statements: Sequence[Statement]) -> list[Node]:
        """The nodes of a list of statements."""
        return [node for statement in statements for node in self.statement(statement)]

    def statement(self, statement: Statement) -> list[Node]:
        match statement:
            case Bind(result, parameter, path, _):
                return [Line(ast.Assign([self.target(result)], self.access(parameter, path), lineno=0))]
            case Compute(op):
                return [Line(node, op) for node in self.compute(op)]
            case Copy(result, source, op):
                return self.copy(result, source, op)
            case Branch():
                return self.branch(statement)
            case Move(pairs, op):
                return self.move(pairs, op)
            case Begin(result, op):
                empty = ast.List([], ast.Load()) if is_sequence(result) else ast.Constant(0)
                return [Line(ast.Assign([self.target(result)], empty, lineno=0), op)]
            case Trips(result, loop):
                length = range_length([self.atom(bound) for bound in loop.bounds], self.imports)
                return [Line(ast.Assign([self.target(result)], length, lineno=0), loop.op)]
            case Count(loop):
                return [Line(ast.AugAssign(self.target(loop.trips), ast.Add(), ast.Constant(1)), loop.op)]
            case Pop(element, sequence, loop, at):
                value = self.element(sequence, loop.op, at)
                return [Line(ast.Assign([self.target(element)], value, lineno=0), loop.op)]
            case Append(record, source, op):
                return [Line(ast.Expr(method(self.target(record), "append", self.atom(source))), op)]
            case Leave():
                return self.leave(statement)
            case Repeat():
                return self.repeat(statement)
            case Return(atoms):
                values = [self.atom(atom) for atom in atoms]
                stems_from = self.nested_locations(atoms) if self.comment_returns else ()
                return [Line(ast.Return(self.returned(values)), None, stems_from)]

    def copy(self, result: Value, source: Atom, op: Op) -> list[Node]:
        if isinstance(source, Value) and source not in self.plan.nested and self.variables.same(result, source):
            return []
        stem = self.plan.nested.get(source, op) if isinstance(source, Value) else op
        target, value = self.target(result), self.atom(source)
        if isinstance(target, ast.Name) and isinstance(value, ast.Name) and target.id == value.id:
            return []
        return [Line(ast.Assign([target], value, lineno=0), stem)]

    def branch(self, branch: Branch) -> list[Node]:
        test = self.atom(branch.op.operands[0])
        then, orelse = self.body(branch.then), self.body(branch.orelse)
        if branch.returns:
            return [If(test, then, [], branch.op), *orelse]
        if not then and not orelse:
            return []
        if not branch.then and len(branch.orelse) == 1 and isinstance(branch.orelse[0], Compute):
            failure = branch.orelse[0].op
            if failure.prim is EFFECT and failure.attrs["action"].kind == "assert":
                message = [self.atom(o) for o in failure.operands]
                return [Line(assertion(test, failure.attrs["action"], message, self.imports), failure)]
        if not then:
            return [If(ast.UnaryOp(ast.Not(), test), orelse, [], branch.op)]
        return [If(test, then, orelse, branch.op)]

    # Loops.

    def move(self, pairs: Sequence[tuple[Value, Atom]], op: Op) -> list[Node]:
        assignments: list[Assignment] = []
        stems: list[Op] = []
        for result, source in pairs:
            if isinstance(source, Value) and source not in self.plan.nested and self.variables.same(result, source):
                continue
            assignments.append((self.target(result), self.atom(source)))
            stems.append(self.plan.nested.get(source, op) if isinstance(source, Value) else op)
        found: list[Node] = []
        for node, k in in_turn(assignments):
            stem = op if k is None else stems[k]
            found.append(Line(node if k is None else stepped(node, stem), stem))
        return found

    def leave(self, leave: Leave) -> list[Node]:
        if isinstance(leave.atom, Const):
            return [Line(ast.Break())] if bool(leave.atom.value) == leave.if_true else []
        self._moved = dict(leave.moved)
        test = self.atom(leave.atom)
        self._moved = {}
        return [If(test if leave.if_true else ast.UnaryOp(ast.Not(), test), [Line(ast.Break())], [], leave.op)]

    def element(self, sequence: Value, op: Op, at: Value | None) -> ast.expr:
        """The element of this trip: the last one, taken off, or the one at so many trips."""
        base = self.atom(sequence)
        if at is None:
            return method(base, "pop")
        place: ast.expr = self.atom(at)
        if op.attrs.get("reverse", False):
            place = ast.BinOp(ast.UnaryOp(ast.USub(), ast.Constant(1)), ast.Sub(), place)
        return subscript(base, [place])

    def repeat(self, repeat: Repeat) -> list[Node]:
        loop = repeat.loop
        body = self.body(repeat.body)
        if not loop.bounds:
            *before, test = repeat.test
            assert isinstance(test, Leave)
            going: ast.expr = ast.Constant(True) if before else self.atom(test.atom)
            start = self.body(repeat.test) if before else []
            return [Loop(ast.While(going, [ast.Pass()], []), [*start, *body] or [Line(ast.Pass())], loop.op)]
        if loop.op in self.plan.drained:
            rest = self.atom(self.plan.drained[loop.op])
            return [Loop(ast.While(rest, [ast.Pass()], []), body, loop.op)]
        if not body and not any(self.variables.is_read(value) for value in repeat.bound):
            return []
        is_reverse = loop.op.attrs.get("reverse", False)
        names, sources = [], []
        if loop.op not in self.plan.unranged:
            self._moved = dict(repeat.moved)
            bounds = [self.atom(bound) for bound in loop.bounds]
            self._moved = {}
            backs = is_reverse and self.variables.is_read(loop.index[0])
            names.append(self.target(loop.index[0]))
            sources.append((reversed_range if backs else range_of)(bounds, self.imports))
        for element, sequence in repeat.walked:
            base = self.atom(sequence)
            names.append(self.target(element))
            sources.append(backwards(base, self.imports) if is_reverse else base)
        return [Loop(header(names, sources, self.imports), body or [Line(ast.Pass())], loop.op)]

    # One operation.

    def compute(self, op: Op) -> list[ast.stmt]:
        if self.in_place(op):
            return self.update(op)
        if op.prim.name == INDEX_ADD:
            base = ast.Call(self.imports.numpy("copy"), [self.atom(op.operands[0])], [])
            return [ast.Assign([self.target(op.result)], base, lineno=0), self.index_add(op)]
        if op.prim.name == SETITEM:
            return [ast.Assign([self.target(op.result)], self.copied(op), lineno=0), self.setitem(op)]
        if op.prim is EFFECT and not any(map(self.variables.is_read, op.results)):
            return [statement(op.attrs["action"], [self.atom(o) for o in op.operands], self.imports)]
        targets: list[ast.expr] = [self.target(r) for r in op.results]
        if not targets:
            return [ast.Expr(self.op(op))]
        unpacks = len(targets) > 1 or op.prim is UNPACK or op.prim.name == "unpack_shape"
        target: ast.expr = ast.Tuple(targets, ast.Store()) if unpacks else targets[0]
        return [stepped(ast.Assign([target], self.op(op), lineno=0), op)]

    def update(self, op: Op) -> list[ast.stmt]:
        """An operation that writes over one of its operands."""
        index = op.into or 0
        operand = op.operands[index]
        assert isinstance(operand, Value)
        found: list[ast.stmt] = []
        if not self.variables.same(operand, op.results[0]):
            found.append(ast.Assign([self.target(op.results[0])], self.atom(operand), lineno=0))
        if op.prim.name == INDEX_ADD:
            return [*found, self.index_add(op)]
        if op.prim.name == SETITEM:
            return found if puts_back(op, self.definition) else [*found, self.setitem(op)]
        if op.prim.name in LIST_UPDATES:
            return [*found, self.list_update(op)]
        target = self.target(op.result)
        spelling = op.prim.spelling
        # products of complex numbers are not symmetric to the last bit
        symmetric = spelling in COMMUTATIVE and not (spelling == "*" and is_complex(op.result.type))
        if len(op.operands) == 2 and spelling in BINARY and (index == 0 or symmetric):
            other = self.operand(op, 1 - index)
            return [*found, augmented(target, BINARY[spelling](), other, is_real(op.result.type))]
        function = ufunc_name(op)
        assert function is not None
        operands = [self.operand(op, k) for k in range(len(op.operands))]
        out = ast.keyword("out", self.target(op.result))
        return [*found, ast.Expr(ast.Call(self.imports.numpy(function), operands, [out]))]

    def copied(self, op: Op) -> ast.expr:
        """A copy of what an operation would overwrite. The method makes rows contiguous, the function keeps the layout
        of what may have another: sums of it round by the order in memory.
        """
        base = op.operands[0]
        found = self.variables.definition(base) if isinstance(base, Value) else None
        while found is not None and found.prim.name in (SETITEM, INDEX_ADD):
            origin = found.operands[0]
            found = self.variables.definition(origin) if isinstance(origin, Value) else None
        if is_array(base.type) and (found is None or found.prim.view == "never"):
            return method(self.atom(base), "copy")
        return ast.Call(self.imports.numpy("copy"), [self.atom(base)], [])

    def setitem(self, op: Op) -> ast.stmt:
        """`base[key] = value` on the result's own variable."""
        _, value, *holes = op.operands
        items = key_items(op.attrs["index"], [self.atom(h) for h in holes], self.imports)
        return ast.Assign([subscript(self.target(op.result), items)], self.atom(value), lineno=0)

    def index_add(self, op: Op) -> ast.stmt:
        """`base[key] += value` on the result's own variable; np.add.at where an element may be hit twice."""
        _, value, *holes = op.operands
        base = self.target(op.result)
        items = key_items(op.attrs["index"], [self.atom(h) for h in holes], self.imports)
        element = subscript(base, items)
        if not hits_once(op, self.is_range):
            key = key_argument(items, self.imports)
            return ast.Expr(ast.Call(self.imports.numpy("add.at"), [base, key, self.atom(value)], []))
        added = self.atom(value)
        return augmented(element, ast.Add(), added, is_real(op.result.type))

    def definition(self, atom: Atom) -> Op | None:
        """The operation that computes an atom; None for a constant, or what the function or a loop is given."""
        return self.variables.definition(atom) if isinstance(atom, Value) else None

    def list_update(self, op: Op) -> ast.stmt:
        """A change of a list on the result's own variable."""
        base = ast.Name(self.variables.of(op.results[0]))
        others = [self.atom(o) for o in op.operands[1:]]
        match op.prim.name:
            case "list_append":
                return ast.Expr(method(base, "append", others[0]))
            case "list_prepend":
                return ast.Expr(method(base, "insert", ast.Constant(0), others[0]))
            case "list_rest":
                return ast.Expr(method(base, "pop", ast.Constant(0)))
            case "list_extend":
                return ast.Expr(method(base, "extend", others[0]))
            case "list_pop":
                popped = method(base, "pop")
                target = self.target(op.results[1])
                return ast.Expr(popped) if target.id == "_" else ast.Assign([target], popped, lineno=0)
            case "list_drop":
                return ast.Expr(method(base, "pop"))
        element = subscript(base, [others[1]])
        if op.prim.name == "list_set":
            return ast.Assign([element], others[0], lineno=0)
        if rank(op.operands[1].type) == 0:
            return augmented(element, ast.Add(), others[0], is_real(op.operands[1].type))
        return ast.Assign([element], plus(element, others[0], op.operands[1].type, self.imports), lineno=0)

    def is_range(self, atom: Atom) -> bool:
        """Whether a value is an np.arange of distinct ints, none of them negative."""
        op = self.definition(atom)
        if op is None or op.prim.name != "arange":
            return False
        start, _, step = op.operands
        bounds = [a.value for a in (start, step) if isinstance(a, Const) and type(a.value) is int]
        return len(bounds) == 2 and bounds[0] >= 0 and bounds[1] > 0

    def operand(self, op: Op, k: int) -> ast.expr:
        """An operand of an update; where it is the overwritten value itself, by its new name."""
        atom = op.operands[k]
        return self.target(op.result) if atom is op.operands[op.into or 0] else self.atom(atom)

    def op(self, op: Op) -> ast.expr:
        """The expression that computes an operation."""
        operands = [self.atom(o) for o in op.operands]
        if op.prim is CALL:
            return ast.Call(ast.Name(self.callees[op.attrs["callee"]]), operands, [])
        if is_functional(op):
            return self.given_function(Functional(op), operands)
        if op.prim is EFFECT:
            return expression(op.attrs["action"].value, operands, self.imports)
        if op.prim is PACK:
            return ast.Tuple(operands, ast.Load())
        if op.prim is UNPACK:
            return operands[0]
        if op.prim is IF:
            word = short_circuit(op)
            if word is not None:
                other = self.atom(op.blocks[word == "or"].results[0])
                return joined(ast.Or() if word == "or" else ast.And(), operands[0], other)
            then, orelse = (self.atom(block.results[0]) for block in op.blocks)
            return ast.IfExp(operands[0], then, orelse)
        return spell(op, operands, self.imports)

    def given_function(self, row: Functional, operands: list[ast.expr]) -> ast.expr:
        """`quad(integrand, a, b, args=(k,))[0]`."""
        prim, n, named = row.op.prim, len(row.own), row.op.attrs["named"]
        functions: list[ast.expr] = [ast.Name(self.callees[name]) for name in callees_of(row.op)]
        if (solver := prim.doc.get("solver")) is not None:
            functions.insert(0, self.imports.function(solver))
        own = operands[: n - len(named)]
        if prim.doc.get("pair"):
            own = [ast.Tuple(own[:2], ast.Load()), *own[2:]]
        written = call(prim.spelling, [*functions, *own], {}, self.imports)
        if operands[n:]:
            written.keywords.append(ast.keyword("args", ast.Tuple(operands[n:], ast.Load())))
        options = row.op.attrs["options"]
        written.keywords += [ast.keyword(name, constant(value, self.imports)) for name, value in options]
        written.keywords += map(ast.keyword, named, operands[n - len(named) : n])
        if len(row.op.results) > 1 or not prim.doc["result"]:
            return written
        return from_template("{0}" + prim.doc["result"], [written], {}, self.imports)

    def atom(self, atom: Atom) -> ast.expr:
        match atom:
            case Const(value):
                return constant(value, self.imports)
            case Undefined():
                return ast.Constant(None)
        nested = self.plan.nested.get(atom)
        if atom in self.plan.popped:
            return method(self.atom(self.plan.popped[atom]), "pop")
        if self._moved:
            atom = self._moved.get(self.plan.variable(atom), atom)
        return ast.Name(self.variables.of(atom)) if nested is None else self.op(nested)

    def target(self, value: Value) -> ast.Name:
        return ast.Name(self.variables.of(value) if self.variables.is_read(value) else "_")

    def packed_names(self, block: Block) -> dict[str, list[str]]:
        """For each pair whose tape is packed here, the variables that go in; empty strings for what has none."""
        found: dict[str, list[str]] = {}
        for op in walk(block):
            if op.prim is PACK and not self.plan.is_dead(op):
                names = [self.variable(operand) for operand in op.operands]
                before = found.get(op.attrs["pair"], names)
                found[op.attrs["pair"]] = [a or b for a, b in zip(before, names, strict=True)]
        return found

    def variable(self, atom: Atom) -> str:
        """The variable of an atom; empty where it has none."""
        return self.variables.of(atom) if isinstance(atom, Value) and atom not in self.plan.nested else ""

    def nested_locations(self, atoms: Sequence[Atom]) -> tuple[Loc, ...]:
        """Where the adjoint operations stem from that are nested into a return."""
        found: dict[Loc, None] = {}

        def visit(atom: Atom) -> None:
            op = self.plan.nested.get(atom) if isinstance(atom, Value) else None
            if op is not None:
                if op.loc is not None and op.sweep == "adjoint" and op.prim is not PACK:
                    found[op.loc] = None
                for operand in op.operands:
                    visit(operand)

        for atom in atoms:
            visit(atom)
        return tuple(found)


def joined(word: ast.boolop, *tests: ast.expr) -> ast.BoolOp:
    """`a and b and c`."""
    parts: list[ast.expr] = []
    for test in tests:
        parts += test.values if isinstance(test, ast.BoolOp) and type(test.op) is type(word) else [test]
    return ast.BoolOp(word, parts)


def stepped(node: ast.Assign, op: Op) -> ast.stmt:
    """`n += 1` for `n = n + 1`, for Python numbers: a step of an int, or of an adjoint."""
    match node:
        case ast.Assign([ast.Name(name) as target], ast.BinOp(ast.Name(left), operator, right)) if name == left:
            kind = op.result.type.kind if len(op.results) == 1 and isinstance(op.result.type, Scalar) else ""
            if (kind and op.sweep == "adjoint") or (kind == "int" and isinstance(right, ast.Constant)):
                return ast.AugAssign(target, operator, right)
    return node


def augmented(target: ast.Name | ast.Subscript, operator: ast.operator, value: ast.expr, real: bool) -> ast.stmt:
    """`target += value`; `target -= value` where what is added is negated."""
    minus = negated(value) if real and isinstance(operator, ast.Add) else None
    if minus is not None:
        return ast.AugAssign(target, ast.Sub(), minus)
    return ast.AugAssign(target, operator, value)
