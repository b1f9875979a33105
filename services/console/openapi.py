"""`cairn openapi`: the services' interfaces as OpenAPI 3.1, made from the running applications and committed."""

import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from schemas.classes import Purpose
from services.composition import Hub
from services.console.answers_described import REF, Described
from services.console.operation import EVENT, EVENTS, JSON_TYPE, Operation
from services.console.operations import OPERATIONS
from services.kernel.clock import SimulatedClock
from services.kernel.http.problem_told import Problem
from services.kernel.http.problems import MEDIA_TYPE
from services.kernel.settings import Settings

FOLDER = Path(__file__).parents[2] / "schemas" / "openapi"

JSON = dict[str, Any]

_REFUSALS = {
    "401": "NotIdentified",
    "403": "NotPermitted",
    "4XX": "Refused",
    "5XX": "NotNow",
}
_REFUSED = {
    "NotIdentified": "The caller could not be identified.",
    "NotPermitted": "The caller's role or agency does not allow this.",
    "Refused": "Something about the request must be corrected first.",
    "NotNow": "The hub cannot answer now, and has released nothing; try again shortly.",
}
_IF_MATCH: JSON = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the state that was seen; 412 if it has changed.",
    "schema": {"type": "string"},
}
_EVENT_SCHEMA = "https://cairn.example/schemas/cairn.event.v1.json"


def openapi(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if a file is stale.")] = False,
) -> None:
    """Write schemas/openapi/: what callers can ask of each service."""
    told = Console(stderr=True, highlight=False)
    stale = [path for path, text in generated().items() if not path.is_file() or path.read_text("utf-8") != text]
    for path in stale:
        told.print(f"{'stale' if check else 'wrote'} {path.parent.name}/{path.name}")
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(generated()[path], "utf-8")
    if check and stale:
        told.print("run `cairn openapi`")
        raise typer.Exit(1)


def generated() -> dict[Path, str]:
    """Path -> the text that belongs there."""
    return {
        FOLDER / f"{name}.json": json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        for name, document in documents().items()
    }


def documents() -> dict[str, JSON]:
    """Service -> its description. Raises KeyError for an operation that nobody has put into words."""
    with tempfile.TemporaryDirectory(prefix="cairn-openapi-") as folder:
        place = f"sqlite:///{folder}"
        settings = Settings(data=Path(folder), log=place, store=place, policy="embedded:", keys=f"file://{folder}")
        hub = Hub(settings, SimulatedClock(datetime(2026, 1, 1, tzinfo=UTC)), tuple(OPERATIONS))
        try:
            return {name: _described(name, hub.services[name].app.openapi()) for name in OPERATIONS}
        finally:
            hub.close()


def _described(service: str, made: JSON) -> JSON:
    """What the framework found, without pages, in our words and with our problems."""
    told = OPERATIONS[service]
    taken = [one.given for one in told.values() if one.given]
    answered = [one.answers for one in told.values() if one.answers]
    kinds = Described(taken, [Problem, *answered])
    schemas: JSON = dict(made.get("components", {}).get("schemas", {})) | kinds.components
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    paths: JSON = {}
    for path, methods in made["paths"].items():
        if path.startswith("/v1/"):
            paths[path] = {method: _operation(told[method, path], found, kinds) for method, found in methods.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": made["info"]["title"],
            "version": made["info"]["version"],
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": f"/{service}", "description": "In one process with the others."}, {"url": "/"}],
        "security": [{"bearer": []}, {"demo": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": {name: _problem(said) for name, said in _REFUSED.items()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "demo": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`Demo <partner>/<name>`: a demo on this machine alone.",
                },
            },
        },
    }


def _problem(said: str) -> JSON:
    schema = {"$ref": REF.format(model=Problem.__name__)}
    return {"description": said, "content": {MEDIA_TYPE: {"schema": schema}}}


def _operation(told: Operation, found: JSON, kinds: Described) -> JSON:
    success = next(status for status in found["responses"] if status.startswith("2"))
    operation: JSON = {"operationId": told.name, "summary": told.summary, "tags": found.get("tags", ["governance"])}
    if "description" in found:
        operation["description"] = found["description"]
    parameters = [_parameter(told, one) for one in found.get("parameters", ())] + ([_IF_MATCH] if told.matches else [])
    if parameters:
        operation["parameters"] = parameters
    if told.given or told.also_given:
        operation["requestBody"] = {"required": True, "content": _bodies(told, kinds)}
    operation["responses"] = {
        success: {"description": told.answer, "content": {told.media_type: _answered(told, found, success, kinds)}},
        **{status: {"$ref": f"#/components/responses/{name}"} for status, name in _REFUSALS.items()},
    }
    return operation


def _parameter(told: Operation, found: JSON) -> JSON:
    if told.states_purpose and found["name"] == "purpose":
        return found | {"required": True, "schema": {"type": "string", "enum": [one.value for one in Purpose]}}
    return found


def _answered(told: Operation, found: JSON, success: str, kinds: Described) -> JSON:
    """The schema of an answer; of lines and events, where OpenAPI 3.1 has no word for each, only that they are text."""
    if not told.answers:
        answered: JSON = found["responses"][success].get("content", {}).get(told.media_type, {})
        return answered
    if told.media_type == JSON_TYPE:
        return {"schema": kinds.answered(told.answers)}
    line = kinds.answered(told.answers)["$ref"].rpartition("/")[2]
    return {"schema": {"type": "string", "description": f"Each line of data is a `{line}` of the components."}}


def _bodies(told: Operation, kinds: Described) -> JSON:
    content: JSON = {}
    if told.given:
        content[JSON_TYPE] = {"schema": kinds.taken(told.given)}
    for media_type, said in told.also_given.items():
        content[media_type] = {"schema": _SCHEMAS.get(media_type, {"type": "object"}) | {"description": said}}
    return content


_SCHEMAS: Mapping[str, JSON] = {
    EVENT: {"$ref": _EVENT_SCHEMA},
    EVENTS: {"type": "array", "maxItems": 1000, "items": {"$ref": _EVENT_SCHEMA}},
}
