"""Records, as partners ask for them over HTTP."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from schemas.classes import DataClass, Form, Purpose
from services.kernel import topics
from services.kernel.log import LogUnavailable, Record
from services.kernel.log.sqlite import SQLiteLog
from tests.sharing.partner_feeds import OCCURRED, PartnerFeeds

MISSING = {"purpose": "missing"}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[PartnerFeeds]:
    hub = PartnerFeeds(tmp_path)
    hub.join("health", "education")
    yield hub
    hub.close()


def _records(hub: PartnerFeeds, partner: str = "health", **params: Any) -> list[dict[str, Any]]:
    answer = hub.client(partner).get("/v1/records", params=MISSING | params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["records"]
    return found


def test_a_full_record_shows_what_was_reported_and_nothing_of_how_it_is_kept(hub: PartnerFeeds) -> None:
    given = hub.shared("i-1", content={"summary": "left by the side door"}, parts={"s-k1": {"wearing": "red coat"}})

    hub.disclose("health", "i-1", given)

    assert _records(hub) == [
        {
            "record": "n-i-1-full",
            "form": "full",
            "class": "missing",
            "purpose": "missing",
            "agreements": ["A2"],
            "from": "police",
            "type": "cairn.missing-episode.reported.v1",
            "section": "missing",
            "occurred": "2026-04-16T21:40:00Z",
            "recorded": "2026-04-16T22:05:00Z",
            "about": ["y-one"],
            "adults_left_out": 0,
            "content": {"summary": "left by the side door"},
            "each": {"y-one": {"wearing": "red coat"}},
        }
    ]


def test_a_pseudonymised_record_tells_the_day_and_neither_type_nor_section(hub: PartnerFeeds) -> None:
    content = {"risk": "high", "each": {"p-7": {"seen": True}}}
    late_evening = OCCURRED.replace(hour=23, minute=30)

    hub.disclose(
        "health",
        "i-1",
        hub.shared("i-1", form=Form.PSEUDONYMISED, about={"s-k1": "p-7"}, content=content),
        occurred=late_evening,
    )

    assert _records(hub) == [
        {
            "record": "n-i-1-pseudonymised",
            "form": "pseudonymised",
            "class": "missing",
            "purpose": "missing",
            "agreements": ["A2"],
            "from": "police",
            "occurred": "2026-04-17",
            "adults_left_out": 0,
            "about": ["p-7"],
            "content": {"risk": "high"},
            "each": {"p-7": {"seen": True}},
        }
    ]


def test_a_generalised_record_tells_no_time(hub: PartnerFeeds) -> None:
    hub.disclose("health", "i-1", hub.shared("i-1", form=Form.GENERALISED, content={"status": "was missing; now safe"}))

    (record,) = _records(hub)

    assert set(record) == {
        "record", "form", "class", "purpose", "agreements", "from", "about", "content", "each",
    }  # fmt: skip
    assert record["content"] == {"status": "was missing; now safe"}


def test_an_existence_says_whom_to_ask_and_nothing_of_the_content(hub: PartnerFeeds) -> None:
    hub.disclose(
        "health", "i-1", hub.shared("i-1", form=Form.EXISTENCE, content={"held_by": "police", "ask": "duty inspector"})
    )

    assert _records(hub) == [
        {
            "record": "n-i-1-existence",
            "form": "existence",
            "class": "missing",
            "purpose": "missing",
            "agreements": ["A2"],
            "about": ["y-one"],
            "held_by": "police",
            "ask": "duty inspector",
        }
    ]


def test_a_partners_own_copy_is_there_for_every_purpose(hub: PartnerFeeds) -> None:
    hub.disclose("health", "i-1", hub.shared("i-1", form=Form.OWN), by="health")

    for purpose in Purpose:
        (record,) = _records(hub, purpose=purpose.value)
        assert (record["form"], record["purpose"], record["agreements"]) == ("own", purpose.value, [])


def test_a_record_is_given_for_its_purpose_alone(hub: PartnerFeeds) -> None:
    hub.disclose("health", "i-1", hub.shared("i-1", purpose=Purpose.MISSING))

    assert _records(hub, purpose="child_protection") == []
    assert _records(hub, "education") == []
    assert len(_records(hub)) == 1


def test_records_can_be_asked_for_by_class_and_form(hub: PartnerFeeds) -> None:
    decision = hub.shared("i-2", form=Form.GENERALISED, data_class=DataClass.DECISION)
    hub.disclose("health", "i-1", hub.shared("i-1"))
    hub.disclose("health", "i-2", decision, data_class=DataClass.DECISION)

    assert [one["class"] for one in _records(hub, **{"class": "decision"})] == ["decision"]
    assert [one["class"] for one in _records(hub, form="full")] == ["missing"]
    assert _records(hub, form="full", **{"class": "decision"}) == []


def test_records_come_page_by_page_and_a_cursor_is_good_for_its_own_question_alone(hub: PartnerFeeds) -> None:
    for number in range(5):
        hub.disclose("health", f"i-{number}", hub.shared(f"i-{number}"))
    client = hub.client("health")

    first = client.get("/v1/records", params=MISSING | {"limit": 3}).json()
    second = client.get("/v1/records", params=MISSING | {"limit": 3, "after": first["next"]}).json()

    assert [len(first["records"]), len(second["records"]), second["next"]] == [3, 2, None]
    for other in ({"purpose": "context"}, {"form": "full"}, {"class": "missing"}):
        refused = client.get("/v1/records", params=MISSING | {"after": first["next"]} | other)
        assert (refused.status_code, refused.json()["type"]) == (400, "urn:cairn:problem:cursor_unknown")


def test_a_subject_whose_key_is_destroyed_loses_their_part_and_the_others_keep_theirs(hub: PartnerFeeds) -> None:
    parts = {"s-k1": {"wearing": "red coat"}, "s-k2": {"wearing": "blue coat"}}
    about = {"s-k1": "y-one", "s-k2": "y-two"}
    hub.disclose("health", "i-1", hub.shared("i-1", about=about, parts=parts), subjects=("s-k1", "s-k2"))

    hub.keys.shred("s-k1")
    (record,) = _records(hub)

    assert record["content"] == {"trace": "trace-i-1-"}
    assert (record["each"], record["erased"]) == ({"y-two": {"wearing": "blue coat"}}, 1)

    hub.keys.shred("s-k2")
    (record,) = _records(hub)
    assert (record["content"], record["each"], record["erased"]) == (None, {}, True)


def test_a_part_of_somebody_who_is_not_shown_is_not_released(hub: PartnerFeeds) -> None:
    given = hub.shared("i-1", parts={"s-k1": {"a": 1}, "s-k2": {"b": 2}})

    hub.disclose("health", "i-1", given, subjects=("s-k1", "s-k2"))

    (record,) = _records(hub)
    assert record["each"] == {"y-one": {"a": 1}}
    assert hub.accesses()[-1].seen[0].subjects == ("s-k1",)


def test_content_that_was_moved_to_another_item_is_not_released(hub: PartnerFeeds) -> None:
    hub.disclose("health", "i-1", hub.shared("i-2"))

    answer = hub.client("health").get("/v1/records", params=MISSING)

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:cairn:problem:content_unavailable")
    assert hub.accesses() == []


def test_a_read_is_on_the_access_log_with_all_that_it_released(hub: PartnerFeeds) -> None:
    hub.disclose("health", "i-1", hub.shared("i-1"))
    hub.disclose("health", "i-2", hub.shared("i-2", form=Form.PSEUDONYMISED, about={"s-k1": "p-1"}))

    _records(hub)

    (access,) = hub.accesses()
    assert (access.practitioner, access.partner, access.operation, access.purpose) == (
        "health/system",
        "health",
        "records.list",
        Purpose.MISSING,
    )
    assert [(seen.item, seen.reference, seen.form, seen.agreements) for seen in access.seen] == [
        ("i-1", "n-i-1-full", Form.FULL, ("A2",)),
        ("i-2", "n-i-2-pseudonymised", Form.PSEUDONYMISED, ("A2",)),
    ]


class _FailingLog(SQLiteLog):
    """A log that refuses accesses."""

    refusing = False

    def append(self, records: Sequence[Record]) -> list[tuple[int, int]]:
        if self.refusing and any(record.topic == topics.ACCESS for record in records):
            raise LogUnavailable("full")
        return super().append(records)


def test_nothing_is_read_where_the_access_cannot_be_recorded(tmp_path: Path) -> None:
    log = _FailingLog(tmp_path / "log.db")
    hub = PartnerFeeds(tmp_path, log=log)
    hub.join("health")
    hub.disclose("health", "i-1", hub.shared("i-1"))
    client = hub.client("health")
    log.refusing = True

    answers = [
        client.get("/v1/records", params=MISSING),
        client.get("/v1/feed", params=MISSING),
        client.get("/v1/subjects/y-one", params=MISSING),
        client.get("/v1/subjects/y-none", params=MISSING),
        client.get("/v1/stream", params=MISSING),
        client.post("/v1/search", json=MISSING),
        client.get("/v1/recalls"),
    ]

    assert {answer.status_code for answer in answers} == {503}
    assert {answer.json()["type"] for answer in answers} == {"urn:cairn:problem:access_not_recorded"}
    hub.close()


def test_every_read_states_a_purpose_that_the_hub_knows(hub: PartnerFeeds) -> None:
    client = hub.client("health")

    for path in ("/v1/records", "/v1/feed", "/v1/stream", "/v1/subjects/y-one"):
        assert client.get(path).status_code == 400
        assert client.get(path, params={"purpose": "curiosity"}).status_code == 422
    assert client.post("/v1/search", json={}).status_code == 400
    assert client.post("/v1/search", json={"purpose": "curiosity"}).status_code == 422
    assert hub.accesses() == []


@pytest.mark.parametrize(
    ("partner", "name", "status"),
    [
        ("health", "system", 200),
        ("health", "nurse-4", 200),
        ("health", "signatory", 403),
        ("governance", "lead", 403),
        ("stranger", "system", 403),
    ],
)
def test_content_is_for_systems_and_practitioners_of_partners(
    hub: PartnerFeeds, partner: str, name: str, status: int
) -> None:
    hub.disclose("health", "i-1", hub.shared("i-1"))
    client = hub.client(partner, name)

    answers = [
        client.get("/v1/records", params=MISSING),
        client.get("/v1/feed", params=MISSING),
        client.post("/v1/search", json=MISSING),
        client.get("/v1/recalls"),
    ]

    assert {answer.status_code for answer in answers} == {status}
    assert hub.client("health").get("/v1/records", headers={"Authorization": ""}, params=MISSING).status_code == 401


def test_what_one_partner_is_served_does_not_depend_on_anothers_feed(tmp_path: Path) -> None:
    def served(folder: Path, hidden: int) -> list[tuple[int, bytes, list[tuple[str, str]]]]:
        hub = PartnerFeeds(folder)
        hub.join("health", "education")
        for number in range(4):
            for other in range(hidden):
                item = f"i-hidden-{number}-{other}"
                hub.disclose("education", item, hub.shared(item, about={"s-k1": "y-edu"}))
                hub.client("education").get("/v1/records", params=MISSING)
            hub.disclose("health", f"i-{number}", hub.shared(f"i-{number}"))
        client = hub.client("health")
        answers = [
            client.get("/v1/records", params=MISSING | {"limit": 2}),
            client.get("/v1/feed", params=MISSING),
            client.get("/v1/subjects/y-one", params=MISSING),
            client.get("/v1/subjects/y-edu", params=MISSING),
            client.get("/v1/recalls"),
            client.post("/v1/search", json=MISSING | {"subject": "y-edu"}),
            client.get("/v1/records", params=MISSING | {"after": "x"}),
        ]
        hub.close()
        return [(one.status_code, one.content, sorted(one.headers.items())) for one in answers]

    assert served(tmp_path / "one", 0) == served(tmp_path / "other", 3)
