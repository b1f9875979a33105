"""A power cut takes nothing from the hub that it had acknowledged, whatever it leaves of what was not synced."""

import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from services.kernel.keys import subject_keys
from services.kernel.keys.keyfile import KeyFile
from tests.faults.disk_calls import Call, NotRecordable, recording
from tests.faults.disk_images import Disk
from tests.faults.loaded_hub import SAFE, UNSAFE, Load, Recorded, record
from tests.faults.power_loss import Tally, Trial, cuts, try_all, try_cuts

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")
REPORTS = 30
IMAGES = 120


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    """A hub that was loaded, as it ships."""
    return on_this_machine(record, Load(1, REPORTS))


def on_this_machine(what: Callable[[_Given], _Made], given: _Given) -> _Made:
    """Do what needs SQLite's disk calls; where they cannot be had, say so as of any real part."""
    try:
        return what(given)
    except NotRecordable as error:
        reason = f"real part missing: recordable SQLite: {error}"
    if os.environ.get("CAIRN_REQUIRE_REAL") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def test_a_hub_keeps_through_a_power_cut_what_it_acknowledged(recorded: Recorded) -> None:
    tally = try_cuts(recorded, IMAGES, seed=1)

    assert tally.broken == []
    assert tally.images == IMAGES
    assert tally.whole_hubs > 0


@pytest.mark.parametrize("synchronous", UNSAFE)
def test_a_hub_that_syncs_less_is_caught(synchronous: str) -> None:
    unsafe = on_this_machine(record, Load(1, REPORTS, synchronous=UNSAFE[synchronous]))

    tally = try_cuts(unsafe, IMAGES, seed=1)

    assert tally.at_stake > IMAGES // 5
    assert tally.caught_at_stake == tally.at_stake


def test_nothing_acknowledged_is_at_stake_once_it_is_synced(recorded: Recorded) -> None:
    assert not any(cut.at_stake for cut in cuts(recorded, 500, random.Random(2)))


def test_every_byte_that_the_hub_wrote_was_recorded(recorded: Recorded) -> None:
    disk = Disk()

    for call in recorded.calls:
        disk.make(call)

    assert {name: bytes(file.seen) for name, file in disk.named.items()} == recorded.files


def test_what_was_synced_is_in_every_image_and_what_was_not_in_some() -> None:
    disk = Disk()
    for call in (
        Call("write", "a.db", 0, b"x" * 1024),
        Call("sync", "a.db"),
        Call("sync", "."),
        Call("write", "a.db", 512, b"y" * 1024),
        Call("write", "b.db", 0, b"z"),
    ):
        disk.make(call)

    images = [disk.image(random.Random(seed)) for seed in range(200)]

    assert all(image["a.db"][:512] == b"x" * 512 for image in images)
    ends = {image["a.db"][512:] for image in images}
    assert {b"x" * 512, b"y" * 1024, b"y" * 512, b"x" * 512 + b"y" * 512} <= ends
    assert {"b.db" in image for image in images} == {True, False}


def test_a_hub_whose_followers_run_meanwhile_keeps_what_it_acknowledged() -> None:
    total = Tally()

    for tally in try_all([Trial(Load(3, 20, followers_run=True), 40)], at_once=1):
        total.add(tally)

    assert total.broken == []
    assert total.images == 40


def test_the_hub_asks_for_what_the_recording_was_made_with() -> None:
    from services.kernel import sqlite_file

    assert sqlite_file._PRAGMAS["synchronous"] == SAFE


@pytest.mark.parametrize("shredding_is_synced", [True, False])
def test_a_power_cut_does_not_bring_a_destroyed_key_back(
    shredding_is_synced: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shredding_is_synced:
        monkeypatch.setattr(subject_keys, "sync", lambda _: None)

    shredded = on_this_machine(_shredding, tmp_path)

    found = [name for image in _images(shredded.calls) for name, content in image.items() if shredded.key in content]
    assert bool(found) is not shredding_is_synced


@dataclass(frozen=True)
class Shredded:
    """A key as it was kept, and what was asked of the disk up to where it was said to be destroyed, and after."""

    key: bytes
    calls: list[Call]


def _shredding(folder: Path) -> Shredded:
    with recording(folder) as calls, closing(KeyFile(folder)) as keys:
        keys.prepare(["s-1", "s-2"])
        key = keys._subjects._stored("s-1")
        keys.shred("s-1")
        calls.note("destroyed")
        keys.prepare(["s-3"])
    assert key is not None
    return Shredded(key, calls.made)


def _images(calls: Sequence[Call]) -> Iterator[dict[str, bytes]]:
    """What power cuts after the note could leave."""
    disk, chance, noted = Disk(), random.Random(1), False
    for call in calls:
        disk.make(call)
        noted = noted or call.kind == "note"
        if noted:
            yield from (disk.image(chance) for _ in range(20))
