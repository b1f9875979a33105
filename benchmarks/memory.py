"""Memory and growth: the most that a whole embedded hub took while it was told so many items, and how its pace held."""

from statistics import mean

from benchmarks.benchmark import Run
from benchmarks.building import items_of
from benchmarks.measuring import Row, below

NAME = "memory"


def rows(run: Run) -> list[Row]:
    """Peak resident memory, and the time for the last items beside that for the first."""
    built = run.buildings.of(items_of(run.size))
    part = max(1, len(built.seconds) // 4)
    first, last = mean(built.seconds[:part]), mean(built.seconds[-part:])
    return [
        Row(f"memory, embedded hub, {built.items:,} items", built.peak_mib, "MiB", aim=below(300)),
        Row(
            f"growth: a night told when {built.items:,} items are held",
            last,
            "s",
            first,
            "the first nights",
            first / last,
            None,
            "intake, sharing, governance and panel; 1 would be linear",
        ),
    ]
