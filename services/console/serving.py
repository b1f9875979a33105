"""Serving: a hub's pages and interfaces over HTTP, with its followers running, until it is stopped."""

import gc
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from services.composition import Hub
from services.kernel.following import Running

_SWITCH_SECONDS = 0.0005
"""How long one thread may keep the others waiting: with Python's 5 ms, followers that are busy hold up every answer."""


class Moving:
    """A hub's followers, which move by themselves between `go` and `stop`, and can be held still for a while."""

    def __init__(self, hub: Hub) -> None:
        self._hub, self._holding = hub, threading.Lock()
        self._running: Running | None = None

    def go(self) -> None:
        """Let them move."""
        self._running = Running(self._hub.followers)

    def stop(self) -> None:
        """Let every follower finish its step."""
        with self._holding:
            if self._running is not None:
                self._running.stop()
                self._running = None

    @contextmanager
    def still(self) -> Iterator[None]:
        """Nothing moves by itself meanwhile, so that the hub can be stepped by hand."""
        with self._holding:
            moved = self._running
            if moved is not None:
                moved.stop()
            try:
                yield
            finally:
                if moved is not None:
                    self.go()


def serve(hub: Hub, listening: socket.socket, app: Any = None, moving: Moving | None = None) -> None:
    """Serve until interrupted or told to end (SIGTERM); then let every follower finish its step.

    `app` is what is served, where that is more than the hub itself.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn raises it again when it has ended
    sys.setswitchinterval(_SWITCH_SECONDS)
    running = moving or Moving(hub)
    config = uvicorn.Config(
        hub.app if app is None else app,
        log_level="warning",
        access_log=False,  # request lines can hold references
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=3,
    )
    try:
        with _held_back():
            running.go()
        _set_aside()
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        running.stop()


def _set_aside() -> None:
    """What is there before anybody asks is there for good: looked through again and again for what could be let go, it
    would hold up an answer now and then by more than making it takes."""
    gc.collect()
    gc.freeze()


@contextmanager
def _held_back() -> Iterator[None]:
    """Whoever interrupts meanwhile is heard afterwards: of followers half begun nobody would know which to stop."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
