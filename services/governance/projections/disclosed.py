"""The disclosures: what each partner was given and what was recalled, and which recalls nobody has acknowledged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from schemas.disclosures import ItemDisclosed, RecallAcknowledged
from schemas.envelope import Event
from schemas.rules import PartnerJoined
from services.governance.projections.tables import (
    ACKNOWLEDGED,
    DISCLOSED,
    FEEDS,
    Account,
    keep_once,
)
from services.kernel import topics
from services.kernel.log import Entry
from services.kernel.projecting import Told, instant_of, instant_text, listed, said_in, unlisted

_FOLLOWED = select(FEEDS.c.partner).order_by(FEEDS.c.partner)
_FEED: dict[str, type[Event[Any]]] = {
    "cairn.partner.joined.v1": Event[PartnerJoined],
    "cairn.item.disclosed.v1": Event[ItemDisclosed],
}
_RECALLS: dict[str, type[Event[Any]]] = {"cairn.recall.acknowledged.v1": Event[RecallAcknowledged]}


class DisclosuresProjection(Account):
    """Folds every partner's feed into one account of what was given to whom; who joined is found on the rules."""

    name = "governance.disclosures"

    def topics(self, session: Session) -> Sequence[str]:
        partners = session.execute(_FOLLOWED).scalars()
        return [topics.RULES, *(topics.disclosures(partner) for partner in partners)]

    def read(self, entry: Entry) -> Any:
        return said_in(entry, _FEED)

    def fold(self, session: Session, told: Sequence[Told]) -> None:
        keep_once(session, FEEDS, [{"partner": said.partner} for _, said in told if isinstance(said, PartnerJoined)])
        disclosed = [(entry, said) for entry, said in told if isinstance(said, ItemDisclosed)]
        keep_once(session, DISCLOSED, [row for entry, said in disclosed for row in _rows(entry, said)])


def _rows(entry: Entry, disclosed: ItemDisclosed) -> list[dict[str, Any]]:
    """A row for each purpose for which something changed."""
    return [
        {
            "record": entry.id, "purpose": change.purpose, "partner": disclosed.partner,
            "sequence": disclosed.sequence, "item": disclosed.item, "report": disclosed.report,
            "data_class": disclosed.data_class, "form": change.form,
            "reference": change.rendering.reference if change.rendering else None,
            "reasons": listed(change.reasons), "agreements": listed(change.agreements), "recall": change.recall,
            "revision": disclosed.revision, "decided": instant_text(disclosed.decided),
            "partition": entry.partition, "position": entry.position,
        }
        for change in disclosed.changes
    ]  # fmt: skip


class RecallsProjection(Account):
    """Folds `hub.recalls` into what was acknowledged, by whom and when."""

    name = "governance.recalls"

    def topics(self, session: Session) -> Sequence[str]:  # noqa: ARG002 - always the same topic
        return [topics.RECALLS]

    def read(self, entry: Entry) -> Any:
        return said_in(entry, _RECALLS)

    def fold(self, session: Session, told: Sequence[Told]) -> None:
        rows = [vars(said) | {"acknowledged": instant_text(said.acknowledged)} for _, said in told]
        keep_once(session, ACKNOWLEDGED, rows)


@dataclass(frozen=True)
class Disclosed:
    """One change of what a partner may have of an item for a purpose; form none where it was recalled."""

    partner: str
    item: str
    report: str
    data_class: str
    purpose: str
    form: str
    reference: str | None
    reasons: tuple[str, ...]
    agreements: tuple[str, ...]
    recall: str | None
    revision: str
    decided: datetime
    cursor: str


@dataclass(frozen=True)
class Recalled:
    """Something a partner must remove: open until it says that it has."""

    recall: str
    partner: str
    item: str
    data_class: str
    purposes: tuple[str, ...]
    decided: datetime
    acknowledged: datetime | None
    by: str | None


def disclosures(
    session: Session, partner: str | None, item: str | None, after: str | None, limit: int
) -> list[Disclosed]:
    """What was disclosed or recalled, by partner and in the order of its feed: at most `limit`, behind `after`.

    Raises KeyError where `after` is not a cursor of an earlier answer.
    """
    c = DISCLOSED.c
    query = select(DISCLOSED).order_by(c.partner, c.partition, c.position, c.purpose)
    if partner is not None:
        query = query.where(c.partner == partner)
    if item is not None:
        query = query.where(c.item == item)
    if after is not None:
        record, _, purpose = after.rpartition(":")
        last = session.execute(select(DISCLOSED).where(c.record == record, c.purpose == purpose)).first()
        if last is None:
            raise KeyError(after)
        place = (last.partner, last.partition, last.position, last.purpose)
        query = query.where(tuple_(c.partner, c.partition, c.position, c.purpose) > place)
    return [_disclosed(row) for row in session.execute(query.limit(limit))]


def recalls(session: Session, unacknowledged: bool, partner: str | None = None) -> list[Recalled]:
    """Recalls, the oldest first; only those that nobody acknowledged, if asked."""
    c = DISCLOSED.c
    query = (
        select(DISCLOSED, ACKNOWLEDGED.c.acknowledged, ACKNOWLEDGED.c.by)
        .outerjoin(ACKNOWLEDGED, (ACKNOWLEDGED.c.partner == c.partner) & (ACKNOWLEDGED.c.recall == c.recall))
        .where(c.recall.is_not(None))
        .order_by(c.decided, c.partner, c.recall, c.purpose)
    )
    if unacknowledged:
        query = query.where(ACKNOWLEDGED.c.acknowledged.is_(None))
    if partner is not None:
        query = query.where(c.partner == partner)
    grouped: dict[tuple[str, str], list[Any]] = {}
    for row in session.execute(query):
        grouped.setdefault((row.partner, row.recall), []).append(row)
    return [_recalled(rows) for rows in grouped.values()]


def _recalled(rows: Sequence[Any]) -> Recalled:
    first = rows[0]
    return Recalled(
        recall=first.recall,
        partner=first.partner,
        item=first.item,
        data_class=first.data_class,
        purposes=tuple(row.purpose for row in rows),
        decided=instant_of(first.decided),
        acknowledged=instant_of(first.acknowledged) if first.acknowledged else None,
        by=first.by,
    )


def _disclosed(row: Any) -> Disclosed:
    return Disclosed(
        partner=row.partner,
        item=row.item,
        report=row.report,
        data_class=row.data_class,
        purpose=row.purpose,
        form=row.form,
        reference=row.reference,
        reasons=unlisted(row.reasons),
        agreements=unlisted(row.agreements),
        recall=row.recall,
        revision=row.revision,
        decided=instant_of(row.decided),
        cursor=f"{row.record}:{row.purpose}",
    )
