"""A forked process that tells, line by line through a pipe, what it does; and that may be killed at any moment."""

import json
import os
import select
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from deploy.local.process import die_with_the_parent

Say = Callable[[dict[str, Any]], None]
"""Tells one thing to the parent."""


class Child:
    """A forked process that tells, line by line, what it did."""

    def __init__(self, process: int, pipe: int) -> None:
        self._process, self._pipe = process, pipe
        self._told: deque[bytes] = deque()
        self._unfinished = b""
        self._ended = False

    def lines(self, until: float) -> Iterator[dict[str, Any]]:
        """What it tells until then, or until it ends. Who stops listening is told the rest the next time."""
        while True:
            while self._told:
                yield json.loads(self._told.popleft())
            left = until - time.monotonic()
            if self._ended or left <= 0 or not select.select([self._pipe], [], [], left)[0]:
                return
            some = os.read(self._pipe, 1 << 16)
            if not some:
                self._close()
            *whole, self._unfinished = (self._unfinished + some).split(b"\n")
            self._told += whole

    def kill(self) -> None:
        """End it as a machine's administrator, or the system that runs out of memory, would."""
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)

    def wait(self) -> None:
        """Let it end. Raises AssertionError where it failed."""
        _, status = os.waitpid(self._process, 0)
        self._close()
        assert status == 0, "a child failed; see its standard error"

    def _close(self) -> None:
        if not self._ended:
            os.close(self._pipe)
        self._ended = True


def in_child(work: Callable[[Say], None]) -> Child:
    """Fork this process, and do this work in the fork alone."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return Child(process, reading)
    status = 1
    try:
        die_with_the_parent()
        os.close(reading)
        work(lambda line: _write(writing, line))
        status = 0
    except BaseException:  # noqa: BLE001 - a forked process must not go on as its parent
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _write(pipe: int, line: dict[str, Any]) -> None:
    whole = json.dumps(line).encode() + b"\n"
    while whole:
        whole = whole[os.write(pipe, whole) :]
