"""Globals, module attributes, closure arrays, defaults: known or hidden."""

import math
from enum import IntEnum
from types import SimpleNamespace

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
SCALE, COUNT, NAME, FLAG, NOTHING = 2.5, 3, "tanh", True, None
TABLE, LABELS = positive(4, seed=9), np.array([0, 2, 1, 0])
CONFIG = {"rate": 0.5, "names": ["a", "b"], "nested": {"power": 3}}
PAIR = (2.0, normal(4, seed=8))
SETTINGS = SimpleNamespace(k=3.0, table=TABLE)
V = normal(4)


class Model:
    def __init__(self, k, table):
        self.k = k
        self.table = table


MODEL = Model(3.0, TABLE)


class Axis(IntEnum):
    ROWS = 0
    COLUMNS = 1


@program((V,))
def scalars(v):
    y = v * SCALE + COUNT
    if FLAG and NAME == "tanh" and NOTHING is None:
        y = np.tanh(y / 4)
    return np.sum(y)


@program((V,))
def a_hidden_array(v):
    return np.sum(v * TABLE)


@program((V,), (V.astype(np.float32),), tol=1e-4)
def a_hidden_array_in_a_callee(v):
    return by_table(v) * by_table(v * 2) + TABLE[0] * by_table(TABLE)


def by_table(v):
    return np.sum(v * TABLE)


@program((V,))
def a_hidden_index_array(v):
    return np.sum(v[LABELS] ** 2)


@program((2.0,))
def a_dict(x):
    return x * CONFIG["rate"] ** CONFIG["nested"]["power"] + len(CONFIG["names"]) * x * x


@program((V,))
def a_tuple_with_an_array(v):
    k, w = PAIR
    return np.sum(v * w) * k


@program((V,))
def an_attribute_of_a_namespace(v):
    return np.sum(v * SETTINGS.table) * SETTINGS.k


@program((V,))
def an_attribute_of_an_object(v):
    return np.sum(v * MODEL.table) * MODEL.k


@program((V,))
def a_module(v):
    return np.sum(v) * math.pi + np.e


@program((normal(3, 4),))
def an_enum_as_axis(a):
    return np.sum(a.sum(axis=Axis.ROWS) ** 2) * (Axis.COLUMNS + 1)


@program((V,), (V, 0.1), (V, 0.1, TABLE), wrt=(0,))
def defaults(v, k=SCALE, w=TABLE, *, power=2):
    return np.sum(v**power * w) * k


@program((V,))
def imports_inside(v):
    import math as m
    from math import sin

    import numpy.linalg

    return numpy.linalg.norm(v) * m.exp(sin(0.3))


def make(table):
    def f(v):
        return np.sum(v * table) + np.sum(table * table)

    return f


program((V,))(make(positive(4, seed=3)))


@program((V, TABLE), wrt=(0, 1))
def a_global_passed_as_an_argument_too(v, w):
    return np.sum(v * w * TABLE)
