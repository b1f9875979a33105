"""The panel room as a whole: what holds on all of its pages, for everybody who opens them."""

import copy
import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from schemas.access import AccessRecorded
from schemas.classes import Purpose
from schemas.envelope import Event
from schemas.reports import example
from services.kernel import topics
from services.kernel.log import BEFORE_FIRST
from tests.panel.panel_hub import CHAIR, COORDINATOR
from tests.support.panel_story import (
    ASSESSED,
    DECISION,
    KEY_WORKER,
    TEACHER,
    PanelPages,
    Sitting,
    day,
    panel_pages,
)

HOSTILE = "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>{{7919*7919}}' \" =HYPERLINK(1)"
LISTS = ("/contexts", "/referrals", "/meetings", "/actions", "/reviews")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_form_that_comes_from_elsewhere_is_not_taken(held: Sitting, site: str) -> None:
    sent = {"why": "Elsewhere"}

    answer = held.hub.send("/contexts/new", COORDINATOR, sent, **{"sec-fetch-site": site})

    assert answer.status_code == 403
    assert "Elsewhere" not in held.hub.page("/contexts", COORDINATOR)


def test_what_people_write_is_words_and_nothing_else_on_every_page(hub: PanelPages) -> None:
    sitting = Sitting(hub)
    case = f"/contexts/{sitting.case}"
    hub.done(f"{case}/assess", COORDINATOR, dict.fromkeys(ASSESSED, HOSTILE))
    hub.done(f"{case}/guardian", COORDINATOR, {"who": HOSTILE, "present": "yes"} | day("observed_on", "6 5 2026"))
    hub.done(f"{case}/plan", COORDINATOR, {"step": HOSTILE, "aim": HOSTILE, "owner": "police", "measure": "referrals"}
             | day("due", "20 5 2026"))  # fmt: skip
    hub.done(f"{case}/note", COORDINATOR, {"text": HOSTILE} | day("happened", "6 5 2026 17:10"))
    hub.done(f"{sitting.here}/add-item", COORDINATOR, {"kind": "matter", "title": HOSTILE})
    sent = dict.fromkeys(("asked", "concern", "strengths", "immediate_safety", "views"), HOSTILE)
    referral = hub.done("/referrals/new", TEACHER, {"about": "place", "key": "x", **sent})
    again = hub.send("/referrals/new", TEACHER, {"about": "group", "key": "y", "young_people": HOSTILE, **sent})
    sitting.begin()
    hub.done(sitting.item(3, "hear"), CHAIR, {})
    said = dict.fromkeys(("rationale", "disclosure", "dissent", "no_views_because", "text1"), HOSTILE)
    hub.done(sitting.item(3, "decide"), CHAIR, {**DECISION, **said})
    (action,) = hub.get("/v1/actions", CHAIR)["actions"]
    here = f"/actions/{action['ref']}"
    hub.done(f"{here}/progress", KEY_WORKER, {"progress": "done", "evidence": HOSTILE})

    pages = [hub.page(path, CHAIR) for path in (case, sitting.here, referral, sitting.item(3), "/actions", here,
                                               "/contexts", "/reviews", f"{case}/assess")]  # fmt: skip
    pages.append(again.text)

    assert again.status_code == 422
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert not re.search(r"<textarea[^>]*>\s*</textarea><script", page)
        assert "62710561" not in page
    assert sum("&lt;script&gt;" in page for page in pages) >= 8


@pytest.mark.parametrize("path", LISTS)
def test_every_list_has_twins_with_the_same_rows_in_which_nothing_computes(held: Sitting, path: str) -> None:
    told = held.hub.open(f"{path}.json", CHAIR).json()
    answer = held.hub.open(f"{path}.csv", CHAIR)

    read = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert told["rows"]
    assert len(read) == len(told["rows"])
    assert f'href="/panel/room{path}.csv?' in held.hub.page(path, CHAIR)
    assert answer.headers["content-disposition"] == f'attachment; filename="{path[1:]}.csv"'


@pytest.mark.parametrize("path", [*LISTS, "/meetings/new"])
def test_without_a_purpose_a_page_asks_for_one_and_leads_back_to_itself(held: Sitting, path: str) -> None:
    answer = held.hub.raw("GET", f"/room{path}", COORDINATOR)

    assert answer.status_code == 200
    assert "What do you need this for?" in answer.text
    assert f'href="/panel/room{path}?purpose=missing"' in answer.text


@pytest.mark.parametrize("path", ["/contexts.json", "/reviews.csv", "/actions.json"])
def test_a_program_is_told_of_a_problem_as_programs_are(held: Sitting, path: str) -> None:
    answer = held.hub.raw("GET", f"/room{path}", TEACHER, params={"purpose": "curiosity"})

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_people_of_other_agencies_see_what_is_theirs_and_cannot_tell_the_rest_from_nothing(held: Sitting) -> None:
    hub = held.hub
    forbidden = [
        hub.open(path, TEACHER)
        for path in ("/contexts", f"/contexts/{held.case}", "/contexts/ctx-none", "/reviews", "/reviews.ics",
                     held.item(1), held.item(2), "/meetings/m-none/items/it-none", f"{held.here}/add-item")
    ]  # fmt: skip
    unknown = [
        hub.open(path, "health/nurse")
        for path in (held.here, "/meetings/m-none", f"{held.here}/minutes", f"/referrals/{held.referral}",
                     "/referrals/pr-none", held.item(1, "pack"), "/meetings/m-none/items/it-none/pack")
    ]  # fmt: skip
    action = hub.get("/v1/actions", CHAIR)["actions"][0]["ref"]

    assert {answer.status_code for answer in forbidden} == {403}
    assert {answer.status_code for answer in unknown} == {404}
    assert len({answer.content for answer in forbidden}) == len({answer.content for answer in unknown}) == 1
    assert hub.open(f"/actions/{action}", TEACHER).content == hub.open("/actions/act-none", TEACHER).content
    assert [row["text"] for row in hub.open("/actions.json", KEY_WORKER).json()["rows"]] == [DECISION["text1"]]
    assert hub.open("/actions.json", TEACHER).json()["rows"] == []
    assert "rationale" not in hub.page(f"/actions/{action}", KEY_WORKER).lower()
    assert "The harm lies in the place" not in hub.page(f"/actions/{action}", KEY_WORKER)


