"""Closing a discussion between agencies through its page (S1, 1.10), as a browser without scripts sends it."""

import csv
import io
import re
from typing import Any

import pytest

from schemas.access import AccessRecorded
from schemas.envelope import Event
from services.kernel import topics
from services.kernel.log import BEFORE_FIRST
from services.panel.domain.prompts import Prompt
from tests.panel.panel_hub import CHAIR
from tests.support.panel_story import PanelPages
from tests.support.reading import error_summary, words

WORKER, OFFICER = "social-work/duty-worker", "police/officer"
NEW = "/discussions/new"
WHOLE: dict[str, Any] = {
    "key": "one",
    "young_people": "chi 5503111230, swis 4711",
    "took_part": ["social_work", "police", "health"],
    "outcome": "refer_group_to_efh_panel",
    "reasons": "The harm lies outside the home.",
    "lead_professional": "Team leader, children and families",
    "young_persons_view": "I want it to stop.",
} | {prompt.value: "yes" for prompt in Prompt}


def _closed(hub: PanelPages, **instead: Any) -> str:
    """The receipt of a discussion that was closed."""
    answer = hub.send(NEW, WORKER, WHOLE | instead, "child_protection")
    assert answer.status_code == 303, error_summary(answer.text)
    path = answer.headers["location"].removeprefix("/panel").partition("?")[0]
    return str(hub.raw("GET", path, WORKER).text)


def test_a_discussion_is_closed_with_a_receipt_and_reaches_the_panel_that_it_refers_to(hub: PanelPages) -> None:
    receipt = words(_closed(hub))

    (record,) = [one for one in hub.records("social-work") if one["class"] == "decision"]
    (referral,) = hub.get("/v1/referrals", CHAIR)["referrals"]
    listed = words(hub.page("/discussions", WORKER))
    assert "How a discussion ended Report sent Receipt" in receipt
    assert (record["content"]["lead_professional"], record["content"]["young_persons_view"]) == (
        "Team leader, children and families", "I want it to stop.",
    )  # fmt: skip
    assert referral["by_partner"] == "social-work"
    assert "Thu 7 May 2026 Refer a group to the panel Social work, Police, Health 9 answered" in listed


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"took_part": ["social_work", "police"]}, {"absent-health": "Health: record that it took part"}),
        ({"took_part": []}, {"absent-health": "", "absent-police": "", "absent-social_work": ""}),
        ({"lead_professional": "", "reasons": ""}, {"reasons": "Why: write", "lead_professional": ""}),
        ({"young_persons_view": ""}, {"young_persons_view": "What the young people say: give their words"}),
        ({"medical": ""}, {"medical": "Was a medical examination, or health care, considered: choose one"}),
        (
            {"medical": "skipped"},
            {"medical": "Was a medical examination, or health care, considered: answer, or skip it"},
        ),
        ({"young_people": ""}, {"young_people": "Which young people: write"}),
        ({"young_people": "chi 5503111230\nchi 5503111231"}, {"young_people": "Which young people, line 2: give"}),
        ({"outcome": ""}, {"outcome": "What was decided: choose one"}),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_is_closed(
    hub: PanelPages, changed: dict[str, Any], said: dict[str, str]
) -> None:
    answer = hub.send(NEW, WORKER, WHOLE | changed, "child_protection")

    told = error_summary(answer.text)
    assert answer.status_code == 422
    assert list(told) == list(said)
    assert all(told[name].startswith(expected) for name, expected in said.items())
    assert "5503111231" not in re.sub(r"<textarea.*?</textarea>", "", answer.text, flags=re.DOTALL)
    assert [one for one in hub.records("social-work") if one["from"] == "social-work"] == []
    assert "has closed no discussion here" in hub.page("/discussions", WORKER)


def test_what_was_typed_stays_where_something_is_missing(hub: PanelPages) -> None:
    answer = hub.send(NEW, WORKER, WHOLE | {"outcome": "", "absent-health": "Nobody was on duty."}, "child_protection")

    assert "The harm lies outside the home." in answer.text
    assert 'value="Nobody was on duty."' in answer.text
    assert 'name="key" value="one"' in answer.text
    assert re.search(r'value="police"[^>]* checked', answer.text)


