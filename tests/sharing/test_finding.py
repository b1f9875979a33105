"""Finding: the timeline of one young person, and searches, as partners ask for them over HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from schemas.classes import Form
from services.sharing.reading import identifier_mark
from tests.sharing.partner_feeds import OCCURRED, PartnerFeeds

MISSING = {"purpose": "missing"}
CHI = "chi|5503111230"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[PartnerFeeds]:
    hub = PartnerFeeds(tmp_path)
    hub.join("health", "education")
    yield hub
    hub.close()


def _search(hub: PartnerFeeds, partner: str = "health", **asked: Any) -> list[str]:
    answer = hub.client(partner).post("/v1/search", json=MISSING | asked)
    assert answer.status_code == 200, answer.text
    return [one["record"] for one in answer.json()["records"]]


def test_a_timeline_is_in_order_of_occurrence_and_late_records_find_their_place(hub: PartnerFeeds) -> None:
    for item, days in (("i-1", 2), ("i-2", -21), ("i-3", 0)):
        hub.disclose("health", item, hub.shared(item), occurred=OCCURRED + timedelta(days=days))
    hub.disclose("health", "i-4", hub.shared("i-4", form=Form.GENERALISED), occurred=OCCURRED - timedelta(days=300))
    hub.disclose("health", "i-5", hub.shared("i-5", about={"s-k2": "y-two"}))
    client = hub.client("health")

    found = client.get("/v1/subjects/y-one", params=MISSING).json()

    assert found["subject"] == "y-one"
    assert [one["record"] for one in found["records"]] == [
        "n-i-2-full",
        "n-i-3-full",
        "n-i-1-full",
        "n-i-4-generalised",
    ]
    pages: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = client.get("/v1/subjects/y-one", params=MISSING | {"limit": "1"} | after).json()
        pages += [one["record"] for one in page["records"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert pages == [one["record"] for one in found["records"]]


def test_the_order_of_pseudonymised_records_of_one_day_does_not_tell_their_hours(hub: PartnerFeeds) -> None:
    for item, hour in (("i-1", 20), ("i-2", 8)):
        given = hub.shared(item, form=Form.PSEUDONYMISED, about={"s-k1": "p-7"})
        hub.disclose("health", item, given, occurred=OCCURRED.replace(hour=hour))

    found = hub.client("health").get("/v1/subjects/p-7", params=MISSING).json()

    assert [one["record"] for one in found["records"]] == ["n-i-1-pseudonymised", "n-i-2-pseudonymised"]


def test_somebody_unknown_and_somebody_of_another_partner_get_the_same_bytes(hub: PartnerFeeds) -> None:
    hub.disclose("education", "i-1", hub.shared("i-1", about={"s-k1": "y-edu"}))
    hub.disclose("health", "i-1", hub.shared("i-1", about={"s-k1": "y-one"}))
    client = hub.client("health")

    answers = [
        client.get("/v1/subjects/y-edu", params=MISSING),
        client.get("/v1/subjects/y-nobody", params=MISSING),
        client.get("/v1/subjects/s-k1", params=MISSING),
        client.get("/v1/subjects/y-one", params={"purpose": "context"}),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({(answer.content, str(sorted(answer.headers.items()))) for answer in answers}) == 1
    assert [access.seen for access in hub.accesses()] == [()] * 4
    assert client.get("/v1/subjects/y-one", params=MISSING).status_code == 200


def test_an_identifier_finds_only_whom_the_partners_own_reports_gave_it_for(hub: PartnerFeeds) -> None:
    mark = identifier_mark(hub.keys, CHI)
    hub.disclose("health", "i-1", hub.shared("i-1", form=Form.OWN, marks={"s-k1": (mark,)}), by="health")
    hub.disclose("health", "i-2", hub.shared("i-2"))
    hub.disclose("health", "i-3", hub.shared("i-3", about={"s-k2": "y-two"}))
    hub.disclose("education", "i-2", hub.shared("i-2"))

    assert _search(hub, identifier=CHI) == ["n-i-1-own", "n-i-2-full"]
    assert _search(hub, "education", identifier=CHI) == []
    assert _search(hub, identifier="swis|4711") == []
    assert _search(hub, identifier=CHI, purpose="context") == ["n-i-1-own"]


def test_an_identifier_does_not_uncover_a_pseudonym(hub: PartnerFeeds) -> None:
    mark = identifier_mark(hub.keys, CHI)
    hub.disclose("health", "i-1", hub.shared("i-1", form=Form.OWN, marks={"s-k1": (mark,)}), by="health")

    hub.disclose("health", "i-2", hub.shared("i-2", form=Form.PSEUDONYMISED, about={"s-k1": "p-7"}))

    assert _search(hub, identifier=CHI) == ["n-i-1-own"]
    assert _search(hub, subject="p-7") == ["n-i-2-pseudonymised"]
    assert _search(hub, subject="p-7", identifier=CHI) == []


def test_marks_that_came_with_another_form_are_not_searched(hub: PartnerFeeds) -> None:
    mark = identifier_mark(hub.keys, CHI)

    hub.disclose("health", "i-1", hub.shared("i-1", form=Form.FULL, marks={"s-k1": (mark,)}))

    assert _search(hub, identifier=CHI) == []


def test_a_search_between_instants_knows_no_more_than_the_form_tells(hub: PartnerFeeds) -> None:
    hub.disclose("health", "i-1", hub.shared("i-1"))
    hub.disclose("health", "i-2", hub.shared("i-2", form=Form.PSEUDONYMISED, about={"s-k1": "p-7"}))
    hub.disclose("health", "i-3", hub.shared("i-3", form=Form.GENERALISED))
    full, pseudonymised, generalised = "n-i-1-full", "n-i-2-pseudonymised", "n-i-3-generalised"

    assert _search(hub) == [full, pseudonymised, generalised]
    day = {"from": "2026-04-16T00:00:00Z", "to": "2026-04-17T00:00:00Z"}
    assert _search(hub, **day) == [full, pseudonymised]
    assert _search(hub, **{"from": "2026-04-16T21:40:00Z", "to": "2026-04-16T21:41:00Z"}) == [full, pseudonymised]
    assert _search(hub, **{"from": "2026-04-16T10:00:00Z", "to": "2026-04-16T10:01:00Z"}) == [pseudonymised]
    assert _search(hub, **{"from": "2026-04-16T21:41:00Z", "to": "2026-04-16T21:42:00Z"}) == [pseudonymised]
    assert _search(hub, to="2026-04-16T00:00:00Z") == []
    assert _search(hub, **{"from": "2026-04-17T00:00:00Z"}) == []


def test_a_search_comes_page_by_page(hub: PartnerFeeds) -> None:
    for number in range(3):
        hub.disclose("health", f"i-{number}", hub.shared(f"i-{number}"))
    client = hub.client("health")
    asked = MISSING | {"subject": "y-one", "limit": 2}

    first = client.post("/v1/search", json=asked).json()
    second = client.post("/v1/search", json=asked | {"after": first["next"]}).json()

    assert [len(first["records"]), len(second["records"]), second["next"]] == [2, 1, None]
    refused = client.post("/v1/search", json=asked | {"after": first["next"], "subject": "y-two"})
    assert refused.status_code == 400


def test_a_search_that_breaks_its_schema_is_told_where_and_never_what(hub: PartnerFeeds) -> None:
    client = hub.client("health")

    for asked, pointer in (
        ({"identifier": "Ayesha Invented"}, "/identifier"),
        ({"class": "gossip-Ayesha"}, "/class"),
        ({"from": "yesterday-Ayesha"}, "/from"),
        ({"limit": 0}, "/limit"),
    ):
        answer = client.post("/v1/search", json=MISSING | asked)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
        assert "Ayesha" not in answer.text
