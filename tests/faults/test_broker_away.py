"""The broker goes away under load, or its disk fills up: agencies report on, reads fail closed, and nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.broker_away import Broker, fill_up, go_away, own_broker, small_disk, why_no_small_disk

_SECONDS = 10


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with own_broker(tmp_path) as opened:
        yield opened


@pytest.fixture
def broker_on_a_small_disk(tmp_path: Path) -> Iterator[Broker]:
    reason = why_no_small_disk()
    try:
        if not reason:
            with small_disk(tmp_path / "kafka" / "log"), own_broker(tmp_path) as opened:
                yield opened
                return
    except OSError as error:
        reason = str(error)
    pytest.skip(f"NOT TRIED, no disk of Kafka's was filled up: {reason}")


@pytest.mark.real
def test_while_the_broker_is_away_agencies_report_and_nobody_reads(
    broker: Broker, postgres_database: str, opa_address: str
) -> None:
    outage = go_away(broker, postgres_database, opa_address, _SECONDS, seed=1)

    assert outage.tally.broken == []
    assert outage.taken > 0, "nobody could report meanwhile"
    assert outage.read == 0, "what is read must be on the log first, and there was none"


@pytest.mark.real
def test_while_the_brokers_disk_is_full_nothing_is_lost_or_told_wrongly(
    broker_on_a_small_disk: Broker, postgres_database: str, opa_address: str
) -> None:
    outage = fill_up(broker_on_a_small_disk, postgres_database, opa_address, _SECONDS, seed=1)

    assert outage.tally.broken == []
    assert outage.taken > 0, "nobody could report meanwhile"
