"""Assignments to `a.flat`, in Python: interpreted in their place where a view of the elements in a row is no way."""

# The interpreter reads the source of these; nobody runs them.

from __future__ import annotations

from typing import Any

import numpy as np


def set_flat(a: Any, values: Any) -> None:
    """`a.flat = values`: repeated or cut to the number of elements."""
    a[...] = np.reshape(np.resize(values, a.size), a.shape)


def set_in_flat(a: Any, key: Any, values: Any) -> None:
    """`a.flat[key] = values`, of an array that lies in memory in any order."""
    elements = a.reshape(-1).copy()
    elements[key] = values
    a[...] = elements.reshape(a.shape)
