"""The bell that wakes whoever waits for something to be kept: on the log or in a store, by this process or another."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from services.kernel.log import LogUnavailable


class Bell:
    """Rung for what this process keeps; for the others' it is rung when `look` says that they kept something.

    One thread at a time looks, every `look_seconds`, while anybody waits. A look that fails is a look that found
    nothing: whoever reads next is told why. Without `look`, only this process is heard.
    """

    def __init__(self, look: Callable[[], bool] | None = None, look_seconds: float = 0.0) -> None:
        self._look = look
        self._look_seconds = look_seconds
        self._looking = threading.Lock()
        self._next_look = 0.0
        self._rung = threading.Condition()
        self._times_rung = 1
        self._heard = threading.local()
        self._closed = False

    def ring(self) -> None:
        """Wake all who wait, and those who will before they next hear it."""
        with self._rung:
            self._times_rung += 1
            self._rung.notify_all()

    def wait(self, seconds_max: float) -> None:
        """Return when the bell was rung since this thread last waited, or after this many seconds."""
        until = time.monotonic() + seconds_max
        while not self._closed:
            with self._rung:
                left = until - time.monotonic()
                if self._unheard() or left <= 0:
                    break
                self._rung.wait(left if self._look is None else min(left, self._look_seconds))
                if self._unheard():
                    break
            self._look_for_others()
        with self._rung:
            self._heard.times = self._times_rung

    def close(self) -> None:
        """Let everybody go."""
        self._closed = True
        self.ring()

    def _unheard(self) -> bool:
        return self._times_rung != getattr(self._heard, "times", 1)

    def _look_for_others(self) -> None:
        if self._look is None or time.monotonic() < self._next_look or not self._looking.acquire(blocking=False):
            return
        try:
            with suppress(LogUnavailable):
                if not self._closed and self._look():
                    self.ring()
            self._next_look = time.monotonic() + self._look_seconds / 2
        finally:
            self._looking.release()
