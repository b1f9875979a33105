"""How the interface is spoken to: who may, what every question states, and how commands are read and answered."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import Depends, Path, Query
from pydantic import StringConstraints, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from schemas.annotations import LONGEST_TEXT
from schemas.classes import Purpose
from services.kernel.access import stated_purpose
from services.kernel.http.body import Posted, posted
from services.kernel.http.caller import require
from services.kernel.http.problems import Problem, from_validation
from services.kernel.identity import Caller, Role
from services.panel.reading import Reading

_BYTES_MAX = 128 * 1024
_ETAG = re.compile(r'"([0-9]{1,18})"', re.ASCII)

Practising = Annotated[Caller, Depends(require(Role.PRACTITIONER))]
Body = Annotated[Posted, Depends(posted(_BYTES_MAX))]
Ref = Annotated[str, Path(max_length=80)]
Narrowed = Annotated[str | None, Query(max_length=40)]

Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""Chosen by the sender: the same key is the same thing, so that sending it again is harmless."""
Practitioner = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Listed = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Day = date

_Content = TypeVar("_Content")


async def _purpose(_: Practising, purpose: Annotated[str | None, Query()] = None) -> Purpose:
    return stated_purpose(purpose)


Stated = Annotated[Purpose, Depends(_purpose)]


async def _seen(request: Request) -> int | None:
    stated = request.headers.get("if-match")
    if stated in (None, "*"):
        return None
    matched = _ETAG.fullmatch(stated or "")
    return int(matched[1]) if matched else -1


Seen = Annotated[int | None, Depends(_seen)]
"""The state that `If-Match` names; None where it names any."""


def content_of(body: Posted, kind: TypeAdapter[_Content]) -> _Content:
    """The body as what it must be. Raises Problem 422 `invalid_content`."""
    try:
        return kind.validate_json(body.raw)
    except ValidationError as error:
        raise from_validation(error, body.content) from None


def joined(reading: Reading, who: Caller) -> None:
    """Raises Problem 403 for an agency that never joined the hub."""
    if who.partner not in reading.agencies():
        raise Problem(403, "not_a_partner", "Your agency is not part of this hub", "Ask its governance lead.")


def answer(content: Any, status: int = 200) -> Response:
    """A view, or several, as JSON; the same content is always the same bytes."""
    found = content if isinstance(content, dict) else asdict(content)
    return Response(orjson.dumps(found, default=_plain), status, media_type="application/json")


@dataclass(frozen=True)
class Done:
    """What became of a command; of a state that is not the caller's to know, `version` is 0 and `state` empty."""

    ref: str
    version: int
    state: str


def done(ref: str, version: int, state: str, status: int = 200) -> Response:
    """What became of a command, with the ETag to go on from just this state."""
    response = answer(Done(ref, version, state), status)
    response.headers["ETag"] = f'"{version}"'
    return response


def _plain(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case timedelta():
            return int(value.total_seconds())
        case datetime() | date():
            return value.isoformat()
        case Sequence() | frozenset():
            return list(value)
        case _:
            raise TypeError
