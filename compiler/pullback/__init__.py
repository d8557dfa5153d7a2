"""Source-to-source symbolic differentiation of Python and NumPy."""
