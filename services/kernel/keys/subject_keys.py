"""The subjects' keys in a SQLite file, each wrapped under the master key, and the tombstones of those destroyed.

A destroyed key is overwritten where it lies, never deleted: SQLite does not move a row that keeps its size, so no
copy of it can stay behind in a page.
"""

import hmac
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from services.kernel import sqlite_file
from services.kernel.durability import sync
from services.kernel.keys import KeyDestroyed, KeysUnavailable

_KEY_BYTES = 32
_DESTROYED = bytes(_KEY_BYTES + 8)  # as long as a wrapped key
_CACHED_MAX = 50_000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS subject_keys (
  ordinal INTEGER PRIMARY KEY, subject TEXT NOT NULL UNIQUE, wrapped BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS destroyed (ordinal INTEGER PRIMARY KEY, subject TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS hub_secrets (name TEXT PRIMARY KEY, wrapped BLOB NOT NULL, seeded INTEGER NOT NULL);
"""


class SubjectKeys:
    """Finds, makes and destroys subjects' keys. What another process destroyed is honoured at the next call."""

    def __init__(self, path: Path, master: bytes, durable: bool = True) -> None:
        self._master = master
        self._log = path.with_name(f"{path.name}-wal") if durable else None
        self._lock = threading.Lock()
        self._cached: dict[str, bytes] = {}
        self._version = -1
        self._newest_destroyed = 0
        with _reaching():
            self._connection = sqlite_file.connect(path)
            if not durable:
                self._connection.execute("PRAGMA synchronous = OFF")
            if not self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'hub_secrets'").fetchone():
                self._connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")

    def first_surviving(self, subjects: Iterable[str]) -> tuple[str, bytes] | None:
        """The first of these subjects that has a key, with the key."""
        with self._lock, _reaching():
            self._forget_destroyed()
            for subject in subjects:
                key = self._find(subject)
                if key is not None:
                    return subject, key
        return None

    def all_destroyed(self, subjects: Iterable[str]) -> bool:
        """Whether each of these subjects has a tombstone."""
        with self._lock, _reaching():
            return all(self._stored(subject) == _DESTROYED for subject in subjects)

    def made(self, subjects: Sequence[str]) -> dict[str, bytes]:
        """The keys of all these subjects, the missing ones made durably in one transaction. Raises KeyDestroyed."""
        with self._lock, _reaching():
            self._forget_destroyed()
            found = {subject: self._find(subject) for subject in subjects}
            missing = sorted(subject for subject, key in found.items() if key is None)
            made: dict[str, bytes] = {}
            if missing:
                with self._transaction():
                    made = {subject: self._make(subject) for subject in missing}
                for subject, key in made.items():
                    self._cache(subject, key)
        return {subject: key for subject, key in found.items() if key is not None} | made

    def destroy(self, subject: str) -> None:
        """Overwrite the key in the file and in its write-ahead log, and leave a tombstone."""
        with self._lock, _reaching():
            self._cached.pop(subject, None)
            with self._transaction():
                self._connection.execute(
                    "INSERT INTO subject_keys (subject, wrapped) VALUES (?, ?)"
                    " ON CONFLICT (subject) DO UPDATE SET wrapped = excluded.wrapped",
                    (subject, _DESTROYED),
                )
                self._connection.execute("INSERT OR IGNORE INTO destroyed (subject) VALUES (?)", (subject,))
            if self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                raise KeysUnavailable("the key is destroyed, but an older page may still be in the log: shred again")
            if self._log is not None:  # SQLite leaves its truncation unsynced: a power cut would bring the page back
                sync(self._log)

    def hub_secret(self, name: str, seed: bytes | None) -> bytes:
        """The hub's 32-byte secret of this name: random, or for a throw-away hub made from its seed.

        Raises KeysUnavailable if this file belongs to a hub with another seed, or with none.
        """
        with self._lock, _reaching(), self._transaction():
            wrapping = hmac.digest(self._master, f"cairn hub secret v1\n{name}".encode(), "sha256")
            row = self._connection.execute("SELECT wrapped, seeded FROM hub_secrets WHERE name = ?", (name,)).fetchone()
            made = os.urandom(_KEY_BYTES) if seed is None else hmac.digest(seed, name.encode(), "sha256")
            if row is None:
                row = aes_key_wrap(wrapping, made), int(seed is not None)
                self._connection.execute("INSERT INTO hub_secrets VALUES (?, ?, ?)", (name, *row))
            secret = _unwrapped(wrapping, row[0])
            if bool(row[1]) != (seed is not None) or (seed is not None and secret != made):
                raise KeysUnavailable(
                    "these keys were made with another seed, or without: give this hub its own folder"
                )
            return secret

    def close(self) -> None:
        """Let go of the file and of the keys in memory."""
        with self._lock:
            self._cached.clear()
            self._connection.close()

    def _forget_destroyed(self) -> None:
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return
        rows = self._connection.execute(
            "SELECT ordinal, subject FROM destroyed WHERE ordinal > ? ORDER BY ordinal", (self._newest_destroyed,)
        )
        for ordinal, subject in rows.fetchall():
            self._cached.pop(subject, None)
            self._newest_destroyed = ordinal
        self._version = version

    def _find(self, subject: str) -> bytes | None:
        key = self._cached.get(subject)
        if key is None:
            wrapped = self._stored(subject)
            if wrapped is None or wrapped == _DESTROYED:
                return None
            key = self._cache(subject, _unwrapped(self._wrapping_key(subject), wrapped))
        return key

    def _make(self, subject: str) -> bytes:
        wrapped = self._stored(subject)
        if wrapped == _DESTROYED:
            raise KeyDestroyed("a subject's key was destroyed: nothing can be sealed for it any more")
        wrapping = self._wrapping_key(subject)
        if wrapped is None:
            wrapped = aes_key_wrap(wrapping, os.urandom(_KEY_BYTES))
            self._connection.execute("INSERT INTO subject_keys (subject, wrapped) VALUES (?, ?)", (subject, wrapped))
        return _unwrapped(wrapping, wrapped)

    def _cache(self, subject: str, key: bytes) -> bytes:
        if len(self._cached) >= _CACHED_MAX:
            self._cached.clear()
        self._cached[subject] = key
        return key

    def _stored(self, subject: str) -> bytes | None:
        row = self._connection.execute("SELECT wrapped FROM subject_keys WHERE subject = ?", (subject,)).fetchone()
        return None if row is None else bytes(row[0])

    def _wrapping_key(self, subject: str) -> bytes:
        """The master key bent to one subject, so that a row moved to another subject opens nothing."""
        return hmac.digest(self._master, f"cairn subject key v1\n{subject}".encode(), "sha256")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise


def _unwrapped(wrapping: bytes, wrapped: bytes) -> bytes:
    try:
        return aes_key_unwrap(wrapping, wrapped)
    except (InvalidUnwrap, ValueError) as error:
        raise KeysUnavailable("the master key does not open these keys: restore the one that belongs to them") from (
            error
        )


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except (sqlite_file.Error, OSError) as error:
        raise KeysUnavailable(f"the key file cannot be reached: {type(error).__name__}") from error
