"""A scenario told to a hub that is killed (SIGKILL) all the while, by callers who ask again until they are answered."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import httpx2

from services.console.rehearsal.comparing import Outcome, rehearse
from services.console.rehearsal.hubs import LEAD, throw_away_folder, unless_refused
from services.console.rehearsal.player import Player
from services.console.rehearsal.scenario import Scenario
from tests.support.process_hub import Process, ProcessEnded, ProcessHub

_SERVICES: Final = ("intake", "sharing", "governance")
_ALL: Final = "all"
_KILLED: Final = 0.15
"""In what share of the requests the hub is killed: before it, while it is answered, or just after."""
_KILLED_WITHIN_SECONDS: Final = 0.03
_SETTLE_SECONDS_MAX: Final = 120
_LOOK_SECONDS: Final = 0.03


class KilledHub:
    """An embedded hub of one process, on which a scenario can be played while it is killed and started again."""

    def __init__(self, hub: ProcessHub, seed: int) -> None:
        self._hub, self._chance = hub, random.Random(seed)
        self.kills = 0

    def ask(self, method: str, path: str, caller: str, **request: Any) -> httpx2.Response:
        """One request, again and again until it is answered. Raises Refused for any answer of 400 or more, unless it
        says that what was asked for is done: then a hub did it that was killed before it could say so."""
        was_killed = False
        while True:
            self._perhaps_kill()
            try:
                answer = self._process.request(method, path, caller, **request)
            except ProcessEnded:
                self._start()
                was_killed = True
                continue
            if answer.status_code == 503:
                time.sleep(_LOOK_SECONDS)
            elif was_killed and answer.status_code == 409:
                return answer
            else:
                return unless_refused(answer)

    def settle(self) -> None:
        """Wait until no service has anything to do, twice in a row."""
        until, idle = time.monotonic() + _SETTLE_SECONDS_MAX, 0
        while idle < 2:
            waiting = [self.ask("GET", f"/{name}/v1/currency", LEAD).json()["waiting"] for name in _SERVICES]
            idle = 0 if any(waiting) else idle + 1
            if time.monotonic() > until:
                raise ProcessEnded(f"not settled, waiting: {waiting}\n{self._process.last_lines()}")
            time.sleep(_LOOK_SECONDS)

    def now(self) -> datetime:
        """What time the hub believes it is."""
        return self._hub.now()

    def move(self, instant: datetime) -> None:
        """Make it this instant, and let it have its effects."""
        self._hub.clock.move(instant)
        self.settle()

    @property
    def _process(self) -> Process:
        return self._hub.processes[_ALL]

    def _perhaps_kill(self) -> None:
        if self._chance.random() < _KILLED:
            self.kills += 1
            threading.Timer(self._chance.uniform(0, _KILLED_WITHIN_SECONDS), self._process.kill).start()

    def _start(self) -> None:
        self._hub.kill(_ALL)
        self._hub.start(_ALL)


@contextmanager
def killed_hub(scenario: Scenario, seed: int) -> Iterator[KilledHub]:
    """A hub at the instant of a scenario, with nothing in it; gone afterwards."""
    with throw_away_folder() as folder, closing(_embedded(folder, scenario.now)) as hub:
        hub.start(_ALL)
        yield KilledHub(hub, seed)


def _embedded(folder: Path, now: datetime) -> ProcessHub:
    return ProcessHub(folder, {"CAIRN_DATA": str(folder)}, now)


def play_killed(scenario: Scenario, seed: int) -> tuple[Outcome, int]:
    """What was seen of the scenario and of its branches, and how often the hub was killed."""
    hubs: list[KilledHub] = []

    @contextmanager
    def new_player() -> Iterator[Player]:
        with killed_hub(scenario, seed * 100 + len(hubs)) as hub:
            hubs.append(hub)
            player = Player(hub, scenario)
            player.prepare()
            yield player

    outcome = rehearse(scenario, new_player)
    return outcome, sum(hub.kills for hub in hubs)
