"""Posting: one event, one receipt, however often and in whatever way it is sent."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from schemas.reports import REPORT_TYPES, example
from services.intake.application import AT_ONCE
from services.kernel import topics
from tests.intake.desk import JSON, PARTITIONS, Desk, correction, of_type, school_concern


def test_a_receipt_says_what_was_made_of_a_report_and_where_it_stands(desk: Desk) -> None:
    response = desk.post(school_concern())

    receipt = response.json()
    assert response.status_code == 202
    assert response.headers["location"] == f"/v1/receipts/{receipt['receipt']}"
    assert list(receipt) == ["receipt", "status", "position", "report", "items", "prompts"]
    assert receipt["status"] == "accepted"
    assert receipt["position"].startswith("education.1.")
    assert [(item["section"], item["class"]) for item in receipt["items"]] == [
        ("school", "school"),
        ("peer_links", "peer_links"),
        ("voice_safety", "voice_safety"),
        ("context", "context"),
    ]


def test_the_same_event_sent_twice_has_one_receipt_and_is_on_the_log_once(desk: Desk) -> None:
    first = desk.post(school_concern())
    again = desk.post(school_concern())

    assert again.status_code == 202
    assert again.content == first.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len(desk.reports()) == 1


def test_another_body_under_the_same_id_is_a_conflict_and_changes_nothing(desk: Desk) -> None:
    first = desk.post(school_concern())
    other = school_concern(present=["k2"])

    response = desk.post(other)

    assert response.status_code == 409
    assert response.json()["type"] == "urn:cairn:problem:different_body"
    assert desk.post(school_concern()).content == first.content
    assert len(desk.reports()) == 1


def test_the_same_id_of_another_agency_is_another_event(desk: Desk) -> None:
    event = of_type("cairn.context.observed.v1", "E1", "education")
    desk.post(event)

    response = desk.post(event | {"source": "urn:cairn:partner:police"}, by="police/system")

    assert response.status_code == 202
    assert response.json()["position"].startswith("police.1.")
    assert len(desk.reports()) == 2


def test_of_many_who_post_one_event_at_once_one_is_stored_and_all_have_its_receipt(desk: Desk) -> None:
    event = school_concern()

    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda _: desk.post(event), range(16)))

    assert {response.status_code for response in responses} == {202}
    assert len({response.content for response in responses}) == 1
    assert sum("idempotency-replayed" not in response.headers for response in responses) == 1
    assert len(desk.reports()) == 1


def test_the_same_event_in_binary_mode_has_the_receipt_of_the_structured_one(desk: Desk) -> None:
    event = school_concern()
    first = desk.post(event)
    attributes = {f"ce_{name}": str(value) for name, value in event.items() if name not in ("data", "datacontenttype")}

    again = desk.send(json.dumps(event["data"]), "application/json", **attributes)

    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"


def test_what_a_network_adds_to_trace_a_request_does_not_make_it_another_event(desk: Desk) -> None:
    first = desk.post(school_concern() | {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"})

    again = desk.post(school_concern() | {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})

    assert first.status_code == 202
    assert again.content == first.content


@pytest.mark.parametrize("missing", ["id", "source", "type", "specversion", "time"])
@pytest.mark.parametrize("mode", ["structured", "binary"])
def test_no_required_attribute_is_ever_made_up(desk: Desk, missing: str, mode: str) -> None:
    event = school_concern()
    del event[missing]

    if mode == "structured":
        response = desk.post(event)
    else:
        attributes = {f"ce_{name}": value for name, value in event.items() if name not in ("data", "datacontenttype")}
        response = desk.send(json.dumps(event["data"]), "application/json", **attributes)

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [f"/{missing}"]
    assert desk.reports() == []


@pytest.mark.parametrize(
    "source",
    [
        "urn:cairn:partner:police",
        "urn:cairn:partner:educationx",
        "urn:cairn:partner:education:",
        "URN:CAIRN:PARTNER:EDUCATION",
        "urn:cairn:partner:",
        "urn:cairn:hub:intake",
    ],
)
def test_nobody_posts_under_a_source_that_is_not_their_own(desk: Desk, source: str) -> None:
    response = desk.post(school_concern() | {"source": source})

    assert response.status_code == 403
    assert response.json()["type"] == "urn:cairn:problem:source_not_yours"
    assert desk.reports() == []


def test_an_agency_may_name_the_system_that_sends(desk: Desk) -> None:
    response = desk.post(school_concern() | {"source": "urn:cairn:partner:education:seemis"}, by="education/head")

    assert response.status_code == 202


@pytest.mark.parametrize("by", ["education/signatory", "governance/lead"])
def test_who_signs_or_governs_does_not_post(desk: Desk, by: str) -> None:
    response = desk.post(school_concern(), by=by)

    assert response.status_code == 403
    assert response.json()["type"] == "urn:cairn:problem:role_missing"


def test_every_event_of_a_batch_is_answered_on_its_own_and_in_order(desk: Desk) -> None:
    unfit = school_concern("E3", people={})
    raw = (
        "["
        + ", ".join(
            [
                json.dumps(school_concern("E1")),
                json.dumps(school_concern("E2") | {"source": "urn:cairn:partner:police"}),
                json.dumps(unfit),
                '{"id": "a", "id": "b"}',
                json.dumps(school_concern("E1")),
                json.dumps(school_concern("E1", present=["k1"])),
                json.dumps(school_concern("E4")),
            ]
        )
        + "]"
    )

    response = desk.send(raw, "application/cloudevents-batch+json")

    answers = response.json()
    assert response.status_code == 202
    assert [answer["status"] for answer in answers] == ["accepted", 403, 422, 422, "accepted", 409, "accepted"]
    assert answers[0] == answers[4] == desk.post(school_concern("E1")).json()
    assert answers[6]["position"].startswith("education.2.")
    assert sorted(report.sequence for report in desk.reports()) == [1, 2]


def test_a_batch_of_several_transactions_is_one_to_its_sender(desk: Desk) -> None:
    events = [_small(f"E{n}") for n in range(AT_ONCE + 5)]
    events.append(correction("cairn.report.withdrawn.v1", "W1", report="E0"))
    events.append(events[1])

    answers = desk.batch(events).json()

    assert {answer["status"] for answer in answers} == {"accepted"}
    assert answers[-1] == answers[1]
    assert sorted(report.sequence for report in desk.reports()) == list(range(1, AT_ONCE + 7))
    assert desk.batch(events).json() == answers


def _small(event_id: str) -> JSON:
    section = {"about": ["place"], "description": "Lights are out."}
    places = {"place": {"name": "bus-station"}}
    return of_type(
        "cairn.context.observed.v1",
        event_id,
        "education",
        contexts=places,
        context=section,
        people=None,
        peer_links=None,
        present=None,
        about_contexts=["place"],
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [("[]", 202), ("{}", 422), ("[1,]", 400), ("[1", 400), ("[1]2", 400), ("", 422), ("[" * 100_000, 400)],
)
def test_a_batch_is_a_list(desk: Desk, body: str, status: int) -> None:
    assert desk.send(body, "application/cloudevents-batch+json").status_code == status


def test_a_batch_has_at_most_a_thousand_events(desk: Desk) -> None:
    response = desk.send(json.dumps([1] * 1_001), "application/cloudevents-batch+json")

    assert response.status_code == 413
    assert response.json()["type"] == "urn:cairn:problem:too_many_events"


@pytest.mark.parametrize("type_name", sorted(REPORT_TYPES))
def test_the_published_example_of_every_type_is_taken(desk: Desk, type_name: str) -> None:
    desk.clock.move(desk.clock.now().replace(month=12))
    event = example(type_name)
    agency = event["source"].rsplit(":", 1)[1]

    response = desk.post(event, by=f"{agency}/system")

    corrects = "report" in event["data"]
    assert response.json()["status"] == ("parked" if corrects else "accepted")


def test_reports_of_one_agency_are_numbered_without_regard_to_others(desk: Desk) -> None:
    observed = [of_type("cairn.context.observed.v1", f"E{n}", "police") for n in range(3)]
    desk.batch(observed, by="police/system")

    receipt = desk.post(school_concern()).json()

    assert receipt["position"].startswith("education.1.")


def test_a_report_about_the_past_is_taken_whenever_it_arrives(desk: Desk) -> None:
    response = desk.post(school_concern() | {"time": "2023-01-02T03:04:05+00:00"})

    report = desk.reports()[0]
    assert response.json()["status"] == "accepted"
    assert report.occurred.isoformat() == "2023-01-02T03:04:05+00:00"
    assert report.recorded == desk.clock.now()


def test_where_a_report_lies_tells_nothing_of_whom_it_names(tmp_path: Path) -> None:
    places = []
    for person in ("pupil|P-1", "pupil|P-2"):
        desk = Desk(tmp_path / person.replace("|", "-"), seed=b"the same keys")
        event = school_concern("E1")
        event["data"]["people"] = {name: {"identifiers": [person]} for name in event["data"]["people"]}
        assert desk.post(event).status_code == 202
        places += [(entry.partition, entry.key) for entry in desk.said(topics.REPORTS)]
        desk.close()

    assert len(places) == 2
    assert len(set(places)) == 1


def test_the_reports_of_an_agency_are_spread_over_the_partitions_and_corrections_lie_behind_their_originals(
    desk: Desk,
) -> None:
    for n in range(20):
        desk.post(school_concern(f"E{n}"))
    for n in range(20):
        desk.post(correction("cairn.report.withdrawn.v1", f"W{n}", report=f"E{n}"))

    lying: dict[str, list[int]] = {}
    for entry in desk.said(topics.REPORTS):
        lying.setdefault(entry.key, []).append(entry.partition)
    assert {len(places) for places in lying.values()} == {2}
    assert all(len(set(places)) == 1 for places in lying.values())
    assert {places[0] for places in lying.values()} == set(range(PARTITIONS))


def test_a_receipt_is_shown_to_its_agency_alone_and_to_others_as_unknown(desk: Desk) -> None:
    posted = desk.post(school_concern()).json()
    path = f"/v1/receipts/{posted['receipt']}"

    own = desk.get(path)
    other = desk.get(path, by="police/system")
    unknown = desk.get("/v1/receipts/rc-aaaaaaaaaaaaaaaaaaaaaaaaaa", by="police/system")

    assert own.json() == posted
    assert other.status_code == unknown.status_code == 404
    assert other.content == unknown.content
    assert desk.get("/v1/receipts/nonsense", by="police/system").content == unknown.content


def test_only_governance_is_told_how_much_is_still_to_be_said(desk: Desk) -> None:
    desk.post(school_concern())

    assert desk.get("/v1/currency").status_code == 403
    assert desk.get("/v1/currency", by="governance/lead").json() == {"waiting": 1}
    desk.reports()
    assert desk.get("/v1/currency", by="governance/lead").json() == {"waiting": 0}


def test_a_correction_of_itself_is_refused(desk: Desk) -> None:
    response = desk.post(correction("cairn.report.withdrawn.v1", "W1", report="W1"))

    assert response.status_code == 422
    assert response.json()["errors"][0]["code"] == "corrects_itself"
