"""Servers and clients: processes of their own that are spoken to over the loopback, as agencies' systems speak to them.

The client is the plainest there is, because what it costs is taken from the same processors as the hub's share.
"""

import http.client
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
_STOP_SECONDS_MAX = 15
_ADDRESS = re.compile(r"http://\S+")


@contextmanager
def served(words: Sequence[str], variables: Mapping[str, str]) -> Iterator[str]:
    """A server of ours, started as a process; gives its `host:port`, from the first line that tells an address."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", *words], cwd=ROOT, env=os.environ | variables, stdout=subprocess.PIPE, text=True
    )
    try:
        if process.stdout is None:
            raise RuntimeError("a server without an output")
        told = next(filter(None, map(_ADDRESS.search, process.stdout)), None)
        if told is None:
            raise RuntimeError(f"{words[0]} did not start")
        yield urlsplit(told[0]).netloc
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Client:
    """One connection to a server, kept open; `place` is `host:port`, with a path behind it where one is to go first."""

    def __init__(self, place: str) -> None:
        host, slash, path = place.partition("/")
        self._connection, self._first = http.client.HTTPConnection(host, timeout=120), slash + path

    def send(self, method: str, path: str, caller: str, body: bytes | None = None, kind: str = "") -> tuple[int, bytes]:
        """One request as this caller; its status and body."""
        headers = {"Authorization": f"Demo {caller}"} | ({"Content-Type": kind} if kind else {})
        self._connection.request(method, self._first + path, body, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def close(self) -> None:
        self._connection.close()


def posts_a_second(place: str, bodies: Sequence[tuple[str, bytes]], kind: str, clients: int) -> float:
    """How many of these (caller, body) were answered in a second by so many clients at once.

    Raises RuntimeError if any answer is not 202.
    """
    wrong: list[int] = []

    def one(share: Sequence[tuple[str, bytes]]) -> None:
        client = Client(place)
        for caller, body in share:
            status, _ = client.send("POST", "/v1/events", caller, body, kind)
            if status != 202:
                wrong.append(status)
        client.close()

    threads = [threading.Thread(target=one, args=(bodies[number::clients],)) for number in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if wrong:
        raise RuntimeError(f"{len(wrong)} posts were not taken, the first with {wrong[0]}")
    return len(bodies) / seconds
