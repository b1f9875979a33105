"""A report is taken when it holds together, and refused with a pointer and a code when it does not."""

import copy
import json
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.classes import DataClass
from schemas.envelope import Event
from schemas.reports import (
    REPORT_TYPES,
    ReportAmended,
    ReportData,
    UnknownSection,
    UnknownType,
    content_of,
    data_class_of,
    example,
    fields_annotated,
    fitted,
    section_for_class,
    sections_of,
)

JSON = dict[str, Any]
REPORTED = "cairn.missing-episode.reported.v1"
COMPLETED = "cairn.return-discussion.completed.v1"
PUBLISHED = "cairn.intelligence.published.v1"

AT_LEAST = {
    "cairn.missing-episode.reported.v1": {"identity", "address", "missing", "missing_companions"},
    "cairn.missing-episode.risk-assessed.v1": {"missing"},
    "cairn.missing-episode.sighting.v1": {"missing", "missing_companions"},
    "cairn.missing-episode.located.v1": {"missing", "missing_companions"},
    "cairn.return-discussion.completed.v1": {"voice_safety", "voice_private"},
    "cairn.intelligence.submitted.v1": {"intelligence_submission"},
    "cairn.intelligence.published.v1": {"intelligence_sanitised", "intelligence_source"},
    "cairn.health.attendance.v1": {"health_summary", "health_sensitive"},
    "cairn.school.concern.v1": {"school", "peer_links"},
    "cairn.ird.closed.v1": {"decision", "identifiers"},
    "cairn.referral.submitted.v1": {"identity", "peer_links", "context"},
    "cairn.context.observed.v1": {"context"},
    "cairn.offence.charged.v1": {"offence"},
    "cairn.adult-of-concern.identified.v1": {"adult_of_concern"},
}


def parsed(type_name: str, data: JSON) -> ReportData:
    return REPORT_TYPES[type_name].model_validate_json(json.dumps(data))


def refused(type_name: str, data: JSON) -> dict[tuple[str | int, ...], str]:
    """Pointer -> code of everything that was wrong."""
    with pytest.raises(ValidationError) as found:
        parsed(type_name, data)
    return {error["loc"]: error["type"] for error in found.value.errors(include_input=False, include_url=False)}


def data_of(type_name: str, *sections: str) -> JSON:
    """The example's people and contexts, with these of its sections."""
    data: JSON = copy.deepcopy(example(type_name)["data"])
    names = {name for name, _ in sections_of(parsed(type_name, data))}
    return {name: value for name, value in data.items() if name not in names or name in sections}


@pytest.mark.parametrize(("type_name", "classes"), AT_LEAST.items())
def test_a_type_has_the_classes_that_scenarios_count_on(type_name: str, classes: set[str]) -> None:
    found = {one for one in DataClass if section_for_class(type_name, one) is not None}

    assert {one.value for one in found} >= classes


@pytest.mark.parametrize("type_name", sorted(AT_LEAST))
def test_any_one_section_of_a_type_is_a_report(type_name: str) -> None:
    for name, section in sections_of(parsed(type_name, example(type_name)["data"])):
        data = data_of(type_name, name)

        assert [one for one, _ in sections_of(parsed(type_name, data))] == [name]
        assert data_class_of(section).value == name


def test_a_report_without_a_section_is_refused() -> None:
    assert refused(REPORTED, data_of(REPORTED)) == {(): "no_section"}


def test_a_field_that_the_type_does_not_have_is_refused() -> None:
    data = data_of(REPORTED, "missing") | {"offence": {"about": ["k1"]}}

    assert refused(REPORTED, data) == {("offence",): "extra_forbidden"}


def test_a_section_about_somebody_who_is_not_declared_is_refused_where_it_says_so() -> None:
    data = data_of(REPORTED, "missing")
    data["missing"]["about"] = ["k1", "k9"]

    assert refused(REPORTED, data) == {("missing", "about", 1): "not_declared"}


def test_contexts_and_young_people_who_were_there_must_be_declared_as_such() -> None:
    data = data_of(COMPLETED, "voice_safety") | {"about_contexts": ["k1"], "present": ["bus"]}

    assert refused(COMPLETED, data) == {("about_contexts", 0): "not_declared", ("present", 0): "not_declared"}


def test_an_adult_is_not_among_the_young_people_who_were_there() -> None:
    data = data_of("cairn.adult-of-concern.identified.v1", "adult_of_concern") | {"present": ["z1"]}

    assert refused("cairn.adult-of-concern.identified.v1", data) == {("present", 0): "not_declared"}


