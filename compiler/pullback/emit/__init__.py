"""From a differentiated, optimised program to the Python source that a person reads, commits and runs."""

from pullback.emit.loading import load
from pullback.emit.python import Emitted, emit

__all__ = ["Emitted", "emit", "load"]
