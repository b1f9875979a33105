"""Building: a whole hub that holds so many items, which several benchmarks of a run look at.

The first nights are told to the hub, and told again on its log under other refs (see `retelling`). Then a process of
its own makes every projection anew from that log and is told some nights more: what it takes is measured with it.
`CAIRN_BUILT` names a folder in which hubs stay: who only looks at one need not have it built again.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from benchmarks import house_b
from benchmarks.house_b import JSON
from benchmarks.measuring import Say, Size, Taken, timing
from benchmarks.retelling import retell
from benchmarks.worlds import agree, embedded, folder, hub_of, post
from services.console.rehearsal.hubs import ThrowAwayHub
from services.kernel.store.opening import open_store
from services.kernel.store.positions import positions
from services.sharing.projections.partner_record import PartnerRecords
from services.sharing.projections.record_tables import METADATA

ROOT = Path(__file__).parents[1]
STAY: Final = "CAIRN_BUILT"
SHELTER = "night-shelter"
SHELTERS_AGREEMENT: JSON = {
    "id": "R1",
    "title": "Night shelter",
    "purpose": "child_protection",
    "parties": [SHELTER, "social-work"],
    "starts": "2026-01-05T00:00:00Z",
    "ends": "2027-01-05T00:00:00Z",
    "grants": {"social-work": {"missing": "full"}},
}
"""What the benchmark of recalls suspends: it covers what the shelter reports, an item in a hundred, and no more; police
report missing episodes as well, and what they share would have another basis without it."""
NIGHTS_BETWEEN_SHELTERS = 4
_NIGHTS_TOLD_MAX = house_b.NIGHTS_OF_A_PLACE
"""Those of one place: all else is told again of others."""
_NIGHTS_AT_ONCE = 20
_NIGHTS_MORE = 10
_FIRST_NIGHT_MORE = 800_000


@dataclass(frozen=True)
class Holding:
    """A hub's folder, and how many items it holds."""

    data: Path
    items: int


@dataclass(frozen=True)
class Built(Holding):
    """A hub that was built in this run, and what was seen while its projections were made."""

    peak_mib: float
    """The most memory that making them, and being told more, took."""
    rebuilt: Mapping[str, Taken]
    """Projection -> what it took to make it."""
    opened: Taken
    """Until the hub that held all this had read what it needs in memory."""
    night: Taken
    """A night told to it when it held all this."""


class Buildings:
    """The hubs that were built in this run, and those that stayed from another."""

    def __init__(self, place: Path, say: Say) -> None:
        self._place, self._say = place, say
        self._built: dict[int, Built] = {}

    def of(self, items: int) -> Built:
        """A hub with so many items, or a few more; whoever changes it leaves it as it was."""
        if items not in self._built:
            data, held = self._told(items)
            self._say(f"making its projections of {held:,} items anew")
            seen = _in_a_process("open", data)
            self._built[items] = Built(
                data,
                held,
                seen["peak_mib"],
                {name: Taken(**taken) for name, taken in seen["rebuilt"].items()},
                Taken(**seen["opened"]),
                Taken(**seen["night"]),
            )
            self._staying(items).write_text(json.dumps({"held": held}), encoding="utf-8")
        return self._built[items]

    def holding(self, items: int) -> Holding:
        """A hub with so many items, whoever built it, for who does not ask what building it took."""
        return Holding(*self._told(items)) if self._staying(items).exists() else self.of(items)

    def _told(self, items: int) -> tuple[Path, int]:
        """The folder of a hub that was told so many items, and how many it holds."""
        staying = self._staying(items)
        if staying.exists():
            return staying.with_suffix(""), json.loads(staying.read_text(encoding="utf-8"))["held"]
        self._say(f"building a hub with {items:,} items")
        data = staying.with_suffix("")
        shutil.rmtree(data, ignore_errors=True)  # of a run that did not come to its end
        return data, _in_a_process("tell", data, items)["held"]

    def _staying(self, items: int) -> Path:
        return self._place / f"items-{items}.json"


