"""Partner records: what each partner holds, built from its own disclosure feed and from nothing else.

A field that was withheld was never on the feed, so it cannot be here. Each partition of each feed is taken in order,
once; a feed that cannot be taken stops, and its partner is served nothing more, while the others go on.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from schemas.disclosures import FeedCurrent, ItemDisclosed, RecallAcknowledged, ReportReflected
from schemas.envelope import Event
from schemas.rules import PartnerJoined
from services.kernel import topics
from services.kernel.log import BEFORE_FIRST, Entry, Log, Partition
from services.kernel.projecting import instant_text, said_in, taken_from
from services.kernel.store import Store
from services.kernel.store.each import Row
from services.kernel.store.positions import positions_of, remember_all
from services.kernel.store.rows import Rows
from services.sharing.projections.record_fold import Place, RecordFold, Said
from services.sharing.projections.record_tables import ACKNOWLEDGED, FEEDS, METADATA, PARTNERS

_log = logging.getLogger("cairn.sharing")
_FEED: dict[str, type[Event[Any]]] = {
    "cairn.item.disclosed.v1": Event[ItemDisclosed],
    "cairn.report.reflected.v1": Event[ReportReflected],
    "cairn.feed.current.v1": Event[FeedCurrent],
}
_OF_ALL = (topics.RULES, topics.RECALLS)
_NOTHING_COUNTED = {"sequence": 0, "ordinal": 0, "halted_at": None}


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
        """Apply what is new, in one transaction, until a batch is full; returns how many entries were applied.

        Raises FeedBroken once for a feed that stops, after the others were served.
        """
        batch = taken_from(self._log, self._positions, self._news(), self._batch)
        if not batch:
            return 0
        with self._store.transaction() as session:
            taking = _Taking(session)
            reached = taking.take(batch)
            remember_all(session, self.name, reached)
            partners = _joined(session) if (topics.RULES, 0) in reached else self._partners
        self._positions |= reached
        self._partners = partners
        self._halted |= {(error.partner, error.partition) for error in taking.broken}
        for error in taking.broken:
            _log.error("%s", error)
        if taking.broken:
            raise taking.broken[0]
        return sum(map(len, batch.values()))

    def wait(self, seconds_max: float) -> None:
        """Return when something may have been appended to the log, or after this many seconds."""
        self._log.wait(seconds_max)

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


class _Taking:
    """A batch while it is taken."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._feeds = Rows(session, FEEDS, ["partner", "partition"])
        self._fold = RecordFold(session)
        self.broken: list[FeedBroken] = []

    def take(self, batch: Mapping[Partition, Sequence[Entry]]) -> dict[Partition, int]:
        """Apply it; returns the position reached of each partition of which something was taken."""
        reached: dict[Partition, int] = {}
        new: dict[Partition, list[Said]] = {}
        self._feeds.look_up((_partner_of(topic), partition) for topic, partition in batch if topic not in _OF_ALL)
        for (topic, partition), entries in batch.items():
            if topic in _OF_ALL:
                apply = _join if topic == topics.RULES else _acknowledge
                for entry in entries:
                    apply(self._session, entry)
                taken = len(entries)
            else:
                taken, new[topic, partition] = self._count(topic, partition, entries)
            if taken:
                reached[topic, partition] = entries[taken - 1].position
        self._fold.expect(one for said in new.values() for one in said)
        for (topic, partition), said in new.items():
            self._take_feed(_partner_of(topic), partition, said)
        self._fold.keep()
        self._feeds.keep()
        return reached

    def _count(self, topic: str, partition: int, entries: Sequence[Entry]) -> tuple[int, list[Said]]:
        """How many of these can be taken, up to the first that cannot, and what the new ones of them say."""
        feed = self._feed(_partner_of(topic), partition)
        sequence, new = feed["sequence"], list[Said]()
        for number, entry in enumerate(entries):
            try:
                said = _next_in(feed["partner"], entry, sequence)
            except FeedBroken as error:
                self._feeds.put({**feed, "sequence": sequence, "halted_at": error.position})
                self.broken.append(error)
                return number, new
            if said.sequence > sequence:
                sequence = said.sequence
                new.append(said)
        self._feeds.put({**feed, "sequence": sequence, "halted_at": None})
        return len(entries), new

    def _take_feed(self, partner: str, partition: int, said: Sequence[Said]) -> None:
        feed = self._feed(partner, partition)
        place = Place(partner, partition, feed["ordinal"])
        for one in said:
            self._fold.take(place, one)
        self._feeds.put({**feed, "ordinal": place.ordinal})

    def _feed(self, partner: str, partition: int) -> Row:
        found = self._feeds.having(partner, partition)
        return found[0] if found else {"partner": partner, "partition": partition, **_NOTHING_COUNTED}


def _partner_of(topic: str) -> str:
    return topic.removeprefix(topics.disclosures(""))


def _next_in(partner: str, entry: Entry, counted: int) -> Said:
    """What the entry says, which is a repeat or the next of its feed. Raises FeedBroken."""
    said = _said(partner, entry)
    if said.sequence > counted + 1:
        raise FeedHasGap(partner, entry.partition, entry.position, counted + 1, said.sequence)
    return said


def _said(partner: str, entry: Entry) -> Said:
    try:
        said = said_in(entry, _FEED)
    except ValueError as error:
        why = f"a record that cannot be read ({type(error).__name__})"
        raise FeedBroken(partner, entry.partition, entry.position, why) from None
    if said is None:
        raise FeedBroken(partner, entry.partition, entry.position, "a record of a kind that no feed has")
    if said.partner != partner:
        raise FeedBroken(partner, entry.partition, entry.position, "a record for another partner")
    return said  # type: ignore[no-any-return]


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
