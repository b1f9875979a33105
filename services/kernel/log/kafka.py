"""The log on Kafka.

Exactly-once is not asked of it: ids tell a reader what is repeated. What is asked: an append that answers is kept by as
many brokers as the topic demands, records of one key keep their order, and nothing is dropped for its age or size.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from kafka import KafkaProducer, TopicPartition

from services.kernel.gathering import Gathering, NotKept
from services.kernel.log import BEFORE_FIRST, Entry, LogUnavailable, Partition, Record, TopicUnknown, refuse_too_large
from services.kernel.log.kafka_ahead import KafkaAhead
from services.kernel.log.kafka_client import REQUEST_SECONDS_MAX, settings, speaking
from services.kernel.log.kafka_ends import KafkaEnds
from services.kernel.log.kafka_reading import KafkaReading
from services.kernel.log.kafka_topics import KafkaTopics
from services.kernel.log.partitioning import partition_for

_BATCH_BYTES_MAX = 1_000_000
_BROKER_TAKES_BYTES = 1_048_576  # a batch; message.max.bytes, https://kafka.apache.org/documentation/#brokerconfigs
_AROUND_BYTES = 200  # of a record, besides its key and value
_DELIVERY_SECONDS_MAX = 10
_LINGER_MS = 1000
_CONTENT_TYPE = ("content-type", b"application/cloudevents+json; charset=utf-8")
_Row = tuple[TopicPartition, Record]
Place = tuple[int, int]
"""A partition and a position."""


class KafkaLog:
    """The log on Kafka. Connects when first used, and anew after a failure."""

    def __init__(self, servers: list[str], prefix: str = "") -> None:
        self._servers = servers
        self._prefix = prefix
        self._topics = KafkaTopics(servers)
        self._reading = KafkaReading(servers)
        self._producer: Any = None
        self._closed = False
        self._appends = Gathering(self._commit)
        self._ends = KafkaEnds(self._reading)
        self._ahead = KafkaAhead()

    def create(self, topic: str, partitions: int) -> None:
        """As the port says; also raises TopicUnsafe for a topic that may drop what was said."""
        self._topics.create(self._prefix + topic, partitions)

    def partitions(self, topic: str) -> int:
        self._refuse_closed()
        return self._topics.partitions(self._prefix + topic)

    def append(self, records: Sequence[Record]) -> list[Place]:
        refuse_too_large(records)
        rows = [self._addressed(record) for record in records]
        try:
            return self._appends.keep(rows) if rows else []
        except NotKept as error:
            raise LogUnavailable("the log could not be written") from error.__cause__

    def read(self, topic: str, partition: int, after: int, limit: int = 500) -> list[Entry]:
        self._refuse_closed()
        if partition >= self.partitions(topic):
            return []
        place = TopicPartition(self._prefix + topic, partition)
        found = self._ahead.take(place, after) or self._fetch(place, after)
        if len(found) > limit:
            self._ahead.keep(place, found[limit - 1].position, found[limit:])
        return list(found[:limit])

    def end(self, topic: str, partition: int) -> int:
        self._refuse_closed()
        if partition >= self.partitions(topic):
            return BEFORE_FIRST
        place = TopicPartition(self._prefix + topic, partition)
        return self._ends.now([place])[place] - 1

    def news(self, reached: Mapping[Partition, int]) -> list[Partition]:
        self._refuse_closed()
        places = {
            TopicPartition(self._prefix + topic, partition): (topic, partition)
            for topic, partition in reached
            if partition < self.partitions(topic)
        }
        ends = self._ends.lately(list(places))
        new = {place: reached[one] for place, one in places.items() if ends[place] - 1 > reached[one]}
        self._ahead.expect(new, ends)
        return [places[place] for place in new]

    def wait(self, seconds_max: float) -> None:
        self._ends.wait(seconds_max)

    def close(self) -> None:
        """Let what is being appended end, and close. Whoever still waits returns."""
        with self._appends.turn:
            self._closed = True
            self._let_producer_go()
        self._ends.close()
        self._reading.close()
        with suppress(LogUnavailable):
            self._topics.close()

    # Appending

    def _addressed(self, record: Record) -> _Row:
        partitions = self.partitions(record.topic)
        if not partitions:
            raise TopicUnknown(record.topic)
        return TopicPartition(self._prefix + record.topic, partition_for(record, partitions)), record

    def _commit(self, rows: Sequence[_Row]) -> list[Place]:
        self._refuse_closed()
        places: list[Place] = []
        try:
            with speaking():
                for batch in _in_batches(rows):
                    places += self._send(batch)
        except BaseException:
            self._let_producer_go()
            raise
        # of one partition the last counts, which is the furthest
        self._ends.appended({place: position + 1 for (place, _), (_, position) in zip(rows, places, strict=True)})
        return places

    def _send(self, rows: Sequence[_Row]) -> list[Place]:
        """Send, and wait until each record is acknowledged or given up, so that nothing is ever left under way."""
        if self._producer is None:
            self._producer = self._connected()
        promises = [
            self._producer.send(
                place.topic,
                partition=place.partition,
                key=record.key.encode(),
                value=record.value,
                headers=[("ce_id", record.id.encode()), _CONTENT_TYPE],
            )
            for place, record in rows
        ]
        self._producer.flush(timeout=2 * _DELIVERY_SECONDS_MAX)
        kept = [promise.get(timeout=0) for promise in promises]
        return [(metadata.partition, metadata.offset) for metadata in kept]

    def _connected(self) -> Any:
        return KafkaProducer(
            **settings(self._servers),
            # Said aloud: the driver turns idempotence off in silence if another setting is at odds with a default.
            enable_idempotence=True,
            acks="all",
            # Nothing leaves before flush() unless a batch is full, so one batch holds all that an append has for a
            # partition: it is taken whole or not at all, and no record can overtake one that failed.
            linger_ms=_LINGER_MS,
            batch_size=_BATCH_BYTES_MAX,
            max_request_size=_BROKER_TAKES_BYTES,
            max_block_ms=REQUEST_SECONDS_MAX * 1000,
            delivery_timeout_ms=_DELIVERY_SECONDS_MAX * 1000,
            allow_auto_create_topics=False,
            metrics_enabled=False,
        )

    def _let_producer_go(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(LogUnavailable), speaking():
                producer.close(timeout=1)

    # Reading

    def _fetch(self, place: TopicPartition, after: int) -> Sequence[Entry]:
        """What is behind this position; what else this thread was told is new is brought along, and kept."""
        if after + 1 >= self._ends.known(place) and after + 1 >= self._ends.lately([place])[place]:
            return []
        behind = self._ahead.expected(place, after)
        offsets = {one: position + 1 for one, position in behind.items()}
        for one, records in self._reading.fetch(place, offsets, self._ends.known(place)).items():
            self._ahead.keep(one, behind[one], [_entry(one.topic.removeprefix(self._prefix), each) for each in records])
        return self._ahead.take(place, after)

    def _refuse_closed(self) -> None:
        if self._closed:
            raise LogUnavailable("the log is closed")


def _entry(topic: str, record: Any) -> Entry:
    headers = dict(record.headers)
    return Entry(topic, record.partition, record.offset, record.key.decode(), headers["ce_id"].decode(), record.value)


def _in_batches(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    """As many at once as surely fit in one batch of Kafka's, even if all are for the same partition."""
    start = size = 0
    for number, (_, record) in enumerate(rows):
        grown = len(record.value) + len(record.key.encode()) + len(record.id.encode()) + _AROUND_BYTES
        if size and size + grown > _BATCH_BYTES_MAX:
            yield rows[start:number]
            start, size = number, 0
        size += grown
    yield rows[start:]
