"""Recalls where reports lie in several partitions: each has an id of its own."""

from datetime import timedelta

from services.console.rehearsal.scenario import JSON
from tests.journeys.made_up import NOW, text
from tests.journeys.secret_worlds import START, Act, Agree, Report, Ruling, Settle, World
from tests.journeys.watched_hub import BARE_SERVICES, WatchedHub, watched_hub


def _world() -> World:
    """The police tell health of four young people, and the agreement is suspended."""
    agreement: JSON = {
        "id": "A1", "title": "A1", "purpose": "missing", "parties": ["health", "police"],
        "starts": text(NOW - timedelta(days=90)), "ends": text(NOW + timedelta(days=90)),
        "grants": {"health": {"missing": "full"}},
    }  # fmt: skip
    told: list[Act] = [
        Report(
            {
                "id": f"E{number}", "at": text(START), "by": "police", "type": "missing-episode.risk-assessed",
                "items": [{"id": f"F{number}", "class": "missing", "about": [f"K{number}"]}],
            }
        )
        for number in range(1, 5)
    ]  # fmt: skip
    return World("health", (Agree(agreement), Settle(), *told, Settle(), Ruling("suspension", "A1")))


def _waiting(watched: WatchedHub) -> list[JSON]:
    return list(watched.send("GET", "/sharing/v1/recalls", "health/system").json()["recalls"])


def test_recalls_in_several_partitions_are_acknowledged_one_by_one() -> None:
    # given a partner that must remove four records, which lie in several partitions
    with watched_hub(_world(), partitions=4, services=BARE_SERVICES) as watched:
        recalls = _waiting(watched)

        # when it acknowledges one recall
        watched.send("POST", f"/sharing/v1/recalls/{recalls[0]['recall']}/ack", "health/system")
        watched.hub.settle()
        left = _waiting(watched)

    # then the three others wait
    assert [len(one["records"]) for one in recalls] == [1, 1, 1, 1]
    assert {one["recall"] for one in left} == {one["recall"] for one in recalls[1:]}
    assert len(left) == 3
