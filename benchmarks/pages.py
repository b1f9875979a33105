"""Pages: how long each list takes to be made in a large town, and how much a first view of it sends, to a browser.

The command that shows the town prepares it, once a run; or `CAIRN_TOWN` names the folder of one, which is copied.
Then each page is opened in turn, by whoever's it is, while the hub's followers fold what was read before.
"""

import gzip
import http.client
import os
import re
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

from benchmarks.benchmark import Run
from benchmarks.measuring import Row, below, share_below, timing
from benchmarks.serving import served
from benchmarks.worlds import folder

NAME = "pages"
TOWN: Final = "CAIRN_TOWN"
_WARMING: Final = 2
_PAUSE_SECONDS: Final = 0.05
_KILOBYTE: Final = 1_000
_GRAPH: Final = ("cytoscape.js", "network.js")
"""What only draws the network: the aim for a first view is without it."""
_FILES: Final = re.compile(r'(?:href|src)="([^"]*/static/[^"]+)"')
_OF_STYLES: Final = re.compile(r'url\("?([\w.-]+\.woff2)"?\)')

_WORKER, _CHAIR, _LEAD = "social-work/duty-worker", "efh-panel/chair", "governance/lead"
PAGES: Final[Sequence[tuple[str, str, str]]] = (
    ("my queue", _WORKER, "/panel/queue?purpose=child_protection"),
    ("my queue, overdue return discussions", _WORKER, "/panel/queue?purpose=child_protection&show=discussion"),
    ("my queue, of the police", "police/officer", "/panel/queue?purpose=child_protection"),
    ("young people", _WORKER, "/panel/young-people?purpose=child_protection"),
    ("young people, the third page", _WORKER, "/panel/young-people?purpose=child_protection&order=-latest&page=3"),
    ("missing figures", _WORKER, "/panel/missing?purpose=child_protection"),
    ("missing figures of a year", _WORKER, "/panel/missing?purpose=child_protection&weeks=52"),
    ("what we know", _WORKER, "/panel/?purpose=child_protection"),
    ("what we know, of youth work", "youth-work/street-worker", "/panel/?purpose=context"),
    ("what we know, of the bus operator", "bus-operator/manager", "/panel/?purpose=context"),
    ("network", _WORKER, "/panel/network?purpose=child_protection"),
    ("network of all days", _WORKER, "/panel/network?purpose=child_protection&days=all"),
    ("places and times", _WORKER, "/panel/places?purpose=child_protection"),
    ("places and times of all days", _WORKER, "/panel/places?purpose=child_protection&from=all"),
    ("places, of youth work", "youth-work/street-worker", "/panel/places?purpose=context"),
    ("places, of the bus operator", "bus-operator/manager", "/panel/places?purpose=context"),
    ("meetings", _CHAIR, "/panel/room/meetings?purpose=context"),
    ("contexts", _CHAIR, "/panel/room/contexts?purpose=context"),
    ("referrals", _CHAIR, "/panel/room/referrals?purpose=context"),
    ("actions", _CHAIR, "/panel/room/actions?purpose=context"),
    ("reviews", _CHAIR, "/panel/room/reviews?purpose=context"),
    ("who may see what", _LEAD, "/governance/"),
    ("who saw what", _LEAD, "/governance/who-saw"),
    ("who looked, by agency", _LEAD, "/governance/who-looked"),
    ("who looked, by young person", _LEAD, "/governance/who-looked?by=subject&days=all"),
    ("agreements", _LEAD, "/governance/agreements"),
    ("recalls", _LEAD, "/governance/recalls"),
)
"""What the page is called, who opens it, and where it is."""


@dataclass(frozen=True)
class Opened:
    """What a browser was sent for one address. `sent` counts the bytes of the body as they came."""

    body: bytes
    sent: int


