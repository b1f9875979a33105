"""A small hub that is to be harmed: a school reports, a clinic may have it, and a bystander may have nothing.

Each report has a number, which is woven into its words, so that it is known again wherever it turns up.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from schemas.classes import Purpose
from services.composition import Hub
from services.console.rehearsal.hubs import LEAD, unless_refused
from services.console.rehearsal.scenario import JSON, Scenario
from services.console.rehearsal.telling import agreement_of, event_of
from services.kernel.clock import SimulatedClock
from services.kernel.settings import Settings

NOW = datetime(2026, 5, 2, 9, tzinfo=UTC)
SENDER, READER, BYSTANDER = "school", "clinic", "bystander"
PURPOSE = Purpose.CHILD_PROTECTION
CHILDREN = 25
_AGREEMENT: JSON = {
    "id": "P1",
    "title": "School and clinic",
    "purpose": PURPOSE.value,
    "parties": [SENDER, READER],
    "starts": "2026-01-01T00:00:00Z",
    "ends": "2027-01-01T00:00:00Z",
    "grants": {READER: {"school": "full"}},
}
_SCENARIO = Scenario(
    file="",
    title="A small hub",
    now=NOW,
    partners=(SENDER, READER, BYSTANDER),
    subjects={f"y{number}": "2012-03-04" for number in range(CHILDREN)},
    agreements=(_AGREEMENT,),
    reports=(),
    expect={},
    expect_for={},
    what_if=(),
)
PARTNERS = _SCENARIO.partners
AGREEING: tuple[tuple[str, str, JSON], ...] = (
    *(("/sharing/v1/partners", LEAD, {"partner": partner, "name": partner}) for partner in PARTNERS),
    ("/sharing/v1/agreements", LEAD, agreement_of(_AGREEMENT)),
    *(("/sharing/v1/agreements/P1/signatures", f"{party}/signatory", {}) for party in (SENDER, READER)),
    ("/sharing/v1/agreements/P1/in-force", LEAD, {}),
)
"""What is posted, by whom, until the partners have joined and the agreement is in force."""
_TRACE = re.compile(r"trace-n(\d+)-")


def settings_in(folder: Path, wait_seconds: float = 0) -> Settings:
    """Everything in this folder, as it is when nothing else is said; reads wait for as long as this."""
    return Settings(
        data=folder,
        partitions=2,
        at_least_wait_seconds_max=wait_seconds,
        currency_wait_seconds_max=wait_seconds,
    )


def open_hub(folder: Path, names: tuple[str, ...] = ("intake", "sharing"), wait_seconds: float = 0) -> Hub:
    """These services on the folder, by a clock that stands still."""
    return Hub(settings_in(folder, wait_seconds), SimulatedClock(NOW), names, pages=False)


def source_id(number: int) -> tuple[str, str]:
    """The source and the id of the report of this number."""
    return f"urn:cairn:partner:{SENDER}", f"report-{number}"


def report(number: int) -> JSON:
    """The event that tells the report of this number."""
    item = {"id": f"n{number}", "class": "school", "about": [f"y{number % CHILDREN}"]}
    told = {"id": f"report-{number}", "by": SENDER, "type": "school.concern", "at": "2026-05-01T09:00:00Z"}
    return event_of(_SCENARIO, told | {"items": [item]})


@dataclass(frozen=True)
class Line:
    """One line of a feed: what is disclosed, by the number of its report, or recalled."""

    kind: str
    record: str
    number: int | None
    form: str | None


class Callers:
    """Everybody who calls a hub, in this process."""

    def __init__(self, hub: Hub) -> None:
        transport = httpx2.ASGITransport(app=hub.app)
        self._client = httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1")

    async def ask(self, method: str, path: str, caller: str, **request: Any) -> httpx2.Response:
        """One request as this caller. Raises Refused for any answer of 400 or more."""
        headers = {"authorization": f"Demo {caller}"} | request.pop("headers", {})
        return unless_refused(await self._client.request(method, path, headers=headers, **request))

    async def settle_agreement(self) -> None:
        """The partners join and the agreement comes into force."""
        for path, caller, body in AGREEING:
            await self.ask("POST", path, caller, json=body)

    async def post(self, number: int) -> JSON:
        """The receipt for the report of this number."""
        body, headers = json.dumps(report(number)), {"content-type": "application/cloudevents+json"}
        path, caller = "/intake/v1/events", f"{SENDER}/system"
        receipt: JSON = (await self.ask("POST", path, caller, content=body, headers=headers)).json()
        return receipt

    async def page(self, partner: str, after: str | None = None, limit: int = 500) -> tuple[list[Line], str | None]:
        """The next lines of a partner's feed, and the cursor behind them."""
        query = {"purpose": PURPOSE.value, "limit": str(limit)} | ({"after": after} if after else {})
        answer = await self.ask("GET", "/sharing/v1/feed", f"{partner}/system", params=query)
        lines = [json.loads(line) for line in answer.content.splitlines()]
        return [line_of(one) for one in lines], lines[-1]["cursor"] if lines else after

    async def feed(self, partner: str) -> list[Line]:
        """All of a partner's feed."""
        found, cursor = await self.page(partner)
        whole = list(found)
        while found:
            found, cursor = await self.page(partner, cursor)
            whole += found
        return whole

    async def close(self) -> None:
        await self._client.aclose()


def line_of(one: JSON) -> Line:
    """A line as it came."""
    if one["kind"] != "disclosed":
        return Line(one["kind"], one["record"], None, None)
    record = one["record"]
    told = _TRACE.search(json.dumps(record["content"]))
    return Line("disclosed", record["record"], int(told[1]) if told else None, record["form"])


@contextmanager
def calling(hub: Hub) -> Iterator[Callable[..., Any]]:
    """Gives a way to run what callers do: `run(lambda callers: callers.post(1))`."""
    with asyncio.Runner() as runner:
        callers = Callers(hub)
        try:
            yield lambda act: runner.run(act(callers))
        finally:
            runner.run(callers.close())


def check_feeds(hub: Hub, acknowledged: frozenset[int], posted: frozenset[int], suspended: bool = False) -> None:
    """Raises AssertionError unless each partner has just what it may: nothing twice, nothing missing, nothing else."""
    with calling(hub) as run:
        feeds = {partner: run(lambda callers, one=partner: callers.feed(one)) for partner in _SCENARIO.partners}
    check_lines(feeds, acknowledged, posted, suspended)


def check_lines(
    feeds: Mapping[str, Sequence[Line]], acknowledged: frozenset[int], posted: frozenset[int], suspended: bool = False
) -> None:
    """The same of feeds that were read already."""
    for partner, form in ((SENDER, "own"), (READER, "full")):
        lines = [line for line in feeds[partner] if line.kind == "disclosed"]
        counted = Counter(line.number for line in lines)
        must, may = (frozenset(), frozenset()) if suspended and partner == READER else (acknowledged, posted)
        _nothing_but(f"{partner}'s feed", counted, must, may)
        assert {line.form for line in lines} <= {form}, f"{partner} has another form than {form}"
    assert not feeds[BYSTANDER], "the bystander has something"


def _nothing_but(where: str, counted: Counter[int | None], must: frozenset[int], may: frozenset[int]) -> None:
    lost, twice = must - counted.keys(), [number for number, times in counted.items() if times > 1]
    assert not lost, f"{len(lost)} acknowledged reports are not in {where}, first {min(lost)}"
    assert not twice, f"{len(twice)} reports are twice in {where}"
    assert counted.keys() <= may, f"{where} has what was never posted, or is not allowed"
