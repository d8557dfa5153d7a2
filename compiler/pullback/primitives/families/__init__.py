"""The tables, one per family of functions: names, types and derivative rules."""
