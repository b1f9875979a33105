"""What a partner may ask of its records: in the order of its feed, as a timeline, by a name or an identifier.

Every answer depends on that partner's own rows alone.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Row, Select, bindparam, func, literal, select, tuple_
from sqlalchemy.orm import Session

from schemas.disclosures import OWN
from services.kernel import topics
from services.kernel.projecting import instant_of, instant_text
from services.kernel.store.positions import position_of
from services.sharing.projections.partner_record import PartnerRecords
from services.sharing.projections.record_tables import (
    ACKNOWLEDGED,
    CURRENCY,
    DISCLOSED,
    FEEDS,
    MARKS,
    NAMES,
    PARTNERS,
    RECALLED,
    RECALLS,
    RECORDS,
    REFLECTED,
)

_NEVER_TOLD = "9999-12-31T23:59:59.999999Z"
"""Stands behind every instant: records that do not tell when it happened come last in a timeline."""


@dataclass(frozen=True)
class Wanted:
    """Which of a partner's records are asked for. `names` None means about anybody; empty means nobody."""

    partner: str
    purpose: str
    data_class: str | None = None
    form: str | None = None
    names: frozenset[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    states: tuple[str, ...] = field(default=(DISCLOSED,))


FEED_STATES = (DISCLOSED, RECALLED)


@dataclass(frozen=True)
class Recall:
    """Records that a partner was asked to remove, and whether it said that it did."""

    recall: str
    records: tuple[str, ...]
    purposes: tuple[str, ...]
    recalled: datetime
    acknowledged: datetime | None


def lines(session: Session, wanted: Wanted, after: Sequence[int], limit: int) -> "list[Row[Any]]":
    """At most `limit` rows behind a place, in the order of the feed. A place is one ordinal for each partition."""
    if wanted.names is not None:  # few: found by the names, and not looked for along the feed
        behind = [row for row in session.execute(_matching(wanted)) if row.ordinal > after[row.partition]]
        return sorted(behind, key=lambda row: (row.ordinal, row.partition))[:limit]
    found = []
    for partition, ordinal in enumerate(after):
        rows = session.execute(
            _matching(wanted)
            .where(RECORDS.c.partition == partition, RECORDS.c.ordinal > ordinal)
            .order_by(RECORDS.c.ordinal)
            .limit(limit)
        ).all()
        found.append([((row.ordinal, row.partition), row) for row in rows])
    merged = heapq.merge(*found, key=lambda one: one[0])
    return [row for _, row in merged][:limit]


def timeline(session: Session, wanted: Wanted, after: Sequence[int], limit: int) -> "list[Row[Any]]":
    """At most `limit` rows behind a place, by when they happened as far as their form tells it, then by their line."""
    told = func.coalesce(RECORDS.c.shown_from, _NEVER_TOLD)
    ordered = _matching(wanted).order_by(told, RECORDS.c.ordinal, RECORDS.c.partition).limit(limit)
    if after:
        microseconds, ordinal, partition = after
        place = tuple_(literal(_text_of(microseconds)), literal(ordinal), literal(partition))
        ordered = ordered.where(tuple_(told, RECORDS.c.ordinal, RECORDS.c.partition) > place)
    return list(session.execute(ordered).all())


def timeline_place(row: "Row[Any]") -> tuple[int, int, int]:
    """The place of a row in a timeline, as whole numbers."""
    return _number_of(row.shown_from or _NEVER_TOLD), row.ordinal, row.partition


def _matching(wanted: Wanted) -> Select[Any]:
    c = RECORDS.c
    statement = select(RECORDS).where(
        c.partner == wanted.partner, c.purpose.in_((wanted.purpose, OWN)), c.state.in_(wanted.states)
    )
    if wanted.data_class is not None:
        statement = statement.where(c.data_class == wanted.data_class)
    if wanted.form is not None:
        statement = statement.where(c.form == wanted.form)
    if wanted.since is not None:
        statement = statement.where(c.shown_until >= instant_text(wanted.since))
    if wanted.until is not None:
        statement = statement.where(c.shown_from < instant_text(wanted.until))
    if wanted.names is not None:
        n = NAMES.c
        named = select(n.item, n.purpose, n.reference).where(
            n.partner == wanted.partner, n.name.in_(sorted(wanted.names))
        )
        # few: they are looked up, not looked through
        statement = statement.where(tuple_(c.item, c.purpose, c.reference).in_(named))
    return statement


def names_marked(session: Session, partner: str, mark: str) -> frozenset[str]:
    """The partner's names for whoever has this identifier, as its own reports gave it."""
    return frozenset(session.scalars(select(MARKS.c.name).filter_by(partner=partner, mark=mark)))


@dataclass(frozen=True)
class Standing:
    """Whether an agency is a partner as far as is known here, whether its feed is halted, and whether something that it
    had to remove before an instant is not acknowledged."""

    joined: bool
    halted: bool
    overdue: bool


_of: BindParameter[str] = bindparam("of")
_joined = select(PARTNERS.c.partner).where(PARTNERS.c.partner == _of)
_halted = select(FEEDS.c.partition).where(FEEDS.c.partner == _of, FEEDS.c.halted_at.is_not(None))
_acknowledged = select(ACKNOWLEDGED.c.recall).where(
    ACKNOWLEDGED.c.partner == RECALLS.c.partner, ACKNOWLEDGED.c.recall == RECALLS.c.recall
)
_overdue = select(RECALLS.c.recall).where(
    RECALLS.c.partner == _of,
    RECALLS.c.overtaken == 0,
    RECALLS.c.recalled < bindparam("before"),
    ~_acknowledged.exists(),
)
# made once, as every read asks them
_STANDING = select(
    _joined.exists().label("joined"), _halted.exists().label("halted"), _overdue.exists().label("overdue")
)
_CURRENT = select(CURRENCY).where(CURRENCY.c.partner == _of)


def standing(session: Session, partner: str, overdue_before: datetime) -> Standing:
    """How an agency stands towards its records."""
    row = session.execute(_STANDING, {"of": partner, "before": instant_text(overdue_before)}).one()
    return Standing(bool(row.joined), bool(row.halted), bool(row.overdue))


def has_joined(session: Session, partner: str) -> bool:
    """Whether this agency is a partner, as far as is known here."""
    return session.execute(_joined, {"of": partner}).first() is not None


def knows_rules_until(session: Session) -> int:
    """The position on `hub.rules` up to which it is known who has joined."""
    return position_of(session, PartnerRecords.name, topics.RULES, 0)


def is_current(session: Session, partner: str, partitions: int, rules_position: int, now: datetime) -> bool:
    """Whether all of the partner's feed says what the rules say, up to a position and at this instant."""
    instant = instant_text(now)
    covering = {
        row.partition
        for row in session.execute(_CURRENT, {"of": partner})
        if row.rules_position >= rules_position
        and (row.valid_from is None or row.valid_from <= instant)
        and (row.valid_until is None or instant < row.valid_until)
    }
    return partitions > 0 and covering >= set(range(partitions))


def is_reflected(session: Session, partner: str, report_sequence: int) -> bool:
    """Whether the partner's own report of this number is in its records."""
    reflected = select(REFLECTED).filter_by(partner=partner, report_sequence=report_sequence)
    return session.execute(reflected).first() is not None


def recalls(session: Session, partner: str, recall: str | None = None) -> list[Recall]:
    """What the partner was asked to remove, oldest first; or one recall. What it was given again is left out
    unless it said that it had removed it."""
    statement = (
        select(RECALLS, ACKNOWLEDGED.c.acknowledged)
        .outerjoin(
            ACKNOWLEDGED,
            (ACKNOWLEDGED.c.partner == RECALLS.c.partner) & (ACKNOWLEDGED.c.recall == RECALLS.c.recall),
        )
        .where(RECALLS.c.partner == partner)
        .order_by(RECALLS.c.recalled, RECALLS.c.recall, RECALLS.c.reference, RECALLS.c.purpose)
    )
    if recall is not None:
        statement = statement.where(RECALLS.c.recall == recall)
    else:
        statement = statement.where((RECALLS.c.overtaken == 0) | ACKNOWLEDGED.c.acknowledged.is_not(None))
    grouped: dict[str, list[Row[Any]]] = {}
    for row in session.execute(statement):
        grouped.setdefault(row.recall, []).append(row)
    return [_recall(name, rows) for name, rows in grouped.items()]


def _recall(name: str, rows: "list[Row[Any]]") -> Recall:
    return Recall(
        recall=name,
        records=tuple(sorted({row.reference for row in rows})),
        purposes=tuple(sorted({row.purpose for row in rows})),
        recalled=min(instant_of(row.recalled) for row in rows),
        acknowledged=rows[0].acknowledged and instant_of(rows[0].acknowledged),
    )


def _number_of(text: str) -> int:
    return int("".join(letter for letter in text if letter.isdigit()))


def _text_of(number: int) -> str:
    digits = f"{number:020d}"
    date, clock = digits[:8], digits[8:]
    return f"{date[:4]}-{date[4:6]}-{date[6:]}T{clock[:2]}:{clock[2:4]}:{clock[4:6]}.{clock[6:]}Z"
