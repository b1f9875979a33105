"""The envelope of an arriving event: what CloudEvents requires of it, and from whom it may come.

Checked before anything is made of the event, because libraries invent an id or a time that is missing.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cloudevents.core.bindings.http import HTTPMessage, from_binary
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from pydantic import TypeAdapter, ValidationError

from schemas.annotations import Instant
from schemas.envelope import Event, Marking, source_of
from services.intake.domain.markings import too_high
from services.kernel.http.body import JSON
from services.kernel.http.json_text import read_json
from services.kernel.http.problems import Problem

REQUIRED = ("id", "source", "type", "specversion", "time")
TRACING = frozenset({"traceparent", "tracestate"})
"""Attributes that belong to one journey of the event, not to the event: neither kept nor compared."""

_KNOWN = frozenset(Event.model_fields) | TRACING
_TEXT_MAX = 200
_BROKEN_LINE = re.compile(r"[\t\n\r]")
"""CloudEvents allows no control characters in attributes; a line end parts source and id where a report is named."""

_instant: TypeAdapter[datetime] = TypeAdapter(Instant)


class _Parsed(JSONFormat):
    """Gives the binding the data as our own reader has read it."""

    def __init__(self, data: Any) -> None:
        super().__init__()
        self._data = data

    def read_data(self, body: str | bytes, datacontenttype: str | None) -> Any:  # noqa: ARG002 - read already
        return self._data


def from_headers(headers: Sequence[tuple[str, str]], data: Any) -> dict[str, Any]:
    """The event of a request in binary mode: attributes from its `ce-` headers, data from its body.

    Raises Problem where a header is given twice, a required one is missing, or its text is unfit.
    """
    named = [(name.lower(), value) for name, value in headers if name.lower().startswith("ce-")]
    attributes = {name.removeprefix("ce-"): value for name, value in named}
    if len(attributes) != len(named):
        raise invalid([("", "duplicate_name", "Give each ce- header once.")])
    _require(attributes)
    _instant_of(attributes["time"])
    try:
        event = from_binary(HTTPMessage(dict(named), b""), _Parsed(data))
    except (CloudEventValidationError, ValueError):
        raise invalid([("", "attribute_malformed", "Write the ce- headers as CloudEvents 1.0 says.")]) from None
    said = dict(event.get_attributes())
    said["time"] = said["time"].isoformat()
    written = json.dumps({name: str(value) for name, value in said.items()}).encode()
    return {**_mapping(read_json(written)), "data": data}


def checked(event: Any, agency: str) -> dict[str, Any]:
    """The event, if its envelope is whole, its marking allowed, and its source the caller's own.

    `time` is in UTC, and `datacontenttype` stated, from here on. Raises Problem; nothing of the event is in it.
    """
    if not isinstance(event, dict):
        raise invalid([("", "wrong_type", "Send one CloudEvents event as a JSON object.")])
    if too_high(event):
        raise Problem(
            422,
            "marking_too_high",
            "The hub takes nothing marked above official-sensitive",
            "Nothing was kept. Use a channel that is approved for this marking.",
        )
    _require(event)
    _refuse_unknown(event)
    if not _is_own(event["source"], agency):
        raise Problem(
            403,
            "source_not_yours",
            "The event's source is not your agency",
            f"Set source to {source_of(agency)}, or that with a colon and a system's name behind it.",
        )
    occurred = _instant_of(event["time"])
    kept = {name: value for name, value in event.items() if name not in TRACING}
    return {"datacontenttype": JSON, **kept, "time": occurred.astimezone(UTC).isoformat().replace("+00:00", "Z")}


def invalid(errors: Iterable[tuple[str, str, str]]) -> Problem:
    """The 422 problem about an envelope: pointer, code and what to do of each error."""
    return Problem(
        422,
        "invalid_event",
        "The event's envelope is not what the hub takes",
        "Correct what the errors point to, and send it again.",
        [{"pointer": pointer, "code": code, "detail": detail} for pointer, code, detail in errors],
    )


def _require(event: Mapping[str, Any]) -> None:
    errors = [(f"/{name}", "missing", "Give this attribute: it is required.") for name in REQUIRED if name not in event]
    for name in REQUIRED:
        text = event.get(name)
        if name in event and not (isinstance(text, str) and 1 <= len(text) <= _TEXT_MAX):
            errors.append((f"/{name}", "wrong_form", f"Give a text of 1 to {_TEXT_MAX} characters."))
    errors += [
        (f"/{name}", "control_character", "Write this attribute in one line, without tabs.")
        for name, text in event.items()
        if name in _KNOWN - {"data"} and isinstance(text, str) and _BROKEN_LINE.search(text)
    ]
    if event.get("specversion", "1.0") != "1.0":
        errors.append(("/specversion", "not_in_list", "Send CloudEvents 1.0."))
    if errors:
        raise invalid(errors)


def _refuse_unknown(event: Mapping[str, Any]) -> None:
    if set(event) - _KNOWN:
        raise invalid([("", "unknown_attribute", "Remove attributes that the published envelope does not have.")])
    if event.get("dataclassification", Marking.OFFICIAL) not in list(Marking):
        raise invalid([("/dataclassification", "not_in_list", f"Give one of these: {', '.join(Marking)}.")])


def _is_own(source: str, agency: str) -> bool:
    own = source_of(agency)
    return source == own or (source.startswith(f"{own}:") and len(source) > len(own) + 1)


def _instant_of(text: str) -> datetime:
    try:
        return _instant.validate_json(json.dumps(text))
    except ValidationError:
        raise invalid([("/time", "instant_format", "Give an RFC 3339 instant with its offset from UTC.")]) from None


def _mapping(value: object) -> dict[str, Any]:
    assert isinstance(value, dict)  # noqa: S101 - it was written from one
    return value
