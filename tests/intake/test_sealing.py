"""Sealing: what is personal lies nowhere in clear, and opens only for whom and where it was sealed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.binding import bound, bound_birth
from schemas.classes import SubjectKind
from schemas.reports import REPORT_TYPES, example
from schemas.sealed import SealedItem, SealedReport
from services.kernel import topics
from services.kernel.keys import KeyDestroyed, NotAuthentic
from tests.intake.desk import Desk, school_concern

CANARY = "Kanarienvogel"


def _marked(node: Any) -> Any:
    """The same JSON with a canary in every free text."""
    if isinstance(node, dict):
        return {name: _marked(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_marked(value) for value in node]
    return f"{node} {CANARY}" if isinstance(node, str) and " " in node and len(node) > 20 else node


def _leaves(node: Any) -> Iterator[str]:
    """Every text in it."""
    if isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from _leaves(value)
    elif isinstance(node, str):
        yield node


def _facts(report: SealedReport, item: SealedItem, part: str = "shared") -> dict[str, str]:
    return bound(
        report=report.report,
        type=report.type,
        item=item.item,
        section=item.section,
        data_class=item.data_class.value,
        part=part,
    )


def _posted(desk: Desk, **data: Any) -> tuple[SealedReport, dict[str, SealedItem]]:
    desk.post(school_concern("E1", **data))
    report = desk.reports()[0]
    return report, {item.section: item for item in report.items}


@pytest.mark.parametrize("type_name", sorted(REPORT_TYPES))
def test_nothing_a_report_says_lies_anywhere_in_clear(desk: Desk, type_name: str) -> None:
    desk.clock.move(desk.clock.now().replace(month=12))
    event = example(type_name)
    agency = event["source"].rsplit(":", 1)[1]
    people = {f"{CANARY}-{name}": person for name, person in event["data"].get("people", {}).items()}
    text = json.dumps({**event, "data": _marked(event["data"])})
    for name in event["data"].get("people", {}):
        text = text.replace(f'"{name}"', f'"{CANARY}-{name}"')
    event = json.loads(text) | {"id": CANARY, "subject": CANARY, "correlationid": CANARY, "causationid": CANARY}
    status = desk.post(event, by=f"{agency}/system").status_code
    desk.said(topics.REPORTS)

    kept = desk.bytes_kept()

    assert status == 202
    assert CANARY.encode() not in kept
    for words in _leaves(event["data"]):
        assert " " not in words or words.encode() not in kept
    for person in people.values():
        for personal in (*person.get("identifiers", ()), person.get("born", "")):
            value = personal.partition("|")[2] or personal
            assert len(value) < 6 or value.encode() not in kept


def test_a_prompt_that_points_to_a_name_is_kept_sealed_too(desk: Desk) -> None:
    people = {CANARY: {"identifiers": ["swis|1"]}}
    section = {"about": [CANARY], "concern": "x", "each": {CANARY: {"note": "Streetwise."}}}
    event = school_concern(people=people, school=section, peer_links=None, voice_safety=None)

    receipt = desk.post(event).json()

    assert receipt["prompts"][0]["pointer"] == f"/data/school/each/{CANARY}/note"
    assert CANARY.encode() not in desk.bytes_kept()


def test_what_an_item_shares_opens_by_the_key_of_any_of_its_subjects(desk: Desk) -> None:
    report, items = _posted(desk)
    links = items["peer_links"]
    young = [subject.ref for subject in report.subjects if subject.kind is SubjectKind.YOUNG_PERSON]

    assert sorted(links.shared.keys) == sorted(young)
    for ref in young[:2]:
        desk.keys.shred(ref)
    shared = json.loads(desk.keys.open(links.shared, _facts(report, links)))
    assert shared["description"].startswith("Seen waiting together")
    assert not set(shared) & {"about", "handling", "each", "tightened_to"}
    desk.keys.shred(young[2])
    with pytest.raises(KeyDestroyed):
        desk.keys.open(links.shared, _facts(report, links))


def test_a_part_opens_by_the_key_of_its_own_subject_alone(desk: Desk) -> None:
    report, items = _posted(desk)
    links = items["peer_links"]

    for ref, part in links.parts.items():
        assert list(part.keys) == [ref]
        assert "strengths" in json.loads(desk.keys.open(part, _facts(report, links, ref)))


def test_sealed_content_does_not_open_in_another_place(desk: Desk) -> None:
    report, items = _posted(desk)
    school, voice = items["school"], items["voice_safety"]

    with pytest.raises(NotAuthentic):
        desk.keys.open(school.shared, _facts(report, voice))
    with pytest.raises(NotAuthentic):
        desk.keys.open(school.shared, _facts(report, school, school.about[0]))


def test_what_is_about_a_context_alone_is_sealed_for_the_context(desk: Desk) -> None:
    report, items = _posted(desk)

    assert items["context"].about == report.contexts
    assert tuple(items["context"].shared.keys) == report.contexts


def test_what_is_about_a_context_and_people_is_sealed_for_the_people(desk: Desk) -> None:
    report, items = _posted(desk, context={"about": ["bus", "k1"], "description": "Lights are out."})

    assert items["context"].about[0] == report.contexts[0]
    assert tuple(items["context"].shared.keys) == (items["context"].about[1],)


def test_a_birthday_is_sealed_for_its_person(desk: Desk) -> None:
    report, items = _posted(desk)
    (k1,) = items["school"].about
    born = next(subject.born for subject in report.subjects if subject.ref == k1)

    assert born is not None
    assert desk.keys.open(born, bound_birth(k1)) == b"2011-03-15"


def test_a_sender_may_only_tighten(desk: Desk) -> None:
    section = {"about": ["k1"], "summary": "Told in confidence.", "tightened_to": "voice_private"}
    receipt = desk.post(school_concern("E1", voice_safety=section)).json()

    assert {"voice_private"} == {item["class"] for item in receipt["items"] if item["section"] == "voice_safety"}
    loosened = school_concern("E2", school={"about": ["k1"], "concern": "x", "tightened_to": "context"})
    assert desk.post(loosened).json()["errors"][0]["code"] == "not_stricter"


def test_every_young_person_of_a_report_stands_behind_its_contexts_but_nobody_else(desk: Desk) -> None:
    people = school_concern()["data"]["people"] | {
        "k4": {"identifiers": ["swis|4"]},
        "k5": {"identifiers": ["swis|5"]},
        "z1": {"kind": "adult", "identifiers": ["niche|9"]},
    }
    section = {"about": ["k1", "z1"], "concern": "Worried."}
    report, _ = _posted(desk, people=people, present=["k4"], school=section)

    (contribution,) = desk.contributions()

    young = {one.ref for one in contribution.young_people}
    named = {subject.ref for subject in report.subjects if subject.kind is SubjectKind.YOUNG_PERSON}
    assert contribution.context == report.contexts[0]
    assert contribution.report == report.report
    assert young == named
    assert len(young) == 4
    assert all(one.marks == () for one in contribution.young_people)


def test_a_context_that_only_a_section_names_is_contributed_to_as_well(desk: Desk) -> None:
    report, items = _posted(desk, about_contexts=None)

    assert report.contexts == ()
    assert [one.context for one in desk.contributions()] == list(items["context"].about)