def _in_a_process(*words: object) -> JSON:
    command = [sys.executable, "-m", "benchmarks.building", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - ours
    told: JSON = json.loads(done.stdout.splitlines()[-1])
    return told


@contextmanager
def buildings(say: Say) -> Iterator[Buildings]:
    """For one run; all is gone afterwards, but in a folder where hubs stay."""
    if stay := os.environ.get(STAY):
        yield Buildings(Path(stay), say)
        return
    with folder() as place:
        yield Buildings(place, say)


def items_of(size: Size) -> int:
    """How many items the hubs of this size hold."""
    return size.of(30, 10_000, 100_000)


def short_of_a_million(items: int) -> str:
    """What is to be said where the aim is for a million."""
    return "" if items >= 1_000_000 else "; the aim is for 1,000,000, which `--items 1000000` tries in an hour"


def tell(data: Path, items: int) -> int:
    """A hub whose log holds so many items; gives how many it does."""
    data.mkdir(parents=True, exist_ok=True)
    nights = min(-(-items // house_b.ITEMS_A_NIGHT), _NIGHTS_TOLD_MAX)
    with hub_of(embedded(data)) as stage:
        agree(stage, [SHELTERS_AGREEMENT], [SHELTER])
        for first in range(1, nights + 1, _NIGHTS_AT_ONCE):
            some = min(_NIGHTS_AT_ONCE, nights + 1 - first)
            post(stage, house_b.events(some * house_b.REPORTS_A_NIGHT, first))
            post(stage, _shelters_of(range(first, first + some)))
            stage.settle()
    told = nights * house_b.ITEMS_A_NIGHT + len(_shelters_of(range(1, nights + 1)))
    times = max(0, -(-items // told) - 1)
    retell(data, times)
    return told * (times + 1)


def _shelters_of(nights: Sequence[int]) -> list[JSON]:
    """Reports of one item by the shelter."""
    return [_shelters(night) for night in nights if night % NIGHTS_BETWEEN_SHELTERS == 1]


def _shelters(night: int) -> JSON:
    event = house_b.events(house_b.REPORTS_A_NIGHT, night)[1]
    return event | {"id": f"shelter-{night}", "source": f"urn:cairn:partner:{SHELTER}"}


def open_anew(data: Path) -> JSON:
    """Open the hub without its projections, have them made from its log, and tell it more; what that took."""
    _forget_projections(data)
    with hub_of(embedded(data)) as stage:
        _, pipeline, *_ = stage.hub.services["sharing"].followers
        with timing() as opened:
            pipeline.step()
        rebuilt = _made(stage)
        with timing() as told:
            post(stage, house_b.events(_NIGHTS_MORE * house_b.REPORTS_A_NIGHT, _FIRST_NIGHT_MORE))
            stage.settle()
    return {
        "rebuilt": {name: asdict(taken) for name, taken in rebuilt.items()},
        "opened": asdict(opened),
        "night": asdict(Taken(told.wall / _NIGHTS_MORE, told.processor / _NIGHTS_MORE)),
        "peak_mib": _peak_mib(),
    }


def _forget_projections(data: Path) -> None:
    """Governance's and the panel's stores hold nothing else; sharing's holds what the pipeline remembers as well."""
    for service in ("governance", "panel"):
        for file in data.glob(f"{service}.db*"):
            file.unlink()
    store = open_store(f"sqlite:///{data}", "sharing")
    with store.transaction() as session:
        for table in METADATA.sorted_tables:
            session.execute(sa.delete(table))
        session.execute(sa.delete(positions).where(positions.c.follower == PartnerRecords.name))
    store.close()


def _made(stage: ThrowAwayHub) -> dict[str, Taken]:
    """Every projection, one after the other, until nothing is left to do: what each took."""
    spent: dict[str, Taken] = {}
    for follower in stage.hub.followers:
        with timing() as taken:
            while follower.step():
                pass
        if follower.name == PartnerRecords.name or follower.name.startswith("projection."):
            spent[follower.name.removeprefix("projection.")] = taken
    stage.settle()
    return spent


def _peak_mib() -> float:
    """The most that this process held; where Linux tells it, not `ru_maxrss`, which begins with the parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        told = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(told.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def main(step: str, data: str, items: str = "0") -> None:
    """Take one step, and tell how it went in a line of JSON."""
    seen = {"held": tell(Path(data), int(items))} if step == "tell" else open_anew(Path(data))
    print(json.dumps(seen))


if __name__ == "__main__":
    main(*sys.argv[1:])
