"""Kills on the real parts: each service a process, on Kafka, OPA and PostgreSQL; one or all of them killed under load.

Callers believe the answers they had, and nothing else: what was not answered is sent again, or never.
"""

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import httpx2

from deploy.local.parts import Share
from services.console.rehearsal.hubs import LEAD, Refused, unless_refused
from services.kernel.log.opening import open_log
from tests.faults.killed_hub import Told, check_log
from tests.faults.kills import Tally
from tests.faults.small_hub import AGREEING, NOW, PARTNERS, PURPOSE, READER, SENDER, Line, check_lines, line_of, report
from tests.support.process_hub import ProcessEnded, ProcessHub, process_hub

SERVICES = ("intake", "sharing", "governance")
VICTIMS = (*SERVICES, "all")
WAITS = {"CAIRN_CURRENCY_WAIT_SECONDS_MAX": "1", "CAIRN_AT_LEAST_WAIT_SECONDS_MAX": "1"}
_POSTERS = 2
_BREATH_SECONDS = 0.02
_WORK_SECONDS = (0.1, 1.0)
_START_SECONDS_MAX = 1.5
_CARELESS_SECONDS = 0.3


@dataclass(frozen=True)
class RealTrial:
    """A hub of several processes, to be killed so often; `careless` callers count a report before it is answered."""

    seed: int
    kills: int
    careless: bool = False


def try_real(share: Share, trial: RealTrial, say: Callable[[str], None] = lambda _: None) -> Tally:
    """Run it on these parts; what became of it."""
    chance, told, tally = random.Random(trial.seed), Told(), Tally()
    with process_hub(share, NOW, SERVICES, **WAITS) as hub:
        agree(hub)
        with loaded(hub, told, trial):
            for victim in _victims(trial.kills):
                time.sleep(chance.uniform(*_WORK_SECONDS))
                tally.at_start += _kill(hub, victim, chance)
                tally.kills += 1
                if tally.kills % 10 == 0:
                    say(f"{tally.kills} kills, {len(told.acknowledged):,} reports acknowledged")
        hub.settle()
        examine(hub, share, told)
    tally.acknowledged, tally.released = len(told.acknowledged), sum(told.read.values())
    tally.broken = [f"hub {trial.seed}: {what}" for what in told.wrongly]
    return tally


def agree(hub: ProcessHub) -> None:
    """Let the partners join, and their agreement come into force."""
    for path, caller, body in AGREEING:
        hub.ask("POST", path, caller, json=body)
    hub.settle()


def _victims(kills: int) -> Iterator[str]:
    return (victim for victim, _ in zip(cycle(VICTIMS), range(kills), strict=False))


def _kill(hub: ProcessHub, victim: str, chance: random.Random) -> bool:
    """Kill it and start it again; now and then once more while it starts. Whether that was so."""
    names = SERVICES if victim == "all" else (victim,)
    at_start = chance.random() < 0.3
    for name in names:
        hub.kill(name)
    if at_start:
        hub.begin(*names)
        time.sleep(chance.uniform(0, _START_SECONDS_MAX))
        for name in names:
            hub.kill(name)
    hub.start(*names)
    return at_start


# the load


