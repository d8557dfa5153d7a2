"""What is refused, each with its class, its place, and its exact words."""

# The constructs are the point here.
# ruff: noqa: F821, F841, RET503, RET504, RET506

from __future__ import annotations

import io
import itertools
import math
import os
import random
import statistics
import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
import pytest
from frontend.oracle import traced

from pullback.errors import (
    DifferentiationError,
    MissingRuleError,
    SeveralErrors,
    SourceNotFoundError,
    UnsupportedSyntaxError,
)
from pullback.frontend.calls.library import spelled
from pullback.frontend.calls.nearest import nearest
from pullback.primitives.registry import MEANINGS

V = np.array([1.0, 2.0, 3.0])
HISTORY = [1.0]
LABELS = np.array(["a", "b"])
LOG = io.StringIO()
FAILURE = ValueError("failed")
LOCK = threading.Lock()
RNG = np.random.default_rng(0)
CASES: list[Any] = []


class Guarded:
    """An object that says something when it goes away."""

    def __init__(self, value):
        self.value = value

    def __del__(self):
        print("gone")


class Stopped(Exception):
    """An exception that keeps something."""

    def __init__(self, step):
        self.step = step


def refused(
    at: str,
    found: str,
    reason: str,
    way_out: str,
    kind: type[DifferentiationError] = UnsupportedSyntaxError,
    args: tuple[Any, ...] = (1.0, V),
) -> Callable[[Any], Any]:
    """Register a function with the source under the caret, and the words of the error."""

    def register(function: Any) -> Any:
        CASES.append(pytest.param(function, args, kind, at, (found, reason, way_out), id=function.__name__))
        return function

    return register


@refused(
    "np.apply_along_axis(row, 0, x)",
    "`np.apply_along_axis` of a function that gives an int on one path and a float on another",
    "NumPy converts all results to the type of the first one",
    "return floats on all paths (`1.0` for `1`)",
)
def rows_of_two_types(s, x):
    def row(r):
        return 1 if r[0] > 0.0 else r[0] * s

    return np.sum(np.apply_along_axis(row, 0, x))


@refused(
    "np.power.reduce(x)",
    "`np.power.reduce` is used",
    "what it gives depends on the processor: with AVX-512, NumPy leaves out steps of it",
    "write a loop: `for row in rows[1:]: total = np.power(total, row)`",
    MissingRuleError,
)
def powers_of_powers(s, x):
    return s * np.power.reduce(x)


@refused(
    'zip(["a", "b"], y[y > 0], strict=False)',
    "a structure is iterated over beside an array",
    "the length of the array is known at run time only, so that the loop cannot be unrolled, and the items of the"
    " structure are not alike: it is no list of numbers, or of arrays",
    "loop over `range(...)` of a known length, and index both",
)
def texts_beside_an_array(x, y):
    for name, v in zip(["a", "b"], y[y > 0], strict=False):
        if name == "a":
            x = x * v
    return x


@refused(
    "itertools.count()",
    "a `for` loop goes through an iterator without end",
    "its items are taken one by one when compiling",
    "zip it with something that has an end, or write a `while` loop with a counter",
)
def counting_without_end(x, y):
    for _ in itertools.count():
        x = x * 0.5
        if x < 1e-3:
            break
    return x


@refused(
    "statistics.mean([x, x * x])",
    "`statistics.mean` is called",
    "it computes with fractions, and rounds once, at the end",
    "use `np.mean`, or `statistics.fmean`",
)
def a_mean_in_fractions(x, y):
    return statistics.mean([x, x * x])


@refused(
    'type("T", (), {})',
    "a class is made by `type`",
    "classes made inside the function are not followed",
    "define it at module level",
)
def a_class_made_by_type(x, y):
    made = type("T", (), {})
    return x if made else y


@refused(
    "rows[0][1]",
    "a list is changed that is an element of a list",
    "the change would be seen outside the function, or through another name",
    "change a copy of it instead",
)
def item_of_a_comprehension_is_changed(x, y):
    rows = [[0.0, x] for _ in y[y > 0]]
    rows[0][1] = x
    return rows[0][1]


@refused(
    "[lambda: x for _ in y[y > 0]]",
    "this list changes its keys or its length in a loop",
    "how many trips there are is known at run time only",
    "let all of its elements have one structure and one type, or assign to the elements of an array made before "
    "the loop (`a = np.zeros(n)`, `a[i] = ...`)",
)
def functions_in_a_comprehension_over_an_array(x, y):
    fs = [lambda: x for _ in y[y > 0]]
    return fs[0]()


@refused(
    "sorted([v * y for v in y])",
    "`sorted` compares what are no numbers",
    "arrays have no order, and that of other things is not followed",
    "compare numbers, or plain tuples of numbers (`key=...`)",
)
def sorted_arrays(x, y):
    return sorted([v * y for v in y])[0][0]