def test_one_name_cannot_stand_for_a_person_and_a_context() -> None:
    data = data_of(COMPLETED, "voice_safety")
    data["contexts"]["k1"] = {"name": "elsewhere"}

    assert refused(COMPLETED, data)["contexts",] == "named_twice"


def test_a_part_belongs_to_a_person_whom_the_section_is_about() -> None:
    stranger = data_of(REPORTED, "missing")
    stranger["missing"]["each"]["k7"] = {"note": "?"}
    place = data_of(COMPLETED, "context")
    place["context"]["each"] = {"bus": {"note": "?"}}

    assert refused(REPORTED, stranger) == {("missing",): "part_of_nobody"}
    assert refused(COMPLETED, place) == {("context", "each"): "not_a_person"}


def test_nobody_is_named_twice_in_a_section() -> None:
    data = data_of(REPORTED, "missing")
    data["missing"]["about"] = ["k1", "k1"]

    assert refused(REPORTED, data) == {("missing",): "named_twice"}


def test_a_context_has_exactly_one_name() -> None:
    data = data_of(COMPLETED, "context")
    data["contexts"]["bus"] = {"name": "bus", "uprn": "1234"}

    assert refused(COMPLETED, data) == {("contexts", "bus"): "one_name"}


def test_a_person_is_not_a_context() -> None:
    data = data_of(REPORTED, "missing")
    data["people"]["k1"]["kind"] = "context"

    assert refused(REPORTED, data) == {("people", "k1"): "not_a_person"}


def test_a_sender_may_tighten_a_class_and_never_loosen_it() -> None:
    data = data_of(COMPLETED, "voice_safety")
    data["voice_safety"]["tightened_to"] = "voice_private"
    loosened = data_of(COMPLETED, "voice_private")
    loosened["voice_private"]["tightened_to"] = "voice_safety"

    ((name, section),) = sections_of(parsed(COMPLETED, data))

    assert (name, data_class_of(section)) == ("voice_safety", DataClass.VOICE_PRIVATE)
    assert refused(COMPLETED, loosened) == {("voice_private",): "not_stricter"}


def test_tightening_does_not_make_two_sections_of_one_class() -> None:
    data = data_of(COMPLETED, "voice_safety", "voice_private")
    data["voice_safety"]["tightened_to"] = "voice_private"

    assert set(refused(COMPLETED, data).values()) == {"class_twice"}


def test_action_and_sanitisation_codes_go_with_handling_c_only() -> None:
    data = data_of(PUBLISHED, "intelligence_sanitised")
    data["intelligence_sanitised"]["handling"] = {"code": "P", "action": "A1"}

    assert refused(PUBLISHED, data) == {("intelligence_sanitised", "handling"): "value_error"}


def test_an_older_grading_keeps_its_scheme_and_needs_its_handling_stated() -> None:
    data = data_of(PUBLISHED, "intelligence_sanitised")
    section = data["intelligence_sanitised"]
    section["grading"] = {"scheme": "5x5x5", "source": "B", "information": "2", "handling": "4"}
    stated = copy.deepcopy(data)
    stated["intelligence_sanitised"]["handling"] = {"code": "C"}

    ((_, kept),) = sections_of(parsed(PUBLISHED, stated))

    assert content_of(kept)[0]["grading"] == section["grading"]
    assert refused(PUBLISHED, data) == {("intelligence_sanitised",): "handling_not_stated"}


def test_an_older_grading_is_never_read_in_the_present_scheme() -> None:
    data = data_of(PUBLISHED, "intelligence_sanitised")
    data["intelligence_sanitised"]["grading"] = {"scheme": "3x5x2", "source": "B", "assessment": "2"}

    assert set(refused(PUBLISHED, data).values()) == {"enum"}


@pytest.mark.parametrize(
    ("scheme", "level"), [("scotland", "no_apparent_risk"), ("england_wales", "absent"), (None, "low")]
)
def test_a_risk_level_belongs_to_its_scheme(scheme: str | None, level: str) -> None:
    data = data_of(REPORTED, "missing")
    data["missing"] |= {"risk_scheme": scheme, "carer_risk_level": level}

    assert set(refused(REPORTED, data)) == {("missing",)}


def test_somebody_located_is_not_missing_any_more() -> None:
    data = data_of("cairn.missing-episode.located.v1", "missing")
    data["missing"]["status"] = "missing"

    assert refused("cairn.missing-episode.located.v1", data) == {("missing", "status"): "literal_error"}


