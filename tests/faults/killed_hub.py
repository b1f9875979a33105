"""A hub that is going to be killed: its callers, what they tell of their answers, and its last examination."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schemas.access import AccessRecorded
from schemas.envelope import Event
from services.composition import SERVICES, Hub
from services.console.rehearsal.hubs import LEAD, Refused
from services.kernel import topics
from services.kernel.following import Running
from services.kernel.log import BEFORE_FIRST, Log
from tests.faults.forked import Say
from tests.faults.planted import PLANTED
from tests.faults.small_hub import READER, SENDER, Callers, calling, check_feeds, open_hub

POSTERS = 3
_BREATH_SECONDS = 0.01
"""Between two reports of one poster: a hub that never catches up has nothing current to be read."""
_RULING_SECONDS = 0.2
_AGREEMENT = "/sharing/v1/agreements/P1"


@dataclass
class Told:
    """What callers of a hub were answered, over all its lives."""

    attempted: set[int] = field(default_factory=set)
    acknowledged: dict[int, str | None] = field(default_factory=dict)
    """The number of a report -> its receipt."""
    read: Counter[str] = field(default_factory=Counter)
    """The reference of a record -> how often it was released to the reader."""
    wrongly: list[str] = field(default_factory=list)
    suspended: bool = False
    ruling: bool = False
    """Whether a ruling was asked for that was not answered."""

    def hear(self, line: dict[str, Any]) -> None:
        """One thing that a child told."""
        match line:
            case {"attempt": number}:
                self.attempted.add(number)
            case {"receipt": receipt, "number": number}:
                self.acknowledged[number] = receipt
            case {"read": references, "forbidden": forbidden}:
                self.read.update(references)
                if references and forbidden:
                    self.wrongly.append(f"{len(references)} records were released after the suspension was answered")
            case {"asks": _}:
                self.ruling = True
            case {"suspended": suspended}:
                self.suspended, self.ruling = suspended, False
            case {"failed": what}:
                self.wrongly.append(what)


def live(folder: Path, numbers: Sequence[int], planted: str | None, ruling: bool, say: Say) -> None:
    """A hub that runs, with callers that report, read and rule, until it is killed."""
    with PLANTED[planted](say) if planted else contextlib.nullcontext():
        hub = open_hub(folder, SERVICES, wait_seconds=1)
        Running(hub.followers, retry_seconds=0.1)
        with asyncio.Runner() as runner:
            runner.run(_load(hub, iter(numbers), ruling, say))


async def _load(hub: Hub, numbers: Iterator[int], ruling: bool, say: Say) -> None:
    callers = Callers(hub)
    state = _Ruled()
    rules = [_rule(callers, state, say)] if ruling else []
    await asyncio.gather(*(_report(callers, numbers, say) for _ in range(POSTERS)), _read(callers, state, say), *rules)


@dataclass
class _Ruled:
    """What is known of the agreement by whoever reads."""

    surely_suspended: bool = False
    times: int = 0


async def _report(callers: Callers, numbers: Iterator[int], say: Say) -> None:
    for number in numbers:
        say({"attempt": number})
        try:
            receipt = await callers.post(number)
        except Refused as refused:
            say({"failed": f"a report was refused: {refused}"})
            continue
        say({"number": number, "receipt": receipt["receipt"]})
        await asyncio.sleep(_BREATH_SECONDS)


async def _read(callers: Callers, state: _Ruled, say: Say) -> None:
    cursor, seen_times = None, 0
    while True:
        suspended, times = state.surely_suspended, state.times
        if suspended or times != seen_times:  # from the beginning, as there may be much that is forbidden now
            cursor, seen_times = None, times
        try:
            lines, cursor = await callers.page(READER, cursor, limit=50)
        except Refused as refused:
            if refused.status != 503:
                say({"failed": f"a read was refused: {refused}"})
            continue
        released = [line.record for line in lines if line.kind == "disclosed"]
        say({"read": released, "forbidden": suspended and state.times == times})
        if not lines:
            await asyncio.sleep(_BREATH_SECONDS)


async def _rule(callers: Callers, state: _Ruled, say: Say) -> None:
    """Suspend and reinstate the agreement in turn."""
    found = (await callers.ask("GET", _AGREEMENT, LEAD)).json()
    suspended = found["state"] == "suspended"
    state.surely_suspended = suspended
    say({"suspended": suspended})
    while True:
        await asyncio.sleep(_RULING_SECONDS)
        what = "reinstatement" if suspended else "suspension"
        say({"asks": what})
        state.surely_suspended, state.times = False, state.times + 1
        await callers.ask("POST", f"{_AGREEMENT}/{what}", LEAD, json={"reason": "a test"})
        suspended = not suspended
        state.surely_suspended = suspended
        say({"suspended": suspended})


def check(folder: Path, told: Told, say: Say) -> None:
    """Start the hub once more, let it settle, and say what of its promises it broke."""
    with closing(open_hub(folder, SERVICES)) as hub:
        hub.settle()
        with calling(hub) as run:
            state = run(lambda callers: callers.ask("GET", _AGREEMENT, LEAD)).json()["state"]
            lost = [number for number, receipt in told.acknowledged.items() if not _accepted(run, receipt)]
        _promise(say, not lost, f"{len(lost)} receipts that were given are not known any more")
        suspended = state == "suspended"
        _promise(say, told.ruling or suspended == told.suspended, f"the agreement is {state}, against what was said")
        try:
            check_feeds(hub, frozenset(told.acknowledged), frozenset(told.attempted), suspended)
        except AssertionError as broken:
            say({"failed": str(broken)})
        check_log(hub.log, told, say)


def _accepted(run: Callable[..., Any], receipt: str | None) -> bool:
    if receipt is None:  # a planted fault gives none
        return True
    path = f"/intake/v1/receipts/{receipt}"
    try:
        found = run(lambda callers: callers.ask("GET", path, f"{SENDER}/system")).json()
    except Refused:
        return False
    return bool(found["status"] == "accepted")


def check_log(log: Log, told: Told, say: Say) -> None:
    """Say what on the log is not as callers were answered."""
    said = [*_entries(log, topics.REPORTS)]
    names = {name for name, _ in said}
    _promise(say, len(names) >= len(told.acknowledged), "acknowledged reports are not on hub.reports")
    _promise(say, len(names) <= len(told.attempted), "there is a report on hub.reports that nobody posted")
    _promise(say, len(set(said)) == len(names), "one report was said in two ways")
    traced = Counter(seen for _, value in dict(_entries(log, topics.ACCESS)).items() for seen in _seen(value))
    untraced = told.read - traced
    _promise(say, not untraced, f"{untraced.total()} records were released without a trace")
    say({"said_again": len(said) - len(names)})


def _promise(say: Say, kept: bool, otherwise: str) -> None:
    if not kept:
        say({"failed": otherwise})


def _entries(log: Log, topic: str) -> Iterator[tuple[str, bytes]]:
    for partition in range(log.partitions(topic)):
        after = BEFORE_FIRST
        while entries := log.read(topic, partition, after):  # Kafka gives no more at once than it thinks fit
            yield from ((entry.id, entry.value) for entry in entries)
            after = entries[-1].position


def _seen(value: bytes) -> list[str]:
    data = Event[AccessRecorded].model_validate_json(value).data
    return [one.reference for one in data.seen] if data.operation == "feed.read" and data.partner == READER else []
