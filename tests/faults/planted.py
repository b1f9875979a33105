"""Planted faults: what a careless hub would do, put into a test's own child so that the test must find it."""

import asyncio
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from sqlalchemy.orm import Session

from services.kernel.access import AccessGate
from services.kernel.http.problems import Problem
from services.kernel.keys.keyfile import KeyFile
from services.kernel.relay import NotificationRelay
from services.kernel.store.positions import remember
from services.sharing.currency import Currency
from services.sharing.pipeline import Pipeline
from tests.faults.small_hub import Callers

_CARELESS_SECONDS = 0.25
"""Long against what else happens, so that a kill seldom misses it."""
_FORGETFUL_SECONDS = 2.0
"""Longer than most lives."""
_SLOW_SECONDS = 0.03
"""Short against the time between two rulings, so that there is something to read wrongly."""


@contextmanager
def answers_before_it_keeps(say: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    """A report is acknowledged first, and kept a little later."""
    post = Callers.post

    async def careless(self: Callers, number: int) -> dict[str, Any]:
        say({"number": number, "receipt": None})
        await asyncio.sleep(_CARELESS_SECONDS)
        return await post(self, number)

    with mock.patch.object(Callers, "post", careless):
        yield


@contextmanager
def notes_before_it_says(_: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    """The relay notes that a report was said, and says it a little later."""

    def careless(self: Any) -> int:
        with self._store.reading():
            recorded = self._application.recorder.select_notifications(
                self._reached, self._batch, inclusive_of_start=False
            )
        if not recorded:
            return 0
        with self._store.transaction() as session:
            remember(session, self.name, self._application.name, 0, recorded[-1].id)
        self._reached = recorded[-1].id
        time.sleep(_CARELESS_SECONDS)
        self._log.append([record for one in recorded for record in self._said_of(one)])
        return len(recorded)

    with mock.patch.object(NotificationRelay, "step", careless):
        yield


@contextmanager
def releases_before_it_traces(_: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    """What is read is released at once, and its trace is written a little later."""
    record = AccessGate.record

    def careless(self: AccessGate, *access: Any) -> None:
        def later() -> None:
            time.sleep(_FORGETFUL_SECONDS)
            try:
                record(self, *access)
            except Problem:
                return

        threading.Thread(target=later, daemon=True).start()

    with mock.patch.object(AccessGate, "record", careless):
        yield


@contextmanager
def reads_what_is_not_current(_: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    """A read is answered from what there is, whatever the rules say by now; and deciding takes its time."""
    step = Pipeline.step

    def careless(self: Any, partner: str, question: Callable[[Session], Any], own_report: int | None) -> Any:
        with self._store.reading() as session:
            return question(session)

    def slow(self: Pipeline) -> int:
        time.sleep(_SLOW_SECONDS)
        return step(self)

    with mock.patch.object(Currency, "_answer", careless), mock.patch.object(Pipeline, "step", slow):
        yield


@contextmanager
def takes_a_repeat_as_new(_: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    """What is sent again, because its answer was not heard, is taken as another report."""
    post, mac = Callers.post, KeyFile.mac

    async def heard_late(self: Callers, number: int) -> dict[str, Any]:
        receipt = await post(self, number)
        await asyncio.sleep(_CARELESS_SECONDS)
        return receipt

    def careless(self: KeyFile, name: str, message: str) -> bytes:
        return mac(self, name, f"{message}\n{uuid.uuid4()}" if name == "report" else message)

    with mock.patch.object(Callers, "post", heard_late), mock.patch.object(KeyFile, "mac", careless):
        yield


PLANTED = {
    "answers before it keeps": answers_before_it_keeps,
    "notes before it says": notes_before_it_says,
    "releases before it traces": releases_before_it_traces,
    "reads what is not current": reads_what_is_not_current,
    "takes a repeat as new": takes_a_repeat_as_new,
}
