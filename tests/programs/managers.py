"""Context managers that see exceptions, and what a handler sees of one."""

# The statements are the point here.
# ruff: noqa: EM101, EM102, RET505, TRY003, TRY301, SIM102, SIM117, B904, TRY300

import contextlib

from support.corpus import Programs, normal

program = Programs()
V = normal(5)


class Infeasible(ValueError):
    def __init__(self, message, step=0):
        super().__init__(message)
        self.step = step


class Plain(Exception):
    pass


class Swallow:
    def __init__(self, *classes):
        self.classes = classes
        self.count = 0

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.count += 1
        return kind is not None and issubclass(kind, self.classes)


class Counter:
    def __init__(self):
        self.depth = 0
        self.total = 0.0

    def __enter__(self):
        self.depth += 1
        return self

    def __exit__(self, *exc):
        self.depth -= 1
        return False


@program((3.0,), (-3.0,))
def a_manager_that_swallows(x):
    y = x
    with Swallow(ValueError) as s:
        y = x * x
        if x < 0:
            raise ValueError("negative")
        y = y * x
    return y * s.count


@program((3.0,), (-3.0,))
def a_manager_that_lets_go(x):
    c = Counter()
    y = 1.0
    try:
        with c:
            y = x * x
            if x < 0:
                raise ValueError("negative")
            y = y * x
    except ValueError:
        y = y + 5.0
    return y * (c.depth + 1) * x


@program((3.0,), (-3.0,))
def a_manager_that_swallows_another_class(x):
    y = x
    try:
        with Swallow(KeyError):
            if x < 0:
                raise ValueError("negative")
            y = x**2
    except ValueError:
        y = x**3
    return y


@program((3.0,), (-3.0,))
def arguments_of_an_exception(x):
    try:
        if x < 0:
            raise ValueError("negative", x * 2.0)
        return x
    except ValueError as e:
        return e.args[1] * x


@program((3.0,), (-3.0,))
def an_attribute_of_an_exception(x):
    try:
        if x < 0:
            raise Infeasible("negative", step=x * x)
        return x
    except Infeasible as e:
        return e.step * 2.0


@program((3.0,), (-3.0,))
def the_length_of_a_text(x):
    try:
        if x < 0:
            raise ValueError("negative")
        return x
    except ValueError as e:
        return len(str(e)) * x


@program((3.0,), (-3.0,))
def a_text_that_is_printed(x):
    try:
        if x < 0:
            raise ValueError(f"negative {x:.1f}")
        return x
    except ValueError as e:
        print(e)
        return x * 2


@contextlib.contextmanager
def scaled(state, k):
    old = state["s"]
    state["s"] = old * k
    try:
        yield state
    finally:
        state["s"] = old


@program((3.0,), (-3.0,))
def a_generator_as_manager(x):
    st = {"s": 1.0}
    y = 0.0
    with scaled(st, x) as s:
        y += s["s"] * x
    return y + st["s"]


@program((3.0,), (-3.0,))
def a_generator_with_a_finally_that_is_left(x):
    st = {"s": 1.0}
    y = 0.0
    try:
        with scaled(st, x) as s:
            y += s["s"] * x
            if x < 0:
                raise ValueError("n")
            y = y * x
    except ValueError:
        y = y + 1
    return y + st["s"] * x


@contextlib.contextmanager
def catching(out):
    try:
        yield
    except ValueError:
        out.append(1.0)


@program((3.0,), (-3.0,))
def a_generator_that_catches(x):
    out = [x]
    y = x
    with catching(out):
        y = x * x
        if x < 0:
            raise ValueError("n")
        y = y * x
    return y * len(out)


@program((V,))
def a_manager_in_a_loop(xs):
    s = Swallow(ValueError)
    total = 0.0
    for v in xs:
        with s:
            if v < 0:
                raise ValueError("n")
            total += v * v
    return total * s.count


@program((3.0,), (-3.0,))
def the_class_of_what_is_caught(x):
    try:
        if x < 0:
            raise Infeasible("a", x)
        if x > 10:
            raise Plain("b")
        y = x
    except Exception as e:
        y = 2 * x if isinstance(e, Infeasible) else 3 * x
    return y * x


@program((3.0,), (-3.0,), (20.0,))
def two_classes_swallowed(x):
    y = x
    with Swallow(ValueError, Plain) as s:
        y = x * x
        if x < 0:
            raise ValueError("negative")
        if x > 10:
            raise Plain("large")
        y = y * x
    return y * s.count


@program((3.0,), (20.0,))
def one_of_two_classes_swallowed(x):
    y = x
    try:
        with Swallow(ValueError) as s:
            y = x * x
            if x < 0:
                raise ValueError("negative")
            if x > 10:
                raise Plain("large")
            y = y * x
    except Plain:
        y = y * 5
    return y


@program((V,), (abs(V),))
def a_return_out_of_a_manager(xs):
    total = 0.0
    for v in xs:
        with Counter() as c:
            if v < 0:
                return total * c.depth
            total += v
    return total * 2


@program((V,), (abs(V),))
def break_and_continue_out_of_a_manager(xs):
    total = 0.0
    c = Counter()
    for v in xs:
        with c:
            if v < 0:
                break
            if v > 1:
                continue
            total += v
    return total * 2 + c.depth


class Timer:
    def __init__(self, log):
        self.log = log

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.log.append(1.0)


@program((V,), (abs(V),))
def a_manager_that_logs(xs):
    log = []
    total = 0.0
    for v in xs:
        with Timer(log):
            total += v * v
    return total * len(log)


@program((3.0,), (-3.0,))
def an_attribute_of_an_exception_with_a_text(x):
    y = 0.0
    try:
        if x < 0:
            raise Infeasible(f"bad {x}", step=3)
        y = x
    except Infeasible as e:
        y = e.step * x * x
    return y
