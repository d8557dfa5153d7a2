"""Statements of Python print with the fewest parentheses, and long ones break where a reader expects it."""

from __future__ import annotations

import ast
import subprocess
import sys

import numpy as np
import pytest

from pullback.emit.constants import NotPrintable, constant
from pullback.emit.imports import Imports
from pullback.emit.printing import WIDTH, expression_text, print_header, print_statement


def printed(text: str, indent: int = 0) -> list[str]:
    return print_statement(ast.parse(text).body[0], indent)


@pytest.mark.parametrize(
    "text",
    [
        "y = a * b + c",
        "y = a - (b - c)",
        "y = a * (b / c)",
        "y = (a + b) * -c",
        "y = -(a * b)",
        "y = -x ** 2",
        "y = (-x) ** 2",
        "y = x ** -2.0",
        "y = (a * b).sum(axis=0)",
        "y = a @ b @ c.T",
        "y = (a > b) * c",
        "y = a if b > c else d",
        "y = x[i, 1:, None, ..., -1]",
        "y = x[(a + 1) * 2:]",
        "y = np.concatenate((a, b), axis=1)",
        'y = {1: 2, "W": [a * b]}',
        "saved = (a, b)",
        "saved = ()",
        "a, b = f(x)",
        "a, = saved",
        "return value, (a, -b)",
        "x[rows, y] -= 1.0 / n",
        "np.maximum(h, 0.0, out=h)",
        "y = f(*args, **kwargs)",
        "y = (None, True, 1e-10, 1e+300)",
    ],
)
def test_a_statement_prints_as_it_was_written(text: str) -> None:
    assert printed(text) == [text]


LONG = [
    f"y = {' + '.join(f'term_number_{k}' for k in range(12))}",
    f"y = {' + '.join(f'np.exp(term_number_{k}, x)' for k in range(8))}",
    f"return value, {{{', '.join(f'{chr(34)}W{k}{chr(34)}: W{k}_bar.sum(axis=0)' for k in range(9))}}}",
    f"y = f(g({', '.join(f'argument_{k}' for k in range(14))}), x)",
    f"return a / np.where(b == 0.0, 1.0, {'c' * 40}) + {'d' * 40} / x + {'e' * 30}",
    f"x[a <= b] += a / np.where(b <= 0.0, 1.0, {'c' * 40}) + {'d' * 40} / x + {'e' * 30}",
    f"x[0] = y = a / np.where(b != 0.0, 1.0, {'c' * 40}) + {'d' * 40} / x + {'e' * 30}",
]


@pytest.mark.parametrize("text", LONG)
def test_a_long_statement_is_broken_and_means_the_same(text: str) -> None:
    lines = printed(text, indent=4)
    assert len(lines) > 1
    assert max(map(len, lines)) <= WIDTH
    assert all(line == line.rstrip() for line in lines)
    body = "def f():\n    " + "\n".join(lines).lstrip()
    assert ast.dump(ast.parse(body)) == ast.dump(ast.parse("def f():\n    " + text))


def test_operands_of_a_long_sum_go_to_lines_of_their_own() -> None:
    assert printed(LONG[1]) == [
        "y = (np.exp(term_number_0, x) + np.exp(term_number_1, x) + np.exp(term_number_2, x)",
        "    + np.exp(term_number_3, x) + np.exp(term_number_4, x) + np.exp(term_number_5, x)",
        "    + np.exp(term_number_6, x) + np.exp(term_number_7, x))",
    ]


def test_headers() -> None:
    conditional = ast.parse("if a * b > c:\n    pass\nelse:\n    pass").body[0]
    assert print_header(conditional, 4) == ["    if a * b > c:"]
    assert print_header(conditional, 0, "elif") == ["elif a * b > c:"]
    function = ast.parse("def f(x, /, y, *args, k=1, **options):\n    pass").body[0]
    assert print_header(function) == ["def f(x, /, y, *args, k=1, **options):"]


VALUES = [
    0.1,
    -2.0,
    -0.0,
    1e300,
    5e-324,
    float("inf"),
    -float("inf"),
    float("nan"),
    3,
    -7,
    2**70,
    True,
    None,
    "text",
    'say "hi"',
    b"bytes",
    2j,
    -2j,
    1 + 2j,
    complex(-0.0, 1.0),
    complex(float("inf"), -0.0),
    (1, -2),
    (),
    [1.5, [2]],
    np.float32(0.1),
    np.int64(-3),
    np.bool_(True),
    np.dtype(">f8"),
    np.float64,
    float,
    np.exp,
    np.zeros,
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_constant_is_the_value_that_it_was(value: object) -> None:
    imports = Imports([])
    text = expression_text(constant(value, imports))
    got = eval(text, {"np": np})
    assert type(got) is type(value)
    assert repr(got) == repr(value)


def test_an_array_constant() -> None:
    value = np.arange(4, dtype=np.float32).reshape(2, 2)
    got = eval(expression_text(constant(value, Imports([]))), {"np": np})
    np.testing.assert_array_equal(got, value, strict=True)


def test_a_dtype_is_named_as_numpy_takes_it() -> None:
    imports = Imports([])
    names = [expression_text(constant(np.dtype(t), imports)) for t in ("float32", "int64", "bool", "complex128")]
    assert names == ["np.float32", "np.int64", "np.bool_", "np.complex128"]


def test_what_has_no_text_is_refused() -> None:
    with pytest.raises(NotPrintable):
        constant(object(), Imports([]))


def test_importing_and_printing_is_silent_and_leaves_the_warning_filters_alone() -> None:
    code = (
        "import warnings, numpy\n"
        "before = list(warnings.filters)\n"
        "import pullback.emit\n"
        "assert warnings.filters == before\n"
        "import ast\n"
        "from pullback.emit.printing import print_statement\n"
        "for text in ('x = -1.5 if a else None', 'x = {\"a\": b\"c\", 1: ...}', 'f(*a, k=True)[1:, None]'):\n"
        "    print_statement(ast.parse(text).body[0])\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
