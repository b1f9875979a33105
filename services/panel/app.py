"""The panel service: its followers, interface and pages, made from the parts it is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fastapi import FastAPI

from services.kernel.access import AccessGate
from services.kernel.clock import Clock
from services.kernel.following import Follower
from services.kernel.http.apps import add_routes, new_app
from services.kernel.identity import Identity
from services.kernel.keys import Keys
from services.kernel.log import Log
from services.kernel.store import Store
from services.panel import pipeline
from services.panel.api import routes
from services.panel.domain.gazetteer import Gazetteer
from services.panel.domain.missing_clocks import Clocks
from services.panel.domain.room import PANEL
from services.panel.intake import Intake, IntakeNowhere
from services.panel.reading import Reading
from services.panel.room import Room, open_room
from services.panel.web import site


@dataclass(frozen=True)
class PanelParts:
    """What the service needs. `front` is where people choose who they are, if that is another service's page;
    without `pages` it has its interface alone, and needs no front-end files. `credentials` are the headers by which
    intake knows the panel itself."""

    log: Log
    store: Store
    keys: Keys
    identity: Identity
    clock: Clock
    intake: Intake = field(default_factory=IntakeNowhere)
    credentials: Callable[[], Mapping[str, str]] = lambda: {"authorization": f"Demo {PANEL}/system"}
    clocks: Clocks = field(default_factory=Clocks)
    gazetteer: Gazetteer = field(default_factory=Gazetteer)
    front: str | None = None
    pages: bool = True
    currency_wait_seconds_max: float = 5.0
    recall_ack_seconds_max: int = 86_400


@dataclass(frozen=True)
class PanelService:
    """The service as it runs."""

    app: FastAPI
    followers: list[Follower]
    store: Store
    reading: Reading
    room: Room

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
    reading, arriving = (
        Reading(parts.log, parts.store, parts.keys, gate, parts.clock, wait_seconds_max, parts.recall_ack_seconds_max)
        for wait_seconds_max in (parts.currency_wait_seconds_max, 0.0)
    )
    room = open_room(parts.store, parts.keys, gate, parts.clock, reading, arriving, parts.intake, parts.credentials)
    app = new_app("Cairn panel", parts.identity)
    add_routes(app, *routes(room, parts.clocks))
    if parts.pages:
        store, keys, intake, identity = parts.store, parts.keys, parts.intake, parts.identity
        site.install(app, room, store, keys, intake, parts.clocks, parts.gazetteer, identity, parts.front)
    return PanelService(app, [*followers, *room.followers], parts.store, reading, room)
