"""Visible: how long after a report is posted its receiver reads it, at a steady rate, in a hub that serves and runs."""

import itertools
import json
import re
import threading
import time
from dataclasses import replace

from benchmarks.benchmark import Run
from benchmarks.deployed import Deployed, Parts, in_one_process
from benchmarks.house_b import JSON, events
from benchmarks.measuring import Row, below, share_below
from benchmarks.serving import Client
from benchmarks.spending import spent_on_a_report
from benchmarks.worlds import agency_of, folder

NAME = "visible"
_MARK = re.compile(rb"mark-(\d+)-")
_READER, _PURPOSE = "social-work/system", "child_protection"
_LOOK_SECONDS = 0.01
_QUIET_SECONDS = 1.0
_PATIENCE_SECONDS = 60.0
_ONE = "application/cloudevents+json"


def rows(run: Run) -> list[Row]:
    """At the rate that the hub is meant for, and at one that leaves it room; all services in one process."""
    rates, seconds = run.size.of((10,), (200, 20), (200, 20)), run.size.of(1.0, 3.0, 20.0)
    with folder() as data:
        spent = spent_on_a_report(data, run.size.of(15, 150, 600))
    found = []
    for rate in rates:
        with folder() as data, in_one_process(Parts(data)) as hub:
            row = at_rate(run, hub, rate, seconds, "one process, SQLite", 250)
            found.append(replace(row, note=f"{row.note}; {spent}"))
    return found


def at_rate(run: Run, hub: Deployed, rate: int, seconds: float, where: str, aim: float) -> Row:
    """How soon posts at this rate are seen, in milliseconds."""
    run.say(f"visible, {where}: {rate} posts a second for {seconds:.0f} s")
    waited = _Watched(hub, rate, int(rate * seconds)).waited()
    p50, p95, p99 = (share_below(waited, share) * 1_000 for share in (0.5, 0.95, 0.99))
    return Row(
        f"post to visible at the partner, p99 at {rate}/s, {where}",
        p99,
        "ms",
        aim=below(aim),
        note=f"p50 {p50:,.0f} ms, p95 {p95:,.0f} ms; {len(waited)} posts, each due at its time whatever came before",
    )


class _Watched:
    """Reports posted at their times, and the reading of them in a partner's feed."""

    _nights = itertools.count(0, 100_000)
    """Where each begins: what was reported before is not reported again."""

    def __init__(self, hub: Deployed, rate: int, posts: int) -> None:
        self._hub, self._rate = hub, rate
        self._sent = _reports(next(self._nights), posts)
        self._due: dict[int, float] = {}
        self._seen: dict[int, float] = {}
        self._after = ""

    def waited(self) -> list[float]:
        """Seconds from when each was due to be posted until it was read, or until nobody waited any longer."""
        self._warm_up()
        began = time.perf_counter() + 0.5
        self._due = {night: began + number / self._rate for number, night in enumerate(self._sent)}
        clients = 4
        posting = [threading.Thread(target=self._post, args=(number, clients)) for number in range(clients)]
        for thread in posting:
            thread.start()
        self._read()
        for thread in posting:
            thread.join()
        now = time.perf_counter()
        return [self._seen.get(night, now) - due for night, due in self._due.items()]

    def _warm_up(self) -> None:
        client, reader = Client(self._hub.intake), Client(self._hub.sharing)
        for event in events(15, 900_000):
            client.send("POST", "/v1/events", f"{agency_of(event)}/system", json.dumps(event).encode(), _ONE)
        quiet_since = time.perf_counter()
        while time.perf_counter() - quiet_since < _QUIET_SECONDS:
            if self._lines(reader):
                quiet_since = time.perf_counter()
            time.sleep(_LOOK_SECONDS)
        client.close()
        reader.close()

    def _post(self, first: int, clients: int) -> None:
        client = Client(self._hub.intake)
        for night, body in list(self._sent.items())[first::clients]:
            time.sleep(max(0.0, self._due[night] - time.perf_counter()))
            client.send("POST", "/v1/events", "police/system", body, _ONE)
        client.close()

    def _read(self) -> None:
        client = Client(self._hub.sharing)
        until = max(self._due.values()) + _PATIENCE_SECONDS
        while len(self._seen) < len(self._sent) and time.perf_counter() < until:
            lines = self._lines(client)
            now = time.perf_counter()
            for mark in _MARK.findall(b"".join(lines)):
                self._seen.setdefault(int(mark), now)
            if not lines:
                time.sleep(_LOOK_SECONDS)
        client.close()

    def _lines(self, client: Client) -> list[bytes]:
        """What is new in the reader's feed; nothing while it is not current."""
        path = f"/v1/feed?purpose={_PURPOSE}&limit=500{self._after}"
        status, body = client.send("GET", path, _READER)
        lines = body.splitlines() if status == 200 else []
        if lines:
            self._after = f"&after={json.loads(lines[-1])['cursor']}"
        return lines


def _reports(first: int, posts: int) -> dict[int, bytes]:
    """Night -> a report of one item by the police that social work is given in full, with the night in its words."""
    found: dict[int, bytes] = {}
    for night in range(first, first + posts):
        sighted: JSON = events(2, night)[1]
        found[night] = json.dumps(sighted | {"id": f"visible-{night}"}).replace("trace-", f"mark-{night}-").encode()
    return found
