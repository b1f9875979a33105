"""The feed: everything a partner was given and must remove, line by line, for its systems to follow."""

from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from services.sharing.api.answering import LIMIT_USUAL, After, AtLeast, Limit, Reader, Stated, written
from services.sharing.reading import Asked, Reading

MEDIA_TYPE = "application/x-ndjson"


def routes(reading: Reading) -> APIRouter:
    """`GET /v1/feed`."""
    router = APIRouter(tags=["reading"])

    @router.get("/v1/feed")
    def feed(
        who: Reader,
        purpose: Stated,
        after: After = None,
        limit: Limit = LIMIT_USUAL,
        at_least: AtLeast = None,
    ) -> Response:
        """The next lines of your agency's feed; follow the link `next` for what comes behind them, now or later."""
        page = reading.feed(Asked(who, purpose, after, limit, at_least))
        onwards = urlencode({"purpose": purpose.value, "after": page.last, "limit": limit})
        body = b"".join(written(line) + b"\n" for line in page.lines)
        # relative to the request, so that it holds wherever this service is mounted
        return Response(body, media_type=MEDIA_TYPE, headers={"Link": f'<?{onwards}>; rel="next"'})

    return router
