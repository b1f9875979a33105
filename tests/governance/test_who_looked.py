"""Who looked: the same accesses, counted by what they have in common."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from schemas.classes import Form, Purpose
from services.kernel import topics
from services.kernel.log import BEFORE_FIRST, Record
from tests.governance.conftest import LEAD, Desk

MORNING = datetime.fromisoformat("2026-04-17T08:10:00Z")


@pytest.fixture
def read(night: Desk) -> Desk:
    """A night that some people have read of."""
    night.night.read("health/officer-2", MORNING, Purpose.CHILD_PROTECTION, ["F01", "F03"])
    night.night.read("health/officer-2", MORNING.replace(hour=23), Purpose.CHILD_PROTECTION, ["F03"])
    night.night.read(
        "education/officer-5", MORNING + timedelta(days=1), Purpose.CHILD_PROTECTION, ["F03"], Form.GENERALISED
    )
    night.night.read("police/officer-1", MORNING + timedelta(days=2), Purpose.MISSING, ["F07"])
    night.night.read("youth-work/officer-9", MORNING + timedelta(days=3), Purpose.MISSING, [])
    night.settle()
    return night


def _counted(desk: Desk, **query: Any) -> list[tuple[str, int, int]]:
    rows = desk.get("/who-looked.json", days="all", order="key", **query)["rows"]
    return [(row["key"], row["readings"], row["items"]) for row in rows]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"by": "agency"}, [("education", 1, 1), ("health", 2, 3), ("police", 1, 1), ("youth-work", 1, 0)]),
        (
            {"by": "practitioner"},
            [
                ("education/officer-5", 1, 1),
                ("health/officer-2", 2, 3),
                ("police/officer-1", 1, 1),
                ("youth-work/officer-9", 1, 0),
            ],
        ),
        ({"by": "subject"}, [("K1", 4, 5)]),
        ({"by": "agreement", "partner": "police"}, [("A2", 1, 1)]),
        (
            {"by": "day"},  # as they are in London, where the clock is an hour ahead
            [("2026-04-17", 1, 2), ("2026-04-18", 2, 2), ("2026-04-19", 1, 1), ("2026-04-20", 1, 0)],
        ),
        ({"by": "agency", "partner": "health"}, [("health", 2, 3)]),
    ],
)
def test_accesses_are_counted_by_what_they_have_in_common(
    read: Desk, query: dict[str, str], expected: list[tuple[str, int, int]]
) -> None:
    assert _counted(read, **query) == expected


def test_most_readings_come_first_unless_asked_otherwise(read: Desk) -> None:
    first = read.get("/who-looked.json", days="all")["rows"][0]
    last = read.get("/who-looked.json", days="all", order="readings")["rows"][-1]

    assert first["key"] == last["key"] == "health"


def test_a_row_leads_to_the_accesses_that_it_counts(read: Desk) -> None:
    for by in ("agency", "practitioner", "subject", "agreement", "day"):
        page = read.page("/who-looked", by=by, days="all")
        rows = read.get("/who-looked.json", by=by, days="all")["rows"]
        table = page[page.index("<tbody") :]
        links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/who-saw\?[^"]+)"', table)]

        assert len(links) == len(rows) > 0
        for link, row in zip(links, rows, strict=True):
            accesses = read.client.get(f"/v1{link}", headers=LEAD).json()["accesses"]
            assert len({one["access"] for one in accesses}) == row["readings"], (by, row)


def test_what_is_longer_ago_than_was_asked_for_is_not_counted(read: Desk) -> None:
    read.clock.move(MORNING + timedelta(days=9))

    assert [row["key"] for row in read.get("/who-looked.json", days="7")["rows"]] == ["police", "youth-work"]


def test_the_same_counts_come_as_comma_separated_values(read: Desk) -> None:
    answer = read.client.get("/who-looked.csv", params={"days": "all", "order": "key"}, headers=LEAD)

    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.splitlines()[:2] == [
        "agency,readings,items,latest",
        "education,1,1,2026-04-18T08:10:00+00:00",
    ]


def test_asking_who_looked_is_itself_an_access_and_for_governance_alone(read: Desk) -> None:
    read.page("/who-looked")
    read.settle()

    newest = read.get("/v1/who-saw")["accesses"][0]
    assert (newest["operation"], newest["practitioner"]) == ("governance.who_looked", "governance/lead")
    refused = read.client.get("/who-looked.json", headers={"Authorization": "Demo police/officer-1"})
    assert refused.status_code == 403


def test_what_no_list_has_narrows_nothing(read: Desk) -> None:
    odd = read.get("/who-looked.json", days="never", by="shoe size", order="-height", page="x")

    assert odd["asked"] == {"by": "agency", "days": "28", "order": "-readings"}


def test_an_access_that_is_said_twice_counts_once(read: Desk) -> None:
    before = _counted(read, by="subject")
    for entry in read.log.read(topics.ACCESS, 0, BEFORE_FIRST, 1000):
        read.log.append([Record(topics.ACCESS, entry.key, entry.id, entry.value)])
    read.settle()

    assert _counted(read, by="subject") == before


@pytest.mark.parametrize(
    ("by", "key", "sooner", "later"),
    [
        ("agency", "health", (2, 3), (1, 1)),
        ("subject", "K1", (4, 5), (3, 3)),
        ("day", "2026-04-17", (1, 2), None),
    ],
)
def test_the_day_on_which_a_span_begins_counts_from_its_instant(
    read: Desk, by: str, key: str, sooner: tuple[int, int], later: tuple[int, int] | None
) -> None:
    def counted(since: datetime) -> tuple[int, int] | None:
        read.clock.move(since + timedelta(days=7))
        rows = read.get("/who-looked.json", by=by, days="7")["rows"]
        return next(((row["readings"], row["items"]) for row in rows if row["key"] == key), None)

    assert counted(MORNING - timedelta(minutes=1)) == sooner
    assert counted(MORNING + timedelta(minutes=1)) == later
