"""Posting a report from a page: one thing at a time, nothing typed is lost, and it arrives as it was written."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.practised import Practised
from tests.support.reading import words
from tests.support.report_writing import CHI, SINCE, begin, missing, told_to, worker

CORPUS = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'-alert(1)-'",
    "</textarea><svg/onload=alert(1)>",
    "{{ 7919*7919 }}{% raw %}",
    "javascript:alert(1)",
    "&lt;b&gt; & <!-- ]]> -->",
)  # fmt: skip


def test_a_report_leads_through_its_pages_and_arrives_as_it_was_written(house_b: Practised) -> None:
    writing = begin(house_b, "missing")
    way = []
    step = "person-1"
    answers: dict[str, Mapping[str, Any]] = {
        "person-1": CHI,
        "since": SINCE,
        "last-seen": {"missing.last_seen_at": "The front door"},
        "circumstances": {"missing.circumstances": "Left after a call.\r\nTook no coat."},
        "to-find-them": {"missing.each.clothing": "A green parka"},
        "urgency": {"missing.carer_risk_level": "high"},
        "earlier": {"missing.earlier_episodes_in_30_days": "2"},
    }
    while step != "check":
        way.append(step)
        step = writing.answer(step, answers.get(step, {})).headers["location"].rpartition("/")[2]

    assert way == ["person-1", "since", "last-seen", "circumstances", "to-find-them", "who-they-are", "company",
                   "urgency", "earlier"]  # fmt: skip
    sent = writing.send()
    page = words(writing.open("sent").text)
    (record,) = [
        one for one in told_to(house_b, "social-work") if one["content"].get("last_seen_at") == "The front door"
    ]
    assert sent.headers["location"].endswith(f"{writing.draft}/sent")
    assert re.search(r"Report sent Receipt rc-[a-z2-7]{26}", page)
    assert record["content"] == {
        "status": "missing", "since": "2026-04-24T06:15:00+01:00", "last_seen_at": "The front door",
        "circumstances": "Left after a call.\nTook no coat.", "earlier_episodes_in_30_days": 2,
        "risk_scheme": "scotland", "carer_risk_level": "high",
    }  # fmt: skip
    assert list(record["each"].values()) == [{"clothing": "A green parka"}]


def test_the_young_person_whom_the_hub_knows_is_the_same_and_the_page_does_not_tell(house_b: Practised) -> None:
    before = {name for one in told_to(house_b, "social-work") for name in one["about"]}
    known, unknown = missing(house_b), missing(house_b)
    unknown.answer("person-1", {"person1.system1": "own", "person1.number1": "990011", "person1.own1": "SWIS"})

    pages = []
    for writing in (known, unknown):
        writing.send()
        pages.append(re.sub(r"rc-[a-z2-7]+|d-[0-9a-f]{32}|duty.\d+", "…", writing.open("sent").text))

    assert pages[0] == pages[1]
    assert len({name for one in told_to(house_b, "social-work") for name in one["about"]} - before) <= 2


@pytest.mark.parametrize(
    ("fields", "input", "said"),
    [
        ({}, "person1.system1", "Say which young person it is about"),
        ({"person1.system1": "chi", "person1.number1": "5503111231"}, "person1.number1", "Give the CHI number as 10 d"),
        ({"person1.number1": "4711"}, "person1.system1", "Choose what kind of number it is"),
        ({"person1.system1": "own", "person1.number1": "4711"}, "person1.own1", "Give the short name of your system"),
        (CHI | {"person1.born-day": "31", "person1.born-month": "2", "person1.born-year": "2011"}, "person1.born-day",
         "Give a date of birth that exists"),
    ],
)  # fmt: skip
def test_a_young_person_who_is_not_named_well_is_asked_about_again(
    house_b: Practised, fields: dict[str, str], input: str, said: str
) -> None:
    writing = begin(house_b, "missing")

    answer = writing.answer("person-1", fields)

    assert answer.status_code == 422
    assert f'<a href="#{input}">{said}' in answer.text
    assert f'id="{input}-error"' in answer.text or input.endswith("-day")
    assert "<title>Error: " in answer.text
    for value in fields.values():
        assert f'value="{value}"' in answer.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("31", "2", "2026", "21:00"), "Give a day that exists"),
        (("24", "4", "2026", ""), "Give the time of day as well"),
        (("24", "4", "2026", "25:00"), "Give the time of day as well"),
        (("24", "4", "26", "21:00"), "Give the year with four digits"),
        (("25", "4", "2026", "06:00"), "not in the future"),
        (("", "", "", ""), "The report needs this: When were they last known to be safe?"),
        (("²", "4", "2026", "21:00"), "Give a day that exists"),
    ],
)
def test_a_time_that_cannot_be_is_asked_for_again_and_what_was_typed_stays(
    house_b: Practised, typed: tuple[str, ...], said: str
) -> None:
    names = [f"missing.since-{part}" for part in ("day", "month", "year", "time")]
    writing = begin(house_b, "missing")

    answer = writing.answer("since", dict(zip(names, typed, strict=True)))

    assert answer.status_code == 422
    assert said in words(answer.text)
    for name, value in zip(names, typed, strict=True):
        assert re.search(rf'name="{re.escape(name)}"[^>]* value="{re.escape(value)}"', answer.text), name


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("identity.each.phone", "not known", "Their phone number: digits and spaces, such as 07700 900118"),
        ("identity.each.phone", "0" * 201, "Write this in one line of at most 200 characters"),
        ("identity.each.given_name", "x" * 201, "Write this in one line of at most 200 characters"),
    ],
)
def test_what_is_not_in_its_form_is_asked_for_again_with_what_is_wrong(
    house_b: Practised, field: str, typed: str, said: str
) -> None:
    writing = begin(house_b, "missing")

    answer = writing.answer("who-they-are", {field: typed})

    assert answer.status_code == 422
    assert said in words(answer.text)
    assert typed in answer.text
    assert "Digits and spaces, such as 07700 900118." in words(answer.text)


def test_a_return_discussion_is_sent_as_far_as_it_has_come(house_b: Practised) -> None:
    writing = begin(house_b, "return-discussion", "return-service/worker")
    declined = writing.answer("stage", {"missing.return_discussion": "declined"})
    assert declined.headers["location"].endswith("/person-1")
    writing.answer("person-1", CHI)
    assert writing.open("private").status_code == 404

    writing.answer("stage", {"missing.return_discussion": "completed"})
    writing.answer("how-they-are", {"missing.status": "found_safe"})
    writing.answer("private", {"voice_private.own_words": "Please keep this."})
    answer = writing.send()

    assert answer.status_code == 303, words(answer.text)
    own = [one for one in told_to(house_b, "return-service") if one["content"].get("own_words") == "Please keep this."]
    assert [one["type"] for one in own] == ["cairn.return-discussion.completed.v1"]
    assert own[0]["class"] == "voice_private"


def test_a_place_is_reported_with_those_who_were_there(house_b: Practised) -> None:
    writing = begin(house_b, "place", "youth-work/worker")
    assert writing.answer("people", {}, go="add").headers["location"].endswith("/person-1")
    writing.answer("person-1", CHI)
    writing.answer("place", {"place.how": "name", "place.value": "Canal bridge"})
    writing.answer(
        "observed", {name.replace("missing.since", "context.observed"): value for name, value in SINCE.items()}
    )
    writing.answer("what-sort", {"context.kind": "place", "context.location_band": "other"})
    writing.answer("what-happens", {"context.harms": ["substances", "online"]})

    answer = writing.send()

    assert answer.status_code == 303, words(answer.text)
    (own,) = [one for one in told_to(house_b, "youth-work") if one["content"].get("location_band") == "other"]
    assert own["content"]["harms"] == ["substances", "online"]
    assert own["content"]["observed"] == "2026-04-24T06:15:00+01:00"


@pytest.mark.parametrize(
    ("outcome", "needed"),
    [
        ("refer_group_to_efh_panel", "Say which young person it is about"),
        ("refer_place_to_efh_panel", "Say which place"),
    ],
)
def test_a_referral_needs_whom_or_what_the_panel_should_look_at(house_b: Practised, outcome: str, needed: str) -> None:
    writing = begin(house_b, "referral")
    writing.answer("what-for", {"decision.outcome": outcome})
    writing.answer("reasons", {"decision.reasons": "Three young people were offered vapes."})

    answer = writing.send()

    assert answer.status_code == 422
    assert needed in answer.text


@pytest.mark.parametrize(
    ("outcome", "whom", "which"),
    [
        ("refer_child_to_efh_panel", "/person-1", "Leave it open if it is about no place"),
        ("refer_group_to_efh_panel", "/person-1", "Leave it open if it is about no place"),
        ("refer_place_to_efh_panel", "You can go on without", "Never name a home."),
    ],
)
def test_a_referral_asks_for_young_people_or_a_place_as_something_that_it_needs(
    house_b: Practised, outcome: str, whom: str, which: str
) -> None:
    writing = begin(house_b, "referral")
    writing.answer("what-for", {"decision.outcome": outcome})

    people, place = writing.open("people"), words(writing.open("place").text)

    assert whom in people.headers.get("location", words(people.text))
    assert which in place
    assert ("Leave it open" in place) == ("Leave it open" in which)


@pytest.mark.parametrize("kind", ["found", "school", "health", "intelligence", "referral"])
def test_every_kind_of_report_can_be_sent_with_what_it_needs(house_b: Practised, kind: str) -> None:
    def at(name: str) -> dict[str, str]:
        return {key.replace("missing.since", name): value for key, value in SINCE.items()}

    answers: dict[str, dict[str, dict[str, str]]] = {
        "found": {"found": at("missing.found"), "how-they-are": {"missing.status": "found_safe"}},
        "school": {"concern": {"school.concern": "A new phone that nobody bought."}},
        "health": {"attended": at("health_summary.attended"), "summary": {"health_summary.summary": "A small burn."}},
        "intelligence": {"noticed": {"intelligence_submission.observed": "A silver car, twice."}},
        "referral": {"what-for": {"decision.outcome": "refer_child_to_efh_panel"},
                     "reasons": {"decision.reasons": "Calls from somebody older."}},
    }  # fmt: skip
    writing = begin(house_b, kind)
    for step, fields in {"person-1": CHI, **answers[kind]}.items():
        assert writing.answer(step, fields).status_code == 303, step

    answer = writing.send()

    assert answer.status_code == 303, words(answer.text)
    assert "Report sent" in writing.open("sent").text


@pytest.mark.parametrize("hostile", CORPUS)
def test_nothing_that_somebody_types_runs_on_any_page(house_b: Practised, hostile: str) -> None:
    writing = begin(house_b, "missing")
    fields = {
        "last-seen": "missing.last_seen_at", "circumstances": "missing.circumstances",
        "to-find-them": "missing.each.clothing", "who-they-are": "identity.each.known_as",
        "earlier": "missing.earlier_episodes_in_30_days", "urgency": "missing.risk_reasons",
    }  # fmt: skip
    pages = []
    writing.answer("person-1", {"person1.system1": "own", "person1.number1": hostile, "person1.own1": "swis"})
    writing.answer("since", SINCE)
    for step, name in fields.items():
        pages += [writing.answer(step, {name: f"{hostile} is an absconder"}).text, writing.open(step).text]
    pages += [writing.open("person-1").text, writing.open("check").text]
    writing.answer("earlier", {})
    assert writing.send().status_code == 303
    pages += [writing.open("sent").text, house_b.get(writing.who, "/report").text]

    raw = [piece for piece in ("<script>alert", "<img src=x", "<svg/onload", "<!-- ]]>", "'-alert") if piece in hostile]
    for page in pages:
        body = page.partition("<main")[2]
        assert not any(piece in body for piece in raw)
        assert "62710561" not in body
    assert sum("absconder" in page for page in pages) > 4


def test_a_form_that_no_page_of_the_hub_sent_changes_nothing(house_b: Practised) -> None:
    for headers in (
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ):
        answer = house_b.send(worker(), "/report", {"kind": "missing"}, **headers)
        assert answer.status_code == 403, headers
    ours = {"sec-fetch-site": "same-origin", "origin": "null"}
    assert house_b.send(worker(), "/report", {"kind": "missing"}, **ours).status_code == 303


def test_what_cannot_be_reported_or_asked_is_answered_in_plain_words(house_b: Practised) -> None:
    assert house_b.send(worker(), "/report", {"kind": "gossip"}).status_code == 422
    writing = begin(house_b, "missing")
    assert writing.open("no-such-page").status_code == 404
    assert house_b.get(worker(), f"/report/d-{'0' * 32}/check").status_code == 404
    assert house_b.get(worker(), "/report/x/check").status_code == 422
    assert house_b.send("stranger/worker", "/report", {"kind": "missing"}).status_code == 403
    assert house_b.get("police/system", "/report").status_code == 403
