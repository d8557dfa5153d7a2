"""Random modules: constants, classes, helpers and the function that is differentiated, with arguments for it."""

from __future__ import annotations

import copy
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fuzz.bodies import STEP, Body
from fuzz.choices import Choices
from fuzz.expressions import UNARY, enclosed
from fuzz.loading import load
from fuzz.scope import LARGEST, Scope, is_container, is_inexact, is_number, is_usable, kind_of

HEADER = """\
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

RATE = 0.7
TABLE = np.array(0.6)


class Pair(NamedTuple):
    first: Any
    second: Any


@dataclass
class Box:
    w: Any
    b: Any

    def apply(self, x, scale=0.5):
        return np.tanh(x * self.w) + scale * np.sum(self.b)
"""
MOST_HELPERS = 4


@dataclass(frozen=True)
class Program:
    """A module whose function `program` is differentiated; the text ends with `ARGUMENTS`, a tuple."""

    source: str
    wrt: tuple[int, ...]
    has_aux: bool


@dataclass(frozen=True)
class Helper:
    """A function of the module. `kinds` are those of the arguments that it was written for; None: any floats."""

    name: str
    params: tuple[str, ...]
    kinds: tuple[Hashable, ...] | None


class Writer:
    """Writes one module."""

    def __init__(self, choices: Choices, loops: bool) -> None:
        self.choices = choices
        self.loops = loops
        self.module = load(HEADER)
        self.definitions: list[str] = []
        self.helpers: list[Helper] = []
        self.nesting = 0

    # Calls.

    def call(self, scope: Scope) -> str | None:
        """A call to a function of the module, old or new, that fits what can be read."""
        if (boxes := [t for t, v in scope.readable() if type(v).__name__ == "Box"]) and self.choices.chance(20):
            return f"{self.choices.one(boxes)}.apply({self.choices.one(scope.floats())[0]})"
        if self.helpers and self.choices.chance(60):
            return self.call_of(self.choices.one(self.helpers), scope)
        if len(self.helpers) >= MOST_HELPERS or self.nesting >= 2:
            return None
        self.nesting += 1
        helper = self.choices.one([self.typed, self.typed, self.elementwise, self.variadic, self.recursive])(scope)
        self.nesting -= 1
        return None if helper is None else self.call_of(helper, scope)

    def call_of(self, helper: Helper, scope: Scope) -> str | None:
        one, chance = self.choices.one, self.choices.chance
        if helper.params == ("*",):
            floats = [t for t, _ in scope.floats()]
            args = [one(floats) for _ in range(self.choices.below(4))]
            named = [f"{key}={one(floats)}" for key in ("alpha", "beta") if chance(40)]
            named += [f"scale={one(numbers)}"] if (numbers := [t for t, _ in scope.numbers()]) and chance(40) else []
            if args and chance(30):
                args = [f"*[{', '.join(args)}]"]
            return f"{helper.name}({', '.join([*args, *named])})"
        given: list[str] = []
        for k, _ in enumerate(helper.params):
            options = [t for t, _ in scope.floats()]
            if helper.kinds is not None:
                options = [t for t, _ in scope.of_kind(helper.kinds[k])]
            if not options:
                return None
            given.append(one(options))
        if helper.name.startswith("again"):
            given.append(one(["2", "1", "3", "n", "0"]))
        names = [*helper.params, "n"]
        split = one([len(given), len(given), self.choices.below(len(given) + 1)])
        if chance(10):
            return f"{helper.name}(**{{{', '.join(f'{n!r}: {g}' for n, g in zip(names, given, strict=False))}}})"
        return f"{helper.name}({', '.join(g if k < split else f'{names[k]}={g}' for k, g in enumerate(given))})"

    # Helpers.

    def define(self, name: str, header: str, lines: list[str]) -> bool:
        text = "\n".join([f"def {header}:", *(STEP + line for line in lines)])
        exec(text, self.module)
        self.definitions.append(text)
        return name in self.module

    def name(self, stem: str) -> str:
        return f"{stem}_{len(self.definitions)}"

    def typed(self, scope: Scope) -> Helper | None:
        """A helper for values of the kinds of some variables, containers among them."""
        readable = [(t, v) for t, v in scope.readable() if is_usable(v) or is_container(v)]
        chosen = [self.choices.one(readable) for _ in range(1 + self.choices.below(3))]
        params = tuple("xyw"[: len(chosen)])
        values = dict(zip(params, (v for _, v in chosen), strict=True)) | {"mode": "tanh", "flag": True, "n": 2}
        inner = Scope(self.module, values).copy()
        if not inner.floats():
            return None
        returns = kind_of(self.choices.one(inner.floats())[1]) if self.choices.chance(50) else None
        body = Body(self.choices, inner, self.call, frozenset(params), returns=returns, loops=self.loops)
        body.fill(1 + self.choices.below(3), 2)
        if returns is not None and (text := body.expressions.of_kind(returns, 2)) is not None:
            result = text
        elif any("return" in line for line in body.lines):
            return None
        else:
            result = self.choices.one([body.expressions.any()[0], self.returned(body), body.expressions.any(1)[0]])
        name = self.name("helper")
        kinds = tuple(kind_of(v) for _, v in chosen)
        default = '="tanh"'
        header = f"{name}({', '.join(params)}, *, mode{default}, flag=True, n=2)"
        self.define(name, header, [*body.lines, f"return {result}"])
        self.helpers.append(Helper(name, params, kinds))
        return self.helpers[-1]

    def returned(self, body: Body) -> str:
        """A container of results, or something that was given."""
        a, b = body.expressions.any(1)[0], body.expressions.atom()[0]
        readable = [t for t, v in body.scope.readable() if is_usable(v) or is_container(v)]
        return self.choices.one(
            [f"({a}, {b})", f'{{"a": {a}, "b": {b}}}', f"[{b}, {a}]", f"Pair({a}, {b})", *readable[:4]]
        )

    def elementwise(self, scope: Scope) -> Helper | None:
        """A helper that takes floats and arrays of any shape."""
        floats = scope.floats()
        inner = Scope(self.module, {"x": self.choices.one(floats)[1], "y": self.choices.one(floats)[1]}).copy()
        if inner.evaluate("x * y") is None:
            inner.values["y"] = 0.5
        body = Body(self.choices, inner, lambda scope: None, frozenset("xy"), elementwise=True)
        body.fill(self.choices.below(3), 1)
        result = body.expressions.any()[0]
        name = self.name("smooth")
        default = "=0.5" if is_number(inner.values["y"]) and self.choices.chance(50) else ""
        self.define(name, f"{name}(x, y{default})", [*body.lines, f"return {result}"])
        self.helpers.append(Helper(name, ("x", "y"), None))
        return self.helpers[-1]

    def variadic(self, scope: Scope) -> Helper:
        name = self.name("total")
        first, second = self.choices.one(UNARY).format("a"), self.choices.one(UNARY).format("value")
        lines = [
            "result = 0.0",
            "for a in args:",
            f"    result = result + np.mean({first})",
            "for key, value in kwargs.items():",
            f'    result += scale * np.sum({second}) if key == "alpha" else np.mean(value)',
            self.choices.one(
                ["return result", "return np.tanh(result)", "return result if len(args) > 1 else result * scale"]
            ),
        ]
        self.define(name, f"{name}(*args, scale=0.5, **kwargs)", lines)
        self.helpers.append(Helper(name, ("*",), None))
        return self.helpers[-1]

    def recursive(self, scope: Scope) -> Helper:
        """A helper that calls itself, with a counter."""
        name = self.name("again")
        value = self.choices.one(scope.floats())[1]
        inner = Scope(self.module, {"x": value}).copy()
        expressions = Body(self.choices, inner, lambda scope: None, frozenset("x"), elementwise=True).expressions
        kind = kind_of(value)
        texts = [expressions.of_kind(kind, 2) or "x" for _ in range(3)]
        form = self.choices.one(["{call}", "{call} + 0.5 * {b}", "{b} * {call}", "np.tanh({call}) - x"])
        call = f"{name}({texts[0]}, n - 1)"
        test = self.choices.one(["n == 0", "n <= 0", "n < 1"])
        lines = [f"if {test}:", f"    return {texts[1]}", f"return {form.format(call=call, b=enclosed(texts[2]))}"]
        self.define(name, f"{name}(x, n)", lines)
        self.helpers.append(Helper(name, ("x",), (kind,)))
        return self.helpers[-1]

    # The function that is differentiated.

    def parameters(self) -> dict[str, str]:
        """The parameters, and the texts of the arguments."""
        single = self.choices.chance(12)
        count = 1 + self.choices.below(4)
        given = {name: self.argument(single, 1) for name in ["x", "y", "params", "w"][:count]}
        if self.choices.chance(30):
            given["idx"] = self.choices.one(
                ["np.array([0, 1])", "np.array([1, 0, 1])", "np.array([0, 0])", "np.array([1])"]
            )
        given["mode"] = self.choices.one(['"tanh"', '"relu"'])
        given["flag"] = self.choices.one(["True", "False"])
        given["n"] = self.choices.one(["2", "1", "3"])
        return given

    def argument(self, single: bool, depth: int) -> str:
        one = self.choices.one
        kind = one(["array", "array", "array", "float", "container"] if depth else ["array", "array", "float"])
        if kind == "float":
            number = self.numbers(())
            return one([number, number, number, f"np.float64({number})"]) if not single else f"np.float32({number})"
        if kind == "array":
            shape = one(
                [(3,), (2, 3), (3, 2), (2, 2), (3, 1), (1, 3), (2,), (), (2, 1, 3), (1,), (2, 2, 2), (2, 3, 1), (3, 3)]
            )
            dtype = ', dtype="float32"' if single or self.choices.chance(4) else ""
            return f"np.array({self.numbers(shape)}{dtype})"
        items = [self.argument(single, depth - 1 if self.choices.chance(20) else 0) for _ in range(3)]
        form = one([
            '{{"w": {0}, "b": {1}}}', "[{0}, {1}]", "({0}, {1})", "Pair({0}, {1})", "Box({0}, {1})", "[{0}, {0}, {0}]",
            '{{"w": {0}, "deep": [{1}, ({2},)], "n": 3}}', '{{"layers": [{0}, {1}], "rate": {2}}}',
        ])  # fmt: skip
        return form.format(*items)

    def numbers(self, shape: tuple[int, ...]) -> str:
        rng = np.random.default_rng(self.choices.below(1000))
        return str(np.round(rng.uniform(-1.5, 1.5, shape), 3).tolist())

    def program(self) -> Program:
        arguments = self.parameters()
        scope = Scope(self.module, {})
        for name, text in arguments.items():
            scope.values[name] = scope.evaluate(text)
        inexact = [k for k, v in enumerate(scope.values.values()) if _has_floats(v)]
        wrt = tuple(self.choices.some(inexact))
        scope = scope.copy()
        early = self.choices.chance(40)
        returns = (np.dtype(float).str, "scalar") if early else None
        body = Body(self.choices, scope, self.call, frozenset(arguments), returns=None, loops=self.loops)
        body.fill(self.choices.below(3), 2)
        if early and scope.of_kind(returns):
            body.returns = returns
        body.fill(self.choices.below(7), 2)
        result = self.result(body)
        has_aux = not any("return" in line for line in body.lines) and self.choices.chance(15)
        if has_aux:
            readable = [t for t, v in scope.readable() if is_usable(v) or is_container(v)]
            aux = self.choices.one([*readable[-6:], f"({readable[0]}, {readable[-1]})", f'{{"a": {readable[-1]}}}'])
            result = f"{result}, {aux}"
        self.define("program", f"program({', '.join(arguments)})", [*body.lines, f"return {result}"])
        given = f"ARGUMENTS = (\n{''.join(f'    {text},{chr(10)}' for text in arguments.values())})\n"
        source = "\n\n\n".join([HEADER, *self.definitions, given])
        return Program(source, wrt, has_aux)

    def result(self, body: Body) -> str:
        """A sum of reductions of what was computed, the last things first."""
        floats = body.scope.floats()
        chosen = {floats[-1][0], self.choices.one(floats)[0], self.choices.one(floats[-5:])[0]}
        terms = []
        for text in sorted(chosen):
            value = body.scope.evaluate(text)
            if is_number(value) and self.choices.chance(50):
                terms.append(enclosed(text))
            else:
                form = self.choices.one(
                    ["np.sum({0})", "np.mean({0})", "np.sum({0} * {0})", "np.sum(np.sin({0}))", "({0}).sum()"]
                )
                terms.append((form if "({0})" not in form or not is_number(value) else "np.sum({0})").format(text))
        return " + ".join(terms)


def _has_floats(value: Any) -> bool:
    scope = Scope({}, {"value": value})
    return any(is_inexact(v) for _, v in scope.readable())


def random_program(number: int) -> Program | None:
    """The program with this number; None where its value is not small and finite, or something overflows on the way."""
    program = Writer(Choices(number), loops=number % 3 != 0).program()
    space = load(program.source)
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            value = space["program"](*copy.deepcopy(space["ARGUMENTS"]))
    except (ArithmeticError, LookupError, ValueError, TypeError, AttributeError, NameError):
        return None
    value = value[0] if program.has_aux and isinstance(value, tuple) else value
    if not is_usable(value) or np.ndim(value) or abs(value) > 100 * LARGEST:
        return None
    return program
