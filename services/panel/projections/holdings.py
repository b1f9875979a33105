"""The holdings: what each agency holds now, folded from its own feed; a recall takes it away again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.disclosures import OWN, Change, FeedCurrent, ItemDisclosed, Rendering, ReportReflected
from schemas.envelope import Event
from schemas.rules import PartnerJoined
from services.kernel import topics
from services.kernel.log import Entry
from services.kernel.projecting import Told, instant_of, instant_text, listed, said_in, unlisted
from services.kernel.store.rows import Rows
from services.panel.domain.held import Held
from services.panel.projections.looks import forget_looks
from services.panel.projections.named import note_named
from services.panel.projections.outsides import note_outside
from services.panel.projections.placed import note_placed
from services.panel.projections.recalls import note_recall
from services.panel.projections.tables import FEEDS, HELD, METADATA, NAMED, OUTSIDES, PLACED, RECALLS

_FOLLOWED = select(FEEDS.c.partner).distinct().order_by(FEEDS.c.partner)
_FEED: dict[str, type[Event[Any]]] = {
    "cairn.partner.joined.v1": Event[PartnerJoined],
    "cairn.item.disclosed.v1": Event[ItemDisclosed],
    "cairn.report.reflected.v1": Event[ReportReflected],
    "cairn.feed.current.v1": Event[FeedCurrent],
}
_NOTHING_COUNTED = {
    "sequence": 0, "disclosed": 0, "broken": 0, "rules_position": None, "valid_from": None, "valid_until": None,
}  # fmt: skip
_CHUNK = 500


class HoldingsProjection:
    """Folds the feed of every agency; the sequence of a feed tells what is repeated, and what is missing."""

    name = "panel.holdings"
    tables = METADATA

    def topics(self, session: Session) -> Sequence[str]:
        return [topics.RULES, *(topics.disclosures(partner) for partner in session.execute(_FOLLOWED).scalars())]

    def read(self, entry: Entry) -> Any:
        return said_in(entry, _FEED)

    def fold(self, session: Session, told: Sequence[Told]) -> None:
        feeds = _Feeds(session)
        feeds.rows.look_up((said.partner, entry.partition) for entry, said in told)
        new = [said for entry, said in told if feeds.counts(said, entry.partition)]
        disclosed = [said for said in new if isinstance(said, ItemDisclosed)]
        items = [(said.partner, said.item) for said in disclosed]
        noted = [(note, Rows(session, table, ["partner", "item"])) for note, table in (*_NOTED, *_NOTED_OF_HELD)]
        (_, held), (_, recalls), *of_held = noted
        held.look_up(items)
        recalls.look_up(items)
        for _, rows in of_held:
            rows.look_up(items, only_with=held)
        for said in disclosed:
            for change in said.changes:
                for note, rows in noted:
                    note(rows, said, change)
        for rows in (feeds.rows, *(rows for _, rows in noted)):
            rows.keep()
        recalled = [said for said in disclosed if any(change.recall for change in said.changes)]
        forget_looks(session, [(said.partner, said.item) for said in recalled])

    def pass_over(self, session: Session, entry: Entry) -> None:
        """A feed of which something cannot be read is broken: nothing of it is shown from then on."""
        if entry.topic != topics.RULES:
            feeds = _Feeds(session)
            feeds.break_off(entry.topic.removeprefix(topics.disclosures("")), entry.partition)
            feeds.rows.keep()


class _Feeds:
    """How far each partition of each feed was counted, and what it says of being current."""

    def __init__(self, session: Session) -> None:
        self.rows = Rows(session, FEEDS, ["partner", "partition"])

    def counts(self, said: PartnerJoined | ItemDisclosed | ReportReflected | FeedCurrent, partition: int) -> bool:
        """Count the next record of its feed; False for a repeat, and for one with something missing before it."""
        if isinstance(said, PartnerJoined):
            self.rows.put(self._feed(said.partner, 0))
            return False
        feed = self._feed(said.partner, partition)
        if feed["broken"] or said.sequence <= feed["sequence"]:
            return False
        if said.sequence > feed["sequence"] + 1:
            self.break_off(said.partner, partition)
            return False
        self.rows.put({**feed, "sequence": said.sequence, **_said_of(said)})
        return True

    def break_off(self, partner: str, partition: int) -> None:
        """Nothing more is counted, nor shown, of this feed."""
        self.rows.put({**self._feed(partner, partition), "broken": 1})

    def _feed(self, partner: str, partition: int) -> Mapping[str, Any]:
        found = self.rows.having(partner, partition)
        return found[0] if found else {"partner": partner, "partition": partition, **_NOTHING_COUNTED}


def _said_of(said: ItemDisclosed | ReportReflected | FeedCurrent) -> dict[str, Any]:
    match said:
        case ItemDisclosed():
            return {"disclosed": said.sequence}
        case FeedCurrent():
            return {
                "rules_position": said.rules_position,
                "valid_from": instant_text(said.valid_from) if said.valid_from else None,
                "valid_until": instant_text(said.valid_until) if said.valid_until else None,
            }
        case ReportReflected():
            return {}


def _hold(held: Rows, disclosed: ItemDisclosed, change: Change) -> None:
    key = {"partner": disclosed.partner, "item": disclosed.item, "purpose": str(change.purpose)}
    if change.rendering is None:
        held.remove(key)
        return
    held.put(
        key | {
            "agreements": listed(change.agreements), "report": disclosed.report, "by": disclosed.by,
            "type": disclosed.type, "section": disclosed.section, "data_class": disclosed.data_class.value,
            "subjects": listed(disclosed.subjects), "occurred": instant_text(disclosed.occurred),
            "recorded": instant_text(disclosed.recorded), "rendering": change.rendering.model_dump_json(),
            "revision": disclosed.revision,
        }
    )  # fmt: skip


_NOTED: Final = (
    (_hold, HELD),
    (note_recall, RECALLS),
)
"""What is kept of each change, and where."""
_NOTED_OF_HELD: Final = (
    (note_named, NAMED),
    (note_outside, OUTSIDES),
    (note_placed, PLACED),
)
"""The same of what is held after it, and of nothing else."""


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


def held_of(session: Session, partner: str, purpose: str, items: Sequence[str]) -> list[Held]:
    """What an agency holds of these items for a purpose, its own reports included, in an order that tells nothing."""
    c = HELD.c
    found: list[Held] = []
    for start in range(0, len(items), _CHUNK):
        some = items[start : start + _CHUNK]
        query = select(HELD).where(c.partner == partner, c.item.in_(some), c.purpose.in_((purpose, OWN)))
        found += [_held(row) for row in session.execute(query).all()]
    return sorted(found, key=lambda held: held.rendering.reference)


def _held(row: Any) -> Held:
    return Held(
        partner=row.partner,
        item=row.item,
        purpose=row.purpose,
        agreements=unlisted(row.agreements),
        report=row.report,
        by=row.by,
        type=row.type,
        section=row.section,
        data_class=row.data_class,
        subjects=unlisted(row.subjects),
        occurred=instant_of(row.occurred),
        recorded=instant_of(row.recorded),
        rendering=Rendering.model_validate_json(row.rendering),
        revision=row.revision,
    )
