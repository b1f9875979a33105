"""Availability: agencies can always report, whatever else of the hub is down; and nothing acknowledged is lost."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.intake.ledger import Arrival
from services.intake.sitting import Sitting, Taken
from services.kernel import topics
from services.kernel.following import settle
from services.kernel.gathering import Gathering
from services.kernel.http.problems import Problem
from services.kernel.keys import KeysUnavailable
from services.kernel.log import Log, LogUnavailable, Record
from services.kernel.log.opening import open_log
from services.kernel.positions import parse_position
from tests.intake.desk import PARTITIONS, Desk, correction, school_concern


class LogThatMayBeDown:
    """A log that cannot be reached while `down`."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.down = True

    def append(self, records: Sequence[Record]) -> list[tuple[int, int]]:
        if self.down:
            raise LogUnavailable
        return self._log.append(records)

    def __getattr__(self, name: str) -> Any:
        if self.down and name != "close":
            raise LogUnavailable
        return getattr(self._log, name)


def test_reports_are_taken_while_the_log_is_down_and_said_when_it_is_back(tmp_path: Path) -> None:
    real = open_log(f"sqlite:///{tmp_path}/log")
    for topic in (topics.REPORTS, topics.CONTEXTS):
        real.create(topic, PARTITIONS)
    log = LogThatMayBeDown(real)
    desk = Desk(tmp_path, log)

    answers = [desk.post(school_concern(f"E{n}")) for n in range(3)]
    with pytest.raises(LogUnavailable):
        settle(desk.service.followers)
    log.down = False

    assert {answer.status_code for answer in answers} == {202}
    assert sorted(report.sequence for report in desk.reports()) == [1, 2, 3]
    desk.close()


def test_what_was_acknowledged_is_there_after_a_restart(tmp_path: Path) -> None:
    before = Desk(tmp_path)
    receipt = before.post(school_concern("E1"))
    before.close()

    after = Desk(tmp_path)

    assert after.post(school_concern("E1")).content == receipt.content
    assert after.post(school_concern("E2")).json()["position"].startswith("education.2.")
    assert sorted(report.sequence for report in after.reports()) == [1, 2]
    after.close()


def test_while_the_keys_cannot_be_reached_nothing_is_taken_and_the_sender_is_told_to_try_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(desk.keys, "prepare", _unreachable)
        refused = desk.post(school_concern("E1"))

    assert refused.status_code == 503
    assert refused.headers["retry-after"]
    assert desk.post(school_concern("E1")).json()["position"].startswith("education.1.")


def test_when_a_transaction_breaks_off_nothing_of_it_remains(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(desk.keys, "seal", _unreachable)
        assert {desk.batch([school_concern(f"E{n}") for n in range(3)]).status_code} == {503}

    assert desk.get("/v1/currency", by="governance/lead").json() == {"waiting": 0}
    assert [answer["status"] for answer in desk.batch([school_concern("E2")]).json()] == ["accepted"]
    assert [report.sequence for report in desk.reports()] == [1]


@pytest.mark.real
def test_on_postgresql_too_an_event_is_taken_once_and_corrections_find_their_original(
    tmp_path: Path, postgres_database: str
) -> None:
    desk = Desk(tmp_path, store=postgres_database)
    parked = desk.post(correction("cairn.report.withdrawn.v1", "W1", report="E1")).json()
    waiting = desk.get("/v1/quarantine").json()["items"]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: desk.post(school_concern("E1")), range(8)))
    batch = desk.batch([school_concern(f"E{n}") for n in range(3)]).json()

    assert [item["receipt"] for item in waiting] == [parked["receipt"]]
    assert len({answer.content for answer in answers}) == 1
    assert batch[1] == answers[0].json()
    assert sorted(report.sequence for report in desk.reports()) == [1, 2, 3, 4]
    assert desk.get(f"/v1/receipts/{parked['receipt']}").json()["status"] == "accepted"
    desk.close()


def test_the_relay_says_a_record_under_the_same_id_when_it_says_it_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    receipt = desk.post(school_concern("E1")).json()

    (report,) = desk.said(topics.REPORTS)

    assert report.id == receipt["report"]
    assert [entry.id for entry in desk.said(topics.CONTEXTS)] == [
        f"{receipt['report']}.{entry.key}" for entry in desk.said(topics.CONTEXTS)
    ]
    desk.close()


def test_a_position_is_read_back_only_as_the_hub_wrote_it(desk: Desk) -> None:
    position = desk.post(school_concern("E1")).json()["position"]

    assert parse_position(desk.keys, position) == ("education", 1)
    for forged in (
        position.replace(".1.", ".2."),
        position.replace("education", "police"),
        "",
        "x.1.y",
        position + "a",
    ):
        with pytest.raises(Problem) as refused:
            parse_position(desk.keys, forged)
        assert (refused.value.status, refused.value.code) == (400, "position_unknown")


def _unreachable(*_: Any, **__: Any) -> Any:
    raise KeysUnavailable


def test_posts_that_meet_are_kept_in_one_transaction_and_answered_each_for_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Meeting(tmp_path, monkeypatch) as meeting:
        answers = meeting.post("E1", "E2", "E3")

        assert meeting.sittings == [1, 2]
        assert len({answer.json()["receipt"] for answer in answers}) == 3
        assert sorted(report.sequence for report in meeting.desk.reports()) == [1, 2, 3]


def test_a_post_that_breaks_the_sitting_leaves_those_it_meets_unharmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Meeting(tmp_path, monkeypatch, breaks_on="E2") as meeting:
        answers = meeting.post("E1", "E2", "E3")

        assert [answer.status_code for answer in answers] == [202, 500, 202]
        assert sorted(report.sequence for report in meeting.desk.reports()) == [1, 2]


class Meeting:
    """A desk at which all posts but the first come while the first is being kept."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, breaks_on: str = "") -> None:
        self.sittings: list[int] = []
        """How many events each sitting took."""
        self._breaks_on = breaks_on
        self._gate = threading.Event()
        self._take = Sitting.take
        monkeypatch.setattr(Sitting, "take", lambda sitting, arrivals: self._slowly(sitting, arrivals))
        monkeypatch.setattr("services.intake.application.Gathering", self._gathering)
        self.desk = Desk(folder)
        self.desk.client = TestClient(
            self.desk.service.app, client=("127.0.0.1", 50_000), raise_server_exceptions=False
        )

    def __enter__(self) -> "Meeting":
        return self

    def __exit__(self, *_: object) -> None:
        self.desk.close()

    def post(self, first: str, *others: str) -> list[Any]:
        """Post these; the answers in their order."""
        with ThreadPoolExecutor(1 + len(others)) as pool:
            posted = [pool.submit(self.desk.post, school_concern(first))]
            _wait_until(lambda: len(self.sittings) == 1)
            posted += [pool.submit(self.desk.post, school_concern(name)) for name in others]
            _wait_until(lambda: len(self._gathered.waiting) == len(others))
            self._gate.set()
            return [one.result() for one in posted]

    def _gathering(self, *parts: Any) -> Gathering[Any, Any]:
        self._gathered = Gathering[Any, Any](*parts)
        return self._gathered

    def _slowly(self, sitting: Sitting, arrivals: Sequence[Arrival]) -> list[Taken | Problem]:
        self.sittings.append(len(arrivals))
        self._gate.wait(10)
        if any(one.meaning.event["id"] == self._breaks_on for one in arrivals):
            raise RuntimeError("planted")
        return self._take(sitting, arrivals)


def _wait_until(met: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not met():
        assert time.monotonic() < until
        time.sleep(0.001)
