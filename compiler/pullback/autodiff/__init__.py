"""Derivatives of IR as IR: the adjoint transform, and how it treats conditionals and calls."""