def test_a_discussion_without_police_or_health_says_why() -> None:
    data = data_of("cairn.ird.closed.v1", "decision")
    data["decision"] |= {"took_part": ["social_work"], "not_taken_part_because": None}

    assert refused("cairn.ird.closed.v1", data) == {("decision",): "participation_not_explained"}


@pytest.mark.parametrize(
    "instant",
    [
        "2026-04-16T20:55:00",
        "2026-04-16 20:55:00Z",
        "2026-04-16T20:55Z",
        "1771275300",
        1771275300,
        "2026-13-16T20:55:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-04-16T20:55:00Z\n",
    ],
)
def test_an_instant_is_rfc_3339_with_an_offset_and_in_living_memory(instant: object) -> None:
    data = data_of(REPORTED, "missing")
    data["missing"]["since"] = instant

    assert list(refused(REPORTED, data)) == [("missing", "since")]


@pytest.mark.parametrize("day", ["2011-3-15", "15/03/2011", "2011-02-30", "20110315", "2011-03-15T00:00:00Z", 0])
def test_a_day_is_written_as_year_month_day(day: object) -> None:
    data = data_of(REPORTED, "missing")
    data["people"]["k1"]["born"] = day

    assert list(refused(REPORTED, data)) == [("people", "k1", "born")]


@pytest.mark.parametrize("wrong", ["yes", 1, "true"])
def test_nothing_is_guessed_from_another_json_type(wrong: object) -> None:
    data = data_of("cairn.offence.charged.v1", "offence")
    data["offence"]["referred_to_reporter"] = wrong

    assert list(refused("cairn.offence.charged.v1", data)) == [("offence", "referred_to_reporter")]


def test_a_refusal_can_be_written_to_a_log_without_a_value() -> None:
    data = data_of(REPORTED, "identity")
    data["people"]["k1"]["identifiers"] = ["chi|5503111239"]
    data["identity"]["each"]["k1"]["phone"] = "ring Rowan's aunt"

    with pytest.raises(ValidationError) as found:
        parsed(REPORTED, data)

    assert "5503111239" not in str(found.value)
    assert "aunt" not in str(found.value)


def test_content_is_what_a_section_says_without_its_frame_and_without_nulls() -> None:
    data = data_of(REPORTED, "identity")
    ((_, section),) = sections_of(parsed(REPORTED, data))

    shared, parts = content_of(section)

    assert set(shared) == {"description", "language", "interpreter_needed"}
    assert parts == data["identity"]["each"]
    assert json.loads(json.dumps([shared, parts])) == [shared, parts]


def test_sections_come_in_declared_order_whatever_order_they_are_sent_in() -> None:
    data = data_of(REPORTED, "missing", "identity", "address")
    turned = dict(reversed(data.items()))

    assert [name for name, _ in sections_of(parsed(REPORTED, turned))] == ["identity", "address", "missing"]


def test_what_is_sent_comes_back_unchanged() -> None:
    for type_name, model in REPORT_TYPES.items():
        event = Event[model].model_validate_json(json.dumps(example(type_name)))  # type: ignore[valid-type]
        again = Event[model].model_validate_json(event.model_dump_json())  # type: ignore[valid-type]

        assert again == event


def test_an_amendment_must_fit_the_type_that_it_amends() -> None:
    amended = ReportAmended.model_validate_json(json.dumps(data_of("cairn.report.amended.v1", "school", "peer_links")))

    as_concern = fitted(amended, "cairn.school.concern.v1")

    assert [name for name, _ in sections_of(as_concern)] == ["school", "peer_links"]
    with pytest.raises(ValidationError):
        fitted(amended, "cairn.offence.charged.v1")


def test_an_amendment_of_a_location_needs_what_a_location_needs() -> None:
    amended = ReportAmended.model_validate_json(
        json.dumps({"report": "e1", "people": {"k1": {}}, "missing": {"about": ["k1"], "status": "missing"}})
    )

    with pytest.raises(ValidationError):
        fitted(amended, "cairn.missing-episode.located.v1")


def test_a_withdrawal_names_a_report_and_needs_no_section() -> None:
    assert refused("cairn.report.withdrawn.v1", {}) == {("report",): "missing"}
    assert not sections_of(parsed("cairn.report.withdrawn.v1", {"report": "e1"}))


def test_an_unknown_type_or_section_is_an_error() -> None:
    with pytest.raises(UnknownType):
        example("cairn.nothing.v1")
    with pytest.raises(UnknownType):
        section_for_class("../classes", DataClass.MISSING)
    with pytest.raises(UnknownSection):
        fields_annotated(REPORTED, "offence", "x-pseudonymised")
