"""Functions that cannot be differentiated exactly, each with the call that is refused: docs/errors.md shows them."""

# The constructs are the point here.
# ruff: noqa: F821, RET504, SIM115

import asyncio
import concurrent.futures
import datetime
import os
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pullback import differentiate

V = np.array([1.0, 2.0, 3.0])
HISTORY: list[float] = []
TABLE = np.array([1.0, 2.0, 3.0])
LOCK = threading.Lock()


class Options:
    """Something to hold attributes."""

    scale = 2.0


@dataclass(frozen=True)
class Exhibit:
    """A refusal: its group and title, the function, and how it is differentiated."""

    group: str
    title: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    options: dict[str, Any]

    def provoke(self) -> None:
        """Ask for what is refused."""
        differentiate(self.function, **self.options).grad(*self.args)


EXHIBITS: list[Exhibit] = []


def exhibit(group: str, title: str, *args: Any, **options: Any) -> Callable[[Any], Any]:
    """Register a function with the arguments and options of the call that is refused."""

    def register(function: Any) -> Any:
        EXHIBITS.append(Exhibit(group, title, function, args, options))
        return function

    return register


CODE = "Code that is made or run elsewhere"


@exhibit(CODE, "`eval`", 2.0)
def evaluated(x):
    return eval("x ** 2")


@exhibit(CODE, "`exec`", 2.0)
def executed(x):
    names = {"x": x}
    exec("y = x ** 2", names)
    return names["y"]


@exhibit(CODE, "Writing to `globals()`", 2.0)
def writes_globals(x):
    globals()["LAST"] = x
    return x**2


@exhibit(CODE, "A `global` that is assigned", 2.0)
def assigns_a_global(x):
    global HISTORY
    HISTORY = [x]
    return x**2


@exhibit(CODE, "A global container that is changed", 2.0)
def appends_to_a_global(x):
    HISTORY.append(x)
    return x**2


@exhibit(CODE, "A global array that is written to", 2.0)
def writes_a_global_array(x):
    TABLE[0] = x
    return np.sum(TABLE)


@exhibit(CODE, "A thread", 2.0)
def starts_a_thread(x):
    result = []
    worker = threading.Thread(target=result.append, args=(x * x,))
    worker.start()
    worker.join()
    return result[0]


async def fetch(x):
    await asyncio.sleep(0)
    return x**2


@exhibit(CODE, "`async` and `await`", 2.0)
async def awaits(x):
    return await fetch(x)


@exhibit(CODE, "A pool of workers", 2.0)
def asks_a_pool(x):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return pool.submit(pow, x, 2).result()


@exhibit(CODE, "A lock", 2.0)
def holds_a_lock(x):
    with LOCK:
        return x**2


@exhibit(CODE, "An attribute whose name is made when the code runs", 2.0)
def sets_some_attribute(x):
    options = Options()
    setattr(options, f"scale_{x:.0f}", x)
    return options.scale * x


@exhibit(CODE, "An environment variable", 2.0)
def reads_the_environment(x):
    return x * float(os.environ["SCALE"])


@exhibit(CODE, "An array that is loaded", 2.0)
def loads_an_array(x):
    return x * np.sum(np.load("weights.npy"))


@exhibit(CODE, "The date", 2.0)
def asks_for_the_date(x):
    return x * datetime.datetime.now().hour


@exhibit(CODE, "A file that is read", 2.0)
def reads_a_file(x):
    scale = float(open("scale.txt").read())
    return x * scale


@exhibit(CODE, "Input from the user", 2.0)
def asks(x):
    return x * float(input("scale: "))


@exhibit(CODE, "A draw whose parameters are differentiated by", 2.0, np.random.default_rng(0))
def draws(mean, rng):
    return rng.normal(mean, 0.5) ** 2


VALUES = "What only the run can tell"


@exhibit(VALUES, "A set of numbers", 2.0)
def adds_a_set(x):
    return sum({x, 2.0})


@exhibit(VALUES, "`is` between arrays", V, V)
def compares_identity(a, b):
    return np.sum(a) if a is b else np.sum(b)


@exhibit(VALUES, "The truth of an array", V)
def asks_an_array(v):
    if v > 1.0:
        return np.sum(v)
    return 0.0


@exhibit(VALUES, "A number as a dict key", 2.0)
def keyed_by_a_number(x):
    return {x: 1.0}[x] * x


@exhibit(VALUES, "A number in a text that decides", 2.0)
def keyed_by_text(x):
    prices = {"2.00": 3.0}
    return prices[f"{x:.2f}"] * x


@exhibit(VALUES, "A list in one branch, a number in the other", 2.0)
def of_two_kinds(x):
    y = [x, x] if x > 1 else x
    return y


@exhibit(VALUES, "The order of a set", {"a": 1.0, "b": 2.0})
def loops_over_a_set(p):
    total = 0.0
    for name in set(p) - {"c"}:
        total = total * 0.5 + p[name]
    return total


@exhibit(VALUES, "A set of numbers that are computed", 2.0)
def set_of_numbers(x):
    return len({x, x * 2}) * x


