"""Operators, comparisons, and writes to arrays."""
