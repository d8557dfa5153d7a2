"""Random generators in programs: each call draws the same, and leaves them in the same state."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")
KINDS = (np.random.Generator, np.random.RandomState, random.Random)


def generators_of(f: Callable[..., Any], args: tuple[Any, ...]) -> list[Any]:
    """The generators among the arguments of a function, in what it closes over, and in the globals around it."""
    f = getattr(f, "__func__", f)
    cells = [cell.cell_contents for cell in getattr(f, "__closure__", None) or ()]
    around = [v for v in getattr(f, "__globals__", {}).values() if type(v).__module__ != "support.corpus"]
    return [*found_in([args, cells, around, getattr(f, "__self__", None)], set()), np.random.mtrand._rand, random._inst]


def found_in(value: Any, seen: set[int]) -> Iterator[Any]:
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, KINDS):
        yield value
    elif isinstance(value, list | tuple):
        for child in value:
            yield from found_in(child, seen)
    elif isinstance(value, dict):
        yield from found_in(list(value.values()), seen)
    elif type(value).__module__.startswith("programs.") and not isinstance(value, type):
        yield from found_in(list(getattr(value, "__dict__", {}).values()), seen)


def state_of(generator: Any) -> Any:
    if isinstance(generator, random.Random):
        return generator.getstate()
    is_legacy = isinstance(generator, np.random.RandomState)
    return generator.get_state(legacy=False) if is_legacy else generator.bit_generator.state


def once(generators: Sequence[Any], call: Callable[[], T]) -> tuple[T, str]:
    """What a call gives, and the states that it leaves the generators in; they are put back."""
    before = [copy.deepcopy(state_of(generator)) for generator in generators]
    try:
        result = call()
        with np.printoptions(threshold=10_000):
            return result, repr([state_of(generator) for generator in generators])
    finally:
        for generator, state in zip(generators, before, strict=True):
            if isinstance(generator, random.Random):
                generator.setstate(state)
            elif isinstance(generator, np.random.RandomState):
                generator.set_state(state)
            else:
                generator.bit_generator.state = state


def copied(args: T, generators: Sequence[Any]) -> T:
    """A deep copy of arguments; the generators in it are the same ones."""
    return copy.deepcopy(args, {id(generator): generator for generator in generators})
