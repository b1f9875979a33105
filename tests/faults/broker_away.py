"""A broker that goes away under load, or whose disk fills up: each service a process, on Kafka, OPA and PostgreSQL.

Agencies go on reporting meanwhile, nobody reads what might no longer be so, and all is there when the broker is back.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.local.kafka import kafka
from deploy.local.parts import Share
from deploy.local.process import free_port
from tests.faults.killed_hub import Told
from tests.faults.kills import Tally
from tests.faults.real_kills import SERVICES, WAITS, RealTrial, agree, examine, loaded
from tests.faults.small_hub import NOW
from tests.support.process_hub import process_hub

_BEFORE_SECONDS = 1.5
DISK_MIB = 64


class Broker:
    """A broker of the test's own, started and stopped at will, always under the same address and with what it had."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port, self._running = folder / "kafka", free_port(), ExitStack()
        self._folder.mkdir(parents=True, exist_ok=True)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    @property
    def log(self) -> Path:
        """Where it keeps everything."""
        return self._folder / "log"

    def start(self) -> None:
        self._running.enter_context(kafka(self._folder, self._port))

    def stop(self) -> None:
        """End it, if it has not ended by itself."""
        self._running.close()


@dataclass(frozen=True)
class Outage:
    """What callers were answered while the broker was away."""

    tally: Tally
    taken: int
    read: int


@contextmanager
def own_broker(folder: Path) -> Iterator[Broker]:
    """It runs, and is stopped afterwards."""
    broker = Broker(folder)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


def go_away(broker: Broker, store: str, policy: str, seconds: float, seed: int) -> Outage:
    """Take the broker away from a loaded hub for so long."""

    @contextmanager
    def away() -> Iterator[None]:
        broker.stop()
        yield
        broker.start()

    return _without(broker, store, policy, seconds, seed, away)


def fill_up(broker: Broker, store: str, policy: str, seconds: float, seed: int) -> Outage:
    """Fill the broker's disk up under a loaded hub; after so long there is room again, and the broker is restarted."""

    @contextmanager
    def full() -> Iterator[None]:
        ballast = broker.log / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"\0" * 4_096)
        yield
        broker.stop()
        ballast.unlink()
        broker.start()

    return _without(broker, store, policy, seconds, seed, full)


def why_no_small_disk() -> str:
    """Why a broker cannot be given a small disk here; empty where it can."""
    if os.geteuid() != 0:
        return "to mount a small file system needs root"
    return "" if shutil.which("mount") else "the command `mount` is missing"


@contextmanager
def small_disk(place: Path) -> Iterator[None]:
    """A file system of DISK_MIB at this place. Raises OSError where the system lets nobody mount one."""
    place.mkdir(parents=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", place], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise OSError(made.stderr.strip())
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def _without(
    broker: Broker,
    store: str,
    policy: str,
    seconds: float,
    seed: int,
    away: Callable[[], AbstractContextManager[None]],
) -> Outage:
    told = Told()
    share = Share("away", f"kafka://{broker.address}?prefix=away.", store, policy)
    with process_hub(share, NOW, SERVICES, **WAITS) as hub:
        agree(hub)
        with loaded(hub, told, RealTrial(seed, 0)):
            time.sleep(_BEFORE_SECONDS)
            with away():
                time.sleep(1)  # what had been begun before is over
                taken, read = len(told.acknowledged), told.read.total()
                time.sleep(seconds)
                during = len(told.acknowledged) - taken, told.read.total() - read
            time.sleep(_BEFORE_SECONDS)
        hub.settle()
        examine(hub, share, told)
    tally = Tally(acknowledged=len(told.acknowledged), released=told.read.total(), broken=told.wrongly)
    return Outage(tally, *during)
