"""Visible: how long after a report is posted its receiver reads it, at a steady rate, in a hub that serves and runs."""

import json
import re
import threading
import time

from benchmarks.benchmark import Run
from benchmarks.house_b import JSON, events, scenario
from benchmarks.measuring import Row, Say, below, share_below
from benchmarks.serving import Client, served
from benchmarks.worlds import agency_of, agree, embedded, folder, hub_of

NAME = "visible"
_MARK = re.compile(rb"mark-(\d+)-")
_READER, _PURPOSE = "social-work/system", "child_protection"
_LOOK_SECONDS = 0.01
_QUIET_SECONDS = 1.0
_PATIENCE_SECONDS = 60.0
_ONE = "application/cloudevents+json"


def rows(run: Run) -> list[Row]:
    """At the rate that the hub is meant for, and at one that leaves it room."""
    rates, seconds = run.size.of((10,), (200, 20), (200, 20)), run.size.of(1.0, 3.0, 20.0)
    return [_at_rate(rate, seconds, run.say) for rate in rates]


def _at_rate(rate: int, seconds: float, say: Say) -> Row:
    say(f"visible: {rate} posts a second for {seconds:.0f} s")
    with folder() as place:
        data = place / "hub"
        data.mkdir()
        with hub_of(embedded(data)) as stage:
            agree(stage)
        clock = place / "clock"
        clock.write_text(scenario().now.isoformat())
        variables = {"CAIRN_DATA": str(data), "CAIRN_KEYS": f"file://{data}/keys", "CAIRN_CLOCK": f"file://{clock}"}
        with served(("services", "up", "all", "--port", "0"), variables) as hub:
            waited = _Watched(hub, rate, int(rate * seconds)).waited()
    p50, p95, p99 = (share_below(waited, share) * 1_000 for share in (0.5, 0.95, 0.99))
    return Row(
        f"post to visible at the partner, p99 at {rate}/s, embedded",
        p99,
        "ms",
        aim=below(250),
        note=f"p50 {p50:,.0f} ms, p95 {p95:,.0f} ms; {len(waited)} posts, each due at its time whatever came before",
    )


class _Watched:
    """Reports posted at their times, and the reading of them in a partner's feed."""

    def __init__(self, hub: str, rate: int, posts: int) -> None:
        self._hub, self._rate = hub, rate
        self._sent = _reports(posts)
        self._due: dict[int, float] = {}
        self._seen: dict[int, float] = {}
        self._after = ""

    def waited(self) -> list[float]:
        """Seconds from when each was due to be posted until it was read. Raises RuntimeError if any never was."""
        self._warm_up()
        began = time.perf_counter() + 0.5
        self._due = {number: began + number / self._rate for number in range(len(self._sent))}
        clients = 4
        posting = [threading.Thread(target=self._post, args=(number, clients)) for number in range(clients)]
        for thread in posting:
            thread.start()
        self._read()
        for thread in posting:
            thread.join()
        missing = len(self._due) - len(self._seen)
        if missing:
            raise RuntimeError(f"{missing} reports were not to be seen within {_PATIENCE_SECONDS:.0f} s")
        return [self._seen[number] - due for number, due in self._due.items()]

    def _warm_up(self) -> None:
        client = Client(self._hub)
        for event in events(15, 900_000):
            client.send("POST", "/intake/v1/events", f"{agency_of(event)}/system", json.dumps(event).encode(), _ONE)
        quiet_since = time.perf_counter()
        while time.perf_counter() - quiet_since < _QUIET_SECONDS:
            if self._lines(client):
                quiet_since = time.perf_counter()
            time.sleep(_LOOK_SECONDS)
        client.close()

    def _post(self, first: int, clients: int) -> None:
        client = Client(self._hub)
        for number in range(first, len(self._sent), clients):
            time.sleep(max(0.0, self._due[number] - time.perf_counter()))
            client.send("POST", "/intake/v1/events", "police/system", self._sent[number], _ONE)
        client.close()

    def _read(self) -> None:
        client = Client(self._hub)
        until = self._due[len(self._sent) - 1] + _PATIENCE_SECONDS
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
        path = f"/sharing/v1/feed?purpose={_PURPOSE}&limit=500{self._after}"
        status, body = client.send("GET", path, _READER)
        lines = body.splitlines() if status == 200 else []
        if lines:
            self._after = f"&after={json.loads(lines[-1])['cursor']}"
        return lines


def _reports(posts: int) -> list[bytes]:
    """Reports of one item by the police that social work is given in full, each with its number in its words."""
    found: list[bytes] = []
    night = 0
    while len(found) < posts:
        sighted: JSON = events(2, night)[1]
        text = json.dumps(sighted | {"id": f"visible-{night}"}).replace("trace-", f"mark-{night}-")
        found.append(text.encode())
        night += 1
    return found
