"""Situation 1: a night at Children's House B, and what each agency knows of it in the morning."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from services.console.rehearsal.scenario import Scenario
from services.console.rehearsal.telling import event_of, trace_of
from tests.journeys.night import HOUSE_B, Night, texts_of, with_reports, without

Play = Callable[[Scenario], AbstractContextManager[Night]]


def test_social_work_counts_two_sanitised_reports_police_three_and_nobody_else_any(night: Night) -> None:
    """AT-1.1"""
    # given the night, with one report to share, one whose existence may be known, and one that is silent

    # when each partner counts the sanitised intelligence it can read
    counts = {
        partner: len(night.records(partner, "child_protection", **{"class": "intelligence_sanitised"}))
        for partner in HOUSE_B.partners
    }

    # then social work has two, police its own three, and all others none
    assert counts.pop("social-work") == 2
    assert counts.pop("police") == 3
    assert set(counts.values()) == {0}


def test_a_partner_cannot_tell_hidden_intelligence_from_none(play: Play) -> None:
    """AT-1.1"""
    # given the night, and the same night on which police published nothing
    answers = []
    for scenario in (HOUSE_B, without(HOUSE_B, {"E06", "E07", "E08"})):
        with play(scenario) as night:
            # when health asks for all it may read
            asked = {"purpose": "child_protection", "limit": "500"}
            answers.append(night.stage.ask("GET", "/sharing/v1/records", "health/nurse", params=asked))

    # then it is given the same bytes and headers
    assert answers[0].json()["records"]
    assert answers[0].content == answers[1].content
    assert _lasting(answers[0].headers) == _lasting(answers[1].headers)


def test_the_return_service_never_learns_who_the_source_was_named_as_but_that_its_report_was_used(
    night: Night,
) -> None:
    """AT-1.2"""
    # given the return service's submission F09, which police read
    submitted = night.record("police", "child_protection", "F09")
    assert submitted is not None

    # when police publish what they made of it, saying which submission they assessed
    report = {
        "id": "E06b",
        "at": "2026-04-18T09:20:00Z",
        "by": "police",
        "type": "intelligence.published",
        "items": [
            {"id": "F10b", "class": "intelligence_sanitised", "about": ["K1"]},
            {"id": "F11b", "class": "intelligence_source", "about": ["K1"]},
        ],
    }
    event = event_of(HOUSE_B, report)
    event["data"]["assesses"] = {"record": submitted["record"], "outcome": "used"}
    receipt = night.post("police", event)
    night.player.items |= {one["item"]: f"{one['class']}-b" for one in receipt["items"]}
    night.stage.settle()

    # then the return service's own copy says that it was assessed and used
    own = night.record("return-service", "child_protection", "F09")
    assert own is not None
    assert own["form"] == "own"
    assert own["feedback"] == "used"
    # and nothing that the return service can read holds a word of what police made of it
    served = b"".join(night.feed_bytes("return-service", purpose) for purpose in ("child_protection", "missing"))
    for item in ("F10", "F11", "F12", "F13", "F10b", "F11b"):
        assert trace_of(item).encode() not in served


def test_education_sees_the_group_under_pseudonyms_that_join_to_nothing_else(night: Night) -> None:
    """AT-1.4"""
    # given what education may read for child protection, where it knows K1 by a name of its own
    known = {name for one in night.records("education", "child_protection") for name in one["about"]}
    assert known

    # when it reads the group referral for the purpose of contexts
    group = night.record("education", "context", "F20")

    # then it has pseudonyms only, none of which it has met before, and no time finer than the day
    assert group is not None
    assert group["form"] == "pseudonymised"
    assert len(group["about"]) == 4
    assert not set(group["about"]) & known
    assert group["occurred"] == "2026-04-21"
    assert not {"report", "type", "section", "recorded"} & set(group)
    assert not [text for text in texts_of(group) if "T09:00" in text or trace_of("F20") in text]


def test_an_adult_in_the_group_is_shown_as_one_adult_resident(play: Play) -> None:
    """AT-1.5"""
    # given a group referral that names K5, who has turned 18
    report = {
        "id": "E20",
        "at": "2026-04-23T10:00:00Z",
        "by": "social-work",
        "type": "referral.submitted",
        "items": [{"id": "F30", "class": "peer_links", "about": ["K1", "K5"]}],
    }
    scenario = with_reports(HOUSE_B, report, subjects={"K5": "2008-04-18"})
    with play(scenario) as night:
        # when police read it under the agreement on child protection
        group = night.record("police", "child_protection", "F30")
        own = night.record("social-work", "child_protection", "F30")

    # then K1 is named, and of K5 they learn only that there is one adult
    assert group is not None
    assert own is not None
    assert (len(group["about"]), group["adults_left_out"]) == (1, 1)
    assert len(group.get("each", {})) <= 1
    # and social work's own copy is whole
    assert (len(own["about"]), own["adults_left_out"]) == (2, 0)


@pytest.mark.parametrize("handling", [{"code": "P"}, {"code": "C", "existence": "disclosable"}])
def test_whoever_is_told_less_is_not_told_of_the_adult_whom_the_whole_record_leaves_out(
    play: Play, handling: dict[str, str]
) -> None:
    # given two who are missing together, one of whom has turned 18
    report = {
        "id": "E21",
        "at": "2026-04-23T10:00:00Z",
        "by": "childrens-house",
        "type": "missing-episode.reported",
        "items": [{"id": "F31", "class": "missing", "about": ["K1", "K5"], "handling": handling}],
    }
    scenario = with_reports(HOUSE_B, report, subjects={"K5": "2008-04-18"})
    with play(scenario) as night:
        # when every partner reads it for every purpose of an agreement on children
        told = [
            record
            for partner in HOUSE_B.partners
            if partner != "childrens-house"
            for purpose in ("child_protection", "missing")
            if (record := night.record(partner, purpose, "F31")) is not None
        ]

    # then in no form is anybody named but K1
    assert max(len(one["about"]) for one in told) == 1
    assert {one["form"] for one in told} >= ({"existence"} if handling["code"] == "C" else {"full", "generalised"})


def test_the_bus_operator_hears_of_the_bus_station_only_while_enough_stand_behind_it(night: Night) -> None:
    """AT-1.6"""
    # given five young people and three reports
    seen = night.records("bus-operator", "context")
    assert [one["form"] for one in seen] == ["generalised", "generalised"]
    assert all(one["about"] == [] for one in seen)
    assert all({"location_band", "time_band", "ask"} <= set(one["content"]) for one in seen)

    # when the youth workers withdraw their report
    night.apply({"withdraw_report": "E13"})

    # then four young people and two reports are too few
    assert night.records("bus-operator", "context") == []


def test_police_read_what_the_house_lends_them_while_somebody_is_missing_and_no_longer(night: Night) -> None:
    """AT-1.8"""
    # given what the house says of K1 to whoever looks for them, to be read from when they went missing until found
    lent = {"opens": "2026-04-25T21:55:00Z", "closes": "2026-04-26T03:15:00Z"}
    report = {
        "id": "E21",
        "at": "2026-04-24T08:00:00Z",
        "by": "childrens-house",
        "type": "missing-episode.reported",
        "items": [
            {"id": "F31", "class": "identity", "about": ["K1"], "handling": {"code": "P", "reading_window": lent}}
        ],
    }
    night.apply({"report": report})

    # when police ask at each of these instants
    asked = ("2026-04-25T21:54:59Z", "2026-04-25T21:55:00Z", "2026-04-26T03:14:59Z", "2026-04-26T03:15:00Z")
    found = []
    for instant in asked:
        night.at(instant)
        found.append(night.record("police", "missing", "F31", who="officer") is not None)

    # then they are given it in between
    assert found == [False, True, True, False]
    # and are asked to remove it
    assert len(night.recalls("police")) == 1
    # and every time they looked is on record
    night.stage.settle()
    traces = night.who_saw(practitioner="police/officer", purpose="missing")
    assert len({one["at"] for one in traces}) == len(asked)
    night.acknowledge("police")


def test_a_draft_that_blames_the_child_gets_two_prompts_and_goes_through_unchanged(night: Night) -> None:
    """AT-1.9"""
    # given a draft of which two expressions blame the child
    draft = "K1 is an absconder who puts herself at risk"
    report = {
        "id": "E21",
        "at": "2026-04-23T22:00:00Z",
        "by": "childrens-house",
        "type": "missing-episode.reported",
        "items": [{"id": "F31", "class": "missing", "about": ["K1"]}],
    }
    event = event_of(HOUSE_B, report)
    field = next(name for name, value in event["data"]["missing"].items() if trace_of("F31") in str(value))
    event["data"]["missing"][field] = f"{draft} {trace_of('F31')}"

    # when the house posts it
    receipt = night.post("childrens-house", event)
    night.player.items |= {one["item"]: "F31" for one in receipt["items"]}
    night.stage.settle()

    # then it is accepted, with two prompts that point at the words without repeating them
    assert receipt["status"] == "accepted"
    assert len(receipt["prompts"]) == 2
    assert "absconder" not in json.dumps(receipt)
    # and what others read is what was written, with no mark upon it
    read = night.record("social-work", "missing", "F31")
    assert read is not None
    assert read["content"][field] == f"{draft} {trace_of('F31')}"
    assert "prompt" not in json.dumps(read)


def _lasting(headers: object) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers.items() if name != "date"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("purpose", ["child_protection", "context", "missing"])
def test_every_read_leaves_a_trace(night: Night, purpose: str) -> None:
    """S13.3: responses without a trace are none"""
    # given how often education has read
    before = len(night.who_saw(partner="education"))

    # when a teacher reads what there is for a purpose
    found = night.records("education", purpose, who="head-teacher")
    night.stage.settle()

    # then every record shown is in the answer to who saw what, with who and why
    traces = night.who_saw(practitioner="education/head-teacher")
    assert [one["purpose"] for one in traces] == [purpose] * max(1, len(found))
    assert {one["reference"] for one in traces if one["reference"]} == {one["record"] for one in found}
    assert len(night.who_saw(partner="education")) == before + max(1, len(found))
