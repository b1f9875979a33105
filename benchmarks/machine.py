"""The machine: what the figures were seen on, without which they say little."""

import os
import platform
import tempfile
import time
from pathlib import Path
from statistics import median

from pysqlite3 import dbapi2

_SYNCS = 30
_PIECES = 100


def description() -> str:
    """One line: processors, memory, versions, how long the disk takes to be sure, how evenly the machine works and how
    busy it is. What a p95 says is no better than what the same work takes one time in twenty."""
    load, work = os.getloadavg()[0], sorted(_piece_milliseconds() for _ in range(_PIECES))
    return (
        f"{os.cpu_count()} processors ({_processor()}), {_memory_gib():.0f} GiB of memory, {platform.system()}"
        f" {_kernel()}; Python {platform.python_version()}, SQLite {dbapi2.sqlite_version}; a durable write of"
        f" 4 KiB takes {_sync_milliseconds():.2f} ms; the same piece of Python takes {median(work):.0f} ms, at p95"
        f" {work[round(0.95 * _PIECES) - 1]:.0f}; {load:.1f} processes were at work when it began"
    )


def _piece_milliseconds() -> float:
    began = time.perf_counter()
    sum(number * number for number in range(300_000))
    return (time.perf_counter() - began) * 1_000


def _kernel() -> str:
    return platform.release().partition("-")[0]


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    if told.exists():
        for line in told.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _sync_milliseconds() -> float:
    """The usual time of a write and fsync where the benchmarks keep their files."""
    spent = []
    with tempfile.TemporaryFile() as file:
        for _ in range(_SYNCS):
            began = time.perf_counter()
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())
            spent.append(time.perf_counter() - began)
    return median(spent) * 1_000
