"""Random expressions of floats and arrays of floats over a scope, as text."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from fuzz.choices import Choices
from fuzz.scope import LARGEST, Scope, is_container, is_number, is_usable, kind_of

CONSTANTS = ["0.5", "2", "0.3", "1.5", "0.7", "3", "-0.4", "1.1", "0.25"]
UNARY = [
    "np.tanh({0})", "np.sin({0})", "np.cos({0})", "-{0}", "np.exp(-{0} ** 2)", "np.sqrt(1 + {0} * {0})",
    "0.1 * {0} ** 2", "{0} ** 3 / 9", "np.arctan({0})", "np.log1p({0} ** 2)", "np.square({0})", "np.abs({0})",
    "1 / (1 + np.exp(-{0}))", "np.exp(0.4 * {0})", "np.log(1.5 + {0} ** 2)", "np.maximum({0}, 0.0)", "abs({0})",
    "np.clip({0}, -0.8, 0.9)", "np.where({0} > 0.1, {0}, 0.2 * {0})", "{0} / np.sqrt(2.0)", "np.expm1(0.3 * {0})",
    "np.log(1 + np.exp({0}))", "np.minimum(np.exp({0}), 2.0)", "np.sinh(0.5 * {0})", "np.cosh(0.5 * {0})",
    "2.0 ** {0}", "np.reciprocal(1.5 + {0} * {0})", "np.negative({0})", "+{0}",
    "1.0 - {0} * {0}", "({0} - 0.3) ** 2", "np.exp(np.tanh({0}))", "np.exp2(0.5 * {0})", "np.arcsinh({0})",
]  # fmt: skip
ON_NUMBERS = [
    "math.tanh({0})", "math.sin({0})", "math.exp(0.3 * {0})", "math.sqrt(1.0 + {0} ** 2)", "float({0})",
    "math.cos({0}) ** 2", "math.log(2.0 + {0} * {0})", "max({0}, 0.1)", "min({0}, 0.7)",
    "math.atan({0})", "math.fabs({0})",
]  # fmt: skip
BINARY = [
    "{0} + {1}", "{0} * {1}", "{0} - {1}", "{0} / (1.5 + {1} * {1})", "np.maximum({0}, {1})", "np.minimum({0}, {1})",
    "np.hypot({0}, 1.0 + {1} ** 2)", "np.arctan2({0}, 1.5 + np.abs({1}))", "np.logaddexp({0}, {1})",
    "(1.2 + {0} ** 2) ** {1}", "np.where({0} > {1}, {0} * {1}, {1} - 0.5)", "np.add({0}, {1})", "{0} * {0} * {1} - {0}",
    "np.multiply({0}, {1}) + {1}", "np.where({0} < 0.2, {1}, {0})", "({0} + {1}) ** 2", "{0} - {1} * {0}",
]  # fmt: skip
REDUCE = ["sum", "mean", "max", "min", "sum", "mean", "var", "prod"]
PRODUCTS = ["{0} @ {1}", "np.dot({0}, {1})", "np.matmul({0}, {1})", "{0}.T @ {1}", "{0} @ {1}.T", "np.outer({0}, {1})"]
SHAPES = [
    "{0}.T", "np.transpose({0})", "{0}.reshape(-1)", "np.expand_dims({0}, 0)", "{0}[None]", "{0}[..., None]",
    "{0}.ravel()", "np.squeeze({0})", "np.reshape({0}, (-1, 1))", "{0}.reshape((1, -1))", "{0}[:, None]",
    "np.swapaxes({0}, 0, -1)", "np.broadcast_to({0}, (2, *{0}.shape))", "{0}.flatten()", "{0}.copy()",
    "np.expand_dims({0}, -1)", "{0}.reshape({0}.shape[0], -1)", "np.ravel({0})", "{0}.transpose(1, 0)",
    "{0}.transpose((2, 0, 1))", "np.reshape({0}, {0}.shape[::-1])", "np.atleast_2d({0})", "np.flip({0}, 0)",
]  # fmt: skip
SLICES = [
    "{0}[0]", "{0}[-1]", "{0}[1:]", "{0}[:-1]", "{0}[::-1]", "{0}[:, 0]", "{0}[..., -1]", "{0}[::2]", "{0}[0, :]",
    "{0}[:, 1:]", "{0}[:1]", "{0}[..., 0:1]", "{0}[[0, 0, 1]]", "{0}[:, [1, 0, 1]]", "{0}[[1, 0], [0, 1]]", "{0}[0, 0]",
    "{0}[0, ..., 0]", "{0}[np.array([0, -1, 0])]", "{0}[1:, ::-1]", "{0}[-1:, None]", "{0}[np.arange({0}.shape[0]), 0]",
]  # fmt: skip
GATHERS = ["{0}[{1}]", "{0}[:, {1}]", "{0}[{1}, 0]", "np.take({0}, {1}, axis=0)", "{0}[{1}, {1}]", "{0}[{1}][::-1]"]
JOINS = [
    "np.concatenate([{0}, {1}])", "np.concatenate(({0}, {1}), axis=-1)", "np.stack([{0}, {1}])",
    "np.stack([{0}, {1}, {0}], axis=1)", "np.stack(({0}, {1}), axis=-1)", "np.vstack([{0}, {1}])",
    "np.hstack([{0}, {1}])", "np.array([{0}, {1}])",
]  # fmt: skip
LIKE = [
    "np.zeros_like({0}) + 0.5 * {0}",
    "np.ones({0}.shape) * {0}",
    "{0} + np.full({0}.shape, 0.5)",
    "{0} * np.eye({0}.shape[0])",
    "np.power(1.2 + {0}[0:] ** 2, 0.7)",
]
MODELS = [
    "np.exp({0} - {0}.max(axis=-1, keepdims=True))", "{0} / {0}.shape[0]", "{0} * {0}.size / 9", "{0} / len({0})",
    "np.log(np.exp({0}).sum(axis=-1))", "{0} - np.mean({0}, axis=0)", "{0} / np.sqrt(np.mean({0} ** 2) + 0.1)",
    "np.exp({0}) / np.exp({0}).sum(axis=-1, keepdims=True)", "({0} - {0}.mean()) / np.sqrt({0}.var() + 0.5)",
    "{0}.astype(np.float64)", "np.where({0} > 0.0, {0}, np.exp({0}) - 1.0)",
    "np.where(({0} > 0.0)[..., None], 0.5, 0.1)",
    "np.linalg.norm({0})", "{0} * ({0} > 0.2)", "np.sum({0}[:, None] * {0}[None], axis=-1)", "{0} @ {0}.T @ {0}",
    "np.maximum({0}, 0.1 * {0})", "np.asarray({0})", "np.max({0}, axis=-1, keepdims=True) - {0}", "np.zeros({0}.shape)",
    "np.sqrt(np.abs({0}) + 0.1)", "({0} ** 2).sum(axis=0) ** 0.5", "np.log({0} ** 2 + 0.3).mean(axis=0)", "np.std({0})",
]  # fmt: skip
COUNTED = [
    "{0}[{1}]", "{0}[{1}]", "{0}[{1}]", "{0}[{1} - 1]", "{0}[{1}, 0]", "{0}[:, {1}]", "{0}[{1}:]", "{0}[:{1}]",
    "{0}[{1}, {2}]", "{0}[{1}, {2}]", "0.3 * {1}", "{0} * (0.1 + {1})", "{0}[{1} % 2]", "{0}[-{1}]", "{0}[{1} + 1]",
    "{0}[{1}, :{2}]", "{0}[{1}] * {0}[{2}]", "{0}[{1}, {2}:]", "{0}[{1}:{1} + 2]", "{0} / (1 + {1})", "{0}[..., {1}]",
]  # fmt: skip
CONSTANT_OPERANDS = ["RATE", "TABLE"]


class Expressions:
    """Writes expressions over a scope. `elementwise` keeps to what any shape allows.

    Args:
        choices: where decisions come from.
        scope: what may be read.
        call: writes a call to a function of the module, or gives None.
        elementwise: whether only functions are used that accept every shape.
    """

    def __init__(
        self, choices: Choices, scope: Scope, call: Callable[[Scope], str | None], elementwise: bool = False
    ) -> None:
        self.choices = choices
        self.scope = scope
        self.call = call
        self.elementwise = elementwise

    def any(self, depth: int = 2) -> tuple[str, Any]:
        """An expression and its value: a float, or an array of floats."""
        for _ in range(4):
            text = self.candidate(depth)
            value = None if text is None else self.scope.evaluate(text)
            if text is not None and is_usable(value):
                return self.tame(text, value)
        return self.atom()

    def tame(self, text: str, value: Any) -> tuple[str, Any]:
        """An expression whose value is small."""
        if value is not None and np.max(np.abs(value)) > LARGEST:
            text = f"np.tanh({text})"
            value = self.scope.evaluate(text)
        return text, value

    def atom(self) -> tuple[str, Any]:
        """A variable, or a part of one."""
        floats = self.scope.floats()
        recent = floats[-6:] if self.choices.chance(40) else floats
        return self.choices.one(recent) if floats else ("0.5", 0.5)

    def operand(self, depth: int) -> str:
        """A variable, or an expression in parentheses."""
        if depth <= 0 or self.choices.chance(55):
            return self.atom()[0]
        return enclosed(self.any(depth - 1)[0])

    def array(self, depth: int) -> str:
        arrays = self.scope.arrays()
        if arrays and self.choices.chance(70):
            return self.choices.one(arrays)[0]
        return self.operand(depth)

    def candidate(self, depth: int) -> str | None:
        one, chance = self.choices.one, self.choices.chance
        families = [self.unary, self.binary, self.binary, self.number, self.conditional, self.calling]
        if not self.elementwise:
            families += [self.reduction, self.product, self.shape, self.slice, self.join, self.like, self.outer_value]
            families += [
                self.product,
                self.slice,
                self.reduction,
                self.builtin,
                self.model,
                self.model,
                self.local_call,
            ]
            if self.scope.counters():
                families += [self.counted] * 6
        if depth > 0 and chance(5):
            return f"(lambda t: {one(UNARY).format('t')} + 0.1 * {self.atom()[0]})({self.operand(depth)})"
        return one(families)(depth)

    def unary(self, depth: int) -> str:
        return self.choices.one(UNARY).format(self.operand(depth))

    def binary(self, depth: int) -> str:
        other = self.choices.one(CONSTANTS) if self.choices.chance(25) else self.operand(depth)
        return self.choices.one(BINARY).format(self.operand(depth), enclosed(other))

    def number(self, depth: int) -> str | None:
        numbers = self.scope.numbers()
        return self.choices.one(ON_NUMBERS).format(self.choices.one(numbers)[0]) if numbers else None

    def reduction(self, depth: int) -> str:
        one, array = self.choices.one, self.array(depth)
        name = one(REDUCE)
        if np.ndim(self.scope.evaluate(array)) == 0:
            return f"np.{name}({array})"
        axis = one(["", "axis=0", "axis=-1", "axis=1", "axis=(0, 1)", "axis=None", "axis=(-1, 0)"])
        keep = one(["", "", "keepdims=True"])
        options = ", ".join(o for o in (axis, keep) if o)
        if self.choices.chance(50):
            return f"{enclosed(array)}.{name}({options})"
        return f"np.{name}({', '.join(o for o in (array, options) if o)})"

    def product(self, depth: int) -> str:
        return self.choices.one(PRODUCTS).format(enclosed(self.array(depth)), enclosed(self.array(depth)))

    def shape(self, depth: int) -> str:
        return self.choices.one(SHAPES).format(enclosed(self.array(depth)))

    def slice(self, depth: int) -> str:
        indices = self.scope.indices()
        if indices and self.choices.chance(40):
            return self.choices.one(GATHERS).format(enclosed(self.array(depth)), self.choices.one(indices)[0])
        return self.choices.one(SLICES).format(enclosed(self.array(depth)))

    def join(self, depth: int) -> str:
        return self.choices.one(JOINS).format(self.array(depth), self.array(depth))

    def like(self, depth: int) -> str:
        return self.choices.one(LIKE).format(enclosed(self.array(depth)))

    def model(self, depth: int) -> str:
        """What is found in models."""
        return self.choices.one(MODELS).format(enclosed(self.array(depth)))

    def local_call(self, depth: int) -> str | None:
        """A call of a function defined in this one, perhaps long after it was defined."""
        local = [n for n, v in self.scope.values.items() if callable(v) and not is_container(v)]
        return f"{self.choices.one(local)}({self.operand(depth)})" if local else None

    def outer_value(self, depth: int) -> str:
        return f"{self.operand(depth)} * {self.choices.one(CONSTANT_OPERANDS)}"

    def builtin(self, depth: int) -> str:
        a, b = self.operand(depth), self.operand(depth)
        numbers = [t for t, _ in self.scope.numbers()] or ["0.3"]
        x, y = self.choices.one(numbers), self.choices.one(numbers)
        forms = [f"sum([{a}, {b}, {a}])", f"max({x}, {y})", f"min({x}, {y}, 0.5)", f"abs({a})", f"pow({a}, 2)"]
        return self.choices.one(forms)

    def counted(self, depth: int) -> str:
        """What a counter of a loop picks."""
        counters = self.scope.counters()
        a, b = self.choices.one(counters), self.choices.one([*counters, "0", "1"])
        return self.choices.one(COUNTED).format(enclosed(self.array(depth)), a, b)

    def conditional(self, depth: int) -> str | None:
        a, value = self.atom()
        b = self.of_kind(kind_of(value), depth - 1)
        condition = self.condition()
        return None if condition is None or b is None else f"({a} if {condition[0]} else {b})"

    def calling(self, depth: int) -> str | None:
        return self.call(self.scope)

    def condition(self) -> tuple[str, bool] | None:
        """A comparison, some way from the point where it changes, and what it gives."""
        known = [(n, bool(v)) for n, v in self.scope.values.items() if isinstance(v, bool | np.bool_) and n != "flag"]
        if known and self.choices.chance(50):
            name, value = self.choices.one(known)
            return (f"not {name}", not value) if self.choices.chance(25) else (name, value)
        return self.comparison()

    def comparison(self) -> tuple[str, bool] | None:
        """A comparison of a number with a constant."""
        text, value = self.scalar()
        if not is_number(value):
            return None
        gap = self.choices.one([0.3, -0.3, 0.1, -0.1])
        threshold = round(float(value) - gap, 2)
        if self.choices.chance(10):
            return f"{threshold} < {text} < {round(threshold + 1.0, 2)}", gap > 0 and float(value) < threshold + 1.0
        sign = self.choices.one([">", ">="]) if self.choices.chance(60) else self.choices.one(["<", "<="])
        return f"{text} {sign} {threshold}", (gap > 0) == (sign in (">", ">="))

    def scalar(self) -> tuple[str, Any]:
        """An expression of a number."""
        text, value = self.atom()
        if not is_number(value):
            text = self.choices.one(["np.sum({0})", "np.mean({0})", "np.max({0})", "{0}.sum()"]).format(text)
        if self.choices.chance(20):
            text = f"np.tanh({text})"
        return self.tame(text, self.scope.evaluate(text))

    def of_kind(self, kind: Hashable, depth: int) -> str | None:
        """An expression of the kind of a value that can be read."""
        candidates = self.scope.of_kind(kind)
        if not candidates:
            return None
        text = self.choices.one(candidates)[0]
        for _ in range(self.choices.below(3) if depth > 0 else 1):
            form = self.choices.one([*UNARY, "{0} * {1}", "{0} + {1}", "{0} - 0.5 * {1}"])
            other = self.choices.one(candidates)[0] if self.choices.chance(50) else self.atom()[0]
            new = form.format(enclosed(text), other)
            value = self.scope.evaluate(new)
            if is_usable(value) and kind_of(value) == kind and np.max(np.abs(value)) <= LARGEST:
                text = new
        return text


def enclosed(text: str) -> str:
    """An expression that binds tighter than any operator."""
    node = ast.parse(text, mode="eval").body
    tight = isinstance(node, ast.Name | ast.Call | ast.Attribute | ast.Subscript) or (
        text[0].isdigit() and len(text) < 5
    )
    return text if tight or (text.startswith("(") and _closes(text)) else f"({text})"


def _closes(text: str) -> bool:
    """Whether the first parenthesis is closed by the last character."""
    depth = 0
    for k, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0:
            return k == len(text) - 1
    return False
