"""Styles of ordinary code: registries of classes, dataclasses that are replaced, state in dicts, own operators."""

# The styles are the point here.
# ruff: noqa: E701, E731, E741

import copy
import functools
import operator
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, field, replace

import numpy as np
from support.corpus import Programs, normal

program = Programs()
V = normal(6)
M = normal(4, 3)


class Layer(ABC):
    registry = {}

    def __init_subclass__(cls, **kw):
        Layer.registry[cls.__name__.lower()] = cls

    @abstractmethod
    def forward(self, x): ...
    def __call__(self, x):
        self.last = self.forward(x)
        return self.last


class Dense(Layer):
    def __init__(self, W, b=None, act="tanh"):
        self.W, self.b = W, b
        self.act = getattr(np, act) if isinstance(act, str) else act

    def forward(self, x):
        z = x @ self.W
        if self.b is not None:
            z += self.b
        return self.act(z)


class Dropout(Layer):
    def __init__(self, p=0.5):
        self.p = p

    def forward(self, x):
        return x * (1 - self.p)


@program((M, normal(3, 2), normal(2)), wrt=(0, 1, 2))
def registry_of_layers(x, W, b):
    spec = [("dense", {"W": W, "b": b}), ("dropout", {"p": 0.25}), ("dense", dict(W=W.T, act=lambda z: z**2))]
    net = [Layer.registry[name](**kw) for name, kw in spec]
    for layer in net:
        x = layer(x)
    return np.sum(x) + sum(np.mean(l.last) for l in net)


@dataclass
class Config:
    lr: float = 0.1
    momentum: float = 0.9
    weights: np.ndarray = field(default_factory=lambda: np.ones(3))

    @property
    def decay(self):
        return self.lr * self.momentum

    def scaled(self, k):
        return replace(self, lr=self.lr * k)


@program((0.2, V[:3]), wrt=(0, 1))
def dataclass_tools(lr, w):
    c = Config(lr=lr, weights=w)
    d = c.scaled(2.0)
    total = d.decay * np.sum(c.weights)
    for k, v in asdict(Config(lr, 0.5, w * 2)).items():
        total += np.sum(v) if k == "weights" else v
    return total


@program((V,))
def adam(x, steps=5, lr=0.1, betas=(0.9, 0.999), eps=1e-8):
    state = {"m": np.zeros_like(x), "v": np.zeros_like(x), "t": 0}

    def grad(p):
        return 2 * p + np.cos(p)

    p = x.copy()
    for _ in range(steps):
        g = grad(p)
        state["t"] += 1
        state["m"] = betas[0] * state["m"] + (1 - betas[0]) * g
        state["v"][:] = betas[1] * state["v"] + (1 - betas[1]) * g**2
        mhat = state["m"] / (1 - betas[0] ** state["t"])
        vhat = state["v"] / (1 - betas[1] ** state["t"])
        p -= lr * mhat / (np.sqrt(vhat) + eps)
    return p @ p


class Matrix2:
    def __init__(self, rows):
        self.rows = [list(r) for r in rows]

    def __matmul__(self, other):
        return Matrix2([[sum(a * b for a, b in zip(r, c)) for c in zip(*other.rows)] for r in self.rows])

    def __getitem__(self, ij):
        i, j = ij
        return self.rows[i][j]

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)

    def __eq__(self, other):
        return self.rows == other.rows


@program((0.3, 1.2), wrt=(0, 1))
def own_matrices(a, b):
    m = Matrix2([[a, b], [1.0, a * b]])
    p = functools.reduce(operator.matmul, [m] * 3)
    return p[0, 1] + sum(sum(r) for r in p) / len(p)


@program((M,))
def memo_on_self(m):
    class Solver:
        def __init__(self, A):
            self.A = A
            self._cache = {}

        def gram(self, k):
            if k not in self._cache:
                self._cache[k] = self.A.T @ self.A + k * np.eye(self.A.shape[1])
            return self._cache[k]

    s = Solver(m)
    return np.trace(s.gram(1)) + np.linalg.det(s.gram(2)) + np.sum(s.gram(1) ** 2)


@program((V,))
def while_with_flags(x):
    i, done, acc = 0, False, []
    while not done and i < len(x):
        v = x[i]
        if v > 1.5:
            done = True
        elif v < -1.0:
            i += 1
            continue
        acc.append(v * (i + 1))
        i += 1
    return sum(acc) if acc else 0.0


