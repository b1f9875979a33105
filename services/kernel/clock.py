"""The clock: what time the hub believes it is."""

import time
from datetime import UTC, datetime, timedelta
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
