"""How events arrive: one in the body, one in headers and body, or a batch; read strictly, and bounded.

The parts of a batch are read one by one, so that an unfit event does not spoil the others.
"""

import json
import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request

from services.intake.envelope import from_headers
from services.kernel.http.body import JSON, body_of, media_type_of, read_json
from services.kernel.http.caller import require
from services.kernel.http.problems import Problem
from services.kernel.identity import Caller, Role

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
EVENT_BYTES_MAX = 256 * 1024
BATCH_BYTES_MAX = 8 * 1024 * 1024
BATCH_EVENTS_MAX = 1_000

Sender = Annotated[Caller, Depends(require(Role.SYSTEM, Role.PRACTITIONER))]
"""A system or a person of an agency."""

_MEDIA_TYPES = (STRUCTURED, BATCH, JSON)
_SPACE = re.compile(r"[ \t\r\n]*")
_SKIMMING = json.JSONDecoder(parse_int=len, parse_float=len, parse_constant=len)
"""Finds where a value ends; what it makes of the value is thrown away."""


@dataclass(frozen=True)
class Body:
    """What was sent, within its bounds, and not yet parsed."""

    raw: bytes
    media_type: str
    headers: tuple[tuple[str, str], ...]

    def event(self) -> Any:
        """The one event in it. Raises Problem."""
        if self.media_type == STRUCTURED:
            return read_json(self.raw)
        return from_headers(self.headers, read_json(self.raw))

    def events(self) -> list[Any | Problem]:
        """The events of a batch, each as JSON or as the problem with it. Raises Problem if it is not a list."""
        return [_read(part) for part in _parts(self.raw)]


async def _body(request: Request, _: Sender) -> Body:
    media_type = media_type_of(request, _MEDIA_TYPES)
    raw = await body_of(request, BATCH_BYTES_MAX if media_type == BATCH else EVENT_BYTES_MAX, _MEDIA_TYPES)
    return Body(raw, media_type, tuple(request.headers.items()))


Arriving = Annotated[Body, Depends(_body)]


def _read(part: bytes) -> Any | Problem:
    try:
        if len(part) > EVENT_BYTES_MAX:
            raise Problem(413, "too_large", "The event is too large", f"Send at most {EVENT_BYTES_MAX} bytes an event.")
        return read_json(part)
    except Problem as problem:
        return problem


def _parts(raw: bytes) -> list[bytes]:
    """The JSON of each value of a list."""
    try:
        text = raw.decode("utf-8", "strict")
        at = _after_space(text, 0)
        if text[at : at + 1] != "[":
            raise Problem(422, "not_a_list", "A batch is a JSON list", "Send a list of events, or a single event.")
        return [part.encode() for part in _values(text, at + 1)]
    except (ValueError, RecursionError):
        raise Problem(400, "not_json", "The body is not JSON", "Send a JSON list of events, in UTF-8.") from None


def _values(text: str, at: int) -> list[str]:
    found: list[str] = []
    at = _after_space(text, at)
    closed = text[at : at + 1] == "]"
    while not closed:
        _, end = _SKIMMING.raw_decode(text, at)
        found.append(text[at:end])
        if len(found) > BATCH_EVENTS_MAX:
            raise Problem(413, "too_many_events", "The batch is too large", f"Send at most {BATCH_EVENTS_MAX} events.")
        at = _after_space(text, end)
        closed = text[at : at + 1] == "]"
        if not closed:
            if text[at : at + 1] != ",":
                raise ValueError
            at = _after_space(text, at + 1)
    if _after_space(text, at + 1) != len(text):
        raise ValueError
    return found


def _after_space(text: str, at: int) -> int:
    matched = _SPACE.match(text, at)
    return matched.end() if matched else at
