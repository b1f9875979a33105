"""Answers of the read side: who may ask, what every question states, and the bytes that go back.

The same content is always the same bytes: compact JSON in UTF-8, in the order in which it was built.
"""

import json
from typing import Annotated, Any

from fastapi import Depends, Query
from starlette.responses import Response

from schemas.classes import Published, Purpose
from services.kernel.access import stated_purpose
from services.kernel.http.caller import require
from services.kernel.identity import Caller, Role
from services.sharing.reading import Page

LIMIT_USUAL = 100
LIMIT_MAX = 500

Reader = Annotated[Caller, Depends(require(Role.SYSTEM, Role.PRACTITIONER))]
"""A person or a system of an agency; whether that agency has joined, its records know."""


async def _purpose(_: Reader, purpose: Annotated[str | None, Query()] = None) -> Purpose:
    return stated_purpose(purpose)


Stated = Annotated[Purpose, Depends(_purpose)]
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]
After = Annotated[str | None, Query(max_length=4_000)]
AtLeast = Annotated[str | None, Query(max_length=200)]


def written(content: Any) -> bytes:
    """The content as it goes over the wire."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def json_answer(content: Published | dict[str, Any], status: int = 200) -> Response:
    """A JSON answer."""
    found = content.model_dump(mode="json") if isinstance(content, Published) else content
    return Response(written(found), status, media_type="application/json")


def page_answer(page: Page, **first: str) -> Response:
    """The records of a page, and the cursor behind them where there are more."""
    return json_answer({**first, "records": page.records(), "next": page.last if page.more else None})