@dataclass
class _Load:
    """Callers that go on whatever happens to the hub."""

    hub: ProcessHub
    told: Told
    trial: RealTrial
    stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _latest: int = -1

    def report(self, poster: int) -> None:
        chance = random.Random(self.trial.seed * 1_000 + poster)
        again: int | None = None
        while not self.stop.wait(_BREATH_SECONDS):
            number = self._next() if again is None else again
            self.told.attempted.add(number)
            if self.trial.careless:
                self.told.acknowledged[number] = None
                time.sleep(_CARELESS_SECONDS)
            content, headers = json.dumps(report(number)), {"content-type": "application/cloudevents+json"}
            answer = self._asked(
                "intake", "POST", "/v1/events", f"{SENDER}/system", {202, 503}, content=content, headers=headers
            )
            taken = answer is not None and answer.status_code == 202
            if answer is not None and taken:
                self.told.acknowledged[number] = answer.json()["receipt"]
            again = number if not taken and not self.trial.careless and chance.random() < 0.5 else None

    def read(self) -> None:
        cursor: dict[str, str] = {}
        while not self.stop.wait(_BREATH_SECONDS):
            query = {"purpose": PURPOSE.value, "limit": "50", **cursor}
            answer = self._asked("sharing", "GET", "/v1/feed", f"{READER}/system", {200, 503}, params=query)
            lines = answer.content.splitlines() if answer is not None and answer.status_code == 200 else []
            if lines:
                self.told.read.update(json.loads(line)["record"]["record"] for line in lines)
                cursor = {"after": json.loads(lines[-1])["cursor"]}

    def govern(self) -> None:
        while not self.stop.wait(5 * _BREATH_SECONDS):
            self._asked("governance", "GET", "/v1/who-saw", LEAD, {200, 503}, params={"limit": "20"})

    def _asked(
        self, service: str, method: str, path: str, caller: str, fine: set[int], **request: Any
    ) -> httpx2.Response | None:
        """The answer, or None where nobody answers, as while a service is down."""
        process = self.hub.processes.get(service)
        if process is None or not process.serves:
            return None
        try:
            answer = process.request(method, path, caller, **request)
        except ProcessEnded:
            return None
        if answer.status_code not in fine:
            self.told.wrongly.append(f"{method} {path} was answered with {answer.status_code}: {answer.text[:200]}")
        return answer

    def _next(self) -> int:
        with self._lock:
            self._latest += 1
            return self._latest


@contextmanager
def loaded(hub: ProcessHub, told: Told, trial: RealTrial) -> Iterator[None]:
    """Callers that report, read and look into the log until the block ends; `told` hears what they are answered."""
    load = _Load(hub, told, trial)
    work: list[Callable[[], None]] = [load.read, load.govern]
    work += [lambda poster=poster: load.report(poster) for poster in range(_POSTERS)]  # type: ignore[misc]
    threads = [threading.Thread(target=_kept_on, args=(one, told)) for one in work]
    for one in threads:
        one.start()
    try:
        yield
    finally:
        load.stop.set()
        for one in threads:
            one.join()


def _kept_on(work: Callable[[], None], told: Told) -> None:
    try:
        work()
    except Exception as error:  # noqa: BLE001 - a caller that falls over must not go unnoticed
        told.wrongly.append(f"a caller fell over: {type(error).__name__}: {error}")


# the examination


def examine(hub: ProcessHub, share: Share, told: Told) -> None:
    """Note in `told` what of its promises a settled hub broke."""
    lost = [number for number, receipt in told.acknowledged.items() if not _is_known(hub, receipt)]
    if lost:
        told.wrongly.append(f"{len(lost)} receipts that were given are not known any more")
    try:
        feeds = {partner: _feed(hub, partner) for partner in PARTNERS}
        check_lines(feeds, frozenset(told.acknowledged), frozenset(told.attempted))
    except AssertionError as broken:
        told.wrongly.append(str(broken))
    with closing(open_log(share.log)) as log:
        check_log(log, told, told.hear)


def _is_known(hub: ProcessHub, receipt: str | None) -> bool:
    if receipt is None:  # careless callers have none
        return True
    with suppress(Refused):
        found = hub.ask("GET", f"/intake/v1/receipts/{receipt}", f"{SENDER}/system").json()
        return bool(found["status"] == "accepted")
    return False


def _feed(hub: ProcessHub, partner: str) -> list[Line]:
    found, cursor = list[Line](), dict[str, str]()
    while True:
        query = {"purpose": PURPOSE.value, "limit": "500", **cursor}
        answer = unless_refused(hub.ask("GET", "/sharing/v1/feed", f"{partner}/system", params=query))
        lines = [json.loads(line) for line in answer.content.splitlines()]
        if not lines:
            return found
        found += [line_of(one) for one in lines]
        cursor = {"after": lines[-1]["cursor"]}