@refused(
    "y.byteswap(inplace=True)",
    "`.byteswap()` changes an array",
    "it is not supported",
    "use a function that returns a new array (`np.byteswap`)",
)
def bytes_swapped_in_place(x, y):
    y.byteswap(inplace=True)
    return y


@refused(
    "y.shape",
    "an attribute of an array is assigned",
    "only attributes of the function's own objects may change",
    "keep it in a local name",
)
def attribute_of_an_array(x, y):
    y.shape = (3, 1)
    return y


@refused(
    "x**3",
    "an `except` catches OverflowError, which this may raise",
    "whether it does is known at run time only, and the generated code has no handlers",
    "test the condition with `if`, and do there what the handler does",
)
def try_around_what_may_raise(x, y):
    try:
        x = x**3
    except OverflowError:
        x = 0.0
    return x


@refused(
    "e",
    "the exception that KeyError stands for is looked at",
    "its text is Python's own, and not part of what is computed",
    "tell exceptions apart by their class",
)
def text_of_an_exception(x, y):
    try:
        x = {}["a"]
    except KeyError as e:
        x = x * len(str(e))
    return x


@refused(
    'np.errstate(all="raise")',
    "`np.errstate(all='raise')` is entered",
    "an operation would raise or call back, which the backward pass could not do alike",
    "check the values with np.isfinite",
)
def errors_that_raise(x, y):
    with np.errstate(all="raise"):
        return x / 2.0


@refused(
    'os.environ.get("SCALE", "2.0")',
    "`os.environ.get` is called",
    "what it reads or writes lies outside the function, and is not part of what is computed",
    "read it outside the function, and pass what it holds as an argument",
)
def a_variable_of_the_environment(x, y):
    return x * float(os.environ.get("SCALE", "2.0"))


@refused(
    'open("weights.txt")',
    "`open` is called",
    "what it gives differs from run to run, and is not part of what is computed",
    "call `open` outside the function, and pass what it gives",
)
def a_file_that_is_read(x, y):
    with open("weights.txt") as file:
        return x * float(file.read())


@refused(
    "LOCK",
    "`lock` is entered by `with`",
    "what it does to the block is not known",
    "enter it around the call of this function",
)
def a_lock(x, y):
    with LOCK:
        return x


class Registry:
    def __init_subclass__(cls):
        HISTORY.append(0.0)


@refused(
    "class Local(Registry):",
    "a class inherits from `Registry`, which defines __init_subclass__",
    "it would run when the class is defined, at every call",
    "define the class at module level",
)
def a_local_class_with_a_hook(x, y):
    class Local(Registry):
        pass

    return x


@refused(
    "class Local(metaclass=Meta):",
    "the class `Local` has a metaclass",
    "it may do anything when the class is defined",
    "define the class at module level",
)
def a_local_class_with_a_metaclass(x, y):
    class Local(metaclass=Meta):
        pass

    return x


class Meta(type):
    pass


@refused(
    "def an_instance_of_a_local_class(x, y):",
    "a Local is returned, whose class is defined inside the function",
    "each call makes a class of its own, which the generated code does not have",
    "return what it holds, or define the class at module level",
)
def an_instance_of_a_local_class(x, y):
    class Local:
        pass

    return Local()


@refused(
    "Local()",
    "a class is used outside the branch, loop or function that defines it",
    "its functions see the variables of that place",
    "define the class before, or at module level",
)
def a_class_of_one_branch(x, y):
    if x > 0:

        class Local:
            rate = x * 2

            def __init__(self):
                self.rate = self.rate * x

    return Local().rate


@refused(
    "class Mode(Enum):",
    "a member of an enum is known at run time only",
    "the generated code is specialised to it; it is computed from `x`",
    "make it a constant, or an int parameter",
)
def an_enum_of_values(x, y):
    class Mode(Enum):
        FAST = x

    return Mode.FAST.value


@refused(
    "class Local:",
    "`value` of `a_local_descriptor.<locals>.Local` is a Descriptor",
    "such descriptors are not supported",
    "use a method or a property",
)
def a_local_descriptor(x, y):
    class Descriptor:
        def __get__(self, instance, owner):
            return x

    class Local:
        value = Descriptor()

    return Local().value


@refused(
    "Local.rate",
    "the class attribute `Local.rate` is assigned",
    "only values that the body of the class binds may change",
    "bind `rate` in the body of the class, or keep it in a variable",
)
def a_new_attribute_of_a_local_class(x, y):
    class Local:
        pass

    Local.rate = x
    return Local.rate


