"""What is generated is as the models say, and nothing in the published language is without its counterpart."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from schemas import asyncapi
from schemas.catalogue import DOCUMENTS, LOG_TYPES, PUBLISHED, schema_id, topics
from schemas.classes import DataClass
from schemas.generate import ROOT, generated, main, stale, write
from schemas.json_schemas import schema_of
from schemas.reports import REPORT_TYPES
from services.kernel import topics as names

SPECIFICATION = ROOT / "node_modules/@asyncapi/specs/schemas/3.1.0.json"


def test_no_generated_file_is_stale() -> None:
    assert stale() == [], "run `python -m schemas.generate`"


def test_a_changed_a_missing_and_an_orphaned_file_are_stale_until_they_are_written(tmp_path: Path) -> None:
    write(tmp_path)
    changed, missing = tmp_path / "schemas/asyncapi.json", tmp_path / "docs/reference/events.md"
    orphan, foreign = tmp_path / "schemas/json/cairn.gone.v1.json", tmp_path / "schemas/json/other.json"
    changed.write_text("{}")
    missing.unlink()
    orphan.write_text("{}")
    foreign.write_text("{}")

    found = stale(tmp_path)
    write(tmp_path)

    assert {tmp_path / one for one in found} == {changed, missing, orphan}
    assert stale(tmp_path) == []
    assert foreign.exists()
    assert not orphan.exists()


def test_the_command_tells_whether_files_are_stale(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == (1 if stale() else 0)
    assert ("stale" in capsys.readouterr().out) == bool(stale())


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_a_schema_is_valid_and_known_by_its_address(name: str) -> None:
    schema = schema_of(name)

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == schema_id(name) == f"https://cairn.example/schemas/{name}.json"
    assert schema["description"]


def test_every_type_lies_on_one_topic_or_is_posted() -> None:
    lying = [one for topic in topics().values() for one in topic.types]

    assert sorted(lying) == sorted(LOG_TYPES)
    assert not set(REPORT_TYPES) & set(LOG_TYPES)
    assert set(PUBLISHED) == {*REPORT_TYPES, *LOG_TYPES, *DOCUMENTS}


def test_the_topics_are_those_that_the_kernel_names() -> None:
    constants = {names.REPORTS, names.CONTEXTS, names.RULES, names.DECISIONS, names.RECALLS, names.ACCESS}

    assert set(topics()) == constants | {names.disclosures("{partner}")}


def test_no_topic_ever_drops_anything_and_every_topic_is_written_and_read() -> None:
    for name, topic in topics().items():
        assert topic.retention == "never_drop", name
        assert topic.producers
        assert topic.consumers
        assert isinstance(topic.partitions, int) or topic.partitions in {"setting", *topics()}


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [one for value in node.values() for one in _references(value)]
    if isinstance(node, list):
        return [one for value in node for one in _references(value)]
    return []


def _resolves(document: dict[str, Any], reference: str) -> bool:
    if reference.startswith("./json/"):
        return reference.removeprefix("./json/").removesuffix(".json") in PUBLISHED
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        if step not in node:
            return False
        node = node[step]
    return True


def test_everything_in_the_log_description_can_be_looked_up() -> None:
    document = asyncapi.document()

    assert [one for one in _references(document) if not _resolves(document, one)] == []
    assert set(document["components"]["messages"]) == {*REPORT_TYPES, *LOG_TYPES}
    said = {name for channel in document["channels"].values() for name in channel["messages"]}
    assert said == {*REPORT_TYPES, *LOG_TYPES}
    used = {operation["channel"]["$ref"].rpartition("/")[2] for operation in document["operations"].values()}
    assert used == set(document["channels"])


def test_the_log_description_is_asyncapi_as_its_authors_define_it() -> None:
    if not SPECIFICATION.is_file():
        pytest.skip("@asyncapi/specs is not installed: the description was checked by structure alone")
    document = asyncapi.document()
    validator = Draft7Validator(json.loads(SPECIFICATION.read_text("utf-8")))

    assert [error.message for error in validator.iter_errors(document)] == []
    assert not validator.is_valid(document | {"channels": []})


def test_the_event_catalogue_tells_of_every_type_and_class_and_topic() -> None:
    page = generated()[Path("docs/reference/events.md")]

    told = {*PUBLISHED, *topics()}
    assert [name for name in told if f"`{name}`" not in page] == []
    assert [one for one in DataClass if f"\n### {one}\n" not in page] == []
