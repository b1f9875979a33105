"""What was given to partners, what they must remove again, and how far governance has come in knowing it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from schemas.classes import DataClass, Form, PartnerId, Published, Purpose
from services.governance.api.asking import Governing, Limit, Word, cursor_unknown
from services.governance.projections.disclosed import Disclosed, Recalled, disclosures, recalls
from services.governance.projections.tables import unreadable_count
from services.kernel.access import AccessGate
from services.kernel.clock import Clock
from services.kernel.projecting import ProjectionFollower
from services.kernel.store import Store


class DisclosureTold(Published):
    """One change of what a partner may have of an item for a purpose."""

    partner: PartnerId
    item: str
    report: str
    data_class: DataClass = Field(alias="class")
    purpose: Purpose | Literal["own"]
    form: Form
    """`none` where it was recalled."""
    reference: str | None
    """The partner's own name of the record."""
    reasons: tuple[str, ...]
    agreements: tuple[str, ...]
    recall: str | None
    """The recall, where the partner had more than it may now have."""
    revision: str
    """Of the rules by which it was decided."""
    decided: datetime


class DisclosurePage(Published):
    """What was given to whom."""

    disclosures: tuple[DisclosureTold, ...]
    next: str | None
    """What to give as `after` for more; null at the end."""


class RecallKnown(Published):
    """Something that a partner must remove."""

    recall: str
    partner: PartnerId
    item: str
    data_class: DataClass = Field(alias="class")
    purposes: tuple[str, ...]
    """For which the partner had it."""
    recalled: datetime
    acknowledged: datetime | None
    """When the partner said that it has removed it."""
    by: str | None
    """Who said so."""
    age_seconds: int | None
    """Since it was recalled; null once it is acknowledged."""


class RecallsKnown(Published):
    """What partners must remove, and what they have removed."""

    recalls: tuple[RecallKnown, ...]


class GovernanceCurrency(Published):
    """How much governance has still to read."""

    waiting: int
    unreadable: int
    """How much lies on the log that could not be understood."""


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
