"""Preparing: the town's agencies send what they have in batches, as a system that joins the hub does with its past."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import orjson

from services.console.rehearsal.hubs import Refused, ThrowAwayHub
from services.console.rehearsal.player import Player
from services.console.rehearsal.scenario import JSON, Scenario

BATCH = 500
"""How many reports are sent before they are heard: enough to be quick, few enough to see that it goes on."""


def prepare(stage: ThrowAwayHub, world: Scenario, names: dict[str, str], events: Sequence[JSON]) -> Iterator[int]:
    """Let everybody join and agree, then send all events; gives how many were sent and heard, each time some were.

    Raises Refused where an event is not accepted.
    """
    for _ in Player(stage, world, names, traced=False).opening():
        pass
    for start in range(0, len(events), BATCH):
        some = events[start : start + BATCH]
        for source, theirs in groupby(sorted(some, key=_source), key=_source):
            send(stage, source.rpartition(":")[2], list(theirs))
        stage.settle()
        yield start + len(some)


def _source(event: JSON) -> str:
    return str(event["source"])


def send(stage: ThrowAwayHub, by: str, events: list[JSON]) -> None:
    """One agency sends a batch. Raises Refused where an event is not accepted."""
    headers = {"content-type": "application/cloudevents-batch+json"}
    content = orjson.dumps(events)
    answers = stage.ask("POST", "/intake/v1/events", f"{by}/system", content=content, headers=headers).json()
    for one in answers:
        if one.get("status") != "accepted":
            raise Refused(422, f"report {one.get('status')}")
