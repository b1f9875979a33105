"""The OpenAPI descriptions: as the applications are, whole, and in words that people and generators can use."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from services.console import openapi as describing
from services.console.commands import cairn

SERVICES = ["governance", "intake", "panel", "sharing"]


@pytest.fixture(scope="module")
def documents() -> dict[str, Any]:
    return describing.documents()


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _refs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for one in value.values():
            yield from _refs(one)
    elif isinstance(value, list):
        for one in value:
            yield from _refs(one)


def test_the_committed_descriptions_are_those_of_the_applications() -> None:
    assert sorted(path.stem for path in describing.FOLDER.glob("*.json")) == SERVICES
    assert CliRunner().invoke(cairn, ["openapi", "--check"]).exit_code == 0


def test_a_stale_description_is_told_and_then_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(describing, "FOLDER", tmp_path / "openapi")

    before = CliRunner().invoke(cairn, ["openapi", "--check"])
    written = CliRunner().invoke(cairn, ["openapi"])
    (tmp_path / "openapi" / "intake.json").write_text("{}")
    after = CliRunner().invoke(cairn, ["openapi", "--check"])

    assert (before.exit_code, written.exit_code, after.exit_code) == (1, 0, 1)
    assert "stale openapi/intake.json" in after.stderr
    assert "sharing.json" not in after.stderr
    assert before.stdout == written.stdout == after.stdout == ""


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_says_what_it_does_and_how_it_refuses(service: str, documents: dict[str, Any]) -> None:
    found = list(_operations(documents[service]))
    names = [operation["operationId"] for _, _, operation in found]

    assert found
    assert len(names) == len(set(names))
    for _, _, operation in found:
        assert re.fullmatch(r"[a-z][A-Za-z]+", operation["operationId"])
        assert re.fullmatch(r"[A-Z].*[^.]", operation["summary"])
        assert operation["tags"]
        assert {"401", "403", "4XX", "5XX"} <= set(operation["responses"])
    for said in documents[service]["components"]["responses"].values():
        assert list(said["content"]) == ["application/problem+json"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_description_is_structurally_openapi_3_1(service: str, documents: dict[str, Any]) -> None:
    document = documents[service]

    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    assert {"title", "version"} <= set(document["info"])
    for name, schema in document["components"]["schemas"].items():
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name)
        Draft202012Validator.check_schema(schema)
    for path, method, operation in _operations(document):
        parameters = [(one["in"], one["name"]) for one in operation.get("parameters", ())]
        assert method in {"get", "post"}
        assert len(parameters) == len(set(parameters))
        assert {name for place, name in parameters if place == "path"} == set(re.findall(r"{(\w+)}", path))
        assert all(one["required"] for one in operation.get("parameters", ()) if one["in"] == "path")
        for one in operation.get("parameters", ()):
            Draft202012Validator.check_schema(one["schema"])
        for status, response in operation["responses"].items():
            assert re.fullmatch(r"[1-5](\d\d|XX)", status)
            assert "$ref" in response or response["description"]
        if "requestBody" in operation:
            assert operation["requestBody"]["content"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_json_answer_is_described_closed(service: str, documents: dict[str, Any]) -> None:
    schemas = documents[service]["components"]["schemas"]

    for path, method, operation in _operations(documents[service]):
        (success,) = [one for status, one in operation["responses"].items() if status.startswith("2")]
        if "application/json" in success["content"]:
            named = [ref.rpartition("/")[2] for ref in _refs(success["content"]["application/json"])]
            assert named, f"{method} {path}"
            assert all(schemas[name]["additionalProperties"] is False for name in named), f"{method} {path}"


def test_every_line_that_is_followed_is_described_closed(documents: dict[str, Any]) -> None:
    schemas = documents["sharing"]["components"]["schemas"]

    for path in ("/v1/feed", "/v1/stream"):
        ((_, content),) = documents["sharing"]["paths"][path]["get"]["responses"]["200"]["content"].items()
        assert "`FeedLine`" in content["schema"]["description"]
    for ref in _refs(schemas["FeedLine"]["oneOf"]):
        assert schemas[ref.rpartition("/")[2]]["additionalProperties"] is False


@pytest.mark.parametrize("service", SERVICES)
def test_every_reference_within_a_description_leads_somewhere(service: str, documents: dict[str, Any]) -> None:
    for ref in _refs(documents[service]):
        if ref.startswith("#/"):
            place = documents[service]
            for step in ref[2:].split("/"):
                place = place[step]
        else:
            schema = ref.rpartition("/")[2]
            assert (describing.FOLDER.parent / "json" / schema).is_file()


def test_every_posted_body_and_every_stated_purpose_is_described(documents: dict[str, Any]) -> None:
    for document in documents.values():
        for path, method, operation in _operations(document):
            assert ("requestBody" in operation) == (method == "post" and not path.endswith("/ack"))
    reading = {
        path: operation for path, _, operation in _operations(documents["sharing"]) if "reading" in operation["tags"]
    }
    for path, operation in reading.items():
        if path != "/v1/search":
            assert any(one["name"] == "purpose" and one["required"] for one in operation["parameters"])
