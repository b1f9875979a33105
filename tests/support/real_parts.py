"""The real parts a run of the tests uses: Kafka, OPA and PostgreSQL, one of each for all workers.

Found in this order: an address in the environment, Docker, `deploy/local`. A part is started when the first test
needs it, by a process that holds it (`python -m tests.support.real_parts`) and lets go when the run is over,
however the run ends: the run holds a lock for as long as it lives.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NoReturn

from deploy.local.cache import PartUnavailable, say
from deploy.local.parts import START as START_LOCALLY

_RUN = "CAIRN_TEST_RUN"
_ROOT = Path(__file__).parents[2]
_START_SECONDS_MAX = 900
"""Fetching and building may be part of the start."""


@contextmanager
def a_run() -> Iterator[None]:
    """For the process that leads the run: its workers and the parts find each other through a folder."""
    with (
        tempfile.TemporaryDirectory(prefix="cairn-tests-", ignore_cleanup_errors=True) as folder,
        (Path(folder) / "alive").open("w") as alive,
    ):
        fcntl.flock(alive, fcntl.LOCK_EX)
        os.environ[_RUN] = folder
        try:
            yield
        finally:
            del os.environ[_RUN]


def address(part: str) -> str:
    """Where this part of the run listens, started if need be. Raises PartUnavailable, the same for every worker."""
    named = os.environ.get(f"CAIRN_TEST_{part.upper()}")
    if named:
        return named
    folder = Path(os.environ[_RUN])
    with (folder / f"{part}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        answer = folder / f"{part}.json"
        if not answer.exists():
            answer.write_text(_start(part, folder))
    told: dict[str, str] = json.loads(answer.read_text())
    if "missing" in told:
        raise PartUnavailable(told["missing"])
    return told["address"]


def _start(part: str, folder: Path) -> str:
    with (folder / f"{part}.log").open("wb") as log:
        holder = subprocess.Popen(
            [sys.executable, "-m", __name__, part, folder],
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    line = _first_line(holder)
    return line or json.dumps({"missing": f"{part} could not be started: {_last_line(folder / f'{part}.log')}"})


def _first_line(holder: subprocess.Popen[bytes]) -> str:
    if holder.stdout is None:
        raise RuntimeError("the holder of a part has no output")
    too_long = threading.Timer(_START_SECONDS_MAX, holder.terminate)
    too_long.start()
    try:
        return holder.stdout.readline().decode()
    finally:
        too_long.cancel()


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    return lines[-1] if lines else "it says nothing"


def hold(part: str, folder: Path) -> None:
    """Start the part, tell its address, and keep it until the run is over."""
    signal.signal(signal.SIGTERM, _leave)
    try:
        with _how_to_start(part) as place:
            _tell({"address": place})
            with (folder / "alive").open() as alive:
                fcntl.flock(alive, fcntl.LOCK_SH)  # granted when whoever leads the run is gone
    except PartUnavailable as missing:
        _tell({"missing": str(missing)})


def _how_to_start(part: str) -> AbstractContextManager[str]:
    from tests.support import containers

    if containers.engine_answers():
        say(f"{part}: in a container")
        return containers.START[part]()
    return START_LOCALLY[part]()


def _tell(what: dict[str, str]) -> None:
    print(json.dumps(what), flush=True)


def _leave(*_: object) -> NoReturn:
    raise SystemExit


if __name__ == "__main__":
    hold(sys.argv[1], Path(sys.argv[2]))
