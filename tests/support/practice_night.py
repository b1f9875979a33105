"""A night as the practice room meets it: House B played as it happened, and then an evening with much still to do."""

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from schemas.access import AccessRecorded
from schemas.envelope import Event, source_of
from schemas.reports import example
from services.composition import SERVICES, Hub
from services.console.rehearsal.hubs import SEED, ThrowAwayHub, hub_at, throw_away_folder
from services.console.rehearsal.parts import embedded_settings
from services.console.rehearsal.player import Player
from services.console.rehearsal.scenario import load
from services.kernel import topics
from services.kernel.clock import SimulatedClock
from services.kernel.log import BEFORE_FIRST
from tests.support.reading import words

_HOUSE_B = load(Path(__file__).parents[2] / "policies" / "scenarios" / "house_b.json")
NOW = _HOUSE_B.now
ISLA, CAL, SKYE, JAMIE = "q1", "q2", "q3", "q4"
_NAMES: Mapping[str, dict[str, str]] = {
    ISLA: {"given_name": "Isla", "family_name": "Invented", "pronouns": "she/her"},
    CAL: {"given_name": "Callum", "family_name": "Madeup", "known_as": "Cal"},
    SKYE: {"given_name": "=Skye", "family_name": "<i>Fictional</i>"},
}

Report = dict[str, Any]


def event(name: str, by: str, kind: str, hours_ago: float, who: str, **sections: Mapping[str, Any]) -> Report:
    """A report about one young person, of these sections: the published example's, with these fields instead."""
    found = copy.deepcopy(example(f"cairn.{kind}.v1"))
    data: dict[str, Any] = {
        "people": {who: {"kind": "young_person", "identifiers": [f"swis|9{who[1:]}"], "born": "2011-01-01"}},
        "contexts": {},
    }
    for section, instead in sections.items():
        content = found["data"].get(section) or {"status": "missing"}
        part = next(iter(content.pop("each", {}).values()), None)
        if section == "identity":
            part = _NAMES.get(who, part)
        handling = {"handling": instead["handling"]} if "handling" in instead else {}
        content |= {"about": [who], **({"each": {who: part}} if part else {}), **instead, **handling}
        data[section] = content
    for left_out in ("correlationid", "causationid", "subject", "recordedtime", "sequence"):
        found.pop(left_out, None)
    at = (NOW - timedelta(hours=hours_ago)).isoformat()
    return found | {"id": name, "source": source_of(by), "type": f"cairn.{kind}.v1", "time": at, "data": data}


def ago(hours: float) -> str:
    """An instant before now, as reports write one."""
    return (NOW - timedelta(hours=hours)).isoformat()


EVENING: Sequence[Report] = (
    # Isla is missing, for the fourth time in thirty days
    event("M1", "childrens-house", "missing-episode.reported", 7, ISLA, identity={}, missing={"since": ago(7.6)}),
    event("M2", "police", "missing-episode.risk-assessed", 6.5, ISLA, missing={}),
    *(
        one
        for n, days in enumerate((25, 12, 6))
        for one in (
            event(f"B{n}", "childrens-house", "missing-episode.reported", days * 24, ISLA,
                  missing={"since": ago(days * 24 + 1)}),
            event(f"F{n}", "police", "missing-episode.located", days * 24 - 5, ISLA,
                  missing={"found": ago(days * 24 - 5)}),
            event(f"C{n}", "return-service", "return-discussion.completed", days * 24 - 30, ISLA, voice_safety={}),
        )
    ),
    # Cal is back for eighty hours, and nobody has offered to listen
    event("M4", "childrens-house", "missing-episode.reported", 90, CAL, identity={}, missing={"since": ago(91)}),
    event("M5", "police", "missing-episode.located", 80, CAL, missing={"found": ago(80)}),
    # Skye is back since yesterday, and a discussion is offered
    event("M6", "police", "missing-episode.reported", 30, SKYE, identity={}, missing={"since": ago(31)}),
    event("M7", "police", "missing-episode.located", 20, SKYE, missing={"found": ago(20)}),
    event("M8", "return-service", "return-discussion.offered", 18, SKYE, missing={}),
    # and others are worried
    event("M20", "education", "school.concern", 5, JAMIE, school={"concern": "=HYPERLINK(\"x\") said <b>nobody</b>"}),
    event("M23", "police", "ird.convened", 2, ISLA, decision={}),
)  # fmt: skip

