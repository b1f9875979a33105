"""What may travel in a form with less in it is coded, and free text and names never are."""

from collections.abc import Iterator
from typing import Any

import pytest

from schemas.annotations import Annotation
from schemas.classes import GENERALISABLE, DataClass
from schemas.json_schemas import schema_of
from schemas.reports import REPORT_TYPES, fields_annotated, free_text_fields, part_model, section_models
from schemas.reports.sections import FRAME

JSON = dict[str, Any]
SECTIONS = [(type_name, section) for type_name in REPORT_TYPES for section in section_models(type_name)]
FINITE_PATTERNS = {
    r"^([01][0-9]|2[0-3]):(00|30)-(([01][0-9]|2[0-3]):(00|30)|24:00)$",
    r"^(stance|platform|stop|gate|entrance|floor|bay) [1-9][0-9]?$",
}


def _fields(type_name: str, section: str) -> Iterator[tuple[str, JSON, JSON]]:
    """Name and schema of each content field of a section and of its parts, with the definitions."""
    schema = schema_of(type_name)
    model = section_models(type_name)[section]
    for one in (model, part_model(model)):
        for name, field in schema["$defs"][one.__name__]["properties"].items():
            if name not in FRAME:
                yield name, field, schema["$defs"]


def _names_nobody(field: JSON, definitions: JSON) -> bool:
    if "$ref" in field:
        return _names_nobody(definitions[field["$ref"].removeprefix("#/$defs/")], definitions)
    for word in ("anyOf", "oneOf"):
        if word in field:
            return all(_names_nobody(option, definitions) for option in field[word])
    if "enum" in field or "const" in field or field.get("format") in ("date", "date-time"):
        return True
    match field["type"]:
        case "boolean" | "integer" | "null":
            return True
        case "array":
            return _names_nobody(field["items"], definitions)
        case "object":
            return not field["additionalProperties"] and all(
                _names_nobody(one, definitions) for one in field["properties"].values()
            )
        case _:
            return field.get("pattern") in FINITE_PATTERNS


@pytest.mark.parametrize(("type_name", "section"), SECTIONS)
def test_whatever_may_be_pseudonymised_or_generalised_names_nobody(type_name: str, section: str) -> None:
    for name, field, definitions in _fields(type_name, section):
        if field.get(Annotation.PSEUDONYMISED) or field.get(Annotation.GENERALISED):
            assert _names_nobody(field, definitions), name
            assert not field.get(Annotation.FREE_TEXT), name
            assert not field.get(Annotation.CHILD_QUOTE), name


def test_the_check_for_what_names_nobody_bites() -> None:
    schema = schema_of("cairn.missing-episode.reported.v1")
    named = schema["$defs"]["IdentityPart"]["properties"]["given_name"]
    told = schema["$defs"]["MissingReported"]["properties"]["circumstances"]

    assert not _names_nobody(named, schema["$defs"])
    assert not _names_nobody(told, schema["$defs"])


@pytest.mark.parametrize(("type_name", "section"), SECTIONS)
def test_every_section_has_shared_free_text(type_name: str, section: str) -> None:
    assert free_text_fields(section_models(type_name)[section])


@pytest.mark.parametrize(("type_name", "section"), SECTIONS)
def test_models_and_published_schemas_carry_the_same_annotations(type_name: str, section: str) -> None:
    published = list(_fields(type_name, section))

    for annotation in Annotation:
        in_schema = {name for name, field, _ in published if field.get(annotation)}
        assert fields_annotated(type_name, section, annotation) == in_schema


@pytest.mark.parametrize(("type_name", "section"), SECTIONS)
def test_a_name_used_in_a_section_and_in_its_part_means_the_same(type_name: str, section: str) -> None:
    seen: dict[str, set[str]] = {}

    for name, field, _ in _fields(type_name, section):
        words = {word for word in field if word.startswith("x-")}
        assert seen.setdefault(name, words) == words


@pytest.mark.parametrize(("type_name", "section"), SECTIONS)
def test_only_three_classes_have_a_generalised_rendering(type_name: str, section: str) -> None:
    general = fields_annotated(type_name, section, Annotation.GENERALISED)

    assert bool(general) == (DataClass(section) in GENERALISABLE)
    assert general <= fields_annotated(type_name, section, Annotation.PSEUDONYMISED)


def test_a_generalised_context_says_where_and_when_in_bands_and_what_is_asked() -> None:
    general = fields_annotated("cairn.context.observed.v1", "context", Annotation.GENERALISED)

    assert general == {"location_band", "spot", "time_band", "days", "ask"}


@pytest.mark.parametrize(("type_name", "section"), SECTIONS)
def test_an_instant_stands_by_itself_so_that_a_renderer_can_cut_it_to_the_day(type_name: str, section: str) -> None:
    for name, field, definitions in _fields(type_name, section):
        options = field.get("anyOf", [field])
        nested = [one.get("items", definitions.get(one.get("$ref", "")[8:], {})) for one in options]
        assert "date-time" not in str([one.get("properties", one) for one in nested]), name


@pytest.mark.parametrize(("type_name", "section"), SECTIONS)
def test_a_section_has_the_name_of_its_class(type_name: str, section: str) -> None:
    model = section_models(type_name)[section]

    assert model.DATA_CLASS.value == section
    assert schema_of(type_name)["$defs"][model.__name__]["x-data-class"] == section
