"""Power loss: a loaded hub is recorded, and opened again on what a power cut could have left of its files.

Every image is opened with the hub's own code. What had been acknowledged before the cut must be there.
"""

import multiprocessing
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.faults.disk_calls import Call
from tests.faults.disk_images import LOSSES, Disk
from tests.faults.loaded_hub import AGREED, Acknowledged, Load, Recorded, record
from tests.faults.opened_image import Cut, opened_wrong

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__, "uvicorn"])


@dataclass
class Tally:
    """What became of the cuts."""

    images: int = 0
    whole_hubs: int = 0
    at_stake: int = 0
    caught_at_stake: int = 0
    broken: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Count these too."""
        self.images += other.images
        self.whole_hubs += other.whole_hubs
        self.at_stake += other.at_stake
        self.caught_at_stake += other.caught_at_stake
        self.broken += other.broken
        self.calls += other.calls


def cuts(recorded: Recorded, count: int, chance: random.Random, losses: tuple[str, ...] = LOSSES) -> Iterator[Cut]:
    """This many power cuts, in the order of time: around every sync, and anywhere."""
    calls = recorded.calls
    around = [at + step for at, call in enumerate(calls) if call.kind in ("sync", "note") for step in (0, 1)]
    chosen = sorted(
        chance.choice(around) if chance.random() < 0.7 else chance.randrange(len(calls)) for _ in range(count)
    )
    disk, made, agreed = Disk(), 0, False
    acknowledged: list[Acknowledged] = []
    begun, written_for_last = 0, range(0)
    for at in chosen:
        for made_now, call in enumerate(calls[made:at], made):
            disk.make(call)
            if isinstance(call.told, Acknowledged):
                acknowledged.append(call.told)
                begun, written_for_last = made_now, range(begun, made_now)
            elif call.told == AGREED:
                begun, agreed = made_now, True
        made = at
        loss = chance.choice((None, *losses))
        image = disk.image(chance, loss)
        stake = any(_missing(disk, image, calls[number]) for number in written_for_last)
        yield Cut(at, image | {"keys/master.key": recorded.master_key}, list(acknowledged), agreed, stake)


def _missing(disk: Disk, image: dict[str, bytes], call: Call) -> bool:
    """Whether something that intake wrote is neither there nor written over since."""
    if call.kind != "write" or not call.path.startswith("intake.db"):
        return False
    place = slice(call.offset, call.offset + len(call.data))
    seen = disk.named.get(call.path)
    return seen is not None and bytes(seen.seen[place]) == call.data != image.get(call.path, b"")[place]


@dataclass(frozen=True)
class Trial:
    """A load, and how many power cuts it is put through; every so many, the whole hub is opened."""

    load: Load
    images: int
    whole_hub_each: int = 20


def try_all(trials: Sequence[Trial], at_once: int) -> Iterator[Tally]:
    """Run trials, each in a process of its own, so many at once; what each saw, as it ends. Raises NotRecordable."""
    with _FORKS.Pool(at_once, maxtasksperchild=1) as pool:
        yield from pool.imap_unordered(_try, trials)


def _try(trial: Trial) -> Tally:
    return try_cuts(record(trial.load), trial.images, trial.load.seed, trial.whole_hub_each)


def try_cuts(
    recorded: Recorded, count: int, seed: int, whole_hub_each: int = 20, losses: tuple[str, ...] = LOSSES
) -> Tally:
    """Cut the power this often and open what is left; every so often the whole hub, else intake and the log alone."""
    chance = random.Random(seed)
    tally = Tally(calls=Counter(call.kind for call in recorded.calls))
    for number, cut in enumerate(cuts(recorded, count, chance, losses)):
        whole = number % whole_hub_each == 0
        wrong = opened_wrong(cut, recorded, chance, whole)
        tally.images += 1
        tally.whole_hubs += whole
        tally.at_stake += cut.at_stake
        tally.caught_at_stake += cut.at_stake and wrong is not None
        if wrong is not None:
            tally.broken.append(f"cut after call {cut.at}: {wrong}")
    return tally
