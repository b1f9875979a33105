"""Every route of every service: none without an identity, and nothing read without a trace."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from services.composition import SERVICES, Hub
from services.console.rehearsal.hubs import ThrowAwayHub, hub_at
from services.console.rehearsal.parts import embedded_settings
from services.console.rehearsal.player import Player
from services.console.rehearsal.scenario import load
from services.kernel.clock import SimulatedClock
from services.kernel.topics import ACCESS
from tests.architecture.asked_hub import PANEL_READS, ROOM_STEPS
from tests.architecture.checkout import ROOT
from tests.architecture.routes import Route, apps_of, routes_of
from tests.support.panel_room import CHAIR, furnish_panel

SCENARIO = ROOT / "policies" / "scenarios" / "house_b.json"
LOOPBACK, ELSEWHERE = ("127.0.0.1", 50000), ("203.0.113.9", 50000)

OPEN = {
    "GET /healthz": "says that it runs, and nothing else",
    "GET /static/{name}": "style sheets and scripts, the same for everybody",
    "GET /sign-in": "chooses an invented person, in a demonstration",
    "POST /sign-in": "chooses an invented person, in a demonstration",
}
"""Routes that need no identity, and why."""

NOT_READ = {
    "hub GET /": "leads to where people choose who they are, in a demonstration",
    "intake GET /v1/receipts/{receipt}": "the sender's own receipt, without content",
    "intake GET /v1/quarantine": "the sender's own reports that were not understood, without content",
    "intake GET /v1/currency": "how far the service is, a number",
    "sharing GET /v1/currency": "how far the service is, a number",
    "governance GET /v1/currency": "how far the service is, a number",
    "panel GET /report": "the reports that the practitioner began",
    "panel GET /report/{draft}": "leads to where the practitioner's own draft goes on",
    "panel GET /report/{draft}/check": "the practitioner's own draft",
    "panel GET /report/{draft}/sent": "the receipt of the practitioner's own report",
    "panel GET /report/{draft}/{step}": "the practitioner's own draft",
    "panel GET /young-people/find": "a form with nothing in it",
    "panel GET /room": "leads to the meetings of the panel",
    "panel GET /room/contexts/new": "a form with nothing in it",
    "panel GET /room/discussions/new": "a form with nothing in it; the numbers of whom its address names are traced",
    "panel GET /room/meetings/new": "a form with nothing in it",
    "panel GET /room/referrals/new": "a form with nothing in it",
}
"""Routes that answer a question and release nothing about anybody, and why."""

READ_FOR_EVER = {"sharing GET /v1/stream"}
"""Leave their trace when they open and with every event, and never end: tried in `test_authorisation.py`."""


@dataclass(frozen=True)
class Reading:
    """How to ask a route so that it answers."""

    caller: str
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, str] | None = None


PURPOSE = {"purpose": "child_protection"}
PRACTITIONER, LEAD = "social-work/duty-worker", "governance/lead"
READS = {
    "sharing GET /v1/agreements": Reading(LEAD),
    "sharing GET /v1/agreements/{agreement}": Reading(LEAD),
    "sharing GET /v1/partners": Reading(LEAD),
    "sharing GET /v1/records": Reading(PRACTITIONER, PURPOSE),
    "sharing GET /v1/subjects/{ref}": Reading(PRACTITIONER, PURPOSE),
    "sharing GET /v1/feed": Reading(PRACTITIONER, PURPOSE),
    "sharing POST /v1/search": Reading(PRACTITIONER, body=PURPOSE),
    "sharing GET /v1/recalls": Reading(PRACTITIONER),
    "governance GET /v1/disclosures": Reading(LEAD),
    "governance GET /v1/recalls": Reading(LEAD),
    "governance GET /v1/matrix": Reading(LEAD),
    "governance GET /v1/who-saw": Reading(LEAD, {"partner": "police"}),
    "governance GET /v1/who-saw.csv": Reading(LEAD, {"partner": "police"}),
    "governance GET /": Reading(LEAD),
    "governance GET /items/{item}/{partner}": Reading(LEAD, PURPOSE),
    "governance GET /agreements": Reading(LEAD),
    "governance GET /agreements/{agreement}": Reading(LEAD),
    "governance GET /recalls": Reading(LEAD),
    "governance GET /who-saw": Reading(LEAD, {"partner": "police"}),
    **{f"governance GET /who-looked{twin}": Reading(LEAD) for twin in ("", ".csv", ".json")},
    "panel GET /": Reading(PRACTITIONER, PURPOSE),
    **{
        f"panel GET {path}": Reading(PRACTITIONER, PURPOSE)
        for path in (
            *(
                f"/{name}{twin}"
                for name in ("queue", "young-people", "missing", "network", "places")
                for twin in ("", ".csv", ".json")
            ),
            *(f"/places/times{twin}" for twin in (".csv", ".json")),
            *(f"/young-people/{{ref}}{rest}" for rest in ("", "/timeline.csv", "/timeline.json")),
            "/queue/news.json",
        )
    },
    **{f"panel GET /v1/{path}": Reading(CHAIR, {"purpose": "context"}) for path in PANEL_READS},
    **{
        f"panel GET /room/{path}": Reading(CHAIR, {"purpose": "context"})
        for path in (
            *(
                f"{name}{twin}"
                for name in ("contexts", "referrals", "meetings", "actions", "reviews", "discussions")
                for twin in ("", ".csv", ".json")
            ),
            "contexts/{context}",
            "contexts/{context}/pack",
            "contexts/{context}/lead",
            "contexts/{context}/{step}",
            "referrals/{referral}",
            "referrals/{referral}/{step}",
            "meetings/{meeting}",
            "meetings/{meeting}/agenda.csv",
            "meetings/{meeting}/agenda.json",
            "meetings/{meeting}/{step}",
            "meetings/{meeting}/minutes",
            "meetings/{meeting}/minutes.pdf",
            "meetings/{meeting}/items/{agenda_item}",
            "meetings/{meeting}/items/{agenda_item}/carry-over",
            "meetings/{meeting}/items/{agenda_item}/interest",
            "meetings/{meeting}/items/{agenda_item}/pack",
            "actions/{action}",
            "actions/{action}/{step}",
            "reviews.ics",
        )
    },
}


@dataclass(frozen=True)
class Played:
    """House B, played on a hub of all services: there is something to read."""

    hub: Hub
    apps: dict[str, Any]
    """By service; the hub's own, with all of them below it, is called `hub`."""
    values: dict[str, str]
    """Something that is there, for each parameter of a path."""


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    scenario = load(SCENARIO)
    clock = SimulatedClock(scenario.now)
    hub = Hub(embedded_settings(tmp_path_factory.mktemp("night")), clock)
    with closing(hub), hub_at(hub, clock) as stage:
        player = Player(stage, scenario)
        player.prepare()
        stage.settle()
        records = stage.ask("GET", "/sharing/v1/records", PRACTITIONER, params=PURPOSE).json()["records"]
        values = {
            "agreement": scenario.agreements[0]["id"],
            "partner": "police",
            "item": next(iter(player.items)),
            "ref": next(about for record in records for about in record["about"]),
        }
        values |= furnish_panel(partial(_say, stage), partial(_read_room, stage), stage.now())
        yield Played(hub, apps_of(hub), values)


