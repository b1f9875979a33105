"""What Kafka brought besides what was asked for, kept for whoever goes on from there.

A report is disclosed in a dozen partitions, a record in each: each brought alone costs a way to the broker and back.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from kafka import TopicPartition

from services.kernel.log import Entry

_KEPT_MAX = 64
_TOGETHER_MAX = 32
_FEW = 100
"""A partition that holds more than so many new records is worth a way of its own, and would fill the memory."""


class _Thread(threading.local):
    """What a thread was told is new, and has not read yet."""

    def __init__(self) -> None:
        self.news: dict[TopicPartition, int] = {}


class KafkaAhead:
    """Entries by the partition and position that they come behind, as many as are likely to be asked for."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._kept: OrderedDict[tuple[TopicPartition, int], Sequence[Entry]] = OrderedDict()
        self._this_thread = _Thread()

    def take(self, place: TopicPartition, after: int) -> Sequence[Entry]:
        """What was kept of this partition behind this position, which is kept no longer."""
        with self._turn:
            return self._kept.pop((place, after), [])

    def keep(self, place: TopicPartition, after: int, entries: Sequence[Entry]) -> None:
        """Keep these, and forget what was kept longest where it gets too much."""
        if entries:
            with self._turn:
                self._kept[place, after] = entries
                while len(self._kept) > _KEPT_MAX:
                    self._kept.popitem(last=False)

    def expect(self, reached: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]) -> None:
        """This thread is told that these partitions, which it has read so far, reach further: it will read on."""
        few = {place: after for place, after in reached.items() if ends[place] - 1 - after <= _FEW}
        self._this_thread.news = dict(list(few.items())[:_TOGETHER_MAX])

    def expected(self, place: TopicPartition, after: int) -> dict[TopicPartition, int]:
        """What to ask for together with this: the partitions that this thread goes on with, and behind which position.

        Expected once, so that what cannot be had is not asked for again and again.
        """
        news, self._this_thread.news = self._this_thread.news, {}
        return {place: after} if place not in news else news | {place: after}
