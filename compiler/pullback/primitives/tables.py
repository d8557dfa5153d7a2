"""Every family of primitives: importing this fills the tables of `pullback.primitives.registry`."""

from pullback.primitives import (
    arithmetic,
    comparisons,
    contractions,
    conversions,
    creation,
    elementwise,
    indexing,
    joining,
    math_functions,
    methods,
    reductions,
    shapes,
    shaping,
)

__all__ = [
    "arithmetic",
    "comparisons",
    "contractions",
    "conversions",
    "creation",
    "elementwise",
    "indexing",
    "joining",
    "math_functions",
    "methods",
    "reductions",
    "shapes",
    "shaping",
]
