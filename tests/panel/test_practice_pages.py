"""The practice room: the queue, young people, one young person, the figures, and their twins as data."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from schemas.access import AccessRecorded
from schemas.classes import Purpose
from schemas.envelope import Event
from services.kernel import topics
from services.kernel.identity import Caller, Role
from services.kernel.log import BEFORE_FIRST
from services.panel.app import PanelService
from services.panel.application.actions import Asked
from services.panel.domain.action import Progress
from services.panel.publishing import Named
from tests.panel.conftest import words
from tests.panel.panel_room import CHAIR, COORDINATOR, PARTS
from tests.support.practice_night import JAMIE, NOW, SECRETS, SKYE, Room, ago, event, practice_night

CP = {"purpose": "child_protection"}
WATCHERS = ("social-work", "education", "childrens-house", "youth-work", "bus-operator")
LISTS = ("/queue", "/young-people", "/missing")


@pytest.fixture(scope="module")
def night() -> Iterator[Room]:
    """The night and the evening, for tests that only look."""
    with practice_night() as room:
        yield room


@pytest.fixture(scope="module")
def going_on() -> Iterator[Room]:
    """The same for tests in which something happens."""
    with practice_night() as room:
        yield room


def _page(room: Room, path: str, who: str = "social-work/duty-worker", **asked: str) -> str:
    answer = room.open(path, who, params={**CP, **asked})
    assert answer.status_code == 200, answer.text
    return words(answer.text)


def _accesses(room: Room) -> list[AccessRecorded]:
    log = room.stage.hub.log
    return [
        Event[AccessRecorded].model_validate_json(entry.value).data
        for entry in log.read(topics.ACCESS, 0, BEFORE_FIRST, 10_000)
    ]


def test_the_queue_tells_who_is_missing_and_for_how_long(night: Room) -> None:
    page = _page(night, "/queue")

    assert "1 Missing now" in page
    missing = page[page.index("Missing now 1 ") : page.index("Return discussions 2 ")]
    assert "7 h 36 min Isla Invented Assessed by the duty inspector" in missing
    assert (
        "Since Fri 24 Apr 2026, 02:24 Medium risk High risk in the view of their carers 4th time in 30 days" in missing
    )


def test_the_queue_tells_what_is_due_after_a_return_and_what_is_late(night: Room) -> None:
    page = _page(night, "/queue", show="discussion")

    assert "8 h 00 min late Cal Madeup Return discussion to be offered" in page
    assert "Return discussion offered; to be held Back Thu 23 Apr 2026, 14:00 By Thu 30 Apr 2026, 14:00" in page
    assert page.index("Cal Madeup") < page.index("Fictional")
    assert "Isla" not in page
    assert "Ro Testerson" not in page


def test_the_queue_tells_what_other_agencies_referred_and_not_what_one_s_own_did(night: Room) -> None:
    rows = night.rows("/queue", show="referral")

    assert ("School concern", "Education") in {(row["state"], row["told_by"]) for row in rows}
    assert "Social work" not in {row["told_by"] for row in rows}
    assert len(night.rows("/queue", show="referral", days="1")) < len(rows)


def test_an_agency_that_is_not_told_how_an_episode_went_on_is_not_told_that_somebody_is_missing(night: Room) -> None:
    page = _page(night, "/queue", "education/practitioner")

    assert "0 Missing now" in page
    assert "Nobody is missing, as far as your agency is told." in page


def test_what_is_new_in_the_queue_is_counted_and_the_rows_stay_where_they_are(going_on: Room) -> None:
    page = going_on.open("/queue", params=CP).text
    news = _address(page, "data-news")
    before = going_on.open(news).json()
    going_on.post(event("N1", "childrens-house", "missing-episode.reported", 0, SKYE, missing={"since": ago(0.5)}))

    assert before == {"words": ""}
    assert going_on.open(news).json() == {"words": "1 new"}
    assert going_on.open(_address(going_on.open("/queue", params=CP).text, "data-news")).json() == {"words": ""}


def test_asking_for_news_leaves_a_trace_that_shows_nobody(going_on: Room) -> None:
    news = _address(going_on.open("/queue", params=CP).text, "data-news")

    going_on.open(news)

    asked = _accesses(going_on)[-1]
    assert (asked.operation, asked.seen) == ("panel.queue_news", ())


def test_whoever_is_found_leaves_the_queue_and_a_discussion_is_due(going_on: Room) -> None:
    going_on.post(
        event("G1", "childrens-house", "missing-episode.reported", 0.4, JAMIE, missing={"since": ago(0.5)}),
    )
    missing = {row["key"] for row in going_on.rows("/queue", show="missing")}
    due = {row["key"] for row in going_on.rows("/queue", show="discussion")}

    going_on.post(event("G2", "police", "missing-episode.located", 0.1, JAMIE, missing={"found": ago(0.1)}))

    assert len({row["key"] for row in going_on.rows("/queue", show="missing")}) == len(missing) - 1
    assert len({row["key"] for row in going_on.rows("/queue", show="discussion")}) == len(due) + 1


def test_what_the_panel_asks_of_an_agency_stands_in_its_queue_alone_until_it_is_done(going_on: Room) -> None:
    panel = going_on.stage.hub.services["panel"]
    assert isinstance(panel, PanelService)
    asked = Asked("social-work", "Ask the <b>bus operator</b> about stance 3", "2026-04-26")
    meeting = panel.room.meetings.convene(COORDINATOR, "april", NOW, NOW + timedelta(hours=2), PARTS).ref
    with panel.store.transaction():
        action = panel.room.actions.assign(CHAIR.practitioner, "one", asked, meeting, "it-1", [], Named())

    page = _page(going_on, "/queue", show="task")

    assert "1 Tasks" in page
    assert "2 days left Ask the &lt;b&gt;bus operator&lt;/b&gt; about stance 3 By Sun 26 Apr 2026 Assigned" in page
    assert [row["kind"] for row in going_on.rows("/queue", show="task")] == ["task"]
    assert going_on.rows("/queue", show="task", page="2") == []
    assert _page(going_on, "/queue", "police/officer").count("bus operator") == 0
    who = Caller("social-work/duty-worker", "social-work", frozenset({Role.PRACTITIONER}))
    panel.room.actions.report_progress(who, action.ref, Progress.DONE, "They mended the light.")
    assert going_on.rows("/queue", show="task") == []


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
    assert _page(night, "/young-people", order="no such order") == _page(night, "/young-people")


def test_a_page_tells_who_somebody_is_what_happens_and_what_was_told_by_whom(night: Room) -> None:
    page = _page(night, f"/young-people/{night.reference('Isla Invented')}")

    assert "Missing now for 7 h 36 min, since Fri 24 Apr 2026, 02:24" in page
    assert "Pronouns she/her" in page
    assert "Missing since Fri 24 Apr 2026, 02:24" in page
    assert "Missing episode: risk assessed, Police" in page
    assert "Under Core child protection and inter-agency referral discussion (A1)" in page
    assert page.count("Missing Sun 12 Apr 2026") == 1


def test_intelligence_stands_with_its_grade(night: Room) -> None:
    page = _page(night, f"/young-people/{night.reference('Ro Testerson')}")

    assert "Graded 2B (3x5x2): untested source, known indirectly, but corroborated" in page


def test_what_is_withheld_is_counted_only_where_its_existence_may_be_known(night: Room) -> None:
    social_work = _page(night, f"/young-people/{night.reference('Ro Testerson')}")
    isla = _page(night, f"/young-people/{night.reference('Isla Invented')}")

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

    page = _page(going_on, f"/young-people/{ref}")
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


def test_the_figures_count_what_began_again_and_ended_in_each_week(night: Room) -> None:
    rows = night.rows("/missing", weeks="4")

    assert [(row["week_starts"], row["began"], row["again"], row["ended"]) for row in rows] == [
        ("2026-04-20", 3, 1, 2),
        ("2026-04-13", 2, 1, 2),
        ("2026-04-06", 1, 1, 1),
        ("2026-03-30", 1, 0, 1),
    ]
    page = _page(night, "/missing")
    assert "Missing three times or more in 30 days" in page
    assert "Isla Invented 4 times" in page


def test_the_bars_of_the_figures_say_what_their_numbers_say(night: Room) -> None:
    page = night.open("/missing", params=CP | {"weeks": "4"}).text

    drawn = re.findall(r'cairn_bar__number">(\d+)<.*?<rect [^>]*width="(\d+)%"', page)
    assert drawn
    assert {(int(number), int(width)) for number, width in drawn} == {
        (number, round(100 * number / 3)) for number in {int(each) for each, _ in drawn}
    }


def test_of_young_people_without_names_a_small_number_is_kept_back(night: Room) -> None:
    page = _page(night, "/missing", "education/teacher")

    assert (
        "In general terms, without a time, your agency is told of fewer than 5 young people who were missing." in page
    )
    assert "0 Missing now" in page


@pytest.mark.parametrize("path", LISTS)
def test_the_twins_have_the_rows_of_the_page_and_nothing_in_them_computes(night: Room, path: str) -> None:
    told = night.rows(path)
    answer = night.open(f"{path}.csv", params=CP)

    read = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert len(read) == len(told)
    for as_csv, as_json in zip(read, told, strict=True):
        assert {key: value.removeprefix("'") for key, value in as_csv.items()} == {
            key: "" if value is None else str(value) for key, value in as_json.items() if key != "key"
        }
        assert not any(value.startswith(("=", "+", "-", "@")) for value in as_csv.values())
    assert answer.headers["content-disposition"] == f'attachment; filename="{path[1:]}.csv"'


def test_what_somebody_wrote_is_neither_markup_nor_a_formula(night: Room) -> None:
    jamie = next(
        row for row in night.rows("/queue") if row["state"] == "School concern" and "Education" in row["told_by"]
    )
    ref = next(row["reference"] for row in night.rows("/young-people") if row["young_person"] == jamie["who"])

    page = night.open(f"/young-people/{ref}", params=CP).text
    listed = night.open("/young-people", params=CP).text
    as_csv = night.open(f"/young-people/{ref}/timeline.csv", params=CP).text

    assert "<b>nobody</b>" not in page
    assert "&lt;b&gt;nobody&lt;/b&gt;" in page
    assert "<i>Fictional</i>" not in listed
    assert not any(line.startswith(("=", '"=')) for line in as_csv.splitlines())
    assert ",'=Skye" in night.open("/young-people.csv", params=CP).text


@pytest.mark.parametrize("path", [*LISTS, "/young-people/{ref}"])
def test_every_page_is_on_the_log_before_it_is_shown_with_what_it_showed(night: Room, path: str) -> None:
    ref = night.reference("Isla Invented")
    before = len(_accesses(night))

    page = night.open(path.format(ref=ref), params=CP)

    access, *others = _accesses(night)[before:]
    assert [other.operation for other in others] == (["panel.actions"] if path == "/queue" else [])
    assert page.status_code == 200
    assert access.operation.startswith("panel.")
    assert (access.practitioner, access.purpose) == ("social-work/duty-worker", Purpose.CHILD_PROTECTION)
    assert access.seen


def test_whoever_a_list_shows_is_on_the_log_as_seen(night: Room) -> None:
    rows = night.rows("/young-people")
    subjects = {subject for seen in _accesses(night)[-1].seen for subject in seen.subjects}

    assert len(subjects) >= len(rows)


@pytest.mark.parametrize("path", ["/young-people.json", "/queue.csv", "/missing.json", "/queue/news.json"])
def test_a_program_is_told_of_a_problem_as_programs_are(night: Room, path: str) -> None:
    answer = night.open(path, params={"purpose": "curiosity"})

    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("path", [*LISTS, "/young-people/y-1"])
def test_without_a_purpose_a_page_asks_for_one_and_leads_back_to_itself(night: Room, path: str) -> None:
    before = len(_accesses(night))

    answer = night.open(path)

    assert "What do you need this for?" in answer.text
    assert f'href="/panel{path}?purpose=missing"' in answer.text
    assert len(_accesses(night)) == before


def test_a_saved_filter_is_kept_for_its_practitioner_alone_and_can_be_forgotten(going_on: Room) -> None:
    given = {"list": "/young-people", "query": "now=missing&days=7", "purpose": "child_protection"}

    kept = going_on.open("/saved-filters", method="POST", data={**given, "do": "keep"})

    assert (kept.status_code, kept.headers["location"]) == (
        303, "/panel/young-people?purpose=child_protection&now=missing&days=7",
    )  # fmt: skip
    assert "Saved by you Missing now, the last 7 days" in _page(going_on, "/young-people")
    assert "Saved by you" not in _page(going_on, "/young-people", "social-work/team-lead")
    going_on.open("/saved-filters", method="POST", data={**given, "do": "forget"})
    assert "Saved by you" not in _page(going_on, "/young-people")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/young-people", "now=Isla Invented"),
        ("/young-people", "about=y-1"),
        ("/young-people", ""),
        ("/network", "about=y-1"),
        ("https://elsewhere.example", "now=missing"),
    ],
)
def test_nothing_but_codes_can_be_saved_as_a_filter(going_on: Room, path: str, query: str) -> None:
    answer = going_on.open("/saved-filters", method="POST", data={"list": path, "query": query, "do": "keep"})

    assert answer.status_code == 422
    assert "Isla" not in answer.text


def test_a_filter_is_saved_only_from_a_page_of_the_hub(going_on: Room) -> None:
    sent = {"list": "/young-people", "query": "now=missing", "do": "keep"}

    refused = going_on.open("/saved-filters", method="POST", data=sent, headers={"sec-fetch-site": "cross-site"})

    assert refused.status_code == 403
    assert "Saved by you" not in _page(going_on, "/young-people")


def test_nobody_keeps_more_filters_than_there_is_room_for(going_on: Room) -> None:
    who = "social-work/collector"
    answers = [
        going_on.open(
            "/saved-filters", who, "POST", data={"list": "/young-people", "query": f"from=agency-{n}", "do": "keep"}
        ).status_code
        for n in range(21)
    ]

    assert answers == [303] * 20 + [409]


def test_the_strip_says_what_for_and_as_of_when_and_the_purpose_can_be_changed(night: Room) -> None:
    page = night.open("/queue", params=CP | {"show": "missing"}).text

    assert "For child protection Change what this is read for" in words(page)
    assert "Data as of Fri 24 Apr 2026, 10:00" in words(page)
    assert 'href="/panel/queue?show=missing&amp;purpose=context"' in page


@pytest.fixture(scope="module")
def worlds() -> Iterator[tuple[Room, Room]]:
    """Two nights that differ in what only those who reported it may know, and in nothing else."""
    with practice_night() as bare, practice_night(SECRETS) as other:
        yield bare, other


@pytest.mark.parametrize("watcher", WATCHERS)
def test_a_secret_changes_no_byte_of_a_page_or_of_its_twins(worlds: tuple[Room, Room], watcher: str) -> None:
    for purpose in Purpose:
        known = [[row["reference"] for row in _known(room, watcher, purpose)] for room in worlds]
        assert known[0] == known[1]
        for path in _paths(known[0]):
            one, two = (_told(room, path, watcher, purpose) for room in worlds)
            assert one == two, (purpose, path)


def test_the_secret_is_there_for_whoever_may_know_it(worlds: tuple[Room, Room]) -> None:
    for whose in ("police", "health", "return-service"):
        one, two = (room.open("/", f"{whose}/officer", params=CP).content for room in worlds)
        assert one != two, whose


def _known(room: Room, watcher: str, purpose: Purpose) -> list[Any]:
    return room.rows("/young-people", f"{watcher}/colleague", purpose.value)


def _paths(known: Sequence[str]) -> Sequence[str]:
    paths = [f"{path}{suffix}" for path in LISTS for suffix in ("", ".csv", ".json")]
    for ref in known:
        paths += [f"/young-people/{ref}{rest}" for rest in ("", "/timeline.csv", "/timeline.json")]
    return [*paths, "/queue/news.json"]


def _told(room: Room, path: str, watcher: str, purpose: Purpose) -> tuple[int, Any, bytes]:
    answer = room.open(path, f"{watcher}/colleague", params={"purpose": purpose.value})
    return answer.status_code, sorted(answer.headers.items()), answer.content


def _address(page: str, attribute: str) -> str:
    found = re.search(rf'{attribute}="/panel([^"]*)"', page)
    assert found
    return found[1].replace("&amp;", "&")
