"""Young people on the pages of the practice room: the list of them, and what the page of one of them tells."""

import re

import pytest

from tests.support.practice_night import Room
from tests.support.reading import words

CP = {"purpose": "child_protection"}


def test_young_people_are_listed_with_those_first_who_are_missing(night: Room) -> None:
    rows = night.rows("/young-people")

    assert [row["standing"] for row in rows[:4]] == [
        "Missing now", "Return discussion overdue", "Return discussion due", None,
    ]  # fmt: skip
    assert rows[0]["young_person"] == "Isla Invented"
    assert "Ro Testerson" in {row["young_person"] for row in rows}


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"now": "missing"}, ["Isla Invented"]),
        ({"now": "discussion_late"}, ["Cal Madeup"]),
        ({"from": "health"}, ["Ro Testerson"]),
        ({"now": "missing", "from": "health"}, []),
        ({"now": "of no such kind", "from": "nobody"}, None),
    ],
)
def test_the_list_is_narrowed_by_its_address(night: Room, asked: dict[str, str], shown: list[str] | None) -> None:
    rows = night.rows("/young-people", **asked)

    assert shown is None or [row["young_person"] for row in rows] == shown
    assert shown is not None or len(rows) == len(night.rows("/young-people"))


def test_the_list_is_put_in_order_by_its_address(night: Room) -> None:
    rows = night.rows("/young-people", order="records")

    assert [row["records"] for row in rows] == sorted(row["records"] for row in rows)
    assert night.page("/young-people", order="no such order") == night.page("/young-people")


def test_a_page_tells_who_somebody_is_what_happens_and_what_was_told_by_whom(night: Room) -> None:
    page = night.page(f"/young-people/{night.reference('Isla Invented')}")

    assert "Missing now for 7 h 36 min, since Fri 24 Apr 2026, 02:24" in page
    assert "Pronouns she/her" in page
    assert "Missing since Fri 24 Apr 2026, 02:24" in page
    assert "Missing episode: risk assessed, Police" in page
    assert "Under Core child protection and inter-agency referral discussion (A1)" in page
    assert page.count("Missing Sun 12 Apr 2026") == 1


def test_intelligence_stands_with_its_grade(night: Room) -> None:
    page = night.page(f"/young-people/{night.reference('Ro Testerson')}")

    assert "Graded 2B (3x5x2): untested source, known indirectly, but corroborated" in page


def test_what_is_withheld_is_counted_only_where_its_existence_may_be_known(night: Room) -> None:
    social_work = night.page(f"/young-people/{night.reference('Ro Testerson')}")
    isla = night.page(f"/young-people/{night.reference('Isla Invented')}")

    assert "1 withheld: why?" in social_work
    assert "Police holds something here. To know more, ask:" in social_work
    assert "withheld" not in isla


def test_as_known_on_a_day_there_is_nothing_that_came_later_or_without_a_time(night: Room) -> None:
    ref = night.reference("Ro Testerson")
    now, then = (night.open(f"/young-people/{ref}", params=CP | asked).text for asked in ({}, {"known": "2026-04-17"}))

    assert "Sanitised intelligence" in now
    assert "Sanitised intelligence" not in words(then)[: words(then).index("People and places")].replace(
        "Sanitised intelligence</option>", ""
    )
    assert "As the hub had been told by the end of Fri 17 Apr 2026." in words(then)
    assert "Missing episode: found, Police" in words(then)
    assert "withheld" not in then


def test_a_day_that_is_none_is_said_to_be_wrong_where_it_was_written(night: Room) -> None:
    answer = night.open(f"/young-people/{night.reference('Isla Invented')}", params=CP | {"known": "<soon>"})

    assert answer.status_code == 422
    assert '<a href="#known">Write a day, such as 2026-04-18</a>' in answer.text
    assert "<soon>" not in answer.text


def test_people_and_places_named_together_lead_to_their_own_pages(night: Room) -> None:
    page = night.open(f"/young-people/{night.reference('Ro Testerson')}", params=CP).text
    together = page[page.index('id="together"') :]

    others = re.findall(r'href="/panel/young-people/(y-[a-z2-7]{26})\?purpose=child_protection"', together)
    assert len(others) == 3
    for other in others:
        assert night.open(f"/young-people/{other}", params=CP).status_code == 200


def test_who_of_the_own_agency_looked_is_told_and_nobody_else(going_on: Room) -> None:
    police = going_on.reference("Isla Invented", "police/officer")
    going_on.open(f"/young-people/{police}", "police/officer", params=CP)
    ref = going_on.reference("Isla Invented")
    going_on.open(f"/young-people/{ref}", "social-work/team-lead", params=CP)

    page = going_on.page(f"/young-people/{ref}")
    looked = page[page.index("Who has looked", page.index("People of your own agency") - 40) :]

    assert "team lead Fri 24 Apr 2026, 10:00 For child protection. Opened a young person's page" in looked
    assert "officer" not in looked


@pytest.mark.parametrize("suffix", ["", "/timeline.csv", "/timeline.json"])
def test_a_reference_the_agency_does_not_have_is_answered_like_one_that_nobody_has(night: Room, suffix: str) -> None:
    theirs = night.reference("Isla Invented", "police/officer")
    nobodys = f"y-{'a' * 26}"

    answers = [night.open(f"/young-people/{ref}{suffix}", params=CP) for ref in (theirs, nobodys)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content.replace(theirs.encode(), b"") == answers[1].content.replace(nobodys.encode(), b"")
    assert answers[0].headers == answers[1].headers


def test_somebody_known_for_one_purpose_alone_is_not_known_for_another(night: Room) -> None:
    ref = night.reference("Ro Testerson", "education/teacher")

    assert night.open(f"/young-people/{ref}", "education/teacher", params=CP).status_code == 200
    assert night.open(f"/young-people/{ref}", "youth-work/worker", params=CP).status_code == 404
