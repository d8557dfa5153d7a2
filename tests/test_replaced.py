"""What is replaced in a class after compiling is seen at the next call; what is not replaced compiles once."""

import pytest

from pullback import differentiate


def classes():
    class Base:
        def __init__(self, x):
            self.x = x

        def method(self, y):
            return self.x * y

        @property
        def prop(self):
            return self.x * 2

        @prop.setter
        def prop(self, value):
            self.x = value

        @staticmethod
        def static(y):
            return y * 3

        @classmethod
        def make(cls, y):
            return cls(y * 4)

    class Derived(Base):
        def method(self, y):
            return super().method(y) * y

        @classmethod
        def make(cls, y):
            return super().make(y * 0.5)

    return Base, Derived


def uses(cls):
    def f(x):
        made = cls(x)
        made.prop = made.prop * x
        return made.method(x) * made.prop + cls.static(x) * made.static(x) + cls.make(x).x

    return f


REPLACEMENTS = [
    ("__init__", lambda self, x: setattr(self, "x", x * 5)),
    ("method", lambda self, y: self.x * y * 7),
    ("prop", property(lambda self: self.x * 11, lambda self, value: setattr(self, "x", value * 13))),
    ("static", staticmethod(lambda y: y * 17)),
    ("make", classmethod(lambda cls, y: cls(y * 19))),
]


@pytest.mark.parametrize(("name", "replacement"), REPLACEMENTS, ids=[name for name, _ in REPLACEMENTS])
@pytest.mark.parametrize("derived", [False, True])
def test_what_is_replaced_is_seen(name, replacement, derived):
    pair = classes()
    f = uses(pair[derived])
    derivative = differentiate(f)
    first = derivative.value_and_grad(1.5)
    assert first[0] == f(1.5)
    setattr(pair[0], name, replacement)
    again = derivative.value_and_grad(1.5)
    assert again[0] == f(1.5) != first[0]
    assert again[1] == pytest.approx((f(1.5 + 1e-6) - f(1.5 - 1e-6)) / 2e-6, rel=1e-6)


def test_a_method_reached_by_super_compiles_once():
    _, derived = classes()
    derivative = differentiate(uses(derived))
    compiled = derivative.lower(1.5).compiled
    derivative.value_and_grad(1.5)
    assert derivative.lower(1.5).compiled is compiled
