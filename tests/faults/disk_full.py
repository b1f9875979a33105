"""A full disk: SQLite's files can grow by so many bytes and no further, as the system's calls would tell it."""

import ctypes
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.disk_calls import Real, path_of, standing_in

PLENTY = 1 << 40


@dataclass
class Room:
    """How many bytes are left on the disk."""

    left: int = PLENTY
    refused: int = 0
    """How many writes did not fit."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Room]:
    """Give this folder's files as much room as one says. Writing over what is there needs none, as on most disks.

    Raises NotRecordable.
    """
    inside, room = f"{folder.resolve()}/", Room()

    def call(name: str, real: Real, given: tuple[Any, ...]) -> int:
        if name != "pwrite64" or not path_of(given[0]).startswith(inside):
            return real(*given)
        file, at, size, offset = given
        grows = max(0, offset + size - os.fstat(file).st_size)
        fits = size - max(0, grows - room.left)
        if fits <= 0:
            room.refused += 1
            ctypes.set_errno(errno.ENOSPC)
            return -1
        room.left -= min(grows, room.left)
        return real(file, at, fits, offset)

    with standing_in(call):
        yield room
