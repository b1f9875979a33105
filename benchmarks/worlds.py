"""Worlds: hubs on a disk of this machine that were told House B's nights, for benchmarks to work on.

The folder is never in memory: what the hub acknowledges has to be durable, and that is part of what is measured.
"""

import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.house_b import JSON, scenario
from benchmarks.measuring import garbage_aside
from services.composition import SERVICES, Hub
from services.console.rehearsal.hubs import LEAD, ThrowAwayHub, hub_at
from services.console.rehearsal.telling import agreement_of
from services.kernel.clock import SimulatedClock
from services.kernel.settings import Settings

PARTITIONS = 4
_BATCH = 500
_STRUCTURED = {"content-type": "application/cloudevents+json"}
_BATCHED = {"content-type": "application/cloudevents-batch+json"}


@contextmanager
def folder() -> Iterator[Path]:
    """A folder of a benchmark's own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="cairn-bench-", ignore_cleanup_errors=True) as made:
        yield Path(made)


def embedded(data: Path) -> Settings:
    """A hub with everything in this folder."""
    return Settings(
        data=data, keys=f"file://{data}/keys", partitions=PARTITIONS, at_least_wait_seconds_max=0,
        currency_wait_seconds_max=0,
    )  # fmt: skip


@contextmanager
def hub_of(settings: Settings, names: Sequence[str] = SERVICES) -> Iterator[ThrowAwayHub]:
    """A hub in this process, at the scenario's time, in which nothing moves but what is stepped."""
    clock = SimulatedClock(scenario().now)
    hub = Hub(settings, clock, names, pages=False)
    try:
        with hub_at(hub, clock) as stage, garbage_aside():
            yield stage
    finally:
        hub.close()


def agree(stage: ThrowAwayHub, agreements: Sequence[JSON] = (), partners: Sequence[str] = ()) -> None:
    """The scenario's partners and agreements, and these besides, in force and taken in."""
    night = scenario()
    for partner in (*night.partners, *partners):
        stage.ask("POST", "/sharing/v1/partners", LEAD, json={"partner": partner, "name": partner.capitalize()})
    for agreement in (*night.agreements, *agreements):
        stage.ask("POST", "/sharing/v1/agreements", LEAD, json=agreement_of(agreement))
        signatures = f"/sharing/v1/agreements/{agreement['id']}/signatures"
        for party in agreement["parties"]:
            stage.ask("POST", signatures, f"{party}/signatory", json={})
        stage.ask("POST", f"/sharing/v1/agreements/{agreement['id']}/in-force", LEAD, json={})
    stage.settle()


def post(stage: ThrowAwayHub, events: Sequence[JSON]) -> None:
    """Send these reports, in batches, each by its agency. Raises RuntimeError unless all are accepted."""
    by_agency: dict[str, list[JSON]] = defaultdict(list)
    for event in events:
        by_agency[agency_of(event)].append(event)
    for agency, sent in by_agency.items():
        for start in range(0, len(sent), _BATCH):
            body = json.dumps(sent[start : start + _BATCH])
            answer = stage.ask("POST", "/intake/v1/events", f"{agency}/system", content=body, headers=_BATCHED)
            if any(one.get("status") != "accepted" for one in answer.json()):
                raise RuntimeError("a report of the benchmark was not accepted")


def agency_of(event: JSON) -> str:
    """The agency that reports it."""
    return str(event["source"]).split(":")[3]


def step_all(stage: ThrowAwayHub, *services: str) -> None:
    """Step the followers of these services until none has anything to do."""
    followers = [one for name in services for one in stage.hub.services[name].followers]
    while sum(follower.step() for follower in followers):
        pass
