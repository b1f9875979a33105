"""The night on which journeys begin, on every kind of hub."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

import pytest

from deploy.local import RealParts
from services.console.rehearsal.hubs import Stage
from tests.journeys.night import HOUSE_B, Night, embedded, played
from tests.support.process_hub import process_hub


@pytest.fixture(scope="session")
def processes(
    kafka_address: str, opa_address: str, postgres_address: str
) -> Callable[[datetime], AbstractContextManager[Stage]]:
    """Gives, for an instant, a hub whose services are processes of their own on Kafka, OPA and PostgreSQL."""
    parts = RealParts(kafka=kafka_address, opa=opa_address, postgres=postgres_address)

    @contextmanager
    def at(now: datetime) -> Iterator[Stage]:
        with parts.share() as share, process_hub(share, now) as hub:
            yield hub

    return at


@pytest.fixture(params=["embedded", pytest.param("processes", marks=pytest.mark.real)])
def night(request: pytest.FixtureRequest) -> Iterator[Night]:
    """House B, played: in one process, or with each service a process of its own on Kafka, OPA and PostgreSQL."""
    on_processes = request.param == "processes"
    stage = request.getfixturevalue("processes")(HOUSE_B.now) if on_processes else embedded(HOUSE_B)
    with played(HOUSE_B, stage) as opened:
        yield opened
