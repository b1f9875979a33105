"""The sharing service as a whole: an agreement signed over HTTP, a report on the log, and what a partner reads."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from schemas.classes import DataClass
from services.kernel import topics
from services.kernel.clock import SimulatedClock
from services.kernel.following import settle
from services.kernel.identity.demo import DemoIdentity
from services.kernel.keys.keyfile import KeyFile
from services.kernel.log.sqlite import SQLiteLog
from services.kernel.policy.opening import open_policy
from services.kernel.settings import Settings
from services.kernel.store.sqlite import open_sqlite
from services.sharing.app import SharingParts, SharingService, create
from tests.sharing.worlds import START, Teller, Told

POLICIES = Path(__file__).parents[2] / "policies"
MISSING = {"purpose": "missing"}
AGREEMENT = {
    "id": "A2",
    "title": "Missing episodes",
    "purpose": "missing",
    "parties": ["police", "social-work"],
    "starts": "2026-01-05T00:00:00Z",
    "ends": "2027-01-05T00:00:00Z",
    "grants": {"social-work": {"identity": "full"}},
}


class _Sharing:
    """The service on embedded parts, stepped by hand."""

    def __init__(self, folder: Path) -> None:
        self.clock = SimulatedClock(START)
        self.log = SQLiteLog(folder / "log.db")
        self.keys = KeyFile(folder / "keys", seed=b"cairn tests")
        for topic in (topics.REPORTS, topics.CONTEXTS):
            self.log.create(topic, 2)
        for topic in (topics.RULES, topics.DECISIONS, topics.RECALLS, topics.ACCESS):
            self.log.create(topic, 1)
        settings = Settings(data=folder, currency_wait_seconds_max=0, at_least_wait_seconds_max=0)
        self.service: SharingService = create(
            SharingParts(
                open_sqlite(folder / "sharing.db", "sharing"),
                self.log,
                self.keys,
                open_policy("embedded:", POLICIES),
                DemoIdentity(),
                self.clock,
                settings,
            )
        )

    def as_(self, partner: str, name: str = "system") -> TestClient:
        headers = {"Authorization": f"Demo {partner}/{name}", "Content-Type": "application/json"}
        return TestClient(self.service.app, client=("127.0.0.1", 50_000), headers=headers)

    def waiting(self) -> int:
        return int(self.as_("governance", "lead").get("/v1/currency").json()["waiting"])

    def settle(self) -> None:
        settle(self.service.followers)

    def close(self) -> None:
        self.service.close()
        self.keys.close()
        self.log.close()


@pytest.fixture
def sharing(tmp_path: Path) -> Iterator[_Sharing]:
    sharing = _Sharing(tmp_path)
    lead = sharing.as_("governance", "lead")
    for partner in ("police", "social-work"):
        assert lead.post("/v1/partners", json={"partner": partner, "name": partner}).status_code == 201
    assert lead.post("/v1/agreements", json=AGREEMENT).status_code == 201
    for partner in ("police", "social-work"):
        signed = sharing.as_(partner, "signatory").post("/v1/agreements/A2/signatures", json={})
        assert signed.status_code == 200, signed.text
    assert lead.post("/v1/agreements/A2/in-force", json={}).status_code == 200
    yield sharing
    sharing.close()


def _feed(sharing: _Sharing, partner: str) -> Any:
    return sharing.as_(partner).get("/v1/feed", params=MISSING)


def test_a_report_reaches_a_party_and_is_recalled_when_its_agreement_is_suspended(sharing: _Sharing) -> None:
    Teller(sharing.log, sharing.keys, {"k1": date(2011, 3, 15)}).report(
        Told("E1", "police", DataClass.IDENTITY, ("k1",))
    )
    sharing.settle()

    given = _feed(sharing, "social-work")
    assert (given.status_code, given.text.count('"kind":"disclosed"')) == (200, 1)
    assert "trace-E1-" in given.text
    sharing.as_("governance", "lead").post("/v1/agreements/A2/suspension", json={"reason": "review"})
    sharing.settle()

    recalled = _feed(sharing, "social-work")
    assert (recalled.status_code, recalled.text.count('"kind":"recalled"')) == (200, 1)
    assert "trace-E1-" not in recalled.text
    assert "trace-E1-" in _feed(sharing, "police").text


def test_from_the_answer_to_a_suspension_on_nothing_is_read_that_it_forbids(sharing: _Sharing) -> None:
    Teller(sharing.log, sharing.keys, {"k1": date(2011, 3, 15)}).report(
        Told("E1", "police", DataClass.IDENTITY, ("k1",))
    )
    sharing.settle()
    assert _feed(sharing, "social-work").status_code == 200

    suspended = sharing.as_("governance", "lead").post("/v1/agreements/A2/suspension", json={"reason": "review"})

    assert suspended.status_code == 200
    refused = _feed(sharing, "social-work")
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:cairn:problem:decisions_not_current")


def test_nothing_is_waiting_once_all_is_settled_and_something_is_before(sharing: _Sharing) -> None:
    assert sharing.waiting() > 0
    sharing.settle()
    assert sharing.waiting() == 0

    Teller(sharing.log, sharing.keys, {"k1": date(2011, 3, 15)}).report(
        Told("E1", "police", DataClass.IDENTITY, ("k1",))
    )

    followers = {follower.name: follower for follower in sharing.service.followers}
    assert sharing.waiting() > 0
    for name in ("sharing.pipeline", "sharing.feeds"):
        followers[name].step()
        assert sharing.waiting() > 0, name
    sharing.settle()
    assert sharing.waiting() == 0


def test_only_governance_learns_how_much_is_waiting(sharing: _Sharing) -> None:
    for partner, name in (("police", "system"), ("police", "signatory"), ("police", "officer-17")):
        assert sharing.as_(partner, name).get("/v1/currency").status_code == 403


def test_an_end_of_an_agreement_by_its_date_stops_reads_until_it_is_acted_on(sharing: _Sharing) -> None:
    Teller(sharing.log, sharing.keys, {"k1": date(2011, 3, 15)}).report(
        Told("E1", "police", DataClass.IDENTITY, ("k1",))
    )
    sharing.settle()
    assert "trace-E1-" in _feed(sharing, "social-work").text

    sharing.clock.move(START.replace(year=2027, month=1, day=5, hour=0))

    assert _feed(sharing, "social-work").status_code == 503
    assert sharing.waiting() > 0
    sharing.settle()
    assert "trace-E1-" not in _feed(sharing, "social-work").text
