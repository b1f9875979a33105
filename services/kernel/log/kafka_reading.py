"""Reading from Kafka at any position, without a consumer group: positions are the reader's own affair.

A consumer serves one caller at a time, so there are a few, each made when it is needed and dropped when it fails.
"""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from services.kernel.log import LogUnavailable
from services.kernel.log.kafka_client import REQUEST_SECONDS_MAX, settings, speaking

_CONSUMERS_MAX = 4
_RECORDS_MAX = 10_000
_ASKING_SECONDS = 0.005


class KafkaReading:
    """Fetches what is behind an offset, and tells where partitions end."""

    def __init__(self, servers: list[str]) -> None:
        self._servers = servers
        self._free: list[Any] = []
        self._places = threading.Semaphore(_CONSUMERS_MAX)
        self._closed = False

    def fetch(
        self, place: TopicPartition, offsets: Mapping[TopicPartition, int], end: int
    ) -> Mapping[TopicPartition, list[Any]]:
        """The records from these offsets on, as many as one answer of the broker brings: some of `place`, which is one
        of them, unless it has none, and perhaps of the others.

        `end` is an offset that `place` is known to reach. Raises LogUnavailable.
        """
        until = time.monotonic() + REQUEST_SECONDS_MAX
        brought: dict[TopicPartition, list[Any]] = {}
        with self._consumer() as consumer:
            _turn_to(consumer, offsets)
            while time.monotonic() < until:
                for one, records in consumer.poll(timeout_ms=200, max_records=_RECORDS_MAX).items():
                    brought.setdefault(one, []).extend(records)
                if place in brought or consumer.position(place) >= end:
                    return brought
        raise LogUnavailable("Kafka did not bring what it said it has")

    def ends(self, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """The offset behind the newest record of each. Raises LogUnavailable."""
        until = time.monotonic() + REQUEST_SECONDS_MAX
        with self._consumer() as consumer:
            _meet(consumer, places)
            while time.monotonic() < until:
                with suppress(KeyError):  # the driver (3.0.12) leaves out topics that it is still asking about
                    found = consumer.end_offsets(list(places), timeout_ms=REQUEST_SECONDS_MAX * 1000)
                    return {place: int(found[place]) for place in places}
                time.sleep(_ASKING_SECONDS)
        raise LogUnavailable("Kafka did not say where the partitions end")

    def close(self) -> None:
        self._closed = True
        while self._free:
            _close(self._free.pop())

    @contextmanager
    def _consumer(self) -> Iterator[Any]:
        if self._closed:
            raise LogUnavailable("the log is closed")
        with self._places:
            consumer = None
            try:
                with speaking():
                    consumer = self._free.pop() if self._free else self._connected()
                    yield consumer
            except BaseException:
                _close(consumer)
                raise
            if self._closed:
                _close(consumer)
            else:
                self._free.append(consumer)

    def _connected(self) -> Any:
        return KafkaConsumer(
            **settings(self._servers),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",  # a position that is gone is an error, never a leap
            enable_incremental_fetch_sessions=False,
            fetch_max_wait_ms=10,
            allow_auto_create_topics=False,
            check_crcs=True,
            metrics_enabled=False,
        )


def _turn_to(consumer: Any, offsets: Mapping[TopicPartition, int]) -> None:
    """Fetch from these partitions alone."""
    _meet(consumer, list(offsets))
    consumer.pause(*(consumer.assignment() - offsets.keys()))
    consumer.resume(*offsets)
    for place, offset in offsets.items():
        consumer.seek(place, offset)


def _meet(consumer: Any, places: Sequence[TopicPartition]) -> None:
    """Assign what is not assigned yet; all stay so, that the driver need not ask about a topic more than once."""
    assigned = consumer.assignment()
    new = [place for place in places if place not in assigned]
    if new:
        consumer.assign([*assigned, *new])
        for place in new:
            consumer.seek(place, 0)
        consumer.pause(*new)


def _close(consumer: Any) -> None:
    if consumer is not None:
        with suppress(LogUnavailable), speaking():
            consumer.close(autocommit=False, timeout_ms=1000)
