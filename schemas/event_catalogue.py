"""The event catalogue for people: every type, its sections, and every field with the forms in which it may travel."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.annotations import Annotation
from schemas.catalogue import DOCUMENTS, LOG_TYPES, topics
from schemas.classes import NEVER_GRANTED, DataClass
from schemas.json_schemas import schema_of
from schemas.reports import REPORT_TYPES, TIGHTER, Section, section_models
from schemas.reports.sections import FRAME

_BASIC = {"string": "text", "boolean": "yes or no", "integer": "number", "array": "list", "object": "object"}
_FORMATS = {"date-time": "instant", "date": "day"}
_AMENDED = "cairn.report.amended.v1"
_FRAME_CODES = frozenset({"ActionCode", "DataClass", "Existence", "HandlingCode", "SanitisationCode"})


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([*_introduction(), *_reports(), *_classes(), *_codes(), *_log(), *_documents()]) + "\n"


def _introduction() -> Iterator[str]:
    yield "# Events"
    yield ""
    yield "<!-- Made by `python -m schemas.generate` from the models in `schemas/`: change those, not this page. -->"
    yield ""
    yield "Every event is a CloudEvents 1.0 event. Its `data` has the JSON Schema that `dataschema` names."
    yield "The schemas are in `schemas/json/`, an example of each report is in `schemas/examples/`, and the words"
    yield "are in the [glossary](../glossary.md)."


def _reports() -> Iterator[str]:
    yield "\n## Reports: what agencies post\n"
    yield "A report declares `people` and `contexts` under names of its own, and carries at least one section. Every"
    yield "section is optional. It belongs to a data class, the unit in which agreements grant, and has its name."
    for name, model in REPORT_TYPES.items():
        yield f"\n### `{name}`\n"
        yield _sentences(model.__doc__)
        yield ""
        own = schema_of(name)["properties"]
        sections = section_models(name)
        yield f"Sections: {', '.join(f'[`{one}`](#{one})' for one in sections) or 'none'}."
        further = [one for one in own if one not in {*sections, *_shared_by_reports()}]
        if further:
            yield f"Further fields: {', '.join(f'`{one}`' for one in further)}."


def _shared_by_reports() -> frozenset[str]:
    return frozenset(schema_of("cairn.offence.charged.v1")["properties"]) - {"offence"}


def _classes() -> Iterator[str]:
    yield "\n## Data classes: what a grant covers\n"
    yield "A field travels in the forms that are marked, and in the full form. Free text and names travel in no other."
    yield "A section also has `about`, `handling`, `tightened_to`, and `each`, with a part for each person."
    schema = schema_of(_AMENDED)
    for name, model in section_models(_AMENDED).items():
        yield f"\n### {name}\n"
        yield _sentences(model.__doc__)
        yield from _standing(model)
        yield "\n| field | what | pseudonymised | generalised |"
        yield "|---|---|---|---|"
        described = schema["$defs"][model.__name__]["properties"]
        yield from (_row(one, described[one], schema) for one in described if one not in FRAME)
        part = _resolved(next(iter(described["each"]["patternProperties"].values())), schema)["properties"]
        yield from (_row(f"each.{one}", part[one], schema) for one in part)


def _standing(model: type[Section]) -> Iterator[str]:
    if model.DATA_CLASS in NEVER_GRANTED:
        yield "No agreement can grant it."
    if (stricter := TIGHTER.get(DataClass(model.DATA_CLASS))) is not None:
        yield f"Its sender may tighten it to `{stricter}`."


def _row(name: str, field: dict[str, Any], schema: dict[str, Any]) -> str:
    marks = [("yes" if field.get(word) else "") for word in (Annotation.PSEUDONYMISED, Annotation.GENERALISED)]
    described = f": {field['description']}" if "description" in field and "$ref" not in field else ""
    return f"| `{name}` | {_kind(field, schema)}{_inline(described)} | {marks[0]} | {marks[1]} |"


def _kind(field: dict[str, Any], schema: dict[str, Any]) -> str:
    if field.get(Annotation.FREE_TEXT):
        return "free text"
    if field.get(Annotation.CHILD_QUOTE):
        return "a child's own words"
    option = next(one for one in field.get("anyOf", [field]) if one.get("type") != "null")
    resolved = _resolved(option, schema)
    if "enum" in resolved:
        return f"a code of [{resolved['title']}](#{resolved['title'].lower()})"
    if "oneOf" in resolved:
        return "a grading, 3x5x2 or 5x5x5"
    if resolved.get("type") == "array":
        return "a list, each " + _kind(resolved["items"], schema)
    return _FORMATS.get(resolved.get("format", ""), _BASIC[resolved["type"]])


def _codes() -> Iterator[str]:
    yield "\n## Code lists\n"
    yield "Closed within a version of a type; what a list leaves out goes into free text."
    content = {name for model in section_models(_AMENDED).values() for name in _code_lists(model)}
    for name, described in sorted(schema_of(_AMENDED)["$defs"].items()):
        if name in content:
            yield f"\n### {name}\n"
            yield f"{_sentences(described.get('description'))} {', '.join(f'`{code}`' for code in described['enum'])}"


def _code_lists(model: type[Section]) -> Iterator[str]:
    for name, made in model.model_json_schema().get("$defs", {}).items():
        if "enum" in made and name not in _FRAME_CODES:
            yield name


def _resolved(node: Mapping[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    found = dict(node)
    if "$ref" in found:
        target: dict[str, Any] = schema["$defs"][found["$ref"].removeprefix("#/$defs/")]
        return target
    return found


def _log() -> Iterator[str]:
    yield "\n## The log: what services say to one another\n"
    yield "Nothing is ever dropped from a topic. What is personal on it is sealed."
    for name, topic in topics().items():
        yield f"\n### `{name}`\n"
        yield f"{topic.about}\n"
        yield f"Written by {_listed(topic.producers)}; read by {_listed(topic.consumers)}. Key: {topic.key}\n"
        yield from (f"- `{one}`: {_sentences(LOG_TYPES[one].__doc__)}" for one in topic.types)


def _documents() -> Iterator[str]:
    yield "\n## Documents\n"
    for name, model in DOCUMENTS.items():
        yield f"- `{name}`: {_sentences(model.__doc__)}"


def _listed(names: list[Any]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else str(names[0])


def _inline(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _sentences(doc: str | None) -> str:
    return _inline(doc or "")