@program((V, {"scale": 2.0, "shift": 0.5}), wrt=(0, 1))
def kwargs_through(x, params):
    def inner(x, *, scale=1.0, shift=0.0, **rest):
        assert not rest
        return x * scale + shift

    def outer(x, **kw):
        kw = {**kw, "scale": kw.get("scale", 1.0) * 2}
        return inner(x, **kw)

    return np.sum(outer(x, **params) ** 2)


@program((V,))
def output_dict(x):
    out = {}

    def stats(v, out, prefix=""):
        out[prefix + "mean"] = v.mean()
        out[prefix + "std"] = v.std(ddof=1)

    stats(x, out)
    stats(x**2, out, prefix="sq_")
    keys = [k for k in out if k.startswith("sq_")]
    return sum(out[k] for k in keys) * out["mean"]


@program((V, None), (V, V * 2), (V, 3.0), wrt=(0,))
def optional_weights(x, w):
    if w is None:
        w = np.ones_like(x)
    elif isinstance(w, (int, float)):
        w = np.full(x.shape, float(w))
    w = np.asarray(w, dtype=float)
    if w.shape != x.shape:
        raise ValueError(f"weights {w.shape} do not match {x.shape}")
    return (w * x**2).sum() / w.sum()


@program((M,))
def rows_sorted_by_norm(m):
    rows = sorted(m, key=lambda r: -np.linalg.norm(r))
    return sum(k * r[0] for k, r in enumerate(rows))


@program((V,))
def bisect_root(x):
    f = lambda t: t**3 + x[0] * t - abs(x[1]) - 1
    lo, hi = 0.0, 3.0
    for _ in range(60):
        mid = (lo + hi) / 2
        if f(mid) * f(lo) <= 0:
            hi = mid
        else:
            lo = mid
    t = (lo + hi) / 2
    return t - f(t) / (3 * t * t + x[0])


@program((V,))
def running_stats_object(x):
    class Running:
        __slots__ = ("n", "mean", "m2")

        def __init__(self):
            self.n, self.mean, self.m2 = 0, 0.0, 0.0

        def push(self, v):
            self.n += 1
            delta = v - self.mean
            self.mean += delta / self.n
            self.m2 += delta * (v - self.mean)
            return self

        variance = property(lambda self: self.m2 / (self.n - 1) if self.n > 1 else 0.0)

    r = Running()
    for v in x:
        r.push(v)
    return r.variance + r.mean**2


@program((V,))
def string_dispatch(x):
    ops = "scale:2 shift:0.5 square tanh".split()
    for op in ops:
        name, _, arg = op.partition(":")
        match name:
            case "scale":
                x = x * float(arg)
            case "shift":
                x = x + float(arg)
            case "square":
                x = x**2
            case _:
                x = getattr(np, name)(x)
    return x.sum()


@program((M,))
def in_place_pipeline(m):
    out = np.empty((m.shape[0], 2))
    np.sum(m, axis=1, out=out[:, 0])
    np.multiply(m[:, 0], m[:, 1], out=out[:, 1])
    out /= np.abs(out).max()
    view = out.ravel()
    view[::2] += 1
    return (out**2).sum()


@program((V,))
def nested_generators(x):
    def chunks(seq, n):
        for i in range(0, len(seq), n):
            yield seq[i : i + n]

    def means(seq):
        for c in chunks(seq, 2):
            yield c.mean()

    return sum(m**2 for m in means(x)) + max(means(x))


@program((V,))
def deep_copy_and_restore(x):
    state = {"pos": x.copy(), "hist": [0.0]}
    backup = copy.deepcopy(state)
    state["pos"] *= 2
    state["hist"].append(state["pos"].sum())
    if state["hist"][-1] > 100:
        state = backup
    return state["pos"] @ backup["pos"] + state["hist"][-1]


@program((V,))
def groups_by_a_key(x):
    groups = {"pos": [], "neg": []}
    for v in x:
        key = "pos" if v > 0 else "neg"
        groups[key].append(v)
    return sum(np.sum(np.array(g) ** 2) * (k + 1) for k, g in enumerate(groups.values()))


@program((V,))
def layer_by_name(x):
    layers = {"a": {"w": x * 2}, "b": {"w": x + 1}}
    name = "a" if x[0] > 0 else "b"
    layer = layers[name]
    return np.sum(layer["w"] ** 2) + np.sum(layers[name]["w"])
