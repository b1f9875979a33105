"""What is PostgreSQL's own: a server that cuts connections, and a writer that never gives back its turn."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Column, MetaData, String, Table, insert, select

from services.kernel.store import Store, StoreUnavailable
from services.kernel.store import postgres as adapter
from services.kernel.store.opening import open_store

pytestmark = pytest.mark.real
metadata = MetaData()
homes = Table("homes", metadata, Column("name", String(50), primary_key=True))


@pytest.fixture
def store(postgres_database: str) -> Iterator[Store]:
    opened = open_store(postgres_database, "intake")
    opened.create_tables(metadata)
    yield opened
    opened.close()


def cut_all_connections(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def write(store: Store, name: str) -> None:
    with store.transaction() as session:
        session.execute(insert(homes).values(name=name))


def home_names(store: Store) -> list[str]:
    with store.reading() as session:
        return list(session.execute(select(homes.c.name)).scalars())


def test_a_transaction_whose_connection_is_cut_is_undone_and_the_store_goes_on(
    store: Store, postgres_database: str
) -> None:
    def write_while_the_connection_is_cut() -> None:
        with store.transaction() as session:
            session.execute(insert(homes).values(name="House B"))
            cut_all_connections(postgres_database)

    with pytest.raises(StoreUnavailable):
        write_while_the_connection_is_cut()
    write(store, "House C")

    assert home_names(store) == ["House C"]


def test_connections_cut_while_nobody_used_them_are_not_noticed(store: Store, postgres_database: str) -> None:
    write(store, "House B")

    cut_all_connections(postgres_database)

    assert home_names(store) == ["House B"]
    write(store, "House C")


def test_who_waits_too_long_for_its_turn_is_told(postgres_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "_TURN_SECONDS_MAX", 1)
    store, stuck = open_store(postgres_database, "intake"), open_store(postgres_database, "intake")
    store.create_tables(metadata)

    with psycopg.connect(postgres_database) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (adapter.turn_of("intake"),))
        with pytest.raises(StoreUnavailable):
            write(store, "House B")
        assert home_names(stuck) == []

    write(store, "House B")
    store.close()
    stuck.close()


def test_services_of_one_database_write_at_the_same_time(store: Store, postgres_database: str) -> None:
    other = open_store(postgres_database, "sharing")

    with psycopg.connect(postgres_database) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (adapter.turn_of("sharing"),))
        write(store, "House B")

    assert home_names(store) == ["House B"]
    other.close()
