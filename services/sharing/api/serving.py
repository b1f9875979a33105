"""Serving: the read side as one piece, the routes that partners read by and the follower that feeds them."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter

from services.kernel.access import AccessGate
from services.kernel.clock import Clock
from services.kernel.keys import Keys
from services.kernel.log import Log
from services.kernel.store import Store
from services.sharing.api import feed, recalls, records, search, stream
from services.sharing.currency import Currency, Limits
from services.sharing.projections.partner_record import PartnerRecords
from services.sharing.reading import Reading
from services.sharing.recalling import Recalling


@dataclass(frozen=True)
class ReadSide:
    """Routes to mount, a follower to step, and a flag that ends every open stream."""

    routers: tuple[APIRouter, ...]
    follower: PartnerRecords
    closing: threading.Event


def create_reading(
    store: Store,
    log: Log,
    keys: Keys,
    clock: Clock,
    gate: AccessGate,
    limits: Limits,
    unsaid: Callable[[], int] = lambda: 0,
) -> ReadSide:
    """The read side on these parts; `unsaid` counts the rules that the desk has taken and not yet put on the log."""
    follower = PartnerRecords(store, log)
    closing = threading.Event()
    currency = Currency(store, log, clock, limits, unsaid)
    reading = Reading(currency, keys, gate)
    recalling = Recalling(currency, log, keys, clock, gate, limits.at_least_wait_seconds_max)
    routers = (
        records.routes(reading),
        search.routes(reading),
        feed.routes(reading),
        stream.routes(reading, closing),
        recalls.routes(recalling),
    )
    return ReadSide(routers, follower, closing)
