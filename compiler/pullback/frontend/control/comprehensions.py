"""Comprehensions, and builtins that go through their arguments, as the loops that they stand for.

The loop collects its items in a variable of its own, in a scope of its own, like any `for`: over known structures it is
unrolled, over anything else it stays, and then the list that it makes is one whose length is known at run time only.
`any` and `all` of a generator stop where Python stops. What a walrus assigns belongs to the function around: it is a
cell meanwhile, so that loops and conditionals join it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.state import Outcome
from pullback.frontend.abstract.values import AbstractValue, Container, Diverges, Frame, Raised, Ref, Silenced
from pullback.frontend.base.outside import COLLECTED, FOUND, FUNCTION, HOLDS, ITEM, unbound_cell
from pullback.frontend.control.loops import Loops
from pullback.frontend.control.trips import Enumerate, Pairwise, Plain, Product, Range, Source, Trips, Zip
from pullback.frontend.syntax.source import ComprehensionNode

LONGEST_WRITTEN_OUT = 16


class Comprehensions(Loops):
    """Loops inside expressions."""

    def for_over(self, node: ast.For, source: Source) -> Outcome:
        """A `for` whose source has been evaluated."""
        raise NotImplementedError

    def comprehension(self, node: ComprehensionNode) -> AbstractValue:
        """What a comprehension makes: a list, a dict, a set, or an iterator."""
        first = self.first_source(node)
        kind = {ast.DictComp: dict, ast.SetComp: set}.get(type(node), list)
        made = self.heap.new(kind.__name__, Container(kind, (), ()))  # type: ignore[arg-type]  # a kind of references
        self.collect(node, collecting(node), first, {COLLECTED: made})
        return self.as_iterator(made) if isinstance(node, ast.GeneratorExp) else made

    def first_source(self, node: ComprehensionNode) -> Source:
        """The source of the outermost loop, which belongs to the scope around."""
        if any(generator.is_async for generator in node.generators):
            raise self.refusal("`async for` is used", "coroutines are not supported", "use a plain comprehension")
        with self.at(node.generators[0].iter):
            return self.source_of(node.generators[0].iter)

    def quantified_generator(self, is_all: bool, node: ast.GeneratorExp) -> AbstractValue:
        """`any` or `all` of a generator: it stops at the first item that decides."""
        answer = HOLDS if is_all else FOUND
        names = {answer: av.Known(is_all)}
        return self.collect(node, deciding(node, is_all), self.first_source(node), names, answer)

    def through(self, template: ComprehensionNode, source: Source, function: AbstractValue) -> Ref:
        """The list that a comprehension over `ITEM` makes, which may call `FUNCTION`."""
        made = self.heap.list_of(())
        self.collect(template, collecting(template), source, {COLLECTED: made, FUNCTION: function})
        return made

    def mapped_over(self, function: AbstractValue, sources: tuple[AbstractValue, ...]) -> Ref:
        """What `map` gives."""
        return self.through(MAPPED, Zip(tuple(map(Plain, sources)), av.Known(False)), function)

    def filtered(self, function: AbstractValue, source: AbstractValue) -> Ref:
        """What `filter` gives."""
        by_itself = isinstance(function, av.Known) and function.value is None
        return self.through(TRUE_ONES if by_itself else FILTERED, Plain(source), function)

    def long_list(self, value: AbstractValue) -> Ref | None:
        """The items of what is as long as only the run tells, as a list; None for anything else."""
        bounds = self.bounds_of_range(value)
        return self.long_items(Plain(value) if bounds is None else Range(*self.three_bounds(bounds)))

    def long_zip(self, values: tuple[AbstractValue, ...], strict: AbstractValue) -> Ref | None:
        """What `zip` gives, as such a list."""
        return self.long_items(Zip(tuple(map(Plain, values)), strict)) if values else None

    def long_enumeration(self, value: AbstractValue, start: AbstractValue) -> Ref | None:
        """What `enumerate` gives, as such a list."""
        return self.long_items(Enumerate(Plain(value), start))

    def long_product(self, values: tuple[AbstractValue, ...]) -> Ref | None:
        """What `itertools.product` gives, as such a list."""
        return self.long_items(Product(tuple(map(self.source_of_value, values)))) if values else None

    def long_pairwise(self, value: AbstractValue) -> Ref | None:
        """What `itertools.pairwise` gives, as such a list."""
        return self.long_items(Pairwise(self.source_of_value(value)))

    def long_choice(self, value: AbstractValue, function: Callable[..., Any], size: int | None) -> Ref | None:
        """What `itertools.combinations` and its like give, as such a list."""
        part = self.lasting(self.source_of_value(value))
        if size is None or not self.is_long(part):
            return None
        return self.long_items(self.choosing(part, function, size))

    def long_items(self, source: Source) -> Ref | None:
        source = self.lasting(source)
        return self.through(ITEMS, source, av.NONE) if self.is_long(source) else None

    def as_iterator(self, made: Ref) -> Ref:
        """What goes through a list once."""
        grown = self.grown(made)
        contents = Container(object, (), self.heap.container(made).values) if grown is None else grown
        return self.heap.new("iterator", contents)

    def collect(
        self,
        node: ComprehensionNode,
        loop: ast.For,
        first: Source,
        names: Mapping[str, AbstractValue],
        result: str = COLLECTED,
    ) -> AbstractValue:
        """Run a loop in a scope of its own; what it leaves in the variable `result`."""
        outer, errors, base = self.frame, dict(self.session.errors), len(self.pending)
        with self.walrus_cells(node):
            self.frame = Frame(
                self.code.nested(node), dict(names), parent=outer, owner=outer.owner, receiver=outer.receiver
            )
            try:
                try:
                    outcome = self.close(base, self.for_over(loop, first))
                    if self.session.errors != errors:
                        raise Silenced
                except Silenced:
                    self.count_if_possible()
                    raise
                if outcome.exit in ("diverges", "raises"):
                    raise (Diverges if outcome.exit == "diverges" else Raised)
                collected = self.frame.names[result]
                if isinstance(collected, Ref) and isinstance(self.heap.read(collected), av.Conflict):
                    self.count_if_possible()
                made = self.checked(collected)
            finally:
                self.frame = outer
        return self.returned_from(made)

    @contextmanager
    def walrus_cells(self, node: ComprehensionNode) -> Iterator[None]:
        """Let cells hold the variables that a comprehension assigns in the function around it."""
        frame = self.scopes()[-1]
        assigned = {n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}
        mine = [name for name in sorted(assigned & frame.code.locals) if not self.is_cell_variable(frame, name)]
        for name in mine:
            held = frame.names.get(name)
            contents = unbound_cell(name) if held is None else Container(object, (name,), (held,))
            frame.names[name] = self.heap.new("cell", contents)
        try:
            yield
        finally:
            for name in mine:
                cell = frame.names[name]
                assert isinstance(cell, Ref)
                frame.names[name] = self.heap.container(cell).values[0]

    def is_written_out(self, node: ast.For, trips: Trips) -> bool:
        """Whether the loop of a comprehension has so few trips that each item is written down."""
        if not self.code.is_comprehension:
            return False
        known = trips.known
        if known is None or len(known) > LONGEST_WRITTEN_OUT:
            self.session.counts.append((node, trips.bounds))
            return False
        return True


# The loops that comprehensions stand for; what they build stems from where the comprehension stands.


@cache
def collecting(node: ComprehensionNode) -> ast.For:
    """`for ...: if ...: collected.append(item)`."""
    if isinstance(node, ast.DictComp):
        pairs = ast.List([ast.Tuple([node.key, node.value], ast.Load())], ast.Load())
        return nested(node.generators, [ast.Expr(_call_of("update", pairs))])
    if isinstance(node, ast.SetComp):
        return nested(node.generators, [ast.Expr(_call_of("add", node.elt))])
    return nested(node.generators, [ast.Expr(_call_of("append", node.elt))])


@cache
def deciding(node: ast.GeneratorExp, is_all: bool) -> ast.For:
    """`for ...: if not item: holds = False; break`, and the opposite for `any`; every loop around breaks, too."""
    answer = HOLDS if is_all else FOUND
    test = ast.UnaryOp(ast.Not(), node.elt) if is_all else node.elt
    decided = ast.Assign([ast.Name(answer, ast.Store())], ast.Constant(not is_all))
    read = ast.Name(answer, ast.Load())
    leave = ast.If(ast.UnaryOp(ast.Not(), read) if is_all else read, [ast.Break()], [])
    return nested(node.generators, [ast.If(test, [decided, ast.Break()], [])], [leave])


def nested(
    generators: list[ast.comprehension], body: list[ast.stmt], after_inner: list[ast.stmt] | None = None
) -> ast.For:
    """The loops of a comprehension around the statements that take its item."""
    for generator in reversed(generators):
        for condition in reversed(generator.ifs):
            body = [ast.If(condition, body, [])]
        loop = ast.For(generator.target, generator.iter, body, [])
        body = [loop, *(after_inner or [])]
    return loop


def _call_of(method: str, argument: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name(COLLECTED, ast.Load()), method, ast.Load()), [argument], [])


def _made_up(item: ast.expr, *conditions: ast.expr) -> ast.ListComp:
    """`[item for ITEM in ...]`; what it runs over is given to it."""
    target = ast.Name(ITEM, ast.Store())
    return ast.ListComp(item, [ast.comprehension(target, ast.Name(ITEM, ast.Load()), list(conditions), 0)])


_ITEM = ast.Name(ITEM, ast.Load())
_FUNCTION = ast.Name(FUNCTION, ast.Load())
ITEMS = _made_up(_ITEM)
TRUE_ONES = _made_up(_ITEM, _ITEM)
MAPPED = _made_up(ast.Call(_FUNCTION, [ast.Starred(_ITEM, ast.Load())], []))
FILTERED = _made_up(_ITEM, ast.Call(_FUNCTION, [_ITEM], []))
