"""The panel room through its pages alone: the bus station, and the meeting that hears it, as people send forms."""

import contextlib
import copy
import csv
import io
import re
import zlib
from collections.abc import Iterator
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
from services.panel.web.room import printing
from tests.panel.conftest import words
from tests.panel.panel_hub import CHAIR, COORDINATOR, MINUTE_TAKER, bus_station
from tests.support.panel_story import (
    ASSESSED,
    CONFIRMED,
    CONVENED,
    DECISION,
    KEY_WORKER,
    OFFICER,
    TEACHER,
    WEIGHTS,
    PanelPages,
    Sitting,
    day,
    panel_pages,
    proposed,
    three_reports,
)

HOSTILE = "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}' \" =HYPERLINK(1)"
LISTS = ("/contexts", "/referrals", "/meetings", "/actions", "/reviews")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[PanelPages]:
    with panel_pages(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sitting]:
    """A meeting that was held, for tests that only look."""
    with panel_pages(tmp_path_factory.mktemp("held")) as opened:
        sitting = Sitting(opened)
        opened.done(f"/contexts/{sitting.case}/weigh", COORDINATOR, WEIGHTS)
        sitting.begin()
        sitting.decide_group()
        sitting.close()
        yield sitting


def _summary(page: str) -> dict[str, str]:
    """The error summary of a page: field -> what is said of it."""
    found = re.search(r'<div class="ds_error-summary.*?</div>', page, re.DOTALL)
    return dict(re.findall(r'<a href="#([^"]+)">([^<]+)</a>', found[0])) if found else {}


def _unpacked(paper: bytes) -> bytes:
    """A PDF with its compressed parts opened."""
    parts = [paper]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", paper, re.DOTALL):
        with contextlib.suppress(zlib.error):
            parts.append(zlib.decompress(packed))
    return b"\n".join(parts)


def _value(page: str, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]


def test_a_place_becomes_a_case_that_is_assessed_and_told_of_without_a_name(hub: PanelPages) -> None:
    three_reports(hub)
    case = f"/contexts/{proposed(hub)}"
    before = words(hub.page(case, COORDINATOR))
    steps: list[tuple[str, dict[str, Any]]] = [
        ("confirm", dict(CONFIRMED)),
        ("guardian", {"who": "Kiosk owner", "present": "yes"} | day("observed_on", "6 5 2026")),
        ("assess", dict(ASSESSED)),
        ("weigh", dict(WEIGHTS)),
        ("plan", {"step": "Lights", "aim": "They work.", "owner": "bus-operator", "measure": "environment_repaired"}
         | day("due", "20 5 2026")),
        ("note", {"text": "The same car came twice."} | day("happened", "6 5 2026 17:10")),
        ("review", {"findings": "Lit since Monday."} | day("next_due", "1 7 2026")),
    ]  # fmt: skip
    for step, sent in steps:
        assert hub.done(f"{case}/{step}", COORDINATOR, sent) == case
    page, pack = words(hub.page(case, CHAIR)), hub.page(f"{case}/pack", CHAIR)

    refused = hub.send(f"{case}/close", CHAIR, {"reason": "Nobody is referred any more."})
    hub.done(f"{case}/outcome", CHAIR, {"measure": "environment_repaired", "before": "Dark", "after": "Lit"}
             | day("measured_on", "6 5 2026"))  # fmt: skip
    hub.done(f"{case}/close", CHAIR, {"reason": "The stance is lit and staffed."})

    assert "This is a proposal. 3 reports from Education, Health, Youth work may be about one context." in before
    assert "Two pupils were offered vapes." in before
    assert "Places 5 of 5 Change first" in page
    assert "Lights They work. Bus operator By Wed 20 May 2026" in page
    assert "Wed 6 May 2026, 17:10 Noted Coordinator, The panel, written down Thu 7 May 2026, 10:00" in page
    assert "Reports behind it Fewer than five" in words(pack)
    assert not re.search(
        "Philippa|vapes|161234567|5503111230|filming|Wellbrae|[ysp]-[a-z2-7]{8}", pack.split("<main")[1]
    )
    assert (refused.status_code, _summary(refused.text)["form"].partition(".")[0]) == (
        422, "No outcome of the context is recorded",
    )  # fmt: skip
    assert "Place Closed Wellbrae bus station" in words(hub.page(case, CHAIR))


