"""The published examples are valid, complete and about nobody."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from schemas.catalogue import ENVELOPE, schema_id
from schemas.envelope import Event
from schemas.generate import ROOT
from schemas.json_schemas import schema_of
from schemas.reports import REPORT_TYPES, content_of, example, free_text_fields, section_models, sections_of

TYPES = sorted(REPORT_TYPES)


@pytest.mark.parametrize("type_name", TYPES)
def test_an_example_is_valid_by_model_and_by_schema(type_name: str) -> None:
    event = example(type_name)

    parsed = Event[REPORT_TYPES[type_name]].model_validate_json(json.dumps(event))  # type: ignore[valid-type]

    assert parsed.type == type_name
    assert event["dataschema"] == schema_id(type_name)
    checks = FormatChecker(["date", "date-time"])
    Draft202012Validator(schema_of(type_name), format_checker=checks).validate(event["data"])
    Draft202012Validator(schema_of(ENVELOPE), format_checker=checks).validate(event)


def test_the_schemas_refuse_what_is_not_in_them() -> None:
    data = example("cairn.offence.charged.v1")["data"]
    validator = Draft202012Validator(schema_of("cairn.offence.charged.v1"))

    assert not validator.is_valid(data | {"surprise": 1})
    assert not validator.is_valid(data | {"people": {"not a name": {}}})


@pytest.mark.parametrize("type_name", TYPES)
def test_an_example_carries_every_section_with_its_text_and_its_parts(type_name: str) -> None:
    data = REPORT_TYPES[type_name].model_validate_json(json.dumps(example(type_name)["data"]))

    sections = dict(sections_of(data))

    assert list(sections) == list(section_models(type_name))
    for section in sections.values():
        shared, parts = content_of(section)
        people = [name for name in section.about if name in data.people]
        assert sorted(parts) == sorted(people)
        assert all(parts.values())
        assert shared[free_text_fields(type(section))[0]]


@pytest.mark.parametrize("type_name", TYPES)
def test_an_example_leaves_handling_to_whoever_uses_it(type_name: str) -> None:
    data = example(type_name)["data"]

    for name in section_models(type_name):
        assert not {"handling", "tightened_to"} & set(data[name])


@pytest.mark.parametrize("type_name", TYPES)
def test_no_number_in_an_example_can_be_a_real_persons(type_name: str) -> None:
    text = json.dumps(example(type_name))

    assert all(int(day) > 40 for day in re.findall(r"chi\|(\d\d)", text))
    assert all(number.startswith("999") for number in re.findall(r"nhs\|(\d+)", text))
    assert set(re.findall(r"scn\|(\d+)", text)) <= {"161234567", "150001234", "176543213"}
    assert set(re.findall(r"pnc\|([^\"]+)", text)) <= {"21/0123456K", "19/0000007W", "03/1234567Q"}
    assert all(phone.startswith(("07700 900", "01632 960")) for phone in re.findall(r'"phone": "([^"]+)"', text))
    assert all(code.startswith("ZZ") for code in re.findall(r'"postcode": "([^"]+)"', text))


def test_there_is_an_example_for_each_type_and_for_nothing_else() -> None:
    there = sorted(path.stem for path in (ROOT / "schemas/examples").glob("*.json"))

    assert there == TYPES


def test_corrections_in_the_examples_name_a_report_of_the_same_source() -> None:
    known = {event["id"]: event["source"] for event in map(example, TYPES)}
    corrections = [event for event in map(example, TYPES) if "report" in event["data"]]

    assert len(corrections) == 4
    assert all(known[event["data"]["report"]] == event["source"] for event in corrections)


def test_a_message_of_the_log_description_is_an_event_with_the_data_of_its_type() -> None:
    described: dict[str, Any] = json.loads((ROOT / "schemas/asyncapi.json").read_text("utf-8"))
    base = "https://cairn.example/schemas/asyncapi.json"
    names = {"./json/" + path.name: json.loads(path.read_text("utf-8")) for path in (ROOT / "schemas/json").glob("c*")}
    registry = Registry[Any]().with_resources(
        [(base.replace("asyncapi.json", name[2:]), Resource.from_contents(one)) for name, one in names.items()]
    )

    for type_name in TYPES:
        payload = described["components"]["messages"][type_name]["payload"]["schema"]
        validator = Draft202012Validator({"$id": base, **payload}, registry=registry)
        assert validator.is_valid(example(type_name)), type_name
        assert not validator.is_valid(example(type_name) | {"type": "cairn.other.v1"})
