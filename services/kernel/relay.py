"""The relay: the only bridge from what a service has decided to what is said on the log.

What it says is taken from the store in order, appended, and only then marked as said: a crash in between says it again
under the same id, and loses nothing.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

from eventsourcing.persistence import Notification
from sqlalchemy import func, select

from services.kernel.log import Log, Record
from services.kernel.store import Application, Store, outbox
from services.kernel.store.positions import position_of, remember

_MORE_COMES_SECONDS = 0.01
"""What is kept within so short a time is said together: each saying costs as much as a report's being kept."""

Translate = Callable[[Notification, Any], Sequence[Record]]
"""What a recorded event, given with its notification, means in public: none, one or several records with ids that are
the same each time."""


class OutboxRelay:
    """A follower that says what is in a store's outbox."""

    def __init__(self, store: Store, log: Log, name: str, batch: int = 500) -> None:
        self.name = name
        self._store = store
        self._log = log
        self._batch = batch

    def step(self) -> int:
        """Say the oldest; returns how many. Raises LogUnavailable, StoreUnavailable: then they are said again later."""
        with self._store.reading() as session:
            waiting = outbox.oldest(session, self._batch)
        if not waiting:
            return 0
        self._log.append([record for _, record in waiting])
        with self._store.transaction() as session:
            outbox.strike(session, [number for number, _ in waiting])
        return len(waiting)

    def wait(self, seconds_max: float) -> None:
        """Return when something was kept in the store, and a moment has passed, or after this many seconds."""
        self._store.wait(seconds_max)
        time.sleep(_MORE_COMES_SECONDS)

    def pending(self) -> int:
        """How many records are still to be said."""
        with self._store.reading() as session:
            return outbox.pending(session)


class NotificationRelay:
    """A follower that says in public what an application has recorded, in the order it was recorded."""

    def __init__(
        self, application: Application[Any], store: Store, log: Log, translate: Translate, name: str, batch: int = 500
    ) -> None:
        self.name = name
        self._application = application
        self._store = store
        self._log = log
        self._translate = translate
        self._batch = batch
        recorded: Any = application.recorder
        self._newest = select(func.max(recorded.events_record_cls.id))
        with store.reading() as session:
            self._reached = position_of(session, self.name, application.name, 0)

    def step(self) -> int:
        """Say what was recorded next; returns how many recorded events were done with.

        Raises LogUnavailable, StoreUnavailable: then they are said again later.
        """
        if not self.pending():
            return 0
        with self._store.reading():
            recorded = self._application.recorder.select_notifications(
                self._reached, self._batch, inclusive_of_start=False
            )
        if not recorded:
            return 0
        said = [record for notification in recorded for record in self._said_of(notification)]
        if said:
            self._log.append(said)
        with self._store.transaction() as session:
            remember(session, self.name, self._application.name, 0, recorded[-1].id)
        self._reached = recorded[-1].id
        return len(recorded)

    def wait(self, seconds_max: float) -> None:
        """Return when something was kept in the store, and a moment has passed, or after this many seconds."""
        self._store.wait(seconds_max)
        time.sleep(_MORE_COMES_SECONDS)

    def pending(self) -> int:
        """How many recorded events are still to be done with, or more: their numbers may have gaps."""
        with self._store.reading() as session:
            newest = session.execute(self._newest).scalar()
        return max(0, (newest or 0) - max(0, self._reached))

    def _said_of(self, notification: Notification) -> Sequence[Record]:
        return self._translate(notification, self._application.mapper.to_domain_event(notification))
