"""Memory: the most that a whole embedded hub took while it made its projections anew and was told more."""

from benchmarks.benchmark import Run
from benchmarks.building import short_of_a_million
from benchmarks.measuring import Row, below

NAME = "memory"


def rows(run: Run) -> list[Row]:
    """Peak resident memory of one process with every service in it."""
    built = run.buildings.of(run.items)
    opened = f"ready {built.opened.wall:.1f} s after it was started: it reads what is behind each place"
    opened += short_of_a_million(built.items)
    return [Row(f"memory, embedded hub, {built.items:,} items", built.peak_mib, "MiB", aim=below(300), note=opened)]
