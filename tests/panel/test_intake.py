"""The way to intake: a report goes with the credentials of whoever reports, and its receipt comes back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import pytest
import uvicorn
from pydantic import ValidationError
from starlette.requests import Request

from schemas.reports import example
from services.composition import Hub
from services.kernel.clock import SimulatedClock
from services.kernel.settings import Settings
from services.panel.intake import (
    Intake,
    IntakeAway,
    IntakeInProcess,
    IntakeNowhere,
    IntakeOverHttp,
    IntakeRefused,
    relayed,
)
from tests.intake.desk import NOW, Desk

PRACTITIONER = {"authorization": "Demo education/teacher"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path)
    yield opened
    opened.close()


@pytest.fixture(params=["in process", "over HTTP"])
def intake(desk: Desk, request: pytest.FixtureRequest) -> Iterator[Intake]:
    """Both ways to the real service."""
    if request.param == "in process":
        yield IntakeInProcess(lambda: desk.service.app)
        return
    with _served(desk.service.app) as address:
        over = IntakeOverHttp(address)
        yield over
        over.close()


@contextmanager
def _served(app: Any) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def test_a_report_is_taken_in_for_the_agency_of_whoever_sends_it(intake: Intake, desk: Desk) -> None:
    accepted = intake.post(example("cairn.school.concern.v1"), PRACTITIONER)

    assert (accepted.status, accepted.repeated) == ("accepted", False)
    assert accepted.receipt["position"].startswith("education.1.")
    assert [report.by for report in desk.reports()] == ["education"]


def test_a_report_sent_again_is_recognised_and_answered_with_its_first_receipt(intake: Intake) -> None:
    report = example("cairn.school.concern.v1")

    first, again = intake.post(report, PRACTITIONER), intake.post(report, PRACTITIONER)

    assert again.repeated
    assert again.receipt == first.receipt


def test_a_report_that_breaks_its_schema_is_refused_with_where_and_why(intake: Intake) -> None:
    report = example("cairn.school.concern.v1")

    with pytest.raises(IntakeRefused) as refused:
        intake.post({**report, "source": "urn:cairn:partner:police"}, PRACTITIONER)

    assert refused.value.problem.status == 403
    assert refused.value.problem.code
    assert "police" not in str(refused.value.problem.document())


def test_nobody_is_believed_without_credentials(intake: Intake) -> None:
    with pytest.raises(IntakeRefused) as refused:
        intake.post(example("cairn.school.concern.v1"), {})

    assert (refused.value.problem.status, refused.value.problem.code) == (401, "not_identified")


def test_intake_that_cannot_be_reached_is_away() -> None:
    with pytest.raises(IntakeAway):
        IntakeOverHttp("http://127.0.0.1:9", seconds_max=1).post(example("cairn.school.concern.v1"), {})


def test_intake_that_fails_is_away() -> None:
    async def failing(*_: Any) -> None:
        raise RuntimeError

    with pytest.raises(IntakeAway):
        IntakeInProcess(lambda: failing).post(example("cairn.school.concern.v1"), {})


def test_without_an_address_intake_is_away() -> None:
    with pytest.raises(IntakeAway):
        IntakeNowhere().post(example("cairn.school.concern.v1"), PRACTITIONER)


@pytest.mark.parametrize(
    ("headers", "sent_on"),
    [
        ([(b"authorization", b"Demo police/officer")], {"authorization": "Demo police/officer"}),
        ([(b"cookie", b"cairn_demo=police/officer")], {"authorization": "Demo police/officer"}),
        ([(b"authorization", b"Bearer abc"), (b"cookie", b"cairn_demo=x/y")], {"authorization": "Bearer abc"}),
        ([(b"cookie", b"other=1"), (b"x-real-ip", b"10.0.0.1")], {}),
    ],
)
def test_what_is_sent_on_is_what_identified_the_caller_and_nothing_else(
    headers: list[tuple[bytes, bytes]], sent_on: dict[str, str]
) -> None:
    assert relayed(Request({"type": "http", "headers": headers})) == sent_on


def test_a_hub_in_one_process_gives_the_panel_its_own_intake(tmp_path: Path) -> None:
    hub = Hub(Settings(data=tmp_path), SimulatedClock(NOW), pages=False)

    accepted = hub.intake.post(example("cairn.school.concern.v1"), PRACTITIONER)

    assert accepted.status == "accepted"
    hub.close()


@pytest.mark.parametrize(
    "address", ["intake", "ftp://hub.example", "https://", "https://me:secret@hub.example", "https://hub.example?x=1"]
)
def test_an_address_of_intake_that_cannot_be_is_refused_at_start_without_being_repeated(address: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(intake=address)

    assert "CAIRN_INTAKE" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_the_panel_reports_by_a_token_that_is_read_anew_for_each_report(tmp_path: Path) -> None:
    token = tmp_path / "token"
    settings = Settings(
        data=tmp_path / "data", identity="bearer", issuer="https://issuer.example", audience="hub",
        jwks=str(tmp_path / "keys.json"), panel_token=str(token), intake="https://hub.example/intake",
    )  # fmt: skip
    (tmp_path / "keys.json").write_text('{"keys": []}')
    (tmp_path / "data").mkdir()
    hub = Hub(settings, SimulatedClock(NOW), ("panel",), pages=False)

    token.write_text("first\n")
    first = hub.panel_credentials()
    token.write_text("second\n")

    assert (first, hub.panel_credentials()) == (
        {"authorization": "Bearer first"}, {"authorization": "Bearer second"},
    )  # fmt: skip
    assert isinstance(hub.intake, IntakeOverHttp)
    hub.close()
