"""Measuring: what every benchmark has in common, its sizes, its rounds and the rows that it gives.

A figure alone says as much of the machine as of the hub, so contenders take turns in one run and are compared round by
round; what is told is the median.
"""

import gc
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import TypeVar

_T = TypeVar("_T")
Say = Callable[[str], None]
"""Tells whoever waits what is going on."""


class Size(StrEnum):
    """How much is measured: `tiny` shows that it runs, `small` takes minutes, `full` an hour and 20 GB of disk."""

    TINY = "tiny"
    SMALL = "small"
    FULL = "full"

    def of(self, tiny: _T, small: _T, full: _T) -> _T:
        """What belongs to this size."""
        return {Size.TINY: tiny, Size.SMALL: small, Size.FULL: full}[self]


@dataclass(frozen=True)
class Aim:
    """What a row is to reach: of its figure, or of its ratio."""

    text: str
    reached: Callable[[float], bool]
    value: float
    of_ratio: bool = False


def at_least(value: float, of_ratio: bool = False) -> Aim:
    """Met by this much, or more."""
    return Aim(f">= {_short(value)}{' of the peer' if of_ratio else ''}", lambda seen: seen >= value, value, of_ratio)


def below(value: float) -> Aim:
    """Met by less than this."""
    return Aim(f"< {_short(value)}", lambda seen: seen < value, value)


@dataclass(frozen=True)
class Row:
    """One line of the table. `ratio` says how many times as fast as its peer the hub is, whatever the unit."""

    what: str
    figure: float
    unit: str
    peer: float | None = None
    peer_is: str = ""
    ratio: float | None = None
    aim: Aim | None = None
    note: str = ""
    series: Sequence[tuple[float, float]] = ()
    """(how many, how long each took), to be drawn: what stays level grows no faster than its number."""

    @property
    def met(self) -> bool | None:
        """Whether it reaches its aim; None where it has none."""
        if self.aim is None:
            return None
        seen = self.ratio if self.aim.of_ratio else self.figure
        return seen is not None and self.aim.reached(seen)


class Rounds:
    """What each contender needed in each round."""

    def __init__(self, seen: Mapping[str, Sequence[float]]) -> None:
        self._seen = seen

    def median(self, contender: str) -> float:
        """The contender's usual figure."""
        return median(self._seen[contender])

    def ratio(self, contender: str, to: str) -> float:
        """The median of what one made of another's figure in the same round."""
        return median(one / other for one, other in zip(self._seen[contender], self._seen[to], strict=True))


def in_turn(rounds: int, contenders: Mapping[str, Callable[[], float]]) -> Rounds:
    """Let them take turns, in the other order every second round; each call gives its figure."""
    seen: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        order = list(contenders)[:: 1 if number % 2 == 0 else -1]
        for name in order:
            seen[name].append(contenders[name]())
    return Rounds(seen)


@dataclass
class Taken:
    """How long something took, on the wall's clock and on the processor's, in seconds; `system` is what of the latter
    the operating system took, to read and write for it."""

    wall: float = 0.0
    processor: float = 0.0
    system: float = 0.0


@contextmanager
def timing() -> Iterator[Taken]:
    """Measures what is done inside; the figures are there at its end."""
    taken = Taken()
    wall, processor, system = time.perf_counter(), time.process_time(), os.times().system
    yield taken
    taken.wall, taken.processor = time.perf_counter() - wall, time.process_time() - processor
    taken.system = os.times().system - system


@contextmanager
def garbage_aside() -> Iterator[None]:
    """What other benchmarks left in this process is not looked through for garbage meanwhile, as nothing that was there
    from the start is in a service that serves."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def share_below(values: Sequence[float], share: float) -> float:
    """The value that this share of the values does not exceed, such as the 95th of 100 for 0.95."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:g}"
