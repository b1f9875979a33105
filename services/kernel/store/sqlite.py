"""A store in a SQLite file of its own."""

from functools import cache
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2
from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.pool import QueuePool

from services.kernel import sqlite_file
from services.kernel.store import StoreUnavailable
from services.kernel.store.sql import SqlStore

_CONNECTIONS_MAX = 50
_compiled: dict[Any, Any] = {}
"""Statements as SQL, shared by all stores of this process: making the text takes longer than most of them run."""


def open_sqlite(path: Path, name: str) -> SqlStore:
    """Open or make the file. Raises UnsafeSQLite, StoreUnavailable."""
    sqlite_file.refuse_old_library()
    try:
        sqlite_file.make_private(path)
    except OSError as error:
        raise StoreUnavailable(f"the file of the store {name!r} cannot be opened: look at its folder") from error
    speaking = _speaking()
    engine = Engine(
        QueuePool(
            lambda: sqlite_file.connect(path), pool_size=_CONNECTIONS_MAX, max_overflow=0, dialect=speaking.dialect
        ),
        speaking.dialect,
        speaking.url,
        query_cache_size=0,
        execution_options={"compiled_cache": _compiled},
        hide_parameters=True,
    )
    writing = engine.execution_options(cairn_writing=True)
    event.listen(engine, "begin", _begin)
    return SqlStore(name, writing, engine, _is_unavailable)


@cache
def _speaking() -> Engine:
    """An engine that has met the library, for its dialect: statements compiled for one dialect serve that one alone."""
    engine = create_engine("sqlite+pysqlite://", module=dbapi2)
    with engine.connect():
        return engine


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("cairn_writing", False)
    driver: sqlite_file.Connection = connection.connection.driver_connection
    # not through SQLAlchemy, for which these two are as much work as what is then asked
    driver.execute(f"PRAGMA query_only = {'off' if writing else 'on'}")
    driver.execute("BEGIN IMMEDIATE" if writing else "BEGIN")


def _is_unavailable(error: BaseException | None) -> bool:
    if isinstance(error, exc.DBAPIError):
        return error.connection_invalidated or _is_unavailable(error.orig)
    return isinstance(error, sqlite_file.OperationalError) and not sqlite_file.is_the_statement(error)
