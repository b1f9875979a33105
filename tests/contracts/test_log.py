"""What every log promises, tried on each adapter."""

import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.kernel.log import BEFORE_FIRST, VALUE_BYTES_MAX, Entry, Log, LogUnavailable, Record, TopicUnknown
from services.kernel.log.opening import open_log

ROOT = Path(__file__).parents[2]
REPORTS = "hub.reports"
RULES = "hub.rules"


@pytest.fixture(params=["sqlite", pytest.param("kafka", marks=pytest.mark.real)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}"
    return f"kafka://{request.getfixturevalue('kafka_address')}?prefix=log-{uuid.uuid4().hex[:12]}."


@pytest.fixture
def log(address: str) -> Iterator[Log]:
    opened = open_log(address)
    opened.create(REPORTS, 4)
    opened.create(RULES, 1)
    yield opened
    opened.close()


def said(number: int, key: str = "s-one", topic: str = RULES) -> Record:
    return Record(topic, key, f"event-{number}", b'{"number": %d}' % number)


def everything(log: Log, topic: str = RULES, limit: int = 500) -> list[Entry]:
    entries: list[Entry] = []
    for partition in range(log.partitions(topic)):
        after = BEFORE_FIRST
        while batch := log.read(topic, partition, after, limit):
            entries += batch
            after = batch[-1].position
    return entries


def test_what_was_appended_is_read_as_it_was_said(log: Log) -> None:
    record = Record(RULES, "s-ключ", "event-ё", bytes(range(256)))

    (place,) = log.append([record])

    assert everything(log) == [Entry(RULES, *place, record.key, record.id, record.value)]


def test_an_append_answers_with_the_place_of_each_record(log: Log) -> None:
    records = [said(number, key=f"s-{number % 5}", topic=REPORTS) for number in range(40)]

    places = log.append(records)

    by_place = {(entry.partition, entry.position): entry.id for entry in everything(log, REPORTS)}
    assert [by_place[place] for place in places] == [record.id for record in records]


def test_one_append_may_speak_on_several_topics(log: Log) -> None:
    log.append([said(1, topic=RULES), said(2, topic=REPORTS)])

    assert [entry.id for entry in everything(log, RULES)] == ["event-1"]
    assert [entry.id for entry in everything(log, REPORTS)] == ["event-2"]


def test_an_empty_append_says_nothing(log: Log) -> None:
    assert log.append([]) == []
    assert log.end(RULES, 0) == BEFORE_FIRST


def test_a_record_that_no_log_could_take_is_refused_and_nothing_is_said(log: Log) -> None:
    with pytest.raises(ValueError, match="say it in parts"):
        log.append([said(1), Record(RULES, "s-one", "event-2", bytes(VALUE_BYTES_MAX + 1))])
    assert everything(log) == []

    largest = [Record(RULES, "s-one", f"event-{number}", bytes(VALUE_BYTES_MAX)) for number in range(3)]
    log.append(largest)
    assert [(entry.id, len(entry.value)) for entry in everything(log)] == [
        (record.id, VALUE_BYTES_MAX) for record in largest
    ]


def test_records_of_one_key_keep_their_order_in_one_partition(log: Log) -> None:
    for start in range(0, 60, 20):
        log.append([said(number, key=f"s-{number % 3}", topic=REPORTS) for number in range(start, start + 20)])

    entries = everything(log, REPORTS)
    for key in ("s-0", "s-1", "s-2"):
        of_key = [entry for entry in entries if entry.key == key]
        assert [int(entry.id.removeprefix("event-")) for entry in of_key] == list(range(int(key[2:]), 60, 3))
        assert len({entry.partition for entry in of_key}) == 1


def test_a_key_has_the_same_partition_on_every_log(log: Log) -> None:
    places = log.append([said(number, key=key, topic=REPORTS) for number, key in enumerate(["s-d", "s-e", "s-f", ""])])

    assert [partition for partition, _ in places] == [0, 1, 2, 0]  # sha256sum | cut -c1-16, modulo 4


def test_positions_grow_from_the_first_and_end_at_the_newest(log: Log) -> None:
    before = log.end(RULES, 0)

    places = log.append([said(number) for number in range(3)])

    assert before == BEFORE_FIRST
    assert places[0][1] >= 0
    assert [position for _, position in places] == sorted({position for _, position in places})
    assert log.end(RULES, 0) == places[-1][1]


def test_a_reader_goes_on_behind_the_position_it_had(log: Log) -> None:
    places = log.append([said(number) for number in range(7)])

    first = log.read(RULES, 0, BEFORE_FIRST, limit=3)
    then = log.read(RULES, 0, first[-1].position, limit=3)
    again = log.read(RULES, 0, places[1][1], limit=2)

    assert [entry.id for entry in first] == ["event-0", "event-1", "event-2"]
    assert [entry.id for entry in then] == ["event-3", "event-4", "event-5"]
    assert [entry.id for entry in again] == ["event-2", "event-3"]


def test_a_reader_at_the_end_is_told_so_at_once_and_then_sees_what_comes(log: Log) -> None:
    log.append([said(0)])
    (first,) = everything(log)

    started = time.monotonic()
    assert log.read(RULES, 0, first.position) == []
    assert log.read(RULES, 0, first.position + 100) == []
    assert time.monotonic() - started < 0.5

    log.append([said(1)])
    assert [entry.id for entry in log.read(RULES, 0, first.position)] == ["event-1"]


def test_reading_far_and_near_by_turns_gives_each_reader_its_own(log: Log) -> None:
    log.append([said(number, key=f"s-{number}", topic=REPORTS) for number in range(300)])
    log.append([said(number) for number in range(300)])

    by_turns: dict[tuple[str, int], list[Entry]] = {}
    while True:
        found = 0
        for place in [(REPORTS, partition) for partition in range(4)] + [(RULES, 0)]:
            had = by_turns.setdefault(place, [])
            had += (batch := log.read(*place, had[-1].position if had else BEFORE_FIRST, limit=7))
            found += len(batch)
        if not found:
            break

    assert {place: entries for place, entries in by_turns.items() if entries} == {
        place: entries
        for place in by_turns
        if (entries := [entry for entry in everything(log, place[0]) if entry.partition == place[1]])
    }
    assert sum(map(len, by_turns.values())) == 600


def test_creating_a_topic_again_changes_nothing(log: Log) -> None:
    log.append([said(1)])

    log.create(RULES, 1)

    assert (log.partitions(RULES), len(everything(log))) == (1, 1)


def test_a_topic_with_another_number_of_partitions_is_refused(log: Log) -> None:
    with pytest.raises(ValueError, match=r"hub\.reports has 4 partitions, not 3"):
        log.create(REPORTS, 3)


def test_a_topic_that_is_not_there_has_nothing_and_takes_nothing(log: Log) -> None:
    assert log.partitions("hub.nowhere") == 0
    assert log.read("hub.nowhere", 0, BEFORE_FIRST) == []
    assert log.end("hub.nowhere", 0) == BEFORE_FIRST
    with pytest.raises(TopicUnknown):
        log.append([said(1), said(2, topic="hub.nowhere")])
    assert everything(log) == []


def test_a_topic_another_opened_later_is_found(log: Log, address: str) -> None:
    assert log.partitions("hub.disclosures.police") == 0

    with_another = open_log(address)
    with_another.create("hub.disclosures.police", 2)
    with_another.append([said(1, topic="hub.disclosures.police")])
    with_another.close()

    assert [entry.id for entry in everything(log, "hub.disclosures.police")] == ["event-1"]


def test_news_are_the_partitions_that_hold_something_behind_the_position_reached(log: Log, address: str) -> None:
    (old,) = log.append([said(1)])
    first, second = log.append([Record(REPORTS, "s-one", f"event-{n}", b"{}", partition=n) for n in (3, 1)])
    reached = {(REPORTS, 3): BEFORE_FIRST, (REPORTS, 0): BEFORE_FIRST, (REPORTS, 1): second[1], (RULES, 0): old[1]}

    assert log.news(reached) == [(REPORTS, 3)]
    assert log.news({(RULES, 0): old[1], (RULES, 7): BEFORE_FIRST, ("no.such.topic", 0): BEFORE_FIRST}) == []
    assert log.news({}) == []

    other = open_log(address)
    other.append([said(2)])
    other.close()
    assert log.news(reached | {(REPORTS, 3): first[1]}) == [(RULES, 0)]


def test_many_threads_append_and_nothing_is_lost_or_out_of_order(log: Log) -> None:
    def append(name: int) -> None:
        for number in range(20):
            log.append([Record(REPORTS, f"s-{name}", f"{name}-{number}", b"{}")])

    threads = [threading.Thread(target=append, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    entries = everything(log, REPORTS)
    for name in range(8):
        assert [e.id for e in entries if e.key == f"s-{name}"] == [f"{name}-{number}" for number in range(20)]
    assert len({(entry.partition, entry.position) for entry in entries}) == len(entries) == 160


def test_what_was_appended_is_there_when_the_log_is_opened_again(log: Log, address: str) -> None:
    places = log.append([said(number) for number in range(3)])
    log.close()

    again = open_log(address)

    assert [(entry.partition, entry.position) for entry in everything(again)] == places
    assert again.append([said(3)])[0][1] > places[-1][1]
    again.close()


def test_a_closed_log_says_that_it_is_unavailable(log: Log) -> None:
    log.append([said(1)])
    log.close()

    with pytest.raises(LogUnavailable):
        log.append([said(2)])
    with pytest.raises(LogUnavailable):
        log.read(RULES, 0, BEFORE_FIRST)


def test_who_waits_is_woken_by_an_append_of_the_same_process(log: Log) -> None:
    log.append([said(0)])  # whatever has to be connected is connected
    woken: list[float] = []

    def wait() -> None:
        while not log.read(RULES, 0, 0):
            log.wait(10)
        woken.append(time.monotonic())

    waiter = threading.Thread(target=wait)
    waiter.start()
    time.sleep(0.3)
    log.append([said(1)])
    appended = time.monotonic()
    waiter.join(timeout=10)

    assert woken
    assert woken[0] - appended < 0.5


def test_what_was_appended_between_reading_and_waiting_is_not_slept_over(log: Log) -> None:
    log.wait(0)
    log.append([said(0)])

    started = time.monotonic()
    log.wait(5)

    assert time.monotonic() - started < 1


def test_who_waits_is_woken_although_another_thread_has_seen_it_first(log: Log, address: str) -> None:
    other = open_log(address)
    log.append([said(0)])
    other.append([said(1)])

    def wait_twice() -> None:
        log.wait(0.01)
        log.wait(10)

    for number in range(2, 12):
        log.end(RULES, 0)
        waiter = threading.Thread(target=wait_twice)
        waiter.start()
        time.sleep(0.05)
        other.append([said(number)])
        log.end(RULES, 0)
        waiter.join(2)
        assert not waiter.is_alive()
    other.close()


def test_who_waits_in_vain_comes_back_in_time(log: Log) -> None:
    log.append([said(0)])
    log.wait(0.2)

    started = time.monotonic()
    log.wait(0.2)

    assert 0.15 < time.monotonic() - started < 2


def appending(address: str, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.contracts.appending", address, REPORTS, name]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_a_reader_is_woken_by_what_another_process_appends(log: Log, address: str) -> None:
    partition = log.append([Record(REPORTS, "other", "here", b"{}")])[0][0]
    everything(log, REPORTS)
    other = appending(address, "other")

    try:
        until = time.monotonic() + 30
        while not (seen := log.read(REPORTS, partition, log.read(REPORTS, partition, BEFORE_FIRST)[0].position)):
            assert time.monotonic() < until
            log.wait(10)
    finally:
        other.kill()
        other.communicate()

    assert seen[0].id == "other-0"


def test_a_killed_writer_loses_nothing_that_was_acknowledged(log: Log, address: str) -> None:
    writers = {name: appending(address, name) for name in ("one", "two")}
    acknowledged: dict[str, list[str]] = {name: [] for name in writers}
    for name, writer in writers.items():
        assert writer.stdout is not None
        acknowledged[name] += [writer.stdout.readline().strip() for _ in range(50)]

    for name, writer in writers.items():
        writer.kill()
        rest, _ = writer.communicate()
        acknowledged[name] += rest.split("\n")[:-1]

    entries = everything(log, REPORTS)
    for name in writers:
        on_the_log = [entry.id for entry in entries if entry.key == name]
        assert on_the_log[: len(acknowledged[name])] == acknowledged[name]
        assert len(on_the_log) - len(acknowledged[name]) <= 1


@pytest.mark.parametrize("address", ["file:///somewhere", "sqlite:", "kafka", "sqlite://host/path"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="no log of the kind"):
        open_log(address)
