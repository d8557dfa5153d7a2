"""Partial derivatives derived by SymPy from the formulas of the tables. Generated; run `make derive`."""

PARTIALS: dict[str, tuple[str, ...]] = {
    "arctan": ("g / (x * x + 1.0)",),
    "cos": ("-sin(x)",),
    "cosh": ("sinh(x)",),
    "degrees": ("57.29577951308232",),
    "exp": ("out",),
    "exp2": ("0.6931471805599453 * out",),
    "log": ("g / x",),
    "log10": ("0.4342944819032518 * g / x",),
    "log1p": ("g / (x + 1.0)",),
    "log2": ("1.4426950408889634 * g / x",),
    "math_erf": ("1.1283791670955126 * math_exp(-x * x)",),
    "math_erfc": ("-1.1283791670955126 * math_exp(-x * x)",),
    "radians": ("0.017453292519943295",),
    "reciprocal": ("-out * out",),
    "sin": ("cos(x)",),
    "sinh": ("cosh(x)",),
    "square": ("2.0 * x",),
    "tan": ("out * out + 1.0",),
    "tanh": ("1.0 - out * out",),
}
