"""Recalls: listed, acknowledged once and for all, and in the way of everything else when overdue."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from schemas.classes import Form, Purpose
from schemas.disclosures import RecallAcknowledged
from schemas.envelope import Event
from services.kernel import topics
from services.kernel.following import Running
from services.kernel.log import LogUnavailable, Record
from services.kernel.log.sqlite import SQLiteLog
from services.sharing.currency import Limits
from tests.sharing.partner_feeds import NOW, PartnerFeeds

MISSING = {"purpose": "missing"}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[PartnerFeeds]:
    hub = PartnerFeeds(tmp_path)
    hub.join("health", "education")
    hub.disclose("health", "i-1", hub.shared("i-1"), hub.shared("i-1", purpose=Purpose.CHILD_PROTECTION))
    hub.disclose("health", "i-2", hub.shared("i-2"))
    hub.disclose("education", "i-1", hub.shared("i-1", reference="n-edu"))
    yield hub
    hub.close()


def _recall_both_purposes(hub: PartnerFeeds) -> None:
    hub.disclose("health", "i-1", hub.removed("k-1"), hub.removed("k-1", Purpose.CHILD_PROTECTION))


def _acknowledgements(hub: PartnerFeeds) -> list[RecallAcknowledged]:
    entries = hub.log.read(topics.RECALLS, 0, -1)
    return [Event[RecallAcknowledged].model_validate_json(entry.value).data for entry in entries]


def test_a_partner_lists_what_it_has_to_remove(hub: PartnerFeeds) -> None:
    _recall_both_purposes(hub)

    listed = hub.client("health").get("/v1/recalls")

    assert listed.json() == {
        "recalls": [
            {
                "recall": "k-1",
                "records": ["n-i-1-full"],
                "purposes": ["child_protection", "missing"],
                "recalled": "2026-04-24T09:00:00Z",
                "acknowledged": None,
                "overdue": False,
            }
        ]
    }
    assert hub.client("education").get("/v1/recalls").json() == {"recalls": []}
    assert hub.accesses()[0].operation == "recalls.list"


def test_an_acknowledgement_is_on_the_log_once_however_often_it_is_given(hub: PartnerFeeds) -> None:
    _recall_both_purposes(hub)
    client = hub.client("health", "system")

    first = client.post("/v1/recalls/k-1/ack")
    hub.settle()
    hub.clock.move(NOW + timedelta(hours=3))
    again = client.post("/v1/recalls/k-1/ack")

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json()["acknowledged"] == "2026-04-24T09:00:00Z"
    assert [(one.partner, one.recall, one.by) for one in _acknowledgements(hub)] == [("health", "k-1", "health/system")]
    assert client.get("/v1/recalls").json() == {"recalls": []}
    everything = client.get("/v1/recalls", params={"acknowledged": True}).json()["recalls"]
    assert [one["acknowledged"] for one in everything] == ["2026-04-24T09:00:00Z"]


def test_of_two_acknowledgements_that_cross_the_first_counts(hub: PartnerFeeds) -> None:
    _recall_both_purposes(hub)
    client = hub.client("health")

    client.post("/v1/recalls/k-1/ack")
    hub.clock.move(NOW + timedelta(hours=3))
    client.post("/v1/recalls/k-1/ack")
    hub.settle()

    assert len(_acknowledgements(hub)) == 2
    (listed,) = client.get("/v1/recalls", params={"acknowledged": True}).json()["recalls"]
    assert listed["acknowledged"] == "2026-04-24T09:00:00Z"


def test_a_recall_that_is_unknown_and_one_of_another_partner_get_the_same_bytes(hub: PartnerFeeds) -> None:
    _recall_both_purposes(hub)

    answers = [hub.client("education").post(f"/v1/recalls/{recall}/ack") for recall in ("k-1", "k-2")]

    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].content == answers[1].content
    assert _acknowledgements(hub) == []


def test_an_overdue_recall_holds_back_everything_until_it_is_acknowledged(hub: PartnerFeeds) -> None:
    _recall_both_purposes(hub)
    client = hub.client("health")
    hub.clock.move(NOW + timedelta(days=1))
    assert client.get("/v1/records", params=MISSING).status_code == 200

    hub.clock.move(NOW + timedelta(days=1, seconds=1))

    refused = [
        client.get("/v1/records", params=MISSING),
        client.get("/v1/feed", params=MISSING),
        client.get("/v1/subjects/y-one", params=MISSING),
        client.get("/v1/stream", params=MISSING),
        client.post("/v1/search", json=MISSING),
    ]
    assert {answer.status_code for answer in refused} == {409}
    assert {answer.json()["type"] for answer in refused} == {"urn:cairn:problem:recalls_overdue"}
    assert [one.seen for one in hub.accesses()[-5:]] == [()] * 5
    (listed,) = client.get("/v1/recalls").json()["recalls"]
    assert listed["overdue"] is True
    assert hub.client("education").get("/v1/records", params=MISSING).status_code == 200

    client.post("/v1/recalls/k-1/ack")
    hub.settle()
    assert client.get("/v1/records", params=MISSING).status_code == 200


def test_what_is_disclosed_again_need_not_be_removed_but_may_be_acknowledged(hub: PartnerFeeds) -> None:
    hub.disclose("health", "i-2", hub.removed("k-2"))

    hub.disclose("health", "i-2", hub.shared("i-2"))

    client = hub.client("health")
    assert client.get("/v1/recalls").json() == {"recalls": []}
    hub.clock.move(NOW + timedelta(days=2))
    assert client.get("/v1/records", params=MISSING).status_code == 200
    assert client.post("/v1/recalls/k-2/ack").status_code == 200


def test_a_recall_for_a_lesser_form_stays_due_while_the_lesser_form_is_read(hub: PartnerFeeds) -> None:
    lesser = hub.shared("i-2", form=Form.GENERALISED, recall="k-2")
    hub.disclose("health", "i-2", lesser)

    (listed,) = hub.client("health").get("/v1/recalls").json()["recalls"]

    assert (listed["recall"], listed["records"]) == ("k-2", ["n-i-2-full"])


def test_an_acknowledgement_read_before_its_recall_still_counts(hub: PartnerFeeds) -> None:
    _recall_both_purposes(hub)
    hub.client("health").post("/v1/recalls/k-1/ack")
    hub.settle()
    hub.store.close()

    hub.start("records-2")  # which reads the acknowledgements before the feeds
    hub.settle()

    assert hub.client("health").get("/v1/recalls").json() == {"recalls": []}


def test_an_acknowledgement_that_cannot_be_recorded_is_refused(tmp_path: Path) -> None:
    log = _LogWithoutRecalls(tmp_path / "refusing.db")
    hub = PartnerFeeds(tmp_path / "refusing", log=log)
    hub.join("health")
    hub.disclose("health", "i-1", hub.shared("i-1"))
    hub.disclose("health", "i-1", hub.removed("k-1"))

    answer = hub.client("health").post("/v1/recalls/k-1/ack")

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:cairn:problem:acknowledgement_not_recorded")
    hub.close()


class _LogWithoutRecalls(SQLiteLog):
    """A log that cannot take acknowledgements."""

    def append(self, records: Sequence[Record]) -> list[tuple[int, int]]:
        if any(record.topic == topics.RECALLS for record in records):
            raise LogUnavailable("full")
        return super().append(records)


def test_the_hub_waits_for_the_records_to_learn_of_an_acknowledgement(tmp_path: Path) -> None:
    hub = PartnerFeeds(tmp_path / "waiting", limits=Limits())
    hub.join("health")
    hub.disclose("health", "i-1", hub.shared("i-1"))
    hub.disclose("health", "i-1", hub.removed("k-1"))
    running = Running([hub.read_side.follower])

    answer = hub.client("health").post("/v1/recalls/k-1/ack")

    assert answer.json()["acknowledged"] is not None
    running.stop()
    hub.close()
