"""Processor time and peak memory of the gradient against the size of the problem, for loops over elements.

The gradient of a loop of n updates should cost O(n): a constant times the forward run. Printed are the ratios to the
forward run, in the same process, and the exponents of n that fit the times and the peaks (the slopes in the log-log
plot).

Run: python benchmarks/scaling.py
"""

import time
import tracemalloc

import numpy as np
from programs import loops
from timing import RESULTS, save

import pullback

PROGRAMS = ("recurrence", "conditional_recurrence", "gauss_seidel", "rows", "rnn")
SIZES = (100, 316, 1_000, 3_162, 10_000, 31_623, 100_000)


def seconds_of(run):
    """The best time of a few runs."""
    times = []
    while len(times) < 3 or (sum(times) < 0.05 and len(times) < 50):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


def peak_of(run):
    """The most bytes that one run allocates at a time."""
    tracemalloc.start()
    run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def slope(sizes, figures):
    """The exponent of n, over the upper two decades."""
    kept = [(n, f) for n, f in zip(sizes, figures, strict=True) if n >= 1_000]
    return float(np.polyfit(*np.log(np.array(kept)).T, 1)[0])


def measure(name):
    f = getattr(loops, name)
    gradient = pullback.differentiate(f, wrt=0)
    rows = []
    for n in SIZES:
        args = loops.arguments(name, n)

        def forward(f=f, args=args):
            return f(args[0].copy(), args[1])

        def backward(args=args):
            return gradient.value_and_grad(*args)

        assert np.isclose(forward(), backward()[0], rtol=1e-12)
        rows.append(
            {
                "n": n,
                "forward_seconds": seconds_of(forward),
                "gradient_seconds": seconds_of(backward),
                "forward_peak": peak_of(forward),
                "gradient_peak": peak_of(backward),
            }
        )
    exponents = {key: slope(SIZES, [row[key] for row in rows]) for key in rows[0] if key != "n"}
    return {"rows": rows, "exponents": exponents}


def show(name, figures):
    print(f"\n{name}: {getattr(loops, name).__doc__}")
    print(f"  {'n':>8}{'forward ms':>12}{'gradient ms':>13}{'ratio':>8}{'bytes / n':>11}")
    for row in figures["rows"]:
        forward, gradient = row["forward_seconds"], row["gradient_seconds"]
        per_element = row["gradient_peak"] / row["n"]
        print(f"  {row['n']:8}{forward * 1e3:12.3f}{gradient * 1e3:13.3f}{gradient / forward:8.2f}{per_element:11.1f}")
    print("  exponents: " + ", ".join(f"{key} {value:.2f}" for key, value in figures["exponents"].items()))


def plot(results):
    """Gradient times and peaks against n, with lines of slope 1."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.fonttype"] = "none"
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    for axes, key, label in ((left, "gradient_seconds", "seconds"), (right, "gradient_peak", "peak bytes")):
        for name, figures in results.items():
            axes.loglog(SIZES, [row[key] for row in figures["rows"]], "o-", markersize=3, label=name)
        first = min(figures["rows"][0][key] for figures in results.values()) / 2
        axes.loglog(SIZES, [first * n / SIZES[0] for n in SIZES], "k:", linewidth=1, label="proportional to n")
        axes.set(xlabel="n", ylabel=label)
    left.legend(fontsize="small")
    figure.suptitle("Value and gradient of loops, element by element")
    figure.savefig(RESULTS / "scaling.svg", metadata={"Date": None})


def main():
    results = {name: measure(name) for name in PROGRAMS}
    for name, figures in results.items():
        show(name, figures)
    save("scaling", results)
    plot(results)


if __name__ == "__main__":
    main()
