"""`try` around a `raise` that depends on what only the run tells: the condition leads to the handler."""

# The statements are the point here.
# ruff: noqa: B904, TRY301, TRY300, TRY002, B012, SIM107, RET505

from __future__ import annotations

import contextlib
import math

import numpy as np
from support.corpus import Programs, normal

program = Programs()
X = normal(5)


class Infeasible(ValueError):
    """An exception of the user's."""

    def __init__(self, message, step=0):
        super().__init__(message)
        self.step = step


def root(v):
    if v < 0.0:
        raise Infeasible("negative", 3)
    return np.sqrt(v)


def checked_log(v, limit):
    if v <= limit:
        raise ValueError("too small")
    if v > 10.0:
        raise OverflowError("too large")
    return np.log(v)


@program((2.0,), (-2.0,))
def a_branch_to_the_handler(x):
    try:
        if x < 0:
            raise ValueError("negative")
        y = np.sqrt(x)
    except ValueError:
        y = x * x
    return y


@program((2.0,), (-2.0,))
def through_a_callee(x):
    try:
        y = root(x) * 2.0
    except Infeasible:
        y = -3.0 * x
    return y * x


@program((X,), (np.abs(X),), (-np.abs(X),))
def skipped_in_a_loop(xs):
    total = 0.0
    for v in xs:
        try:
            total += root(v)
        except ValueError:
            continue
    return total * total


@program((2.0, 1.0), (0.5, 1.0), (20.0, 1.0), wrt=(0,))
def two_handlers(x, limit):
    try:
        return checked_log(x, limit)
    except ValueError:
        return x * x
    except OverflowError:
        return np.sqrt(x)


@program((2.0,), (0.5,), (20.0,))
def a_tuple_of_classes(x):
    try:
        y = checked_log(x, 1.0)
    except (ValueError, OverflowError):
        y = 3.0 * x
    else:
        y = y * x
    return y + x


@program((2.0,), (-2.0,))
def with_all_parts(x):
    n = 0.0
    try:
        y = root(x)
        n += 1.0
    except Infeasible:
        y = x * 3.0
        n += 10.0
    else:
        n += 100.0 * x
    finally:
        n += 1000.0 * x * x
    return y * n


@program((2.0,), (-2.0,), (-7.0,))
def nested(x):
    try:
        try:
            if x < -5.0:
                raise KeyError("far")
            y = root(x)
        except Infeasible:
            y = x * x
    except KeyError:
        y = x**3
    return y


@program((2.0,), (-2.0,))
def raised_again_under_a_condition(x):
    try:
        try:
            y = root(x)
        except Infeasible:
            x = x * 2.0
            raise
    except ValueError:
        y = x * x
    return y


@program((2.0,), (-2.0,), (-7.0,))
def another_from_it(x):
    try:
        try:
            y = root(x)
        except Infeasible as e:
            if x < -5.0:
                raise RuntimeError("far") from e
            y = 1.0 - x
    except RuntimeError:
        y = x * x * x
    return y


@program((2.0,), (-2.0,))
def what_it_carries(x):
    try:
        if x < 0.0:
            raise ValueError("negative", 3.0)
        y = np.sqrt(x)
    except ValueError as e:
        y = x * e.args[1] + len(e.args[0])
    return y


@program((2.0,), (-2.0,), (-8.0,))
def what_one_of_them_carries(x):
    try:
        if x < -5.0:
            raise ValueError(2.0)
        if x < 0.0:
            raise ValueError(3.0)
        y = np.sqrt(x)
    except ValueError as e:
        y = x * e.args[0]
    return y


@program((X,), (np.abs(X),))
def stops_at_the_first(xs):
    total, k = 0.0, 0
    try:
        for k, v in enumerate(xs):
            total += root(v) * (k + 1)
    except Infeasible:
        total = total * 2.0
    return total + k


@program((X,), (np.abs(X),))
def returns_from_the_handler(xs):
    out = np.zeros(5)
    for i in range(5):
        try:
            if xs[i] < 0.0:
                raise ValueError(i)
            out[i] = xs[i] ** 2
        except ValueError:
            out[i] = 0.1 * xs[i]
            if i == 4:
                return np.sum(out)
    return np.sum(out * out)


@program((4.1,), (0.3,))
def halved_until_it_fits(x):
    step = 1.0
    while True:
        try:
            if x * step > 1.0:
                raise Infeasible("too long")
            break
        except Infeasible:
            step *= 0.5
    return x * step + x


@program((2.0,), (-2.0,))
def a_default_of_a_helper(x):
    def safe(f, v, default):
        try:
            return f(v)
        except ValueError:
            return default

    return safe(root, x, 0.5 * x) + safe(root, x * x, 0.0)


@program((2.0,), (-2.0,))
def written_before_it_was_raised(x):
    state = {"n": 0.0}
    values = np.zeros(2)
    try:
        values[0] = x
        state["n"] = x * x
        if x < 0:
            raise ValueError
        values[1] = x * x
    except ValueError:
        state["n"] = state["n"] + 1.0
    return np.sum(values) * state["n"]


@program((X,), (np.abs(X),), (-np.abs(X),))
def in_a_comprehension(xs):
    try:
        ys = [root(v) for v in xs]
    except ValueError:
        return np.sum(xs * xs)
    return sum(ys) * ys[0]


