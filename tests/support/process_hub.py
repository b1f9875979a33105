"""A hub of several processes: each service on its own, as `cairn up` runs it, on Kafka, OPA and PostgreSQL.

The processes are forked from one that has everything imported, so that a hub is there in a second.
"""

import multiprocessing
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2

from deploy.local.parts import Share
from deploy.local.process import die_with_the_parent
from services.console.rehearsal.hubs import LEAD, unless_refused
from services.console.up import Which, up
from services.kernel.clock import FileClock, write_instant

PARTITIONS = 3
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        __name__,
        *("services.kernel.log.kafka", "services.kernel.policy.opa", "services.kernel.store.postgres"),
        *("pydantic.v1", "uvicorn.protocols.http.httptools_impl", "uvloop"),  # imported late by those who use them
    ]
)
_START_SECONDS_MAX = 120
_STOP_SECONDS_MAX = 15
_SETTLE_SECONDS_MAX = 120
"""On a machine that is busy with other tests; an idle one needs a second."""
_LOOK_SECONDS = 0.03
_ADDRESS = re.compile(r"at (http://127\.0\.0\.1:\d+)/")


class ProcessEnded(AssertionError):
    """A service ended, or does not do its part; with the last lines it wrote."""


@dataclass(frozen=True)
class Role:
    """One process: the service that it runs, and what of its settings is its own."""

    service: str
    settings: Mapping[str, str]


def _run(service: str, settings: Mapping[str, str], log: Path) -> None:
    """What a forked process does: nothing of it is the test's but its settings."""
    die_with_the_parent()
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    for name in [name for name in os.environ if name.startswith("CAIRN_")]:
        del os.environ[name]
    os.environ |= settings
    sys.argv = ["cairn", "up", service]
    up(Which(service), port=0)


class Process:
    """One service that runs."""

    def __init__(self, name: str, role: Role, log: Path) -> None:
        self.name, self.log, self.serves = name, log, False
        log.unlink(missing_ok=True)  # of an earlier process of this name
        self._process = _FORKS.Process(target=_run, args=(role.service, dict(role.settings), log), name=name)
        self._process.start()
        self._client = httpx2.Client(timeout=60)

    def await_start(self) -> None:
        """Return when it serves. Raises ProcessEnded."""
        self._client.base_url = self._told_address()
        self.serves = True

    def request(self, method: str, path: str, caller: str, **request: Any) -> httpx2.Response:
        """One request as this caller. Raises ProcessEnded where nobody answers."""
        headers = {"authorization": f"Demo {caller}"} | request.pop("headers", {})
        try:
            return self._client.request(method, path, headers=headers, **request)
        except httpx2.TransportError as error:
            raise ProcessEnded(f"{self.name} does not answer ({type(error).__name__})\n{self.last_lines()}") from error

    def waiting(self) -> int:
        """How much it has still to work through; 1 where it cannot say while a part is away. Raises ProcessEnded."""
        answer = self.request("GET", "/v1/currency", LEAD)
        if answer.status_code not in (200, 503):
            raise ProcessEnded(f"{self.name} answers {answer.status_code}: {answer.text}\n{self.last_lines()}")
        return int(answer.json()["waiting"]) if answer.status_code == 200 else 1

    def stop(self) -> int | None:
        """Ask it to end, and wait; kill it where it does not. Gives its exit status."""
        self._process.terminate()
        self._process.join(_STOP_SECONDS_MAX)
        self._client.close()
        self.kill()
        return self._process.exitcode

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.join()

    def last_lines(self) -> str:
        """What it wrote last, and how it ended if it did."""
        lines = list[str]()
        with suppress(FileNotFoundError):  # where another of this name was begun meanwhile
            lines = self.log.read_text(errors="replace").splitlines()[-30:]
        ended = "" if self._process.exitcode is None else f"{self.name} ended with status {self._process.exitcode}\n"
        return ended + "\n".join(lines)

    def _told_address(self) -> str:
        until = time.monotonic() + _START_SECONDS_MAX
        while time.monotonic() < until and self._process.exitcode is None:
            found = _ADDRESS.search(self.log.read_text()) if self.log.exists() else None
            if found:
                return found[1]
            time.sleep(_LOOK_SECONDS)
        raise ProcessEnded(f"{self.name} did not start\n{self.last_lines()}")


