"""Situations at the bus station and in a meeting (S1, S4, S15) as their pages show them, where no other test does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.panel.conftest import words
from tests.panel.panel_hub import CHAIR, COORDINATOR, bus_station
from tests.support.panel_story import (
    ANSWERED,
    CONFIRMED,
    CONVENED,
    DECISION,
    KEY_WORKER,
    OFFICER,
    TEACHER,
    PanelPages,
    Sitting,
    day,
    panel_pages,
    proposed,
    three_reports,
)

PRACTICE = ("/young-people", "/young-people.csv", "/network", "/network.json", "/missing", "/")
WORKER = "social-work/duty-worker"
RETURNED = {name: value for name, value in DECISION.items() if not name.startswith(("owner", "text", "due", "review"))}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[PanelPages]:
    with panel_pages(tmp_path) as opened:
        yield opened


def _practice(hub: PanelPages, who: str, purpose: str, *paths: str) -> list[bytes]:
    return [hub.raw("GET", path, who, params={"purpose": purpose}).content for path in paths or PRACTICE]


def test_confirming_a_context_gives_no_young_person_a_link_on_any_page(hub: PanelPages) -> None:
    three_reports(hub)
    case = f"/contexts/{proposed(hub)}"
    people = [(who, purpose) for who in (TEACHER, OFFICER, WORKER) for purpose in ("context", "child_protection")]
    before = [_practice(hub, who, purpose) for who, purpose in people]

    hub.done(f"{case}/confirm", COORDINATOR, CONFIRMED)

    assert [_practice(hub, who, purpose) for who, purpose in people] == before


def test_what_turns_out_to_be_a_home_is_taken_back_from_pages_that_told_of_it(hub: PanelPages) -> None:
    three_reports(hub)
    case = f"/contexts/{proposed(hub)}"
    hub.done(f"{case}/confirm", COORDINATOR, CONFIRMED)
    before = _practice(hub, OFFICER, "context", "/", "/places.csv")
    hub.done(f"{case}/publish", COORDINATOR, {"location_band": "bus_station", "ask": "lighting"})
    told = _practice(hub, OFFICER, "context", "/", "/places.csv")

    hub.done(f"{case}/convert", CHAIR, {"reason": "A family lives there."})

    assert b"Told to the hub" in told[0]
    assert told != before
    assert _practice(hub, OFFICER, "context", "/", "/places.csv") == before
    assert "A home" in words(hub.page(case, CHAIR))
    assert hub.open(f"{case}/pack", CHAIR).status_code == 409
    assert hub.send(f"{case}/publish", CHAIR, {"location_band": "bus_station"}).status_code == 409


def test_an_online_space_named_by_its_members_is_handled_as_a_matter_between_them(hub: PanelPages) -> None:
    case = hub.done("/contexts/new", COORDINATOR, {"why": "Two schools heard of it.", "key": "chat"})
    named = {"kind": "online_space", "name": "CALDER YT", "personal_handle": "yes"} | day("review_due", "1 6 2026")
    hub.done(f"{case}/confirm", COORDINATOR, named)
    before = _practice(hub, OFFICER, "context", "/")

    refused = hub.send(f"{case}/publish", COORDINATOR, {"location_band": "online"})

    assert "A matter between young people." in words(hub.page(case, COORDINATOR))
    assert refused.status_code == 409
    assert _practice(hub, OFFICER, "context", "/") == before


def test_what_was_heard_is_decided_before_the_meeting_can_be_closed(hub: PanelPages) -> None:
    sitting = Sitting(hub)
    sitting.begin()
    hub.done(sitting.item(3, "hear"), CHAIR, {})
    for number in (0, 1, 2, 4, 5):
        hub.done(sitting.item(number, "carry-over"), CHAIR, {"reason": "The time was up."})

    refused = hub.send(f"{sitting.here}/close", CHAIR, {})
    put_off = hub.send(sitting.item(3, "carry-over"), CHAIR, {"reason": "It was heard."})

    assert (refused.status_code, put_off.status_code) == (409, 409)
    assert f'href="#{sitting.items[3]}"' in refused.text
    hub.done(sitting.item(3, "decide"), CHAIR, DECISION)
    assert hub.send(f"{sitting.here}/close", CHAIR, {}).status_code == 303


def test_a_school_that_was_invited_to_one_item_reads_its_pack_until_a_day_after(hub: PanelPages) -> None:
    sitting = Sitting(hub)
    sitting.begin()
    statuses = []
    for at in ({"day": 12, "hour": 14, "minute": 59}, {"day": 12, "hour": 15, "minute": 1}):
        hub.move(**at)
        statuses.append(hub.open(sitting.item(2, "pack"), TEACHER).status_code)

    assert statuses == [200, 404]


def test_what_is_returned_to_its_referrer_keeps_the_day_by_which_it_is_heard(hub: PanelPages) -> None:
    sent = {
        "about": "place", "asked": "Make the way home safer.", "concern": "Pupils are followed.",
        "strengths": "They walk together.", "immediate_safety": "Staff stand at the gate.",
        "views": "We walk the long way round.", "key": "one",
    }  # fmt: skip
    here = hub.done("/referrals/new", TEACHER, sent)
    ref = here.rpartition("/")[2]
    before = words(hub.page(here, TEACHER))
    meeting = hub.done("/meetings/new", COORDINATOR, CONVENED)
    hub.done(f"{meeting}/add-item", COORDINATOR, {"kind": "referral", "title": "The way home", "referral": ref})
    hub.done(f"{meeting}/send-agenda", COORDINATOR, {})
    hub.move(day=10, hour=9)
    hub.done(f"{meeting}/begin", CHAIR, {"present": [CHAIR], "stated": "yes"})
    item = f"{meeting}/items/{hub.get(f'/v1{meeting}', CHAIR)['items'][0]['item']}"
    hub.done(f"/referrals/{ref}/questions", COORDINATOR, ANSWERED)
    hub.done(f"{item}/hear", CHAIR, {})
    hub.done(f"{item}/decide", CHAIR, {**RETURNED, "outcome": "return", "reason": "Which way do they walk?"})

    returned = words(hub.page(here, TEACHER))
    hub.done(f"{here}/again", TEACHER, {"more": "By the canal."})
    again = words(hub.page(here, CHAIR))

    assert "To be heard by Thu 4 Jun 2026" in before
    assert "Returned with a question" in returned
    assert "Which way do they walk?" in returned
    for page in (returned, again):
        assert "To be heard by Thu 4 Jun 2026" in page
    assert "By the canal." in again


def test_an_action_reaches_the_house_on_its_own_pages_and_the_decision_does_not(hub: PanelPages) -> None:
    sitting = Sitting(hub)
    sitting.begin()
    sitting.decide_group()

    told = [
        hub.raw("GET", path, KEY_WORKER, params={"purpose": purpose}).text
        for path in ("/", "/queue", "/room/actions", "/room/meetings")
        for purpose in ("child_protection", "context")
    ]

    assert sum(DECISION["text1"] in page for page in told) >= 4
    for page in told:
        for name in ("rationale", "dissent", "no_views_because", "disclosure"):
            assert DECISION[name] not in page
    hub.move(month=6, day=4)
    (action,) = hub.get("/v1/actions", CHAIR)["actions"]
    assert "Brought before the chair and the child protection committee." in words(
        hub.page(f"/actions/{action['ref']}", CHAIR)
    )


def test_a_drawn_referral_is_reviewed_by_a_peer_on_its_page(hub: PanelPages) -> None:
    sent = {
        "about": "place", "asked": "Make it safer.", "concern": "Pupils are followed.", "views": "We walk together.",
        "strengths": "They walk together.", "immediate_safety": "Staff stand at the gate.",
    }  # fmt: skip
    for number in range(40):
        hub.done("/referrals/new", TEACHER, {**sent, "key": str(number)})
        drawn = hub.open("/referrals.json", CHAIR, standing="to_review").json()["rows"]
        if drawn:
            break
    here = f"/referrals/{drawn[0]['reference']}"
    hub.done(f"{here}/questions", COORDINATOR, ANSWERED)

    own_work = hub.send(f"{here}/peer-review", COORDINATOR, {"learning": "Fine."})
    hub.done(f"{here}/peer-review", CHAIR, {"learning": "Their own words could come first."})

    assert own_work.status_code == 409
    assert "Their own words could come first." in hub.page(here, CHAIR)
    assert "Their own words could come first." not in hub.page(here, TEACHER)
    assert hub.open("/referrals.json", CHAIR, standing="to_review").json()["rows"] == []


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
        answer = hub.raw("GET", "/queue", WORKER, params={"purpose": "missing", "show": "discussion"})
        pages[at["minute"]] = words(answer.text)

    assert "Return discussion to be offered" in pages[14]
    assert "late" not in pages[14].partition("Return discussions")[2]
    assert "late" in pages[15].partition("Return discussions")[2]


def test_the_number_behind_a_pack_does_not_change_with_one_report(hub: PanelPages) -> None:
    three_reports(hub)
    for _ in range(3):
        hub.report("police", "cairn.context.observed.v1", bus_station())
    case = f"/contexts/{proposed(hub)}"
    hub.done(f"{case}/confirm", COORDINATOR, CONFIRMED)
    before = words(hub.page(f"{case}/pack", CHAIR))

    hub.report("police", "cairn.context.observed.v1", bus_station())

    assert "Reports behind it At least 5" in before
    assert "Reports behind it At least 5" in words(hub.page(f"{case}/pack", CHAIR))
