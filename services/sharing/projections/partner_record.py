"""Partner records: what each partner holds, built from its own disclosure feed and from nothing else.

A field that was withheld was never on the feed, so it cannot be here. Each partition of each feed is taken in order,
once; a feed that cannot be taken stops, and its partner is served nothing more, while the others go on.
"""

import json
import logging
from collections.abc import Callable

from pydantic import ValidationError
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from schemas.disclosures import FeedCurrent, ItemDisclosed, RecallAcknowledged, ReportReflected
from schemas.envelope import Event
from schemas.rules import PartnerJoined
from services.kernel import topics
from services.kernel.log import BEFORE_FIRST, Entry, Log, Partition
from services.kernel.store import Store
from services.kernel.store.positions import positions_of, remember
from services.sharing.projections.record_fold import Place, disclose, keep_current, reflect
from services.sharing.projections.record_tables import ACKNOWLEDGED, FEEDS, METADATA, PARTNERS, instant_text

_log = logging.getLogger("cairn.sharing")


class FeedBroken(Exception):
    """A partner's feed cannot be taken any further; the partner is served nothing more until it is mended."""

    def __init__(self, partner: str, partition: int, position: int, why: str) -> None:
        super().__init__(
            f"the feed of {partner} stops at partition {partition}, position {position}: {why}; nothing more is "
            "served to this partner. Mend the feed, then rebuild the partner's records from the beginning"
        )
        self.partner = partner
        self.partition = partition
        self.position = position


class FeedHasGap(FeedBroken):
    """A record of the feed is missing, which might have been a recall."""

    def __init__(self, partner: str, partition: int, position: int, expected: int, found: int) -> None:
        super().__init__(partner, partition, position, f"expected record {expected} and found {found}")


class PartnerRecords:
    """Follows the feeds of every partner that has joined. Exactly one of these may step a store."""

    name = "sharing.partner-records"

    def __init__(self, store: Store, log: Log, batch: int = 500) -> None:
        self._store = store
        self._log = log
        self._batch = batch
        self._halted: set[tuple[str, int]] = set()
        store.create_tables(METADATA)
        with store.reading() as session:
            self._positions = positions_of(session, self.name)
            self._partners = _joined(session)

    def step(self) -> int:
        """Apply at most one batch of each partition; returns how many entries were applied.

        Raises FeedBroken once for a feed that stops, after the others were served.
        """
        done = 0
        broken: list[FeedBroken] = []
        for topic, partition in self._news():
            try:
                done += self._take_from(topic, partition)
            except FeedBroken as error:
                _log.error("%s", error)
                broken.append(error)
        if broken:
            raise broken[0]
        return done

    def waiting(self) -> int:
        """Partitions that hold something not yet applied, those of stopped feeds left out."""
        return len(self._news())

    def _news(self) -> list[Partition]:
        """Partitions that hold something new: who has joined comes first, feeds last."""
        followed = [(topics.RULES, 0)]
        followed += [(topics.RECALLS, partition) for partition in range(self._log.partitions(topics.RECALLS))]
        for partner in self._partners:
            topic = topics.disclosures(partner)
            every = range(self._log.partitions(topic))
            followed += [(topic, partition) for partition in every if (partner, partition) not in self._halted]
        return self._log.news({place: self._positions.get(place, BEFORE_FIRST) for place in followed})

    def _take_from(self, topic: str, partition: int) -> int:
        match topic:
            case topics.RULES:
                return self._take(topic, partition, _join)
            case topics.RECALLS:
                return self._take(topic, partition, _acknowledge)
        return self._take_feed(topic.removeprefix(topics.disclosures("")), partition)

    def _take(self, topic: str, partition: int, apply: Callable[[Session, Entry], None]) -> int:
        entries = self._log.read(topic, partition, self._positions.get((topic, partition), BEFORE_FIRST), self._batch)
        if not entries:
            return 0
        with self._store.transaction() as session:
            for entry in entries:
                apply(session, entry)
            remember(session, self.name, topic, partition, entries[-1].position)
            partners = _joined(session)
        self._partners = partners
        self._positions[topic, partition] = entries[-1].position
        return len(entries)

    def _take_feed(self, partner: str, partition: int) -> int:
        topic = topics.disclosures(partner)
        entries = self._log.read(topic, partition, self._positions.get((topic, partition), BEFORE_FIRST), self._batch)
        if not entries:
            return 0
        taken: list[Entry] = []
        broken: FeedBroken | None = None
        with self._store.transaction() as session:
            feed = _Feed(session, partner, partition)
            for entry in entries:
                try:
                    feed.take(entry)
                except FeedBroken as error:
                    broken = error
                    break
                taken.append(entry)
            feed.keep(broken.position if broken else None)
            if taken:
                remember(session, self.name, topic, partition, taken[-1].position)
        if taken:
            self._positions[topic, partition] = taken[-1].position
        if broken:
            self._halted.add((partner, partition))
            raise broken
        return len(taken)


