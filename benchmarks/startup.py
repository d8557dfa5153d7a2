"""Import time, time to the first gradient, and what a call costs beyond the generated function.

Run: python benchmarks/startup.py
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from programs.mlp_cross_entropy import WRT, arguments, loss
from timing import medians, save, table

import pullback

TRIES = 9


def in_fresh_process(code: str) -> float:
    """The median, over fresh processes, of the number that `code` prints. The first one writes the bytecode."""
    with tempfile.TemporaryDirectory() as bytecode:
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        env |= {"PYTHONPYCACHEPREFIX": bytecode}
        command = [sys.executable, "-c", code]
        runs = [float(subprocess.check_output(command, text=True, env=env)) for _ in range(TRIES + 1)]
    return statistics.median(runs[1:])


IMPORT = "import time; a = time.perf_counter(); import {}; print(time.perf_counter() - a)"
AFTER_NUMPY = "import numpy, time; a = time.perf_counter(); import {}; print(time.perf_counter() - a)"

FIRST = f"""
import sys, time
sys.path[:] = {sys.path!r}
import numpy, pullback
from programs.mlp_cross_entropy import WRT, arguments, loss
args = arguments(32, 10, 32, 4)
a = time.perf_counter()
pullback.value_and_grad(loss, wrt=WRT)(*args)
print(time.perf_counter() - a)
"""


def main():
    figures = {
        "import numpy (s)": in_fresh_process(IMPORT.format("numpy")),
        "import pullback (s)": in_fresh_process(IMPORT.format("pullback")),
        "import pullback after numpy (s)": in_fresh_process(AFTER_NUMPY.format("pullback")),
    }
    args = arguments(32, 10, 32, 4)
    figures["first gradient of the MLP in a fresh process (s)"] = in_fresh_process(FIRST)
    firsts = []
    for _ in range(TRIES):
        start = time.perf_counter()
        gradient = pullback.differentiate(loss, wrt=WRT)
        gradient.value_and_grad(*args)
        firsts.append(time.perf_counter() - start)
    figures["gradient of the MLP that is compiled later (s, median)"] = statistics.median(firsts[1:])

    def five(a, b, c, d, e):
        return np.sum(a + b + c + d + e)

    arrays = tuple(np.ones(3) for _ in range(5))
    dispatched = pullback.differentiate(five)
    bare = dispatched.lower(*arrays).compiled.function
    seconds = medians({"bare": lambda: bare(*arrays), "dispatched": lambda: dispatched.value_and_grad(*arrays)}, 200)
    table("dispatch on five arrays", seconds, "bare")
    figures["dispatch on five arrays (us)"] = (seconds["dispatched"] - seconds["bare"]) * 1e6
    print()
    for name, figure in figures.items():
        print(f"  {name:58}{figure:10.4f}")
    save("startup", figures)


if __name__ == "__main__":
    main()
