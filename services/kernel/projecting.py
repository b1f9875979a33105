"""Projecting: what topics say, folded into a service's store, with how far it came in the same transaction.

Because state and position are stored together, a record is applied once however often the service stops; because a
projection recognises the id of a record, it is applied once however often the record was appended.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import MetaData
from sqlalchemy.orm import Session

from services.kernel.log import BEFORE_FIRST, Entry, Log, Partition
from services.kernel.store import Store
from services.kernel.store.positions import positions_of, remember

_log = logging.getLogger("cairn.projecting")


class Projection(Protocol):
    """A fold of some topics into tables: the same entries in the same order give the same rows."""

    name: str
    tables: MetaData

    def topics(self, session: Session) -> Sequence[str]:
        """Which topics it is made of; may grow with what it has read."""
        ...

    def apply(self, session: Session, entry: Entry) -> None:
        """Fold in one entry; harmless to repeat. Raises ValueError, and writes nothing, where it cannot be read."""
        ...

    def pass_over(self, session: Session, entry: Entry) -> None:
        """Note an entry that cannot be read; what comes behind it is not held up."""
        ...


class ProjectionFollower:
    """Steps one projection along its topics. Exactly one follower may step a projection."""

    def __init__(self, projection: Projection, log: Log, store: Store, batch: int = 500) -> None:
        self.name = f"projection.{projection.name}"
        self.projection = projection
        self._log = log
        self._store = store
        self._batch = batch
        store.create_tables(projection.tables)
        with store.reading() as session:
            self._reached = positions_of(session, self.name)

    def step(self) -> int:
        """Apply at most one batch of each partition; returns how many entries were applied."""
        return sum(self._take(topic, partition) for topic, partition in self._news())

    def _news(self) -> list[Partition]:
        with self._store.reading() as session:
            topics = self.projection.topics(session)
        places = [(topic, partition) for topic in topics for partition in range(self._log.partitions(topic))]
        return self._log.news({place: self._reached.get(place, BEFORE_FIRST) for place in places})

    def _take(self, topic: str, partition: int) -> int:
        entries = self._log.read(topic, partition, self._reached.get((topic, partition), BEFORE_FIRST), self._batch)
        if not entries:
            return 0
        position = entries[-1].position
        with self._store.transaction() as session:
            for entry in entries:
                try:
                    self.projection.apply(session, entry)
                except ValueError as error:  # pydantic's and json's own errors are of this kind
                    _log.error("%s cannot read a record: %s", self.name, type(error).__name__)
                    self.projection.pass_over(session, entry)
            remember(session, self.name, topic, partition, position)
        self._reached[topic, partition] = position
        return len(entries)

    def waiting(self) -> int:
        """How many partitions hold something that was not applied yet; 0 when the projection is up to date."""
        return len(self._news())


def instant_text(instant: datetime) -> str:
    """The instant as projections keep it: ISO 8601 in UTC with six decimals, so that text sorts as time does."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def instant_of(text: str) -> datetime:
    """The instant that such a text tells."""
    return datetime.fromisoformat(text)