def _say(stage: ThrowAwayHub, service: str, path: str, who: str, content: Any) -> Any:
    media_type = "application/cloudevents+json" if service == "intake" else "application/json"
    said = stage.ask("POST", f"/{service}{path}", who, json=content, headers={"content-type": media_type})
    stage.settle()
    return said.json()


def _read_room(stage: ThrowAwayHub, path: str, who: str) -> Any:
    return stage.ask("GET", f"/panel{path}", who, params={"purpose": "context"}).json()


def _routes(night: Played) -> list[Route]:
    return routes_of(night.apps)


def _client(night: Played, service: str, client: tuple[str, int] = LOOPBACK) -> TestClient:
    return TestClient(night.apps[service], client=client, base_url="http://127.0.0.1", follow_redirects=False)


def _filled(path: str, night: Played) -> str:
    step = {"step": ROOM_STEPS[path]} if path in ROOM_STEPS else {}
    return path.format_map(defaultdict(lambda: "x", night.values | step))


def _turned_away(answer: httpx2.Response) -> bool:
    """A problem for a program; for a person the page where one says who one is."""
    if answer.status_code == 303:
        return answer.headers["location"].rstrip("/") in ("", "/sign-in") and not answer.content
    return answer.status_code == 401 and answer.json()["type"] == "urn:cairn:problem:not_identified"


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        pytest.param(LOOPBACK, {}, id="without credentials"),
        pytest.param(LOOPBACK, {"authorization": "Bearer e30.e30.e30"}, id="with a token of nobody's"),
        pytest.param(ELSEWHERE, {"authorization": "Demo police/officer"}, id="as a demo person from elsewhere"),
    ],
)
def test_no_route_answers_somebody_who_is_not_known(
    night: Played, client: tuple[str, int], headers: dict[str, str]
) -> None:
    answered = {
        str(route): answer.status_code
        for route in _routes(night)
        if route.short not in OPEN
        for answer in [
            _client(night, route.service, client).request(route.method, _filled(route.path, night), headers=headers)
        ]
        if not _turned_away(answer)
    }

    assert answered == {}


def test_every_service_has_routes_that_are_looked_at(night: Played) -> None:
    looked_at = {route.service for route in _routes(night) if route.short not in OPEN}

    assert looked_at >= set(SERVICES)


def test_every_route_that_answers_a_question_is_known_as_a_read_or_as_none(night: Played) -> None:
    questions = {str(route) for route in _routes(night) if route.method == "GET" and route.short not in OPEN}

    assert questions - READS.keys() - NOT_READ.keys() - READ_FOR_EVER == set()


@pytest.mark.parametrize("route", READS)
def test_a_read_leaves_its_trace_on_the_log(night: Played, route: str) -> None:
    service, method, path = route.split(" ")
    reading, before = READS[route], night.hub.log.end(ACCESS, 0)
    headers = {"authorization": f"Demo {reading.caller}"}

    answer = _client(night, service).request(
        method, _filled(path, night), params=reading.query, json=reading.body, headers=headers
    )

    assert answer.status_code == 200, answer.text
    assert night.hub.log.end(ACCESS, 0) > before
