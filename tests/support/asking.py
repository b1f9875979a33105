"""Asking an application directly, byte for byte as a server would hand the request on."""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

_STREAM_SECONDS = 0.6


@dataclass(frozen=True)
class Answer:
    """The answer to one request; of a stream, what came of it in the time given. `taken` chunks were read."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    taken: int

    def json(self) -> Any:
        return json.loads(self.body)


async def asked(
    app: Any,
    method: str,
    path: str,
    headers: Iterable[tuple[bytes, bytes]] = (),
    chunks: Sequence[bytes] | Iterable[bytes] = (b"",),
    query: Mapping[str, Any] | None = None,
) -> Answer:
    """One request from this machine; the body in these chunks, however many the application takes of them."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": quote(path).encode(),
        "root_path": "",
        "query_string": urlencode(query or {}).encode(),
        "headers": [(b"host", b"127.0.0.1"), *headers],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 80),
    }
    waiting, gone, taken, ended = iter(chunks), asyncio.Event(), 0, False
    said: list[Any] = []

    async def receive() -> Any:
        nonlocal taken, ended
        for chunk in waiting:
            taken += 1
            return {"type": "http.request", "body": chunk, "more_body": True}
        if not ended:
            ended = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        said.append(message)

    running = asyncio.ensure_future(app(scope, receive, send))
    if path.endswith("/stream"):
        await asyncio.wait([running], timeout=_STREAM_SECONDS)
        gone.set()
        await asyncio.wait([running], timeout=_STREAM_SECONDS)
        running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    told = {name.decode("latin-1"): value.decode("latin-1") for name, value in said[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in said[1:])
    return Answer(said[0]["status"], told, body, taken)
