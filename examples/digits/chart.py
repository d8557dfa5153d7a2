"""Curves drawn in the terminal with block characters."""

import itertools
import math

BLOCKS = " ▁▂▃▄▅▆▇█"


def curve(values, width=72, height=8):
    """Lines of text that show positive values on a logarithmic scale, averaged over as many columns as fit.

    >>> print(*curve([1.0, 0.1, 0.01], height=1), sep="\\n")
    1.0e+00 ┤█▄▁
    """
    width = min(width, len(values))
    edges = [round(k * len(values) / width) for k in range(width + 1)]
    means = [sum(values[a:b]) / (b - a) for a, b in itertools.pairwise(edges)]
    low, high = math.log(min(means)), math.log(max(means))
    scale = (8 * height - 1) / (high - low) if high > low else 0.0
    levels = [1 + round((math.log(mean) - low) * scale) for mean in means]
    rows = []
    for row in reversed(range(height)):
        label = f"{max(means):.1e} ┤" if row == height - 1 else f"{min(means):.1e} ┤" if row == 0 else " " * 8 + "│"
        rows.append(label + "".join(BLOCKS[min(max(level - 8 * row, 0), 8)] for level in levels))
    return rows
