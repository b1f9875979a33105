"""The sharing service: the agreement desk, the pipeline and the partners' records, made from the parts it is given."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import FastAPI

from services.kernel.access import AccessGate
from services.kernel.clock import Clock
from services.kernel.following import Follower
from services.kernel.http.apps import add_routes, new_app
from services.kernel.identity import Identity
from services.kernel.keys import Keys
from services.kernel.log import Log
from services.kernel.policy import PolicyEngine
from services.kernel.relay import NotificationRelay, OutboxRelay
from services.kernel.settings import Settings
from services.kernel.store import Store
from services.sharing import publishing
from services.sharing.api import agreements, currency, partners
from services.sharing.api.serving import create_reading
from services.sharing.application import Agreements
from services.sharing.currency import Limits
from services.sharing.pipeline import Pipeline


@dataclass(frozen=True)
class SharingParts:
    """What the service needs. `partitions`: those of `hub.reports` that this worker owns; None for all."""

    store: Store
    log: Log
    keys: Keys
    policy: PolicyEngine
    identity: Identity
    clock: Clock
    settings: Settings
    partitions: Sequence[int] | None = None


@dataclass(frozen=True)
class SharingService:
    """The service as it runs."""

    app: FastAPI
    followers: list[Follower]
    store: Store
    policy: PolicyEngine
    streams_closing: threading.Event

    def end_streams(self) -> None:
        """Let every open stream end, so that a server that waits for its connections can stop."""
        self.streams_closing.set()

    def close(self) -> None:
        """Close the store and the policy engine; the log and the keys belong to whoever opened them."""
        self.end_streams()
        self.policy.close()
        self.store.close()


def create(parts: SharingParts) -> SharingService:
    """Make the service. Raises StoreUnavailable."""
    settings = parts.settings
    limits = Limits(
        settings.currency_wait_seconds_max, settings.at_least_wait_seconds_max, settings.recall_ack_seconds_max
    )
    desk = Agreements(parts.store, parts.clock)
    rules = NotificationRelay(desk, parts.store, parts.log, publishing.records, "sharing.rules")
    pipeline = Pipeline(parts.store, parts.log, parts.keys, parts.policy, parts.clock, parts.partitions)
    feeds = OutboxRelay(parts.store, parts.log, "sharing.feeds")
    gate = AccessGate(parts.log, parts.clock, "sharing")
    reading = create_reading(parts.store, parts.log, parts.keys, parts.clock, gate, limits, rules.pending)

    def waiting() -> int:
        """In the order in which things pass through, so that nothing on its way is overlooked."""
        return rules.pending() + pipeline.waiting() + feeds.pending() + reading.follower.waiting()

    app = new_app("Cairn sharing", parts.identity)
    add_routes(
        app,
        agreements.routes(desk, gate),
        partners.routes(desk, gate),
        *reading.routers,
        currency.routes(waiting, pipeline.parked),
    )
    followers: list[Follower] = [rules, pipeline, feeds, reading.follower]
    return SharingService(app, followers, parts.store, parts.policy, reading.closing)
