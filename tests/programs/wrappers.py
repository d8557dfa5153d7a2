"""What is differentiated is what is called: wrappers that do more than call, caches, partials, methods, objects."""

# ruff: noqa: B019

from __future__ import annotations

import functools

import numpy as np
from support.corpus import Programs, normal

program = Programs()
X = normal(4)


def scaled(by):
    def decorate(f):
        @functools.wraps(f)
        def wrapper(*args, **kwargs):
            return by * f(*args, **kwargs)

        return wrapper

    return decorate


def shifted(f):
    @functools.wraps(f)
    def wrapper(x, *rest):
        return f(x + 1.0, *rest)

    return wrapper


def squared(f):
    """Has no functools.wraps."""

    def wrapper(*args):
        return f(*args) ** 2

    return wrapper


@program((X, 2.0), (X, 2.0, 0.5), wrt=(0, 1))
@scaled(3.0)
def a_wrapper_that_scales(x, k, shift=1.0):
    return np.sum(x * x) * k + shift * np.sum(x)


@program((X, 2.0), wrt=(0,))
@shifted
def a_wrapper_that_shifts(x, k):
    return np.sum(x * x) * k


@program((X, 2.0), wrt=(0, 1))
@scaled(0.5)
@scaled(4.0)
def two_wrappers(x, k):
    return np.sum(np.sin(x)) * k


class Scaling:
    """A decorator that is a class, and does more than call."""

    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function = function
        self.by = 3.0

    def __call__(self, *args):
        return self.by * self.function(*args)


@program((X,))
@Scaling
def an_object_that_wraps(x):
    return np.sum(x**3)


@program((X,))
def a_wrapping_object_is_called(x):
    return an_object_that_wraps(x) + np.sum(x)


@program((1.3, 2), wrt=(0,))
@functools.cache
def a_cached_function(x, n):
    return x**n + np.sin(x)


@functools.cache
def weights(n):
    return tuple(1.0 / (k + 1) for k in range(n))


@functools.cache
def factorial(n):
    return 1 if n <= 1 else n * factorial(n - 1)


@program((1.3,))
def cached_functions_are_called(x):
    return sum(w * x**k for k, w in enumerate(weights(4))) / factorial(4)


@scaled(2.0)
@functools.cache
def cached_and_scaled(x):
    return x * x


@program((1.7,))
@functools.cache
@scaled(2.0)
def a_cache_around_a_wrapper(x):
    return x**3 + cached_and_scaled(x)


def affine(a, x, b=1.0, *, scale=1.0):
    return scale * np.sum(a * x + b)


def named(name, function):
    function.__name__ = function.__qualname__ = name
    return function


program((X,))(named("a_partial_by_position", functools.partial(affine, 2.5)))
program((3.0, X), (3.0, X, 2.0), wrt=(0, 1))(named("a_partial_by_keyword", functools.partial(affine, scale=2.5)))
program((X,))(named("a_partial_of_a_partial", functools.partial(functools.partial(affine, 0.5), b=3.0, scale=1.5)))
program((X,))(named("a_partial_of_a_wrapper", functools.partial(scaled(2.0)(affine), 1.5)))
program((X,))(named("a_partial_array", functools.partial(affine, normal(4, seed=3))))


class Model:
    """Methods of every kind."""

    factor = 1.5

    def __init__(self, w):
        self.w = w

    def loss(self, x, k=2.0):
        return np.sum(self.w * x) ** 2 * k

    @scaled(2.0)
    def wrapped(self, x):
        return np.sum(self.w * x)

    @functools.lru_cache  # noqa: B019
    def cached(self, k):
        return self.w * k

    @classmethod
    def of_class(cls, x):
        return cls.factor * np.sum(x * x)

    @staticmethod
    def static(x):
        return np.sum(np.cos(x))

    def __call__(self, x):
        return self.w * np.sum(x)


MODEL = Model(0.7)
program((X,), (X, 3.0))(MODEL.loss)
program((X,))(MODEL.wrapped)
program((X,))(Model.of_class)
program((X,))(Model.static)
program((X,))(named("a_callable_object", Model(0.3)))


@program((X,), (X * 2,))
def methods_of_every_kind(x):
    m = Model(np.mean(x))
    return m.loss(x) + m.wrapped(x) + m.of_class(x) + Model.of_class(x) + m.static(x) + m(x) + MODEL.cached(2.0)


program((X,))(named("a_lambda", lambda x: np.sum(x) * np.max(x)))


@program((X, 2.0, 3.0), (X, 2.0))
def star_arguments(x, *rest):
    return np.sum(x) * sum(r * r for r in rest)


def polynomial(*cs, **options):
    first, *others = cs
    return (first**2 + sum(others) * first) * options.get("scale", 2.0)


@program((1.1,))
def only_star_arguments(x):
    return polynomial(x, 2.0, x, scale=x) + polynomial(x) + polynomial(*[x, x], **{"scale": 3.0})


@program((1.1,))
def the_name_of_a_wrapper(x):
    @scaled(2.0)
    def inner(v):
        return v * v

    return inner(x) * len(inner.__name__)


@program((X,))
def decorated_inside(x):
    @squared
    def inner(v):
        return np.sum(v)

    @scaled(2.0)
    def outer(v, *, k=1.0):
        return inner(v) * k

    return outer(x) + outer(x, k=0.5)


def tell(f):
    """Behaves otherwise for what is passed by keyword."""

    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return f(*args, **kwargs) * (1 + len(args)) * (10 if kwargs else 1)

    return wrapper


@tell
def told(x, k=1.0):
    return x * x * k


@program((1.5,))
def by_position_or_by_keyword(x):
    return told(x) + told(x, 2.0) + told(x, k=2.0) + told(x=x)
