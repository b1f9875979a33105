"""Currency, for governance: how much is still to be worked through before everybody's records are up to date."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from services.sharing.api.answering import json_answer
from services.sharing.api.ruling import Governor


def routes(waiting: Callable[[], int], parked: Callable[[], int]) -> APIRouter:
    """`GET /v1/currency`."""
    router = APIRouter(tags=["governance"])

    @router.get("/v1/currency")
    def currency(_: Governor) -> Response:
        """0 waiting means that everything reported and ruled so far is in every partner's records, but for what is
        parked: reports that could not be taken, and that somebody has to look at."""
        return json_answer({"waiting": waiting(), "parked": parked()})

    return router
