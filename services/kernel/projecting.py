"""Projecting: what topics say, folded into a service's store, with how far it came in the same transaction.

Because state and position are stored together, a record is applied once however often the service stops; because a
projection recognises the id of a record, it is applied once however often the record was appended.
"""

import json
import logging
import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol

import orjson
from sqlalchemy import MetaData
from sqlalchemy.orm import Session

from schemas.envelope import Event
from services.kernel.log import BEFORE_FIRST, Entry, Log, Partition
from services.kernel.store import Store
from services.kernel.store.positions import positions_of, remember_all

_log = logging.getLogger("cairn.projecting")

LINGER_SECONDS = 0.1
"""How long a projection of what was read waits for more, so that whoever reads is answered before it is folded."""
_KEPT_MAX = 100
"""A record may name hundreds of items, and what is kept is looked through by every collection of garbage."""
_TEXTS_KEPT_MAX = 1000
_HEAD = re.compile(rb'\{"specversion":"1\.0","id":"[^"\\]*","source":"[^"\\]*","type":"([^"\\]*)"')
"""How the hub begins a record: to find the type by reading all of it takes a third of the time that its model takes."""
Told = tuple[Entry, Any]
"""An entry, and what it says."""


class Projection(Protocol):
    """A fold of some topics into tables: the same entries in the same order give the same rows."""

    name: str
    tables: MetaData

    def topics(self, session: Session) -> Sequence[str]:
        """Which topics it is made of; may grow with what it has folded in itself."""
        ...

    def read(self, entry: Entry) -> Any:
        """What the entry says, or None where that is of no concern here. Raises ValueError if it cannot be read."""
        ...

    def fold(self, session: Session, told: Sequence[Told]) -> None:
        """Fold in what some entries say, those of each partition in their order; harmless to repeat."""
        ...

    def pass_over(self, session: Session, entry: Entry) -> None:
        """Note an entry that cannot be read; what comes behind it is not held up."""
        ...


class ProjectionFollower:
    """Steps one projection along its topics. Exactly one follower may step a projection."""

    def __init__(
        self, projection: Projection, log: Log, store: Store, batch: int = 500, linger_seconds: float = 0.0
    ) -> None:
        self.name = f"projection.{projection.name}"
        self.projection = projection
        self._log = log
        self._store = store
        self._batch = batch
        self._linger_seconds = linger_seconds
        store.create_tables(projection.tables)
        with store.reading() as session:
            self._reached = positions_of(session, self.name)
            self._topics = projection.topics(session)

    def step(self) -> int:
        """Apply what is new, in one transaction, until a batch is full; returns how many entries were applied."""
        batch = taken_from(self._log, self._reached, self._news(), self._batch)
        if not batch:
            return 0
        with self._store.transaction() as session:
            self._apply(session, [entry for entries in batch.values() for entry in entries])
            reached = {place: entries[-1].position for place, entries in batch.items()}
            remember_all(session, self.name, reached)
            topics = self.projection.topics(session)
        self._reached |= reached
        self._topics = topics
        return sum(map(len, batch.values()))

    def wait(self, seconds_max: float) -> None:
        """Return when something may have been appended to the log, or after this many seconds, and a little later
        where this projection lingers."""
        self._log.wait(seconds_max)
        time.sleep(self._linger_seconds)

    def waiting(self) -> int:
        """How many partitions hold something that was not applied yet; 0 when the projection is up to date."""
        return len(self._news())

    def _news(self) -> list[Partition]:
        places = [(topic, partition) for topic in self._topics for partition in range(self._log.partitions(topic))]
        return self._log.news({place: self._reached.get(place, BEFORE_FIRST) for place in places})

    def _apply(self, session: Session, entries: Sequence[Entry]) -> None:
        """Fold in what can be read, in runs between what cannot."""
        told: list[Told] = []
        for entry in entries:
            try:
                said = self.projection.read(entry)
            except ValueError as error:  # pydantic's and json's own errors are of this kind
                _log.error("%s cannot read a record: %s", self.name, type(error).__name__)
                self.projection.fold(session, told)
                told = []
                self.projection.pass_over(session, entry)
            else:
                if said is not None:
                    told.append((entry, said))
        self.projection.fold(session, told)


def taken_from(
    log: Log, reached: Mapping[Partition, int], news: Sequence[Partition], limit: int
) -> dict[Partition, list[Entry]]:
    """What is new in these partitions, in their order, until there are `limit` entries or more. Raises
    LogUnavailable."""
    batch: dict[Partition, list[Entry]] = {}
    for place in news:
        if entries := log.read(*place, reached.get(place, BEFORE_FIRST), limit):
            batch[place] = entries
        if sum(map(len, batch.values())) >= limit:
            break
    return batch


def said_in(entry: Entry, events: Mapping[str, type[Event[Any]]]) -> Any:
    """The data of the entry's event where its type is one of these, otherwise None. Raises ValueError."""
    head = _HEAD.match(entry.value)
    model = events.get(head[1].decode()) if head else None
    if model is None:
        event = orjson.loads(entry.value)
        model = events.get(str(event.get("type"))) if isinstance(event, dict) else None
    return None if model is None else _data(model, entry.value)


@lru_cache(_KEPT_MAX)
def _data(model: type[Event[Any]], value: bytes) -> Any:
    """Read once for all of a process's followers that come by at about the same time.

    Of the processor time of sharing's, the panel's and governance's projections for nine partners it saves 6 to 8 %
    where records come by tens, and nothing where a long log is read anew.
    """
    return model.model_validate_json(value).data


# These two are asked again and again for the same: by each purpose, each table and each partner.


@lru_cache(_TEXTS_KEPT_MAX)
def instant_text(instant: datetime) -> str:
    """The instant as projections keep it: ISO 8601 in UTC with six decimals, so that text sorts as time does."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@lru_cache(_TEXTS_KEPT_MAX)
def listed(words: tuple[str, ...]) -> str:
    """A list as projections keep it: JSON."""
    return json.dumps(words)


def instant_of(text: str) -> datetime:
    """The instant that such a text tells."""
    return datetime.fromisoformat(text)


def unlisted(text: str) -> tuple[str, ...]:
    """The list that such a text tells."""
    return tuple(json.loads(text))
