"""Throw-away hubs: each with data of its own, on the embedded adapters or on Kafka, OPA and PostgreSQL.

A throw-away hub takes its references from a fixed seed, so that two plays of one scenario give the same bytes.
"""

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import httpx2

from services.composition import Hub
from services.kernel.clock import SimulatedClock
from services.kernel.following import Running
from services.kernel.settings import Settings

SEED = b"a rehearsal is thrown away"
LEAD = "governance/lead"
_PLAYED_ON = ("intake", "sharing", "governance")


class Stage(Protocol):
    """A hub that something is played on: embedded or real, in this process or in several."""

    def ask(self, method: str, path: str, caller: str, **request: Any) -> httpx2.Response:
        """One request as this caller, to `/<service>/...`. Raises Refused for any answer of 400 or more."""
        ...

    def settle(self) -> None:
        """Let everything that was said be heard."""
        ...

    def now(self) -> datetime:
        """What time the hub believes it is."""
        ...

    def move(self, instant: datetime) -> None:
        """Make it this instant, and let it have its effects."""
        ...


class Refused(Exception):
    """The hub did not do what it was asked: the status and the code of its problem."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code = status, code


def unless_refused(answer: httpx2.Response) -> httpx2.Response:
    """The answer. Raises Refused for one of 400 or more."""
    if answer.status_code >= 400:
        problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        raise Refused(answer.status_code, str(problem.get("type", "")).rpartition(":")[2])
    return answer


@dataclass
class ThrowAwayHub:
    """A hub that one scenario has to itself. Nothing in it moves but by `settle`."""

    hub: Hub
    clock: SimulatedClock
    _client: httpx2.AsyncClient
    _loop: asyncio.AbstractEventLoop

    def ask(self, method: str, path: str, caller: str, **request: Any) -> httpx2.Response:
        """One request as this caller. Raises Refused for any answer of 400 or more."""
        headers = {"authorization": f"Demo {caller}"} | request.pop("headers", {})
        answer = self._loop.run_until_complete(self._client.request(method, path, headers=headers, **request))
        return unless_refused(answer)

    def settle(self) -> None:
        """Let everything that was said be heard."""
        self.hub.settle()

    @contextmanager
    def going(self) -> Iterator[None]:
        """It moves by itself meanwhile, for a request that is answered once something was heard."""
        running = Running(self.hub.followers)
        try:
            yield
        finally:
            running.stop()

    def now(self) -> datetime:
        """What time the hub believes it is."""
        return self.clock.now()

    def move(self, instant: datetime) -> None:
        """Make it this instant, and let it have its effects."""
        self.clock.move(instant)
        self.settle()


class GoingHub(ThrowAwayHub):
    """The same for a hub whose clock goes: it goes on from where it was moved."""

    def move(self, instant: datetime) -> None:
        """Make it this instant, and let it have its effects."""
        self.clock.move(instant)
        self.clock.run()
        self.settle()


@contextmanager
def hub_at(hub: Hub, clock: SimulatedClock, kind: type[ThrowAwayHub] = ThrowAwayHub) -> Iterator[ThrowAwayHub]:
    """A way to speak to a hub in this process, as its callers do."""
    loop = asyncio.new_event_loop()
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=hub.app), base_url="http://127.0.0.1")
    try:
        yield kind(hub, clock, client, loop)
    finally:
        loop.run_until_complete(client.aclose())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def _in_memory() -> str | None:
    """Where files never reach a disk, if the machine has such a place: what is thrown away need not be durable."""
    place = "/dev/shm"  # noqa: S108 - the folder made in it is private
    return place if os.access(place, os.W_OK) else None


@contextmanager
def throw_away_folder() -> Iterator[Path]:
    """A private folder, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="cairn-rehearsal-", dir=_in_memory()) as folder:
        yield Path(folder)


@contextmanager
def hub_in(folder: Path, now: datetime, configure: Callable[[Path], Settings]) -> Iterator[ThrowAwayHub]:
    """A hub at this instant, on the adapters that `configure` gives for its folder."""
    clock = SimulatedClock(now)
    hub = Hub(configure(folder), clock, _PLAYED_ON, SEED, pages=False)
    try:
        with hub_at(hub, clock) as playing:
            yield playing
    finally:
        hub.close()


@contextmanager
def throw_away_hub(now: datetime, configure: Callable[[Path], Settings]) -> Iterator[ThrowAwayHub]:
    """A hub with nothing in it; gone afterwards."""
    with throw_away_folder() as folder, hub_in(folder, now, configure) as playing:
        yield playing
