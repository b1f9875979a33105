"""The clock: the machine's, or one in a file that several processes share for a rehearsal."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.kernel.clock import FileClock, SystemClock, open_clock, write_instant

NINE = datetime(2026, 4, 24, 9, 0, tzinfo=UTC)


def test_without_an_address_it_is_the_machines_clock() -> None:
    assert isinstance(open_clock(""), SystemClock)


def test_whoever_shares_the_file_has_the_same_time_at_once(tmp_path: Path) -> None:
    write_instant(tmp_path / "clock", NINE)
    one, other = open_clock(f"file://{tmp_path}/clock"), FileClock(tmp_path / "clock")

    for minutes in (0, 1, 90, -90):
        other.move(NINE + timedelta(minutes=minutes))

        assert one.now() == other.now() == NINE + timedelta(minutes=minutes)
    assert [path.name for path in tmp_path.iterdir()] == ["clock"]


def test_an_instant_of_another_zone_is_the_same_instant(tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("2026-04-24T10:00:00+01:00\n")

    assert FileClock(tmp_path / "clock").now() == NINE


@pytest.mark.parametrize("text", ["", "nine o'clock", "2026-01-05T08:30:00"])
def test_a_file_without_an_instant_is_refused_without_its_words(tmp_path: Path, text: str) -> None:
    (tmp_path / "clock").write_text(text)

    with pytest.raises(ValueError, match="RFC 3339") as refusal:
        open_clock(f"file://{tmp_path}/clock")

    assert not text or text not in str(refusal.value)


@pytest.mark.parametrize("address", ["file:///no/such/file", "file://clock", "clock", "https://clock.example.org"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="clock"):
        open_clock(address)
