"""A desk: the intake service on its embedded parts in one folder, and an agency's hands to post with."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2 as httpx
from fastapi.testclient import TestClient

from schemas.envelope import Event
from schemas.reports import example
from schemas.sealed import Contribution, SealedReport
from services.intake.app import IntakeParts, create
from services.kernel import topics
from services.kernel.clock import SimulatedClock
from services.kernel.following import settle
from services.kernel.identity.demo import DemoIdentity
from services.kernel.keys.opening import open_keys
from services.kernel.log import Entry, Log
from services.kernel.log.opening import open_log
from services.kernel.store.opening import open_store

NOW = datetime(2026, 5, 2, 9, tzinfo=UTC)
PARTITIONS = 3
JSON = dict[str, Any]


class Desk:
    """Posts to an intake service whose data lies in `folder`."""

    def __init__(
        self, folder: Path, log: Log | None = None, store: str | None = None, seed: bytes | None = None
    ) -> None:
        self.folder = folder
        self.clock = SimulatedClock(NOW)
        self.keys = open_keys(f"file://{folder}/keys", seed)
        self.log = log or open_log(f"sqlite:///{folder}/log")
        if log is None:
            for topic in (topics.REPORTS, topics.CONTEXTS):
                self.log.create(topic, PARTITIONS)
        self.store = open_store(store or f"sqlite:///{folder}", "intake")
        parts = IntakeParts(self.store, self.log, self.keys, DemoIdentity(), self.clock)
        self.service = create(parts)
        self.client = TestClient(self.service.app, client=("127.0.0.1", 50_000))

    def post(self, event: Any, by: str = "education/system", **headers: str) -> httpx.Response:
        """Post one event in structured mode."""
        body = event if isinstance(event, bytes) else json.dumps(event)
        return self.send(body, "application/cloudevents+json", by, **headers)

    def batch(self, events: list[Any], by: str = "education/system") -> httpx.Response:
        """Post a batch."""
        return self.send(json.dumps(events), "application/cloudevents-batch+json", by)

    def send(self, body: str | bytes, media_type: str, by: str = "education/system", **headers: str) -> httpx.Response:
        """Post a body of a media type."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            "/v1/events",
            content=body,
            headers={"content-type": media_type, "authorization": f"Demo {by}"} | named,
        )

    def get(self, path: str, by: str = "education/system") -> httpx.Response:
        """Ask for something."""
        return self.client.get(path, headers={"authorization": f"Demo {by}"})

    def said(self, topic: str) -> list[Entry]:
        """Everything on a topic, once the relay has nothing left to say; of one partition in order."""
        settle(self.service.followers)
        return [entry for partition in range(PARTITIONS) for entry in self.log.read(topic, partition, -1, 10_000)]

    def reports(self) -> list[SealedReport]:
        """The sealed reports on the log."""
        return [Event[SealedReport].model_validate_json(one.value).data for one in self.said(topics.REPORTS)]

    def contributions(self) -> list[Contribution]:
        """What is said of contexts on the log."""
        return [Event[Contribution].model_validate_json(one.value).data for one in self.said(topics.CONTEXTS)]

    def bytes_kept(self) -> bytes:
        """All bytes of all files of the folder, one behind the other."""
        return b"\n".join(path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file())

    def close(self) -> None:
        self.service.close()
        self.keys.close()
        self.log.close()


def school_concern(event_id: str = "E16", **data: Any) -> JSON:
    """The published example of a school's concern, with this id, and these fields of its data set or, if None, gone."""
    return _event("cairn.school.concern.v1", event_id, data)


def of_type(type_name: str, event_id: str, by: str, **data: Any) -> JSON:
    """The published example of a type, as this agency sends it."""
    return _event(type_name, event_id, data) | {"source": f"urn:cairn:partner:{by}", "time": "2026-04-20T11:00:00Z"}


def correction(type_name: str, event_id: str, by: str = "education", **data: Any) -> JSON:
    """An event that corrects an earlier one."""
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": f"urn:cairn:partner:{by}",
        "type": type_name,
        "time": "2026-04-21T09:00:00Z",
        "data": data,
    }


def _event(type_name: str, event_id: str, data: JSON) -> JSON:
    event = example(type_name)
    changed = {name: value for name, value in (event["data"] | data).items() if value is not None}
    return event | {"id": event_id, "data": changed}
