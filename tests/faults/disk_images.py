"""Disk images: what a power cut could have left of the files that a hub was writing.

What was synced is there. Of what was not, anything may be: nothing, all, the first of it, any part of it in any order,
any part of its sectors; and a name made or removed since its folder was synced may be there or not. Bytes that a write
did not touch are not harmed by it (https://sqlite.org/psow.html).
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.disk_calls import Call

SECTORS = (512, 4096)
LOSSES = ("nothing kept", "all kept", "the first kept", "some kept", "torn")
_ALL = "all kept"
_SHARED_MEMORY_BYTES = 32_768


@dataclass
class File:
    """What lies under a name: its durable bytes, its bytes as the processes see them, and what lies in between."""

    durable: bytearray = field(default_factory=bytearray)
    seen: bytearray = field(default_factory=bytearray)
    unsynced: list[Call] = field(default_factory=list)

    def change(self, call: Call) -> None:
        """Write or truncate."""
        _apply(self.seen, call)
        self.unsynced.append(call)

    def sync(self) -> None:
        """Make all of it durable."""
        for call in self.unsynced:
            _apply(self.durable, call)
        self.unsynced.clear()


@dataclass
class Disk:
    """A disk to which calls are made one after the other, and whose power may be cut after any of them."""

    named: dict[str, File] = field(default_factory=dict)
    durably_named: dict[str, File] = field(default_factory=dict)

    def make(self, call: Call) -> None:
        """Let this call have its effect."""
        if call.kind in ("write", "truncate"):
            self.named.setdefault(call.path, File()).change(call)
        elif call.kind == "unlink":
            self.named.pop(call.path, None)
        elif call.kind == "sync" and call.path in self.named:
            self.named[call.path].sync()
        elif call.kind == "sync":
            self._sync_names(call.path)

    def image(self, chance: random.Random, loss: str | None = None) -> dict[str, bytes]:
        """Name -> what it holds after a power cut. `loss`, one of LOSSES, holds for all files; None: each its own."""
        left = {}
        for name in sorted(self.named.keys() | self.durably_named.keys()):
            now, before = self.named.get(name), self.durably_named.get(name)
            file = now if now is before or loss == _ALL or chance.random() < 0.5 else before
            if file is not None:
                left[name] = bytes(_left(file, chance, loss or chance.choice(LOSSES)))
        return left

    def _sync_names(self, folder: str) -> None:
        inside = {name for name in self.named.keys() | self.durably_named.keys() if _folder(name) == folder}
        for name in inside:
            self.durably_named.pop(name, None)
            if name in self.named:
                self.durably_named[name] = self.named[name]


def _left(file: File, chance: random.Random, loss: str) -> bytearray:
    if loss == _ALL or not file.unsynced:
        return bytearray(file.seen)
    left = bytearray(file.durable)
    kept = file.unsynced
    match loss:
        case "nothing kept":
            kept = []
        case "the first kept":
            kept = kept[: chance.randrange(len(kept) + 1)]
        case "some kept":
            odds = chance.random()
            kept = [call for call in kept if chance.random() < odds]
        case "torn":
            odds, sector = chance.random(), chance.choice(SECTORS)
            kept = [part for call in kept for part in _sectors(call, sector) if chance.random() < odds]
    for call in kept:
        _apply(left, call)
    return left


def _sectors(call: Call, size: int) -> Iterator[Call]:
    """A write, cut where one sector of the disk ends and the next begins."""
    at, end = call.offset, call.offset + len(call.data)
    if call.kind != "write":
        yield call
        return
    while at < end:
        next_at = min(end, (at // size + 1) * size)
        yield Call("write", call.path, at, call.data[at - call.offset : next_at - call.offset])
        at = next_at


def _apply(content: bytearray, call: Call) -> None:
    end = call.offset + len(call.data)
    if call.kind == "truncate":
        del content[call.offset :]
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[call.offset : end] = call.data


def _folder(name: str) -> str:
    folder, _, _ = name.rpartition("/")
    return folder or "."


def lay_out(image: dict[str, bytes], folder: Path, chance: random.Random) -> None:
    """Write an image into a folder; what connections share in memory is gone, or rubbish."""
    for name, content in image.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o600)
        shared = path.with_name(f"{path.name}-shm")
        if path.suffix == ".db" and chance.random() < 0.5:
            shared.write_bytes(chance.randbytes(_SHARED_MEMORY_BYTES))
