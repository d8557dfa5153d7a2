"""Functions that check, print, log and warn. `fails` has arguments for which they raise."""

# The ways to make texts are the point here.
# ruff: noqa: UP030, UP031, UP032, PT015, B011

import logging
import sys
import warnings
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
fails = Programs()
logger = logging.getLogger("programs.effects")
root = logging.getLogger()
X, Y = positive(4), normal(4, seed=1)


class ModelError(Exception):
    """An exception of the user's, that keeps more than a text."""

    def __init__(self, what, value, limit=None):
        super().__init__(f"{what}: {value} (limit {limit})")
        self.value = value


class Outer:
    class InnerError(ValueError):
        pass


# Checks before the arithmetic.


@program((2.0, X), wrt=(0, 1))
@fails((-2.0, X), (0.0, X), (2.0, -X), wrt=(0, 1))
def checked_arguments(scale, x):
    if scale <= 0:
        raise ValueError(f"scale must be positive, got {scale}")
    if np.any(x < 0):
        raise ValueError("x has negative entries: {}".format(x))
    return scale * np.sum(np.sqrt(x))


@program((X, Y), wrt=(0, 1))
@fails((X, Y[:3]), wrt=(0, 1))
def checked_shapes(x, y):
    if x.ndim != 1:
        raise ValueError("expected a vector, got %d axes" % x.ndim)
    if x.shape != y.shape:
        raise ValueError(f"shapes {x.shape} and {y.shape} differ")
    if len(x) < 2:
        raise ValueError(f"need two points, got {len(x)}")
    return np.dot(x, y)


@program((0.5,), (-0.5,))
@fails((2.0,), (-2.0,), (0.0,))
def in_nested_branches(x):
    if x > 0:
        if x > 1:
            raise ValueError(f"too large: {x!r}")
        y = x * x
    else:
        if x < -1:
            raise ArithmeticError("too small", x)
        if x == 0:
            raise ZeroDivisionError
        y = 1 / x
    return y * 3


@program((0.5, 3), (1.5, 3))
@fails((2.5, 3), (float("nan"), 7))
def chain_that_ends_in_raise(x, code):
    if x < 1:
        y = x * 2
    elif x < 2:
        y = x**2
    else:
        raise NotImplementedError(f"no rule for x = {x:.2f} (code {code:04d})")
    return y + x


@program((0.5,), (-0.5,), (3.0,))
@fails((1.5,))
def early_returns_and_a_raise(x):
    if x < 0:
        return -x
    if x > 2:
        return x * x
    if x > 1:
        raise ValueError("1 < x <= 2")
    return x * 3


@program((0.5,), (-0.5,))
@fails((7.0,))
def the_last_path_raises(x):
    if x < 0:
        return x * x
    if x < 1:
        return 2 * x
    raise ValueError(f"x = {x}")


@program((2.0, 1.0), wrt=(0, 1))
@fails((0.5, 1.0), (2.0, -1.0), wrt=(0, 1))
def exceptions_of_the_users(x, limit):
    if x < limit:
        raise ModelError("x", x, limit=limit)
    if limit < 0:
        raise Outer.InnerError("negative limit") from ModelError("limit", limit)
    return np.log(x / limit)


@program((2.0,))
@fails((-2.0,))
def without_a_cause(x):
    if x < 0:
        raise KeyError(("x", x)) from None
    return x * x


@program((2.0,))
@fails((-2.0,))
def an_exception_that_has_a_name(x):
    error = ValueError("negative", x)
    if x < 0:
        raise error
    return x**3


@program((X,))
@fails((-X,))
def raised_in_an_expression(x):
    def fail(message):
        raise ValueError(message)

    total = np.sum(x)
    return np.sqrt(total) if total > 0 else fail(f"total {total}")


@program((0.5,), (1.5,))
@fails((-0.5,))
def a_text_that_is_made_before(x):
    label = "x is " + str(x)
    label = f"[{label:>12}]" + "!"
    if x < 0:
        raise ValueError(label)
    if x > 1:
        print(label, repr(label), sep="|")
    return x * 2


@program((np.array([1.0, 2.0]), {"rate": 0.5, "steps": 3}), wrt=(0,))
@fails((np.array([1.0, 2.0]), {"rate": -0.5, "steps": 3}), wrt=(0,))
def containers_in_messages(x, config):
    if config["rate"] < 0:
        raise ValueError("bad config", config, [config["rate"], "a"], (x.shape,))
    return np.sum(x) * config["rate"] ** config["steps"]


# Assertions.


