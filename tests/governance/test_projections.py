"""The accounts are folds of the log: however it is stepped, repeated or begun again, the same rows come of it."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from schemas.classes import Purpose
from services.governance import pipeline
from services.governance.projections.tables import METADATA
from services.kernel import topics
from services.kernel.following import settle
from services.kernel.log import BEFORE_FIRST, Record
from services.kernel.projecting import ProjectionFollower
from services.kernel.store import Store
from services.kernel.store.opening import open_store
from services.kernel.store.positions import positions
from tests.governance.conftest import Desk


def _rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.reading() as session:
        return {
            table.name: sorted(tuple(row) for row in session.execute(select(table))) for table in METADATA.sorted_tables
        }


@pytest.fixture
def whole(night: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of a night that was taken in as it came."""
    night.night.read("health/officer-2", night.night.now, Purpose.CHILD_PROTECTION, ["F01", "F03"])
    night.settle()
    return _rows(night.service.store)


@pytest.mark.parametrize("batch", [1, 7, 500])
def test_building_again_from_the_log_gives_the_same_rows(
    night: Desk, whole: dict[str, list[tuple[Any, ...]]], tmp_path: Path, batch: int
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/again.db", "governance")
    again = pipeline.followers(night.log, store)
    settle([ProjectionFollower(follower.projection, night.log, store, batch) for follower in again])

    assert _rows(store) == whole
    store.close()


@pytest.mark.real
def test_the_accounts_in_postgresql_are_those_in_sqlite(
    night: Desk, whole: dict[str, list[tuple[Any, ...]]], postgres_database: str
) -> None:
    for _ in ("once", "again from the beginning"):
        store = open_store(postgres_database, "governance")
        settle(pipeline.followers(night.log, store))
        assert _rows(store) == whole
        with store.transaction() as session:
            session.execute(delete(positions))
        store.close()


def test_a_record_that_was_appended_twice_counts_once(night: Desk, whole: dict[str, list[tuple[Any, ...]]]) -> None:
    every = [topics.DECISIONS, topics.ACCESS, topics.disclosures("health"), topics.disclosures("police")]
    for topic in every:
        for partition in range(night.log.partitions(topic)):
            for entry in night.log.read(topic, partition, BEFORE_FIRST, 1000):
                night.log.append([Record(topic, entry.key, entry.id, entry.value, partition)])

    night.settle()

    assert _rows(night.service.store) == whole


def test_a_follower_that_stopped_goes_on_where_it_was(night: Desk, whole: dict[str, list[tuple[Any, ...]]]) -> None:
    again = pipeline.followers(night.log, night.service.store)

    assert [follower.step() for follower in again] == [0, 0, 0, 0, 0]
    assert _rows(night.service.store) == whole


def test_a_partner_that_joins_later_is_followed_from_then_on(desk: Desk) -> None:
    desk.settle()
    assert desk.get("/v1/disclosures")["disclosures"] == []

    desk.night.play()
    desk.settle()

    assert {line["partner"] for line in desk.get("/v1/disclosures", limit=1000)["disclosures"]} == set(
        desk.night.partners
    )


def test_a_record_of_a_type_from_later_versions_is_passed_over(night: Desk) -> None:
    later = b'{"specversion":"1.0","id":"x","source":"urn:cairn:hub:later","type":"cairn.later.thing.v9","data":{}}'
    for topic in (topics.RULES, topics.DECISIONS, topics.ACCESS, topics.RECALLS, topics.disclosures("health")):
        night.log.append([Record(topic, "k", f"later-{topic}", later)])

    night.settle()

    assert night.get("/v1/currency") == {"waiting": 0, "unreadable": 0}


def test_a_record_that_cannot_be_read_is_counted_and_holds_nothing_up(night: Desk) -> None:
    broken = b'{"type":"cairn.access.recorded.v1","data":{}}'
    night.log.append([Record(topics.ACCESS, "k", "broken", broken), Record(topics.DECISIONS, "k", "odd", b"not json")])
    night.night.read("health/officer-2", night.night.now, Purpose.CHILD_PROTECTION, ["F01"])

    night.settle()

    assert night.get("/v1/currency") == {"waiting": 0, "unreadable": 2}
    assert len(night.get("/v1/who-saw", item="F01")["accesses"]) == 1
