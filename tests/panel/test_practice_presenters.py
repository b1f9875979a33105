"""What the pages of practice make of records: names, grades, alerts and facts."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.classes import Form
from schemas.disclosures import Rendering
from services.panel.domain.held import Held, Opened
from services.panel.domain.missing_clocks import Clocks, Episode
from services.panel.missing_told import episodes_opened
from services.panel.projections.looks import Look
from services.panel.reading import Chronology
from services.panel.web.practice import child_page, child_timeline, queue_page
from services.panel.web.practice.called import callings, place_words
from services.panel.web.practice.entries import entry_shown, grade_words
from services.panel.web.practice.queue_waiting import Kind, Waiting, key_of

NOW = datetime(2026, 4, 24, 9, tzinfo=UTC)
NAMES = Chronology([], {"police": "Police", "health": "Health"}, {"A1": "Core"})
ISLA, CAL = {"s-1": "y-isla"}, {"s-2": "y-cal"}


def opened(
    section: str,
    content: Mapping[str, Any],
    about: Mapping[str, str] = ISLA,
    form: Form = Form.FULL,
    kind: str = "missing-episode.reported",
    hours_ago: float = 5,
    each: Mapping[str, dict[str, Any]] | None = None,
) -> Opened:
    """A record as an agency holds it."""
    at = NOW - timedelta(hours=hours_ago)
    reference = f"n-{section}-{hours_ago}-{form}"
    held = Held(
        "social-work", f"i-{reference}", "child_protection", ("A1",), f"r-{hours_ago}", "police", f"cairn.{kind}.v1",
        section, section, tuple(about), at, at + timedelta(minutes=4),
        Rendering(reference=reference, form=form, about=dict(about)), "r1",
    )  # fmt: skip
    return Opened(held, dict(content), dict(each or {}))


def identity(name: str, hours_ago: float, **part: str) -> Opened:
    return opened("identity", {}, {"s-1": name}, hours_ago=hours_ago, each={name: part})


def test_somebody_goes_by_the_name_they_use_as_it_was_told_last() -> None:
    told = [
        identity("y-isla", 2, given_name="Isobel", family_name="Invented", known_as="Isla", pronouns="she/her"),
        identity("y-isla", 9, given_name="Isobel", family_name="Madeup"),
    ]

    called = callings(told)

    assert called.words("y-isla") == "Isla Invented"
    assert (called.people["y-isla"].full_name, called.people["y-isla"].pronouns) == ("Isobel Invented", "she/her")


def test_without_a_name_that_may_be_known_somebody_goes_by_their_reference() -> None:
    general = opened(
        "identity", {}, {"s-1": "y-abcdefghijkl"}, Form.GENERALISED, each={"y-abcdefghijkl": {"given_name": "X"}}
    )

    assert callings([general]).words("y-abcdefghijkl") == "Young person y-abcdefg…"
    assert callings([opened("context", {}, {"c-1": "y-place"})]).words("y-place") == "Place y-place"


def test_a_place_goes_by_what_it_is_and_the_spot() -> None:
    assert place_words({"location_band": "bus_station", "spot": "stance 3"}) == "Bus station, stance 3"
    assert place_words({"location_band": "park"}) == "Park"
    assert place_words({"spot": "stance 3"}) is None


@pytest.mark.parametrize(
    ("grading", "words"),
    [
        ({"scheme": "3x5x2", "source": "2", "assessment": "D"}, "Graded 2D (3x5x2): untested source, not known how"),
        (
            {"scheme": "3x5x2", "source": "1", "assessment": "E"},
            "Graded 1E (3x5x2): reliable source, suspected to be false",
        ),
        ({"scheme": "5x5x5", "source": "B", "information": "2", "handling": "4"}, "Graded B24 (5x5x5)"),
    ],
)
def test_a_grade_stands_in_its_own_scheme_and_an_older_one_is_not_translated(
    grading: dict[str, str], words: str
) -> None:
    assert grade_words({"grading": grading}) == words


def test_a_record_without_a_grade_says_nothing_of_one() -> None:
    entry = entry_shown(opened("missing", {"status": "missing", "circumstances": "Left by the back door."}), NAMES)

    assert entry.grade is None
    assert entry.gist is not None
    assert entry.gist.value == "Left by the back door."


def test_what_a_young_person_said_comes_before_what_was_written_about_them() -> None:
    said = {"circumstances": "Came home.", "own_words": "I walked."}
    entry = entry_shown(opened("missing", said, kind="missing-episode.located"), NAMES)

    assert entry.gist is not None
    assert (entry.gist.value, entry.gist.quote) == ("I walked.", True)


def test_a_record_in_general_terms_has_neither_time_nor_name_of_its_report() -> None:
    entry = entry_shown(opened("missing", {"status": "was missing; now safe"}, form=Form.GENERALISED), NAMES)

    assert (entry.clock, entry.day, entry.late, entry.origin) == (None, None, None, "Police")
    assert entry.statement == "Was missing; now safe."


def test_whoever_is_missing_is_told_of_first_and_nothing_is_due_yet() -> None:
    (alert,) = child_page.alerts([Episode("y-isla", NOW - timedelta(hours=3))], NOW, Clocks(), str)

    assert (alert.words, alert.tone, alert.seconds) == ("Missing now", "red", 3 * 3600)


@pytest.mark.parametrize(
    ("hours", "offered", "words", "tone"),
    [
        (10, False, "Time to offer a return discussion: by Sun 26 Apr 2026, 24:00", "yellow"),
        (80, False, "Nobody has told your agency that a return discussion was offered.", "red"),
        (80, True, "Time to hold the return discussion:", "yellow"),
        (200, True, "Nobody has told your agency that a return discussion was held.", "red"),
    ],
)
def test_what_is_due_after_a_return_is_told_until_it_is_told_to_be_done(
    hours: float, offered: bool, words: str, tone: str
) -> None:
    found = NOW - timedelta(hours=hours)
    episode = Episode("y-isla", found - timedelta(hours=2), found, offered=found if offered else None)

    (alert,) = child_page.alerts([episode], NOW, Clocks(), str)

    assert alert.words.startswith(words.partition(": by")[0])
    assert alert.tone == tone


def test_nothing_is_due_once_somebody_listened() -> None:
    found = NOW - timedelta(days=30)

    assert child_page.alerts([Episode("y-isla", found, found, found, (), found)], NOW, Clocks(), str) == []


def test_a_fact_about_several_is_no_fact_about_one_of_them() -> None:
    alone = opened("school", {"school": "Calder High"}, hours_ago=9)
    several = opened("school", {"school": "Another"}, {"s-1": "y-isla", "s-2": "y-cal"}, hours_ago=1)

    facts = child_page.facts("y-isla", [alone, several], callings([]), [])

    assert [(fact.label, fact.value) for fact in facts] == [("School", "Calder High")]


def test_records_that_name_others_only_by_a_pseudonym_link_nobody() -> None:
    records = [
        opened("peer_links", {}, {"s-1": "y-isla", "s-2": "y-cal", "c-1": "y-place"}, hours_ago=3),
        opened("peer_links", {}, {"s-1": "p-1", "s-3": "p-3"}, Form.PSEUDONYMISED, hours_ago=2),
    ]

    linked = child_page.together("y-isla", records, callings(records), {"y-cal": "/young-people/y-cal"})

    assert [(one.words, one.href, one.kind) for one in linked] == [
        ("Young person y-cal", "/young-people/y-cal", ""),
        ("Place y-place", None, ""),
    ]


def test_what_happened_between_a_report_and_a_return_stands_together_whatever_agency_told_it() -> None:
    told = [
        opened("missing", {"since": (NOW - timedelta(hours=6)).isoformat()}, hours_ago=5),
        opened("identity", {}, hours_ago=5),
        opened("missing", {}, kind="missing-episode.located", hours_ago=1),
        opened("health_summary", {}, kind="health.attendance", hours_ago=2),
    ]
    episodes = episodes_opened(told)["y-isla"]

    episode, day = child_timeline.sections(episodes, told, told, NAMES, callings(told), newest_first=False)

    assert episode.heading == "Missing Fri 24 Apr 2026, 04:00 to 09:00"
    assert [entry.title for entry in episode.entries] == ["Missing episode", "Identity", "Missing episode"]
    assert [entry.title for entry in day.entries] == ["Health summary"]


def test_somebody_who_had_come_back_before_the_risk_was_written_down_is_not_missing_again() -> None:
    told = [
        opened("missing", {"since": (NOW - timedelta(hours=6)).isoformat()}, hours_ago=5),
        opened("missing", {"risk_level": "medium"}, kind="missing-episode.risk-assessed", hours_ago=4),
        opened(
            "missing", {"found": (NOW - timedelta(hours=4.5)).isoformat()}, kind="missing-episode.located", hours_ago=3
        ),
    ]

    (episode,) = episodes_opened(told)["y-isla"]

    assert (episode.since, episode.found) == (NOW - timedelta(hours=6), NOW - timedelta(hours=4.5))


def test_an_episode_that_goes_on_stands_before_whatever_was_told_since() -> None:
    told = [
        opened("missing", {}, hours_ago=5),
        opened("health_summary", {}, kind="health.attendance", hours_ago=2),
    ]
    episodes = episodes_opened(told)["y-isla"]

    newest, oldest = (
        [
            one.is_episode
            for one in child_timeline.sections(episodes, told, told, NAMES, callings(told), newest_first=first)
        ]
        for first in (True, False)
    )

    assert newest == oldest == [True, False]


def test_looks_stand_in_an_order_that_no_random_id_decides() -> None:
    looks = [Look(f"social-work/{name}", "panel.queue", "missing", NOW, 1) for name in ("b", "a", "c")]

    shown = [one.who for one in child_page.looks_shown(looks).shown]

    assert shown == [one.who for one in child_page.looks_shown(looks[::-1]).shown] == ["c", "b", "a"]


@pytest.mark.parametrize(("counted", "words"), [("", "2 new"), ("a", "1 new"), ("ab", ""), ("abc", ""), ("c", "2 new")])
def test_only_what_the_page_did_not_count_is_news(counted: str, words: str) -> None:
    now, before = ([_waits(of) for of in one] for one in ("ab", counted))

    assert queue_page.news_words(now, queue_page.known_of(before)) == words


def _waits(of: str) -> Waiting:
    return Waiting(Kind.MISSING, of, key_of(of), 0.0, frozenset(), frozenset())
