"""Currency, for governance: how much is still to be worked through before everybody's records are up to date."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from schemas.classes import Published
from services.sharing.api.answering import json_answer
from services.sharing.api.ruling import Governor


class SharingCurrency(Published):
    """How much is still to be worked through."""

    waiting: int
    """How much was reported or ruled that is not yet in every partner's records."""
    parked: int
    """How many reports could not be taken, so that somebody has to look at them."""


def routes(waiting: Callable[[], int], parked: Callable[[], int]) -> APIRouter:
    """`GET /v1/currency`."""
    router = APIRouter(tags=["governance"])

    @router.get("/v1/currency")
    def currency(_: Governor) -> Response:
        """0 waiting means that everything reported and ruled so far is in every partner's records, but for what is
        parked: reports that could not be taken, and that somebody has to look at."""
        return json_answer(SharingCurrency(waiting=waiting(), parked=parked()))

    return router
