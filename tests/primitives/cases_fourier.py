"""Operands for np.fft: odd and even lengths, cut and filled up, every norm."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from primitives.case import Case, array

Maker = Callable[[], list[Case]]
NORMS = (None, "ortho", "forward")


def complex_array(*shape: int) -> Any:
    return array(*shape) + 1j * array(*shape, low=-1.3)


def _one(name: str, of: Callable[..., Any]) -> list[Case]:
    cases = [Case(name, (of(m),), {"axis": -1, "norm": norm}) for m in (5, 6) for norm in NORMS]
    cases += [
        Case(name, (of(m), n), {"axis": -1, "norm": norm}) for m in (5, 6) for n in (1, 3, 4, 8, 9) for norm in NORMS
    ]
    cases += [Case(name, (of(3, 4),), {"axis": axis, "norm": None}) for axis in (0, -1)]
    return [*cases, Case(name, (of(3, 4), 5), {"axis": 0, "norm": None})]


def _many(name: str, of: Callable[..., Any]) -> list[Case]:
    cases = [Case(name, (of(3, 4),), {"axes": axes, "norm": norm}) for axes in ((0, 1), (1, 0), (1,)) for norm in NORMS]
    cases += [Case(name, (of(3, 4), s), {"axes": (0, 1), "norm": None}) for s in ((3, 5), (4, 6), (2, 2))]
    return [*cases, Case(name, (of(2, 3, 4), (4, 3)), {"axes": (1, 2), "norm": "ortho"})]


def _weighted() -> list[Case]:
    return [Case("weighted", (array(3, 2), n), {"weight": 0.5, "axis": 0}) for n in (4, 5)]


def _renamed(name: str) -> list[Case]:
    """The cases of a transform of np.fft for that of scipy.fft."""
    return [replace(case, name=f"scipy_{name}") for case in FOURIER[name]()]


FOURIER: Mapping[str, Maker] = {
    **{name: (lambda name=name: _one(name, array)) for name in ("fft", "ifft", "rfft", "ihfft")},
    **{name: (lambda name=name: _one(name, complex_array)) for name in ("irfft", "hfft")},
    **{name: (lambda name=name: _many(name, array)) for name in ("fftn", "ifftn", "rfftn")},
    "irfftn": lambda: _many("irfftn", complex_array),
    "resized": lambda: [Case("resized", (array(3, 4), s), {"axes": (0, 1)}) for s in ((2, 6), (3, 1), (5, 4))],
    "weighted": _weighted,
    "fftshift": lambda: [Case("fftshift", (array(3, 4),), {"axes": axes}) for axes in ((0, 1), (1,))],
    "ifftshift": lambda: [Case("ifftshift", (array(3, 4),), {"axes": axes}) for axes in ((0, 1), (1,))],
    "fftfreq": lambda: [Case("fftfreq", (n, 0.3)) for n in (5, 6)],
    "rfftfreq": lambda: [Case("rfftfreq", (n, 0.3)) for n in (5, 6)],
}
TRANSFORMS = ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft", "fftn", "ifftn", "rfftn", "irfftn")


def _trigonometric(name: str) -> list[Case]:
    every = [(t, norm) for t in (1, 2, 3, 4) for norm in (*NORMS, "backward")]
    cases = [Case(name, (array(m),), {"type": t, "axis": -1, "norm": norm}) for m in (4, 5) for t, norm in every]
    cases += [Case(name, (array(5), n), {"type": t, "axis": -1, "norm": None}) for t in (1, 2, 3) for n in (3, 8)]
    return [*cases, *[Case(name, (array(3, 4),), {"type": t, "axis": 0, "norm": "forward"}) for t in (2, 3)]]


def _along_several(name: str) -> list[Case]:
    every = [(t, norm) for t in (1, 2, 3, 4) for norm in NORMS]
    cases = [Case(name, (array(3, 2),), {"type": t, "axes": (0, 1), "norm": norm}) for t, norm in every]
    cases += [Case(name, (array(3, 4), (4, 3)), {"type": t, "axes": (1, 0), "norm": None}) for t in (1, 2, 3)]
    return [*cases, Case(name, (array(2, 3, 2),), {"type": 2, "axes": (1,), "norm": "forward"})]


def _ends() -> list[Case]:
    return [Case("ends_weighted", (array(3, 4),), {"first": 2.0, "last": 0.5, "axis": k}) for k in (0, -1)]


SCIPY_FOURIER: Mapping[str, Maker] = {
    **{f"scipy_{name}": partial(_renamed, name) for name in TRANSFORMS},
    **{name: partial(_trigonometric, name) for name in ("scipy_dct", "scipy_dst")},
    **{name: partial(_along_several, name) for name in ("scipy_dctn", "scipy_dstn")},
    "scipy_ihfftn": lambda: _many("scipy_ihfftn", array),
    "scipy_hfftn": lambda: _many("scipy_hfftn", complex_array),
    "ends_weighted": _ends,
    **{
        name: lambda name=name: [Case(name, (n,), {"real": r}) for n in (7, 11) for r in (False, True)]
        for name in ("next_fast_len", "prev_fast_len")
    },
}
OF_REAL = ("rfft", "ihfft", "rfftn", "rfft2")
NAMES = ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft", "fftn", "ifftn", "rfftn", "irfftn")
NAMES += ("fft2", "ifft2", "rfft2", "irfft2")


def _plain_calls(name: str) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
    operands = [array(3, 4), array(3, 4).astype(np.float32)]
    operands += [] if name.endswith("2") else [array(5), array(6)]
    operands += [] if name in OF_REAL else [complex_array(3, 4)]
    return [((x,), {}) for x in operands]


CALLS: dict[Any, list[tuple[tuple[Any, ...], dict[str, Any]]]] = {
    **{getattr(np.fft, name): _plain_calls(name) for name in NAMES},
    np.fft.fftshift: [((array(5),), {}), ((array(3, 4),), {"axes": 0}), ((array(3, 4), (0, 1)), {})],
    np.fft.ifftshift: [((array(5),), {}), ((array(3, 4),), {"axes": 0})],
    np.fft.fftfreq: [((5, 0.3), {}), ((6,), {"d": 0.3})],
    np.fft.rfftfreq: [((5, 0.3), {}), ((6,), {"d": 0.3})],
}  # fmt: skip
for _name in ("fft", "ifft", "irfft", "hfft", "rfft"):
    CALLS[getattr(np.fft, _name)] += [
        ((array(5), 4), {}), ((array(3, 4), 6, 0), {}), ((array(5),), {"norm": "ortho", "n": 7})
    ]  # fmt: skip
for _name in ("fft2", "irfft2"):
    CALLS[getattr(np.fft, _name)] += [((array(3, 4), (4, 6)), {})]
for _name in ("ifftn", "rfftn", "fft2"):
    CALLS[getattr(np.fft, _name)] += [((array(3, 4), (4, 6), (1, 0)), {"norm": "forward"})]


if importlib.util.find_spec("scipy"):
    from scipy import fft

    COSINES = [((array(3, 4),), {}), ((array(5), 3), {}), ((array(5), 2, 4), {"norm": "ortho"})]
    COSINES += [((array(3, 4).astype(np.float32),), {"axis": 0, "type": 1}), (([0.5, 1.5],), {"norm": "forward"})]
    CALLS |= {getattr(fft, name): CALLS[getattr(np.fft, name)] for name in (*NAMES, "fftshift", "ifftshift")}
    CALLS |= {getattr(fft, name): CALLS[getattr(np.fft, name)] for name in ("fftfreq", "rfftfreq")}
    SEVERAL = [((array(3, 4),), {}), ((array(3, 4), 3, (4, 5)), {"norm": "ortho"}), (([[0.5, 1.5]] * 2,), {"axes": 0})]
    SEVERAL += [((array(2, 3, 4).astype(np.float32),), {"axes": (0, -1), "type": 1, "workers": 2})]
    CALLS |= {getattr(fft, name): SEVERAL for name in ("dctn", "idctn", "dstn", "idstn")}
    CALLS |= {
        getattr(fft, f"{name}{end}"): CALLS[getattr(np.fft, f"{like}{end}")]
        for name, like in (("hfft", "irfft"), ("ihfft", "rfft"))
        for end in "2n"
    }
    FAST = [f for g in (fft.next_fast_len, fft.prev_fast_len) for f in (g, getattr(g, "__wrapped__", g))]
    CALLS |= {f: [((11,), {}), ((7, True), {})] for f in FAST}
    CALLS |= {getattr(fft, name): COSINES for name in ("dct", "idct", "dst", "idst")}
