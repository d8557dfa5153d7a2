"""From a Python function to IR: locate and parse its source, and interpret it on abstract values."""

from pullback.frontend.abstract.values import NeedsStaticParameter
from pullback.frontend.trace import trace

__all__ = ["NeedsStaticParameter", "trace"]
