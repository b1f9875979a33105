"""PostgreSQL crashes under load, or has no connection left: who reports is told, and what was acknowledged is there."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from deploy.local.postgres import postgres
from services.kernel.following import settle
from services.kernel.store import StoreUnavailable
from tests.intake.desk import Desk, school_concern

_REPORTERS = 4
_RETURN_SECONDS_MAX = 60


@pytest.fixture
def server() -> Iterator[str]:
    """A server of the test's own, as others would not like what is done to it."""
    with postgres() as address:
        yield address


@pytest.mark.real
def test_a_crash_under_load_loses_nothing_that_was_acknowledged(server: str, tmp_path: Path) -> None:
    # given agencies that report all the while
    desk = Desk(tmp_path, store=server)
    acknowledged: set[str] = set()
    statuses: set[int] = set()
    until = time.monotonic() + 4

    def report(reporter: int) -> None:
        number = 0
        while time.monotonic() < until:
            name = f"E{reporter}-{number}"
            answer = desk.post(school_concern(name))
            statuses.add(answer.status_code)
            if answer.status_code == 202:
                acknowledged.update(item["item"] for item in answer.json()["items"])
                number += 1

    # when the server crashes, three times
    with ThreadPoolExecutor(_REPORTERS) as pool:
        reporting = [pool.submit(report, number) for number in range(_REPORTERS)]
        for _ in range(3):
            time.sleep(0.7)
            _crash(server)
        for one in reporting:
            one.result()

    # then each agency was told either that it was taken, or to try again
    assert statuses == {202, 503}
    # and when the server is back, what was acknowledged is said, each once
    _settle_when_back(desk)
    said = desk.reports()
    assert len({report.report for report in said}) == len(said)
    assert sorted(report.sequence for report in said) == list(range(1, len(said) + 1))
    assert acknowledged
    assert acknowledged <= {item.item for report in said for item in report.items}
    desk.close()


@pytest.mark.real
def test_without_a_connection_left_a_service_says_that_it_cannot_start(server: str, tmp_path: Path) -> None:
    with ExitStack() as others:
        # given others who hold every connection
        while True:
            try:
                others.enter_context(psycopg.connect(server))
            except psycopg.OperationalError:
                break
        # then a service cannot be started
        with pytest.raises(StoreUnavailable):
            Desk(tmp_path, store=server)
    # and when they let go, it can, and takes reports
    desk = Desk(tmp_path, store=server)
    assert desk.post(school_concern("E2")).status_code == 202
    desk.close()


def _crash(server: str) -> None:
    """Kill one of the server's processes: it then ends all connections and recovers, as after any crash."""
    until = time.monotonic() + _RETURN_SECONDS_MAX
    while time.monotonic() < until:
        try:
            with psycopg.connect(server) as connection:
                os.kill(connection.info.backend_pid, signal.SIGKILL)
                return
        except psycopg.OperationalError:
            time.sleep(0.1)  # it still recovers from the last one
    raise AssertionError("the server did not come back")


def _settle_when_back(desk: Desk) -> None:
    until = time.monotonic() + _RETURN_SECONDS_MAX
    while True:
        try:
            return settle(desk.service.followers)
        except StoreUnavailable:
            assert time.monotonic() < until, "the store did not come back"
            time.sleep(0.1)
