"""Posting: an agency sends events, and is answered with receipts."""

import json
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.intake.api.arriving import BATCH, Arriving, Sender
from services.intake.application import Intake
from services.intake.sitting import Taken
from services.kernel.http.problems import Problem

ACCEPTED = 202


def routes(intake: Intake) -> APIRouter:
    """`POST /v1/events`."""
    router = APIRouter(tags=["reporting"])

    @router.post("/v1/events", status_code=ACCEPTED)
    def post(who: Sender, body: Arriving, request: Request) -> Response:
        """Send one event (structured or binary), or a batch of at most 1,000.

        One event is answered with its receipt, or with a problem. A batch is answered with a list: for each event, in
        order, its receipt or its problem. Sending again is harmless: the receipt is the same.
        """
        if body.media_type == BATCH:
            return _answer([_document(one) for one in _accept_all(intake, who.partner, body.events())])
        taken = intake.accept(who.partner, [body.event()])[0]
        if isinstance(taken, Problem):
            raise taken
        headers = {"Location": f"{request.scope.get('root_path', '')}/v1/receipts/{taken.receipt['receipt']}"}
        if taken.replayed:
            headers["Idempotency-Replayed"] = "true"
        return _answer(taken.receipt, headers)

    return router


def _accept_all(intake: Intake, agency: str, events: list[Any | Problem]) -> list[Taken | Problem]:
    """Take the events that could be read, and leave the problems of the others in their places."""
    taken = iter(intake.accept(agency, [event for event in events if not isinstance(event, Problem)]))
    return [event if isinstance(event, Problem) else next(taken) for event in events]


def _document(one: Taken | Problem) -> dict[str, Any]:
    return one.document() if isinstance(one, Problem) else one.receipt


def _answer(content: Any, headers: dict[str, str] | None = None) -> Response:
    body = json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return Response(body, ACCEPTED, headers, "application/json")
