"""A hub of all services in which the panel is a partner, spoken to through its interfaces alone."""

import atexit
import copy
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx2

from schemas.reports import example
from services.composition import Hub
from services.console.rehearsal.hubs import LEAD, ThrowAwayHub, hub_at
from services.console.rehearsal.parts import embedded_settings
from services.console.rehearsal.telling import agreement_of
from services.kernel.clock import SimulatedClock
from tests.support.described import Operation, operation_at, undescribed

JSON = dict[str, Any]

NOW = datetime(2026, 5, 7, 9, tzinfo=UTC)
PARTNERS = {
    "social-work": "Social work",
    "police": "Police",
    "health": "Health",
    "education": "Education",
    "youth-work": "Youth work",
    "childrens-house": "Children's house",
    "bus-operator": "Bus operator",
    "efh-panel": "The panel",
}
CHAIR, COORDINATOR, MINUTE_TAKER = "efh-panel/chair", "efh-panel/coordinator", "efh-panel/minute-taker"
NETWORK = ("social-work", "police", "health", "education", "youth-work", "efh-panel")
AGREEMENTS: list[JSON] = [
    {
        "id": "P1",
        "title": "Contexts and groups",
        "purpose": "context",
        "parties": [*NETWORK, "bus-operator"],
        "grants": {
            **{partner: {"context": "full", "peer_links": "pseudonymised"} for partner in NETWORK},
            "bus-operator": {"context": "generalised"},
        },
    },
    {
        "id": "P2",
        "title": "What the panel is brought, and what it decides",
        "purpose": "child_protection",
        "parties": ["social-work", "police", "health", "efh-panel"],
        "grants": {
            "efh-panel": {"decision": "full", "identifiers": "full", "identity": "full"},
            "social-work": {"decision": "full"},
            "police": {"decision": "full"},
        },
    },
    {
        "id": "P3",
        "title": "Actions of the children's house",
        "purpose": "child_protection",
        "parties": ["childrens-house", "efh-panel"],
        "grants": {"childrens-house": {"action": "full"}},
    },
]


class PanelHub:
    """Nothing in it moves but when it is asked, and then everything does."""

    def __init__(self, stage: ThrowAwayHub) -> None:
        self.stage, self._posted = stage, 0
        self.answered: dict[Operation, list[Any]] = {}
        """What was answered so far, other than refusals."""

    def prepare(self) -> None:
        """Let the partners join and the agreements come into force."""
        stage = self.stage
        for partner, name in PARTNERS.items():
            stage.ask("POST", "/sharing/v1/partners", LEAD, json={"partner": partner, "name": name})
        for agreement in AGREEMENTS:
            self._agree(agreement)
        stage.settle()

    def _agree(self, agreement: JSON) -> None:
        whole = {**agreement, "starts": "2026-01-05T00:00:00Z", "ends": "2027-01-05T00:00:00Z"}
        here = f"/sharing/v1/agreements/{agreement['id']}"
        self.stage.ask("POST", "/sharing/v1/agreements", LEAD, json=agreement_of(whole))
        for party in agreement["parties"]:
            self.stage.ask("POST", f"{here}/signatures", f"{party}/signatory", json={})
        self.stage.ask("POST", f"{here}/in-force", LEAD, json={})

    def report(self, by: str, type_name: str, data: JSON, at: str = "2026-05-06T16:30:00+01:00") -> JSON:
        """An agency reports; returns its receipt."""
        self._posted += 1
        event = {
            "specversion": "1.0",
            "id": f"report-{self._posted}",
            "source": f"urn:cairn:partner:{by}",
            "type": type_name,
            "time": at,
            "data": data,
        }
        headers = {"content-type": "application/cloudevents+json"}
        receipt: JSON = self.stage.ask("POST", "/intake/v1/events", f"{by}/system", json=event, headers=headers).json()
        assert receipt["status"] == "accepted", receipt
        self.stage.settle()
        return receipt | {"id": event["id"]}

    def raw(self, method: str, path: str, who: str, **request: Any) -> httpx2.Response:
        """One request to the panel, whatever it answers; as its interface is described, if it is of that."""
        headers = {"authorization": f"Demo {who}"} | request.pop("headers", {})
        made = self.stage._client.request(method, f"/panel{path}", headers=headers, **request)
        answered = self.stage._loop.run_until_complete(made)
        operation = operation_at("panel", method, path)
        if operation is not None and answered.status_code < 400:
            media_type = answered.headers["content-type"]
            assert undescribed(operation, answered.status_code, media_type, answered.content) == []
            self.answered.setdefault(operation, []).append(answered.json())
        self.stage.settle()
        return answered

    def get(self, path: str, who: str, purpose: str = "context", **query: str) -> Any:
        """What the panel answers to somebody."""
        answered = self.raw("GET", path, who, params={"purpose": purpose, **query})
        assert answered.status_code == 200, answered.text
        return answered.json()

    def post(self, path: str, who: str, **said: Any) -> Any:
        """What becomes of something that somebody tells the panel."""
        answered = self.raw("POST", path, who, json=said)
        assert answered.status_code in (200, 201), answered.text
        return answered.json()

    def refused(self, path: str, who: str, **said: Any) -> JSON:
        """The problem that somebody is answered with."""
        answered = self.raw("POST", path, who, json=said)
        assert answered.status_code >= 400, answered.text
        problem: JSON = answered.json()
        return problem

    def records(self, agency: str, purpose: str = "child_protection") -> list[JSON]:
        """What an agency reads from the hub itself."""
        answered = self.stage.ask("GET", "/sharing/v1/records", f"{agency}/system", params={"purpose": purpose})
        found: list[JSON] = answered.json()["records"]
        return found


def bus_station(**context: Any) -> JSON:
    """The data of a report about one bus station."""
    told = {"about": ["bus"], "kind": "place", "location_band": "bus_station", "spot": "stance 3", **context}
    return {"contexts": {"bus": {"uprn": "999900004711"}}, "about_contexts": ["bus"], "context": told}


def group_referral() -> JSON:
    """The published example of a referral of a group, as social work sends it."""
    return copy.deepcopy(example("cairn.referral.submitted.v1")["data"])


@contextmanager
def panel_hub(folder: Path) -> Iterator[PanelHub]:
    """A hub of its own, in which the partners have joined and agreed."""
    shutil.copytree(_prepared(), folder, dirs_exist_ok=True)
    with _opened(folder) as hub:
        yield hub


@contextmanager
def _opened(folder: Path) -> Iterator[PanelHub]:
    clock = SimulatedClock(NOW)
    hub = Hub(embedded_settings(folder), clock, pages=False)
    try:
        with hub_at(hub, clock) as stage:
            yield PanelHub(stage)
    finally:
        hub.close()


@cache
def _prepared() -> Path:
    """A folder in which it was done once, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="cairn-panel-hub-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with _opened(folder) as hub:
        hub.prepare()
    return folder


def soon(**later: float) -> str:
    """An instant after now, as JSON has it."""
    return (NOW + timedelta(**later)).isoformat()