@refused(
    "Failed(x)",
    "an exception of the class `Failed` is made, which is defined inside the function",
    "its functions would run in the generated code, which does not have them",
    "define it at module level, or with an empty body",
)
def a_local_exception_with_a_body(x, y):
    class Failed(Exception):
        def __init__(self, value):
            self.value = value

    if x < 0:
        raise Failed(x)
    return x


@refused(
    "self.halve(v * 0.5)",
    "`halve` calls itself, and changes what its caller sees or belongs to a class defined there",
    "such calls are followed in place, without end here",
    "return the new values instead of changing an argument, and define the class at module level",
)
def a_method_that_calls_itself(x, y):
    class Local:
        def halve(self, v):
            return v if v < 1e-3 else self.halve(v * 0.5)

    return Local().halve(x)


@refused(
    "HISTORY",
    "the global `HISTORY` is assigned",
    "the change would be seen outside what is differentiated",
    "pass the value in and return the new one beside the result (`has_aux=True`), or do it in the caller",
)
def global_written(x, y):
    global HISTORY
    HISTORY = [x]
    return x


@refused(
    "HISTORY.append(x)",
    "a list is changed that is the global `HISTORY`",
    "the change would be seen outside the function, or through another name",
    "pass it as an argument: what is written to those stays inside the call",
)
def global_changed(x, y):
    HISTORY.append(x)
    return x


def counter():
    count = 0

    def step(x):
        nonlocal count
        count = count + 1
        return x * count

    return step


STEP = counter()


@refused(
    "count",
    "`count`, a variable of a function around this one, is assigned",
    "the change would be seen outside what is differentiated",
    "pass the value in and return the new one beside the result (`has_aux=True`), or do it in the caller",
)
def nonlocal_outside_written(x, y):
    return STEP(x)


def items_of(x):
    yield x
    yield x * x


@refused(
    "def generator_that_escapes(x, y):",
    "a generator is returned",
    "a result must be numbers, arrays, and containers of them",
    "return its numbers or arrays",
)
def generator_that_escapes(x, y):
    return items_of(x)


@refused(
    "zip(filling(y), [x, x], strict=True)",
    "the generator `filling` changes what is outside it, and is consumed step by step by `zip`",
    "it is run to its end at once here, where Python would run it in turns with its consumer",
    "loop over it alone (`for item in ...`), or make a list of it first",
)
def generator_that_writes_consumed_in_turns(x, y):
    def filling(buffer):
        for k in range(2):
            buffer[k] = x
            yield k

    return sum(k * v for k, v in zip(filling(y), [x, x], strict=True))


@refused(
    "total = sum([v * grow() for v, _ in zip(scaled(), y, strict=False)])",
    "the generator `scaled` reads what changes meanwhile, and is consumed step by step by this statement",
    "it is run to its end at once here, where Python would run it in turns with its consumer",
    "loop over it alone (`for item in ...`), or make a list of it first",
)
def generator_whose_variables_change_meanwhile(x, y):
    scale = x

    def grow():
        nonlocal scale
        scale = scale * 2.0
        return scale

    def scaled():
        for k in range(3):
            yield k * scale

    total = sum([v * grow() for v, _ in zip(scaled(), y, strict=False)])
    return total


@refused(
    "yield x",
    "the value of a `yield` is used",
    "what a consumer sends is not followed",
    "let the `yield` be a statement of its own",
)
def generator_that_is_sent_values(x, y):
    def items():
        sent = yield x
        yield sent

    return sum(items())


@refused(
    "squares = (v * x for v in [1.0, 2.0])",
    "a lazy iterator gets a name",
    "it would run later, when the variables that it reads may have changed",
    "make a list of it",
)
def lazy_iterator(x, y):
    squares = (v * x for v in [1.0, 2.0])
    return sum(squares)


@refused(
    "print(x, file=LOG)",
    "`print` writes to `StringIO`",
    "files are not followed",
    "print to sys.stdout or sys.stderr, or write outside the function",
)
def printed_to_a_file(x, y):
    print(x, file=LOG)
    return x


@refused(
    "print(model)",
    "a Bare is printed, logged, or part of a text",
    "only numbers, arrays, texts and containers of them are handed on",
    "pass what it holds",
)
def printed_object(x, y):
    model = Bare(x)
    print(model)
    return x


@refused(
    'eval("x * 2")',
    "`eval` is called",
    "what it reads or runs cannot be seen when compiling",
    "write the code out in its place",
)
def evaluated(x, y):
    return eval("x * 2")


@refused(
    "RNG.bytes(3)",
    "`RNG.bytes` is called",
    "it is no draw that the compiler knows",
    "draw outside the function, and pass what is drawn as an argument",
)
def bytes_that_are_drawn(x, y):
    return x * len(RNG.bytes(3))