class ProcessHub:
    """A stage of several processes with one clock. `/<name>/...` is asked of the process of that name."""

    def __init__(self, folder: Path, settings: Mapping[str, str], now: datetime) -> None:
        self._folder = folder
        write_instant(folder / "clock", now)
        self.clock = FileClock(folder / "clock")
        self.settings = {
            "CAIRN_KEYS": f"file://{folder}",
            "CAIRN_CLOCK": f"file://{folder}/clock",
            "CAIRN_PARTITIONS": str(PARTITIONS),
            **settings,
        }
        self.processes: dict[str, Process] = {}

    def start(self, *roles: Role | str) -> None:
        """Start these services, each under its name; a second one of a service as `<name>-2`."""
        self.begin(*roles)
        for process in self.processes.values():
            process.await_start()

    def begin(self, *roles: Role | str) -> None:
        """Start them, and do not wait until they serve."""
        for role in roles:
            if isinstance(role, str):
                role = Role(role, {})
            name = role.service if role.service not in self.processes else f"{role.service}-2"
            whole = Role(role.service, {**self.settings, **role.settings})
            self.processes[name] = Process(name, whole, self._folder / f"{name}.log")

    def kill(self, name: str) -> None:
        """End one at once, in the middle of whatever it does."""
        self.processes.pop(name).kill()

    def stop(self, name: str) -> int | None:
        """Stop one; gives its exit status."""
        return self.processes.pop(name).stop()

    def ask(self, method: str, path: str, caller: str, **request: Any) -> httpx2.Response:
        """One request as this caller. Raises Refused for any answer of 400 or more."""
        _, name, rest = path.split("/", 2)
        return unless_refused(self.processes[name].request(method, f"/{rest}", caller, **request))

    def settle(self) -> None:
        """Wait until nobody has anything to do, twice in a row: what one said last, another may not have heard."""
        until = time.monotonic() + _SETTLE_SECONDS_MAX
        idle = 0
        while idle < 2:
            waiting = {name: process.waiting() for name, process in self.processes.items()}
            idle = 0 if any(waiting.values()) else idle + 1
            if time.monotonic() > until:
                logs = "\n".join(f"{name}:\n{one.last_lines()}" for name, one in self.processes.items())
                raise ProcessEnded(f"not settled after {_SETTLE_SECONDS_MAX} s, waiting: {waiting}\n{logs}")
            if not idle:
                time.sleep(_LOOK_SECONDS)

    def now(self) -> datetime:
        """What time the hub believes it is."""
        return self.clock.now()

    def move(self, instant: datetime) -> None:
        """Make it this instant, and let it have its effects."""
        self.clock.move(instant)
        self.settle()

    def close(self) -> None:
        """Stop every process."""
        with ExitStack() as stack:
            for name in list(self.processes):
                stack.callback(self.stop, name)


@contextmanager
def process_hub(
    share: Share, now: datetime, roles: Sequence[Role | str] = ("intake", "sharing", "governance"), **settings: str
) -> Iterator[ProcessHub]:
    """A hub of these processes on a share of the real parts; `settings` are more of its CAIRN_ variables."""
    with tempfile.TemporaryDirectory(prefix="cairn-processes-") as folder:
        addresses = {"CAIRN_LOG": share.log, "CAIRN_STORE": share.store, "CAIRN_POLICY": share.policy}
        hub = ProcessHub(Path(folder), addresses | settings, now)
        try:
            hub.start(*roles)
            yield hub
        finally:
            hub.close()