@program((2.0, 1.0), wrt=(0, 1))
@fails((0.5, 1.0), (2.0, -1.0), wrt=(0, 1))
def assertions(x, y):
    assert x > y, f"{x} <= {y}"
    assert y > 0
    assert np.isfinite(x)
    return np.log(x - y) * y


@program((X, 0.5), wrt=(0, 1))
@fails((X, 1.5), wrt=(0, 1))
def assertion_of_two_things(x, alpha):
    assert 0 <= alpha <= 1, "alpha must be in [0, 1]"
    return np.sum(x * alpha + (1 - alpha) * x**2)


@program((0.5,))
@fails((-0.5,))
def assert_false(x):
    if x < 0:
        assert False, ("negative", x)
    return x * x


# Loops.


@program((X,), ([0.5, 1.5, 2.5],))
@fails((np.array([1.0, -1.0, 2.0]),), ([0.5, -1.5],))
def in_a_loop(xs):
    total = 0.0
    for k, x in enumerate(xs):
        if x < 0:
            raise ValueError(f"entry {k} is {x}")
        total += np.sqrt(x)
    return total


@program((2.0,))
@fails((2e6,), (-1.0,))
def no_convergence(a):
    x = 1.0
    for k in range(12):
        new = 0.5 * (x + a / x)
        if abs(new - x) < 1e-10:
            return new
        x = new
    raise RuntimeError(f"no convergence after {k + 1} steps: {x:.6g}")


@program((3.0, 10), (3.0, 20))
@fails((3.0, 1))
def in_a_while(x, most):
    n = 0
    while x > 0.1:
        x = x * 0.5
        n += 1
        if n > most:
            raise RuntimeError(f"more than {most} halvings")
    return x + n


@program((X, 1.0), wrt=(0, 1))
@fails((X, -1.0), (X, 0.0), wrt=(0, 1))
def in_nested_loops(x, step):
    total = 0.0
    for i in range(3):
        for j in range(len(x)):
            if step < 0:
                raise ValueError(f"negative step at ({i}, {j})")
            if step == 0 and j == 1:
                raise ZeroDivisionError(f"at {i = }")
            total += x[j] / step * i
    return total


@program((X, 0), (X, 2))
@fails((X, 3), (X, 9))
def the_trip_that_raises(x, bad):
    total = 0.0
    for i in range(4):
        total += x[i] * i
        if i < 3:
            continue
        if bad < 3:
            break
        raise LookupError(total, i)
    return total


@program(
    (X, 0),
)
@fails(
    (X, 4),
)
def every_trip_raises(x, n):
    for i in range(n):
        raise ValueError(f"trip {i} of {n}")
    return np.sum(x * x)


@program((2.0,))
@fails((0.5,), (-0.5,))
def a_while_that_never_ends_well(x):
    while x < 1:
        if x < 0:
            raise ValueError("negative")
        x = x * 3
        raise RuntimeError(x)
    return x * x


@program((X, Y), (X, Y[:4]), wrt=(0, 1))
@fails((X, Y[:3]), (X[:2], Y), wrt=(0, 1))
def strict_zip(x, y):
    total = 0.0
    for k, (a, b) in enumerate(zip(x, y, strict=True)):
        print(k)
        total += a * b
    return total + np.sum(x) * np.sum(y)


@program((X,), (Y,))
def prints_in_a_loop(x):
    total = 0.0
    for k in range(len(x)):
        total += x[k] ** 2
        print("step", k, total, sep=" : ", end=";\n")
        if total > 2:
            print(f"stop at {k}", file=sys.stderr)
            break
    print("done", end="", flush=True)
    return total


@program((X,))
def prints_an_array_that_changes(x):
    a = x.copy()
    print(a)
    for i in range(1, len(a)):
        a[i] += a[i - 1]
        before = f"{a}"
        a[0] *= 2
        print(before, a)
    a *= 2
    print(a)
    return np.sum(a * x)


# Callees.


def check_positive(value, name):
    if value <= 0:
        raise ValueError(f"{name} must be positive, not {value}")
    return value


def validate(x, y):
    """Calls for effect."""
    check_positive(x, "x")
    if not isinstance(y, np.ndarray):
        raise TypeError(f"y is a {type(y).__name__}")
    if y.size == 0:
        raise ValueError("y is empty")


@program((1.5, X), wrt=(0, 1))
@fails((-1.5, X), (1.5, np.zeros(0)), wrt=(0, 1))
def in_callees(x, y):
    validate(x, y)
    z = check_positive(x + 1, "x + 1")
    return z * np.sum(y * x)


