"""Calls: of library functions by their meaning, of user functions by their bodies, and of what has effects."""