@refused(
    "RNG.random(out=y)",
    "`out=` of `RNG.random` is given",
    "it is not supported",
    "assign the result",
)
def drawn_into_an_array(x, y):
    RNG.random(out=y)
    return x * np.sum(y)


@refused(
    "RNG.shuffle(items)",
    "`RNG.shuffle` of a list",
    "only arrays are shuffled, along their first axis",
    "index with a permutation (`x[rng.permutation(len(x))]`)",
)
def shuffled_list(x, y):
    items = [x, 2.0]
    RNG.shuffle(items)
    return items[0]


@refused(
    "RNG.shuffle(z, axis=1)",
    "`RNG.shuffle` of an array, along another axis",
    "only arrays are shuffled, along their first axis",
    "index with a permutation (`x[rng.permutation(len(x))]`)",
)
def shuffled_along_rows(x, y):
    z = np.ones((2, 3)) * y
    RNG.shuffle(z, axis=1)
    return x * z[0, 0]


@refused(
    "RNG.choice(z, 2, axis=1)",
    "`RNG.choice` is called",
    "it chooses along another axis than the first: so the type of what it draws is known at run time only",
    "draw outside the function, and pass what is drawn as an argument",
)
def chosen_along_rows(x, y):
    z = np.ones((2, 3)) * y
    return x * np.sum(RNG.choice(z, 2, axis=1))


@refused(
    "x * RNG",
    "`*` is applied to `Generator`",
    "it is not a number or an array",
    "use its numbers or arrays",
)
def multiplied_by_a_generator(x, y):
    return x * RNG


@refused(
    'RNG.choice(["a", "b"])',
    "`RNG.choice` is called",
    "it gives <U1, which are no numbers: so the type of what it draws is known at run time only",
    "draw outside the function, and pass what is drawn as an argument",
)
def a_text_that_is_chosen(x, y):
    return x if RNG.choice(["a", "b"]) == "a" else 2 * x


@refused(
    "RNG.normal(0.0, 1.0, shape=3)",
    "this raises TypeError: RNG.normal() got an unexpected keyword argument 'shape'",
    "the function itself fails here for such arguments",
    "mend the function or its arguments",
    kind=DifferentiationError,
)
def a_parameter_that_is_not_there(x, y):
    return x * RNG.normal(0.0, 1.0, shape=3)


@refused(
    "{x, 2.0}",
    "an element of a set is known at run time only",
    "the generated code is specialised to it; it is computed from `x`",
    "make it a constant, or an int parameter",
)
def set_of_floats(x, y):
    return sum({x, 2.0})


@refused(
    "set(y)",
    "a set is made of an array",
    "which of its elements are equal is known at run time only",
    "use `np.unique`",
)
def set_of_an_array(x, y):
    return x * len(set(y))


@refused(
    '{"a", "b"}',
    "a `for` loop iterates over a set",
    "the order of its elements is not defined: that of strings differs from run to run",
    "iterate over `sorted(...)` of it, or over a list or a dict",
)
def loop_over_a_set(x, y):
    total = 1.0
    for name in {"a", "b"}:
        total = total * 2 + len(name)
    return total * x


@refused(
    "names.pop()",
    "an element of a set is popped",
    "which one that is depends on the order of its elements, which is not defined",
    "pop from a list, or take `min(...)` and remove it",
)
def pops_from_a_set(x, y):
    names = {"a", "b"}
    return x * len(names.pop())


@refused(
    "Counter(y)",
    "a Counter is made of an array",
    "which of its elements are equal is known at run time only",
    "use `np.unique(..., return_counts=True)`, or `np.bincount`",
)
def counts_an_array(x, y):
    return x * len(Counter(y))


@refused(
    "queue[1:]",
    "this raises TypeError: sequence index must be integer, not 'slice'",
    "the function itself fails here for such arguments",
    "mend the function or its arguments",
    kind=DifferentiationError,
)
def slice_of_a_deque(x, y):
    queue = deque([x, 1.0])
    return sum(queue[1:])


@refused(
    "[x, 1.0].remove(x * 2)",
    "`remove` compares dynamic values",
    "the answer is known at run time only",
    "delete by its place (`del xs[k]`)",
)
def removes_a_number(x, y):
    [x, 1.0].remove(x * 2)
    return x


@refused(
    "y is y.T",
    "`is` compares arrays or numbers",
    "whether two values are the same object is not part of what is computed",
    "compare with `==`, or with `is None`",
)
def identity_of_arrays(x, y):
    return x if y is y.T else 2 * x


@refused(
    "y > 0",
    "the truth value of an array is taken",
    "Python raises ValueError for an array of more than one element",
    "use `.any()` or `.all()`, or `np.where` for an elementwise choice",
)
def truth_of_an_array(x, y):
    if y > 0:
        return x
    return 2 * x