def test_whoever_was_not_there_is_listed_with_a_reason(hub: PanelPages) -> None:
    _closed(hub, took_part=["social_work", "police"], **{"absent-health": "Nobody was on duty."})

    (record,) = [one for one in hub.records("social-work") if one["class"] == "decision"]
    assert record["content"]["not_taken_part_because"] == "Health: Nobody was on duty."
    assert "Not there, with a reason: Health" in words(hub.page("/discussions", WORKER))


def test_sending_it_twice_is_one_discussion(hub: PanelPages) -> None:
    _closed(hub)
    _closed(hub)

    assert len(hub.open("/discussions.json", WORKER).json()["rows"]) == 1


def test_words_that_can_blame_a_young_person_are_shown_to_be_changed(hub: PanelPages) -> None:
    receipt = _closed(hub, reasons="She is an absconder who puts herself at risk.")

    assert "Some words to look at again" in words(receipt)
    assert "<mark>" in receipt


def test_a_young_person_s_numbers_are_there_when_one_comes_from_their_page(hub: PanelPages) -> None:
    people = {"people": {"k1": {"identifiers": ["swis|8822"], "born": "2011-03-15"}}}
    numbers = {"identifiers": {"about": ["k1"], "each": {"k1": {"numbers": ["swis|8822", "chi|5503111230"]}}}}
    hub.report("social-work", "cairn.missing-episode.reported.v1", people | numbers | {
        "missing": {"about": ["k1"], "status": "missing", "since": "2026-05-05T20:00:00+01:00"}})  # fmt: skip
    (row,) = hub.raw("GET", "/young-people.json", WORKER, params={"purpose": "missing"}).json()["rows"]
    page = hub.raw("GET", f"/young-people/{row['key']}", WORKER, params={"purpose": "missing"}).text
    address = re.search(r'href="/panel/room(/discussions/new)\?purpose=missing&amp;young=([^"]+)"', page)
    assert address

    asked = hub.page(NEW, WORKER, "missing", young=address[2])
    nobody = hub.page(NEW, WORKER, "missing", young="y-nobody")
    theirs = hub.page(NEW, OFFICER, "missing", young=address[2])

    assert re.search(r"<textarea[^>]*>\s*swis 8822, chi 5503111230</textarea>", asked)
    assert "8822" not in nobody + theirs
    assert f'href="/panel/room/referrals/new?purpose=missing&amp;about=child&amp;young={address[2]}"' in page
    referring = hub.page("/referrals/new", WORKER, "missing", about="child", young=address[2])
    assert re.search(rf"<textarea[^>]*>\s*{address[2]}</textarea>", referring)
    assert re.search(r'value="child"[^>]* checked', referring)


def test_each_agency_sees_its_own_discussions_and_twins_say_what_the_page_says(hub: PanelPages) -> None:
    _closed(hub)

    rows = list(csv.DictReader(io.StringIO(hub.open("/discussions.csv", WORKER).text, newline="")))
    assert [(row["outcome"], row["took_part"]) for row in rows] == [
        ("Refer a group to the panel", "Social work, Police, Health")
    ]
    assert "Refer a group to the panel" not in hub.page("/discussions", OFFICER)
    assert hub.open("/discussions.json", OFFICER).json()["rows"] == []


def test_looking_up_somebody_s_numbers_leaves_a_trace_that_shows_what_was_read(hub: PanelPages) -> None:
    people = {"people": {"k1": {"identifiers": ["swis|8822"], "born": "2011-03-15"}}}
    numbers = {"identifiers": {"about": ["k1"], "each": {"k1": {"numbers": ["swis|8822"]}}}}
    hub.report("social-work", "cairn.missing-episode.reported.v1", people | numbers)
    (row,) = hub.raw("GET", "/young-people.json", WORKER, params={"purpose": "missing"}).json()["rows"]

    hub.page(NEW, WORKER, "missing", young=row["key"])
    found = _last_access(hub)
    hub.page(NEW, WORKER, "missing", young="y-nobody")
    nothing = _last_access(hub)

    assert (found.operation, found.practitioner, len(found.seen)) == ("panel.identifiers", WORKER, 1)
    assert (nothing.operation, nothing.seen) == ("panel.identifiers", ())


def _last_access(hub: PanelPages) -> AccessRecorded:
    *_, last = hub.stage.hub.log.read(topics.ACCESS, 0, BEFORE_FIRST, 10_000)
    return Event[AccessRecorded].model_validate_json(last.value).data
