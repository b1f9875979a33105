"""A SQLite file is opened safely, or not at all."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from services.kernel import sqlite_file
from services.kernel.log import LogUnavailable, Record
from services.kernel.log.sqlite import SQLiteLog
from services.kernel.sqlite_file import UnsafeSQLite, connect, refuse_old_library, settle_pragmas

ROOT = Path(__file__).parents[2]


class Stubborn:
    """A connection whose file keeps to its own ways, as one on a network disk does."""

    def __init__(self, connection: Any, pragma: str, value: object) -> None:
        self._connection = connection
        self._pragma = pragma
        self._value = value

    def execute(self, statement: str) -> Any:
        if statement == f"PRAGMA {self._pragma}":
            return self._connection.execute("SELECT ?", (self._value,))
        return self._connection.execute(statement)


@pytest.mark.parametrize("version", [(3, 7, 0), (3, 50, 4), (3, 51, 2)])
def test_a_library_that_may_lose_commits_is_refused(version: tuple[int, ...]) -> None:
    with pytest.raises(UnsafeSQLite, match=r"install pysqlite3 >= 0\.6\.1"):
        refuse_old_library(version)


@pytest.mark.parametrize("version", [(3, 51, 3), (3, 53, 0), (4, 0, 0)])
def test_a_library_that_keeps_commits_is_taken(version: tuple[int, ...]) -> None:
    refuse_old_library(version)


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "delete"), ("synchronous", 1), ("secure_delete", 0)])
def test_a_file_that_will_not_be_durable_is_refused(tmp_path: Path, pragma: str, value: object) -> None:
    connection = connect(tmp_path / "any.db")

    with pytest.raises(UnsafeSQLite, match=f"{pragma} = {value}"):
        settle_pragmas(Stubborn(connection, pragma, value))
    connection.close()


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        log = SQLiteLog(tmp_path / "log.db")
        log.create("hub.rules", 1)
    finally:
        os.umask(umask)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"log.db": 0o600, "log.db-wal": 0o600, "log.db-shm": 0o600}
    log.close()


OPEN_AND_APPEND = """
import sys
from services.kernel.log import Record
from services.kernel.log.opening import open_log
import services.kernel.log.sqlite
print("ready", flush=True)
sys.stdin.readline()
log = open_log(sys.argv[1])
log.create("hub.rules", 1)
log.append([Record("hub.rules", "k", sys.argv[2], b"{}")])
"""


def test_several_processes_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPEN_AND_APPEND, f"sqlite:///{tmp_path}"]
    others = [
        subprocess.Popen([*command, str(n)], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for n in range(4)
    ]
    for other in others:
        assert other.stdout is not None
        other.stdout.readline()

    for other in others:
        assert other.stdin is not None
        other.stdin.write("go\n")
        other.stdin.flush()
    for other in others:
        other.communicate(timeout=30)

    log = SQLiteLog(tmp_path / "log.db")
    assert [other.returncode for other in others] == [0, 0, 0, 0]
    assert {entry.id for entry in log.read("hub.rules", 0, -1)} == {"0", "1", "2", "3"}
    log.close()


@pytest.mark.parametrize("statement", ["DELETE FROM entries", "UPDATE entries SET value = x'00'"])
def test_what_was_said_cannot_be_changed_or_removed(tmp_path: Path, statement: str) -> None:
    log = SQLiteLog(tmp_path / "log.db")
    log.create("hub.rules", 1)
    log.append([Record("hub.rules", "k", "event-1", b"{}")])
    connection = connect(tmp_path / "log.db")

    with pytest.raises(sqlite_file.Error, match="the log is unchanging"):
        connection.execute(statement)

    assert [entry.value for entry in log.read("hub.rules", 0, -1)] == [b"{}"]
    connection.close()
    log.close()


def test_appends_that_meet_are_committed_together(tmp_path: Path) -> None:
    log = SQLiteLog(tmp_path / "log.db")
    log.create("hub.rules", 1)
    commits: list[str] = []
    log._writer.set_trace_callback(lambda statement: commits.append(statement) if statement == "COMMIT" else None)
    threads = [
        threading.Thread(target=log.append, args=([Record("hub.rules", "k", f"event-{number}", b"{}")],))
        for number in range(20)
    ]

    with log._appends.turn:  # as if a commit were under way
        for thread in threads:
            thread.start()
        while len(log._appends.waiting) < len(threads):
            pass
    for thread in threads:
        thread.join()

    assert len(log.read("hub.rules", 0, -1)) == 20
    assert len(commits) == 1
    log.close()


def test_who_cannot_commit_is_told_and_so_is_everybody_who_waited_with_them(tmp_path: Path) -> None:
    log = SQLiteLog(tmp_path / "log.db")
    log.create("hub.rules", 1)
    page_count = connect(tmp_path / "log.db").execute("PRAGMA page_count").fetchone()[0]
    log._writer.execute(f"PRAGMA max_page_count = {page_count}")  # the disk is full
    large = [Record("hub.rules", "k", "event-1", bytes(100_000))]

    with pytest.raises(LogUnavailable):
        log.append(large)
    log._writer.execute("PRAGMA max_page_count = 1000000")  # and has room again
    log.append(large)

    assert [(entry.position, len(entry.value)) for entry in log.read("hub.rules", 0, -1)] == [(0, 100_000)]
    log.close()
