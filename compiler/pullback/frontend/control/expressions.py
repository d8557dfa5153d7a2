"""Expressions: evaluated left to right, as Python does."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable
from dataclasses import replace

from pullback.errors import AliasingError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.values import AbstractValue, Container
from pullback.frontend.calls.generators import Generators
from pullback.frontend.calls.library import BUILTINS
from pullback.frontend.structures.flat import set_in_flat
from pullback.frontend.syntax.source import ComprehensionNode


class Expressions(Generators):
    """One method per kind of expression."""

    def evaluate(self, node: ast.expr) -> AbstractValue:
        """Interpret an expression."""
        with self.at(node):
            return self.by_case(lambda: self.expression(node))

    def expression(self, node: ast.expr) -> AbstractValue:
        match node:
            case ast.Constant(value=value):
                return av.Known(value)
            case ast.Name(id=name):
                return self.read_name(name)
            case ast.BinOp(left=left, op=op, right=right):
                operands, operator = (self.evaluate(left), self.evaluate(right)), type(op)
                return self.by_case(lambda: self.binary(operator, *operands))
            case ast.UnaryOp(op=op, operand=operand):
                return self.unary(type(op), self.evaluate(operand))
            case ast.BoolOp(op=op, values=values):
                return self.boolean(isinstance(op, ast.And), [self.later(v) for v in values])
            case ast.Compare():
                return self.comparison(node)
            case ast.Call():
                return self.call_expression(node)
            case ast.Attribute(value=value, attr=name):
                owner = self.evaluate(value)
                return self.by_case(lambda: self.attribute(owner, name))
            case ast.Subscript(value=value, slice=key):
                owner, index = self.evaluate(value), self.evaluate(key)
                return self.by_case(lambda: self.getitem(owner, index))
            case ast.Slice(lower=lower, upper=upper, step=step):
                return av.Slice(*(av.NONE if part is None else self.evaluate(part) for part in (lower, upper, step)))
            case ast.Tuple(elts=elements):
                return av.Tuple(tuple(self.elements_of(elements)))
            case ast.List(elts=elements):
                return self.list_display(elements)
            case ast.Dict():
                return self.dict_display(node)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.conditional(test, body, orelse)
            case ast.NamedExpr(target=target, value=value):
                return self.walrus(target.id, self.evaluate(value))
            case ast.JoinedStr():
                return self.f_string(node)
            case ast.Lambda(args=args):
                return av.Closure(self.code.nested(node), self.frame.around or self.frame, self.defaults(args))
            case ast.ListComp() | ast.GeneratorExp() | ast.DictComp() | ast.SetComp():
                return self.comprehension(node)
            case ast.Set(elts=elements):
                return self.builtin_set(av.Tuple(tuple(self.elements_of(elements))))
            case ast.Await():
                raise self.refusal("`await` is used", "coroutines are not supported", "make it a plain function")
            case ast.Yield() | ast.YieldFrom():
                raise self.refusal(
                    "the value of a `yield` is used",
                    "what a consumer sends is not followed",
                    "let the `yield` be a statement of its own",
                )
        raise self.refusal(
            f"this expression ({type(node).__name__}) is used", "it is not supported", "write it another way"
        )

    def later(self, node: ast.expr) -> Callable[[], AbstractValue]:
        return lambda: self.evaluate(node)

    def elements_of(self, nodes: list[ast.expr]) -> list[AbstractValue]:
        elements: list[AbstractValue] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                elements += self.items_of(self.evaluate(node.value), "`*`")
            else:
                elements.append(self.evaluate(node))
        return elements

    def list_display(self, nodes: list[ast.expr]) -> AbstractValue:
        """`[a, *b]`, where only the run may tell how long `b` is."""
        made = self.heap.list_of(())
        for node in nodes:
            if not isinstance(node, ast.Starred):
                self.list_append(made, self.evaluate(node))
                continue
            value = self.checked(self.evaluate(node.value))
            listed = self.of_unknown_length(value)
            self.list_extend(made, listed or self.heap.list_of(tuple(self.items_of(value, "`*`"))))
        return made

    def dict_display(self, node: ast.Dict) -> AbstractValue:
        held = Container(dict, (), ())
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                for k, item in self.pairs(self.evaluate(value)):
                    held = held.put(k, item)
            else:
                static = self.static_key(self.evaluate(key), "a dict key")
                held = held.put(static, self.evaluate(value))
        return self.heap.new("dict", held)

    def comparison(self, node: ast.Compare) -> AbstractValue:
        """A chain: each middle operand once, and only as far as needed."""
        left = self.evaluate(node.left)

        def link(k: int, left: AbstractValue) -> AbstractValue:
            right = self.evaluate(node.comparators[k])
            verdict = self.by_case(lambda: self.compare(type(node.ops[k]), left, right))
            if k + 1 == len(node.ops):
                return verdict
            return self.boolean(True, [lambda: verdict, lambda: link(k + 1, right)])

        return link(0, left)

    def conditional(self, test: ast.expr, body: ast.expr, orelse: ast.expr) -> AbstractValue:
        verdict = self.truth(self.evaluate(test))
        if isinstance(verdict, bool):
            return self.evaluate(body if verdict else orelse)
        return self.choose(verdict, self.later(body), self.later(orelse))

    def walrus(self, name: str, value: AbstractValue) -> AbstractValue:
        inner = self.frame
        while self.frame.code.is_comprehension and self.frame.parent is not None:
            self.frame = self.frame.parent
        self.name(value, name)
        try:
            self.assign_name(name, value)
        finally:
            self.frame = inner
        return value

    def defaults(self, args: ast.arguments) -> dict[str, AbstractValue]:
        """The defaults of a function that is being defined, evaluated now."""
        positional = [*args.posonlyargs, *args.args]
        found = {
            arg.arg: self.evaluate(default)
            for arg, default in zip(positional[len(positional) - len(args.defaults) :], args.defaults, strict=True)
        }
        for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
            if default is not None:
                found[arg.arg] = self.evaluate(default)
        return found

    def comprehension(self, node: ComprehensionNode) -> AbstractValue:
        """What a comprehension makes."""
        raise NotImplementedError

    def quantified_generator(self, is_all: bool, node: ast.GeneratorExp) -> AbstractValue:
        """`any` or `all` of a generator."""
        raise NotImplementedError

    # Calls.

    def call_expression(self, node: ast.Call) -> AbstractValue:
        function = self.evaluate(node.func)
        if isinstance(function, av.Known) and isinstance(function.value, Hashable):
            self.refuse_builtin(BUILTINS.get(function.value))
            if function.value in (any, all) and len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
                return self.quantified_generator(function.value is all, node.args[0])
        args = self.elements_of(node.args)
        kwargs: dict[str, AbstractValue] = {}
        for keyword in node.keywords:
            value = self.evaluate(keyword.value)
            pairs = self.pairs(value) if keyword.arg is None else [(keyword.arg, value)]
            for name, item in pairs:
                if name in kwargs:
                    raise self.users_error(TypeError(f"got multiple values for keyword argument '{name}'"))
                kwargs[name] = item
        self.called = ast.unparse(node.func)
        return self.by_case(lambda: self.call(function, args, kwargs))

    # Targets of assignments.

    def set_in_flat(self, owner: ast.expr, key: ast.expr, value: AbstractValue) -> None:
        """`owner.flat[key] = value`: through a view of the elements in a row where there is one."""
        array, index = self.evaluate(owner), self.evaluate(key)
        try:
            self.setitem(self.attribute(array, "flat"), index, value)
        except AliasingError:
            self.as_written(set_in_flat, array, index, value)

    def bind_target(self, target: ast.expr, value: AbstractValue) -> None:
        """Assign a value to a target."""
        with self.at(target):
            match target:
                case ast.Name(id=name):
                    self.name(value, name)
                    if isinstance(value, av.OneOf) and not value.name:
                        value = replace(value, name=name)
                    self.assign_name(name, value)
                case ast.Tuple(elts=targets) | ast.List(elts=targets):
                    self.unpack(targets, value)
                case ast.Attribute(value=owner, attr=name):
                    receiver = self.evaluate(owner)
                    self.name(value, name)
                    self.setattr(receiver, name, value)
                case ast.Subscript(value=ast.Attribute(value=owner, attr="flat"), slice=key):
                    self.set_in_flat(owner, key, value)
                case ast.Subscript(value=owner, slice=key):
                    container = self.evaluate(owner)
                    index = self.evaluate(key)
                    if isinstance(index, av.Known) and isinstance(index.value, str) and index.value.isidentifier():
                        self.name(value, index.value)
                    self.setitem(container, index, value)
                case ast.Starred(value=inner):
                    self.bind_target(inner, value)
                case _:
                    raise self.refusal("this is assigned to", "it is not supported", "assign to a name")

    def unpack(self, targets: list[ast.expr], value: AbstractValue) -> None:
        starred = [k for k, t in enumerate(targets) if isinstance(t, ast.Starred)]
        if not starred:
            items = self.unpacked(value, len(targets))
            if len(items) != len(targets):
                few = "not enough" if len(items) < len(targets) else "too many"
                raise self.users_error(
                    ValueError(f"{few} values to unpack (expected {len(targets)}, got {len(items)})")
                )
        else:
            items = self.unpacked_around(value, starred[0], len(targets) - starred[0] - 1)
        for target, item in zip(targets, items, strict=True):
            self.bind_target(target, item)
