"""What generated code may import: NumPy only."""

from pullback_runtime.broadcasting import unbroadcast
from pullback_runtime.contractions import dot_left, dot_right, matmul_left, matmul_right
from pullback_runtime.dtypes import cast_like
from pullback_runtime.instances import instance
from pullback_runtime.products import prod_others
from pullback_runtime.writes import is_last_write

__all__ = [
    "cast_like",
    "dot_left",
    "dot_right",
    "instance",
    "is_last_write",
    "matmul_left",
    "matmul_right",
    "prod_others",
    "unbroadcast",
]
