"""The relay says what the store has decided, in order, and loses nothing whenever it is interrupted."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Notification

from services.kernel.following import settle
from services.kernel.log import BEFORE_FIRST, Entry, Log, LogUnavailable, Record
from services.kernel.log.opening import open_log
from services.kernel.relay import NotificationRelay, OutboxRelay
from services.kernel.store import Store, outbox
from services.kernel.store.application import StoredApplication
from services.kernel.store.opening import open_store

REPORTS = "hub.reports"
RULES = "hub.rules"


class Accord(Aggregate):
    TOPIC = "test.accord"

    @event("Created", topic="test.accord.drafted")
    def __init__(self, title: str) -> None:
        self.title = title

    @event("Noted", topic="test.accord.noted")
    def note(self, about: str) -> None:
        self.about = about

    @event("Suspended", topic="test.accord.suspended")
    def suspend(self) -> None:
        self.suspended = True


class Accords(StoredApplication):
    pass


class FailingLog:
    """A log that fails before, or after, it has taken what was said."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.before: BaseException | None = None
        self.after: BaseException | None = None

    def append(self, records: Sequence[Record]) -> list[tuple[int, int]]:
        if self.before:
            raise self.before
        places = self._log.append(records)
        if self.after:
            raise self.after
        return places

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


class Killed(BaseException):
    """The process is gone: nothing may depend on what would come next."""


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    opened = open_log(f"sqlite:///{tmp_path}")
    opened.create(REPORTS, 4)
    opened.create(RULES, 1)
    yield opened
    opened.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}", "sharing")
    yield opened
    opened.close()


def said(number: int, key: str = "s-one", topic: str = REPORTS) -> Record:
    return Record(topic, key, f"event-{number}", b"{}")


def put(store: Store, records: Sequence[Record]) -> None:
    with store.transaction() as session:
        outbox.put(session, records)


def on(log: Log, topic: str) -> list[Entry]:
    return [entry for partition in range(log.partitions(topic)) for entry in log.read(topic, partition, BEFORE_FIRST)]


def translate(notification: Notification, recorded: Any) -> list[Record]:
    if notification.topic == "test.accord.noted":
        return []
    name = notification.topic.removeprefix("test.accord.")
    return [Record(RULES, "rules", f"{name}-{recorded.originator_id}", f'{{"number": {notification.id}}}'.encode())]


def identity(accord: Accord) -> UUID:
    assert isinstance(accord.id, UUID)
    return accord.id


def test_what_is_in_the_outbox_is_said_in_order_and_once(store: Store, log: Log) -> None:
    relay = OutboxRelay(store, log, "relay of reports", batch=7)
    put(store, [said(number, key=f"s-{number % 3}") for number in range(20)])
    waiting = relay.pending()

    settle([relay])

    entries = on(log, REPORTS)
    assert (waiting, relay.pending()) == (20, 0)
    assert sorted(entry.id for entry in entries) == sorted(f"event-{number}" for number in range(20))
    for key in range(3):
        of_key = [entry.id for entry in entries if entry.key == f"s-{key}"]
        assert of_key == [f"event-{number}" for number in range(key, 20, 3)]


def test_a_relay_with_nothing_to_say_does_nothing(store: Store, log: Log) -> None:
    assert OutboxRelay(store, log, "relay of reports").step() == 0
    assert on(log, REPORTS) == []


def test_a_crash_between_saying_and_marking_repeats_ids_and_loses_nothing(store: Store, log: Log) -> None:
    failing = FailingLog(log)
    put(store, [said(number) for number in range(3)])
    failing.after = Killed()
    with pytest.raises(Killed):
        OutboxRelay(store, failing, "relay of reports").step()
    put(store, [said(3)])

    settle([OutboxRelay(store, log, "relay of reports")])

    ids = [entry.id for entry in on(log, REPORTS)]
    assert ids == ["event-0", "event-1", "event-2", "event-0", "event-1", "event-2", "event-3"]


def test_what_could_not_be_said_waits_until_the_log_is_there_again(store: Store, log: Log) -> None:
    failing = FailingLog(log)
    relay = OutboxRelay(store, failing, "relay of reports")
    put(store, [said(0)])
    failing.before = LogUnavailable()
    with pytest.raises(LogUnavailable):
        relay.step()
    put(store, [said(1)])
    waiting = relay.pending()

    failing.before = None
    settle([relay])

    assert waiting == 2
    assert [entry.id for entry in on(log, REPORTS)] == ["event-0", "event-1"]


def test_what_an_application_recorded_is_said_in_the_order_it_was_recorded(store: Store, log: Log) -> None:
    accords = Accords(store)
    relay = NotificationRelay(accords, store, log, translate, "relay of rules", batch=2)
    first, second = Accord("A1"), Accord("A2")
    accords.save(first)
    accords.save(second)
    first.note("nothing to tell anybody")
    first.suspend()
    accords.save(first)
    waiting = relay.pending()

    settle([relay])
    second.suspend()
    accords.save(second)
    settle([relay])

    assert (waiting, relay.pending()) == (4, 0)
    assert [entry.id for entry in on(log, RULES)] == [
        f"drafted-{identity(first)}",
        f"drafted-{identity(second)}",
        f"suspended-{identity(first)}",
        f"suspended-{identity(second)}",
    ]


def test_what_is_not_for_the_public_is_passed_over_for_good(store: Store, log: Log) -> None:
    accords = Accords(store)
    relay = NotificationRelay(accords, store, log, translate, "relay of rules")
    accord = Accord("A1")
    accords.save(accord)
    settle([relay])
    accord.note("nothing to tell anybody")
    accords.save(accord)

    settle([relay])

    assert (relay.pending(), len(on(log, RULES))) == (0, 1)


def test_a_relay_of_an_application_repeats_ids_after_a_crash_and_goes_on(store: Store, log: Log) -> None:
    accords = Accords(store)
    failing = FailingLog(log)
    accord = Accord("A1")
    accords.save(accord)
    failing.after = Killed()
    with pytest.raises(Killed):
        NotificationRelay(accords, store, failing, translate, "relay of rules").step()
    accord.suspend()
    accords.save(accord)

    settle([NotificationRelay(accords, store, log, translate, "relay of rules")])

    drafted, suspended = f"drafted-{identity(accord)}", f"suspended-{identity(accord)}"
    assert [entry.id for entry in on(log, RULES)] == [drafted, drafted, suspended]


def test_what_was_rolled_back_is_never_said(store: Store, log: Log) -> None:
    accords = Accords(store)

    def save_and_fail() -> None:
        with store.transaction() as session:
            accords.save(Accord("A1"))
            outbox.put(session, [said(1)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        save_and_fail()
    settle([OutboxRelay(store, log, "of reports"), NotificationRelay(accords, store, log, translate, "of rules")])

    assert on(log, REPORTS) == on(log, RULES) == []
