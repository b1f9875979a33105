"""What the committed descriptions of the interfaces say of an answer, and where an answer is otherwise."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

DESCRIPTIONS = Path(__file__).parents[2] / "schemas" / "openapi"
JSON_TYPE, LINES, EVENTS = "application/json", "application/x-ndjson", "text/event-stream"
_LINE = {"$ref": "#/components/schemas/FeedLine"}


@dataclass(frozen=True)
class Operation:
    """One operation of a published interface."""

    service: str
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.service} {self.method} {self.path}"


@cache
def description(service: str) -> Any:
    """The committed description of a service's interface."""
    return json.loads((DESCRIPTIONS / f"{service}.json").read_text(encoding="utf-8"))


def operations(service: str) -> list[Operation]:
    """Every operation of a service, in the order of its description."""
    return [
        Operation(service, method.upper(), path)
        for path, methods in description(service)["paths"].items()
        for method in methods
    ]


def operation_at(service: str, method: str, path: str) -> Operation | None:
    """The operation that answers here; what is named outright before what is a parameter. None for a page."""
    found = [one for one in operations(service) if one.method == method and _pattern(one.path).fullmatch(path)]
    return min(found, key=lambda one: one.path.count("{"), default=None)


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"{\w+}", "[^/]+", path))


def undescribed(operation: Operation, status: int, media_type: str, body: bytes) -> list[str]:
    """Everything in which an answer is not as the operation's description says; nothing for a refusal."""
    if status >= 400:
        return []
    told = description(operation.service)["paths"][operation.path][operation.method.lower()]["responses"]
    content = told.get(str(status), {}).get("content", {})
    plain_type = media_type.partition(";")[0]
    if plain_type not in content:
        return [f"{operation}: {status} {media_type} is not described"]
    schema = content[plain_type]["schema"] if plain_type == JSON_TYPE else _LINE
    return [
        f"{operation}: /{'/'.join(map(str, error.absolute_path))}: {error.message}"
        for one in contents(plain_type, body)
        for error in _validator(operation.service, json.dumps(schema)).iter_errors(one)
    ]


@cache
def _validator(service: str, schema: str) -> Draft202012Validator:
    return Draft202012Validator({"components": description(service)["components"], **json.loads(schema)})


def contents(media_type: str, body: bytes) -> Iterator[Any]:
    """The JSON of an answer: one document, or one for each of its lines or events."""
    if media_type == JSON_TYPE:
        yield json.loads(body)
    elif media_type == LINES:
        yield from map(json.loads, body.splitlines())
    elif media_type == EVENTS:
        yield from (json.loads(line[5:]) for line in body.splitlines() if line.startswith(b"data:"))
