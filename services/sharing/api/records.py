"""Records: what a partner has, listed, and the timeline of one young person."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from schemas.classes import DataClass, Form
from services.sharing.api.answering import LIMIT_USUAL, After, AtLeast, Limit, Reader, Stated, page_answer
from services.sharing.reading import Asked, Reading


def routes(reading: Reading) -> APIRouter:
    """`GET /v1/records` and `GET /v1/subjects/{ref}`."""
    router = APIRouter(tags=["reading"])

    @router.get("/v1/records")
    def records(
        who: Reader,
        purpose: Stated,
        data_class: Annotated[DataClass | None, Query(alias="class")] = None,
        form: Form | None = None,
        after: After = None,
        limit: Limit = LIMIT_USUAL,
        at_least: AtLeast = None,
    ) -> Response:
        """The records that your agency may have for this purpose, each in its form."""
        page = reading.listed(Asked(who, purpose, after, limit, at_least), data_class, form)
        return page_answer(page)

    @router.get("/v1/subjects/{ref}")
    def subject(
        who: Reader,
        purpose: Stated,
        ref: Annotated[str, Path(max_length=100)],
        after: After = None,
        limit: Limit = LIMIT_USUAL,
        at_least: AtLeast = None,
    ) -> Response:
        """The records about one young person, by your agency's own name or pseudonym for them."""
        page = reading.timeline(Asked(who, purpose, after, limit, at_least), ref)
        return page_answer(page, subject=ref)

    return router
