"""How far partitions on Kafka reach: as the broker says now, or as it said a moment ago to whoever looks for all.

A service has a dozen followers, and each that asked for itself, whenever anything was appended anywhere, took more of
the processors than what it then did. Who waits is woken for whatever is new, so it need not ask again.
"""

import math
import threading
import time
from collections.abc import Mapping, Sequence

from kafka import TopicPartition

from services.kernel.bell import Bell
from services.kernel.log.kafka_reading import KafkaReading

_LOOK_SECONDS = 0.04
_LATELY_SECONDS = 2 * _LOOK_SECONDS

Ends = Mapping[TopicPartition, int]
"""Partition -> the offset behind its newest record."""


class _Thread(threading.local):
    """A thread, and whether it is one of those that wait."""

    waits = False


class KafkaEnds:
    """Remembers where partitions end, and wakes those who wait when one reaches further than it did."""

    def __init__(self, reading: KafkaReading) -> None:
        self._reading = reading
        self._noting = threading.Lock()
        self._known: dict[TopicPartition, int] = {}
        self._looked = -math.inf
        """When all that are known were last looked at."""
        self._this_thread = _Thread()
        self._bell = Bell(self._others_appended, _LOOK_SECONDS)

    def now(self, places: Sequence[TopicPartition]) -> Ends:
        """As the broker says now. Raises LogUnavailable."""
        found = self._reading.ends(places) if places else {}
        if self._note(found):
            self._bell.ring()  # the bell itself will find nothing new any more
        return found

    def lately(self, places: Sequence[TopicPartition]) -> Ends:
        """As the broker said a moment ago, to a thread that waits between one look and the next; to any other as it
        says now. Raises LogUnavailable."""
        if not self._this_thread.waits:
            return self.now(places)
        with self._noting:
            unknown = [place for place in places if place not in self._known]
            every = list(self._known)
        if time.monotonic() - self._looked > _LATELY_SECONDS:
            self._look_at([*every, *unknown])
        else:
            self.now(unknown)
        with self._noting:
            return {place: self._known[place] for place in places}

    def known(self, place: TopicPartition) -> int:
        """At least so far it reaches; asks nobody."""
        return self._known.get(place, 0)

    def appended(self, ends: Ends) -> None:
        """This process appended up to here."""
        self._note(ends)
        self._bell.ring()

    def wait(self, seconds_max: float) -> None:
        """Return when a partition may reach further than when this thread last waited, or after this many seconds."""
        self._this_thread.waits = True
        self._bell.wait(seconds_max)

    def close(self) -> None:
        """Let everybody go who waits."""
        self._bell.close()

    def _look_at(self, places: Sequence[TopicPartition]) -> None:
        began = time.monotonic()
        self.now(places)
        self._looked = began

    def _others_appended(self) -> bool:
        with self._noting:
            every = list(self._known)
        if not every:
            return False
        began = time.monotonic()
        news = self._note(self._reading.ends(every))
        self._looked = began
        return news

    def _note(self, ends: Ends) -> bool:
        """Remember how far the partitions reach; whether one that was known reaches further than it did."""
        with self._noting:
            known = self._known
            news = any(end > known[place] for place, end in ends.items() if place in known)
            for place, end in ends.items():
                known[place] = max(known.get(place, 0), end)
        return news
