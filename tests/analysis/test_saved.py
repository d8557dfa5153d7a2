"""The report of what is saved says what the generated code keeps: no more, no less, under the same names."""

import inspect

import numpy as np
import pytest

from pullback import differentiate

X = np.linspace(0.3, 1.2, 6)


def report(f, *args, wrt=0):
    lowered = differentiate(f, wrt=wrt).lower(*args)
    records = lowered.saved()
    functions = dict.fromkeys(r.function for r in records)
    for record in records:  # names are those of the source
        assert record.name in lowered.source
        assert f"def {record.function}(" in lowered.source
    assert len(functions) <= len(records)
    return records, lowered.source


def line_of(f, text):
    lines, start = inspect.getsourcelines(f)
    return start + next(k for k, line in enumerate(lines) if text in line)


def straight(x, y):
    z = np.exp(x)
    w = z * y
    return np.sum(w * w)


def test_straight_code():
    records, _ = report(straight, X, X, wrt=(0, 1))
    assert {(r.name, r.size, r.often) for r in records} == {("z", "8*n", "once"), ("w", "8*n", "once")}
    z = next(r for r in records if r.name == "z")
    assert z.line == line_of(straight, "np.exp")
    assert z.reader_line in (line_of(straight, "np.exp"), line_of(straight, "z * y"))


def linear_stencil(a, sweeps):
    for _ in range(sweeps):
        for i in range(1, len(a) - 1):
            a[i] = (a[i - 1] + a[i] + a[i + 1]) / 3.0
    return np.sum(a * a)


def test_a_linear_stencil_saves_nothing_in_its_loops():
    records, source = report(linear_stencil, X, 3)
    assert [r for r in records if r.often == "per trip"] == []
    assert "append" not in source


def recurrence(x, k, n):
    for _ in range(n):
        x = x - k * x * x
    return x


def test_a_loop():
    (record,), source = report(recurrence, 1.0, 0.1, 5)
    assert (record.name, record.size, record.often) == ("x_saved", "8", "per trip")
    assert f"{record.name}.append(x)" in source
    assert record.reader == "x = x - k * x * x"
    assert record.reader_line == line_of(recurrence, "x = x")


def nested(a):
    s = 0.0
    for i in range(len(a)):
        for j in range(i):
            s = s + np.sin(a[i] * a[j] * s)
    return s


def test_nested_loops_are_counted_once():
    records, _ = report(nested, X)
    assert [r.size for r in records if r.often == "per trip"] == ["8"]


def rectified(x, y):
    if y > 0:
        return np.tanh(x * y)
    return x * x * y


def layers(x, y):
    for _ in (0, 1):
        x = rectified(x, y)
    return np.sum(x)


def test_calls_keep_tapes():
    records, source = report(layers, X, 0.5)
    tapes = [r for r in records if r.often == "per call"]
    assert tapes
    assert all(r.function.endswith("_forward") for r in tapes)
    for r in tapes:
        assert f"{r.name}" in source


def halved(x, n):
    if n == 0:
        return np.sum(x)
    return halved(x * x, n - 1) * 0.5


def test_recursion():
    records, _ = report(halved, X, 3)
    assert ("x", "8*d", "per call") in {(r.name, r.size, r.often) for r in records}
    assert any(r.size == "its own" for r in records)


def test_nothing_is_saved():
    lowered = differentiate(lambda x: np.sum(3.0 * x)).lower(X)
    assert lowered.saved() == ()
    assert str(lowered.saved()) == "Nothing is saved for the backward."


def test_it_prints_as_a_table():
    lines = str(differentiate(recurrence).lower(1.0, 0.1, 5).saved()).splitlines()
    assert len(lines) == 2
    assert lines[0].split()[:4] == ["saved", "in", "line", "bytes"]
    assert lines[1].endswith("x = x - k * x * x")


def test_records_are_immutable():
    record = differentiate(recurrence).lower(1.0, 0.1, 5).saved()[0]
    with pytest.raises(AttributeError):
        record.name = "other"
