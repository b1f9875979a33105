"""An opened image: what a power cut left, opened by the hub's own code and held against what had been acknowledged."""

import random
import shutil
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.binding import SHARED, bound
from schemas.envelope import Event
from schemas.sealed import SealedReport
from services.intake import publishing
from services.intake.application import Intake
from services.intake.sealing import report_ref
from services.kernel import sqlite_file, topics
from services.kernel.clock import SimulatedClock
from services.kernel.following import settle
from services.kernel.keys import Keys
from services.kernel.keys.opening import open_keys
from services.kernel.log import Log
from services.kernel.log.opening import open_log
from services.kernel.relay import NotificationRelay
from services.kernel.store.opening import open_store
from tests.faults.disk_images import lay_out
from tests.faults.loaded_hub import Acknowledged, Recorded
from tests.faults.small_hub import NOW, SENDER, check_feeds, open_hub, settings_in, source_id

DATABASES = ("log.db", "intake.db", "sharing.db", "keys/keys.db")


@dataclass
class Cut:
    """A power cut: what is left, and what had been acknowledged."""

    at: int
    image: dict[str, bytes]
    acknowledged: list[Acknowledged]
    agreed: bool
    """Whether the agreement had been acknowledged."""
    at_stake: bool
    """Whether what was written for the last report acknowledged is not all there."""


def opened_wrong(cut: Cut, recorded: Recorded, chance: random.Random, whole: bool) -> str | None:
    """What is wrong with the hub that opens this image, if anything is."""
    folder = Path(tempfile.mkdtemp(prefix="cairn-image-", dir=_in_memory()))
    try:
        lay_out(cut.image, folder, chance)
        _open(folder, cut, recorded.posted, chance, whole)
    except Exception as error:  # noqa: BLE001 - whatever keeps a hub from opening is what is looked for
        return f"{type(error).__name__}: {error}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return None


def _in_memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - the folder made in it is private


def _open(folder: Path, cut: Cut, posted: frozenset[int], chance: random.Random, whole: bool) -> None:
    if whole:
        with closing(open_hub(folder)) as hub:
            hub.settle()
            if cut.agreed:
                check_feeds(hub, frozenset(one.number for one in cut.acknowledged), posted)
    settings = settings_in(folder)
    with (
        closing(open_keys(settings.keys)) as keys,
        closing(open_log(settings.log)) as log,
        closing(open_store(settings.store, "intake")) as store,
    ):
        topics.make_topics(log, settings.partitions)
        intake = Intake(store, keys, SimulatedClock(NOW))
        relay = NotificationRelay(intake.submissions, store, log, publishing.records, "intake.relay")
        settle([relay])
        _check_reports(log, keys, cut, posted, chance)
        for one in cut.acknowledged[-2:] + chance.sample(cut.acknowledged, min(1, len(cut.acknowledged))):
            status = intake.receipt(SENDER, one.receipt)["status"]
            assert status == "accepted", f"an acknowledged report is {status}"
    for name in DATABASES:
        if (folder / name).exists():
            _check_integrity(folder / name)


def _check_reports(log: Log, keys: Keys, cut: Cut, posted: frozenset[int], chance: random.Random) -> None:
    entries = [
        entry
        for partition in range(log.partitions(topics.REPORTS))
        for entry in log.read(topics.REPORTS, partition, -1, 1_000_000)
    ]
    said: dict[str, bytes] = {}
    for entry in entries:
        assert said.setdefault(entry.id, entry.value) == entry.value, "one report was said in two ways"
    lost = {one.report for one in cut.acknowledged} - said.keys()
    assert not lost, f"{len(lost)} acknowledged reports are not on hub.reports"
    assert said.keys() <= {report_ref(keys, *source_id(number)) for number in posted}, "a report was never posted"
    for name in chance.sample(sorted(said), min(3, len(said))):
        _check_opens(keys, said[name])


def _check_opens(keys: Keys, value: bytes) -> None:
    sealed: SealedReport = Event[SealedReport].model_validate_json(value).data
    for item in sealed.items:
        facts: dict[str, Any] = {"report": sealed.report, "type": sealed.type, "item": item.item}
        assert keys.open(item.shared, bound(**facts, section=item.section, data_class=item.data_class, part=SHARED))


def _check_integrity(file: Path) -> None:
    with closing(sqlite_file.connect(file)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchall()
        assert found == [("ok",)], f"{file.name} is damaged: {found[0][0]}"
