"""What outlives a power cut, beyond what SQLite sees to: folders' names, and the end of what was cut off a file."""

import os
from pathlib import Path


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make the folder, and those above it, where they are not there, and let their names be durable: without its
    folder, a file that was synced is lost all the same. `mode` is the folder's own, less the umask."""
    new = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    for one in new:
        sync(one.parent)


def sync(path: Path) -> None:
    """Let a file's content, or the names in a folder, be durable as they are."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
