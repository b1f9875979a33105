"""Long lists: what does not fit is counted and a page away, and what is not shown is not opened."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from schemas.reports import example
from services.panel.projections import linked
from services.panel.web.practice import chronology, missing_page, places_found, queue
from tests.support.practice_night import NOW, Room, practice_night
from tests.support.query_plans import plans
from tests.support.reading import words

WORKER = "social-work/duty-worker"
CP = {"purpose": "child_protection"}
_SOMEWHERE_ELSE = example("cairn.context.observed.v1") | {
    "id": "P1",
    "source": "urn:cairn:partner:education",
    "time": (NOW - timedelta(days=2)).isoformat(),
}


@pytest.fixture(scope="module")
def night() -> Iterator[Room]:
    """One hub for the tests that only look."""
    with practice_night() as room:
        room.post(_SOMEWHERE_ELSE)
        yield room


def _seen(night: Room, partner: str = "social-work") -> list[str]:
    """What the last look of a practitioner is on the log as having seen."""
    last = [one for one in night.accesses() if one.partner == partner and one.operation != "panel.actions"][-1]
    return sorted(seen.item for seen in last.seen)


def _chain(night: Room, path: str, **asked: str) -> list[list[dict[str, Any]]]:
    """The rows of a twin, page after page, as each says where the next one is."""
    pages, address = [], f"{path}.json"
    answer = night.open(address, params=CP | asked)
    while True:
        pages.append(answer.json()["rows"])
        following = answer.json()["next"]
        assert answer.headers.get("link") == (f'<{following}>; rel="next"' if following else None)
        if following is None:
            return pages
        answer = night.open(following.removeprefix("/panel"))


def _keys(rows: Sequence[dict[str, Any]]) -> list[str]:
    return [str(row["key"]) for row in rows]


def test_a_queue_shows_the_most_pressing_of_each_kind_and_says_how_many_there_are(
    night: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given more of a kind than the queue shows
    everything = night.open("/queue", params=CP)
    whole = _seen(night)
    monkeypatch.setattr(queue, "FEW", 1)

    answer = night.open("/queue", params=CP)

    # then the most pressing is there, the number is that of all, and all are a link away
    page = words(answer.text)
    assert "Return discussions 2" in words(everything.text)
    assert "Return discussions 2" in page
    assert "Cal Madeup" in page
    assert "Fictional" not in page
    assert "All 2 in order: Return discussions" in page
    assert re.search(r'href="(/panel/queue\?purpose=child_protection&amp;show=discussion)">All 2', answer.text)
    # and what is not shown was not opened
    assert set(_seen(night)) < set(whole)


def test_the_queue_of_a_kind_goes_on_over_pages_in_one_order(night: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _keys(night.rows("/queue", show="discussion"))
    monkeypatch.setattr(queue, "ROWS_OF_A_PAGE", 1)

    pages = [words(night.open("/queue", params=CP | {"show": "discussion", "page": page}).text) for page in "123"]

    assert len(whole) == 2
    assert ["Cal Madeup" in page for page in pages] == [True, False, False]
    assert ["Fictional" in page for page in pages] == [False, True, False]
    assert ["Further" in page for page in pages] == [True, False, False]
    assert all("Return discussions 2" in page for page in pages)


def test_the_twins_of_a_queue_are_complete_by_pages(night: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _keys(night.rows("/queue"))
    monkeypatch.setattr(queue, "ROWS_OF_A_TWIN", 2)

    pages = _chain(night, "/queue")

    assert all(len(page) == 2 for page in pages[:-1])
    assert [key for page in pages for key in _keys(page)] == whole
    assert 'rel="next"' in night.open("/queue.csv", params=CP).headers["link"]


def test_what_is_new_is_told_from_everything_that_was_counted_and_not_from_what_was_shown(
    night: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "FEW", 0)

    page = night.open("/queue", params=CP).text
    assert _seen(night) == []
    (news,) = re.findall(r'data-news="/panel([^"]+)"', page)

    assert night.open(news.replace("&amp;", "&")).json() == {"words": ""}


def test_a_chronology_begins_with_its_latest_page_and_opens_no_other(
    night: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a chronology of several pages
    whole = night.open("/", params=CP).text
    opened = _seen(night)
    monkeypatch.setattr(chronology, "RECORDS_OF_A_PAGE", 3)

    # when each of them is opened, from the latest to what has no day
    pages, seen = [], list[str]()
    for number in range(1, -(-len(opened) // 3) + 1):
        pages.append(night.open("/", params=CP | {"page": str(number)}).text)
        seen += _seen(night)

    # then each record was opened once, each day goes on from the page that is later, and what has no day comes last
    assert sorted(seen) == opened
    assert sum(page.count('<li class="cairn_entry">') for page in pages) == whole.count('<li class="cairn_entry">')
    days = [_days(page) for page in pages]
    assert all(later[0] >= earlier[-1] for later, earlier in pairwise([one for one in days if one]))
    assert ["Without a date" in page for page in pages] == [False] * (len(pages) - 1) + [True]
    assert "of them are on this page: the latest." in words(pages[0])
    assert "without a date</a> come behind" in pages[0]
    assert ("Later records" in pages[0], "Earlier records" in pages[0]) == (False, True)
    assert ("Later records" in pages[-1], "Earlier records" in pages[-1]) == (True, False)


def test_what_has_no_day_goes_on_over_pages_too(night: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"purpose": "context"}
    night.open("/", "bus-operator/manager", params=asked)
    opened = _seen(night, "bus-operator")
    monkeypatch.setattr(chronology, "RECORDS_OF_A_PAGE", 1)

    seen = []
    for number in range(1, len(opened) + 1):
        night.open("/", "bus-operator/manager", params=asked | {"page": str(number)})
        seen += _seen(night, "bus-operator")

    assert len(opened) > 1
    assert sorted(seen) == opened


def _days(page: str) -> list[str]:
    return re.findall(r'<h2 class="cairn_day__heading" id="day-\d+">(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([^<]+)</h2>', page)


def test_a_network_of_many_records_is_made_of_the_latest_and_says_what_is_left_out(
    night: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {(row["who"], row["with"], row["how"]) for row in night.rows("/network", days="all")}
    everything = _seen(night)
    monkeypatch.setattr(linked, "RECORDS_OF_A_BLOCK", 4)

    page = words(night.open("/network", params=CP | {"days": "all"}).text)
    opened = _seen(night)
    told = [(row["who"], row["with"], row["how"]) for rows in _chain(night, "/network", days="all") for row in rows]

    assert re.search(r"These are from 4 records, the latest\. \d+ earlier ones are left out", page)
    assert "Links from earlier records" in page
    assert set(opened) < set(everything)
    assert len(told) >= len(whole) > 0
    assert {(who, other) for who, other, how in told} <= {(who, other) for who, other, _ in whole}


def test_places_go_on_over_pages_and_only_those_that_are_shown_are_opened(
    night: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = night.rows("/places", **{"from": "all"})
    opened = _seen(night)
    monkeypatch.setattr(places_found, "PLACES_OF_A_PAGE", 1)

    pages = _chain(night, "/places", **{"from": "all"})

    assert sorted(row["key"] for page in pages for row in page) == sorted(row["key"] for row in whole)
    assert all(len(page) == 1 for page in pages)
    assert set(_seen(night)) < set(opened)


def test_a_place_is_described_by_few_of_its_records_and_counted_by_all(
    night: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = [(row["key"], row["reports"]) for row in night.rows("/places", **{"from": "all"})]
    monkeypatch.setattr(places_found, "DESCRIBED_BY", 1)

    rows = night.rows("/places", **{"from": "all"})

    assert [(row["key"], row["reports"]) for row in rows] == counted
    assert len(_seen(night)) <= len(rows)


@pytest.mark.parametrize("what", ["went_missing", "found", "at_a_place"])
def test_hours_that_only_records_state_are_read_from_the_latest_and_the_others_are_a_page_away(
    night: Room, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    asked = {"what": what, "from": "all"}
    (whole,) = _chain(night, "/places/times", **asked)
    everything = set(_seen(night))
    assert "are left out" not in words(night.open("/places", params=CP | asked).text)
    monkeypatch.setattr(places_found, "STATED_BY", 1)

    page = words(night.open("/places", params=CP | asked).text)
    pages = _chain(night, "/places/times", **asked)

    assert f"It is made from 1 record, the latest. {len(everything) - 1} more" in page
    assert len(pages) == len(everything) > 1
    assert len(_seen(night)) == 1
    assert {(row["weekday"], row["hour"]) for rows in pages for row in rows} == {
        (row["weekday"], row["hour"]) for row in whole
    }


def test_hours_of_days_gone_by_are_read_from_the_records_of_those_days(
    night: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"what": "went_missing", "from": "2026-03-01", "to": (NOW - timedelta(days=10)).date().isoformat()}
    whole = night.rows("/places/times", **asked)
    monkeypatch.setattr(places_found, "STATED_BY", len(_seen(night)) - 1)

    assert night.rows("/places/times", **asked) == whole
    assert whole


def test_of_those_who_are_missing_often_the_most_often_are_named_and_the_others_counted(
    night: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = words(night.open("/missing", params=CP).text)
    named = _seen(night)
    monkeypatch.setattr(missing_page, "OFTEN_MAX", 0)

    after = words(night.open("/missing", params=CP).text)

    assert "Isla Invented" in before
    assert "Isla" not in after
    assert "1 other was three times or more." in after
    assert named
    assert _seen(night) == []


_LOOKED_UP_BY = {
    "panel_held": ("partner=? AND item=?",),
    "panel_looked": ("partner=? AND access=?", "partner=? AND reference=?"),
    "panel_named": ("partner=? AND ",),
    "panel_outsides": ("partner=?",),
    "panel_placed": ("partner=?",),
}
"""What grows with every report -> how it may be looked up: names, outsides and places are counted, the rest is not."""


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/queue", {}),
        ("/young-people", {}),
        ("/young-people/{isla}", {}),
        ("/missing", {"weeks": "52"}),
        ("/", {}),
        ("/network", {"days": "all"}),
        ("/places", {"from": "all"}),
        ("/places", {"what": "went_missing"}),
    ],
)
def test_no_page_looks_through_all_that_agencies_hold(night: Room, path: str, asked: dict[str, str]) -> None:
    isla = next(row["key"] for row in night.rows("/young-people") if "Isla" in str(row))

    with plans() as told:
        answer = night.open(path.format(isla=isla), params=CP | asked)

    assert answer.status_code == 200
    steps = [(table, step) for step in told for table in _LOOKED_UP_BY if re.search(rf" {table}\b", step)]
    assert steps
    assert [step for table, step in steps if not any(f"({by}" in step for by in _LOOKED_UP_BY[table])] == []
