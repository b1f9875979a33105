"""Kills: a whole hub in one process, killed (SIGKILL) under load and started again on the same files, over and over.

A hub tells through a pipe what its callers were answered; the supervisor that kills it believes that and nothing else.
The hubs are forked from a supervisor that has met everything once, so that a start costs a tenth of a second.
"""

import multiprocessing
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from services.composition import SERVICES
from services.console.rehearsal.hubs import throw_away_folder
from tests.faults.forked import in_child
from tests.faults.killed_hub import Told, check, live
from tests.faults.small_hub import READER, calling, open_hub

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])
START_SECONDS = 0.3
"""About what a start takes: some kills come in it."""
WORK_SECONDS = 0.6
_ANSWERED_SECONDS_MAX = 10
_REPORTS_MAX = 10_000
_CHECKED_SECONDS_MAX = 120
_LAST_WORDS_SECONDS_MAX = 30


@dataclass
class Tally:
    """What became of the kills."""

    kills: int = 0
    at_start: int = 0
    """Kills before the hub had answered anything."""
    acknowledged: int = 0
    released: int = 0
    said_again: int = 0
    """Records that lie on the log twice under one id, as a kill between saying and noting leaves them."""
    broken: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Count these too."""
        self.kills += other.kills
        self.at_start += other.at_start
        self.acknowledged += other.acknowledged
        self.released += other.released
        self.said_again += other.said_again
        self.broken += other.broken


@dataclass(frozen=True)
class Trial:
    """A hub to kill so often; `planted` names a fault of `planted.py`, for a control."""

    seed: int
    kills: int
    planted: str | None = None
    rulings: float = 0.3
    """In what share of its lives the agreement is suspended and reinstated."""


def try_all(trials: Sequence[Trial], at_once: int) -> Iterator[Tally]:
    """Run trials, so many at once, each hub with a folder of its own; what each saw, as it ends."""
    with ProcessPoolExecutor(at_once, mp_context=_FORKS) as pool:
        try:
            for done in as_completed([pool.submit(_try, trial) for trial in trials]):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)


_warm: list[bool] = []


def control(planted: str, seed: int) -> Trial:
    """A hub with this fault, killed often enough for the fault to be found."""
    kills, rulings = {
        "releases before it traces": (10, 0.0),
        "reads what is not current": (20, 1.0),  # it ends with the first that is found
    }.get(planted, (6, 0.0))
    return Trial(seed, kills, planted, rulings)


def _try(trial: Trial) -> Tally:
    if not _warm:
        _warm_up()
        _warm.append(True)
    chance, told, tally = random.Random(trial.seed), Told(), Tally()
    with throw_away_folder() as folder:
        in_child(lambda _: _prepare(folder)).wait()
        for number in range(trial.kills):
            heard = _live_and_die(folder, told, chance, trial, number)
            tally.kills += 1
            tally.at_start += not heard
            if told.wrongly:
                break
        checked = Told()
        child = in_child(lambda say: check(folder, told, say))
        lines = list(child.lines(time.monotonic() + _CHECKED_SECONDS_MAX))
        for line in lines:
            checked.hear(line)
        child.wait()
    ended = [line["said_again"] for line in lines if "said_again" in line]
    if not ended and not checked.wrongly:
        checked.wrongly.append("the hub could not be checked")
    tally.said_again = sum(ended)
    tally.acknowledged, tally.released = len(told.acknowledged), sum(told.read.values())
    tally.broken = [f"hub {trial.seed}: {what}" for what in (*told.wrongly, *checked.wrongly)]
    return tally


def _warm_up() -> None:
    """Meet everything once, here, so that no child has to."""
    with throw_away_folder() as folder:
        _prepare(folder)
        with closing(open_hub(folder, SERVICES)) as hub, calling(hub) as run:
            run(lambda callers: callers.post(0))
            hub.settle()
            run(lambda callers: callers.feed(READER))


def _prepare(folder: Path) -> None:
    with closing(open_hub(folder, SERVICES)) as hub, calling(hub) as run:
        run(lambda callers: callers.settle_agreement())
        hub.settle()


def _live_and_die(folder: Path, told: Told, chance: random.Random, trial: Trial, number: int) -> bool:
    """One life of the hub, and its end: at a random moment, or right upon a random answer. Whether it answered.

    The first life, in which nothing is ruled, lasts until something was read, however slow the machine is: else a trial
    could try no reading.
    """
    first = max(told.attempted, default=-1) + 1
    doubtful = [one for one in sorted(told.attempted - told.acknowledged.keys()) if chance.random() < 0.5]
    numbers = [*doubtful, *range(first, first + _REPORTS_MAX)]
    ruling = chance.random() < trial.rulings and number > 0
    child = in_child(lambda say: live(folder, numbers, trial.planted, ruling, say))
    upon_answer = number % 2 == 0
    end = time.monotonic() + (
        _ANSWERED_SECONDS_MAX if upon_answer else chance.uniform(0.02, START_SECONDS + WORK_SECONDS * (1 + ruling))
    )
    answers = chance.randrange(1, 60 if ruling else 40)
    heard = 0
    for line in child.lines(end):
        told.hear(line)
        heard += "attempt" not in line
        if upon_answer and heard >= answers and (number or told.read):
            break
    child.kill()
    for line in child.lines(time.monotonic() + _LAST_WORDS_SECONDS_MAX):  # what had been answered before the end
        told.hear(line)
        heard += 1
    return heard > 0
