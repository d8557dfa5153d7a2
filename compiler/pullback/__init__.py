"""Source-to-source symbolic differentiation of Python and NumPy: readable gradients, never silently wrong.

>>> import numpy as np, pullback
>>> @pullback.differentiate
... def loss(w, x, y):
...     r = x @ w - y
...     return np.sum(r ** 2)
>>> loss.grad(np.array([1.0, 2.0]), np.eye(2), np.array([0.0, 1.0]))
array([2., 2.])
"""

from pullback.api import Differentiable, Lowered, differentiate, grad, value_and_grad
from pullback.errors import (
    AliasingError,
    DifferentiationError,
    MissingRuleError,
    NonDifferentiableError,
    RuleError,
    SeveralErrors,
    SignatureError,
    SourceNotFoundError,
    UnsupportedSyntaxError,
    VerificationError,
)
from pullback.rules import primitive

__all__ = [
    "AliasingError",
    "Differentiable",
    "DifferentiationError",
    "Lowered",
    "MissingRuleError",
    "NonDifferentiableError",
    "RuleError",
    "SeveralErrors",
    "SignatureError",
    "SourceNotFoundError",
    "UnsupportedSyntaxError",
    "VerificationError",
    "differentiate",
    "grad",
    "primitive",
    "value_and_grad",
]
