"""A benchmark: a module that measures one thing the hub promises, and gives rows of the table."""

from dataclasses import dataclass
from typing import Protocol

from benchmarks.building import Buildings
from benchmarks.measuring import Row, Say, Size


@dataclass(frozen=True)
class Run:
    """What every benchmark of one run is given."""

    size: Size
    items: int
    """How many the hub holds that several benchmarks look at."""
    say: Say
    buildings: Buildings


class Benchmark(Protocol):
    """`NAME` is how the command takes it."""

    NAME: str

    def rows(self, run: Run) -> list[Row]:
        """Measure, and give the lines of the table."""
        ...
