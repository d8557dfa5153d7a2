"""Partial derivatives derived by SymPy from the formulas of the tables. Generated; run `make derive`."""

PARTIALS: dict[str, tuple[str, ...]] = {}
