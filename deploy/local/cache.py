"""What was fetched or built once, kept outside the checkout for every clone of it.

A thing is made in a folder of its own and then renamed into place, under a lock, so that what is there is whole.
"""

import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class PartUnavailable(Exception):
    """A real part could not be fetched or started; the message says what to do."""


def cache_folder() -> Path:
    """`CAIRN_CACHE`, or `cairn` in the user's cache directory."""
    named = os.environ.get("CAIRN_CACHE")
    if named:
        return Path(named).expanduser().resolve()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser().resolve() / "cairn"


def kept(name: str, make: Callable[[Path], None]) -> Path:
    """The folder of this name, versions included, made by `make(empty folder)` if it is not there.

    Raises PartUnavailable if the cache cannot be written; whatever `make` raises is passed on and leaves nothing.
    """
    place = cache_folder() / name
    if place.is_dir():
        return place
    with _locked(place):
        if not place.is_dir():
            _make_aside(place, make)
    return place


def _make_aside(place: Path, make: Callable[[Path], None]) -> None:
    unfinished = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        make(unfinished)
        unfinished.chmod(0o755)  # mkdtemp makes it private; another user of the cache may read it
        unfinished.rename(place)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle = (place.parent / f".{place.name}.lock").open("w")
    except OSError as error:
        raise PartUnavailable(f"The cache folder cannot be written ({error.strerror}); set CAIRN_CACHE.") from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # released by the system if we die
        yield


def say(words: str) -> None:
    """Tell whoever waits what is being done; on standard error, so that addresses can be read from standard output."""
    print(words, file=sys.stderr, flush=True)
