"""No trace, no read: content leaves only through the gate, and the gate opens once the trace is durable."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.access import AccessRecorded, Seen
from schemas.classes import Form, Purpose
from schemas.envelope import Event
from services.kernel.access import AccessGate, stated_purpose
from services.kernel.clock import SimulatedClock
from services.kernel.http.problems import Problem
from services.kernel.identity import Caller, Role
from services.kernel.log import BEFORE_FIRST, LogUnavailable, Record
from services.kernel.log.sqlite import SQLiteLog
from services.kernel.topics import ACCESS

NOW = datetime(2026, 5, 4, 21, 0, tzinfo=UTC)
OFFICER = Caller("police/officer-17", "police", frozenset({Role.PRACTITIONER}))
SEEN = Seen(item="i-1", reference="d-1", subjects=("s-1",), form=Form.FULL, agreements=("A2",), revision="r1")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SQLiteLog]:
    log = SQLiteLog(tmp_path / "log.db")
    log.create(ACCESS, 1)
    yield log
    log.close()


class LogThatIsDown(SQLiteLog):
    """A log that cannot be written."""

    def append(self, records: Sequence[Record]) -> list[tuple[int, int]]:
        raise LogUnavailable(f"{len(records)} records could not be written")


def recorded(log: SQLiteLog) -> list[Event[AccessRecorded]]:
    return [Event[AccessRecorded].model_validate_json(each.value) for each in log.read(ACCESS, 0, BEFORE_FIRST)]


def test_content_comes_out_once_its_trace_is_on_the_log(log: SQLiteLog) -> None:
    gate = AccessGate(log, SimulatedClock(NOW), "sharing")

    content = gate.release(OFFICER, "records.list", Purpose.MISSING, [SEEN], {"records": 1})

    assert content == {"records": 1}
    (event,) = recorded(log)
    assert (event.type, event.source, event.time) == ("cairn.access.recorded.v1", "urn:cairn:hub:sharing", NOW)
    assert event.data == AccessRecorded(
        access=event.id,
        at=NOW,
        practitioner="police/officer-17",
        partner="police",
        operation="records.list",
        purpose=Purpose.MISSING,
        seen=(SEEN,),
    )


def test_a_read_that_finds_nothing_or_states_no_purpose_leaves_a_trace_as_well(log: SQLiteLog) -> None:
    gate = AccessGate(log, SimulatedClock(NOW))

    gate.release(OFFICER, "records.list", Purpose.MISSING, [], None)
    gate.release(OFFICER, "who-saw", None, [], None)

    assert [(event.data.purpose, event.data.seen) for event in recorded(log)] == [(Purpose.MISSING, ()), (None, ())]
    assert len({event.id for event in recorded(log)}) == 2


def test_nothing_is_released_when_the_trace_cannot_be_written(tmp_path: Path) -> None:
    down = LogThatIsDown(tmp_path / "log.db")
    gate = AccessGate(down, SimulatedClock(NOW))

    with pytest.raises(Problem) as refusal:
        gate.release(OFFICER, "records.list", Purpose.MISSING, [SEEN], "content")

    assert (refusal.value.status, refusal.value.code) == (503, "access_not_recorded")
    assert int(refusal.value.headers["Retry-After"]) > 0
    assert "content" not in str(refusal.value.document())
    down.close()


def test_an_access_that_sees_very_much_is_recorded_whole(log: SQLiteLog) -> None:
    seen = [SEEN.model_copy(update={"item": f"i-{n}", "subjects": ("s-" + "x" * 26,) * 20}) for n in range(1_300)]

    AccessGate(log, SimulatedClock(NOW)).record(OFFICER, "feed.read", Purpose.MISSING, seen)

    assert [each for event in recorded(log) for each in event.data.seen] == seen
    assert len({event.data.access for event in recorded(log)}) == 3


def test_the_key_on_the_log_tells_no_more_than_the_agency(log: SQLiteLog) -> None:
    AccessGate(log, SimulatedClock(NOW)).record(OFFICER, "records.list", Purpose.MISSING, [SEEN])

    assert [entry.key for entry in log.read(ACCESS, 0, BEFORE_FIRST)] == ["police"]


@pytest.mark.parametrize("purpose", Purpose)
def test_a_stated_purpose_is_known_by_its_name(purpose: Purpose) -> None:
    assert stated_purpose(purpose.value) is purpose


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        (None, 400, "purpose_missing"),
        ("", 400, "purpose_missing"),
        ("curiosity", 422, "purpose_unknown"),
        ("MISSING", 422, "purpose_unknown"),
        ("missing ", 422, "purpose_unknown"),
    ],
)
def test_a_purpose_that_is_not_one_is_refused_without_repeating_it(said: str | None, status: int, code: str) -> None:
    with pytest.raises(Problem) as refusal:
        stated_purpose(said)

    assert (refusal.value.status, refusal.value.code) == (status, code)
    assert "curiosity" not in str(refusal.value.document())
    assert "child_protection" in str(refusal.value.detail)