def smooth(x, width):
    print("smooth", width)
    if width > 3:
        raise ValueError(f"width {width}")
    y = np.tanh(x / width)
    z = y * y + np.exp(-x * x) * width
    return np.sum(z * y + x) / width + np.sum(y)


@program((X, 1.0), (X, 2.5), wrt=(0, 1))
@fails((X, 3.5), (X, 3.0), wrt=(0, 1))
def a_callee_that_stays_a_call(x, width):
    first = smooth(x, width)
    second = smooth(x * 2, width + 0.25)
    print(first > second)
    return first * second


@program((4, 1.5), (0, 1.5), wrt=(1,))
@fails((-1, 1.5), (3, -1.0), wrt=(1,))
def recursive(n, x):
    if n < 0:
        raise RecursionError(f"n = {n}")
    if n == 0:
        return x
    print("level", n)
    if x < 0:
        raise ValueError("negative x")
    return x * recursive(n - 1, x)


@program((0.7,))
@fails((1.7,))
def in_a_local_function(x):
    def f(t):
        if t > 1:
            raise ValueError(f"{t} > 1")
        return np.sqrt(1 - t * t)

    return f(x) + f(x / 2) * 2


@program((X,))
@fails((-X,))
def in_a_comprehension(x):
    return sum([check_positive(v, "v") ** 2 for v in [x[0], x[1] * 2]])


# Classes.


@dataclass
class Circle:
    radius: float
    name: str = "circle"

    def __post_init__(self):
        if self.radius < 0:
            raise ValueError(f"{self.name} has the negative radius {self.radius}")

    @property
    def area(self):
        if self.radius > 100:
            raise OverflowError("too large")
        return np.pi * self.radius**2


class Tank:
    def __init__(self, volume, capacity):
        if volume > capacity:
            raise ModelError("volume", volume, capacity)
        self.volume = volume
        self.capacity = capacity

    def __str__(self):
        return f"Tank({self.volume:.1f} of {self.capacity})"

    def fill(self, more):
        self.volume = self.volume + more
        logger.info("filled to %s of %.2f", self.volume, self.capacity)
        if self.volume > self.capacity:
            raise ModelError("overflow", self.volume, limit=self.capacity)


class Point(NamedTuple):
    x: float
    y: float


@program((1.5,))
@fails((-1.5,), (150.0,))
def in_a_dataclass(r):
    c = Circle(r, name="my circle")
    return c.area / r


@program((1.0, 0.5), wrt=(0, 1))
@fails((5.0, 0.5), (1.0, 1.5), wrt=(0, 1))
def in_methods(volume, more):
    tank = Tank(volume, 2.0)
    tank.fill(more)
    print("now", tank, f"<{tank}>", "%s" % tank)
    print(Circle(more), [more], f"{Circle(volume, name='c')!r:>60}")
    return tank.volume**2 + tank.capacity


@program((1.0, 0.5), wrt=(0, 1))
def a_named_tuple_is_printed(x, y):
    p = Point(x, y)
    print(p, [p], {"p": p, 1: (x,)})
    return p.x * p.y


# After mutation.


@program((X, Y), wrt=(0, 1))
@fails((X, -10 * X), wrt=(0, 1))
def after_mutation(x, y):
    x = x.copy()
    x[1:] += y[:-1]
    x *= 2
    if x.min() < -5:
        raise FloatingPointError(f"{x.min():.3f} in {x}")
    x[0] = y[0]
    return np.sum(x * y)


# Logging and warnings.


@program((X, 0.5), wrt=(0, 1))
def logs(x, rate):
    logger.debug("not shown")
    logger.info("rate %s for %d points", rate, len(x))
    total = np.sum(x) * rate
    if total > 1:
        logger.warning(f"total is {total:.3f}")
    root.error("x: %s", x)
    logging.info("from the module: %r", {"total": total})
    return total * total


@program((X,))
def a_log_that_keeps_what_it_is_given(x):
    a = x * 2
    logger.info("a: %s", a)
    a += 1
    logger.info("a: %s", a)
    for i in range(2):
        a = a * x
        logger.warning("trip %d: %s", i, a)
    return np.sum(a)


@program((X,), (-X,))
def warns(x):
    if np.any(x < 0):
        warnings.warn(f"model: negative: {x.min()}", RuntimeWarning, stacklevel=2)
        x = np.abs(x)
    else:
        warnings.warn("model: nothing negative")
    return np.sum(np.sqrt(x))


