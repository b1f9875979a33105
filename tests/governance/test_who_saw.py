"""Who saw what: every access, filtered, with the version that was in force when it took place."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest

from schemas.access import AccessRecorded, Seen
from schemas.classes import Form, Purpose
from services.kernel import topics
from services.kernel.http.comma_separated import comma_separated
from services.kernel.log import LogUnavailable, Record
from tests.governance.conftest import LEAD, Desk
from tests.support.night import told

MORNING = datetime.fromisoformat("2026-04-17T08:10:00Z")


@pytest.fixture
def read(night: Desk) -> Desk:
    """A night that some people have read of."""
    night.night.read("health/officer-2", MORNING, Purpose.CHILD_PROTECTION, ["F01", "F03"])
    night.night.read(
        "education/officer-5", MORNING + timedelta(days=1), Purpose.CHILD_PROTECTION, ["F03"], Form.GENERALISED
    )
    night.night.read("police/officer-1", MORNING + timedelta(days=2), Purpose.MISSING, ["F07"])
    night.night.read("youth-work/officer-9", MORNING + timedelta(days=3), Purpose.MISSING, [])
    night.settle()
    return night


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"item": "F03"}, ["education/officer-5", "health/officer-2"]),
        ({"subject": "K1"}, ["police/officer-1", "education/officer-5", "health/officer-2", "health/officer-2"]),
        ({"practitioner": "police/officer-1"}, ["police/officer-1"]),
        ({"partner": "youth-work"}, ["youth-work/officer-9"]),
        ({"agreement": "A2"}, ["police/officer-1"]),
        ({"partner": "health", "item": "F01"}, ["health/officer-2"]),
        ({"from": "2026-04-19T00:00:00Z", "to": "2026-04-20T08:10:00Z"}, ["police/officer-1"]),
        ({"item": "F24"}, []),
    ],
)
def test_every_filter_finds_its_accesses_the_newest_first(
    read: Desk, query: dict[str, str], expected: list[str]
) -> None:
    found = read.get("/v1/who-saw", **query)["accesses"]

    assert [line["practitioner"] for line in found] == expected


def test_an_access_tells_the_version_that_was_in_force_when_it_took_place(read: Desk) -> None:
    later = datetime.fromisoformat("2026-04-23T09:00:00Z")
    read.night.in_force(read.night.agreements["A1"], 2, later)
    read.night.read("health/officer-2", later + timedelta(hours=1), Purpose.CHILD_PROTECTION, ["F03"])
    read.settle()

    found = read.get("/v1/who-saw", item="F03", partner="health")["accesses"]

    assert [line["agreements"] for line in found] == [
        [{"agreement": "A1", "version": 2, "title": "Core child protection and inter-agency referral discussion"}],
        [{"agreement": "A1", "version": 1, "title": "Core child protection and inter-agency referral discussion"}],
    ]


def test_an_access_that_released_nothing_is_listed_too(read: Desk) -> None:
    (found,) = read.get("/v1/who-saw", practitioner="youth-work/officer-9")["accesses"]

    assert (found["item"], found["form"], found["agreements"]) == (None, None, [])


def test_asking_who_saw_what_is_itself_an_access(read: Desk) -> None:
    read.get("/v1/who-saw", item="F03")
    read.settle()

    found = read.get("/v1/who-saw", practitioner="governance/lead")["accesses"]
    assert [(line["operation"], line["purpose"]) for line in found] == [("governance.who_saw", None)]


def test_nothing_is_answered_where_the_asking_cannot_be_recorded(read: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(records: list[Record]) -> Any:
        raise LogUnavailable

    monkeypatch.setattr(read.log, "append", down)

    for path in ("/v1/who-saw", "/v1/who-saw.csv", "/v1/matrix", "/v1/disclosures", "/v1/recalls"):
        response = read.client.get(path, headers=LEAD)
        assert (response.status_code, response.json()["type"]) == (503, "urn:cairn:problem:access_not_recorded")
    page = read.client.get("/who-saw", headers=LEAD)
    assert page.status_code == 503
    assert "officer-2" not in page.text


def test_a_page_of_accesses_leads_to_the_next_and_none_is_lost_or_repeated(read: Desk) -> None:
    whole = read.get("/v1/who-saw", to="2026-04-21T00:00:00Z")["accesses"]

    stepped, after = [], None
    while True:
        query: dict[str, Any] = {"limit": 1, "to": "2026-04-21T00:00:00Z"} | ({"after": after} if after else {})
        page = read.get("/v1/who-saw", **query)
        stepped += page["accesses"]
        after = page["next"]
        if after is None:
            break

    assert stepped == whole
    assert len(whole) == 5


def test_the_same_accesses_come_as_comma_separated_values(read: Desk) -> None:
    response = read.client.get("/v1/who-saw.csv", params={"item": "F03"}, headers=LEAD)

    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert response.headers["content-type"].startswith("text/csv")
    assert [(row["practitioner"], row["form"], row["agreements"], row["class"]) for row in rows] == [
        ("education/officer-5", "generalised", "A1 v1", "missing"),
        ("health/officer-2", "full", "A1 v1", "missing"),
    ]


@pytest.mark.parametrize("value", ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_value_that_a_spreadsheet_would_compute_is_made_inert(value: str) -> None:
    rows = list(csv.reader(io.StringIO(comma_separated(["a"], [[value]]), newline="")))

    assert rows[1][0] == f"'{value}"


def test_a_practitioner_whose_name_is_a_formula_cannot_run_it_in_a_spreadsheet(read: Desk) -> None:
    seen = Seen(item="F03", reference="n", subjects=("K1",), form=Form.FULL, agreements=("A1",), revision="r1")
    data = AccessRecorded(
        access="odd", at=MORNING, practitioner='=HYPERLINK("x")', partner="health", operation="records.list",
        purpose=Purpose.MISSING, seen=(seen,),
    )  # fmt: skip
    read.log.append([told(topics.ACCESS, "health", "odd", "cairn.access.recorded.v1", MORNING, data)])
    read.settle()

    text = read.client.get("/v1/who-saw.csv", headers=LEAD).text

    assert "'=HYPERLINK" in text
    assert ",=HYPERLINK" not in text
    assert ',"=HYPERLINK' not in text


def test_a_cursor_nobody_was_given_is_refused(read: Desk) -> None:
    for after in ("nonsense", "access_x", "_0"):
        response = read.client.get("/v1/who-saw", params={"after": after}, headers=LEAD)
        assert (response.status_code, response.json()["type"]) == (400, "urn:cairn:problem:cursor_unknown")
