"""Disk calls: what SQLite asks of the disk, taken down call by call, with what the hub acknowledged in between.

The library that pysqlite3 brings is used as it is; only the table by which it finds the C library's `pwrite`, `fsync`,
`ftruncate` and `unlink` is pointed at functions that take down each call and then make it. So it needs no tracer and no
rights, and what is taken down is what went to the kernel.
"""

import ctypes
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from pysqlite3 import _sqlite3

NAMES = ("pwrite64", "write", "ftruncate64", "fsync", "fdatasync", "unlink")
NEEDED = frozenset({"pwrite64", "ftruncate64", "fsync", "unlink"})
_SHT_RELA, _SHT_DYNSYM = 4, 11
_libc = ctypes.CDLL(None, use_errno=True)
Real = Callable[..., int]
"""The C library's own function."""


class NotRecordable(Exception):
    """This machine's SQLite does not find its disk calls in the way that is known here."""


@dataclass(frozen=True)
class Call:
    """One call on a file of the folder, by its path in it; or, with the kind `note`, what was acknowledged then."""

    kind: str
    """`write`, `truncate` (to `offset`), `sync` (of a file or a folder), `unlink` or `note`."""
    path: str
    offset: int = 0
    data: bytes = b""
    told: Any = None


@dataclass
class Calls:
    """The calls on the files of one folder, in the order they were made."""

    folder: Path
    made: list[Call] = field(default_factory=list)

    def note(self, told: Any) -> None:
        """Note that something was acknowledged by now."""
        self.made.append(Call("note", "", told=told))

    def take(self, kind: str, path: str, offset: int = 0, data: bytes = b"") -> None:
        """Take down a call, unless it is on another folder's file, or on the memory that connections share."""
        inside = os.path.relpath(path.removesuffix(" (deleted)"), self.folder)
        if not inside.startswith("..") and not inside.endswith("-shm"):
            self.made.append(Call(kind, inside, offset, data))


@contextmanager
def recording(folder: Path) -> Iterator[Calls]:
    """Take down the calls on this folder's files while the block runs, and our own syncs. Raises NotRecordable."""
    calls = Calls(folder.resolve())
    take: dict[str, Callable[..., None]] = {
        "pwrite64": lambda file, at, size, offset: calls.take("write", path_of(file), offset, _bytes(at, size)),
        "write": lambda file, at, size: calls.take("write", path_of(file), _place(file), _bytes(at, size)),
        "ftruncate64": lambda file, size: calls.take("truncate", path_of(file), size),
        "fsync": lambda file: calls.take("sync", path_of(file)),
        "fdatasync": lambda file: calls.take("sync", path_of(file)),
        "unlink": lambda path: calls.take("unlink", os.path.realpath(os.fsdecode(path))),
    }

    def taken_down(name: str, real: Real, given: tuple[Any, ...]) -> int:
        if name in ("fsync", "fdatasync"):  # durable once it has returned, and not before
            done = real(*given)
            take[name](*given)
            return done
        take[name](*given)
        return real(*given)

    fsync = os.fsync

    def synced(descriptor: int) -> None:
        fsync(descriptor)
        take["fsync"](descriptor)

    with standing_in(taken_down), mock.patch.object(os, "fsync", synced):
        yield calls


@contextmanager
def standing_in(call: Callable[[str, Real, tuple[Any, ...]], int]) -> Iterator[None]:
    """Have `call` make SQLite's disk calls while the block runs: given a call's name, the real one, and what it is
    given. One at a time. Raises NotRecordable."""
    slots = _slots()
    if not set(slots) >= NEEDED:
        raise NotRecordable(f"SQLite's calls {', '.join(sorted(NEEDED - set(slots)))} were not found")
    replaced: list[tuple[int, int]] = []
    kept = {name: _callable_from_c(name, call) for name in slots}
    try:
        for name, places in slots.items():
            for place in places:
                slot = ctypes.c_uint64.from_address(place)
                replaced.append((place, slot.value))
                slot.value = ctypes.cast(kept[name], ctypes.c_void_p).value or 0
        yield
    finally:
        for place, before in replaced:
            ctypes.c_uint64.from_address(place).value = before


def _callable_from_c(name: str, call: Callable[[str, Real, tuple[Any, ...]], int]) -> Any:
    number, long, pointer, size = ctypes.c_int, ctypes.c_int64, ctypes.c_void_p, ctypes.c_size_t
    shapes: dict[str, tuple[Any, ...]] = {
        "pwrite64": (long, number, pointer, size, long),
        "write": (long, number, pointer, size),
        "ftruncate64": (number, number, long),
        "fsync": (number, number),
        "fdatasync": (number, number),
        "unlink": (number, ctypes.c_char_p),
    }
    answer, *arguments = shapes[name]
    real = getattr(_libc, name)
    real.restype, real.argtypes = answer, arguments
    return ctypes.CFUNCTYPE(answer, *arguments, use_errno=True)(lambda *given: call(name, real, given))


def path_of(descriptor: int) -> str:
    """The path of an open file."""
    return os.readlink(f"/proc/self/fd/{descriptor}")


def _bytes(at: int, size: int) -> bytes:
    return ctypes.string_at(at, size)


def _place(descriptor: int) -> int:
    return os.lseek(descriptor, 0, os.SEEK_CUR)


def _slots() -> dict[str, list[int]]:
    """Name -> the addresses, in this process, of the pointers by which the library calls the function."""
    library = Path(_sqlite3.__file__).resolve()
    start = _start_of(library)
    found: dict[str, list[int]] = {}
    for place, name in _relocations(library.read_bytes()):
        if name in NAMES:
            found.setdefault(name, []).append(start + place)
    return found


def _start_of(library: Path) -> int:
    try:
        maps = Path("/proc/self/maps").read_text().splitlines()
    except OSError as error:
        raise NotRecordable("this system does not tell where a library lies in memory") from error
    starts = [int(line.partition("-")[0], 16) for line in maps if line.endswith(str(library))]
    if not starts:
        raise NotRecordable("SQLite's library is not where it was loaded from")
    return min(starts)


def _relocations(elf: bytes) -> Iterator[tuple[int, str]]:
    """(place, symbol's name) of each relocation of a 64-bit little-endian ELF file (System V ABI, chapters 4 and 5)."""
    if elf[:6] != b"\x7fELF\x02\x01":
        raise NotRecordable("SQLite's library is not a 64-bit ELF file")
    table, count = struct.unpack_from("<Q", elf, 0x28)[0], struct.unpack_from("<H", elf, 0x3C)[0]
    sections = [struct.unpack_from("<IIQQQQIIQQ", elf, table + 64 * n) for n in range(count)]
    symbols = next((one for one in sections if one[1] == _SHT_DYNSYM), None)
    if symbols is None:
        raise NotRecordable("SQLite's library names no symbols")
    texts = sections[symbols[6]][4]
    for section in sections:
        if section[1] != _SHT_RELA or section[4] == 0:
            continue
        for at in range(section[4], section[4] + section[5], 24):
            place, info, addend = struct.unpack_from("<QQq", elf, at)
            if info >> 32 and addend == 0:
                name = struct.unpack_from("<I", elf, symbols[4] + 24 * (info >> 32))[0]
                yield place, elf[texts + name : elf.index(b"\0", texts + name)].decode()
