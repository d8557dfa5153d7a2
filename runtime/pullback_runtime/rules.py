"""What functions and rules of the user's return, held against what the compiler takes it for."""

from __future__ import annotations

from typing import Any

import numpy as np


def real_result(value: Any) -> Any:
    """What a function of the user's has returned, of which the compiler knows nothing, and which it takes as real.

    Raises:
        TypeError: it is complex. The derivatives of its modulus, and of products with it, would be others.

    >>> real_result(2.0)
    2.0
    >>> real_result(1j)
    Traceback (most recent call last):
    TypeError: a function that was registered returned complex numbers: only one that has a formula may
    """
    if np.iscomplexobj(value):
        raise TypeError("a function that was registered returned complex numbers: only one that has a formula may")
    return value


def cotangents(given: Any, *operands: Any, of: tuple[int, ...] | None = None) -> Any:
    """What a rule has returned as arrays of their own, each with the shape and dtype of its operand.

    Args:
        given: a cotangent per operand, in a tuple, or the one of a single operand; None stands for zero.
        operands: what the function was given.
        of: positions of the operands whose cotangents are wanted; by default all of them.

    Returns:
        The cotangents that are wanted: a tuple, or the only one.

    Raises:
        ValueError: there are more or fewer than operands, or one has another shape than its operand.

    >>> cotangents((np.ones(2), None), np.zeros(2), np.zeros((1, 2)))
    (array([1., 1.]), array([[0., 0.]]))
    >>> cotangents(np.ones(3), np.zeros(2))
    Traceback (most recent call last):
    ValueError: the rule returned a cotangent of shape (3,) for operand 0, whose shape is (2,)
    """
    bars = given if isinstance(given, tuple) else (given,)
    if len(bars) != len(operands):
        raise ValueError(f"the rule returned {len(bars)} cotangents for {len(operands)} operands")
    wanted = range(len(operands)) if of is None else of
    found = tuple(_like(bars[k], operands[k], k) for k in wanted)
    return found if len(found) != 1 else found[0]


def _like(bar: Any, operand: Any, k: int) -> Any:
    shape = np.shape(operand)
    if bar is None:
        bar = np.zeros(shape)
    if np.shape(bar) != shape:
        raise ValueError(
            f"the rule returned a cotangent of shape {np.shape(bar)} for operand {k}, whose shape is {shape}"
        )
    if isinstance(operand, float) and not isinstance(operand, np.generic):
        return float(bar)
    return np.array(bar, dtype=np.asarray(operand).dtype)[()]
