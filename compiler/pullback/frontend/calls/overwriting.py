"""What a call hands over to be overwritten: `overwrite_a=True` of SciPy, which leaves anything in the array."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pullback.primitives.registry import MEANINGS

PREFIX = "overwrite_"


def handed_over(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """The parameters of a call that ask for an array to be overwritten: their name, what they are given, the array.

    Of `scipy.linalg.inv(a, overwrite_a=True)` that is `("overwrite_a", True, a)`.
    """
    if not str(getattr(function, "__module__", "")).startswith("scipy."):
        return
    try:
        bound = inspect.signature(MEANINGS[function]).bind(*args, **kwargs)
    except TypeError:
        return  # refused by the meaning itself
    given: dict[str, Any] = {}
    for name, value in bound.arguments.items():
        is_rest = bound.signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD
        given.update(value if is_rest else {name: value})
    names = {name.lower(): name for name in given}
    for name, value in given.items():
        if name.startswith(PREFIX):
            yield name, value, given.get(names.get(name.removeprefix(PREFIX), ""))
