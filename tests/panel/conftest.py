"""A panel service over a real log on which a night lies, asked by practitioners of its agencies."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from services.kernel.clock import SimulatedClock
from services.kernel.following import settle
from services.kernel.identity.demo import DemoIdentity
from services.kernel.keys.opening import open_keys
from services.kernel.log import Log
from services.kernel.log.opening import open_log
from services.kernel.store.opening import open_store
from services.panel.app import PanelParts, PanelService, create
from tests.support.night import Night


@dataclass
class Practice:
    """The service with the night behind it."""

    night: Night
    log: Log
    clock: SimulatedClock
    service: PanelService
    client: TestClient

    def settle(self) -> None:
        """Let the service take in everything that is on the log."""
        settle(self.service.followers)

    def page(self, agency: str, purpose: str) -> str:
        """The page that a practitioner of an agency is shown, as it reads."""
        response = self.open(agency, purpose)
        assert response[0] == 200, response[1]
        return words(response[1])

    def open(self, agency: str, purpose: str) -> tuple[int, str]:
        """Status and text of the page."""
        response = self.client.get(
            "/", params={"purpose": purpose}, headers={"Authorization": f"Demo {agency}/practitioner"}
        )
        return response.status_code, response.text


def words(page: str) -> str:
    """A page as it reads, without its markup."""
    text = re.sub(r"<[^>]+>", " ", page).replace("&#39;", "'").replace("&amp;", "&")
    return re.sub(r"\s+([,.;:])", r"\1", re.sub(r"\s+", " ", text))


def _practice(folder: Path, counted: dict[str, int] | None = None) -> Practice:
    log, keys = open_log(f"sqlite:///{folder}/log.db"), open_keys(f"file://{folder}/keys", b"night" * 8)
    night = Night(log, keys, counted=counted)
    clock = SimulatedClock(night.now)
    store = open_store(f"sqlite:///{folder}/panel.db", "panel")
    service = create(
        PanelParts(
            log=log, store=store, keys=keys, identity=DemoIdentity(), clock=clock, currency_wait_seconds_max=0.05
        )
    )
    return Practice(
        night, log, clock, service, TestClient(service.app, client=("127.0.0.1", 5), follow_redirects=False)
    )


def _close(practice: Practice) -> None:
    practice.service.close()
    practice.night.keys.close()
    practice.log.close()


@pytest.fixture(scope="session")
def fed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """A folder in which the night of House B reached every agency once, to be copied."""
    folder = tmp_path_factory.mktemp("night")
    practice = _practice(folder)
    practice.night.play()
    practice.settle()
    counted = dict(practice.night.counted)
    _close(practice)
    return folder, counted


@pytest.fixture
def practice(fed: tuple[Path, dict[str, int]], tmp_path: Path) -> Iterator[Practice]:
    """The night of House B, as it reached every agency."""
    folder, counted = fed
    shutil.copytree(folder, tmp_path / "night")
    practice = _practice(tmp_path / "night", dict(counted))
    yield practice
    _close(practice)
