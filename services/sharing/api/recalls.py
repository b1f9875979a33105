"""Recalls: what a partner is asked to remove, and its word that it did."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from schemas.classes import Published
from services.sharing.api.answering import Reader, json_answer
from services.sharing.recalling import Recalling, RecallTold


class RecallsListed(Published):
    """What your agency is asked to remove, and, where that was asked for, what it has removed."""

    recalls: tuple[RecallTold, ...]


def routes(recalling: Recalling) -> APIRouter:
    """`GET /v1/recalls` and `POST /v1/recalls/{id}/ack`."""
    router = APIRouter(tags=["recalls"])

    @router.get("/v1/recalls")
    def recalls(who: Reader, acknowledged: Annotated[bool, Query()] = False) -> Response:
        """What your agency has still to remove; with `acknowledged=true`, also what it has removed."""
        return json_answer(RecallsListed(recalls=tuple(recalling.listed(who, acknowledged))))

    @router.post("/v1/recalls/{recall}/ack")
    def acknowledge(who: Reader, recall: Annotated[str, Path(max_length=100)]) -> Response:
        """Your agency has removed what was recalled. Harmless to repeat."""
        return json_answer(recalling.acknowledge(who, recall))

    return router