@refused(
    "np.mgrid[0.0:x:3j]",
    "a grid of NumPy is given bounds or steps that are no ints",
    "its points are rounded in a way of their own",
    "use `np.meshgrid` of `np.linspace` or `np.arange`",
)
def a_grid_of_floats(x, y):
    return np.sum(np.mgrid[0.0:x:3j])


@refused(
    "np.r_['0,2', y]",
    "`np.r_` is given a directive",
    "it is not supported",
    "use `np.concatenate` or `np.stack`",
)
def a_directive_in_brackets(x, y):
    return np.sum(np.r_['0,2', y])  # fmt: skip


@refused(
    "y.strides",
    "the attribute `strides` of an array is read",
    "how an array lies in memory is no part of what is computed",
    "pass what depends on it as an argument",
)
def strides_of_an_array(x, y):
    return x * y.strides[0]


@refused(
    "np.vectorize(lambda v: v * x if v > 0 else 0)(y)",
    "`np.vectorize` of a function that gives an int on one path and a float on another",
    "NumPy casts all results to the type of the first one, which is known at run time only",
    "pass `otypes=[float]`, or return floats on all paths (`1.0` for `1`)",
)
def vectorized_without_one_dtype(x, y):
    return np.sum(np.vectorize(lambda v: v * x if v > 0 else 0)(y))


@refused(
    "np.exp(y, where=y > 0.0)",
    "`np.exp` is used in a way that has no derivative rule",
    "`where=` of np.exp without `out=` is not supported; elements that are not selected would be uninitialised memory; "
    "give the array that they are to keep",
    "write it with the parameters that are supported",
    kind=MissingRuleError,
)
def masked_without_out(x, y):
    return np.sum(np.exp(y, where=y > 0.0))


@refused(
    "np.linalg.eigvals(np.outer(y, y + x))",
    "`np.linalg.eigvals` is used in a way that has no derivative rule",
    "a matrix that is not known to be complex, whose eigenvalues are real or complex by its values, is not supported; "
    "pass `a + 0j`, or use np.linalg.eigh where it is symmetric",
    "write it with the parameters that are supported",
    kind=MissingRuleError,
)
def eigenvalues_of_a_real_matrix(x, y):
    return np.sum(np.abs(np.linalg.eigvals(np.outer(y, y + x))))


@refused(
    "np.binary_repr(y)",
    "`np.binary_repr` has no derivative rule",
    "the source of library functions is not entered",
    "write it with functions that have a rule, give it one (`pullback.primitive`), or compute it outside the function",
    kind=MissingRuleError,
)
def no_rule(x, y):
    return np.binary_repr(y).sum()


@refused(
    "np.tahn",
    "module `numpy` has no attribute `tahn`",
    "Python raises AttributeError here",
    "use `tan`, if that is meant",
)
def misspelt(x, y):
    return np.tahn(y).sum()


@refused(
    "math.cosin",
    "module `math` has no attribute `cosin`",
    "Python raises AttributeError here",
    "use `copysign`, if that is meant",
)
def misspelt_math(x, y):
    return math.cosin(x)


@refused(
    "np.maximum_sctype",
    "module `numpy` has no attribute `maximum_sctype`",
    "Python raises AttributeError here",
    "use `maximum`, if that is meant",
)
def near_miss(x, y):
    return np.maximum_sctype(y)


@refused(
    "y.dumps()",
    "the array method `.dumps()` has no derivative rule",
    "its meaning is not known to the compiler",
    "use NumPy functions that have a rule",
    kind=MissingRuleError,
)
def method_without_rule(x, y):
    return y.dumps()


@refused(
    "raise",
    "this raises RuntimeError: No active exception to reraise",
    "the function itself fails here for such arguments",
    "mend the function or its arguments",
    kind=DifferentiationError,
)
def reraised(x, y):
    if x < 0:
        raise
    return x


@refused(
    "raise FAILURE",
    "`ValueError` is raised",
    "only exceptions that the function makes are followed",
    "make the exception where it is raised (`raise ValueError(...)`)",
)
def raised_from_outside(x, y):
    if x < 0:
        raise FAILURE
    return x


@refused(
    "def raised_on_every_path(x, y):",
    "every path through `raised_on_every_path` raises",
    "there is no value to differentiate",
    "mend the function",
)
def raised_on_every_path(x, y):
    if x < 0:
        raise ValueError("negative")
    else:
        raise ValueError("not negative")


@refused(
    'raise ValueError("always")',
    "the function raises `ValueError: always`",
    "it does so for every call with such arguments",
    "pass other arguments",
    kind=DifferentiationError,
)
def raised_in_a_callee(x, y):
    assert fail(x)
    return x


