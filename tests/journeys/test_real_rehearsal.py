"""A rehearsal on Kafka, OPA and PostgreSQL gives what one on files gives, to the byte, and leaves nothing behind."""

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from kafka.admin import KafkaAdminClient

from services.console.rehearsal.comparing import Outcome, rehearse
from services.console.rehearsal.parts import embedded_settings, real_parts
from services.console.rehearsal.players import copied_players
from services.kernel.settings import Settings
from tests.journeys.night import HOUSE_B


@pytest.mark.real
@pytest.mark.timeout(600)
def test_house_b_is_the_same_on_the_real_parts_as_on_files(
    kafka_address: str, opa_address: str, postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAIRN_TEST_KAFKA", kafka_address)
    monkeypatch.setenv("CAIRN_TEST_OPA", opa_address)
    monkeypatch.setenv("CAIRN_TEST_POSTGRES", postgres_address)
    shares: set[str] = set()

    with real_parts() as configure:

        def noting(folder: Path) -> Settings:
            settings = configure(folder)
            shares.add((folder / "share").read_text())
            return settings

        real = rehearsed(noting)

    assert real.unexpected == []
    assert len(real.what_if) == len(HOUSE_B.what_if)
    assert real == rehearsed(embedded_settings)
    assert len(shares) == 1 + len(HOUSE_B.what_if)
    until = time.monotonic() + 20
    while left := left_of(shares, kafka_address, postgres_address):
        assert time.monotonic() < until, left
        time.sleep(0.1)


def rehearsed(configure: Callable[[Path], Settings]) -> Outcome:
    with copied_players(HOUSE_B, configure) as new_player:
        return rehearse(HOUSE_B, new_player)


def left_of(shares: set[str], kafka: str, postgres: str) -> set[str]:
    """The topics and databases of these hubs that are still there."""
    with closing(KafkaAdminClient(bootstrap_servers=kafka)) as admin, psycopg.connect(postgres) as connection:
        databases = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
        return {name for name in databases | set(admin.list_topics()) if name.partition(".")[0] in shares}
