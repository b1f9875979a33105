"""A SQLite file that keeps what it acknowledged: the one way the kernel opens one.

Libraries before 3.51.3 can lose a committed write in WAL mode when two connections meet, so they are refused. A pragma
that is not known is ignored by SQLite without a word, so each is read back.
"""

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

from pysqlite3 import dbapi2

from services.kernel.durability import make_folder

SAFE_SINCE = (3, 51, 3)
BUSY_SECONDS_MAX = 10.0

Error = dbapi2.Error
OperationalError = dbapi2.OperationalError
Connection: TypeAlias = Any
"""A DB-API connection; pysqlite3 says nothing of its types."""

_SQL_ERROR = 1  # SQLITE_ERROR: the statement is wrong, not the file (https://sqlite.org/rescode.html#error)
_BUSY = 5
_PRAGMAS: dict[str, tuple[str, Any]] = {
    "journal_mode": ("wal", "wal"),
    "synchronous": ("full", 2),
    "secure_delete": ("on", 1),
    "foreign_keys": ("on", 1),
    "trusted_schema": ("off", 0),
}


class UnsafeSQLite(RuntimeError):
    """This SQLite library or file cannot be trusted to keep what it acknowledged."""


def refuse_old_library(version: tuple[int, ...] = dbapi2.sqlite_version_info) -> None:
    """Raises UnsafeSQLite for a library that can lose committed writes."""
    if version < SAFE_SINCE:
        found, wanted = (".".join(map(str, v)) for v in (version, SAFE_SINCE))
        raise UnsafeSQLite(
            f"SQLite {found} can lose committed writes: install pysqlite3 >= 0.6.1, which brings {wanted} or newer"
        )


def settle_pragmas(connection: Connection) -> None:
    """Make this connection durable, and its deletions real. Raises UnsafeSQLite where the file will not have it."""
    for name, (wanted, reads_back) in _PRAGMAS.items():
        _in_turn(connection, f"PRAGMA {name} = {wanted}")
        found = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if found != reads_back:
            raise UnsafeSQLite(
                f"SQLite keeps {name} = {found}, not {wanted}: put the file on a local disk that allows shared memory"
            )


def _in_turn(connection: Connection, statement: str) -> None:
    """When several processes open a new file, one makes it WAL and the others must come again: SQLite's own waiting
    would have them wait for each other until the time is up."""
    until = time.monotonic() + BUSY_SECONDS_MAX
    while True:
        try:
            connection.execute(statement).fetchall()
            return
        except OperationalError as error:
            if error.sqlite_errorcode != _BUSY or time.monotonic() > until:
                raise
            time.sleep(0.005)


def connect(path: Path) -> Connection:
    """A connection in autocommit mode that any one thread at a time may use; makes the file, readable by its owner."""
    refuse_old_library()
    make_private(path)
    connection = dbapi2.connect(str(path), timeout=0, isolation_level=None, check_same_thread=False)
    try:
        settle_pragmas(connection)
        connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS_MAX * 1000:.0f}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def make_private(path: Path) -> None:
    """Make the file if it is not there; SQLite gives its WAL the same owner and mode."""
    make_folder(path.parent)
    with suppress(FileExistsError):  # and not opened: closing it would drop the locks this process has on it
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def is_the_statement(error: BaseException) -> bool:
    """Whether it is the SQL that is wrong, rather than the file, the disk or a lock."""
    return getattr(error, "sqlite_errorcode", None) == _SQL_ERROR