@program((2.0,), (-2.0,))
def in_a_conditional_expression(x):
    try:
        y = root(x) if x != 3.0 else 0.0
        z = (x > 5.0 and root(x - 6.0) > 1.0) or root(x + 1.0) > 0.0
    except Infeasible:
        return x * x
    return y if z else 2.0 * y


@program((2.0,), (-2.0,))
def in_a_lambda(x):
    f = lambda v: root(v) + root(v - 1.0)  # noqa: E731
    try:
        return f(x)
    except Infeasible:
        return -x


def items(xs):
    for v in xs:
        if v < -2.0:
            raise Infeasible("too low")
        yield v * 2.0


@program((X,), (np.abs(X),))
def in_a_generator(xs):
    total = 0.0
    try:
        for v in items(xs):
            total += v * v
            if v > 100.0:
                raise KeyError("far")
    except (Infeasible, KeyError):
        total = -total
    return total


@program((X,), (np.abs(X),))
def in_a_while(xs):
    k, total = 0, 0.0
    try:
        while root(xs[k]) < 10.0:
            total += xs[k]
            k += 1
            if k == len(xs):
                raise StopIteration
    except Infeasible:
        total = 3.0 * total - xs[k]
    except StopIteration:
        total = total * total
    return total


@program((X,), (np.abs(X),), (-np.abs(X),))
def the_else_of_a_loop(xs):
    best = 0.0
    for v in xs:
        try:
            best = root(v)
        except Infeasible:
            pass
        else:
            break
    else:
        best = xs[0] * xs[1]
    return best


@program((2.0,), (-2.0,))
def an_assertion(x):
    try:
        assert x > 0, f"{x} is not positive"
        y = x**3
    except AssertionError:
        y = x
    return y


@program((2.0, {"a": 2.0}), (-2.0, {"a": 2.0}), wrt=(0,))
def a_key_that_is_missing_on_one_path(x, table):
    try:
        scale = table["a"] if x > 0 else table["b"]
    except KeyError:
        scale = 0.5 * x
    return scale * x


@program((2.0,), (-2.0,), (-8.0,))
def handlers_of_three_functions(x):
    def inner(v):
        if v < -5.0:
            raise KeyError("far")
        return root(v)

    def middle(v):
        try:
            return inner(v)
        except Infeasible:
            return v * v

    try:
        return middle(x) * x
    except KeyError:
        return x**3


@program((2.0,), (-2.0,), (-8.0,))
def raised_by_a_handler(x):
    try:
        try:
            y = root(x)
        except Infeasible:
            if x < -5.0:
                raise
            y = x * x
        finally:
            x = x * 2.0
    except ValueError:
        y = x
    return y * x


@program((X,))
def retried(xs):
    total = 0.0
    for v in xs:
        step = 1.0
        for attempt in range(4):
            try:
                total += root(v * step + attempt)
                break
            except Infeasible:
                step *= 0.5
        else:
            total -= v
    return total


@program((3.0,), (-3.0,))
def suppressed_under_a_condition(x):
    with contextlib.suppress(Infeasible):
        x = x * 2.0
        x = root(x) * 5.0
    return x * x


# What an operation raises by itself, foreseen where its operands tell.


def ratio(x, n):
    return x / n


@program((2.0, 3.0), (2.0, 0.0), wrt=(0,))
def a_division_that_fails(x, n):
    try:
        y = x / n
    except ZeroDivisionError:
        y = 7.0
    return y * x


@program((2.0, 3.0), (2.0, 0.0), wrt=(0,))
def a_division_that_fails_in_a_function(x, n):
    try:
        y = ratio(x, n) + ratio(x * x, n)
    except ArithmeticError:
        y = 7.0
    return y * x


@program((2.0, 3.0), (2.0, 0.0), wrt=(0,))
def divisions_that_fail_in_a_loop(x, n):
    total = 0.0
    for k in range(4):
        try:
            total += x / (n * k)
        except ZeroDivisionError:
            total += x
            continue
        total = total * x
    return total


@program((2.0, 3.0), (2.0, -1.0), wrt=(0, 1))
def a_logarithm_out_of_its_domain(x, n):
    try:
        y = math.log(n) + math.sqrt(n)
    except ValueError:
        y = -1.0
    return y * x


@program((2.0,), (800.0,), (-800.0,))
def an_exponential_that_overflows(x):
    try:
        y = 1 / (1 + math.exp(x))
    except OverflowError:
        y = x * 1e-3
    return y * x


@program((X, 1), (X, 5), (X, -5), (X, -6), wrt=(0,))
def an_element_that_is_not_there(x, k):
    try:
        y = x[k]
    except IndexError:
        y = 0.5
    return y * x[0]


@program((X,), (-X,))
def the_tail_of_a_list_that_may_be_empty(x):
    kept = []
    for v in x:
        if v > 0.3:
            kept.append(v * v)
    try:
        return kept[-1] * x[0]
    except IndexError:
        return x[1]


@program((3.0, -2.0), (3.0, 2.0), wrt=(0,))
def a_power_of_what_may_be_zero(x, n):
    try:
        y = x**n
    except ZeroDivisionError:
        return 5 * x
    return y * x


@program((2.0, 3.0), (2.0, 0.0), wrt=(0,))
def the_text_of_a_division_by_zero(x, n):
    try:
        return x / n
    except ZeroDivisionError as e:
        return x * len(str(e))
