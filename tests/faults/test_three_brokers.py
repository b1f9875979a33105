"""Three Kafka brokers, of which one is killed while the hub appends: what was acknowledged is there, once, in order."""

import threading
import time
from pathlib import Path

import pytest
from kafka import KafkaProducer

from services.kernel import topics
from services.kernel.log import BEFORE_FIRST, LogUnavailable, Record
from services.kernel.log.kafka import KafkaLog
from tests.support.three_brokers import three_brokers

_RECORDS_AT_ONCE = 20


@pytest.mark.real
def test_when_the_leader_is_killed_what_was_acknowledged_stays_once_and_in_order(tmp_path: Path) -> None:
    with three_brokers(tmp_path) as brokers:
        log = KafkaLog(brokers.addresses)
        log.create(topics.REPORTS, 1)
        # given somebody who appends, and says again what was not acknowledged, as a relay does
        acknowledged: list[int] = []
        stop = threading.Event()

        def append() -> None:
            batch = 0
            while not stop.is_set():
                records = [
                    Record(topics.REPORTS, "key", f"{batch * _RECORDS_AT_ONCE + n}", b"{}")
                    for n in range(_RECORDS_AT_ONCE)
                ]
                try:
                    log.append(records)
                except LogUnavailable:
                    continue
                acknowledged.extend(int(record.id) for record in records)
                batch += 1

        appending = threading.Thread(target=append)
        appending.start()
        # when the broker that takes them is killed, and then the one that took its place
        began = time.monotonic()
        for _ in range(2):
            time.sleep(1)
            leader = brokers.leader_of(topics.REPORTS, 0)
            before = len(acknowledged)
            brokers.kill(leader)
            _await_more(acknowledged, before)
            brokers.start(leader)
        stop.set()
        appending.join()
        assert time.monotonic() - began < 120

        # then a reader that leaves out what it knows finds each, in the order in which they were appended
        reader = KafkaLog(brokers.addresses)
        found = _read_all(reader)
        known = list(dict.fromkeys(found))
        assert known[: len(acknowledged)] == acknowledged
        assert len(known) - len(acknowledged) <= _RECORDS_AT_ONCE
        reader.close()
        log.close()


@pytest.mark.real
def test_with_one_broker_left_nothing_is_acknowledged_until_another_is_back(tmp_path: Path) -> None:
    with three_brokers(tmp_path) as brokers:
        log = KafkaLog(brokers.addresses)
        log.create(topics.REPORTS, 1)
        log.append([Record(topics.REPORTS, "key", "0", b"{}")])
        log.create(topics.RULES, 6)

        # given that two of three are gone
        leader = brokers.leader_of(topics.REPORTS, 0)
        others = [node for node in (1, 2, 3) if node != leader]
        led = next(one for one in range(6) if brokers.leader_of(topics.RULES, one) == leader)
        for node in others:
            brokers.kill(node)

        # then an append is not acknowledged, for a single copy is none
        with pytest.raises(LogUnavailable):
            log.append([Record(topics.REPORTS, "key", "1", b"{}")])
        # while a producer that does not ask for copies would be told that all is well
        careless = KafkaProducer(bootstrap_servers=brokers.addresses, acks=1, enable_idempotence=False)
        assert careless.send(topics.RULES, b"{}", partition=led).get(timeout=30).offset == 0
        careless.close()

        # and when one is back, it is
        brokers.start(others[0])
        _append_when_it_is_back(log, Record(topics.REPORTS, "key", "1", b"{}"))
        assert list(dict.fromkeys(_read_all(log))) == [0, 1]
        log.close()


def _await_more(acknowledged: list[int], before: int) -> None:
    until = time.monotonic() + 60
    while len(acknowledged) <= before + _RECORDS_AT_ONCE:
        assert time.monotonic() < until, "nobody took the leader's place"
        time.sleep(0.05)


def _append_when_it_is_back(log: KafkaLog, record: Record) -> None:
    until = time.monotonic() + 90
    while True:
        try:
            log.append([record])
            return
        except LogUnavailable:
            assert time.monotonic() < until, "the log did not come back"


def _read_all(log: KafkaLog) -> list[int]:
    found: list[int] = []
    after = BEFORE_FIRST
    while entries := log.read(topics.REPORTS, 0, after):
        found += [int(entry.id) for entry in entries]
        after = entries[-1].position
    return found