class _Feed:
    """One partition of a partner's feed while a batch of it is taken."""

    def __init__(self, session: Session, partner: str, partition: int) -> None:
        self._session = session
        row = session.execute(select(FEEDS).filter_by(partner=partner, partition=partition)).first()
        self._known = row is not None
        self._sequence: int = row.sequence if row else 0
        self._place = Place(partner, partition, row.ordinal if row else 0)

    def take(self, entry: Entry) -> None:
        """Apply one entry, unless it was applied before. Raises FeedBroken, having changed nothing."""
        said = _said(entry, self._place)
        if said.sequence <= self._sequence:
            return
        if said.sequence != self._sequence + 1:
            raise FeedHasGap(
                self._place.partner, self._place.partition, entry.position, self._sequence + 1, said.sequence
            )
        match said:
            case ItemDisclosed():
                disclose(self._session, self._place, said)
            case ReportReflected():
                reflect(self._session, self._place, said)
            case FeedCurrent():
                keep_current(self._session, self._place, said)
        self._sequence = said.sequence

    def keep(self, halted_at: int | None) -> None:
        """Store how far the feed was counted, in the batch's transaction."""
        key = {"partner": self._place.partner, "partition": self._place.partition}
        values = {"sequence": self._sequence, "ordinal": self._place.ordinal, "halted_at": halted_at}
        if self._known:
            self._session.execute(update(FEEDS).filter_by(**key).values(**values))
        else:
            self._session.execute(insert(FEEDS).values(**key, **values))


def _said(entry: Entry, place: Place) -> ItemDisclosed | ReportReflected | FeedCurrent:
    try:
        said = _read(entry)
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        why = f"a record that cannot be read ({type(error).__name__})"
        raise FeedBroken(place.partner, place.partition, entry.position, why) from None
    if said.partner != place.partner:
        raise FeedBroken(place.partner, place.partition, entry.position, "a record for another partner")
    return said


def _read(entry: Entry) -> ItemDisclosed | ReportReflected | FeedCurrent:
    """What the entry says. Raises KeyError for a type that no feed has, and ValidationError."""
    kind = str(json.loads(entry.value)["type"])
    match kind:
        case "cairn.item.disclosed.v1":
            return Event[ItemDisclosed].model_validate_json(entry.value).data
        case "cairn.report.reflected.v1":
            return Event[ReportReflected].model_validate_json(entry.value).data
        case "cairn.feed.current.v1":
            return Event[FeedCurrent].model_validate_json(entry.value).data
    raise KeyError(kind)


def _joined(session: Session) -> list[str]:
    return list(session.scalars(select(PARTNERS.c.partner).order_by(PARTNERS.c.partner)))


def _join(session: Session, entry: Entry) -> None:
    """Of the rules, only who has joined matters here; what they say reaches partners by their feeds."""
    if json.loads(entry.value)["type"] != "cairn.partner.joined.v1":
        return
    joined = Event[PartnerJoined].model_validate_json(entry.value).data
    session.execute(delete(PARTNERS).filter_by(partner=joined.partner))
    session.execute(insert(PARTNERS).values(partner=joined.partner))


def _acknowledge(session: Session, entry: Entry) -> None:
    """The first acknowledgement of a recall counts; it may be read before the recall itself."""
    said = Event[RecallAcknowledged].model_validate_json(entry.value).data
    key = {"partner": said.partner, "recall": said.recall}
    if session.execute(select(ACKNOWLEDGED).filter_by(**key)).first() is None:
        session.execute(insert(ACKNOWLEDGED).values(**key, by=said.by, acknowledged=instant_text(said.acknowledged)))
