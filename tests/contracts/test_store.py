"""What every store promises, tried on each adapter."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import IntegrityError
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, func, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.kernel.log import BEFORE_FIRST, VALUE_BYTES_MAX, Record
from services.kernel.store import Store, StoreUnavailable, TransactionSpansStores, outbox
from services.kernel.store.application import StoredApplication, UnnamedEvent
from services.kernel.store.each import run_for_each
from services.kernel.store.gathered import gathered
from services.kernel.store.opening import open_store
from services.kernel.store.positions import position_of, positions_of, remember
from services.kernel.store.rows import Rows
from services.kernel.store.sql import SqlStore

metadata = MetaData()
homes = Table("homes", metadata, Column("name", String(50), primary_key=True))
children = Table(
    "children",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("home", ForeignKey("homes.name", deferrable=True, initially="DEFERRED"), nullable=False, index=True),
)
pets = Table(
    "pets", metadata, Column("home", String(50), primary_key=True), Column("name", String(50), primary_key=True)
)


class Pledge(Aggregate):
    TOPIC = "test.pledge"

    @event("Created", topic="test.pledge.made")
    def __init__(self, home: str) -> None:
        self.home = home
        self.kept = 0

    @event("Kept", topic="test.pledge.kept")
    def keep(self) -> None:
        self.kept += 1


class Unnamed(Aggregate):
    pass


class Pledges(StoredApplication):
    pass


class Promises(StoredApplication):
    pass


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.real)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}"
    return str(request.getfixturevalue("postgres_database"))


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    opened = open_store(address, "intake")
    opened.create_tables(metadata)
    yield opened
    opened.close()


class _Interrupted(Exception):
    pass


@contextmanager
def interrupted(store: Store) -> Iterator[Session]:
    """A transaction in which the last thing fails."""
    with suppress(_Interrupted), store.transaction() as session:
        yield session
        raise _Interrupted


def home_names(store: Store) -> set[str]:
    with store.reading() as session:
        return set(session.execute(select(homes.c.name)).scalars())


def test_what_a_transaction_wrote_is_there_when_the_store_is_opened_again(store: Store, address: str) -> None:
    with store.transaction() as session:
        session.execute(insert(homes).values(name="House B"))
    store.close()

    again = open_store(address, "intake")

    assert home_names(again) == {"House B"}
    again.close()


def test_a_transaction_that_fails_leaves_nothing_behind(store: Store) -> None:
    def write_in_the_rain() -> None:
        with store.transaction() as session:
            session.execute(insert(homes).values(name="House B"))
            raise RuntimeError("it rained")

    with pytest.raises(RuntimeError, match="it rained"):
        write_in_the_rain()

    assert home_names(store) == set()


def test_a_transaction_inside_another_is_part_of_it(store: Store) -> None:
    with interrupted(store):
        with store.transaction() as session:
            session.execute(insert(homes).values(name="House B"))
        with store.reading() as session:
            assert session.execute(select(homes.c.name)).scalars().all() == ["House B"]

    assert home_names(store) == set()


def test_a_commit_that_fails_is_raised(store: Store) -> None:
    with pytest.raises(IntegrityError), store.transaction() as session:
        session.execute(insert(children).values(number=1, home="House nowhere"))

    with store.reading() as session:
        assert session.execute(select(func.count()).select_from(children)).scalar() == 0
    with store.transaction() as session:  # and the store goes on
        session.execute(insert(homes).values(name="House B"))
    assert home_names(store) == {"House B"}


def test_an_error_of_the_driver_at_commit_is_never_swallowed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """eventsourcing-sqlalchemy lets some failures pass while it holds its lock; the disk is full in this test."""
    assert isinstance(store, SqlStore)
    engine = store._writing
    dialect = engine.dialect

    def full(_: object) -> None:
        raise dialect.loaded_dbapi.OperationalError("database or disk is full")

    monkeypatch.setattr(dialect, "do_commit", full)
    with pytest.raises(StoreUnavailable), store.transaction() as session:
        session.execute(insert(homes).values(name="House B"))
    monkeypatch.undo()

    assert home_names(store) == set()


def test_a_lost_connection_makes_the_store_unavailable_and_then_available_again(store: Store) -> None:
    def write_while_the_connection_is_cut() -> None:
        with store.transaction() as session:
            session.execute(insert(homes).values(name="House B"))
            driver = session.connection().connection.dbapi_connection
            assert driver is not None
            driver.close()
            session.execute(insert(homes).values(name="House C"))

    with pytest.raises(StoreUnavailable):
        write_while_the_connection_is_cut()

    _write_a_home(store, "House D")
    assert home_names(store) == {"House D"}


def test_a_mistake_in_a_statement_is_not_called_unavailability(store: Store) -> None:
    with pytest.raises(DBAPIError, match="nothing_of_the_kind"), store.transaction() as session:
        session.execute(text("SELECT 1 FROM nothing_of_the_kind"))


def test_an_error_does_not_tell_what_was_to_be_written(store: Store) -> None:
    with store.transaction() as session:
        session.execute(insert(homes).values(name="House B"))

    with pytest.raises(IntegrityError) as refused, store.transaction() as session:
        session.execute(insert(homes).values(name="House B"))

    assert "House B" not in str(refused.value)


def test_a_reading_writes_nothing(store: Store) -> None:
    with pytest.raises((DBAPIError, StoreUnavailable)), store.reading() as session:
        session.execute(insert(homes).values(name="House B"))
    with pytest.raises(RuntimeError, match="in a reading"), store.reading(), store.transaction():
        pass

    assert home_names(store) == set()


def test_a_reading_is_one_view_whatever_is_written_meanwhile(store: Store) -> None:
    with store.reading() as session:
        session.execute(select(homes.c.name)).all()
        writer = threading.Thread(target=_write_a_home, args=(store, "House B"))
        writer.start()
        writer.join(timeout=20)
        seen = session.execute(select(homes.c.name)).scalars().all()

    assert seen == []
    assert home_names(store) == {"House B"}


def _write_a_home(store: Store, name: str) -> None:
    with store.transaction() as session:
        session.execute(insert(homes).values(name=name))


def test_a_transaction_never_spans_two_stores(store: Store, address: str) -> None:
    other = open_store(address, "sharing")
    other.create_tables(metadata)
    pledges = Pledges(other)

    with pytest.raises(TransactionSpansStores, match=r"'intake'.*'sharing'"), store.transaction(), other.transaction():
        pass
    with pytest.raises(TransactionSpansStores), store.reading(), other.reading():
        pass
    with interrupted(store) as session:
        session.execute(insert(homes).values(name="House B"))
        with pytest.raises(TransactionSpansStores):
            pledges.save(Pledge("House B"))

    assert home_names(store) == home_names(other) == set()
    with other.transaction() as session:
        session.execute(insert(homes).values(name="House B"))
    assert (home_names(store), home_names(other)) == (set(), {"House B"})
    other.close()


def test_two_threads_write_at_once_and_each_has_a_transaction_of_its_own(store: Store) -> None:
    def write(name: str) -> None:
        for number in range(10):
            _write_a_home(store, f"{name}{number}")

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(home_names(store)) == 40


def test_two_processes_of_a_service_write_one_after_the_other(store: Store, address: str) -> None:
    another = open_store(address, "intake")
    entered, order = threading.Event(), []

    def write_second() -> None:
        entered.wait()
        with another.transaction():
            order.append("second")

    second = threading.Thread(target=write_second)
    second.start()
    with store.transaction():
        entered.set()
        second.join(timeout=0.3)
        order.append("first")
    second.join(timeout=20)

    assert order == ["first", "second"]
    another.close()


def test_an_aggregate_is_kept_and_loaded(store: Store) -> None:
    pledges = Pledges(store)
    pledge = Pledge("House B")
    pledge.keep()
    pledges.save(pledge)

    loaded: Pledge = Pledges(store).repository.get(pledge.id)

    assert (loaded.home, loaded.kept) == ("House B", 1)


def test_aggregates_and_sql_are_saved_together_or_not_at_all(store: Store) -> None:
    pledges = Pledges(store)
    lost, kept = Pledge("House A"), Pledge("House B")

    with interrupted(store) as session:
        session.execute(insert(homes).values(name="House A"))
        pledges.save(lost)
    with store.transaction() as session:
        session.execute(insert(homes).values(name="House B"))
        pledges.save(kept)

    assert home_names(store) == {"House B"}
    assert lost.id not in pledges.repository
    assert kept.id in pledges.repository


def test_two_applications_of_a_store_do_not_see_each_others_aggregates(store: Store) -> None:
    pledges, promises = Pledges(store), Promises(store)
    pledge = Pledge("House B")

    with store.transaction():
        pledges.save(pledge)

    assert pledge.id in pledges.repository
    assert pledge.id not in promises.repository


def test_who_saves_an_aggregate_second_is_refused(store: Store) -> None:
    pledges = Pledges(store)
    pledge = Pledge("House B")
    pledges.save(pledge)
    mine: Pledge = pledges.repository.get(pledge.id)
    yours: Pledge = pledges.repository.get(pledge.id)
    mine.keep()
    yours.keep()
    pledges.save(mine)

    with pytest.raises(IntegrityError):
        pledges.save(yours)


def test_events_are_kept_as_json_under_names_of_the_domain(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIPHER_KEY", "from the process's environment")
    monkeypatch.setenv("COMPRESSOR_TOPIC", "zlib")
    pledges = Pledges(store)
    pledges.save(Pledge("House B"))

    (notification,) = pledges.recorder.select_notifications(0, 10)

    assert notification.topic == "test.pledge.made"
    assert b'"originator_topic":"test.pledge"' in notification.state
    assert b'"home":"House B"' in notification.state
    with pytest.raises(UnnamedEvent, match="give the aggregate class a TOPIC"):
        pledges.save(Unnamed())


def test_the_transaction_of_a_store_is_durable_on_disk(store: Store) -> None:
    with store.transaction() as session:
        if session.get_bind().dialect.name == "sqlite":
            found = {p: session.execute(text(f"PRAGMA {p}")).scalar() for p in ("synchronous", "secure_delete")}
            assert found == {"synchronous": 2, "secure_delete": 1}
        else:
            assert session.execute(text("SHOW synchronous_commit")).scalar() == "on"
            assert session.execute(text("SELECT current_schema()")).scalar() == "intake"


def test_a_followers_positions_are_part_of_the_transaction(store: Store) -> None:
    with store.transaction() as session:
        assert position_of(session, "projection", "hub.reports", 0) == BEFORE_FIRST
        remember(session, "projection", "hub.reports", 0, 0)
        remember(session, "projection", "hub.reports", 1, 7)
        remember(session, "projection", "hub.reports", 0, 4)
        remember(session, "another", "hub.reports", 0, 99)
    with interrupted(store) as session:
        remember(session, "projection", "hub.reports", 0, 5)

    with store.reading() as session:
        assert positions_of(session, "projection") == {("hub.reports", 0): 4, ("hub.reports", 1): 7}
        assert position_of(session, "projection", "hub.reports", 1) == 7
        assert positions_of(session, "nobody") == {}


def test_the_outbox_keeps_the_order_and_is_part_of_the_transaction(store: Store) -> None:
    records = [Record("hub.reports", f"s-{number}", f"event-{number}", bytes([number, 255])) for number in range(5)]
    with store.transaction() as session:
        outbox.put(session, records[:3])
    with interrupted(store) as session:
        outbox.put(session, [Record("hub.reports", "s-lost", "lost", b"")])
    with store.transaction() as session:
        outbox.put(session, records[3:])
        outbox.put(session, [])
        with pytest.raises(ValueError, match="say it in parts"):
            outbox.put(session, [Record("hub.reports", "s-large", "large", bytes(VALUE_BYTES_MAX + 1))])

    with store.transaction() as session:
        assert outbox.pending(session) == 5
        oldest = outbox.oldest(session, 4)
        assert [record for _, record in oldest] == records[:4]
        outbox.strike(session, [number for number, _ in oldest])
    with store.reading() as session:
        assert [record for _, record in outbox.oldest(session, 10)] == records[4:]


def test_a_number_of_the_outbox_is_never_used_again(store: Store) -> None:
    record = Record("hub.rules", "k", "event-1", b"{}")
    numbers = []
    for _ in range(3):
        with store.transaction() as session:
            outbox.put(session, [record])
            ((number, _record),) = outbox.oldest(session, 10)
            outbox.strike(session, [number])
            numbers.append(number)

    assert numbers == sorted(set(numbers))


def test_many_rows_can_be_gathered_in_one_text(store: Store) -> None:
    store.create_tables(metadata)
    with store.transaction() as session:
        session.execute(insert(homes), [{"name": name} for name in ("Braeside", "House B", "")])
        session.execute(insert(children), [{"number": n, "home": "House B"} for n in (1, 2)])
    with store.reading() as session:
        joined = select(homes.c.name, children.c.number).outerjoin(children).where(homes.c.name != "")
        found = gathered(session, joined)
        empty = gathered(session, select(homes.c.name).where(homes.c.name == ""))
        none = gathered(session, select(homes.c.name).where(homes.c.name == "nobody's"))

    assert sorted(found) == [("Braeside", ""), ("House B", "1"), ("House B", "2")]
    assert empty == [("",)]
    assert none == []


def test_rows_are_looked_up_changed_and_kept_together(store: Store) -> None:
    young = [{"number": n, "home": home} for n, home in enumerate(["House B", "House B", "Braeside"])]
    with store.transaction() as session:
        session.execute(insert(homes), [{"name": "House B"}, {"name": "Braeside"}])
        rows = Rows(session, children, ["home"])
        for child in young:
            rows.put(child)
        rows.keep()
    with store.transaction() as session:
        rows = Rows(session, children, ["home"])
        rows.look_up([("House B",), ("Braeside",), ("nobody's",)])
        rows.remove(young[0])
        rows.remove(young[2])
        rows.put({"number": 2, "home": "House B"})
        rows.keep()

        found = session.execute(select(children.c.number, children.c.home).order_by(children.c.number)).tuples().all()
        assert found == [(1, "House B"), (2, "House B")]
        assert [row["number"] for row in rows.having("House B")] == [1, 2]


def test_what_another_table_has_none_of_is_not_looked_for(store: Store) -> None:
    with store.transaction() as session:
        session.execute(insert(pets), [{"home": name, "name": "Rex"} for name in ("House B", "Braeside")])
        session.execute(insert(homes), [{"name": "House B"}])
        lived_in = Rows(session, homes, ["name"])
        lived_in.look_up([("House B",), ("Braeside",)])
        rows = Rows(session, pets, ["home"])
        rows.look_up([("House B",), ("Braeside",)], only_with=lived_in)

        assert [row["name"] for row in rows.having("House B")] == ["Rex"]
        assert rows.having("Braeside") == []


def test_rows_that_no_index_finds_are_not_looked_for_one_by_one(store: Store) -> None:
    # found by the name of a pet alone, each look would walk along the pets of every home
    with store.transaction() as session, pytest.raises(ValueError, match="no index of pets begins with name"):
        Rows(session, pets, ["name"]).look_up([("Rex",)])


def test_a_statement_that_many_rows_break_is_refused_as_any_other(store: Store) -> None:
    with store.transaction() as session:
        run_for_each(session, insert(homes), [])
        run_for_each(session, insert(homes), [{"name": "House B"}])

    with pytest.raises(IntegrityError), store.transaction() as session:
        run_for_each(session, insert(homes), [{"name": "Braeside"}, {"name": "House B"}])

    assert home_names(store) == {"House B"}


@pytest.mark.parametrize(
    ("address", "name"),
    [("file:///x", "intake"), ("sqlite:", "intake"), ("sqlite:///x", "in take"), ("sqlite:///x", "Intake")],
)
def test_an_address_or_a_name_that_is_none_is_refused(address: str, name: str) -> None:
    with pytest.raises(ValueError, match=r"no store of the kind|in small letters"):
        open_store(address, name)


@pytest.mark.parametrize("address", ["postgresql://nobody@127.0.0.1:1/none", "sqlite:////proc/nowhere"])
def test_a_store_that_is_not_there_is_unavailable(address: str) -> None:
    with pytest.raises(StoreUnavailable):
        open_store(address, "intake")
