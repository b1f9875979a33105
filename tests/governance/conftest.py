"""A governance service over a real log on which a night lies, asked by its lead."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.governance.app import GovernanceParts, GovernanceService, create
from services.kernel.clock import SimulatedClock
from services.kernel.following import settle
from services.kernel.identity.demo import DemoIdentity
from services.kernel.keys.opening import open_keys
from services.kernel.log import Log
from services.kernel.log.opening import open_log
from services.kernel.store.opening import open_store
from tests.support.night import Night

LEAD = {"Authorization": "Demo governance/lead"}


@dataclass
class Desk:
    """The service with the night behind it."""

    night: Night
    log: Log
    clock: SimulatedClock
    service: GovernanceService
    client: TestClient

    def settle(self) -> None:
        """Let governance take in everything that is on the log."""
        settle(self.service.followers)

    def get(self, path: str, **query: Any) -> Any:
        """What the lead is answered."""
        response = self.client.get(path, params=query, headers=LEAD)
        assert response.status_code == 200, response.text
        return response.json()

    def page(self, path: str, **query: Any) -> str:
        """The page that the lead is shown."""
        response = self.client.get(path, params=query, headers=LEAD)
        assert response.status_code == 200, response.text
        return response.text


def _desk(folder: Path, counted: dict[str, int] | None = None) -> Desk:
    log, keys = open_log(f"sqlite:///{folder}/log.db"), open_keys(f"file://{folder}/keys", b"night" * 8)
    night = Night(log, keys, counted=counted)
    clock = SimulatedClock(night.now)
    store = open_store(f"sqlite:///{folder}/governance.db", "governance")
    service = create(GovernanceParts(log=log, store=store, identity=DemoIdentity(), clock=clock))
    client = TestClient(service.app, client=("127.0.0.1", 50000), follow_redirects=False)
    return Desk(night, log, clock, service, client)


def _close(desk: Desk) -> None:
    desk.service.close()
    desk.night.keys.close()
    desk.log.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Nothing on the log yet but its topics."""
    desk = _desk(tmp_path)
    yield desk
    _close(desk)


@pytest.fixture(scope="session")
def decided_night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """A folder in which the night of House B was decided and taken in once, to be copied."""
    folder = tmp_path_factory.mktemp("night")
    desk = _desk(folder)
    desk.night.play()
    desk.settle()
    counted = dict(desk.night.counted)
    _close(desk)
    return folder, counted


@pytest.fixture
def night(decided_night: tuple[Path, dict[str, int]], tmp_path: Path) -> Iterator[Desk]:
    """The night of House B, as it was decided."""
    folder, counted = decided_night
    shutil.copytree(folder, tmp_path / "night")
    desk = _desk(tmp_path / "night", dict(counted))
    yield desk
    _close(desk)
