"""A live demo hub, started as `make demo` starts it, for tests that call it from outside."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

ROOT = Path(__file__).parents[2]
_STARTED_SECONDS_MAX = 120
"""On a machine that is busy with other tests; an idle one needs a few seconds."""
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass(frozen=True)
class Demo:
    """A demo that serves."""

    address: str
    process: subprocess.Popen[str]
    cpu_seconds: float
    """What the start cost."""

    def interrupt(self) -> tuple[int, str, str]:
        """Press Ctrl-C once it serves; gives exit status, standard output since the start was read, and standard error.

        Before it serves, a process that was begun in the background may be deaf to it, as shells begin such processes.
        """
        httpx2.get(f"{self.address}/sign-in", timeout=60)
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=150)
        return self.process.returncode, out, err


@contextmanager
def demo(arguments: Sequence[str] = (), settings: Mapping[str, str] | None = None) -> Iterator[Demo]:
    """`cairn demo` on a free port, killed afterwards if it is still there."""
    command = [sys.executable, "-m", "services", "demo", "--port", "0", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")}
    environment |= settings or {}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        yield Demo(_address(process), process, _cpu_seconds(process.pid))
    finally:
        process.kill()
        process.communicate()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    until = time.monotonic() + _STARTED_SECONDS_MAX
    for line in process.stdout:
        found = _ADDRESS.search(line)
        if found:
            return found[0]
        if time.monotonic() > until:
            break
    raise AssertionError("the demo told no address")


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
