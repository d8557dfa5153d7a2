"""Side-by-side timing: contenders take turns in one process, and ratios of medians are reported."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def medians(contenders: Mapping[str, Callable[[], object]], rounds: int = 60, target: float = 2e-3) -> dict[str, float]:
    """Median seconds per call of each contender; each round times all of them, one after the other."""
    counts = {}
    for name, run in contenders.items():
        run()
        start = time.perf_counter()
        run()
        counts[name] = max(1, int(target / max(time.perf_counter() - start, 1e-7)))
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            start = time.perf_counter()
            for _ in range(counts[name]):
                run()
            times[name].append((time.perf_counter() - start) / counts[name])
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def table(title: str, seconds: Mapping[str, float], base: str) -> None:
    """Print times and their ratios to `base`."""
    print(f"\n{title}")
    print(f"  {'':34}{'microseconds':>14}{'ratio':>9}")
    for name, s in seconds.items():
        print(f"  {name:34}{s * 1e6:14.2f}{s / seconds[base]:9.3f}")


def save(name: str, figures: Mapping[str, object]) -> None:
    """Write figures as JSON into benchmarks/results."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
