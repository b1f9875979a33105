"""The stream: a partner's feed as it happens, by server-sent events.

Each event is checked against the rules of its own instant and leaves its own trace before it is sent, and whoever
opened the stream is identified anew for it; while the records are behind the rules the stream is silent.
"""

import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

import anyio
from anyio import to_thread
from fastapi import APIRouter, Depends, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.requests import HTTPConnection

from services.kernel.http.caller import caller
from services.kernel.http.problems import Problem
from services.sharing.api.answering import After, Reader, Stated, written
from services.sharing.reading import Asked, Reading

_LOOK_SECONDS = 0.25


@dataclass(frozen=True)
class Opened:
    """A stream that may begin, where, and on whose connection."""

    connection: HTTPConnection
    asked: Asked
    place: tuple[int, ...]


def routes(reading: Reading, closing: threading.Event) -> APIRouter:
    """`GET /v1/stream`. Streams end when their reader leaves, when it may read nothing more (its credentials are
    over, too), and on `closing`."""
    router = APIRouter(tags=["reading"])

    def opened(
        connection: HTTPConnection,
        who: Reader,
        purpose: Stated,
        after: After = None,
        last_event_id: Annotated[str | None, Header(max_length=4_000)] = None,
    ) -> Opened:
        asked = Asked(who, purpose, last_event_id or after)
        return Opened(connection, asked, reading.open_stream(asked))

    @router.get("/v1/stream", response_class=EventSourceResponse)
    async def stream(begun: Annotated[Opened, Depends(opened)]) -> AsyncIterator[ServerSentEvent]:
        """The lines of your agency's feed as events; the id of each is its cursor, `Last-Event-ID` resumes."""
        place = begun.place
        while not closing.is_set():
            try:
                found = await to_thread.run_sync(_next_line, reading, begun, place)
            except Problem as problem:
                if problem.status != 503:
                    return
                found = None
            if found is None:
                await anyio.sleep(_LOOK_SECONDS)
                continue
            line, place = found
            yield ServerSentEvent(raw_data=written(line).decode(), event=line["kind"], id=line["cursor"])

    return router


def _next_line(
    reading: Reading, begun: Opened, place: tuple[int, ...]
) -> tuple[dict[str, Any], tuple[int, ...]] | None:
    """The line behind a place, as `Reading.next_line`; Problem 401 once the credentials sent are no longer believed."""
    caller(begun.connection)
    return reading.next_line(begun.asked, place)