def test_the_calendar_tells_a_day_and_a_reference_and_nothing_else(held: Sitting) -> None:
    answer = held.hub.open("/reviews.ics", CHAIR)

    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert sorted(str(event.decoded("dtstart")) for event in events) == ["2026-06-01", "2026-06-15"]
    assert all(re.fullmatch(r"Panel review (ctx|it)-[a-z2-7]{5,6}", str(event["summary"])) for event in events)
    assert not any(event.get(name) for event in events for name in ("description", "location", "attendee"))
    assert "Wellbrae" not in answer.text


def test_opening_a_page_is_on_the_log_with_its_purpose(held: Sitting) -> None:
    log = held.hub.stage.hub.log
    paths = ("/contexts", f"/contexts/{held.case}", "/referrals", held.here, held.item(1, "pack"),
             f"{held.here}/minutes", "/actions")  # fmt: skip
    for path in paths:
        before = len(log.read(topics.ACCESS, 0, BEFORE_FIRST, 10_000))
        held.hub.page(path, CHAIR, "child_protection")
        entries = log.read(topics.ACCESS, 0, BEFORE_FIRST, 10_000)[before:]
        told = [Event[AccessRecorded].model_validate_json(entry.value).data for entry in entries]
        assert told, path
        assert {(one.practitioner, one.purpose) for one in told} == {(CHAIR, Purpose.CHILD_PROTECTION)}, path


def _secret(hub: PanelPages) -> None:
    """What only health may know: about the young person whom it reports at the bus station."""
    event: dict[str, Any] = copy.deepcopy(example("cairn.health.attendance.v1"))
    section = event["data"]["health_sensitive"]
    part = next(iter(dict(section.pop("each", {})).values()), None)
    each: dict[str, Any] = {"each": {"k1": part}} if part else {}
    section |= {"about": ["k1"], **each}
    people = {"k1": {"kind": "young_person", "identifiers": ["chi|5503111230"], "born": "2011-03-15"}}
    kept: dict[str, Any] = {name: event[name] for name in ("specversion", "type", "datacontenttype") if name in event}
    told = {"people": people, "health_sensitive": section}
    said: dict[str, Any] = {
        **kept,
        "id": "secret",
        "source": "urn:cairn:partner:health",
        "time": "2026-05-06T17:30:00+01:00",
    }
    headers = {"content-type": "application/cloudevents+json"}
    answer = hub.stage.ask("POST", "/intake/v1/events", "health/system", json=said | {"data": told}, headers=headers)
    assert answer.json()["status"] == "accepted"
    hub.stage.settle()
    assert any(one["from"] == "health" for one in hub.records("health"))


def test_what_somebody_may_not_know_changes_no_byte_of_their_pages(tmp_path: Path) -> None:
    with panel_pages(tmp_path / "a") as one, panel_pages(tmp_path / "b") as two:
        _secret(two)
        worlds = [Sitting(one), Sitting(two)]
        _the_same(worlds, CHAIR, [*LISTS, f"/contexts/{worlds[0].case}", f"/referrals/{worlds[0].referral}",
                                  f"/contexts/{worlds[0].case}/pack", worlds[0].item(2, "pack")])  # fmt: skip
        # in one of them the panel does more, none of which concerns the school
        two.done("/contexts/new", COORDINATOR, {"why": "Another place.", "key": "other"})
        two.done(f"{worlds[1].here}/add-item", COORDINATOR, {"kind": "matter", "title": "Something else"})
        added = two.get(f"/v1{worlds[1].here}", CHAIR)["items"][-1]["item"]
        two.done(f"{worlds[1].here}/move", COORDINATOR, {"item": added, "place": "1"})
        for sitting in worlds:
            sitting.begin()
        worlds[1].decide_group()
        two.done(f"{worlds[1].here}/items/{added}/carry-over", CHAIR, {"reason": "No time."})
        during = [worlds[0].here, worlds[0].item(2, "pack"), worlds[0].item(1, "pack"), "/meetings", "/actions"]
        _the_same(worlds, TEACHER, during)
        worlds[0].decide_group()
        for sitting in worlds:
            sitting.close()
        after = [worlds[0].here, f"{worlds[0].here}/minutes", f"{worlds[0].here}/agenda.csv"]
        _the_same(worlds, TEACHER, [*after, *LISTS, *(f"{path}{twin}" for path in LISTS for twin in (".csv", ".json"))])
        assert one.page(f"{worlds[0].here}/minutes", CHAIR) != two.page(f"{worlds[1].here}/minutes", CHAIR)


def _the_same(worlds: list[Sitting], who: str, paths: list[str]) -> None:
    for purpose in ("context", "child_protection"):
        for path in paths:
            one, two = (sitting.hub.open(path, who, purpose) for sitting in worlds)
            assert (one.status_code, sorted(one.headers.items())) == (two.status_code, sorted(two.headers.items())), (
                path
            )
            assert one.content == two.content, (path, purpose)
