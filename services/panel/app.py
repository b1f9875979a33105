"""The panel service: its followers and pages, made from the parts it is given."""

from dataclasses import dataclass

from fastapi import FastAPI

from services.kernel.access import AccessGate
from services.kernel.clock import Clock
from services.kernel.http.apps import new_app
from services.kernel.identity import Identity
from services.kernel.keys import Keys
from services.kernel.log import Log
from services.kernel.projecting import ProjectionFollower
from services.kernel.store import Store
from services.panel import pipeline
from services.panel.reading import Reading
from services.panel.web import site


@dataclass(frozen=True)
class PanelParts:
    """What the service needs. `front` is where people choose who they are, if that is another service's page;
    without `pages` it only follows its feeds, and needs no front-end files."""

    log: Log
    store: Store
    keys: Keys
    identity: Identity
    clock: Clock
    front: str | None = None
    pages: bool = True
    currency_wait_seconds_max: float = 5.0
    recall_ack_seconds_max: int = 86_400


@dataclass(frozen=True)
class PanelService:
    """The service as it runs."""

    app: FastAPI
    followers: list[ProjectionFollower]
    store: Store
    reading: Reading

    def agencies(self) -> dict[str, str]:
        """Partner id -> what people call it, in the order in which they joined."""
        return self.reading.agencies()

    def close(self) -> None:
        """Close the service's own store; the log and the keys belong to whoever opened them."""
        self.store.close()


def create(parts: PanelParts) -> PanelService:
    """Make the service. Raises PagesNotSetUp where the front-end files are missing."""
    followers = pipeline.followers(parts.log, parts.store)
    gate = AccessGate(parts.log, parts.clock, "panel")
    reading = Reading(
        parts.log,
        parts.store,
        parts.keys,
        gate,
        parts.clock,
        parts.currency_wait_seconds_max,
        parts.recall_ack_seconds_max,
    )
    app = new_app("Cairn panel", parts.identity)
    if parts.pages:
        site.install(app, reading, parts.identity, parts.front)
    return PanelService(app, followers, parts.store, reading)
