"""A whole hub in this process with its pages, on which a scenario was played, asked by practitioners."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.testclient import TestClient

from services.composition import SERVICES, Hub
from services.console.rehearsal.hubs import SEED, ThrowAwayHub, hub_at, throw_away_folder
from services.console.rehearsal.parts import embedded_settings
from services.console.rehearsal.player import Player
from services.console.rehearsal.scenario import Scenario
from services.kernel.clock import SimulatedClock

_NAMES = {
    "police": "Police",
    "social-work": "Social work",
    "health": "Health",
    "education": "Education",
    "childrens-house": "Children's house",
    "return-service": "Return service",
    "youth-work": "Youth work",
    "bus-operator": "Bus operator",
}


@dataclass
class Practised:
    """The hub, its clock, and a browser without scripts."""

    stage: ThrowAwayHub
    clock: SimulatedClock
    client: TestClient

    @property
    def hub(self) -> Hub:
        """The services themselves."""
        return self.stage.hub

    def get(self, who: str, path: str, **query: str) -> Any:
        """The answer to opening an address below `/panel` as a practitioner."""
        return self.client.get(f"/panel{path}", params=query, headers={"authorization": f"Demo {who}"})

    def send(self, who: str, path: str, fields: dict[str, Any], **headers: str) -> Any:
        """The answer to a form, sent from a page of the hub itself."""
        given = {"authorization": f"Demo {who}", "origin": "http://testserver"} | headers
        return self.client.post(f"/panel{path}", data=fields, headers=given)

    def post(self, by: str, event: dict[str, Any]) -> Any:
        """What intake answers to an event of an agency's system."""
        headers = {"authorization": f"Demo {by}/system", "content-type": "application/cloudevents+json"}
        answer = self.client.post("/intake/v1/events", json=event, headers=headers)
        assert answer.status_code == 202, answer.text
        return answer.json()

    def settle(self) -> None:
        """Let everything that was said be heard."""
        self.hub.settle()

    def move(self, instant: datetime) -> None:
        """Make it this instant, and let it have its effects."""
        self.clock.move(instant)
        self.settle()


@contextmanager
def practised(scenario: Scenario) -> Iterator[Practised]:
    """A scenario, played on a hub that has its pages."""
    with throw_away_folder() as folder:
        clock = SimulatedClock(scenario.now)
        hub = Hub(embedded_settings(folder), clock, SERVICES, SEED)
        try:
            with hub_at(hub, clock) as stage:
                Player(stage, scenario, _NAMES).prepare()
                client = TestClient(hub.app, client=("127.0.0.1", 5), follow_redirects=False)
                yield Practised(stage, clock, client)
        finally:
            hub.close()
