"""`try` and `with` around code that does not raise, and around code that surely does."""

# The statements are the point here.
# ruff: noqa: SIM105, B904, SIM107, B012, TRY002

from __future__ import annotations

import contextlib
import warnings

import numpy as np
from support.corpus import Programs, normal

program = Programs()
X = normal(4)


class Missing(ValueError):
    """An exception of the user's."""


def lookup(table, key):
    if key not in table:
        raise Missing("no entry", len(table))
    return table[key]


@program((3.0, {"a": 2.0}), (3.0, {"b": 2.0}))
def a_missing_key(x, table):
    try:
        k = table["a"]
    except KeyError:
        k = 3.0
    return k * x


@program((3.0,))
def all_four_parts(x):
    log = []
    try:
        log.append(x)
        y = lookup({"u": x}, "v")
        log.append(2.0 * x)
    except (TypeError, ValueError) as e:
        y = x * x * e.args[1]
        log.append(3.0)
    else:
        y = 0.0
    finally:
        log.append(x)
    return y + log[0] + log[1] * log[-1] + len(log)


@program((3.0,))
def nothing_is_raised(x):
    log = []
    try:
        y = lookup({"v": x}, "v")
    except Missing:
        y = 0.0
    else:
        log.append(y * x)
    finally:
        log.append(2.0)
    return log[0] * log[1] + y


@program((2.0,))
def finally_after_return(x):
    try:
        return x * x
    finally:
        x = 3.0


@program((X,))
def finally_changes_what_is_returned(x):
    def filled():
        out = np.zeros(4)
        try:
            out += x * x
            return out
        finally:
            out[0] = 0.5

    return np.sum(filled())


@program((2.0,))
def finally_that_returns(x):
    try:
        return lookup({}, "k")
    except Missing:
        return x
    finally:
        return x**3


@program((2.0, "a3"))
def tried_until_it_works(x, mode):
    n = 0
    for m in ("z", mode, "3", "4"):
        try:
            n = int(m)
        except ValueError:
            continue
        break
    return n * x


@program((2.0,), (X[:1],))
def a_missing_attribute(x):
    try:
        n = x.shape[0] + len(x)
    except (AttributeError, TypeError, IndexError):
        n = 5
    return np.sum(x) * n


@program((2.0,))
def an_import_that_fails(x):
    try:
        import a_module_that_is_not_there as helper
    except ImportError:
        helper = None
    return x * x if helper is None else x


@program((2.0,))
def raised_again(x):
    try:
        try:
            lookup({}, "k")
        except KeyError:
            return 0.0
        except Missing:
            x = x * 2.0
            raise
        finally:
            x = x + 1.0
    except ValueError:
        return x * x


@program((2.0,))
def raised_from_a_handler(x):
    try:
        try:
            lookup({}, "k")
        except Missing as e:
            raise RuntimeError("other") from e
    except Missing:
        return 0.0
    except RuntimeError:
        return x * 3.0


@program((X,), (-X,))
def in_a_loop(x):
    total = 0.0
    for v in x:
        try:
            total += v * lookup({"w": 2.0}, "w")
        except Missing:
            total = -1.0
        finally:
            total = total * 0.9
    return total


@program((X,))
def a_handler_in_a_loop(x):
    total = 0.0
    for v in x:
        try:
            w = lookup({}, "w")
        except Missing:
            w = 2.0
        if v > 0.0:
            total += v * w
    return total


@program((2.0,), (-2.0,))
def an_early_return_inside(x):
    try:
        if x > 0.0:
            return x * x
        y = lookup({}, "k")
    except Missing:
        y = 3.0 * x
    return y


@program((2.0,))
def an_index_beyond(x):
    items = [x, x * x]
    total = 0.0
    k = 0
    while True:
        try:
            total += items[k]
        except IndexError:
            break
        k += 1
    return total * k


@program((X,))
def ignored_warnings(x):
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(x > 0, np.log(np.abs(x)), 0.0)
    return np.sum(y * y)


@program((X,))
def caught_warnings(x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.sum(np.where(x > 0, np.sqrt(np.abs(x)), 0.0))


class Scope:
    """Keeps a log."""

    def __init__(self, log, value):
        self.log = log
        self.value = value

    def __enter__(self):
        self.log.append(self.value)
        return self

    def __exit__(self, *exception):
        self.log.append(self.value * 2.0)


@program((3.0,))
def two_managers(x):
    log = []
    with Scope(log, x) as first, Scope(log, x * x) as second:
        y = first.value * len(second.log)
    return y * len(log) + log[-1] * log[-2]


@program((X,))
def a_manager_in_a_loop(x):
    total = 0.0
    for v in x:
        with Scope([], v) as scope:
            if scope.value > 0.0:
                total += scope.log[0] ** 2
    return total


@contextlib.contextmanager
def doubled(v):
    state = {"v": v}
    try:
        yield state
    finally:
        state["v"] = 2.0 * v


@program((2.0,))
def a_generator_as_manager(x):
    with doubled(x) as state:
        y = state["v"] * x
    return y + state["v"]


@program((2.0,))
def a_manager_defined_inside(x):
    @contextlib.contextmanager
    def inner(k):
        yield x * k

    total = 0.0
    for k in range(4):
        with inner(k) as v:
            if k == 3:
                break
            total = total + v * k
    return total


@program((2.0,))
def suppressed(x):
    with contextlib.suppress(KeyError, Missing):
        x = x * 2.0
        lookup({}, "k")
        x = x * 100.0
    with contextlib.nullcontext(x) as z:
        return z * x
