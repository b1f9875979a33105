"""Following: a worker that takes what is new from the log, a step at a time, and remembers how far it came."""

import logging
import threading
from collections.abc import Sequence
from typing import Protocol

_log = logging.getLogger("cairn.following")


class Follower(Protocol):
    """Anything that moves the hub on when it is stepped."""

    name: str

    def step(self) -> int:
        """Do the next batch; returns how much was done, 0 when there is nothing to do now."""
        ...

    def wait(self, seconds_max: float) -> None:
        """Return when there may be something to do since this thread last waited, or after this many seconds."""
        ...


def settle(followers: Sequence[Follower]) -> None:
    """Step all until none has anything to do: for scenarios and tests, where no thread runs."""
    while sum(follower.step() for follower in followers):
        pass


_LOOK_SECONDS = 0.2
"""How often a follower looks by itself, whatever it was not told of: what another process kept, or that time passed."""


class Running:
    """Followers stepped in a thread each until stopped; an error is logged by its kind and tried again."""

    def __init__(self, followers: Sequence[Follower], retry_seconds: float = 1.0) -> None:
        self._stopping = threading.Event()
        self._retry_seconds = retry_seconds
        self._threads = [
            threading.Thread(target=self._run, args=(follower,), name=follower.name, daemon=True)
            for follower in followers
        ]
        for thread in self._threads:
            thread.start()

    def _run(self, follower: Follower) -> None:
        while not self._stopping.is_set():
            try:
                if not follower.step():
                    follower.wait(_LOOK_SECONDS)
            except Exception as error:  # noqa: BLE001 - a follower must outlive whatever is down
                _log.warning("%s failed with %s; trying again", follower.name, type(error).__name__)
                self._stopping.wait(self._retry_seconds)

    def stop(self) -> None:
        """Let each finish its step, and return when all have."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=10)