@refused(
    'len(f"{x}")',
    "a value in a text is known at run time only",
    "the generated code is specialised to it; it is computed from `x`",
    "make it a constant, or an int parameter",
)
def length_of_a_text(x, y):
    return x * len(f"{x}")


@refused(
    'f"{x}" == "1.0"',
    "a value in a text is known at run time only",
    "the generated code is specialised to it; it is computed from `x`",
    "make it a constant, or an int parameter",
)
def comparison_of_a_text(x, y):
    return x if f"{x}" == "1.0" else 2 * x


@refused(
    'assert y.ndim == 2, f"a matrix, not {y.ndim}-d"',
    "this assertion fails: a matrix, not 1-d",
    "it does so for every call with such arguments",
    "pass other arguments",
    kind=DifferentiationError,
)
def static_assert(x, y):
    assert y.ndim == 2, f"a matrix, not {y.ndim}-d"
    return x


@refused(
    'raise ValueError(f"a matrix, not {y.ndim}-d")',
    "the function raises `ValueError: a matrix, not 1-d`",
    "it does so for every call with such arguments",
    "pass other arguments",
    kind=DifferentiationError,
)
def static_raise(x, y):
    if y.ndim != 2:
        raise ValueError(f"a matrix, not {y.ndim}-d")
    return x


@refused(
    "z",
    "`z` is read before it has a value",
    "Python raises UnboundLocalError here",
    "assign `z` first",
)
def bound_on_no_path(x, y):
    if y is None:
        z = x
    return z


@refused(
    "def returns_none_on_one_path(x, y):",
    "the function may return None: a float or None",
    "a path ends without a number or array, and which one is taken is known at run time only",
    "return the same kind of value on every path, or raise an error",
)
def returns_none_on_one_path(x, y):
    if x > 0:
        return x * 2


@refused(
    "z",
    "`z` is read before it has a value",
    "Python raises UnboundLocalError here",
    "assign `z` first",
)
def unbound(x, y):
    return z + x
    z = 1.0


@refused(
    "not_there",
    "`not_there` is not defined",
    "Python raises NameError here",
    "define or import `not_there`",
)
def undefined(x, y):
    return x + not_there


@refused(
    "z",
    "`z` is a tuple in one branch and a float in the other",
    "which one it is depends on a condition known at run time only",
    "let both branches give the same kind of value",
)
def different_structures(x, y):
    if x > 0:
        z = (x, x)
    else:
        z = x
    return z


@refused(
    "e.__cause__",
    "the attribute `__cause__` of an exception is read",
    "the generated code has no handlers, and so makes no exception that is caught",
    "keep what it holds in a variable before the `raise`",
)
def an_attribute_of_an_exception(x, y):
    try:
        if x > 2.0:
            raise Stopped(x)
    except Stopped as e:
        x = x * e.__cause__
    return x


@refused(
    "e.args",
    "an exception that holds arrays or containers is looked at",
    "they may have changed since it was made",
    "keep what it holds in a variable before the `raise`",
)
def an_array_in_an_exception(x, y):
    try:
        if x > 2.0:
            raise ValueError(y)
    except ValueError as e:
        x = x * e.args[0]
    return x


@refused(
    "Guarded(x)",
    "Guarded defines __del__",
    "when an object goes away is not part of what is computed",
    "call a method of its own where it is done with",
)
def an_object_with_last_words(x, y):
    return Guarded(x).value


@refused(
    "random.gauss(y, 1.0)",
    "`random.gauss` is given an array",
    "what it draws would be of another type than its own, a Python float",
    "convert it with `float`, or draw with np.random",
)
def a_draw_of_python_given_an_array(x, y):
    return x * random.gauss(y, 1.0)


@refused(
    "random.shuffle([x, 2.0])",
    "`random.shuffle` is called",
    "it is no draw of one number",
    "draw outside the function, and pass what is drawn as an argument",
)
def a_shuffle_of_python(x, y):
    random.shuffle([x, 2.0])
    return x


@refused(
    "def a_chosen_string_is_returned(x, y):",
    "the function returns `name`, one of `'a'`, `'b'`",
    "a result must be numbers, arrays, and containers of them; which of these it is shows at run time only",
    "return a number that stands for it",
)
def a_chosen_string_is_returned(x, y):
    name = "a" if x > 0 else "b"
    return name


@refused(
    "{name: x}",
    "the result is a dict in one branch and a dict in the other",
    "which one it is depends on a condition known at run time only",
    "let both branches give the same kind of value",
)
def keys_chosen_by_a_string(x, y):
    name = "a" if x > 0 else "b"
    return {name: x}


@refused(
    "f",
    "`f` is the function `lambda` before the loop and the function `lambda` after a trip",
    "which one it is depends on how many trips there have been",
    "let it be the same kind of value before the loop and in it",
)
def functions_made_in_a_loop(x, y):
    f = lambda v: v
    for v in y:
        x = f(x)
        f = lambda u: u * v  # noqa: B023
    return x