SECRETS: Sequence[Report] = (
    event("S1", "return-service", "return-discussion.completed", 4, ISLA, voice_private={}),
    event("S2", "return-service", "return-discussion.completed", 3, "q9", voice_private={}),
    event("S3", "police", "intelligence.published", 4, CAL,
          intelligence_sanitised={"handling": {"code": "C", "existence": "silent"}}),
    event("S4", "police", "intelligence.published", 2, "q9", intelligence_source={}),
    event("S5", "health", "health.attendance", 1, JAMIE, health_sensitive={}),
    event("S6", "health", "health.attendance", 1, "q8", health_sensitive={}),
)  # fmt: skip
"""What nobody but the agency that reported it may know, not even that there is anything to know."""


@dataclass
class Room:
    """The hub with the night behind it, and its pages as anybody opens them."""

    stage: ThrowAwayHub
    clock: SimulatedClock

    def open(
        self, path: str, who: str = "social-work/duty-worker", method: str = "GET", **request: Any
    ) -> httpx2.Response:
        """A page, whatever its status, as if asked for from one of the hub's own; `path` is below the panel."""
        headers = {"authorization": f"Demo {who}", "sec-fetch-site": "same-origin"} | request.pop("headers", {})
        asked = self.stage._client.request(method, f"/panel{path}", headers=headers, **request)
        answer = self.stage._loop.run_until_complete(asked)
        self.stage.settle()
        return answer

    def page(self, path: str, who: str = "social-work/duty-worker", **asked: str) -> str:
        """A page that is there, as it reads; for child protection, unless another purpose is asked for."""
        answer = self.open(path, who, params={"purpose": "child_protection", **asked})
        assert answer.status_code == 200, answer.text
        return words(answer.text)

    def post(self, *events: Report) -> None:
        """Agencies report."""
        for one in events:
            by = one["source"].rpartition(":")[2]
            headers = {"content-type": "application/cloudevents+json"}
            self.stage.ask("POST", "/intake/v1/events", f"{by}/system", content=json.dumps(one), headers=headers)
        self.stage.settle()

    def accesses(self) -> list[AccessRecorded]:
        """All that was read, as the log has it, the latest last."""
        entries = self.stage.hub.log.read(topics.ACCESS, 0, BEFORE_FIRST, 100_000)
        return [Event[AccessRecorded].model_validate_json(entry.value).data for entry in entries]

    def rows(
        self, path: str, who: str = "social-work/duty-worker", purpose: str = "child_protection", **asked: str
    ) -> list[Any]:
        """The rows of a list, as its twin tells them."""
        answer = self.open(f"{path}.json", who, params={"purpose": purpose, **asked})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["rows"])

    def reference(self, words: str, who: str = "social-work/duty-worker") -> str:
        """By which reference an agency knows somebody whom it calls this."""
        return next(str(row["reference"]) for row in self.rows("/young-people", who) if row["young_person"] == words)


@contextmanager
def practice_night(secrets: Sequence[Report] = ()) -> Iterator[Room]:
    """The night and the evening, with these secrets among it."""
    with throw_away_folder() as folder:
        clock = SimulatedClock(NOW)
        hub = Hub(embedded_settings(folder), clock, SERVICES, SEED)
        try:
            with hub_at(hub, clock) as stage:
                room = Room(stage, clock)
                _play(room, secrets)
                yield room
        finally:
            hub.close()


def _play(room: Room, secrets: Sequence[Report]) -> None:
    room.clock.move(min(datetime.fromisoformat(report["at"]) for report in _HOUSE_B.reports))
    Player(room.stage, _HOUSE_B, as_it_happened=True).prepare()
    room.stage.move(NOW)
    for one in sorted((*EVENING, *secrets), key=lambda each: (each["time"], each["id"])):
        room.post(one)
