"""The queue of the practice room: who is missing, what is due, what other agencies ask, and what is new."""

import re
from datetime import timedelta

from services.kernel.identity import Caller, Role
from services.panel.app import PanelService
from services.panel.application.actions import Asked
from services.panel.domain.action import Progress
from services.panel.publishing import Named
from tests.panel.panel_room import CHAIR, COORDINATOR, PARTS
from tests.support.panel_story import PanelPages
from tests.support.practice_night import JAMIE, NOW, SKYE, Room, ago, event
from tests.support.reading import words

CP = {"purpose": "child_protection"}


def test_the_queue_tells_who_is_missing_and_for_how_long(night: Room) -> None:
    page = night.page("/queue")

    assert "1 Missing now" in page
    missing = page[page.index("Missing now 1 ") : page.index("Return discussions 2 ")]
    assert "7 h 36 min Isla Invented Assessed by the duty inspector" in missing
    assert (
        "Since Fri 24 Apr 2026, 02:24 Medium risk High risk in the view of their carers 4th time in 30 days" in missing
    )


def test_the_queue_tells_what_is_due_after_a_return_and_what_is_late(night: Room) -> None:
    page = night.page("/queue", show="discussion")

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
    page = night.page("/queue", "education/practitioner")

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

    asked = going_on.accesses()[-1]
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
    meeting = panel.room.convening.convene(COORDINATOR, "april", NOW, NOW + timedelta(hours=2), PARTS).ref
    with panel.store.transaction():
        action = panel.room.actions.assign(CHAIR.practitioner, "one", asked, meeting, "it-1", [], Named())

    page = going_on.page("/queue", show="task")

    assert "1 Tasks" in page
    assert "2 days left Ask the &lt;b&gt;bus operator&lt;/b&gt; about stance 3 By Sun 26 Apr 2026 Not begun" in page
    assert [row["kind"] for row in going_on.rows("/queue", show="task")] == ["task"]
    assert going_on.rows("/queue", show="task", page="2") == []
    assert going_on.page("/queue", "police/officer").count("bus operator") == 0
    who = Caller("social-work/duty-worker", "social-work", frozenset({Role.PRACTITIONER}))
    panel.room.actions.report_progress(who, action.ref, Progress.DONE, "They mended the light.")
    assert going_on.rows("/queue", show="task") == []


def test_a_return_discussion_is_overdue_in_the_queue_from_its_very_minute(hub: PanelPages) -> None:
    people = {"people": {"k1": {"identifiers": ["swis|4711"], "born": "2011-03-15"}}}
    since, found = "2026-05-05T20:00:00+01:00", "2026-05-06T03:15:00+01:00"
    for kind, said in (
        ("reported", {"status": "missing", "since": since}),
        ("located", {"status": "found_safe", "found": found}),
    ):
        hub.report(
            "social-work", f"cairn.missing-episode.{kind}.v1", people | {"missing": {"about": ["k1"], **said}}, found
        )
    pages = {}
    for at in ({"day": 9, "hour": 2, "minute": 14}, {"day": 9, "hour": 2, "minute": 15}):
        hub.move(**at)
        answer = hub.raw(
            "GET", "/queue", "social-work/duty-worker", params={"purpose": "missing", "show": "discussion"}
        )
        pages[at["minute"]] = words(answer.text)

    assert "Return discussion to be offered" in pages[14]
    assert "late" not in pages[14].partition("Return discussions")[2]
    assert "late" in pages[15].partition("Return discussions")[2]


def _address(page: str, attribute: str) -> str:
    found = re.search(rf'{attribute}="/panel([^"]*)"', page)
    assert found
    return found[1].replace("&amp;", "&")