def test_the_board_shows_first_what_waits_for_a_person_and_then_what_is_reviewed_next(hub: PanelPages) -> None:
    for name, due in (("later", "9 9 2026"), ("sooner", "1 6 2026")):
        made = hub.done("/contexts/new", COORDINATOR, {"why": "Heard of.", "key": name})
        sent = {"kind": "school", "name": f"The {name}", "personal_handle": "no"} | day("review_due", due)
        hub.done(f"{made}/confirm", COORDINATOR, sent)
    three_reports(hub)

    page = words(hub.page("/contexts", COORDINATOR))

    assert page.index("Waiting for a person to confirm 1") < page.index("The sooner") < page.index("The later")
    assert [row["name"] for row in hub.open("/contexts.json", CHAIR, state="open").json()["rows"]] == [
        "The sooner", "The later",
    ]  # fmt: skip


def test_a_meeting_is_run_from_convening_to_the_minutes_of_each_recipient(hub: PanelPages) -> None:
    sitting = Sitting(hub)
    early = hub.open(sitting.item(2, "pack"), TEACHER).status_code
    hub.done(f"{sitting.here}/move", COORDINATOR, {"item": sitting.items[2], "place": "1"})
    agenda = [row["title"] for row in hub.open(f"{sitting.here}/agenda.json", CHAIR).json()["rows"]]
    sitting.begin()
    teacher, pack = words(hub.page(sitting.here, TEACHER)), words(hub.page(sitting.item(2, "pack"), TEACHER))
    others = {hub.open(sitting.item(number, "pack"), TEACHER).status_code for number in (0, 1, 3, 4, 5)}
    before = hub.open(sitting.item(1, "pack"), OFFICER).status_code
    hub.done(sitting.item(1, "interest"), OFFICER, {"why": "One of them is my nephew."})
    after = hub.open(sitting.item(1, "pack"), OFFICER)

    sitting.decide_group()
    open_item = hub.send(f"{sitting.here}/close", CHAIR, {})
    sitting.close()
    minutes = {who: words(hub.page(f"{sitting.here}/minutes", who)) for who in (CHAIR, OFFICER, TEACHER)}

    assert agenda[0] == "The bus station"
    assert (early, others, before, after.status_code) == (404, {404}, 200, 404)
    assert "1 The bus station A context Read your pack" in teacher
    assert "A group at the bus station" not in teacher
    assert "For Teacher, Education alone. Read Sun 10 May 2026, 10:00. It is made of what Education holds" in pack
    assert "Own report" in pack
    assert set(_summary(open_item.text)) == {sitting.items[n] for n in (0, 2, 3, 4, 5)}
    assert "Seen differently Health would have waited a week." in minutes[CHAIR]
    assert "You have declared an interest in this item." in minutes[OFFICER]
    assert "Health would have waited" not in minutes[OFFICER] + minutes[TEACHER]
    assert "1 The bus station This was carried over to another meeting." in minutes[TEACHER]
    assert "Why: The time was up." in minutes[CHAIR]
    assert "Why: The time was up." in minutes[OFFICER]
    assert "The time was up." not in minutes[TEACHER]


def test_a_late_item_reaches_nobody_before_the_chair_has_looked_at_its_recipients(hub: PanelPages) -> None:
    sitting = Sitting(hub)
    sitting.begin()
    refused = hub.send(f"{sitting.here}/add-item", COORDINATOR, {"kind": "matter", "title": "Late"})
    hub.done(f"{sitting.here}/add-item", CHAIR, {"kind": "matter", "title": "Late"})
    late = hub.get(f"/v1{sitting.here}", CHAIR)["items"][-1]["item"]
    path = f"{sitting.here}/items/{late}"
    shown = words(hub.page(path, CHAIR))
    before = hub.open(f"{path}/pack", OFFICER).status_code

    hub.done(f"{path}/recipients", CHAIR, {"recipients": [OFFICER]})

    assert (refused.status_code, list(_summary(refused.text))) == (403, ["form"])
    assert "Who would receive this late item? Officer, Police" in shown
    assert (before, hub.open(f"{path}/pack", OFFICER).status_code) == (404, 200)


