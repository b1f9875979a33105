"""What is Kafka's own: topics that keep everything, and a broker that goes and comes back."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from deploy.local.kafka import kafka
from deploy.local.process import free_port
from services.kernel.log import BEFORE_FIRST, Entry, Log, LogUnavailable, Record
from services.kernel.log.kafka import KafkaLog
from services.kernel.log.kafka_reading import KafkaReading
from services.kernel.log.kafka_topics import TopicUnsafe
from services.kernel.log.opening import open_log

pytestmark = pytest.mark.real
RULES = "hub.rules"


@pytest.fixture
def prefix() -> str:
    return f"kafka-{uuid.uuid4().hex[:12]}."


@pytest.fixture
def log(kafka_address: str, prefix: str) -> Iterator[Log]:
    opened = open_log(f"kafka://{kafka_address}?prefix={prefix}")
    yield opened
    opened.close()


@pytest.fixture
def admin(kafka_address: str) -> Iterator[KafkaAdminClient]:
    client = KafkaAdminClient(bootstrap_servers=kafka_address)
    yield client
    client.close()


def said(number: int) -> Record:
    return Record(RULES, "rules", f"event-{number}", b"{}")


def everything(log: Log) -> list[Entry]:
    return log.read(RULES, 0, BEFORE_FIRST)


def test_a_topic_is_made_so_that_nothing_is_dropped(log: Log, admin: KafkaAdminClient, prefix: str) -> None:
    log.create("hub.reports", 3)

    topic = f"{prefix}hub.reports"
    settings = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)], config_filter="all")
    found = {name: setting["value"] for name, setting in settings["topic"][topic].items()}
    assert (found["retention.ms"], found["retention.bytes"], found["cleanup.policy"]) == ("-1", "-1", "delete")
    assert log.partitions("hub.reports") == 3


@pytest.mark.parametrize(
    ("setting", "value"),
    [("retention.ms", "604800000"), ("retention.bytes", "1073741824"), ("cleanup.policy", "compact")],
)
def test_a_topic_that_would_drop_what_was_said_is_refused(
    log: Log, admin: KafkaAdminClient, prefix: str, setting: str, value: str
) -> None:
    settings = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete", setting: value}
    admin.create_topics({f"{prefix}{RULES}": {"num_partitions": 1, "replication_factor": 1, "configs": settings}})

    with pytest.raises(TopicUnsafe, match=f"{setting}={value}"):
        log.create(RULES, 1)
    with pytest.raises(TopicUnsafe, match=f"{setting}={value}"):
        log.append([said(1)])
    with pytest.raises(TopicUnsafe, match=f"{setting}={value}"):
        log.read(RULES, 0, BEFORE_FIRST)


def test_a_record_says_what_it_is_to_any_reader_of_kafka(log: Log, kafka_address: str, prefix: str) -> None:
    log.create(RULES, 1)
    log.append([said(1)])
    consumer = KafkaConsumer(bootstrap_servers=kafka_address, group_id=None)
    place = TopicPartition(f"{prefix}{RULES}", 0)
    consumer.assign([place])
    consumer.seek(place, 0)

    (record,) = consumer.poll(timeout_ms=10_000)[place]

    consumer.close()
    assert record.key == b"rules"
    assert dict(record.headers) == {
        "ce_id": b"event-1",
        "content-type": b"application/cloudevents+json; charset=utf-8",
    }


def test_hubs_with_different_prefixes_share_a_broker_and_nothing_else(log: Log, kafka_address: str) -> None:
    other = open_log(f"kafka://{kafka_address}?prefix=kafka-{uuid.uuid4().hex[:12]}.")
    log.create(RULES, 1)
    other.create(RULES, 2)

    log.append([said(1)])

    assert (log.partitions(RULES), other.partitions(RULES)) == (1, 2)
    assert other.end(RULES, 0) == BEFORE_FIRST
    other.close()


def test_a_partition_that_the_topic_does_not_have_is_empty(log: Log) -> None:
    log.create(RULES, 1)

    assert log.end(RULES, 5) == BEFORE_FIRST
    assert log.read(RULES, 5, BEFORE_FIRST) == []


def counted(monkeypatch: pytest.MonkeyPatch, question: str) -> list[str]:
    """Grows with each of these questions that is put to the broker."""
    asked: list[str] = []
    real: Callable[..., Any] = getattr(KafkaReading, question)

    def ask(*words: Any) -> Any:
        asked.append(question)
        return real(*words)

    monkeypatch.setattr(KafkaReading, question, ask)
    return asked


def test_what_is_new_in_several_partitions_is_brought_together(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    log.create("hub.reports", 3)
    log.append([Record("hub.reports", "s-one", f"event-{number}", b"{}", number % 3) for number in range(6)])
    fetched = counted(monkeypatch, "fetch")

    news = log.news({("hub.reports", partition): BEFORE_FIRST for partition in range(3)})
    found = [[entry.id for entry in log.read(*place, BEFORE_FIRST)] for place in news]

    assert found == [["event-0", "event-3"], ["event-1", "event-4"], ["event-2", "event-5"]]
    assert len(fetched) == 1


def test_a_thread_that_waits_asks_for_all_at_most_once_in_a_moment(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    log.create(RULES, 1)
    reached = {(RULES, 0): BEFORE_FIRST}
    log.news(reached)
    asked = counted(monkeypatch, "ends")

    log.news(reached)
    log.news(reached)
    assert len(asked) == 2  # it never waited, so that nobody would tell it

    log.wait(0.01)
    del asked[:]
    until = time.monotonic() + 0.5
    while time.monotonic() < until:
        assert log.news(reached) == []
    assert 1 <= len(asked) <= 10


def test_a_thread_that_waits_soon_hears_of_what_another_process_appended(
    log: Log, kafka_address: str, prefix: str
) -> None:
    log.create(RULES, 1)
    log.wait(0.01)
    assert log.news({(RULES, 0): BEFORE_FIRST}) == []
    other = open_log(f"kafka://{kafka_address}?prefix={prefix}")

    other.append([said(1)])
    other.close()

    until = time.monotonic() + 1
    while not log.news({(RULES, 0): BEFORE_FIRST}):
        assert time.monotonic() < until
    assert [entry.id for entry in everything(log)] == ["event-1"]


class Broker:
    """A broker that can be stopped, and started again with all it had."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._running: AbstractContextManager[str] | None = None

    def start(self) -> str:
        self._running = kafka(self._folder, self._port)
        return self._running.__enter__()

    def stop(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.__exit__(None, None, None)


@pytest.fixture
def broker(kafka_address: str, tmp_path: Path) -> Iterator[Broker]:
    """A broker of the test's own; the shared one is asked for so that a missing part is told in one way."""
    own = Broker(tmp_path)
    yield own
    own.stop()


def seconds_until_unavailable(log: Log) -> float:
    started = time.monotonic()
    with pytest.raises(LogUnavailable):
        log.append([said(99)])
    return time.monotonic() - started


def append_when_it_is_back(log: Log, record: Record) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            log.append([record])
            return
        except LogUnavailable:
            assert time.monotonic() < until


def test_the_log_goes_on_when_its_broker_comes_back(broker: Broker) -> None:
    log = KafkaLog([broker.start()])
    log.create(RULES, 1)
    log.append([said(1)])
    (first,) = everything(log)

    broker.stop()
    waited = seconds_until_unavailable(log)
    with pytest.raises(LogUnavailable):
        log.read(RULES, 0, first.position)
    broker.start()
    append_when_it_is_back(log, said(2))

    assert waited < 30
    ids = [entry.id for entry in everything(log)]
    assert ids[0] == "event-1"
    assert ids[-1] == "event-2"
    assert log.end(RULES, 0) == everything(log)[-1].position
    log.close()


def test_a_log_without_a_broker_opens_and_says_that_it_is_unavailable() -> None:
    log = open_log(f"kafka://127.0.0.1:{free_port()}")

    started = time.monotonic()
    with pytest.raises(LogUnavailable):
        log.create(RULES, 1)
    with pytest.raises(LogUnavailable):
        log.append([said(1)])
    log.wait(0.1)

    assert time.monotonic() - started < 25
    log.close()