def rows(run: Run) -> list[Row]:
    """For each page a line of its time, and one of what its first view sends."""
    reports, times = run.size.of(60, 2_000, 20_000), run.size.of(2, 30, 40)
    with _town(reports, run) as data:
        words = ("services", "demo", "--town", "--data", str(data), "--reports", str(reports), "--port", "0")
        with served(words, {}) as place:
            return list(_measured(place, times, f"{reports:,} reports"))


@contextmanager
def _town(reports: int, run: Run) -> Iterator[Path]:
    prepared = os.environ.get(TOWN)
    with folder() as place:
        if prepared:
            run.say(f"pages: a copy of the town in {TOWN}")
            shutil.copytree(prepared, place / "town")
        else:
            run.say(f"pages: preparing a town of {reports:,} reports")
        yield place / "town"


def _measured(place: str, times: int, town: str) -> Iterator[Row]:
    browsers = {who: Browser(place, who) for who in {who for _, who, _ in PAGES}}
    for _ in range(_WARMING):
        for _, who, path in PAGES:
            browsers[who].open(path)
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(times):
        for name, who, path in PAGES:
            time.sleep(_PAUSE_SECONDS)
            with timing() as one:
                browsers[who].open(path)
            taken[name].append(one.wall * 1_000)
    for name, who, path in PAGES:
        p95, usual = share_below(taken[name], 0.95), share_below(taken[name], 0.5)
        yield Row(f"page, p95: {name}", p95, "ms", aim=below(150), note=f"p50 {usual:,.0f} ms, {times} times, {town}")
        yield _first_view(browsers[who], name, path)


def _first_view(browser: "Browser", name: str, path: str) -> Row:
    page = browser.open(path)
    files = {address: browser.open(address) for address in _dressed_with(browser, page, path)}
    sent = page.sent + sum(one.sent for one in files.values())
    note = (
        f"the page {_kilobytes(page.sent)} kB of {_kilobytes(len(page.body))} kB, {len(files)} files"
        f" {_kilobytes(sent - page.sent)} kB; {_kilobytes(len(gzip.compress(page.body, 6)))} kB the page alone in gzip"
    )
    return Row(f"first view: {name}", sent / _KILOBYTE, "kB", aim=below(100), note=note)


def _dressed_with(browser: "Browser", page: Opened, path: str) -> list[str]:
    """The files that the page asks for, and those that these ask for, once each."""
    asked = [one for one in dict.fromkeys(_FILES.findall(page.body.decode())) if not _draws(one)]
    fonts = [
        urljoin(one, name)
        for one in asked
        if urlsplit(one).path.endswith(".css")
        for name in _OF_STYLES.findall(browser.open(one).body.decode())
    ]
    return list(dict.fromkeys(urljoin(path, one) for one in (*asked, *fonts)))


def _draws(address: str) -> bool:
    return urlsplit(address).path.endswith(_GRAPH)


def _kilobytes(count: int) -> str:
    return f"{count / _KILOBYTE:,.1f}"


class Browser:
    """One connection, kept open, that says of itself what a browser does. `who` is `partner/name`."""

    def __init__(self, place: str, who: str) -> None:
        self._connection = http.client.HTTPConnection(place, timeout=120)
        self._headers = {
            "Cookie": f"cairn_demo={who}",
            "Accept-Encoding": "gzip",
            "Sec-Fetch-Site": "same-origin",
        }

    def open(self, path: str) -> Opened:
        """What is at this address. Raises RuntimeError if it can't be shown."""
        try:
            answer = self._ask(path)
        except ConnectionError:  # what was open for long enough is closed, and opened again
            self._connection.close()
            answer = self._ask(path)
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{urlsplit(path).path} was answered {answer.status}")
        compressed = answer.getheader("Content-Encoding") == "gzip"
        return Opened(gzip.decompress(body) if compressed else body, len(body))

    def _ask(self, path: str) -> http.client.HTTPResponse:
        self._connection.request("GET", path, headers=self._headers)
        return self._connection.getresponse()
