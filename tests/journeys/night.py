"""A night at Children's House B, played on a hub, with the questions that people ask of it afterwards."""

import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2

from services.console.rehearsal.hubs import LEAD, Stage, throw_away_hub
from services.console.rehearsal.parts import embedded_settings
from services.console.rehearsal.player import Player
from services.console.rehearsal.scenario import JSON, Scenario, instant, load

HOUSE_B = load(Path(__file__).parents[2] / "policies" / "scenarios" / "house_b.json")


@dataclass
class Night:
    """The night, played to the end of its reports."""

    player: Player

    @property
    def stage(self) -> Stage:
        return self.player.hub

    def item(self, name: str) -> str:
        """The hub's ref of an item of the scenario."""
        return next(ref for ref, known in self.player.items.items() if known == name)

    def feed(self, partner: str, purpose: str, who: str = "system") -> list[JSON]:
        """The lines of a partner's feed for a purpose."""
        return [json.loads(line) for line in self.feed_bytes(partner, purpose, who).splitlines()]

    def feed_bytes(self, partner: str, purpose: str, who: str = "system") -> bytes:
        query = {"purpose": purpose, "limit": "500"}
        return self.stage.ask("GET", "/sharing/v1/feed", f"{partner}/{who}", params=query).content

    def records(self, partner: str, purpose: str, who: str = "system", **query: str) -> list[JSON]:
        """What a partner may read for a purpose."""
        asked = {"purpose": purpose, "limit": "500"} | {name.rstrip("_"): value for name, value in query.items()}
        answer = self.stage.ask("GET", "/sharing/v1/records", f"{partner}/{who}", params=asked)
        return list(answer.json()["records"])

    def record(self, partner: str, purpose: str, item: str, who: str = "system") -> JSON | None:
        """What a partner may read of one item of the scenario, or None."""
        known = self.player.references(partner)
        found = [one for one in self.records(partner, purpose, who) if known[one["record"]] == item]
        return found[0] if found else None

    def matrix(self, **query: str) -> JSON:
        """Item of the scenario -> partner -> cell, as governance tells it."""
        answer = self.stage.ask("GET", "/governance/v1/matrix", LEAD, params=query | {"limit": "500"}).json()
        return {self.player.items[one["item"]]: one["cells"] for one in answer["items"]}

    def who_saw(self, **query: str) -> list[JSON]:
        answer = self.stage.ask("GET", "/governance/v1/who-saw", LEAD, params=query | {"limit": "500"})
        return list(answer.json()["accesses"])

    def recalls(self, partner: str) -> list[JSON]:
        """What a partner has still to remove."""
        return list(self.stage.ask("GET", "/sharing/v1/recalls", f"{partner}/system").json()["recalls"])

    def acknowledge(self, partner: str) -> None:
        for one in self.recalls(partner):
            self.stage.ask("POST", f"/sharing/v1/recalls/{one['recall']}/ack", f"{partner}/system")
        self.stage.settle()

    def lead(self, path: str, body: JSON | None = None) -> httpx2.Response:
        """Something a governance lead does on the agreement desk."""
        answer = self.stage.ask("POST", f"/sharing/v1/{path}", LEAD, json=body or {})
        self.stage.settle()
        return answer

    def post(self, by: str, event: JSON) -> JSON:
        """Post one event as an agency's system; returns the receipt."""
        headers = {"content-type": "application/cloudevents+json"}
        answer = self.stage.ask("POST", "/intake/v1/events", f"{by}/system", content=json.dumps(event), headers=headers)
        return dict(answer.json())

    def apply(self, *rules: JSON) -> None:
        """Rules of a scenario's branch."""
        for number, rule in enumerate(rules):
            self.player.apply(f"/rules/{number}", rule)

    def at(self, when: str) -> None:
        """Make it this instant."""
        self.stage.move(instant(when))


def without(scenario: Scenario, reports: Iterable[str]) -> Scenario:
    """The scenario as if some reports had never been posted."""
    left_out = set(reports)
    return replace(scenario, reports=tuple(one for one in scenario.reports if one["id"] not in left_out))


def with_reports(scenario: Scenario, *reports: JSON, subjects: dict[str, str] | None = None) -> Scenario:
    """The scenario with more reports at its end."""
    more = dict(scenario.subjects) | (subjects or {})
    return replace(scenario, reports=(*scenario.reports, *reports), subjects=more)


@contextmanager
def played(scenario: Scenario, stage: AbstractContextManager[Stage]) -> Iterator[Night]:
    """The scenario, played on this stage."""
    with stage as opened:
        player = Player(opened, scenario)
        player.prepare()
        yield Night(player)


def embedded(scenario: Scenario) -> AbstractContextManager[Stage]:
    """A throw-away hub on the embedded adapters."""
    return throw_away_hub(scenario.now, embedded_settings)


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a JSON value, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from texts_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)
