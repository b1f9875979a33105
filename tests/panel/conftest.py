"""What the panel's tests begin with: a night on the log, an evening in practice, a meeting that was held."""

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
from services.kernel.store import Store
from services.kernel.store.opening import open_store
from services.panel.app import PanelParts, PanelService, create
from services.panel.projections.tables import METADATA
from tests.journeys.night import HOUSE_B
from tests.panel.panel_hub import COORDINATOR
from tests.support.night import Night
from tests.support.panel_story import WEIGHTS, PanelPages, Sitting, panel_pages
from tests.support.practice_night import Room, practice_night
from tests.support.practised import Practised, practised
from tests.support.reading import words


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


@pytest.fixture(scope="module")
def night() -> Iterator[Room]:
    """The night and the evening in the practice room, for tests that only look."""
    with practice_night() as room:
        yield room


@pytest.fixture(scope="module")
def going_on() -> Iterator[Room]:
    """The same for tests in which something happens."""
    with practice_night() as room:
        yield room


@pytest.fixture(scope="module")
def house_b() -> Iterator[Practised]:
    """A hub on which the night of House B was played, and reports can be sent."""
    with practised(HOUSE_B) as opened:
        yield opened


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[PanelPages]:
    """The panel room before anything has happened in it."""
    with panel_pages(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sitting]:
    """The panel room after a meeting was held, for tests that only look."""
    with panel_pages(tmp_path_factory.mktemp("held")) as opened:
        sitting = Sitting(opened)
        opened.done(f"/contexts/{sitting.case}/weigh", COORDINATOR, WEIGHTS)
        sitting.begin()
        sitting.decide_group()
        sitting.close()
        yield sitting


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The panel's own store, with its projections' tables and nothing in them."""
    made = open_store(f"sqlite:///{tmp_path}/panel.db", "panel")
    made.create_tables(METADATA)
    yield made
    made.close()
