"""The night on which journeys begin, on every kind of hub."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from deploy.local import RealParts
from services.console.rehearsal.hubs import Stage
from services.console.rehearsal.scenario import Scenario
from tests.journeys.night import HOUSE_B, Night, embedded, played
from tests.support.process_hub import process_hub


@pytest.fixture(scope="session")
def processes(
    kafka_address: str, opa_address: str, postgres_address: str
) -> Callable[..., AbstractContextManager[Stage]]:
    """Gives, for an instant and settings of the test's own, a hub whose services are processes of their own on Kafka,
    OPA and PostgreSQL."""
    parts = RealParts(kafka=kafka_address, opa=opa_address, postgres=postgres_address)

    @contextmanager
    def at(now: datetime, **settings: str) -> Iterator[Stage]:
        with parts.share() as share, process_hub(share, now, **settings) as hub:
            yield hub

    return at


_HUBS = ["embedded", pytest.param("processes", marks=pytest.mark.real)]


@pytest.fixture(params=_HUBS)
def play(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Scenario], AbstractContextManager[Night]]:
    """Plays scenarios on hubs that all have the same keys: in one process, or with each service a process of its own
    on Kafka, OPA and PostgreSQL."""
    if request.param == "embedded":
        return lambda scenario: played(scenario, embedded(scenario))
    at = request.getfixturevalue("processes")
    return lambda scenario: played(scenario, at(scenario.now, CAIRN_KEYS=f"file://{tmp_path}"))


@pytest.fixture
def night(play: Callable[[Scenario], AbstractContextManager[Night]]) -> Iterator[Night]:
    """House B, played."""
    with play(HOUSE_B) as opened:
        yield opened
