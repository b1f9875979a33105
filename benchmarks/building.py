"""Building: a whole hub that holds so many items, made by a process of its own, whose memory is measured with it.

What one benchmark needs of it another can use: it is built once a run, and copied.
"""

import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import house_b
from benchmarks.house_b import JSON
from benchmarks.measuring import Say, Size
from benchmarks.worlds import agree, embedded, folder, hub_of, post

ROOT = Path(__file__).parents[1]
SHELTER = "night-shelter"
SHELTERS_AGREEMENT: JSON = {
    "id": "R1",
    "title": "Night shelter",
    "purpose": "child_protection",
    "parties": [SHELTER, "social-work", "police"],
    "starts": "2026-01-05T00:00:00Z",
    "ends": "2027-01-05T00:00:00Z",
    "grants": {"social-work": {"missing": "full"}, "police": {"missing": "full"}},
}
"""What the benchmark of recalls suspends: it covers what the shelter reports, an item in a hundred."""
NIGHTS_BETWEEN_SHELTERS = 4
_NIGHTS_AT_ONCE = 20


@dataclass(frozen=True)
class Built:
    """A hub's folder, how many items it holds, the most memory that building it took, and how long each part took."""

    data: Path
    items: int
    peak_mib: float
    seconds: tuple[float, ...]


class Buildings:
    """The hubs that were built in this run."""

    def __init__(self, place: Path, say: Say) -> None:
        self._place, self._say = place, say
        self._built: dict[int, Built] = {}

    def of(self, items: int) -> Built:
        """A hub with so many items, or a few more; not to be changed: see `copy_of`."""
        if items not in self._built:
            self._say(f"building a hub with {items:,} items")
            data = self._place / f"items-{items}"
            words = [sys.executable, "-m", "benchmarks.building", str(data), str(items)]
            done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - ours
            told = json.loads(done.stdout.splitlines()[-1])
            self._built[items] = Built(data, told["items"], told["peak_mib"], tuple(told["seconds"]))
        return self._built[items]

    @contextmanager
    def copy_of(self, items: int) -> Iterator[Path]:
        """A copy of such a hub's folder, gone afterwards."""
        built = self.of(items)
        with folder() as place:
            shutil.copytree(built.data, place / "hub")
            yield place / "hub"


@contextmanager
def buildings(say: Say) -> Iterator[Buildings]:
    """For one run; all is gone afterwards."""
    with folder() as place:
        yield Buildings(place, say)


def items_of(size: Size) -> int:
    """How many items the hubs of this size hold."""
    return size.of(30, 960, 10_000)


def build(data: Path, items: int) -> list[float]:
    """A hub that holds so many items and has nothing left to do; the seconds of each equal part of its reports."""
    seconds = []
    nights = -(-items // house_b.ITEMS_A_NIGHT)
    with hub_of(embedded(data)) as stage:
        agree(stage, [SHELTERS_AGREEMENT], [SHELTER])
        for first in range(1, nights + 1, _NIGHTS_AT_ONCE):
            began = time.perf_counter()
            some = min(_NIGHTS_AT_ONCE, nights + 1 - first)
            post(stage, house_b.events(some * house_b.REPORTS_A_NIGHT, first))
            post(stage, [_shelters(night) for night in range(first, first + some) if _is_shelters(night)])
            stage.settle()
            seconds.append((time.perf_counter() - began) / some)
    return seconds


def _is_shelters(night: int) -> bool:
    return night % NIGHTS_BETWEEN_SHELTERS == 1


def _shelters(night: int) -> JSON:
    """A report of one item by the shelter."""
    event = house_b.events(house_b.REPORTS_A_NIGHT, night)[1]
    return event | {"id": f"shelter-{night}", "source": f"urn:cairn:partner:{SHELTER}"}


def main(data: str, items: str) -> None:
    """Build, and tell how it went in a line of JSON."""
    Path(data).mkdir(parents=True)
    seconds = build(Path(data), int(items))
    nights = -(-int(items) // house_b.ITEMS_A_NIGHT)
    held = nights * house_b.ITEMS_A_NIGHT + sum(_is_shelters(night) for night in range(1, nights + 1))
    print(json.dumps({"items": held, "peak_mib": _peak_mib(), "seconds": seconds}))


def _peak_mib() -> float:
    """The most that this process held; where Linux tells it, not `ru_maxrss`, which begins with the parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        told = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(told.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main(*sys.argv[1:])
