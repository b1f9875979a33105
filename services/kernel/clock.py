"""The clock: what time the hub believes it is."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant, in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock, which is never seen to go back while the process lives."""

    def __init__(self) -> None:
        self._latest = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        self._latest = max(self._latest, datetime.now(UTC))
        return self._latest


class SimulatedClock:
    """A clock that stands still until it is moved, forwards or back, or set going: for scenarios, demos and tests."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant.astimezone(UTC)
        self._going_since: float | None = None

    def now(self) -> datetime:
        if self._going_since is None:
            return self._instant
        return self._instant + timedelta(seconds=time.monotonic() - self._going_since)

    def move(self, instant: datetime) -> None:
        """Make it this instant."""
        self._instant = instant.astimezone(UTC)

    def run(self) -> None:
        """Let it go on from where it stands, as fast as any clock."""
        self._going_since = time.monotonic()


class FileClock:
    """A clock that stands at the instant in a file, so that several processes of one rehearsal have the same time."""

    def __init__(self, file: Path) -> None:
        """The file holds an RFC 3339 instant, and is replaced as a whole. Raises ValueError."""
        self._file = file
        self._read = (self._version(), self._instant())

    def now(self) -> datetime:
        version, instant = self._read
        found = self._version()
        if found != version:
            self._read = (found, instant := self._instant())
        return instant

    def move(self, instant: datetime) -> None:
        """Make it this instant, for every process that goes by the file."""
        write_instant(self._file, instant)

    def _version(self) -> tuple[int, int, int]:
        try:
            found = self._file.stat()
        except OSError as error:
            raise ValueError(f"the clock's file cannot be read ({error.strerror})") from error
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _instant(self) -> datetime:
        try:
            instant = datetime.fromisoformat(self._file.read_text().strip())
        except (OSError, ValueError):
            instant = None
        if instant is None or instant.tzinfo is None:
            raise ValueError("the clock's file must hold an RFC 3339 instant, such as 2026-04-24T09:00:00Z")
        return instant.astimezone(UTC)


def write_instant(file: Path, instant: datetime) -> None:
    """Put an instant into a clock's file, at once for whoever reads it."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.write_text(instant.astimezone(UTC).isoformat())
    unfinished.replace(file)


def open_clock(address: str) -> Clock:
    """The machine's clock, or that of `file:///path`. Raises ValueError."""
    if not address:
        return SystemClock()
    path = address.removeprefix("file://")
    if path == address or not path.startswith("/"):
        raise ValueError("a clock's address is empty, for the machine's, or file:///path")
    return FileClock(Path(path))
