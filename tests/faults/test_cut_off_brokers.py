"""Three Kafka brokers, of which one is cut off by the network while the hub appends: a follower, then a leader."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from kafka.errors import KafkaError

from services.kernel import topics
from services.kernel.log import BEFORE_FIRST, LogUnavailable, Record
from services.kernel.log.kafka import KafkaLog
from tests.support.broker_network import BrokerNetwork, broker_network, why_not
from tests.support.three_brokers import NODES, ThreeBrokers, three_brokers, until_all

_RECORDS_AT_ONCE = 20


@pytest.fixture
def network() -> Iterator[BrokerNetwork]:
    if reason := why_not():
        pytest.skip(f"NOT TRIED, no broker was cut off from the others: {reason}")
    with broker_network(NODES) as made:
        yield made


class _Appending:
    """Somebody who appends, and says again what was not acknowledged, as a relay does."""

    def __init__(self, log: KafkaLog) -> None:
        self._log, self._stop = log, threading.Event()
        self.acknowledged: list[int] = []
        self._thread = threading.Thread(target=self._append)
        self._thread.start()

    def _append(self) -> None:
        first = 0
        while not self._stop.is_set():
            numbers = range(first, first + _RECORDS_AT_ONCE)
            try:
                self._log.append([Record(topics.REPORTS, "key", str(number), b"{}") for number in numbers])
            except LogUnavailable:
                continue
            self.acknowledged.extend(numbers)
            first += _RECORDS_AT_ONCE

    def await_more(self) -> None:
        """Return when something more was acknowledged than had been. Raises AssertionError."""
        before = len(self.acknowledged)
        until_all(lambda: len(self.acknowledged) > before + _RECORDS_AT_ONCE)

    def end(self) -> None:
        self._stop.set()
        self._thread.join()


@pytest.mark.real
def test_who_is_cut_off_costs_nothing_that_was_acknowledged(tmp_path: Path, network: BrokerNetwork) -> None:
    with three_brokers(tmp_path, network) as brokers:
        log = KafkaLog(brokers.addresses)
        until_all(lambda: _is_made(log))
        appending = _Appending(log)
        appending.await_more()

        # given a follower that nobody hears any more
        until_all(lambda: _leader(brokers) is not None)
        leader = _leader(brokers)
        assert leader is not None
        follower = next(node for node in NODES if node != leader)
        network.cut(follower)

        # then the others acknowledge without it, and it is not counted on
        until_all(lambda: follower not in _in_sync(brokers, default=NODES))
        appending.await_more()

        # when it is heard again, then it catches up
        network.join(follower)
        until_all(lambda: follower in _in_sync(brokers))

        # when the leader is cut off, then another takes its place
        network.cut(leader)
        until_all(lambda: _leader(brokers) not in (leader, None))
        appending.await_more()
        network.join(leader)
        until_all(lambda: _in_sync(brokers) == set(NODES))
        appending.end()
        log.close()

        # and a reader finds what was acknowledged, in order; what it knows already it leaves out
        reader = KafkaLog(brokers.addresses)
        known = list(dict.fromkeys(_read_all(reader)))
        reader.close()
        assert len(appending.acknowledged) > 5 * _RECORDS_AT_ONCE
        assert known[: len(appending.acknowledged)] == appending.acknowledged


def _is_made(log: KafkaLog) -> bool:
    try:
        log.create(topics.REPORTS, 1)
    except LogUnavailable:  # not all of them know of it yet
        return False
    return True


def _leader(brokers: ThreeBrokers) -> int | None:
    """None while nobody answers, as when they choose."""
    with suppress(KafkaError):
        return brokers.leader_of(topics.REPORTS, 0)
    return None


def _in_sync(brokers: ThreeBrokers, default: Sequence[int] = ()) -> set[int]:
    with suppress(KafkaError):
        return brokers.in_sync(topics.REPORTS, 0)
    return set(default)


def _read_all(log: KafkaLog) -> list[int]:
    found, after = list[int](), BEFORE_FIRST
    while entries := log.read(topics.REPORTS, 0, after):
        found += [int(entry.id) for entry in entries]
        after = entries[-1].position
    return found
