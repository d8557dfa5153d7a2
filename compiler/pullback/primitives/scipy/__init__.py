"""The tables of SciPy's functions: each loads when a function of its module is called (`primitives/on_demand.py`)."""
