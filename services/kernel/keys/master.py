"""The master key: one small file that opens all subject keys, and that its owner alone may read."""

import base64
import os
import secrets
from pathlib import Path

from services.kernel.durability import make_folder, sync
from services.kernel.keys import KeysUnavailable

MASTER_BYTES = 32


def master_key(path: Path, protects: Path, durable: bool = True) -> bytes:
    """The 32 bytes in this file, made at first use; one of several processes makes it, and all read that one.

    Raises KeysUnavailable if the file can be read by others, is damaged, or is missing though what it `protects` is
    there: a new one would open nothing.
    """
    if path.exists():
        return _read(path)
    if protects.exists() and not path.exists():  # looked at again: another process may have made both just now
        raise KeysUnavailable(f"{path.name} is missing, and {protects.name} cannot be read without: restore it")
    _make(path, durable)
    return _read(path)


def _make(path: Path, durable: bool) -> None:
    """Write under another name and link: whoever sees the file sees all of it, and nobody replaces it."""
    make_folder(path.parent, 0o700)
    new = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    text = base64.urlsafe_b64encode(os.urandom(MASTER_BYTES)) + b"\n"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        try:
            os.link(new, path)
        except FileExistsError:
            return
    finally:
        new.unlink()
    if durable:
        sync(path.parent)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            raise KeysUnavailable(f"{path.name} can be read by others than its owner: chmod 600 it")
        text = file.read(200)
    try:
        key = base64.b64decode(text.strip(), altchars=b"-_", validate=True)
    except ValueError as error:
        raise KeysUnavailable(f"{path.name} is damaged: restore it") from error
    if len(key) != MASTER_BYTES:
        raise KeysUnavailable(f"{path.name} is damaged: restore it")
    return key
