"""When the disk is full intake keeps nothing and says so, reads release nothing, and all is well once there is room."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from services.composition import Hub
from services.console.rehearsal.hubs import Refused
from services.kernel.log import LogUnavailable
from services.kernel.store import StoreUnavailable
from services.kernel.store.sql import SqlStore
from tests.faults.disk_full import PLENTY, Room, small_disk
from tests.faults.small_hub import CHILDREN, READER, calling, check_feeds, open_hub
from tests.faults.test_power_loss import on_this_machine

REPORTS = 60


class SmallDisk:
    """A hub on a disk of its own, with its callers."""

    def __init__(self, hub: Hub, run: Callable[..., Any], room: Room) -> None:
        self.hub, self.run, self.room = hub, run, room

    def post(self, number: int) -> str | None:
        """Post the report of this number; gives why it was refused."""
        try:
            self.run(lambda callers: callers.post(number))
        except Refused as refused:
            return str(refused)
        return None

    def read(self) -> Any:
        """The reader's feed, or why there is none."""
        try:
            return self.run(lambda callers: callers.feed(READER))
        except Refused as refused:
            return str(refused)

    def settle(self) -> bool:
        """Whether everything could be heard."""
        try:
            self.hub.settle()
        except (LogUnavailable, StoreUnavailable):
            return False
        return True


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with ExitStack() as stack:
        room = on_this_machine(lambda folder: stack.enter_context(small_disk(folder)), tmp_path)
        hub = open_hub(tmp_path)
        stack.callback(hub.close)
        run = stack.enter_context(calling(hub))
        run(lambda callers: callers.settle_agreement())
        hub.settle()
        yield SmallDisk(hub, run, room)


def test_intake_says_that_it_keeps_nothing_while_the_disk_is_full_and_takes_it_when_there_is_room(
    disk: SmallDisk,
) -> None:
    assert disk.post(0) is None

    disk.room.left = 0
    answers = [disk.post(number) for number in (1, 2)]
    again = disk.post(0)
    disk.room.left = PLENTY

    assert answers == ["503 not_accepted"] * 2
    assert again in (None, "503 not_accepted")
    assert disk.room.refused > 0
    assert disk.post(1) is None
    disk.hub.settle()
    check_feeds(disk.hub, frozenset({0, 1}), frozenset({0, 1}))


def test_a_hub_that_overlooks_that_a_transaction_failed_is_caught(
    disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    same_child = CHILDREN  # as in report 0, so that no key has to be kept
    disk.post(0)
    monkeypatch.setattr(SqlStore, "explain", lambda *_: None)

    disk.room.left = 0
    refused = disk.post(same_child)
    disk.room.left = PLENTY
    disk.hub.settle()

    assert refused is None
    with pytest.raises(AssertionError, match="acknowledged reports are not in"):
        check_feeds(disk.hub, frozenset({0, same_child}), frozenset({0, same_child}))


def test_nothing_is_read_while_its_trace_cannot_be_written(disk: SmallDisk) -> None:
    disk.post(0)
    disk.hub.settle()

    disk.room.left = 0
    refused = disk.read()
    disk.room.left = PLENTY

    assert refused == "503 access_not_recorded"
    assert [line.number for line in disk.read()] == [0]


def test_nothing_acknowledged_is_lost_wherever_the_disk_runs_full(disk: SmallDisk) -> None:
    chance = random.Random(1)
    acknowledged: set[int] = set()
    refused: set[int] = set()
    heard_late = 0

    for number in range(REPORTS):
        disk.room.left = chance.choice((0, chance.randrange(5_000), chance.randrange(150_000)))
        (refused if disk.post(number) else acknowledged).add(number)
        heard_late += not disk.settle()
    disk.room.left = PLENTY
    disk.hub.settle()

    assert acknowledged
    assert refused
    assert heard_late > 0
    check_feeds(disk.hub, frozenset(acknowledged), frozenset(acknowledged | refused))
    assert {disk.post(number) for number in range(REPORTS)} == {None}
    disk.hub.settle()
    every = frozenset(range(REPORTS))
    check_feeds(disk.hub, every, every)
