"""Who may see what, as it was decided at an instant: for ever the same answer about the past."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from schemas.classes import DataClass, Form, PartnerId, Published, Purpose
from schemas.decisions import ItemState
from services.governance.api.asking import Governing, Limit, Word, cursor_unknown, instant, purpose_given
from services.governance.matrix import NOT_DECIDED, Cell, cell
from services.governance.projections.decisions import Decided, decided_at
from services.governance.projections.rules import Partner, partners
from services.kernel.access import AccessGate
from services.kernel.clock import Clock
from services.kernel.store import Store

OPERATION = "governance.matrix"


class CellTold(Published):
    """In which form one partner may have one item, and why."""

    form: Form
    reasons: tuple[str, ...]
    agreements: tuple[str, ...]


class ItemDecided(Published):
    """An item, and in which form each partner may have it."""

    item: str
    report: str
    by: PartnerId = Field(alias="from")
    """The agency that reported it."""
    type: str
    section: str
    data_class: DataClass = Field(alias="class")
    about: tuple[str, ...]
    """The hub's own refs of those whom it is about."""
    occurred: datetime
    recorded: datetime
    """When the hub was told."""
    state: ItemState
    revision: str | None
    """Of the rules by which it was decided; null before that."""
    decided: datetime | None
    cells: dict[PartnerId, CellTold]


class PartnerNamed(Published):
    """An agency, and what people call it."""

    partner: PartnerId
    name: str


class MatrixTold(Published):
    """Who may see what, as it was decided at an instant."""

    at: datetime
    purpose: Purpose | None
    """null where the most generous form of any purpose is shown."""
    partners: tuple[PartnerNamed, ...]
    items: tuple[ItemDecided, ...]
    next: str | None
    """What to give as `after` for more; null at the end."""


def routes(store: Store, gate: AccessGate, clock: Clock) -> APIRouter:
    """`GET /v1/matrix`: items by partners, each cell a form with its reasons and agreements."""
    router = APIRouter()

    @router.get("/v1/matrix")
    def matrix(
        who: Governing,
        at: Annotated[str | None, Query(max_length=40)] = None,
        purpose: Word = None,
        after: Word = None,
        limit: Limit = 500,
    ) -> dict[str, Any]:
        instant_asked, purpose_asked = instant("at", at) or clock.now(), purpose_given(purpose)
        gate.record(who, OPERATION, None, ())
        with store.reading() as session:
            everyone = partners(session)
            try:
                found = decided_at(session, instant_asked, after, limit + 1)
            except KeyError:
                raise cursor_unknown() from None
        return {
            "at": instant_asked.isoformat(),
            "purpose": purpose_asked,
            "partners": [{"partner": each.partner, "name": each.name} for each in everyone],
            "items": [_row(decided, everyone, purpose_asked) for decided in found[:limit]],
            "next": found[limit - 1].item.item if len(found) > limit else None,
        }

    return router


def _row(decided: Decided, everyone: list[Partner], purpose: Purpose | None) -> dict[str, Any]:
    item = decided.item
    return {
        "item": item.item,
        "report": item.report,
        "from": item.by,
        "type": item.type,
        "section": item.section,
        "class": item.data_class,
        "about": list(item.about),
        "occurred": item.occurred.isoformat(),
        "recorded": item.recorded.isoformat(),
        "state": decided.state,
        "revision": decided.revision,
        "decided": decided.decided.isoformat() if decided.decided else None,
        "cells": {each.partner: _cell(_of(decided, each.partner, purpose)) for each in everyone},
    }


def _of(decided: Decided, partner: str, purpose: Purpose | None) -> Cell:
    if decided.answer is None:
        return NOT_DECIDED
    return cell(decided.answer, decided.item.by, partner, purpose)


def _cell(value: Cell) -> dict[str, Any]:
    return {"form": value.form, "reasons": list(value.reasons), "agreements": list(value.agreements)}
