"""Compressing: what a browser is answered is made small, unless a page of another place made it ask.

Whoever sees how long a compressed answer is, and chooses something that it repeats, learns letter by letter what else
stands in it (the attack called BREACH). They need a browser that asks for them: it says so itself, and is then sent the
plain bytes. So is whatever is no browser.
"""

from typing import Final

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_OF_ITS_OWN_ACCORD: Final = frozenset({"same-origin", "none"})
"""What `Sec-Fetch-Site` says where a page of the hub asks, or a person by the address bar. No script can write it."""
_BYTES_MIN: Final = 1_000
_LEVEL: Final = 6


class Compressing:
    """Compresses answers for which nobody else can have chosen what was asked."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._small = GZipMiddleware(app, minimum_size=_BYTES_MIN, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        http = scope["type"] == "http"
        own_accord = http and Headers(scope=scope).get("sec-fetch-site") in _OF_ITS_OWN_ACCORD
        await (self._small if own_accord else self._plain)(scope, receive, send)
