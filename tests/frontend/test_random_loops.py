"""Random programs of nested loops, exits, writes through aliases and views, and calls that write, run both ways."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import numpy as np
import pytest
from frontend.oracle import interpreted, same, traced
from frontend.test_random_programs import load

from pullback.errors import DifferentiationError

PRELUDE = """\
import numpy as np


def bump(a, t):
    a[0] = a[1] * 0.5 + t
    a[2:] *= 0.5


def inner(a):
    return a[1:]


def pick(a, b, t):
    if t > 0.3:
        return a
    return b


def mixed(a, t):
    out = a * 0.5
    for k in range(3):
        out[k] += t
        if out[k] > 1.0:
            return out
    return out


def f(u, v, m, s, n):
    t = 0
    w = u[1:3].copy()
    c = 0
"""
VECTORS = ["u", "v"]
VIEWS = ["u[1:3]", "v[::2]", "m[1]", "m.T[2]", "m[1:, 0]", "u", "u * 0.5", "inner(v)", "m.reshape(2, 8)[1]"]
INDICES = ["0", "1", "3", "-1"]


class Writer:
    """Writes one random program; u and v have four elements, m is four by four, w has at least one."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.lines: list[str] = []

    def program(self) -> str:
        self.block(1, [])
        self.block(1, [])
        if self.random.random() < 0.3:
            self.write(1, f"{self.pick(*VECTORS)} = {self.pick('u', 'v', 'pick(u, v, t)')}")
            self.write(1, self.simple([]))
        self.write(1, "return u, v, m, s + t, c, w.sum()")
        return PRELUDE + "\n".join(self.lines) + "\n"

    def pick(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def index(self, loops: list[str]) -> str:
        return self.pick(*INDICES, *loops, *loops)

    def number(self, loops: list[str]) -> str:
        i, j = self.index(loops), self.index(loops)
        simple = self.pick("s", "t", "0.5", f"u[{i}]", f"v[{i}]", f"m[{i}, {j}]", "w[0]", "u.sum() * 0.1", *loops)
        if self.random.random() < 0.5:
            return simple
        return f"{simple} {self.pick('+', '-', '*')} {self.pick('s', '0.3', f'v[{j}]', 't')}"

    def vector(self, loops: list[str]) -> str:
        i = self.index(loops)
        simple = self.pick("u", "v", f"m[{i}]", f"m[:, {i}]", "v[::-1]", "np.zeros(4)")
        return self.pick(
            simple, f"{simple} * 0.5", f"{simple} + {self.number(loops)}", f"u * {self.pick('0.5', 's')} + {simple}"
        )

    def condition(self, loops: list[str]) -> str:
        return f"{self.number(loops)} {self.pick('<', '>')} {self.pick('0.3', '0.0', 't', 's')}"

    def block(self, indent: int, loops: list[str]) -> None:
        for _ in range(self.random.randint(1, 4)):
            if self.statement(indent, loops):
                return

    def statement(self, indent: int, loops: list[str]) -> bool:
        """Write a statement; say whether the block ends with it."""
        kind = self.random.random()
        if kind < 0.25 and indent < 5:
            self.loop(indent, loops)
        elif kind < 0.35 and indent < 5:
            self.write(indent, f"if {self.condition(loops)}:")
            self.block(indent + 1, loops)
            if self.random.random() < 0.4:
                self.write(indent, "else:")
                self.block(indent + 1, loops)
        elif kind < 0.42 and loops:
            word = self.pick("break", "continue", "break", "return u, v, m, s * 2.0, c, w.sum()")
            self.write(indent, f"if {self.condition(loops)}:")
            self.write(indent + 1, word)
        else:
            self.write(indent, self.simple(loops))
        return False

    def loop(self, indent: int, loops: list[str]) -> None:
        name = "ijkl"[len(loops)]
        inside = [*loops, name]
        match self.random.randint(0, 6):
            case 0:
                self.write(indent, f"for {name} in range({self.pick('4', 'n', '1, n', '3, -1, -1', 'len(u)')}):")
            case 1:
                self.write(indent, f"for {name}, r in enumerate({self.pick('m', 'm.T', 'm[1:]')}):")
                self.write(indent + 1, self.pick(f"r[{name}] = s", "r += t", "t = t * 0.5 + r.sum() * 0.1", "r *= 0.5"))
            case 2:
                self.write(indent, f"for {name}, (a, b) in enumerate(zip(u * 1.0, {self.pick('v', 'reversed(v)')})):")
                self.write(indent + 1, self.pick("t = t + a * b", f"v[{name}] = a * 0.5", "s = s * 0.5 + b * 0.1"))
            case 3:
                self.write(indent, f"{name} = 0")
                self.write(indent, f"while {name} < {self.pick('2', '3')} and {self.condition(loops)}:")
                self.write(indent + 1, f"{name} += 1")
            case 4:
                self.write(indent, f"for {name} in [0, 2, 1]:")
            case _:
                self.write(indent, f"for {name} in range({self.pick('4', 'n')}):")
        self.block(indent + 1, inside)
        if self.random.random() < 0.2:
            self.write(indent, "else:")
            self.block(indent + 1, loops)

    def simple(self, loops: list[str]) -> str:
        i, j, number, vector = self.index(loops), self.index(loops), self.number(loops), self.vector(loops)
        a, b = self.pick(*VECTORS), self.pick(*VECTORS)
        return self.pick(
            f"t = t * 0.5 + {number}",
            f"s = {number}",
            "c += 1",
            f"{a} = {vector}",
            f"{a} = {vector}",
            f"{a} = {b}.copy()",
            f"{a} = {a}.copy()",
            "u, v = v, u",
            f"{a}[{i}] = {number}",
            f"{a}[{i}] {self.pick('+', '-', '*')}= {number}",
            f"{a}[1:] {self.pick('+', '-')}= {b}[:-1]",
            f"{a}[:] = {vector}",
            f"{a} {self.pick('+', '-', '*')}= {self.pick(number, vector)}",
            f"m[{i}, {j}] = {number}",
            f"m[{i}] = {vector}",
            f"m[:, {i}] {self.pick('', '+', '-')}= {vector}",
            f"{a}[{a} > {number}] = 0.25",
            f"{a}[np.array([0, 2, 2])] += {number}",
            f"np.add.at({a}, np.array([0, 2, 2]), {number})",
            f"np.multiply({a}, 0.5, out={b})",
            f"{a}.fill({number})",
            f"w = {self.pick(*VIEWS)}",
            f"w {self.pick('+', '*')}= {number}",
            f"w[{self.pick('0', '-1')}] = {number}",
            f"bump({self.pick('u', 'v', 'm[1]')}, {number})",
            f"{a} = pick(u, v, {number}) * 0.5",
            f"{a} = mixed({b}, {number})",
            f"t = {self.pick('t', '0.5')} if {self.condition(loops)} else {number}",
        )

    def write(self, indent: int, text: str) -> None:
        self.lines.append("    " * indent + text)


def arguments(seed: int, n: int) -> tuple[Any, ...]:
    random = np.random.default_rng(seed)
    return random.normal(size=4), random.normal(size=4), random.normal(size=(4, 4)), float(random.normal()), n


def outcome(seed: int, directory: Any) -> str:
    """Trace and compare one program; the reason where it is refused."""
    text = Writer(seed).program()
    function = load(directory / f"loops_{seed}.py", text)
    try:
        program = traced(function, *arguments(seed, 3))
    except DifferentiationError as error:
        return "; ".join(sorted({re.sub(r" \(line \d+\)", "", e.found) for e in getattr(error, "errors", [error])}))
    with np.errstate(all="ignore"):
        for k, n in enumerate((3, 0, 4)):
            got = interpreted(program, function, *arguments(seed + k, n))
            wanted = function(*arguments(seed + k, n))
            assert equal(got, wanted), f"n={n}: {wanted}, not {got}\n{text}"
    return ""


def equal(got: Any, wanted: Any) -> bool:
    """Equality to the bit; a number that a loop has not touched may still be an int, or a Python float."""
    return all(
        same(a, b) if np.ndim(a) or np.ndim(b) else repr(float(a)) == repr(float(b))
        for a, b in zip(got, wanted, strict=True)
    )


@pytest.mark.parametrize("block", range(4))
def test_the_ir_computes_what_a_random_program_with_loops_does(block, tmp_path):
    refused = [found for seed in range(25 * block, 25 * block + 25) if (found := outcome(seed, tmp_path))]
    assert len(refused) <= 18, refused
