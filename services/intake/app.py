"""The intake service: its relay and its interface, made from the parts it is given."""

from dataclasses import dataclass

from fastapi import FastAPI

from services.intake import publishing
from services.intake.api import events, receipts
from services.intake.application import Intake
from services.kernel.clock import Clock
from services.kernel.http.apps import add_routes, new_app
from services.kernel.identity import Identity
from services.kernel.keys import Keys
from services.kernel.log import Log
from services.kernel.relay import NotificationRelay
from services.kernel.store import Store


@dataclass(frozen=True)
class IntakeParts:
    """What the service needs. The log is needed by the relay alone: posts are accepted without it."""

    store: Store
    log: Log
    keys: Keys
    identity: Identity
    clock: Clock


@dataclass(frozen=True)
class IntakeService:
    """The service as it runs."""

    app: FastAPI
    followers: list[NotificationRelay]
    store: Store

    def close(self) -> None:
        """Close the service's own store; the log and the keys belong to whoever opened them."""
        self.store.close()


def create(parts: IntakeParts) -> IntakeService:
    """Make the service. Raises StoreUnavailable."""
    intake = Intake(parts.store, parts.keys, parts.clock)
    relay = NotificationRelay(intake.submissions, parts.store, parts.log, publishing.records, "intake.relay")
    app = new_app("Cairn intake", parts.identity)
    add_routes(app, events.routes(intake), receipts.routes(intake, relay.pending))
    return IntakeService(app, [relay], parts.store)