@refused(
    "np.max(np.outer(y, y), axis=axis)",
    "`axis` of `np.max` is known at run time only",
    "the generated code is specialised to it; it is computed from `x`",
    "branch on it (`if axis == 0: ...`), or make it a constant, or an int parameter",
)
def a_chosen_axis(x, y):
    axis = 0 if x > 0 else 1
    return np.sum(np.max(np.outer(y, y), axis=axis))


@refused(
    "def different_ranks(x, y):",
    "the function returns one of an array, `0.0`",
    "a result must be numbers, arrays, and containers of them; which of these it is shows at run time only",
    "return a number that stands for it",
)
def different_ranks(x, y):
    return y if x > 0 else 0.0


@refused(
    "d",
    "this container differs between the branches of a conditional",
    "its keys or its length depend on a condition known at run time only",
    "let both branches leave the same keys and lengths",
)
def different_keys(x, y):
    d = {}
    if x > 0:
        d["a"] = x
    return d["a"]


@refused(
    "b.append(x)",
    "a list is changed that is one of two containers, chosen at run time",
    "the change would be seen outside the function, or through another name",
    "change a copy of it instead",
)
def aliased_in_one_arm_only(x, y):
    if x > 0:
        a = b = [x]
    else:
        a, b = [x], [y]
        b = [x]
    b.append(x)
    return a


@refused(
    "b.append(x)",
    "a list is changed that is one of two containers, chosen at run time",
    "the change would be seen outside the function, or through another name",
    "change a copy of it instead",
)
def aliased_at_run_time(x, y):
    a, c = [x], [x]
    b = a if x > 0 else c
    b.append(x)
    return a


@refused(
    '{f"{x}": x}',
    "a value in a text is known at run time only",
    "the generated code is specialised to it; it is computed from `x`",
    "make it a constant, or an int parameter",
)
def float_in_an_f_string(x, y):
    return {f"{x}": x}


@refused(
    "{x: y}",
    "a dict key is known at run time only",
    "the generated code is specialised to it; it is computed from `x`",
    "make it a constant, or an int parameter",
)
def float_as_a_key(x, y):
    return {x: y}[x]


@refused(
    "[x, 1.0][y]",
    "an index into a list or tuple is known at run time only",
    "the generated code is specialised to it; it is computed from `y`",
    "make it a constant, or an int parameter",
)
def array_as_an_index(x, y):
    return [x, 1.0][y]


@refused(
    'sorted([("x", x), ("one", 1.0)], key=lambda pair: pair[1])',
    "`sorted` orders items that are not alike",
    "which one comes where is known at run time only",
    "let all items, and all keys, have the same structure, and differ in numbers and arrays only",
)
def sorted_unlike_items(x, y):
    return sorted([("x", x), ("one", 1.0)], key=lambda pair: pair[1])[0][1]


@refused(
    '{"a": x}["b"]',
    "this raises KeyError: 'b'",
    "the function itself fails here for such arguments",
    "mend the function or its arguments",
    kind=DifferentiationError,
)
def key_error(x, y):
    return {"a": x}["b"]


@refused(
    "f(x, c=2.0)",
    "this raises TypeError: f() got an unexpected keyword argument 'c'",
    "the function itself fails here for such arguments",
    "mend the function or its arguments",
    kind=DifferentiationError,
)
def wrong_arguments(x, y):
    def f(a, b=1.0):
        return a * b

    return f(x, c=2.0)


@refused(
    "np.zeros(2) + np.zeros(3)",
    "this raises ValueError: dimensions 2 and 3 do not broadcast",
    "the function itself fails here for such arguments",
    "mend the function or its arguments",
    kind=DifferentiationError,
)
def wrong_shapes(x, y):
    return np.zeros(2) + np.zeros(3)


@refused(
    "x.shape",
    "this raises AttributeError: a float has no attribute `shape`",
    "the function itself fails here for such arguments",
    "mend the function or its arguments",
    kind=DifferentiationError,
)
def wrong_attribute(x, y):
    return x.shape[0]


@refused(
    "np.sum(lambda v: v)",
    "the function `lambda` is used where a number or an array is expected",
    "NumPy would see an object, which has no derivative",
    "pass its numbers or arrays instead",
)
def object_to_numpy(x, y):
    return np.sum(lambda v: v)


@refused(
    "f(x)",
    "`f` calls itself without end",
    "every path through it ends in a call of itself",
    "add a case that returns without recursion",
)
def endless(x, y):
    def f(v):
        return f(v + 1.0)

    return f(x)


