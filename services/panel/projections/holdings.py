"""The holdings: what each agency holds now, folded from its own feed; a recall takes it away again."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from schemas.disclosures import OWN, Change, FeedCurrent, ItemDisclosed, Rendering, ReportReflected
from schemas.envelope import Event
from services.kernel import topics
from services.kernel.log import Entry
from services.kernel.projecting import instant_of, instant_text
from services.panel.domain.held import Held
from services.panel.projections.recalls import note_recall
from services.panel.projections.tables import AGENCIES, FEEDS, HELD, METADATA

# What every record of a feed needs, made once: to make a statement takes longer than to run it.
_THIS_FEED = (FEEDS.c.partner == bindparam("of"), FEEDS.c.partition == bindparam("in"))
_FEED = select(FEEDS).where(*_THIS_FEED)
_COUNT = update(FEEDS).where(*_THIS_FEED).values(sequence=bindparam("counted"))
_LET_GO = delete(HELD).where(
    HELD.c.partner == bindparam("of"), HELD.c.item == bindparam("what"), HELD.c.purpose == bindparam("for")
)


class HoldingsProjection:
    """Folds the feed of every agency; the sequence of a feed tells what is repeated, and what is missing."""

    name = "panel.holdings"
    tables = METADATA

    def topics(self, session: Session) -> Sequence[str]:
        agencies = session.execute(select(AGENCIES.c.partner).order_by(AGENCIES.c.position)).scalars()
        return [topics.disclosures(partner) for partner in agencies]

    def apply(self, session: Session, entry: Entry) -> None:
        said = _said(entry)
        if said is None or not _next_in_line(session, said, entry.partition):
            return
        if isinstance(said, ItemDisclosed):
            for change in said.changes:
                _hold(session, said, change)
                note_recall(session, said, change)
        elif isinstance(said, FeedCurrent):
            _note_current(session, said, entry.partition)

    def pass_over(self, session: Session, entry: Entry) -> None:
        """A feed of which something cannot be read is broken: nothing of it is shown from then on."""
        _break(session, entry.topic.removeprefix(topics.disclosures("")), entry.partition)


def _break(session: Session, partner: str, partition: int) -> None:
    c = FEEDS.c
    here = (c.partner == partner, c.partition == partition)
    if session.execute(select(FEEDS).where(*here)).first() is None:
        session.execute(insert(FEEDS).values(partner=partner, partition=partition, sequence=0, broken=1))
    else:
        session.execute(update(FEEDS).where(*here).values(broken=1))


def _said(entry: Entry) -> ItemDisclosed | ReportReflected | FeedCurrent | None:
    match json.loads(entry.value).get("type"):
        case "cairn.item.disclosed.v1":
            return Event[ItemDisclosed].model_validate_json(entry.value).data
        case "cairn.report.reflected.v1":
            return Event[ReportReflected].model_validate_json(entry.value).data
        case "cairn.feed.current.v1":
            return Event[FeedCurrent].model_validate_json(entry.value).data
    return None


def _next_in_line(session: Session, said: ItemDisclosed | ReportReflected | FeedCurrent, partition: int) -> bool:
    """Whether this is the next record of its feed: not a repeat, and with none missing before it."""
    place = {"of": said.partner, "in": partition}
    feed = session.execute(_FEED, place).first()
    if feed is None:
        session.execute(insert(FEEDS), {"partner": said.partner, "partition": partition, "sequence": 0, "broken": 0})
    counted, broken = (feed.sequence, feed.broken) if feed is not None else (0, 0)
    if broken or said.sequence <= counted:
        return False
    if said.sequence > counted + 1:
        _break(session, said.partner, partition)
        return False
    session.execute(_COUNT, place | {"counted": said.sequence})
    return True


def _hold(session: Session, disclosed: ItemDisclosed, change: Change) -> None:
    place = {"of": disclosed.partner, "what": disclosed.item, "for": str(change.purpose)}
    session.execute(_LET_GO, place)
    if change.rendering is None:
        return
    session.execute(
        insert(HELD),
        {
            "partner": disclosed.partner, "item": disclosed.item, "purpose": str(change.purpose),
            "agreements": json.dumps(change.agreements), "report": disclosed.report, "by": disclosed.by,
            "type": disclosed.type, "section": disclosed.section, "data_class": disclosed.data_class,
            "subjects": json.dumps(disclosed.subjects), "occurred": instant_text(disclosed.occurred),
            "recorded": instant_text(disclosed.recorded), "rendering": change.rendering.model_dump_json(),
            "revision": disclosed.revision,
        },
    )  # fmt: skip


def _note_current(session: Session, current: FeedCurrent, partition: int) -> None:
    c = FEEDS.c
    session.execute(
        update(FEEDS)
        .where(c.partner == current.partner, c.partition == partition)
        .values(
            rules_position=current.rules_position,
            valid_from=instant_text(current.valid_from) if current.valid_from else None,
            valid_until=instant_text(current.valid_until) if current.valid_until else None,
        )
    )


def is_current(session: Session, partner: str, partitions: int, rules_position: int, now: datetime) -> bool:
    """Whether every partition of the feed says all that the rules say up to this position, at this instant."""
    rows = session.execute(select(FEEDS).where(FEEDS.c.partner == partner)).all()
    current = {row.partition for row in rows if _is_current(row, rules_position, instant_text(now))}
    return partitions > 0 and current >= set(range(partitions))


def _is_current(row: Any, rules_position: int, now: str) -> bool:
    if row.broken or row.rules_position is None or row.rules_position < rules_position:
        return False
    return (row.valid_from is None or row.valid_from <= now) and (row.valid_until is None or now < row.valid_until)


def held_for(session: Session, partner: str, purpose: str) -> list[Held]:
    """What an agency holds for a purpose, its own reports included, in no order that tells anything."""
    c = HELD.c
    query = select(HELD).where(c.partner == partner, c.purpose.in_((purpose, OWN)))
    return [_held(row) for row in session.execute(query)]


def _held(row: Any) -> Held:
    return Held(
        partner=row.partner,
        item=row.item,
        purpose=row.purpose,
        agreements=tuple(json.loads(row.agreements)),
        report=row.report,
        by=row.by,
        type=row.type,
        section=row.section,
        data_class=row.data_class,
        subjects=tuple(json.loads(row.subjects)),
        occurred=instant_of(row.occurred),
        recorded=instant_of(row.recorded),
        rendering=Rendering.model_validate_json(row.rendering),
        revision=row.revision,
    )
