"""Who saw what: every access, with the version of each agreement that was in force when it took place."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy.orm import Session

from schemas.classes import DataClass, Form, PartnerId, Published, Purpose
from services.governance.api.asking import Governing, Limit, Wanted, Word, cursor_unknown
from services.governance.projections.accesses import Access, AccessFilter, accesses
from services.governance.projections.decisions import Item, items_known
from services.governance.projections.rules import Version, in_force_at, versions
from services.kernel.access import AccessGate
from services.kernel.http.comma_separated import comma_separated
from services.kernel.store import Store

OPERATION = "governance.who_saw"
_COLUMNS = (
    "at", "practitioner", "partner", "operation", "purpose", "item", "class", "type", "subjects", "reference", "form",
    "agreements", "access",
)  # fmt: skip
_CSV_ROWS_MAX = 10_000


class AgreementThen(Published):
    """An agreement by which something was read, in the version that was in force at the time."""

    agreement: str
    version: int | None
    title: str | None


class AccessTold(Published):
    """An access with one item that it released, or with none where it released nothing."""

    access: str
    at: datetime
    practitioner: str
    partner: PartnerId
    operation: str
    """What was asked, such as `records.list`."""
    purpose: Purpose | None
    """null where no content was asked for."""
    item: str | None
    data_class: DataClass | None = Field(alias="class")
    type: str | None
    subjects: tuple[str, ...]
    """The hub's own refs of those whom it is about."""
    reference: str | None
    """The partner's own name of the record."""
    form: Form | None
    agreements: tuple[AgreementThen, ...]
    revision: str | None
    """Of the rules by which it was decided."""


class AccessPage(Published):
    """Who read what, the newest first."""

    accesses: tuple[AccessTold, ...]
    next: str | None
    """What to give as `after` for more; null at the end."""


def routes(store: Store, gate: AccessGate) -> APIRouter:
    """`GET /v1/who-saw` and its twin `GET /v1/who-saw.csv`; asking is itself recorded."""
    router = APIRouter()

    @router.get("/v1/who-saw")
    def who_saw(who: Governing, wanted: Wanted, after: Word = None, limit: Limit = 100) -> dict[str, Any]:
        gate.record(who, OPERATION, None, ())
        lines, following = _lines(store, wanted, after, limit)
        return {"accesses": lines, "next": following}

    @router.get("/v1/who-saw.csv")
    def who_saw_csv(request: Request, who: Governing, wanted: Wanted, after: Word = None) -> Response:
        gate.record(who, OPERATION, None, ())
        lines, following = _lines(store, wanted, after, _CSV_ROWS_MAX)
        headers = {"content-disposition": 'attachment; filename="who-saw.csv"'}
        if following is not None:
            path = request.scope.get("root_path", "") + "/v1/who-saw.csv"
            query = request.url.include_query_params(after=following).query
            headers["link"] = f'<{path}?{query}>; rel="next"'
        text = comma_separated(_COLUMNS, ([_csv_value(line[column]) for column in _COLUMNS] for line in lines))
        return Response(text, media_type="text/csv; charset=utf-8; header=present", headers=headers)

    return router


def _lines(
    store: Store, wanted: AccessFilter, after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    with store.reading() as session:
        try:
            found = accesses(session, wanted, after, limit + 1)
        except KeyError:
            raise cursor_unknown() from None
        page = found[:limit]
        following = page[-1].cursor if len(found) > limit else None
        return lines_of(session, page), following


def lines_of(session: Session, page: list[Access]) -> list[dict[str, Any]]:
    """Each access as the interface tells it."""
    items = items_known(session, sorted({access.seen.item for access in page if access.seen}))
    known = versions(session)
    return [_line(access, items.get(access.seen.item) if access.seen else None, known) for access in page]


def _line(access: Access, item: Item | None, known: list[Version]) -> dict[str, Any]:
    seen = access.seen
    return {
        "access": access.access,
        "at": access.at.isoformat(),
        "practitioner": access.practitioner,
        "partner": access.partner,
        "operation": access.operation,
        "purpose": access.purpose,
        "item": seen.item if seen else None,
        "class": item.data_class if item else None,
        "type": item.type if item else None,
        "subjects": list(seen.subjects) if seen else [],
        "reference": seen.reference if seen else None,
        "form": seen.form if seen else None,
        "agreements": [_agreement(known, agreement, access) for agreement in seen.agreements] if seen else [],
        "revision": seen.revision if seen else None,
    }


def _agreement(known: list[Version], agreement: str, access: Access) -> dict[str, Any]:
    version = in_force_at(known, agreement, access.at)
    return {
        "agreement": agreement,
        "version": version.version if version else None,
        "title": version.document.title if version else None,
    }


def _csv_value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(_csv_value(each) for each in value)
    if isinstance(value, dict):
        version = value["version"]
        return f"{value['agreement']} v{version}" if version is not None else str(value["agreement"])
    return str(value)
