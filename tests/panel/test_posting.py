"""Posting: what the panel decided reaches intake once, in order, however often intake is away."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from services.kernel.http.problems import Problem
from services.panel import publishing
from services.panel.domain.refusing import NotYours
from services.panel.intake import Accepted, IntakeAway, IntakeRefused
from services.panel.posting import Posting
from services.panel.publishing import Named
from tests.panel.panel_room import CHAIR, TEACHER, OpenRoom

AT = "2026-05-04T09:00:00+00:00"
STATION = Named((), ({"name": "bus-station"},))


class Desk:
    """Takes in reports as it is told to, and keeps what it was sent."""

    def __init__(self) -> None:
        self.answers: list[Exception | str] = []
        self.sent: list[tuple[Mapping[str, Any], Mapping[str, str]]] = []

    def post(self, report: Mapping[str, Any], credentials: Mapping[str, str]) -> Accepted:
        self.sent.append((report, credentials))
        answer = self.answers.pop(0) if self.answers else "accepted"
        if isinstance(answer, Exception):
            raise answer
        return Accepted(answer, {"status": answer})


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenRoom]:
    room = OpenRoom(tmp_path)
    yield room
    room.close()


def _posting(opened: OpenRoom, desk: Desk) -> Posting:
    return Posting(opened.room.kept, desk, lambda: {"authorization": "Demo efh-panel/system"})


def _say(opened: OpenRoom, *texts: str) -> list[dict[str, Any]]:
    reports = [
        publishing.assigned("efh-panel", text, AT, STATION, "bus-operator", text, "2026-06-01") for text in texts
    ]
    for report in reports:
        opened.room.kept.say(report, "act-1", ["c-bus"])
    return reports


def _finish(posting: Posting) -> None:
    while posting.step():
        pass


def test_reports_are_posted_in_the_order_in_which_they_were_decided_as_the_panel_s_own(opened: OpenRoom) -> None:
    desk = Desk()
    reports = _say(opened, "first", "second")

    _finish(_posting(opened, desk))

    assert [report for report, _ in desk.sent] == reports
    assert {credentials["authorization"] for _, credentials in desk.sent} == {"Demo efh-panel/system"}


def test_while_intake_is_away_a_report_waits_and_is_posted_just_as_it_was(opened: OpenRoom) -> None:
    desk = Desk()
    desk.answers = [IntakeAway(), IntakeAway()]
    (report,) = _say(opened, "first")
    posting = _posting(opened, desk)

    assert (posting.step(), posting.step(), posting.step(), posting.step()) == (0, 0, 1, 0)

    assert [sent for sent, _ in desk.sent] == [report] * 3


def test_the_same_report_is_kept_once(opened: OpenRoom) -> None:
    desk = Desk()
    _say(opened, "first")
    _say(opened, "first")

    _finish(_posting(opened, desk))
    _say(opened, "first")
    _finish(_posting(opened, desk))

    assert len(desk.sent) == 1


def test_what_intake_refuses_holds_up_nothing_and_is_told_to_the_panel_alone(opened: OpenRoom) -> None:
    desk = Desk()
    desk.answers = [IntakeRefused(Problem(422, "invalid_content", "?")), "quarantined"]
    _say(opened, "first", "second", "third")

    _finish(_posting(opened, desk))

    assert len(desk.sent) == 3
    assert [one.state for one in opened.room.kept.not_taken(CHAIR)] == ["refused:invalid_content", "quarantined"]
    with pytest.raises(NotYours):
        opened.room.kept.not_taken(TEACHER)


def test_what_the_panel_has_to_say_waits_sealed_and_is_not_kept_once_it_is_accepted(
    opened: OpenRoom, tmp_path: Path
) -> None:
    _say(opened, "zaunkoenig")
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("*panel*"))
    _finish(_posting(opened, Desk()))

    assert stored
    assert b"zaunkoenig" not in stored
    assert opened.room.kept.waiting_to_say() is None


def test_what_was_about_somebody_who_was_erased_meanwhile_is_not_said(opened: OpenRoom) -> None:
    desk = Desk()
    _say(opened, "first")
    opened.keys.shred("c-bus")

    _finish(_posting(opened, desk))

    assert desk.sent == []
    assert [one.state for one in opened.room.kept.not_taken(CHAIR)] == ["refused:erased"]
