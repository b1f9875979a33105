"""Quarantine: what is well-formed but not understood is kept, sealed and in sight of its sender, and never lost."""

import json
from datetime import timedelta

import pytest

from schemas.sealed import Sealed
from services.intake.application import Intake
from services.intake.domain.submission import Submission, submission_id
from services.kernel.keys import KeyDestroyed
from tests.intake.desk import NOW, Desk, correction, school_concern

CANARY = "Kanarienvogel"


@pytest.mark.parametrize(
    ("type_name", "code"),
    [
        ("cairn.school.concern.v2", "type_version_unknown"),
        ("cairn.school.rumour.v1", "type_unknown"),
        (CANARY, "type_unknown"),
    ],
)
def test_an_event_of_a_type_the_hub_has_yet_to_learn_is_quarantined(desk: Desk, type_name: str, code: str) -> None:
    event = school_concern() | {"type": type_name, "data": {"anything": CANARY}}

    response = desk.post(event)

    receipt = response.json()
    assert response.status_code == 202
    assert receipt["status"] == "quarantined"
    assert receipt["reasons"] == [{"pointer": "/type", "code": code}]
    assert receipt["position"] is None
    assert desk.reports() == []
    assert desk.post(event).content == response.content
    assert desk.get(f"/v1/receipts/{receipt['receipt']}").json() == receipt


def test_an_event_from_the_future_is_quarantined_but_a_fast_clock_is_forgiven(desk: Desk) -> None:
    ahead = [(NOW + timedelta(seconds=seconds)).isoformat() for seconds in (600, 601)]

    answers = desk.batch([school_concern(f"E{n}") | {"time": time} for n, time in enumerate(ahead)]).json()

    assert [answer["status"] for answer in answers] == ["accepted", "quarantined"]
    assert answers[1]["reasons"] == [{"pointer": "/time", "code": "in_the_future"}]


def test_the_sender_alone_sees_what_of_theirs_is_quarantined_and_why_but_no_value(desk: Desk) -> None:
    receipts = [desk.post(school_concern(f"E{n}") | {"type": CANARY}).json()["receipt"] for n in range(3)]

    first = desk.get("/v1/quarantine?limit=2").json()
    rest = desk.get(f"/v1/quarantine?after={first['next']}").json()

    assert [item["receipt"] for item in first["items"] + rest["items"]] == receipts
    assert rest["next"] is None
    assert first["items"][0] == {
        "receipt": receipts[0],
        "status": "quarantined",
        "received": NOW.isoformat(),
        "reasons": [{"pointer": "/type", "code": "type_unknown"}],
    }
    assert desk.get("/v1/quarantine", by="police/system").json() == {"items": [], "next": None}
    assert desk.get(f"/v1/quarantine?after={receipts[0]}", by="police/system").status_code == 404


def test_a_correction_that_waits_for_its_original_is_listed_until_it_arrives(desk: Desk) -> None:
    receipt = desk.post(correction("cairn.report.withdrawn.v1", "W1", report="E16")).json()["receipt"]

    waiting = desk.get("/v1/quarantine").json()["items"]
    desk.post(school_concern("E16"))

    assert [(item["receipt"], item["status"]) for item in waiting] == [(receipt, "parked")]
    assert waiting[0]["reasons"] == [{"pointer": "/data/report", "code": "original_not_arrived"}]
    assert desk.get("/v1/quarantine").json()["items"] == []


def test_what_is_quarantined_lies_sealed_and_whole_until_its_key_is_destroyed(desk: Desk) -> None:
    event = school_concern(CANARY) | {"type": f"cairn.{CANARY}.v1", "data": {CANARY: CANARY}}
    receipt = desk.post(event).json()["receipt"]
    submissions = Intake(desk.store, desk.keys, desk.clock).submissions

    submission: Submission = submissions.repository.get(submission_id(receipt))
    kept = Sealed.model_validate_json(submission.quarantined)
    bound_to = {"receipt": receipt, "part": "quarantined"}

    assert CANARY.encode() not in desk.bytes_kept()
    assert json.loads(desk.keys.open(kept, bound_to))["data"] == event["data"]
    assert list(kept.keys) == ["quarantine-education"]
    desk.keys.shred("quarantine-education")
    with pytest.raises(KeyDestroyed):
        desk.keys.open(kept, bound_to)


def test_a_report_about_somebody_whose_key_was_destroyed_is_held_for_a_person(desk: Desk) -> None:
    desk.post(school_concern("E1"))
    erased = next(one.ref for one in desk.reports()[0].subjects if one.ref.startswith("s-"))
    desk.keys.shred(erased)

    answers = desk.batch([school_concern("E2"), school_concern("E3", **_about_another())]).json()

    assert [answer["status"] for answer in answers] == ["quarantined", "accepted"]
    assert answers[0]["reasons"] == [{"pointer": "/data/people", "code": "held_for_a_person"}]


def _about_another() -> dict[str, object]:
    people = {"k9": {"identifiers": ["swis|9999"]}}
    section = {"about": ["k9"], "concern": "Comes to school hungry."}
    return {"people": people, "school": section, "peer_links": None, "voice_safety": None}
