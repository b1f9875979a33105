"""Every answer is as the published interfaces say: every operation is answered with something, and each is checked."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.reports import example
from services.console.operation import EVENT, EVENTS
from services.console.rehearsal.hubs import throw_away_folder
from services.panel.domain.prompts import Prompt
from tests.architecture.asked_hub import LEAD, AskedHub, asked_hub
from tests.architecture.routes import Route
from tests.panel.panel_hub import COORDINATOR, PanelHub, bus_station, group_referral, panel_hub
from tests.support.described import Operation, contents, operations, undescribed
from tests.support.panel_story import three_reports

EVERY = [
    one
    for service in ("intake", "sharing", "panel", "governance")
    for one in operations(service)
    if not one.path.endswith(".csv")
]
WORKER = "social-work/duty-worker"
CALLERS = (LEAD, "health/system", "health/nurse", "health/signatory", "efh-panel/chair", "efh-panel/coordinator")


@pytest.fixture(scope="module")
def hub() -> Iterator[AskedHub]:
    with throw_away_folder() as folder, asked_hub(folder) as opened:
        _furnish(opened)
        yield opened


def _furnish(hub: AskedHub) -> None:
    """Something that intake doesn't understand, from who asks everything else."""
    event = example("cairn.school.concern.v1") | {"id": "not-understood", "type": "cairn.weather.observed.v1"}
    sent = event | {"source": "urn:cairn:partner:health"}
    said = hub.ask("intake", "POST", "/v1/events", "health/system", content=sent, media_type=EVENT)
    assert said.json()["status"] == "quarantined", said.body
    hub.hub.settle()


@pytest.fixture(scope="module")
def told() -> dict[Operation, list[Any]]:
    """What the panel answers, where it takes more than a knock."""
    with throw_away_folder() as folder, panel_hub(folder) as hub:
        here = _planned(hub)
        _told_that_a_plan_exists(hub, here)
        hub.report("police", "cairn.context.observed.v1", bus_station() | {"contexts": {"bus": {"name": "the stop"}}})
        hub.get(f"{here}/alike", COORDINATOR)
        referral = hub.get("/v1/referrals", COORDINATOR)["referrals"][0]["ref"]
        answers = {prompt.value: {"given": "yes"} for prompt in Prompt}
        hub.post(f"/v1/referrals/{referral}/commands", COORDINATOR, command="answer_prompts", answers=answers)
        missing = {"about": ["k1"], "status": "missing", "since": "2026-05-05T20:00:00+01:00"}
        people = {"k1": {"identifiers": ["swis|4711"], "born": "2011-03-15"}}
        hub.report("social-work", "cairn.missing-episode.reported.v1", {"people": people, "missing": missing})
        hub.get("/v1/missing", WORKER, "missing")
        return hub.answered


def _planned(hub: PanelHub) -> str:
    """Where the case of a bus station is, that has a plan."""
    three_reports(hub)
    here = f"/v1/contexts/{hub.get('/v1/contexts', COORDINATOR)['contexts'][0]['ref']}"
    confirmed = {"kind": "place", "name": "Wellbrae bus station", "review_due": "2026-06-01"}
    hub.post(f"{here}/commands", COORDINATOR, command="confirm", **confirmed)
    step = {"step": "Lights", "aim": "They work.", "owner": "bus-operator", "measure": "environment_repaired"}
    hub.post(f"{here}/commands", COORDINATOR, command="plan_step", due="2026-05-20", **step)
    outcome = {"measure": "felt_safety", "before": "2 of 5", "after": "4 of 5", "measured_on": "2026-05-06"}
    hub.post(f"{here}/commands", COORDINATOR, command="record_outcome", **outcome)
    hub.get(here, COORDINATOR)
    return here


def _told_that_a_plan_exists(hub: PanelHub, here: str) -> None:
    hub.report("social-work", "cairn.referral.submitted.v1", group_referral())
    known = [ref for one in hub.records("efh-panel") if one["class"] == "decision" for ref in one["each"]]
    hub.post(f"{here}/back-links/commands", COORDINATOR, command="tell_lead", young_person=known[0], lead=WORKER)
    hub.get(f"{here}/back-links", COORDINATOR)
    hub.get("/v1/back-links", WORKER, "child_protection")


def _answers(hub: AskedHub, operation: Operation) -> Iterator[Any]:
    """What an operation answers to those who may ask it; every answer is as it is described."""
    for who in CALLERS:
        answer = hub.knock(Route(operation.service, operation.method, operation.path), who)
        if answer.status < 300:
            media_type = answer.headers["content-type"].partition(";")[0]
            assert undescribed(operation, answer.status, media_type, answer.body) == [], who
            yield from contents(media_type, answer.body)


def _says_something(content: Any) -> bool:
    """Whether there is more in it than empty lists."""
    values = content.values() if isinstance(content, dict) else [content]
    return any(value not in (None, "", [], {}) for value in values)


@pytest.mark.parametrize("operation", EVERY, ids=str)
def test_every_operation_is_answered_with_something_and_as_described(
    hub: AskedHub, told: dict[Operation, list[Any]], operation: Operation
) -> None:
    answered = [*_answers(hub, operation), *told.get(operation, ())]

    assert any(map(_says_something, answered))


def test_a_batch_is_answered_as_described(hub: AskedHub) -> None:
    batch = [example("cairn.school.concern.v1") | {"source": "urn:cairn:partner:health", "id": "one"}, {"id": "none"}]

    answer = hub.ask("intake", "POST", "/v1/events", "health/system", content=batch, media_type=EVENTS)

    taken, refused = answer.json()
    assert (taken["status"], refused["status"]) == ("accepted", 422)
    operation = Operation("intake", "POST", "/v1/events")
    assert undescribed(operation, answer.status, answer.headers["content-type"], answer.body) == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"more": 1}, "'more' was unexpected"),
        ({"next": 7}, "7 is not valid"),
        ({"records": [{"form": "full"}]}, "is not valid"),
    ],
)
def test_control_an_answer_that_is_not_as_described_is_noticed(change: dict[str, Any], wrong: str) -> None:
    operation = Operation("sharing", "GET", "/v1/records")
    sound: dict[str, Any] = {"records": [], "next": None}

    def told_of(answer: dict[str, Any]) -> list[str]:
        return undescribed(operation, 200, "application/json", json.dumps(answer).encode())

    assert told_of(sound) == []
    assert "'next' is a required property" in told_of({"records": []})[0]
    assert wrong in told_of(sound | change)[0]
