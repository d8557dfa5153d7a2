"""What generated code may import: NumPy only."""

from pullback_runtime.broadcasting import unbroadcast
from pullback_runtime.contractions import dot_left, dot_right, matmul_left, matmul_right
from pullback_runtime.products import prod_others

__all__ = ["dot_left", "dot_right", "matmul_left", "matmul_right", "prod_others", "unbroadcast"]
