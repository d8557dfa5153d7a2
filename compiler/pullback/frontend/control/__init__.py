"""Expressions and statements: loops, comprehensions, match, try, with."""
