"""A loaded hub: what it asks of the disk while agencies report to it, and what it acknowledges in between."""

import asyncio
import random
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest import mock

from services.composition import Hub
from services.console.rehearsal.hubs import throw_away_folder
from services.kernel import sqlite_file
from services.kernel.following import Running
from tests.faults.disk_calls import Call, Calls, recording
from tests.faults.small_hub import Callers, open_hub

SAFE = ("full", 2)
"""How the kernel asks for `PRAGMA synchronous`, and how it reads back."""
AGREED = "the agreement is in force"
Post = Callable[[int], dict[str, Any]]
"""Posts the report of a number, and gives its receipt."""
UNSAFE = {"off": ("off", 0), "normal": ("normal", 1)}


@dataclass(frozen=True)
class Acknowledged:
    """A report that was answered with a receipt: its number, its receipt and its ref."""

    number: int
    receipt: str
    report: str


@dataclass(frozen=True)
class Load:
    """What a hub is loaded with: so many reports, heard in turn, or by its followers while more are posted."""

    seed: int
    reports: int
    followers_run: bool = False
    synchronous: tuple[str, int] = SAFE


@dataclass(frozen=True)
class Recorded:
    """What a loaded hub asked of the disk, what it acknowledged in between, and what lay there in the end."""

    calls: tuple[Call, ...]
    master_key: bytes
    posted: frozenset[int]
    files: dict[str, bytes]


def record(load: Load) -> Recorded:
    """Load a new hub, stopping and starting it once on the way. Raises NotRecordable."""
    chance = random.Random(load.seed)
    half = load.reports // 2
    with (
        throw_away_folder() as folder,
        mock.patch.dict(sqlite_file._PRAGMAS, {"synchronous": load.synchronous}),
        recording(folder) as calls,
    ):
        for numbers in (range(half), range(half, load.reports)):
            with closing(open_hub(folder)) as hub, asyncio.Runner() as runner:
                callers = Callers(hub)
                if numbers.start == 0:
                    runner.run(callers.settle_agreement())
                    hub.settle()
                    calls.note(AGREED)
                work = _post_beside_followers if load.followers_run else _post_in_turn
                work(hub, numbers, partial(_post, runner, callers), calls, chance)
                runner.run(callers.close())
        files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.db*")}
        master_key = (folder / "keys/master.key").read_bytes()
        return Recorded(tuple(calls.made), master_key, frozenset(range(load.reports)), files)


def _post(runner: asyncio.Runner, callers: Callers, number: int) -> dict[str, Any]:
    return runner.run(callers.post(number))


def _post_in_turn(hub: Hub, numbers: range, post: Post, calls: Calls, chance: random.Random) -> None:
    for number in numbers:
        receipt = post(number)
        calls.note(Acknowledged(number, receipt["receipt"], receipt["report"]))
        if chance.random() < 0.2:
            hub.settle()


def _post_beside_followers(hub: Hub, numbers: range, post: Post, calls: Calls, _: random.Random) -> None:
    running = Running(hub.followers)
    try:
        for number in numbers:
            receipt = post(number)
            calls.note(Acknowledged(number, receipt["receipt"], receipt["report"]))
    finally:
        running.stop()
