"""Currency: records are read only while they say all that the rules say, and have what the reader waits for."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.kernel.following import Running
from services.kernel.positions import position_token
from services.sharing.currency import Limits
from tests.sharing.partner_feeds import NOW, PartnerFeeds

MISSING = {"purpose": "missing"}
NOT_CURRENT = (503, "urn:cairn:problem:decisions_not_current")
NOT_REFLECTED = (503, "urn:cairn:problem:not_yet_reflected")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[PartnerFeeds]:
    hub = PartnerFeeds(tmp_path, partitions=2)
    hub.join("health", "education")
    hub.disclose("health", "i-1", hub.shared("i-1"))
    yield hub
    hub.close()


def _asked(hub: PartnerFeeds, at_least: str | None = None) -> tuple[int, str | None]:
    params = MISSING | ({"at_least": at_least} if at_least else {})
    answer = hub.client("health").get("/v1/records", params=params)
    return answer.status_code, answer.json().get("type")


def test_nothing_is_released_between_a_rule_and_its_decisions(hub: PartnerFeeds) -> None:
    assert _asked(hub) == (200, None)
    before = len(hub.accesses())

    hub.rule_changes()

    client = hub.client("health")
    refused = [
        client.get("/v1/records", params=MISSING),
        client.get("/v1/feed", params=MISSING),
        client.get("/v1/subjects/y-one", params=MISSING),
        client.get("/v1/stream", params=MISSING),
        client.post("/v1/search", json=MISSING),
    ]
    assert {(one.status_code, one.json()["type"]) for one in refused} == {NOT_CURRENT}
    assert all("trace-i-1-" not in one.text for one in refused)
    assert [one.seen for one in hub.accesses()[before:]] == []
    hub.current()
    assert _asked(hub) == (200, None)


def test_every_partition_must_be_current(hub: PartnerFeeds) -> None:
    hub.rule_changes()
    hub.partitions = 1

    hub.current()  # of the first partition alone

    assert _asked(hub) == NOT_CURRENT


def test_records_are_current_from_their_first_instant_until_their_last(hub: PartnerFeeds) -> None:
    hub.current(valid_from=NOW, valid_until=NOW + timedelta(hours=1))

    for seconds, expected in ((-1, NOT_CURRENT), (0, (200, None)), (3_599, (200, None)), (3_600, NOT_CURRENT)):
        hub.clock.move(NOW + timedelta(seconds=seconds))
        assert _asked(hub) == expected


def test_recalls_can_be_listed_and_acknowledged_while_decisions_are_not_current(hub: PartnerFeeds) -> None:
    hub.disclose("health", "i-1", hub.removed("k-1"))
    hub.rule_changes()

    client = hub.client("health")

    assert [one["recall"] for one in client.get("/v1/recalls").json()["recalls"]] == ["k-1"]
    assert client.post("/v1/recalls/k-1/ack").status_code == 200


def test_a_read_can_ask_for_its_own_report(hub: PartnerFeeds) -> None:
    position = position_token(hub.keys, "health", 3)

    assert _asked(hub, position) == NOT_REFLECTED
    hub.reflect("health", 2)
    hub.reflect("education", 3)
    assert _asked(hub, position) == NOT_REFLECTED
    hub.reflect("health", 3, partition=1)
    assert _asked(hub, position) == (200, None)


def test_a_position_of_another_agency_or_of_nobody_is_unknown(hub: PartnerFeeds) -> None:
    hub.reflect("education", 3)

    for position in (position_token(hub.keys, "education", 3), "health.3.aaaaaaaaaaaaaaaa", "health.3", "x"):
        assert _asked(hub, position) == (400, "urn:cairn:problem:position_unknown")


def test_an_agency_that_joined_a_moment_ago_is_not_turned_away_but_asked_to_wait(hub: PartnerFeeds) -> None:
    hub.rule_changes()  # the newcomer joins, and the records do not know it yet

    early = hub.client("newcomer").get("/v1/records", params=MISSING)
    stranger = hub.client("stranger").get("/v1/records", params=MISSING)

    assert (early.status_code, early.json()["type"]) == NOT_CURRENT
    assert (stranger.status_code, stranger.json()["type"]) == NOT_CURRENT
    hub.settle()
    hub.current()
    stranger = hub.client("stranger").get("/v1/records", params=MISSING)
    assert (stranger.status_code, stranger.json()["type"]) == (403, "urn:cairn:problem:not_a_partner")


def test_a_read_waits_a_little_for_decisions_and_for_its_own_report(tmp_path: Path) -> None:
    hub = PartnerFeeds(tmp_path / "waiting", limits=Limits(10, 10))
    hub.join("health")
    hub.disclose("health", "i-1", hub.shared("i-1"))
    hub.rule_changes()
    running = Running([hub.read_side.follower])
    hub.settle = lambda: None  # type: ignore[method-assign]  # the follower runs by itself here

    def catch_up() -> None:
        hub.current()
        hub.reflect("health", 1)

    late = threading.Timer(0.3, catch_up)
    late.start()

    answer = _asked(hub, position_token(hub.keys, "health", 1))

    late.join()
    running.stop()
    hub.close()
    assert answer == (200, None)