@refused(
    "LABELS",
    "the global `LABELS` is an array of dtype <U1",
    "only numbers can be computed with",
    "convert it to a numeric array outside the function",
)
def array_of_text(x, y):
    return x * len(LABELS)


@refused(
    "def text_returned_as_a_function(x, y):",
    "the function `lambda` is returned",
    "a result must be numbers, arrays, and containers of them",
    "return its numbers or arrays",
)
def text_returned_as_a_function(x, y):
    return lambda: x


@pytest.mark.parametrize(("function", "args", "kind", "at", "words"), CASES)
def test_words_and_place(function, args, kind, at, words):
    with pytest.raises(DifferentiationError) as caught:
        traced(function, *args)
    error = caught.value
    assert type(error) is kind
    assert (error.found, error.reason, error.way_out) == words
    assert error.loc is not None
    with open(error.loc.file, encoding="utf-8") as file:
        lines = file.read().splitlines()
    end = error.loc.end_column if error.loc.end_line == error.loc.line else None
    assert lines[error.loc.line - 1][error.loc.column : end] == at
    first, last = error.loc.statement
    assert first <= error.loc.line <= last
    name = function.__name__
    assert error.loc.function == name or f"def {error.loc.function}" in "".join(lines)


@dataclass
class Model:
    rate: Any

    def step(self, x):
        self.rate *= x
        while x > 0:
            x = x - self.rate
            input()
        return x


def many(x, y):
    y[0] = None
    z = np.binary_repr(y) + helper(x)
    w = z * 2 + z[0]
    for row in y:
        row += 1
        hash(row)
    if w > 0:
        w.fill(0)
    model = Model(x)
    model.step(w)
    helper(2 * x)
    return model.step(1.0)


class Bare:
    def __init__(self, rate):
        self.rate = rate


def fail(x):
    raise ValueError("always")


def helper(x):
    with open("file"):
        pass
    return x


def test_everything_is_refused_in_one_go_in_source_order_and_once():
    with pytest.raises(SeveralErrors) as caught:
        traced(many, 1.0, V)
    assert [(e.found, e.loc.function) for e in caught.value.errors if e.loc] == [
        ("`input` is called", "step"),
        ("an element of an array is set to `None`", "many"),
        ("`np.binary_repr` has no derivative rule", "many"),
        ("`hash` is called", "many"),
        ("`open` is called", "helper"),
    ]
    text = str(caught.value)
    assert text.startswith("5 constructs cannot be differentiated:\n\n`input` is called.\n  why: ")
    assert "    y[0] = None\n    ^^^^" in text


def test_a_function_without_source():
    namespace: dict[str, Any] = {}
    exec("def made(x):\n    return x * 2", namespace)
    with pytest.raises(SourceNotFoundError, match="the source of `made`"):  # 3.13 may know another <string>
        traced(namespace["made"], 1.0)


def test_a_builtin_has_no_source():
    from pullback.frontend import trace

    with pytest.raises(SourceNotFoundError, match="`exp` is a builtin_function_or_method, which has no Python source"):
        trace(math.exp, {})


def test_a_file_that_changed_since_it_was_imported(tmp_path):
    file = tmp_path / "changing.py"
    file.write_text("def f(x):\n    return x * 2\n")
    namespace: dict[str, Any] = {"__name__": "changing"}
    exec(compile(file.read_text(), str(file), "exec"), namespace)
    assert traced(namespace["f"], 1.0).module.entry == "f"
    file.write_text("def f(x):\n    return x * 3 + 1\n")
    with pytest.raises(SourceNotFoundError, match="no longer the source of `f`"):
        traced(namespace["f"], 1.0)


def test_the_next_correct_call_works():
    def either(x, flag):
        return x if flag else np.binary_repr(x)

    with pytest.raises(MissingRuleError):
        traced(either, V, False)
    assert traced(either, V, None if random.random() < 0 else "yes").module.entry == "either"


def test_a_refusal_in_a_callee_of_a_callee_that_mutates_is_not_lost():
    def moments(x):
        return np.binary_repr(x), np.sum(x)

    def shift(x):
        x -= 1.0
        out = np.zeros(2)
        out[0], out[1] = moments(x)
        return out

    def total(s, x):
        return np.sum(shift(x * s))

    with pytest.raises(MissingRuleError):
        traced(total, 1.0, V)


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("np.i0", "scipy.special.i0"),
        ("np.emath.sqrt", "np.sqrt"),
        ("np.histogram2d", "np.bincount` of `np.digitize"),
        ("statistics.pstdev", "np.std"),
        ("np.arcsinhh", "np.arcsinh"),
        ("np.busday_count", None),
    ],
)
def test_the_nearest_function_is_what_numpy_means_or_what_is_spelled_alike(name, instead):
    known = [spelled(f) for f in MEANINGS if callable(f)]
    assert nearest(name, known) == instead
