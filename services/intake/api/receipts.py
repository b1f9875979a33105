"""Receipts: what became of what an agency sent, told to that agency alone."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from services.intake.api.arriving import Sender
from services.intake.application import Intake
from services.kernel.http.caller import require
from services.kernel.identity import Caller, Role

LIMIT_USUAL = 100
LIMIT_MAX = 500

Governor = Annotated[Caller, Depends(require(Role.GOVERNANCE))]
ReceiptId = Annotated[str, Path(max_length=40)]


def routes(intake: Intake, waiting: Callable[[], int]) -> APIRouter:
    """`GET /v1/receipts/{id}`, `GET /v1/quarantine` and `GET /v1/currency`."""
    router = APIRouter(tags=["reporting"])

    @router.get("/v1/receipts/{receipt}")
    def receipt(who: Sender, receipt: ReceiptId) -> dict[str, Any]:
        """The receipt, with the status as it is now: a parked correction may have been accepted meanwhile."""
        return intake.receipt(who.partner, receipt)

    @router.get("/v1/quarantine")
    def quarantine(
        who: Sender,
        after: Annotated[str | None, Query(max_length=40)] = None,
        limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = LIMIT_USUAL,
    ) -> dict[str, Any]:
        """What of your agency's is kept in quarantine, or waits for the report it corrects; where and why.

        `next` is what to give as `after` for more; null at the end.
        """
        page = intake.waiting(who.partner, after, limit)
        items = [
            {"receipt": one.receipt, "status": one.status, "received": one.recorded, "reasons": list(one.reasons)}
            for one in page.waiting
        ]
        return {"items": items, "next": page.next}

    @router.get("/v1/currency")
    def currency(_: Governor) -> dict[str, int]:
        """0 waiting means that everything accepted so far is on the log."""
        return {"waiting": waiting()}

    return router
