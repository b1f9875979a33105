"""The log: the only road between services.

Terms. A *topic* has one or more *partitions*. Records of one key go to one partition and keep their order there.
A *position* names a record within its partition: positions grow, may have gaps, and are never used to count. The
first possible position is 0; `BEFORE_FIRST` (-1) stands before it. An append is durable when it returns. A record may
be appended twice after a crash; its `id` tells the reader. Nothing is ever changed or removed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

BEFORE_FIRST = -1
VALUE_BYTES_MAX = 900_000
"""Kafka takes a megabyte with all that goes with it, unless each broker and topic is told otherwise."""


@dataclass(frozen=True)
class Record:
    """Something to be said: `value` is the event's JSON in bytes, `key` an opaque ref.

    The key decides the partition, unless `partition` does.
    """

    topic: str
    key: str
    id: str
    value: bytes
    partition: int | None = None


@dataclass(frozen=True)
class Entry:
    """Something that was said, at a position."""

    topic: str
    partition: int
    position: int
    key: str
    id: str
    value: bytes


class LogUnavailable(Exception):
    """The log cannot be written or read now; nothing was lost that had been acknowledged."""


class TopicUnknown(Exception):
    """Nothing can be appended to a topic that was not created."""


def refuse_too_large(records: Sequence[Record]) -> None:
    """Raises ValueError for a value of more than VALUE_BYTES_MAX."""
    for record in records:
        if len(record.value) > VALUE_BYTES_MAX:
            raise ValueError(
                f"a record for {record.topic} has {len(record.value)} bytes, over {VALUE_BYTES_MAX}: say it in parts"
            )


def refuse_other_partitions(topic: str, found: int, wanted: int) -> None:
    """Raises ValueError: keys would change their partition, and lose their order, if the number could change."""
    if found != wanted:
        raise ValueError(f"topic {topic} has {found} partitions, not {wanted}: the number is fixed when it is created")


Partition = tuple[str, int]
"""A topic, and the number of one of its partitions."""


class Log(Protocol):
    """Append, read and wait. Safe to call from several threads."""

    def create(self, topic: str, partitions: int) -> None:
        """Make the topic if it is not there; harmless to repeat. Raises ValueError for another number of partitions."""
        ...

    def partitions(self, topic: str) -> int:
        """How many partitions the topic has; 0 if there is no such topic."""
        ...

    def append(self, records: Sequence[Record]) -> list[tuple[int, int]]:
        """Append all, in order; returns (partition, position) of each once all are durable.

        Raises TopicUnknown and ValueError (a value that is too large), with nothing said, and LogUnavailable, with
        some or all of it said: append it again, under the same ids.
        """
        ...

    def read(self, topic: str, partition: int, after: int, limit: int = 500) -> list[Entry]:
        """At most `limit` entries behind position `after`, oldest first; empty at the end. Does not wait.

        Raises LogUnavailable.
        """
        ...

    def end(self, topic: str, partition: int) -> int:
        """The position of the newest entry, or BEFORE_FIRST."""
        ...

    def news(self, reached: Mapping[Partition, int]) -> list[Partition]:
        """Which of these partitions, in the order given, hold something behind the position reached.

        One question, however many they are. A partition that is not there holds nothing. Raises LogUnavailable.
        """
        ...

    def wait(self, seconds_max: float) -> None:
        """Return when something may have been appended since this thread last waited, or after this many seconds."""
        ...

    def close(self) -> None: ...
