"""The bell that wakes whoever waits for something to be kept: on the log or in a store, by this process or another."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from services.kernel.log import LogUnavailable


class Bell:
    """Rung for what this process keeps; for the others' it is rung when `look` says that they kept something.

    One thread at a time looks, every `look_seconds`, while anybody waits; the others sleep meanwhile. A look that fails
    is a look that found nothing: whoever reads next is told why. Without `look`, only this process is heard.
    """

    def __init__(self, look: Callable[[], bool] | None = None, look_seconds: float = 0.0) -> None:
        self._look = look
        self._look_seconds = look_seconds
        self._somebody_looks = look is None
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
        looking = False
        with self._rung:
            try:
                while not self._closed and not self._unheard() and (left := until - time.monotonic()) > 0:
                    if not looking and not self._somebody_looks:
                        looking = self._somebody_looks = True
                    self._rung.wait(min(left, self._look_seconds) if looking else left)
                    if looking and not self._unheard():
                        self._look_for_others()
            finally:
                self._heard.times = self._times_rung
                if looking:
                    self._somebody_looks = False
                    self._rung.notify()

    def close(self) -> None:
        """Let everybody go."""
        self._closed = True
        self.ring()

    def _unheard(self) -> bool:
        return self._times_rung != getattr(self._heard, "times", 1)

    def _look_for_others(self) -> None:
        """Called with the bell held, which is let go meanwhile."""
        found = False
        self._rung.release()
        try:
            with suppress(LogUnavailable):
                found = not self._closed and self._look is not None and self._look()
        finally:
            self._rung.acquire()
        if found:
            self._times_rung += 1
            self._rung.notify_all()
