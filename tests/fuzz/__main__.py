"""Random programs without end: python -m fuzz --count 10000 --seed 7."""

from __future__ import annotations

import sys

import click
from rich.console import Console
from rich.progress import Progress
from rich.syntax import Syntax
from rich.table import Table

from fuzz.campaign import Tally, in_parallel


@click.command()
@click.option("--count", default=10_000, show_default=True, help="How many programs.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same programs.")
@click.option("--number", type=int, help="Only the program with this number, as a failure shows it.")
@click.option("--seconds", default=60.0, show_default=True, help="Time to make each failing program small.")
@click.option("--processes", type=int, help="How many processes; by default one for each processor.")
def main(count: int, seed: int, number: int | None, seconds: float, processes: int | None) -> None:
    """Hold random programs against every law, and show what breaks one; exit status 1 if any does."""
    console = Console()
    tally = Tally()
    first = seed * 1_000_000_000
    numbers = range(first, first + count) if number is None else [number]
    with Progress(console=console) as progress:
        bar = progress.add_task("programs", total=count if number is None else 1)
        for part in in_parallel(numbers, processes):
            tally.merge(part)
            progress.update(bar, completed=tally.programs)
    tally.reduce(seconds)
    console.print(table(tally))
    for kind, failure in tally.failures.items():
        console.rule(f"[red]{kind}[/] ({tally.broken[kind]} programs)")
        console.print(Syntax(str(failure), "python", word_wrap=True))
    sys.exit(1 if tally.failures else 0)


def table(tally: Tally) -> Table:
    """The counts of a campaign."""
    out = Table(title="Random programs")
    out.add_column("")
    out.add_column("", justify="right")
    out.add_row("programs", f"{tally.programs:,}")
    out.add_row("comparisons with differences", f"{tally.comparisons:,}")
    share = 100 * tally.refused / max(tally.programs, 1)
    out.add_row("refused", f"{tally.refused:,} ({share:.1f} %)")
    for reason, count in tally.reasons.most_common():
        out.add_row(f"  {reason}", f"{count:,}")
    out.add_row("[red]failed[/]" if tally.broken else "failed", f"{tally.broken.total():,}")
    for kind, count in tally.broken.most_common():
        out.add_row(f"  {kind}", f"{count:,}")
    return out


if __name__ == "__main__":
    main()
