"""The governance service: its followers, interface and pages, made from the parts it is given."""

from dataclasses import dataclass

from fastapi import FastAPI

from services.governance import pipeline
from services.governance.api import given, who_may_see, who_saw
from services.governance.web import site
from services.kernel.access import AccessGate
from services.kernel.clock import Clock
from services.kernel.http.apps import add_routes, new_app
from services.kernel.identity import Identity
from services.kernel.log import Log
from services.kernel.projecting import ProjectionFollower
from services.kernel.store import Store


@dataclass(frozen=True)
class GovernanceParts:
    """What the service needs. `front` is where people choose who they are, if that is another service's page;
    without `pages` the service has its interface alone, and needs no front-end files."""

    log: Log
    store: Store
    identity: Identity
    clock: Clock
    front: str | None = None
    pages: bool = True


@dataclass(frozen=True)
class GovernanceService:
    """The service as it runs."""

    app: FastAPI
    followers: list[ProjectionFollower]
    store: Store

    def close(self) -> None:
        """Close the service's own store; the log belongs to whoever opened it."""
        self.store.close()


def create(parts: GovernanceParts) -> GovernanceService:
    """Make the service. Raises PagesNotSetUp where the front-end files are missing."""
    followers = pipeline.followers(parts.log, parts.store)
    gate = AccessGate(parts.log, parts.clock, "governance")
    app = new_app("Cairn governance", parts.identity)
    add_routes(
        app,
        who_saw.routes(parts.store, gate),
        who_may_see.routes(parts.store, gate, parts.clock),
        given.routes(parts.store, gate, parts.clock, followers),
    )
    if parts.pages:
        site.install(app, parts.store, gate, parts.clock, parts.identity, parts.front)
    return GovernanceService(app, followers, parts.store)