@program((0.5,), (-0.5,))
def prints_on_the_way_to_a_return(x):
    if x < 0:
        print("negative")
        return -x
    print("positive", x)
    return x * x


@program((0.5,), (2.5,))
def effects_whose_results_nobody_reads(x):
    y = np.exp(x)
    if y > 5:
        print("large", y)
    for i in range(2):
        z = y * i
        print(z)
    n = 0
    while n < 2:
        n += 1
        print("n", n)
    return x


@program((0.5, 2.0), wrt=(0, 1))
def in_order(x, y):
    def loud(v, name):
        print("computing", name)
        return v * v

    return loud(x, "x") + loud(y, "y") * loud(x, "x again")


@program((0.5, print), (0.5, None))
def as_an_argument(x, say):
    if say is not None:
        say("x", x)
    return x * x


@program((np.float32(0.5), 3, 2.5), wrt=(0, 2))
def formats(x, n, y):
    print(f"{x} {n:03d} {n!r:>5} {y:{n}.1f} {y:+.2e} {{}} 'quoted' \"twice\" {y!s} {n + 1} {y = }")
    print(
        "%s %5.2f %d%%" % (x, y, n), "{0} {name:.3f} {0!r}".format(n, name=y), str(y) + "," + repr(n), format(y, ".1f")
    )
    print(", ".join([str(x), f"{y}", "end"]), "-" * 3, "%s" % [x, n])
    return x * y**n


# One of several texts.


@program((2.0,), (-2.0,))
@fails((0.0,))
def a_chosen_name(x):
    name = "positive" if x > 0 else "negative"
    print(name, f"is {name!r}", x)
    logger.warning("%s: %s", name, x)
    if x == 0.0:
        raise ValueError(f"{name} number")
    return x * x


@program((X,))
def a_state_that_is_told(xs):
    state, total = "idle", 0.0
    for v in xs:
        before = state
        state = "busy" if v > 1.0 else "idle"
        if state != before:
            print(f"{before} -> {state} at {v:.3f}")
        total += v * v
    print("ended", state)
    return total


@program((2.0,), (-2.0,))
@fails((0.5,))
def a_chosen_exception(x):
    error = ValueError("low") if x < 1.0 else TypeError(f"high: {x}")
    if 0.0 < x < 1.0:
        raise error
    return x * x


# Effects at the end of blocks that exceptions leave.


def checked_root(x):
    if x < 0.0:
        raise ValueError(f"negative: {x}")
    return np.sqrt(x)


@program((2.0,))
@fails((-2.0,))
def told_at_the_end(x):
    try:
        y = checked_root(x)
        print("computed", y)
    finally:
        print("done", x)
    return y * x


@program((2.0,))
@fails((-2.0,), (-8.0,))
def told_in_every_handler(x):
    try:
        try:
            if x < -5.0:
                raise KeyError("far") from None
            y = checked_root(x)
        except KeyError:
            print("far")
            raise
        finally:
            print("inner", x)
    except ValueError as e:
        print("handled", e, str(e), repr(e))
        raise ModelError("no model", x) from e
    else:
        print("fine")
    finally:
        print("outer", x)
    return y


@program((X, 4), (X, 2), wrt=(0,))
@fails((-X, 4), wrt=(0,))
def told_on_the_way_out(xs, limit):
    total = 0.0
    for k, v in enumerate(xs):
        try:
            if k == limit:
                print("limit")
                break
            if v < -0.5:
                raise ValueError("too low")
            if v > 1.5:
                continue
            total += v * v
        finally:
            print(k, v)
    return total


@program((2.0,), (-2.0,))
@fails((0.5,))
def an_assertion_that_is_caught(x):
    try:
        assert x < 0 or x > 1, f"{x} is between"
        if x < 0:
            raise ValueError("low", 1)
        return x * x
    except ValueError as e:
        print(e.args, type(e).__name__, e)
        return x
    except AssertionError as e:
        print("assertion:", e)
        raise ValueError(str(e)) from e


def counted(n):
    for k in range(n):
        print("next", k)
        yield k


@program((2.0,), (0.3,), (-1.0,))
def left_in_the_middle(x):
    for k in counted(4):
        print("body", k)
        if x * k > 1.5:
            return x * k
        if x < 0.0:
            print("leaving")
            break
    print("after")
    return x * x


@program((2.0, 3), (2.0, normal(3)), (2.0, None), wrt=(0,))
def classes_of_a_union(a, b):
    if isinstance(b, int | float):
        return a * b
    known = np.ndarray | None
    return np.sum(a**2 * b) if isinstance(b, known) and b is not None else a**3