@exhibit(VALUES, "Sorting items that are not alike", 2.0)
def sorts(x):
    return sorted([("x", x), ("one", 1.0)], key=lambda pair: pair[1])[0][1] * x


CLASSES = "Classes and functions that rewrite themselves"


class Counting(type):
    """A metaclass that interferes in making instances."""

    def __call__(cls, *args, **kwargs):
        made = super().__call__(*args, **kwargs)
        made.serial = 1
        return made


class Counted(metaclass=Counting):
    def __init__(self, value):
        self.value = value


@exhibit(CLASSES, "A metaclass", 2.0)
def makes_a_counted(x):
    return Counted(x).value * x


class Spy:
    def __init__(self, value):
        self.value = value

    def __getattribute__(self, name):
        return object.__getattribute__(self, name)


@exhibit(CLASSES, "`__getattribute__`", 2.0)
def looks_through_a_spy(x):
    return Spy(x).value ** 2


class Money(float):
    pass


class Handle:
    def __init__(self, value):
        self.value = value

    def __del__(self):
        print("released")


@exhibit(CLASSES, "`__del__`", 2.0)
def releases_a_handle(x):
    return Handle(x).value ** 2


@exhibit(CLASSES, "A weak reference", 2.0)
def refers_weakly(x):
    options = Options()
    options.scale = x
    return weakref.ref(options)().scale * x


@exhibit(CLASSES, "A generator that escapes", 2.0)
def escapes(x):
    return (x * k for k in range(3))


@exhibit(CLASSES, "A subclass of `float`", 2.0)
def computes_in_money(x):
    return Money(x) * 2


@exhibit(CLASSES, "An object whose class is defined inside", 2.0)
def returns_an_object(x):
    class Result:
        def __init__(self, value):
            self.value = value

    return Result(x**2)


@exhibit(CLASSES, "A class that one branch defines", 2.0)
def defines_a_class_in_a_branch(x):
    if x > 1.0:

        class Rate:
            value = x * 2.0

    return Rate.value * x


@exhibit(CLASSES, "A function that is returned", 2.0)
def returns_a_function(x):
    return lambda y: x * y


@exhibit(CLASSES, "Recursion without end", 2.0)
def endless(x):
    return endless(x + 1.0)


MEMORY = "One memory under two names"


def add_in_place(a, b):
    a += 1.0
    return np.sum(a * b)


exhibit(MEMORY, "The same array for two parameters, one of which is written to", V, V)(add_in_place)


def scale_first(layers):
    layers[0] *= 2.0
    return np.sum(layers[1])


exhibit(MEMORY, "The same array twice in a list", [V, V])(scale_first)


@exhibit(VALUES, "An `except` around an operation that may raise", np.eye(3), V)
def falls_back(a, b):
    try:
        x = np.linalg.solve(a, b)
    except np.linalg.LinAlgError:
        x = b
    return np.sum(x**2)


@exhibit(MEMORY, "A container that is one of two", 2.0)
def appends_to_one_of_two(x):
    a, b = [x], [x]
    c = a if x > 1 else b
    c.append(x)
    return sum(a) * len(a)


LIBRARIES = "Functions without a rule"


@exhibit(LIBRARIES, "A NumPy function that has none", V)
def with_a_missing_rule(v):
    return np.sum(np.roots(v) * v[0])


@exhibit(LIBRARIES, "A name that is misspelt", V)
def misspelt(v):
    return np.tahn(v).sum()


ASKING = "Asking for what does not exist"


@exhibit(ASKING, "A result that is no number", V)
def a_vector(v):
    return v * 2


@exhibit(ASKING, "The gradient of an integer", 2, 3.0)
def of_an_integer(n, x):
    return n * x


@exhibit(ASKING, "The gradient of an array of integers", np.array([1, 2]))
def of_integers(v):
    return np.sum(v * 2.0)


@exhibit(ASKING, "A result that is an integer", 2.0)
def rounds(x):
    return int(x) * 2


@exhibit(ASKING, "A parameter that is not there", 2.0, wrt="bias")
def without_bias(weight):
    return weight**2


@exhibit(ASKING, "A string to differentiate by", "fast", 2.0)
def with_a_mode(mode, x):
    return x if mode == "fast" else x * x


@exhibit(ASKING, "An array of texts", np.array(["a", "b"]))
def of_texts(labels):
    return len(labels)


@exhibit(ASKING, "A function without source", 2.0)
def as_is(x):
    return x


EXHIBITS[-1] = Exhibit(ASKING, "A function without source", abs, (2.0,), {})

MISTAKES = "Mistakes of the function itself"


@exhibit(MISTAKES, "A check that fails", V)
def wants_a_matrix(x):
    if x.ndim != 2:
        raise ValueError(f"a matrix, not {x.ndim}-d")
    return np.sum(x)


@exhibit(MISTAKES, "A key that is missing", {"a": 2.0})
def reads_a_missing_key(params):
    return params["a"] * params["b"]


@exhibit(MISTAKES, "A name without a value", 2.0)
def reads_too_early(x):
    y = x + total
    total = y
    return total
