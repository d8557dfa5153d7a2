"""Random generators that draw the same again: their states are put back after each call."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from pullback.ir.types import is_generator
from pullback.signature import attributes, is_object


@contextmanager
def drawing_again(generators: Iterable[Any]) -> Iterator[None]:
    """What is drawn inside from these generators, or by functions of `np.random` or `random`, is drawn again later."""
    found = [(generator, state_of(generator)) for generator in (*generators, *global_generators())]
    try:
        yield
    finally:
        for generator, state in found:
            restore(generator, state)


def generators_in(value: Any, around: tuple[int, ...] = ()) -> Iterator[Any]:
    """The random generators among arguments.

    >>> rng = np.random.default_rng(0)
    >>> list(generators_in({"rng": rng, "x": [1.0]})) == [rng]
    True
    """
    children: Iterable[Any] = ()
    if is_generator(value):
        yield value
    elif isinstance(value, dict):
        children = value.values()
    elif isinstance(value, list | tuple):
        children = value
    elif is_object(value):
        children = attributes(value).values()
    for child in children:
        if id(child) not in around:
            yield from generators_in(child, (*around, id(value)))


def global_generators() -> tuple[Any, ...]:
    """What the functions of `np.random` and of `random` draw from."""
    return np.random.normal.__self__, random.random.__self__  # type: ignore[attr-defined]  # methods of them


def state_of(generator: Any) -> Any:
    """The state of a generator. That of a RandomState includes a normal number to spare."""
    match generator:
        case np.random.RandomState():
            return generator.get_state(legacy=False)
        case np.random.Generator():
            return generator.bit_generator.state
        case random.Random():
            return generator.getstate()
    return generator.state


def restore(generator: Any, state: Any) -> None:
    """Put a state back."""
    match generator:
        case np.random.RandomState():
            generator.set_state(state)
        case np.random.Generator():
            generator.bit_generator.state = state
        case random.Random():
            generator.setstate(state)
        case _:
            generator.state = state
