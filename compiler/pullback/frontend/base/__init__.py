"""The ground of the interpreter: its state, locations and refusals, absent values, and what comes from outside."""