def test_what_is_missing_in_a_decision_is_said_at_its_field_and_nothing_that_was_typed_is_lost(hub: PanelPages) -> None:
    sitting = Sitting(hub)
    sitting.begin()
    hub.done(sitting.item(3, "hear"), CHAIR, {})
    half = {**DECISION, "dissent": "", "no_views_because": "", "review_due-day": "", "review_due-month": "",
            "review_due-year": "", "weight-home": ""}  # fmt: skip

    first = hub.send(sitting.item(3, "decide"), MINUTE_TAKER, half)
    second = hub.send(sitting.item(3, "decide"), MINUTE_TAKER, half | {"weight-home": "0"})
    both = hub.send(sitting.item(3, "decide"), MINUTE_TAKER, {**DECISION, "agreed": "yes"})
    odd = hub.send(sitting.item(3, "decide"), MINUTE_TAKER, {**DECISION, "outcome": "banish", "due1-day": "40"})
    hub.done(sitting.item(3, "decide"), MINUTE_TAKER, DECISION)

    assert (first.status_code, list(_summary(first.text))) == (422, ["weight-home"])
    assert (second.status_code, list(_summary(second.text))) == (422, ["dissent", "views", "review_due-day"])
    assert list(_summary(both.text)) == ["dissent"]
    assert list(_summary(odd.text)) == ["outcome", "due1-day"]
    for answer in (first, second):
        assert DECISION["rationale"] in answer.text
        assert re.search(r'value="police"[^>]* checked', answer.text)
        assert '<option value="5" selected>' in answer.text
        assert "Please keep the side door lit." in answer.text
    assert "Act together Why The harm lies in the place" in words(hub.page(sitting.item(3), CHAIR))


def test_whoever_was_second_is_told_so_and_shown_what_it_is_like_now(hub: PanelPages) -> None:
    three_reports(hub)
    case = f"/contexts/{proposed(hub)}"
    seen = _value(hub.page(f"{case}/confirm", COORDINATOR), "seen")
    hub.done(f"{case}/confirm", CHAIR, CONFIRMED | {"seen": seen})

    second = hub.send(f"{case}/confirm", COORDINATOR, CONFIRMED | {"seen": seen, "name": "Another name"})
    anyway = hub.send(f"{case}/confirm", COORDINATOR, CONFIRMED | {"seen": _value(second.text, "seen")})

    assert second.status_code == 409
    assert "Somebody else changed this while you were writing." in second.text
    assert "State Open Review by Mon 1 Jun 2026" in words(second.text)
    assert 'value="Another name"' in second.text
    assert _value(second.text, "seen") != seen
    assert "The context is not waiting to be confirmed" in _summary(anyway.text)["form"]


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
        assert "7*7" in page or "49" not in page
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


def test_an_action_that_is_late_comes_first_and_its_owner_says_by_what_it_is_seen_to_be_done(hub: PanelPages) -> None:
    sitting = Sitting(hub)
    sitting.begin()
    sitting.decide_group()
    sent = {"owner1": "police", "text1": "Walk by at four.", "key": "more"} | day("due1", "30 6 2026")
    hub.done(sitting.item(1, "assign"), CHAIR, sent)
    hub.move(day=22)
    rows = hub.open("/actions.json", CHAIR).json()["rows"]
    here = f"/actions/{rows[0]['reference']}"
    late = words(hub.page(here, CHAIR))
    empty = hub.send(f"{here}/progress", KEY_WORKER, {"progress": "done", "evidence": ""})
    theirs = hub.send(f"{here}/postpone", KEY_WORKER, {"reason": "More time."} | day("due", "30 6 2026"))
    hub.done(f"{here}/postpone", CHAIR, {"reason": "The electrician is ill."} | day("due", "30 6 2026"))
    hub.done(f"{here}/progress", KEY_WORKER, {"progress": "done", "evidence": "Lit since Monday."})

    assert [(row["text"], row["days_late"]) for row in rows] == [
        ("Please keep the side door lit.", 2), ("Walk by at four.", 0),
    ]  # fmt: skip
    assert "2 days late. Brought before the chair." in late
    assert (empty.status_code, list(_summary(empty.text))) == (422, ["evidence"])
    assert theirs.status_code == 403
    assert "By what it is seen Lit since Monday." in words(hub.page(here, CHAIR))
    assert "Given more time The panel The electrician is ill." in words(hub.page(here, KEY_WORKER))


