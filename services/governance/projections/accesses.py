"""The accesses: who read what, when, for which purpose and under which agreements; never how it read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, select, tuple_
from sqlalchemy.orm import Session

from schemas.access import AccessRecorded, Seen
from schemas.envelope import Event
from services.governance.projections.tables import (
    ACCESSES,
    SEEN,
    SEEN_AGREEMENTS,
    SEEN_SUBJECTS,
    Account,
    keep_once,
)
from services.governance.projections.tallies import tally
from services.kernel import topics
from services.kernel.log import Entry
from services.kernel.projecting import Told, instant_of, instant_text, listed, said_in, unlisted

_ACCESSES: dict[str, type[Event[Any]]] = {"cairn.access.recorded.v1": Event[AccessRecorded]}
NOTHING_SEEN = -1
"""The number of an access that released nothing: it is listed once, without an item."""


class AccessesProjection(Account):
    """Folds `hub.access` into accesses and what each released."""

    name = "governance.accesses"

    def topics(self, session: Session) -> Sequence[str]:  # noqa: ARG002 - always the same topic
        return [topics.ACCESS]

    def read(self, entry: Entry) -> Any:
        return said_in(entry, _ACCESSES)

    def fold(self, session: Session, told: Sequence[Told]) -> None:
        tally(session, [access for _, access in told])
        keep_once(session, ACCESSES, [_access_row(entry, access) for entry, access in told])
        released = [
            ({"access": access.access, "number": number}, one)
            for _, access in told
            for number, one in enumerate(access.seen)
        ]
        keep_once(session, SEEN, [place | _seen_row(one) for place, one in released])
        subjects = [place | {"subject": each} for place, one in released for each in dict.fromkeys(one.subjects)]
        keep_once(session, SEEN_SUBJECTS, subjects)
        agreements = [place | {"agreement": each} for place, one in released for each in dict.fromkeys(one.agreements)]
        keep_once(session, SEEN_AGREEMENTS, agreements)


def _access_row(entry: Entry, access: AccessRecorded) -> dict[str, Any]:
    return {
        "access": access.access, "at": instant_text(access.at), "practitioner": access.practitioner,
        "partner": access.partner, "operation": access.operation, "purpose": access.purpose,
        "partition": entry.partition, "position": entry.position,
    }  # fmt: skip


def _seen_row(seen: Seen) -> dict[str, Any]:
    return {
        "item": seen.item, "reference": seen.reference, "subjects": listed(seen.subjects), "form": seen.form,
        "agreements": listed(seen.agreements), "revision": seen.revision,
    }  # fmt: skip


@dataclass(frozen=True)
class AccessFilter:
    """Which accesses are asked for; None asks for all. From `since` on and before `until`."""

    item: str | None = None
    subject: str | None = None
    practitioner: str | None = None
    partner: str | None = None
    agreement: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    with_purpose: bool = False
    """Only reads of records for a stated purpose, not those of metadata by governance."""


@dataclass(frozen=True)
class SeenItem:
    """What one access released of one item."""

    item: str
    reference: str
    subjects: tuple[str, ...]
    form: str
    agreements: tuple[str, ...]
    revision: str


@dataclass(frozen=True)
class Access:
    """One line of who saw what: an access with one item, or with none where it released nothing."""

    access: str
    at: datetime
    practitioner: str
    partner: str
    operation: str
    purpose: str | None
    seen: SeenItem | None
    cursor: str


def accesses(session: Session, wanted: AccessFilter, after: str | None, limit: int) -> list[Access]:
    """Who saw what, the newest first: at most `limit` lines, behind the line whose cursor is `after`.

    Raises KeyError where `after` is not a cursor of an earlier answer.
    """
    a, s = ACCESSES.c, SEEN.c
    of_what_was_seen = (wanted.item, wanted.subject, wanted.agreement) != (None, None, None)
    joined = ACCESSES.join(SEEN, s.access == a.access, isouter=not of_what_was_seen)
    columns = (ACCESSES, s.number, s.item, s.reference, s.subjects, s.form, s.agreements, s.revision)
    query = narrowed(select(*columns).select_from(joined), wanted)
    query = query.order_by(a.at.desc(), a.partition.desc(), a.position.desc(), s.number).limit(limit)
    if after is not None:
        query = _behind(session, query, after)
    return [_access(row) for row in session.execute(query)]


def narrowed(query: Select[Any], wanted: AccessFilter) -> Select[Any]:
    """A query of accesses, with the items that each released, narrowed to what is wanted."""
    a, s = ACCESSES.c, SEEN.c
    if wanted.item is not None:
        query = query.where(s.item == wanted.item)
    if wanted.practitioner is not None:
        query = query.where(a.practitioner == wanted.practitioner)
    if wanted.partner is not None:
        query = query.where(a.partner == wanted.partner)
    if wanted.with_purpose:
        query = query.where(a.purpose.is_not(None))
    if wanted.since is not None:
        query = query.where(a.at >= instant_text(wanted.since))
    if wanted.until is not None:
        query = query.where(a.at < instant_text(wanted.until))
    if wanted.subject is not None:
        c = SEEN_SUBJECTS.c
        of_subject = select(c.access, c.number).where(c.subject == wanted.subject)
        query = query.where(tuple_(s.access, s.number).in_(of_subject))  # few: they are looked up, not looked through
    if wanted.agreement is not None:
        g = SEEN_AGREEMENTS.c
        query = query.where(exists().where(g.agreement == wanted.agreement, g.access == s.access, g.number == s.number))
    return query


def _behind(session: Session, query: Select[Any], after: str) -> Select[Any]:
    access, _, number = after.rpartition("_")
    last = session.execute(select(ACCESSES).where(ACCESSES.c.access == access)).first()
    if last is None or not number.lstrip("-").isdigit():
        raise KeyError(after)
    a, s = ACCESSES.c, SEEN.c
    same_access = and_(a.access == access, s.number > int(number))
    place = (last.at, last.partition, last.position)
    return query.where((tuple_(a.at, a.partition, a.position) < place) | same_access)


def _access(row: Any) -> Access:
    seen = None
    if row.item is not None:
        seen = SeenItem(
            item=row.item,
            reference=row.reference,
            subjects=unlisted(row.subjects),
            form=row.form,
            agreements=unlisted(row.agreements),
            revision=row.revision,
        )
    number = row.number if row.number is not None else NOTHING_SEEN
    return Access(
        access=row.access,
        at=instant_of(row.at),
        practitioner=row.practitioner,
        partner=row.partner,
        operation=row.operation,
        purpose=row.purpose,
        seen=seen,
        cursor=f"{row.access}_{number}",
    )
