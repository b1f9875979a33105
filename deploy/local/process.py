"""A server process of ours: started, waited for until it answers, and stopped with whoever started it."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.local.cache import PartUnavailable

_PR_SET_PDEATHSIG = 1


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int) -> bool:
    """Whether somebody listens on this port of the loopback address."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running_process(
    name: str,
    command: Sequence[str | Path],
    *,
    answers: Callable[[], bool],
    log: Path,
    seconds_max: float,
    stop_with: signal.Signals = signal.SIGTERM,
    environment: Mapping[str, str] | None = None,
    as_user: int | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the command until the block ends. Raises PartUnavailable with the log's last lines if it does not answer."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - the command is ours
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            start_new_session=True,  # Ctrl-C is for us, and we stop it in our own order
            preexec_fn=die_with_the_parent,
            user=as_user,
            group=as_user,
            extra_groups=None if as_user is None else [],
            cwd=log.parent,
        )
    try:
        _await_answer(name, process, answers, log, seconds_max)
        yield process
    finally:
        _stop(process, stop_with)


def die_with_the_parent() -> None:
    """Let the system end this process when the one that started it is gone, however that ended."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _await_answer(
    name: str, process: subprocess.Popen[bytes], answers: Callable[[], bool], log: Path, seconds_max: float
) -> None:
    deadline = time.monotonic() + seconds_max
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise PartUnavailable(f"{name} ended as it started (status {process.returncode}):\n{_last_lines(log)}")
        if answers():
            return
        time.sleep(0.1)
    raise PartUnavailable(f"{name} did not answer within {seconds_max:.0f} s:\n{_last_lines(log)}")


def _stop(process: subprocess.Popen[bytes], stop_with: signal.Signals) -> None:
    if process.poll() is not None:
        return
    process.send_signal(stop_with)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=10)


def _last_lines(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
