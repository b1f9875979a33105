"""The body of a request: bounded while it arrives, of the type it says, and kept as the bytes that were sent."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from services.kernel.http.caller import caller
from services.kernel.http.json_text import USUAL, Limits, read_json
from services.kernel.http.problems import Problem
from services.kernel.identity import Caller

JSON = "application/json"

__all__ = ["JSON", "USUAL", "Limits", "Posted", "body_of", "json_body", "media_type_of", "posted", "read_json"]


@dataclass(frozen=True)
class Posted:
    """A JSON body: the bytes as sent, their media type without parameters, and the value they stand for."""

    raw: bytes
    media_type: str
    content: object


async def body_of(request: Request, bytes_max: int, media_types: Collection[str] = (JSON,)) -> bytes:
    """The bytes of the body. Raises problems: 415 for another type or encoding, 413 for more than `bytes_max`."""
    media_type_of(request, media_types)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "encoded_body", "The body is compressed", "Send the body as it is, without encoding.")
    announced = request.headers.get("content-length")
    if announced is not None and announced.isascii() and announced.isdigit() and int(announced[:20]) > bytes_max:
        raise _too_large(bytes_max)
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > bytes_max:
            raise _too_large(bytes_max)
    return bytes(received)


def media_type_of(request: Request, media_types: Collection[str] = (JSON,)) -> str:
    """Which of these media types the body says it is. Raises the 415 problem `media_type`."""
    said = request.headers.getlist("content-type")
    media_type, _, parameters = said[0].partition(";") if len(said) == 1 else ("", "", "")
    media_type = media_type.strip().lower()
    if media_type not in media_types or parameters.replace('"', "").strip().lower() not in ("", "charset=utf-8"):
        raise Problem(
            415,
            "media_type",
            "The body is not of a media type that is taken here",
            f"Send one of these, in UTF-8: {', '.join(sorted(media_types))}.",
        )
    return media_type


def posted(
    bytes_max: int, media_types: Collection[str] = (JSON,), limits: Limits = USUAL
) -> Callable[..., Awaitable[Posted]]:
    """A dependency that reads and parses the body, for sync handlers too; nothing is read before the caller is known.

    Raises problems: 401, 413, 415, 400 and 422.
    """

    async def read(request: Request, _: Annotated[Caller, Depends(caller)]) -> Posted:
        raw = await body_of(request, bytes_max, media_types)
        return Posted(raw, media_type_of(request, media_types), read_json(raw, limits))

    return read


def json_body(bytes_max: int, limits: Limits = USUAL) -> Callable[..., Awaitable[object]]:
    """A dependency that gives the value of a body of JSON. Raises the problems of `posted`."""
    read_posted = posted(bytes_max, limits=limits)

    async def read(body: Annotated[Posted, Depends(read_posted)]) -> object:
        return body.content

    return read


def _too_large(bytes_max: int) -> Problem:
    return Problem(413, "too_large", "The body is too large", f"Send at most {bytes_max} bytes at a time.")
