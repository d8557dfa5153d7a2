"""Random programs of branches, early returns, unrolled loops, shared objects and closures, run both ways."""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from frontend.oracle import interpreted, same, traced

PRELUDE = """\
class Cell:
    def __init__(self, v):
        self.v = v
        self.h = [v]

    def up(self, w):
        if w > self.v:
            self.v = self.v + w
            if w > 1.0:
                return self.v * 2
            self.h[0] = w
        else:
            self.h[0] = self.h[0] - w
        self.v = self.v * 0.5
        return self.v + self.h[0]


def f(x, y):
    a, b, c = x, y, 1.0
    s = {"k": x, "l": [x, y]}
    o = Cell(x)
    q = o
"""
NAMES = ["a", "b", "c"]
PLACES = ["s['k']", "s['l'][0]", "s['l'][1]", "o.v", "q.h[0]"]


class Writer:
    """Writes one random program."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.lines: list[str] = []

    def program(self) -> str:
        for _ in range(3):
            self.block(1)
        self.lines.append("    return a + 2 * b - c * s['k'] + s['l'][0] + q.v - o.h[0]")
        return PRELUDE + "\n".join(self.lines) + "\n"

    def pick(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def expression(self, depth: int = 0) -> str:
        if depth > 3 or self.random.random() < 0.4:
            return self.pick(*NAMES, *PLACES, "1.5", "0.5")
        left, right = self.expression(depth + 1), self.expression(depth + 1)
        return self.pick(
            f"({left} {self.pick('+', '-', '*')} {right})",
            f"({left} {self.pick('+', '-', '*')} {right})",
            f"({left} if {self.condition()} else {right})",
            f"max({left}, {right})",
        )

    def condition(self, depth: int = 0) -> str:
        simple = f"{self.pick(*NAMES)} {self.pick('<', '>', '<=', '>=')} {self.pick(*NAMES, '0.5')}"
        if depth > 2 or self.random.random() < 0.6:
            return simple
        other = self.condition(depth + 1)
        return self.pick(
            f"({simple} and {other})", f"({simple} or {other})", f"not {other}", f"0 < {self.pick(*NAMES)} <= 1.2"
        )

    def block(self, indent: int) -> None:
        for _ in range(self.random.randint(1, 3)):
            if self.statement(indent):
                return

    def statement(self, indent: int) -> bool:
        """Write a statement; say whether the block ends with it."""
        kind = self.random.random()
        if kind < 0.45 or indent > 4:
            self.write(indent, f"{self.pick(*NAMES, *PLACES)} = {self.expression()}")
        elif kind < 0.7:
            self.write(indent, f"if {self.condition()}:")
            self.block(indent + 1)
            if self.random.random() < 0.6:
                self.write(indent, "else:")
                self.block(indent + 1)
        elif kind < 0.8:
            self.write(indent, f"for i in range({self.random.randint(1, 3)}):")
            self.block(indent + 1)
        elif kind < 0.87:
            self.write(indent, f"{self.pick(*NAMES)} = {self.pick('o', 'q')}.up({self.expression()})")
        elif kind < 0.93 and indent > 1:
            self.write(indent, f"return {self.expression()}")
            return True
        else:
            self.write(indent, f"def g(v, k={self.expression()}):")
            self.write(indent + 1, "if v > a:")
            self.write(indent + 2, "return v * b")
            self.write(indent + 1, "return v + k + c")
            self.write(indent, f"{self.pick(*NAMES)} = g({self.expression()})")
        return False

    def write(self, indent: int, text: str) -> None:
        self.lines.append("    " * indent + text)


def load(path: Path, text: str) -> Callable[..., Any]:
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function: Callable[..., Any] = module.f
    return function


@pytest.mark.parametrize("seed", range(60))
def test_the_ir_computes_what_a_random_program_does(seed, tmp_path):
    text = Writer(seed).program()
    function = load(tmp_path / f"random_{seed}.py", text)
    program = traced(function, 1.0, 2.0)
    for x, y in itertools.product((-1.3, 0.2, 0.9, 2.1), (-0.7, 0.4, 1.1)):
        got, wanted = interpreted(program, function, x, y), function(x, y)
        assert same(got, wanted), f"f({x}, {y}) is {wanted}, not {got}\n{text}"