def test_a_referral_is_sent_in_returned_answered_and_its_prompts_are_asked(hub: PanelPages) -> None:
    sent = {
        "about": "place", "asked": "Make the way home safer.", "concern": "Pupils are followed.",
        "strengths": "They walk together.", "immediate_safety": "Staff stand at the gate.",
        "views": "We walk the long way round.", "key": "one",
    }  # fmt: skip
    wrong = hub.send("/referrals/new", TEACHER, {**sent, "about": "group", "young_people": "y-nobody"})
    silent = hub.send("/referrals/new", TEACHER, {**sent, "views": ""})
    here = hub.done("/referrals/new", TEACHER, sent)
    skipped = hub.send(f"{here}/questions", COORDINATOR, {"language": "skipped"})
    page = words(hub.page(here, TEACHER))

    assert "A reference is not known to your agency" in _summary(wrong.text)["form"]
    assert _summary(silent.text)["views"].endswith("give their words, or say why there are none")
    assert "enquiries_concluded" in _summary(skipped.text)
    assert "Worries Pupils are followed." in page
    assert "To be heard by Thu 4 Jun 2026" in page
    assert hub.open(f"{here}/questions", TEACHER).status_code == 403
    assert hub.open(here, "education/head").status_code == 200
    assert hub.open(here, OFFICER).status_code == 404


def test_the_chair_cannot_take_the_minutes_and_the_form_says_so(held: Sitting) -> None:
    answer = held.hub.send("/meetings/new", COORDINATOR, {**CONVENED, "key": "no", "minute_taker": "chair"})
    backwards = held.hub.send("/meetings/new", COORDINATOR, {**CONVENED, "key": "no"} | day("ends", "10 5 2026 9:00"))

    assert "The chair cannot take the minutes" in _summary(answer.text)["form"]
    assert "The times of the meeting do not fit" in _summary(backwards.text)["form"]
    assert 'value="14:00"' in backwards.text


def test_the_calendar_tells_a_day_and_a_reference_and_nothing_else(held: Sitting) -> None:
    answer = held.hub.open("/reviews.ics", CHAIR)

    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert sorted(str(event.decoded("dtstart")) for event in events) == ["2026-06-01", "2026-06-15"]
    assert all(re.fullmatch(r"Panel review (ctx|it)-[a-z2-7]{5,6}", str(event["summary"])) for event in events)
    assert not any(event.get(name) for event in events for name in ("description", "location", "attendee"))
    assert "Wellbrae" not in answer.text


@pytest.mark.skipif(not printing.is_possible(), reason="the library that draws is not on this machine")
def test_minutes_are_a_tagged_paper_for_their_reader(held: Sitting) -> None:
    made = {who: held.hub.open(f"{held.here}/minutes.pdf", who) for who in (CHAIR, TEACHER)}

    for answer in made.values():
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF-")
        inside = _unpacked(answer.content)
        assert b"/StructTreeRoot" in inside
        assert b"pdfuaid" in inside
    assert held.hub.open(f"{held.here}/minutes.pdf", "health/nurse").status_code == 404


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


def test_a_context_that_is_described_alike_is_joined_by_a_person(hub: PanelPages) -> None:
    three_reports(hub)
    case = f"/contexts/{proposed(hub)}"
    hub.done(f"{case}/confirm", COORDINATOR, CONFIRMED)
    elsewhere = bus_station(time_band="16:30-17:00") | {"contexts": {"bus": {"name": "the station"}}}
    hub.report("police", "cairn.context.observed.v1", elsewhere)
    before = words(hub.page(case, COORDINATOR))

    hub.done(f"{case}/join", COORDINATOR, {"sure": "yes"})

    assert "1 other context is described alike under another name." in before
    assert "described alike" not in words(hub.page(case, COORDINATOR))
