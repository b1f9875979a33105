"""Meetings on the pages of the panel room, from convening to the minutes of each recipient, as people send forms."""

import contextlib
import re
import zlib

import pytest

from services.panel.web.room import printing
from tests.panel.panel_hub import CHAIR, COORDINATOR, MINUTE_TAKER
from tests.support.panel_story import (
    CONVENED,
    DECISION,
    OFFICER,
    TEACHER,
    PanelPages,
    Sitting,
    day,
)
from tests.support.reading import error_summary, words


def _unpacked(paper: bytes) -> bytes:
    """A PDF with its compressed parts opened."""
    parts = [paper]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", paper, re.DOTALL):
        with contextlib.suppress(zlib.error):
            parts.append(zlib.decompress(packed))
    return b"\n".join(parts)


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
    assert set(error_summary(open_item.text)) == {sitting.items[n] for n in (0, 2, 3, 4, 5)}
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

    assert (refused.status_code, list(error_summary(refused.text))) == (403, ["form"])
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

    assert (first.status_code, list(error_summary(first.text))) == (422, ["weight-home"])
    assert (second.status_code, list(error_summary(second.text))) == (422, ["dissent", "views", "review_due-day"])
    assert list(error_summary(both.text)) == ["dissent"]
    assert list(error_summary(odd.text)) == ["outcome", "due1-day"]
    for answer in (first, second):
        assert DECISION["rationale"] in answer.text
        assert re.search(r'value="police"[^>]* checked', answer.text)
        assert '<option value="5" selected>' in answer.text
        assert "Please keep the side door lit." in answer.text
    assert "Act together Why The harm lies in the place" in words(hub.page(sitting.item(3), CHAIR))


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


def test_the_chair_cannot_take_the_minutes_and_the_form_says_so(held: Sitting) -> None:
    answer = held.hub.send("/meetings/new", COORDINATOR, {**CONVENED, "key": "no", "minute_taker": "chair"})
    backwards = held.hub.send("/meetings/new", COORDINATOR, {**CONVENED, "key": "no"} | day("ends", "10 5 2026 9:00"))

    assert "The chair cannot take the minutes" in error_summary(answer.text)["form"]
    assert "The times of the meeting do not fit" in error_summary(backwards.text)["form"]
    assert 'value="14:00"' in backwards.text


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
