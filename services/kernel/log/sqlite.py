"""The log in one SQLite file, which several threads and processes may append to.

Triggers keep what was said from being changed or removed.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from services.kernel import sqlite_file
from services.kernel.bell import Bell
from services.kernel.gathering import Gathering, NotKept
from services.kernel.log import (
    BEFORE_FIRST,
    Entry,
    LogUnavailable,
    Partition,
    Record,
    TopicUnknown,
    refuse_other_partitions,
    refuse_too_large,
)
from services.kernel.log.partitioning import partition_for

_T = TypeVar("_T")
_Row = tuple[int, int, Record]
Place = tuple[int, int]
"""A partition and a position."""
_LOOK_SECONDS = 0.02

_SCHEMA = """
CREATE TABLE IF NOT EXISTS topics (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS entries (
  ordinal INTEGER PRIMARY KEY, topic INTEGER NOT NULL, partition INTEGER NOT NULL, position INTEGER NOT NULL,
  key TEXT NOT NULL, id TEXT NOT NULL, value BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS positions ON entries (topic, partition, position);
CREATE TRIGGER IF NOT EXISTS unchanged BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the log is unchanging'); END;
CREATE TRIGGER IF NOT EXISTS unremoved BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'the log is unchanging'); END;
"""
_NEWEST = "SELECT position FROM entries WHERE topic = ? AND partition = ? ORDER BY position DESC LIMIT 1"
_NEWEST_ORDINAL = "SELECT coalesce(max(ordinal), 0) FROM entries"
_SINCE = "SELECT ordinal, topic, partition, position FROM entries WHERE ordinal > ? ORDER BY ordinal"


class SQLiteLog:
    """The log on SQLite. Raises UnsafeSQLite where the library or the file system cannot be trusted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._topics: dict[str, tuple[int, int]] = {}
        self._readers: list[sqlite_file.Connection] = []
        self._closed = False
        self._appends = Gathering(self._commit)
        self._bell = Bell(self._others_appended, _LOOK_SECONDS)
        self._looking = threading.Lock()
        self._ends: dict[Place, int] = {}
        with _speaking():
            self._writer = sqlite_file.connect(path)
            if not self._writer.execute("SELECT 1 FROM sqlite_master WHERE name = 'unremoved'").fetchone():
                self._writer.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}COMMIT;")
            self._newest: int = self._writer.execute(_NEWEST_ORDINAL).fetchone()[0]
            self._seen = self._newest

    def create(self, topic: str, partitions: int) -> None:
        if not self.partitions(topic):
            with self._appends.turn, _speaking():
                self._writer.execute(
                    "INSERT INTO topics (name, partitions) VALUES (?, ?) ON CONFLICT DO NOTHING", (topic, partitions)
                )
        refuse_other_partitions(topic, self.partitions(topic), partitions)

    def partitions(self, topic: str) -> int:
        return self._topic(topic)[1]

    def append(self, records: Sequence[Record]) -> list[Place]:
        refuse_too_large(records)
        rows = [self._addressed(record) for record in records]
        try:
            return self._appends.keep(rows) if rows else []
        except NotKept as error:
            raise LogUnavailable("the log could not be written") from error.__cause__

    def read(self, topic: str, partition: int, after: int, limit: int = 500) -> list[Entry]:
        number, _ = self._topic(topic)
        rows = self._ask(
            lambda reader: reader.execute(
                "SELECT position, key, id, value FROM entries WHERE topic = ? AND partition = ? AND position > ?"
                " ORDER BY position LIMIT ?",
                (number, partition, after, limit),
            ).fetchall()
        )
        return [Entry(topic, partition, position, key, record_id, value) for position, key, record_id, value in rows]

    def end(self, topic: str, partition: int) -> int:
        with self._looking:
            self._look()
            return self._end((self._topic(topic)[0], partition))

    def news(self, reached: Mapping[Partition, int]) -> list[Partition]:
        with self._looking:
            self._look()
            return [
                (topic, partition)
                for (topic, partition), position in reached.items()
                if self._end((self._topic(topic)[0], partition)) > position
            ]

    def wait(self, seconds_max: float) -> None:
        self._bell.wait(seconds_max)

    def close(self) -> None:
        """Let what is being appended end, and close. Whoever still waits returns."""
        with self._appends.turn:
            self._closed = True
            self._writer.close()
            while self._readers:
                self._readers.pop().close()
        self._bell.close()

    def _addressed(self, record: Record) -> _Row:
        number, partitions = self._topic(record.topic)
        if not partitions:
            raise TopicUnknown(record.topic)
        partition = partition_for(record, partitions)
        return number, partition, record

    def _commit(self, rows: Sequence[_Row]) -> list[Place]:
        with _speaking():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                places = self._insert(rows)
                newest = self._writer.execute(_NEWEST_ORDINAL).fetchone()[0]
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise
        self._newest = max(self._newest, newest)
        self._bell.ring()
        return places

    def _insert(self, rows: Sequence[_Row]) -> list[Place]:
        newest: dict[Place, int] = {}
        addressed = []
        for topic, partition, record in rows:
            place = (topic, partition)
            if place not in newest:
                found = self._writer.execute(_NEWEST, place).fetchone()
                newest[place] = BEFORE_FIRST if found is None else found[0]
            newest[place] += 1
            addressed.append((topic, partition, newest[place], record.key, record.id, record.value))
        self._writer.executemany(
            "INSERT INTO entries (topic, partition, position, key, id, value) VALUES (?, ?, ?, ?, ?, ?)", addressed
        )
        return [(row[1], row[2]) for row in addressed]

    def _look(self) -> None:
        """Note what was appended since anybody looked: one question for all who follow, however many partitions."""
        rows = self._ask(lambda reader: reader.execute(_SINCE, (self._seen,)).fetchall())
        for ordinal, topic, partition, position in rows:
            if (topic, partition) in self._ends:
                self._ends[topic, partition] = position
            self._seen = ordinal

    def _end(self, place: Place) -> int:
        """The newest position of a partition, as of the last look."""
        if place not in self._ends:
            row = self._ask(lambda reader: reader.execute(_NEWEST, place).fetchone())
            if row is None and not place[0]:
                return BEFORE_FIRST  # a topic that is not there yet may come
            self._ends[place] = BEFORE_FIRST if row is None else int(row[0])
        return self._ends[place]

    def _topic(self, name: str) -> tuple[int, int]:
        """Its number and its partitions; (0, 0) if there is no such topic yet."""
        if name not in self._topics:
            row = self._ask(
                lambda reader: reader.execute("SELECT id, partitions FROM topics WHERE name = ?", (name,)).fetchone()
            )
            if row is None:
                return 0, 0
            self._topics[name] = (row[0], row[1])
        return self._topics[name]

    def _ask(self, question: Callable[[sqlite_file.Connection], _T]) -> _T:
        """Put a question to the file by a connection that nobody else uses meanwhile."""
        with _speaking():
            if self._closed:
                raise LogUnavailable("the log is closed")
            try:
                reader = self._readers.pop()
            except IndexError:
                reader = sqlite_file.connect(self._path)
            try:
                return question(reader)
            finally:
                if self._closed:
                    reader.close()
                else:
                    self._readers.append(reader)

    def _others_appended(self) -> bool:
        newest: int = self._ask(lambda reader: reader.execute(_NEWEST_ORDINAL).fetchone()[0])
        known, self._newest = self._newest, max(self._newest, newest)
        return newest > known


@contextmanager
def _speaking() -> Iterator[None]:
    try:
        yield
    except sqlite_file.Error as error:
        raise LogUnavailable("the log's file cannot be read or written") from error
