"""What was given to partners, what they must remove again, and how far governance has come in knowing it."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.governance.api.asking import Governing, Limit, Word, cursor_unknown
from services.governance.projections.disclosed import Disclosed, Recalled, disclosures, recalls
from services.governance.projections.tables import unreadable_count
from services.kernel.access import AccessGate
from services.kernel.clock import Clock
from services.kernel.projecting import ProjectionFollower
from services.kernel.store import Store


def routes(store: Store, gate: AccessGate, clock: Clock, followers: Sequence[ProjectionFollower]) -> APIRouter:
    """`GET /v1/disclosures`, `GET /v1/recalls` and `GET /v1/currency`."""
    router = APIRouter()

    @router.get("/v1/disclosures")
    def disclosed(
        who: Governing, partner: Word = None, item: Word = None, after: Word = None, limit: Limit = 100
    ) -> dict[str, Any]:
        gate.record(who, "governance.disclosures", None, ())
        with store.reading() as session:
            try:
                found = disclosures(session, partner, item, after, limit + 1)
            except KeyError:
                raise cursor_unknown() from None
        page = found[:limit]
        return {
            "disclosures": [_disclosure(each) for each in page],
            "next": page[-1].cursor if len(found) > limit else None,
        }

    @router.get("/v1/recalls")
    def recalled(
        who: Governing, overdue: Annotated[bool, Query()] = False, partner: Word = None
    ) -> dict[str, Any]:  # fmt: skip
        gate.record(who, "governance.recalls", None, ())
        with store.reading() as session:
            found = recalls(session, overdue, partner)
        now = clock.now()
        return {"recalls": [_recall(each, (now - each.decided).total_seconds()) for each in found]}

    @router.get("/v1/currency")
    def currency(_: Governing) -> dict[str, int]:
        with store.reading() as session:
            unreadable = unreadable_count(session)
        return {"waiting": sum(follower.waiting() for follower in followers), "unreadable": unreadable}

    return router


def _disclosure(given: Disclosed) -> dict[str, Any]:
    return {
        "partner": given.partner,
        "item": given.item,
        "report": given.report,
        "class": given.data_class,
        "purpose": given.purpose,
        "form": given.form,
        "reference": given.reference,
        "reasons": list(given.reasons),
        "agreements": list(given.agreements),
        "recall": given.recall,
        "revision": given.revision,
        "decided": given.decided.isoformat(),
    }


def _recall(recalled: Recalled, age_seconds: float) -> dict[str, Any]:
    acknowledged = recalled.acknowledged
    return {
        "recall": recalled.recall,
        "partner": recalled.partner,
        "item": recalled.item,
        "class": recalled.data_class,
        "purposes": list(recalled.purposes),
        "recalled": recalled.decided.isoformat(),
        "acknowledged": acknowledged.isoformat() if acknowledged else None,
        "by": recalled.by,
        "age_seconds": None if acknowledged else max(0, int(age_seconds)),
    }
