"""A store in a SQLite file of its own."""

from pathlib import Path

from pysqlite3 import dbapi2
from sqlalchemy import Connection, create_engine, event, exc
from sqlalchemy.pool import QueuePool

from services.kernel import sqlite_file
from services.kernel.store import StoreUnavailable
from services.kernel.store.sql import SqlStore

_CONNECTIONS_MAX = 50


def open_sqlite(path: Path, name: str) -> SqlStore:
    """Open or make the file. Raises UnsafeSQLite, StoreUnavailable."""
    sqlite_file.refuse_old_library()
    try:
        sqlite_file.make_private(path)
    except OSError as error:
        raise StoreUnavailable(f"the file of the store {name!r} cannot be opened: look at its folder") from error
    engine = create_engine(
        "sqlite+pysqlite://",
        module=dbapi2,
        creator=lambda: sqlite_file.connect(path),
        poolclass=QueuePool,
        pool_size=_CONNECTIONS_MAX,
        max_overflow=0,
        hide_parameters=True,
    )
    writing = engine.execution_options(cairn_writing=True)
    event.listen(engine, "begin", _begin)
    return SqlStore(name, writing, engine, _is_unavailable)


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("cairn_writing", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'off' if writing else 'on'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _is_unavailable(error: exc.DBAPIError) -> bool:
    the_file = isinstance(error.orig, sqlite_file.OperationalError) and not sqlite_file.is_the_statement(error.orig)
    return the_file or error.connection_invalidated
