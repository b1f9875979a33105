"""Availability: agencies can always report, whatever else of the hub is down; and nothing acknowledged is lost."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from services.kernel import topics
from services.kernel.following import settle
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
